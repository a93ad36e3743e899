"""What to say and in which order: topics of panels, the lead, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plotread.model import Finding, Panel
from plotread.prose.facts import Facts

Topic = Literal["schedule", "pair", "runs", "one", "several", "empty"]

# What a colleague would say first, most telling first.
SALIENCE = (
    "not_learning",
    "overfitting",
    "divergence",
    "constant_ratio_spikes",
    "periodic_spikes",
    "initial_cliff",
    "level_shift",
    "second_descent",
    "ranking",
    "validation_stalled",
    "widening_gap",
    "delayed_onset",
    "total_change",
)
# Reading doubts that a reader would otherwise mistake for facts come into every document.
MAX_RUN_CLAUSES = 6  # curves told one by one; beyond, only the range of their ends


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve to speak about: its place and the finding of its total change."""

    panel: int
    index: int
    change: Finding | None


def curves_of(facts: Facts, panel: Panel) -> list[Curve]:
    """The curves worth a word: raw lines; a smoothed copy only where nothing else is drawn."""
    lines = [j for j, s in enumerate(panel.series) if s.kind in ("line", "scatter") and len(s.x)]
    raw = [
        j
        for j in lines
        if panel.series[j].role != "smoothed" and "smoothed" not in facts.names[panel.index, j].text
    ]
    found = [
        Curve(panel.index, j, facts.one("total_change", panel=panel.index, series=j)) for j in raw or lines
    ]
    rates = set(schedules_of(facts, panel))
    # A curve without a finding beside others that have some is a copy, or too short to speak of.
    diagnosed = [c for c in found if c.change is not None or c.index in rates]
    return diagnosed or found


def schedules_of(facts: Facts, panel: Panel) -> list[int]:
    """Curves of a panel that are learning rates."""
    return [f.series_indices[0] for f in facts.all("schedule_shape", panel=panel.index) if f.series_indices]


def topic_of(facts: Facts, panel: Panel) -> Topic:
    """Which kind of paragraph a panel needs."""
    rates = set(schedules_of(facts, panel))
    curves = [c for c in curves_of(facts, panel) if c.index not in rates]
    if not curves:
        return "schedule" if rates else "empty"
    if len(curves) == 1:
        return "one"
    if len(curves) == 2 and facts.one("gap", panel=panel.index):
        return "pair"
    names = [facts.names[panel.index, c.index] for c in curves]
    if facts.one("ranking", panel=panel.index) and len({n.quantity for n in names}) == 1:
        return "runs"
    return "several"


def leading(facts: Facts, panel: Panel) -> Finding | None:
    """The finding that opens the text on a panel; hints never lead."""
    for kind in SALIENCE:
        for finding in facts.all(kind, panel=panel.index):
            if finding.grade != "possible" and not is_turn(facts, finding):
                return finding
    return None


def is_turn(facts: Facts, finding: Finding) -> bool:
    """A divergence that is told as overfitting: validation rises while training goes on."""
    turns = facts.all("overfitting", panel=finding.panel)
    return finding.kind == "divergence" and any(
        f.grade != "possible" and set(finding.series_indices) <= set(f.series_indices) for f in turns
    )
