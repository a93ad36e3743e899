"""Where curves start and end, their best values, and whether they still move at the end."""

from __future__ import annotations

from plotread.model import Finding, Panel, Statement
from plotread.numerals import format_value
from plotread.prose.facts import Facts, fill, percent, say
from plotread.prose.frame import short
from plotread.prose.lexicon import count_word, listing, plural
from plotread.prose.names import Name
from plotread.prose.phrases.shape import ends_level
from plotread.prose.plan import MAX_RUN_CLAUSES, curves_of

ONE_PLACE = 0.02  # of the run: a stretch so short is told as "around" its best step
LATE_BEST = 0.95  # of the run; a best value from here on says no more than the end
FEW_ENDS = 2  # verdicts on ends that are told one by one
BEST_WIDTH = 1.0  # of a best value: a wider interval tells no value
MANY_NAMES = 3  # curves from which a list of all of them says less than "all"
FEW_COURSES = 2  # curves whose course is told stage by stage
SAME_LEVEL = 0.1  # of the drawn span: ends further apart are never "where it starts"
WHOLE_RUN = 0.05  # of the run: an end that begins within it is no end
TELLING_SIZE = 0.6  # of a change: a wider interval says less than the word "still"
INTERVAL_DIGITS = 20  # an interval's ends are told to this share of its width


def direction(finding: Finding) -> str:
    """ "falls", "rises" or "holds" by the measured change."""
    start, end = Facts.estimate(finding, "start"), Facts.estimate(finding, "end")
    if start is None or end is None:
        return "holds"
    if end.hi < start.lo:
        return "falls"
    return "rises" if end.lo > start.hi else "holds"


def _same_level(facts: Facts, finding: Finding) -> bool:
    """Whether both ends lie close on the drawn span, however wide their errors are."""
    start, end = facts.estimate(finding, "start"), facts.estimate(finding, "end")
    lo, hi, log = facts.span(finding.panel, facts.axis_of(finding))
    if start is None or end is None or log:
        return True
    return abs(end.value - start.value) <= SAME_LEVEL * (hi - lo)


def moves(facts: Facts, finding: Finding) -> str:
    """The verb of a change: "goes" where its ends differ by less than their errors, and not by little."""
    word = direction(finding)
    same = facts.value(finding, "start") == facts.value(finding, "end") or _same_level(facts, finding)
    return "goes" if word == "holds" and not same else word


def ends(facts: Facts, finding: Finding) -> str | None:
    """ "from 3.78 to 0.49"."""
    return fill("from {a} to {b}", a=facts.value(finding, "start"), b=facts.value(finding, "end"))


def change_clause(facts: Facts, finding: Finding, steps: bool = True) -> str | None:
    """ "falls from 3.78 at step 1 to 0.49 at step 84"."""
    a, b = facts.value(finding, "start"), facts.value(finding, "end")
    word = direction(finding)
    if word == "holds" and (a == b or _same_level(facts, finding)):
        return fill("ends where it starts, near {a}", a=a)
    word = "goes" if word == "holds" else word
    if finding.x_range is not None and steps:
        a = fill("{v} at {s}", v=a, s=facts.step(finding.panel, finding.x_range[0]))
        b = fill("{v} at {s}", v=b, s=facts.step(finding.panel, finding.x_range[1]))
    return fill("{v} from {a} to {b}", v=word, a=a, b=b)


def change(facts: Facts, finding: Finding, lead: str = "", *more: Finding | None) -> Statement | None:
    """One curve from its start to its end."""
    share = percent(finding, "change_percent", "percent", "relative_percent")
    text = fill("{lead}{n} {e}", lead=lead, n=facts.name(finding).text, e=change_clause(facts, finding))
    end = facts.value(finding, "end") or ""
    if text and share and direction(finding) != "holds" and not end.startswith("below"):
        text += f", {'a fall' if direction(finding) == 'falls' else 'a rise'} of {share}"
    return say(text, finding, *more)


