"""Several runs of one quantity: which curves are runs, where they end, and their order with a tie band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.matching import at, common_grid, curve_evaluations
from plotread.diagnosis.pairs import stem
from plotread.diagnosis.quantity import TOTAL_WORDS, tokens
from plotread.diagnosis.turning import point_noise, running_median
from plotread.diagnosis.words import estimate, number, plain
from plotread.model import Estimate, Finding, Grade, Measure

END_SHARE = 0.05  # of a run: the values whose median is its end
MIN_END = 3  # values in that end where there are as many
TAIL_SHARE = 0.25  # of a run, at its end: where its scatter is measured
MAX_NAMED = 12  # runs whose end is kept as a measure of its own
COPY_ROUGHNESS = 0.4  # roughness of a smoothed copy over that of its raw curve, at most
COPY_SIGMAS = 1.5  # median distance of a copy from its raw curve, in the noise of the raw one
OVERLAP_SHARE = 0.2  # of the shorter run; runs that share less of x follow each other
MANY_VALUES, FEW_VALUES = 15, 8  # values from which the level reached is that of a median of 5, of 3
WILD_SCATTER = 3.0  # times the median scatter of the runs; more is that run's own trouble


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Where a run ends: level, scatter of one value, reading error, first value, values in the level.

    `log_scatter` is the scatter of one value about its level in natural logarithms; infinite where a
    value is not positive.
    """

    curve: Curve
    level: float
    scatter: float
    sigma: float
    start: float
    count: int
    log_scatter: float


def run_groups(curves: Sequence[Curve]) -> list[list[Curve]]:
    """Curves of one panel that are the same quantity of different runs.

    Training and validation of several runs make two groups; of a single run none.  Parts of a
    loss (box, class, ...) and generator against discriminator are no runs.
    """
    groups: dict[tuple[int, str, str | None, str], list[Curve]] = {}
    for curve in curves:
        if curve.quantity in ("lr", "grad_norm", "speed") or curve.shadow or curve.series.kind != "line":
            continue
        if float(np.ptp(curve.y)) <= 0:
            continue  # a guide line
        groups.setdefault((curve.panel, curve.series.axis, curve.split, curve.quantity), []).append(curve)
    found = {key: without_copies(_named(group)) for key, group in groups.items()}
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
        or smooth.series.run != raw.series.run
        or smooth.series.axis != raw.series.axis
        or not _same_hue(smooth.color, raw.color)
    ):
        return False
    if None in (smooth.color, raw.color) and smooth.series.name and raw.series.name:
        told = smooth.smoothed or _RAW_WORDS & set(tokens(raw.series.name))
        if not told:
            return False  # a log names its copies; a calm run beside a rough one is none
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


_RAW_WORDS = frozenset({"raw", "original", "results", "unsmoothed"})
_PART_WORDS = frozenset({
    "box", "cls", "dfl", "obj", "seg", "giou", "bbox", "mask", "rpn", "kl", "recon", "reconstruction",
    "generator", "discriminator", "gen", "disc", "critic", "adversarial", "adv", "gan", "content", "style",
    "perceptual", "total", "precision", "recall", "map", "f1", "auc", "iou", "dice", "bleu", "policy",
    "value", "entropy", "real", "fake", "top1", "top5",
})  # fmt: skip


def _named(group: Sequence[Curve]) -> Sequence[Curve]:
    """Beside curves with a name, one without is a copy of theirs or a guide, and no run."""
    named = [curve for curve in group if curve.series.name]
    return named or group


def _are_parts(group: Sequence[Curve]) -> bool:
    """Names that differ in the quantity, or in the side of a game, rather than the run."""
    if all(c.series.name for c in group) and len({(c.series.run, stem(c.series.name)) for c in group}) == 1:
        return True  # "val loss" and "test loss": two data sets of one run
    # "d-64" and "d-128" differ in a number: a setting, whatever the letter stands for.
    if len({tuple(word for word in curve.words if not word.isdigit()) for curve in group}) == 1:
        return False
    # A total beside other losses is their sum, and no run among them.
    if sum(bool(TOTAL_WORDS & set(curve.words)) for curve in group) == 1 and group[0].quantity == "loss":
        return True
    hits = [bool(_PART_WORDS & set(curve.words)) or curve.game for curve in group]
    return sum(hits) * 2 > len(hits) or all(hits)


