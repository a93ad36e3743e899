"""The course between start and end: phases, bends, cliffs, shifts."""

from __future__ import annotations

from plotread.model import Finding, Statement
from plotread.numerals import format_value
from plotread.prose.facts import Facts, fill, moves, percent, say
from plotread.prose.lexicon import count_word, listing

MANY_SHIFTS = 3  # sudden changes of one curve from which one sentence tells all
MAX_PHASES = 5  # stages told one by one
WIDE_RATE = 0.5  # of a rate; with a larger error it is not told
RATE_DIGITS = 0.03  # of a rate: two digits


def course(facts: Facts, panel: int, series: int, used: set[str]) -> list[Statement | None]:
    """How a curve gets from its start to its end."""
    written: list[Statement | None] = []
    for kind, writer in (("not_learning", not_learning), ("delayed_onset", onset), ("initial_cliff", cliff)):
        found = facts.one(kind, panel=panel, series=series)
        if found is not None and found.id not in used:
            written.append(writer(facts, found))
    phases = facts.one("phases", panel=panel, series=series)
    elbow = facts.one("elbow", panel=panel, series=series)
    cliffed = facts.one("initial_cliff", panel=panel, series=series)
    if cliffed is not None and Facts.truth(cliffed, "rest_readable") is False:
        return written  # what follows was said to be too small to show
    if phases is not None:
        late = facts.one("delayed_onset", panel=panel, series=series) is not None
        written.append(stages(facts, phases, after_onset=late))
    elif elbow is not None:
        written.append(bend(facts, elbow))
    shifts = [f for f in facts.all("level_shift", panel=panel, series=series) if f.id not in used]
    many = len(shifts) >= MANY_SHIFTS
    written += [many_shifts(facts, shifts)] if many else [shift(facts, f) for f in shifts]
    for kind, writer in (("epoch_staircase", staircase), ("second_descent", second)):
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
            "{n} stays near its start{l} until {x} and {w} only from there",
            w=_then(found),
            n=facts.name(found).text,
            l=f", {v}," if (v := facts.value(found, "level", "start")) else "",
            x=facts.step(found.panel, found.x),
        ),
        found,
    )


def _then(found: Finding) -> str:
    level, end = Facts.estimate(found, "level"), Facts.estimate(found, "end")
    return "rises" if level is not None and end is not None and end.value > level.value else "falls"


def cliff(facts: Facts, found: Finding) -> Statement | None:
    """Nearly all of the fall within the first steps, in orders of magnitude."""
    if Facts.truth(found, "rest_readable") is False:
        return say(
            fill(
                "{n} falls from {a} to {b} or less by {x}; what follows{r} is too small for this axis to "
                "show",
                n=facts.name(found).text,
                r=f", near {v}," if (v := _rest(facts, found)) else "",
                a=facts.value(found, "from"),
                b=facts.value(found, "to"),
                x=facts.step(found.panel, found.x),
            ),
            found,
        )
    return say(
        fill(
            "{n} falls from {a} to {b} by {x}, {p} of its whole fall in orders of magnitude{r}",
            n=facts.name(found).text,
            r=_afterwards(facts, found) or "",
            a=facts.value(found, "from"),
            b=facts.value(found, "to"),
            x=facts.step(found.panel, found.x),
            p=percent(found, "share_percent") or "nearly all",
        ),
        found,
    )


def _afterwards(facts: Facts, found: Finding) -> str | None:
    """The little that follows a cliff, where it can be read."""
    a, b = facts.estimate(found, "after_from"), facts.estimate(found, "after_to")
    if a is None or b is None:
        return None
    if a.lo <= b.hi and b.lo <= a.hi:
        return fill(", and stays near {v} from there", v=facts.value(found, "after_to"))
    return fill(
        ", and {w} by another {p} to {v} until {x}",
        w="falls" if b.value < a.value else "rises",
        p=percent(found, "after_percent"),
        v=facts.value(found, "after_to"),
        x=facts.step_of(found, "after_x"),
    )


def _rest(facts: Facts, found: Finding) -> str | None:
    """The usual level after a cliff, unless it is only a bound."""
    value = facts.value(found, "rest")
    return None if value is None or value.startswith("below") else value


