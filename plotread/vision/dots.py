"""Rows of evenly spaced dots: dotted grid lines, seen along one row of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.vision.types import Mask

LEAST_DOTS = 12  # of a row
DOT_PX = 5  # length of a dot at most
PERIOD_PX = (3.0, 40.0)  # from dot to dot
EVEN_PX, EVEN = 1.1, 0.6  # by which distances differ from the usual one; share of those that do not


def even_dots(off: Mask) -> tuple[NDArray[np.float64], float] | None:
    """The middles of the dots that follow each other at the usual distance, and that distance, px.

    Parameters
    ----------
    off : (N,) bool
        Which pixels of a row are not paper.

    Returns
    -------
    (M,) array and float, or None
        None where the row is none of a dotted line.
    """
    turn = np.flatnonzero(np.diff(np.concatenate([[0], off.astype(np.int8), [0]])))
    opened, closed = turn[::2], turn[1::2]
    dots = (opened + closed - 1)[closed - opened <= DOT_PX] / 2
    if len(dots) < LEAST_DOTS:
        return None
    steps = np.diff(dots)
    period = float(np.median(steps))
    even = np.abs(steps - period) <= EVEN_PX
    if not PERIOD_PX[0] <= period <= PERIOD_PX[1] or even.mean() < EVEN or even.sum() + 1 < LEAST_DOTS:
        return None
    return dots[np.append(even, False) | np.append(False, even)], period
