"""Which words are a panel's title and which name its axes, from where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plotread.geometry import Box, Frame, nearer_above
from plotread.vision.words.parts import Sheet, TextLine

ROW_JOIN = 2.6  # th; pieces of one row of words
ROW_OVERLAP = 0.5  # of the lower piece's height
MIN_CONFIDENCE = 0.6
TITLE_REACH = 9.0  # th above the frame
TITLE_TOUCH = 0.8  # th; tails of a title may reach over the frame
CENTERED = 0.06  # of the panel's width ...
CENTERED_TH = 1.5  # ... or th, whichever is more
TITLE_LEFT = (8.0, 2.0)  # th; a left-aligned title starts this far left to this far right of the frame
TITLE_EDGE = 2.0  # th from the picture's left edge
TITLE_LOW = 0.65  # th; a title is hardly lower than the tick labels
TITLE_TALL = 1.0  # th; letters of a title that is neither centered nor flush
STACKED_GAP = 1.3  # heights of the lower row; rows of one title
SAME_SIZE = 0.8  # ratio of the heights of two rows of one title
X_REACH = 7.0  # th below the frame; past the tick labels
X_REACH_CENTERED = 14.0  # th; past rotated dates
X_OVERHANG = 4.0  # th; words of a panel start no further right of it
TICKS_BELOW = 2.0  # th that tick labels take below a frame
TABLE_TEXTS = 3  # texts in one row are a table or tick labels, no label
CORNER = 3.0  # th; "Step" inside the lower right corner
Y_REACH = 14.0  # th beside the frame
Y2_NUMBERS = 2  # tick labels between a frame and its right-hand label
TICKS_BESIDE = 3.2  # th; tick labels stand this near their frame
AMONG = 0.5  # th; a label overlaps the column of tick labels no more than this
FLAT_Y_REACH = 12.0  # th; an unrotated label left of the tick labels ...
FLAT_Y_MIDDLE = 0.15  # ... this near to half height (of the height)
FLAT_TOP_REACH = 3.0  # th; an unrotated label above the axis stands this near the frame
UPPER_GAP = 1.6  # heights of the lower row; a title stands this near to a subtitle or flat label under it
DATE = re.compile(
    r"^[\d\s:/.,+\-–−eEkM%]*$|^(?:\d{4}-\d\d|\d\d?:\d\d)"
    r"|^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    r"|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.? *\d", re.IGNORECASE,
)  # fmt: skip
OFFSET = re.compile(r"^[x×X]?\s*(?:10|1e|1E)\s*[\^−–\-+⁻]?\s*[\d⁰¹²³⁴-⁹]*$")
STROKES = re.compile(r"[Il|!/\\\-–—_.,':;\s]*")  # what ticks and rules are read as
LETTER_SHARE = 0.3  # of the letters and digits of a label; less are tick labels run together
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Roles:
    """The lines that name a panel and its axes; pieces of a title come top to bottom."""

    title: tuple[TextLine, ...] = ()
    x: TextLine | None = None
    y: TextLine | None = None
    y2: TextLine | None = None


def join_rows(sheet: Sheet, lines: Sequence[TextLine]) -> list[TextLine]:
    """Join the pieces of each row of words outside the panels; joined lines are unread."""
    rows: list[TextLine] = []
    for line in sorted(lines, key=lambda item: (item.box.x0, item.box.y0)):
        for i, row in enumerate(rows):
            shared = min(line.box.y1, row.box.y1) - max(line.box.y0, row.box.y0)
            gap = line.box.x0 - row.box.x1
            tall = max(sheet.th, min(_capital(line), _capital(row)))
            near = 0 <= gap <= ROW_JOIN * tall and shared >= ROW_OVERLAP * min(line.height, row.height)
            if near and line.region == row.region and not _parted(sheet, row.box, line.box):
                rows[i] = TextLine(row.box.union(line.box), row.glyphs + line.glyphs, row.colored, row.region)
                break
        else:
            rows.append(line)
    return sorted(rows, key=lambda item: (item.box.y0, item.box.x0))


def may_have_role(sheet: Sheet, line: TextLine) -> bool:
    """Whether a line stands where titles and labels do, so that reading it is worth its time."""
    if line.region >= 0:
        return _in_corner(sheet, line.box, sheet.frames[line.region])
    cx, cy = line.box.center
    for frame in sheet.frames:
        wide = line.box.x1 >= frame.left - TITLE_LEFT[0] * sheet.th
        wide = wide and line.box.x0 <= frame.right + X_OVERHANG * sheet.th
        if wide and -TITLE_TOUCH * sheet.th <= frame.top - line.box.y1 + 1 <= TITLE_REACH * sheet.th:
            return True
        if wide and 0 <= line.box.y0 - frame.bottom + 1 <= X_REACH_CENTERED * sheet.th:
            return True
        if frame.top <= cy <= frame.bottom and 0 <= frame.left - line.box.x1 <= FLAT_Y_REACH * sheet.th:
            return True
    return len(sheet.frames) == 1 and cy < sheet.frames[0].top and abs(cx - sheet.width / 2) <= sheet.th * 2


def assign_roles(sheet: Sheet, rows: Sequence[TextLine], turned: Sequence[TextLine]) -> list[Roles]:
    """Give each panel its words.

    Parameters
    ----------
    sheet : Sheet
    rows : sequence of TextLine
        Flat lines that belong to no legend, read.
    turned : sequence of TextLine
        Rotated lines, read.

    Returns
    -------
    list of Roles, one per panel
    """
    words = [r for r in rows if r.confidence >= MIN_CONFIDENCE and _is_words(r.text)]
    beside = _turned_roles(sheet, turned)
    done = []
    for i, frame in enumerate(sheet.frames):
        y, y2 = beside[i]
        x = _x_label(sheet, i, words)
        flat = None
        free = [w for w in words if w is not x]
        if y is None:
            flat = _flat_beside(sheet, frame, free)
        has_y = y is not None or flat is not None
        title, above = _title(sheet, i, [w for w in free if w is not flat], has_y=has_y)
        done.append(Roles(title, x, y or flat or above, y2))
    return done


def _capital(line: TextLine) -> float:
    """Height of the tallest glyph of a line, px."""
    return max(glyph.height for glyph in line.glyphs)


def _is_words(text: str) -> bool:
    plain = text.strip()
    number = DATE.match(plain) or OFFSET.match(plain) or STROKES.fullmatch(plain)
    letters = len(LETTER.findall(plain))
    return letters >= LETTER_SHARE * sum(c.isalnum() for c in plain) and letters > 0 and not number


def _parted(sheet: Sheet, a: Box, b: Box) -> bool:
    """Whether two pieces of a row stand over different panels, each in the middle of its own."""
    def own(box: Box) -> int:
        for i, frame in enumerate(sheet.frames):
            if abs(box.center[0] - (frame.left + frame.right) / 2) <= _tolerance(frame, sheet.th):
                return i
        return -1

    return own(a) >= 0 and own(b) >= 0 and own(a) != own(b) and not _same_column(sheet, own(a), own(b))


def _same_column(sheet: Sheet, i: int, j: int) -> bool:
    a, b = sheet.frames[i], sheet.frames[j]
    return abs((a.left + a.right) - (b.left + b.right)) <= 2 * sheet.th


def _tolerance(frame: Frame, th: float) -> float:
    return max(CENTERED * frame.width, CENTERED_TH * th)


def _between(sheet: Sheet, index: int, y0: float, y1: float, box: Box) -> bool:
    """Whether another panel stands in the column between a panel and a row."""
    for j, other in enumerate(sheet.frames):
        if j == index:
            continue
        across = min(other.right, box.x1) - max(other.left, box.x0)
        if across > 0.5 * min(other.width, box.width) and min(y1, other.bottom) - max(y0, other.top) > 0:
            return True
    return False


def _reaches_over(sheet: Sheet, index: int, box: Box) -> bool:
    """Whether a row is wider than its panel and covers part of a neighbour in the panel's row."""
    frame = sheet.frames[index]
    for j, other in enumerate(sheet.frames):
        beside = min(other.bottom, frame.bottom) - max(other.top, frame.top) > 0.3 * frame.height
        if j != index and beside and min(other.right, box.x1) - max(other.left, box.x0) > sheet.th:
            return True
    return False


