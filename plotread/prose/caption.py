"""A caption: the finding in one or two sentences."""

from __future__ import annotations

from plotread.model import Document, Paragraph, Statement
from plotread.prose.description import MANY_PANELS, endings, lead_sentences, relations
from plotread.prose.facts import Facts, kept
from plotread.prose.phrases import families, limits, stability, unscaled
from plotread.prose.plan import curves_of, topic_of


def caption(facts: Facts) -> Document:
    """One or two sentences, as under a figure in a paper."""
    panels = [p for p in facts.figure.panels if topic_of(facts, p) != "empty"]
    if not panels:
        bare = [unscaled.lead(facts), *(unscaled.reason(facts, p) for p in unscaled.panels_of(facts)[:1])]
        return Document("caption", (Paragraph(kept(bare) or (limits.nothing(facts),)),))
    if len(panels) > 1:
        many = len(panels) >= MANY_PANELS  # then what all of them do comes first
        opening = families.paragraphs(facts, panels)[0].statements[:1] if many else ()
        statements: list[Statement] = list(opening)
        first = [s for p in panels for s in kept(lead_sentences(facts, p)[0])[:1]]
        return Document("caption", (Paragraph(tuple([*statements, *first][:2])),))
    panel = panels[0]
    lead, used = lead_sentences(facts, panel)
    events = [
        s for c in curves_of(facts, panel)[:2] for s in stability.spike_sentences(facts, panel.index, c.index)
    ]
    second = kept([*events, *relations(facts, panel, used), *endings(facts, panel, used)])
    open_ends = {f.id for f in facts.all("plateau") if f.grade == "possible"}
    sure = [s for s in second if not s.findings or not open_ends.issuperset(s.findings)]
    return Document("caption", (Paragraph((*kept(lead)[:1], *sure[:1])),))
