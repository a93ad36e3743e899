"""Has a curve turned for the worse after its best point?  The statistics behind `overfitting`.

A lowest value is lucky by construction: among thirty noisy values of a flat curve it lies about two
sigma below their level, and the end is then "above the best" without any turn.  So the best level
is taken from a running median, and the rise must hold against the noise, against the curve's own
total change, and in rank (Mann-Kendall) over the points after the best one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plotread.model import Floats

MIN_AFTER = 4  # evaluations after the best one; fewer cannot tell a turn from a bad value
END_POINTS = 3  # values whose mean is the end
RISE_SIGMAS = 3.0  # the end above the best level, in sigma of one value
TRIVIAL_SHARE = (
    0.01  # a rise below this share both of the level and of the curve's own change is not worth a word
)
P_LIKELY = 0.01  # of the one-sided rank test; stricter than 0.05, as its start was chosen by looking
P_SURE = 1e-4  # a rise that goes on through the whole rest of the run may stay near the scatter
SURE_SIGMAS = 2.0  # sigma of one value that it must rise all the same
P_POSSIBLE = 0.10


@dataclass(frozen=True, slots=True)
class Turn:
    """A rise after the best point; `y` is taken so that lower is better.

    Attributes
    ----------
    best : int
        Index of the best value near the lowest stretch of the running median.
    level : float
        The running median there: the best level without its luck.
    end : float
        Mean of the last `END_POINTS` values.
    sigma : float
        Noise of one value.
    p : float
        One-sided Mann-Kendall p of a rise after `best`.
    onset : (int, int)
        Indices between which the rise begins: the stretch of the running median within two of its
        own sigma of its lowest.
    likely : bool
    """

    best: int
    level: float
    end: float
    sigma: float
    p: float
    onset: tuple[int, int]
    likely: bool


def running_median(y: Floats, window: int) -> Floats:
    """Centered median; the window shrinks evenly at both ends, so that no end is pulled inward."""
    half = window // 2
    out = np.empty(len(y))
    for i in range(len(y)):
        reach = min(half, i, len(y) - 1 - i)
        out[i] = np.median(y[i - reach : i + reach + 1])
    return out


def point_noise(y: Floats, sigma_read: float = 0.0) -> float:
    """Sigma of one value around a slowly moving level, from second differences (a slope cancels in them)."""
    if len(y) < 4:
        return sigma_read
    second = y[2:] - 2 * y[1:-1] + y[:-2]
    return max(1.4826 * float(np.median(np.abs(second))) / 6**0.5, sigma_read)


def rising_p(y: Floats) -> float:
    """One-sided p of the Mann-Kendall test against a rise, normal approximation with ties.

    After Kendall (1975); exact enough from four values on for a verdict of likely or not.
    """
    n = len(y)
    if n < 4:
        return 1.0
    signs = np.sign(y[None, :] - y[:, None])[np.triu_indices(n, 1)]
    s = float(signs.sum())
    _, counts = np.unique(y, return_counts=True)
    ties = float((counts * (counts - 1) * (2 * counts + 5)).sum())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    if variance <= 0:
        return 1.0
    from math import erfc

    z = (s - np.sign(s)) / variance**0.5
    return 0.5 * erfc(z / 2**0.5)


def find_turn(y: Floats, sigma_read: float = 0.0) -> Turn | None:
    """The turn of a curve for which lower is better, or None where the curve does not support one.

    Parameters
    ----------
    y : (N,) float array
        In order of x; one value per evaluation (not samples along pixels).
    sigma_read : float
        Reading error of one value.

    Returns
    -------
    Turn or None
    """
    n = len(y)
    if n < MIN_AFTER + 2:
        return None
    window = min(max(3, 2 * (n // 16) + 1), 15)
    smooth = running_median(y, window)
    middle = int(np.argmin(smooth))
    reach = window // 2
    lo = max(0, middle - reach)
    best = lo + int(np.argmin(y[lo : middle + reach + 1]))
    after = y[best + 1 :]
    if len(after) < MIN_AFTER:
        return None
    sigma = point_noise(y[best:] if len(after) >= 6 else y, sigma_read)
    level, end = float(smooth[middle]), float(np.mean(y[-END_POINTS:]))
    # One bad evaluation moves a mean of three, not their median.
    rise = min(end, float(np.median(y[-END_POINTS:]))) - level
    own = float(np.max(smooth) - np.min(smooth))
    trivial = TRIVIAL_SHARE * min(own, abs(level) or own)
    if rise <= max(RISE_SIGMAS * sigma * (1 / END_POINTS + 1 / window) ** 0.5, trivial):
        return None
    p = rising_p(_blocks(after))
    if p > P_POSSIBLE:
        return None
    near = np.flatnonzero(smooth <= level + 2 * sigma / window**0.5)
    likely = (p <= P_LIKELY and rise > RISE_SIGMAS * sigma) or (p <= P_SURE and rise > SURE_SIGMAS * sigma)
    return Turn(best, level, end, sigma, p, (int(near[0]), int(near[-1])), bool(likely))


def _blocks(y: Floats, most: int = 40) -> Floats:
    """Means of neighbours where there are many: long logs correlate from value to value."""
    if len(y) <= most:
        return y
    return np.array([part.mean() for part in np.array_split(y, most)])
