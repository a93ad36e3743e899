"""The signed gap between validation and training: its size, its sign, its growth."""

from __future__ import annotations

import numpy as np

from plotread.diagnosis.matching import at
from plotread.diagnosis.pairs import Difference, Pair, coarse, difference, names_doubtful
from plotread.diagnosis.stats import running_median
from plotread.diagnosis.turning import find_turn, point_noise, rising_p
from plotread.diagnosis.words import about_x, estimate, number, percent, plain
from plotread.model import Finding, Grade, Measure

BELOW_SHARE = 0.9  # of the matched places; "consistently" below
BELOW_SIGMAS = 2.0  # reading sigma that a place counts beyond
CLOSED_SHARE = 0.1  # of the mean gap; an end below it has closed
LATE_SHARE = 0.25  # of the matched places, at the end: the late gap
WIDENING_P = 0.01  # one-sided rank test of the gap over the run's last three quarters
WIDENING_SIGMAS = 3.0  # growth of the gap, in its own noise
WIDENING_SHARE = 0.25  # of the final gap; growth below it leaves a gap about constant
WIDENING_POINTS = 6  # matched places that a trend of the gap needs
MIN_SHIFT_POINTS = 3  # training intervals that a shift by half of one needs
SIGN_WINDOW = 5  # matched places whose median has the sign of the gap
EVEN_SHARE = 0.01  # spread of the spacing below which steps are evenly logged


def diagnose_gap(pair: Pair) -> list[Finding]:
    """`gap`, and where they hold `validation_below_training` and `widening_gap`."""
    diff = difference(pair)
    if diff is None:
        return []
    findings = [_gap(pair, diff)]
    below = _below(pair, diff)
    if below:
        findings.append(below)
    widening = _widening(pair, coarse(diff))
    if widening:
        findings.append(widening)
    return findings


def _gap(pair: Pair, diff: Difference) -> Finding:
    late = slice(-max(3, round(LATE_SHARE * len(diff.x))), None)
    start, end, late_mean = float(diff.gap[0]), float(diff.gap[-1]), float(diff.gap[late].mean())
    sigma = float(np.median(diff.sigma_read))
    measures: dict[str, Measure] = {
        "start_x": plain(diff.x[0]),
        "end_x": plain(diff.x[-1]),
        "start": estimate(start, float(diff.sigma_read[0])),
        "end": estimate(end, float(diff.sigma_read[-1])),
        "late": estimate(late_mean, sigma),
        "late_from": plain(diff.x[late][0]),
        "mean": estimate(float(diff.gap.mean()), sigma),
        "largest": estimate(float(diff.gap[np.argmax(np.abs(diff.gap))]), sigma),
        "largest_x": plain(diff.x[np.argmax(np.abs(diff.gap))]),
        "share_above": plain(float((diff.gap > 0).mean())),
        "train_end": estimate(float(diff.train[-1]), sigma),
        "val_end": estimate(float(diff.val[-1]), sigma),
        "matched": plain(len(diff.x)),
    }
    for key, value, level in (
        ("start_percent", start, diff.train[0]),
        ("end_percent", end, diff.train[-1]),
        ("late_percent", late_mean, float(diff.train[late].mean())),
    ):
        # A share of a level says nothing where the level may be zero or negative.
        if float(diff.train.min()) > 0:
            measures[key] = estimate(100 * value / float(level), 100 * sigma / float(level))
    if float(diff.train.min()) > 0 and diff.val[-1] > 0:
        ratio = float(diff.val[-1] / diff.train[-1])
        measures["end_ratio"] = estimate(ratio, ratio * sigma / float(diff.train[-1]))
    measures |= _timing(pair, diff)
    crossed = _last_sign_change(diff)
    if crossed is not None:
        measures["one_sign_from"] = plain(crossed)
    told = bool(np.mean(np.abs(diff.gap[late])) > BELOW_SIGMAS * sigma / 2)
    measures["readable"] = told
    measures["two_sigma"] = plain(2 * sigma)
    grade: Grade = "observed" if told else "possible"
    return Finding(
        "gap",
        "generalisation",
        _gap_words(pair, diff, sigma, told),
        grade,
        pair.val.panel,
        _names(pair),
        _indices(pair),
        x_range=(float(diff.x[0]), float(diff.x[-1])),
        measures=measures,
    )


def _gap_words(pair: Pair, diff: Difference, sigma: float, told: bool) -> str:
    start, end = float(diff.gap[0]), float(diff.gap[-1])
    if not told:
        return (
            f"{pair.val.name} and {pair.train.name} cannot be told apart at the end "
            f"({number(end, sigma)} give or take {number(2 * sigma, sigma)})"
        )
    first, last = about_x(pair.val, diff.x[0]), about_x(pair.val, diff.x[-1])
    return (
        f"{pair.val.name} minus {pair.train.name} is {number(start, sigma)} at {first} "
        f"and {number(end, sigma)} at {last}"
    )


def _timing(pair: Pair, diff: Difference) -> dict[str, Measure]:
    """The gap if training, averaged over its interval, is half an interval older than validation."""
    steps = np.diff(pair.train.x)
    if len(steps) < MIN_SHIFT_POINTS or pair.train.series.points != "recovered":
        return {}
    if np.ptp(steps) > EVEN_SHARE * steps.mean() or len(pair.train.x) > 2 * len(pair.val.x):
        return {}
    shifted = at(pair.train.x, pair.train.y, diff.x + steps.mean() / 2)
    known = np.flatnonzero(np.isfinite(shifted))
    if not len(known):
        return {}
    first, last = known[0], known[-1]
    start, end = float(diff.val[first] - shifted[first]), float(diff.val[last] - shifted[last])
    return {
        "start_shifted": estimate(start, float(diff.sigma_read[first])),
        "end_shifted": estimate(end, float(diff.sigma_read[last])),
        "start_sign_is_timing": bool(np.sign(start) != np.sign(diff.gap[0])),
    }


