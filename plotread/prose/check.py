"""Faithfulness: every number, name, direction and comparison in a text is looked up again in its findings.

The checker does not know how a sentence was written; it parses the finished text.  A statement may use
the numbers of the findings it names, the axes of the figure, and, in a table row, the values of the curves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plotread.model import Document, Estimate, Figure, Finding, Panel, Statement
from plotread.prose.facts import Facts, step_text
from plotread.prose.lexicon import COUNT_WORDS, FORBIDDEN
from plotread.prose.licenses import LICENSES

NUMBER = re.compile(r"(?<![\w.])[-\u2212]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?%?", re.IGNORECASE)
FROM_TO = re.compile(r"\b(fall|ris|climb|drop|declin)\w* from (\S+?)(?: at [^.;,]*?)? to (\S+)")
SIDE = re.compile(r"\b(starts|lies|ends)\b(?: [\d.,e%()-]+)* (above|below)\b", re.IGNORECASE)
KINDS_OF_PICTURE = ("Line chart", "Grid of")  # what an alternative text says before its finding
ADVICE = re.compile(r"\b(?:check|If so)\b", re.IGNORECASE)  # from here on counts belong to a proposal
DIFFERENCES = ("gap", "widening_gap", "validation_below_training")
LIST_NUMBER = re.compile(r"^\d+\. ")  # of an item in a numbered list: order, not a claim
COARSE_HALF = 0.08  # of the last place: a half-width from which that place is no coarser than the error
AXIS_SHARE = 0.02  # of an axis: what a frame sentence may round away
COARSE = 0.06  # of the value: digits before the point may be rounded away up to this
LOOSE_RATIO = 0.1  # "twice" stands for 1.9 to 2.1
WORD_VALUES = {
    "half": 0.5,
    "twice": 2.0,
    "double": 2.0,
    "three quarters": 0.75,
    "a quarter": 0.25,
    "two thirds": 2 / 3,
    "a third": 1 / 3,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a statement may say: numbers, each with the half-width it was rounded by, and counts."""

    numbers: tuple[tuple[float, float], ...]
    counts: frozenset[int]


def unsupported(document: Document, figure: Figure, findings: Sequence[Finding]) -> list[str]:
    """Every claim of a document that its findings do not carry.

    Parameters
    ----------
    document : Document
    figure : Figure
    findings : sequence of Finding
        The list the document was written from.

    Returns
    -------
    list of str
        One line per claim: what was said, and in which sentence.  Empty for a faithful text.
    """
    facts = Facts.of(figure, findings)
    by_id = {f.id: f for f in findings}
    problems: list[str] = []
    for paragraph in document.paragraphs:
        for statement in paragraph.statements:
            cited = [by_id[i] for i in statement.findings if i in by_id]
            problems += [
                f"unknown finding {i}: {statement.text}" for i in statement.findings if i not in by_id
            ]
            found = _problems(
                statement, cited, facts, table=paragraph.layout == "table", axes=document.style == "alt"
            )
            problems += [f"{claim}: {statement.text}" for claim in found]
    return problems


def _problems(statement: Statement, cited: list[Finding], facts: Facts, table: bool, axes: bool) -> list[str]:
    text = statement.text
    problems = [
        f"forbidden word '{w}'"
        for w in FORBIDDEN
        if re.search(rf"(?<![a-z]){re.escape(w)}", _without_names(text, facts).lower())
    ]
    head, mark, body = text.partition(": ")
    problems += _foreign_names(body if head.startswith(KINDS_OF_PICTURE) and mark else text, cited, facts)
    bare = LIST_NUMBER.sub("", _without_names(text, facts))
    plain = _without_dates(bare, cited, facts, table)
    evidence = _evidence(cited, facts, table, axes)
    for match in NUMBER.finditer(plain):
        if not _supported(match.group(), evidence):
            problems.append(f"number {match.group()}")
    problems += _words(plain, evidence)
    if not table:
        problems += _directions(plain)
        problems += _sides(plain, cited)
        problems += _licenses(plain, cited)
    return problems


