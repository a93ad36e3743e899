"""Underscores that a reader of words left out: short strokes below the line that letters stand on."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.vision.types import RGBImage
from plotread.vision.words.parts import mode_color

LEAST_LETTERS = 3  # of the Latin alphabet: what is shorter names nothing with an underscore
LEAST_HEIGHT_PX = 8  # of the crop; lower text has no room below its line
INK_SHARE = 0.5  # of the strongest contrast in the crop: the strokes of letters part there
LETTER = 0.5  # of the tallest part; letters at least, which tell the line they stand on
WIDE, FLAT = 0.3, 0.2  # of the tallest part: an underscore's least width and most height
LONG = 2.0  # times its height that it is wide, at least; blurred ones are short
ABOVE_PX, BELOW = 1.0, 0.35  # px above the line of the letters (blur), and of their size below it: its top
COVERED = 0.35  # of an underscore's width that stands below letters, at most: the tail of a g does
NEAR = 0.15  # share of the text's length between an underscore and the space that stands for it


def has_words(text: str) -> bool:
    """Whether a text is one in which an underscore may stand."""
    return sum(c.isascii() and c.isalpha() for c in text) >= LEAST_LETTERS


def with_underscores(text: str, crop: RGBImage) -> str:
    """The text with the underscores that its picture shows.

    Parameters
    ----------
    text : str
        As read.
    crop : (h, w, 3) uint8 array
        One line of text, upright, with a margin.

    Returns
    -------
    str
        With an underscore put in, or in a space's place, where one is seen and its place is certain.
    """
    if crop.shape[0] < LEAST_HEIGHT_PX:
        return text
    letters, strokes = _parts(crop)
    if not letters:
        return text
    # At an end it may belong to what stands beside the text.
    strokes = [x for x in strokes if letters[0][1] <= x <= letters[-1][0]]
    if len(strokes) <= text.count("_"):
        return text
    glyphs = _runs(letters)
    plain = [c for c in text if c not in " _"]
    if len(plain) == len(glyphs):
        return _put_in(text, [sum(b < x for _, b in glyphs) for x in strokes])
    left, right = letters[0][0], max(b for _, b in letters)
    shares = [(x - left) / max(right - left, 1.0) for x in strokes]
    return _for_spaces(text, shares)


def _parts(crop: RGBImage) -> tuple[list[tuple[float, float]], list[float]]:
    """Left and right end of the parts of letters, from left to right, and the middles of underscores."""
    off = np.abs(crop.astype(np.int16) - mode_color(crop.reshape(-1, 3))).max(axis=2)
    ink = (off > INK_SHARE * off.max()).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    x, y, w, h, _ = (stats[1:, k].astype(float) for k in range(5))
    if len(x) == 0:
        return [], []
    tall = h >= LETTER * h.max()
    line = float(np.median((y + h)[tall]))
    size = float(np.median(h[tall]))
    under = (y >= line - ABOVE_PX) & (y <= line + BELOW * size) & (y + h < len(ink))
    under &= (h <= max(FLAT * size, 2.0)) & (w >= np.maximum(WIDE * size, LONG * h))
    order = np.argsort(x, kind="stable")
    own = ~under & (y < line)  # what stands lower is the next line
    letters = [(float(x[k]), float(x[k] + w[k])) for k in order if own[k]]
    strokes = [(float(x[k]), float(x[k] + w[k])) for k in order if under[k]]
    return letters, [(a + b) / 2 for a, b in strokes if _covered(a, b, letters) <= COVERED * (b - a)]


def _covered(a: float, b: float, letters: list[tuple[float, float]]) -> float:
    """Px between a and b that stand below letters."""
    return sum(max(min(b, right) - max(a, left), 0.0) for left, right in _runs(letters))


def _runs(parts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Parts that stand above each other, as the dot of an i, taken together."""
    runs: list[tuple[float, float]] = []
    for a, b in parts:
        if runs and a < runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], b))
        else:
            runs.append((a, b))
    return runs


def _put_in(text: str, places: list[int]) -> str:
    """Underscores after so many letters; a space there gives way."""
    out, count = [], 0
    for c in text:
        if c == "_":
            continue
        if c == " ":
            if count not in places:
                out.append(c)
            continue
        out += ["_"] * places.count(count) if count in places else []
        out.append(c)
        count += 1
    return "".join(out)


def _for_spaces(text: str, shares: list[float]) -> str:
    """Underscores, told by their share of the text's length, in place of the spaces nearest to them."""
    out = list(text)
    taken = [i for i, c in enumerate(text) if c == "_"]
    for share in shares:
        marks = [i for i in taken if abs((i + 0.5) / len(text) - share) <= NEAR]
        if marks:
            taken.remove(marks[0])
            continue
        spaces = [i for i, c in enumerate(out) if c == " "]
        best = min(spaces, key=lambda i: abs((i + 0.5) / len(text) - share), default=None)
        if best is not None and abs((best + 0.5) / len(text) - share) <= NEAR:
            out[best] = "_"
    return "".join(out)
