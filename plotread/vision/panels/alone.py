"""Plot areas that no line tells: a column of numbers that progress, and a row of such below it.

Some styles draw neither spines nor grid.  The labels then give the scales, ticks and lines what
they can of the frame, and the ink of the curves the rest; such a frame is loose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from plotread.geometry import Frame, cluster
from plotread.vision.panels.labels import (
    ALIGN_HEIGHTS,
    REACH_HEIGHTS,
    Label,
    Lineup,
    Progression,
    agree,
)
from plotread.vision.types import Line, Mask

LEAST_LABELS, LABELS_IN_ALL = 3, 7  # on each axis, and together: fewer are numbers of a text
AGREEING = 0.75  # share of the numbers in line that stand on the scale
NEAR_STEPS, NEAR_HEIGHTS = 1.5, 4.0  # steps of the labels, text heights: column and row end so near a corner
MARGIN_HEIGHTS = 0.6  # text heights between labels and the frame, where nothing shows it
TICK_HEIGHTS = 1.5  # text heights: a tick ends so near its label
TICKED = 0.6  # share of the labels that have a tick
FOREIGN = 0.34  # of the labels: more other numbers between them are a table
OPPOSITE = 0.6  # share of the longer column of labels that those of both y axes have in common
LINE_COVER = 0.5  # share of the labels' span that a line along the axis covers


_Labels = tuple[tuple[Label, ...], Progression]


@dataclass(frozen=True, slots=True)
class _Run:
    """Labels in a column or row that progress."""

    labels: tuple[Label, ...]
    progression: Progression
    first: float  # px along the axis of the outermost labels
    last: float
    edge: float  # px of the text's edge that faces the plot area

    @property
    def told(self) -> _Labels:
        return self.labels, self.progression

    @property
    def step(self) -> float:
        return (self.last - self.first) / (len(self.progression.members) - 1)


@dataclass(frozen=True, slots=True)
class Alone:
    """A frame with its labels, told by those alone."""

    frame: Frame
    x: _Labels
    y: _Labels
    y2: _Labels | None


def alone(
    columns: Lineup, rows: Lineup, right: Lineup, taken: set[int], found: list[Frame],
    lines: tuple[Line, ...], ink: Mask, height: float,
) -> list[Alone]:  # fmt: skip
    """Pair columns and rows of numbers that belong to no panel yet.

    Parameters
    ----------
    columns, rows, right : Lineup
        All numbers as labels of the left, of the lower and of the right side.
    taken : set of int
        Identities of the boxes that are labels of a panel.
    found : list of Frame
        Panels; no frame may overlap one.
    lines : tuple of Line
    ink : (H, W) bool array
    height : float
        Text height, px.
    """
    out: list[Alone] = []
    lower, upright = _runs(rows, taken, height), _runs(columns, taken, height)
    nearest = [_nearest(row, upright, height) for row in lower]
    first = [column for column in upright if any(column is near for near in nearest)]
    left = {id(label.box) for column in first for label in column.labels}
    ends = _runs(right, taken | left, height)
    for column in first:
        options = [row for row in lower if _corner(column, row, height)]
        row = min(options, key=lambda r: (abs(r.edge - column.last), r.first))
        frame = _frame(column, row, lines, ink, height)
        second = _opposite(column, row, ends, height)
        if second is not None:
            ticks = _tick_end(ink, second, second.edge, -1, height)
            side = second.edge - MARGIN_HEIGHTS * height if ticks is None else ticks
            frame = replace(frame, right=float(side))
        own = {id(label.box) for run in (column, row) for label in run.labels}
        inside = sum(
            frame.contains(*label.box.box.center) for label in rows.labels if id(label.box) not in own
        )
        if inside > FOREIGN * len(own) or any(_overlap(frame, f) for f in found + [a.frame for a in out]):
            continue
        out.append(Alone(frame, row.told, column.told, None if second is None else second.told))
    return out


def _opposite(column: _Run, row: _Run, right: list[_Run], height: float) -> _Run | None:
    """The column of numbers of a second y axis, beside the right end of a row and as high as the first."""
    fits = [
        run
        for run in right
        if -height <= run.edge - row.last <= NEAR_STEPS * row.step + NEAR_HEIGHTS * height
        and min(run.last, column.last) - max(run.first, column.first)
        >= OPPOSITE * max(run.last - run.first, column.last - column.first)
    ]
    return min(fits, key=lambda run: run.edge, default=None)


def _runs(lineup: Lineup, taken: set[int], height: float) -> list[_Run]:
    """Columns or rows of free numbers that agree on a scale."""
    free = [i for i, label in enumerate(lineup.labels) if id(label.box) not in taken]
    found = []
    for group in cluster([float(lineup.across[i]) for i in free], ALIGN_HEIGHTS * height):
        rest = [free[k] for k in group]
        while len(rest) >= LEAST_LABELS:
            rest.sort(key=lambda i: float(lineup.along[i]))
            progression = agree([lineup.labels[i] for i in rest], height)
            if progression is None or len(progression.members) < LEAST_LABELS:
                break
            members = [rest[k] for k in progression.members]
            first, last = lineup.along[members[0]], lineup.along[members[-1]]
            between = [i for i in rest if first <= lineup.along[i] <= last]
            rest = [i for i in rest if i not in between]
            labels = tuple(lineup.labels[i] for i in between)
            again = agree(list(labels), height)
            if again is None or len(again.members) < max(LEAST_LABELS, AGREEING * len(between)):
                continue
            edges = [float(lineup.edge[i]) for i in members]
            edge = max(edges) if lineup.side == "y" else min(edges)
            found.append(_Run(labels, again, float(first), float(last), edge))
    return found


def _corner(column: _Run, row: _Run, height: float) -> bool:
    """Whether a row starts and a column ends near one lower left corner."""
    across = row.first - column.edge
    down = row.edge - column.last
    return (
        len(column.progression.members) + len(row.progression.members) >= LABELS_IN_ALL
        and -height <= across <= NEAR_STEPS * row.step + NEAR_HEIGHTS * height
        and -NEAR_STEPS * column.step <= down <= NEAR_STEPS * column.step + NEAR_HEIGHTS * height
    )


def _nearest(row: _Run, columns: list[_Run], height: float) -> _Run | None:
    """The column that starts a row; further to the left may stand the second axis of the panel before."""
    fits = [column for column in columns if _corner(column, row, height)]
    return min(fits, key=lambda c: abs(row.first - c.edge) + abs(row.edge - c.last), default=None)


def _frame(column: _Run, row: _Run, lines: tuple[Line, ...], ink: Mask, height: float) -> Frame:
    """The plot area: lines along the axes, else ticks, else a margin; open sides reach to the ink."""
    upright = _along(lines, False, (column.edge, column.edge + REACH_HEIGHTS * height), column)
    level = _along(lines, True, (row.edge - REACH_HEIGHTS * height, row.edge), row)
    ticks = _tick_end(ink, column, column.edge, 1, height)
    left = column.edge + MARGIN_HEIGHTS * height if ticks is None else ticks
    ticks = _tick_end(np.asarray(ink.T), row, row.edge, -1, height)
    bottom = row.edge - MARGIN_HEIGHTS * height if ticks is None else ticks
    if level is not None:
        left, bottom = level.start, level.position
    if upright is not None:  # where both axes cross, the frame holds both
        starts = [label.box.box.x0 for label in column.labels]
        # A level line that ends amid the labels is glued to one of them.
        past = level is not None and level.start < float(np.median(starts))
        left = min(upright.position, left) if past else upright.position
        # One that ends amid the lower labels is glued to the digit under its end.
        if not row.edge <= upright.end <= max(label.box.box.y1 for label in row.labels):
            bottom = max(upright.end, bottom) if level else upright.end
    right = level.end if level else row.last
    top = upright.start if upright else column.first
    if level is None or upright is None:
        reach_right = right if level else right + row.step
        reach_top = top if upright else max(top - column.step, 0.0)
        right, top = _to_ink(ink, Frame(left, top, right, bottom), reach_right, reach_top)
    return Frame(float(left), float(top), float(right), float(bottom))


def _along(lines: tuple[Line, ...], horizontal: bool, across: tuple[float, float], run: _Run) -> Line | None:
    """The line nearest to the labels that runs along them."""
    fits = [
        line
        for line in lines
        if line.horizontal == horizontal
        and across[0] <= line.position <= across[1]
        and min(line.end, run.last) - max(line.start, run.first) >= LINE_COVER * (run.last - run.first)
    ]
    far = 1 if horizontal else -1
    return max(fits, key=lambda line: (far * line.position, line.end - line.start), default=None)


def _tick_end(ink: Mask, run: _Run, start: float, outward: int, height: float) -> float | None:
    """Where the ticks beside the labels end, px; None without ticks.  `ink` has the axis along its rows."""
    ends = []
    first = round(start) + outward
    for i in run.progression.members:
        at = round(run.labels[i].position)
        reach = first + outward * round(2 * TICK_HEIGHTS * height)
        a, b = sorted((first, reach))
        if a < 0 or b >= ink.shape[1] or not 0 < at < ink.shape[0] - 1:
            continue
        strip = np.asarray(ink[at - 1 : at + 2, a : b + 1].any(axis=0))[::outward]
        on = np.flatnonzero(strip)
        if len(on) == 0 or on[0] > TICK_HEIGHTS * height:
            continue
        gap = np.flatnonzero(~strip[on[0] :])
        if len(gap) and gap[0] <= TICK_HEIGHTS * height:
            ends.append(first + outward * (on[0] + gap[0] - 0.5))
    if len(ends) < TICKED * len(run.progression.members):
        return None
    middle = float(np.median(ends))
    return middle if np.mean(np.abs(np.array(ends) - middle) <= 1) >= TICKED else None


def _to_ink(ink: Mask, core: Frame, right: float, top: float) -> tuple[float, float]:
    """Right and top side moved out to the ink that starts inside the core."""
    box = Frame(core.left, top, right, core.bottom).inner().clip(ink.shape[1], ink.shape[0])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink[box.slices].astype(np.uint8), connectivity=8)
    inner = core.inner().clip(ink.shape[1], ink.shape[0])
    held = np.unique(labels[inner.y0 - box.y0 : inner.y1 - box.y0, inner.x0 - box.x0 : inner.x1 - box.x0])
    held = held[held > 0]
    if len(held) == 0:
        return core.right, core.top
    furthest = int((stats[held, cv2.CC_STAT_LEFT] + stats[held, cv2.CC_STAT_WIDTH]).max()) - 1 + box.x0
    highest = int(stats[held, cv2.CC_STAT_TOP].min()) + box.y0
    return max(core.right, float(furthest)), min(core.top, float(highest))


def _overlap(a: Frame, b: Frame) -> bool:
    return min(a.right, b.right) > max(a.left, b.left) and min(a.bottom, b.bottom) > max(a.top, b.top)
