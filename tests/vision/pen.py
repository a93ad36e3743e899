"""A small exact pen for tests: strokes drawn eight times too large and averaged down."""

from __future__ import annotations

import cv2
import numpy as np

ENLARGE = 8
SHIFT = 6


def draw(points, width, *, size=(120, 240), color=(31, 119, 180), paper=(255, 255, 255)):
    """A polyline through `points` (px, whole numbers are pixel centers) as an (h, w, 3) picture."""
    height, wide = size
    mask = np.zeros((height * ENLARGE, wide * ENLARGE), np.uint8)
    big = (np.asarray(points, float) + 0.5) * ENLARGE - 0.5
    # Thick lines of OpenCV are polygons with round ends, exact enough at eight times the size.
    cv2.polylines(
        mask,
        [np.round(big * 2**SHIFT).astype(np.int32)],
        False,
        255,
        round(width * ENLARGE),
        cv2.LINE_8,
        SHIFT,
    )
    share = cv2.resize(mask, (wide, height), interpolation=cv2.INTER_AREA).astype(float)[..., None] / 255
    return np.round(np.array(paper) * (1 - share) + np.array(color) * share).astype(np.uint8)