def stages(facts: Facts, found: Finding, after_onset: bool = False) -> Statement | None:
    """The pieces of a course with ends and rates; the first is left out where a late start told it."""
    n = facts.estimate(found, "count")
    if n is None or not 2 <= round(n.value) <= MAX_PHASES:
        return None
    parts, before = [], ""
    for i in range(2 if after_onset else 1, round(n.value) + 1):
        a, b = facts.estimate(found, f"phase{i}_from"), facts.estimate(found, f"phase{i}_to")
        value, until = facts.value(found, f"phase{i}_to"), facts.step_of(found, f"phase{i}_x_to")
        if a is None or b is None or value is None or until is None:
            return None
        # What reads the same is level, however surely its last digits differ.
        still = (b.hi >= a.lo and b.lo <= a.hi) or facts.value(found, f"phase{i}_from") == value
        word = "stays level" if still else "falls" if b.value < a.value else "rises"
        verb = "" if word == before else f"{word} "
        rate = _rate(facts, found, i)
        if still:
            parts.append(_level_end(facts, found) if i == round(n.value) else f"stays level until {until}")
        elif i == round(n.value):
            parts.append(f"{verb}at {rate} after that" if rate else f"{verb}to {value} by the end")
        elif rate:
            parts.append(f"{verb}at {rate} until {until} ({value})")
        else:
            parts.append(f"{verb}to {value} by {until}")
        before = word
    if all(part.startswith("stays level") for part in parts):
        return None
    subject = "it then" if after_onset else facts.name(found).text
    return say(f"{subject} {listing(parts)}", found)


def ends_level(facts: Facts, panel: int | None, series: int) -> bool:
    """Whether the stages of a curve, as they are told, close with a level one."""
    found = facts.one("phases", panel=panel, series=series)
    n = facts.estimate(found, "count") if found is not None else None
    if found is None or n is None or not 2 <= round(n.value) <= MAX_PHASES:
        return False
    a, b = (facts.estimate(found, f"phase{round(n.value)}_{end}") for end in ("from", "to"))
    return a is not None and b is not None and b.hi >= a.lo and b.lo <= a.hi


def _level_end(facts: Facts, found: Finding) -> str:
    """The level last stage, with the level of the flat end where one was established."""
    flat = facts.one("plateau", panel=found.panel, series=found.series_indices[0])
    level = facts.value(flat, "level") if flat is not None and flat.grade != "possible" else None
    return f"stays level after that{f', near {level}' if level else ''}"


def _rate(facts: Facts, found: Finding, i: int) -> str | None:
    """ "7.6% per step" of one piece, where the axis has a unit."""
    unit = facts.unit(found.panel).one
    share, plain = facts.estimate(found, f"phase{i}_percent_rate"), facts.estimate(found, f"phase{i}_rate")
    measure = share or plain
    if measure is None or not unit:
        return None
    size = abs(measure.value)
    error = max((measure.hi - measure.lo) / 2, size * RATE_DIGITS)
    if error > WIDE_RATE * size:
        return None
    text = format_value(size, error)
    return None if float(text.replace(",", "")) == 0 else f"{text}{'%' if share else ''} per {unit}"


def bend(facts: Facts, found: Finding) -> Statement | None:
    return say(
        fill(
            "{n} bends around {x}, at {v}",
            n=facts.name(found).text,
            x=facts.step(found.panel, found.x),
            v=facts.value(found, "value"),
        ),
        found,
    )


def shift(facts: Facts, found: Finding) -> Statement | None:
    before, after = facts.estimate(found, "before"), facts.estimate(found, "after")
    if before is None or after is None or facts.value(found, "before") == facts.value(found, "after"):
        return None
    return say(
        fill(
            "at {x} {n} {w} from {a} to {b} and stays there",
            x=facts.step(found.panel, found.x),
            n=facts.name(found).text,
            w="drops" if before.value > after.value else "jumps",
            a=facts.value(found, "before"),
            b=facts.value(found, "after"),
        ),
        found,
    )


def many_shifts(facts: Facts, found: list[Finding]) -> Statement | None:
    """Several sudden changes of one curve in one sentence."""
    places = [text for text in moves(facts, found) if text]
    if len(places) < len(found):
        return None
    number = count_word(len(found))
    return say(f"{facts.name(found[0]).text} changes its level {number} times: {listing(places)}", *found)


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
    """A best level that is lost and regained."""
    return say(
        fill(
            "{n} goes from {a} around {xa} back to {p} around {xp} and passes its earlier best again at {xb}",
            n=facts.name(found).text,
            a=facts.value(found, "first_best"),
            xa=facts.step_of(found, "first_best_x"),
            p=facts.value(found, "peak"),
            xp=facts.step_of(found, "peak_x"),
            xb=facts.step_of(found, "regained_x"),
        ),
        found,
    )
