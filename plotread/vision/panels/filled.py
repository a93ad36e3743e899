"""Frames full of bars, the cells of a matrix or the slices of a pie: they are no plots of lines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Frame
from plotread.vision.pixels import ink_mask
from plotread.vision.types import RGBImage

INK_SHARE = 0.08  # of a frame's pixels; with less ink nothing fills it
DEPTH_HEIGHTS, DEEP = 0.35, 0.5  # text heights from the rim of a fill; share of the ink that lies so deep
EVEN = 0.78  # share of the upper rim that runs on in the next column; bars .9, clouds of noise .7


def is_filled(frame: Frame, rgb: RGBImage, height: float) -> bool:
    """Whether the ink inside is mostly deep fill with even rims; clouds of noise have ragged ones.

    Parameters
    ----------
    frame : Frame
    rgb : (H, W, 3) uint8 array
    height : float
        Text height, px.
    """
    box = frame.inner().pad(-2)
    pixels = rgb[box.clip(rgb.shape[1], rgb.shape[0]).slices]
    if pixels.size == 0:
        return False
    # The frame's own paper: on the page a bar's color may be so frequent that it counts as one.
    r, g, b = (int(v) for v in np.median(pixels.reshape(-1, 3), axis=0))
    inside = ink_mask(pixels, ((r, g, b),)).astype(np.uint8)
    if inside.mean() <= INK_SHARE:
        return False
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    deep = bool((depth > DEPTH_HEIGHTS * height).sum() > DEEP * inside.sum())
    return deep and _evenness(inside, max(3, round(2 * DEPTH_HEIGHTS * height))) >= EVEN


def _evenness(inside: NDArray[np.uint8], tall: int) -> float:
    """Of the tops of fills at least `tall` px deep, the share with another beside it, a px off at most."""
    down = np.ones((tall, 1), np.uint8)
    deep = cv2.erode(inside, down, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    tops = deep.copy()
    tops[1:] &= ~deep[:-1]
    near = cv2.dilate(tops.astype(np.uint8), np.ones((3, 1), np.uint8)) > 0
    beside = tops[:, :-1] & near[:, 1:]
    return float(beside.sum() / tops.sum()) if tops.any() else 1.0
