"""Pictures turned by a degree or two: photographs and scans of plots, straightened before they are read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from plotread.geometry import Frame
from plotread.model import Axis, Floats
from plotread.vision.types import PanelFrame, Raster

MOST_DEGREES = 6.0  # more is no slip but a picture on its side
LEAST_DEGREES = 0.15  # less is lost in the pixels
SEARCH_PX = 1200  # longest side of the picture in which edges are looked for
EDGE_LEVELS, FULL_LEVELS = 6.0, 30.0  # a grid line's edge; above the second one weighs no more
ALONG = 4.0  # an edge is level where its slope across is so many times that along it: 14 degrees
COARSE_DEGREES, FINE_DEGREES = 0.1, 0.02  # a pixel over 600 and over 3,000
STRAIGHT = 1.3  # edges gather so many times more sharply as they stand than turned by twice the least
GAIN_LEVEL, GAIN_UPRIGHT = 1.1, 1.02  # gather so much more sharply when turned back; short axes gain less
GAIN_PLAIN = 1.5  # of the level edges alone: so much no curve gains, if the upright ones lose nothing
SOFT_PX = 0.9  # sigma of a blur that evens out a thin line that slips by a pixel on its way


@dataclass(frozen=True, slots=True, eq=False)
class Straightened:
    """A picture turned back, and the way from its pixels to those of the picture as it came.

    Attributes
    ----------
    raster : Raster
    back : (2, 3) float array
        ``back @ (x, y, 1)``.
    """

    raster: Raster
    back: Floats

    def frame(self, frame: Frame) -> Frame:
        """The upright hull, in the picture as it came, of a frame in the straightened one."""
        ends = (frame.left, frame.right), (frame.top, frame.bottom)
        corners = np.array([(x, y, 1.0) for x in ends[0] for y in ends[1]])
        x, y = self.back @ corners.T
        return Frame(float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def tilt(raster: Raster) -> float | None:
    """By how many degrees the lines of a picture fall to the right; None for a picture that is straight.

    Level edges are projected along every angle, upright ones across it; at the angle of the axes, grid
    lines and letters each projection gathers in few rows (Postl 1986, for the skew of documents), and
    both kinds have to agree, which slopes of curves never do.
    """
    factor = min(1.0, SEARCH_PX / max(raster.width, raster.height))
    grey = cv2.cvtColor(raster.rgb, cv2.COLOR_RGB2GRAY)
    if factor < 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *order) / 4 for order in ((1, 0), (0, 1)))
    edges = _edges(down, across), _edges(across.T, -down.T)
    if any(len(e.along) == 0 for e in edges):
        return None

    def sharpness(degrees: float) -> float:
        return edges[0].gathered(degrees) + edges[1].gathered(-degrees)

    if sharpness(0.0) >= STRAIGHT * max(sharpness(2 * LEAST_DEGREES), sharpness(-2 * LEAST_DEGREES)):
        return None
    steps = round(MOST_DEGREES / COARSE_DEGREES)
    coarse = max((COARSE_DEGREES * k for k in range(-steps, steps + 1)), key=sharpness)
    steps = round(COARSE_DEGREES / FINE_DEGREES)
    best = max((coarse + FINE_DEGREES * k for k in range(-steps, steps + 1)), key=sharpness)
    gains = [e.gathered(sign * best) / e.gathered(0.0) for e, sign in zip(edges, (1, -1), strict=True)]
    agree = gains[0] >= GAIN_LEVEL and gains[1] >= GAIN_UPRIGHT
    plain = gains[0] >= GAIN_PLAIN and gains[1] >= 1.0  # a wide picture's only upright line may be short
    return best if abs(best) >= LEAST_DEGREES and (agree or plain) else None


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Pixels on edges of one direction: place along it, across it, and weight."""

    along: Floats
    across: Floats
    weight: Floats

    def gathered(self, degrees: float) -> float:
        """Sum of squares of the weight in each row of pixels that falls by this angle."""
        rows = self.across - np.tan(np.radians(degrees)) * self.along
        rows -= rows.min()
        first = rows.astype(np.intp)
        below = (rows - first) * self.weight  # shared by the two rows between which a pixel comes to lie
        size = int(first.max()) + 2
        sums = np.bincount(first, self.weight - below, size) + np.bincount(first + 1, below, size)
        return float(sums @ sums)


def _edges(strong: Floats, weak: Floats) -> _Edges:
    """The edges along the rows of a picture of gradients across the rows, and along them."""
    size = np.abs(strong)
    rows, columns = np.nonzero((size > EDGE_LEVELS) & (size > ALONG * np.abs(weak)))
    return _Edges(
        columns - (strong.shape[1] - 1) / 2,
        rows.astype(float),
        np.minimum(size[rows, columns], FULL_LEVELS).astype(float),
    )


def straighten(raster: Raster, degrees: float) -> Straightened:
    """Turn a picture back by `degrees`; what comes into view at the corners is the color of its border."""
    w, h = raster.width, raster.height
    border = np.concatenate([raster.rgb[0], raster.rgb[-1], raster.rgb[:, 0], raster.rgb[:, -1]])
    paper = np.median(border, axis=0).tolist()
    turn = np.array(cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), degrees, 1.0), dtype=np.float64)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    wide, tall = int(np.ceil(w * cos + h * sin)), int(np.ceil(w * sin + h * cos))
    turn[:, 2] += np.array([(wide - w) / 2, (tall - h) / 2])
    turned = cv2.warpAffine(
        raster.rgb, turn, (wide, tall), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )  # fmt: skip
    rgb = np.asarray(turned, dtype=np.uint8)
    rgb.setflags(write=False)
    back = np.asarray(cv2.invertAffineTransform(turn), dtype=np.float64)
    return Straightened(replace(raster, rgb=rgb), back)


def softened(raster: Raster) -> Raster:
    """A straightened picture in which thin lines are as strong all along, wherever between rows they lie."""
    rgb = np.asarray(cv2.GaussianBlur(raster.rgb, (0, 0), SOFT_PX), dtype=np.uint8)
    rgb.setflags(write=False)
    return replace(raster, rgb=rgb, lossy=False)  # the noise is softened too


def turned_back(panel: PanelFrame, way: Straightened) -> PanelFrame:
    """A panel of the straightened picture in the pixels of the picture as it came.

    Its frame is the hull of the tilted one; the axes keep their ranges at its ends.
    """
    old, new = panel.frame, way.frame(panel.frame)

    def across(axis: Axis) -> Axis:
        return _moved(axis, (old.left, old.right), (new.left, new.right))

    def up(axis: Axis) -> Axis:
        return _moved(axis, (old.top, old.bottom), (new.top, new.bottom))

    return replace(
        panel, frame=new, x=across(panel.x), y=up(panel.y), y2=None if panel.y2 is None else up(panel.y2),
        flags=panel.flags | {"rotated"},
    )  # fmt: skip


def _moved(axis: Axis, old: tuple[float, float], new: tuple[float, float]) -> Axis:
    """The axis with the pixels from `old` to `new` ends stretched along."""
    factor = (new[1] - new[0]) / (old[1] - old[0])
    ticks = tuple(replace(t, pixel=new[0] + (t.pixel - old[0]) * factor) for t in axis.ticks)
    if axis.scale is None:
        return replace(axis, ticks=ticks)
    slope = axis.scale.slope / factor
    first = axis.scale.slope * old[0] + axis.scale.offset
    scale = replace(axis.scale, slope=slope, offset=first - slope * new[0])
    return replace(axis, scale=scale, ticks=ticks, resolution=abs(slope))
