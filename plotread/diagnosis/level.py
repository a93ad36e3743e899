"""`total_change`, `best_point` and `start_vs_chance`: where a curve starts, ends, and is best."""

from __future__ import annotations

import math

import numpy as np

from plotread.diagnosis.quantity import tokens
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import about_x, estimate, number, percent, plain
from plotread.model import Estimate, Figure, Finding, Measure

ROBUST_FROM = 12  # points from which the start and end levels are medians of three
END_VALUES = 3
DECADES_FROM = 10.0  # ratio of first and last from which the change is told in decades
PASS_POINTS = 12  # values from which the first one beyond a round level is worth telling
PASS_LEVELS = 2  # such levels: the last before the best
TIE_SIGMAS = 2.0  # reading errors within which another value may be the best one
CHANCE_TOLERANCE = 0.05  # relative distance to the loss of guessing
# Data sets whose number of classes is common knowledge; the name must stand in the figure.
CLASSES = {"mnist": 10, "cifar10": 10, "cifar100": 100, "imagenet": 1000, "svhn": 10, "fashionmnist": 10}


def find(s: Study, figure: Figure) -> list[Finding]:
    """The findings of level of one curve."""
    found = [_total_change(s), _best(s)]
    chance = _chance(s, figure)
    return [*found, *([chance] if chance else [])]


def _total_change(s: Study) -> Finding:
    c = s.curve
    first, last = s.read(0), s.read(len(c.y) - 1)
    k = END_VALUES if len(c.y) >= ROBUST_FROM else 1
    error0, error1 = float(c.sigma[0]), float(c.sigma[-1])
    measures: dict[str, Measure] = {
        "start": first,
        "end": last,
        "first": first,
        "last": last,
        "first_median": estimate(float(np.median(c.y[:k])), error0),
        "last_median": estimate(float(np.median(c.y[-k:])), error1),
        "change": estimate(last.value - first.value, math.hypot(error0, error1)),
        "first_x": plain(c.x[0]),
        "last_x": plain(c.x[-1]),
        "x_first": plain(c.x[0]),
        "x_last": plain(c.x[-1]),
        "n_points": plain(len(c.y)) if c.counted else None,
    }
    measures |= _passed(s)
    change = last.value - first.value
    if first.value > 0 and last.value >= 0:
        share = change / first.value
        spread = (error1 + abs(1 + share) * error0) / first.value
        measures["percent"] = measures["change_percent"] = estimate(100 * share, 100 * spread)
        measures["mean_rate"] = estimate(
            change / (c.x[-1] - c.x[0]), math.hypot(error0, error1) / (c.x[-1] - c.x[0])
        )
    if first.value > 0 and last.value > 0:
        ratio = max(first.value / last.value, last.value / first.value)
        if ratio >= DECADES_FROM:
            lo, hi = max(last.lo, 1e-300), last.hi
            decades = abs(math.log10(first.value / last.value))
            ends = sorted((abs(math.log10(first.value / lo)), abs(math.log10(first.value / hi)), decades))
            measures["decades"] = Estimate(decades, ends[0], ends[-1])
    moved = abs(change) > 2 * math.hypot(error0, error1)
    verb = ("rises" if change > 0 else "falls") if moved and change else "goes"
    words = (
        f"{c.name} {verb} from {number(first.value, error0)} at {about_x(c, c.x[0])} "
        f"to {number(last.value, error1)} at {about_x(c, c.x[-1])}"
    )
    return make("total_change", "level", s, words, measures, x_range=(c.x[0], c.x[-1]))


def _passed(s: Study) -> dict[str, Measure]:
    """The first values beyond round levels between the start and the best: ``pass1``, ``pass1_x`` ...

    ``pass1_count`` values lie beyond; its interval leaves out and takes in those that the reading error
    leaves in doubt.
    """
    c = s.curve
    if not c.counted or len(c.y) < PASS_POINTS or c.quantity == "lr":
        return {}
    first, best = float(c.y[0]), float(c.y[np.argmin(s.better * c.y)])
    lo, hi = sorted((first, best))
    if lo <= 0 or hi - lo <= 0:
        return {}
    powers = range(math.floor(math.log10(lo)), math.ceil(math.log10(hi)) + 1)
    levels = [m * 10.0**k for k in powers for m in (1, 2, 5) if lo < m * 10.0**k < hi]
    # The last levels before the best are those that a reader asks for.
    levels = sorted(levels, key=lambda v: abs(v - best))[:PASS_LEVELS]
    found: dict[str, Measure] = {}
    for i, level in enumerate(sorted(levels, key=lambda v: abs(v - first)), start=1):
        past = s.better * (level - c.y)
        k = int(np.argmax(past > c.sigma))
        if past[k] > c.sigma[k]:
            sure, read, possible = (int((past > bound).sum()) for bound in (c.sigma, 0.0, -c.sigma))
            found |= {f"pass{i}": plain(level), f"pass{i}_x": plain(c.x[k])}
            found[f"pass{i}_count"] = Estimate(float(read), float(sure), float(possible))
    return found


