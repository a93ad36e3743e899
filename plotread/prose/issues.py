"""`issues`: one section per fault, with evidence, causes to check and what to do once one is confirmed."""

from __future__ import annotations

from plotread.model import Document, Finding, Paragraph, Statement
from plotread.prose.facts import Facts, kept, say
from plotread.prose.hypotheses import asks, causes_of
from plotread.prose.phrases import limits, sayings
from plotread.prose.plan import is_turn, topic_of

# What is wrong, worst first; a kind that is no fault of a run is not listed.
TITLES = {
    "reading_limits": "What the picture cannot answer",
    "not_learning": "No learning beyond the scatter",
    "divergence": "Divergence",
    "truncated": "A curve that ends early",
    "overfitting": "Validation turns for the worse",
    "constant_ratio_spikes": "Regular spikes of one ratio",
    "periodic_spikes": "Regular spikes",
    "spike": "Spikes",
    "level_shift": "A sudden change of level",
    "oscillation": "A regular swing",
    "initial_cliff": "Nearly all of the fall at the start",
    "delayed_onset": "A late start",
    "widening_gap": "A growing gap between training and validation",
    "validation_stalled": "Validation stalls while training goes on",
    "loss_up_metric_steady": "Validation loss and metric disagree",
    "validation_below_training": "Validation below training",
    "epoch_staircase": "Steps at a fixed period",
    "late_noise": "Scatter at the end",
    "component_dominance": "One component rules the total",
    "confounded_comparison": "A comparison that may not be one",
    "still_improving": "The run ends before the curve does",
}
MAX_ISSUES = 8  # sections; a reader acts on the first few


def issues(facts: Facts) -> Document:
    """Sections by weight, then what is not concluded."""
    sections: list[Paragraph] = []
    number = 0
    periodic = bool(facts.all("constant_ratio_spikes", "periodic_spikes"))
    ratio = bool(facts.all("constant_ratio_spikes"))
    for kind, title in TITLES.items():
        if (kind == "spike" and periodic) or (kind == "periodic_spikes" and ratio):
            continue
        found = [
            f
            for f in facts.all(kind)
            if f.grade != "possible"
            or kind in ("overfitting", "divergence", "reading_limits", "confounded_comparison")
        ]
        found = [f for f in found if not is_turn(facts, f) and _is_fault(facts, f)]
        if not found or number >= MAX_ISSUES:
            continue
        number += 1
        drawn = any(p.y.resolution is not None or p.frame is not None for p in facts.figure.panels)
        told = title if drawn or kind != "reading_limits" else "What the log says of itself"
        sections += _section(facts, f"{number}. {told} ({_grade(found)})", kind, found)
    if not sections:
        panels = [p for p in facts.figure.panels if topic_of(facts, p) != "empty"]
        text = "Nothing in these curves calls for a check." if panels else limits.nothing(facts).text
        sections.append(Paragraph((Statement(text),)))
    open_questions = not_concluded(facts)
    if open_questions:
        sections.append(Paragraph(tuple(open_questions), heading="Not concluded", layout="list"))
    return Document("issues", tuple(sections), title="Issues in this run, as far as it can be read")


def _is_fault(facts: Facts, finding: Finding) -> bool:
    """A limit that costs nothing, and a scatter that does not grow, are no issues."""
    if finding.kind == "reading_limits":
        return limits.limit_sentence(facts, finding, full=False) is not None
    if finding.kind == "late_noise":
        early, late = facts.estimate(finding, "early"), facts.estimate(finding, "late")
        return early is not None and late is not None and late.lo > early.hi
    return finding.kind != "still_improving" or asks(facts, finding)


def _grade(found: list[Finding]) -> str:
    order = ("observed", "likely", "possible")
    return min((f.grade for f in found), key=order.index)


def _section(facts: Facts, heading: str, kind: str, found: list[Finding]) -> list[Paragraph]:
    evidence = kept(sayings.evidence(facts, kind, found))
    causes: list[Statement | None] = []
    best = min(found, key=lambda f: ("observed", "likely", "possible").index(f.grade))
    for item in causes_of(facts, best):
        causes.append(
            say(f"Possible cause: {item.cause}. Check: {item.check}. If so, {item.action}", item.finding)
        )
    return [Paragraph((*evidence, *kept(causes)), heading=heading, layout="list")]


def not_concluded(facts: Facts) -> list[Statement]:
    """Questions that these curves cannot answer, each with what is missing."""
    written = []
    splits = {n.split for n in facts.names.values()}
    if not any(topic_of(facts, p) in ("pair", "one", "runs", "several") for p in facts.figure.panels):
        return []
    if not splits & {"validation", "test", "evaluation"}:
        written.append(Statement("Generalization and the checkpoint to keep: no validation curve is drawn."))
    if not facts.all("schedule_shape"):
        written.append(Statement("The learning rate: no schedule is drawn."))
    if facts.all("ranking"):
        written.append(
            Statement(
                "Which setting is better by nature: each curve is one run, and the scatter between seeds "
                "is unknown."
            )
        )
    return written
