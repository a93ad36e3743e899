"""The ruler: the flat colours of the page and the height of its digits, measured before all else.

Digits of tick labels come in rows: neighbours of one height on one baseline.  Markers, noise and
dashes do not, which is why components vote in pairs and plain medians of their heights fail.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import RGB
from plotread.vision.pixels import INK_CONTRAST, ink_mask, largest_channel, median_color
from plotread.vision.types import Mask, Raster, RGBImage, Ruler

FLAT_SHIFT_PX = (
    3  # a background pixel has its own colour at this distance to the right and below
)
FLAT_TOLERANCE = 8  # levels; JPEG noise on flat fills stays below
FLAT_SHARE = 0.02  # a background covers at least this share of the flat pixels
SORTED_SHARE = 0.02  # of the pixels; colors of fewer are sorted for their median, others counted
MAX_BACKGROUNDS = 4  # page, panel fill, card, stripe
MERGE_LEVELS = 14  # two fills nearer than this are one colour split by the histogram
GLYPH_HEIGHT_PX = (
    4,
    90,
)  # digits lower than 4 px are unreadable, higher than 90 never met
GLYPH_ASPECT = (0.12, 6.0)  # width over height of glyphs: "1" to several that touch
SINGLE_ASPECT = 1.3  # width over height of the widest single glyph
SOLID, SOLID_WIDE = (
    0.9,
    0.75,
)  # share of its box that a component fills when it is a tick or a dash
WORD_GAP = 0.45  # heights between two neighboring glyphs of one word at most
LETTERS = 1.6  # ratio of heights within a word: capitals to small letters
BASELINE = 0.07  # heights: round glyphs overshoot the baseline by this much
SAME_HEIGHT, SAME_HEIGHT_PX = (
    0.08,
    1.0,
)  # spread of heights within a number, relative or px
EVEN_VOTE, MIXED_VOTE = (
    3.0,
    1.0,
)  # digits of a number share one height; letters of a word rarely do
VOTE_WIDTH, VOTE_WIDTH_PX = (
    0.06,
    1.0,
)  # heights this close (relative, or px) vote together
GREY_SPREAD, GREY_LEVELS = (
    0.4,
    8,
)  # spread of the channels of grey ink: share of its contrast, levels
FAINT = 0.4  # of the contrast of the darkest grey ink: below are gridlines
GREY_VOTES = 9.0  # three numbers' worth of votes, with which grey ink decides alone
SMALL_PX = (6, 12)  # digits of these heights often touch throughout a number
MOST_TOUCHING = 8.0  # votes that all of those have together
LEAST_HEIGHT_PX = 6.0
DEFAULT_HEIGHT = 0.02  # of the picture's height, where no glyph votes


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
    # Labels are mostly grey, curves mostly not: noise, dashes and markers of many heights fall out.
    height = _text_height(ink, _grey(raster.rgb, backgrounds[0]) & ink, GREY_VOTES)
    height = height or _text_height(ink, ink, 0.0)
    if height is None:
        height = max(LEAST_HEIGHT_PX, DEFAULT_HEIGHT * raster.height)
    return Ruler(text_height_px=height, backgrounds=backgrounds)


def find_backgrounds(rgb: RGBImage) -> tuple[RGB, ...]:
    """The dominant flat colours, most frequent first; at least one."""
    step = max(1, int(np.sqrt(rgb.shape[0] * rgb.shape[1] / 4e5)))
    here = rgb[:-FLAT_SHIFT_PX:step, :-FLAT_SHIFT_PX:step]
    right = rgb[:-FLAT_SHIFT_PX:step, FLAT_SHIFT_PX::step]
    below = rgb[FLAT_SHIFT_PX::step, :-FLAT_SHIFT_PX:step]
    if here.size == 0:
        color = np.median(rgb.reshape(-1, 3), axis=0)
        return ((int(color[0]), int(color[1]), int(color[2])),)
    height, width = here.shape[:2]
    here = np.ascontiguousarray(here)
    apart = [np.asarray(cv2.absdiff(here, np.ascontiguousarray(other[:height, :width])), dtype=np.uint8)
             for other in (right, below)]  # fmt: skip
    flat = largest_channel(np.maximum(*apart)) <= FLAT_TOLERANCE
    if not flat.any():
        flat[:] = True
    red, green, blue = (np.asarray(channel, dtype=np.uint16) >> 3 for channel in cv2.split(here))
    codes = (red << 10) | (green << 5) | blue
    counts = np.bincount(codes[flat], minlength=32768)
    found: list[tuple[int, NDArray[np.float64]]] = []
    for code in np.argsort(-counts, kind="stable")[: 4 * MAX_BACKGROUNDS]:
        count = int(counts[code])
        if count == 0:
            break
        own = flat & (codes == code)
        few = count < SORTED_SHARE * own.size  # sorting these is quicker than counting all
        color = np.median(here[own], axis=0) if few else median_color(here, own.astype(np.uint8))
        for i, (n, other) in enumerate(found):
            if np.abs(color - other).max() <= MERGE_LEVELS:
                found[i] = (n + count, other)
                break
        else:
            found.append((count, color))
    total = int(np.count_nonzero(flat))
    kept = [
        c
        for n, c in sorted(found, key=lambda item: -item[0])
        if n >= FLAT_SHARE * total
    ]
    kept = kept[:MAX_BACKGROUNDS] or [found[0][1]]
    return tuple(
        (round(float(c[0])), round(float(c[1])), round(float(c[2]))) for c in kept
    )


def _grey(rgb: RGBImage, paper: RGB) -> Mask:
    """Grey ink that is not faint: labels, and neither curves nor gridlines; (H, W) bool."""
    r, g, b = cv2.split(rgb)
    levels = np.arange(256)
    from_paper = (np.abs(levels - level).astype(np.uint8) for level in paper)
    gaps = [cv2.LUT(channel, table) for channel, table in zip((r, g, b), from_paper, strict=True)]
    contrast = cv2.max(cv2.max(gaps[0], gaps[1]), gaps[2])
    spread = cv2.subtract(cv2.max(cv2.max(r, g), b), cv2.min(cv2.min(r, g), b))
    most = np.clip(GREY_SPREAD * levels + GREY_LEVELS, 0, 255).astype(np.uint8)
    grey = spread <= cv2.LUT(contrast, most)
    ink = contrast[grey & (contrast > INK_CONTRAST)]
    darkest = float(np.percentile(ink, 95)) if len(ink) else 0.0
    return np.asarray(grey & (contrast >= FAINT * darkest))


def _text_height(ink: Mask, strong: Mask, least_votes: float) -> float | None:
    """Most voted height of the components that hold strong ink; None below `least_votes`."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        ink.astype(np.uint8), connectivity=8
    )
    x, y, w, h, area = (stats[1:, k].astype(np.int64) for k in range(5))
    lowest, highest = GLYPH_HEIGHT_PX
    glyph = (
        (h >= lowest)
        & (h <= highest)
        & (w >= GLYPH_ASPECT[0] * h)
        & (w <= GLYPH_ASPECT[1] * h)
    )
    glyph &= area <= np.where(w > SINGLE_ASPECT * h, SOLID_WIDE, SOLID) * w * h
    glyph &= np.bincount(labels[strong], minlength=count)[1:] > 0
    heights, weights = _votes(x[glyph], (y + h)[glyph], w[glyph], h[glyph])
    if len(heights) == 0:
        return None
    near = (
        np.abs(heights[:, None] - heights[None, :])
        <= np.maximum(VOTE_WIDTH_PX, VOTE_WIDTH * heights)[:, None]
    )
    votes = near @ weights
    if votes.max() < least_votes:
        return None
    best: float = heights[int(np.argmax(votes))]
    return float(
        np.median(
            heights[np.abs(heights - best) <= max(VOTE_WIDTH_PX, VOTE_WIDTH * best)]
        )
    )


