"""Two curves at the same x, and long curves as a few dozen evaluations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plotread.model import Floats

MAX_EVALUATIONS = 60  # more points than this are averaged over equal stretches of x


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
    xs, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    return xs, np.bincount(inverse, weights=y) / counts


def evaluations(x: Floats, y: Floats, sigma: Floats, limit: int = MAX_EVALUATIONS) -> Evaluations:
    """Thin a curve: its points where they are few, else the mean of the line over equal stretches.

    The mean is that of the drawn polyline, not of the points, so that uneven logging and samples
    along pixels give the same values.
    """
    xs, ys = merge_ties(x, y)
    errors = merge_ties(x, sigma)[1]
    if len(xs) <= limit:
        return Evaluations(xs, ys, errors, averaged=False)
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
    grids = [np.unique(x[(x >= lo) & (x <= hi)]) for x in (a, b)]
    grid = min(grids, key=len)
    if len(grid) > limit:
        grid = grid[np.linspace(0, len(grid) - 1, limit).astype(int)]
    return np.asarray(grid)
