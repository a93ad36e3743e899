"""Glyphs: the components of ink of the size of digits, without lines, ticks and turned letters."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.types import Line, Mask

LEAST_GAP_PX = 3  # of small text: a faint decimal point leaves such a gap
GLYPH_HEIGHTS = 1.7  # text heights; taller components are curves, frames or titles
GLYPH_WIDTHS = 1.6  # text heights; wider ones are several touching digits, dashes or curves
TOUCHING_HEIGHTS, TOUCHING_WIDTHS = (0.7, 1.4), 7.0  # text heights of digits that touch
FULL_HEIGHT = 0.12  # text heights: digits are as tall as that to within so much, superscripts are not
WORD_HEIGHTS = (0.6, 2.3)  # text heights of a whole number, superscript included
TICK_THIN, TICK_LONG, TICK_REACH = 0.42, 0.75, 0.3  # text heights: a sliver so near a line is its tick
TICK_THIN_PX, TICK_REACH_PX = 3.0, 1.5  # the same for small text; a thin stroke spreads over three
STUMP_PX, STUMP = 3, 0.45  # px, text heights: what an erased spine leaves of a tick may be shorter than thick
LINE_REACH_PX = 4  # rows looked at on both sides of a line to find its thickness
SAME_LINE_PX = 1.5  # across, between a line and the pieces it was joined from
LINE_FILLED = 0.6  # share of a row that is ink where the line still runs
SHORT_LINE_FILLED = 0.95  # the same of a line shorter than EDGE_HEIGHTS
SMALL_TEXT_PX = 11.0  # below this height a decimal point is one pixel
ROTATED_CHAIN = 4  # words stacked so tightly are letters of a rotated text
DIGITS_SHARE = 0.8  # of them that are as tall as digits: a column of such
DASHES_SHARE = 0.75  # of them as thin as ticks: a dashed line
ROTATED_SHARED = 0.5  # of the width of the narrower of two, by which they stand over each other
ROTATED_GAP = 0.35  # text heights between stacked letters at most
EDGE_HEIGHTS = 12.0  # text heights: shorter lines may be the tops and bottoms of letters

Ints = NDArray[np.int64]


def erase_lines(ink: Mask, lines: tuple[Line, ...], height: float) -> Mask:
    """The (H, W) ink without spines and grid lines, else ticks and spines join the labels."""
    clean = ink.copy()
    for line in single_lines(lines):
        # A short one may be the tops or bottoms of digits, which gaps part.
        filled = LINE_FILLED if line.end - line.start >= EDGE_HEIGHTS * height else SHORT_LINE_FILLED
        view, source = (clean, ink) if line.horizontal else (clean.T, ink.T)
        a, b = max(0, round(line.start)), round(line.end) + 1
        middle = round(line.position)
        near = range(max(0, middle - LINE_REACH_PX), min(view.shape[0], middle + LINE_REACH_PX + 1))
        rows = [row for row in near if source[row, a:b].mean() >= filled]
        if rows and not line.horizontal:
            b = a + _without_digit(np.asarray(source[rows, a:b].any(axis=0)), height)
        view[rows, a:b] = False
    return clean


def _without_digit(run: NDArray[np.bool_], height: float) -> int:
    """Length of an upright stroke without the "1" right under its end, which joins it over a gap."""
    gaps = np.flatnonzero(~run)
    if len(gaps) == 0 or gaps[-1] - gaps[0] >= LEAST_GAP_PX:  # several gaps are those of dashes
        return len(run)
    low, high = (share * height for share in TOUCHING_HEIGHTS)
    return int(gaps[0]) if low <= len(run) - 1 - gaps[-1] <= high else len(run)


def single_lines(lines: tuple[Line, ...]) -> list[Line]:
    """Lines that hold no other line of their kind: one joined over a gap would erase the labels in it."""
    at = np.array([(line.horizontal, line.position, line.start, line.end) for line in lines]).reshape(-1, 4)
    kinds = np.array([line.kind for line in lines])
    out = []
    for line, (horizontal, position, start, end) in zip(lines, at.tolist(), strict=True):
        part = (kinds == line.kind) & (at[:, 0] == horizontal) & (np.abs(at[:, 1] - position) <= SAME_LINE_PX)
        part &= (at[:, 2] >= start) & (at[:, 3] <= end) & (at[:, 3] - at[:, 2] < end - start - SAME_LINE_PX)
        if not part.any():
            out.append(line)
    return out


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Boxes of glyph components: left, top, width, height in px, each (N,)."""

    x: Ints
    y: Ints
    w: Ints
    h: Ints

    @property
    def boxes(self) -> Ints:
        """Left, top, right, bottom of each, (N, 4)."""
        return np.stack([self.x, self.y, self.x + self.w, self.y + self.h], axis=1)


