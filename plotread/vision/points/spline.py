"""A linear spline through the samples of a curve: heights of its knots, and how well it fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plotread.model import Floats

CAPPED = 5.0  # standard errors; a sample further off counts as this
END_SLACK_PX = 0.9  # a first or last knot from the end of the ink, beyond half the stroke
SIGMA_Y_PX = 0.12  # error of a trace's y on flat pieces
SIGMA_X_PX = 0.30  # and of its x, which counts on steep ones
MISS_PX, MISS_WIDTHS = 0.75, 0.30  # largest distance of a trace from the spline: px, or stroke widths
MISS_SHARE = 0.95  # of the trace's points within that
CORNER_SIGMAS = 4.0  # change of slope at a knot, in its standard errors, that counts as a corner
STEEP = 1.0  # px up per px sideways from which the end of a piece is told by the ink's end
WALL_SHARE = 0.3  # of a trace's height: lower jumps are its flanks
WALL_PX = 3.0  # px sideways that a jump of the trace takes at most on a steep piece
EXTREME_PX, EXTREME_WIDTHS = 1.0, 0.4  # highest and lowest point of the trace that the knots must reach


@dataclass(frozen=True, slots=True)
class Fit:
    """A linear spline: its knots and their heights, and how far the samples stand from it."""

    knots_px: Floats  # (K,) x
    steps: Floats  # (K,) data
    y_px: Floats  # (K,)
    sigma_px: Floats  # (K,)
    shift_px: float
    misfit: float  # rms of the residuals in standard errors
    corners: float  # share of inner knots with a corner
    irregular: float  # share of inner knots whose bend differs from its neighbors'
    sag_px: float  # how far a smooth curve through the knots would bow off the chords (rms)
    within: float  # share of the trace near the spline
    reached: bool  # whether the trace lies on the spline all along
    residual: Floats  # (N,) distance of each sample from the spline, standard errors


def _to_the_tips(heights: Floats, knots: Floats, x: Floats, y: Floats, width: float) -> Floats:
    """Heights with the first and last led to where the curve's ink ends on a steep piece.

    There a fraction of a pixel sideways is many up, and the end of the ink tells more than the fit.
    """
    out = heights.copy()
    for end, beside in ((0, 1), (-1, -2)):
        rise = heights[end] - heights[beside]
        if abs(rise) < STEEP * abs(knots[end] - knots[beside]):
            continue
        near = y[np.abs(x - knots[end]) <= END_SLACK_PX + width / 2]
        if len(near):
            out[end] = max(out[end], near.max()) if rise > 0 else min(out[end], near.min())
    return out


def _has_walls(points: Floats, steep: Floats) -> bool:
    """Whether the trace goes straight up or down where the spline, of slope `steep`, leans.

    A schedule that restarts between two steps would else be told as falling over the whole step before.
    """
    run, rise = np.abs(np.diff(points, axis=0)).T
    least = np.maximum(WALL_PX * np.maximum(steep[:-1], steep[1:]), WALL_SHARE * np.ptp(points[:, 1]))
    return bool((rise > least)[run <= 1.0].any())  # there are gaps in broken lines


def fit_knots(points: Floats, knots: Floats, steps: Floats, width: float, shift: float) -> Fit:
    """Weighted least squares of a linear spline; weights follow its own steepness (two rounds)."""
    from scipy.linalg import solveh_banded

    x, y = np.clip(points[:, 0], knots[0], knots[-1]), points[:, 1]
    cell = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    right = (x - knots[cell]) / np.diff(knots)[cell]
    left = 1 - right
    heights = np.interp(knots, x, y)
    weight = np.ones(len(x))
    diagonal: Floats = np.zeros(len(knots))
    for _ in range(3):
        steep = np.abs(np.diff(heights) / np.diff(knots))
        # A sample near a knot may belong to either piece; the steeper one sets its error.
        beside = np.maximum(np.concatenate([[0], steep]), np.concatenate([steep, [0]]))
        near_knot = np.minimum(left, right) * np.diff(knots)[cell] < 1.0
        slope_here = np.where(near_knot, np.where(left > right, beside[cell], beside[cell + 1]), steep[cell])
        sigma = np.hypot(SIGMA_Y_PX, SIGMA_X_PX * slope_here)
        weight = 1 / sigma**2
        on_left = np.bincount(cell, weight * left**2, len(knots))
        diagonal = np.asarray(on_left + np.bincount(cell + 1, weight * right**2, len(knots)), dtype=float)
        upper = np.bincount(cell, weight * left * right, len(knots))
        target = np.bincount(cell, weight * left * y, len(knots)) + np.bincount(
            cell + 1, weight * right * y, len(knots)
        )
        # A knot without samples leans on its neighbors by a trace of stiffness.
        banded = np.stack([np.concatenate([[0], upper[:-1]]), diagonal + 1e-9 + (diagonal == 0)])
        heights = solveh_banded(banded, target)
    heights = _to_the_tips(heights, knots, x, y, width)
    residual = (y - left * heights[cell] - right * heights[cell + 1]) * np.sqrt(weight)
    miss = np.abs(residual) * SIGMA_Y_PX  # distance across the stroke
    limit = max(MISS_PX, MISS_WIDTHS * width)
    extreme = max(EXTREME_PX, EXTREME_WIDTHS * width)
    within = float(np.mean(miss <= limit))
    reached = (
        within >= MISS_SHARE
        and float(y.max()) - float(heights.max()) <= extreme
        and float(heights.min()) - float(y.min()) <= extreme
        and bool((diagonal > 0).all())
        and not _has_walls(points, np.abs(np.diff(heights) / np.diff(knots))[cell])
    )
    sigma = 1 / np.sqrt(np.maximum(diagonal, 1e-6))
    bend = np.diff(np.diff(heights) / np.diff(knots))
    pitch = float(np.mean(np.diff(knots)))
    bend_sigma = np.sqrt(sigma[:-2] ** 2 + 4 * sigma[1:-1] ** 2 + sigma[2:] ** 2) / pitch
    corners = float(np.mean(np.abs(bend) > CORNER_SIGMAS * bend_sigma)) if len(bend) else 0.0
    uneven = np.abs(bend[1:-1] - (bend[:-2] + bend[2:]) / 2)
    irregular = float(np.mean(uneven > CORNER_SIGMAS * 1.3 * bend_sigma[1:-1])) if len(uneven) else 0.0
    sag = float(np.sqrt(np.mean(bend**2))) * pitch / 8 if len(bend) else 0.0
    misfit = float(np.sqrt(np.mean(np.minimum(np.abs(residual), CAPPED) ** 2)))
    return Fit(
        knots,
        steps,
        heights,
        sigma,
        shift,
        misfit,
        corners,
        irregular,
        sag,
        within,
        reached,
        np.abs(residual),
    )
