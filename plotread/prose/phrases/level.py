"""Where curves start and end, their best values, and whether they still move at the end."""

from __future__ import annotations

from plotread.model import Finding, Panel, Statement
from plotread.prose.facts import Facts, fill, percent, say
from plotread.prose.frame import short
from plotread.prose.lexicon import count_word, listing, plural
from plotread.prose.names import Name
from plotread.prose.plan import MAX_RUN_CLAUSES, curves_of


def direction(finding: Finding) -> str:
    """ "falls", "rises" or "holds" by the measured change."""
    start, end = Facts.estimate(finding, "start"), Facts.estimate(finding, "end")
    if start is None or end is None:
        return "holds"
    if end.hi < start.lo:
        return "falls"
    return "rises" if end.lo > start.hi else "holds"


def ends(facts: Facts, finding: Finding) -> str | None:
    """ "from 3.78 to 0.49"."""
    return fill("from {a} to {b}", a=facts.value(finding, "start"), b=facts.value(finding, "end"))


def change_clause(facts: Facts, finding: Finding, steps: bool = True) -> str | None:
    """ "falls from 3.78 at step 1 to 0.49 at step 84"."""
    a, b = facts.value(finding, "start"), facts.value(finding, "end")
    word = direction(finding)
    if word == "holds":
        return fill("ends where it starts, near {a}", a=a)
    if finding.x_range is not None and steps:
        a = fill("{v} at {s}", v=a, s=facts.step(finding.panel, finding.x_range[0]))
        b = fill("{v} at {s}", v=b, s=facts.step(finding.panel, finding.x_range[1]))
    return fill("{v} from {a} to {b}", v=word, a=a, b=b)


def change(facts: Facts, finding: Finding, lead: str = "", *more: Finding | None) -> Statement | None:
    """One curve from its start to its end."""
    share = percent(finding, "change_percent", "percent", "relative_percent")
    text = fill("{lead}{n} {e}", lead=lead, n=facts.name(finding).text, e=change_clause(facts, finding))
    if text and share and direction(finding) != "holds":
        text += f", {'a fall' if direction(finding) == 'falls' else 'a rise'} of {share}"
    return say(text, finding, *more)


def clauses(facts: Facts, findings: list[Finding]) -> str | None:
    """Several curves in one clause, those of one direction together."""
    names = [facts.name(f) for f in findings]
    written = []
    for word in ("falls", "rises"):
        known = [
            (short(n, names), e)
            for n, f in zip(names, findings, strict=True)
            if direction(f) == word and (e := ends(facts, f))
        ]
        if known:
            written.append(
                listing([f"{known[0][0]} {word} {known[0][1]}", *(f"{n} {e}" for n, e in known[1:])])
            )
    still = [
        fill("{n} ends where it starts, near {a}", n=short(n, names), a=facts.value(f, "start"))
        for n, f in zip(names, findings, strict=True)
        if direction(f) == "holds"
    ]
    return "; ".join([*written, *[t for t in still if t]]) or None


def both(facts: Facts, panel: Panel, findings: list[Finding]) -> Statement | None:
    """Two curves: one subject where they move alike."""
    names = [facts.name(f) for f in findings]
    words = {direction(f) for f in findings}
    quantity = {n.quantity for n in names}
    a, b = (ends(facts, f) for f in findings)
    if len(words) == 1 and len(quantity) == 1 and words <= {"falls", "rises"} and all(n.split for n in names):
        noun = quantity.pop()
        subject = f"both {plural(noun)}" if noun else "both curves"
        verb = {"falls": "fall", "rises": "rise"}[words.pop()]
        return say(
            fill(
                "{s} {v}: {n1} goes {a}, {n2} {b}",
                s=subject,
                v=verb,
                n1=names[0].text,
                a=a,
                n2=names[1].text,
                b=b,
            ),
            *findings,
        )
    return say(clauses(facts, findings), *findings)


