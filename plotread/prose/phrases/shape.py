"""The course between start and end: phases, bends, cliffs, shifts."""

from __future__ import annotations

from plotread.model import Finding, Statement
from plotread.prose.facts import Facts, fill, percent, say
from plotread.prose.lexicon import capital, count_word, listing

MAX_PHASES = 5  # stages told one by one


def course(facts: Facts, panel: int, series: int, used: set[str]) -> list[Statement | None]:
    """How a curve gets from its start to its end."""
    written: list[Statement | None] = []
    for kind, writer in (("not_learning", not_learning), ("delayed_onset", onset), ("initial_cliff", cliff)):
        found = facts.one(kind, panel=panel, series=series)
        if found is not None and found.id not in used:
            written.append(writer(facts, found))
    phases = facts.one("phases", panel=panel, series=series)
    elbow = facts.one("elbow", panel=panel, series=series)
    if phases is not None:
        written.append(stages(facts, phases))
    elif elbow is not None:
        written.append(bend(facts, elbow))
    for kind, writer in (("level_shift", shift), ("epoch_staircase", staircase), ("second_descent", second)):
        written += [writer(facts, f) for f in facts.all(kind, panel=panel, series=series) if f.id not in used]
    return written


def not_learning(facts: Facts, found: Finding) -> Statement | None:
    return say(
        fill(
            "{n} does not move beyond its scatter: it stays near {l} to the end",
            n=facts.name(found).text,
            l=facts.value(found, "level", "start", "end"),
        ),
        found,
    )


def onset(facts: Facts, found: Finding) -> Statement | None:
    return say(
        fill(
            "{n} stays near its start{l} until {x} and falls only from there",
            n=facts.name(found).text,
            l=f", {v}," if (v := facts.value(found, "level", "start")) else "",
            x=facts.step(found.panel, found.x),
        ),
        found,
    )


def cliff(facts: Facts, found: Finding) -> Statement | None:
    share = percent(found, "share_percent", "log_share_percent")
    return say(
        fill(
            "{n} falls from {a} to {b} by {x}, {p} of its whole fall",
            n=facts.name(found).text,
            a=facts.value(found, "start"),
            b=facts.value(found, "end", "level", "after"),
            x=facts.step(found.panel, found.x),
            p=share,
        ),
        found,
    )


def stages(facts: Facts, found: Finding) -> Statement | None:
    return say(found.summary or None, found)


def bend(facts: Facts, found: Finding) -> Statement | None:
    return say(found.summary or None, found)


def shift(facts: Facts, found: Finding) -> Statement | None:
    before, after = facts.estimate(found, "before"), facts.estimate(found, "after")
    if before is None or after is None:
        return None
    return say(
        fill(
            "at {x} {n} jumps from {a} to {b} and stays there",
            x=facts.step(found.panel, found.x),
            n=facts.name(found).text,
            a=facts.value(found, "before"),
            b=facts.value(found, "after"),
        ),
        found,
    )


def staircase(facts: Facts, found: Finding) -> Statement | None:
    return say(
        fill(
            "{n} goes down in steps, one every {p}",
            n=facts.name(found).text,
            p=facts.amount(found.panel, facts.estimate(found, "period")),
        ),
        found,
    )


def second(facts: Facts, found: Finding) -> Statement | None:
    return say(found.summary or None, found)


__all__ = [
    "bend",
    "capital",
    "cliff",
    "count_word",
    "course",
    "listing",
    "not_learning",
    "onset",
    "second",
    "shift",
    "stages",
    "staircase",
]