def _best(s: Study) -> Finding:
    c = s.curve
    sign = s.better
    k = int(np.argmin(sign * c.y))
    w = int(np.argmax(sign * c.y))
    best, worst, last = s.read(k), s.read(w), s.read(len(c.y) - 1)
    # The runner-up stands elsewhere: samples beside the best one are the same point of the curve.
    near = np.abs(c.x - c.x[k]) <= _neighborhood(s)
    others = np.flatnonzero(~near)
    measures: dict[str, Measure] = {
        "value": best,
        "best": best,
        "x": plain(c.x[k]),
        "sense": "min" if sign > 0 else "max",
        "worst": worst,
        "worst_x": plain(c.x[w]),
        "worst_at_start": bool(w == 0),
        "last": last,
        "last_x": plain(c.x[-1]),
        "last_minus_best": estimate(last.value - best.value, math.hypot(c.sigma[k], c.sigma[-1])),
        "x_share": plain((c.x[k] - c.x[0]) / (c.x[-1] - c.x[0])),
    }
    tie, span = False, None
    if len(others):
        r = int(others[np.argmin(sign * c.y[others])])
        margin = sign * (float(c.y[r]) - best.value)
        tie = bool(margin <= TIE_SIGMAS * math.hypot(c.drawn[k], c.drawn[r]))
        within = bool(margin <= 2 * _noise_in_data(s, k))
        measures |= {
            "runner_up": s.read(r),
            "runner_up_x": plain(c.x[r]),
            "margin": estimate(margin, math.hypot(c.sigma[k], c.sigma[r])),
            # A lucky value of a noisy level is no better than its neighbors, however exact the reading.
            "within_noise": within,
        }
        if tie or within:
            span = _tied(s, k, tie, within)
            read = _tied(s, k, tie, within=False)  # what the reading alone leaves open
            measures |= {"tied_from_x": plain(read[0]), "tied_to_x": plain(read[1])}
    measures["tie"] = tie
    measures["balance"] = c.game  # of two players: no value is the best one
    measures["at_end"] = bool(k == len(c.y) - 1)
    if best.value > 0 and last.value > 0:
        ratio = last.value / best.value
        measures["last_ratio"] = estimate(ratio, ratio * (c.sigma[-1] / last.value + c.sigma[k] / best.value))
    word = "lowest" if sign > 0 else "highest"
    where = f"{'around' if tie else 'at'} {about_x(c, c.x[k])}"
    words = f"{c.name} is {word} {where}, {number(best.value, float(c.sigma[k]))}"
    return make("best_point", "level", s, words, measures, x=float(c.x[k]), x_range=span, grade="observed")


def _tied(s: Study, k: int, tie: bool, within: bool) -> tuple[float, float]:
    """First and last step of the values that may be the best: by their reading error, or by the scatter."""
    c = s.curve
    reading = TIE_SIGMAS * np.hypot(c.drawn, c.drawn[k]) if tie else 0.0
    noise = 2 * _noise_in_data(s, k) if within else 0.0
    same = np.flatnonzero(s.better * (c.y - c.y[k]) <= np.maximum(reading, noise))
    return float(c.x[same[0]]), float(c.x[same[-1]])


def _neighborhood(s: Study) -> float:
    """x distance within which samples may be the same logged point."""
    return 0.0 if s.curve.counted else 3 * (s.curve.x_resolution or 0.0)


def _noise_in_data(s: Study, k: int) -> float:
    return s.noise * (abs(float(s.curve.y[k])) if s.curve.scale == "log" else 1.0)


def _chance(s: Study, figure: Figure) -> Finding | None:
    """The first loss against ln K, only where the figure itself names a data set with K classes."""
    c = s.curve
    if c.quantity != "loss" or c.smoothed:
        return None
    panel = next(p for p in figure.panels if p.index == c.panel)
    text = "".join(t for part in (panel.title, c.axis.label, c.series.name) for t in tokens(part))
    known = [(name, classes) for name, classes in CLASSES.items() if name in text]
    if not known:
        return None
    name, classes = max(known, key=lambda item: len(item[0]))
    chance = math.log(classes)
    first = s.read(0)
    distance = first.value / chance - 1
    if abs(distance) > CHANCE_TOLERANCE:
        return None
    measures: dict[str, Measure] = {
        "first": first,
        "chance": plain(chance),
        "classes": plain(classes),
        "dataset": name,
        "distance_percent": estimate(100 * distance, 100 * float(c.sigma[0]) / chance),
    }
    words = (
        f"{c.name} starts at {number(first.value, float(c.sigma[0]))}, within {percent(CHANCE_TOLERANCE)} of "
        f"{number(chance, 0.005)}, the cross-entropy of guessing among {classes} classes"
    )
    measures["tolerance_percent"] = plain(100 * CHANCE_TOLERANCE)
    return make("start_vs_chance", "level", s, words, measures, x=float(c.x[0]), grade="possible")
