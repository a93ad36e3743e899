"""Pixel masks and grids that several stages share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import RGB, Axis, Floats
from plotread.vision.types import Mask, RGBImage, TextBox

INK_CONTRAST = 32  # levels; a pixel this far from every background is ink (text, curves)
CELLS, CELL_LEVELS = 32, 8  # of one channel, in which colors are counted; their width, levels
SURE_READING = 0.9  # confidence from which a number tells the height of its digits
ENOUGH_NUMBERS = 4  # numbers of several digits; with fewer, single digits vote too
LOCAL_WINDOW_PX = 41  # side of the window in which the most frequent flat color is the paper
FLAT_PX = 5  # side of the smallest patch of another flat color that is no soft rim of a letter
SNAPPED_PX = 0.08  # mean distance of ticks from one common part of a pixel up to which they are snapped
SNAPPED_SHARE = 0.8  # or the share of them that is this near; the others are covered in part
THIRDS_PX = 0.05  # the same from thirds or odd quarters, where a picture was drawn half as large again
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # of red, green, blue in lightness (BT.601)
CHROMA_SIGMA_PX = 2.0  # blur that holds what 4:2:0 coding spreads of a stroke's color
LIGHT_LEVELS, AROUND_LEVELS = 8.0, 2.0  # lightness of a pixel, and around it, that tells a ratio
CORE_LIGHT = 0.75  # of the fullest pixel's around: the core of a stroke, nothing paler beside it
MOST_AROUND = 0.6  # lightness around over that of the stroke: broad ink keeps its color, dense noise mixes
MOST_COLOR = 3.0  # color per lightness; yellow on white has 3, and more is noise

T = TypeVar("T", np.uint8, np.int16, np.float32, np.float64)


def ink_mask(rgb: RGBImage, backgrounds: tuple[RGB, ...], contrast: int = INK_CONTRAST) -> Mask:
    """Where a pixel is further than `contrast` levels from every background near it, (H, W) bool.

    A color is paper where it is the most frequent one around, elsewhere only in flat patches: the
    soft rims of letters on a white page stay ink although the panel beside them is filled with
    just that grey.
    """
    near = [
        cv2.inRange(
            rgb,
            np.array([max(c - contrast, 0) for c in color]),
            np.array([min(c + contrast, 255) for c in color]),
        )
        for color in backgrounds
    ]
    if len(near) == 1:
        return np.asarray(near[0] == 0)
    window = (LOCAL_WINDOW_PX, LOCAL_WINDOW_PX)
    shares = [cv2.blur(mask, window) for mask in near]
    most = np.maximum.reduce(shares)
    patch = np.ones((FLAT_PX, FLAT_PX), np.uint8)
    paper = np.zeros(rgb.shape[:2], dtype=bool)
    for mask, share in zip(near, shares, strict=True):
        flat = cv2.dilate(cv2.morphologyEx(mask, cv2.MORPH_OPEN, patch), patch)
        paper |= (mask > 0) & ((share >= most) | (flat > 0))
    return ~paper


def fullest_color(rgb: RGBImage) -> Floats:
    """The most frequent color of an (H, W, 3) uint8 picture: the median of the fullest 8-level cell, (3,)."""
    counts = cv2.calcHist([rgb], [0, 1, 2], None, [CELLS] * 3, [0, 256] * 3)
    corner = CELL_LEVELS * np.array(np.unravel_index(int(counts.argmax()), counts.shape))
    return median_color(rgb, np.asarray(cv2.inRange(rgb, corner, corner + CELL_LEVELS - 1), dtype=np.uint8))


def median_color(rgb: RGBImage, inside: NDArray[np.uint8] | None = None) -> Floats:
    """Median of each channel of an (H, W, 3) uint8 picture where `inside` is not 0, (3,)."""
    out = np.zeros(3)
    for c in range(3):
        upto = np.cumsum(cv2.calcHist([rgb], [c], inside, [256], [0, 256]), dtype=np.float64)
        out[c] = np.searchsorted(upto, [(upto[-1] - 1) // 2, upto[-1] // 2], "right").mean()
    return out


def largest_channel(pixels: NDArray[T]) -> NDArray[T]:
    """Largest of the three channels of (..., 3) pixels; numpy's own reduction of rows of three is slow."""
    return np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def channel_spread(pixels: NDArray[T]) -> NDArray[T]:
    """Largest less smallest of the three channels of (..., 3) pixels: 0 of greys."""
    least = np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    return np.asarray(largest_channel(pixels) - least)


