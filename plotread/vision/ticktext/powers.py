"""Powers of ten that were found in pieces: ``10`` and its exponent, ``2``, a times sign and ``10^-1``."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.types import TextBox

ALIGN_HEIGHTS = 0.3  # text heights: what stands on one line is aligned so well
EXPONENT_GAP_HEIGHTS = 0.5  # text heights between ten and exponent at most
EXPONENT_HEIGHT = 0.88  # of the height of its ten, at most
SIGN_GAP_HEIGHTS = 0.9  # text heights between a times sign and the numbers beside it, at most
TWO_GAPS = 2 * SIGN_GAP_HEIGHTS + 0.95  # text heights between the numbers themselves, the sign included
SIGN_HEIGHTS, SIGN_SQUARE = (0.4, 0.95), 1.4  # text heights of a times sign; its width to height either way
_EXPONENT = re.compile(r"-?\d{1,2}")
_MANTISSA = re.compile(r"-?\d(?:\.\d{1,3})?×?")


def with_exponents(found: list[TextBox], height: float) -> list[TextBox]:
    """The numbers with tens joined to the exponents that stand apart from them: high, smaller, close.

    Parameters
    ----------
    found : list of TextBox
    height : float
        Of a digit, px.
    """
    tens = [t for t in found if t.text == "10"]
    small = [t for t in found if _EXPONENT.fullmatch(t.text)] if tens else []
    joined: dict[int, TextBox] = {}
    for ten in tens:
        base = ten.box
        for other in small:
            box = other.box
            if (
                box.height <= EXPONENT_HEIGHT * base.height
                and box.y0 < base.y0 < box.y1 + ALIGN_HEIGHTS * height
                and box.y1 <= base.center[1]
                and abs(box.x0 - base.x1) <= EXPONENT_GAP_HEIGHTS * height
            ):
                whole = TextBox(
                    f"10^{other.text}", base.union(box), min(ten.confidence, other.confidence)
                )
                joined[id(ten)] = joined[id(other)] = whole
                break
    return list({id(box): box for box in (joined.get(id(t), t) for t in found)}.values())


def with_mantissas(found: list[TextBox], glyphs: NDArray[np.int64], height: float) -> list[TextBox]:
    """The numbers with powers of ten joined to what they multiply: a number, a times sign, on one line.

    Parameters
    ----------
    found : list of TextBox
    glyphs : ndarray, shape (N, 4)
        Left, top, right, bottom of every glyph, px; half-open.
    height : float
        Of a digit, px.
    """
    powers = [t for t in found if t.text.startswith("10^")]
    left = [t for t in found if _MANTISSA.fullmatch(t.text)] if powers else []
    joined: dict[int, TextBox] = {}
    for power in powers:
        for other in left:
            a, b = other.box, power.box
            if abs(a.y1 - b.y1) > ALIGN_HEIGHTS * height or not 0 < b.x0 - a.x1 <= TWO_GAPS * height:
                continue
            if other.text.endswith("×") or _times_sign(glyphs, a, b, height):
                text = f"{other.text.rstrip('×')}×{power.text}"
                whole = TextBox(text, a.union(b), min(other.confidence, power.confidence))
                joined[id(power)] = joined[id(other)] = whole
    return list({id(box): box for box in (joined.get(id(t), t) for t in found)}.values())


def _times_sign(glyphs: NDArray[np.int64], a: Box, b: Box, height: float) -> bool:
    """Whether one small square glyph, and nothing else, stands between two numbers."""
    x0, y0, x1, y1 = glyphs.T
    between = (x0 >= a.x1) & (x1 <= b.x0) & (y0 >= min(a.y0, b.y0)) & (y1 <= max(a.y1, b.y1))
    if between.sum() != 1:
        return False
    left, top, right, bottom = glyphs[between][0].tolist()
    w, h = right - left, bottom - top
    low, high = (share * height for share in SIGN_HEIGHTS)
    square = max(w, h) <= SIGN_SQUARE * min(w, h) and low <= h <= high
    return bool(square and max(left - a.x1, b.x0 - right) <= SIGN_GAP_HEIGHTS * height)
