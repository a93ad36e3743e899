"""The rules on relations: between training and validation, rate and loss, parts and total, runs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from plotread.diagnosis.coincidence import diagnose_co_spikes, diagnose_rate_coincidence, loss_places
from plotread.diagnosis.components import diagnose_dominance, find_parts
from plotread.diagnosis.confounded import diagnose_scale
from plotread.diagnosis.crossing import diagnose_crossings
from plotread.diagnosis.curves import Curve
from plotread.diagnosis.gap import diagnose_gap
from plotread.diagnosis.overfitting import (
    diagnose_checkpoint,
    diagnose_metric_steady,
    diagnose_overfitting,
    diagnose_stalled,
)
from plotread.diagnosis.pairs import find_pairs
from plotread.diagnosis.ranking import diagnose_ranking, run_groups
from plotread.diagnosis.schedule import diagnose_schedule
from plotread.diagnosis.spike_events import find_events
from plotread.model import Estimate, Figure, Finding

_JUDGED = frozenset(
    {"loss", "error", "perplexity", "metric", "reward"}
)  # quantities whose better way is known


def diagnose_generalisation(figure: Figure, curves: Sequence[Curve]) -> list[Finding]:
    """Gap, overfitting, stalled validation, the checkpoint to keep."""
    return [finding for run in _by_run(curves) for finding in _generalisation(run)]


def _generalisation(curves: Sequence[Curve]) -> list[Finding]:
    pairs = {(pair.val.panel, pair.val.index): pair for pair in find_pairs(curves)}
    found: list[Finding | None] = []
    for pair in pairs.values():
        found += diagnose_gap(pair)
        found.append(diagnose_stalled(pair))
    for val in curves:
        if val.split != "val" or val.shadow or val.game or val.quantity not in _JUDGED:
            continue
        turn = diagnose_overfitting(val, pairs.get((val.panel, val.index)))
        found += [turn, diagnose_checkpoint(val)]
        if turn is not None:
            found.append(diagnose_metric_steady(turn, val, curves))
    return [finding for finding in found if finding is not None]


def _by_run(curves: Sequence[Curve]) -> list[list[Curve]]:
    """Curves of several inputs apart: the rate of one run says nothing about the loss of another."""
    runs: dict[str | None, list[Curve]] = {}
    for curve in curves:
        runs.setdefault(curve.series.run, []).append(curve)
    return list(runs.values())


def diagnose_learning_rate(figure: Figure, curves: Sequence[Curve]) -> list[Finding]:
    """Schedules, and losses that change where they do."""
    return [finding for run in _by_run(curves) for finding in _learning_rate(run)]


def _learning_rate(curves: Sequence[Curve]) -> list[Finding]:
    found: list[Finding] = []
    rates = [curve for curve in curves if curve.quantity == "lr" and not curve.shadow]
    losses = [curve for curve in curves if curve.quantity == "loss" and not curve.shadow and not curve.game]
    for rate in rates:
        own = diagnose_schedule(rate)
        found += own
        changes = _changes(own)
        # A second rate of the same run (one per parameter group) would only say it again.
        if changes and rate is rates[0]:
            told = (diagnose_rate_coincidence(rate, loss, changes, loss_places(loss)) for loss in losses)
            found += [finding for finding in told if finding is not None]
    return found


def _changes(findings: Sequence[Finding]) -> list[float]:
    """x of the sudden changes of a rate: drops, restarts and the end of its warm-up."""
    places = {f.x for f in findings if f.kind in ("lr_drops", "warmup") and f.x is not None}
    for finding in findings:
        for key, measure in finding.measures.items():
            if key.startswith("restart_") and isinstance(measure, Estimate):
                places.add(measure.value)
    return sorted(places)


def diagnose_cross_curve(figure: Figure, curves: Sequence[Curve]) -> list[Finding]:
    """Parts of a loss, and spikes that two curves share."""
    return [finding for run in _by_run(curves) for finding in _cross_curve(run)]


def _cross_curve(curves: Sequence[Curve]) -> list[Finding]:
    found = [diagnose_dominance(parts) for parts in find_parts(curves)]
    spiky = [c for c in curves if c.quantity in ("loss", "grad_norm") and not c.shadow and c.split != "val"]
    pairs = [
        (a, b)
        for a, b in itertools.combinations(spiky, 2)
        if (a.words != b.words and "grad_norm" in (a.quantity, b.quantity)) or (a.game and b.game)
    ]
    spikes = {
        (c.panel, c.index): [e.x for e in find_events(c) if e.grade != "possible"]
        for c in dict.fromkeys(c for pair in pairs for c in pair)
    }
    for a, b in pairs:
        found.append(diagnose_co_spikes(a, b, spikes[a.panel, a.index], spikes[b.panel, b.index]))
    return [finding for finding in found if finding is not None]


def diagnose_runs(figure: Figure, curves: Sequence[Curve]) -> list[Finding]:
    """Order of runs, their crossings, and comparisons that are none."""
    found: list[Finding] = []
    for group in run_groups(curves):
        found.append(diagnose_ranking(group))
        found += diagnose_crossings(group)
        scale = diagnose_scale(group)
        found += [scale] if scale is not None else []
    return found