def gathered_chroma(rgb: NDArray[np.float32], back: NDArray[np.float32]) -> NDArray[np.float32]:
    """The pixels of a lossy picture with the color that was spread around thin strokes gathered on them.

    JPEG keeps lightness sharp but halves and blurs color, so a thin stroke comes back grey.  A blur keeps
    sums, however: that of color over that of lightness, around a pixel, is still that of the ink.

    Parameters
    ----------
    rgb, back : (H, W, 3) float32 array
        The pixels, and what they would be without ink, levels.

    Returns
    -------
    (H, W, 3) float32 array
        Of the same lightness; unchanged where that differs too little from the background's, and where
        the pixel itself holds more color than what is around it.
    """
    delta = rgb - back
    light = delta @ LUMA
    around = cv2.GaussianBlur(light, (0, 0), CHROMA_SIGMA_PX)
    color = delta - light[..., None]
    colors = cv2.GaussianBlur(color, (0, 0), CHROMA_SIGMA_PX)
    full = cv2.dilate(np.abs(light), np.ones((3, 3), np.uint8))
    tells = (np.abs(light) > np.maximum(LIGHT_LEVELS, CORE_LIGHT * full)) & (light * around > 0)
    tells &= (np.abs(around) > AROUND_LEVELS) & (np.abs(around) < MOST_AROUND * full)
    gathered = light[..., None] * (colors / np.where(tells, around, np.inf)[..., None])
    size = np.linalg.norm(gathered, axis=2)
    tells &= (size < MOST_COLOR * np.abs(light)) & (size > np.linalg.norm(color, axis=2))
    clear = np.clip(back + light[..., None] + gathered, 0.0, 255.0)
    return np.where(tells[..., None], clear, rgb).astype(np.float32)


def digit_height(numbers: Sequence[TextBox], fallback: float) -> float:
    """Median height in px of the numbers read, `fallback` where too few are sure.

    Of a page of text the ruler is the height of small letters; what was read as numbers is not.
    """
    sure = [t for t in numbers if t.confidence >= SURE_READING and "^" not in t.text]
    long = [t for t in sure if sum(c.isdigit() for c in t.text) >= 2]
    voters = long if len(long) >= ENOUGH_NUMBERS else sure
    if len(voters) < ENOUGH_NUMBERS:
        return fallback
    return float(np.median([t.box.width if t.angle else t.box.height for t in voters]))


def snapped(axis: Axis) -> bool:
    """Whether all ticks stand at the same part of a pixel, or on thirds."""
    return snapped_to(axis) is not None


def snapped_to(axis: Axis) -> Literal["pixels", "edges", "thirds", "same"] | None:
    """Where ticks stand: on pixels, between two, on thirds, all at one other part of a pixel."""
    at = np.array([tick.pixel for tick in axis.ticks])
    if len(at) == 0:
        return None
    turn = np.exp(2j * np.pi * at).mean()
    common = float(np.angle(turn)) / (2 * np.pi)
    for place in (0.0, 0.5, common):
        off = np.abs(at - place - np.round(at - place))
        if off.mean() <= SNAPPED_PX or np.mean(off <= SNAPPED_PX) >= SNAPPED_SHARE:
            return "pixels" if place == 0.0 else "edges" if place == 0.5 else "same"
    thirds = np.abs(3 * at - np.round(3 * at)).mean() / 3
    quarters = np.abs(2 * at - np.floor(2 * at) - 0.5).mean() / 2
    return "thirds" if min(thirds, quarters) <= THIRDS_PX else None


def color_distance(a: RGB | NDArray[np.float64], b: RGB | NDArray[np.float64]) -> float:
    """Distance of two colours in CIE Lab (about 2 is just visible, 100 is black to white)."""
    pair = np.array([[a, b]], dtype=np.float32) / 255
    lab = cv2.cvtColor(pair, cv2.COLOR_RGB2LAB)
    return float(np.linalg.norm(lab[0, 0] - lab[0, 1]))
