"""The ruler: the flat colours of the page and the height of its digits, measured before all else.

Digits of tick labels come in rows: neighbours of one height on one baseline.  Markers, noise and
dashes do not, which is why components vote in pairs and plain medians of their heights fail.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import RGB
from plotread.vision.pixels import ink_mask
from plotread.vision.types import Mask, Raster, RGBImage, Ruler

FLAT_SHIFT_PX = 3  # a background pixel has its own colour at this distance to the right and below
FLAT_TOLERANCE = 8  # levels; JPEG noise on flat fills stays below
FLAT_SHARE = 0.02  # a background covers at least this share of the flat pixels
MAX_BACKGROUNDS = 4  # page, panel fill, card, stripe
MERGE_LEVELS = 14  # two fills nearer than this are one colour split by the histogram
GLYPH_HEIGHT_PX = (4, 90)  # digits lower than 4 px are unreadable, higher than 90 never met
GLYPH_ASPECT = (0.12, 1.3)  # width over height of a digit or letter ("1" to "w")
PAIR_GAP = 0.7  # heights between two neighbouring glyphs at most
PAIR_HEIGHT = 0.12  # relative difference of height within a pair (or 1 px)
PAIR_BASELINE_PX = 1.0  # glyphs of a pair stand on one baseline
VOTE_WIDTH = 0.06  # heights this close (relative, or half a pixel) vote together
DEFAULT_HEIGHT = 0.02  # of the picture's height, where no glyph votes
MAX_VOTERS = 6000  # components; noise beyond this adds time and no news


def measure(raster: Raster) -> Ruler:
    """Measure backgrounds and digit height of a picture.

    Parameters
    ----------
    raster : Raster

    Returns
    -------
    Ruler
        `text_height_px` is the most voted height of glyph-like components that have a neighbour
        of the same height on the same baseline; `backgrounds` the flat colours by frequency.
    """
    backgrounds = find_backgrounds(raster.rgb)
    ink = ink_mask(raster.rgb, backgrounds)
    return Ruler(text_height_px=_text_height(ink), backgrounds=backgrounds)


def find_backgrounds(rgb: RGBImage) -> tuple[RGB, ...]:
    """The dominant flat colours, most frequent first; at least one."""
    step = max(1, int(np.sqrt(rgb.shape[0] * rgb.shape[1] / 4e5)))
    here = rgb[:-FLAT_SHIFT_PX:step, :-FLAT_SHIFT_PX:step]
    right = rgb[:-FLAT_SHIFT_PX:step, FLAT_SHIFT_PX::step]
    below = rgb[FLAT_SHIFT_PX::step, :-FLAT_SHIFT_PX:step]
    if here.size == 0:
        color = np.median(rgb.reshape(-1, 3), axis=0)
        return ((int(color[0]), int(color[1]), int(color[2])),)
    flat = (cv2.absdiff(here, right[: here.shape[0], : here.shape[1]]) <= FLAT_TOLERANCE).all(axis=2)
    flat &= (cv2.absdiff(here, below[: here.shape[0], : here.shape[1]]) <= FLAT_TOLERANCE).all(axis=2)
    pixels = here[flat] if flat.any() else here.reshape(-1, 3)
    codes = (
        (pixels[:, 0].astype(np.int32) >> 3) * 1024 + (pixels[:, 1].astype(np.int32) >> 3) * 32
        + (pixels[:, 2] >> 3)
    )
    counts = np.bincount(codes, minlength=32768)
    found: list[tuple[int, NDArray[np.float64]]] = []
    for code in np.argsort(-counts, kind="stable")[: 4 * MAX_BACKGROUNDS]:
        count = int(counts[code])
        if count == 0:
            break
        color = np.median(pixels[codes == code], axis=0)
        for i, (n, other) in enumerate(found):
            if np.abs(color - other).max() <= MERGE_LEVELS:
                found[i] = (n + count, other)
                break
        else:
            found.append((count, color))
    total = len(pixels)
    kept = [c for n, c in sorted(found, key=lambda item: -item[0]) if n >= FLAT_SHARE * total]
    kept = kept[:MAX_BACKGROUNDS] or [found[0][1]]
    return tuple((round(float(c[0])), round(float(c[1])), round(float(c[2]))) for c in kept)


def _text_height(ink: Mask) -> float:
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    fallback = max(6.0, DEFAULT_HEIGHT * ink.shape[0])
    if count <= 1:
        return fallback
    x, y, w, h = (stats[1:, k].astype(np.float64) for k in range(4))
    lowest, highest = GLYPH_HEIGHT_PX
    glyph = (h >= lowest) & (h <= highest) & (w >= GLYPH_ASPECT[0] * h) & (w <= GLYPH_ASPECT[1] * h)
    x, y, w, h = x[glyph][:MAX_VOTERS], y[glyph][:MAX_VOTERS], w[glyph][:MAX_VOTERS], h[glyph][:MAX_VOTERS]
    voters = _paired_heights(x, y + h, w, h)
    if len(voters) == 0:
        return fallback
    votes = [np.sum(np.abs(voters - v) <= max(0.5, VOTE_WIDTH * v)) for v in voters]
    best = voters[int(np.argmax(votes))]
    return float(np.median(voters[np.abs(voters - best) <= max(0.5, VOTE_WIDTH * best)]))


def _paired_heights(
    x: NDArray[np.float64], bottom: NDArray[np.float64], w: NDArray[np.float64], h: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Heights of the glyphs that have a right neighbour of the same height and baseline."""
    order = np.lexsort((x, bottom))
    x, bottom, w, h = x[order], bottom[order], w[order], h[order]
    paired = np.zeros(len(x), dtype=bool)
    for i in range(len(x)):
        last = np.searchsorted(bottom, bottom[i] + PAIR_BASELINE_PX, side="right")
        first = np.searchsorted(bottom, bottom[i] - PAIR_BASELINE_PX, side="left")
        gap = x[first:last] - (x[i] + w[i])
        near = (gap >= 0) & (gap <= PAIR_GAP * h[i])
        near &= np.abs(h[first:last] - h[i]) <= max(1.0, PAIR_HEIGHT * h[i])
        if near.any():
            paired[i] = True
            paired[first:last] |= near
    return h[paired]
