"""What the stages of the eye hand to each other.  Frozen, in whole-image pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, Frame
from plotread.model import NO_FLAGS, RGB, Axis, Floats, LineStyle, Role, SeriesKind

RGBImage = NDArray[np.uint8]  # (H, W, 3)
Mask = NDArray[np.bool_]  # (H, W)


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A decoded picture: 8-bit RGB on its own background, transparency resolved.

    Attributes
    ----------
    rgb : (H, W, 3) uint8 array
    lossy : bool
        Whether the pixels show JPEG-like noise, so that colours are blurred by blocks.
    """

    rgb: RGBImage
    path: str | None = None
    sha256: str | None = None
    lossy: bool = False
    flags: frozenset[str] = NO_FLAGS

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])


@dataclass(frozen=True, slots=True)
class Ruler:
    """The sizes that later lengths are multiples of.

    Attributes
    ----------
    text_height_px : float
        Height of the digits of the tick labels (about 0.7 of the font size), px.
    backgrounds : tuple of RGB
        The dominant flat colours, most frequent first (page, then panel fills).
    """

    text_height_px: float
    backgrounds: tuple[RGB, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A long straight horizontal or vertical run: spine, gridline or edge of a fill.

    Attributes
    ----------
    horizontal : bool
    position : float
        Centre (strokes) or edge (fills) across the line, px.
    start, end : float
        Extent along the line, px, inclusive.
    kind : "stroke" or "edge"
    """

    horizontal: bool
    position: float
    start: float
    end: float
    kind: Literal["stroke", "edge"]


@dataclass(frozen=True, slots=True)
class TextBox:
    """A piece of text as read.  `angle` is 0, 90 (bottom to top) or 270 (top to bottom) degrees.

    A number may be ``worded``: letters stand beside it in its row, as in the title "fold 3".
    """

    text: str
    box: Box
    confidence: float
    angle: Literal[0, 90, 270] = 0
    worded: bool = False


@dataclass(frozen=True, slots=True)
class PanelFrame:
    """A panel found and calibrated, before its words and curves are read (labels still None)."""

    frame: Frame
    x: Axis
    y: Axis
    y2: Axis | None = None
    flags: frozenset[str] = NO_FLAGS


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One entry of a legend: its words and the look of its swatch.

    `color` is the ink at full coverage; `swatch` and `box` (words and swatch together) in px.
    ``direct`` entries are labels written at the end of their curve.
    """

    name: str
    color: RGB
    line: LineStyle
    marker: str | None
    swatch: Box
    box: Box
    confidence: float = 1.0
    direct: bool = False


@dataclass(frozen=True, slots=True)
class PanelWords:
    """The words of one panel: title, axis labels, the legend that speaks for it.

    `obstacles` are the boxes inside the frame that hold text or a legend and no curve; `notes` are
    the words among them that belong to no legend.  ``listed`` where the names come from a tooltip:
    not every one of them is drawn in the panel.
    """

    title: str | None = None
    x_label: str | None = None
    y_label: str | None = None
    y2_label: str | None = None
    legend: tuple[LegendEntry, ...] = ()
    obstacles: tuple[Box, ...] = ()
    notes: tuple[TextBox, ...] = ()
    listed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One curve in pixels, before it has a name and values.

    Attributes
    ----------
    points_px : (N, 2) float array
        x, y along the curve; x ascending, ties allowed (lowest and highest of a dense column,
        in the order the pen went).
    sigma_px : (N,) float array
        Standard error of each y, px.
    observed : (N,) bool array
        False where the course was interpolated under something else.
    color : RGB
        The ink at full coverage.
    opacity : float
        0 to 1; below 1 the stroke is translucent (a faint raw curve).
    width_px : float
        Stroke width.
    recovered : bool
        Whether the points are the logged points themselves.
    pair : int or None
        Traces of one hue that are raw and smoothed share this number.
    """

    points_px: Floats
    sigma_px: Floats
    observed: NDArray[np.bool_]
    color: RGB
    line: LineStyle = "solid"
    marker: str | None = None
    kind: SeriesKind = "line"
    role: Role | None = None
    opacity: float = 1.0
    width_px: float = 1.5
    recovered: bool = False
    pair: int | None = None
    band_px: Floats | None = None  # (N, 2) lower and upper edge (y px) for bands
    flags: frozenset[str] = NO_FLAGS
