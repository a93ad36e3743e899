"""Two curves at the same x, and long curves as a few dozen evaluations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.stats import CORNER_SIGMAS, distinct, simplify
from plotread.model import Floats

MAX_EVALUATIONS = 60  # more points than this are averaged over equal stretches of x
MIN_SAMPLES = 24  # samples below which nothing was sampled densely
MAX_SAMPLES = 4000  # samples above which values are far closer than `MAX_EVALUATIONS`
MIN_CORNERS = 4  # corners from which their spacing is known
TYPICAL_GAP = 0.3  # quantile of the gaps between corners that is one evaluation: faint corners are missed


@dataclass(frozen=True, slots=True, eq=False)
class Evaluations:
    """A curve as at most `MAX_EVALUATIONS` values, the same for a log and for samples along its pixels.

    Attributes
    ----------
    x, y : (M,) float array
    sigma : (M,) float array
        Reading error (half an interval) of each value.
    averaged : bool
        Whether each value is a mean over a stretch.
    """

    x: Floats
    y: Floats
    sigma: Floats
    averaged: bool


def merge_ties(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """One point per x: the middle of what stands there (a dense column tells its lowest and highest)."""
    rises = np.diff(x)
    if (rises > 0).all():
        return x, y
    xs, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    return xs, np.bincount(inverse, weights=y) / counts


def curve_evaluations(curve: Curve, limit: int = MAX_EVALUATIONS) -> Evaluations:
    """`evaluations` of a curve; where it was sampled along its pixels, at the corners' own spacing."""
    return evaluations(curve.x, curve.y, curve.drawn, limit, drawn_count(curve))


def drawn_count(curve: Curve) -> int | None:
    """How many values a curve that was sampled along its pixels joins, as its corners tell.

    Samples between two corners repeat them: tests that took each for a value of its own would be
    confidently wrong.  None for logged points, and where corners are too close or too faint to tell.
    """
    if curve.series.points == "recovered":
        return None
    x, y = merge_ties(curve.x, curve.y)
    sigma = merge_ties(curve.x, curve.drawn)[1]
    # Without a reading error the samples are exact, and every one of them would be a corner.
    if not MIN_SAMPLES <= len(x) <= MAX_SAMPLES or not (sigma > 0).all():
        return None
    corners = simplify(x, y, CORNER_SIGMAS * sigma)
    if len(corners) < MIN_CORNERS:
        return None
    gap = float(np.quantile(np.diff(x[corners]), TYPICAL_GAP))
    return round(float(x[-1] - x[0]) / gap) + 1 if gap > 0 else None


def evaluations(
    x: Floats, y: Floats, sigma: Floats, limit: int = MAX_EVALUATIONS, count: int | None = None
) -> Evaluations:
    """Thin a curve: its points where they are few, else the mean of the line over equal stretches.

    The mean is that of the drawn polyline, not of the points, so that uneven logging and samples
    along pixels give the same values.  With a known `count` of values below the limit the line is read
    at as many even places instead.
    """
    xs, ys = merge_ties(x, y)
    errors = merge_ties(x, sigma)[1]
    if len(xs) <= limit:
        return Evaluations(xs, ys, errors, averaged=False)
    if count is not None and count <= limit:
        even = np.linspace(xs[0], xs[-1], count)
        return Evaluations(even, np.interp(even, xs, ys), np.interp(even, xs, errors), averaged=True)
    edges = np.linspace(xs[0], xs[-1], limit + 1)
    area = np.concatenate([[0.0], np.cumsum(np.diff(xs) * (ys[1:] + ys[:-1]) / 2)])
    level = np.interp(edges, xs, ys)
    # Area up to an edge inside a segment: a trapezoid of the partial segment is added exactly.
    left = np.clip(np.searchsorted(xs, edges, side="right") - 1, 0, len(xs) - 2)
    areas = area[left] + (edges - xs[left]) * (ys[left] + level) / 2
    means = np.diff(areas) / np.diff(edges)
    middles = (edges[1:] + edges[:-1]) / 2
    return Evaluations(middles, means, np.interp(middles, xs, errors), averaged=True)


def at(x: Floats, y: Floats, where: Floats) -> Floats:
    """The curve at these x: straight between its points, NaN outside of them."""
    xs, ys = merge_ties(x, y)
    return np.interp(where, xs, ys, left=np.nan, right=np.nan)


def common_grid(a: Floats, b: Floats, limit: int = 400) -> Floats:
    """Where to compare two curves: at the x of the sparser one inside both ranges, at most `limit`."""
    lo, hi = max(a[0], b[0]), min(a[-1], b[-1])
    grids = [distinct(x[(x >= lo) & (x <= hi)]) for x in (a, b)]
    grid = min(grids, key=len)
    if len(grid) > limit:
        grid = grid[np.linspace(0, len(grid) - 1, limit).astype(int)]
    return np.asarray(grid)