# -- names ------------------------------------------------------------------------------------------------


def _labels(facts: Facts) -> list[str]:
    """Every text copied from the figure, longest first, so that digits in a name are not read as claims."""
    labels: set[str] = {n.text for n in facts.names.values()}
    labels |= {name for f in facts.findings for name in f.series}
    for panel in facts.figure.panels:
        labels |= {t for t in (panel.title, panel.x.label, panel.y.label) if t}
        labels |= {panel.y2.label} if panel.y2 is not None and panel.y2.label else set()
        labels |= {s.name for s in panel.series if s.name}
        labels |= {g.label for g in panel.guides if g.label}
        labels |= {q for axis in ("y", "y2") if (q := facts.quantity(panel.index, axis))}
    return sorted((t for t in labels if re.search(r"\w", t)), key=lambda t: (-len(t), t))


def _without_names(text: str, facts: Facts) -> str:
    copied = {n.text for n in facts.names.values() if not n.plain}
    for label in _labels(facts):
        if label in copied or re.search(r"\d", label) or not re.fullmatch(r"[a-z ]+", label):
            text = re.sub(rf"(?<!\w){re.escape(label)}(?!\w)", "§", text, flags=re.IGNORECASE)
    return text


def _foreign_names(text: str, cited: list[Finding], facts: Facts) -> list[str]:
    """Curves that the sentence names although none of its findings speaks of them."""
    if not cited or any(f.panel is None for f in cited):
        return []
    own = {
        text
        for f in cited
        for j in f.series_indices
        if f.panel is not None and (known := facts.names.get((f.panel, j))) is not None
        for text in (known.text, known.run)
        if text
    }
    panels = [p for f in cited if (p := facts.panel(f.panel)) is not None]
    # The title of a panel may contain the name of another curve: "Validation loss improvement".
    titles = {t for p in panels for t in (p.title, p.y.label, facts.quantity(p.index)) if t}
    own |= {t for t in titles if any(n.text.lower() in t.lower() for n in facts.names.values())}
    own |= {facts.name(f, i).text for f in cited for i in range(len(f.series))}
    own |= {str(m) for f in cited for m in f.measures.values() if isinstance(m, str)}
    rest = text
    for name in sorted(own, key=lambda t: -len(t)):
        rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "§", rest, flags=re.IGNORECASE)
    whole = {f.panel for f in cited if f.kind == "reading_limits"}  # these speak of all curves of a panel
    own |= {n.text for (panel, _), n in facts.names.items() if panel in whole}
    others = {n.text for n in facts.names.values()} - own
    return [
        f"curve '{name}' is not in the findings"
        for name in sorted(others)
        if not name.startswith("the ") and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", rest, re.IGNORECASE)
    ]


def _without_dates(text: str, cited: list[Finding], facts: Facts, table: bool) -> str:
    """The text without the dates and clock times that its findings, or the ends of its axes, hold."""
    panels = [p for p in facts.figure.panels if p.x.kind == "date"]
    if not panels:
        return text
    known = {v for f in cited for v in (f.x, *(f.x_range or ())) if v is not None}
    known |= {m.value for f in cited for m in f.measures.values() if isinstance(m, Estimate)}
    for panel in panels:
        whole = table or not cited
        known |= {float(v) for s in panel.series for v in (s.x if whole else (*s.x[:1], *s.x[-1:]))}
        known |= {v for g in panel.guides for v in (g.x, g.x_end) if v is not None}
        told = {t for v in known if math.isfinite(v) and abs(v) < 1e6 for t in [step_text(panel, v)]}
        for date in sorted(told, key=len, reverse=True):
            text = text.replace(date, "§")
    return text


# -- numbers ----------------------------------------------------------------------------------------------


