"""The texts below a frame: a strip of the picture, level or turned, cut into words and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, Frame
from plotread.model import Floats
from plotread.vision.types import RGBImage

STRIP_HEIGHTS = (0.2, 11.0)  # text heights below the frame between which labels are looked for
ASIDE_HEIGHTS = (8.0, 5.0)  # text heights to the left (slanted labels) and right of the frame
CONTRAST = 64  # levels to the paper; ink of labels that were turned is softer than before
WORD_GAP_HEIGHTS = 0.9  # text heights: spaces within "Jan 24, 2025" are narrower
CLOSE_GAP_HEIGHTS = 0.65  # the same in a row that this joins from end to end
GLYPH_HEIGHTS = (0.25, 1.9)  # text heights of letters, commas and hyphens together
WORD_HEIGHTS = (0.7, 2.2)  # text heights of a whole label
TICK_HEIGHTS = 0.55  # text heights of the row of ticks; letters that lie on their side are wider
LEVEL_HEIGHTS = 1.5  # text heights of a level row, letters below the line included
WORD_WIDTHS = (0.5, 18.0)
MOST_WORDS = 40  # in a strip; more are no tick labels
PAD_HEIGHTS = 0.5  # text heights of paper around a crop, as the reader of words likes it
LEAST_CONFIDENCE = 0.6

WordReader = Callable[[Sequence[NDArray[np.uint8]]], list[tuple[str, float]]]

# Labels of one length; where they stand too close, several are taken for one word.
_EQUALS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\d{4}-\d\d-\d\d", r"\d{4}-\d\d", r"\d\d-\d\d \d\d", r"\d\d \d\d:\d\d", r"\d\d:\d\d",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A text of the strip: where it is anchored to the axis, its center and row, what it says."""

    x: float
    middle: float
    y: float
    text: str
    box: Box


def words_below(
    rgb: RGBImage, frame: Frame, height: float, angle: float, lowest: float, read: WordReader
) -> list[Word]:
    """The texts below a frame, down to `lowest` px, that rise to the right by `angle` degrees."""
    around = Box(
        round(frame.left - ASIDE_HEIGHTS[0] * height), round(frame.bottom + STRIP_HEIGHTS[0] * height),
        round(frame.right + ASIDE_HEIGHTS[1] * height),
        round(min(frame.bottom + STRIP_HEIGHTS[1] * height, lowest)),
    ).clip(rgb.shape[1], rgb.shape[0])  # fmt: skip
    if min(around.width, around.height) < height:
        return []
    strip = rgb[around.slices]
    paper = np.median(strip.reshape(-1, 3), axis=0)
    turned, back = _level(strip, paper, angle)
    if angle % 90 != 0 and _is_level(inked(strip, paper), height):
        return []
    boxes = _boxes(inked(turned, paper), height)
    if not boxes or len(boxes) > MOST_WORDS:
        return []
    pad = max(2, round(PAD_HEIGHTS * height))
    crops = [turned[b.pad(pad).clip(turned.shape[1], turned.shape[0]).slices] for b in boxes]
    out = []
    for box, (text, confidence) in zip(boxes, read(crops), strict=True):
        if confidence < LEAST_CONFIDENCE:
            continue
        for part, words in _parts(box, text.strip()):
            # A level label stands centered below its tick, one that rises ends there, one that falls starts.
            side = part.x1 - 1.0 if angle > 0 else float(part.x0)
            anchor = part.center if angle == 0 else (side, part.center[1])
            x, y = back @ np.array([anchor[0], anchor[1], 1.0])
            middle = float((back @ np.array([*part.center, 1.0]))[0])
            left, top = round(x) + around.x0, round(y) + around.y0
            corner = Box(left, top, left + 1, top + 1)
            out.append(Word(float(x) + around.x0, middle + around.x0, float(y), words, corner))
    return out


