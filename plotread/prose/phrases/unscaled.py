"""Panels whose curves have no values: which way they go, where they turn, and what is missing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from plotread.model import Estimate, Finding, Panel, Statement
from plotread.prose.facts import Facts, fill, kept, say
from plotread.prose.lexicon import count, count_word, listing

SHAPES = {
    "falls": ("falls", "fall"),
    "rises": ("rises", "rise"),
    "level": ("stays level", "stay level"),
    "turns": ("turns more than once", "turn more than once"),
    "wanders": ("ends at the height where it began", "end at the height where they began"),
    "dips": ("falls and rises again", "fall and rise again"),
    "peaks": ("rises and falls again", "rise and fall again"),
}
FEW_CURVES = 4  # that are told one by one
MOST_NAMES = 6  # in one list; more are counted
MOST_PLACES = 3  # spikes whose places are told
MOST_PANELS = 3  # panels that are told in full; of more, one sentence each


def panels_of(facts: Facts) -> list[Panel]:
    """The panels in which a curve was followed and has no values."""
    return [p for p in facts.figure.panels if any(s.drawn is not None for s in p.series)]


def sentences(facts: Facts, panel: Panel, full: bool = True) -> tuple[Statement, ...]:
    """What the curves of one panel do, as far as it holds without their values, and why they have none."""
    found = facts.all("drawn_course", panel=panel.index)
    if not full or len(found) > FEW_CURVES:
        return kept([*_groups(facts, found), reason(facts, panel)])
    plain = [f for f in found if _is_plain(f)]
    told: list[Statement | None] = []
    if len(plain) == len(found) > 1 and len({facts.word(f, "shape") for f in found}) == 1:
        told = list(_groups(facts, found))
    else:
        told = [_course(facts, f) for f in found]
    orders = [_order(facts, f) for f in facts.all("drawn_order", panel=panel.index)]
    return kept([*told, *orders, reason(facts, panel)])


def lead(facts: Facts) -> Statement | None:
    """One sentence on the first of these panels, for captions and alternative texts."""
    told = [s for p in panels_of(facts) for s in _groups(facts, facts.all("drawn_course", panel=p.index))]
    return next(iter(kept(told)), None)


def kind_of_picture(facts: Facts) -> str:
    """What an alternative text says before the course: which axis tells no values."""
    units = {(facts.word(f, "x_unit"), facts.word(f, "y_unit")) for f in facts.all("drawn_course")}
    if units == {("data", "height")}:
        return "Line chart without readable heights"
    known = units == {("width", "data")}
    return "Line chart without readable steps" if known else "Line chart without readable axes"


def is_reason(facts: Facts, found: Finding) -> bool:
    """Whether a limit of the reading is that of curves without values."""
    return facts.truth(found, "unscaled") is True


def reason(facts: Facts, panel: Panel) -> Statement | None:
    """Why the curves of a panel have no values."""
    limits = facts.all("reading_limits", panel=panel.index)
    found = next((f for f in limits if is_reason(facts, f)), None)
    return say(found.summary, found) if found is not None else None


def _groups(facts: Facts, found: Sequence[Finding]) -> list[Statement | None]:
    """Curves of one shape in one sentence."""
    shapes = list(dict.fromkeys(facts.word(f, "shape") or "" for f in found))
    written = []
    for shape in shapes:
        same = [f for f in found if facts.word(f, "shape") == shape]
        one, many = SHAPES[shape]
        names = [facts.name(f).text for f in same]
        if len(same) == 1:
            text = f"{names[0]} {one}"
        elif len(names) <= MOST_NAMES:
            text = f"{listing(names)} {many}"
        elif len(same) == len(found):
            text = f"all {count(len(same), 'curve')} {many}"
        else:
            text = f"{count_word(len(same))} of {count(len(found), 'curve')} {many}"
        across = _extent(facts, same) if shape in ("falls", "rises") else None
        written.append(say(f"{text} {across}" if across else text, *(same if len(shapes) == 1 else found)))
    return written


def _extent(facts: Facts, found: Sequence[Finding]) -> str | None:
    """ "over epochs 0 to 59" where all of them cover that, else "from left to right"."""
    ends = {(facts.estimate(f, "first"), facts.estimate(f, "last")) for f in found}
    if len(ends) == 1:
        first, last = ends.pop()
        if first is not None and last is not None and facts.unit(found[0].panel).one:
            return fill("over {span}", span=facts.steps(found[0].panel, first.value, last.value))
    return "from left to right"


def _is_plain(found: Finding) -> bool:
    """Whether a course has no place, value or event of its own."""
    return not {"turn_at", "half_at", "spikes", "start"} & set(found.measures)


def _course(facts: Facts, found: Finding) -> Statement | None:
    name, shape = facts.name(found).text, facts.word(found, "shape") or ""
    start, end, turn = (facts.value(found, key) for key in ("start", "end", "turn"))
    if not _apart(facts, found):
        start = end = turn = None
    at = _at(facts, found, "turn_at")
    text: str | None
    if shape in ("dips", "peaks"):
        down, up, most = ("falls", "rises", "lowest") if shape == "dips" else ("rises", "falls", "highest")
        if start and end and turn:
            text = fill(f"{name} {down} from {start} to {turn} at {{at}} and {up} to {end} after that", at=at)
        else:
            text = fill(f"{name} {down} to its {most} point at {{at}} and {up} after that", at=at)
    elif shape in ("falls", "rises") and start and end:
        text = f"{name} {shape} from {start} to {end}"
    elif shape in ("falls", "rises"):
        half = _at(facts, found, "half_at")
        early = f"; half of the drawn way is done by {half}" if half else ""
        text = f"{name} {shape} {_extent(facts, [found])}{early}"
    else:
        text = f"{name} {SHAPES[shape][0]}" if shape in SHAPES else None
    spikes = _spikes(facts, found)
    return say(f"{text}{spikes}" if text and spikes else text, found)


def _apart(facts: Facts, found: Finding) -> bool:
    """Whether the values that a sentence would tell differ beyond their reading error."""
    told = [facts.estimate(found, key) for key in ("start", "turn", "end")]
    known = [e for e in told if e is not None]
    return all(a.hi < b.lo or b.hi < a.lo for a, b in itertools.pairwise(known))


def _spikes(facts: Facts, found: Finding) -> str | None:
    number = facts.estimate(found, "spikes")
    if number is None:
        return None
    n = round(number.value)
    noun = "spike" if facts.truth(found, "upward") else "excursion"
    places = [p for k in range(1, n + 1) if k <= MOST_PLACES and (p := _at(facts, found, f"spike{k}_at"))]
    where = f" at {listing(places)}" if len(places) == n else ""
    return f", with {count(n, noun)}{where}"


def _at(facts: Facts, found: Finding, key: str) -> str | None:
    """A place on the horizontal axis: a step, or a share of the width."""
    place = facts.estimate(found, key)
    if place is None:
        return None
    if facts.word(found, "x_unit") == "data":
        return facts.step(found.panel, place.value)
    return _share(place)


def _share(place: Estimate) -> str:
    return f"{place.value:.0f}% of the width"


def _order(facts: Facts, found: Finding) -> Statement | None:
    names = [facts.name(found, i).text for i in range(len(found.series))]
    when = facts.word(found, "when")
    if when == "throughout":
        return say(f"{names[0]} lies above {names[1]} throughout", found)
    if when == "after":
        at = _at(facts, found, "cross_at")
        text = fill(f"the two cross at {{at}}, and {names[0]} lies above {names[1]} after that", at=at)
        return say(text, found)
    if when == "extremes":
        return say(f"at the end {names[0]} lies highest and {names[1]} lowest", found)
    return say(f"from top to bottom the curves end in this order: {', '.join(names)}", found)
