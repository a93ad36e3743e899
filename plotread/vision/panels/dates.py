"""Axes of dates and clock times: labels are read as words, upright or slanted, and tied to ticks.

Tick labels such as "2025-02-15", "06:00" above "Jan 24, 2025" or "05:27 PM" are no numbers, so the
search for panels passes over them.  Here the strip below a frame is read again, level first, then
turned by the angles at which plotting programs slant long labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, Frame, cluster
from plotread.model import Axis, Floats
from plotread.numerals import parse_clock, parse_date
from plotread.vision.panels.labels import Label, agree
from plotread.vision.panels.ticks import fit_axis, tick_sources
from plotread.vision.types import Line, Raster, RGBImage, TextBox

STRIP_HEIGHTS = (0.2, 11.0)  # text heights below the frame between which labels are looked for
ASIDE_HEIGHTS = (8.0, 5.0)  # text heights to the left (slanted labels) and right of the frame
ANGLES = (0.0, 45.0, 30.0, 60.0, 90.0)  # degrees by which labels rise to the right
CONTRAST = 64  # levels to the paper; ink of labels that were turned is softer than before
WORD_GAP_HEIGHTS = 0.9  # text heights: spaces within "Jan 24, 2025" are narrower
GLYPH_HEIGHTS = (0.25, 1.9)  # text heights of letters, commas and hyphens together
WORD_HEIGHTS = (0.7, 2.2)  # text heights of a whole label
WORD_WIDTHS = (1.5, 18.0)
MOST_WORDS = 40  # in a strip; more are no tick labels
PAD_HEIGHTS = 0.5  # text heights of paper around a crop, as the reader of words likes it
LEAST_CONFIDENCE = 0.6
LEAST_LABELS = 3  # on one scale; two dates agree with everything
LEAST_SHARE = 0.6  # of the labels that parse must stand on that scale
ROW_HEIGHTS = 0.5  # text heights by which the centers of one row differ
UNDER_HEIGHTS = 2.0  # text heights between the centers of a clock time and the date under it
SHIFT_SHARE = 0.45  # of the spacing of the labels: how far all may stand from their ticks
TIE_HEIGHTS = 0.3  # text heights by which the labels miss their ticks after the common shift

WordReader = Callable[[Sequence[NDArray[np.uint8]]], list[tuple[str, float]]]

_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*([AaPp])\.?[Mm]\.?")
_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class _Word:
    """A text of the strip: where it is anchored to the axis, its row, what it says."""

    x: float
    y: float
    text: str
    box: Box


def date_axis(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, height: float, read: WordReader
) -> Axis | None:
    """Read the x axis of a panel as dates or clock times.

    Parameters
    ----------
    raster : Raster
    lines : tuple of Line
    frame : Frame
    height : float
        Text height, px.
    read : callable
        Crops (h, w, 3) to (text, confidence), for words.

    Returns
    -------
    Axis or None
        Of kind "date", without a range; None where the labels are no dates.  Labels that name no
        year (or no day) count from 1970 and have the flag ``date_partial``.
    """
    sources = list(tick_sources(raster, lines, frame, "x", height))
    for angle in ANGLES:
        words = _words(raster.rgb, frame, height, angle, read)
        values, partial = _moments(words, height)
        labels = [
            Label(word.x, (value,), word.text, TextBox(word.text, word.box, 1.0))
            for word, value in zip(words, values, strict=True)
            if value is not None
        ]
        labels.sort(key=lambda label: label.position)
        labels = _shifted(labels, sources, height)
        found = agree(labels, height)
        if found is None or found.kind != "linear" or found.slope <= 0:
            continue
        if len(found.members) < LEAST_LABELS or len(found.members) < LEAST_SHARE * len(labels):
            continue
        progression = replace(found, kind="date")
        axis = fit_axis(raster, lines, frame, "x", tuple(labels), progression, (1.0, 0.0), height)
        return replace(axis, flags=axis.flags | {"date_partial"}) if partial else axis
    return None


def _words(rgb: RGBImage, frame: Frame, height: float, angle: float, read: WordReader) -> list[_Word]:
    """The texts below a frame that rise to the right by `angle` degrees."""
    around = Box(
        round(frame.left - ASIDE_HEIGHTS[0] * height), round(frame.bottom + STRIP_HEIGHTS[0] * height),
        round(frame.right + ASIDE_HEIGHTS[1] * height), round(frame.bottom + STRIP_HEIGHTS[1] * height),
    ).clip(rgb.shape[1], rgb.shape[0])  # fmt: skip
    if min(around.width, around.height) < height:
        return []
    strip = rgb[around.slices]
    paper = np.median(strip.reshape(-1, 3), axis=0)
    turned, back = _level(strip, paper, angle)
    boxes = _boxes(np.abs(turned.astype(np.int16) - paper.astype(np.int16)).max(axis=2) > CONTRAST, height)
    if not boxes or len(boxes) > MOST_WORDS:
        return []
    pad = max(2, round(PAD_HEIGHTS * height))
    crops = [turned[b.pad(pad).clip(turned.shape[1], turned.shape[0]).slices] for b in boxes]
    out = []
    for box, (text, confidence) in zip(boxes, read(crops), strict=True):
        if confidence < LEAST_CONFIDENCE:
            continue
        # A level label stands centered below its tick, a slanted one ends there.
        anchor = box.center if angle == 0 else (box.x1 - 1.0, box.center[1])
        x, y = back @ np.array([anchor[0], anchor[1], 1.0])
        corner = Box(round(x), round(y), round(x) + 1, round(y) + 1)
        where = replace(corner, x0=corner.x0 + around.x0, y0=corner.y0 + around.y0,
                        x1=corner.x1 + around.x0, y1=corner.y1 + around.y0)  # fmt: skip
        # Slanted labels end in one row; where level ones have their row.
        out.append(_Word(float(x) + around.x0, float(y), text.strip(), where))
    return out


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
    """Boxes of glyphs in a row with gaps no wider than a space."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    tall = stats[:, cv2.CC_STAT_HEIGHT]
    keep = (tall <= GLYPH_HEIGHTS[1] * height) & (stats[:, cv2.CC_STAT_WIDTH] <= WORD_WIDTHS[1] * height)
    keep[0] = False
    glyphs = keep[labels].astype(np.uint8)
    gap = max(1, round(WORD_GAP_HEIGHTS * height))
    wide = cv2.copyMakeBorder(glyphs, 0, 0, gap, gap, cv2.BORDER_CONSTANT)
    closed = cv2.morphologyEx(
        cv2.dilate(wide, np.ones((max(1, round(GLYPH_HEIGHTS[0] * height)), 1), np.uint8)),
        cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8),
    )[:, gap:-gap]  # fmt: skip
    count, words = cv2.connectedComponents(np.ascontiguousarray(closed), connectivity=8)
    boxes = []
    for i in range(1, count):
        rows, columns = np.nonzero((words == i) & (glyphs > 0))
        if len(rows) == 0:
            continue
        box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
        if (
            WORD_HEIGHTS[0] * height <= box.height <= WORD_HEIGHTS[1] * height
            and WORD_WIDTHS[0] * height <= box.width <= WORD_WIDTHS[1] * height
        ):
            boxes.append(box)
    return boxes


