"""Statistics that several diagnoses share: trends with honest intervals, noise, baselines, regular spacing.

Everything quadratic in the number of points works on at most a few hundred averages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotread.model import Floats

MAD_TO_SIGMA = 1.4826  # of a normal distribution
Q90_TO_SIGMA = 1.645  # 90% quantile of |z| of a normal distribution
TREND_POINTS = 240  # values that a rank trend is computed on; more are averaged in equal stretches
CORNER_SIGMAS = 2.0  # reading errors (half pixels) that a corner must stand off the chord of its neighbors
LEAST_VALUES = 24  # values that a sampled line is taken to join at least
ROUGH_STEP = 8.0  # median steps beyond which a step counts as that much
Z95 = 1.959964  # two-sided 95% of the normal distribution


@dataclass(frozen=True, slots=True)
class Trend:
    """A robust straight line: Theil-Sen slope with its 95% interval and the Mann-Kendall p (two-sided).

    ``slope``, ``lo`` and ``hi`` are in units of y per unit of x; ``n`` counts the values that were used.
    """

    slope: float
    lo: float
    hi: float
    p: float
    n: int


def normal_tail(z: float) -> float:
    """Two-sided tail probability of a standard normal."""
    return math.erfc(abs(z) / math.sqrt(2))


def bucket_means(x: Floats, y: Floats, limit: int) -> tuple[Floats, Floats]:
    """At most `limit` values: means over equal counts of neighbours."""
    if len(x) <= limit:
        return x, y
    edges = np.linspace(0, len(x), limit + 1).astype(int)
    counts = np.diff(edges)
    return np.add.reduceat(x, edges[:-1]) / counts, np.add.reduceat(y, edges[:-1]) / counts


def trend(x: Floats, y: Floats) -> Trend:
    """Theil-Sen slope (Sen 1968) and Mann-Kendall test, corrected for autocorrelation (Hamed-Rao 1998).

    Parameters
    ----------
    x, y : (N,) float array, N >= 3, x ascending
    """
    x, y = bucket_means(x, y, TREND_POINTS)
    n = len(x)
    i, j = np.triu_indices(n, 1)
    dx, dy = x[j] - x[i], y[j] - y[i]
    ok = dx > 0
    slopes = np.sort(dy[ok] / dx[ok])
    if not len(slopes):
        return Trend(0.0, -math.inf, math.inf, 1.0, n)
    slope = float(np.median(slopes))
    variance = n * (n - 1) * (2 * n + 5) / 18 * _hamed_rao(y - slope * x)
    s = float(np.sign(dy[ok]).sum())
    z = (s - np.sign(s)) / math.sqrt(variance) if variance > 0 else 0.0
    reach = Z95 * math.sqrt(variance)
    lo = int(np.clip((len(slopes) - reach) / 2, 0, len(slopes) - 1))
    hi = int(np.clip((len(slopes) + reach) / 2, 0, len(slopes) - 1))
    return Trend(slope, float(slopes[lo]), float(slopes[hi]), normal_tail(z), n)


def autocorrelation(y: Floats, lags: int) -> Floats:
    """Autocorrelation at lags 1 to `lags` (zero for a constant)."""
    centered = y - y.mean()
    power = float(centered @ centered)
    if power <= 0:
        return np.zeros(lags)
    return np.array([float(centered[:-k] @ centered[k:]) / power for k in range(1, lags + 1)])


def _hamed_rao(residual: Floats) -> float:
    """Factor by which autocorrelation of ranks inflates the variance of Mann-Kendall's S (at least 1)."""
    n = len(residual)
    if n < 8:
        return 1.0
    ranks = np.argsort(np.argsort(residual, kind="stable"), kind="stable").astype(float)
    lags = min(n // 3, 30)
    rho = autocorrelation(ranks, lags)
    k = np.arange(1, lags + 1)
    rho = np.where(np.abs(rho) > Z95 / math.sqrt(n), rho, 0.0)
    # Only the leading run of significant lags: later ones are mostly chance and make the test a lottery.
    quiet = np.flatnonzero(rho == 0)
    if len(quiet):
        rho[quiet[0] :] = 0.0
    factor = 1 + 2 / (n * (n - 1) * (n - 2)) * float(((n - k) * (n - k - 1) * (n - k - 2) * rho).sum())
    return max(1.0, factor)


def robust_sigma(residual: Floats) -> float:
    """Spread of a residual: the larger of MAD and 90% quantile, both scaled to sigma.

    The quantile keeps heavy tails from looking like events; a tenth of outliers leaves both alone.
    """
    if not len(residual):
        return 0.0
    away = np.abs(residual - np.median(residual))
    return float(max(MAD_TO_SIGMA * np.median(away), np.quantile(away, 0.9) / Q90_TO_SIGMA))


def running_median(y: Floats, window: int, *, leave_out: bool = False) -> Floats:
    """Centered running median; the window (odd) shrinks evenly at the ends.

    With ``leave_out`` the value itself does not vote.
    """
    n, half = len(y), window // 2
    out = np.empty(n)
    if n > window:
        view = np.lib.stride_tricks.sliding_window_view(y, 2 * half + 1)
        if leave_out:
            view = np.delete(view, half, axis=1)
        out[half : n - half] = np.median(view, axis=1)
    for i in [*range(min(half, n)), *range(max(n - half, half), n)] if n > window else range(n):
        reach = min(i, n - 1 - i, half)
        part = y[i - reach : i + reach + 1]
        if leave_out and len(part) > 1:
            part = np.delete(part, reach)
        out[i] = np.median(part)
    return out


def distinct(x: Floats) -> Floats:
    """The different values of x in ascending order; at once where x ascends already, as steps do."""
    rises = np.diff(x)
    if (rises >= 0).all():
        return x if (rises > 0).all() else x[np.concatenate([[True], rises > 0])]
    return np.unique(x)


def baseline_window(n: int) -> int:
    """Odd window of the running median for n values: a tenth of them, 5 to 31."""
    return int(np.clip(n // 10, 5, 31)) // 2 * 2 + 1


def noise_of(y: Floats) -> float:
    """Scatter of one value about the course of the curve.

    From second differences of the running course rather than first differences, so that a steady slope does
    not count; the residual about a running median is used besides, because samples along the pixels
    of a line are smooth from one to the next although the curve scatters.
    """
    if len(y) < 5:
        return 0.0
    second = (y[1:-1] - (y[:-2] + y[2:]) / 2) / math.sqrt(1.5)
    around = y - running_median(y, baseline_window(len(y)), leave_out=True)
    return max(
        float(MAD_TO_SIGMA * np.median(np.abs(second))), float(MAD_TO_SIGMA * np.median(np.abs(around))) * 0.9
    )


def samples_per_value(y: Floats) -> float:
    """How many neighboring samples lie on one straight piece of a line that was sampled along its pixels.

    The steps of such a line repeat between two of its values and change there: over pieces of L samples
    their lag-1 correlation is 1 - 1/L.  Independent values give -1/2, told as one sample per value.
    """
    steps = np.diff(y)
    if len(steps) < 8 or float(np.ptp(steps)) <= 0:
        return 1.0
    edge = ROUGH_STEP * float(np.median(np.abs(steps - np.median(steps)))) + 1e-300
    centered = np.clip(steps - np.median(steps), -edge, edge)  # one steep flank must not decide
    rho = float(centered[:-1] @ centered[1:]) / max(float(centered @ centered), 1e-300)
    return float(np.clip(1 / max(1 - rho, 1e-3), 1.0, max(len(y) / LEAST_VALUES, 1.0)))


def hidden_noise(x: Floats, y: Floats) -> float:
    """Scatter of the values that a sampled line joins: that of the line at as many even places."""
    count = round(len(x) / samples_per_value(y))
    if count >= len(x):
        return 0.0
    return noise_of(np.interp(np.linspace(x[0], x[-1], count), x, y))


def simplify(x: Floats, y: Floats, tolerance: Floats) -> NDArray[np.intp]:
    """The points that a polyline needs to stay within `tolerance` (vertical) of all points.

    `tolerance` is positive.  After Douglas and Peucker (1973): the point farthest from the chord is
    kept, and both halves go on.
    """
    keep = np.zeros(len(x), dtype=bool)
    keep[[0, -1]] = True
    open_pieces = [(0, len(x) - 1)]
    while open_pieces:
        a, b = open_pieces.pop()
        if b - a < 2:
            continue
        inner = slice(a + 1, b)
        chord = y[a] + (y[b] - y[a]) * (x[inner] - x[a]) / (x[b] - x[a])
        excess = np.abs(y[inner] - chord) / tolerance[inner]
        top = int(np.argmax(excess))
        if excess[top] > 1:
            keep[a + 1 + top] = True
            open_pieces += [(a, a + 1 + top), (a + 1 + top, b)]
    return np.flatnonzero(keep)


def regular_gaps_p(positions: Floats, slack: float, extent: float) -> float:
    """Chance that events strewn evenly over `extent` have all gaps within `slack` of the first gap.

    The density of m ordered uniform positions is m!/L^m; integrating over the start and the first gap with
    m - 2 further gaps inside 2 slack each gives m! / (2 (m - 1)) * (2 slack / L)^(m - 2).

    >>> p = regular_gaps_p(np.array([13.0, 25, 37, 49, 61, 73]), 0.5, 83.0)
    >>> 1e-6 < p < 2e-6
    True
    """
    m = len(positions)
    if m < 3:
        return 1.0
    share = min(2 * slack / extent, 1.0)
    # In logarithms, as factorials of many events overflow.
    exponent = math.lgamma(m + 1) - math.log(2 * (m - 1)) + (m - 2) * math.log(share)
    return math.exp(min(exponent, 0.0))
