"""Markers without a line: a series of marks of one size that follow a course."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import Scale
from plotread.vision.faces import with_faces
from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.markers import beads, depth_of
from plotread.vision.ink.pieces import pieces_of

MARKS = (4, 400)  # marks that make a series
SIZE = (0.2, 2.0)  # digit heights; smaller pieces are dirt, larger ones no markers
LEAST_PX = 2.5
SAME_SIZE = 0.35  # share by which the sizes of most marks may differ from the median
MOST = 0.8  # share of the pieces and of the ink that must be such marks
APART_PX = 1.0  # px between the middles of two marks; a series has one value at a place
DOTTED = 4.0  # sizes from dot to dot; dotted lines have two to three
ROUGH = 0.12  # median distance of a mark from the line through its neighbors, as a share of their range


def lone_marks(
    alpha: NDArray[np.float32], text_px: float, listed: bool = False
) -> NDArray[np.float64] | None:
    """Middles of the marks of a series without a line.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by one ink.
    text_px : float
        Height of digits.
    listed : bool
        Whether a legend shows a marker without a line; else the marks must stand wider apart than
        the dots of a dotted line.

    Returns
    -------
    (N, 2) float array or None
        x ascending, sheet px; None where the ink is something else, a cloud of points included:
        a curve's marks lie near the line through their neighbors.
    """
    # A marker's edge and its face may differ in color, and one of them be missing here.
    ink = cv2.morphologyEx((alpha > INK).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
    n, labels, stats, _ = pieces_of(np.asarray(ink))
    if not MARKS[0] <= n - 1 <= 2 * MARKS[1]:
        return None
    size = stats[1:, 2:4].max(axis=1).astype(float)
    large = size >= max(LEAST_PX, SIZE[0] * text_px)
    if large.sum() < MARKS[0]:
        return None
    typical = float(np.median(size[large]))
    marks = large & (np.abs(size - typical) <= SAME_SIZE * typical + 1)
    mass = np.bincount(labels.ravel(), weights=alpha.ravel().astype(float), minlength=n)[1:]
    if (
        typical > SIZE[1] * text_px
        or not MARKS[0] <= marks.sum() <= MARKS[1]
        or marks.sum() < MOST * large.sum()
        or mass[marks].sum() < MOST * mass.sum()
    ):
        return None
    rows, columns = np.nonzero(labels)
    label, weight = labels[rows, columns], alpha[rows, columns].astype(float)
    total = np.maximum(np.bincount(label, weights=weight, minlength=n), 1e-6)
    x = np.bincount(label, weights=weight * columns, minlength=n)[1:][marks] / total[1:][marks]
    y = np.bincount(label, weights=weight * rows, minlength=n)[1:][marks] / total[1:][marks]
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    spacing = float(np.median(np.hypot(np.diff(x), np.diff(y))))
    if np.diff(x).min() < APART_PX or (not listed and spacing < DOTTED * typical):
        return None
    between = y[:-2] + (y[2:] - y[:-2]) * (x[1:-1] - x[:-2]) / (x[2:] - x[:-2])
    if float(np.median(np.abs(y[1:-1] - between))) > ROUGH * max(float(np.ptp(y)), 1.0):
        return None
    return np.stack([x, y], axis=1)


def marks_on_steps(
    alpha: NDArray[np.float32], text_px: float, hidden: Mask, scale: Scale | None
) -> NDArray[np.float64] | None:
    """The same of marks that may touch, filled or open, where they stand on whole steps of the x axis.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by one ink.
    text_px : float
        Height of digits.
    hidden : (H, W) bool
        Ink of others.
    scale : Scale or None
        Of the x axis, in sheet px.
    """
    faced = with_faces(alpha, text_px)
    depth = depth_of(alpha if faced is None else faced)
    return beads(depth, hidden, scale, joined=False) if depth is not None and scale is not None else None