def _title(
    sheet: Sheet, index: int, words: Sequence[TextLine], *, has_y: bool
) -> tuple[tuple[TextLine, ...], TextLine | None]:
    """The title's rows, and a flat y label that stood under them."""
    frame, th = sheet.frames[index], sheet.th
    middle = (frame.left + frame.right) / 2
    near, over = _above(sheet, index, words)
    if not near:
        return _lone_title(sheet, over), None
    near.sort(key=lambda item: (item[0], abs(item[2].box.center[0] - middle)))
    distance, centered, first = near[0]
    upper = [row for _, c, row in near[1:] if row.box.y1 <= first.box.y0 + 0.3 * first.height]
    if centered:
        rows = [first]
        for row in upper:
            gap = rows[0].box.y0 - row.box.y1
            alike = SAME_SIZE <= row.height / max(rows[0].height, 1) <= 1 / SAME_SIZE
            same = abs(row.box.center[0] - first.box.center[0]) <= _tolerance(frame, th)
            if same and alike and gap <= STACKED_GAP * rows[0].height:
                rows.insert(0, row)
        return tuple(rows), None
    upper = [row for row in upper if first.box.y0 - row.box.y1 <= UPPER_GAP * first.height]
    if upper:
        low = distance <= FLAT_TOP_REACH * th and first.height <= upper[0].height
        label = first if not has_y and low else None
        return (upper[0],), label
    return (first,), None


