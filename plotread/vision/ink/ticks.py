"""Tick strokes at the frame, told from the ends of curves."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask, Sheet

CLEAR_LEVELS = 40.0  # contrast of a stroke's or a letter's pixels
GRID_CUT_PX = 5  # px; a thicker gap is more than a grid line's
ALIKE_PX = 1.6  # px by which a piece of a curve may be thicker than twice another
TICK_REACH_PX = 2.5
TICK_WIDTH_PX = 5
TICK_LENGTH_PX = 14
WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1))  # x, y: inwards from the left, right, top and bottom side
TICK_FILL = 0.7  # share of its box; a slanted dash fills less
TICK_LENGTH_SHARE = 0.03
LEAST_TICKS, ALIKE_TICK_PX = 3, 1  # colored parts at one side of so nearly one size that are ticks


def tick_strokes(sheet: Sheet, stats: NDArray[np.int32], is_grey: Mask) -> Mask:
    """Which parts are tick strokes.

    Parameters
    ----------
    sheet : Sheet
    stats : (N, 5) int array
        Left, top, width, height and area of the parts, sheet px; the first is the ground.
    is_grey : (N,) bool

    Returns
    -------
    (N,) bool array
    """
    f, reach = sheet.frame, 2 * TICK_REACH_PX
    x0, y0 = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    long = np.maximum(TICK_LENGTH_PX, TICK_LENGTH_SHARE * max(sheet.height, sheet.width))
    upright, level = (w <= TICK_WIDTH_PX) & (h <= long), (h <= TICK_WIDTH_PX) & (w <= long)
    sides = (
        upright & (np.abs(y0 - f.top) <= reach),
        upright & (np.abs(y0 + h - 1 - f.bottom) <= reach),
        level & (np.abs(x0 - f.left) <= reach),
        level & (np.abs(x0 + w - 1 - f.right) <= reach),
    )
    ticks: Mask = np.zeros(len(stats), dtype=bool)
    for side in sides:
        ticks |= side & (is_grey | _many_alike(side, w, h))
    fill = stats[:, cv2.CC_STAT_AREA] / np.maximum(w * h, 1)
    ticks &= fill >= TICK_FILL
    for k in np.flatnonzero(ticks):
        if _goes_on(sheet, stats, int(k), float(long)):
            ticks[k] = False
    return np.asarray(ticks)


def _many_alike(side: Mask, w: NDArray[np.int32], h: NDArray[np.int32]) -> Mask:
    """Which parts at a side are one of several of a size: ticks in the color of their axis."""
    alike = (np.abs(w[:, None] - w[side]) <= ALIKE_TICK_PX) & (np.abs(h[:, None] - h[side]) <= ALIKE_TICK_PX)
    return np.asarray(alike.sum(axis=1) >= LEAST_TICKS)


def _goes_on(sheet: Sheet, stats: NDArray[np.int32], k: int, reach: float) -> bool:
    """Whether a part at the side of the frame is one end of a curve: more of its kind follows inwards.

    What follows stands free of the frame, as the neighbors of a tick do not, or lies beyond a grid line.
    """
    x, y, w, h, _ = (int(v) for v in stats[k])
    left, top, wide, tall, _ = stats.T
    frame = sheet.frame
    sides = [
        abs(x - frame.left),
        abs(x + w - 1 - frame.right),
        abs(y - frame.top),
        abs(y + h - 1 - frame.bottom),
    ]
    inward = WAYS[int(np.argmin(sides))]
    if _beyond_grid(sheet, (x, y, w, h), inward):
        return True
    gaps = np.stack([left - (x + w), x - (left + wide), top - (y + h), y - (top + tall)])
    gap = gaps.max(axis=0)
    size, thick = np.maximum(wide, tall), np.minimum(wide, tall)
    # The frame cuts the last dash of a line, so that others are longer.
    alike = (size >= 0.5 * max(w, h)) & (size <= reach) & (thick <= 2 * min(w, h) + ALIKE_PX)
    near = alike & (gaps[WAYS.index(inward)] >= -1) & (gap > 0) & (gap <= min(2.5 * max(w, h), reach))
    near[[0, k]] = False
    return bool(near.any())


def _beyond_grid(sheet: Sheet, box: tuple[int, int, int, int], inward: tuple[int, int]) -> bool:
    """Whether ink goes on beyond a grid line at which a part ends, inwards or aslant."""
    x, y, w, h = box
    for way in WAYS:
        flip = way[0] != 0
        grid, contrast = (sheet.grid.T, sheet.contrast.T) if flip else (sheet.grid, sheet.contrast)
        start, length, first, wide = (x, w, y, h) if flip else (y, h, x, w)
        lines: Mask = np.asarray(grid.all(axis=1))
        step = sum(way)
        at = edge = start + length if step > 0 else start - 1
        while 0 <= at < len(lines) and lines[at] and abs(at - edge) <= GRID_CUT_PX:
            at += step
        if at == edge or not 0 <= at < len(lines) or lines[at]:
            continue
        low = max(first - 2, 0)
        inked = np.flatnonzero(contrast[at, low : first + wide + 2] > CLEAR_LEVELS) + low
        # A tick that a grid line runs along has the same ends on both sides of it.
        aslant = len(inked) > 0 and max(abs(inked[0] - first), abs(inked[-1] - first - wide + 1)) > 1
        if len(inked) and (way == inward or aslant):
            return True
    return False
