"""From pixels to data: a trace and its axes become a series with an interval on every value.

Where an axis has no scale the curve has no values; its course is then told in shares of the plot area.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from plotread.geometry import Frame
from plotread.model import Axis, Drawn, Floats, Scale, Series
from plotread.vision.pixels import snapped
from plotread.vision.types import Trace

# Half-width of the reading interval in standard errors: two of them hold 95% of a normal error.
INTERVAL_SIGMAS = 2.0
# Decimals kept of a logged step beyond the place of one pixel.
STEP_DECIMALS = 3
# Least standard error of a position, px: what an antialiased 8-bit stroke gives at best.
LEAST_SIGMA_PX = 0.15
# Reach sideways within which a sampled curve may stand, px: samples are taken by pixel columns, and
# ticks snapped to pixels leave the ruler half a pixel off.
ASIDE_PX = 0.8
# Standard error of a ruler whose ticks were snapped to pixels and that nothing has moved back, px: the
# renderers differ by half a pixel in where they draw curves.
SNAP_SIGMA_PX = 0.35
ROUNDED_SIGMA_PX = 0.3  # and of one that was moved: what the rounding of a handful of ticks leaves
MOVED_PX = 0.1  # mean distance of ticks from their own scale from which it has been moved


def to_series(
    trace: Trace,
    x_axis: Axis,
    y_axis: Axis,
    *,
    name: str | None,
    side: Literal["y", "y2"],
    confidence: float,
    flags: frozenset[str],
    frame: Frame | None = None,
) -> Series:
    """Express a trace in data units.

    Parameters
    ----------
    trace : Trace
        Points in px of the whole image.
    x_axis, y_axis : Axis
        The axes the curve belongs to.  Where either has no scale the series carries no values.
    name : str or None
    side : "y" or "y2"
    confidence : float
        0 to 1, from the check by drawing.
    flags : frozenset of str
        Doubts found since tracing; those of the trace and the axes are added.
    frame : Frame, optional
        The plot area.  With it a series without values carries its course (`Series.drawn`).

    Returns
    -------
    Series
        x ascending; ``y_lo <= y <= y_hi``.  The interval adds the errors of the trace and of the
        scale in quadrature, in px, and maps both ends, so it is lopsided on a log axis by itself.
    """
    flags = flags | trace.flags | x_axis.flags | y_axis.flags
    x = y = y_lo = y_hi = np.zeros(0)
    observed, drawn = None, None
    if x_axis.scale is not None and y_axis.scale is not None:
        x, y, y_lo, y_hi = _values(trace, x_axis, x_axis.scale, y_axis, y_axis.scale)
        observed = trace.observed[_by_step(trace.points_px[:, 0], x_axis.scale)]
        if observed.all():
            observed = None
        else:
            flags = flags | {"curve_hidden"}
    else:
        flags = flags | {"axis_unread"}
        drawn = _drawn(trace, x_axis, y_axis, frame) if frame is not None else None
    return Series(
        x=x, y=y, y_lo=y_lo, y_hi=y_hi,
        name=name, axis=side, kind=trace.kind, color="#{:02x}{:02x}{:02x}".format(*trace.color),
        line=trace.line, marker=trace.marker, role=trace.role,
        points="recovered" if trace.recovered else "sampled",
        confidence=confidence, observed=observed, flags=flags, drawn=drawn,
    )  # fmt: skip


def _values(
    trace: Trace, x_axis: Axis, x_scale: Scale, y_axis: Axis, y_scale: Scale
) -> tuple[Floats, Floats, Floats, Floats]:
    """x, y, y_lo and y_hi of a trace, by the scales of its axes or by those that stand for them."""
    order = _by_step(trace.points_px[:, 0], x_scale)
    points = trace.points_px[order]
    x = x_scale.to_data(points[:, 0])
    if trace.recovered and x_scale.kind == "linear" and x_axis.scale is not None:
        # Logged steps are whole; what float arithmetic adds is no news.
        x = np.round(x, STEP_DECIMALS - math.floor(math.log10(abs(x_scale.slope))))
    y = y_scale.to_data(points[:, 1])
    if trace.kind == "band" and trace.band_px is not None:
        edges = y_scale.to_data(trace.band_px[order])
    else:
        ruler = np.hypot(y_scale.sigma_px, _snap_sigma(y_axis))
        reach = INTERVAL_SIGMAS * np.hypot(np.maximum(trace.sigma_px[order], LEAST_SIGMA_PX), ruler)
        low, high = points[:, 1], points[:, 1]
        if not trace.recovered:
            low, high = _reached(trace.points_px, ASIDE_PX)
            low, high = low[order], high[order]
        edges = y_scale.to_data(np.stack([low - reach, high + reach], axis=1))
    return x, y, np.minimum(edges.min(axis=1), y), np.maximum(edges.max(axis=1), y)


def _drawn(trace: Trace, x_axis: Axis, y_axis: Axis, frame: Frame) -> Drawn:
    """The course of a curve: data units along an axis with a scale, shares of the plot area else."""
    x_scale = x_axis.scale or _shares(frame.left, frame.right)
    y_scale = y_axis.scale or _shares(frame.bottom, frame.top)
    return Drawn(
        *_values(trace, x_axis, x_scale, y_axis, y_scale),
        x_unit="width" if x_axis.scale is None else "data",
        y_unit="height" if y_axis.scale is None else "data",
    )


def _shares(start_px: float, end_px: float) -> Scale:
    """The ruler from 0 at one side of the plot area to 1 at the other."""
    slope = 1.0 / (end_px - start_px)
    return Scale("linear", slope, -slope * start_px)


def _by_step(x_px: Floats, scale: Scale) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The order of points along the axis; ties keep the order in which the pen went."""
    return np.argsort(x_px if scale.slope > 0 else -x_px, kind="stable")


def _snap_sigma(axis: Axis) -> float:
    """What snapped ticks leave unknown of a scale, px; less where it has been moved to the data."""
    if axis.scale is None or not snapped(axis):
        return 0.0
    told = [(tick.pixel, tick.value) for tick in axis.ticks if tick.value is not None]
    if not told:
        return SNAP_SIGMA_PX
    at, values = np.array(told).T
    off = at - axis.scale.to_pixel(values)
    return ROUNDED_SIGMA_PX if abs(float(np.median(off))) > MOVED_PX else SNAP_SIGMA_PX


def _reached(points: Floats, aside: float) -> tuple[Floats, Floats]:
    """Lowest and highest y (px) of a polyline within `aside` px left and right of each of its points."""
    x, y = points[:, 0], points[:, 1]
    first = np.searchsorted(x, x - aside, side="left")
    last = np.searchsorted(x, x + aside, side="right")
    ends = [np.interp(np.clip(x + d, x[0], x[-1]), x, y) for d in (-aside, aside)]
    low, high = np.minimum(*ends), np.maximum(*ends)
    bounds = np.stack([first, last], axis=1).ravel()
    padded = np.append(y, y[-1])
    low = np.minimum(low, np.minimum.reduceat(padded, bounds)[::2])
    high = np.maximum(high, np.maximum.reduceat(padded, bounds)[::2])
    return np.minimum(low, y), np.maximum(high, y)
