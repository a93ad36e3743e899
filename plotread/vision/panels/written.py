"""X axes whose labels the search for numbers passes over: dates, slanted labels, units, names.

The strip below a frame is read again as words, level first, then turned by the angles at which
plotting programs slant long labels; what the words mean is tied to the ticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from plotread.geometry import Frame, cluster
from plotread.model import Axis, Floats, ScaleKind
from plotread.numerals import readings
from plotread.vision.panels.crowded import crowded_labels
from plotread.vision.panels.dates import ROW_HEIGHTS, moments
from plotread.vision.panels.labels import Label, agree
from plotread.vision.panels.strip import Word, WordReader, words_below
from plotread.vision.panels.ticks import fit_axis, tick_sources
from plotread.vision.types import Line, Raster, TextBox

ANGLES = (0.0, 45.0, 30.0, 60.0, 90.0, -30.0, -45.0)  # degrees by which labels rise to the right
LEAST_LABELS = 3  # on one scale; two dates agree with everything
LEAST_SHARE = 0.6  # of the labels that parse must stand on that scale
NUMBERS_SHARE = 0.6  # of the words of a row that are numbers
CROWDED_LABELS, CROWDED_SHARE = 4, 0.7  # labels, share of the ticks that tell one scale where they overlap
NAMES_TIED = 0.9  # share of names that stand at ticks; the entries of a legend do not
SHIFT_SHARE = 0.45  # of the spacing of the labels: how far all may stand from their ticks
TIE_HEIGHTS = 0.3  # text heights by which the labels miss their ticks after the common shift

MUCH = 0.5  # of the text read at the best angle, at least, where numbers are

_WITH_UNIT = re.compile(r"([-+−]?[\d.,]+(?:[eE][-+]?\d+)?[kKMGB%]?) ?([A-Za-z]*)")


def written_axis(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, height: float, lowest: float,
    offsets: tuple[tuple[float, float], tuple[float, float]], read: WordReader,
) -> Axis | None:  # fmt: skip
    """Read the x axis of a panel from words: dates, clock times, numbers or names.

    Parameters
    ----------
    raster : Raster
    lines : tuple of Line
    frame : Frame
    height : float
        Text height, px.
    lowest : float
        Where the strip below the frame ends at the latest (another panel), px.
    offsets : pair of (multiplier, addend)
        What is printed at the end of the axis, under level and under slanted labels.
    read : callable
        Crops (h, w, 3) to (text, confidence), for words.

    Returns
    -------
    Axis or None
        Without a range.  Of kind "date" (labels that name no year or no day count from 1970 and
        have the flag ``date_partial``), "linear", "log" or "category"; None where the labels are
        nothing of that.
    """
    sources = list(tick_sources(raster, lines, frame, "x", height))
    seen: list[tuple[float, list[Word]]] = []
    for angle in ANGLES:
        words = words_below(raster.rgb, frame, height, angle, lowest, read)
        if len(words) < LEAST_LABELS:
            continue
        seen.append((angle, words))
        values, partial = moments(words, height)
        dates = [(word, value) for word, value in zip(words, values, strict=True) if value is not None]
        axis = _fit(raster, lines, frame, sources, [(w, (v,)) for w, v in dates], height, (1.0, 0.0), "date")
        if axis is not None:
            return replace(axis, flags=axis.flags | {"date_partial"}) if partial else axis
        if angle == 0:
            axis = _fit(raster, lines, frame, sources, _numbers(words, height), height, offsets[0])
            if axis is not None:
                return axis
    seen.sort(key=lambda way: -_amount(way[1]))
    for angle, words in seen:
        if _amount(words) >= MUCH * _amount(seen[0][1]):  # letters that lie on their side are scraps
            axis = _fit(raster, lines, frame, sources, _numbers(words, height), height, offsets[angle != 0])
            if axis is not None:
                return axis
    axis = _crowded(raster, lines, frame, sources, height, offsets[0], read)
    if axis is not None:
        return axis
    names = (_names(raster, lines, frame, sources, words, height) for _, words in seen)
    return next((axis for axis in names if axis is not None), None)


def _crowded(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, sources: list[Floats], height: float,
    offset: tuple[float, float], read: WordReader,
) -> Axis | None:  # fmt: skip
    """The axis of labels that overlap, if nearly all its ticks tell one scale."""
    for ticks in sources:
        labels = crowded_labels(raster.rgb, frame, ticks, height, read)
        found = agree(list(labels), height)
        least = max(CROWDED_LABELS, CROWDED_SHARE * len(ticks))
        if found is None or found.kind != "linear" or len(found.members) < least:
            continue
        axis = fit_axis(raster, lines, frame, "x", labels, found, offset, height)
        if axis.scale is not None:
            return axis
    return None


def _amount(words: list[Word]) -> int:
    return sum(len(word.text) for word in words)


def _fit(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, sources: list[Floats],
    meant: list[tuple[Word, tuple[float, ...]]], height: float, offset: tuple[float, float],
    kind: Literal["date"] | None = None,
) -> Axis | None:  # fmt: skip
    """The axis on which the words agree, tied to its ticks."""
    labels = [Label(w.x, values, w.text, TextBox(w.text, w.box, 1.0)) for w, values in meant]
    labels.sort(key=lambda label: label.position)
    labels = _shifted(labels, sources, height)
    found = agree(labels, height)
    if found is None or len(found.members) < max(LEAST_LABELS, LEAST_SHARE * len(labels)):
        return None
    if kind == "date":
        if found.kind != "linear" or found.slope <= 0:
            return None
        found = replace(found, kind=kind)
    axis = fit_axis(raster, lines, frame, "x", tuple(labels), found, offset, height)
    return axis if axis.scale is not None else None


def _numbers(words: list[Word], height: float) -> list[tuple[Word, tuple[float, ...]]]:
    """The row of words nearest to the frame that are mostly numbers, units such as "steps" left out."""
    for row in cluster([word.y for word in words], ROW_HEIGHTS * height):
        found = []
        units = set()
        for i in row:
            match = _WITH_UNIT.fullmatch(words[i].text)
            values = readings(words[i].text) or (readings(match[1]) if match else ())
            if values:
                found.append((words[i], values))
                units.add(match[2] if match and not readings(words[i].text) else "")
        if len(found) >= max(LEAST_LABELS, NUMBERS_SHARE * len(row)) and len(units - {""}) <= 1:
            return found
    return []


def _names(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, sources: list[Floats],
    words: list[Word], height: float,
) -> Axis | None:  # fmt: skip
    """An axis of names, one at each of its ticks; their index is the value."""
    kind: ScaleKind = "category"
    rows = [[words[i] for i in row] for row in cluster([w.y for w in words], ROW_HEIGHTS * height)]
    rows += [[replace(w, x=w.middle) for w in row] for row in rows if any(w.x != w.middle for w in row)]
    for row in rows:
        named = sorted(row, key=lambda w: w.x)
        px = np.array([w.x for w in named])
        gaps = [np.abs(px[:, None] - ticks[None, :]).min(axis=1) for ticks in sources if len(ticks)]
        tied = max((float((gap <= _tie(height)).mean()) for gap in gaps), default=0.0)
        if len(named) < LEAST_LABELS or len({w.text for w in named}) < len(named) or tied < NAMES_TIED:
            continue
        meant: list[tuple[Word, tuple[float, ...]]] = [(w, (float(i),)) for i, w in enumerate(named)]
        axis = _fit(raster, lines, frame, sources, meant, height, (1.0, 0.0))
        if axis is None or axis.scale is None or axis.kind != "linear" or len(axis.ticks) < len(named):
            continue
        scale = replace(axis.scale, kind=kind, categories=tuple(w.text for w in named))
        return replace(axis, kind=kind, scale=scale)
    return None


def _tie(height: float) -> float:
    return max(1.0, TIE_HEIGHTS * height)


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
                tied = int((gaps <= _tie(height)).sum())
                best = max(best, (tied, -abs(shift), shift))
    return [replace(label, position=label.position + best[2]) for label in labels]


def _shifts(px: Floats, sources: list[Floats], most: float) -> Iterator[float]:
    for ticks in sources:
        for at in px:
            yield from (float(tick - at) for tick in ticks if abs(tick - at) <= most)
