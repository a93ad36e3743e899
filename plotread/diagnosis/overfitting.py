"""Validation that turns: `overfitting`, `checkpoint_to_keep`, `loss_up_metric_steady`, `validation_stalled`.

Overfitting is never told from a gap, only from a rise of validation after its best point that holds
against noise, while training does not rise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.matching import Evaluations, at, curve_evaluations
from plotread.diagnosis.pairs import Pair, stem
from plotread.diagnosis.turning import Turn, find_turn, point_noise, rising_p
from plotread.diagnosis.words import about_x, estimate, number, plain
from plotread.model import Finding, Floats, Grade, Measure

TRAIN_RISE_SIGMAS = 3.0  # a training end above its value at validation's best by more is no overfitting
COST_SIGMAS = 2.0  # noise; what the last checkpoint costs against the best must exceed it to be likely
TAIL_SHARE = 0.4  # of the evaluations: the end over which validation may have stalled
TAIL_POINTS = 10  # evaluations in that end for a verdict; from half as many a hint
STALL_P = 0.1  # one-sided p; a fall this likely by chance is not shown
FALL_P = 0.01  # one-sided p from which training is falling
FALL_SHARE = 0.02  # of its own change; training must still fall by this much in the tail
STEADY_SIGMAS = 2.0  # a metric that ends within this of its best has held


def diagnose_overfitting(val: Curve, pair: Pair | None) -> Finding | None:
    """The turn of a validation curve, with training beside it where it is drawn."""
    values = curve_evaluations(val)
    sign = 1.0 if val.lower_is_better else -1.0
    turn = find_turn(sign * values.y, float(np.median(values.sigma)))
    if turn is None:
        return None
    best_x, best_y = _best_point(val, values, turn, sign)
    end, level = sign * turn.end, sign * turn.level
    read = float(np.median(values.sigma))
    measures: dict[str, Measure] = {
        "best_x": plain(best_x),
        "best": estimate(best_y, read),
        "level": estimate(level, max(read, turn.sigma / 2)),
        "end": estimate(end, max(read, turn.sigma / 2)),
        "end_from_x": plain(values.x[-3]),
        "last_x": plain(val.x[-1]),
        "last": estimate(float(val.y[-1]), float(val.sigma[-1])),
        "rise": estimate(abs(end - best_y), read),
        "rise_sigmas": plain(abs(turn.end - turn.level) / turn.sigma) if turn.sigma > 0 else None,
        "noise": plain(turn.sigma),
        "after": plain(int((val.x > best_x).sum()))
        if not values.averaged and val.series.points == "recovered"
        else None,
        "p": plain(turn.p),
        "onset_from": plain(values.x[turn.onset[0]]),
        "onset_to": plain(values.x[turn.onset[1]]),
        "rise_of_own_change": plain(abs(end - best_y) / max(float(np.ptp(val.y)), 1e-300)),
    }
    if best_y != 0 and float(val.y.min()) > 0:
        measures["rise_percent"] = estimate(100 * abs(end / best_y - 1), 100 * read / best_y)
    # Neighbours on a smoothed line agree by construction, and the rank test believes them.
    grade: Grade = "likely" if turn.likely and not val.smoothed else "possible"
    names: tuple[str, ...] = (val.name,)
    indices: tuple[int, ...] = (val.index,)
    clause = ""
    if pair is None:
        grade = "possible"
    else:
        course = _train_course(pair, best_x, sign)
        if course is None:
            return None
        measures |= course
        names, indices = _both(pair)
        clause = f", while {pair.train.name} does not {'rise' if sign > 0 else 'fall'}"
    best_word, goes = ("lowest", "rises") if sign > 0 else ("highest", "falls")
    words = (
        f"{val.name} is {best_word} at {about_x(val, best_x)} ({number(best_y, read)}) "
        f"and {goes} to {number(end, max(read, turn.sigma / 2))} at the end{clause}"
    )
    return Finding(
        "overfitting",
        "generalisation",
        words,
        grade,
        val.panel,
        names,
        indices,
        best_x,
        (best_x, float(val.x[-1])),
        measures,
    )


def _both(pair: Pair) -> tuple[tuple[str, ...], tuple[int, ...]]:
    same = pair.train.panel == pair.val.panel
    return (pair.train.name, pair.val.name), (pair.train.index, pair.val.index) if same else (pair.val.index,)


def _best_point(val: Curve, values: Evaluations, turn: Turn, sign: float) -> tuple[float, float]:
    """The best logged value; inside the best stretch where the curve was averaged."""
    if not values.averaged:
        return float(values.x[turn.best]), float(values.y[turn.best])
    half = (values.x[1] - values.x[0]) / 2
    inside = np.flatnonzero(np.abs(val.x - values.x[turn.best]) <= half)
    if not len(inside):
        return float(values.x[turn.best]), float(values.y[turn.best])
    best = inside[int(np.argmin(sign * val.y[inside]))]
    return float(val.x[best]), float(val.y[best])


def _train_course(pair: Pair, best_x: float, sign: float) -> dict[str, Measure] | None:
    """Training at validation's best and at the end; None where training turns as well.

    Told are values, as of validation, of a dense curve averages.
    """
    train = curve_evaluations(pair.train)
    after = train.x >= best_x
    if int(after.sum()) < 2:
        return None
    noise = max(point_noise(train.y), float(np.median(train.sigma)))
    window = train.y[after][: max(3, int(after.sum()) // 5)]
    then, now = float(np.median(window)), float(np.mean(train.y[-3:]))
    if sign * (now - then) > TRAIN_RISE_SIGMAS * noise:
        return None
    told = (train.x, train.y) if train.averaged else (pair.train.x, pair.train.y)
    at_best, last = (float(v) for v in at(*told, np.array([best_x, told[0][-1]])))
    sigma = float(np.median(train.sigma))
    return {
        "train_at_best": estimate(at_best, sigma) if np.isfinite(at_best) else None,
        "train_end": estimate(last, sigma),
    }


def diagnose_checkpoint(val: Curve) -> Finding | None:
    """The best evaluation against the last: what keeping the last one costs."""
    if val.smoothed or len(val.x) < 4:
        return None
    sign = 1.0 if val.lower_is_better else -1.0
    values = sign * val.y
    best = int(np.argmin(values))
    cost = float(values[-1] - values[best])
    read = float(np.median(val.sigma))
    if best == len(values) - 1 or cost <= 2 * read:
        return None
    late = sign * curve_evaluations(val, limit=400).y
    noise = max(point_noise(late[len(late) // 2 :]), read)
    if cost <= noise:
        return None  # a tie: the next evaluation might as well have been the best
    far = np.abs(val.x - val.x[best]) > 0
    second = int(np.flatnonzero(far)[np.argmin(values[far])])
    grade: Grade = "observed" if cost > COST_SIGMAS * noise else "possible"
    best_x, last_x = float(val.x[best]), float(val.x[-1])
    measures: dict[str, Measure] = {
        "best_x": plain(best_x),
        "best": estimate(float(val.y[best]), read),
        "last_x": plain(last_x),
        "last": estimate(float(val.y[-1]), read),
        "cost": estimate(cost, 2**0.5 * read),
        "noise": plain(noise),
        "cost_sigmas": plain(cost / noise) if noise > 0 else None,
        "second_x": plain(float(val.x[second])),
        "second": estimate(float(val.y[second]), read),
        "second_within_noise": bool(values[second] - values[best] <= noise),
        "best_within_reading": bool(values[second] - values[best] <= 2 * read),
    }
    words = (
        f"{val.name} is best at {about_x(val, best_x)} ({number(float(val.y[best]), read)}); "
        f"the last value, {number(float(val.y[-1]), read)}, is {number(cost, 1.4 * read)} worse"
    )
    return Finding(
        "checkpoint_to_keep",
        "generalisation",
        words,
        grade,
        val.panel,
        (val.name,),
        (val.index,),
        best_x,
        (best_x, last_x),
        measures,
    )


def diagnose_metric_steady(overfit: Finding, val: Curve, curves: Sequence[Curve]) -> Finding | None:
    """Validation loss rises and a validation metric holds: over-confidence more than forgetting."""
    if val.quantity != "loss":
        return None
    base = tuple(word for word in stem(val.name) if word != "loss")
    metrics = [c for c in curves if c.quantity == "metric" and c.split == "val" and not c.lower_is_better]
    metrics = [c for c in metrics if not base or set(base) <= set(stem(c.name))] or metrics
    metrics = [c for c in metrics if c.x[-1] > (overfit.x or 0.0)]
    if not metrics:
        return None
    metric = metrics[0]
    values = curve_evaluations(metric)
    if len(values.x) < 6:
        return None
    noise = max(point_noise(values.y), float(np.median(values.sigma)))
    after = values.y[values.x >= (overfit.x or 0.0)]
    if len(after) < 4:
        return None
    then, now = float(np.mean(after[:3])), float(np.mean(values.y[-3:]))
    if now < then - STEADY_SIGMAS * noise or rising_p(-after) < FALL_P:
        return None
    sigma = float(np.median(values.sigma))
    keep = ("best_x", "best", "end", "rise", "rise_percent")
    measures: dict[str, Measure] = {f"loss_{key}": overfit.measures.get(key) for key in keep}
    measures |= {
        "metric_then": estimate(then, sigma),
        "metric_end": estimate(now, sigma),
        "metric": metric.name,
    }
    words = (
        f"{val.name} rises after {about_x(val, float(overfit.x or 0.0))} while {metric.name} "
        f"holds ({number(then, sigma)} there, {number(now, sigma)} at the end)"
    )
    return Finding(
        "loss_up_metric_steady",
        "generalisation",
        words,
        overfit.grade,
        val.panel,
        (val.name, metric.name),
        (val.index, metric.index) if metric.panel == val.panel else (val.index,),
        overfit.x,
        overfit.x_range,
        measures,
    )


def diagnose_stalled(pair: Pair) -> Finding | None:
    """Validation flat over the end of the run while training falls."""
    sign = 1.0 if pair.val.lower_is_better else -1.0
    val = curve_evaluations(pair.val)
    train = curve_evaluations(pair.train)
    start = (
        float(val.x[-max(TAIL_POINTS // 2, round(TAIL_SHARE * len(val.x)))])
        if len(val.x) >= TAIL_POINTS
        else None
    )
    if start is None:
        return None
    v, t = sign * val.y[val.x >= start], sign * train.y[train.x >= start]
    if len(t) < TAIL_POINTS // 2 or find_turn(sign * val.y, float(np.median(val.sigma))):
        return None
    noise = max(point_noise(v), float(np.median(val.sigma)))
    fallen = _change(v)
    train_fall = -_change(t)
    flat = rising_p(-v) > STALL_P and rising_p(v) > FALL_P and abs(fallen) < 2 * noise
    falling = rising_p(-t) < FALL_P and train_fall > FALL_SHARE * float(np.ptp(train.y))
    if not (flat and falling and train_fall > 2 * float(np.median(train.sigma))):
        return None
    read = float(np.median(val.sigma))
    grade: Grade = "likely" if len(v) >= TAIL_POINTS else "possible"
    level = float(np.median(val.y[val.x >= start]))
    t_then, t_now = float(np.median(sign * t[:3])), float(np.median(sign * t[-3:]))
    t_read = float(np.median(train.sigma))
    measures: dict[str, Measure] = {
        "level": estimate(level, max(read, noise)),
        "noise": plain(noise),
        "from_x": plain(start),
        "to_x": plain(float(val.x[-1])),
        "train_from": estimate(t_then, t_read),
        "train_to": estimate(t_now, t_read),
        "val_change": estimate(sign * fallen, noise),
        "points": plain(len(v)),
    }
    words = (
        f"{pair.val.name} stays near {number(level, max(read, noise))} from {about_x(pair.val, start)} on "
        f"while {pair.train.name} goes from {number(t_then, t_read)} to {number(t_now, t_read)}"
    )
    names, indices = _both(pair)
    return Finding(
        "validation_stalled",
        "generalisation",
        words,
        grade,
        pair.val.panel,
        names,
        indices,
        start,
        (start, float(val.x[-1])),
        measures,
    )


def _change(y: Floats) -> float:
    """Last third against first third, by medians."""
    third = max(2, len(y) // 3)
    return float(np.median(y[-third:]) - np.median(y[:third]))