def all_of(facts: Facts, panel: Panel, findings: list[Finding]) -> list[Statement | None]:
    """Many curves: each from its start to its end while they are few."""
    if len(findings) <= MAX_RUN_CLAUSES:
        return [say(clauses(facts, findings), *findings)]
    words = [direction(f) for f in findings]
    total = len(findings)
    parts = [
        f"{'all' if words.count(w) == total else ''} {count_word(words.count(w))} {v}".strip()
        for w, v in (("falls", "fall"), ("rises", "rise"), ("holds", "end where they start"))
        if words.count(w)
    ]
    if len(parts) == 1:
        return [
            say(
                f"{parts[0].split(' ')[0]} {count_word(total)} curves {parts[0].split(' ', 2)[-1]}", *findings
            )
        ]
    return [say(f"of {count_word(total)} curves {listing(parts)}", *findings)]


# -- best values and ends ---------------------------------------------------------------------------------------------


def extreme(finding: Finding) -> str:
    """ "lowest" or "highest", whichever is better for this curve."""
    return (
        "highest"
        if Facts.word(finding, "sense", "direction", "extreme") in ("max", "higher", "highest")
        else "lowest"
    )


def best(facts: Facts, finding: Finding, subject: str | None = None) -> str | None:
    """ "training loss is lowest at step 76 (0.46)"; "around" where others tie with it."""
    tie = Facts.truth(finding, "tie", "tied") or Facts.truth(finding, "clear") is False
    return fill(
        "{n} is {k} {p} {w} ({v})",
        n=subject or facts.name(finding).text,
        k=extreme(finding),
        p="around" if tie else "at",
        w=facts.step(finding.panel, finding.x),
        v=facts.value(finding, "value", "best"),
    )


def endings(facts: Facts, panel: Panel, indices: list[int], used: set[str]) -> list[Statement | None]:
    """Best values, then whether the curves still move, curves of one verdict together."""
    told = {
        j
        for f in facts.all("overfitting", "checkpoint_to_keep", panel=panel.index)
        if f.id in used
        for j in f.series_indices
    }
    bests = [
        f
        for j in indices
        if j not in told
        and (f := facts.one("best_point", panel=panel.index, series=j))
        and not _at_end(facts, f)
    ]
    written: list[Statement | None] = []
    if len(indices) <= 2:
        written.append(_bests(facts, bests))
    names = [facts.names[panel.index, c.index] for c in curves_of(facts, panel)]
    for kind, writer in (("still_improving", _moving), ("plateau", _plateau)):
        found = [f for j in indices if (f := facts.one(kind, panel=panel.index, series=j))]
        if found and len(indices) <= MAX_RUN_CLAUSES:
            written += writer(facts, found, names)
    return written


def _at_end(facts: Facts, found: Finding) -> bool:
    """Whether the best value is the last one, which every text has already."""
    series = facts.series(found)
    return series is not None and len(series.x) > 0 and found.x == float(series.x[-1])


def _bests(facts: Facts, found: list[Finding]) -> Statement | None:
    texts = [t for f in found if (t := best(facts, f))]
    return say(listing(texts), *found) if texts else None


def _moving(facts: Facts, found: list[Finding], names: list[Name]) -> list[Statement | None]:
    subjects = [short(facts.name(f), names) for f in found]
    one = len(found) == 1
    word = "moving" if len({direction_end(f) for f in found}) > 1 else direction_end(found[0])
    rate = facts.rate(found[0]) if one else None
    sure = "" if any(f.grade != "possible" for f in found) else "possibly "
    return [
        say(
            f"{listing(subjects)} {'is' if one else 'are'} {sure}still {word} at the end"
            + (f", {rate}" if rate else ""),
            *found,
        )
    ]


def direction_end(finding: Finding) -> str:
    """ "falling" or "rising", by the slope at the end."""
    slope = Facts.estimate(finding, "slope", "rate", "change", "change_percent", "percent_per_100")
    return "rising" if slope is not None and slope.value > 0 else "falling"


def _plateau(facts: Facts, found: list[Finding], names: list[Name]) -> list[Statement | None]:
    return [
        say(
            fill(
                "{n} flattens from {x} on{l}",
                n=short(facts.name(f), names),
                x=facts.step(f.panel, f.x),
                l=f", near {v}" if (v := facts.value(f, "level")) else "",
            ),
            f,
        )
        for f in found
    ]
