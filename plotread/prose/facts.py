"""Access to findings, and the only place where their numbers become words.

Nothing here computes: numbers are looked up, rounded and put beside their unit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from plotread.model import Axis, Estimate, Figure, Finding, Floats, Panel, Series, Statement
from plotread.numerals import format_step, format_value
from plotread.prose.lexicon import capital, sentence
from plotread.prose.names import Name, Unit, is_plain, names_in, panel_names, quantity_of, unit_of

WIDE_SHARE = 0.06  # of the value; a wider reading error is printed with it
OWN_DIGITS = 150  # parts of a value that belongs to no axis
SMALL_DIGITS = 20  # parts of a value that its panel's span would round to nothing
NEED = 750  # parts of the drawn span: a sentence needs no finer step than this share of it
LOG_PLACES = 2  # digits after the first: what a sentence needs on an axis of decades
COUNTED_FROM = 20.0  # epochs or steps across an axis, from which their fractions are not told
WHOLE_PX = 5.0  # px from a whole epoch or step, within which caps of lines end that were drawn to it
CLOCK_DAYS = 4.0  # extent of an axis of dates up to which the hour matters
UNDATED = 366.0  # days since 1970 below which an axis showed no date
CAP_PX = 12.0  # px before zero at which a line may begin that was drawn from step 0
COARSE_STEP = 0.004  # of a step: rounding moves it by less
LOG_STEP = 0.02  # of a step on a logarithmic axis: two digits
STEP_NEED = 500  # parts of the horizontal extent: no step needs to be told finer
DECADES = 30.0  # ratio of largest to smallest value from which digits follow the value, not the span
WHOLE = 99.5  # percent; from here on a share of a level reads worse than the difference itself
WIDE_PERCENT = 0.2  # of a percentage; with a larger error it says less than the values
PERCENT_FINE = 10.0  # percent below which one decimal is worth reading
FINE_PERCENT_ERROR = 0.5  # percent; with a larger error a decimal would be invented


@dataclass(frozen=True)
class Facts:
    """The findings of one figure with the names of its curves."""

    figure: Figure
    findings: tuple[Finding, ...]
    names: dict[tuple[int, int], Name] = field(default_factory=dict)
    panel_names: dict[int, str] = field(default_factory=dict)
    spans: dict[tuple[int, str], tuple[float, float]] = field(default_factory=dict)  # looked up once

    @classmethod
    def of(cls, figure: Figure, findings: Sequence[Finding]) -> Facts:
        return cls(figure, tuple(findings), names_in(figure), panel_names(figure))

    # -- finding things -------------------------------------------------------------------------------------

    def all(self, *kinds: str, panel: int | None = None, series: int | None = None) -> list[Finding]:
        """The findings of these kinds, in the order of `kinds`, then of the list."""
        chosen = [f for kind in kinds for f in self.findings if f.kind == kind]
        if panel is not None:
            chosen = [f for f in chosen if f.panel == panel]
        if series is not None:
            chosen = [f for f in chosen if f.series_indices[:1] == (series,)]
        return chosen

    def one(self, *kinds: str, panel: int | None = None, series: int | None = None) -> Finding | None:
        """The first finding of these kinds."""
        return next(iter(self.all(*kinds, panel=panel, series=series)), None)

    def panel(self, index: int | None) -> Panel | None:
        return next((p for p in self.figure.panels if p.index == index), None)

    def heading(self, panel: Panel) -> str:
        """The name of a panel as a heading; a title stays as it is printed."""
        name = self.panel_names[panel.index]
        return capital(name) if name != panel.title and is_plain(name) else name

    def only_curve(self, panel: Panel, series: int) -> str:
        """What the only curve of a panel is called among other panels: as the panel, if that has a name."""
        name = self.panel_names[panel.index]
        if name in (panel.title, self.quantity(panel.index)):
            return name
        return f"{self.names[panel.index, series].text} in {name}"

    def unit(self, index: int | None) -> Unit:
        panel = self.panel(index)
        return unit_of(panel) if panel else Unit()

    def series(self, finding: Finding, position: int = 0) -> Series | None:
        panel = self.panel(finding.panel)
        if panel is None or position >= len(finding.series_indices):
            return None
        index = finding.series_indices[position]
        return panel.series[index] if index < len(panel.series) else None

    def name(self, finding: Finding, position: int = 0) -> Name:
        """How the text calls a curve of this finding (one of another panel has a name but no index)."""
        told = finding.series[position] if position < len(finding.series) else None
        if finding.panel is not None and len(finding.series_indices) == len(finding.series):
            if position < len(finding.series_indices):
                found = self.names.get((finding.panel, finding.series_indices[position]))
                if found:
                    return found
        elif told is not None:
            for panel in self.figure.panels:
                for j, series in enumerate(panel.series):
                    if told in (series.name, self.names[panel.index, j].text):
                        return self.names[panel.index, j]
        return Name(told, plain=False) if told else Name("the curve")

    # -- numbers as text ----------------------------------------------------------------------------------

    def value(self, finding: Finding, *keys: str) -> str | None:
        """A measure on the axis of the finding's first curve, in the digits its error and the need allow."""
        estimate = self.estimate(finding, *keys)
        return None if estimate is None else self.number(finding.panel, estimate, self.axis_of(finding))

    def other_value(self, finding: Finding, *keys: str) -> str | None:
        """A measure of a curve that may stand in another panel: digits from its own error and size only."""
        estimate = self.estimate(finding, *keys)
        return None if estimate is None else self.other_number(estimate)

    @staticmethod
    def other_number(estimate: Estimate) -> str:
        """A number that belongs to no axis: three digits, or what its error allows."""
        return format_value(
            estimate.value, max((estimate.hi - estimate.lo) / 2, abs(estimate.value) / OWN_DIGITS)
        )

    def step_of(self, finding: Finding, *keys: str) -> str | None:
        """A measure that is a position on the horizontal axis: "epoch 15"."""
        estimate = self.estimate(finding, *keys)
        return None if estimate is None else self.step(finding.panel, estimate.value)

    def axis_of(self, finding: Finding) -> str:
        series = self.series(finding)
        return series.axis if series else "y"

    def number(self, panel: int | None, estimate: Estimate, axis: str = "y", cell: bool = False) -> str:
        """A value on a vertical axis; a wide error is printed in a cell, and "about" in a sentence."""
        read = (estimate.hi - estimate.lo) / 2
        error = max(read, self.need(panel, estimate.value, axis))
        if estimate.value == 0 or error <= 0:
            return format_value(estimate.value)
        if estimate.lo <= 0 < estimate.value and not cell:
            return f"below {format_value(estimate.hi, estimate.hi / 10)}"
        lone_digit = math.ceil(math.log10(error) - 0.1) >= math.floor(math.log10(abs(estimate.value)))
        if error == read > 0 and (read > WIDE_SHARE * abs(estimate.value) or lone_digit):
            # Rounding to the error alone would leave one digit, or none.
            text = format_value(estimate.value, error / 2)
            if text == "0" and estimate.value > 0:
                return f"below {format_value(estimate.hi, estimate.hi / 10)}"
            return f"{text} ± {format_value(error, error / 20)}" if cell else f"about {text}"
        text = format_value(estimate.value, error)
        if text == "0" and estimate.lo * estimate.hi > 0:  # small beside the span, but surely not nothing
            return format_value(estimate.value, max(read, abs(estimate.value) / SMALL_DIGITS))
        return text

    def need(self, panel: int | None, value: float, axis: str) -> float:
        """The half-width below which digits no longer help a reader of this panel."""
        lo, hi, log = self.span(panel, axis)
        if log or (lo > 0 and hi / lo > DECADES):
            return 10.0 ** (math.floor(math.log10(abs(value))) - LOG_PLACES) if value else 0.0
        return (hi - lo) / NEED

    def span(self, panel: int | None, axis: str) -> tuple[float, float, bool]:
        """Lowest and highest drawn value of an axis, and whether it is logarithmic."""
        found = self.panel(panel)
        if found is None:
            return 0.0, 0.0, False
        own: Axis = found.y2 if axis == "y2" and found.y2 is not None else found.y
        key = (found.index, axis)
        if key not in self.spans:
            self.spans[key] = reach(s.y for s in found.series if s.axis == axis) or (0.0, 0.0)
        return (*self.spans[key], own.kind == "log")

    @staticmethod
    def estimate(finding: Finding, *keys: str) -> Estimate | None:
        """The first of these measures that is a finite number."""
        for key in keys:
            measure = finding.measures.get(key)
            if isinstance(measure, Estimate) and math.isfinite(measure.value):
                return measure
        return None

    @staticmethod
    def word(finding: Finding, *keys: str) -> str | None:
        """The first of these measures that is a text."""
        return next((m for k in keys if isinstance(m := finding.measures.get(k), str) and m), None)

    @staticmethod
    def truth(finding: Finding, *keys: str) -> bool | None:
        """The first of these measures that is yes or no."""
        return next((m for k in keys if isinstance(m := finding.measures.get(k), bool)), None)

    def step(self, panel: int | None, x: float | None) -> str | None:
        """A step as its axis names it: "epoch 9"."""
        text = self.bare_step(panel, x)
        return None if text is None else self.unit(panel).at(text)

    def bare_step(self, panel: int | None, x: float | None) -> str | None:
        found = self.panel(panel)
        if x is None or not math.isfinite(x) or found is None:
            return None
        return step_text(found, x)

    def steps(self, panel: int | None, a: float, b: float) -> str | None:
        """A stretch: "epochs 0 to 9"."""
        left, right = self.bare_step(panel, a), self.bare_step(panel, b)
        if left is None or right is None:
            return None
        return self.unit(panel).at(left) if left == right else self.unit(panel).span(left, right)

    def amount(self, panel: int | None, length: Estimate | None) -> str | None:
        """A length along the horizontal axis: "12 steps", on one of dates "2.5 days"."""
        found = self.panel(panel)
        if length is not None and found is not None and found.x.kind == "date":
            return f"{format_value(length.value, (length.hi - length.lo) / 2)} days"
        text = None if length is None else self.bare_step(panel, length.value)
        return None if text is None else self.unit(panel).amount(text)

    def quantity(self, index: int | None, axis: str = "y") -> str | None:
        panel = self.panel(index)
        return quantity_of(panel, axis) if panel else None


