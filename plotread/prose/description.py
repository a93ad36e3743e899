"""`describe`: connected paragraphs, the most telling sentence first."""

from __future__ import annotations

import re
from dataclasses import replace

from plotread.model import Document, Finding, Panel, Paragraph, Statement
from plotread.prose.facts import Facts, fill, kept, say
from plotread.prose.frame import frame_sentence
from plotread.prose.hypotheses import hypotheses
from plotread.prose.lexicon import capital, count_word
from plotread.prose.phrases import (
    families,
    generalization,
    guides,
    level,
    limits,
    links,
    runs,
    schedule,
    shape,
    stability,
    unscaled,
)
from plotread.prose.plan import curves_of, leading, schedules_of, topic_of

# Kinds that leave a reader asking why; a plain fall or a level end does not.
EXPLAINED = (
    "constant_ratio_spikes",
    "periodic_spikes",
    "divergence",
    "overfitting",
    "validation_below_training",
    "validation_stalled",
    "initial_cliff",
    "not_learning",
    "delayed_onset",
    "level_shift",
    "epoch_staircase",
    "oscillation",
    "loss_up_metric_steady",
    "lr_loss_coincidence",
    "component_dominance",
)
MAX_CAUSES = 12  # hypotheses among which the first that the text has prepared is offered
FEW_COURSES = 2  # curves whose course is told stage by stage
FEW_SHIFTS = 3  # sudden changes in a panel of many curves that are told one by one
FEW_PAIRS = 2  # pairs of training and validation in a panel that are told one by one
MANY_PANELS = 4  # from here on panels are told as families


def describe(facts: Facts) -> Document:
    """The description of a figure."""
    panels = [p for p in facts.figure.panels if topic_of(facts, p) != "empty"]
    paragraphs: list[Paragraph] = []
    bare = unscaled.panels_of(facts)
    if not panels:
        paragraphs += [Paragraph((limits.nothing(facts),))] if not bare else []
    elif len(panels) >= MANY_PANELS:
        paragraphs += families.paragraphs(facts, panels)
    else:
        for panel in panels:
            paragraphs += panel_paragraphs(facts, panel, alone=len({*panels, *bare}) == 1)
    few = len(bare) <= unscaled.MOST_PANELS
    paragraphs += [without_values(facts, p, alone=len({*panels, *bare}) == 1, full=few) for p in bare]
    ends = [f for f in facts.all("still_improving", "plateau") if f.grade != "possible"]
    ends = ends if len(panels) < MANY_PANELS else []
    paragraphs.append(Paragraph(kept([*links.between_curves(facts), links.decayed(facts, ends)])))
    paragraphs.append(Paragraph(kept(limits.sentences(facts))))
    told = {i for p in paragraphs for s in p.statements for i in s.findings}
    paragraphs.append(Paragraph(kept(interpretation(facts, told))))
    if len(panels) < MANY_PANELS:  # among many panels it must be said whose curve is meant
        paragraphs = [_with_pronouns(facts, p) for p in paragraphs]
    return Document("description", tuple(p for p in paragraphs if p.statements))


def _with_pronouns(facts: Facts, paragraph: Paragraph) -> Paragraph:
    """A sentence that opens with the only curve of the sentence before calls it "it"."""
    known = {name.text for name in facts.names.values()}
    told: list[Statement] = []
    before: str | None = None
    for statement in paragraph.statements:
        text = statement.text
        subject = _only_subject(text, known)
        if subject is not None and subject == before:
            told.append(Statement(f"It {text[len(subject) + 1 :]}", statement.findings))
        else:
            told.append(statement)
        before = subject
    return replace(paragraph, statements=tuple(told))


def _only_subject(text: str, known: set[str]) -> str | None:
    """The curve that opens a sentence, where the sentence speaks of no other one."""
    opened = [n for n in known if text.startswith((f"{n} ", f"{capital(n)} "))]
    if not opened:
        return None
    subject = max(opened, key=len)
    rest = text[len(subject) :]
    if rest.startswith((" and ", " or ", ",")) or any(re.search(rf"\b{re.escape(n)}\b", rest) for n in known):
        return None
    return subject


def panel_paragraphs(facts: Facts, panel: Panel, alone: bool = True) -> list[Paragraph]:
    """Lead and frame, course and events, relations, end."""
    lead, used = lead_sentences(facts, panel)
    frame = frame_sentence(facts, panel)
    first = [*lead, say(frame) if frame else None, *guides.sentences(facts, panel)]
    heading = () if alone else (say(f"**{facts.heading(panel)}**"),)
    if not alone and first and first[0] is not None:
        heading = ()
        first[0] = Statement(f"**{facts.heading(panel)}.** {first[0].text}", first[0].findings)
    blocks = [Paragraph(kept([*heading, *first]))]
    rates = schedules_of(facts, panel)
    curves = [c for c in curves_of(facts, panel) if c.index not in rates]
    course: list[Statement | None] = []
    for curve in curves if len(curves) <= FEW_COURSES else []:
        course += shape.course(facts, curve.panel, curve.index, used)
        name = facts.names[curve.panel, curve.index].text if len(curves) > 1 else None
        course += stability.spike_sentences(facts, curve.panel, curve.index, name)
    if len(curves) > FEW_COURSES:
        course += stability.spikes_of_many(facts, panel.index, [c.index for c in curves])
        shifts = [f for f in facts.all("level_shift", panel=panel.index) if f.grade != "possible"]
        course += [shape.shift(facts, f) for f in shifts] if len(shifts) <= FEW_SHIFTS else []
    if len(curves) == 1:
        course.append(stability.noise(facts, panel.index, curves[0].index))
    course += stability.incidents(facts, panel, used)
    course += [links.chance_level(facts, f) for f in facts.all("start_vs_chance", panel=panel.index)]
    blocks.append(Paragraph(kept(course)))
    blocks.append(Paragraph(kept(relations(facts, panel, used))))
    for j in rates:
        rate = facts.one("schedule_shape", panel=panel.index, series=j)
        if rate is not None:
            opening = [] if rate.id in used else [schedule.course(facts, rate)]
            blocks.append(Paragraph(kept([*opening, *schedule.details(facts, rate)])))
    blocks.append(Paragraph(kept(endings(facts, panel, used))))
    return [b for b in blocks if b.statements]


