"""Samples that stand so near to their words that they passed for letters of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from plotread.geometry import Box
from plotread.vision.types import Mask
from plotread.vision.words.parts import Sheet, TextLine
from plotread.vision.words.swatch import Entry, Swatch

GAP = 0.3  # th; a sample this far from the first letter
FILL = 0.7  # of its box that a square or a disc fills ...
CORE, SIDE = (0.6, 0.95), 0.8  # ... and almost all of its middle or of each side: a bold "M" has gaps there
LONG_SAMPLE = (1.6, 1.2)  # times its height, th: a line sample that passed for a letter
OTHER_INK = 48.0  # levels between a sample's ink and the letters'
STRUNG = (1.15, 0.9)  # times its height, th: a line with its marker, short as web pages draw them ...
STRUNG_GAP = 0.15  # th; ... and so far from the first letter
ARM, ARM_HEIGHT = 0.15, 0.45  # of a sample's width at either end, where it is no higher than so much of it
BORDER = (1.4, 0.2)  # th high at least and wide at most: no letter
LEVEL_PX = 1.5  # by which an arm may stand off the middle
DASH_HEIGHT = 0.35  # th; a dash of a sample is no higher


def find_glued(sheet: Sheet, line: TextLine, mask: Mask) -> list[Entry]:
    """The entries of a line of which some glyphs are samples.

    Parameters
    ----------
    sheet : Sheet
    line : TextLine
    mask : (H, W) bool array
        Text ink of the line's pass.

    Returns
    -------
    list of Entry
        Unread: one whose first glyph is a sample, or one for each "-o-" of a row in its curves' own inks.
    """
    glyphs = sorted(line.glyphs, key=lambda g: g.x0)
    while glyphs and glyphs[0].height >= BORDER[0] * sheet.th and glyphs[0].width <= BORDER[1] * sheet.th:
        glyphs = glyphs[1:]  # a piece of the legend's border
    if len(glyphs) < 2:
        return []
    patch = _is_patch(mask[glyphs[0].slices])
    if patch or _is_long_sample(sheet, glyphs[0], glyphs[1:], mask):
        return _entry(sheet, line, glyphs[0], glyphs[1:], GAP, disc=patch)
    if line.region >= 0:
        strung = not line.colored and _is_strung(mask[glyphs[0].slices], sheet.th)
        return _entry(sheet, line, glyphs[0], glyphs[1:], GAP) if strung else []
    starts = [i for i, glyph in enumerate(glyphs) if _is_strung(mask[glyph.slices], sheet.th)]
    if not line.colored and 0 not in starts:
        return []
    return [
        entry for i, end in pairwise([*starts, len(glyphs)]) if end > i + 1
        for entry in _entry(sheet, line, glyphs[i], glyphs[i + 1 : end], STRUNG_GAP, icon=True)
    ]  # fmt: skip


def without_dash(line: TextLine, mask: Mask, th: float) -> TextLine:
    """A line without the dash before its words that passed for a hyphen: the last one of its sample."""
    first = min((g.x0 for g in line.glyphs), default=line.box.x0)
    lead = Box(line.box.x0, line.box.y0, first, line.box.y1)
    if lead.width < GAP * th:
        return line
    rows, columns = np.nonzero(mask[lead.slices])
    if len(rows) == 0 or np.ptp(rows) >= DASH_HEIGHT * th or lead.width - 1 - columns.max() < GAP * th:
        return line
    return replace(line, box=Box(first, line.box.y0, line.box.x1, line.box.y1))


def _entry(
    sheet: Sheet, line: TextLine, sample: Box, words: Sequence[Box], least: float, *, disc: bool = False,
    icon: bool = False,
) -> list[Entry]:
    """The entry of a sample and the glyphs that follow it, if there is a gap (th) between them."""
    gap = words[0].x0 - sample.x1
    if gap < least * sheet.th:
        return []
    box = words[0]
    for glyph in words[1:]:
        box = box.union(glyph)
    x1 = max(box.x1, line.box.x1) if words[-1] is max(line.glyphs, key=lambda g: g.x0) else box.x1
    box = Box(box.x0, min(box.y0, line.box.y0), x1, max(box.y1, line.box.y1))
    left = TextLine(box, tuple(words), line.colored, line.region)
    return [Entry(left, Swatch(sample, "left", gap / sheet.th, disc=disc, vivid=line.colored, icon=icon))]


def _is_patch(ink: Mask) -> bool:
    """Whether the ink of a glyph fills its box as a square or a disc does, or a thick border of one."""
    h, w = ink.shape
    if abs(w - h) > 0.2 * max(w, h) or ink.mean() < FILL:
        return False
    y, x = (round((1 - CORE[0]) / 2 * side) for side in (h, w))
    sides = [float(side.mean()) for side in (ink[0], ink[-1], ink[:, 0], ink[:, -1])]
    return bool(ink[y : h - y, x : w - x].mean() >= CORE[1] or min(sides) >= SIDE)


def _is_long_sample(sheet: Sheet, first: Box, rest: Sequence[Box], mask: Mask) -> bool:
    """Whether a wide first glyph has another ink than the letters: a line with its marker."""
    if first.width < LONG_SAMPLE[0] * first.height or first.width < LONG_SAMPLE[1] * sheet.th:
        return False
    inks = [
        np.median(sheet.rgb[box.slices][mask[box.slices]].astype(np.float64), axis=0)
        for box in (first, *rest)
        if mask[box.slices].any()
    ]  # fmt: skip
    return bool(np.abs(inks[0] - np.median(inks[1:], axis=0)).max() > OTHER_INK)


def _is_strung(ink: Mask, th: float) -> bool:
    """Whether a glyph is a marker with a piece of its line at either side, level with its middle."""
    h, w = ink.shape
    if w < max(STRUNG[0] * h, STRUNG[1] * th):
        return False
    end = max(1, round(ARM * w))
    for arm in (ink[:, :end], ink[:, w - end :]):
        rows = np.flatnonzero(arm.any(axis=1))
        if len(rows) == 0 or len(rows) > max(3, ARM_HEIGHT * h) or abs(rows.mean() - (h - 1) / 2) > LEVEL_PX:
            return False
    return True
