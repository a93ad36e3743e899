"""A series as the diagnoses see it: its meaning, its values, and a working line with one value per x.

A log tells every point; a faithful reading of its plot tells the points, or samples along the pixels, or each
column's lowest and highest point.  The working line makes these alike: one value per distinct x, long
curves in at most `MAX_COLUMNS` equal stretches of x, each with its lowest, middle and highest value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from plotread.diagnosis.knots import on_knots
from plotread.diagnosis.quantity import Direction, Split, is_generic, meaning_of, tokens
from plotread.diagnosis.smoothed import drawn_smooth
from plotread.diagnosis.stats import hidden_noise, noise_of, samples_per_value
from plotread.model import Axis, Figure, Floats, Panel, Series
from plotread.numerals import step_word

MAX_COLUMNS = 800  # stretches of a working line: about the width of a plot in px
DENSE_LIMIT = 1600  # distinct x up to which every point keeps its own column
DENSE_SHARE = 0.25  # of the x that hold several points, from which a curve counts as dense
DRAWN_PX = 0.75  # px; error of a line against itself from one place to the next
LOG_RATIO = 3.0  # 95% over 5% quantile of positive values from which ratios are the natural measure
LONGEST_LABEL = 8  # words of an axis title; "global step (thousands of images)" has five
X_WORDS = (
    "epoch",
    "step",
    "iteration",
    "iter",
    "batch",
    "episode",
    "update",
    "round",
    "trial",
    "cycle",
    "generation",
    "token",
)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The working line, one value per column, in scale units (natural logarithm, or the value itself).

    Attributes
    ----------
    x, u : (M,) float array
        Middle of each column.
    lo, hi : (M,) float array
        Lowest and highest value in it; equal to u where a column holds one point.
    x_lo, x_hi : (M,) float array
        Where in x these stand.
    sigma : (M,) float array
        Reading error in scale units.
    """

    x: Floats
    u: Floats
    lo: Floats
    hi: Floats
    x_lo: Floats
    x_hi: Floats
    sigma: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One series with all that the diagnoses ask of it.

    Attributes
    ----------
    panel, index : int
        Panel.index and position in ``panel.series``.
    name : str
        Display name; words : its lower-case words with those of title and label where the name says nothing.
    x, y, y_lo, y_hi, sigma : (N,) float array
        The finite points in data units; sigma is half the reading interval.
    scale : "log" or "linear"
        The natural measure of change: ratios or differences.
    line : Line
        In scale units.
    noise : float
        Scatter of one column's middle, in scale units.
    dense : bool
        Several points share columns, so that points cannot be counted.
    smoothed : bool
        Drawn smooth by its maker.
    shadow : bool
        A smoothed copy of another curve in the panel: not diagnosed.
    x_resolution, y_resolution : float or None
        Linear units of a pixel; None for logs.
    drawn : (N,) float array
        Error of a value against its neighbors, data units; see `drawn_error`.
    repeats : float
        Samples of the working line that stand for one drawn value; 1 for logged points.
    """

    panel: int
    index: int
    name: str
    words: tuple[str, ...]
    quantity: str
    direction: Direction | None
    split: Split | None
    game: bool
    x: Floats
    y: Floats
    y_lo: Floats
    y_hi: Floats
    sigma: Floats
    scale: Literal["log", "linear"]
    line: Line
    noise: float
    dense: bool
    smoothed: bool
    shadow: bool
    x_word: str
    x_resolution: float | None
    y_resolution: float | None
    series: Series
    axis: Axis
    x_axis: Axis
    flags: frozenset[str] = field(default_factory=frozenset)
    repeats: float = 1.0
    drawn: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def color(self) -> str | None:
        return self.series.color

    @property
    def lower_is_better(self) -> bool:
        """Where the words do not tell, the way the curve goes is taken for the better one.

        No learning rate is better than another: of a schedule the peak is told.
        """
        if self.quantity == "lr":
            return False
        if self.direction is not None:
            return self.direction == "lower"
        k = max(1, len(self.line.u) // 10)
        return bool(np.median(self.line.u[-k:]) <= np.median(self.line.u[:k]))

    @property
    def counted(self) -> bool:
        """Whether the points of the curve are its logged ones, so that they may be counted."""
        return not self.dense and (self.y_resolution is None or self.series.points == "recovered")

    @property
    def span(self) -> float:
        """Range that the curve covers in scale units, from its 1% to its 99% quantile."""
        lo, hi = np.quantile(self.line.u, [0.01, 0.99])
        return float(hi - lo)

    def to_data(self, u: float) -> float:
        """A value in data units from scale units."""
        return float(np.exp(u)) if self.scale == "log" else float(u)

    def error_at(self, x: float) -> float:
        """Reading error (data units) near x."""
        return float(np.interp(x, self.x, self.sigma))


def build_curves(figure: Figure) -> tuple[Curve, ...]:
    """The diagnosable curves of all panels: lines and scatters with at least two finite points."""
    return tuple(
        curve
        for panel in figure.panels
        for index, series in enumerate(on_knots(panel))
        if series.kind in ("line", "scatter") and (curve := curve_of(panel, index, series)) is not None
    )


def curve_of(
    panel: Panel, index: int, series: Series, measure: Literal["log", "linear"] | None = None
) -> Curve | None:
    """A series as the diagnoses see it; None without two points.  `measure`: how its change is, if known."""
    ok = np.isfinite(series.x) & np.isfinite(series.y)
    if ok.sum() < 2:
        return None
    order = np.flatnonzero(ok)
    if np.any(np.diff(series.x[order]) < 0):
        order = order[np.argsort(series.x[order], kind="stable")]
    x, y = series.x[order], series.y[order]
    y_lo = np.where(np.isfinite(series.y_lo[order]), series.y_lo[order], y)
    y_hi = np.where(np.isfinite(series.y_hi[order]), series.y_hi[order], y)
    sigma = np.maximum((y_hi - y_lo) / 2, 0.0)
    if x[-1] <= x[0]:
        return None
    axis = panel.y2 if series.axis == "y2" and panel.y2 is not None else panel.y
    meaning = meaning_of(series.name, axis.label, panel.title)
    scale = measure or _scale(y, meaning.quantity, axis)
    drawn = drawn_error(y, sigma, axis)
    line = _line(x, y, drawn, scale)
    sampled = series.points == "sampled" and axis.resolution is not None
    repeats = samples_per_value(line.u) if sampled else 1.0
    columns, shared = shared_columns(x)
    dense = columns > DENSE_LIMIT or shared > DENSE_SHARE or "dense" in series.flags
    smoothed, shadow = drawn_smooth(panel, index, series, named=meaning.smoothed)
    name = _name(panel, axis, series, index, meaning.quantity)
    words = (
        tokens(series.name)
        if not is_generic(series.name)
        else tokens(f"{panel.title or ''} {axis.label or ''}")
    )
    return Curve(
        panel.index,
        index,
        name,
        words,
        meaning.quantity,
        meaning.direction,
        meaning.split,
        meaning.game,
        x,
        y,
        y_lo,
        y_hi,
        sigma,
        scale,
        line,
        max(noise_of(line.u), hidden_noise(line.x, line.u) if sampled else 0.0),
        dense,
        smoothed,
        shadow,
        _x_word(panel.x.label),
        panel.x.resolution,
        axis.resolution,
        series,
        axis,
        panel.x,
        series.flags | axis.flags | panel.flags,
        repeats,
        drawn,
    )


def shared_columns(x: Floats) -> tuple[int, float]:
    """How many different values an ascending x has, and the share of them that hold several points."""
    starts = np.flatnonzero(np.diff(x, prepend=-np.inf) > 0)
    return len(starts), float((np.diff(starts, append=len(x)) > 1).mean())


def _scale(y: Floats, quantity: str, axis: Axis) -> Literal["log", "linear"]:
    if quantity in ("metric", "reward") or float(y.min()) <= 0:
        return "linear"
    if axis.kind == "log":
        return "log"
    low, high = np.quantile(y, [0.05, 0.95])
    return "log" if high > LOG_RATIO * low or y.max() > LOG_RATIO * np.median(y) else "linear"


def drawn_error(y: Floats, sigma: Floats, axis: Axis) -> Floats:
    """Error of each value against its neighbors, data units.

    The interval of a value also holds what all of them share (the scale) and, on a flank, what its x
    may be off; neither hides a spike or a turn.  Between neighbors a line is drawn to a pixel.
    """
    if axis.resolution is None:
        return sigma
    pixel = axis.resolution * (np.abs(y) * np.log(10.0) if axis.kind == "log" else 1.0)
    return np.asarray(np.minimum(sigma, DRAWN_PX * pixel))


def _line(x: Floats, y: Floats, sigma: Floats, scale: str) -> Line:
    values = np.log(y) if scale == "log" else y
    # Below its own reading error a logarithm has no meaning: its error is capped at one decade.
    errors = np.minimum(sigma / y, np.log(10.0)) if scale == "log" else sigma
    starts = np.flatnonzero(np.diff(x, prepend=-np.inf) > 0)  # x ascends
    if len(starts) > DENSE_LIMIT:
        width = (x[-1] - x[0]) / MAX_COLUMNS
        column = np.minimum(((x - x[0]) / width).astype(int), MAX_COLUMNS - 1)
        starts = np.flatnonzero(np.diff(column, prepend=-1) > 0)
    elif len(starts) == len(x):
        return Line(x, values, values, values, x, x, errors)
    ends = np.append(starts[1:], len(x))
    lowest, highest = np.empty(len(starts), dtype=int), np.empty(len(starts), dtype=int)
    mid = np.empty(len(starts))
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        part = values[start:end]
        lowest[i] = start + part.argmin()
        highest[i] = end - 1 - part[::-1].argmax()
        # The middle of an even count is the mean of the two central values: a column that tells only
        # its lowest and highest point then gives its middle.
        mid[i] = np.median(part)
    counts = ends - starts
    mean_x = np.add.reduceat(x, starts) / counts
    return Line(
        mean_x,
        mid,
        values[lowest],
        values[highest],
        x[lowest],
        x[highest],
        np.add.reduceat(errors, starts) / counts,
    )


def _name(panel: Panel, axis: Axis, series: Series, index: int, quantity: str) -> str:
    if series.run is not None:
        alone = sum(other.run == series.run for other in panel.series) == 1
        return series.run if alone or not series.name else f"{series.run} {series.name}"
    if series.name and not is_generic(series.name):
        return series.name
    lines = [s for s in panel.series if s.kind in ("line", "scatter")]
    alone = len(lines) == 1 or (len(lines) == 2 and any(_is_smoothed(s) for s in lines))
    fallback = panel.title if is_generic(axis.label) else axis.label
    if series.name and not alone:
        return series.name
    if fallback and alone:
        return fallback
    return series.name or f"curve {index + 1}"


def _is_smoothed(series: Series) -> bool:
    return series.role == "smoothed" or meaning_of(series.name, None, None).smoothed


def _x_word(label: str | None) -> str:
    """What the x axis counts; "x =" would be read as a formula, so unnamed axes say "step"-less "x"."""
    found = tokens(label)
    if len(found) > LONGEST_LABEL:
        return "x"  # a sentence of the page beside the plot
    for word in X_WORDS:
        if word in found or f"{word}s" in found:
            return "iteration" if word == "iter" else word
    return step_word(label) or "x"


def masked(line: Line, mask: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """x and u of a working line without the columns in `mask`."""
    return line.x[~mask], line.u[~mask]