def _votes(
    x: NDArray[np.int64],
    bottom: NDArray[np.int64],
    w: NDArray[np.int64],
    h: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One vote per word: the height of its glyphs, and a weight.

    Glyphs are chained to the nearest right neighbor on the same baseline.  Words whose glyphs all
    have one height (numbers) outweigh words of mixed heights (letters), which tell their tallest.
    Glyphs that touch count as one of their word.
    """
    order = np.lexsort((x, bottom))
    x, bottom, w, h = x[order], bottom[order], w[order], h[order]
    n = len(x)
    row = int(x.max(initial=0)) + 2
    key = bottom * row + x
    nearest, link = np.full(n, np.inf), np.full(n, -1)
    for shift in (0, -1, 1, -2, 2):
        at = np.searchsorted(key, (bottom + shift) * row + x + w - 1)
        ok = at < n
        at = np.minimum(at, n - 1)
        gap = x[at] - (x + w)
        ok &= (
            (bottom[at] == bottom + shift)
            & (gap >= -1)
            & (gap <= np.maximum(WORD_GAP * h, 1))
        )
        ok &= (h[at] <= LETTERS * h) & (h <= LETTERS * h[at]) & (gap < nearest)
        ok &= np.abs(shift) <= np.maximum(1, BASELINE * h)
        nearest[ok], link[ok] = gap[ok], at[ok]
    word = np.arange(n)
    for i in np.argsort(x, kind="stable").tolist():
        if link[i] >= 0:
            word[link[i]] = word[i]
    _, index, members = np.unique(word, return_inverse=True, return_counts=True)
    low, high = np.full(len(members), np.inf), np.zeros(len(members))
    np.minimum.at(low, index, h)
    np.maximum.at(high, index, h)
    even = high - low <= np.maximum(SAME_HEIGHT_PX, SAME_HEIGHT * high)
    touching = np.zeros(len(members), bool)
    np.logical_or.at(
        touching,
        index,
        (w > SINGLE_ASPECT * h) & (h >= SMALL_PX[0]) & (h <= SMALL_PX[1]),
    )
    voting = (members >= 2) | touching
    heights = np.where(even, (low + high) / 2, high)
    # A broken curve leaves hundreds of dashes that look like touching digits: together they count little.
    lone = min(
        MIXED_VOTE, MOST_TOUCHING / max(1, int((touching & (members < 2)).sum()))
    )
    weights = np.where(members < 2, lone, np.where(even, EVEN_VOTE, MIXED_VOTE))
    return heights[voting], weights[voting]
