"""Rectangles that the lines propose as plot areas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Frame, cluster
from plotread.model import Floats
from plotread.vision.panels.hidden import hidden_lines
from plotread.vision.types import Line

END_TOLERANCE_PX, END_TOLERANCE_HEIGHTS = 2.5, 0.35  # lines whose ends agree belong together
SIDE_LINE, SIDE_ENDS, SIDE_END = 2.0, 1.0, 0.4  # worth of a side: a line on it, several ends, one end
LEAST_SIDES = 2.8  # ends of several columns at two sides, and of the one row of a log axis at the others
ALL_SIDES = 4
SIDE_COVER, EDGE_COVER = 0.7, 0.85  # share of a side that a stroke, or the edge of a fill, on it covers
OVERSHOOT_HEIGHTS = 1.2  # text heights that lines may overshoot left and bottom by a tick
LEGEND_HEIGHTS = 12.0  # text heights of a legend's box at most
LEAST_SIZE_HEIGHTS = 5.0  # text heights; a smaller rectangle is a swatch, a button or a cell
MAX_PROPOSALS = 1500
SAME_LINE_PX = 1.0  # across: lines so near are versions of one
LEAST_PASSING = 2  # crossing lines that tell a gridline from a side
LEAST_ENDS = 4  # ends of cut gridlines, at either side, that tell a frame
AT_ONCE = 512  # rectangles judged in one go, to spare memory
LEAST_STACK = 3  # lines with both ends in common that frame a panel by themselves


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rectangle with the worth of its sides (0 to 8).

    Attributes
    ----------
    frame : Frame
    sides : float
        Sum over the sides: a line on it, or ends of crossing lines.
    stack : bool
        Told by gridlines of one direction alone, at most by some cut ones of the other, so it stands
        back behind rectangles of both kinds.
    closed : int
        How many sides are lines at which crossing lines end: a gridline is none of them.
    cut : int
        How many sides most crossing lines pass: a gridline of a larger frame.
    ended : float
        Of each side without a line, the share of the crossing lines that end there, all added up.
    """

    frame: Frame
    sides: float
    stack: bool = False
    closed: int = 0
    cut: int = 0
    ended: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Position, start and end of lines of one direction, and the share of a side that each must cover.

    (N,) each, by position.
    """

    at: Floats
    start: Floats
    end: Floats
    cover: Floats

    @staticmethod
    def of(lines: list[Line]) -> _Lines:
        least = {"stroke": SIDE_COVER, "edge": EDGE_COVER}
        rows = [(line.position, line.start, line.end, least[line.kind]) for line in lines]
        table = np.array(rows).reshape(-1, 4)
        return _Lines(*np.ascontiguousarray(table[np.argsort(table[:, 0], kind="stable")].T))


def propose(lines: tuple[Line, ...], height: float) -> list[Proposal]:
    """Rectangles supported by lines, best supported first."""
    tolerance = max(END_TOLERANCE_PX, END_TOLERANCE_HEIGHTS * height)
    rows = [line for line in lines if line.horizontal]
    columns = [line for line in lines if not line.horizontal]
    ticks = max(tolerance, OVERSHOOT_HEIGHTS * height)
    # A line that a curve hides is told by others like it: enough for a frame that gridlines alone tell.
    whole = (
        rows + hidden_lines(rows, _by_ends(rows, tolerance), tolerance, ticks, height),
        columns + hidden_lines(columns, _by_ends(columns, tolerance), tolerance, ticks, height),
    )
    seen: dict[tuple[int, int, int, int], Proposal] = {}
    feet = _feet(rows, columns, tolerance, height)
    sources = (
        (False, (rows, columns), _crossing(rows, columns, tolerance)),
        (False, (rows, columns), _closed_by_two(rows, columns, tolerance)),
        (True, (rows, columns), _cut(rows, columns, tolerance)),
        (False, (rows, columns), _joined(rows, columns, tolerance)),
        (True, whole, _stacks(*whole, tolerance)),
    )
    for stack, known, rectangles in sources:
        for proposal in _judged(list(rectangles), *known, feet, tolerance, height):
            f = proposal.frame
            key = (round(f.left), round(f.top), round(f.right), round(f.bottom))
            if proposal.sides >= LEAST_SIDES and (key not in seen or seen[key].sides < proposal.sides):
                seen[key] = replace(proposal, stack=stack and proposal.closed < ALL_SIDES)

    def rank(p: Proposal) -> tuple[bool, float, float, float]:
        return p.stack, p.cut - p.sides - p.closed, p.frame.top, p.frame.left

    return sorted(seen.values(), key=rank)[:MAX_PROPOSALS]


Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


def _crossing(rows: list[Line], columns: list[Line], tolerance: float) -> Iterator[Rectangle]:
    """Every bundle of rows with every bundle of columns that it crosses."""
    row_groups, column_groups = _by_ends(rows, tolerance), _by_ends(columns, tolerance)
    for left, right, row_members in row_groups:
        ys = np.array([rows[i].position for i in row_members])
        for top, bottom, column_members in column_groups:
            xs = np.array([columns[i].position for i in column_members])
            if ((ys >= top - tolerance) & (ys <= bottom + tolerance)).any() and (
                (xs >= left - tolerance) & (xs <= right + tolerance)
            ).any():
                yield left, top, right, bottom


def _cut(rows: list[Line], columns: list[Line], tolerance: float) -> Iterator[Rectangle]:
    """Rows with both ends in common, and columns that begin together and end together but not at once.

    Curves and legends cut one end of some lines of a grid, the other end of others.  And the same
    with rows for columns.
    """
    for upright, whole, cut in ((False, rows, columns), (True, columns, rows)):
        lines = _Lines.of(cut)
        for low, high, members in _by_ends(whole, tolerance):
            if len(members) < LEAST_PASSING:
                continue
            places = [whole[i].position for i in members]
            inside = (lines.at >= low - tolerance) & (lines.at <= high + tolerance)
            firsts = _common(lines.start[inside & (lines.start <= min(places) + tolerance)], tolerance)
            lasts = _common(lines.end[inside & (lines.end >= max(places) - tolerance)], tolerance)
            for first, begun in firsts:
                for last, ended in lasts:
                    if begun + ended >= LEAST_ENDS:
                        yield (first, low, last, high) if upright else (low, first, high, last)


def _joined(rows: list[Line], columns: list[Line], tolerance: float) -> Iterator[Rectangle]:
    """How far lines reach that cross one another, two of each direction at least.

    Of a grid without spines, curves and legends may cut every line, each at another end.  Where most
    lines end together, one that runs on has joined something else.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    rows, columns = ([line for line in lines if line.kind == "stroke"] for lines in (rows, columns))
    if not rows or not columns:
        return
    row, column = _Lines.of(rows), _Lines.of(columns)
    cross = (row.start[:, None] <= column.at + tolerance) & (row.end[:, None] >= column.at - tolerance)
    cross &= (column.start <= row.at[:, None] + tolerance) & (column.end >= row.at[:, None] - tolerance)
    n = len(rows) + len(columns)
    graph = csr_matrix((cross[cross], np.nonzero(cross) + np.array([[0], [len(rows)]])), shape=(n, n))
    count, member = connected_components(graph, directed=False)
    for k in range(count):
        level, upright = member[: len(rows)] == k, member[len(rows) :] == k
        if min(level.sum(), upright.sum()) >= LEAST_PASSING:
            sides = [
                (_common(ends, tolerance), float(outermost))
                for ends, outermost in (
                    (row.start[level], row.start[level].min()),
                    (column.start[upright], column.start[upright].min()),
                    (row.end[level], row.end[level].max()),
                    (column.end[upright], column.end[upright].max()),
                )
            ]
            left, top, right, bottom = (
                next((at for at, n in common if 2 * n > sum(n for _, n in common)), outermost)
                for common, outermost in sides
            )
            yield left, top, right, bottom


