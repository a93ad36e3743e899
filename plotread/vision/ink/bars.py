"""Error bars on a bare line: upright strokes at its logged points, which the line crosses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plotread.model import Scale
from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.explain import Depth
from plotread.vision.ink.markers import MIN_TEETH, comb

BAR_WIDTHS, BAR_PX = 3.0, 6.0  # pens, px; a shorter upright stroke is no error bar
BAR_OVER = 2.0  # times the strokes beside it that an error bar is long
BAR_WIDE, BAR_WIDE_PX = 1.2, 1.5  # pens and px; what is wider is a marker
BAR_LONG = 3.0  # times its width that a bar is long at least
BESIDE_WIDTHS, BESIDE_PX = 1.0, 2.0  # pens and px from its middle that these are looked for
LINE_SHARE = 0.15  # of the columns, that show the line
STIFF = 1e-3  # weight of even slopes, where no column between two bars shows the line alone


def barred(
    depth: Depth, filled: NDArray[np.float32], hidden: Mask, scale: Scale, width: float
) -> NDArray[np.float64] | None:
    """The logged points of a line without markers under error bars, or None where none are seen.

    Parameters
    ----------
    depth : Depth
        Of that ink.
    filled : (H, W) float32
        Coverage by one curve.
    hidden : (H, W) bool
        Ink of others.
    scale : Scale
        Of the x axis, in sheet px.
    width : float
        Pen, px.

    Returns
    -------
    (N, 2) float array or None
        Sheet px.
    """
    ink = filled > INK
    at, length = _strokes(ink, width)
    if len(at) < MIN_TEETH:
        return None
    columns, middle = _line(ink, at, width)
    if len(columns) < LINE_SHARE * np.count_nonzero(length):
        return None
    marks = np.stack([at, np.interp(at, columns, middle)], axis=1)
    return comb(
        replace(depth, radius=width / 2), marks, hidden, scale, width,
        heights=lambda teeth: _knots(teeth, columns, middle),
    )  # fmt: skip


def _strokes(ink: Mask, width: float) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Columns of the upright strokes, ascending, and the longest run of ink in every column."""
    length = np.zeros(ink.shape[1], dtype=np.int_)
    run = np.zeros(ink.shape[1], dtype=np.int_)
    for row in ink:
        run = (run + 1) * row
        length = np.maximum(length, run)
    off = round(BESIDE_WIDTHS * width + BESIDE_PX)
    padded = np.pad(length, off)
    beside = np.maximum(padded[: -2 * off], padded[2 * off :])
    tall = (length >= max(BAR_WIDTHS * width, BAR_PX)) & (length >= BAR_OVER * beside)
    turns = np.flatnonzero(np.diff(np.concatenate([[0], tall.astype(np.int8), [0]])))
    at = (turns[::2] + turns[1::2] - 1) / 2
    thin = [_is_thin(length, round(x), width) for x in at.tolist()]
    return at[np.array(thin, dtype=bool)], length


def _is_thin(length: NDArray[np.int_], column: int, width: float) -> bool:
    """Whether the stroke there, of these lengths by columns, is as thin as the pen: markers are wider."""
    tall = np.append(length >= length[column] / 2, False)
    left = int(np.argmin(tall[column::-1])) if not tall[: column + 1].all() else column + 1
    wide = left + int(np.argmin(tall[column:])) - 1
    return wide <= BAR_WIDE * width + BAR_WIDE_PX and int(length[column]) >= BAR_LONG * wide


def _line(
    ink: Mask, bars: NDArray[np.float64], width: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Columns beside the bars that show the line alone, or in the middle of two caps, and its rows."""
    edges = np.diff(ink.astype(np.int8), axis=0, prepend=0, append=0)
    count = (edges > 0).sum(axis=0)
    for bar in bars:
        count[max(round(bar - width - 1), 0) : round(bar + width + 1) + 1] = 0
    columns = np.flatnonzero((count == 1) | (count == 3))
    middle = np.zeros(len(columns))
    for k, column in enumerate(columns.tolist()):
        starts, ends = np.flatnonzero(edges[:, column] > 0), np.flatnonzero(edges[:, column] < 0)
        middle[k] = (starts[len(starts) // 2] + ends[len(ends) // 2] - 1) / 2
    return columns, middle


def _knots(
    teeth: NDArray[np.float64], columns: NDArray[np.intp], middle: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The points (N, 2) on these columns of the polyline that runs through the middles of others."""
    inside = (columns >= teeth[0]) & (columns <= teeth[-1])
    x, y = columns[inside], middle[inside]
    cell = np.clip(np.searchsorted(teeth, x, side="right") - 1, 0, len(teeth) - 2)
    share = (x - teeth[cell]) / np.diff(teeth)[cell]
    basis = np.zeros((len(x), len(teeth)))
    basis[np.arange(len(x)), cell] = 1 - share
    basis[np.arange(len(x)), cell + 1] = share
    bends = STIFF * np.diff(np.eye(len(teeth)), n=2, axis=0)
    heights = np.linalg.lstsq(
        np.concatenate([basis, bends]), np.concatenate([y, np.zeros(len(bends))]), rcond=None
    )[0]
    return np.stack([teeth, heights], axis=1)
