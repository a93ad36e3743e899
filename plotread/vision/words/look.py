"""The look of a swatch: ink colour, dash pattern, marker."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import RGB, LineStyle
from plotread.vision.pixels import channel_spread, gathered_chroma
from plotread.vision.types import Mask, RGBImage
from plotread.vision.words.parts import mode_color

PAPER_REACH = 0.4  # th; the paper shows this near to a swatch
STRONG_COLUMNS = 0.75  # of the 90th percentile: columns that show the ink itself, not its rim
ON_LEVEL = 0.5  # of the ink's strength: a dash is on
DASHDOT_RATIO = 2.4  # longest over shortest dash of a dash-dot line
DOT_LENGTH = 2.3  # stroke widths; all dashes shorter are dots
DOT_OF_DASHDOT = 2.4  # stroke widths
MARKER_HEIGHT = 2.2  # stroke widths; a marker is taller than the line
MARK_HEIGHT, STOUT = 0.35, (0.6, 1.6)  # th; width over height of one of two marks
MARKER_SHARE = 0.75  # of the swatch's length; a fill is as tall all along
MARK_REACH, MARKS_SHARE = 0.5, 0.8  # of the swatch's height, of its inked columns: marks and no line
OPEN_MARK, SQUARE = 1.7, 0.2  # th; of its width, by which an open marker is taller or less tall
LONE_MARK = 1.4  # text heights; a swatch this short and nearly as tall is a mark without line
PATCH_ASPECT, PATCH_HEIGHT, PATCH_FILL = 1.6, 0.6, 0.5  # width over height; text heights; share of ink
STROKE_RATIO, STROKE_COLUMNS = 1.5, 0.75  # of the patch's strength; of its width: a line across a band
STROKE_FILL = 0.9  # share of a band's middle that holds ink
BAR_FILL = 0.8  # share of a long box that is ink, its broken border left out
EDGE_DEPTH = 0.2  # of a box's height; its border is drawn within
EDGE_FULL = 0.97  # share of a border that is ink: unbroken
WHOLE = 0.85  # of its place that a lone run fills if the line is solid
PEN_PERCENTILE = 75  # of the columns' ink: the first and last of a dash are half covered
LEAST_CORNERS = 3  # of an outline's four that hold ink: a square, no circle or triangle
VIVID, VIVID_PART = 60, 0.4  # levels between channels; share of the ink: a coloured sample
OUTLINE_PX = 2  # px wide at most; of a marker
PALE_INK = 0.3  # of the strongest ink: pixels that show the color of a sample
GREY = 24  # levels between the channels of grey
OUTLINE = 0.4  # of a sample's spread of channels; mixed with black it has less
OWN_INK = 48  # levels (largest channel); pixels of a swatch's own colour
HOLLOW = 0.1  # share of the middle of an outline that holds ink
SPREAD_PX = 3  # around a swatch; more reaches its frame and its neighbors
LEAST_GAP = 2  # px without ink between a dash and the next; antialiasing leaves none
MIN_INK = 12.0  # levels; weaker columns hold no ink


@dataclass(frozen=True, slots=True)
class Look:
    color: RGB
    line: LineStyle
    marker: str | None


def look_at(rgb: RGBImage, swatch: Box, th: float, *, whole: bool = False, lossy: bool = False) -> Look:
    """Measure a swatch.

    Parameters
    ----------
    rgb : (H, W, 3) uint8 array
        The picture at full size.
    swatch : Box
        Where the swatch's ink is, px.
    th : float
        Text height, px.
    whole : bool
        Whether the box is the whole place of a sample, which a solid line fills from end to end.
    lossy : bool
        Whether colors are spread around strokes, as JPEG does.

    Returns
    -------
    Look
        `color` is the ink at full coverage: per column the pixel furthest from the background,
        of the strong columns the most frequent one (the mean of all ink would give the pale rim).
        A box tells its curve's dashes by its border, if that is broken.
    """
    background = _paper(rgb, swatch, max(2, round(PAPER_REACH * th)))
    if lossy:
        rgb, swatch = _gathered(rgb, swatch, background)
    strength = np.abs(rgb[swatch.slices].astype(np.float64) - background).max(axis=2)
    level = float(np.percentile(strength.max(axis=0), 90))
    pixels = rgb[swatch.slices]
    # The ink of a pale marker has less contrast than its dark outline, and much less than half.
    inked, spread = strength >= PALE_INK * level, channel_spread(pixels)
    vivid = VIVID_PART <= float((spread[inked] >= VIVID).mean()) < 1
    own = strength
    if vivid:
        # Dark outlines of its marker are none of a sample's color ...
        own = np.where(spread >= OUTLINE * float(np.percentile(spread[inked], 90)), strength, 0.0)
        level = float(np.percentile(own.max(axis=0), 90))
        # ... and letters, borders and grids that touch it are none of its line.
        strength = np.where(_bridged(spread >= GREY), strength, 0.0)
    line, marker = _pattern(strength, level, th)
    strength = own
    if whole and line == "solid" and float((strength >= ON_LEVEL * level).any(axis=0).mean()) < WHOLE:
        line = "dashed"  # one dash, and a gap longer than what is left
    if _is_patch(strength, swatch, th):
        middle = _stroke_rows(strength)
        if middle is None:
            return Look(_rgb(mode_color(pixels[strength >= max(ON_LEVEL * level, MIN_INK)])), line, marker)
        strength, pixels = strength[middle], pixels[middle]
        line, marker = "solid", None
    peak = strength.max(axis=0)
    columns = np.flatnonzero(peak >= max(STRONG_COLUMNS * float(np.percentile(peak, 90)), MIN_INK))
    if len(columns) == 0:
        columns = np.array([int(peak.argmax())])
    color = mode_color(pixels[strength.argmax(axis=0)[columns], columns])
    return Look(_rgb(color), line, marker)


def _gathered(rgb: RGBImage, swatch: Box, background: NDArray[np.float64]) -> tuple[RGBImage, Box]:
    """A swatch and what is around it, with its spread color gathered; and where it stands there."""
    around = swatch.pad(SPREAD_PX).clip(rgb.shape[1], rgb.shape[0])
    cut = rgb[around.slices].astype(np.float32)
    clear = gathered_chroma(cut, np.broadcast_to(background.astype(np.float32), cut.shape))
    x0, y0 = around.x0, around.y0
    place = Box(swatch.x0 - x0, swatch.y0 - y0, swatch.x1 - x0, swatch.y1 - y0)
    return np.round(clear).astype(np.uint8), place


def stroke_of(rgb: RGBImage, swatch: Box, color: RGB, th: float) -> Box | None:
    """Where a swatch has ink of its own colour; None where that is a box or a mark rather than a line."""
    off = np.abs(rgb[swatch.slices].astype(np.int16) - np.array(color, dtype=np.int16)).max(axis=2)
    near = off <= OWN_INK
    rows, columns = np.nonzero(near)
    if len(rows) == 0 or float(near.sum(axis=0).max()) >= PATCH_HEIGHT * th:
        return None
    x0, y0 = swatch.x0 + int(columns.min()), swatch.y0 + int(rows.min())
    return Box(x0, y0, swatch.x0 + int(columns.max()) + 1, swatch.y0 + int(rows.max()) + 1)


def _paper(rgb: RGBImage, swatch: Box, pad: int) -> NDArray[np.float64]:
    """The most frequent colour around a swatch; its own place does not count, for a box fills it."""
    around = swatch.pad(pad).clip(rgb.shape[1], rgb.shape[0])
    ring = np.ones((around.height, around.width), dtype=bool)
    ring[swatch.y0 - around.y0 : swatch.y1 - around.y0, swatch.x0 - around.x0 : swatch.x1 - around.x0] = False
    return mode_color(rgb[around.slices][ring] if ring.any() else rgb[around.slices].reshape(-1, 3))


def _rgb(color: NDArray[np.float64]) -> RGB:
    return round(float(color[0])), round(float(color[1])), round(float(color[2]))


def _is_patch(strength: NDArray[np.float64], swatch: Box, th: float) -> bool:
    """A box or disc: its fill is its colour, and a tick mark in it (a checkbox) is not."""
    square = swatch.width <= PATCH_ASPECT * swatch.height and swatch.height >= PATCH_HEIGHT * th
    return square and float((strength >= MIN_INK).mean()) >= PATCH_FILL


def _stroke_rows(strength: NDArray[np.float64]) -> slice | None:
    """The rows of the line that runs across a patch, where it is a band with its line."""
    height = strength.shape[0]
    inner = slice(height // 4, height - height // 4)
    fill = float(np.median(strength[inner]))
    strong = (strength[inner] >= STROKE_RATIO * fill).mean(axis=1) >= STROKE_COLUMNS
    rows = np.flatnonzero(strong) + inner.start
    outline = float((strength[inner] >= MIN_INK).mean()) < STROKE_FILL
    if outline or not 0 < len(rows) <= height // 3:
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1)


def _pattern(strength: NDArray[np.float64], level: float, th: float) -> tuple[LineStyle, str | None]:
    held = np.flatnonzero((strength >= ON_LEVEL * level).any(axis=1))
    if len(held):  # a grid line beside the sample has made its box taller
        strength = strength[held[0] : held[-1] + 1]
    on = strength >= ON_LEVEL * level
    length, height = on.shape[1], on.shape[0]
    closed = _is_closed(strength >= MIN_INK)
    border = None if closed else _border(on, strength >= MIN_INK, th)
    if border is not None:
        return border, None
    if closed and length <= OPEN_MARK * th and abs(height - length) <= SQUARE * length:
        return "none", "o"
    if length <= LONE_MARK * th and height >= 0.5 * length:
        return "none", "o"
    extent = on.sum(axis=0)
    drawn = extent[extent > 0]
    if len(drawn) == 0:
        return "solid", None
    if _are_marks(on, th):
        return "none", "o"
    width = max(1.0, float(np.percentile(drawn, 25)))
    tall = extent >= max(MARKER_HEIGHT * width, width + 2)
    marker = None
    if 0 < tall.sum() < MARKER_SHARE * length and height >= MARK_HEIGHT * th:
        marker = "o"
    middle = (on.shape[0] - 1) / 2
    if marker is not None:
        free = on & ~tall[None, :]
        if not free.any():
            return "none", marker
        middle = float(np.nonzero(free)[0].mean())
    half = max(1.0, width / 2 + 0.5)
    band = slice(max(0, int(np.floor(middle - half))), int(np.ceil(middle + half)) + 1)
    mass = strength[band].sum(axis=0) / max(level, 1.0)
    stroke = on[band].any(axis=0)
    pen = float(np.percentile(mass[stroke & ~tall], PEN_PERCENTILE)) if (stroke & ~tall).any() else width
    if marker is None and _is_cut(strength, band, np.asarray(stroke)):
        return "dashed", None
    if marker is not None:
        stroke = np.asarray(stroke | tall)
    return _dash(np.asarray(stroke), tall if marker else None, pen, mass / max(pen, 1e-9)), marker


def _are_marks(on: Mask, th: float) -> bool:
    """Whether a sample is marks side by side with no line: a checkbox and a disc, one marker twice."""
    height = len(on)
    inked = on.any(axis=0)
    reach = (height - on.argmax(axis=0) - on[::-1].argmax(axis=0))[inked]
    if height >= PATCH_HEIGHT * th and float((reach >= MARK_REACH * height).mean()) >= MARKS_SHARE:
        return True
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inked.astype(np.int8), [0]))))
    wide = edges[1::2] - edges[::2]
    stout = (wide >= STOUT[0] * height) & (wide <= STOUT[1] * height)
    twins = len(wide) == 2 and bool(stout.all()) and abs(int(wide[0]) - int(wide[1])) <= 1
    return twins and height >= MARK_HEIGHT * th


def _is_cut(strength: NDArray[np.float64], band: slice, stroke: Mask) -> bool:
    """Whether a sample of one dash has a gap before the faint first column of the next, which ends it."""
    drawn = np.flatnonzero(stroke)
    if len(drawn) == 0 or drawn[-1] - drawn[0] + 1 > len(drawn):
        return False
    inked = strength >= MIN_INK
    rest = np.asarray(inked[band].any(axis=0))
    rest[: drawn[-1] + 1] = False
    beyond = np.flatnonzero(rest)
    tall = inked[:, rest].sum() > inked[band][:, rest].sum()  # the edge of a legend's frame
    return bool(len(beyond) and beyond[0] - drawn[-1] > LEAST_GAP and not tall)


def _bridged(colored: Mask) -> Mask:
    """Coloured pixels and the upright sides of a dark outline between them, where its line meets a marker."""
    kernel = np.ones((1, 2 * OUTLINE_PX + 1), np.uint8)
    return np.asarray(cv2.morphologyEx(colored.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0)


def _is_closed(inked: Mask) -> bool:
    """Whether a sample's middle is shut off from what is around it, as in an open marker without gaps."""
    paper = np.pad(~inked, 1, constant_values=True).astype(np.uint8)
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    height, width = labels.shape
    middle = labels[height // 3 : -(height // 3), width // 3 : -(width // 3)]
    return bool((middle > 0).any() and not (middle == labels[0, 0]).any())


def _border(on: Mask, inked: Mask, th: float) -> LineStyle | None:
    """The style of a box's broken border: of a filled bar, or of an outline; None where it tells nothing."""
    height, width = on.shape
    if height < PATCH_HEIGHT * th or width < height / PATCH_ASPECT:
        return None
    depth = max(1, round(EDGE_DEPTH * height))
    if width > PATCH_ASPECT * height:
        if float(on[depth:-depth].mean()) < BAR_FILL:
            return None
        rows = on.mean(axis=1)
        fullest = float(rows.max())
        edge = [r for r in range(depth + 1) if 1 - BAR_FILL <= rows[r] < EDGE_FULL * fullest]
        if not edge:
            return "solid"
        # Half of the border lies outside the box.
        return _dash(on[edge[-1]], None, 2.0 * len(edge), on[edge[-1]].astype(np.float64))
    middle = inked[height // 3 : -(height // 3), width // 3 : -(width // 3)]
    ends = slice(0, depth), slice(-depth, None)
    corners = sum(bool(on[rows, columns].any()) for rows in ends for columns in ends)
    if middle.size == 0 or float(middle.mean()) > HOLLOW or corners < LEAST_CORNERS:
        return None
    strips = on[:depth], on[:, -depth:].T, on[-depth:, ::-1], on[::-1, :depth].T
    way = np.concatenate([np.asarray(strip.any(axis=0)) for strip in strips])
    if float(way.mean()) >= EDGE_FULL or not way.any():
        return None
    way = np.roll(way, -int(np.flatnonzero(~way)[0]))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], way.astype(np.int8), [0]))))
    pen = float(on.sum()) / float(way.sum())
    # A corner joins two dots; the border is too short to tell dashes from dash-dots.
    return "dotted" if float(np.median(edges[1::2] - edges[::2])) <= DOT_LENGTH * pen else "dashed"


def _dash(stroke: Mask, covered: Mask | None, pen: float, mass: NDArray[np.float64]) -> LineStyle:
    """Kind of line from the lengths of its dashes; a dash under a marker, the first and the last cannot tell.

    `mass` is the ink of each column as a share of the pen: it gives lengths finer than counting does.
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([0], stroke.astype(np.int8), [0]))))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    if len(runs) <= 1:
        return "solid"
    share = np.minimum(mass, 1.0)
    lengths = np.array([
        float(share[max(a - 1, 0) : b + 1].sum())
        for a, b in runs if covered is None or not covered[a:b].any()
    ])  # fmt: skip
    if len(lengths) > 2 or (covered is None and len(lengths) > 1):
        lengths = lengths[:-1]
    if len(lengths) > 2:
        lengths = lengths[1:]
    if len(lengths) == 0:
        return "dashed"
    longest, shortest = float(lengths.max()), float(lengths.min())
    if longest >= DASHDOT_RATIO * shortest and shortest <= DOT_OF_DASHDOT * pen:
        return "dashdot"
    if longest <= DOT_LENGTH * pen:
        return "dotted"
    return "dashed"