def _common(ends: Floats, tolerance: float) -> list[tuple[float, int]]:
    """Places at which lines end, and how many do."""
    return [(float(np.median(ends[group])), len(group)) for group in cluster(ends.tolist(), tolerance)]


def _stacks(rows: list[Line], columns: list[Line], tolerance: float) -> Iterator[Rectangle]:
    """Three or more parallel lines with both ends in common: all that a dashboard draws of its frame."""
    for left, right, members in _by_ends(rows, tolerance):
        if len(members) >= LEAST_STACK:
            ys = [rows[i].position for i in members]
            yield left, min(ys), right, max(ys)
    for top, bottom, members in _by_ends(columns, tolerance):
        if len(members) >= LEAST_STACK:
            xs = [columns[i].position for i in members]
            yield min(xs), top, max(xs), bottom


def _closed_by_two(rows: list[Line], columns: list[Line], tolerance: float) -> Iterator[Rectangle]:
    """Two uprights alone with both ends in common, and rows that join these and may run on.

    Ticks and boxes that adjoin a side lengthen the rows, so that none ends at it.
    """
    for top, bottom, members in _by_ends(columns, tolerance):
        if len(members) != 2:
            continue
        left, right = sorted(columns[i].position for i in members)
        joined = [r.position for r in rows if r.start <= left + tolerance and r.end >= right - tolerance]
        if all(any(abs(at - end) <= tolerance for at in joined) for end in (top, bottom)):
            yield left, top, right, bottom