def run_end(curve: Curve) -> RunEnd:
    """The level at the end of a run, spikes outvoted by a median."""
    values = curve_evaluations(curve, limit=200)
    n = len(values.y)
    last = values.y[-max(min(MIN_END, n), round(END_SHARE * n)) :]
    tail = values.y[-max(min(6, n), round(TAIL_SHARE * n)) :]
    log_scatter = point_noise(np.log(tail)) if (tail > 0).all() else float("inf")
    return RunEnd(
        curve,
        float(np.median(last)),
        point_noise(tail),
        float(np.median(curve.sigma[-max(1, len(curve.sigma) // 4) :])),
        float(values.y[0]),
        len(last),
        log_scatter,
    )


def measured_in_logs(group: Sequence[Curve]) -> bool:
    """Whether ratios are the natural measure of most curves of a group, and possible for all of them."""
    return all(float(c.y.min()) > 0 for c in group) and 2 * sum(c.scale == "log" for c in group) > len(group)


@dataclass(frozen=True, slots=True)
class Band:
    """Levels closer than `width` are a tie: differences, or those of natural logarithms."""

    width: float
    in_logs: bool

    def apart(self, a: float, b: float) -> float:
        """Distance of two levels in the measure of the band."""
        return abs(float(np.log(a / b))) if self.in_logs else abs(a - b)

    def at(self, level: float) -> float:
        """The width in data units, to the side of larger values, near a level."""
        return abs(level) * float(np.expm1(self.width)) if self.in_logs else self.width


def tie_band(ends: Sequence[RunEnd]) -> Band:
    """The largest scatter of one value over the end of a run, or two reading sigma.

    The largest scatter, unless one wild run would make ties of all the others; and never less than
    what the medians of so few end values differ by themselves (two sigma of their difference).  The
    reading error is the usual one; a run that could hardly be read ties by its own (`_level_with`).
    """
    in_logs = measured_in_logs([end.curve for end in ends]) and all(end.level > 0 for end in ends)
    scatters = [end.log_scatter if in_logs else end.scatter for end in ends]
    reads = [end.sigma / end.level if in_logs else end.sigma for end in ends]
    read = float(np.median(reads))
    scatter = min(max(scatters), WILD_SCATTER * float(np.median(scatters)))
    few = max(1.0, 2 * (np.pi / min(end.count for end in ends)) ** 0.5)
    return Band(max(2 * read, scatter * few), in_logs)


def _level_with(a: RunEnd, b: RunEnd, band: Band) -> bool:
    """Whether two ends lie inside the band, or inside two sigma of what both could be read to."""
    scale = abs(b.level) if band.in_logs else 1.0
    read = 2 * float(np.hypot(a.sigma, b.sigma)) / scale if scale > 0 else 0.0
    return band.apart(a.level, b.level) <= max(band.width, read)


def diagnose_ranking(group: Sequence[Curve]) -> Finding:
    """Order the runs by their end, with everything inside the tie band called a tie.

    With one run per setting the scatter between seeds is unknown and can only widen the band.
    """
    sign = 1.0 if group[0].lower_is_better else -1.0
    ends = sorted((run_end(curve) for curve in group), key=lambda end: (sign * end.level, end.curve.index))
    best, worst = ends[0], ends[-1]
    read = max(best.sigma, worst.sigma)
    band = tie_band(ends)
    spread = abs(worst.level - best.level)
    tied = list(takewhile(lambda end: _level_with(end, best, band), ends))
    low_tied = list(takewhile(lambda end: _level_with(end, worst, band), ends[::-1]))
    tie = len(tied) == len(ends)
    measures: dict[str, Measure] = {
        "runs": plain(len(ends)),
        "best": best.curve.name,
        "worst": worst.curve.name,
        "best_value": estimate(best.level, best.sigma),
        "worst_value": estimate(worst.level, worst.sigma),
        "spread": estimate(spread, float(np.hypot(best.sigma, worst.sigma))),
        "tie_band": plain(band.at(best.level)),
        "tie_band_relative": band.in_logs,
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
            f"run_{i + 1}_start": estimate(end.start, end.curve.error_at(float(end.curve.x[0]))),
            f"run_{i + 1}_end_x": plain(float(end.curve.x[-1])),
        }
    measures["same_length"] = bool(
        max(e.curve.x[-1] for e in ends) - min(e.curve.x[-1] for e in ends)
        <= 0.02 * max(np.ptp(e.curve.x) for e in ends)
    )
    measures |= race(ends[:MAX_NAMED], band.at(worst.level), sign)
    grade: Grade = "observed" if tie else ("likely" if len(tied) == 1 else "possible")
    what = "lower" if sign > 0 else "higher"
    if tie:
        words = (
            f"{len(ends)} runs end level, from {number(min(best.level, worst.level), read)} to "
            f"{number(max(best.level, worst.level), read)}, inside a band of "
            f"{number(band.at(best.level), band.at(best.level) / 10)}"
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


def race(ends: Sequence[RunEnd], slack: float, sign: float) -> dict[str, Measure]:
    """How soon each run reaches the level that all of them reach, and its change from its own start.

    Parameters
    ----------
    ends : sequence of RunEnd
        Best first.
    slack : float
        Tie band near the worst end, data units: the common level lies that much on its worse side.
    sign : float
        +1 where lower is better, else -1.

    Returns
    -------
    dict
        ``reach_level``; of each run i (from 1) ``run_i_reach_x`` and, where its start has a size,
        ``run_i_own_percent``; ``own_order``, the names by own change, largest first, and
        ``own_order_differs``, whether that is another order than that of the ends.
    """
    level = ends[-1].level + sign * slack
    measures: dict[str, Measure] = {"reach_level": plain(level)}
    own: list[tuple[float, str]] = []
    for i, end in enumerate(ends):
        values = curve_evaluations(end.curve, limit=200)
        window = 5 if len(values.y) >= MANY_VALUES else 3 if len(values.y) >= FEW_VALUES else 1
        there = np.flatnonzero(sign * running_median(values.y, window) <= sign * level)
        if len(there):
            k = int(there[0])
            step = float(values.x[k] - values.x[k - 1]) if k else 0.0
            x = float(values.x[k])
            measures[f"run_{i + 1}_reach_x"] = Estimate(x, x - step, x)
        if end.start > 0:
            change = 100 * (end.level - end.start) / end.start
            error = 100 * float(np.hypot(end.sigma, end.curve.error_at(float(end.curve.x[0])))) / end.start
            measures[f"run_{i + 1}_own_percent"] = estimate(change, error)
            own.append((sign * change, end.curve.name))
    if len(own) == len(ends):
        order = [name for _, name in sorted(own, key=lambda item: item[0])]
        measures["own_order"] = " < ".join(order)
        measures["own_order_differs"] = order != [end.curve.name for end in ends]
    return measures
