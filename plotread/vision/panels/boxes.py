"""Rectangles that the lines propose as plot areas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from plotread.geometry import Frame
from plotread.model import Floats
from plotread.vision.types import Line

END_TOLERANCE_PX, END_TOLERANCE_HEIGHTS = 2.5, 0.35  # lines whose ends agree belong together
SIDE_LINE, SIDE_ENDS, SIDE_END = 2.0, 1.0, 0.4  # worth of a side: a line on it, several ends, one end
LEAST_SIDES = 3.6
SIDE_COVER = 0.7  # share of a side that a line on it covers
OVERSHOOT_HEIGHTS = 1.2  # text heights that lines may overshoot left and bottom by a tick
LEAST_SIZE_HEIGHTS = 5.0  # text heights; a smaller rectangle is a swatch, a button or a cell
MAX_PROPOSALS = 1500
SAME_LINE_PX = 1.0  # across: lines so near are versions of one
LEAST_PASSING = 2  # crossing lines that tell a gridline from a side
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
        Told by parallel gridlines alone, so it stands back behind rectangles of both kinds.
    closed : int
        How many sides are lines at which crossing lines end: a gridline is none of them.
    cut : int
        How many sides most crossing lines pass: a gridline of a larger frame.
    """

    frame: Frame
    sides: float
    stack: bool = False
    closed: int = 0
    cut: int = 0


def propose(lines: tuple[Line, ...], height: float) -> list[Proposal]:
    """Rectangles supported by lines, best supported first."""
    tolerance = max(END_TOLERANCE_PX, END_TOLERANCE_HEIGHTS * height)
    rows = [line for line in lines if line.horizontal]
    columns = [line for line in lines if not line.horizontal]
    row_at = np.array([(r.position, r.start, r.end) for r in rows]).reshape(-1, 3)
    column_at = np.array([(c.position, c.start, c.end) for c in columns]).reshape(-1, 3)
    seen: dict[tuple[int, int, int, int], Proposal] = {}
    sources = ((False, _crossing(rows, columns, tolerance)), (True, _stacks(rows, columns, tolerance)))
    for stack, rectangles in sources:
        for left, top, right, bottom in rectangles:
            if min(right - left, bottom - top) < LEAST_SIZE_HEIGHTS * height:
                continue
            proposal = _judge((left, top, right, bottom), row_at, column_at, tolerance, height)
            f = proposal.frame
            key = (round(f.left), round(f.top), round(f.right), round(f.bottom))
            if proposal.sides >= LEAST_SIDES and (key not in seen or seen[key].sides < proposal.sides):
                seen[key] = replace(proposal, stack=stack)


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
            if (
                ((ys >= top - tolerance) & (ys <= bottom + tolerance)).any()
                and ((xs >= left - tolerance) & (xs <= right + tolerance)).any()
            ):
                yield left, top, right, bottom


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


def _judge(rectangle: Rectangle, rows: Floats, columns: Floats, tolerance: float, height: float) -> Proposal:
    """Snap a rectangle to the lines near its sides and add up their worth.

    `rows` and `columns` hold (position, start, end) of the lines, one a row.
    """
    left, top, right, bottom = rectangle
    over = OVERSHOOT_HEIGHTS * height
    # Left and bottom: ticks make crossing lines overshoot, so the outermost line inside wins.
    x_left = _on_side(columns, (left - tolerance, left + over), (top, bottom), first=True)
    x_right = _on_side(columns, (right - tolerance, right + tolerance), (top, bottom), first=False)
    y_bottom = _on_side(rows, (bottom - over, bottom + tolerance), (left, right), first=False)
    y_top = _on_side(rows, (top - tolerance, top + tolerance), (left, right), first=True)
    frame = Frame(
        left if x_left is None else x_left, top if y_top is None else y_top,
        right if x_right is None else x_right, bottom if y_bottom is None else y_bottom,
    )  # fmt: skip
    sides, closed, cut = 0.0, 0, 0
    for line, crossing, end, at, span in (
        (x_left, rows, 1, frame.left, (frame.top, frame.bottom)),
        (x_right, rows, 2, frame.right, (frame.top, frame.bottom)),
        (y_top, columns, 1, frame.top, (frame.left, frame.right)),
        (y_bottom, columns, 2, frame.bottom, (frame.left, frame.right)),
    ):
        ends = _ends_at(crossing, end, at, span, tolerance)
        sides += SIDE_LINE if line is not None else SIDE_ENDS if ends >= 2 else SIDE_END if ends else 0.0
        closed += line is not None and ends >= 2
        depth = frame.width if crossing is rows else frame.height
        ticks = (crossing is columns) == (end == 2)  # only the left and the bottom side have them
        cut += _runs_on(crossing, end, at, span, depth, over if ticks else tolerance)
    return Proposal(frame, sides, closed=closed, cut=cut)


def _on_side(
    lines: Floats, across: tuple[float, float], along: tuple[float, float], *, first: bool
) -> float | None:
    """Position of the outermost line within `across` that covers most of `along`."""
    shared = np.minimum(lines[:, 2], along[1]) - np.maximum(lines[:, 1], along[0])
    fits = (lines[:, 0] >= across[0]) & (lines[:, 0] <= across[1])
    fits &= shared >= SIDE_COVER * (along[1] - along[0])
    at = lines[fits, 0]
    if len(at) == 0:
        return None
    return float(at.min() if first else at.max())


def _ends_at(crossing: Floats, end: int, at: float, span: tuple[float, float], tolerance: float) -> int:
    """How many crossing lines start (1) or end (2) at a side."""
    near = np.abs(crossing[:, end] - at) <= tolerance
    near &= (crossing[:, 0] >= span[0] - tolerance) & (crossing[:, 0] <= span[1] + tolerance)
    return int(near.sum())


def _runs_on(
    crossing: Floats, end: int, at: float, span: tuple[float, float], depth: float, over: float
) -> bool:
    """Whether most crossing lines pass a side by more than a tick."""
    inward = 1.0 if end == 1 else -1.0
    low, high = sorted((at, at + inward * depth))
    shared = np.minimum(crossing[:, 2], high) - np.maximum(crossing[:, 1], low)
    through = (crossing[:, 0] > span[0] + over) & (crossing[:, 0] < span[1] - over)
    through &= shared >= SIDE_COVER * depth
    if np.count_nonzero(through) < LEAST_PASSING:
        return False
    order = np.argsort(crossing[through, 0], kind="stable")
    positions, ends = crossing[through, 0][order], ((at - crossing[through, end]) * inward)[order]
    # The same line may have been joined to those of other panels: its shortest version counts.
    starts = np.concatenate([[0], np.flatnonzero(np.diff(positions) > SAME_LINE_PX) + 1])
    passing = np.minimum.reduceat(ends, starts) > over
    return len(passing) >= LEAST_PASSING and bool(passing.sum() > len(passing) / 2)
