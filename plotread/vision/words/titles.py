"""The title of a panel: rows above it, and the flat label of its y axis that may stand under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from plotread.geometry import Frame
from plotread.vision.words.parts import Sheet, TextLine
from plotread.vision.words.places import between, capital, reaches_over, ticks_below, tolerance

TITLE_REACH, LONE_REACH = 9.0, 12.0  # th above the frame; of a lone panel, whose legend may stand between
TITLE_TOUCH = 0.8  # th; tails of a title may reach over the frame
TITLE_LEFT = (8.0, 2.0)  # th; a left-aligned title starts this far left to this far right of the frame
TITLE_EDGE = 2.0  # th from the picture's left edge
TITLE_LOW = 0.65  # th; a title is hardly lower than the tick labels
TITLE_TALL = 1.0  # th; letters of a title that is neither centered nor flush
STACKED_GAP = 1.3  # heights of the lower row; rows of one title
SAME_SIZE = 0.8  # ratio of the heights of two rows of one title
FLAT_TOP_REACH = 3.0  # th; an unrotated label above the axis stands this near the frame
LARGER = 1.2  # times as tall as a flat label at the corner: letters of the title, however far above it
OVER_REACH = 2.5  # th; a title that is not centered stands this near above its panel
ARROW = "↑"
READ_ARROW = re.compile(r"^[↑†‡^|1l]\s+(?=[^\W\d])")  # what such an arrow is read as
UPPER_GAP = 1.6  # heights of the lower row; a title stands this near to a subtitle or flat label under it


def stands_above(sheet: Sheet, frame: Frame, row: TextLine) -> bool:
    """Whether a row stands as near above a panel as titles do."""
    most = LONE_REACH if len(sheet.frames) == 1 else TITLE_REACH
    return -TITLE_TOUCH * sheet.th <= frame.top - row.box.y1 + 1 <= most * sheet.th


def find_title(
    sheet: Sheet, index: int, words: Sequence[TextLine], *, has_y: bool
) -> tuple[tuple[TextLine, ...], TextLine | None]:
    """The title's rows, and a flat y label that stood under them.

    Parameters
    ----------
    sheet : Sheet
    index : int
        The panel.
    words : sequence of TextLine
        Rows that are no x label, read.
    has_y : bool
        Whether the y axis has its label already.
    """
    frame, th = sheet.frames[index], sheet.th
    middle = (frame.left + frame.right) / 2
    near, over = _above(sheet, index, words)
    if not near:
        return _lone_title(sheet, frame, over), None
    near.sort(key=lambda item: (item[0], abs(item[2].box.center[0] - middle)))
    distance, centered, first = near[0]
    upper = [row for _, c, row in near[1:] if row.box.y1 <= first.box.y0 + 0.3 * first.height]
    if centered:
        rows = [first]
        for row in upper:
            gap = rows[0].box.y0 - row.box.y1
            alike = SAME_SIZE <= row.height / max(rows[0].height, 1) <= 1 / SAME_SIZE
            same = abs(row.box.center[0] - first.box.center[0]) <= tolerance(frame, th)
            if same and alike and gap <= STACKED_GAP * rows[0].height:
                rows.insert(0, row)
        return tuple(rows), None
    repeated = any(row.text in first.text for row in upper)  # "tag: train/loss" under "train/loss"
    low = distance <= FLAT_TOP_REACH * th and first.box.x0 <= frame.left and not has_y and not repeated
    if low and upper and capital(upper[0]) >= LARGER * capital(first):
        return (upper[0],), _without_arrow(first)
    if low and first.text.startswith(ARROW):
        return (), _without_arrow(first)
    upper = [row for row in upper if first.box.y0 - row.box.y1 <= UPPER_GAP * first.height]
    if upper:
        low = distance <= FLAT_TOP_REACH * th and first.height <= upper[0].height
        return (upper[0],), first if low and not has_y and not repeated else None
    return (first,), None


def _without_arrow(label: TextLine) -> TextLine:
    """A label without the arrow before it that tells which way its axis runs."""
    return replace(label, text=READ_ARROW.sub("", label.text))


def _above(
    sheet: Sheet, index: int, words: Sequence[TextLine]
) -> tuple[list[tuple[float, bool, TextLine]], list[TextLine]]:
    """Rows that may be a panel's title (distance, whether centered, row), and others right above it."""
    frame, th = sheet.frames[index], sheet.th
    near: list[tuple[float, bool, TextLine]] = []
    over: list[TextLine] = []
    # Text smaller than the tick labels is the page's, and so is what stands over it.
    small = [w.box for w in words if w.box.y1 < frame.top and capital(w) < TITLE_LOW * th]
    for row in words:
        distance = frame.top - row.box.y1 + 1
        if row.region >= 0 or not stands_above(sheet, frame, row):
            continue
        if any(row.box.y0 <= t.y0 and max(t.x0, row.box.x0) < min(t.x1, row.box.x1) for t in small):
            continue
        if between(sheet, index, row.box.y1, frame.top, row.box) or reaches_over(sheet, index, row.box):
            continue
        if _nearer_above(sheet, index, row):
            continue
        cx = row.box.center[0]
        centered = abs(cx - (frame.left + frame.right) / 2) <= tolerance(frame, th)
        if len(sheet.frames) == 1:
            centered = centered or abs(cx - sheet.width / 2) <= tolerance(frame, th)
        if centered or _is_flush(sheet, frame, row):
            near.append((distance, centered, row))
        elif frame.left <= row.box.x0 and row.box.x1 <= frame.right:
            over.append(row)
    return near, over


def _lone_title(sheet: Sheet, frame: Frame, over: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The only row over a panel, if as tall as a title: centered on panel and legend, or labels, together.

    Of several panels it stands close above its own.
    """
    if len(over) != 1 or capital(over[0]) < TITLE_TALL * sheet.th:
        return ()
    near = frame.top - over[0].box.y1 <= OVER_REACH * sheet.th
    return (over[0],) if near or len(sheet.frames) == 1 else ()


def _is_flush(sheet: Sheet, frame: Frame, row: TextLine) -> bool:
    """Whether a row starts near a panel's left side, or of a lone chart at the picture's edge.

    How far that is from the panel depends on how wide the tick labels are.
    """
    start = (row.box.x0 - frame.left) / sheet.th
    lone = len(sheet.frames) == 1 and row.box.x0 <= TITLE_EDGE * sheet.th
    return lone or -TITLE_LEFT[0] <= start <= TITLE_LEFT[1]


def _nearer_above(sheet: Sheet, index: int, row: TextLine) -> bool:
    """Whether a row between stacked panels is the x label of the upper one."""
    frame = sheet.frames[index]
    for j, other in enumerate(sheet.frames):
        across = min(other.right, row.box.x1) - max(other.left, row.box.x0)
        if j != index and across > 0 and other.bottom < row.box.y1 and row.box.y0 < frame.top:
            above = row.box.y0 - (other.bottom + ticks_below(sheet, other))
            if above < frame.top - row.box.y1:
                return True
    return False