def percent(finding: Finding | None, *keys: str) -> str | None:
    """A measure in percent as "8.7%", finer only where it is small and its error allows; without its sign."""
    estimate = Facts.estimate(finding, *keys) if finding is not None else None
    if estimate is None:
        return None
    value, error = abs(estimate.value), (estimate.hi - estimate.lo) / 2
    if error > WIDE_PERCENT * value or value >= WHOLE:
        return None
    decimals = 1 if value < PERCENT_FINE and error < FINE_PERCENT_ERROR else 0
    if value < 1 and error < FINE_PERCENT_ERROR / 10:
        decimals = 2
    return f"{value:.{decimals}f}%"


def factor(estimate: Estimate | None) -> str | None:
    """A ratio: "2.1", or "67" where it is large."""
    if estimate is None:
        return None
    value = estimate.value
    return (
        f"{value:,.0f}"
        if value >= 10
        else f"{value:.1f}"
        if abs(value - round(value, 1)) < 0.005 or value >= 1.2
        else f"{value:.2f}"
    )


def say(text: str | None, *sources: Finding | None) -> Statement | None:
    """A sentence with the findings it rests on; None where a number for it is missing."""
    if text is None:
        return None
    ids = tuple(dict.fromkeys(f.id for f in sources if f is not None))
    return Statement(sentence(text), ids)


