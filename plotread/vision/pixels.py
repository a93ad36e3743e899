"""Pixel masks that several stages share."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from plotread.model import RGB
from plotread.vision.types import Mask, RGBImage, TextBox

INK_CONTRAST = 32  # levels; a pixel this far from every background is ink (text, curves)
SURE_READING = 0.9  # confidence from which a number tells the height of its digits
ENOUGH_NUMBERS = 4  # numbers of several digits; with fewer, single digits vote too
LOCAL_WINDOW_PX = 41  # side of the window in which a flat color must have a share to be paper there
LOCAL_SHARE = 0.15  # of that window; the fill of a neighboring panel has less


def ink_mask(rgb: RGBImage, backgrounds: tuple[RGB, ...], contrast: int = INK_CONTRAST) -> Mask:
    """Where a pixel is further than `contrast` levels from every background near it, (H, W) bool.

    A color is paper only where it fills a share of the surroundings: grey letters on a white
    page stay ink although the panel beside them is filled with that grey.
    """
    ink = np.ones(rgb.shape[:2], dtype=bool)
    for color in backgrounds:
        low = tuple(float(max(c - contrast, 0)) for c in color)
        high = tuple(float(min(c + contrast, 255)) for c in color)
        near = cv2.inRange(rgb, low, high) > 0
        if len(backgrounds) > 1:
            share = cv2.blur(near.astype(np.float32), (LOCAL_WINDOW_PX, LOCAL_WINDOW_PX))
            near &= share >= LOCAL_SHARE
        ink &= ~near
    return ink


def digit_height(numbers: Sequence[TextBox], fallback: float) -> float:
    """Median height in px of the numbers read, `fallback` where too few are sure.

    Of a page of text the ruler is the height of small letters; what was read as numbers is not.
    """
    sure = [t for t in numbers if t.confidence >= SURE_READING and "^" not in t.text]
    long = [t for t in sure if sum(c.isdigit() for c in t.text) >= 2]
    voters = long if len(long) >= ENOUGH_NUMBERS else sure
    if len(voters) < ENOUGH_NUMBERS:
        return fallback
    return float(np.median([t.box.height for t in voters]))
