"""Which rules run, in which order, and which kinds of finding exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.relations import (
    diagnose_cross_curve,
    diagnose_generalisation,
    diagnose_learning_rate,
    diagnose_runs,
)
from plotread.diagnosis.single import diagnose_single
from plotread.diagnosis.unscaled import diagnose_unscaled
from plotread.model import Figure, Finding

Rule = Callable[[Figure, Sequence[Curve]], list[Finding]]

GROUPS: dict[str, tuple[str, ...]] = {
    "level": (
        "start_vs_chance",
        "total_change",
        "best_point",
        "not_learning",
        "still_improving",
        "plateau",
        "projected_gain",
    ),
    "shape": (
        "phases",
        "elbow",
        "initial_cliff",
        "delayed_onset",
        "level_shift",
        "epoch_staircase",
        "second_descent",
    ),
    "stability": (
        "spike",
        "periodic_spikes",
        "constant_ratio_spikes",
        "late_noise",
        "oscillation",
        "divergence",
        "truncated",
    ),
    "generalisation": (
        "gap",
        "overfitting",
        "widening_gap",
        "validation_stalled",
        "validation_below_training",
        "loss_up_metric_steady",
        "checkpoint_to_keep",
    ),
    "learning_rate": ("schedule_shape", "warmup", "lr_drops", "lr_loss_coincidence"),
    "cross_curve": ("component_dominance", "co_spikes"),
    "multi_run": ("ranking", "crossing", "confounded_comparison"),
    "reading": ("drawn_course", "drawn_order", "reading_limits"),
}
KINDS: dict[str, str] = {kind: group for group, kinds in GROUPS.items() for kind in kinds}

# Each rule takes the figure and all its curves; the order of findings is settled in `diagnose`.
RULES: tuple[Rule, ...] = (
    diagnose_single,
    diagnose_generalisation,
    diagnose_learning_rate,
    diagnose_cross_curve,
    diagnose_runs,
    diagnose_unscaled,
)
