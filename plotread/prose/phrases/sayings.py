"""One finding, or several of a kind, as evidence; used by the documents that go finding by finding."""

from __future__ import annotations

from plotread.model import Finding, Statement
from plotread.prose.facts import Facts, say
from plotread.prose.phrases import generalization, level, limits, links, runs, shape, stability

MAX_SAME = 4  # findings of a kind told one by one

WRITERS = {
    "divergence": stability.divergence,
    "oscillation": stability.oscillation,
    "widening_gap": generalization.widening,
    "validation_below_training": generalization.below,
    "validation_stalled": generalization.stalled,
    "loss_up_metric_steady": generalization.steady,
    "not_learning": shape.not_learning,
    "delayed_onset": shape.onset,
    "initial_cliff": shape.cliff,
    "level_shift": shape.shift,
    "epoch_staircase": shape.staircase,
    "confounded_comparison": runs.confounded,
    "reading_limits": limits.limit_sentence,
    "late_noise": stability.scatter,
    **links.WRITERS,
}


def evidence(facts: Facts, kind: str, found: list[Finding]) -> list[Statement | None]:
    """Sentences for findings of one kind; where no writer has the numbers, the finding's own summary."""
    if kind in ("spike", "periodic_spikes", "constant_ratio_spikes"):
        places = dict.fromkeys((f.panel, f.series_indices[:1]) for f in found)
        return [
            s
            for panel, index in places
            if panel is not None
            for s in stability.spike_sentences(facts, panel, index[0] if index else None)
        ]
    if kind == "overfitting":
        written = [say(generalization.turn(facts, f), f) for f in found]
        return [
            *written,
            *(generalization.verdict(facts, f) for f in found[:1]),
            *(generalization.onset(facts, f) for f in found[:1]),
        ]
    if kind == "truncated":
        return [stability.truncated(facts, found)]
    if kind == "still_improving":
        return level.moving(facts, found, [facts.name(f) for f in found])
    writer = WRITERS.get(kind)
    sentences = []
    for finding in found[:MAX_SAME]:
        sentence = writer(facts, finding) if writer else None
        sentences.append(sentence or say(finding.summary or None, finding))
    return list({s.text: s for s in sentences if s is not None}.values())
