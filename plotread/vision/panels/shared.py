"""Grids of panels whose numbers stand on the outer panels only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.geometry import Frame, cluster, in_column, in_row
from plotread.model import Axis, Floats
from plotread.vision.panels.boxes import Proposal
from plotread.vision.panels.labels import Side
from plotread.vision.panels.ticks import with_range
from plotread.vision.types import Line, PanelFrame

CLOSED_SIDES = 7.0  # sides worth (of 8) of a frame that needs no numbers of its own
ALIGN_PX, ALIGN_HEIGHTS = 2.0, 0.25  # by which the sides of frames in one row or column differ
GRID_LINES = 4  # vertical gridlines at least that two panels must have in common to share their x axis
GRID_PX, GRID_MATCH = 1.5, 0.8  # by which they may differ; share of the lines of either that agree
GRID_COVER = 0.9  # share of the height of a panel that a gridline covers
SAME_RANGE = 0.01  # of the span, by which the axes of several panels with that grid may differ
TOUCH = 0.02  # of the smaller of two frames: more overlap and they are not two panels


def inner_frames(panels: list[Frame], proposals: list[Proposal], height: float) -> list[Frame]:
    """Closed frames without numbers that stand in a row with one panel and in a column with another.

    Parameters
    ----------
    panels : list of Frame
        The panels that numbers have told.
    proposals : list of Proposal
    height : float
        Text height, px.
    """
    slack = max(ALIGN_PX, ALIGN_HEIGHTS * height)
    found: list[Frame] = []
    for proposal in sorted(proposals, key=lambda p: (-p.sides, p.frame.top, p.frame.left)):
        frame = proposal.frame
        if proposal.sides < CLOSED_SIDES or any(_overlap(frame, other) for other in panels + found):
            continue
        if any(in_column(frame, p, slack) for p in panels) and any(in_row(frame, p, slack) for p in panels):
            found.append(frame)
    return found


def share_axes(panels: list[PanelFrame], height: float) -> list[PanelFrame]:
    """Give panels without numbers the scale of the nearest panel to the left (y) or below (x).

    Labels of shared axes stand at the left and at the bottom of a grid; charts of a dashboard may
    stand in line and have nothing in common, so panels on the other sides lend nothing.
    """
    slack = max(ALIGN_PX, ALIGN_HEIGHTS * height)
    out = []
    for panel in panels:
        x, y = panel.x, panel.y
        if _silent(x):
            column = [p for p in panels if p.x.scale is not None and p.frame.top >= panel.frame.bottom
                      and in_column(panel.frame, p.frame, slack)]  # fmt: skip
            x = _nearest(panel, column, "x") or x
        if _silent(y):
            row = [p for p in panels if p.y.scale is not None and p.frame.right <= panel.frame.left
                   and in_row(panel.frame, p.frame, slack)]  # fmt: skip
            y = _nearest(panel, row, "y") or y
        out.append(replace(panel, x=x, y=y))
    return out


def share_grids(panels: list[PanelFrame], lines: tuple[Line, ...], height: float) -> list[PanelFrame]:
    """Give panels whose x axis shows no text the scale of those with the very same gridlines.

    On the page of a dashboard the labels of some charts are cut off or hidden.  Charts of one width
    whose gridlines stand at the same places count the same steps; where panels with labels have
    that grid and differ, none lends.
    """
    slack = max(ALIGN_PX, ALIGN_HEIGHTS * height)
    grids = [_grid(panel.frame, lines) for panel in panels]
    out = []
    for panel, grid in zip(panels, grids, strict=True):
        donors = [
            other
            for other, theirs in zip(panels, grids, strict=True)
            if other.x.scale is not None
            and "axis_shared" not in other.x.flags
            and abs(other.frame.width - panel.frame.width) <= slack
            and _same_grid(grid, theirs)
        ]
        if not _silent(panel.x) or not donors or not _agree(donors):
            out.append(panel)
            continue
        out.append(replace(panel, x=_nearest(panel, donors, "x") or panel.x))
    return out


def _grid(frame: Frame, lines: tuple[Line, ...]) -> Floats:
    """Places of the vertical gridlines, px from the left side of the frame."""
    at = sorted(
        line.position - frame.left
        for line in lines
        if not line.horizontal
        and frame.left + GRID_PX < line.position < frame.right - GRID_PX
        and min(line.end, frame.bottom) - max(line.start, frame.top) >= GRID_COVER * frame.height
    )
    return np.array([np.mean([at[i] for i in group]) for group in cluster(at, GRID_PX)])


def _same_grid(a: Floats, b: Floats) -> bool:
    if min(len(a), len(b)) < GRID_LINES:
        return False
    near = np.abs(a[:, None] - b[None, :]) <= GRID_PX
    return bool(near.any(axis=1).mean() >= GRID_MATCH and near.any(axis=0).mean() >= GRID_MATCH)


def _agree(donors: list[PanelFrame]) -> bool:
    """Whether the x axes of these panels are one and the same."""
    ranges = [d.x.range for d in donors if d.x.range is not None]
    if len(ranges) < len(donors) or len({d.x.kind for d in donors}) > 1:
        return False
    low, high = ranges[0]
    slack = SAME_RANGE * abs(high - low)
    return all(abs(a - low) <= slack and abs(b - high) <= slack for a, b in ranges)


def _silent(axis: Axis) -> bool:
    """Whether an axis shows no number at all; one that does not fit is no reason to borrow."""
    return axis.scale is None and not axis.ticks


def _nearest(panel: PanelFrame, others: list[PanelFrame], side: Side) -> Axis | None:
    if not others:
        return None

    def distance(other: PanelFrame) -> float:
        return abs(other.frame.left - panel.frame.left) + abs(other.frame.top - panel.frame.top)

    source = min(others, key=distance)
    axis, scale = (source.x, source.x.scale) if side == "x" else (source.y, source.y.scale)
    if scale is None:
        return None
    # The frames agree to a pixel or two: the scale is tied to the near corner of each.
    shift = panel.frame.left - source.frame.left if side == "x" else panel.frame.bottom - source.frame.bottom
    moved = replace(scale, offset=scale.offset - scale.slope * shift)
    ticks = tuple(replace(tick, pixel=tick.pixel + shift) for tick in axis.ticks)
    shared = replace(axis, scale=moved, ticks=ticks, flags=axis.flags | {"axis_shared"})
    return with_range(shared, panel.frame, side)


def _overlap(a: Frame, b: Frame) -> bool:
    w = min(a.right, b.right) - max(a.left, b.left)
    h = min(a.bottom, b.bottom) - max(a.top, b.top)
    return w > 0 and h > 0 and w * h > TOUCH * min(a.width * a.height, b.width * b.height)
