"""Upright guide lines and shaded stretches of a panel: facts of the drawing, told once."""

from __future__ import annotations

from plotread.model import Guide, Panel, Statement
from plotread.prose.facts import Facts, kept, say
from plotread.prose.lexicon import count_word, listing

STYLES = {"solid": "solid", "dashed": "dashed", "dotted": "dotted", "dashdot": "dash-dotted"}
FEW_LINES = 4  # of one style, told by their places
MOST_SPANS = 3  # shaded stretches told by their places


def sentences(facts: Facts, panel: Panel) -> tuple[Statement, ...]:
    """One sentence for the lines of each style, one for each shaded stretch."""
    lines = [g for g in panel.guides if g.x_end is None]
    styles = dict.fromkeys(g.line for g in lines)
    told = [_lines(facts, panel, [g for g in lines if g.line == style]) for style in styles]
    spans = [g for g in panel.guides if g.x_end is not None]
    told += [_span(facts, panel, g) for g in spans[:MOST_SPANS]]
    return kept(say(text) for text in told)


def _lines(facts: Facts, panel: Panel, same: list[Guide]) -> str | None:
    style = STYLES.get(same[0].line, "")
    places = [_at(facts, panel, g.x, g.unit) for g in same]
    if any(place is None for place in places):
        return None
    known = [place for place in places if place is not None]
    if len(same) == 1:
        return f"a {style} vertical line stands near {known[0]}{_labeled(same[0])}"
    if len(same) <= FEW_LINES:
        named = [f"{place}{_named(g)}" for place, g in zip(known, same, strict=True)]
        return f"{count_word(len(same))} {style} vertical lines stand near {listing(named)}"
    return f"{count_word(len(same))} {style} vertical lines stand between {known[0]} and {known[-1]}"


def _span(facts: Facts, panel: Panel, span: Guide) -> str | None:
    if span.x_end is None:
        return None
    a, b = (_at(facts, panel, x, span.unit) for x in (span.x, span.x_end))
    return f"the stretch between {a} and {b} is shaded{_labeled(span)}" if a and b else None


def _at(facts: Facts, panel: Panel, x: float, unit: str) -> str | None:
    return facts.step(panel.index, x) if unit == "data" else f"{100 * x:.0f}% of the width"


def _labeled(guide: Guide) -> str:
    return f', labeled "{guide.label}"' if guide.label else ""


def _named(guide: Guide) -> str:
    return f' ("{guide.label}")' if guide.label else ""
