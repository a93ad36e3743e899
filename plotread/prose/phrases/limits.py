"""What the reading cannot tell, said where a reader would otherwise assume it."""

from __future__ import annotations

from plotread.model import Finding, Statement
from plotread.numerals import format_value
from plotread.prose.facts import Facts, say
from plotread.prose.phrases import unscaled

# Beginnings of the clauses of a limit: what only a report needs.
PIXEL_SIZE, NO_ERROR = "half a pixel is", "the values come from a log"
SCALE_DOUBT = "linear axis"  # the clause to which the size of a pixel belongs
PIXEL_DIGITS = 50  # parts of the size of half a pixel
MAX_NOTES = 3  # sentences; the report lists them all


def nothing(facts: Facts) -> Statement:
    """The text for a figure without a curve."""
    if any(p.series for p in facts.figure.panels):
        return Statement("The curves could be traced, but no value can be told from them.")
    if facts.figure.panels:
        return Statement("A plot area was found, but no curve in it could be read.")
    return Statement("No line plot was found in this picture.")


def sentences(facts: Facts, limit: int = MAX_NOTES, full: bool = False) -> list[Statement | None]:
    """What the reading cannot tell, each limit once; `full` adds the size of a pixel in any case."""
    # Why curves have no values is told with their panel.
    found = [f for f in facts.all("reading_limits") if not unscaled.is_reason(facts, f)]
    written = [limit_sentence(facts, f, full) for f in found]
    notes: list[Statement | None] = [*{s.text: s for s in written if s is not None}.values()]
    return notes[:limit]


def limit_sentence(facts: Facts, found: Finding, full: bool = True) -> Statement | None:
    """The limit in the words of its finding, whose numbers stand in it."""
    parts = found.summary.split("; ") if found.summary else []
    if not full and not any(SCALE_DOUBT in part for part in parts):
        parts = [part for part in parts if not part.startswith((PIXEL_SIZE, NO_ERROR))]
    parts = [_pixel(facts, found) or part if part.startswith(PIXEL_SIZE) else part for part in parts]
    return say("; ".join(parts) or None, found)


def _pixel(facts: Facts, found: Finding) -> str | None:
    """The size of half a pixel, to two digits."""
    half, share = facts.estimate(found, "y_half_pixel"), facts.estimate(found, "y_half_pixel_percent")
    measure = half or share
    if measure is None:
        return None
    text = format_value(measure.value, abs(measure.value) / PIXEL_DIGITS)
    panel = facts.panel(found.panel)
    several = sum(bool(p.series) for p in facts.figure.panels) > 1
    title = facts.panel_names[panel.index] if panel is not None and several else None
    where = f"the height of {title}" if title else "height"
    return f"half a pixel is {text}{'' if half else '%'} in {where}"
