"""Strokes straight down: gone down once, and without what their soft rims would add."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask

TALL_WIDTHS = 2.0  # pens; a taller column has flanks at its ends unless a tip shows there
WALL_HALVES = 5  # half columns at most in which a pen thinned to a line shows one stroke straight down
RIM_PX = 3  # columns at most that a blurred wall is soft


def walls_told_once(reach: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """A stroke straight down between two levels is gone down once, in its middle, (2 W, 2).

    Told in each half column that it fills it would go down, up and down again.
    """
    high, low = reach.T
    tall = np.concatenate([[False], low - high > TALL_WIDTHS * width, [False]])
    turns = np.flatnonzero(tall[1:] != tall[:-1])
    out = reach.copy()
    for first, last in zip(turns[::2].tolist(), (turns[1::2] - 1).tolist(), strict=True):
        if not 0 < first <= last < min(first + WALL_HALVES, len(reach) - 1):
            continue
        before, after = reach[first - 1].mean(), reach[last + 1].mean()
        ends = np.array([high[first : last + 1].min(), low[first : last + 1].max()])
        if np.isnan(before) != np.isnan(after):  # the curve begins or ends on it
            known = after if np.isnan(before) else before
            far = ends[np.abs(ends - known).argmax()]
            before, after = (far, after) if np.isnan(before) else (before, far)
        levels = np.array([min(before, after), max(before, after)])
        if np.abs(levels - ends).max() <= width:
            out[first : last + 1] = after
            middle = (first + last) // 2
            out[first:middle] = before
            out[middle] = ends
    return out


def without_rims(
    columns: NDArray[np.intp], thin: Mask, reach: NDArray[np.float64], width: float
) -> NDArray[np.intp]:
    """The columns without the soft rim of a wall at either end, where the pen has no place at all."""
    none = np.asarray(np.isnan(reach[columns]).all(axis=(1, 2)) & ~thin[columns])
    tall = np.asarray((reach[columns, :, 1] - reach[columns, :, 0] > TALL_WIDTHS * width).any(axis=1))
    for _ in range(2):
        rim = int(np.argmin(none)) if not none.all() else 0
        if rim <= RIM_PX and tall[rim : rim + RIM_PX].any():
            columns, none, tall = columns[rim:], none[rim:], tall[rim:]
        columns, none, tall = columns[::-1], none[::-1], tall[::-1]
    return columns
