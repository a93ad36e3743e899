"""Logged points of a curve without markers: the corners of its polyline on whole steps.

A curve of few points per pixel is a chain of straight pieces.  A linear spline with knots on
whole steps of the calibrated x axis is fitted to the trace; where the sparsest spline that fits
shows a corner at most of its knots, those knots are the logged points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plotread.model import Axis, Floats
from plotread.vision.types import Trace

MANTISSAS = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # whole-step spacings that loggers use, x 10^k
LEAST_PITCH_PX = 2.6  # knots closer than this leave no straight piece to measure
LEAST_KNOTS = 5
MOST_KNOTS = 400
END_SLACK_PX = 0.9  # a first or last knot from the end of the ink, beyond half the stroke
SIGMA_Y_PX = 0.12  # error of a trace's y on flat pieces
SIGMA_X_PX = 0.30  # and of its x, which counts on steep ones
MISS_PX, MISS_WIDTHS = 0.75, 0.30  # largest distance of a trace from the spline: px, or stroke widths
MISS_SHARE = 0.97  # of the trace's points within that
CORNER_SIGMAS = 4.0  # change of slope at a knot, in its standard errors, that counts as a corner
CORNER_SHARE = 0.6  # of the inner knots that must be corners
FINER_GAIN = 1.6  # a finer spacing must beat a coarser one's misfit by this factor to be preferred
SHIFTS_PX = np.arange(-0.8, 0.81, 0.2)  # sideways shift between tick strokes and data that is tried
EXTREME_PX, EXTREME_WIDTHS = 1.0, 0.4  # highest and lowest point of the trace that the knots must reach


@dataclass(frozen=True, slots=True)
class _Fit:
    knots_px: Floats  # (K,) x
    steps: Floats  # (K,) data
    y_px: Floats  # (K,)
    sigma_px: Floats  # (K,)
    misfit: float  # rms of the residuals in standard errors
    corners: float  # share of inner knots with a corner
    reached: bool  # whether the trace lies on the spline all along


def recover_points(trace: Trace, x_axis: Axis) -> Trace:
    """Replace a trace by its logged points where the picture shows them beyond doubt.

    Parameters
    ----------
    trace : Trace
        A solid line without markers, points in px.
    x_axis : Axis
        Its scale must be linear.

    Returns
    -------
    Trace
        With ``recovered=True`` and one point per logged step, or the trace as it came.
    """
    scale = x_axis.scale
    if (
        trace.recovered or trace.kind != "line" or trace.line != "solid" or trace.role == "raw"
        or scale is None or scale.kind != "linear" or len(trace.points_px) < 2 * LEAST_KNOTS
    ):  # fmt: skip
        return trace
    points = trace.points_px[np.argsort(trace.points_px[:, 0], kind="stable")]
    best: _Fit | None = None
    for spacing in _spacings(points, abs(1 / scale.slope)):
        fit = _best_shift(points, spacing, trace.width_px, scale.slope, scale.offset)
        if fit is None or not fit.reached or fit.corners < CORNER_SHARE:
            continue
        # From coarse to fine: the sparser spline stays unless a finer one fits far better.
        if best is None or fit.misfit * FINER_GAIN < best.misfit:
            best = fit
    if best is None:
        return trace
    return replace(
        trace,
        points_px=np.stack([(best.steps - scale.offset) / scale.slope, best.y_px], axis=1),
        sigma_px=best.sigma_px,
        observed=np.ones(len(best.y_px), bool),
        recovered=True,
    )


def _spacings(points: Floats, px_per_unit: float) -> list[float]:
    """Whole spacings in data units whose pitch can be measured, the coarsest first."""
    extent = float(np.ptp(points[:, 0]))
    low, high = LEAST_PITCH_PX / px_per_unit, extent / (LEAST_KNOTS - 1) / px_per_unit
    found = [m * 10.0**k for k in range(-1, 8) for m in MANTISSAS]
    whole = {s for s in found if low <= s <= high and abs(s - round(s)) < 1e-9}
    return sorted(whole, reverse=True)


def _best_shift(points: Floats, spacing: float, width: float, slope: float, offset: float) -> _Fit | None:
    fits = []
    for shift in SHIFTS_PX:
        steps = _knots(points, spacing, width, slope, offset, float(shift))
        if steps is None:
            continue
        fits.append(_fit(points, (steps - offset) / slope + shift, steps, width))
    return min(fits, key=lambda f: f.misfit) if fits else None


def _knots(
    points: Floats, spacing: float, width: float, slope: float, offset: float, shift: float
) -> Floats | None:
    """Steps of the knots: both ends of the ink must fall on them."""
    start, end = slope * (points[[0, -1], 0] - shift) + offset
    if start > end:
        start, end = end, start
    first = spacing * round(start / spacing) if spacing * abs(1 / slope) < 12 else float(round(start))
    count = round((end - first) / spacing) + 1
    if abs(first - start) * abs(1 / slope) > END_SLACK_PX + width / 2:
        first = float(round(start))
        count = round((end - first) / spacing) + 1
    steps = first + spacing * np.arange(count)
    slack = (END_SLACK_PX + width / 2) * abs(slope)
    if not LEAST_KNOTS <= count <= MOST_KNOTS or abs(steps[0] - start) > slack or abs(steps[-1] - end) > slack:
        return None
    return np.asarray(steps if slope > 0 else steps[::-1])


def _fit(points: Floats, knots: Floats, steps: Floats, width: float) -> _Fit:
    """Weighted least squares of a linear spline; weights follow its own steepness (two rounds)."""
    from scipy.linalg import solveh_banded

    x, y = np.clip(points[:, 0], knots[0], knots[-1]), points[:, 1]
    cell = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    right = (x - knots[cell]) / np.diff(knots)[cell]
    left = 1 - right
    heights = np.interp(knots, x, y)
    weight = np.ones(len(x))
    diagonal = np.zeros(len(knots))
    for _ in range(3):
        steep = np.abs(np.diff(heights) / np.diff(knots))
        # A sample near a knot may belong to either piece; the steeper one sets its error.
        beside = np.maximum(np.concatenate([[0], steep]), np.concatenate([steep, [0]]))
        slope_here = np.where(np.minimum(left, right) * np.diff(knots)[cell] < 1.0,
                              np.where(left > right, beside[cell], beside[cell + 1]), steep[cell])  # fmt: skip
        sigma = np.hypot(SIGMA_Y_PX, SIGMA_X_PX * slope_here)
        weight = 1 / sigma**2
        diagonal = np.bincount(cell, weight * left**2, len(knots)) + np.bincount(cell + 1, weight * right**2, len(knots))
        upper = np.bincount(cell, weight * left * right, len(knots))
        target = np.bincount(cell, weight * left * y, len(knots)) + np.bincount(cell + 1, weight * right * y, len(knots))
        # A knot without samples leans on its neighbors by a trace of stiffness.
        banded = np.stack([np.concatenate([[0], upper[:-1]]), diagonal + 1e-9 + (diagonal == 0)])
        heights = solveh_banded(banded, target)
    residual = (y - left * heights[cell] - right * heights[cell + 1]) * np.sqrt(weight)
    miss = np.abs(residual) * SIGMA_Y_PX  # distance across the stroke
    limit = max(MISS_PX, MISS_WIDTHS * width)
    extreme = max(EXTREME_PX, EXTREME_WIDTHS * width)
    reached = (
        float(np.mean(miss <= limit)) >= MISS_SHARE
        and float(y.max()) - float(heights.max()) <= extreme
        and float(heights.min()) - float(y.min()) <= extreme
        and bool((diagonal > 0).all())
    )
    sigma = 1 / np.sqrt(np.maximum(diagonal, 1e-6))
    bend = np.diff(np.diff(heights) / np.diff(knots))
    pitch = float(np.mean(np.diff(knots)))
    bend_sigma = np.sqrt(sigma[:-2] ** 2 + 4 * sigma[1:-1] ** 2 + sigma[2:] ** 2) / pitch
    corners = float(np.mean(np.abs(bend) > CORNER_SIGMAS * bend_sigma)) if len(bend) else 0.0
    misfit = float(np.sqrt(np.mean(np.minimum(residual, 5.0) ** 2)))
    return _Fit(knots, steps, heights, sigma, misfit, corners, reached)
