"""Training against validation, always at equal steps."""

from __future__ import annotations

from plotread.model import Estimate, Finding, Statement
from plotread.prose.facts import Facts, fill, percent, say
from plotread.prose.frame import short
from plotread.prose.lexicon import count_word


def pair(facts: Facts, found: Finding) -> tuple[str, str]:
    """Short names of training and validation; the finding lists training first."""
    first, second = facts.name(found, 0), facts.name(found, 1)
    if first.text == second.text:  # one run in two panels
        return "training", "validation"
    names = [first, second]
    return short(first, names), short(second, names)


def gaps(facts: Facts, found: list[Finding]) -> list[Statement | None]:
    """The gaps of a panel: each on its own while they are two, else how many end on which side."""
    if len(found) <= 2:
        return [gap(facts, f) for f in found]
    ends = [(f, e) for f in found if (e := facts.estimate(f, "end"))]
    written: list[Statement | None] = []
    for word in ("above", "below"):
        same = sorted(((f, e) for f, e in ends if side(e) == word), key=lambda item: abs(item[1].value))
        if not same:
            continue
        low, high = (size(facts, *same[k]) for k in (0, -1))
        reach = f"by {low} to {high}" if low != high else f"by {low}"
        who = (
            f"in all {count_word(len(ends))} pairs"
            if len(same) == len(ends)
            else (f"in {count_word(len(same))} of {count_word(len(ends))} pairs")
        )
        written.append(say(f"{who} validation ends {word} training, {reach}", *(f for f, _ in ends)))
    return written


def gap(facts: Facts, found: Finding) -> Statement | None:
    """The signed distance at the start and at the end of the shared stretch."""
    train, val = pair(facts, found)
    a, b = facts.estimate(found, "start"), facts.estimate(found, "end")
    if a is None or b is None or found.x_range is None:
        return None
    if Facts.truth(found, "readable") is False:
        return say(f"{val} and {train} cannot be told apart at the end", found)
    words = {
        "v": val,
        "t": train,
        "a": size(facts, found, a),
        "b": size(facts, found, b),
        "xa": facts.step(found.panel, found.x_range[0]),
        "xb": facts.step(found.panel, found.x_range[1]),
        "sa": side(a),
        "sb": side(b),
        "p": _share(found),
    }
    x = Facts.estimate(found, "one_sign_from")
    late = Facts.estimate(found, "late_from")
    # A sign that only settles near the end was decided by the last few values.
    settled = x is not None and (late is None or x.value <= late.value)
    since = facts.step(found.panel, x.value) if x and settled else None
    if words["sb"] == "level with":
        if words["sa"] == "level with":
            return say(
                fill("{v} and {t} start and end level within the reading error", v=val, t=train), found
            )
        return say(
            fill(
                "{v} starts {sa} {t}, by {a} at {xa}, and is level with it at {xb}",
                **_only(words, "v sa t a xa xb"),
            ),
            found,
        )
    if words["sa"] == "level with":
        return say(
            fill(
                "{v} starts level with {t} and lies {sb} it by {b}{p} at {xb}",
                **_only(words, "v t sb b p xb"),
            ),
            found,
        )
    if words["sa"] == words["sb"]:
        return say(
            fill(
                "{v} lies {sa} {t} by {a} at {xa} and by {b}{p} at {xb}", **_only(words, "v sa t a xa b p xb")
            ),
            found,
        )
    start = fill("{v} starts {sa} {t}, by {a} at {xa},", **_only(words, "v sa t a xa"))
    if since and since != words["xb"]:
        return say(
            fill(
                "{s} lies {sb} it from {since} on, and ends {b}{p} {sb} it",
                s=start,
                since=since,
                **_only(words, "sb b p"),
            ),
            found,
        )
    return say(fill("{s} and ends {b}{p} {sb} it", s=start, **_only(words, "sb b p")), found)


def _only(words: dict[str, str | None], keys: str) -> dict[str, str | None]:
    return {key: words[key] for key in keys.split()}


def _share(found: Finding) -> str:
    share = percent(found, "end_percent")
    return f" ({share})" if share else ""


def side(estimate: Estimate) -> str:
    """ "above", "below" or, where the interval holds zero, "level with"."""
    if estimate.lo <= 0 <= estimate.hi:
        return "level with"
    return "above" if estimate.value > 0 else "below"


def size(facts: Facts, found: Finding, estimate: Estimate) -> str:
    """A difference without its sign; the words above and below carry that."""
    lo, hi = sorted((abs(estimate.lo), abs(estimate.hi)))
    return facts.number(found.panel, Estimate(abs(estimate.value), lo, hi), facts.axis_of(found))


def widening(facts: Facts, found: Finding) -> Statement | None:
    """A gap that grows although validation does not turn."""
    train, val = pair(facts, found)
    a, b = facts.estimate(found, "begin"), facts.estimate(found, "end")
    if a is None or b is None or found.x_range is None:
        return None
    first, last = (facts.step(found.panel, x) for x in found.x_range)
    return say(
        fill(
            "between {f} and {l} the gap between {t} and {v} widens from {a} to {b}",
            f=first,
            l=last,
            t=train,
            v=val,
            a=size(facts, found, a),
            b=size(facts, found, b),
        ),
        found,
    )