def _last_sign_change(diff: Difference) -> float | None:
    """x from which the gap keeps its sign, where it had another before."""
    # A spike of one curve is no change of their order.
    sign = np.sign(running_median(diff.gap, SIGN_WINDOW) if len(diff.gap) >= 3 * SIGN_WINDOW else diff.gap)
    other = np.flatnonzero(sign != sign[-1])
    return float(diff.x[other[-1] + 1]) if len(other) and other[-1] + 1 < len(diff.x) else None


def _below(pair: Pair, diff: Difference) -> Finding | None:
    """Validation better than training nearly everywhere, beyond the reading error and the noise."""
    if pair.val.direction != "lower":
        return None
    under = diff.gap < -BELOW_SIGMAS * diff.sigma_drawn
    late = diff.gap[-max(3, round(LATE_SHARE * len(diff.x))) :]
    noise = point_noise(coarse(diff).gap)
    enough = under.mean() >= BELOW_SHARE and (late < 0).mean() >= BELOW_SHARE
    if not enough or abs(float(np.median(diff.gap))) <= BELOW_SIGMAS * noise:
        return None
    # A gap that dies away is the timing of the start, no lasting order.
    if abs(float(np.median(late))) < CLOSED_SHARE * abs(float(diff.gap.mean())):
        return None
    sigma = float(np.median(diff.sigma_read))
    mean = float(diff.gap.mean())
    measures: dict[str, Measure] = {
        "share": plain(float(under.mean())),
        "matched": plain(len(diff.x)),
        "mean": estimate(mean, sigma),
        "end": estimate(float(diff.gap[-1]), float(diff.sigma_read[-1])),
        "end_x": plain(diff.x[-1]),
        "share_percent": plain(100 * float(under.mean())),
    }
    if float(diff.train.min()) > 0 and float(diff.val.min()) > 0:
        ratio = float(np.median(diff.val / diff.train))
        measures["ratio"] = estimate(ratio, ratio * sigma / float(np.median(diff.train)))
    if abs(mean) <= BELOW_SIGMAS * sigma:
        return None
    words = (
        f"{pair.val.name} lies below {pair.train.name} at {percent(under.mean())} of the common places, "
        f"by {number(-mean, sigma)} on average"
    )
    measures["mean_below"] = estimate(-mean, sigma)
    doubtful = names_doubtful(pair)
    return Finding(
        "validation_below_training",
        "generalisation",
        words,
        "possible" if doubtful else "observed",
        pair.val.panel,
        _names(pair),
        _indices(pair),
        x_range=(float(diff.x[0]), float(diff.x[-1])),
        measures=measures,
        flags=frozenset({"names_ambiguous"}) if doubtful else frozenset(),
    )


def _widening(pair: Pair, diff: Difference) -> Finding | None:
    """A gap that grows while validation does not rise."""

    def logged(x: float) -> float:
        """The nearest place with a value: averages stand between two."""
        return float(pair.val.x[np.argmin(np.abs(pair.val.x - x))])

    sign = -1.0 if not pair.val.lower_is_better else 1.0
    gap = sign * diff.gap
    quarter = len(gap) // 4 if len(gap) >= 4 * WIDENING_POINTS else 0
    # A gap that changes sign closes first; what widens begins where it has its final sign.
    under = np.flatnonzero(gap <= 0)
    quarter = max(quarter, int(under[-1]) + 1 if len(under) else 0)
    tail = gap[quarter:]
    if len(tail) < WIDENING_POINTS or find_turn(sign * diff.val, float(np.median(diff.sigma_read))):
        return None
    sigma = max(point_noise(tail), float(np.median(diff.sigma_read)))
    third = max(2, len(tail) // 4)
    begin, end = float(np.median(tail[:third])), float(np.median(tail[-third:]))
    p = rising_p(tail)
    if p > WIDENING_P or end - begin <= max(WIDENING_SIGMAS * sigma, WIDENING_SHARE * end):
        return None
    x0, x1 = logged(diff.x[quarter]), logged(diff.x[-1])
    grade: Grade = "likely"
    measures: dict[str, Measure] = {
        "begin": estimate(sign * begin, sigma),
        "end": estimate(sign * end, sigma),
        "growth": estimate(sign * (end - begin), sigma),
        "p": plain(p),
        "from_x": plain(x0),
        "to_x": plain(x1),
        "begin_to_x": plain(logged(diff.x[quarter + third - 1])),
        "end_from_x": plain(logged(diff.x[len(diff.x) - third])),
    }
    words = (
        f"the gap between {pair.train.name} and {pair.val.name} grows from {number(sign * begin, sigma)} "
        f"to {number(sign * end, sigma)} between {about_x(pair.val, x0)} and {about_x(pair.val, x1)}, "
        f"while {pair.val.name} does not {'rise' if sign > 0 else 'fall'}"
    )
    return Finding(
        "widening_gap",
        "generalisation",
        words,
        grade,
        pair.val.panel,
        _names(pair),
        _indices(pair),
        x_range=(x0, x1),
        measures=measures,
    )


def _names(pair: Pair) -> tuple[str, ...]:
    return pair.train.name, pair.val.name


def _indices(pair: Pair) -> tuple[int, ...]:
    """Positions in the validation curve's panel; a training curve of another panel has none there."""
    same = pair.train.panel == pair.val.panel
    return (pair.train.index, pair.val.index) if same else (pair.val.index,)
