"""Markers without a line: a series of marks of one size that follow a course."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import LineStyle, Scale
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
DOTTED = 4.0  # sizes from dot to dot; dotted lines have two to three ...
DOT_TEXTS = 0.5  # digit heights; ... and dots that are smaller
RIM_PX = 1.5  # px around a mark that its soft edge may fill
OFF_MIDDLE = 0.7  # of half a mark's width at its middle: rows above and below that may be wider
LEAST_BARE = 10  # px between marks that tell whether a line joins them
JOINED, UNBROKEN = 0.2, 0.85  # share of the ways between marks that holds ink: a line, a solid one
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
        Whether a legend shows a marker without a line; else small marks must stand wider apart than
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
    dots = not listed and typical < DOT_TEXTS * text_px and spacing < DOTTED * typical
    if np.diff(x).min() < APART_PX or dots:
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


def line_between(
    alpha: NDArray[np.float32], hidden: NDArray[np.bool_], marks: NDArray[np.float64],
    listed: Collection[LineStyle] = (),
) -> LineStyle:  # fmt: skip
    """The style of the line that joins marks, by the ink on the straight ways between them.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by one ink.
    hidden : (H, W) bool
        Ink of others, whose places do not count.
    marks : (N, 2) float array
        Middles of the marks, x ascending, sheet px.
    listed : collection of str
        Styles of the samples of this ink in a legend.
    """
    share = _inked_between(alpha, hidden, marks)
    if share < JOINED:
        return "none"
    if share >= UNBROKEN:
        return "solid"
    broken = [style for style in listed if style not in ("solid", "none")]
    return broken[0] if broken else "dashed"


def _inked_between(
    alpha: NDArray[np.float32], hidden: NDArray[np.bool_], marks: NDArray[np.float64]
) -> float:
    """Share of the ways between marks that holds ink; 0 where too little of them shows."""
    ink = alpha > INK
    reach = _half_width(ink, marks) + RIM_PX
    close = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    seen, inked = 0, 0
    for start, end in pairwise(marks):
        length = float(np.hypot(*(end - start)))
        t = np.arange(reach, length - reach) / max(length, 1.0)
        x, y = np.round(start + t[:, None] * (end - start)).astype(int).T
        free = ~hidden[y, x]
        seen += int(free.sum())
        inked += int(close[y, x][free].sum())
    return inked / seen if seen >= LEAST_BARE else 0.0


def _half_width(ink: NDArray[np.bool_], marks: NDArray[np.float64]) -> float:
    """Half the usual width of marks where they are widest, px: triangles are above or below their middle."""
    middle = _half_run(ink, marks)
    off = np.array([0.0, OFF_MIDDLE * middle])
    wide = max(middle, _half_run(ink, marks - off), _half_run(ink, marks + off))
    return min(wide, _half_run(ink.T, marks[:, ::-1]))  # a level line goes on in the rows of its marks


def _half_run(ink: NDArray[np.bool_], places: NDArray[np.float64]) -> float:
    """Half the usual length of the level runs of ink at these places, px."""
    out = []
    for x, y in np.round(places).astype(int):
        gaps = np.flatnonzero(~ink[np.clip(y, 0, len(ink) - 1)])
        at = int(np.searchsorted(gaps, x))
        if 0 < at < len(gaps) and gaps[at] != x:
            out.append((gaps[at] - gaps[at - 1] - 1) / 2)
    return float(np.median(out)) if out else 0.0