def without_values(facts: Facts, panel: Panel, alone: bool, full: bool) -> Paragraph:
    """A panel, or those of its curves, that no scale gives values."""
    told = unscaled.sentences(facts, panel, full) or (limits.nothing(facts),)
    if all(s.drawn is not None for s in panel.series):  # else they are told with the values
        told += guides.sentences(facts, panel)
    if alone:
        return Paragraph(told)
    first = Statement(f"**{facts.heading(panel)}.** {told[0].text}", told[0].findings)
    return Paragraph((first, *told[1:]))


def lead_sentences(facts: Facts, panel: Panel) -> tuple[list[Statement | None], set[str]]:
    """What a colleague would say first, and the ids that need no second mention."""
    topic = topic_of(facts, panel)
    found = leading(facts, panel)
    rates = set(schedules_of(facts, panel))  # a schedule is told by its shape, not by its ends
    changes = [c.change for c in curves_of(facts, panel) if c.change is not None and (c.index not in rates)]
    if topic == "schedule":
        j = schedules_of(facts, panel)[0]
        rate = facts.one("schedule_shape", panel=panel.index, series=j)
        return [schedule.course(facts, rate) if rate else None], {rate.id if rate else ""}
    if found is not None and found.kind == "overfitting":
        text = generalization.turn(facts, found)
        if text:
            return [say(text, found)], {found.id}
    if found is not None and found.kind in ("not_learning", "divergence"):
        first = (
            stability.divergence(facts, found)
            if found.kind == "divergence"
            else shape.not_learning(facts, found)
        )
        if first is not None:
            return [first], {found.id}
    regular = facts.one("constant_ratio_spikes", "periodic_spikes", panel=panel.index)
    if regular is not None and len(changes) == 1 and regular.grade != "possible":
        n = facts.estimate(regular, "count")
        lead = fill("apart from {n} regular spikes ", n=count_word(round(n.value)) if n else None)
        return [level.change(facts, changes[0], lead or "", regular)], {changes[0].id}
    if topic == "runs":
        ranking = runs.main_ranking(facts, panel.index)
        if ranking is not None:
            return runs.ranking(facts, ranking), {ranking.id}
    return _changes(facts, panel, changes), {f.id for f in changes}


def _changes(facts: Facts, panel: Panel, changes: list[Finding]) -> list[Statement | None]:
    if len(changes) == 1:
        return [level.change(facts, changes[0])]
    if len(changes) == 2:
        return [level.both(facts, panel, changes)]
    return level.all_of(facts, panel, changes)


def relations(facts: Facts, panel: Panel, used: set[str], crossings: bool = True) -> list[Statement | None]:
    """Train against validation, run against run."""
    gaps = facts.all("gap", panel=panel.index)
    below = facts.all("validation_below_training", panel=panel.index)
    written = generalization.gaps(facts, [f for f in gaps if not any(b.series == f.series for b in below)])
    written += [generalization.below(facts, f) for f in below]
    if len(gaps) <= FEW_PAIRS:
        written += [generalization.widening(facts, f) for f in facts.all("widening_gap", panel=panel.index)]
        written += [
            generalization.stalled(facts, f) for f in facts.all("validation_stalled", panel=panel.index)
        ]
    written += [generalization.onset(facts, f) for f in facts.all("overfitting", panel=panel.index)]
    written += [
        generalization.steady(facts, f) for f in facts.all("loss_up_metric_steady", panel=panel.index)
    ]
    if crossings:
        written.append(runs.crossings(facts, facts.all("crossing", panel=panel.index)))
    return written


def endings(facts: Facts, panel: Panel, used: set[str]) -> list[Statement | None]:
    """Best values and whether the curves still move."""
    rates = set(schedules_of(facts, panel))
    curves = [c for c in curves_of(facts, panel) if c.index not in rates]
    return level.endings(facts, panel, [c.index for c in curves], used)


def interpretation_is_due(facts: Facts) -> bool:
    """A cause is offered only where a named finding asks for one."""
    return any(f.kind in EXPLAINED and f.grade != "possible" for f in facts.findings)


def interpretation(facts: Facts, told: set[str]) -> list[Statement | None]:
    """The graded reading, each cause with its check; nothing where no finding calls for it."""
    written: list[Statement | None] = [generalization.verdict(facts, f) for f in facts.all("overfitting")[:1]]
    if interpretation_is_due(facts):
        for item in [
            h for h in hypotheses(facts, MAX_CAUSES) if h.finding.kind in EXPLAINED and h.finding.id in told
        ][:1]:
            if item.finding.kind == "overfitting":
                written.append(say(f"to confirm it, {item.check}", item.finding))
            else:
                written.append(say(f"a possible cause: {item.cause}; to check, {item.check}", item.finding))
    return written
