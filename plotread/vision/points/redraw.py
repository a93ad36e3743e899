"""Refine logged points by drawing: move the knots of a polyline until its picture is the picture.

Gauss-Newton on the coverage of an antialiased stroke: unknown are the height of every knot, a
shift and a stretch of all knots sideways (ticks are snapped to pixels, so a ruler measured on them
is a little off in both), and the stroke width.  Centres of columns are off by half a pixel at tips and on
flanks; a drawing is not, because it has tips and flanks of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotread.model import Floats

ROUNDS = 8  # at most; most curves are still after four
STILL_PX = 0.01  # largest move of a round after which nothing more happens
NEIGHBORS = 2  # segments to each side that a pixel may belong to; knots are at least 2.6 px apart
SPARE_PX = 2.0  # pixels looked at beyond half the stroke
TRUSTED_SHARE = 0.9  # of the pixels near a curve, else it is not alone there
TRUSTED = 0.45  # residual coverage beyond which a pixel shows something else (grid, another curve)
MOST_PIXELS, MOST_PIXELS_A_KNOT = 8_000, 100  # looked at; large pictures hold more than the fit needs
LEAST_DISTANCE_PX = 1e-6  # on the line itself a pixel has no side
STIFFNESS = 1e-3  # of a knot to its start, in squared coverage per px^2: holds knots that nothing shows
SHIFT_STIFFNESS = 1e-2
STRETCH_STIFFNESS = 1e3  # a ruler over hundreds of px is right to some tenths of a px at its ends
MOST_MOVE_PX = 10.0  # tips of spikes start several px low; a knot that goes further follows something else
GOOD_RMS = 0.085  # coverage; a drawing that fits worse than this is no better than the samples
MOST_ASIDE_PX = (
    0.4  # sideways; corners place a curve to some tenths of a px, and what goes further follows another
)
COVERAGE_SIGMA = 0.04  # error of a pixel's coverage where nothing disturbs it
WIDTHS_PX = (0.6, 12.0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A fitted polyline: heights of its knots and their errors (px), shift, stretch, width, misfit.

    A knot that started at x stands at ``x + shift_px + stretch * (x - center_px)``.
    """

    y_px: Floats
    sigma_px: Floats
    shift_px: float
    stretch: float
    center_px: float
    width_px: float
    rms: float  # coverage, 0 to 1


@dataclass(frozen=True, slots=True)
class _Pulls:
    """How the coverage of pixels changes with the heights of the two knots of their nearest segment (the
    left one has the segment's number), with all knots' places, and with the width, 1/px; each (N,)."""

    segment: NDArray[np.intp]
    left: Floats
    right: Floats
    aside: Floats
    wider: Floats


