"""A regular swing about the course of a curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from plotread.model import Floats

GRID = 512  # values of the even grid a swing is sought on
MIN_POINTS = 24  # values that a swing needs
MIN_CYCLES = 4  # periods that the run must hold
MIN_SAMPLES = 4  # values a period; errors of reading that come and go with the pixels are faster
MAX_CHANCE = 0.01  # false alarm probability of the spectral peak
MIN_POWER = 0.35  # of the variance about the course that the period must explain
HALF_POWER = 0.20  # of the same in each half of the run: a swing lasts
NEIGHBORS = 12  # frequencies on either side that make the background
MIN_AMPLITUDE = 1.0  # half swing over the scatter that is left
SKIPPED = 0.10  # of the run at its start, which a smooth course cannot follow


@dataclass(frozen=True, slots=True)
class Swing:
    """Period (x) and its relative error, half swing and its error (scale units), chance, power share."""

    period: float
    period_error: float
    amplitude: float
    error: float
    cycles: float
    chance: float
    share: float


def find_swing(x: Floats, u: Floats, sigma: float) -> Swing | None:
    """A peak of the periodogram against its neighbors, present in both halves of the run.

    Parameters
    ----------
    x, u : (N,) float array, x ascending
    sigma : float
        Reading error of one value, scale units.
    """
    if len(u) < MIN_POINTS:
        return None
    grid = np.linspace(x[0], x[-1], min(GRID, len(x)))
    values = np.interp(grid, x, u)
    n = len(grid)
    rest = values - _course(values)
    skip = int(SKIPPED * n)
    rest, grid = rest[skip:], grid[skip:]
    n = len(rest)
    window = np.hanning(n)
    power = np.abs(np.fft.rfft((rest - rest.mean()) * window)) ** 2
    low = MIN_CYCLES
    high = n // MIN_SAMPLES + 1
    if high < low + 3 or power.sum() <= 0:
        return None
    k = low + int(np.argmax(power[low:high]))
    around = np.r_[power[max(1, k - NEIGHBORS) : k - 2], power[k + 3 : k + 3 + NEIGHBORS]]
    background = float(np.mean(around)) if len(around) >= 4 else float(np.mean(power))
    p = min(1.0, len(power) * math.exp(-min(power[k] / max(background, 1e-300), 700)))
    share = float(power[max(k - 2, 0) : k + 3].sum() / power[1:].sum())
    if p >= MAX_CHANCE or share < MIN_POWER:
        return None
    # Interpolated position of the peak.
    a, b, d = (math.log(max(power[j], 1e-300)) for j in (k - 1, k, k + 1))
    shift = 0.5 * (a - d) / (a - 2 * b + d) if a - 2 * b + d else 0.0
    length = float(grid[-1] - grid[0]) * n / (n - 1)
    period = length / (k + shift)
    basis = np.column_stack(
        [np.cos(2 * np.pi * grid / period), np.sin(2 * np.pi * grid / period), np.ones(n)]
    )
    shares = []
    for part in (slice(0, n // 2), slice(n // 2, n)):
        fitted = basis[part] @ np.linalg.lstsq(basis[part], rest[part], rcond=None)[0]
        shares.append(1 - float(np.var(rest[part] - fitted)) / max(float(np.var(rest[part])), 1e-300))
    if min(shares) < HALF_POWER:
        return None
    coefficients = np.linalg.lstsq(basis, rest, rcond=None)[0]
    amplitude = float(np.hypot(*coefficients[:2]))
    left = float(np.std(rest - basis @ coefficients))
    if amplitude < MIN_AMPLITUDE * max(left, sigma):
        return None
    error = max(left / math.sqrt(n / 2), sigma)
    return Swing(period, 0.5 / k, amplitude, error, length / period, p, share)


def _course(values: Floats) -> Floats:
    """The slow course: powers of the place and of its logarithm, by least squares."""
    n = len(values)
    t = np.linspace(0, 1, n)
    late = np.log(t + 0.02)
    basis = np.column_stack([np.ones(n), t, t**2, late, late**2, late**3])
    return np.asarray(basis @ np.linalg.lstsq(basis, values, rcond=None)[0])
