"""Several runs of one quantity: order with a tie band, sustained crossings, unfair comparisons."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.matching import at, common_grid, evaluations
from plotread.diagnosis.turning import point_noise
from plotread.diagnosis.words import about_x, estimate, number, plain
from plotread.model import Finding, Floats, Grade, Measure

END_SHARE = 0.05  # of a run: the values whose median is its end
MIN_END = 3  # values in that end where there are as many
TAIL_SHARE = 0.25  # of a run, at its end: where its scatter is measured
MAX_NAMED = 12  # runs whose end is kept as a measure of its own
HOLD_SHARE = 0.10  # of the common extent on each side that an order must hold for a crossing
COPY_ROUGHNESS = 0.4  # roughness of a smoothed copy over that of its raw curve, at most
COPY_SIGMAS = 1.5  # median distance of a copy from its raw curve, in the noise of the raw one
OVERLAP_SHARE = 0.2  # of the shorter run; runs that share less of x follow each other
WILD_SCATTER = 3.0  # times the median scatter of the runs; more is that run's own trouble
MAX_CROSSINGS = 6  # per panel; beyond it only those of the run that ends best
SCALE_FACTOR = 3.0  # first values further apart than this are suspicious where the order then stays
RATIO_TOLERANCE = 0.25  # start and end ratios of one run to the rest that agree to this are one factor
RATIO_AWAY = 0.8  # ... and the factor lies below this, or above its inverse


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Where a run ends: level, scatter of one value, reading error, first value, values in the level."""

    curve: Curve
    level: float
    scatter: float
    sigma: float
    start: float
    count: int


def run_groups(curves: Sequence[Curve]) -> list[list[Curve]]:
    """Curves of one panel that are the same quantity of different runs.

    Training and validation of several runs make two groups; of a single run none.  Parts of a
    loss (box, class, ...) and generator against discriminator are no runs.
    """
    groups: dict[tuple[int, str, str | None, str], list[Curve]] = {}
    for curve in curves:
        if curve.quantity in ("lr", "grad_norm", "speed") or curve.shadow or curve.series.kind != "line":
            continue
        if float(np.ptp(curve.y)) <= 0 or curve.game:
            continue  # a guide line, or a side of a game
        groups.setdefault((curve.panel, curve.series.axis, curve.split, curve.quantity), []).append(curve)
    found = {key: without_copies(group) for key, group in groups.items()}
    runs = {
        key: group
        for key, group in found.items()
        if len(group) > 1 and _overlap(group) and not _are_parts(group)
    }
    # Runs are judged on validation where it is drawn; their training curves would only say it again.
    return [
        group
        for (panel, axis, split, quantity), group in runs.items()
        if not (split != "val" and (panel, axis, "val", quantity) in runs)
    ]


def without_copies(group: Sequence[Curve]) -> list[Curve]:
    """The curves that are no smoothed copy of another one in the same hue."""
    return [
        curve for curve in group if not any(is_copy(curve, other) for other in group if other is not curve)
    ]