def _above(
    sheet: Sheet, index: int, words: Sequence[TextLine]
) -> tuple[list[tuple[float, bool, TextLine]], list[TextLine]]:
    """Rows that may be a panel's title (distance, whether centered, row), and others right above it."""
    frame, th = sheet.frames[index], sheet.th
    near: list[tuple[float, bool, TextLine]] = []
    over: list[TextLine] = []
    # Text smaller than the tick labels is the page's, and so is what stands over it.
    small = [w.box for w in words if w.box.y1 < frame.top and _capital(w) < TITLE_LOW * th]
    for row in words:
        distance = frame.top - row.box.y1 + 1
        if row.region >= 0 or not -TITLE_TOUCH * th <= distance <= TITLE_REACH * th:
            continue
        if any(row.box.y0 <= t.y0 and max(t.x0, row.box.x0) < min(t.x1, row.box.x1) for t in small):
            continue
        if _between(sheet, index, row.box.y1, frame.top, row.box) or _reaches_over(sheet, index, row.box):
            continue
        if _nearer_above(sheet, index, row):
            continue
        cx = row.box.center[0]
        centered = abs(cx - (frame.left + frame.right) / 2) <= _tolerance(frame, th)
        if len(sheet.frames) == 1:
            centered = centered or abs(cx - sheet.width / 2) <= _tolerance(frame, th)
        if centered or _is_flush(sheet, frame, row):
            near.append((distance, centered, row))
        elif frame.left <= row.box.x0 and row.box.x1 <= frame.right:
            over.append(row)
    return near, over


