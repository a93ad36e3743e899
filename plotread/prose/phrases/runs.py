"""Several runs side by side: ties first, then order, then crossings."""

from __future__ import annotations

from plotread.model import Estimate, Finding, Statement
from plotread.numerals import format_value
from plotread.prose.facts import Facts, factor, fill, percent, say
from plotread.prose.lexicon import count, count_word, listing

MAX_NAMED = 5  # runs told one by one in a sentence
BAND_PARTS = 10.0  # parts of the tie band that ends of runs are told in


def run_names(facts: Facts, found: Finding) -> list[str]:
    """The runs, best first, as the text calls them."""
    names = [facts.name(found, i) for i in range(len(found.series))]
    runs = [name.run for name in names]
    # Of curves of several inputs the run is name enough, unless one input holds two of them.
    return runs if all(runs) and len(set(runs)) == len(runs) else [name.text for name in names]


def main_ranking(facts: Facts, panel: int) -> Finding | None:
    """The ranking that decides: that of validation curves where training curves have one, too."""
    found = facts.all("ranking", panel=panel)
    judged = [f for f in found if facts.name(f).split not in ("", "training")]
    return next(iter(judged or found), None)


def end_text(facts: Facts, found: Finding, key: str) -> str | None:
    """An end of a run, finer than the band that calls two of them a tie, where the reading allows it."""
    measure, band = facts.estimate(found, key), facts.estimate(found, "tie_band")
    if measure is None:
        return None
    if band is None or band.value <= 0:
        return facts.value(found, key)
    read = (measure.hi - measure.lo) / 2
    need = facts.need(found.panel, measure.value, facts.axis_of(found))
    return format_value(measure.value, max(read, min(need, band.value / BAND_PARTS)))


def band_text(facts: Facts, found: Finding) -> str | None:
    """The tie band, to two digits."""
    band = facts.estimate(found, "tie_band")
    return None if band is None else format_value(band.value, abs(band.value) / (2 * BAND_PARTS))


def ranking(facts: Facts, found: Finding) -> list[Statement | None]:
    """Who ends where; curves inside the tie band are one subject."""
    names = run_names(facts, found)
    n = len(names)
    best, worst = end_text(facts, found, "best_value"), end_text(facts, found, "worst_value")
    band = band_text(facts, found)
    tied = facts.estimate(found, "tied_with_best")
    k = round(tied.value) if tied else 1
    splits = {facts.name(found, i).split for i in range(n)}
    split = splits.pop() if len(splits) == 1 else ""
    what = f"{split} curves".strip()
    if Facts.truth(found, "tie"):
        lo = end_text(facts, found, "lowest_value") or best
        hi = end_text(facts, found, "highest_value") or worst
        ends = fill("between {a} and {b}", a=lo, b=hi) if lo != hi else fill("at {a}", a=lo)
        subject = f"the {count_word(n)} {what}" if n > 2 else listing(names)
        return [say(fill("{s} end level, {e}, inside a tie band of {t}", s=subject, e=ends, t=band), found)]
    leaders = names[:k]
    if k == 1:
        first = fill(
            "of the {n} {w}, {a} ends best at {b} and {z} worst at {v}",
            n=count_word(n),
            w=what,
            a=names[0],
            b=best,
            z=names[-1],
            v=worst,
        )
        if n == 2:
            first = fill(
                "at their ends {a} stands at {b}, {z} at {v}", a=names[0], b=best, z=names[-1], v=worst
            )
        return [say(first, found), _order(facts, found, names)]
    subject = listing(leaders) if k <= MAX_NAMED else f"{count_word(k)} of the {count_word(n)} {what}"
    tie = fill("{s} tie for the best end, near {b}, inside a band of {t}", s=subject, b=best, t=band)
    low = facts.estimate(found, "tied_with_worst")
    last = names[n - round(low.value) :] if low is not None and 1 < low.value <= min(n - k, MAX_NAMED) else []
    rest = fill("{z} ends worst, at {v}", z=names[-1], v=worst)
    if last:
        rest = fill("{z} end worst, near {v}", z=listing(last), v=worst)
    return [say(fill("{t}; {r}", t=tie, r=rest), found)]


def _order(facts: Facts, found: Finding, names: list[str]) -> Statement | None:
    """The ends between the best and the worst."""
    middle = [(name, end_text(facts, found, f"run_{i + 1}_value")) for i, name in enumerate(names)][1:-1]
    known = [f"{name} at {value}" for name, value in middle if value]
    if not known or len(known) > MAX_NAMED:
        return None
    return say(
        f"between them end {listing(known)}" if len(known) > 1 else f"between them ends {known[0]}", found
    )


def spread(facts: Facts, found: Finding) -> Statement | None:
    """Size of the differences against the tie band."""
    return say(
        fill(
            "the ends differ by {s}{p}, against a tie band of {b}",
            s=end_text(facts, found, "spread"),
            p=f" ({p})" if (p := percent(found, "spread_percent")) else "",
            b=band_text(facts, found),
        ),
        found,
    )