def below(facts: Facts, found: Finding) -> Statement | None:
    """Validation better than training nearly everywhere."""
    train, val = pair(facts, found)
    mean = facts.estimate(found, "mean_below", "mean")
    return say(
        fill(
            "{v} lies below {t} at {p} of the common places, by {m} on average",
            v=val,
            t=train,
            p=percent(found, "share_percent"),
            m=size(facts, found, mean) if mean else None,
        ),
        found,
    )


def turn(facts: Facts, found: Finding) -> str | None:
    """ "validation loss rises from its lowest value, 1.018 at epoch 15, to 1.038 at epoch 50"."""
    name = own(facts, found)
    up = rises(found)
    last = facts.step_of(found, "last_x")
    clause = fill(
        "{n} {w} from its {x} value, {b} at {s}, to {e}{at}",
        n=name,
        w="rises" if up else "falls",
        x="lowest" if up else "highest",
        b=facts.value(found, "best"),
        s=facts.step(found.panel, found.x),
        e=facts.value(found, "last", "end"),
        at=f" at {last}" if last else "",
    )
    train = fill(
        ", while {t} goes from {a} to {b}",
        t=pair(facts, found)[0] if len(found.series) > 1 else None,
        a=facts.value(found, "train_at_best"),
        b=facts.value(found, "train_end"),
    )
    return f"{clause}{train or ''}" if clause else None


def rises(found: Finding) -> bool:
    """Whether the turn for the worse goes upward (losses) or downward (metrics)."""
    best, end = Facts.estimate(found, "best", "loss_best"), Facts.estimate(found, "end", "last", "loss_end")
    return best is None or end is None or end.value >= best.value


def own(facts: Facts, found: Finding) -> str:
    """Full name of the validation curve of a finding: the last named of a pair."""
    return facts.name(found, 1 if len(found.series) > 1 and found.kind != "loss_up_metric_steady" else 0).text


def verdict(facts: Facts, found: Finding) -> Statement | None:
    """The graded sentence on overfitting, with the evidence in noise units and the onset."""
    sigmas = Facts.estimate(found, "rise_sigmas")
    evidence = fill(
        "the last values average {r} {side} the best, {k} times the scatter",
        r=facts.value(found, "rise"),
        side="above" if rises(found) else "below",
        k=f"{sigmas.value:.0f}" if sigmas and sigmas.value >= 1 else None,
    )
    word = "likely" if found.grade == "likely" else "possible, no more"
    several = len({f.panel for f in facts.all("overfitting")}) > 1
    where = f" in {facts.panel_names[found.panel]}" if several and found.panel is not None else ""
    text = f"overfitting{where} up to the last {facts.unit(found.panel).one or 'value'} drawn is {word}"
    return say(f"{text}: {evidence}" if evidence else text, found)


def onset(facts: Facts, found: Finding) -> Statement | None:
    """Where the rise begins, as an interval."""
    a, b = Facts.estimate(found, "onset_from"), Facts.estimate(found, "onset_to")
    if a is None or b is None or a.value == b.value:
        return None
    unit = facts.unit(found.panel)
    ends = [facts.bare_step(found.panel, e.value) for e in (a, b)]
    several = len(facts.all("overfitting", panel=found.panel)) > 1
    whose = f" of {own(facts, found)}" if several else ""
    text = fill("the rise{w} begins somewhere between {a} and {b}", w=whose, a=ends[0], b=ends[1])
    return say(text.replace("between", f"between {unit.many}") if text and unit.many else text, found)


def checkpoint(facts: Facts, found: Finding) -> Statement | None:
    """Which value to keep, what the last one costs, and how sure the choice is."""
    place = "around" if Facts.truth(found, "best_within_reading") else "at"
    kept_one = fill(
        "{n} is best {p} {x} ({b})",
        n=own(facts, found),
        p=place,
        x=facts.step(found.panel, found.x),
        b=facts.value(found, "best"),
    )
    cost = facts.estimate(found, "cost")
    tail = fill(
        "the last value, {l}, is {c} worse",
        l=facts.value(found, "last"),
        c=size(facts, found, cost) if cost else None,
    )
    doubt = ""
    if Facts.truth(found, "second_within_noise"):
        other = facts.step_of(found, "second_x")
        if other == facts.step(found.panel, found.x):
            other = None  # the next sample of the same value
        second = fill(", and {x} comes within the scatter of the best", x=other)
        doubt = second or ""
    return say(fill("{k}; {t}{d}", k=kept_one, t=tail, d=doubt), found)


def steady(facts: Facts, found: Finding) -> Statement | None:
    """Validation loss turns, a validation metric does not."""
    metric = facts.name(found, 1).text if len(found.series) > 1 else None
    return say(
        fill(
            "{m} holds meanwhile, at {a} there and {b} at the end",
            m=metric,
            a=facts.other_value(found, "metric_then"),
            b=facts.other_value(found, "metric_end"),
        ),
        found,
    )


def stalled(facts: Facts, found: Finding) -> Statement | None:
    """Validation flat over the end of the run while training falls."""
    train = pair(facts, found)[0]
    return say(
        fill(
            "{v} stays near {l} from {x} on, while {t} goes from {a} to {b}",
            v=own(facts, found),
            t=train,
            l=facts.value(found, "level"),
            x=facts.step(found.panel, found.x),
            a=facts.value(found, "train_from"),
            b=facts.value(found, "train_to"),
        ),
        found,
    )