def _parts(box: Box, text: str) -> list[tuple[Box, str]]:
    """A word, or the labels of one length that it holds, each with its share of the box."""
    for pattern in _EQUALS:
        found = pattern.findall(text)
        if len(found) > 1 and sum(map(len, found)) >= len(text) - len(found) + 1:
            ends = np.round(np.linspace(box.x0, box.x1, len(found) + 1)).astype(int).tolist()
            return [(replace(box, x0=a, x1=b), t) for a, b, t in zip(ends[:-1], ends[1:], found, strict=True)]
    return [(box, text)]


def inked(picture: RGBImage, paper: Floats) -> NDArray[np.bool_]:
    """The (H, W) pixels of letters: those well off the paper."""
    return np.asarray(np.abs(picture.astype(np.int16) - paper.astype(np.int16)).max(axis=2) > CONTRAST)


def _is_level(ink: NDArray[np.bool_], height: float) -> bool:
    """Whether the first row of text is no taller than its letters: at a slant, it falls into scraps."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ink.any(axis=1), [False]]).astype(np.int8)))
    bands = (edges[1::2] - edges[::2]) / height
    text = bands[bands > TICK_HEIGHTS]
    return len(text) > 0 and bool(WORD_HEIGHTS[0] <= text[0] <= LEVEL_HEIGHTS)


def _level(strip: RGBImage, paper: Floats, angle: float) -> tuple[RGBImage, Floats]:
    """The strip turned clockwise by `angle`, and the (2, 3) map from its pixels back."""
    if angle == 0:
        return strip, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    h, w = strip.shape[:2]
    turn = cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), -angle, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    width, tall = int(np.ceil(w * cos + h * sin)), int(np.ceil(w * sin + h * cos))
    turn[:, 2] += ((width - w) / 2, (tall - h) / 2)
    turned = cv2.warpAffine(
        strip, turn, (width, tall), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=tuple(float(c) for c in paper),
    )  # fmt: skip
    return np.asarray(turned, dtype=np.uint8), np.asarray(cv2.invertAffineTransform(turn), dtype=np.float64)


def _boxes(ink: NDArray[np.bool_], height: float) -> list[Box]:
    """Boxes of words: glyphs in a row with gaps no wider than a space."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    tall = stats[:, cv2.CC_STAT_HEIGHT]
    keep = (tall <= GLYPH_HEIGHTS[1] * height) & (stats[:, cv2.CC_STAT_WIDTH] <= WORD_WIDTHS[1] * height)
    keep[0] = False
    glyphs = keep[labels].astype(np.uint8)
    boxes = []
    for box in _joined(glyphs, max(1, round(WORD_GAP_HEIGHTS * height)), height):
        if box.width > WORD_WIDTHS[1] * height:
            row = np.zeros_like(glyphs)
            row[box.slices] = glyphs[box.slices]
            boxes += _joined(row, max(1, round(CLOSE_GAP_HEIGHTS * height)), height)
        else:
            boxes.append(box)
    return [
        box
        for box in boxes
        if WORD_HEIGHTS[0] * height <= box.height <= WORD_HEIGHTS[1] * height
        and WORD_WIDTHS[0] * height <= box.width <= WORD_WIDTHS[1] * height
    ]


def _joined(glyphs: NDArray[np.uint8], gap: int, height: float) -> list[Box]:
    """Boxes of the glyphs that are at most `gap` px apart in a row."""
    wide = cv2.copyMakeBorder(glyphs, 0, 0, gap, gap, cv2.BORDER_CONSTANT)
    closed = cv2.morphologyEx(
        cv2.dilate(wide, np.ones((max(1, round(GLYPH_HEIGHTS[0] * height)), 1), np.uint8)),
        cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8),
    )[:, gap:-gap]  # fmt: skip
    count, words = cv2.connectedComponents(np.ascontiguousarray(closed), connectivity=8)
    boxes = []
    for i in range(1, count):
        rows, columns = np.nonzero((words == i) & (glyphs > 0))
        if len(rows):
            x0, y0 = int(columns.min()), int(rows.min())
            boxes.append(Box(x0, y0, int(columns.max()) + 1, int(rows.max()) + 1))
    return boxes
