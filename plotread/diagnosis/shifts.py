"""`level_shift`, `epoch_staircase` and `second_descent`: levels that change at once, repeatedly, late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plotread.diagnosis.stats import (
    autocorrelation,
    baseline_window,
    distinct,
    regular_gaps_p,
    running_median,
)
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import about_x, estimate, number, plain
from plotread.model import Estimate, Finding, Floats, Measure
from plotread.numerals import format_step

SIDE = 12  # values on either side that a jump is judged by; fewer on short curves
MOST_SAMPLES = 6.0  # samples that stand for one logged value; where more do, its corners show
MIN_SIDE = 5  # a new level must hold this long
JUMP_SIGMAS = 5.0  # scatter that both fitted sides must differ by at the jump
LOGGED_SIGMAS, SAMPLED_SIGMAS = 4.0, 6.0  # scatter of a value; a sampled line shows less than there is
JUMP_DRIFT = 2.5  # times what either side moves by itself over the width of the jump region
USUAL_CHANGES = 4.0  # times the usual change between neighboring stretches of the same curve ...
USUAL_LOGGED = 9.0  # the same between logged values: four sigma, whatever the correlation of the noise
USUAL_QUANTILE = 0.35  # ... this quantile of them, as several jumps may fill half of a run
WANDER_POINTS = 60  # logged values from which what is usual on a curve is known ...
WANDER_CORRELATION = 0.4  # ... and looked at, where neighbors are correlated by this much
MIN_SHARE = 0.03  # of the curve's span: a smaller jump is not worth a word
STEP_SHARE = 0.5  # of the jump that must happen within the sharp part
SHARP = 0.02  # of the run (at least 2 values): within this the sharp part lies
HELD_SIDES, HELD_SHARE = 2, 0.65  # sides after it, by the median of which so much of the jump must stay
SWING_SIZES = 3.0  # amplitudes of a swing that a jump must exceed to be more than its flank
TINY = 1e-12  # scale units: below this nothing is a difference but rounding
MISSING_STEPS = 4.0  # logging steps without a value that make a hole
EARLY = 0.04  # of the run at its start, where every loss falls at once
RISE_SIGMAS = 4.0  # scatter of a rise that parts two descents
RISE_SHARE = 0.10  # of the curve's span that it must rise besides
NEW_BEST_SHARE = 0.05  # of the span by which the later best must be better


@dataclass(frozen=True, slots=True)
class Jump:
    """A change of level between two columns: position, size (scale units), levels before and after, z."""

    x: float
    size: float
    before: float
    after: float
    z: float


def find(s: Study) -> list[Finding]:
    """Sudden and late changes of level of one curve."""
    c = s.curve
    if len(s.u) < 2 * MIN_SIDE + 2 or c.smoothed or c.quantity == "lr":
        return []
    jumps = true_jumps(s)
    found = [_shift(s, jump) for jump in jumps]
    stairs = _staircase(s, jumps)
    late = _second(s)
    return [*found, *([stairs] if stairs else []), *([late] if late else [])]


def true_jumps(s: Study) -> list[Jump]:
    """The jumps of a curve that are no part of a swing."""
    if len(s.u) < 2 * MIN_SIDE + 2:
        return []
    jumps = find_jumps(s)
    if s.swing is None:
        return jumps
    return [jump for jump in jumps if abs(jump.size) > SWING_SIZES * s.swing.amplitude]


def find_jumps(s: Study) -> list[Jump]:
    """Places where a line through the values before and one through those after do not meet."""
    x, u, n = s.x, s.u, len(s.u)
    repeats = _samples_per_value(s)
    side = int(np.clip(n // 8, MIN_SIDE, round(SIDE * repeats)))
    reach = max(1, round(SHARP * n / 2))
    grid = np.arange(side, dtype=float)
    windows = np.lib.stride_tricks.sliding_window_view(u, side)
    middle = grid - grid.mean()
    slopes = windows @ middle / (middle @ middle)
    means = windows.mean(axis=1)
    rest = windows - means[:, None] - slopes[:, None] * middle
    rms = np.sqrt((rest**2).sum(axis=1) / max(side - 2, 1))
    floor = max(s.noise * 0.7, s.sigma / np.sqrt(3), 1e-4 * s.span, TINY)
    # A jump between i - 1 and i: the left window ends at i - 1, the right one begins at i.
    i = np.arange(side, n - side + 1)
    left, right = i - side, i
    size = (means[right] - slopes[right] * side / 2) - (means[left] + slopes[left] * side / 2)
    scatter = np.maximum(np.hypot(rms[left], rms[right]) / np.sqrt(2), floor)
    # A line of `side` independent values is known at its end to about 2 scatter / sqrt(side).
    z = np.abs(size) / (scatter * np.sqrt(8 * repeats / side))
    drift = np.maximum(np.abs(slopes[left]), np.abs(slopes[right])) * 2 * reach
    near = np.abs(_level(u, i, reach, 1) - _level(u, i, reach, -1))
    # A curve that wanders changes its level everywhere: a jump is larger than what is usual on it.
    late = x[i] >= x[0] + EARLY * (x[-1] - x[0])
    wanders = s.curve.y_resolution is not None and not s.curve.counted and bool(late.any())
    known = wanders or (n >= WANDER_POINTS and bool(late.any()) and _correlation(u) >= WANDER_CORRELATION)
    usual = float(np.quantile(np.abs(size[late]), USUAL_QUANTILE)) if known else 0.0
    ok = (
        (z >= JUMP_SIGMAS)
        & (np.abs(size) >= (USUAL_CHANGES if wanders else USUAL_LOGGED) * usual)
        & (np.abs(size) >= (SAMPLED_SIGMAS if wanders else LOGGED_SIGMAS) * s.noise)
        & (np.abs(size) >= MIN_SHARE * s.span)
        & (np.abs(size) >= JUMP_DRIFT * drift)
        & (near >= STEP_SHARE * np.abs(size))
        & late
    )
    jumps: list[Jump] = []
    taken = np.zeros(n + 1, dtype=bool)
    for k in sorted(np.flatnonzero(ok), key=lambda m: (-abs(size[m]), m)):
        at = int(i[k])
        if taken[at]:
            continue
        taken[max(0, at - side) : at + side + 1] = True
        steps = np.abs(np.diff(u[max(0, at - reach - 1) : at + reach + 1]))
        at = max(0, at - reach - 1) + int(np.argmax(steps)) + 1
        if x[at] - x[at - 1] > MISSING_STEPS * np.median(np.diff(x)):
            continue  # values are missing there: nothing says that the change was sudden
        before, after = float(np.median(u[max(0, at - 3) : at])), float(np.median(u[at : at + 3]))
        if abs(after - before) < STEP_SHARE * abs(size[k]):
            # The samples beside the steepest one lie on the flank: the fitted lines tell the levels.
            before = float(means[left[k]] + slopes[left[k]] * side / 2)
            after = float(means[right[k]] - slopes[right[k]] * side / 2)
        held = float(np.median(u[at : at + HELD_SIDES * side])) - before
        if held / (after - before) < HELD_SHARE:
            continue  # the level that follows does not stay
        jumps.append(Jump(float(x[at]), after - before, before, after, float(z[k])))
    # A hump that is not quite a spike gives two opposite jumps; neither level holds.
    jumps.sort(key=lambda j: j.x)
    return [
        j
        for k, j in enumerate(jumps)
        if not any(
            abs(o.size + j.size) < 0.4 * abs(j.size) and abs(o.x - j.x) < 0.08 * (x[-1] - x[0])
            for o in jumps[max(0, k - 1) : k + 2]
            if o is not j
        )
    ]


def _samples_per_value(s: Study) -> float:
    """How many neighboring samples repeat one logged value, where a curve was sampled along its pixels.

    A level is judged by values, not by samples of the line between two of them.
    """
    if s.curve.counted or s.curve.y_resolution is None:
        return 1.0
    rho = _correlation(s.u)
    return float(np.clip((1 + rho) / (1 - min(rho, 0.9)), 1.0, MOST_SAMPLES))


def _correlation(u: Floats) -> float:
    """Lag-1 correlation of what is left about the running course."""
    return float(autocorrelation(u - running_median(u, baseline_window(len(u))), 1)[0])


def _level(u: Floats, i: np.ndarray, reach: int, way: int) -> Floats:
    """Median of three values from `reach` after (or before) each position."""
    n = len(u)
    offsets = np.arange(3) + reach - 1 if way > 0 else -np.arange(3) - reach
    return np.asarray(np.median(u[np.clip(i[:, None] + offsets, 0, n - 1)], axis=1))


def _shift(s: Study, jump: Jump) -> Finding:
    c = s.curve
    error = max(s.noise / np.sqrt(3), s.sigma)
    before, after = s.value(jump.before, error), s.value(jump.after, error)
    measures: dict[str, Measure] = {
        "before": before,
        "after": after,
        "z": plain(jump.z),
        "change": Estimate(after.value - before.value, after.lo - before.hi, after.hi - before.lo),
    }
    if before.value > 0 and after.value > 0:
        ratio = after.value / before.value
        ends = sorted((after.lo / max(before.hi, 1e-300), ratio, after.hi / max(before.lo, 1e-300)))
        measures["ratio"] = Estimate(ratio, ends[0], ends[2])
        low, share, high = (100 * (r - 1) for r in (ends[0], ratio, ends[2]))
        measures["change_percent"] = Estimate(share, low, high)
    verb = "drops" if jump.size < 0 else "jumps"
    words = (
        f"{c.name} {verb} at {about_x(c, jump.x)} from {number(before.value, (before.hi - before.lo) / 2)} "
        f"to {number(after.value, (after.hi - after.lo) / 2)} and stays there"
    )
    measures["direction"] = "down" if jump.size < 0 else "up"
    return make("level_shift", "shape", s, words, measures, grade="likely", x=jump.x)


def _staircase(s: Study, jumps: list[Jump]) -> Finding | None:
    c = s.curve
    for sign in (-1, 1):
        own = [j for j in jumps if np.sign(j.size) == sign]
        if len(own) < 3:
            continue
        x = np.array([j.x for j in own])
        period = float(x[-1] - x[0]) / (len(x) - 1)
        slack = max(float(np.median(np.diff(distinct(c.x)))), 0.03 * period)
        uneven = float(np.abs(np.diff(x) - period).max())
        p = regular_gaps_p(x, slack, float(c.x[-1] - c.x[0]))
        if uneven > slack or p >= 0.05:
            continue
        measures: dict[str, Measure] = {
            "period": estimate(period, uneven),
            "count": plain(len(own)),
            "chance": plain(p),
            "first_x": plain(x[0]),
            "last_x": plain(x[-1]),
            "direction": "down" if sign < 0 else "up",
            "positions": ", ".join(f"{v:.10g}" for v in x),
        }
        words = (
            f"{c.name} {'drops' if sign < 0 else 'rises'} in {len(own)} steps {format_step(period)} apart, "
            f"from {about_x(c, x[0])} to {about_x(c, x[-1])}"
        )
        return make("epoch_staircase", "shape", s, words, measures, grade="likely", x_range=(x[0], x[-1]))
    return None


def _second(s: Study) -> Finding | None:
    """A rise beyond noise from a first best, and a clearly better best after it."""
    c, n = s.curve, len(s.u)
    window = max(5, n // 20) // 2 * 2 + 1
    smooth = s.better * running_median(s.u, window)
    so_far = np.minimum.accumulate(smooth)
    rise = smooth - so_far
    top = int(np.argmax(rise))
    need = max(RISE_SIGMAS * s.noise / np.sqrt(window / 1.6), 2 * s.sigma, RISE_SHARE * s.span)
    if rise[top] < need or rise[top] < 2 * s.noise or top >= n - 5:
        return None
    first = int(np.argmin(smooth[: top + 1]))
    later = top + int(np.argmin(smooth[top:]))
    gain = smooth[first] - smooth[later]
    if gain < max(NEW_BEST_SHARE * s.span, 2 * s.noise):
        return None
    # A few turns make a swing, not a second descent.
    turns = int((np.diff(np.sign(np.diff(smooth[:: max(1, window // 2)]))) != 0).sum())
    if turns > 8:
        return None
    back = top + int(np.flatnonzero(smooth[top:] <= smooth[first])[0])
    error = max(s.noise / np.sqrt(window), s.sigma)
    values = [s.value(float(s.better * smooth[k]), error) for k in (first, top, later)]
    measures: dict[str, Measure] = {
        "first_best": values[0],
        "first_best_x": plain(s.x[first]),
        "peak": values[1],
        "peak_x": plain(s.x[top]),
        "second_best": values[2],
        "second_best_x": plain(s.x[later]),
        "regained_x": plain(s.x[back]),
    }
    shown = [number(v.value, (v.hi - v.lo) / 2) for v in values]
    verbs = ("rises", "falls") if c.lower_is_better else ("falls", "rises")
    words = (
        f"{c.name} {verbs[0]} from {shown[0]} around {about_x(c, s.x[first])} to {shown[1]} "
        f"around {about_x(c, s.x[top])} "
        f"and then {verbs[1]} further, to {shown[2]} around {about_x(c, s.x[later])}"
    )
    return make(
        "second_descent",
        "shape",
        s,
        words,
        measures,
        grade="likely",
        x=float(s.x[back]),
        x_range=(float(s.x[first]), float(s.x[later])),
    )