def crossings(facts: Facts, found: list[Finding]) -> Statement | None:
    """The sustained changes of order."""
    found = sorted(found, key=lambda f: (f.x or 0.0, f.id))
    parts = [text for f in found if (text := _crossing(facts, f))]
    if not parts:
        return None
    if len(parts) > MAX_NAMED - 2:
        first, last = (facts.step(f.panel, f.x) for f in (found[0], found[-1]))
        return say(
            fill(
                "{n} pairs of curves change their order and keep it, between {a} and {b}",
                n=count_word(len(parts)),
                a=first,
                b=last,
            ),
            *found,
        )
    return say(listing(parts), *found)


def _crossing(facts: Facts, found: Finding) -> str | None:
    upper = Facts.word(found, "upper_after")
    names = run_names(facts, found)
    if upper is None or upper not in found.series:
        return None
    up = names[found.series.index(upper)]
    down = names[1 - found.series.index(upper)]
    return fill(
        "around {x} {a} crosses above {b} and stays there", a=up, b=down, x=facts.step(found.panel, found.x)
    )


def confounded(facts: Facts, found: Finding) -> Statement | None:
    """Why an order may not be one."""
    if Facts.word(found, "run"):
        a, b = facts.estimate(found, "start_ratio"), facts.estimate(found, "end_ratio")
        return say(
            fill(
                "at the start {r} stands at {a} times the others, and at {b} times at its end, so it "
                "possibly counts something else",
                r=facts.name(found).run or facts.name(found).text,
                a=_two(a),
                b=_two(b),
            ),
            found,
        )
    if facts.estimate(found, "start_factor"):
        low, high = facts.word(found, "low_run"), facts.word(found, "high_run")
        return say(
            fill(
                "the first values differ by a factor of {f}, from {a} ({x}) to {b} ({y}), and the ends "
                "keep that order by a factor of {e}, so the curves possibly count different losses",
                f=factor(facts.estimate(found, "start_factor")),
                a=_run_called(facts, found, low),
                x=facts.value(found, "lowest_start"),
                b=_run_called(facts, found, high),
                y=facts.value(found, "highest_start"),
                e=factor(facts.estimate(found, "end_factor")),
            ),
            found,
        )
    changed = facts.estimate(found, "settings_changed")
    return say(
        fill(
            "{n} differ at once ({k}), so the effect of each alone cannot be told",
            n=count(round(changed.value), "setting") if changed else None,
            k=Facts.word(found, "names_changed"),
        ),
        found,
    )


def _run_called(facts: Facts, found: Finding, told: str | None) -> str | None:
    """The name in the text of a curve that a measure names."""
    if told is None or told not in found.series:
        return told
    return run_names(facts, found)[found.series.index(told)]


def reached(facts: Facts, found: Finding) -> Statement | None:
    """When each run reaches the level that all of them reach."""
    names = run_names(facts, found)
    places = [(name, facts.estimate(found, f"run_{i + 1}_reach_x")) for i, name in enumerate(names)]
    known = sorted(((e.value, name) for name, e in places if e is not None))
    if len(known) < 2 or len(known) > MAX_NAMED or known[0][0] == known[-1][0]:
        return None
    told = [f"{name} at {facts.step(found.panel, x)}" for x, name in known]
    return say(
        fill(
            "the level that all of them reach, {v}, is first reached by {t}",
            v=end_text(facts, found, "reach_level"),
            t=listing(told),
        ),
        found,
    )


def own_start(facts: Facts, found: Finding) -> Statement | None:
    """What the change from the own start would say, where it orders the runs otherwise than their ends do."""
    order = facts.word(found, "own_order")
    if order is None or not Facts.truth(found, "own_order_differs"):
        return None
    names = dict(zip(found.series, run_names(facts, found), strict=True))
    told: list[tuple[str, str | None]] = []
    for name in order.split(" < "):
        if name not in names:
            return None
        share = percent(found, f"run_{found.series.index(name) + 1}_own_percent")
        told.append((names[name], share))
    if len(told) > MAX_NAMED:
        return None
    # A share that reads badly (above all, or too uncertain) is left out, and then all of them are.
    full = all(share for _, share in told)
    order = listing([f"{name} ({share})" if full else name for name, share in told])
    return say(
        f"the change from the own start would order them {order}, and misleads: it rewards a worse "
        "first value",
        found,
    )


def settings(facts: Facts, found: Finding) -> list[Statement | None]:
    """The settings of each run, as a list."""
    rows: list[Statement | None] = []
    for i in range(len(found.series)):
        run, told = facts.word(found, f"run_{i + 1}"), facts.word(found, f"run_{i + 1}_settings")
        rows.append(say(fill("settings of {r}: {t}", r=run, t=told), found))
    return rows


def _two(estimate: Estimate | None) -> str | None:
    return None if estimate is None else f"{estimate.value:.2f}"
