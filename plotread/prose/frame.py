"""The frame sentence: what is drawn, over which ranges, and how the curves are told apart; said once."""

from __future__ import annotations

import math

from plotread.model import Axis, Panel
from plotread.numerals import format_value
from plotread.prose.colors import color_word
from plotread.prose.facts import Facts, reach, step_text
from plotread.prose.lexicon import capital, listing
from plotread.prose.names import Name, is_plain

RANGE_DIGITS = 200  # an axis range is told to this share of itself
MAX_LABEL_WORDS = 8  # words of a label; more are running text that stands below the frame
MAX_KEY = 4  # curves; a longer key is a legend, not a sentence
MARKERS = {
    "o": "dots",
    ".": "dots",
    "x": "crosses",
    "s": "squares",
    "^": "triangles",
    "v": "triangles",
    "+": "plus signs",
    "D": "diamonds",
    "*": "stars",
}
LINES = {"solid": "solid", "dashed": "dashed", "dotted": "dotted", "dashdot": "dash-dotted"}


def axis_numbers(axis: Axis) -> tuple[str, str] | None:
    """Both ends of a vertical axis as text."""
    if axis.range is None or not all(math.isfinite(v) for v in axis.range):
        return None
    lo, hi = sorted(axis.range)
    if axis.kind == "log":
        return format_value(lo, abs(lo) * 0.02), format_value(hi, abs(hi) * 0.02)
    error = (hi - lo) / RANGE_DIGITS
    return format_value(lo, error), format_value(hi, error)


def extent(panel: Panel) -> tuple[float, float] | None:
    """First and last step of all curves of a panel."""
    return reach(s.x for s in panel.series if s.kind != "reference")


def frame_sentence(facts: Facts, panel: Panel) -> str | None:
    """One sentence on axes and key; None where nothing was read."""
    ends = extent(panel)
    if ends is None:
        return None
    left, right = step_text(panel, ends[0]), step_text(panel, ends[1])
    unit = facts.unit(panel.index)
    across = unit.span(left, right) if unit.one else f"{left} to {right}"
    key = key_of(facts, panel)
    quantity = facts.quantity(panel.index)
    own = axis_numbers(panel.y)
    tail = f" ({key})" if key else ""
    log = " on a logarithmic axis" if panel.y.kind == "log" else ""
    if panel.y2 is not None and any(s.axis == "y2" for s in panel.series):
        right_numbers = axis_numbers(panel.y2)
        second = _subject_on(facts, panel, "y2") or facts.quantity(panel.index, "y2") or "the other curve"
        if own and right_numbers:
            first = _subject_on(facts, panel, "y") or quantity or "the first curve"
            return (
                f"{_start(first)} uses the left axis ({own[0]} to {own[1]}), {second} the right one "
                f"({right_numbers[0]} to {right_numbers[1]}), {_over(panel, unit.one, across)}{tail}"
            )
    if own is None:
        return f"The record covers {across}{tail}" if unit.one else None
    subject = _start(quantity) if quantity else "The vertical axis"
    if panel.y.kind == panel.x.kind == "log":
        first = quantity or "the vertical one"
        return f"Both axes are logarithmic: {first} spans {own[0]} to {own[1]}, {across}{tail}"
    return f"{subject} spans {own[0]} to {own[1]}{log} {_over(panel, unit.one, across)}{tail}"


def _start(noun: str) -> str:
    return capital(noun) if is_plain(noun) else noun


def _over(panel: Panel, unit: str, across: str) -> str:
    log = " (logarithmic)" if panel.x.kind == "log" else ""
    if unit:
        return f"over {across}{log}"
    if panel.x.kind in ("date", "category"):
        return f"from {across}"
    if panel.x.label and len(panel.x.label.split()) <= MAX_LABEL_WORDS:
        return f"against {panel.x.label} ({across}){log}"
    return f"and the horizontal axis {across}{log}"


def _subject_on(facts: Facts, panel: Panel, axis: str) -> str | None:
    names = [facts.names[panel.index, j].text for j, s in enumerate(panel.series) if s.axis == axis]
    return names[0] if len(names) == 1 else None


def key_of(facts: Facts, panel: Panel) -> str | None:
    """How the curves are told apart, named once: markers, else line styles, else colors."""
    shown = [(facts.names[panel.index, j], s) for j, s in enumerate(panel.series) if s.kind == "line"]
    if any(s.role == "smoothed" or "smoothed" in n.text for n, s in shown):
        return None
    named = [(n, s) for n, s in shown if s.name]
    if not 2 <= len(named) <= MAX_KEY or len(named) != len(shown):
        return None
    for words in (
        [MARKERS.get(s.marker or "") for _, s in named],
        [LINES.get(s.line) for _, s in named],
        [color_word(s.color) for _, s in named],
    ):
        if all(words) and len(set(words)) == len(named):
            return listing(
                [
                    f"{word} for {short(name, [n for n, _ in named])}"
                    for word, (name, _) in zip(words, named, strict=True)
                ]
            )
    return None


def short(name: Name, among: list[Name]) -> str:
    """The name without its quantity where the others share it: "training" for "training loss"."""
    if (
        len(among) > 1
        and name.plain
        and name.split
        and len({n.quantity for n in among}) == 1
        and len({n.split for n in among}) == len(among)
    ):
        return name.split
    return name.text
