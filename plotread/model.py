"""Every type that crosses a door between the rooms: figures, findings, statements.

All types are frozen; arrays in them are read-only.  ``None`` means "not read": never 0, NaN or "".
Three spaces are told apart by name: *pixel* (``_px``), *linear* (data, or log10 of data on a log
axis), *data*.  Nothing in here imports the rest of the package but `geometry`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Frame

Floats = NDArray[np.float64]
RGB = tuple[int, int, int]

ScaleKind = Literal["linear", "log", "symlog", "date", "category"]
LineStyle = Literal["solid", "dashed", "dotted", "dashdot", "none"]
SeriesKind = Literal["line", "scatter", "band", "reference"]
Role = Literal["raw", "smoothed"]
Grade = Literal["observed", "likely", "possible"]

NO_FLAGS: frozenset[str] = frozenset()


def frozen_array(values: object) -> Floats:
    """A read-only float64 copy of `values`."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def _freeze(curve: object, n: int) -> None:
    """Make the arrays of a curve read-only; ValueError where one is not as long as x."""
    for key in ("x", "y", "y_lo", "y_hi"):
        array = frozen_array(getattr(curve, key))
        if array.shape != (n,):
            raise ValueError(f"expected {key} of shape ({n},), got {array.shape}")
        object.__setattr__(curve, key, array)


@dataclass(frozen=True, slots=True)
class Scale:
    """The map between pixels along one axis and data.

    ``linear = slope * px + offset`` and ``data = inverse(linear)``, where *linear* is the data
    itself, its log10 (log), ``sign(v) * log10(1 + |v| / linthresh)`` (symlog), days since
    1970-01-01 (date) or the index of a category.

    Attributes
    ----------
    kind : ScaleKind
    slope : float
        Linear units per px (negative for y axes, whose pixels grow downwards).
    offset : float
        Linear value at px 0.
    sigma_px : float
        RMS distance of the ticks from the fit, in px.
    linthresh : float or None
        Only for symlog, in data units.
    linear_decades : float or None
        Only for symlog: the axis is exactly linear up to `linthresh`, over so many decades, and
        exactly logarithmic from there, as matplotlib draws it.
    categories : tuple of str
        Only for category axes.
    """

    kind: ScaleKind
    slope: float
    offset: float
    sigma_px: float = 0.0
    linthresh: float | None = None
    linear_decades: float | None = None
    categories: tuple[str, ...] = ()

    def to_data(self, px: Floats | float) -> Floats:
        """Data values at these pixels."""
        linear = self.slope * np.asarray(px, dtype=np.float64) + self.offset
        if self.kind == "log":
            return np.asarray(10.0**linear)
        if self.kind == "symlog" and self.linear_decades is not None:
            part, far = self.linear_decades, np.abs(linear)
            size = np.where(far <= part, far / part, 10.0 ** np.maximum(far - part, 0.0))
            return np.asarray(np.sign(linear) * size * (self.linthresh or 1.0))
        if self.kind == "symlog":
            return np.asarray(np.sign(linear) * (10.0 ** np.abs(linear) - 1) * (self.linthresh or 1.0))
        return np.asarray(linear)

    def to_linear(self, data: Floats | float) -> Floats:
        """Linear values of data (NaN where a log axis has no place for it)."""
        values = np.asarray(data, dtype=np.float64)
        if self.kind == "log":
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(np.log10(np.where(values > 0, values, np.nan)))
        if self.kind == "symlog" and self.linear_decades is not None:
            part, size = self.linear_decades, np.abs(values) / (self.linthresh or 1.0)
            far = np.where(size <= 1, size * part, part + np.log10(np.maximum(size, 1.0)))
            return np.asarray(np.sign(values) * far)
        if self.kind == "symlog":
            return np.asarray(np.sign(values) * np.log10(1 + np.abs(values) / (self.linthresh or 1.0)))
        return values

    def to_pixel(self, data: Floats | float) -> Floats:
        """Pixels at which these data are drawn."""
        return np.asarray((self.to_linear(data) - self.offset) / self.slope)


