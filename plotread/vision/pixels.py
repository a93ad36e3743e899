"""Pixel masks that several stages share."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.model import RGB
from plotread.vision.types import Mask, RGBImage

INK_CONTRAST = 32  # levels; a pixel this far from every background is ink (text, curves)


def ink_mask(rgb: RGBImage, backgrounds: tuple[RGB, ...], contrast: int = INK_CONTRAST) -> Mask:
    """Where a pixel is further than `contrast` levels from every background, (H, W) bool."""
    ink = np.ones(rgb.shape[:2], dtype=np.uint8)
    for color in backgrounds:
        low = tuple(float(max(c - contrast, 0)) for c in color)
        high = tuple(float(min(c + contrast, 255)) for c in color)
        ink &= cv2.inRange(rgb, low, high) == 0
    return ink.astype(bool)
