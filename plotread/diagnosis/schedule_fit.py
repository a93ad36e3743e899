"""Which family a learning-rate schedule belongs to: least squares in data space, chosen by BIC.

Everything is fitted on data, never on the drawn scale: on a logarithmic step axis a linear warm-up
looks exponential.  The order is: flat within noise, then the number of rises (warm restarts and
cycles repeat), then the warm-up is cut off and the decay families compete.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from plotread.model import Floats

MIN_POINTS = 6  # points; fewer do not tell a straight line from a cosine
FLAT_SIGMAS = 4.0  # a range below this many sigma is flat
SLOPE_EVIDENCE = 12.0  # twice the log likelihood ratio of a slope; below it a narrow curve is flat
FLAT_SHARE = 0.005  # ... or below this share of the level
TURN_SHARE = 0.10  # of the range; smaller wiggles are no rise or fall
TURN_SIGMAS = 6.0  # ... nor are those below this many sigma
SUDDEN_SHARE = 0.03  # of the x extent; a restart or a drop takes less than this (or two points)
FLOOR_SHARE = 1e-3  # of the range; differences of models below it are rounding, not evidence
TAIL_SHARE = 0.08  # of the x extent; a constant end shorter than this is no floor
MAX_STEPS = 8  # drops of a step schedule
EFFECTIVE_POINTS = 150  # samples along pixels are not independent: BIC counts at most these many
BAD_FIT_SHARE = 0.06  # of the range; a best model that misses by more (rms) is no answer
ONE_CYCLE_RISE = 0.15  # of the extent; a curved rise of this share is a one-cycle schedule, no warm-up
ONE_CYCLE_LINEAR_RISE = 0.35  # the same for a straight rise that ends far below its start
PEAK_SIGMAS = 4.0  # points within this many sigma of the highest belong to the top of a rise
HINGE_GRID = 240  # places tried for the end of a rise
UNSHAPED = 0.06  # of the height of a rise; a curve still so far below its peak at the bend rises otherwise
NEAR_TOP = 0.02  # of that height: so close to the peak such a rise has ended
S_SHAPE_POINTS = 6  # points; a rise of fewer cannot be told curved
BIC_MARGIN = 6.0  # BIC difference from which the runner-up is out ("strong" after Kass and Raftery 1995)


@dataclass(frozen=True, slots=True)
class Rise:
    """A rising start to the peak (x1, y1); `curved` for an S, not `shaped` for neither S nor line."""

    x0: float
    y0: float
    x1: float
    y1: float
    curved: bool
    shaped: bool = True


@dataclass(frozen=True, slots=True)
class ScheduleFit:
    """The answer of `fit_schedule`.

    Attributes
    ----------
    family : str
    runner_up : str or None
        The next best family; None where the shape alone decided (constant, restarts, cycles).
    margin : float
        BIC of the runner-up minus that of the family; infinite without a runner-up.
    rms : float
        Of the fit, in data units; 0 where no curve was fitted.
    runner_up_rms : float or None
    rise : Rise or None
        The warm-up, also that of one_cycle.
    period : float or None
        Mean distance of restarts or cycle peaks, x units.
    restarts : tuple of float
        x of each later rise.
    power : float or None
        Only for polynomial.
    floor_from : float or None
        x from which the rate stays constant to the end.
    stable_until : float or None
        Only for wsd: x at which the decay begins.
    """

    family: str
    runner_up: str | None = None
    margin: float = np.inf
    rms: float = 0.0
    runner_up_rms: float | None = None
    rise: Rise | None = None
    period: float | None = None
    restarts: tuple[float, ...] = ()
    power: float | None = None
    floor_from: float | None = None
    stable_until: float | None = None


@dataclass(frozen=True, slots=True)
class _Model:
    family: str
    rss: float
    parameters: int
    extra: float | None = None


def _is_flat(x: Floats, y: Floats, noise: float, sigma_read: float) -> bool:
    """Whether the spread is what noise alone gives so many values, without a slope beyond it."""
    span = float(np.ptp(y))
    if span <= 2 * sigma_read:
        return True
    # The expected range of n normal values grows with n.
    if span > max(FLAT_SIGMAS, 2 * (2 * float(np.log(len(y)))) ** 0.5 + 1) * noise:
        return False
    level = float(((y - y.mean()) ** 2).sum())
    line = _rss(np.column_stack([np.ones_like(x), (x - x[0]) / (x[-1] - x[0])]), y)[0]
    return len(y) * float(np.log((level + 1e-300) / (line + 1e-300))) <= SLOPE_EVIDENCE


def curve_noise(y: Floats, sigma_read: float) -> float:
    """Sigma of a smooth curve: its second differences, but never below the reading error."""
    if len(y) < 5:
        return sigma_read
    second = y[2:] - 2 * y[1:-1] + y[:-2]
    mad = 1.4826 * float(np.median(np.abs(second - np.median(second)))) / 6**0.5
    return max(sigma_read, mad, 1e-12 * float(np.abs(y).max()))


def fit_schedule(x: Floats, y: Floats, sigma_read: float = 0.0) -> ScheduleFit | None:
    """Name the family of a schedule.

    Parameters
    ----------
    x, y : (N,) float array
        Steps, ascending, and rates, in data units.
    sigma_read : float
        Reading error of y (one sigma, data units); 0 for a log.

    Returns
    -------
    ScheduleFit or None
        None for fewer than `MIN_POINTS` points, or where no family comes near the curve.
    """
    if len(x) < MIN_POINTS or x[-1] <= x[0]:
        return None
    span = float(np.ptp(y))
    noise = curve_noise(y, sigma_read)
    if span <= FLAT_SHARE * float(np.abs(y).max()) or _is_flat(x, y, noise, sigma_read):
        return ScheduleFit("constant")
    turns = turning_points(y, max(TURN_SHARE * span, TURN_SIGMAS * noise))
    rises = [(a, b) for a, b in itertools.pairwise(turns) if y[b] > y[a]]
    warm = rises[0] if rises and rises[0][0] == 0 else None
    later = [pair for pair in rises if pair != warm]
    rise = _measure_rise(x, y, warm[1], noise) if warm else None
    if later:
        return _repeated(x, y, later, rise)
    return _single(x, y, max(noise, FLOOR_SHARE * span), sigma_read, rise)


def turning_points(y: Floats, threshold: float) -> list[int]:
    """Indices of alternating lows and highs whose heights differ by more than `threshold`, ends included.

    >>> turning_points(np.array([0.0, 2.0, 1.9, 2.1, 0.5, 0.6, 0.0]), 1.0)
    [0, 3, 6]
    """
    pivots = [0]
    low = high = 0
    direction = 0
    for i in range(1, len(y)):
        low = i if y[i] < y[low] else low
        high = i if y[i] > y[high] else high
        if direction >= 0 and y[high] - y[i] > threshold:
            if direction or high != pivots[-1]:
                pivots.append(high)
            direction, low = -1, i
        elif direction <= 0 and y[i] - y[low] > threshold:
            if direction or low != pivots[-1]:
                pivots.append(low)
            direction, high = 1, i
        if direction < 0 and y[low] == y[i]:
            high = i
        elif direction > 0 and y[high] == y[i]:
            low = i
    last = {1: high, -1: low, 0: len(y) - 1}[direction]
    if last != pivots[-1]:
        pivots.append(last)
    # Small wiggles at the very start are no turning points of their own.
    if len(pivots) > 2 and abs(y[pivots[1]] - y[0]) <= threshold:
        pivots = [0, *pivots[2:]]
    return pivots


def _repeated(x: Floats, y: Floats, later: list[tuple[int, int]], rise: Rise | None) -> ScheduleFit:
    extent = float(x[-1] - x[0])
    spans = [_steep_part(y, a, b) for a, b in later]
    sudden = [x[b] - x[a] <= SUDDEN_SHARE * extent or b - a <= 2 for a, b in spans]
    tops = tuple(float(x[b]) for _, b in spans)
    peaks = [float(rise.x1) if rise else float(x[0]), *tops] if all(sudden) else list(tops)
    period = float(np.mean(np.diff(peaks))) if len(peaks) > 1 else None
    family = "cosine_restarts" if sum(sudden) * 2 > len(sudden) else "cyclic"
    return ScheduleFit(
        family, rise=rise if family == "cosine_restarts" else None, period=period, restarts=tops
    )


def _steep_part(y: Floats, low: int, high: int) -> tuple[int, int]:
    """Where a rise leaves its flat bottom and reaches its flat top (a tenth of its height each)."""
    height = y[high] - y[low]
    bottom = np.flatnonzero(y[low:high] <= y[low] + 0.1 * height)
    start = low + int(bottom[-1]) if len(bottom) else low
    top = np.flatnonzero(y[start : high + 1] >= y[high] - 0.1 * height)
    return start, start + int(top[0]) if len(top) else high


def _measure_rise(x: Floats, y: Floats, top: int, noise: float) -> Rise | None:
    """Where a rise meets its flat peak: a straight rise and a half cosine, then level, compete."""
    below = np.flatnonzero(y[top:] < y[top] - PEAK_SIGMAS * noise)
    end = top + int(below[0]) if len(below) else len(y)
    xs, ys = x[:end], y[:end]
    if float(y[top] - y[0]) <= 0 or end < 2:
        return None
    straight = _fit_hinge(xs, ys, lambda u: u)
    wave = _fit_hinge(xs, ys, lambda u: 1 - _half_cosine(u))
    floor = len(xs) * (0.5 * noise) ** 2
    gain = len(xs) * float(np.log((straight[0] + floor + 1e-300) / (wave[0] + floor + 1e-300)))
    curved = top >= S_SHAPE_POINTS and gain > BIC_MARGIN
    _, meet, peak = wave if curved else straight
    height = float(y[top] - y[0])
    if peak - float(np.interp(meet, xs, ys)) > max(UNSHAPED * height, PEAK_SIGMAS * noise):
        there = int(np.argmax(ys >= y[top] - NEAR_TOP * height))
        return Rise(float(x[0]), float(y[0]), float(x[there]), float(y[top]), False, False)
    return Rise(float(x[0]), float(y[0]), meet, peak, curved)


def _fit_hinge(x: Floats, y: Floats, shape: Callable[[Floats], Floats]) -> tuple[float, float, float]:
    """Squared error, bend and level of the best rise ``shape(u)``, u from 0 at the start to 1 at the bend."""
    best: tuple[float, float, float] | None = None
    bends = np.interp(np.linspace(1, len(x) - 1, min(4 * len(x), HINGE_GRID)), np.arange(len(x)), x)
    for bend in bends[bends > x[0]]:
        u = np.clip((x - x[0]) / (bend - x[0]), 0, 1)
        rss, coefficients = _rss(np.column_stack([np.ones_like(u), shape(u)]), y)
        if best is None or rss < best[0] * (1 - 1e-9):
            best = (rss, float(bend), float(coefficients.sum()))
    return best or (0.0, float(x[-1]), float(y[-1]))


def _rss(design: Floats, y: Floats) -> tuple[float, Floats]:
    coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
    residuals = y - design @ coefficients
    return float(residuals @ residuals), np.asarray(coefficients)


def _single(x: Floats, y: Floats, noise: float, sigma_read: float, rise: Rise | None) -> ScheduleFit | None:
    """One decay after at most one rise."""
    start = int(np.searchsorted(x, rise.x1 - 1e-9 * abs(rise.x1))) if rise else 0
    if len(x) - start < MIN_POINTS - 1:
        return None
    xs, ys = x[start:], y[start:]
    extent, span = float(x[-1] - x[0]), float(np.ptp(y))
    if _is_flat(xs, ys, noise, sigma_read):
        return ScheduleFit("constant", rise=rise)
    tail = _constant_tail(xs, ys, noise)
    best = _compete(xs, ys, noise, tail)
    ranked = sorted(best.values(), key=lambda scored: (scored[0], scored[1].family))
    (score, model), (next_score, next_model) = ranked[0], ranked[1]
    rms = (model.rss / len(ys)) ** 0.5
    if rms > max(BAD_FIT_SHARE * span, 3 * sigma_read):
        return None
    family = model.family
    if rise and family in ("cosine", "linear", "polynomial") and _is_one_cycle(rise, y, extent):
        family = "one_cycle"
    return ScheduleFit(
        family,
        next_model.family,
        next_score - score,
        rms,
        (next_model.rss / len(ys)) ** 0.5,
        rise,
        power=model.extra if family == "polynomial" else None,
        floor_from=float(xs[tail]) if tail is not None else None,
        stable_until=model.extra if family == "wsd" else None,
    )


def _is_one_cycle(rise: Rise, y: Floats, extent: float) -> bool:
    share = (rise.x1 - rise.x0) / extent
    ends_lower = float(y[-1]) < max(rise.y0, 0.0) + 0.02 * (rise.y1 - rise.y0)
    if rise.curved:
        return share >= ONE_CYCLE_RISE and ends_lower
    return share >= ONE_CYCLE_LINEAR_RISE and float(y[-1]) < 0.5 * rise.y0


def _constant_tail(x: Floats, y: Floats, noise: float) -> int | None:
    """Index from which the curve stays constant to its end, where that is a stretch worth naming."""
    level = float(np.median(y[-max(3, len(y) // 20) :]))
    away = np.flatnonzero(np.abs(y - level) > 3 * noise)
    start = int(away[-1]) + 1 if len(away) else 0
    return start if 2 < start < len(x) - 3 and x[-1] - x[start] >= TAIL_SHARE * (x[-1] - x[0]) else None


def _compete(x: Floats, y: Floats, noise: float, tail: int | None) -> dict[str, tuple[float, _Model]]:
    """The best model and its BIC by family."""
    n = len(x)
    count = min(n, EFFECTIVE_POINTS)
    floor = (0.3 * noise) ** 2
    best: dict[str, tuple[float, _Model]] = {}
    for model in _candidates(x, y, noise, tail):
        score = count * float(np.log(model.rss / n + floor)) + model.parameters * float(np.log(count))
        if model.family not in best or score < best[model.family][0]:
            best[model.family] = (score, model)
    return best


def _candidates(x: Floats, y: Floats, noise: float, tail: int | None) -> Iterator[_Model]:
    t = (x - x[0]) / (x[-1] - x[0])
    yield from _smooth_models(t, x, y)
    # Constant before as well as after the floor is a step, and no model of a decay earns it.
    if tail is not None and not _is_flat(x[:tail], y[:tail], noise, 0.0):
        rest = y[tail:] - y[tail:].mean()
        for model in _smooth_models(t[:tail] / t[tail], x[:tail], y[:tail]):
            yield _Model(model.family, model.rss + float(rest @ rest), model.parameters + 1, model.extra)
    yield from _step_models(y, noise)
    yield from _stable_models(t, x, y)


def _smooth_models(t: Floats, x: Floats, y: Floats) -> Iterator[_Model]:
    one = np.ones_like(t)
    yield _Model("constant", float(((y - y.mean()) ** 2).sum()), 1)
    yield _Model("linear", _rss(np.column_stack([one, t]), y)[0], 2)
    # A cosine may be cut off before its end, or reach it early.
    cosines = [
        (_rss(np.column_stack([one, _half_cosine(t / end)]), y)[0], end) for end in _grid(0.85, 1.6, 31)
    ]
    yield _Model("cosine", min(cosines)[0], 3)
    yield _Model("cosine", cosines[6][0], 2)
    yield _Model(
        "exponential", min(_rss(np.exp(-k * t)[:, None], y)[0] for k in _grid(0.05, 12, 80, log=True)), 2
    )
    floored = [_rss(np.column_stack([one, np.exp(-k * t)]), y)[0] for k in _grid(1.5, 12, 40, log=True)]
    yield _Model("exponential", min(floored), 3)
    powers = [p for p in _grid(0.4, 6, 57) if abs(p - 1) > 0.06]
    free = [(_rss(np.column_stack([one, (1 - t) ** p]), y)[0], p) for p in powers]
    to_zero = [(_rss(((1 - t) ** p)[:, None], y)[0], p) for p in powers]
    yield _Model("polynomial", min(free)[0], 3, min(free)[1])
    yield _Model("polynomial", min(to_zero)[0], 2, min(to_zero)[1])
    extent = float(x[-1] - x[0])
    roots = [
        _rss((1 / np.sqrt(1 + extent * t / s))[:, None], y)[0] for s in extent * _grid(1e-3, 1, 60, log=True)
    ]
    yield _Model("inverse_sqrt", min(roots), 2)


def _half_cosine(u: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.cos(np.pi * np.clip(u, 0, 1))))


def _grid(lo: float, hi: float, count: int, log: bool = False) -> Floats:
    return np.geomspace(lo, hi, count) if log else np.linspace(lo, hi, count)


def _step_models(y: Floats, noise: float) -> Iterator[_Model]:
    """Constant pieces, one drop more each time, put where it helps most."""
    edges = [0, len(y)]
    for steps in range(1, MAX_STEPS + 1):
        cuts = [_best_cut(y, a, b) for a, b in itertools.pairwise(edges)]
        gain, cut = max(cuts, default=(0.0, -1))
        if cut < 0 or gain <= 0:
            return
        edges = sorted([*edges, cut])
        pieces = [y[a:b] for a, b in itertools.pairwise(edges)]
        rss = sum(float(((piece - piece.mean()) ** 2).sum()) for piece in pieces)
        yield _Model("step", rss, 2 * steps + 1)
        if rss <= len(y) * noise**2:
            return


def _best_cut(y: Floats, a: int, b: int) -> tuple[float, int]:
    """The cut of y[a:b] that lowers the squared error most, and by how much."""
    piece = y[a:b]
    n = len(piece)
    if n < 2:
        return 0.0, -1
    left = np.cumsum(piece)[:-1]
    sizes = np.arange(1, n)
    total = float(piece.sum())
    gains = left**2 / sizes + (total - left) ** 2 / (n - sizes) - total**2 / n
    best = int(np.argmax(gains))
    return float(gains[best]), a + best + 1


def _stable_models(t: Floats, x: Floats, y: Floats) -> Iterator[_Model]:
    """Constant, then a decay to the end: straight, cosine, or one minus a root."""
    shapes: list[Callable[[Floats], Floats]] = [lambda u: u, lambda u: 1 - _half_cosine(u), np.sqrt]
    found: tuple[float, float] | None = None
    for begin in _grid(0.1, 0.95, 86):
        u = np.clip((t - begin) / (1 - begin), 0, 1)
        if not 2 <= int((u > 0).sum()) <= len(t) - 3:
            continue
        for shape in shapes:
            rss = _rss(np.column_stack([np.ones_like(t), shape(u)]), y)[0]
            if found is None or rss < found[0]:
                found = (rss, float(begin))
    if found:
        yield _Model("wsd", found[0], 4, float(x[0] + found[1] * (x[-1] - x[0])))
