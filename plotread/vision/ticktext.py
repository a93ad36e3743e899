"""Numbers in the picture: glyph components grouped to words, read by the number reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.pixels import digit_height, ink_mask
from plotread.vision.types import Line, Mask, Raster, RGBImage, Ruler, TextBox

WORD_GAP_HEIGHTS = 0.75  # text heights between the glyphs of one number
GLYPH_HEIGHTS = 2.0  # taller components are curves, frames or titles
GLYPH_WIDTHS = 2.2  # text heights; wider ones are lines, unless they are as high as digits:
CHAIN_WIDTHS, CHAIN_HEIGHTS = 9.0, (0.7, 1.45)  # text heights: digits that touch each other
WORD_HEIGHTS = (0.55, 2.3)  # text heights of a whole number, superscript included
WORD_WIDTHS = 14.0  # text heights; "2025-02-15 12:30" fits
TICK_THIN, TICK_REACH = 0.35, 0.3  # text heights: a sliver this thin and near a line is a tick
TICK_LONG = 1.3  # text heights; longer slivers near lines are no ticks but rules
EDGE_HEIGHTS = 12.0  # text heights: shorter edges of fills are the tops and bottoms of letters
LINE_REACH_PX = 4  # rows looked at on both sides of a line to find its thickness
LINE_FILLED = 0.6  # share of a row that is ink where the line still runs
SMALL_TEXT_PX = 9.5  # below this height a decimal point is one pixel
RULER_SLACK = 0.25  # of the ruler; digits further from it are looked for again at their own height
LEAST_CONFIDENCE = 0.5
MAX_WORDS = 1500  # more are a page of text; the rest is left unread
CROP_PAD_PX = 2

NumberReader = Callable[[Sequence[NDArray[np.uint8]]], list[tuple[str, float]]]


def find_numbers(
    raster: Raster,
    ruler: Ruler,
    lines: tuple[Line, ...],
    read: NumberReader,
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
    """
    found = _read_at(raster, ruler, ruler.text_height_px, lines, read)
    height = digit_height(found, ruler.text_height_px)
    if abs(height - ruler.text_height_px) > RULER_SLACK * ruler.text_height_px:
        found = _read_at(raster, ruler, height, lines, read)
    return found


def _read_at(
    raster: Raster, ruler: Ruler, height: float, lines: tuple[Line, ...], read: NumberReader
) -> tuple[TextBox, ...]:
    """Numbers whose digits are about `height` px high."""
    clean = _erase_lines(ink_mask(raster.rgb, ruler.backgrounds), lines)
    glyphs = _glyphs(clean, lines, height)
    boxes = _words(glyphs, height)[:MAX_WORDS]
    crops = [_crop(raster.rgb, glyphs, box) for box in boxes]
    texts = read(crops) if crops else []
    return tuple(
        TextBox(text, box, confidence)
        for box, (text, confidence) in zip(boxes, texts, strict=True)
        if text and confidence >= LEAST_CONFIDENCE and any(c.isdigit() for c in text)
    )


def _erase_lines(ink: Mask, lines: tuple[Line, ...]) -> Mask:
    clean = ink.copy()
    for line in lines:
        view, source = (clean, ink) if line.horizontal else (clean.T, ink.T)
        a, b = max(0, round(line.start)), round(line.end) + 1
        middle = round(line.position)
        for row in range(max(0, middle - LINE_REACH_PX), min(view.shape[0], middle + LINE_REACH_PX + 1)):
            if source[row, a:b].mean() >= LINE_FILLED:
                view[row, a:b] = False
    return clean


def _glyphs(ink: Mask, lines: tuple[Line, ...], height: float) -> Mask:
    """Components of the size of glyphs, ticks beside lines left out."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    x, y, w, h, area = (stats[:, k] for k in range(5))
    keep = (h <= GLYPH_HEIGHTS * height) & (w <= GLYPH_WIDTHS * height)
    low, high = CHAIN_HEIGHTS
    keep |= (h >= low * height) & (h <= high * height) & (w <= CHAIN_WIDTHS * height)
    if height >= SMALL_TEXT_PX:
        keep &= area >= 2
    keep[0] = False
    thin = (np.minimum(w, h) <= max(TICK_THIN * height, 1.5)) & (np.maximum(w, h) <= TICK_LONG * height)
    reach = max(TICK_REACH * height, 1.5)
    for line in lines:
        if line.kind != "stroke" and line.end - line.start < EDGE_HEIGHTS * height:
            continue
        low, high, along, other = (y, y + h - 1, x, w) if line.horizontal else (x, x + w - 1, y, h)
        near = (low <= line.position + reach) & (high >= line.position - reach)
        near &= (along + other > line.start) & (along < line.end)
        across = h >= w if line.horizontal else w >= h
        keep &= ~(thin & near & across)
    return np.asarray(keep[labels])


def _words(glyphs: Mask, height: float) -> list[Box]:
    """Close gaps along rows; each component of the result is a word."""
    gap = max(1, round(WORD_GAP_HEIGHTS * height))
    mask = glyphs.astype(np.uint8)
    closed = cv2.morphologyEx(
        cv2.copyMakeBorder(mask, 0, 0, gap, gap, cv2.BORDER_CONSTANT), cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8)
    )[:, gap:-gap]
    closed = cv2.dilate(closed, np.ones((3, 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    boxes = []
    for i in range(1, count):
        x, y, w, h, _ = stats[i].tolist()
        inside = glyphs[y : y + h, x : x + w] & (labels[y : y + h, x : x + w] == i)
        rows = np.flatnonzero(inside.any(axis=1))
        columns = np.flatnonzero(inside.any(axis=0))
        if len(rows) == 0:
            continue
        box = Box(x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1)
        if WORD_HEIGHTS[0] * height <= box.height <= WORD_HEIGHTS[1] * height and box.width <= WORD_WIDTHS * height:
            boxes.append(box)
    boxes.sort(key=lambda b: (b.y0, b.x0))
    return boxes


def _crop(rgb: RGBImage, glyphs: Mask, box: Box) -> RGBImage:
    """The crop of a word with everything that is not its glyphs painted over."""
    around = box.pad(CROP_PAD_PX).clip(rgb.shape[1], rgb.shape[0])
    crop = rgb[around.slices].copy()
    rim = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]])
    paper = np.median(rim, axis=0).astype(np.uint8)
    near = cv2.dilate(glyphs[around.slices].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    crop[~near] = paper
    return crop
