"""`compare`: several runs, ties first, own-start improvements unmasked, confounds named."""

from __future__ import annotations

from plotread.model import Document, Finding, Paragraph, Statement
from plotread.prose.facts import Facts, kept, percent, say
from plotread.prose.lexicon import capital, count_word, listing
from plotread.prose.phrases import limits, runs
from plotread.prose.plan import topic_of

MAX_ROWS = 12  # runs whose ends the ranking keeps as measures


def compare(facts: Facts) -> Document:
    """The comparison of the runs of a figure."""
    rankings = facts.all("ranking")
    if not rankings:
        panels = [p for p in facts.figure.panels if topic_of(facts, p) != "empty"]
        text = (
            "There is nothing to compare: the curves are not runs of one quantity."
            if panels
            else limits.nothing(facts).text
        )
        return Document("compare", (Paragraph((Statement(text),)),), title="Comparison")
    blocks: list[Paragraph] = []
    for found in rankings:
        title = _title(facts, found) if len(rankings) > 1 else None
        blocks.append(
            Paragraph(
                kept([*runs.ranking(facts, found), runs.spread(facts, found)]), heading=title or "Result"
            )
        )
        blocks.append(Paragraph(_table(facts, found), layout="table"))
        blocks.append(
            Paragraph(kept([_band(facts, found), runs.reached(facts, found), runs.own_start(facts, found)]))
        )
        crossed = [
            f
            for f in facts.all("crossing", panel=found.panel)
            if set(f.series_indices) <= set(found.series_indices)
        ]
        blocks.append(Paragraph(kept([runs.crossings(facts, crossed)])))
    confounded = facts.all("confounded_comparison")
    blocks.append(
        Paragraph(kept([runs.confounded(facts, f) for f in confounded]), heading="What else differs")
    )
    for found in confounded:
        blocks.append(Paragraph(kept(runs.settings(facts, found)), layout="list"))
    blocks.append(
        Paragraph(kept([_left_out(facts), *limits.sentences(facts)]), heading="Limits of the reading")
    )
    return Document(
        "compare",
        tuple(b for b in blocks if b.statements),
        title=f"Comparison of {count_word(len(rankings[0].series))} curves",
    )


def _left_out(facts: Facts) -> Statement | None:
    """Inputs none of whose curves stand in a ranking."""
    every = dict.fromkeys(s.run for p in facts.figure.panels for s in p.series if s.run)
    ranked = {
        panel.series[j].run
        for f in facts.all("ranking")
        if (panel := facts.panel(f.panel)) is not None
        for j in f.series_indices
    }
    rest = [run for run in every if run not in ranked]
    if not rest:
        return None
    return say(f"not ranked, as no other input holds a curve of the same kind: {listing(rest)}")


def _title(facts: Facts, found: Finding) -> str:
    panel = facts.panel(found.panel)
    split = facts.name(found).split
    several = len(facts.figure.panels) > 1
    name = (facts.panel_names[panel.index] if panel and several else facts.quantity(found.panel)) or "curves"
    return capital(f"{split} {name}".strip()) if split and split not in name.lower() else capital(name)


def _table(facts: Facts, found: Finding) -> tuple[Statement, ...]:
    """Best first: start, end, last step and lowest value of each run."""
    rows = []
    for i, name in enumerate(runs.run_names(facts, found)[:MAX_ROWS]):
        index = found.series_indices[i] if i < len(found.series_indices) else None
        best = facts.one("best_point", panel=found.panel, series=index) if index is not None else None
        low = f"{facts.value(best, 'value', 'best')} ({facts.bare_step(best.panel, best.x)})" if best else ""
        start = facts.value(found, f"run_{i + 1}_start")
        end = runs.end_text(facts, found, f"run_{i + 1}_value")
        last = facts.estimate(found, f"run_{i + 1}_end_x")
        if end is None:
            continue
        ids = tuple(f.id for f in (found, best) if f is not None)
        until = facts.bare_step(found.panel, last.value) if last else ""
        there = facts.estimate(found, f"run_{i + 1}_reach_x")
        reach = (facts.bare_step(found.panel, there.value) if there else None) or ""
        change = facts.estimate(found, f"run_{i + 1}_own_percent")
        share = percent(found, f"run_{i + 1}_own_percent")
        own = f"{'-' if change.value < 0 else '+'}{share}" if change and share else ""
        cells = (name, start or "", own, end, until, low, reach)
        rows.append(Statement(f"| {' | '.join((cell or '').replace('|', '/') for cell in cells)} |", ids))
    unit = facts.unit(found.panel).one or "x"
    level = runs.end_text(facts, found, "reach_level") or "that of the worst"
    head = f"start | change from it | end level | last {unit} | best ({unit}) | reaches {level} at"
    return (Statement(f"| curve | {head} |", (found.id,)), *rows) if rows else ()


def _band(facts: Facts, found: Finding) -> Statement | None:
    """What the tie band is, and what it cannot contain."""
    band = runs.band_text(facts, found)
    if band is None:
        return None
    return say(
        f"the tie band of {band} is the scatter of a curve near its end, or the reading error where that is "
        "larger; "
        "with one run per setting the scatter between seeds is unknown and can only widen it",
        found,
    )
