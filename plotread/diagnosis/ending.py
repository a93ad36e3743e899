"""`not_learning`, `still_improving`, `plateau` and `projected_gain`: what the run still does at its end."""

from __future__ import annotations

import numpy as np

from plotread.diagnosis.stats import Trend, bucket_means, trend
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import about_x, number, plain
from plotread.model import Estimate, Finding, Floats, Grade, Measure

TREND_POINTS = 8  # values that any trend needs
TAIL_POINTS = 10  # values that a verdict on the end needs
TAIL_SHARE = 0.25  # of the run: its end
LATE_TAIL = 0.5  # of the run: a tail that begins earlier is no end
FLAT_LENGTH = 0.10  # of the run that a flat end must last at least
FLAT_SHARE = 0.02  # of the curve's own total change: a tail that surely moves less is flat
WORTH_SHARE = 0.005  # of the total change: a smaller sure fall is not worth a word
STILL_SIGMAS = 2.0  # scatter that a whole run must move, or it is not learning
STILL_P = 0.05  # Mann-Kendall p below which a run that hardly moves moves all the same
STARTS = 14  # places that are tried as the onset of a plateau
PROJECTION_POINTS = 20  # values that an extrapolation needs
PROJECTION_AHEAD = 0.5  # of the run that is extrapolated
PROJECTION_AGREE = 2.0  # scatter of the end level within which both models must agree
LARGEST = 50.0  # exponent beyond which a percentage is no number for a text


def find(s: Study) -> list[Finding]:
    """The verdict on the end of one curve: still moving, flat, or undecided."""
    c = s.curve
    if c.quantity in ("lr", "speed", "grad_norm") or len(s.u) < TREND_POINTS or c.smoothed or c.game:
        return []
    stuck = _not_learning(s)
    if stuck:
        return [stuck]
    tail = s.x >= c.x[-1] - TAIL_SHARE * (c.x[-1] - c.x[0])
    if tail.sum() < TAIL_POINTS:
        tail = np.arange(len(s.x)) >= len(s.x) - TAIL_POINTS
    if tail.sum() < TAIL_POINTS:
        return []
    end = trend(s.x[tail], s.u[tail])
    x0 = float(s.x[tail][0])
    length = float(c.x[-1]) - x0
    better, worse = _toward(s, end, length)
    worth = max(WORTH_SHARE * s.span, 2 * s.sigma / np.sqrt(3))
    if worse < 0 and abs(s.better * end.slope * length) >= worth and end.p < STILL_P:
        gain = _projection(s)
        return [_improving(s, end, x0, length), *([gain] if gain else [])]
    flat = _onset(s)
    if flat is not None:
        return [_plateau(s, *flat)]
    return [_undecided(s, end, x0, length)] if better < 0 < worse else []


def _toward(s: Study, t: Trend, length: float) -> tuple[float, float]:
    """Interval of the change over `length`, negative being improvement."""
    lo, hi = sorted((s.better * t.lo * length, s.better * t.hi * length))
    return lo, hi


