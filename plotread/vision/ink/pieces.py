"""Connected pieces of a mask, with the types that the rest of the room relies on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask

Labels = NDArray[np.int32]
Stats = NDArray[np.int32]
Centers = NDArray[np.float64]


def pieces_of(mask: Mask) -> tuple[int, Labels, Stats, Centers]:
    """Pieces of `mask` (8-neighbours): their number with the background, labels, boxes and middles.

    ``stats`` has one row (left, top, width, height, area) per piece, the background first.
    """
    n, labels, stats, centers = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return (
        n,
        np.asarray(labels, dtype=np.int32),
        np.asarray(stats, dtype=np.int32),
        np.asarray(centers, dtype=float),
    )


def grown(mask: Mask, dx: int = 1, dy: int = 1) -> Mask:
    """The mask, `dx` px wider on both sides and `dy` px taller."""
    kernel = np.ones((2 * dy + 1, 2 * dx + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
