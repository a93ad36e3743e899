"""Spikes, swings and the end of runs that go wrong; equal events share one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from plotread.model import Finding, Panel, Statement
from plotread.prose.facts import Facts, factor, fill, say
from plotread.prose.lexicon import count, count_word, listing
from plotread.prose.plan import is_turn

FEW_SPIKES = 4  # up to here every spike is named with its step
FEW_SPIKY = 2  # curves up to which the spikes of each are told
GONE = 1.5  # values; a recovery below this is "gone at the next value"


def regular(facts: Facts, panel: int, series: int | None = None) -> Finding | None:
    """The finding that spikes are evenly spaced, the stronger one first."""
    return facts.one("constant_ratio_spikes", "periodic_spikes", panel=panel, series=series)


def spike_sentences(
    facts: Facts, panel: int, series: int | None = None, name: str | None = None
) -> list[Statement | None]:
    """All spikes of a curve: the regular group first, then the others; `name` where several curves are."""
    ratio = facts.one("constant_ratio_spikes", panel=panel, series=series)
    periodic = facts.one("periodic_spikes", panel=panel, series=series) or ratio
    singles = [f for f in facts.all("spike", panel=panel, series=series) if f.grade != "possible"]
    written: list[Statement | None] = []
    if periodic is not None:
        grouped = [f for f in singles if _within(f, periodic)]
        opening, missing = _spacing(facts, periodic, name)
        written += [opening, _ratios(facts, ratio, grouped) if ratio else _values(facts, grouped), missing]
        singles = [f for f in singles if f not in grouped]
    if singles:
        up = [f for f in singles if kind_word(f) == "spike"]
        down = [f for f in singles if kind_word(f) == "dip"]
        written += [_some(facts, same, name) for same in (up, down) if same]
    return written


def spikes_of_many(facts: Facts, panel: int, curves: Sequence[int]) -> list[Statement | None]:
    """The spikes in a panel of many curves: curve by curve while few have any, else the most marked one."""
    sure = {
        j: found
        for j in curves
        if (found := [f for f in facts.all("spike", panel=panel, series=j) if f.grade != "possible"])
    }
    if len(sure) <= FEW_SPIKY:
        return [s for j in sure for s in spike_sentences(facts, panel, j, facts.names[panel, j].text)]
    every = [f for found in sure.values() for f in found]
    top = max(every, key=lambda f: m.value if (m := Facts.estimate(f, "z", "ratio")) else 0.0)
    text = fill(
        "spikes stand out of {n} curves; the most marked, of {who} at {s}, reaches {v}{r}",
        n=count_word(len(sure)),
        who=facts.name(top).text,
        s=facts.step(panel, top.x),
        v=facts.value(top, "value"),
        r=_times(top),
    )
    return [say(text, *every)]


def _within(spike: Finding, group: Finding) -> bool:
    """Whether a spike is one of the group: its step is among those the group lists."""
    listed = Facts.word(group, "positions", "steps", "x_values", "at")
    if listed is None or spike.x is None:
        return (
            group.x_range is not None
            and spike.x is not None
            and group.x_range[0] <= spike.x <= group.x_range[1]
        )
    return any(
        abs(float(t) - spike.x) < 1e-6 * max(1.0, abs(spike.x))
        for t in listed.replace(";", ",").split(",")
        if t.strip()
    )


def _spacing(facts: Facts, group: Finding, name: str | None) -> list[Statement | None]:
    """Count, even gap and extent of a group; and the next one, where it fails to come."""
    n = facts.estimate(group, "count", "n")
    every = facts.amount(group.panel, facts.estimate(group, "period"))
    where = facts.steps(group.panel, *group.x_range) if group.x_range else None
    subject = None if n is None else count(round(n.value), kind_word(group))
    who = f" of {name}" if name else ""
    text = fill(
        "{n}{who} stand out at even gaps of {every}, over {where}",
        n=subject,
        who=who,
        every=every,
        where=where,
    )
    text = text or fill("{n}{who} stand out over {where}", n=subject, who=who, where=where)
    missing = None
    if Facts.truth(group, "next_missing"):
        missing = fill("the next one, due at {x}, does not appear", x=facts.step_of(group, "next_due_x"))
    return [say(text, group), say(missing, group)]


def kind_word(finding: Finding) -> str:
    """ "spike", or "dip" where it points down."""
    return "dip" if Facts.word(finding, "direction") == "down" else "spike"


def _ratios(facts: Facts, ratio: Finding, spikes: list[Finding]) -> Statement | None:
    spread = facts.estimate(ratio, "ratio", "ratio_range")
    if spread is None:
        return None
    lo, hi = f"{spread.lo:.2f}", f"{spread.hi:.2f}"
    reads = f"{lo} to {hi}" if lo != hi else f"{lo}"
    gone = " and is gone at the next" if _all_gone(spikes) or not spikes else ""
    tail = "" if gone else _recoveries(spikes)
    return say(f"Each reads {reads} times the value before it{gone}{tail}", ratio, *spikes)


def _recovery(spike: Finding) -> float | None:
    """Values until a spike is over; None where they cannot be counted."""
    measure = Facts.estimate(spike, "recovery_points")
    return None if measure is None else measure.value


def _all_gone(spikes: list[Finding]) -> bool:
    return bool(spikes) and all((r := _recovery(f)) is not None and r < GONE for f in spikes)


def _recoveries(spikes: list[Finding]) -> str:
    """ ", and they take 6, 7 and 1 values to return"."""
    found = [_recovery(f) for f in spikes]
    known = [f"{r:.0f}" for r in found if r is not None]
    if not known or len(known) != len(found) or any(r is None or r < 1 for r in found):
        return ""
    return f"; they take {listing(known)} values to return"


def _values(facts: Facts, spikes: list[Finding]) -> Statement | None:
    """Heights of the spikes of one group, and how they end."""
    values = [facts.value(f, "value") for f in spikes]
    if not spikes or None in values:
        return None
    heights = listing([v for v in values if v])
    ends = "; each is gone at the next value" if _all_gone(spikes) else _recoveries(spikes)
    if len(spikes) > 2 * FEW_SPIKES:
        first, last = values[0], values[-1]
        return say(f"They reach {first} at first and {last} at the end{ends}", *spikes)
    return say(f"They reach {heights}{ends}", *spikes)


def _some(facts: Facts, spikes: list[Finding], name: str | None) -> Statement | None:
    """Spikes without a rhythm: each with its step while they are few, else their number and the largest."""
    ordered = sorted(spikes, key=lambda f: f.x or 0.0)
    who = f" of {name}" if name else ""
    if len(ordered) == 1:
        return _one(facts, ordered[0], who)
    panel = ordered[0].panel
    values = [v for f in ordered if (v := facts.value(f, "value"))]
    places = [p for f in ordered if (p := facts.bare_step(panel, f.x))]
    tail = "; each is gone at the next value" if _all_gone(ordered) else _recoveries(ordered)
    if len(ordered) <= FEW_SPIKES and len(values) == len(places) == len(ordered):
        where = f"{facts.unit(panel).many} {listing(places)}".strip()
        number = count(len(ordered), kind_word(ordered[0]))
        reached = f"about {values[0].removeprefix('about ')}" if len(set(values)) == 1 else listing(values)
        return say(f"{number}{who}, at {where}, reach {reached}{tail}", *ordered)
    top = max(ordered, key=lambda f: m.value if (m := Facts.estimate(f, "z", "ratio")) else 0.0)
    gone = "; all are gone at the next value" if _all_gone(ordered) else ""
    span = facts.steps(panel, ordered[0].x or 0.0, ordered[-1].x or 0.0)
    text = fill(
        "{n}{who} stand out over {span}; the most marked reaches {v} at {s}{r}{gone}",
        n=count(len(ordered), kind_word(top)),
        who=who,
        span=span,
        v=facts.value(top, "value"),
        s=facts.step(panel, top.x),
        r=_times(top),
        gone=gone,
    )
    return say(text, *ordered)


def _times(spike: Finding) -> str:
    ratio = factor(Facts.estimate(spike, "ratio"))
    return f", {ratio} times the level around it" if ratio else ""


def _one(facts: Facts, spike: Finding, who: str = "") -> Statement | None:
    against = _times(spike) or fill(" against {b} around it", b=facts.value(spike, "baseline")) or ""
    recovery = _recovery(spike)
    back = ""
    if recovery is not None:
        back = (
            ", and is gone at the next value"
            if recovery < GONE
            else f", and takes {recovery:.0f} values to return"
        )
    elif Facts.word(spike, "recovery") == "not full":
        back = ", and does not fully return"
    text = fill(
        "a {w}{who} at {s} reaches {v}{a}{b}",
        w=kind_word(spike),
        who=who,
        s=facts.step(spike.panel, spike.x),
        v=facts.value(spike, "value"),
        a=against,
        b=back,
    )
    return say(text, spike)


def noise(facts: Facts, panel: int, series: int | None = None) -> Statement | None:
    """How the scatter goes: grows, shrinks, or keeps in step with the level."""
    found = facts.one("late_noise", panel=panel, series=series)
    if found is None:
        return None
    width = facts.estimate(found, "width_early") is not None
    keys = ("width_early", "width_late") if width else ("early", "late")
    early, late = (facts.estimate(found, key) for key in keys)
    if early is None or late is None:
        return None
    subject = (
        f"the width of the band of {facts.name(found).text}"
        if width
        else f"the scatter of {facts.name(found).text}"
    )
    if Facts.truth(found, "relative"):
        a, b = (f"{facts.other_number(e)}%" for e in (early, late))
        level = " of the level"
    else:
        a, b = (facts.other_number(e) for e in (early, late))
        level = ""
    if "0" in (a.rstrip("%"), b.rstrip("%")):
        return None
    if a == b:
        return say(f"{subject} stays near {b}{level}", found)
    if late.lo > early.hi:
        return say(f"{subject} grows from {a}{level} to {b}", found)
    if late.hi < early.lo:
        return say(f"{subject} shrinks from {a}{level} to {b}", found)
    return say(f"{subject} stays near {b}{level}", found)


def dispersion(facts: Facts, panel: int, series: int) -> Statement | None:
    """The standard deviation of the last values, with and without the spikes among them."""
    found = facts.one("late_noise", panel=panel, series=series)
    if found is None:
        return None
    n, spread = facts.estimate(found, "n_last"), facts.value(found, "sd_last")
    if n is None or spread is None:
        return None
    spikes = facts.estimate(found, "spikes_in_last")
    calm = facts.value(found, "sd_last_without_spikes")
    text = f"the standard deviation of the last {n.value:.0f} values is {spread}"
    if spikes is not None and spikes.value > 0 and calm is not None:
        those = "spike among them" if spikes.value == 1 else "spikes among them"
        text += f" with the {those} and {calm} without"
    return say(text, found)


def scatter(facts: Facts, found: Finding) -> Statement | None:
    """The scatter of one finding of late noise."""
    if found.panel is None or not found.series_indices:
        return None
    return noise(facts, found.panel, found.series_indices[0])


def grouped(facts: Facts, panel: Panel, series: int) -> list[Statement | None]:
    """The spikes of one curve of a grid, in one or two sentences that name the curve or its panel."""
    return spike_sentences(facts, panel.index, series, name=facts.only_curve(panel, series))


def divergence(facts: Facts, found: Finding) -> Statement | None:
    """Where a run leaves its best level for good."""
    return say(
        fill(
            "{n} diverges from {w} on: after a best of {b} it ends at {l}",
            n=facts.name(found).text,
            w=facts.step(found.panel, found.x),
            b=facts.value(found, "best"),
            l=facts.value(found, "last", "end"),
        ),
        found,
    )


def oscillation(facts: Facts, found: Finding) -> Statement | None:
    """A regular swing."""
    every = facts.amount(found.panel, facts.estimate(found, "period_rounded", "period"))
    size = facts.value(found, "amplitude")
    side = f", by {size} to either side" if size else ""
    return say(
        fill("{n} swings with a period of about {e}{a}", n=facts.name(found).text, e=every, a=side), found
    )


def truncated(facts: Facts, found: list[Finding]) -> Statement | None:
    """Curves that end before the others do."""
    if not found:
        return None
    if len(found) <= FEW_SPIKES:
        ordered = sorted(found, key=lambda f: (f.x or 0.0, f.id))
        parts = [fill("{n} at {w}", n=facts.name(f).text, w=facts.step(f.panel, f.x)) for f in ordered]
        known = [p for p in parts if p]
        first = [
            fill(
                "{n} ends at {w}", n=facts.name(ordered[0]).text, w=facts.step(ordered[0].panel, ordered[0].x)
            )
        ]
        told = [p for p in [*first, *known[1:]] if p]
        places = {facts.step(f.panel, f.x) for f in ordered}
        if len(places) == 1 < len(ordered):
            told = [f"{listing([facts.name(f).text for f in ordered])} end at {places.pop()}"]
        return say(f"{listing(told)}, before the longest curve does", *found) if told else None
    return say(f"{count(len(found), 'curve')} end before the longest does", *found)


def incidents(facts: Facts, panel: Panel, used: set[str]) -> list[Statement | None]:
    """What goes wrong in a panel: early ends, divergence, swings; none twice."""
    written: list[Statement | None] = [truncated(facts, facts.all("truncated", panel=panel.index))]
    for found in facts.all("divergence", panel=panel.index):
        if found.id not in used and not is_turn(facts, found):
            written.append(divergence(facts, found))
    written += [
        oscillation(facts, f) for f in facts.all("oscillation", panel=panel.index) if f.grade != "possible"
    ]
    return written
