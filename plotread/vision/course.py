"""What the course of a curve leaves open: columns that hold many points, and ends beyond the frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plotread.geometry import Frame
from plotread.model import NO_FLAGS, Axis, Floats
from plotread.vision.types import Mask, Trace

TALL_WIDTHS, TALL_PX = 2.0, 1.0  # pens and px; a curve so tall in two columns running has several points
DENSE_SHARE = 0.3  # of the columns, from which it is the curve and not a few of its flanks
AT_FRAME_PX = 1.5  # px beyond half the pen: a curve so near the top or bottom touches it
ASIDE_PX, STEEP = 3.0, 2.0  # px before and after it touches, and how steeply it comes or goes (px per px)
BRIEF_WIDTHS, BRIEF_PX = 2.0, 3.0  # pens and px: no longer is the tip of what was cut off
ONE_PITCH = 1.5  # usual distances of points; further apart one is missing
ZERO_SHARE = 0.01  # of the axis span: an edge so near zero is where curves end, not where they are cut


def ends_at_data(traces: Sequence[Trace], frame: Frame) -> bool:
    """Whether curves touch both the top and the bottom of a frame: the axis ends at their extremes.

    So web pages draw them; a range set by hand cuts curves at one side.
    """
    lines = [trace for trace in traces if trace.kind == "line" and len(trace.points_px)]
    return all(any(_touches(trace, edge).any() for trace in lines) for edge in (frame.top, frame.bottom))


def course_flags(trace: Trace, frame: Frame, y_axis: Axis, *, fitted: bool = False) -> frozenset[str]:
    """The flags ``dense`` and ``clipped_at_frame`` of a curve, where its course shows them.

    Parameters
    ----------
    trace : Trace
        Points in px of the whole image.
    frame : Frame
    y_axis : Axis
        The vertical axis that the curve belongs to.
    fitted : bool
        Whether that axis ends at the extremes of its curves, so that none runs out.
    """
    if trace.kind != "line" or len(trace.points_px) < 2 or trace.line == "none":
        return NO_FLAGS
    flags = set()
    if not trace.recovered and _is_dense(trace):
        flags.add("dense")
    for edge in (frame.top, frame.bottom):
        if not fitted and not _is_zero(y_axis, edge) and _runs_out(trace, edge):
            flags.add("clipped_at_frame")
    return frozenset(flags)


def _is_dense(trace: Trace) -> bool:
    points = trace.points_px[trace.observed]
    if len(points) == 0:
        return False
    columns = np.round(points[:, 0]).astype(int)
    order = np.argsort(columns, kind="stable")
    starts = np.flatnonzero(np.diff(columns[order], prepend=columns[order][0] - 1))
    y = points[order, 1]
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    # A steep flank is as tall, but the next column goes on where it ends.
    tall = np.minimum(high[1:], high[:-1]) - np.maximum(low[1:], low[:-1])
    return bool((tall > TALL_WIDTHS * trace.width_px + TALL_PX).sum() >= DENSE_SHARE * len(starts))


def _runs_out(trace: Trace, edge: float) -> bool:
    """Whether a curve comes to the top or bottom of the frame, or leaves it, like one that goes on beyond."""
    x, y = trace.points_px[:, 0], trace.points_px[:, 1]
    at = _touches(trace, edge)
    turn = np.diff(np.concatenate([[0], at.astype(np.int8), [0]]))
    firsts, lasts = np.flatnonzero(turn > 0), np.flatnonzero(turn < 0) - 1
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        steep = _steep(x, y, first, -1), _steep(x, y, last, 1)
        end = all(steep) or x[first] <= x.min() or x[last] >= x.max()
        brief = x[last] - x[first] <= BRIEF_WIDTHS * trace.width_px + BRIEF_PX
        if any(steep) and ((end and brief) or _is_parted(trace, first, last)):
            return True
    return False


def _touches(trace: Trace, edge: float) -> Mask:
    """Which points of a curve are at an edge of the frame."""
    return np.asarray(np.abs(trace.points_px[:, 1] - edge) <= trace.width_px / 2 + AT_FRAME_PX)


def _is_parted(trace: Trace, first: int, last: int) -> bool:
    """Whether a curve at an edge, from points `first` to `last`, is not in sight all along: it was beyond."""
    x = np.sort(trace.points_px[:, 0])
    usual = float(np.median(np.diff(x)))  # logged points stand apart
    seen = np.sort(trace.points_px[first : last + 1, 0][trace.observed[first : last + 1]])
    return len(seen) < 2 or float(np.diff(seen).max()) > max(trace.width_px + BRIEF_PX, ONE_PITCH * usual)


def _steep(x: Floats, y: Floats, at: int, step: int) -> bool:
    """Whether the curve moves steeply off its point `at`, forward (1) or backward (-1)."""
    beyond = np.flatnonzero((x - x[at]) * step > 0)
    if len(beyond) == 0:
        return False
    away = np.abs(x[beyond] - x[at])
    reach = max(ASIDE_PX, away.min())  # logged points may stand further apart
    far = beyond[np.argmax(np.where(away <= reach, away, 0.0))]
    return bool(abs(y[far] - y[at]) >= STEEP * max(abs(x[far] - x[at]), 1.0))


def _is_zero(axis: Axis, edge: float) -> bool:
    """Whether an edge of the frame stands for zero, at which accuracies and learning rates begin and end."""
    if axis.scale is None or axis.kind == "log" or axis.range is None:
        return False
    value = float(axis.scale.to_data(np.array([edge]))[0])
    return abs(value) <= ZERO_SHARE * abs(axis.range[1] - axis.range[0])