def _lone_title(sheet: Sheet, over: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The only row over a lone panel, if it is as tall as a title: centered on panel and legend together."""
    if len(sheet.frames) == 1 and len(over) == 1 and _capital(over[0]) >= TITLE_TALL * sheet.th:
        return (over[0],)
    return ()


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
            above = row.box.y0 - (other.bottom + _ticks_below(sheet, other))
            if above < frame.top - row.box.y1:
                return True
    return False


def _x_label(sheet: Sheet, index: int, words: Sequence[TextLine]) -> TextLine | None:
    frame, th = sheet.frames[index], sheet.th
    middle = (frame.left + frame.right) / 2
    below = []
    for row in words:
        distance = row.box.y0 - frame.bottom
        if row.region >= 0 or distance < -0.3 * th:
            continue
        across = min(frame.right, row.box.x1) - max(frame.left, row.box.x0)
        centered = abs(row.box.center[0] - middle) <= _tolerance(frame, th)
        if across <= 0.3 * row.box.width or distance > (X_REACH_CENTERED if centered else X_REACH) * th:
            continue
        if _between(sheet, index, frame.bottom, row.box.y0, row.box) or _reaches_over(sheet, index, row.box):
            continue
        if _nearer_below(sheet, index, row) or _in_table(sheet, row, words):
            continue
        below.append((distance, abs(row.box.center[0] - middle), row))
    if below:
        first = min(below, key=lambda item: item[0])
        level = [item for item in below if item[2].box.y0 < first[2].box.y1 - 0.5 * first[2].height]
        return min(level, key=lambda item: item[1])[2]
    for row in words:
        if row.region == index and _in_corner(sheet, row.box, frame):
            return row
    return None


def _nearer_below(sheet: Sheet, index: int, row: TextLine) -> bool:
    frame = sheet.frames[index]
    for j, other in enumerate(sheet.frames):
        across = min(other.right, row.box.x1) - max(other.left, row.box.x0)
        if j != index and across > 0 and other.top > row.box.y0 and frame.bottom < row.box.y1:
            above = row.box.y0 - (frame.bottom + _ticks_below(sheet, frame))
            if other.top - row.box.y1 <= above:
                return True
    return False


def _ticks_below(sheet: Sheet, frame: Frame) -> float:
    """Room that tick labels take below a frame; none where the panels of a column share those of the last."""
    th = sheet.th
    for box in sheet.numbers:
        within = frame.left - th <= box.center[0] <= frame.right + th
        near = -0.3 * th <= box.y0 - frame.bottom <= TICKS_BELOW * th
        if within and near and not nearer_above(box, frame, sheet.frames):
            return TICKS_BELOW * th
    return 0.0


def _in_table(sheet: Sheet, row: TextLine, words: Sequence[TextLine]) -> bool:
    """Whether a row of this panel's width holds three texts or more."""
    beside = [
        w for w in words
        if min(w.box.y1, row.box.y1) - max(w.box.y0, row.box.y0) >= ROW_OVERLAP * min(w.height, row.height)
        and any(
            f.left - sheet.th <= w.box.center[0] <= f.right + sheet.th
            and f.left - sheet.th <= row.box.center[0] <= f.right + sheet.th
            for f in sheet.frames
        )
    ]  # fmt: skip
    return len(beside) >= TABLE_TEXTS


def _in_corner(sheet: Sheet, box: Box, frame: Frame) -> bool:
    return frame.right - box.x1 <= CORNER * sheet.th and 0 <= frame.bottom - box.y1 <= CORNER * sheet.th


def _flat_beside(sheet: Sheet, frame: Frame, words: Sequence[TextLine]) -> TextLine | None:
    """An unrotated label left of the tick labels at half height."""
    middle = (frame.top + frame.bottom) / 2
    found = [
        w for w in words
        if w.region < 0 and 0 <= frame.left - w.box.x1 <= FLAT_Y_REACH * sheet.th
        and abs(w.box.center[1] - middle) <= FLAT_Y_MIDDLE * frame.height
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _turned_roles(
    sheet: Sheet, turned: Sequence[TextLine]
) -> list[tuple[TextLine | None, TextLine | None]]:
    """For each panel the rotated words that name its left and its right axis."""
    sides: list[dict[str, list[tuple[float, TextLine]]]] = [{"y": [], "y2": []} for _ in sheet.frames]
    for line in turned:
        if line.confidence < MIN_CONFIDENCE or not _is_words(line.text):
            continue
        options = []
        for i, frame in enumerate(sheet.frames):
            cy = line.box.center[1]
            if not frame.top - 0.1 * frame.height <= cy <= frame.bottom + 0.1 * frame.height:
                continue
            if _among_numbers(sheet, frame, line.box):
                continue
            left, right = frame.left - line.box.x1, line.box.x0 - frame.right
            if -0.3 * sheet.th <= left <= Y_REACH * sheet.th:
                options.append((_beyond_numbers(sheet, frame, line.box, "y"), 0, i, "y"))
            numbers = _numbers_between(sheet, frame, line.box)
            if -0.3 * sheet.th <= right <= Y_REACH * sheet.th and numbers >= Y2_NUMBERS:
                options.append((_beyond_numbers(sheet, frame, line.box, "y2"), 1, i, "y2"))
        if options:
            distance, _, i, side = min(options)
            sides[i][side].append((distance, line))
    done = []
    for found in sides:
        nearest = [min(found[s], key=lambda item: item[0])[1] if found[s] else None for s in ("y", "y2")]
        done.append((nearest[0], nearest[1]))
    return done


def _numbers_between(sheet: Sheet, frame: Frame, box: Box) -> int:
    return sum(
        frame.right <= n.x0 and n.x1 <= box.x0 + 1
        and frame.top - sheet.th <= n.center[1] <= frame.bottom + sheet.th
        for n in sheet.numbers
    )  # fmt: skip


def _among_numbers(sheet: Sheet, frame: Frame, box: Box) -> bool:
    """Whether a rotated scrap stands between a frame and its tick labels, or among these."""
    rows = [n for n in sheet.tick_labels if frame.top - sheet.th <= n.center[1] <= frame.bottom + sheet.th]
    left = [n.x0 for n in rows if -sheet.th <= frame.left - n.x1 <= TICKS_BESIDE * sheet.th]
    among = len(left) >= 2 and box.x1 <= frame.left
    return among and bool(box.x1 > np.median(left) + AMONG * sheet.th)


def _beyond_numbers(sheet: Sheet, frame: Frame, box: Box, side: str) -> float:
    """Distance from the outermost tick label (or the frame) to a rotated word, work px."""
    rows = [n for n in sheet.numbers if frame.top - sheet.th <= n.center[1] <= frame.bottom + sheet.th]
    if side == "y":
        ends = [float(n.x0) for n in rows if n.x1 <= frame.left + sheet.th and n.x0 >= box.x1 - 1]
        return min([frame.left, *ends]) - box.x1
    ends = [float(n.x1) for n in rows if n.x0 >= frame.right - sheet.th and n.x1 <= box.x0 + 1]
    return box.x0 - max([frame.right, *ends])
