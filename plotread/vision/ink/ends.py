"""The first and last px of a curve, which the frame and other curves hide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Frame, distance_to_path

FRAME_REACH_PX = 5.5  # px; an end this close to the side of the frame goes straight on to it
STEEP, STEEP_REACH_PX = 2.0, 1.5  # px per px, px; a steep end goes on only where a spine may hide it
FIT_PX = 6.0  # px of the curve that give the direction of its end
MIN_FIT = 3  # points
TOUCH_PX = 2.0  # px beyond the pens within which a curve's end lies on another curve
TOUCH_SAME_PX = 5.0  # the same for two curves of one ink, which are one until paper is seen between them
COMMON_PX, COMMON_WIDTHS = 3.0, 0.75  # px, pens; curves that begin this close together begin at one step
FLAT_REACH_PX = 3.5  # px beyond the pen within which the frame may hide a flat curve
FLAT_PX = 24.0  # px of a curve that tell whether it is flat; half so many where it is the only one
FLAT_SLOPE, FLAT_SLOPE_ALONE = 0.1, 0.25  # px per px; a decay that runs into its axis is still this steep
ALONE_REACH = 0.05  # share of the frame's width that a sole curve runs out along it
NEAR_PX = 15.0  # px on both sides of a curve's end in which another one may pass it
MIN_MISSING_PX = 0.8
BOX_PX = 4.0  # px; a curve that ends so near a legend goes on under it
UNDER_BOX = 0.8  # share of what is put on that the legend must hide
MOST_UNDER_BOX = 0.2  # share of the frame's width
LOOK_BACK_PX = 12.0  # px of the curve, at least, that tell where it goes under a legend
LEAST_UNDER_BOX_PX = 2.0
MAX_MISSING = 0.35  # share of the other curve's extent that may be taken over
MAX_MISSING_SAME = 0.6  # the same for two curves of one ink


def to_the_frame(points: NDArray[np.float64], frame: Frame) -> NDArray[np.float64]:
    """Prolong ends that stop just short of the sides of the frame.

    Parameters
    ----------
    points : (N, 2) float array
        x ascending, sheet px.
    frame : Frame
        In the same px.
    """
    if len(points) < MIN_FIT:
        return points
    x = points[:, 0]
    parts = [points]
    if 0.3 < x[0] - frame.left <= FRAME_REACH_PX:
        parts.insert(0, _prolonged(points[x <= x[0] + FIT_PX], frame.left, frame))
    if 0.3 < frame.right - x[-1] <= FRAME_REACH_PX:
        parts.append(_prolonged(points[x >= x[-1] - FIT_PX], frame.right, frame))
    return np.concatenate(parts)


def _prolonged(end: NDArray[np.float64], x: float, frame: Frame) -> NDArray[np.float64]:
    if len(end) < MIN_FIT or np.ptp(end[:, 0]) < 1:
        y = float(end[:, 1].mean())
    else:
        slope, offset = np.polyfit(end[:, 0], end[:, 1], 1)
        if abs(slope) > STEEP and np.abs(end[:, 0] - x).min() > STEEP_REACH_PX:
            return np.empty((0, 2))  # ink so far up or down would be seen
        y = float(slope * x + offset)
    return np.array([[x, min(max(y, frame.top), frame.bottom)]])


def along_others(
    curves: list[NDArray[np.float64]],
    widths: list[float],
    movable: list[bool],
    inks: Sequence[object] | None = None,
    strokes: Sequence[bool] | None = None,
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """What each curve lacks at its ends because other curves cover it, taken from those.

    Curves of several runs often share a steep start, where the last one drawn covers the rest.
    A curve that begins on another one, which itself begins where the panel's curves begin, is
    followed along it to that common start; likewise at the end.

    Parameters
    ----------
    curves : list of (N, 2) float array
        Sheet px, x ascending.
    widths : list of float
        Pens, px.
    movable : list of bool
        Whether a curve may be prolonged.
    inks : sequence, optional
        Something that is equal for curves of one ink, which cannot be told apart where they touch.
    strokes : sequence of bool, optional
        Whether a curve is drawn along its points and may cover others there; the middle of a band is not.

    Returns
    -------
    list of (front, back)
        Points to put before and after each curve.
    """
    nothing = np.empty((0, 2))
    out = [(nothing, nothing) for _ in curves]
    if len(curves) < 2:
        return out
    inks = range(len(curves)) if inks is None else inks
    strokes = [True] * len(curves) if strokes is None else strokes
    fronts = _missing(curves, widths, movable, inks, strokes)
    backs = _missing([mirrored(curve) for curve in curves], widths, movable, inks, strokes)
    return list(zip(fronts, [mirrored(back) for back in backs], strict=True))


def mirrored(points: NDArray[np.float64], right: float = 0.0) -> NDArray[np.float64]:
    """Points with right for left: x becomes `right` - x, still ascending."""
    return np.stack([right - points[::-1, 0], points[::-1, 1]], axis=1)


def _missing(
    curves: list[NDArray[np.float64]], widths: list[float], movable: list[bool], inks: Sequence[object],
    strokes: Sequence[bool],
) -> list[NDArray[np.float64]]:  # fmt: skip
    starts = [float(c[0, 0]) for c in curves]
    together = common_reach(widths)
    common = common_start(starts, together)
    out = []
    for i, curve in enumerate(curves):
        best, best_gap = np.empty((0, 2)), np.inf
        lacking = starts[i] - common
        for j, other in enumerate(curves):
            if i == j or not (movable[i] and strokes[j]):
                continue
            if lacking < MIN_MISSING_PX or starts[j] > common + together:
                continue
            extent = float(other[-1, 0] - other[0, 0])
            same = inks[i] == inks[j]
            if lacking > (MAX_MISSING_SAME if same else MAX_MISSING) * max(extent, 1.0):
                continue
            near = np.abs(other[:, 0] - starts[i]) <= NEAR_PX
            if near.sum() < 2:
                continue
            gap = float(distance_to_path(curve[:1], other[near])[0])
            touching = (widths[i] + widths[j]) / 2 + (TOUCH_SAME_PX if same else TOUCH_PX)
            if gap < best_gap and gap <= touching:
                best, best_gap = other[other[:, 0] < starts[i] - 0.25], gap
        out.append(best)
    return out


def common_reach(widths: list[float]) -> float:
    """Px within which curves begin at one step: the caps of thick pens stand before it, partly in sight."""
    return max(COMMON_PX, COMMON_WIDTHS * max(widths, default=0.0))


def common_start(starts: list[float], together: float = COMMON_PX) -> float:
    """Where most curves begin: the earliest start that another one shares, else the earliest."""
    order = sorted(starts)
    for a, b in pairwise(order):
        if b - a <= together:
            return a
    return order[0]


def along_the_frame(
    curves: list[NDArray[np.float64]], widths: list[float], movable: list[bool], frame: Frame
) -> list[NDArray[np.float64]]:
    """Points to put after curves that run out flat on the bottom or top of the frame, which hides them.

    They go on to where the panel's other curves end; one without others to the side of the frame where
    that is near: axes that end at the data on one side do so on all.
    """
    nothing = np.empty((0, 2))
    lasts = [float(c[-1, 0]) for c in curves]
    out = []
    for i, curve in enumerate(curves):
        x, y = float(curve[-1, 0]), float(curve[-1, 1])
        beside = frame.right if frame.right - x <= ALONE_REACH * frame.width else x
        goal = max((last for j, last in enumerate(lasts) if j != i), default=beside)
        reach = widths[i] + FLAT_REACH_PX
        near = min(abs(y - frame.top), abs(y - frame.bottom)) <= reach
        tail = curve[curve[:, 0] >= x - (FLAT_PX if len(curves) > 1 else FLAT_PX / 2)]
        slope = FLAT_SLOPE if len(curves) > 1 else FLAT_SLOPE_ALONE
        flat = np.ptp(tail[:, 1]) <= max(slope * np.ptp(tail[:, 0]), 1.0)
        out.append(
            np.array([[goal, y]]) if movable[i] and near and flat and goal - x > MIN_MISSING_PX else nothing
        )
    return out


def under_boxes(
    curves: list[NDArray[np.float64]], movable: list[bool], boxes: NDArray[np.bool_], frame: Frame
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """What a legend hides of the curves' ends: straight on to where another curve begins or ends.

    Parameters
    ----------
    curves : list of (N, 2) float array
        Sheet px, x ascending.
    movable : list of bool
        Whether a curve may be prolonged.
    boxes : (H, W) bool
        Legends and other words inside the frame, sheet px.
    frame : Frame
        In the same px.

    Returns
    -------
    list of (front, back)
        Points to put before and after each curve, a px apart.
    """
    nothing = np.empty((0, 2))
    if len(curves) < 2 or not boxes.any():
        return [(nothing, nothing) for _ in curves]
    lasts = [float(c[-1, 0]) for c in curves]
    firsts = [-float(c[0, 0]) for c in curves]
    out = []
    for i, curve in enumerate(curves):
        if not movable[i] or len(curve) < MIN_FIT:
            out.append((nothing, nothing))
            continue
        front = _under_box(mirrored(curve), firsts[:i] + firsts[i + 1 :], boxes, frame, -1)
        back = _under_box(curve, lasts[:i] + lasts[i + 1 :], boxes, frame, 1)
        out.append((mirrored(front), back))
    return out


def _under_box(
    curve: NDArray[np.float64], goals: list[float], boxes: NDArray[np.bool_], frame: Frame, sense: int
) -> NDArray[np.float64]:
    """Points after a curve under a box; `sense` is -1 where x is mirrored."""
    nothing = np.empty((0, 2))
    x, y = float(curve[-1, 0]), float(curve[-1, 1])
    beyond = [goal for goal in goals if LEAST_UNDER_BOX_PX < goal - x <= MOST_UNDER_BOX * frame.width]
    if not beyond:
        return nothing
    goal = min(beyond)
    tail = curve[curve[:, 0] >= x - max(goal - x, LOOK_BACK_PX)]
    if np.ptp(tail[:, 0]) < LOOK_BACK_PX / 2:
        return nothing
    slope = float(np.polyfit(tail[:, 0], tail[:, 1], 1)[0])
    at = np.append(np.arange(x + 1, goal), goal)
    way = np.stack([at, np.clip(y + slope * (at - x), frame.top, frame.bottom)], axis=1)
    rows = np.clip(np.round(way[:, 1]).astype(int), 0, boxes.shape[0] - 1)
    columns = np.clip(np.round(sense * way[:, 0]).astype(int), 0, boxes.shape[1] - 1)
    hidden = boxes[rows, columns]
    reached = np.flatnonzero(hidden)
    near = len(reached) > 0 and float(np.hypot(*(way[reached[0]] - [x, y]))) <= BOX_PX
    return way if near and float(hidden.mean()) >= UNDER_BOX else nothing