def glyphs_of(ink: Mask, lines: tuple[Line, ...], height: float) -> tuple[Glyphs, Mask]:
    """Components of the size of glyphs, ticks beside lines left out, and where they and lone pixels are.

    A lone pixel is no glyph of its own, but may be the decimal point of a number.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    x, y, w, h, area = (stats[:, k].astype(np.int64) for k in range(5))
    single = (h <= GLYPH_HEIGHTS * height) & (w <= GLYPH_WIDTHS * height)
    touching = (h >= TOUCHING_HEIGHTS[0] * height) & (h <= TOUCHING_HEIGHTS[1] * height)
    touching &= w <= TOUCHING_WIDTHS * height
    keep = single | touching
    lone = (area < 2) & (height >= SMALL_TEXT_PX)
    keep &= ~lone
    keep[0] = False
    thin = np.minimum(w, h) <= max(TICK_THIN * height, TICK_THIN_PX)
    thin &= np.maximum(w, h) <= TICK_LONG * height
    reach = max(TICK_REACH * height, TICK_REACH_PX)
    candidates = np.flatnonzero(keep & thin)
    for line in single_lines(lines):
        if len(candidates) == 0:
            break
        if line.end - line.start < EDGE_HEIGHTS * height and not _is_drawn(line, ink):
            continue
        cx, cy, cw, ch = x[candidates], y[candidates], w[candidates], h[candidates]
        low, along, wide, tall = (cy, cx, cw, ch) if line.horizontal else (cx, cy, ch, cw)
        tick = (low <= line.position + reach) & (low + tall - 1 >= line.position - reach)
        tick &= (tall >= wide) | ((wide <= max(STUMP_PX, STUMP * height)) & (tall >= wide - 1))
        tick &= (along + wide > line.start) & (along < line.end)
        keep[candidates[tick]] = False
        candidates = candidates[~tick]
    kept = np.flatnonzero(keep)
    boxes = np.stack([x[kept], y[kept], x[kept] + w[kept], y[kept] + h[kept]], axis=1)
    # Letters of a turned label go before they join the numbers beside it.
    keep[kept[rotated(boxes, height)]] = False
    return Glyphs(x[keep], y[keep], w[keep], h[keep]), np.asarray((keep | lone)[labels])


def _is_drawn(line: Line, ink: Mask) -> bool:
    """Whether a line is a stroke without gaps, not the bottoms of letters."""
    view = ink if line.horizontal else ink.T
    middle, a, b = round(line.position), max(0, round(line.start)), round(line.end) + 1
    rows = view[max(0, middle - 1) : middle + 2, a:b]
    return line.kind == "stroke" and rows.size > 0 and bool(rows.mean(axis=1).max() >= LINE_FILLED)


def rotated(boxes: Ints, height: float) -> NDArray[np.bool_]:
    """Which words are letters of a text that runs up or down: stacked with hardly a gap."""
    out = np.zeros(len(boxes), bool)
    narrow = np.flatnonzero(boxes[:, 2] - boxes[:, 0] <= WORD_HEIGHTS[1] * height)
    order = narrow[np.lexsort((boxes[narrow, 1], np.round(boxes[narrow, 2] / max(height, 1.0))))]
    chain: list[int] = []
    for i in [*order.tolist(), -1]:
        if chain and i >= 0:
            last = boxes[chain[-1]]
            shared = min(last[2], boxes[i, 2]) - max(last[0], boxes[i, 0])
            narrower = min(last[2] - last[0], boxes[i, 2] - boxes[i, 0])
            follows = last[1] <= boxes[i, 1] <= last[3] + ROTATED_GAP * height
            if follows and shared > ROTATED_SHARED * narrower:
                chain.append(i)
                continue
        tall = boxes[chain, 3] - boxes[chain, 1]
        digits = np.abs(tall - height) <= FULL_HEIGHT * height  # upright ones in rows that nearly touch
        if len(chain) >= ROTATED_CHAIN and digits.mean() < DIGITS_SHARE:
            slim = boxes[chain, 2] - boxes[chain, 0] <= max(TICK_THIN * height, TICK_THIN_PX)
            # Dashes and a tick over a digit are no text; that digit stays.
            out[chain] = slim if slim.mean() >= DASHES_SHARE else True
        chain = [i]
    return out