def fit_drawing(
    coverage: NDArray[np.float32], free: NDArray[np.bool_], origin: tuple[int, int],
    knots_px: Floats, y_px: Floats, width_px: float,
) -> Drawing | None:  # fmt: skip
    """Fit a polyline to the coverage of one ink.

    Parameters
    ----------
    coverage : (h, w) float array
        Share of the ink in each pixel of the panel.
    free : (h, w) bool array
        Pixels that nothing else covers.
    origin : (int, int)
        x, y of the array's first pixel in the whole image, px.
    knots_px, y_px : (K,) float arrays
        Start: ascending x of the knots, and their heights.
    width_px : float
        Start: stroke width.

    Returns
    -------
    Drawing or None
        None where the drawing does not come to look like the picture.
    """
    x0 = knots_px - origin[0]
    y = y_px - origin[1]
    pixel_y, pixel_x = _pixels_near(coverage.shape, x0, y, width_px, free)
    thin = max(1, len(pixel_x) // max(MOST_PIXELS, MOST_PIXELS_A_KNOT * len(x0)))
    pixel_y, pixel_x = pixel_y[::thin], pixel_x[::thin]
    if len(pixel_x) < 3 * len(x0):
        return None
    target = coverage[pixel_y, pixel_x].astype(np.float64)
    px, py = pixel_x.astype(np.float64), pixel_y.astype(np.float64)
    start = y.copy()
    center = float(x0.mean())
    shift, stretch, width = 0.0, 0.0, width_px
    n = len(x0)
    for _ in range(ROUNDS):
        x = x0 + shift + stretch * (x0 - center)
        now, pulls = _draw(px, py, x, y, width)
        residual = target - now
        trusted = np.abs(residual) < TRUSTED
        extra = np.stack([pulls.aside, pulls.aside * (px - center), pulls.wider], axis=1)
        normal, pull = _normal_equations(pulls, extra, residual, trusted, n)
        normal[np.arange(n + 3), np.arange(n + 3)] += np.concatenate(
            [np.full(n, STIFFNESS), [SHIFT_STIFFNESS, STRETCH_STIFFNESS, SHIFT_STIFFNESS]]
        )
        pull[:n] += STIFFNESS * (start - y)
        pull[n + 1] -= STRETCH_STIFFNESS * stretch
        move = np.linalg.solve(normal, pull)
        y = y + np.clip(move[:n], -1, 1)
        shift += float(np.clip(move[n], -0.3, 0.3))
        stretch += float(move[n + 1])
        width = float(np.clip(width + move[n + 2], *WIDTHS_PX))
        if np.abs(move[: n + 1]).max() < STILL_PX:
            break
    rms = float(np.sqrt(np.mean(residual[trusted] ** 2))) if trusted.any() else 1.0
    astray = abs(shift) > MOST_ASIDE_PX or np.abs(y - start).max() > MOST_MOVE_PX
    if astray or rms > GOOD_RMS or trusted.mean() < TRUSTED_SHARE:
        return None
    variance = np.diag(np.linalg.inv(normal))[:n] * max(rms, COVERAGE_SIGMA) ** 2
    return Drawing(y + origin[1], np.sqrt(variance), shift, stretch, center + origin[0], width, rms)


def _pixels_near(
    shape: tuple[int, ...], x: Floats, y: Floats, width: float, free: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the free pixels within reach of the polyline's extent in their column."""
    reach = width / 2 + SPARE_PX
    columns = np.arange(max(0, int(x[0] - reach)), min(shape[1], int(x[-1] + reach) + 2))
    fine = np.concatenate([np.interp(columns + d, x, y) for d in (-reach, 0.0, reach)]).reshape(3, -1)
    low, high = fine.min(axis=0), fine.max(axis=0)
    for k in range(len(x)):  # knots inside a column's window reach further than its ends
        inside = np.abs(columns - x[k]) <= reach
        low[inside] = np.minimum(low[inside], y[k])
        high[inside] = np.maximum(high[inside], y[k])
    if len(columns) == 0:
        return columns, columns
    top, bottom = max(int(low.min() - reach), 0), min(int(high.max() + reach) + 2, shape[0])
    rows = np.arange(top, bottom)[:, None]
    near = (rows >= low[None] - reach) & (rows <= high[None] + reach)
    near &= free[top:bottom, columns[0] : columns[-1] + 1]
    at_row, at_column = np.nonzero(near)
    return at_row + top, columns[at_column]


def _draw(px: Floats, py: Floats, x: Floats, y: Floats, width: float) -> tuple[Floats, _Pulls]:
    """Coverage of pixels by a polyline of this width, after the distance to its nearest segment."""
    last = len(x) - 2
    cell = np.clip(np.searchsorted(x, px, side="right") - 1, 0, last)
    near = np.clip(cell + np.arange(-NEIGHBORS, NEIGHBORS + 1)[:, None], 0, last)
    squares = np.stack([_from_segment(px, py, x, y, k)[0] for k in near])
    segment = near[squares.argmin(axis=0), np.arange(len(px))]
    square, along, aside, below = _from_segment(px, py, x, y, segment)
    distance = np.sqrt(square)
    half = width / 2
    beyond, within = distance + 0.5 >= half, distance - 0.5 <= -half  # does the pixel reach past the edges?
    overlap = np.where(beyond, half, distance + 0.5) - np.where(within, -half, distance - 0.5)
    # Past one edge alone, a pixel loses what the stroke moves away; past both, or none, it loses nothing.
    gain = (beyond & ~within & (overlap > 0)) / np.maximum(distance, LEAST_DISTANCE_PX)
    wider = np.where(overlap > 0, (beyond.astype(float) + within) / 2, 0.0)
    pulls = _Pulls(segment, gain * below * (1 - along), gain * below * along, gain * aside, wider)
    return np.asarray(np.clip(overlap, 0, 1)), pulls


def _from_segment(
    px: Floats, py: Floats, x: Floats, y: Floats, k: NDArray[np.intp]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Squared distance of pixels to segments k, how far along (0 to 1) its foot is, and its two parts."""
    ax, ay = x[k], y[k]
    dx, dy = x[k + 1] - ax, y[k + 1] - ay
    rx, ry = px - ax, py - ay
    along = np.clip((rx * dx + ry * dy) / (dx * dx + dy * dy), 0, 1)
    aside, below = rx - along * dx, ry - along * dy
    return aside * aside + below * below, along, aside, below


def _normal_equations(
    pulls: _Pulls, extra: Floats, residual: Floats, trusted: NDArray[np.bool_], n: int
) -> tuple[Floats, Floats]:
    """Normal matrix and right side; unknown are n heights, then the parameters of `extra`."""
    k, left, right = pulls.segment[trusted], pulls.left[trusted], pulls.right[trusted]
    extra, residual = extra[trusted], residual[trusted]

    def summed(of_left: Floats, of_right: Floats) -> Floats:
        return np.asarray(np.bincount(k, of_left, n) + np.bincount(k + 1, of_right, n), dtype=np.float64)

    size = n + extra.shape[1]
    normal, pull = np.zeros((size, size)), np.zeros(size)
    at = np.arange(n)
    normal[at, at] = summed(left * left, right * right)
    between = np.bincount(k, left * right, n)[:-1]
    normal[at[:-1], at[1:]] = normal[at[1:], at[:-1]] = between
    for e, column in enumerate(extra.T):
        normal[:n, n + e] = normal[n + e, :n] = summed(left * column, right * column)
    normal[n:, n:] = extra.T @ extra
    pull[:n] = summed(left * residual, right * residual)
    pull[n:] = extra.T @ residual
    return normal, pull
