"""What the reading cannot tell, said where a reader would otherwise assume it."""

from __future__ import annotations

from plotread.flags import FLAGS
from plotread.model import Finding, Statement
from plotread.prose.facts import Facts, say

MAX_NOTES = 3  # sentences; the report lists them all


def nothing(facts: Facts) -> Statement:
    """The text for a figure without a curve."""
    if any(p.series for p in facts.figure.panels):
        return Statement("The curves could be traced, but no value can be told from them.")
    if facts.figure.panels:
        return Statement("A plot area was found, but no curve in it could be read.")
    return Statement("No line plot was found in this picture.")


def sentences(facts: Facts, limit: int = MAX_NOTES) -> list[Statement | None]:
    """Reading limits by weight, then the missing validation curve."""
    written = [limit_sentence(facts, f) for f in facts.all("reading_limits")]
    notes = list({s.text: s for s in written if s is not None}.values())[:limit]
    return [*notes]


def limit_sentence(facts: Facts, found: Finding) -> Statement | None:
    """The limit in the words of its finding; its summary is a clause whose numbers stand in it."""
    return say(found.summary or None, found)


def hedges(facts: Facts) -> list[str]:
    """The clauses of all flags raised on panels, axes and curves, each once, in the order of the registry."""
    raised: set[str] = set(facts.figure.flags)
    for panel in facts.figure.panels:
        axes = [panel.x, panel.y] + ([panel.y2] if panel.y2 is not None else [])
        for item in (panel, *axes, *panel.series):
            raised |= item.flags
    return [flag.hedge for key, flag in FLAGS.items() if key in raised]
