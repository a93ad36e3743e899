"""The tip of a steep end that another curve cuts off from the rest, in the same few columns."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.follow import Curve
from plotread.vision.ink.pen import stroke_width

REACH_PX, REACH_WIDTHS = 3, 1.5  # columns from the end of a curve in which its cut-off tip stands: px, pens
LEAST_PX = 3  # rows of a tip; less is the rim of what cuts it off
HIDDEN_SHARE = 0.8  # of the rows between that other ink fills


def with_tips(curves: list[Curve], alpha: np.ndarray, hidden: Mask) -> list[Curve]:
    """Curves with the ink above or below their ends from which only other ink parts them.

    Parameters
    ----------
    curves : list of Curve
        As followed, in one map.
    alpha : (H, W) float32
        Coverage by their ink.
    hidden : (H, W) bool
        Where other ink may cover it.
    """
    free = alpha > INK
    for curve in curves:
        free &= curve.alpha <= INK
    if not free.any():
        return curves
    out = []
    for curve in curves:
        reach = max(REACH_PX, round(REACH_WIDTHS * stroke_width(curve.alpha)))
        started = _with_tip(curve, alpha, free, hidden, 0, reach)
        out.append(_with_tip(started, alpha, free, hidden, -1, reach))
    return out


def _with_tip(curve: Curve, alpha: np.ndarray, free: Mask, hidden: Mask, end: int, reach: int) -> Curve:
    own = curve.alpha > INK
    columns = np.flatnonzero(own.any(axis=0))
    if len(columns) == 0:
        return curve
    x = int(columns[end])
    low, high = max(x - reach, 0), min(x + reach + 1, own.shape[1])
    rows = np.flatnonzero(own[:, x])
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        free[:, max(low - 1, 0) : high + 1].astype(np.uint8), connectivity=8
    )
    left = max(low - 1, 0)
    for k in range(1, count):
        x0, y0, wide, tall, _ = stats[k].tolist()
        x0 += left
        if x0 < low or x0 + wide > high or tall < max(LEAST_PX, wide):
            continue
        between = (y0 + tall, int(rows[0])) if y0 + tall <= rows[0] else (int(rows[-1]) + 1, y0)
        span = slice(min(x, x0), max(x, x0 + wide - 1) + 1)
        gap = hidden[slice(*between), span]
        if between[1] > between[0] and gap.any(axis=1).mean() >= HIDDEN_SHARE:
            tip = np.zeros_like(own)
            tip[:, left : left + labels.shape[1]] = labels == k
            return replace(curve, alpha=np.where(tip, alpha, curve.alpha))
    return curve