def clauses(facts: Facts, findings: list[Finding]) -> str | None:
    """Several curves in one clause, those of one direction together."""
    names = [facts.name(f) for f in findings]
    written = []
    for word in ("falls", "rises", "goes"):
        known = [
            (short(n, names), e)
            for n, f in zip(names, findings, strict=True)
            if moves(facts, f) == word and (e := ends(facts, f))
        ]
        if known:
            written.append(
                listing([f"{known[0][0]} {word} {known[0][1]}", *(f"{n} {e}" for n, e in known[1:])])
            )
    still = [
        fill("{n} ends where it starts, near {a}", n=short(n, names), a=facts.value(f, "start"))
        for n, f in zip(names, findings, strict=True)
        if moves(facts, f) == "holds"
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


# -- best values and ends ---------------------------------------------------------------------


def extreme(finding: Finding) -> str:
    """ "lowest" or "highest", whichever is better for this curve."""
    return (
        "highest"
        if Facts.word(finding, "sense", "direction", "extreme") in ("max", "higher", "highest")
        else "lowest"
    )


def best(facts: Facts, finding: Finding, subject: str | None = None) -> str | None:
    """ "training loss is lowest at step 76 (0.46)"; "around" where others tie with it.

    Where the reading cannot tell which of many values is the best, the steps that may hold it are told.
    """
    stretch = _tied_stretch(facts, finding)
    if stretch is not None:
        return fill(
            "{n} is {k} somewhere between {w} ({v})",
            n=subject or facts.name(finding).text,
            k=extreme(finding),
            w=stretch,
            v=facts.value(finding, "value", "best"),
        )
    tie = Facts.truth(finding, "tie") or Facts.truth(finding, "within_noise")
    return fill(
        "{n} is {k} {p} {w} ({v})",
        n=subject or facts.name(finding).text,
        k=extreme(finding),
        p="around" if tie else "at",
        w=facts.step(finding.panel, finding.x),
        v=facts.value(finding, "value", "best"),
    )


def _tied_stretch(facts: Facts, finding: Finding) -> str | None:
    """ "steps 60 and 75": where the best value may lie by the reading error, if in more than one place."""
    series = facts.series(finding)
    ends = [facts.estimate(finding, key) for key in ("tied_from_x", "tied_to_x")]
    if not Facts.truth(finding, "tie") or ends[0] is None or ends[1] is None or series is None:
        return None
    first, last = ends[0].value, ends[1].value
    if last - first <= ONE_PLACE * float(series.x[-1] - series.x[0]):
        return None
    a, b = facts.bare_step(finding.panel, first), facts.bare_step(finding.panel, last)
    return fill("{u}{a} and {b}", u=f"{many} " if (many := facts.unit(finding.panel).many) else "", a=a, b=b)


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
    for kind, writer in (("still_improving", moving), ("plateau", _plateau)):
        found = [
            f
            for j in indices
            if (f := facts.one(kind, panel=panel.index, series=j))
            and not (f.grade == "possible" and _whole_run(facts, f))
            # The stages of few curves have told their level ends already.
            and not (kind == "plateau" and len(indices) <= FEW_COURSES and ends_level(facts, panel.index, j))
        ]
        if found and len(indices) <= MAX_RUN_CLAUSES:
            written += writer(facts, found, names)
    return written


def _at_end(facts: Facts, found: Finding) -> bool:
    """Whether the best value is the last one or next to it, which the text has already."""
    share = facts.estimate(found, "x_share")
    if share is not None:
        return share.value >= LATE_BEST
    series = facts.series(found)
    return series is not None and len(series.x) > 0 and found.x == float(series.x[-1])


def _bests(facts: Facts, found: list[Finding]) -> Statement | None:
    told = [f for f in found if _is_read(facts, f)]
    texts = [t for f in told if (t := best(facts, f))]
    return say(listing(texts), *told) if texts else None


def _is_read(facts: Facts, found: Finding) -> bool:
    """Whether a best value is larger than its own reading error, or lies on an axis that passes zero."""
    value = facts.estimate(found, "value", "best")
    change = facts.one("total_change", panel=found.panel, series=found.series_indices[0])
    tied = Facts.truth(found, "tie") or Facts.truth(found, "within_noise")
    end = facts.estimate(change, "end") if change is not None else None
    if tied and end is not None and value is not None and end.lo <= value.hi and value.lo <= end.hi:
        return False  # the end says as much
    if Facts.truth(found, "balance"):
        return False
    if facts.one("not_learning", panel=found.panel, series=found.series_indices[0]) is not None:
        return False  # the luckiest value of mere scatter
    if value is None:
        return True
    # A bound, or a value as wide as half of itself, is no best value.
    told = facts.value(found, "value", "best") or ""
    wide = not _passes_zero(facts, found) and value.hi - value.lo > BEST_WIDTH * abs(value.value)
    return not wide and not told.startswith("below") and (value.value <= 0 or value.lo > 0)


def _passes_zero(facts: Facts, found: Finding) -> bool:
    """Whether zero lies inside the drawn values, so that a value's share of itself means nothing."""
    lo, hi, _ = facts.span(found.panel, facts.axis_of(found))
    return lo < 0 < hi


def moving(facts: Facts, found: list[Finding], names: list[Name]) -> list[Statement | None]:
    """What surely still moves at the end, by direction; a tail that is the whole run is none."""
    written: list[Statement | None] = []
    late = [f for f in found if f.grade != "possible" and not _whole_run(facts, f)]
    for word in ("falling", "rising"):
        same = [f for f in late if direction_end(f) == word]
        if not same:
            continue
        subjects = everyone(facts, same, names)
        size, since = facts.estimate(same[0], "change_size"), facts.step_of(same[0], "from_x")
        told = len(same) == 1 and size is not None and size.hi - size.lo < TELLING_SIZE * size.value
        tail = fill(", by {s} from {x} on", s=facts.value(same[0], "change_size"), x=since) if told else ""
        verb = "is" if len(same) == 1 else "are"
        written.append(say(f"{subjects} {verb} still {word} at the end{tail or ''}", *same))
    return written


def everyone(facts: Facts, found: list[Finding], names: list[Name], last: str = "and") -> str:
    """The curves of some findings by name; "all five curves" where three or more are all there are."""
    if len(found) == len(names) >= MANY_NAMES and last == "and":
        return f"all {count_word(len(found))} curves"
    return listing([short(facts.name(f), names) for f in found], last=last)


def _whole_run(facts: Facts, found: Finding) -> bool:
    series = facts.series(found)
    if series is None or found.x_range is None:
        return False
    return found.x_range[0] <= float(series.x[0] + WHOLE_RUN * (series.x[-1] - series.x[0]))


def direction_end(finding: Finding) -> str:
    """ "falling" or "rising", by the slope at the end."""
    slope = Facts.estimate(finding, "slope_per_step", "change")
    return "rising" if slope is not None and slope.value > 0 else "falling"


def _plateau(facts: Facts, found: list[Finding], names: list[Name]) -> list[Statement | None]:
    """Flat ends with their onset; then the undecided ones with the interval that leaves them open."""
    flat = [f for f in found if f.grade != "possible"]
    open_ends = [f for f in found if f.grade == "possible"]
    written = [
        say(
            fill(
                "{n} flattens from about {x} on{l}",
                n=short(facts.name(f), names),
                x=facts.step(f.panel, f.x),
                l=f", near {v}" if (v := facts.value(f, "level")) else "",
            ),
            f,
        )
        for f in flat
    ]
    if len(open_ends) > FEW_ENDS or (len(open_ends) == FEW_ENDS and not flat):
        subjects = listing([short(facts.name(f), names) for f in open_ends], last="or")
        verb = "moves" if len(open_ends) == FEW_ENDS else "move"
        if len(open_ends) == len(names) >= MANY_NAMES:
            subjects, verb = f"any of the {count_word(len(names))} curves", "moves"
        since = facts.step_of(open_ends[0], "from_x")
        return [
            *written,
            say(
                f"whether {subjects} still {verb}{f' after {since}' if since else ''} cannot be decided",
                *open_ends,
            ),
        ]
    return [*written, *(undecided(facts, f, names) for f in open_ends)]


def undecided(facts: Facts, finding: Finding, names: list[Name]) -> Statement | None:
    """The third verdict, with its interval."""
    change = facts.estimate(finding, "change")
    text = fill(
        "whether {n} still moves after {x} cannot be decided",
        n=short(facts.name(finding), names),
        x=facts.step_of(finding, "from_x"),
    )
    if text is None or change is None:
        return say(text, finding)
    lo, hi = (format_value(v, (change.hi - change.lo) / INTERVAL_DIGITS) for v in (change.lo, change.hi))
    return say(f"{text}: its change since then lies between {lo} and {hi}", finding)
