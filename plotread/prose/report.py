"""The report: summary, data, course, events, generalization, schedule, end, hypotheses, what stays open."""

from __future__ import annotations

from plotread.model import Document, Panel, Paragraph, Statement
from plotread.prose.description import interpretation_is_due, lead_sentences, relations
from plotread.prose.facts import Facts, kept, say
from plotread.prose.frame import frame_sentence
from plotread.prose.hypotheses import hypotheses
from plotread.prose.issues import not_concluded
from plotread.prose.phrases import (
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
from plotread.prose.plan import Curve, curves_of, schedules_of, topic_of
from plotread.prose.tables import data_table, summary_table

MAX_HYPOTHESES = 4


def report(facts: Facts) -> Document:
    """A Markdown report on every panel that was read."""
    panels = [p for p in facts.figure.panels if topic_of(facts, p) != "empty"]
    bare = unscaled.panels_of(facts)
    if not panels and not bare:
        return Document("report", (Paragraph((limits.nothing(facts),)),), title="Training curves")
    blocks: list[Paragraph] = []
    for panel in panels:
        blocks += _panel(facts, panel, "" if len({*panels, *bare}) == 1 else f"{facts.heading(panel)}: ")
    for panel in bare:
        prefix = "" if len({*panels, *bare}) == 1 else f"{facts.heading(panel)}: "
        told = unscaled.sentences(facts, panel) or (limits.nothing(facts),)
        blocks.append(Paragraph(told, heading=f"{prefix}Curves without values"))
    title = _title(facts, panels or bare)
    if not panels and not any(p.title or facts.quantity(p.index) for p in bare):
        title = "Training curves"
    blocks.append(
        Paragraph(_hypotheses(facts), heading="Hypotheses, in the order of checking", layout="list")
    )
    blocks.append(
        Paragraph(
            kept(limits.sentences(facts, limit=len(facts.findings), full=True)),
            heading="Limits of the reading",
        )
    )
    blocks.append(Paragraph(tuple(not_concluded(facts)), heading="Not decidable here", layout="list"))
    return Document("report", tuple(b for b in blocks if b.statements), title=title)


def _title(facts: Facts, panels: list[Panel]) -> str:
    if len(panels) == 1:
        return panels[0].title or facts.heading(panels[0])
    return f"{len(panels)} panels: {', '.join(facts.heading(p) for p in panels[:4])}" + (
        ", ..." if len(panels) > 4 else ""
    )


def _panel(facts: Facts, panel: Panel, prefix: str) -> list[Paragraph]:
    rates = schedules_of(facts, panel)
    curves = [c for c in curves_of(facts, panel) if c.index not in rates]
    lead, used = lead_sentences(facts, panel)
    frame = frame_sentence(facts, panel)
    first = kept([*lead, say(frame) if frame else None, *guides.sentences(facts, panel)])
    blocks = [Paragraph(first, heading=f"{prefix}Summary")]
    blocks.append(Paragraph(summary_table(facts, panel), layout="table"))
    table, note = data_table(facts, panel)
    blocks.append(Paragraph(table, layout="table", heading=f"{prefix}Values"))
    blocks.append(Paragraph(note, layout="note"))
    sections = (
        ("Course", _course(facts, curves)),
        ("Spikes and scatter", _events(facts, curves)),
        ("Generalization", _generalization(facts, panel, used)),
        ("Runs", _runs(facts, panel)),
        ("Schedule", _schedule(facts, panel, rates)),
        ("Between curves", links.between_curves(facts, panel)),
        ("End of run", _end(facts, panel, curves, used)),
    )
    for heading, written in sections:
        statements = kept(written)
        if statements:
            blocks.append(Paragraph(statements, heading=prefix + heading))
    return [b for b in blocks if b.statements]


def _course(facts: Facts, curves: list[Curve]) -> list[Statement | None]:
    written: list[Statement | None] = []
    for c in curves:
        written += [
            links.chance_level(facts, f) for f in facts.all("start_vs_chance", panel=c.panel, series=c.index)
        ]
        written += shape.course(facts, c.panel, c.index, set())
        if c.change is not None:
            written.append(links.passed(facts, c.change))
    return written


def _end(facts: Facts, panel: Panel, curves: list[Curve], used: set[str]) -> list[Statement | None]:
    """Best values, what still moves, what the learning rate has to do with it, and an outlook."""
    ends = [f for f in facts.all("still_improving", "plateau", panel=panel.index) if f.grade != "possible"]
    return [
        *level.endings(facts, panel, [c.index for c in curves], used),
        links.decayed(facts, ends) if curves else None,
        *(
            links.outlook(facts, f)
            for c in curves
            for f in facts.all("projected_gain", panel=c.panel, series=c.index)
        ),
    ]


def _events(facts: Facts, curves: list[Curve]) -> list[Statement | None]:
    return [
        s
        for c in curves
        for s in (
            *stability.spike_sentences(facts, c.panel, c.index),
            stability.noise(facts, c.panel, c.index),
            stability.dispersion(facts, c.panel, c.index),
        )
    ]


def _generalization(facts: Facts, panel: Panel, used: set[str]) -> list[Statement | None]:
    written = relations(facts, panel, used, crossings=False)
    turns = facts.all("overfitting", panel=panel.index)
    written = [*(say(generalization.turn(facts, f), f) for f in turns), *written]
    written += [generalization.verdict(facts, f) for f in turns]
    written += [
        generalization.checkpoint(facts, f)
        for f in facts.all("checkpoint_to_keep", panel=panel.index)
        if f.grade != "possible" or turns
    ]
    return written


def _runs(facts: Facts, panel: Panel) -> list[Statement | None]:
    written: list[Statement | None] = []
    for found in facts.all("ranking", panel=panel.index):
        written += [*runs.ranking(facts, found), runs.spread(facts, found)]
    written.append(runs.crossings(facts, facts.all("crossing", panel=panel.index)))
    written += [runs.confounded(facts, f) for f in facts.all("confounded_comparison", panel=panel.index)]
    return written


def _schedule(facts: Facts, panel: Panel, rates: list[int]) -> list[Statement | None]:
    written: list[Statement | None] = []
    for j in rates:
        found = facts.one("schedule_shape", panel=panel.index, series=j)
        if found is not None:
            written += [schedule.course(facts, found), *schedule.details(facts, found)]
    return written


def _hypotheses(facts: Facts) -> tuple[Statement, ...]:
    if not interpretation_is_due(facts):
        return ()
    written = []
    for i, item in enumerate(hypotheses(facts, limit=MAX_HYPOTHESES), 1):
        statement = say(
            f"{i}. {item.cause[:1].upper()}{item.cause[1:]}. Check: {item.check}. If so, {item.action}",
            item.finding,
        )
        written.append(statement)
    return kept(written)
