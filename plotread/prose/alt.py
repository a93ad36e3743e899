"""The alternative text: kind of picture, its data, its finding, in 150 characters."""

from __future__ import annotations

from plotread.model import Document, Panel, Paragraph, Statement
from plotread.prose.description import MANY_PANELS, lead_sentences
from plotread.prose.facts import Facts, kept, say
from plotread.prose.frame import extent
from plotread.prose.lexicon import capital, count_word, listing
from plotread.prose.phrases import families, level, limits, unscaled
from plotread.prose.plan import curves_of, topic_of

LIMIT = 150  # characters; what screen readers speak in one breath


def alt_text(facts: Facts) -> Document:
    """One statement of at most `LIMIT` characters."""
    panels = [p for p in facts.figure.panels if topic_of(facts, p) != "empty"]
    if not panels:
        return Document("alt", (Paragraph((_without_values(facts) or limits.nothing(facts),)),))
    return Document("alt", (Paragraph((_fitted(facts, panels),)),))


def _fitted(facts: Facts, panels: list[Panel]) -> Statement:
    """The longest of the candidates that fits; the bare kind of picture always does."""
    if 1 < len(panels) < MANY_PANELS and (all_told := _each(facts, panels)) is not None:
        return all_told
    if len(panels) > 1:
        kind = f"Grid of {count_word(len(panels))} line charts"
        lead = families.paragraphs(facts, panels)[0].statements[:1]
    else:
        kind = f"Line chart of {_subject(facts, panels[0])}"
        lead = kept([_lead(facts, panels[0])])
    across = _across(facts, panels[0]) if len(panels) == 1 else ""
    for head in (f"{kind}{across}", kind, "Line chart" if len(panels) == 1 else kind):
        for body in _shorter(lead[0].text) if lead else []:
            text = f"{head}: {body[:1].lower() + body[1:] if _plain(body, facts) else body}"
            if len(text) <= LIMIT:
                return Statement(text, lead[0].findings)
    text = next((t for t in (f"{kind}{across}.", f"{kind}.") if len(t) <= LIMIT), "Line chart.")
    return Statement(text, lead[0].findings if lead else ())


def _without_values(facts: Facts) -> Statement | None:
    """Which way curves without values go, where that is all that can be told."""
    told = unscaled.lead(facts)
    if told is None:
        return None
    kind = unscaled.kind_of_picture(facts)
    body = told.text[:1].lower() + told.text[1:] if _plain(told.text, facts) else told.text
    text = f"{kind}: {body}"
    return Statement(text if len(text) <= LIMIT else f"{kind}.", told.findings)


def _each(facts: Facts, panels: list[Panel]) -> Statement | None:
    """What every one of a few panels shows, each as long as all of them fit; None where they do not."""
    leads = [_lead(facts, panel) for panel in panels]
    bodies = [[b.rstrip(".") for b in _shorter(s.text)] for s in leads if s is not None]
    if len(bodies) < len(panels):
        return None
    ids = tuple(dict.fromkeys(i for s in leads if s is not None for i in s.findings))
    kind = f"{capital(count_word(len(panels)))} line charts"
    nouns = [facts.quantity(panel.index) for panel in panels]
    for k in range(max(map(len, bodies))):
        chosen = [options[min(k, len(options) - 1)] for options in bodies]
        told = [b[:1].lower() + b[1:] if _plain(b, facts) else b for b in chosen]
        named = [b if n is None or n in b else f"{n}: {b}" for b, n in zip(told, nouns, strict=True)]
        text = f"{kind}: {'; '.join(named)}."
        if len(text) <= LIMIT:
            return Statement(text, ids)
    if not all(nouns) or len(set(nouns)) < len(nouns):
        return None
    kind = f"{kind} of {listing([n for n in nouns if n])}"
    for body in bodies[0]:
        text = f"{kind}: {body[:1].lower() + body[1:] if _plain(body, facts) else body}."
        if len(text) <= LIMIT:
            return Statement(text, ids)
    return Statement(f"{kind}.", ids) if len(kind) < LIMIT else None


def _lead(facts: Facts, panel: Panel) -> Statement | None:
    """The first sentence on a panel, its curves by name."""
    lead = kept(lead_sentences(facts, panel)[0])[:1]
    if lead and lead[0].text.startswith("Both "):  # a second colon would follow the first
        changes = [c.change for c in curves_of(facts, panel) if c.change is not None]
        lead = kept([say(level.clauses(facts, changes), *changes)]) or lead
    return lead[0] if lead else None


def _plain(body: str, facts: Facts) -> bool:
    """Whether the first word is the text's own and may lose its capital."""
    return (
        not any(body.startswith(n.text) and not n.plain for n in facts.names.values())
        and not body[:2].isupper()
    )


def _shorter(text: str) -> list[str]:
    """A sentence and its prefixes at clause borders, longest first."""
    if text.startswith("At their ends"):
        return [text]  # half of it would speak of both
    bodies = [text]
    for mark in ("; ", ", while ", ", a fall of", ", a rise of", ": ", ", "):
        head = text.rsplit(mark, 1)[0]
        if head != text and head.count("(") == head.count(")"):
            bodies.append(head.rstrip(".,;: ") + ".")
    return sorted(dict.fromkeys(bodies), key=lambda b: -len(b))


def _subject(facts: Facts, panel: Panel) -> str:
    names = [facts.names[panel.index, c.index] for c in curves_of(facts, panel)]
    splits = [n.split for n in names]
    if (
        len(names) > 1
        and all(splits)
        and len({n.quantity for n in names}) == 1
        and len(set(splits)) == len(names)
    ):
        return f"{listing(splits)} {names[0].quantity}"
    if len(names) <= 2:
        return listing([n.text.removeprefix("the ") for n in names])
    return f"{facts.quantity(panel.index) or 'values'} of {count_word(len(names))} curves"


def _across(facts: Facts, panel: Panel) -> str:
    ends = extent(panel)
    unit = facts.unit(panel.index)
    if ends is None or not unit.one:
        return ""
    text = facts.steps(panel.index, *ends)
    return f" over {text}" if text else ""