def is_copy(smooth: Curve, raw: Curve) -> bool:
    """Whether one curve runs inside the scatter of a rougher one, as its smoothed version does."""
    if (
        smooth.panel != raw.panel
        or smooth.series.axis != raw.series.axis
        or not _same_hue(smooth.color, raw.color)
    ):
        return False
    grid = common_grid(smooth.x, raw.x)
    if len(grid) < 8 or grid[-1] - grid[0] < 0.8 * np.ptp(raw.x):
        return False
    a, b = at(smooth.x, smooth.y, grid), at(raw.x, raw.y, grid)
    rough, noise = point_noise(a), point_noise(b)
    # The start is left out: a smoothed curve lags where the raw one falls steeply.
    late = slice(len(grid) // 3, None)
    inside = float(np.median(np.abs(a - b)[late])) <= COPY_SIGMAS * noise
    return rough < COPY_ROUGHNESS * noise and inside


def _same_hue(a: str | None, b: str | None) -> bool:
    """Within 20 degrees of hue; unknown colors might be anything, greys go with greys."""
    if a is None or b is None:
        return True
    import colorsys

    hues = []
    for color in (a, b):
        red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
        hues.append(None if saturation < 0.1 else hue)
    if hues[0] is None or hues[1] is None:
        return hues[0] == hues[1]
    apart = abs(hues[0] - hues[1])
    return min(apart, 1 - apart) <= 20 / 360


def _overlap(group: Sequence[Curve]) -> bool:
    """Runs side by side, not one continued by the next."""
    lo, hi = max(float(c.x[0]) for c in group), min(float(c.x[-1]) for c in group)
    return hi - lo > OVERLAP_SHARE * min(float(np.ptp(c.x)) for c in group)


_PART_WORDS = frozenset({
    "box", "cls", "dfl", "obj", "seg", "giou", "bbox", "mask", "rpn", "kl", "recon", "reconstruction", "generator",
    "discriminator", "gen", "disc", "critic", "adversarial", "adv", "gan", "content", "style", "perceptual", "total",
    "precision", "recall", "map", "f1", "auc", "iou", "dice", "bleu", "policy", "value", "entropy", "real", "fake",
    "top1", "top5",
})  # fmt: skip


def _are_parts(group: Sequence[Curve]) -> bool:
    """Names that differ in the quantity rather than the run."""
    hits = [bool(_PART_WORDS & set(curve.words)) for curve in group]
    return sum(hits) * 2 > len(hits) or all(hits)


def run_end(curve: Curve) -> RunEnd:
    """The level at the end of a run, spikes outvoted by a median."""
    values = evaluations(curve.x, curve.y, curve.sigma, limit=200)
    n = len(values.y)
    last = values.y[-max(min(MIN_END, n), round(END_SHARE * n)) :]
    tail = values.y[-max(min(6, n), round(TAIL_SHARE * n)) :]
    raw_tail = curve.y[curve.x >= curve.x[-1] - TAIL_SHARE * (curve.x[-1] - curve.x[0])]
    scatter = max(point_noise(tail), point_noise(raw_tail) if len(raw_tail) >= 6 else 0.0)
    return RunEnd(
        curve, float(np.median(last)), scatter, float(np.median(curve.sigma)), float(values.y[0]), len(last)
    )


def diagnose_ranking(group: Sequence[Curve]) -> Finding:
    """Order the runs by their end, with everything inside the tie band called a tie.

    The band is the largest scatter of one value over the end of a run, or two reading sigma: with one
    run per setting the scatter between seeds is unknown and can only widen it.
    """
    sign = 1.0 if group[0].lower_is_better else -1.0
    ends = sorted((run_end(curve) for curve in group), key=lambda end: (sign * end.level, end.curve.index))
    best, worst = ends[0], ends[-1]
    read = max(end.sigma for end in ends)
    scatters = [end.scatter for end in ends]
    # The largest scatter, unless one wild run would make ties of all the others; and never less than
    # what the medians of so few end values differ by themselves (two sigma of their difference).
    scatter = min(max(scatters), WILD_SCATTER * float(np.median(scatters)))
    band = max(2 * read, scatter * max(1.0, 2 * (np.pi / min(end.count for end in ends)) ** 0.5))
    spread = abs(worst.level - best.level)
    tied = [end for end in ends if abs(end.level - best.level) <= band]
    low_tied = [end for end in ends if abs(end.level - worst.level) <= band]
    tie = spread <= band
    measures: dict[str, Measure] = {
        "runs": plain(len(ends)),
        "best": best.curve.name,
        "worst": worst.curve.name,
        "best_value": estimate(best.level, best.sigma),
        "worst_value": estimate(worst.level, worst.sigma),
        "spread": estimate(spread, 2**0.5 * read),
        "tie_band": plain(band),
        "tied_with_best": plain(len(tied)),
        "tied_with_worst": plain(len(low_tied)),
        "tie": tie,
        "order": " < ".join(end.curve.name for end in (ends if sign > 0 else ends[::-1])),
        "tied_names": ", ".join(end.curve.name for end in tied),
        "one_run_per_setting": True,
    }
    if abs(best.level) > 0 and all(end.level > 0 for end in ends):
        measures["spread_percent"] = estimate(100 * spread / abs(best.level), 142 * read / abs(best.level))
    for i, end in enumerate(ends[:MAX_NAMED]):
        measures |= {
            f"run_{i + 1}": end.curve.name,
            f"run_{i + 1}_value": estimate(end.level, end.sigma),
            f"run_{i + 1}_start": estimate(end.start, end.sigma),
            f"run_{i + 1}_end_x": plain(float(end.curve.x[-1])),
        }
    measures["same_length"] = bool(
        max(e.curve.x[-1] for e in ends) - min(e.curve.x[-1] for e in ends)
        <= 0.02 * max(np.ptp(e.curve.x) for e in ends)
    )
    grade: Grade = "observed" if tie else ("likely" if len(tied) == 1 else "possible")
    what = "lower" if sign > 0 else "higher"
    if tie:
        words = (
            f"{len(ends)} runs end level, from {number(min(best.level, worst.level), read)} to "
            f"{number(max(best.level, worst.level), read)}, inside a band of {number(band, band / 10)}"
        )
        measures["lowest_value"] = estimate(min(best.level, worst.level), read)
        measures["highest_value"] = estimate(max(best.level, worst.level), read)
    else:
        words = (
            f"{best.curve.name} ends best at {number(best.level, best.sigma)} ({what} is better) and "
            f"{worst.curve.name} worst at {number(worst.level, worst.sigma)}"
        )
        if len(tied) > 1:
            words += f"; {len(tied)} runs tie for the best"
    return Finding(
        "ranking",
        "multi_run",
        words,
        grade,
        group[0].panel,
        tuple(end.curve.name for end in ends),
        tuple(end.curve.index for end in ends),
        measures=measures,
    )


def diagnose_crossings(group: Sequence[Curve]) -> list[Finding]:
    """For each two runs the crossing after which their order stays changed."""
    found = [crossing(a, b) for a, b in itertools.combinations(group, 2)]
    crossings = [finding for finding in found if finding is not None]
    if len(crossings) <= MAX_CROSSINGS:
        return crossings
    sign = 1.0 if group[0].lower_is_better else -1.0
    best = min(
        (run_end(curve) for curve in group), key=lambda end: (sign * end.level, end.curve.index)
    ).curve.index
    return [finding for finding in crossings if best in finding.series_indices][:MAX_CROSSINGS]


def crossing(a: Curve, b: Curve, split_words: str = "") -> Finding | None:
    """The sustained crossing of two curves, if their order is beyond noise on both sides of it."""
    grid = common_grid(a.x, b.x)
    if len(grid) < 6:
        return None
    gap = at(a.x, a.y, grid) - at(b.x, b.y, grid)
    read = float(np.hypot(np.median(a.sigma), np.median(b.sigma)))
    smooth = evaluations(grid, gap, np.full(len(grid), read))
    level = _running_mean(smooth.y, 5 if len(smooth.y) >= 20 else 3)
    band = max(2 * read, point_noise(smooth.y))
    where = _sustained_change(smooth.x, level, band)
    if where is None:
        return None
    x = _refine(grid, gap, where, float(np.median(np.diff(smooth.x))))
    before, after = level[smooth.x < x], level[smooth.x > x]
    if not len(before) or not len(after):
        return None
    first, then = float(np.median(before)), float(np.median(after))
    y = float(at(a.x, a.y, np.array([x]))[0])
    up, down = (a, b) if then > 0 else (b, a)
    measures: dict[str, Measure] = {
        "x": estimate(x, float(np.median(np.diff(grid)))),
        "y": estimate(y, read),
        "upper_after": up.name,
        "lower_after": down.name,
        "difference_before": estimate(abs(first), read),
        "difference_after": estimate(abs(then), read),
        "difference_end": estimate(abs(float(gap[-1])), read),
        "band": plain(band),
    }
    words = (
        f"{up.name} crosses above {down.name} at {about_x(a, x)} and stays there "
        f"({number(abs(float(gap[-1])), read)} apart at the end)"
    )
    return Finding(
        "crossing",
        "multi_run",
        words,
        "likely",
        a.panel,
        (a.name, b.name),
        (a.index, b.index),
        x,
        None,
        measures,
    )


def _running_mean(y: Floats, window: int) -> Floats:
    half = window // 2
    padded = [
        y[max(0, i - min(half, i, len(y) - 1 - i)) : i + min(half, i, len(y) - 1 - i) + 1].mean()
        for i in range(len(y))
    ]
    return np.array(padded)


def _sustained_change(x: Floats, level: Floats, band: float) -> float | None:
    """Where the sign changes for good: before it the other order holds, beyond the band, for a stretch."""
    sign = np.sign(level)
    last = float(np.median(sign[-max(2, len(sign) // 10) :]))
    if last == 0:
        return None
    other = np.flatnonzero(sign == -last)
    if not len(other) or other[-1] + 1 >= len(x):
        return None
    extent = float(x[-1] - x[0])
    end = other[-1]
    before, after = level[: end + 1] * -last, level[end + 1 :] * last
    wide_before = float((before > band).mean()) if len(before) else 0.0
    wide_after = float((after > band).mean()) if len(after) else 0.0
    long_enough = x[end] - x[0] >= HOLD_SHARE * extent and x[-1] - x[end] >= HOLD_SHARE * extent
    if not long_enough or wide_before < 0.5 or wide_after < 0.5:
        return None
    return float(x[end] + (x[end + 1] - x[end]) * abs(level[end]) / (abs(level[end]) + abs(level[end + 1])))


def _refine(grid: Floats, gap: Floats, where: float, step: float) -> float:
    """The sign change of the unsmoothed difference next to `where`."""
    change = np.flatnonzero(np.sign(gap[1:]) != np.sign(gap[:-1]))
    if not len(change):
        return where
    a, b = gap[change], gap[change + 1]
    weight = np.abs(a) / np.maximum(np.abs(a) + np.abs(b), 1e-300)
    places = grid[change] + (grid[change + 1] - grid[change]) * weight
    near = places[np.abs(places - where) <= 2 * step]
    return float(near[np.argmin(np.abs(near - where))]) if len(near) else where


def diagnose_scale(group: Sequence[Curve]) -> Finding | None:
    """A run that keeps one factor to all others from its first value on: possibly another loss, not a better run."""
    if len(group) < 2 or group[0].direction != "lower":
        return None
    ends = [run_end(curve) for curve in group]
    if any(min(end.level, end.start) <= 0 for end in ends):
        return None
    for i, end in enumerate(ends):
        rest = ends[:i] + ends[i + 1 :]
        start_ratio = end.start / float(np.median([other.start for other in rest]))
        end_ratio = end.level / float(np.median([other.level for other in rest]))
        away = all(ratio < RATIO_AWAY for ratio in (start_ratio, end_ratio)) or all(
            ratio > 1 / RATIO_AWAY for ratio in (start_ratio, end_ratio)
        )
        if not away or abs(np.log(start_ratio / end_ratio)) > RATIO_TOLERANCE:
            continue
        if len(rest) > 1 and not _rest_agrees(rest):
            continue
        error = max(other.sigma / abs(other.level) for other in ends)
        measures: dict[str, Measure] = {
            "run": end.curve.name,
            "start_ratio": estimate(start_ratio, start_ratio * error),
            "end_ratio": estimate(end_ratio, end_ratio * error),
            "start_x": plain(float(end.curve.x[0])),
            "end_x": plain(float(end.curve.x[-1])),
        }
        words = (
            f"{end.curve.name} is {number(start_ratio, start_ratio * max(error, 0.005))} times the other runs at "
            f"its first value and {number(end_ratio, end_ratio * max(error, 0.005))} times at its end, "
            "so it may count something else"
        )
        return Finding(
            "confounded_comparison",
            "multi_run",
            words,
            "possible",
            end.curve.panel,
            (end.curve.name,),
            (end.curve.index,),
            measures=measures,
        )
    return _far_starts(ends)


def _far_starts(ends: Sequence[RunEnd]) -> Finding | None:
    """First values apart by a factor, in the order that the ends keep: scales, possibly, rather than runs."""
    starts, levels = np.array([e.start for e in ends]), np.array([e.level for e in ends])
    factor, end_factor = float(starts.max() / starts.min()), float(levels.max() / levels.min())
    if len(ends) < 2 or min(factor, end_factor) < SCALE_FACTOR:
        return None
    far = [
        (i, j)
        for i in range(len(ends))
        for j in range(i)
        if abs(np.log(starts[i] / starts[j])) > np.log(SCALE_FACTOR)
    ]
    if not all((starts[i] - starts[j]) * (levels[i] - levels[j]) > 0 for i, j in far):
        return None
    read = max(e.sigma for e in ends)
    low, high = ends[int(np.argmin(starts))], ends[int(np.argmax(starts))]
    measures: dict[str, Measure] = {
        "lowest_start": estimate(low.start, low.sigma),
        "highest_start": estimate(high.start, high.sigma),
        "start_factor": estimate(factor, factor * read / low.start),
        "end_factor": estimate(end_factor, end_factor * read / float(levels.min())),
        "low_run": low.curve.name,
        "high_run": high.curve.name,
    }
    words = (
        f"the first values differ by a factor between {low.curve.name} ({number(low.start, low.sigma)}) and "
        f"{high.curve.name} ({number(high.start, high.sigma)}) and keep that order, so the runs may count "
        "different losses"
    )
    return Finding(
        "confounded_comparison",
        "multi_run",
        words,
        "possible",
        low.curve.panel,
        tuple(e.curve.name for e in ends),
        tuple(e.curve.index for e in ends),
        measures=measures,
    )


def _rest_agrees(rest: Sequence[RunEnd]) -> bool:
    """Whether the other runs start within the factor that the odd one is away."""
    starts = [end.start for end in rest]
    return max(starts) <= min(starts) / RATIO_AWAY


def diagnose_settings(
    configs: Mapping[str, Mapping[str, object]], panel: int | None = None
) -> Finding | None:
    """Runs whose settings change together, so that no effect belongs to one of them.

    Parameters
    ----------
    configs : mapping of run name to its settings
    panel : int or None

    Returns
    -------
    Finding or None
        None with fewer than two runs, or where every two runs that differ do so in one setting only.
    """
    names = list(configs)
    keys = list(dict.fromkeys(key for config in configs.values() for key in config))
    changed = [key for key in keys if len({repr(configs[name].get(key)) for name in names}) > 1]
    if len(names) < 2 or len(changed) < 2:
        return None
    single = 0
    for a, b in itertools.combinations(names, 2):
        single += sum(configs[a].get(key) != configs[b].get(key) for key in changed) == 1
    measures: dict[str, Measure] = {
        "settings_changed": plain(len(changed)),
        "names_changed": ", ".join(changed),
        "runs": plain(len(names)),
        "pairs_with_one_change": plain(single),
    }
    if single:
        return None
    words = (
        f"{len(changed)} settings ({', '.join(changed)}) change together over {len(names)} runs, "
        "so the effect of none of them can be told"
    )
    return Finding(
        "confounded_comparison", "multi_run", words, "observed", panel, tuple(names), measures=measures
    )
