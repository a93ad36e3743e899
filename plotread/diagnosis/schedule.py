"""Learning-rate schedules in findings: `schedule_shape`, `warmup`, `lr_drops`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.matching import merge_ties
from plotread.diagnosis.schedule_fit import BIC_MARGIN, SUDDEN_SHARE, ScheduleFit, curve_noise, fit_schedule
from plotread.diagnosis.words import about_x, estimate, number, plain, ratio_words
from plotread.model import Finding, Floats, Grade, Measure

DROP_FACTOR = 0.8  # a sudden fall to less than this share of the rate is a drop
DROP_SIGMAS = 6.0  # ... and it exceeds this many sigma
SMOOTH_DROP = 0.02  # of the peak; a break in a smooth schedule is at least this high
MAX_POINTS = 2000  # points of a schedule that are looked at; more tell nothing of its shape
STEEPER = 2.0  # times the usual fall next to it; a drop is no part of a smooth decay
MAX_DROPS = 12  # findings; a schedule with more is told by its family
HOLD_POINTS = 3  # points on either side whose median is the level before and after a drop: one may be off

_WORDS = {
    "constant": "is constant",
    "linear": "decays linearly",
    "cosine": "decays along a half cosine",
    "exponential": "decays exponentially",
    "step": "is constant between sudden drops",
    "polynomial": "decays along a power curve",
    "inverse_sqrt": "decays with the inverse square root of the step",
    "wsd": "stays constant and then decays to the end",
    "one_cycle": "rises and falls once, as a one-cycle schedule",
    "cosine_restarts": "decays along a cosine and restarts",
    "cyclic": "rises and falls in cycles",
}


@dataclass(frozen=True, slots=True)
class Drop:
    """A sudden fall of the rate."""

    x: float
    before: float
    after: float


def diagnose_schedule(rate: Curve) -> list[Finding]:
    """All findings of one learning-rate curve."""
    x, y = merge_ties(rate.x, rate.y)
    if len(x) > MAX_POINTS:
        chosen = np.linspace(0, len(x) - 1, MAX_POINTS).round().astype(int)
        x, y = x[chosen], y[chosen]
    sigma = float(np.median(rate.sigma))
    fit = fit_schedule(x, y, sigma)
    if fit is None:
        return []
    findings = [_shape(rate, fit, x, y, sigma)]
    if fit.rise is not None:
        findings.append(_warmup(rate, fit, x, y, sigma))
    drops = find_drops(x, y, sigma) if fit.family not in ("constant", "cyclic") else []
    if fit.family not in ("step", "exponential"):
        # Near zero the rounding of a log looks like a staircase.
        drops = [drop for drop in drops if drop.before - drop.after > SMOOTH_DROP * float(y.max())]
    findings += [_drop(rate, drop, i, drops, sigma) for i, drop in enumerate(drops[:MAX_DROPS])]
    return findings


def _shape(rate: Curve, fit: ScheduleFit, x: Floats, y: Floats, sigma: float) -> Finding:
    peak, end = float(y.max()), float(y[-1])
    top = float(x[int(np.argmax(y))])
    measures: dict[str, Measure] = {
        "family": fit.family,
        "runner_up": fit.runner_up,
        "margin": plain(fit.margin) if np.isfinite(fit.margin) else None,
        "rms": plain(fit.rms) if fit.runner_up else None,
        "runner_up_rms": plain(fit.runner_up_rms) if fit.runner_up_rms is not None else None,
        "start": estimate(float(y[0]), sigma),
        "start_x": plain(float(x[0])),
        "peak": estimate(peak, sigma),
        "peak_x": plain(fit.rise.x1 if fit.rise else top),
        "end": estimate(end, sigma),
        "end_x": plain(float(x[-1])),
        "lowest": estimate(float(y.min()), sigma),
    }
    if peak > 0:
        measures["end_over_peak"] = estimate(end / peak, sigma / peak)
    if fit.period is not None:
        measures["period"] = plain(fit.period)
    if fit.restarts:
        measures["restarts"] = plain(len(fit.restarts))
        measures |= {f"restart_{i + 1}_x": plain(at) for i, at in enumerate(fit.restarts)}
    if fit.power is not None:
        measures["power"] = plain(fit.power)
    if fit.floor_from is not None:
        measures["floor_from_x"] = plain(fit.floor_from)
        measures["floor_share"] = plain((float(x[-1]) - fit.floor_from) / float(np.ptp(x)))
    if fit.stable_until is not None:
        measures["stable_until_x"] = plain(fit.stable_until)
    # A runner-up that fits as well leaves the family open.
    grade: Grade = "likely" if fit.margin >= BIC_MARGIN else "possible"
    level = (
        f"at {number(float(np.median(y)), sigma)}"
        if fit.family == "constant"
        else (
            f"from {number(peak, sigma)} to {number(end, sigma)} at the end"
            if fit.family != "cyclic"
            else f"between {number(float(y.min()), sigma)} and {number(peak, sigma)}"
        )
    )
    measures["level"] = estimate(float(np.median(y)), sigma)
    open_words = "" if grade == "likely" else f" ({fit.runner_up} fits nearly as well)".replace("_", " ")
    words = f"{rate.name} {_WORDS[fit.family]} {level}{open_words}"
    point = fit.restarts[0] if fit.restarts else None
    span = (float(x[0]), float(x[-1]))
    return Finding(
        "schedule_shape",
        "learning_rate",
        words,
        grade,
        rate.panel,
        (rate.name,),
        (rate.index,),
        point,
        span,
        measures,
    )


def _warmup(rate: Curve, fit: ScheduleFit, x: Floats, y: Floats, sigma: float) -> Finding:
    rise = fit.rise
    assert rise is not None
    step = float(np.median(np.diff(x)))
    share = (rise.x1 - rise.x0) / float(x[-1] - x[0])
    measures: dict[str, Measure] = {
        "start": estimate(rise.y0, sigma),
        "start_x": plain(rise.x0),
        "peak": estimate(rise.y1, sigma),
        "end_x": estimate(rise.x1, step / 2),
        "share": plain(share),
        "share_percent": plain(100 * share),
        "shape": "half cosine" if rise.curved else "linear" if rise.shaped else "other",
    }
    words = (
        f"{rate.name} rises from {number(rise.y0, sigma)} at {about_x(rate, rise.x0)} "
        f"to {number(rise.y1, sigma)} at {about_x(rate, rise.x1)}"
    )
    grade: Grade = "observed"
    return Finding(
        "warmup",
        "learning_rate",
        words,
        grade,
        rate.panel,
        (rate.name,),
        (rate.index,),
        rise.x1,
        (rise.x0, rise.x1),
        measures,
    )


def find_drops(x: Floats, y: Floats, sigma_read: float) -> list[Drop]:
    """Sudden falls of a rate between levels that move slowly.

    A fall counts when it takes two points or less (or `SUDDEN_SHARE` of the extent, where samples
    along pixels spread it), and is steeper than its surroundings by far.
    """
    noise = curve_noise(y, sigma_read)
    width = SUDDEN_SHARE / 3 * float(x[-1] - x[0])
    drops: list[Drop] = []
    i = 1
    while i < len(y):
        j = i
        while j + 1 < len(y) and y[j + 1] < y[j] - noise and x[j + 1] - x[i - 1] <= width:
            j += 1
        before, after = float(y[i - 1]), float(y[j])
        fall = before - after
        around = _usual_fall(y, i - 1, j)
        if (
            fall > DROP_SIGMAS * noise
            and after < DROP_FACTOR * before
            and fall > STEEPER * around * (j - i + 1)
        ):
            levels = (
                float(np.median(y[max(0, i - HOLD_POINTS) : i])),
                float(np.median(y[j : j + HOLD_POINTS])),
            )
            if drops and x[i - 1] - drops[-1].x <= width:  # one fall, read in two pieces
                levels = (drops.pop().before, levels[1])
            drops.append(Drop(float(x[j]), *levels))
        i = j + 1
    return drops


def _usual_fall(y: Floats, a: int, b: int) -> float:
    """Typical fall per point next to a candidate, from the larger of both sides."""
    left = y[max(0, a - 4) : a + 1]
    right = y[b : b + 5]
    falls = [float(np.median(np.abs(np.diff(side)))) for side in (left, right) if len(side) > 1]
    return max(falls, default=0.0)


def _drop(rate: Curve, drop: Drop, position: int, drops: list[Drop], sigma: float) -> Finding:
    factor = drop.after / drop.before
    error = sigma / drop.before * (1 + factor)
    measures: dict[str, Measure] = {
        "x": plain(drop.x),
        "before": estimate(drop.before, sigma),
        "after": estimate(drop.after, sigma),
        "factor": estimate(factor, error),
        "number": plain(position + 1),
        "of": plain(len(drops)),
    }
    words = (
        f"{rate.name} drops from {number(drop.before, sigma)} to {number(drop.after, sigma)} "
        f"at {about_x(rate, drop.x)}, to {ratio_words(factor, error)} times its value"
    )
    return Finding(
        "lr_drops",
        "learning_rate",
        words,
        "observed",
        rate.panel,
        (rate.name,),
        (rate.index,),
        drop.x,
        None,
        measures,
    )
