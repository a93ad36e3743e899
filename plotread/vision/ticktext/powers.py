"""Powers of ten that were found in pieces: ``10`` and its exponent, ``2``, a times sign and ``10^-1``."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.pixels import SURE_READING
from plotread.vision.types import TextBox

ALIGN_HEIGHTS = 0.3  # text heights: what stands on one line is aligned so well
EXPONENT_GAP_HEIGHTS = 0.5  # text heights between ten and exponent at most
EXPONENT_HEIGHT = 0.88  # of the height of its ten, at most
SIGN_GAP_HEIGHTS = 0.9  # text heights between a times sign and the numbers beside it, at most
MANTISSA_HEIGHTS = 5.0  # text heights from the left end of "2.5 × " to its power, at most
LEAST_CONFIDENCE = 0.5
OFFSET_GLYPHS = (4, 5, 6)  # of "1e-5", "x10-5" and "x 10-10"
OFFSET_WIDE, OFFSET_AND_TITLE = 4.5, 5.0  # text heights; together with the first letters of a title
_OFFSET = re.compile(r"1e-?\d{1,2}|×10\^-?\d{1,2}")
_EXPONENT = re.compile(r"-?\d{1,2}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\d{1,2}")
_MULTIPLE = re.compile(r"-?\d(?:\.\d{1,3})?×10\^-?\d{1,2}")

ReadBoxes = Callable[[list[Box]], list[tuple[str, float]]]


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


def with_mantissas(
    found: list[TextBox], glyphs: NDArray[np.int64], read: ReadBoxes, height: float
) -> list[TextBox]:
    """The numbers with powers of ten joined to what they multiply: a number, a times sign, on one line.

    And those like 7e4 joined to their plus sign.  The glyphs left of a power, read as a number before
    or not, are read again together with it.

    Parameters
    ----------
    found : list of TextBox
    glyphs : ndarray, shape (N, 4)
        Left, top, right, bottom of every glyph, px; half-open.
    read : callable
        Boxes to (text, confidence).
    height : float
        Of a digit, px.
    """
    powers = [t for t in found if t.text.lstrip("×").startswith("10^")]
    wider = [(power, box) for power in powers for box in _to_the_left(power.box, glyphs, height)]
    # A plus sign stands higher than the foot of its digits, and in some fonts far off.
    added = [t for t in found if _SCIENTIFIC.fullmatch(t.text)]
    wider += [(number, box) for number in added for box in _to_the_left(number.box, glyphs, height)[-1:]]
    out, joined = list(found), set()
    for (part, box), (text, confidence) in zip(wider, read([box for _, box in wider]), strict=True):
        whole = _MULTIPLE.fullmatch(text) or text == f"+{part.text}"
        if id(part) not in joined and whole and confidence >= LEAST_CONFIDENCE:
            joined |= {id(t) for t in out if t.box.overlap(box) > 0}
            out.append(TextBox(text, box, confidence))
    return [t for t in out if id(t) not in joined]


def with_offsets(
    found: list[TextBox], words: list[Box], glyphs: NDArray[np.int64], read: ReadBoxes, height: float
) -> list[TextBox]:
    """The numbers and the offsets of axes that a title runs into: the first glyphs of its word.

    Parameters
    ----------
    found : list of TextBox
    words : list of Box
        Words that are no numbers.
    glyphs : ndarray, shape (N, 4)
        Left, top, right, bottom of every glyph, px; half-open.
    read : callable
        Boxes to (text, confidence).
    height : float
        Of a digit, px.
    """
    starts: list[Box] = []
    for word in words:
        if word.width < OFFSET_AND_TITLE * height:
            continue
        inside = (glyphs[:, 0] >= word.x0) & (glyphs[:, 2] <= word.x1)
        inside &= (glyphs[:, 1] >= word.y0) & (glyphs[:, 3] <= word.y1)
        own = glyphs[inside]
        own = own[np.argsort(own[:, 0], kind="stable")]
        for count in OFFSET_GLYPHS:
            if count < len(own) and own[:count, 2].max() - word.x0 <= OFFSET_WIDE * height:
                part = own[:count]
                starts.append(Box(*part[:, :2].min(axis=0).tolist(), *part[:, 2:].max(axis=0).tolist()))
    out: dict[tuple[int, int], TextBox] = {}
    for box, (text, confidence) in zip(starts, read(starts), strict=True):
        if _OFFSET.fullmatch(text) and confidence >= SURE_READING:
            out[box.x0, box.y1] = TextBox(text, box, confidence)
    return found + list(out.values())


def _to_the_left(power: Box, glyphs: NDArray[np.int64], height: float) -> list[Box]:
    """The box of a power with one more glyph to the left each, the largest first."""
    slack = ALIGN_HEIGHTS * height
    boxes = [power]
    for x0, y0, x1, y1 in sorted(glyphs.tolist(), key=lambda g: -g[2]):
        box = boxes[-1]
        if not (power.y0 - slack <= y0 and y1 <= power.y1 + slack and x1 <= box.x0):
            continue
        if box.x0 - x1 > SIGN_GAP_HEIGHTS * height or power.x0 - x0 > MANTISSA_HEIGHTS * height:
            break
        boxes.append(box.union(Box(x0, y0, x1, y1)))
    return boxes[:0:-1]
