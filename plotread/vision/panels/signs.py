"""Ticks that were read as the minus signs of the numbers right of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.geometry import cluster
from plotread.numerals import parse_number
from plotread.vision.types import Mask, TextBox

LEAST_SIGNED = 3  # numbers in a column with a sign, from which it has a direction
ALIGN_PX = 1.0  # ticks of one axis begin so exactly in one column


def without_ticks(numbers: tuple[TextBox, ...], ink: Mask, height: float) -> tuple[TextBox, ...]:
    """The numbers, those without their sign that stand in a column and grow upwards all the same.

    Without a spine, the ticks of an axis on the right look like minus signs.  Real ones would let the
    numbers of the column fall as their digits grow.

    Parameters
    ----------
    numbers : tuple of TextBox
    ink : (H, W) bool array
    height : float
        Of a digit, px.
    """
    signed = [i for i, n in enumerate(numbers) if n.text.startswith(("-", "−")) and n.angle == 0]
    out = list(numbers)
    for group in cluster([float(numbers[i].box.x0) for i in signed], ALIGN_PX):
        column = [signed[k] for k in group]
        told = [(numbers[i].box.center[1], parse_number(numbers[i].text[1:])) for i in column]
        known = sorted((at, value) for at, value in told if value is not None)
        falls = bool((np.diff([value for _, value in known]) < 0).all())
        if len(column) < LEAST_SIGNED or len(known) < len(column) or not falls:
            continue
        for i in column:
            start = _past_the_tick(ink, numbers[i], height)
            out[i] = replace(numbers[i], text=numbers[i].text[1:], box=replace(numbers[i].box, x0=start))
    return tuple(out)


def _past_the_tick(ink: Mask, number: TextBox, height: float) -> int:
    """The first column of the digits: ink again after the first gap, px."""
    box = number.box
    on = np.asarray(ink[box.slices].any(axis=0))
    gap = np.flatnonzero(~on)
    past = np.flatnonzero(on[gap[0] :]) if len(gap) else gap
    start = box.x0 + int(gap[0] + past[0]) if len(past) else box.x0
    return min(start, box.x1 - 1) if start - box.x0 <= 2 * height else box.x0