def _moments(words: list[_Word], height: float) -> tuple[list[float | None], bool]:
    """Days since 1970-01-01 of each word on the axis, and whether a year or a day had to be assumed."""
    values: list[float | None] = [None] * len(words)
    rows = cluster([word.y for word in words], ROW_HEIGHTS * height)
    telling = [[i for i in row if _tells(words[i].text)] for row in rows]
    if not any(telling):
        return values, False
    k = max(range(len(rows)), key=lambda r: (len(telling[r]), -r))
    main = sorted(telling[k], key=lambda i: words[i].x)
    context = [words[i] for row in rows[k + 1 : k + 2] for i in row]
    clocks = [i for i in main if _clock(words[i].text) is not None]
    if len(clocks) > len(main) / 2:
        return _unwrapped(words, values, main, context, height)
    partial = False
    years = sorted((w.x, int(w.text)) for w in context if _YEAR.fullmatch(w.text))
    for i in main:
        text = words[i].text
        if not _names_year(text):
            before = [year for x, year in years if x <= words[i].x + UNDER_HEIGHTS * height]
            partial |= not years
            values[i] = parse_date(text, before[-1] if before else years[0][1] if years else 1970)
        else:
            values[i] = parse_date(text)
    return values, partial


def _unwrapped(
    words: list[_Word], values: list[float | None], main: list[int], context: list[_Word], height: float
) -> tuple[list[float | None], bool]:
    """Clock times that run on over midnight, placed by the dates among or below them."""
    days, last = 0, -1.0
    anchors: list[tuple[float, bool]] = []  # midnight of day 0, by each date; whether it names a year
    for i in main:
        text = words[i].text
        clock, date = _clock(text), parse_date(text)
        share = clock if clock is not None else 0.0
        if share <= last:
            days += 1
        last = share
        values[i] = days + share
        if clock is None and date is not None:
            anchors.append((date - days, _names_year(text)))
        for word in context:
            below = parse_date(word.text)
            if below is not None and abs(word.x - words[i].x) <= UNDER_HEIGHTS * height:
                anchors.append((np.floor(below) - days, _names_year(word.text)))
    alone = [(np.floor(d), _names_year(w.text)) for w in context if (d := parse_date(w.text)) is not None]
    if not anchors and len(alone) == 1:
        anchors = alone  # one date for the whole axis
    anchors.sort(key=lambda anchor: not anchor[1])
    start, dated = anchors[0] if anchors else (0.0, False)
    return [None if value is None else float(value + start) for value in values], not dated


def _clock(text: str) -> float | None:
    """Share of a day of "14:05", "05:27 PM" or "3 PM"."""
    match = _HOURS.fullmatch(text)
    if match is None:
        return parse_clock(text)
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if not (1 <= hour <= 12 and minute < 60 and second < 60):
        return None
    hour = hour % 12 + (12 if match[4] in "Pp" else 0)
    return (hour * 3600 + minute * 60 + second) / 86_400


def _tells(text: str) -> bool:
    return _clock(text) is not None or parse_date(text) is not None


def _names_year(text: str) -> bool:
    return parse_date(text, 1970) == parse_date(text, 1974)


def _shifted(labels: list[Label], sources: list[Floats], height: float) -> list[Label]:
    """Labels moved by the one distance that brings most of them to ticks.

    A label may stand beside its tick, or end below it: all stand off by the same distance.
    """
    if len(labels) < LEAST_LABELS:
        return labels
    px = np.array([label.position for label in labels])
    spacing = float(np.median(np.diff(px)))
    best = (0, 0.0, 0.0)
    for shift in _shifts(px, sources, SHIFT_SHARE * spacing):
        for ticks in sources:
            if len(ticks):
                gaps = np.abs(px[:, None] + shift - ticks[None, :]).min(axis=1)
                tied = int((gaps <= max(1.0, TIE_HEIGHTS * height)).sum())
                best = max(best, (tied, -abs(shift), shift))
    return [replace(label, position=label.position + best[2]) for label in labels]


def _shifts(px: Floats, sources: list[Floats], most: float) -> Iterator[float]:
    for ticks in sources:
        for at in px:
            yield from (float(tick - at) for tick in ticks if abs(tick - at) <= most)
