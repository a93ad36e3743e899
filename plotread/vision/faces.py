"""Markers with open faces that touch: their holes, filled, leave the ink of filled ones."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.types import Mask

INK = 0.3  # coverage of a pixel that counts as ink
LEAST_HOLES = 8  # faces that make a row of open markers
LARGEST = 1.5  # digit heights across a face
SMALLEST_PX = 2  # across a face; smaller holes are between the strokes of anything
ALONG = 0.4  # share of the columns of the ink, from the first hole to the last, that hold a face


def with_faces(alpha: NDArray[np.float32], text_px: float) -> NDArray[np.float32] | None:
    """The ink of a curve with the faces of its open markers filled, where they follow on each other.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by one ink.
    text_px : float
        Height of digits, sheet px.

    Returns
    -------
    (H, W) float32 or None
        None where few holes are as small as faces, or stand far apart: single ones are told by their
        outlines.
    """
    faces = _faces(alpha > INK, LARGEST * text_px)
    columns = np.flatnonzero(faces.any(axis=0))
    if len(columns) == 0 or len(columns) < ALONG * (columns[-1] - columns[0] + 1):
        return None
    # Outlines are soft to both sides, and to the inside there is no paper.
    within = cv2.dilate(faces.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(within, np.float32(1), alpha)


def _faces(ink: Mask, most: float) -> Mask:
    """The small holes of the ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    faces = np.zeros(ink.shape, dtype=bool)
    if len(rows) == 0:
        return faces
    cut = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~ink[cut]).astype(np.uint8), connectivity=4)
    left, top, width, height, _ = stats.T
    h, w = labels.shape
    shut = (left > 0) & (top > 0) & (left + width < w) & (top + height < h)
    sized = np.maximum(width, height)
    small = shut & (sized <= most)
    small[0] = False
    if (small & (sized >= SMALLEST_PX)).sum() >= LEAST_HOLES:
        faces[cut] = small[labels]
    return faces
