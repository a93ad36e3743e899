"""Numbers in the picture: glyph components grouped to words, read by the number reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, cluster
from plotread.vision.pixels import SURE_READING, digit_height, ink_mask
from plotread.vision.ticktext.glyphs import (
    FULL_HEIGHT,
    LEAST_GAP_PX,
    TICK_LONG,
    WORD_HEIGHTS,
    Glyphs,
    Ints,
    erase_lines,
    glyphs_of,
    rotated,
)
from plotread.vision.ticktext.powers import (
    LEAST_CONFIDENCE,
    with_exponents,
    with_mantissas,
    with_offsets,
)
from plotread.vision.ticktext.units import with_units
from plotread.vision.types import Line, Mask, Raster, RGBImage, Ruler, TextBox

TWO_BASELINES = 0.5  # text heights between the digits of two rows
WORD_GAP_HEIGHTS = 0.5  # text heights between the glyphs of one number at most
WORD_LONG, SPACE_HEIGHTS, DIGIT_WIDTH = 1.2, 1.2, 0.8  # text heights of a word, a space, a digit
ROW_SHARED = 0.6  # of the height of the lower of two words in one row
WORD_WIDTHS = 14.0  # text heights; "2025-02-15 12:30" fits
ALIGN_HEIGHTS = 0.3  # text heights: lone digits count only beside or above others, aligned so well
ALIKE = 0.25  # relative difference of their heights
STRAY_HEIGHTS = 0.2  # text heights from the line of the digits; no plus sign stands so far off it
STRAY_BESIDE = 2  # digits that tell that line
RULER_SLACK = 0.25  # of the ruler; digits further from it are looked for again at their own height
ENOUGH_TELLING = 4  # numbers of several digits; with fewer the ruler itself is in doubt
OTHER_RULERS = (1.5, 0.65, 2.2)  # times the ruler, tried then; a ruler finds digits of 0.6 to 1.4 times it
LARGER, ENOUGH_LARGER = 1.4, 4  # times the height of the digits; so many numbers of that are a second size
MANY_WORDS = 200  # at another ruler: so many are a text, a scatter or dashes, and slow to read
DASH_THIN, DASH_LONG = 0.25, 1.0  # text heights: a minus or tick; none ends a number
FULL_LEAST, DASH_RAISED = 0.75, 0.72  # text heights: of a digit at least, of a minus above the line at most
TURNED_DIGITS = 2  # a lone upright 0, 1 or 8 reads the same when turned
TURNED_STEPS = 3  # lone turned digits on one line that progress evenly
TURNED_BESIDE = 2  # sure turned numbers, on the line of which others need not be sure
# The zero of "0.002" that the edge of the picture halves, where a figure is too small for its labels:
_CUT, CUT_PX = re.compile(r"\)\.\d"), 1
MAX_WORDS = 1200  # more are a page of text; the rest is left unread
CROP_PAD_PX = 2

NumberReader = Callable[[Sequence[NDArray[np.uint8]]], list[tuple[str, float]]]


def find_numbers(
    raster: Raster,
    ruler: Ruler,
    lines: tuple[Line, ...],
    read: NumberReader,
    *,
    guess: bool = True,
) -> tuple[TextBox, ...]:
    """Find and read every horizontal number, offset, percentage or clock time.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
    lines : tuple of Line
        Erased before glyphs are looked for, else ticks and spines join the labels.
    read : callable
        Crops (h, w, 3) to (text, confidence).
    guess : bool
        Whether digits of other sizes are looked for where few are of the ruler's.

    Returns
    -------
    tuple of TextBox
        In the order of their upper left corners; boxes are tight, superscripts included.
    """
    ink = erase_lines(ink_mask(raster.rgb, ruler.backgrounds), lines, ruler.text_height_px)
    height = ruler.text_height_px
    found = _read_at(raster.rgb, ink, height, lines, read, None if guess else MANY_WORDS)
    if guess and _telling(found) < ENOUGH_TELLING:
        for factor in OTHER_RULERS:
            other = _read_at(raster.rgb, ink, factor * ruler.text_height_px, lines, read, MANY_WORDS)
            if _telling(other) > _telling(found):
                height, found = factor * ruler.text_height_px, other
    measured = digit_height(found, height)
    if abs(measured - height) > RULER_SLACK * height:
        found = _read_at(raster.rgb, ink, measured, lines, read)
        height = measured
    larger = [t.box.height for t in found if _tells(t) and t.box.height >= LARGER * height]
    if len(larger) >= ENOUGH_LARGER:  # a plot enlarged on a page of text
        above = float(np.median(larger))
        again = _read_at(raster.rgb, ink, above, lines, read, MANY_WORDS)
        large = [t for t in again if t.box.height >= (height * above) ** 0.5]
        small = [t for t in found if not any(t.box.overlap(other.box) for other in large)]
        found = tuple(sorted(small + large, key=lambda t: (t.box.y0, t.box.x0)))
    return found


def find_turned_numbers(
    raster: Raster, ruler: Ruler, lines: tuple[Line, ...], read: NumberReader
) -> tuple[TextBox, ...]:
    """Find and read numbers that run upwards, as some programs write the labels of a y axis.

    Parameters and result are those of `find_numbers`; the angle of the boxes is 90 degrees.
    """
    upright = erase_lines(ink_mask(raster.rgb, ruler.backgrounds), lines, ruler.text_height_px)
    # A quarter turn clockwise lays such text flat: (x, y) goes to (height - 1 - y, x).
    found = _read_at(
        _turned(raster.rgb), _turned(upright.astype(np.uint8)) > 0, ruler.text_height_px, (), read
    )
    boxes = (
        replace(t, box=Box(t.box.y0, raster.height - t.box.x1, t.box.y1, raster.height - t.box.x0), angle=90)
        for t in _surely_turned(found, ruler.text_height_px)
    )
    return tuple(sorted(boxes, key=lambda t: (t.box.y0, t.box.x0)))


def _surely_turned(found: tuple[TextBox, ...], height: float) -> list[TextBox]:
    """Of what reads as numbers when turned, what upright text would hardly show.

    That is several digits, read for sure, and what stands on one line with such; of lone digits those
    on one line that progress evenly.
    """
    out: list[TextBox] = []
    for line in cluster([float(t.box.y1) for t in found], ALIGN_HEIGHTS * height):
        row = [found[i] for i in line]
        several = [t for t in row if sum(c.isdigit() for c in t.text) >= TURNED_DIGITS]
        sure = [t for t in several if t.confidence >= SURE_READING]
        out += several if len(sure) >= TURNED_BESIDE else sure
        lone = [t for t in row if len(t.text) == 1 and t.text.isdigit() and t.confidence >= SURE_READING]
        out += lone if _even(lone, height) else []
    return out


def _even(digits: list[TextBox], height: float) -> bool:
    """Whether lone digits in a row, enough of them, are as far apart as their values."""
    values = np.array([int(t.text) for t in digits])
    if len(set(values.tolist())) < max(TURNED_STEPS, len(digits)):
        return False
    px = np.array([t.box.center[0] for t in digits])
    return bool(np.abs(np.polyval(np.polyfit(values, px, 1), values) - px).max() <= ALIGN_HEIGHTS * height)


def _turned(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE), dtype=np.uint8)


def _telling(numbers: tuple[TextBox, ...]) -> int:
    """How many different numbers of several digits were read for sure: dashes read as 1 and 11."""
    return len({t.text for t in numbers if _tells(t)})


def _tells(number: TextBox) -> bool:
    """Whether a number was read for sure, has several digits and is no dashes."""
    several = sum(c.isdigit() for c in number.text) >= 2 and set(number.text) != {"1"}
    return several and number.confidence >= SURE_READING


def _read_at(
    rgb: RGBImage, ink: Mask, height: float, lines: tuple[Line, ...], read: NumberReader,
    most: int | None = None,
) -> tuple[TextBox, ...]:  # fmt: skip
    """Numbers whose digits are about `height` px high; none where more than `most` words are."""
    glyphs, mask = glyphs_of(ink, lines, height)
    boxes = _words(glyphs, height, ink.shape)[:MAX_WORDS]
    if most is not None and len(boxes) > most:
        return ()

    def told(some: list[Box]) -> list[tuple[str, float]]:
        return read([_crop(rgb, ink, mask, box) for box in some]) if some else []

    found = [
        TextBox("0" + text[1:] if box.x0 <= CUT_PX and _CUT.match(text) else text, box, confidence)
        for box, (text, confidence) in zip(boxes, told(boxes), strict=True)
        if text and confidence >= LEAST_CONFIDENCE and any(c.isdigit() for c in text)
    ]
    whole = with_mantissas(with_exponents(found, height), glyphs.boxes, told, height)
    numbers = {t.box for t in found}
    words = [box for box in boxes if box not in numbers and box.width >= WORD_LONG * height]
    whole = with_offsets(whole, words, glyphs.boxes, told, height)
    whole = with_units(whole, glyphs.boxes, told, height)
    whole = [replace(t, worded=_worded(t, words, height)) for t in whole]
    return tuple(sorted(whole, key=lambda t: (t.box.y0, t.box.x0)))


def _worded(number: TextBox, words: list[Box], height: float) -> bool:
    """Whether a word stands beside a number, or with it in its box, which is too wide for its digits."""
    box = number.box
    beside = any(
        min(box.y1, word.y1) - max(box.y0, word.y0) >= ROW_SHARED * min(box.height, word.height)
        and 0 <= max(word.x0 - box.x1, box.x0 - word.x1) <= SPACE_HEIGHTS * height
        for word in words
    )
    return beside or box.width > (DIGIT_WIDTH * len(number.text) + WORD_LONG) * height


def _words(glyphs: Glyphs, height: float, shape: tuple[int, int]) -> list[Box]:
    """Boxes of glyphs that stand close together in a row, of the size of a number."""
    gap = max(LEAST_GAP_PX, round(WORD_GAP_HEIGHTS * height))
    canvas = np.zeros((shape[0], shape[1] + gap), np.uint8)
    x0, y0, x1, y1 = glyphs.x, glyphs.y, glyphs.x + glyphs.w, glyphs.y + glyphs.h
    for a, b, c, d in zip(x0.tolist(), y0.tolist(), x1.tolist(), y1.tolist(), strict=True):
        canvas[b:d, a : c + gap] = 1
    count, labels = cv2.connectedComponents(canvas, connectivity=4)
    if count <= 1:
        return []
    word, count = _on_baselines(labels[y0, x0].astype(np.int64), count, glyphs, height)
    word, count = _without_strays(word, count, glyphs, height)
    keep = ~_after_dashes(word, count, glyphs, height)  # ticks, and grid lines they begin
    x0, y0, x1, y1, word = x0[keep], y0[keep], x1[keep], y1[keep], word[keep]
    left, top = np.full(count, shape[1]), np.full(count, shape[0])
    right, bottom, tallest, members = (np.zeros(count, np.int64) for _ in range(4))
    np.minimum.at(left, word, x0)
    np.minimum.at(top, word, y0)
    np.maximum.at(right, word, x1)
    np.maximum.at(bottom, word, y1)
    np.maximum.at(tallest, word, y1 - y0)
    np.add.at(members, word, 1)
    tall, wide = bottom - top, right - left
    fits = (tall >= WORD_HEIGHTS[0] * height) & (tall <= WORD_HEIGHTS[1] * height)
    fits &= (tallest >= WORD_HEIGHTS[0] * height) & (wide <= WORD_WIDTHS * height)
    index = np.flatnonzero(fits)
    boxes = np.stack([left[index], top[index], right[index], bottom[index]], axis=1)
    chosen = ~rotated(boxes, height) & ((members[index] >= 2) | _aligned(boxes, height))
    found = [Box(*row) for row in boxes[chosen].tolist()]
    return sorted(found, key=lambda b: (b.y0, b.x0))


def _after_dashes(word: Ints, count: int, glyphs: Glyphs, height: float) -> NDArray[np.bool_]:
    """Glyphs right of a number that are dashes, or follow one: no number goes on there but in full height."""
    right, bottom = glyphs.x + glyphs.w, glyphs.y + glyphs.h
    dash = (glyphs.h <= max(DASH_THIN * height, 2)) & (glyphs.w >= glyphs.h)
    dash &= glyphs.w <= DASH_LONG * height
    middle = np.zeros(count)
    np.maximum.at(middle, word, np.where(dash, 0, bottom - TICK_LONG * DASH_THIN * height))
    dash &= bottom <= middle[word]  # decimal points stand lower
    last = _extremes(right[~dash], word[~dash], count)[1]
    out = dash & (glyphs.x >= last[word])
    full = glyphs.h >= FULL_LEAST * height
    ends, base = (_extremes(side[full], word[full], count)[1] for side in (right, bottom))
    level = glyphs.y + bottom >= 2 * (base[word] - DASH_RAISED * height)  # the minus of an exponent is higher
    begins = dash & level & (glyphs.x >= ends[word])
    first = _extremes(glyphs.x[begins], word[begins], count)[0]
    return np.asarray(out | (glyphs.x >= first[word]))


def _extremes(values: Ints, word: Ints, count: int) -> tuple[Ints, Ints]:
    """Least and largest value of each word; the largest integer and 0 where it has none."""
    low, high = np.full(count, np.iinfo(np.int64).max), np.zeros(count, np.int64)
    np.minimum.at(low, word, values)
    np.maximum.at(high, word, values)
    return low, high


def _on_baselines(word: Ints, count: int, glyphs: Glyphs, height: float) -> tuple[Ints, int]:
    """Words parted where digits of full height stand on two baselines: an offset above the last label."""
    full = np.abs(glyphs.h - height) <= FULL_HEIGHT * height
    bottom = glyphs.y + glyphs.h
    low, high = _extremes(bottom[full], word[full], count)
    out = word.copy()
    for w in np.flatnonzero((high > 0) & (high - low > TWO_BASELINES * height)).tolist():
        members = np.flatnonzero(word == w)
        upper = members[np.abs(bottom[members] - low[w]) < np.abs(bottom[members] - high[w])]
        if full[upper].sum() >= 2 and full[np.setdiff1d(members, upper)].sum() >= 2:
            out[upper] = count
            count += 1
    return out, count


def _without_strays(word: Ints, count: int, glyphs: Glyphs, height: float) -> tuple[Ints, int]:
    """Words parted from a first glyph off the line of all their digits.

    It is a letter of the turned label beside a tick label.
    """
    bottom = glyphs.y + glyphs.h
    order = np.lexsort((glyphs.x, word))
    first = order[np.diff(word[order], prepend=-1) != 0]
    full = np.abs(glyphs.h - height) <= FULL_HEIGHT * height
    full[first] = False
    low, high = _extremes(bottom[full], word[full], count)
    enough = np.bincount(word[full], minlength=count)[word[first]] >= STRAY_BESIDE
    slack = STRAY_HEIGHTS * height
    off = (bottom[first] < low[word[first]] - slack) | (bottom[first] > high[word[first]] + slack)
    stray = first[enough & off & (glyphs.h[first] > max(DASH_THIN * height, 2))]
    out = word.copy()
    out[stray] = count + np.arange(len(stray))
    return out, count + len(stray)


def _aligned(boxes: Ints, height: float) -> NDArray[np.bool_]:
    """Which words share a row, a left or a right edge or a centre with another of their height."""
    out = np.zeros(len(boxes), bool)
    tall = boxes[:, 3] - boxes[:, 1]
    slack = ALIGN_HEIGHTS * height
    for at in (boxes[:, 3], boxes[:, 0], boxes[:, 2], (boxes[:, 0] + boxes[:, 2]) / 2):
        order = np.argsort(at, kind="stable")
        for shift in (1, 2, 3):
            a, b = order[:-shift], order[shift:]
            near = np.abs(at[a] - at[b]) <= slack
            near &= np.abs(tall[a] - tall[b]) <= np.maximum(1, ALIKE * np.maximum(tall[a], tall[b]))
            out[a[near]] = True
            out[b[near]] = True
    return out


def _crop(rgb: RGBImage, ink: Mask, glyphs: Mask, box: Box) -> RGBImage:
    """The crop of a word with all ink but its glyphs painted over; faint decimal points stay."""
    around = box.pad(CROP_PAD_PX).clip(rgb.shape[1], rgb.shape[0])
    crop = rgb[around.slices].copy()
    rim = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]])
    paper = np.median(rim, axis=0).astype(np.uint8)
    rims = np.ones((3, 3), np.uint8)
    own = cv2.dilate(glyphs[around.slices].astype(np.uint8), rims) > 0
    foreign = cv2.dilate((ink[around.slices] & ~glyphs[around.slices]).astype(np.uint8), rims) > 0
    inside = np.zeros(own.shape, bool)
    inside[box.y0 - around.y0 : box.y1 - around.y0, box.x0 - around.x0 : box.x1 - around.x0] = True
    crop[~own & (foreign | ~inside)] = paper
    return crop
