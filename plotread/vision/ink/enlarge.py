"""Ink enlarged, and how deep in it each place lies, worked out only where there is ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask

SOLID = 0.5  # coverage from which an enlarged pixel is ink
BLOCK_PX = 48  # columns enlarged in one go: a curve fills few of the rows of so few columns
SIDE_PX = 12  # columns beside a block that are enlarged with it; deeper ink takes more
BEYOND_PX = 3  # px around ink that enlarging by cubic pieces reaches, and one more


def enlarged(filled: NDArray[np.float32], scale: int) -> tuple[Mask, NDArray[np.float32]]:
    """The ink, `scale` times as large, and each place's distance to what is no ink.

    Parameters
    ----------
    filled : (H, W) float32
        Coverage.
    scale : int

    Returns
    -------
    solid : (H scale, W scale) bool
    depth : (H scale, W scale) float32
        Enlarged px, by chamfers of five.
    """
    h, w = filled.shape
    solid = np.zeros((h * scale, w * scale), dtype=bool)
    depth = np.zeros((h * scale, w * scale), dtype=np.float32)
    inked = filled > 0
    for left in range(0, w, BLOCK_PX):
        right, side = min(left + BLOCK_PX, w), SIDE_PX
        while True:
            a, b = max(left - side, 0), min(right + side, w)
            rows = np.flatnonzero(inked[:, a:b].any(axis=1))
            if len(rows) == 0:
                break
            top, bottom = max(int(rows[0]) - BEYOND_PX, 0), min(int(rows[-1]) + 1 + BEYOND_PX, h)
            ink, deep = _whole(filled[top:bottom, a:b], scale)
            core = slice((left - a) * scale, (right - a) * scale)
            # So deep a place might be nearer to what lies beside this piece.
            if b - a < w and float(deep[:, core].max()) > (side - BEYOND_PX) * scale:
                side *= 2
                continue
            place = slice(top * scale, bottom * scale), slice(left * scale, right * scale)
            solid[place], depth[place] = ink[:, core], deep[:, core]
            break
    return solid, depth


def _whole(filled: NDArray[np.float32], scale: int) -> tuple[Mask, NDArray[np.float32]]:
    if scale > 1:
        size = (filled.shape[1] * scale, filled.shape[0] * scale)
        filled = np.asarray(cv2.resize(filled, size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    solid = filled > SOLID
    depth = cv2.distanceTransform(solid.astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(solid), np.asarray(depth, dtype=np.float32)
