"""Figures of many panels: one paragraph per family, a panel named with its numbers or where it departs."""

from __future__ import annotations

from collections.abc import Sequence

from plotread.model import Finding, Panel, Paragraph, Statement
from plotread.prose.facts import Facts, fill, kept, say
from plotread.prose.frame import extent
from plotread.prose.lexicon import LOSS_WORDS, capital, count, count_word, listing, plural
from plotread.prose.names import SPLITS, says_what, words_of
from plotread.prose.phrases import generalization, level, schedule, shape, stability
from plotread.prose.plan import curves_of, is_turn, schedules_of

MANY_CLIFFS = 3  # curves that begin with a cliff from which one sentence tells all
PER_SENTENCE = 4  # curves whose ends one sentence tells
MAX_TOLD = 12  # curves per family with their ends; beyond, the first ones and a count


def paragraphs(facts: Facts, panels: Sequence[Panel]) -> list[Paragraph]:
    """Opening, then one paragraph per family."""
    families = _families(facts, panels)
    blocks = [Paragraph(kept([*_opening(facts, families), _frame(facts, panels)]))]
    for title, members in families.items():
        blocks.append(Paragraph(kept(_family(facts, title, members))))
    return blocks


def _families(facts: Facts, panels: Sequence[Panel]) -> dict[str, list[Panel]]:
    found: dict[str, list[Panel]] = {}
    for panel in panels:
        found.setdefault(_family_name(facts, panel), []).append(panel)
    order = ("Training losses", "Validation losses", "Losses", "Metrics", "Learning rates")
    return {
        name: found[name]
        for name in sorted(found, key=lambda n: order.index(n) if n in order else len(order))
    }


def _family_name(facts: Facts, panel: Panel) -> str:
    curves = curves_of(facts, panel)
    if curves and {c.index for c in curves} <= set(schedules_of(facts, panel)):
        return "Learning rates"
    title = panel.title if says_what(panel.title) else None  # "Training curves" are not of training alone
    text = " ".join(t for t in (title, panel.y.label) if t)
    words = {w.lower() for w in words_of(text)}
    splits = {SPLITS[w] for w in words if w in SPLITS}
    if any(word in w for w in words for word in LOSS_WORDS):
        if len(splits) == 1 and len(curves) == 1:
            return f"{capital(splits.pop())} losses"
        return "Losses"
    return "Metrics"


def _changes(facts: Facts, panel: Panel) -> list[Finding]:
    return [c.change for c in curves_of(facts, panel) if c.change is not None]


def _opening(facts: Facts, families: dict[str, list[Panel]]) -> list[Statement | None]:
    """What all losses do, then what all metrics do."""
    written: list[Statement | None] = []
    groups = {
        "loss": [p for n, ps in families.items() if n.lower().endswith("losses") for p in ps],
        "metric": families.get("Metrics", []),
    }
    for noun, members in groups.items():
        changes = [f for p in members for f in _changes(facts, p)]
        n = len(changes)
        for word, plural_verb in (("falls", "fall"), ("rises", "rise")):
            same = [f for f in changes if level.direction(f) == word]
            if len(same) == n > 0:
                whole = (
                    f"all {count_word(n)} {plural(noun)} {plural_verb}"
                    if n > 2
                    else f"both {plural(noun)} {plural_verb}"
                )
                written.append(say(whole if n > 1 else f"the {noun} {word}", *changes))
            elif len(same) * 2 > n:
                written.append(say(f"{count_word(len(same))} of {count(n, noun)} {plural_verb}", *changes))
    return written


def _frame(facts: Facts, panels: Sequence[Panel]) -> Statement | None:
    spans = {extent(p) for p in panels}
    n = count(len(panels), "panel")
    only = spans.pop() if len(spans) == 1 else None
    if only is None:
        return say(f"the figure has {n}")
    across = facts.steps(panels[0].index, *only)
    unit = facts.unit(panels[0].index)
    over = f"over {across}" if unit.one else f"with horizontal axes from {across}"
    return say(f"each of the {n} is drawn {over}")


def _family(facts: Facts, title: str, members: list[Panel]) -> list[Statement | None]:
    written: list[Statement | None] = []
    if title == "Learning rates":
        for panel in members:
            for f in facts.all("schedule_shape", panel=panel.index)[:1]:
                name = facts.only_curve(panel, f.series_indices[0]) if len(members) > 1 else None
                written.append(schedule.course(facts, f, name))
        return _headed(title, written)
    told = [(p, f) for p in members for f in _changes(facts, p)][:MAX_TOLD]
    for word in ("falls", "rises", "goes"):
        same = [(p, f) for p, f in told if level.moves(facts, f) == word]
        for k in range(0, len(same), PER_SENTENCE):
            items = [(_who(facts, p, f), level.ends(facts, f), f) for p, f in same[k : k + PER_SENTENCE]]
            known = [(w, e, f) for w, e, f in items if e]
            if known:
                text = listing(
                    [f"{known[0][0]} {word} {known[0][1]}", *(f"{w} {e}" for w, e, _ in known[1:])]
                )
                written.append(say(text, *(f for _, _, f in known)))
    for panel, found in told:
        if level.moves(facts, found) == "holds":
            written.append(
                say(
                    fill(
                        "{n} ends where it starts, near {a}",
                        n=_who(facts, panel, found),
                        a=facts.value(found, "start"),
                    ),
                    found,
                )
            )
    together = _cliffs(facts, members)
    written.append(together)
    told_ids = set(together.findings) if together is not None else set()
    for panel in members:
        written += _departures(facts, panel, told_ids)
    written += _against_training(facts, members)
    written.append(_moving(facts, members))
    return _headed(title, written)