def fill(template: str, **parts: str | None) -> str | None:
    """The template with its parts, or None when one of them is missing: the clause then falls away."""
    if any(part is None for part in parts.values()):
        return None
    return template.format(**parts)


def moves(facts: Facts, found: list[Finding]) -> list[str | None]:
    """Each sudden change as "from A to B at X"; None where a number for it is missing."""
    return [
        fill(
            "from {a} to {b} at {x}",
            a=facts.value(f, "before"),
            b=facts.value(f, "after"),
            x=facts.step(f.panel, f.x),
        )
        for f in found
    ]


def reach(arrays: Iterable[Floats]) -> tuple[float, float] | None:
    """The lowest and highest finite value of all arrays; None where there is none."""
    finite = [part for values in arrays if len(part := values[abs(values) < math.inf])]
    if not finite:
        return None
    return min(float(part.min()) for part in finite), max(float(part.max()) for part in finite)


def kept(items: Iterable[Statement | None]) -> tuple[Statement, ...]:
    return tuple(item for item in items if item is not None)


def steps_of(series: Series) -> Floats:
    """The steps of a curve, or of the course of one without values where these are steps."""
    drawn = series.drawn
    return drawn.x if drawn is not None and drawn.x_unit == "data" else series.x


def step_text(panel: Panel, x: float) -> str:
    """A position on the horizontal axis, to the digits that its pixels and a reader's need allow.

    Epochs and steps are counts: on an axis of twenty or more of them a fraction is reading error.
    """
    axis = panel.x
    if axis.kind == "category" and axis.scale is not None and axis.scale.categories:
        index = min(max(round(x), 0), len(axis.scale.categories) - 1)
        return axis.scale.categories[index]
    if axis.kind == "date":
        drawn = [steps_of(s) for s in panel.series]
        known = [float(v) for steps in drawn for end in (steps[:1], steps[-1:]) for v in end]
        return date_text(x, max(known) - min(known) if known else 0.0)
    if axis.kind == "log" and x != round(x):
        return format_value(x, abs(x) * LOG_STEP)
    if x != round(x):
        ends = reach(steps_of(s) for s in panel.series)
        width = ends[1] - ends[0] if ends else 0.0
        counted = unit_of(panel).one != ""
        near = abs(x - round(x)) <= WHOLE_PX * (axis.resolution or 0.0)
        counts = counted and (width >= COUNTED_FROM or near)
        if counted and -CAP_PX * (axis.resolution or 0.0) <= x < 0:
            x = 0.0  # the cap of a line that begins at the first step
        error = max(width / STEP_NEED, (axis.resolution or 0.0) / 2)
        x = _coarse(x, axis.resolution or 0.0) if counts else _rounded(x, error)
    return format_step(x)


