"""Where rows of words stand to panels."""

from __future__ import annotations

from plotread.geometry import Box, Frame, nearer_above
from plotread.vision.words.parts import Sheet, TextLine

CENTERED = 0.06  # of the panel's width ...
CENTERED_TH = 1.5  # ... or th, whichever is more
TICKS_BELOW = 2.0  # th that tick labels take below a frame


def capital(line: TextLine) -> float:
    """Height of the tallest glyph of a line, px."""
    return max(glyph.height for glyph in line.glyphs)


def tolerance(frame: Frame, th: float) -> float:
    return max(CENTERED * frame.width, CENTERED_TH * th)


def between(sheet: Sheet, index: int, y0: float, y1: float, box: Box) -> bool:
    """Whether another panel stands in the column between a panel and a row."""
    for j, other in enumerate(sheet.frames):
        if j == index:
            continue
        across = min(other.right, box.x1) - max(other.left, box.x0)
        if across > 0.5 * min(other.width, box.width) and min(y1, other.bottom) - max(y0, other.top) > 0:
            return True
    return False


def reaches_over(sheet: Sheet, index: int, box: Box) -> bool:
    """Whether a row is wider than its panel and covers part of a neighbour in the panel's row."""
    frame = sheet.frames[index]
    for j, other in enumerate(sheet.frames):
        beside = min(other.bottom, frame.bottom) - max(other.top, frame.top) > 0.3 * frame.height
        if j != index and beside and min(other.right, box.x1) - max(other.left, box.x0) > sheet.th:
            return True
    return False


def ticks_below(sheet: Sheet, frame: Frame) -> float:
    """Room that tick labels take below a frame; none where the panels of a column share those of the last."""
    th = sheet.th
    for box in sheet.numbers:
        within = frame.left - th <= box.center[0] <= frame.right + th
        near = -0.3 * th <= box.y0 - frame.bottom <= TICKS_BELOW * th
        if within and near and not nearer_above(box, frame, sheet.frames):
            return TICKS_BELOW * th
    return 0.0