def _who(facts: Facts, panel: Panel, finding: Finding) -> str:
    curves = curves_of(facts, panel)
    if len(curves) == 1:
        return facts.only_curve(panel, curves[0].index)
    return _placed(facts, panel, facts.name(finding).text)


def _placed(facts: Facts, panel: Panel, name: str) -> str:
    """The name of a curve among others of its panel, with the panel where another has such a curve."""
    title = facts.panel_names[panel.index]
    # "training loss" of "Training and Validation Loss" says where it stands by itself.
    known = {SPLITS.get(w.lower(), w.lower()) for w in words_of(title)}
    elsewhere = {said.text.lower() for (index, _), said in facts.names.items() if index != panel.index}
    if name.lower() not in elsewhere or {w.lower() for w in words_of(name)} <= known:
        return name
    return f"{name} in {title}"


def _cliffs(facts: Facts, members: list[Panel]) -> Statement | None:
    """Several curves that fall nearly all of their way by one step, in one sentence."""
    found = [
        (p, f)
        for p in members
        for f in facts.all("initial_cliff", panel=p.index)
        if f.grade != "possible" and Facts.truth(f, "rest_readable") is not False
    ]
    if len(found) < MANY_CLIFFS or len({f.x for _, f in found}) > 1:
        return None
    parts = [
        fill("{n} from {a} to {b}", n=_who(facts, p, f), a=facts.value(f, "from"), b=facts.value(f, "to"))
        for p, f in found
    ]
    ends = [part for part in parts if part]
    where = facts.step(found[0][0].index, found[0][1].x)
    if len(ends) < len(found) or where is None:
        return None
    text = f"by {where} nearly all of the fall in orders of magnitude is over: {listing(ends)}"
    return say(text, *(f for _, f in found))


def _departures(facts: Facts, panel: Panel, told: set[str]) -> list[Statement | None]:
    """What one panel does and its family does not."""
    written: list[Statement | None] = [
        shape.cliff(facts, f)
        for f in facts.all("initial_cliff", panel=panel.index)
        if f.grade != "possible" and f.id not in told
    ]
    written += [
        stability.divergence(facts, f)
        for f in facts.all("divergence", panel=panel.index)
        if f.grade != "possible" and not is_turn(facts, f)
    ]
    written += [shape.not_learning(facts, f) for f in facts.all("not_learning", panel=panel.index)]
    for found in facts.all("overfitting", panel=panel.index):
        turned = generalization.turn(facts, found)
        bare = next((s for s in ("the curve ", "the loss ") if turned and turned.startswith(s)), None)
        curves = curves_of(facts, panel)
        if turned and bare and len(curves) == 1:
            turned = f"{facts.only_curve(panel, curves[0].index)} {turned.removeprefix(bare)}"
        elif turned:
            name = generalization.own(facts, found)
            turned = f"{_placed(facts, panel, name)}{turned.removeprefix(name)}"
        written.append(say(turned, found))
    for curve in curves_of(facts, panel):
        spikes = [
            f for f in facts.all("spike", panel=panel.index, series=curve.index) if f.grade != "possible"
        ]
        if spikes:
            written += stability.grouped(facts, panel, curve.index)
    for found in facts.all("level_shift", panel=panel.index):
        if found.grade != "possible":
            written.append(
                say(
                    fill(
                        "at {x} {n} {w} from {a} to {b}",
                        x=facts.step(found.panel, found.x),
                        n=_who(facts, panel, found),
                        w="drops" if facts.word(found, "direction") == "down" else "jumps",
                        a=facts.value(found, "before"),
                        b=facts.value(found, "after"),
                    ),
                    found,
                )
            )
    return written


def _against_training(facts: Facts, members: list[Panel]) -> list[Statement | None]:
    """Validation against training drawn in other panels, at the last common step."""
    found = [
        (p, f, e) for p in members for f in facts.all("gap", panel=p.index) if (e := facts.estimate(f, "end"))
    ]
    parts = []
    for panel, gap, end in found[:PER_SENTENCE]:
        word = generalization.side(end)
        place = facts.panel_names[panel.index]
        who = _placed(facts, panel, facts.name(gap, 1).text) if len(gap.series_indices) > 1 else place
        parts.append(
            f"{who} is {word} it"
            if word == "level with"
            else f"{who} lies {generalization.size(facts, gap, end)} {word} it"
        )
    if not parts:
        return []
    return [
        say(
            f"against training at the last common step, {listing(parts)}",
            *(f for _, f, _ in found[:PER_SENTENCE]),
        )
    ]


def _moving(facts: Facts, members: list[Panel]) -> Statement | None:
    """Which members are shown to move at the end."""
    found = [f for p in members for f in facts.all("still_improving", panel=p.index) if f.grade != "possible"]
    curves = sum(len(curves_of(facts, p)) for p in members)
    if not found or curves < 2:
        return None
    if len(found) == curves:
        return say("all of them still move at the end", *found)
    told = list(dict.fromkeys(_who(facts, p, f) for p in members for f in found if f.panel == p.index))
    return say(f"still moving at the end {'is' if len(told) == 1 else 'are'} {listing(told)}", *found)


def _headed(title: str, written: list[Statement | None]) -> list[Statement | None]:
    """The family's name in front of its first sentence."""
    first = next((i for i, s in enumerate(written) if s is not None), None)
    if first is None:
        return []
    statement = written[first]
    if statement is not None:
        written[first] = Statement(f"**{title}.** {statement.text}", statement.findings)
    return written