def _rounded(x: float, error: float) -> float:
    """x to the last decimal that is not finer than the error."""
    if error <= 0:
        return x
    digits = -math.floor(math.log10(2 * error))
    return round(x, digits) if digits >= 0 else _coarse(x, 10.0**-digits)


def _coarse(x: float, step: float) -> float:
    """x in whole tens, hundreds ... no finer than the step, as far as that moves it by little."""
    for digits in range(math.floor(math.log10(step)) if step > 1 else 0, 0, -1):
        told = round(x / 10.0**digits) * 10.0**digits
        if abs(told - x) <= COARSE_STEP * abs(x):
            return told
    return float(round(x))


def date_text(days: float, extent: float = math.inf) -> str:
    """Days since 1970-01-01 as a date; with the clock where the axis covers only some days.

    An axis that shows clock times alone counts from 1970 and has no date to tell.

    >>> date_text(20132.0), date_text(20132.75, 2.0), date_text(0.5, 0.3)
    ('2025-02-13', '2025-02-13 18:00', '12:00')
    """
    minutes = round(days * 24 * 60)
    day = (date(1970, 1, 1) + timedelta(days=minutes // 1440)).isoformat()
    clock = f"{minutes % 1440 // 60:02d}:{minutes % 60:02d}"
    if extent > CLOCK_DAYS:
        return (date(1970, 1, 1) + timedelta(days=math.floor(days))).isoformat()
    if not 0 <= days < UNDATED:
        return f"{day} {clock}"
    return clock if extent < 1 else f"{clock} on day {math.floor(days) + 1}"
