"""The look of a swatch: ink colour, dash pattern, marker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import RGB, LineStyle
from plotread.vision.types import Mask, RGBImage
from plotread.vision.words.parts import mode_color

STRONG_COLUMNS = 0.75  # of the 90th percentile: columns that show the ink itself, not its rim
ON_LEVEL = 0.5  # of the ink's strength: a dash is on
DASHDOT_RATIO = 2.4  # longest over shortest dash of a dash-dot line
DOT_LENGTH = 2.3  # stroke widths; all dashes shorter are dots
DOT_OF_DASHDOT = 2.4  # stroke widths
MARKER_HEIGHT = 2.2  # stroke widths; a marker is taller than the line
MARKER_SHARE = 0.75  # of the swatch's length; a fill is as tall all along
LONE_MARK = 1.4  # text heights; a swatch this short and nearly as tall is a mark without line
PATCH_ASPECT, PATCH_HEIGHT, PATCH_FILL = 1.6, 0.6, 0.5  # width over height; text heights; share of ink
MIN_INK = 12.0  # levels; weaker columns hold no ink


@dataclass(frozen=True, slots=True)
class Look:
    color: RGB
    line: LineStyle
    marker: str | None


def look_at(rgb: RGBImage, swatch: Box, th: float) -> Look:
    """Measure a swatch.

    Parameters
    ----------
    rgb : (H, W, 3) uint8 array
        The picture at full size.
    swatch : Box
        Where the swatch's ink is, px.
    th : float
        Text height, px.

    Returns
    -------
    Look
        `color` is the ink at full coverage: per column the pixel furthest from the background,
        of the strong columns the most frequent one (the mean of all ink would give the pale rim).
    """
    pad = max(2, round(0.4 * th))
    around = swatch.pad(pad).clip(rgb.shape[1], rgb.shape[0])
    background = mode_color(rgb[around.slices].reshape(-1, 3))
    crop = rgb[swatch.slices].astype(np.float64)
    strength = np.abs(crop - background).max(axis=2)
    peak = strength.max(axis=0)
    level = float(np.percentile(peak, 90))
    if _is_patch(strength, swatch, th):
        ink = rgb[swatch.slices][strength >= max(ON_LEVEL * level, MIN_INK)]
        color = mode_color(ink)
        line, marker = _pattern(strength >= ON_LEVEL * level, th)
        return Look(_rgb(color), line, marker)
    columns = np.flatnonzero(peak >= max(STRONG_COLUMNS * level, MIN_INK))
    if len(columns) == 0:
        columns = np.array([int(peak.argmax())])
    rows = strength.argmax(axis=0)
    color = mode_color(rgb[swatch.slices][rows[columns], columns])
    on = strength >= ON_LEVEL * level
    line, marker = _pattern(on, th)
    return Look(_rgb(color), line, marker)


def _rgb(color: NDArray[np.float64]) -> RGB:
    return round(float(color[0])), round(float(color[1])), round(float(color[2]))


def _is_patch(strength: NDArray[np.float64], swatch: Box, th: float) -> bool:
    """A box or disc: its fill is its colour, and a tick mark in it (a checkbox) is not."""
    square = swatch.width <= PATCH_ASPECT * swatch.height and swatch.height >= PATCH_HEIGHT * th
    return square and float((strength >= MIN_INK).mean()) >= PATCH_FILL


def _pattern(on: Mask, th: float) -> tuple[LineStyle, str | None]:
    extent = on.sum(axis=0)
    length, height = on.shape[1], on.shape[0]
    if length <= LONE_MARK * th and height >= 0.5 * length:
        return "none", "o"
    drawn = extent[extent > 0]
    if len(drawn) == 0:
        return "solid", None
    width = max(1.0, float(np.percentile(drawn, 25)))
    tall = extent >= max(MARKER_HEIGHT * width, width + 2)
    marker = None
    if 0 < tall.sum() < MARKER_SHARE * length and height >= 0.35 * th:
        marker = "o"
    middle = (on.shape[0] - 1) / 2
    if marker is not None:
        free = on & ~tall[None, :]
        if not free.any():
            return "none", marker
        middle = float(np.nonzero(free)[0].mean())
    half = max(1.0, width / 2 + 0.5)
    band = on[max(0, int(np.floor(middle - half))) : int(np.ceil(middle + half)) + 1]
    stroke = band.any(axis=0)
    return _dash(np.asarray(stroke | tall if marker else stroke), tall if marker else None, width), marker


def _dash(stroke: Mask, covered: Mask | None, width: float) -> LineStyle:
    """Kind of line from the lengths of its dashes; a dash under a marker, and the last, cannot tell."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], stroke.astype(np.int8), [0]))))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    if len(runs) <= 1:
        return "solid"
    lengths: NDArray[np.float64] = np.array(
        [b - a for a, b in runs if covered is None or not covered[a:b].any()], dtype=np.float64
    )
    if len(lengths) > 2 or (covered is None and len(lengths) > 1):
        lengths = lengths[:-1]
    if len(lengths) == 0:
        return "dashed"
    longest, shortest = float(lengths.max()), float(lengths.min())
    if longest >= DASHDOT_RATIO * shortest and shortest <= DOT_OF_DASHDOT * width:
        return "dashdot"
    if longest <= DOT_LENGTH * width:
        return "dotted"
    return "dashed"
