"""Letters of thousands and millions that a space parts from their numbers: ``2.5 k``."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.ticktext.powers import ALIGN_HEIGHTS, LEAST_CONFIDENCE, ReadBoxes
from plotread.vision.types import TextBox

SPACE_HEIGHTS = 0.9  # text heights between a number and its letter, and from there to the next glyph
LETTER_HEIGHTS, LETTER_WIDTH = (0.6, 1.3), 1.4  # text heights of the letter
LEAST_ALIKE = 2  # numbers with one and the same letter; a single one is a word beside a number
_PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?")
_WITH_LETTER = re.compile(r"(-?\d+(?:[.,]\d+)?)([kKMGBmμ])")


def with_units(
    found: list[TextBox], glyphs: NDArray[np.int64], read: ReadBoxes, height: float
) -> list[TextBox]:
    """The numbers, joined to the letters a space to the right of them.

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
    parts = [
        (t, box) for t in found
        if _PLAIN.fullmatch(t.text) and (box := _with_letter(t.box, glyphs, height)) is not None
    ]  # fmt: skip
    whole: dict[int, tuple[str, TextBox]] = {}
    for (part, box), (text, confidence) in zip(parts, read([box for _, box in parts]), strict=True):
        match = _WITH_LETTER.fullmatch(text)
        if match and match[1] == part.text and confidence >= LEAST_CONFIDENCE:
            whole[id(part)] = match[2], TextBox(text, box, confidence)
    letters = Counter(letter for letter, _ in whole.values())
    joined = {part: box for part, (letter, box) in whole.items() if letters[letter] >= LEAST_ALIKE}
    return [joined.get(id(t), t) for t in found]


def _with_letter(number: Box, glyphs: NDArray[np.int64], height: float) -> Box | None:
    """The box of a number with the one glyph that stands a space to the right of it."""
    x0, y0, _, y1 = glyphs.T
    slack, space = ALIGN_HEIGHTS * height, SPACE_HEIGHTS * height
    level = (y1 > number.y0) & (y0 < number.y1)
    near = np.flatnonzero(level & (x0 >= number.x1) & (x0 <= number.x1 + space))
    if len(near) != 1:
        return None
    letter = Box(*glyphs[near[0]].tolist())
    least, most = (share * height for share in LETTER_HEIGHTS)
    fits = least <= letter.height <= most and letter.width <= LETTER_WIDTH * height
    after = level & (x0 >= letter.x1) & (x0 <= letter.x1 + space)
    if not fits or after.any() or abs(letter.y1 - number.y1) > slack:
        return None
    return number.union(letter)