def _evidence(cited: Iterable[Finding], facts: Facts, table: bool, axes: bool) -> Evidence:
    numbers: list[tuple[float, float]] = []
    counts: set[int] = set()
    cited = list(cited)
    panels = {f.panel for f in cited if f.panel is not None} or {p.index for p in facts.figure.panels}
    for finding in cited:
        numbers += [(v, 0.0) for v in (finding.x, *(finding.x_range or ())) if v is not None]
        counts.add(len(finding.series_indices) or len(finding.series))
        for measure in finding.measures.values():
            if isinstance(measure, Estimate):
                half = (measure.hi - measure.lo) / 2
                numbers += [(measure.value, half), (measure.lo, half), (measure.hi, half), (half, half / 2)]
            elif isinstance(measure, str):
                numbers += [
                    (float(t.replace(",", "")), 0.0)
                    for t in re.findall(r"-?\d[\d,]*\.?\d*(?:e-?\d+)?", measure)
                    if t.strip(",")
                ]
    counts |= {sum(f.kind == kind for f in cited) for kind in {f.kind for f in cited}}
    counts.add(len({(f.panel, j) for f in cited for j in f.series_indices}))
    counts.add(len({f.panel for f in cited}))
    counts |= _parts(cited)
    for panel in facts.figure.panels:
        if panel.index in panels:
            if table or axes or not cited:  # a sentence on events may not borrow its numbers from the axes
                numbers += _axis_numbers(panel)
            counts |= {len(panel.series), *(len(s.x) for s in panel.series)}
            counts |= {sum(g.line == style for g in panel.guides) for style in {g.line for g in panel.guides}}
            if table:
                numbers += [(float(v), 0.0) for s in panel.series for v in (*s.x, *s.y) if math.isfinite(v)]
                numbers += [(float(v), 0.0) for s in panel.series for v in s.y_hi if math.isfinite(v)]
                halves = {float(h) for s in panel.series for h in (s.y_hi - s.y_lo) / 2 if h > 0}
                numbers += [(half, half / 2) for half in halves]
    counts |= {len(facts.figure.panels), sum(len(p.series) for p in facts.figure.panels)}
    return Evidence(tuple(v for v in numbers if math.isfinite(v[0])), frozenset(counts))


def _parts(cited: Iterable[Finding]) -> set[int]:
    """How many of the curves go up, how many down; how many pairs end above, how many below."""
    signs = []
    for finding in cited:
        start, end = finding.measures.get("start"), finding.measures.get("end")
        if isinstance(start, Estimate) and isinstance(end, Estimate):
            signs.append(end.value > (0.0 if finding.kind in DIFFERENCES else start.value))
    return {signs.count(True), signs.count(False)}


def _axis_numbers(panel: Panel) -> list[tuple[float, float]]:
    """Ends of the axes, as loosely as a frame sentence tells them, and of the curves."""
    numbers: list[tuple[float, float]] = []
    for axis in (panel.x, panel.y, panel.y2):
        if axis is not None and axis.range is not None:
            wide = abs(axis.range[1] - axis.range[0]) * AXIS_SHARE
            numbers += [(v, wide if axis.kind != "log" else abs(v) * AXIS_SHARE) for v in axis.range]
    for guide in panel.guides:
        half = abs(panel.x.resolution or 0.0) if guide.unit == "data" else 0.0
        numbers += [(v, half) for v in (guide.x, guide.x_end) if v is not None]
    for series in panel.series:
        for values in (series.x, series.y):
            finite = [float(v) for v in values if math.isfinite(v)]
            numbers += [(min(finite), 0.0), (max(finite), 0.0)] if finite else []
    return numbers


def _supported(text: str, evidence: Evidence) -> bool:
    """Whether a printed number is one of the allowed ones, rounded."""
    share = text.endswith("%")
    bare = text.rstrip("%").rstrip(",").replace(",", "").replace("\u2212", "-")
    if not re.search(r"\d", bare):
        return True
    value = float(bare)
    step = _last_place(bare)
    if "e" in bare.lower():  # "3e7" tells its one digit, "18300" may have been rounded to three
        return any(
            abs(abs(value) - abs(number)) <= 0.5 * step * (1 + 1e-9) and (value >= 0 or number < 0)
            for number, _ in evidence.numbers
        )
    if not share and value == int(value) and int(value) in evidence.counts:
        return True
    # Shares stand in the findings as percent or as a part of one; a direction word carries a sign.
    scales = (1.0, 100.0) if share else (1.0,)
    return any(
        _rounds(value, (number if value < 0 else abs(number)) * scale, step, half * scale)
        for number, half in evidence.numbers
        for scale in scales
    )


