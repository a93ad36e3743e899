"""What is to be drawn, whichever program draws it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Curve:
    name: str
    x: np.ndarray
    y: np.ndarray
    color: str
    line: str = "solid"  # solid dashed dotted dashdot none
    marker: str | None = None
    filled: bool = True
    every: int = 1  # a marker on each so many points
    width: float = 1.5
    opacity: float = 1.0
    low: np.ndarray | None = None  # edges of a band, or of error bars
    high: np.ndarray | None = None
    caps: bool = False  # error bars instead of a band
    axis: str = "y"
    listed: bool = True  # in the legend


@dataclass(frozen=True)
class Axis:
    """Limits in data units, `low` at the left or at the bottom: a reversed axis has low > high."""

    label: str | None
    low: float
    high: float
    scale: str = "linear"  # linear log symlog date category
    ticks: str = "plain"  # plain offset power k percent thousands comma clock
    color: str | None = None
    names: tuple[str, ...] = ()  # of a category axis, at 0, 1, 2, ...


@dataclass(frozen=True)
class Note:
    """An annotation in data units of x and y; `text` boxes go where `at` (shares of the panel) says."""

    kind: str  # vline hline span arrow value box watermark dot tooltip
    x: float = 0.0
    y: float = 0.0
    to: float = 0.0  # where a span ends
    at: tuple[float, float] = (0.5, 0.5)  # of a text: shares of the panel, from the lower left
    text: str = ""
    color: str = "#555555"
    line: str = "dashed"


@dataclass(frozen=True)
class Panel:
    title: str | None
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]
    y2: Axis | None = None
    notes: tuple[Note, ...] = ()
    kind: str = "line"  # or bar, image: no line plot, not to be read
    legend: str | None = "inside"  # or outside


@dataclass(frozen=True)
class Sheet:
    panels: tuple[Panel, ...]
    rows: int = 1
    columns: int = 1
    shared_x: bool = False  # labels on the lowest row only
    one_legend: bool = False
    title: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    width: int = 640  # px before `scale`
    height: int = 480
    scale: float = 1.0
    font: float = 10.0  # pt of 1/72 inch, at 100 px an inch
    face: str = "DejaVu Sans"
    page: str = "#ffffff"
    inside: str = "#ffffff"
    ink: str = "#000000"
    frame: str = "box"  # box L none thick
    grid: str | None = None  # solid dashed dotted
    grid_color: str = "#cccccc"
    ticks_in: bool = False
    minor: bool = False
    smooth: bool = True  # antialiased
    width_factor: float = 1.0
    palette: tuple[str, ...] = field(default_factory=tuple)

    @property
    def dark(self) -> bool:
        return self.page < "#8"


def corner(panel: Panel) -> tuple[str, str]:
    """The emptiest corner of a panel, as ("upper" or "lower", "right" or "left")."""
    free = _corners(panel)
    return max(free, key=lambda key: free[key])


def room(panel: Panel) -> float:
    """How far the emptiest corner is free, as a share of the panel."""
    return max(_corners(panel).values())


def _corners(panel: Panel) -> dict[tuple[str, str], float]:
    u, v = (np.concatenate(parts) for parts in zip(*(unit(panel, c) for c in panel.curves), strict=True))
    free = {}
    for up in ("upper", "lower"):
        for side in ("right", "left"):
            across, along = (1 - u) if side == "right" else u, (1 - v) if up == "upper" else v
            free[up, side] = float(np.nanmin(np.maximum(across, 1.3 * along)))
    return free


def shares(axis: Axis, values) -> np.ndarray:
    """Where values lie along an axis: 0 at its low end, 1 at its high end."""
    line = drawn(axis, values)
    low, high = drawn(axis, np.array([axis.low, axis.high]))
    return (line - low) / (high - low)


def drawn(axis: Axis, values) -> np.ndarray:
    values = np.asarray(values, float)
    if axis.scale == "log":
        return np.log10(values, out=np.full(values.shape, np.nan), where=values > 0)
    if axis.scale == "symlog":
        return np.sign(values) * np.where(
            np.abs(values) < 1, np.abs(values), 1 + np.log10(np.maximum(np.abs(values), 1))
        )
    return values


def unit(panel: Panel, curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """A curve in shares of its panel, from the lower left."""
    axis = panel.y2 if curve.axis == "y2" and panel.y2 else panel.y
    return shares(panel.x, curve.x), shares(axis, curve.y)