def _not_learning(s: Study) -> Finding | None:
    c = s.curve
    k = max(3, len(s.u) // 10)
    change = float(np.median(s.u[-k:]) - np.median(s.u[:k]))
    whole = trend(s.x, s.u)
    # The extremes of running levels: a curve that falls and comes back has learned something.
    means = bucket_means(s.x, s.u, min(8, len(s.u) // 3))[1]
    moved = float(np.ptp(means))
    if (
        abs(change) >= STILL_SIGMAS * s.noise
        or whole.p < STILL_P
        or moved >= STILL_SIGMAS * s.noise
        or s.noise <= 2 * s.sigma
    ):
        return None
    error = s.noise / np.sqrt(k)
    level = s.value(float(np.median(s.u)), error)
    measures: dict[str, Measure] = {
        "level": level,
        "p": plain(whole.p),
        "slope": _slope(s, whole),
        "change": s.value(change, error)
        if c.scale == "linear"
        else Estimate(change, change - error, change + error),
        "start_x": plain(c.x[0]),
        "end_x": plain(c.x[-1]),
    }
    words = (
        f"{c.name} shows no trend from {about_x(c, c.x[0])} to {about_x(c, c.x[-1])}; it stays near "
        f"{number(level.value, (level.hi - level.lo) / 2)}"
    )
    return make("not_learning", "level", s, words, measures, grade="likely", x_range=(c.x[0], c.x[-1]))


def _slope(s: Study, t: Trend) -> Estimate:
    """Slope in data units per x, at the level of the tail."""
    factor = (
        s.curve.to_data(float(np.median(s.u[-max(3, len(s.u) // 10) :]))) if s.curve.scale == "log" else 1.0
    )
    return Estimate(
        t.slope * factor, min(t.lo * factor, t.slope * factor), max(t.hi * factor, t.slope * factor)
    )


def _percent_slope(t: Trend) -> Estimate:
    values = [100 * float(np.expm1(min(v, LARGEST))) for v in (t.slope, t.lo, t.hi)]
    return Estimate(values[0], min(values), max(values))


def _tail_measures(s: Study, t: Trend, x0: float, length: float, verdict: str) -> dict[str, Measure]:
    c = s.curve
    values = s.u[s.x >= x0]
    error = max(s.noise / np.sqrt(max(len(values), 1)), s.sigma / 2)
    scale = s.curve.to_data(float(np.median(values))) if c.scale == "log" else 1.0
    change, lo, hi = (scale * v * length for v in (t.slope, t.lo, t.hi))
    measures: dict[str, Measure] = {
        "verdict": verdict,
        "level": s.value(float(np.median(values)), error),
        "from_x": plain(x0),
        "to_x": plain(c.x[-1]),
        "slope_per_step": _slope(s, t),
        "change": Estimate(change, min(lo, change), max(hi, change)),
        "p": plain(t.p),
        "n": plain(len(values)),
    }
    if c.scale == "log":
        measures["percent_per_step"] = _percent_slope(t)
        measures["change_percent"] = Estimate(
            *(
                100 * float(np.expm1(min(v * length, LARGEST)))
                for v in (t.slope, min(t.lo, t.slope), max(t.hi, t.slope))
            )
        )
    return measures


def _improving(s: Study, t: Trend, x0: float, length: float) -> Finding:
    c = s.curve
    verb = "falling" if c.lower_is_better else "rising"
    measures = _tail_measures(s, t, x0, length, f"still {verb}")
    change = measures["change"]
    assert isinstance(change, Estimate)
    words = (
        f"{c.name} is still {verb} at the end: by {number(abs(change.value), (change.hi - change.lo) / 2)} "
        f"from {about_x(c, x0)} on"
    )
    measures["change_size"] = Estimate(
        abs(change.value), min(abs(change.lo), abs(change.hi)), max(abs(change.lo), abs(change.hi))
    )
    # Of a short run the ten last values are most of it: that they fall says little about its end.
    late = x0 >= c.x[0] + LATE_TAIL * (c.x[-1] - c.x[0])
    grade: Grade = "likely" if late else "possible"
    return make("still_improving", "level", s, words, measures, grade=grade, x_range=(x0, c.x[-1]))


def _onset(s: Study) -> tuple[float, Trend] | None:
    """The earliest x from which the curve surely moves by less than `FLAT_SHARE` of its total change."""
    c, n = s.curve, len(s.x)
    limit = max(FLAT_SHARE * s.span, 0.75 * s.sigma)
    starts = np.unique(np.linspace(0, n - TAIL_POINTS, STARTS + 1).astype(int))[1:]
    found: tuple[float, Trend] | None = None
    # From the end backwards: the stretch grows while it stays flat.
    for start in starts[::-1]:
        t = trend(s.x[start:], s.u[start:])
        length = float(c.x[-1] - s.x[start])
        if max(abs(t.lo), abs(t.hi)) * length >= limit:
            if found:
                break
            continue
        found = float(s.x[start]), t
    # Ten samples of a drawn line are a blink of the run.
    if found and c.x[-1] - found[0] < FLAT_LENGTH * (c.x[-1] - c.x[0]):
        return None
    return found


def _plateau(s: Study, x0: float, t: Trend) -> Finding:
    c = s.curve
    measures = _tail_measures(s, t, x0, float(c.x[-1]) - x0, "flat")
    measures["onset"] = plain(x0)
    level = measures["level"]
    assert isinstance(level, Estimate)
    shown = number(level.value, (level.hi - level.lo) / 2)
    words = f"{c.name} is flat from about {about_x(c, x0)} on, at {shown}"
    return make("plateau", "level", s, words, measures, grade="likely", x=x0, x_range=(x0, float(c.x[-1])))


def _undecided(s: Study, t: Trend, x0: float, length: float) -> Finding:
    """Neither flat nor moving beyond doubt: graded possible, with the interval that leaves it open."""
    c = s.curve
    measures = _tail_measures(s, t, x0, length, "undecided")
    change = measures["change"]
    assert isinstance(change, Estimate)
    error = (change.hi - change.lo) / 20
    words = (
        f"whether {c.name} still moves after {about_x(c, x0)} cannot be decided: its change lies between "
        f"{number(change.lo, error)} and {number(change.hi, error)}"
    )
    return make("plateau", "level", s, words, measures, grade="possible", x_range=(x0, float(c.x[-1])))


def _projection(s: Study) -> Finding | None:
    """What half a run more would bring, where an exponential and a power law with a floor agree."""
    c = s.curve
    late = s.x >= c.x[0] + 0.25 * (c.x[-1] - c.x[0])
    x, u = bucket_means(s.x[late], s.u[late], 120)
    if len(x) < PROJECTION_POINTS:
        return None
    t = (x - c.x[0]) / (c.x[-1] - c.x[0])
    exponential = [np.exp(-t * rate) for rate in np.geomspace(0.3, 30, 40)]
    power = [(t + 0.01) ** -p for p in np.geomspace(0.05, 3, 40)]
    ahead = 1 + PROJECTION_AHEAD
    gains = []
    for shapes, later in (
        (exponential, [np.exp(-ahead * rate) for rate in np.geomspace(0.3, 30, 40)]),
        (power, [(ahead + 0.01) ** -p for p in np.geomspace(0.05, 3, 40)]),
    ):
        gains.append(_best_gain(u, shapes, later))
    noise = s.noise / np.sqrt(max(len(x) / 4, 1))
    improving = [s.better * g for g in gains]
    if max(improving) >= 0 or abs(gains[0] - gains[1]) > PROJECTION_AGREE * noise:
        return None
    lo, hi = sorted(abs(g) for g in gains)
    base = c.to_data(float(np.median(u[-max(3, len(u) // 10) :])))
    scale = base if c.scale == "log" else 1.0
    gain = Estimate(scale * (lo + hi) / 2, max(0.0, scale * (lo - noise)), scale * (hi + noise))
    measures: dict[str, Measure] = {
        "gain": gain,
        "ahead_percent": plain(100 * PROJECTION_AHEAD),
        "until_x": plain(c.x[0] + ahead * (c.x[-1] - c.x[0])),
        "level_now": s.value(float(np.median(u[-max(3, len(u) // 10) :])), noise),
    }
    error = max((gain.hi - gain.lo) / 4, 1e-300)
    words = (
        f"if its course held, {c.name} would change by another {number(gain.lo, error)} "
        f"to {number(gain.hi, error)} "
        f"in {round(100 * PROJECTION_AHEAD)}% more of the run"
    )
    return make("projected_gain", "level", s, words, measures, grade="possible")


def _best_gain(u: Floats, shapes: list[Floats], later: list[float]) -> float:
    """Change from now to later under the best-fitting member of a family with a floor."""
    best, gain = np.inf, 0.0
    for shape, ahead in zip(shapes, later, strict=True):
        basis = np.column_stack([np.ones_like(shape), shape])
        coef = np.linalg.lstsq(basis, u, rcond=None)[0]
        rss = float(((u - basis @ coef) ** 2).sum())
        if rss < best:
            best, gain = rss, float(coef[1] * (ahead - shape[-1]))
    return gain
