"""Comparisons that are none: runs on another scale, settings that change together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.ranking import MAX_NAMED, RunEnd, run_end
from plotread.diagnosis.words import estimate, number, plain
from plotread.model import Finding, Measure

SCALE_FACTOR = 3.0  # first values further apart than this are suspicious where the order then stays
RATIO_TOLERANCE = 0.25  # start and end ratios of one run to the rest that agree to this are one factor
MAX_SETTINGS = 8  # settings of a run that are kept as its measure
RATIO_AWAY = 0.8  # ... and the factor lies below this, or above its inverse


def diagnose_scale(group: Sequence[Curve]) -> Finding | None:
    """A run that keeps one factor to all others from its first value on: possibly another loss."""
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
        first, last = (number(ratio, ratio * max(error, 0.005)) for ratio in (start_ratio, end_ratio))
        words = (
            f"{end.curve.name} is {first} times the other runs at its first value "
            f"and {last} times at its end, so it may count something else"
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


def _setting_text(value: object) -> str:
    """A setting as a text prints it; "not given" where the run has none of that name."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return "not given" if value is None else str(value)


def diagnose_settings(
    configs: Mapping[str, Mapping[str, object]], panel: int | None = None
) -> Finding | None:
    """Runs whose settings change together, so that no effect belongs to one of them.

    A setting that is missing for a run is a value of its own: it was left at its default, whatever that is.

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
    for i, name in enumerate(names[:MAX_NAMED]):
        told = [f"{key} {_setting_text(configs[name].get(key))}" for key in changed[:MAX_SETTINGS]]
        measures |= {f"run_{i + 1}": name, f"run_{i + 1}_settings": ", ".join(told)}
    if single:
        return None
    words = (
        f"{len(changed)} settings ({', '.join(changed)}) change together over {len(names)} runs, "
        "so the effect of none of them can be told"
    )
    return Finding(
        "confounded_comparison", "multi_run", words, "observed", panel, tuple(names), measures=measures
    )