def _rounds(printed: float, number: float, step: float, half: float = 0.0) -> bool:
    """Whether `printed`, with last place `step`, is `number` rounded no coarser than its half-width."""
    slack = 0.5 * step
    if step > 1 and half < COARSE_HALF * step:
        slack = max(0.5, min(slack, COARSE * abs(number)))
    return abs(printed - number) <= slack * (1 + 1e-9) + 1e-12 * abs(number)


def _last_place(text: str) -> float:
    """The unit of the last digit that was printed on purpose: 0.01 for "2.34", 100 for "18300"."""
    mantissa, _, exponent = text.lower().partition("e")
    scale = 10.0 ** int(exponent or 0)
    if "." in mantissa:
        return scale * 10.0 ** -len(mantissa.partition(".")[2])
    digits = mantissa.lstrip("-")
    zeros = len(digits) - len(digits.rstrip("0"))
    return scale * 10.0 ** (zeros if 0 < zeros < len(digits) else 0)


def _words(text: str, evidence: Evidence) -> list[str]:
    """Counts and fractions in words; "one" and "no" are grammar, not counts."""
    low = ADVICE.split(text)[0].lower()
    problems = []
    for n in range(2, len(COUNT_WORDS)):
        if (
            re.search(rf"(?<![\w-]){COUNT_WORDS[n]}(?![\w-])", low)
            and n not in evidence.counts
            and not any(_rounds(n, abs(v), 1.0) for v, _ in evidence.numbers)
        ):
            problems.append(f"count '{COUNT_WORDS[n]}'")
    for word, value in WORD_VALUES.items():
        if re.search(rf"(?<!\w){word}(?!\w)(?! an? (?:pixel|interval))(?! cosine)", low) and not any(
            abs(abs(v) - value) <= LOOSE_RATIO * value for v, _ in evidence.numbers
        ):
            problems.append(f"fraction '{word}'")
    return problems


# -- directions and verdicts ------------------------------------------------------------------------------


def _directions(text: str) -> list[str]:
    """ "falls from A to B" needs A above B."""
    problems = []
    for match in FROM_TO.finditer(text):
        verb = match.group(1)
        a, b = (_number(match.group(k)) for k in (2, 3))
        if a is None or b is None:
            continue
        if (verb in ("fall", "drop", "declin") and a <= b) or (verb in ("ris", "climb") and a >= b):
            problems.append(f"direction of '{match.group()}'")
    return problems


def _number(token: str) -> float | None:
    match = NUMBER.match(token)
    return float(match.group().rstrip("%,").replace(",", "").replace("\u2212", "-")) if match else None


def _sides(text: str, cited: list[Finding]) -> list[str]:
    """ "ends above" and the like need a difference of that sign."""
    problems = []
    for match in SIDE.finditer(text):
        verb, side = match.group(1).lower(), match.group(2).lower()
        keys = ("start",) if verb == "starts" else ("end", "mean")
        found = [
            m.value
            for f in cited
            if f.kind in DIFFERENCES
            for k in keys
            if isinstance(m := f.measures.get(k), Estimate)
        ]
        if found and not any((v > 0) == (side == "above") for v in found):
            problems.append(f"side of '{match.group()}'")
    return problems


def _licenses(text: str, cited: list[Finding]) -> list[str]:
    """Words that claim a diagnosis need a finding that makes it."""
    problems = []
    claim = ADVICE.split(text)[0]
    for license_ in LICENSES:
        if license_.pattern.search(claim) and not any(license_.allows(f) for f in cited):
            problems.append(f"'{license_.pattern.search(claim).group()}' without a finding")  # type: ignore[union-attr]
    return problems


__all__ = ["step_text", "unsupported"]
