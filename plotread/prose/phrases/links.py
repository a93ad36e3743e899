"""What ties curves to each other or to something outside: shares, shared events, guessing, outlook."""

from __future__ import annotations

from collections.abc import Iterator

from plotread.model import Estimate, Finding, Panel, Statement
from plotread.prose.facts import Facts, fill, percent, say
from plotread.prose.lexicon import count_word, listing

FEW_PLACES = 4  # shared places told one by one
SMALL_CHANCE = 1.0  # percent; below it the chance is "below 1%"
DECAYED = 0.10  # of the peak: a rate that ends below it slows any curve
CARRIED = ("component_dominance", "co_spikes", "lr_loss_coincidence")


def dominance(facts: Facts, found: Finding) -> Statement | None:
    """One part that is most of a total, with the values of both."""
    part, total = facts.name(found, 0).text, facts.name(found, 1).text
    return say(
        fill(
            "at the end {p} makes up {s} of {t}, {a} of {b}",
            p=part,
            t=total,
            s=percent(found, "share_percent"),
            a=facts.other_value(found, "value"),
            b=facts.other_value(found, "total"),
        ),
        found,
    )


def co_spikes(facts: Facts, found: Finding) -> Statement | None:
    """Spikes of two curves on the same steps, with the chance of so many."""
    n, a, b = (facts.estimate(found, key) for key in ("together", "spikes_first", "spikes_second"))
    if n is None or a is None or b is None:
        return None
    names = [facts.name(found, i).text for i in (0, 1)]
    places = [facts.bare_step(_panel(facts, found), e.value) for e in _numbered(found, "x_{}")]
    known = [p for p in places if p]
    where = ""
    if 0 < len(known) <= FEW_PLACES and len(known) == round(n.value):
        unit = facts.unit(_panel(facts, found))
        where = f", at {unit.at(known[0]) if len(known) == 1 else f'{unit.many} {listing(known)}'.strip()}"
    together = round(n.value)
    noun = "spike" if together == 1 else "spikes"
    verb = "coincides" if together == 1 else "coincide"
    return say(
        f"{count_word(together)} {noun} of {names[0]} (of {count_word(round(a.value))}) {verb} with "
        f"spikes of {names[1]} (of {count_word(round(b.value))}){where}",
        found,
    )


def coincidence(facts: Facts, found: Finding) -> Statement | None:
    """Sudden changes of a loss where its learning rate changes, with the chance of that."""
    n, m = facts.estimate(found, "together"), facts.estimate(found, "loss_events")
    if n is None or m is None:
        return None
    rate, loss = facts.name(found, 0).text, facts.name(found, 1).text
    share = facts.estimate(found, "chance_percent")
    chance = ""
    if share is not None:
        small = share.value < SMALL_CHANCE
        chance = (
            f"; chance alone does that in {'less than 1' if small else f'{share.value:.0f}'}% of such runs"
        )
    head = (
        "the one sudden change"
        if m.value == 1
        else f"{count_word(round(n.value))} of {count_word(round(m.value))} sudden changes"
    )
    verb = "falls" if n.value == 1 or m.value == 1 else "fall"
    return say(
        fill(
            "{h} of {l} {v} where {r} changes, {f}at {x}{c}",
            h=head,
            l=loss,
            v=verb,
            r=rate,
            f="" if m.value == 1 else "first ",
            x=facts.step(found.panel, found.x),
            c=chance,
        ),
        found,
    )


def chance_level(facts: Facts, found: Finding) -> Statement | None:
    """A start at the loss of guessing."""
    k = facts.estimate(found, "classes")
    return say(
        fill(
            "{n} starts at {v}, next to {c}, the cross-entropy of guessing among {k} classes",
            n=facts.name(found).text,
            v=facts.value(found, "first"),
            c=facts.value(found, "chance"),
            k=None if k is None else f"{k.value:,.0f}",
        ),
        found,
    )


def outlook(facts: Facts, found: Finding) -> Statement | None:
    """What half a run more would bring if the course held, as an interval."""
    gain, until = facts.estimate(found, "gain"), facts.step_of(found, "until_x")
    if gain is None:
        return None
    lo, hi = (facts.other_number(_exact(v)) for v in (gain.lo, gain.hi))
    size = f"between {lo} and {hi}" if gain.lo > 0 else f"at most {hi}"
    return say(
        fill(
            "if its course held, {n} would gain {s} more by {u}",
            n=facts.name(found).text,
            s=size,
            u=until,
        ),
        found,
    )


def passed(facts: Facts, found: Finding) -> Statement | None:
    """The first values beyond round levels, and how few there are."""
    parts, last = [], None
    word = "below" if _falls(found) else "above"
    for i in (1, 2):
        level, x = facts.estimate(found, f"pass{i}"), facts.step_of(found, f"pass{i}_x")
        if level is not None and x is not None:
            parts.append(f"{facts.other_number(level)} at {x}")
            last = facts.estimate(found, f"pass{i}_count")
    if not parts:
        return None
    few = ""
    if last is not None and last.hi <= FEW_PLACES and last.hi - last.lo <= 1:
        least, most = round(last.lo), round(last.hi)
        many = count_word(most) if least == most else f"{count_word(least)} or {count_word(most)}"
        who = "that value lies" if most == 1 else f"{many} values lie"
        few = f"; only {who} {word} the last of these"
    return say(
        f"{facts.name(found).text} first passes {word} {listing(parts)}{few if len(parts) > 1 else ''}", found
    )


def decayed(facts: Facts, found: list[Finding]) -> Statement | None:
    """What an end means where the learning rate has run out by then."""
    for shape in facts.all("schedule_shape"):
        end, peak = facts.estimate(shape, "end"), facts.estimate(shape, "peak")
        family = facts.word(shape, "family")
        if end is None or peak is None or peak.value <= 0 or family in ("constant", "cyclic"):
            continue
        if end.value <= DECAYED * peak.value and found:
            return say(
                fill(
                    "at its end {r} is down to {e} from {p}, which slows any curve: how it ends says little "
                    "about what a longer schedule would bring",
                    r=facts.name(shape).text,
                    e=facts.value(shape, "end"),
                    p=facts.value(shape, "peak"),
                ),
                shape,
            )
    return None


WRITERS = {"component_dominance": dominance, "co_spikes": co_spikes, "lr_loss_coincidence": coincidence}


def between_curves(facts: Facts, panel: Panel | None = None) -> list[Statement | None]:
    """All findings that tie curves to each other, of one panel or of the figure."""
    return [
        WRITERS[kind](facts, f)
        for kind in CARRIED
        for f in facts.all(kind)
        if f.grade != "possible" and (panel is None or f.panel in (None, panel.index))
    ]


def _falls(found: Finding) -> bool:
    start, end = Facts.estimate(found, "start"), Facts.estimate(found, "end")
    return start is None or end is None or end.value <= start.value


def _numbered(found: Finding, key: str) -> Iterator[Estimate]:
    i = 1
    while (measure := Facts.estimate(found, key.format(i))) is not None:
        yield measure
        i += 1


def _panel(facts: Facts, found: Finding) -> int | None:
    return (
        found.panel
        if found.panel is not None
        else (facts.figure.panels[0].index if facts.figure.panels else None)
    )


def _exact(value: float) -> Estimate:
    return Estimate(value, value, value)