@dataclass(frozen=True, slots=True)
class Tick:
    """One labelled tick: where it stands (px along the axis), what it says, what that means."""

    pixel: float
    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a panel.

    Attributes
    ----------
    label : str or None
        The axis title as printed.
    scale : Scale or None
        None when the axis could not be calibrated; the reason is a flag.
    kind : ScaleKind
        How the axis is drawn; "linear" where nothing is known.
    range : (float, float) or None
        Data at the frame: left and right for x, bottom and top for y.
    ticks : tuple of Tick
    residual_px : float or None
        RMS distance of the ticks from the scale, px.
    resolution : float or None
        Linear units per pixel (log10 units on a log axis); None for data from a log file.
    """

    label: str | None = None
    scale: Scale | None = None
    kind: ScaleKind = "linear"
    range: tuple[float, float] | None = None
    ticks: tuple[Tick, ...] = ()
    residual_px: float | None = None
    resolution: float | None = None
    flags: frozenset[str] = NO_FLAGS


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A curve as it lies in its panel, where an axis without a scale leaves it no values.

    Attributes
    ----------
    x, y : (N,) float array
        x ascending as in `Series`.  Data units along an axis with a scale; along one without,
        shares of the plot area: 0 at its left side, 1 at its right; 0 at its bottom, 1 at its top.
    y_lo, y_hi : (N,) float array
        The interval that the reading error leaves around each y, in the unit of y.
    x_unit, y_unit : "data", or "width" and "height"
        Which of the two it is.
    """

    x: Floats
    y: Floats
    y_lo: Floats
    y_hi: Floats
    x_unit: Literal["data", "width"]
    y_unit: Literal["data", "height"]

    def __post_init__(self) -> None:
        _freeze(self, len(self.x))


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One named curve.

    Attributes
    ----------
    name : str or None
        The legend text, letter for letter; None where the figure names no series.
    axis : "y" or "y2"
    kind : SeriesKind
        ``reference`` is a straight guide line such as a threshold; ``band`` an interval whose
        edges are `y_lo` and `y_hi`.
    color : str or None
        "#rrggbb".
    line : LineStyle
    marker : str or None
        One of o x s ^ v + D * .
    role : "raw", "smoothed" or None
        Where one quantity is drawn twice in one hue.
    x, y : (N,) float array
        Data units, x ascending (ties allowed: a dense column tells its lowest and highest
        point).  Dates are days since 1970-01-01, categories their index.
    y_lo, y_hi : (N,) float array
        The interval that the reading error leaves around each value; equal to y for log files.
    points : "recovered" or "sampled"
        Whether x and y are the logged points themselves or samples along the curve's pixels.
    confidence : float
        0 to 1: share of such series that hold the limits of the score.
    observed : (N,) bool array or None
        False where the curve was hidden and its course interpolated; None if all is observed.
    run : str or None
        The run that a curve belongs to, where a figure was put together from several inputs.
    drawn : Drawn or None
        The course of a curve that has no values, since an axis of its panel has no scale; then x and
        y are empty.
    """

    x: Floats
    y: Floats
    y_lo: Floats
    y_hi: Floats
    name: str | None = None
    axis: Literal["y", "y2"] = "y"
    kind: SeriesKind = "line"
    color: str | None = None
    line: LineStyle = "solid"
    marker: str | None = None
    role: Role | None = None
    points: Literal["recovered", "sampled"] = "sampled"
    confidence: float = 1.0
    observed: NDArray[np.bool_] | None = None
    flags: frozenset[str] = NO_FLAGS
    run: str | None = None
    drawn: Drawn | None = None

    def __post_init__(self) -> None:
        _freeze(self, len(self.x))


@dataclass(frozen=True, slots=True)
class Guide:
    """An upright line across a panel, or a shaded stretch of it: the mark of a step or of a phase.

    Attributes
    ----------
    x : float
        Where it stands, or begins.
    x_end : float or None
        Where a shaded stretch ends; None for a line.
    unit : "data" or "width"
        Whether x is data, or a share of the plot area, whose x axis then has no scale.
    color : str or None
        "#rrggbb".
    line : LineStyle
        Of a line.
    label : str or None
        Its legend text, or the words that stand by it.
    """

    x: float
    x_end: float | None = None
    unit: Literal["data", "width"] = "data"
    color: str | None = None
    line: LineStyle = "solid"
    label: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One plot area with its axes and curves; `frame` is None for data from a log file."""

    index: int
    x: Axis
    y: Axis
    y2: Axis | None = None
    title: str | None = None
    frame: Frame | None = None
    series: tuple[Series, ...] = ()
    flags: frozenset[str] = NO_FLAGS
    guides: tuple[Guide, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure came from: a picture (with its size in px) or a log file (without)."""

    path: str | None = None
    sha256: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """What was read from one picture or one log file.

    ``panels[i].series[j].x`` and ``.y`` are numpy arrays in data units.
    """

    source: Source
    panels: tuple[Panel, ...] = ()
    warnings: tuple[str, ...] = ()
    flags: frozenset[str] = NO_FLAGS

    def to_dict(self) -> dict[str, object]:
        """The reading as plain data (schema "plotread/1"), ready for JSON."""
        from plotread.export import figure_to_dict

        return figure_to_dict(self)

    def to_csv(self) -> str:
        """The reading in long form: panel, series, x, y, y_lo, y_hi."""
        from plotread.export import figure_to_csv

        return figure_to_csv(self)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with its interval, lo <= value <= hi, in data units."""

    value: float
    lo: float
    hi: float


Measure = Estimate | str | bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnosis with its evidence.

    Attributes
    ----------
    kind, group : str
        See docs of `plotread.diagnosis`; `group` is the family of the kind.
    id : str
        "f0", "f1", ... unique within one list of findings.
    panel : int or None
    series : tuple of str
        Display names of the series that the finding speaks of.
    series_indices : tuple of int
        The same as positions in ``panels[panel].series``.
    x : float or None
        The step of a point event.
    x_range : (float, float) or None
        The extent of an event that lasts.
    grade : Grade
        observed (arithmetic fact), likely (beyond noise), possible (a hint).
    measures : mapping of str to Estimate, str, bool or None
        The evidence; every number that a text may use stands here.
    summary : str
        One plain clause, self-contained, whose numbers all stand in this finding.
    """

    kind: str
    group: str
    summary: str
    grade: Grade = "observed"
    panel: int | None = None
    series: tuple[str, ...] = ()
    series_indices: tuple[int, ...] = ()
    x: float | None = None
    x_range: tuple[float, float] | None = None
    measures: Mapping[str, Measure] = field(default_factory=dict)
    flags: frozenset[str] = NO_FLAGS
    id: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence (or table row) and the ids of the findings it rests on."""

    text: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that belong together; `heading` starts a section in report styles.

    ``table`` paragraphs hold one statement per line of a Markdown table, header first.
    """

    statements: tuple[Statement, ...]
    heading: str | None = None
    layout: Literal["prose", "table", "list", "note"] = "prose"


@dataclass(frozen=True, slots=True)
class Document:
    """A finished text: what `plotread describe` prints."""

    style: str
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
