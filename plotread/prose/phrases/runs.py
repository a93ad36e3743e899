"""Several runs side by side: ties first, then order, then crossings."""

from __future__ import annotations

from plotread.model import Estimate, Finding, Statement
from plotread.prose.facts import Facts, fill, percent, say
from plotread.prose.lexicon import count, count_word, listing

MAX_NAMED = 5  # runs told one by one in a sentence


def run_names(facts: Facts, found: Finding) -> list[str]:
    """The runs, best first, as the text calls them."""
    return [facts.name(found, i).text for i in range(len(found.series))]


def main_ranking(facts: Facts, panel: int) -> Finding | None:
    """The ranking that decides: that of validation curves where training curves have one, too."""
    found = facts.all("ranking", panel=panel)
    judged = [f for f in found if facts.name(f).split not in ("", "training")]
    return next(iter(judged or found), None)


def ranking(facts: Facts, found: Finding) -> list[Statement | None]:
    """Who ends where; curves inside the tie band are one subject."""
    names = run_names(facts, found)
    n = len(names)
    best, worst = facts.value(found, "best_value"), facts.value(found, "worst_value")
    band = facts.value(found, "tie_band")
    tied = facts.estimate(found, "tied_with_best")
    k = round(tied.value) if tied else 1
    splits = {facts.name(found, i).split for i in range(n)}
    split = splits.pop() if len(splits) == 1 else ""
    what = f"{split} curves".strip()
    if Facts.truth(found, "tie"):
        lo, hi = facts.value(found, "lowest_value") or best, facts.value(found, "highest_value") or worst
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
            first = fill("{a} ends at {b}, {z} at {v}", a=names[0], b=best, z=names[-1], v=worst)
        return [say(first, found), _order(facts, found, names)]
    subject = listing(leaders) if k <= MAX_NAMED else f"{count_word(k)} of the {count_word(n)} {what}"
    tie = fill("{s} tie for the best end, near {b}, inside a band of {t}", s=subject, b=best, t=band)
    rest = fill("{z} ends worst, at {v}", z=names[-1], v=worst)
    return [say(fill("{t}; {r}", t=tie, r=rest), found)]


def _order(facts: Facts, found: Finding, names: list[str]) -> Statement | None:
    """The ends between the best and the worst."""
    middle = [(name, facts.value(found, f"run_{i + 1}_value")) for i, name in enumerate(names)][1:-1]
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
            s=facts.value(found, "spread"),
            p=f" ({p})" if (p := percent(found, "spread_percent")) else "",
            b=facts.value(found, "tie_band"),
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
                "{n} pairs of curves change their order for good, between {a} and {b}",
                n=count_word(len(parts)),
                a=first,
                b=last,
            ),
            *found,
        )
    return say(listing(parts), *found)


def _crossing(facts: Facts, found: Finding) -> str | None:
    upper = Facts.word(found, "upper_after")
    names = [facts.name(found, i).text for i in range(2)]
    if upper is None or upper not in found.series:
        return None
    up = names[found.series.index(upper)]
    down = names[1 - found.series.index(upper)]
    return fill(
        "{a} crosses above {b} around {x} and stays there", a=up, b=down, x=facts.step(found.panel, found.x)
    )


def confounded(facts: Facts, found: Finding) -> Statement | None:
    """Why an order may not be one."""
    if Facts.word(found, "run"):
        a, b = facts.estimate(found, "start_ratio"), facts.estimate(found, "end_ratio")
        return say(
            fill(
                "{r} stands at {a} times the others at its start and at {b} times at its end, so it possibly "
                "counts something else",
                r=facts.name(found).text,
                a=_two(a),
                b=_two(b),
            ),
            found,
        )
    changed = facts.estimate(found, "settings_changed")
    return say(
        fill(
            "{n} differ at once ({k}), so the effect of none of them can be told",
            n=count(round(changed.value), "setting") if changed else None,
            k=Facts.word(found, "names_changed"),
        ),
        found,
    )


def _two(estimate: Estimate | None) -> str | None:
    return None if estimate is None else f"{estimate.value:.2f}"
