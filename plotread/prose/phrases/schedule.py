"""Learning-rate schedules: start, peak, decay, end."""

from __future__ import annotations

from plotread.model import Estimate, Finding, Statement
from plotread.prose.facts import Facts, fill, moves, percent, say
from plotread.prose.lexicon import count, count_word, listing

COURSE = {
    "linear": "falls in a straight line",
    "cosine": "falls along a half cosine",
    "exponential": "falls exponentially",
    "step": "falls in steps",
    "polynomial": "falls along a power curve",
    "inverse_sqrt": "falls with the inverse square root of the step",
    "wsd": "stays constant, then falls",
    "one_cycle": "falls again",
    "cosine_restarts": "falls along a cosine that restarts",
}
NOUN = {
    "constant": "a constant rate",
    "linear": "a straight line",
    "cosine": "a half cosine",
    "exponential": "an exponential",
    "step": "a staircase",
    "polynomial": "a power curve",
    "inverse_sqrt": "an inverse square root",
    "wsd": "a constant rate with a final decay",
    "one_cycle": "a single cycle",
    "cosine_restarts": "a cosine with restarts",
    "cyclic": "a repeated cycle",
}
FEW_DROPS = 4  # drops named one by one


def course(facts: Facts, shape: Finding, name: str | None = None) -> Statement | None:
    """The schedule in one sentence: start, peak with its step, decay, end with its step."""
    family = Facts.word(shape, "family") or ""
    index = shape.series_indices[0] if shape.series_indices else None
    warm = facts.one("warmup", panel=shape.panel, series=index)
    name, end = name or facts.name(shape).text, facts.value(shape, "end")
    last = facts.step_of(shape, "end_x")
    if family == "constant":
        return say(fill("{n} stays constant at {v}", n=name, v=facts.value(shape, "level")), shape)
    if family == "cyclic":
        return say(
            fill(
                "{n} rises and falls between {a} and {b}{p}",
                n=name,
                a=facts.value(shape, "lowest"),
                b=facts.value(shape, "peak"),
                p=_period(facts, shape),
            ),
            shape,
        )
    floor = facts.step_of(shape, "floor_from_x")
    decay = fill("{f} to {e} at {x}", f=COURSE.get(family), e=end, x=last)
    if floor is not None:
        share = facts.estimate(shape, "floor_share")
        rest = f" for the last {share.value:.0%} of the run" if share else ""
        decay = fill("{f} to {e} by {x}, where it stays{r}", f=COURSE.get(family), e=end, x=floor, r=rest)
    if warm is not None:
        where = "around" if _loose(facts, warm, "end_x") else "at"
        rise = fill(
            "{n} rises {h}from {a} to a peak of {p} {w} {x}",
            n=name,
            a=facts.value(warm, "start"),
            h="linearly " if Facts.word(warm, "shape") == "linear" else "",
            p=facts.value(warm, "peak"),
            w=where,
            x=facts.step(warm.panel, warm.x),
        )
        return say(fill("{r}, then {d}{p}", r=rise, d=decay, p=_period(facts, shape)), shape, warm)
    text = fill(
        "{n} {f} from {a} to {e} at {x}{p}",
        n=name,
        f=COURSE.get(family),
        a=facts.value(shape, "peak"),
        e=end,
        x=last,
        p=_period(facts, shape),
    )
    if family in ("wsd", "one_cycle"):
        text = fill(
            "{n} {f}, from {a} to {e} at {x}",
            n=name,
            f=COURSE.get(family),
            a=facts.value(shape, "peak"),
            e=end,
            x=last,
        )
    return say(text, shape)


def _loose(facts: Facts, finding: Finding, key: str) -> bool:
    """Whether a step carries an error that its printed digits would hide."""
    estimate = facts.estimate(finding, key)
    return estimate is not None and estimate.hi - estimate.lo > 1


def _period(facts: Facts, shape: Finding) -> str:
    period, restarts = facts.estimate(shape, "period"), facts.estimate(shape, "restarts")
    if restarts is not None:
        places = [
            facts.bare_step(shape.panel, e.value)
            for i in range(round(restarts.value))
            if (e := facts.estimate(shape, f"restart_{i + 1}_x"))
        ]
        known = [p for p in places if p]
        unit = facts.unit(shape.panel)
        if len(known) == 1:
            return f" (one restart, at {unit.at(known[0])})"
        if 1 < len(known) <= FEW_DROPS:
            return f" ({count(len(known), 'restart')}, at {unit.many} {listing(known)})".replace("  ", " ")
    every = facts.amount(shape.panel, period)
    return f", with a period of {every}" if every else ""


def details(facts: Facts, shape: Finding) -> list[Statement | None]:
    """How sure the family is; share of the warm-up; stable stretch, floor, drops."""
    index = shape.series_indices[0] if shape.series_indices else None
    warm = facts.one("warmup", panel=shape.panel, series=index)
    return [
        _warm(facts, warm),
        _family(shape),
        _stable(facts, shape),
        _drops(facts, facts.all("lr_drops", panel=shape.panel, series=index)),
        _floor(facts, shape),
    ]


def _warm(facts: Facts, warm: Finding | None) -> Statement | None:
    return (
        None
        if warm is None
        else say(fill("the warm-up takes {p} of the run", p=percent(warm, "share_percent")), warm)
    )


def _family(shape: Finding) -> Statement | None:
    family, second = Facts.word(shape, "family"), Facts.word(shape, "runner_up")
    if (
        family not in NOUN
        or second not in NOUN
        or family in ("constant", "step", "cyclic", "cosine_restarts")
    ):
        return None
    if shape.grade != "possible":
        return say(f"{NOUN[family]} describes it better than {NOUN[second]}, the runner-up", shape)
    return say(
        f"whether it is {NOUN[family]} or {NOUN[second]} cannot be decided: both fit nearly alike", shape
    )


def _stable(facts: Facts, shape: Finding) -> Statement | None:
    return say(fill("it is constant until {x}", x=facts.step_of(shape, "stable_until_x")), shape)


def _floor(facts: Facts, shape: Finding) -> Statement | None:
    """The constant end, where the course of the schedule has not told it."""
    index = shape.series_indices[0] if shape.series_indices else None
    if facts.one("warmup", panel=shape.panel, series=index) is not None:
        return None
    share = facts.estimate(shape, "floor_share")
    value = facts.value(shape, "end")
    return say(
        fill(
            "from {x} on, for {p} of the run, it stays {v}",
            v=value if value is None or value.startswith("below") else f"at {value}",
            x=facts.step_of(shape, "floor_from_x"),
            p=f"{share.value:.0%}" if share else None,
        ),
        shape,
    )


def _drops(facts: Facts, drops: list[Finding]) -> Statement | None:
    if not drops:
        return None
    values = moves(facts, drops)
    if len(drops) <= FEW_DROPS:
        return say(f"it drops at once {listing([v for v in values if v])}", *drops)
    return say(
        fill(
            "it drops {n} times, first {a} and last {b}", n=count_word(len(drops)), a=values[0], b=values[-1]
        ),
        *drops,
    )


def ratio(estimate: Estimate | None) -> str | None:
    """The rate at the end as a share of its peak."""
    return None if estimate is None else f"{estimate.value:.2g}"
