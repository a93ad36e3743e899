"""Tick labels of an x axis that touch or overlap: each is read through windows centered on its tick.

A window as wide as a label shows it and slivers of its neighbors; which width that is nobody knows, so
several are read, and the scale on which most ticks agree tells the right ones.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, Frame
from plotread.model import Floats
from plotread.vision.panels.labels import Label
from plotread.vision.panels.strip import PAD_HEIGHTS, WordReader, inked
from plotread.vision.types import RGBImage, TextBox

LEAST_TICKS, MOST_TICKS = 4, 40  # of one source; more are minor ones
UNEVEN_PX = 2.5  # by which ticks of a linear axis are off their pitch, which a curve over some may double
ROW_REACH = 3.5  # text heights below the frame in which the row of labels lies
ROW_HEIGHTS = (0.8, 1.5)  # text heights of that row
ROW_INK = 0.1  # share of its pixels that are ink; a row of ticks has less
NARROWEST, WIDEST, WIDER = 0.35, 0.75, 0.15  # half a window: text heights, share of the pitch; text heights
SPACE_HEIGHTS, SPACES = 0.7, 0.3  # text heights; share of a crowded row that is wider gaps than that
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def crowded_labels(
    rgb: RGBImage, frame: Frame, ticks: Floats, height: float, read: WordReader
) -> tuple[Label, ...]:
    """What may stand below each tick: a label at its place with all numbers read there.

    Parameters
    ----------
    rgb : (H, W, 3) uint8 array
    frame : Frame
    ticks : (K,) float array
        Places of the ticks, px.
    height : float
        Text height, px.
    read : callable
        Crops (h, w, 3) to (text, confidence), for words.

    Returns
    -------
    tuple of Label
        With the widest text; empty where too few ticks or no row of labels is to be seen.
    """
    inside = ticks[(ticks >= frame.left - 1) & (ticks <= frame.right + 1)]
    if not LEAST_TICKS <= len(inside) == len(ticks) <= MOST_TICKS:
        return ()
    apart = np.diff(ticks)
    pitch = float(np.median(apart))
    if np.abs(apart - pitch * np.maximum(np.round(apart / pitch), 1)).max() > UNEVEN_PX:
        return ()
    row = _row(rgb, frame, height)
    if row is None:
        return ()
    top, bottom, paper = row
    pad = max(2, round(PAD_HEIGHTS * height))
    windows, crops = [], []
    for k, tick in enumerate(ticks.tolist()):
        for half in np.arange(NARROWEST * height, WIDEST * pitch, WIDER * height).tolist():
            box = Box(round(tick - half), top, round(tick + half) + 1, bottom)
            box = box.clip(rgb.shape[1], rgb.shape[0])
            crop = np.empty((box.height + 2 * pad, box.width + 2 * pad, 3), np.uint8)
            crop[:] = paper
            crop[pad:-pad, pad:-pad] = rgb[box.slices]
            windows.append((k, box))
            crops.append(crop)
    told: dict[int, dict[str, Box]] = {}
    for (k, box), (text, _) in zip(windows, read(crops), strict=True):
        if _NUMBER.fullmatch(text):
            told.setdefault(k, {})[text] = box
    labels = []
    for k, texts in sorted(told.items()):
        values = tuple(dict.fromkeys(map(float, texts)))
        text, box = list(texts.items())[-1]
        labels.append(Label(float(ticks[k]), values, text, TextBox(text, box, 1.0)))
    return tuple(labels)


def _is_crowded(ink: NDArray[np.bool_], height: float) -> bool:
    """Whether a row of labels has hardly a space in it."""
    columns = np.flatnonzero(ink.any(axis=0))
    if len(columns) < 2:
        return False
    gaps = np.diff(columns)
    return bool(gaps[gaps > SPACE_HEIGHTS * height].sum() <= SPACES * np.ptp(columns))


def _row(rgb: RGBImage, frame: Frame, height: float) -> tuple[int, int, Floats] | None:
    """First and last row (half-open) of the labels below a frame, and the color of the paper there."""
    below = Box(round(frame.left), round(frame.bottom) + 2, round(frame.right) + 1,
                round(frame.bottom + ROW_REACH * height)).clip(rgb.shape[1], rgb.shape[0])  # fmt: skip
    if below.height < height or below.width < height:
        return None
    strip = rgb[below.slices]
    paper = np.median(strip.reshape(-1, 3), axis=0)
    ink = inked(strip, paper)
    filled = np.concatenate([[False], ink.mean(axis=1) >= ROW_INK, [False]])
    edges = np.flatnonzero(np.diff(filled.astype(np.int8)))
    for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if ROW_HEIGHTS[0] * height <= b - a <= ROW_HEIGHTS[1] * height:
            if not _is_crowded(ink[a:b], height):
                return None
            return below.y0 + a, below.y0 + b, np.asarray(paper, dtype=np.float64)
    return None