def _by_ends(lines: list[Line], tolerance: float) -> list[tuple[float, float, list[int]]]:
    """Groups of lines that share both ends: (start, end, members)."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        groups[round(line.start / tolerance), round(line.end / tolerance)].append(i)
    merged: list[tuple[float, float, list[int]]] = []
    for members in groups.values():
        start = float(np.median([lines[i].start for i in members]))
        end = float(np.median([lines[i].end for i in members]))
        for k, (s, e, other) in enumerate(merged):
            if abs(s - start) <= tolerance and abs(e - end) <= tolerance:
                both = other + members
                merged[k] = (
                    float(np.median([lines[i].start for i in both])),
                    float(np.median([lines[i].end for i in both])),
                    both,
                )
                break
        else:
            merged.append((start, end, members))
    return merged


def _feet(rows: list[Line], columns: list[Line], tolerance: float, height: float) -> list[float]:
    """Lower sides of boxes as low as a legend, px: no tops of a panel in whose upper part they stand."""
    feet = []
    for left, right, members in _by_ends(rows, tolerance):
        for upper, lower in pairwise(sorted(rows[i].position for i in members)):
            tall = lower - upper
            if not height < tall <= LEGEND_HEIGHTS * height:
                continue
            inside = [c for c in columns if c.start >= upper - tolerance and c.end <= lower + tolerance]
            long = [c.position for c in inside if c.end - c.start >= SIDE_COVER * tall]
            if all(any(abs(at - side) <= 2 * tolerance for at in long) for side in (left, right)):
                feet.append(lower)
    return feet


def _judged(
    rectangles: list[Rectangle], rows: list[Line], columns: list[Line], feet: list[float], tolerance: float,
    height: float,
) -> Iterator[Proposal]:  # fmt: skip
    """Rectangles of the size of a panel, snapped to the lines near their sides, with the worth of those."""
    at = np.array(rectangles).reshape(-1, 4)
    large = np.minimum(at[:, 2] - at[:, 0], at[:, 3] - at[:, 1]) >= LEAST_SIZE_HEIGHTS * height
    at, row_at, column_at = at[large], _Lines.of(rows), _Lines.of(columns)
    tops = _Lines.of([row for row in rows if all(abs(row.position - foot) > SAME_LINE_PX for foot in feet)])
    for k in range(0, len(at), AT_ONCE):
        yield from _judge(at[k : k + AT_ONCE], row_at, tops, column_at, tolerance, height)


def _judge(
    at: Floats, rows: _Lines, tops: _Lines, columns: _Lines, tolerance: float, height: float
) -> Iterator[Proposal]:
    left, top, right, bottom = at.T
    over = OVERSHOOT_HEIGHTS * height
    # Left and bottom: ticks make crossing lines overshoot, so the outermost line inside wins.
    lines = (
        _on_side(columns, (left - tolerance, left + over), (top, bottom), first=True),
        _on_side(columns, (right - tolerance, right + tolerance), (top, bottom), first=False),
        _on_side(tops, (top - tolerance, top + tolerance), (left, right), first=True),
        _on_side(rows, (bottom - over, bottom + tolerance), (left, right), first=False),
    )
    left, right, top, bottom = (
        np.where(np.isnan(line), side, line)
        for line, side in zip(lines, (left, right, top, bottom), strict=True)
    )
    worth, ended = np.zeros(len(at)), np.zeros(len(at))
    closed, cut = np.zeros(len(at), dtype=np.intp), np.zeros(len(at), dtype=np.intp)
    for line, crossing, end, side, span, depth in (
        (lines[0], rows, 1, left, (top, bottom), right - left),
        (lines[1], rows, 2, right, (top, bottom), right - left),
        (lines[2], columns, 1, top, (left, right), bottom - top),
        (lines[3], columns, 2, bottom, (left, right), bottom - top),
    ):
        drawn, ends = ~np.isnan(line), _ends_at(crossing, end, side, span, tolerance)
        by_ends = np.where(ends >= LEAST_PASSING, SIDE_ENDS, np.where(ends > 0, SIDE_END, 0.0))
        worth += np.where(drawn, SIDE_LINE, by_ends)
        closed += drawn & (ends >= LEAST_PASSING)
        ended += np.where(drawn, 0.0, ends / np.maximum(_reaching(crossing, end, side, span, tolerance), 1))
        ticks = crossing is rows or end == 2  # on each side but the top
        cut += _runs_on(crossing, end, side, span, depth, over if ticks else tolerance)
    frames = np.stack([left, top, right, bottom], axis=1).tolist()
    for sides, worth_of, closed_at, cut_at, ended_at in zip(
        frames, worth.tolist(), closed.tolist(), cut.tolist(), ended.tolist(), strict=True
    ):
        yield Proposal(Frame(*sides), worth_of, closed=closed_at, cut=cut_at, ended=ended_at)


Span = tuple[Floats, Floats]


def _on_side(lines: _Lines, across: Span, along: Span, *, first: bool) -> Floats:
    """Place of the outermost line within `across` that covers most of `along`, or NaN."""
    (low, high), (start, end) = ((side[:, None] for side in span) for span in (across, along))
    fits = (lines.at >= low) & (lines.at <= high)
    fits &= np.minimum(lines.end, end) - np.maximum(lines.start, start) >= lines.cover * (end - start)
    edge = np.inf if first else -np.inf
    at = np.where(fits, lines.at, edge)
    found = at.min(axis=1, initial=edge) if first else at.max(axis=1, initial=edge)
    return np.where(np.isinf(found), np.nan, found)


def _ends_at(crossing: _Lines, end: int, at: Floats, span: Span, tolerance: float) -> NDArray[np.intp]:
    """How many crossing lines start (1) or end (2) at a side."""
    near = np.abs((crossing.start if end == 1 else crossing.end) - at[:, None]) <= tolerance
    near &= (crossing.at >= span[0][:, None] - tolerance) & (crossing.at <= span[1][:, None] + tolerance)
    return np.asarray(near.sum(axis=1))


def _reaching(crossing: _Lines, end: int, at: Floats, span: Span, tolerance: float) -> NDArray[np.intp]:
    """How many crossing lines reach a side from within, or run on."""
    there = at[:, None]
    reach = (crossing.start <= there + tolerance) & (crossing.end > there + tolerance)
    if end == 2:
        reach = (crossing.end >= there - tolerance) & (crossing.start < there - tolerance)
    reach &= (crossing.at >= span[0][:, None] - tolerance) & (crossing.at <= span[1][:, None] + tolerance)
    return np.asarray(reach.sum(axis=1))


def _runs_on(
    crossing: _Lines, end: int, at: Floats, span: Span, depth: Floats, over: float
) -> NDArray[np.bool_]:
    """Whether most crossing lines, or those along both neighboring sides, pass a side by more than a tick."""
    inward = 1.0 if end == 1 else -1.0
    low, high = np.minimum(at, at + inward * depth), np.maximum(at, at + inward * depth)
    shared = np.minimum(crossing.end, high[:, None]) - np.maximum(crossing.start, low[:, None])
    long = shared >= SIDE_COVER * depth[:, None]
    through = long & (crossing.at > span[0][:, None] + over) & (crossing.at < span[1][:, None] - over)
    past = (at[:, None] - (crossing.start if end == 1 else crossing.end)) * inward
    out = np.ones(len(at), dtype=bool)
    for side in span:  # spines end at corners, gridlines along the neighboring sides run on
        along = long & (np.abs(crossing.at - side[:, None]) <= SAME_LINE_PX)
        out &= along.any(axis=1) & (np.where(along, past, np.inf).min(axis=1, initial=np.inf) > over)
    which, line = np.nonzero(through)
    if len(which) == 0:
        return out
    # The same line may have been joined to those of other panels: its shortest version counts.
    new = np.diff(crossing.at[line], prepend=-np.inf) > SAME_LINE_PX
    starts = np.flatnonzero(new | (np.diff(which, prepend=-1) > 0))
    passing = np.minimum.reduceat(past[which, line], starts) > over
    of = which[starts]
    whole, passed = (np.bincount(of, weights=w, minlength=len(at)) for w in (np.ones(len(of)), passing))
    return np.asarray(out | ((whole >= LEAST_PASSING) & (passed > whole / 2)))
