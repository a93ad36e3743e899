"""Which words need which finding: a text may claim a diagnosis only where one of its findings makes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from plotread.model import Finding

SPIKES = ("spike", "periodic_spikes", "constant_ratio_spikes", "co_spikes")
LEVELS = (
    "total_change",
    "phases",
    "still_improving",
    "plateau",
    "divergence",
    "overfitting",
    "level_shift",
    "initial_cliff",
    "best_point",
    "schedule_shape",
    "warmup",
    "lr_drops",
    "validation_stalled",
    "widening_gap",
    "elbow",
    "delayed_onset",
    "second_descent",
    "not_learning",
    "gap",
    "projected_gain",
    "late_noise",
    "lr_loss_coincidence",
    "epoch_staircase",
    "validation_below_training",
    "loss_up_metric_steady",
    "checkpoint_to_keep",
    "ranking",
    "component_dominance",
    "truncated",
    "drawn_course",
)


@dataclass(frozen=True, slots=True)
class License:
    """A phrase and the findings that allow it."""

    pattern: re.Pattern[str]
    kinds: tuple[str, ...]
    when: Callable[[Finding], bool] | None = None

    def allows(self, finding: Finding) -> bool:
        return finding.kind in self.kinds and (self.when is None or self.when(finding))


def _license(pattern: str, *kinds: str, when: Callable[[Finding], bool] | None = None) -> License:
    return License(re.compile(pattern, re.IGNORECASE), kinds, when)


LICENSES = (
    _license(
        r"\bspikes?\b",
        *SPIKES,
        "reading_limits",
        "late_noise",
        "total_change",
        "divergence",
        "drawn_course",
    ),
    _license(r"\bevery \d", "periodic_spikes", "constant_ratio_spikes", "epoch_staircase", "oscillation"),
    _license(r"\btwice the (value|step|level) before", "constant_ratio_spikes", "spike", "periodic_spikes"),
    _license(r"\bfalls?\b|\bfalling\b", *LEVELS, "lr_loss_coincidence"),
    _license(r"\brises?\b|\brising\b", *LEVELS, "spike"),
    _license(
        r"\bstill (falling|rising|falls|rises|improving|moving)\b", "still_improving", "plateau", "truncated"
    ),
    _license(r"\b(flattens|levels off)\b", "plateau", "phases", "elbow", "validation_stalled"),
    _license(r"\bplateau\b", "plateau"),
    _license(r"\bovertakes?\b|\bcross(es)? (above|below)\b", "crossing", "gap", "validation_below_training"),
    _license(r"\bdiverges?\b", "divergence"),
    _license(
        r"\boverfitting\b",
        "overfitting",
        "widening_gap",
        "validation_stalled",
        "gap",
        "reading_limits",
        "loss_up_metric_steady",
        "total_change",
    ),
    _license(r"\bwarm-up\b", "warmup", "schedule_shape"),
    _license(r"\bties?\b|\btied\b", "ranking", "best_point", "checkpoint_to_keep"),
    _license(r"\bjumps?\b", "level_shift", "spike", "second_descent"),
    _license(
        r"\bperiod\b",
        "periodic_spikes",
        "constant_ratio_spikes",
        "epoch_staircase",
        "oscillation",
        "schedule_shape",
    ),
)
