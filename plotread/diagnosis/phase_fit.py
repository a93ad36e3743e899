"""A curve as a few straight pieces that join: knots by greedy search, refinement and BIC.

Least squares on hinges ``max(0, x - knot)``; candidates are all working values, and the gain of every
candidate comes from one projection, so that no loop runs over fits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from plotread.diagnosis.stats import autocorrelation, bucket_means
from plotread.model import Floats

FIT_POINTS = 180  # values that the fit works on; more are averaged
MAX_KNOTS = 4
MIN_SEGMENT = 5  # values between knots ...
SEGMENT_SHARE = 0.04  # ... and at least this share of all
BIC_MARGIN = 6.0  # a knot must lower BIC by this: "strong" on the usual scale
RATE_RATIO = 3.0  # a knot must change the rate this much: BIC alone never stops on long smooth curves
TURN_SIGMAS = 3.0  # where the slope changes sign both pieces must move by this much scatter
MOVES = 4  # rounds of moving all knots between the values
MOST_CELLS = 3.0  # spacings that a knot may move from where the search left it
SIGMAS_95 = 2.1  # of a knot: 95% of Student's t at the 20 to 40 values that most plots have
REFINEMENTS = 4  # rounds of moving each knot given the others
RATES = np.geomspace(0.5, 200, 40)  # of exponentials over the run, per run
POWERS = np.concatenate([np.geomspace(0.1, 4, 16), [0.0]])  # of power laws; 0 is the logarithm
SHIFTS = np.geomspace(1e-3, 0.3, 8)  # of their origin before the run, in runs


@dataclass(frozen=True, slots=True)
class Piece:
    """One straight stretch: from (x0, u0) to (x1, u1), slope in scale units per x."""

    x0: float
    x1: float
    u0: float
    u1: float

    @property
    def slope(self) -> float:
        return (self.u1 - self.u0) / (self.x1 - self.x0)


@dataclass(frozen=True, slots=True)
class PhaseFit:
    """Pieces, (x, lo, hi) of each knot, scatter about the fit, BIC gain of one more knot (<= 0: none).

    `cornered` is what BIC gains over the best smooth curve (an exponential or a power law with a floor):
    where it is negative, the curve slows down steadily and its bends have no place of their own.
    """

    pieces: tuple[Piece, ...]
    knots: tuple[tuple[float, float, float], ...]
    rms: float
    next_gain: float
    cornered: float


def fit_phases(x: Floats, u: Floats, sigma: float) -> PhaseFit:
    """Continuous piecewise-linear fit with 0 to `MAX_KNOTS` knots.

    Parameters
    ----------
    x, u : (N,) float array, N >= 3, x ascending and distinct
    sigma : float
        Reading error of one value, scale units: residuals are not trusted below it.
    """
    x, u = bucket_means(x, u, FIT_POINTS)
    n = len(x)
    t = (x - x[0]) / (x[-1] - x[0])
    segment = max(MIN_SEGMENT, math.ceil(SEGMENT_SHARE * n))
    hinges = np.maximum(0.0, t[:, None] - t[None, :])
    most = min(MAX_KNOTS, n // segment - 1)
    fits = [()] if most < 1 else [(), *(_best_knots(t, u, hinges, k, segment) for k in range(1, most + 1))]
    fits = [knots for k, knots in enumerate(fits) if len(knots) == k]
    floor = n * (sigma**2 / 3 + (1e-6 * (float(np.ptp(u)) or 1.0)) ** 2)
    rss = [_solve(t, u, hinges, knots)[1] + floor for knots in fits]
    residual = u - _solve(t, u, hinges, fits[-1])[0]
    rho = float(np.clip(autocorrelation(residual, 1)[0] if n > 3 else 0.0, 0.0, 0.9))
    effective = max(n * (1 - rho) / (1 + rho), min(n, 8))
    bic = [
        effective * math.log(r / n) + math.log(max(effective, 2)) * (2 + 2 * len(k))
        for r, k in zip(rss, fits, strict=True)
    ]
    chosen = 0
    for k in range(1, len(fits)):
        if bic[k] < bic[chosen] - BIC_MARGIN:
            chosen = k
    while chosen > 0:
        pieces = _pieces(x, t, u, hinges, fits[chosen])
        if all(_bends(a, b, math.sqrt(rss[chosen] / n)) for a, b in pairwise(pieces)):
            break
        chosen -= 1
    knots = fits[chosen]
    gain = bic[chosen] - min(bic[chosen + 1 :]) if chosen + 1 < len(bic) else 0.0
    left = u - _solve(t, u, hinges, knots)[0]
    spans = _places(x, t, u, knots, _inflation(left, 2 + 2 * len(knots)), floor)
    smooth = effective * math.log((_smooth_rss(t, u) + floor) / n) + math.log(max(effective, 2)) * 4
    return PhaseFit(
        _pieces(x, t, u, hinges, knots), spans, math.sqrt(rss[chosen] / n), gain, smooth - bic[chosen]
    )


def _smooth_rss(t: Floats, u: Floats) -> float:
    """Squared residual of the best exponential or power law with a floor, by least squares over a grid."""
    shapes = [np.exp(-rate * t) for rate in RATES]
    shapes += [(t + c) ** -p if p > 0 else np.log(t + c) for p in POWERS for c in SHIFTS]
    basis = np.array(shapes)
    basis = basis - basis.mean(axis=1, keepdims=True)
    rest = u - u.mean()
    power = (basis**2).sum(axis=1)
    explained = np.where(power > 0, (basis @ rest) ** 2 / np.maximum(power, 1e-300), 0.0)
    return max(float(rest @ rest - explained.max()), 0.0)


def _basis(t: Floats, hinges: Floats, knots: tuple[int, ...]) -> Floats:
    return np.column_stack([np.ones_like(t), t, *(hinges[:, k] for k in knots)])


def _solve(t: Floats, u: Floats, hinges: Floats, knots: tuple[int, ...]) -> tuple[Floats, float]:
    basis = _basis(t, hinges, knots)
    fitted = basis @ np.linalg.lstsq(basis, u, rcond=None)[0]
    return fitted, float(((u - fitted) ** 2).sum())


def _gains(t: Floats, u: Floats, hinges: Floats, knots: tuple[int, ...], segment: int) -> Floats:
    """Fall of the squared residual by each candidate added to `knots`; -inf where it stands too close."""
    q, _ = np.linalg.qr(_basis(t, hinges, knots))
    rest = u - q @ (q.T @ u)
    free = (hinges**2).sum(axis=0) - ((q.T @ hinges) ** 2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(free > 1e-9, (rest @ hinges) ** 2 / free, -np.inf)
    gain[:segment] = gain[len(t) - segment :] = -np.inf
    for k in knots:
        gain[max(0, k - segment + 1) : k + segment] = -np.inf
    return np.asarray(gain)


def _best_knots(t: Floats, u: Floats, hinges: Floats, count: int, segment: int) -> tuple[int, ...]:
    knots: tuple[int, ...] = ()
    for _ in range(count):
        gain = _gains(t, u, hinges, knots, segment)
        if not np.isfinite(gain.max()):
            return knots
        knots = (*knots, int(np.argmax(gain)))
    for _ in range(REFINEMENTS):
        before = knots
        for j in range(len(knots)):
            others = knots[:j] + knots[j + 1 :]
            knots = (*others[:j], int(np.argmax(_gains(t, u, hinges, others, segment))), *others[j:])
        if knots == before:
            break
    return tuple(sorted(knots))


def _pieces(x: Floats, t: Floats, u: Floats, hinges: Floats, knots: tuple[int, ...]) -> tuple[Piece, ...]:
    fitted, _ = _solve(t, u, hinges, knots)
    at = [0, *knots, len(x) - 1]
    return tuple(Piece(float(x[a]), float(x[b]), float(fitted[a]), float(fitted[b])) for a, b in pairwise(at))


def _bends(a: Piece, b: Piece, rms: float) -> bool:
    """Whether the rate changes threefold, or turns round with both pieces moving beyond the scatter."""
    lower, higher = sorted((abs(a.slope), abs(b.slope)))
    if higher > 0 and higher >= RATE_RATIO * lower:
        return True
    return a.slope * b.slope < 0 and min(abs(a.u1 - a.u0), abs(b.u1 - b.u0)) > TURN_SIGMAS * rms


def _inflation(residual: Floats, parameters: int) -> float:
    """By how much the lag-1 correlation of what a fit leaves inflates its variance.

    The fit takes part of the correlation away (Marriott and Pope, Biometrika 1954), which is put back.
    """
    n = len(residual)
    if n <= parameters + 1:
        return 1.0
    rho = float(autocorrelation(residual, 1)[0])
    rho = float(np.clip(rho + (parameters + 3 * rho) / n, 0.0, 0.9))
    return (1 + rho) / (1 - rho)


def _places(
    x: Floats, t: Floats, u: Floats, knots: tuple[int, ...], factor: float, floor: float
) -> tuple[tuple[float, float, float], ...]:
    """Where each knot stands, with the interval that holds it in 95% of cases.

    Knots fall between the values: from its place among them each is moved by the linearized least
    squares of Muggeo (Statistics in Medicine 2003), whose covariance gives the interval, with all levels
    and all other knots left free.  `factor` is by how much autocorrelation inflates the variance.
    """
    if not knots:
        return ()
    n, cell = len(t), float(np.median(np.diff(t)))
    places = start = t[list(knots)]
    spread = np.full(len(knots), cell)
    for _ in range(MOVES):
        hinge = np.maximum(0.0, t[:, None] - places)
        step = -(t[:, None] > places).astype(float)
        basis = np.column_stack([np.ones_like(t), t, hinge, step])
        solution, *_ = np.linalg.lstsq(basis, u, rcond=None)
        bend, moved = solution[2 : 2 + len(knots)], solution[2 + len(knots) :]
        residual = u - basis @ solution
        variance = factor * (float(residual @ residual) + floor) / max(n - basis.shape[1], 1)
        covariance = np.linalg.pinv(basis.T @ basis) * variance
        steep = np.where(np.abs(bend) > 0, np.abs(bend), np.inf)
        spread = np.sqrt(np.maximum(np.diag(covariance)[2 + len(knots) :], 0.0)) / steep
        shift = np.where(np.abs(bend) > 0, moved / np.where(bend == 0, 1.0, bend), 0.0)
        places = np.clip(places + shift, start - MOST_CELLS * cell, start + MOST_CELLS * cell)
    reach = np.hypot(SIGMAS_95 * spread, cell / 2)
    scale = float(x[-1] - x[0])
    return tuple(
        (float(x[k]), float(x[0] + scale * max(lo, 0.0)), float(x[0] + scale * min(hi, 1.0)))
        for k, lo, hi in zip(
            knots, np.minimum(places - reach, start), np.maximum(places + reach, start), strict=True
        )
    )
