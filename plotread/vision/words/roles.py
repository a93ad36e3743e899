"""Which words are a panel's title and which name its axes, from where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plotread.geometry import Box, Frame
from plotread.vision.words.parts import Sheet, TextLine
from plotread.vision.words.places import between, capital, reaches_over, ticks_below, tolerance
from plotread.vision.words.titles import find_title, stands_above

ROW_JOIN = 2.6  # th; pieces of one row of words
ROW_OVERLAP = 0.5  # of the lower piece's height
MIN_CONFIDENCE = 0.6
WORDS_LEFT = 8.0  # th; words above or below a panel begin no further left of it
X_REACH = 7.0  # th below the frame; past the tick labels
X_REACH_CENTERED = 14.0  # th; past rotated dates
CENTERED_BELOW = 1.8  # th; a centered label stands so little below another row, or that one is the label
X_OVERHANG = 4.0  # th; words of a panel start no further right of it
TABLE_TEXTS = 3  # texts in one row are a table or tick labels, no label
CORNER = 3.0  # th; "Step" inside the lower right corner
Y_REACH = 14.0  # th beside the frame
Y2_NUMBERS = 2  # tick labels between a frame and its right-hand label
TICKS_BESIDE = 3.2  # th; tick labels stand this near their frame
AMONG = 0.5  # th; a label overlaps the column of tick labels no more than this
FLAT_Y_REACH = 12.0  # th; an unrotated label left of the tick labels ...
FLAT_Y_MIDDLE = 0.15  # ... this near to half height (of the height)
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
            tall = max(sheet.th, min(capital(line), capital(row)))
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
        wide = line.box.x1 >= frame.left - WORDS_LEFT * sheet.th
        wide = wide and line.box.x0 <= frame.right + X_OVERHANG * sheet.th
        if wide and stands_above(sheet, frame, line):
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
        title, above = find_title(sheet, i, [w for w in free if w is not flat], has_y=has_y)
        done.append(Roles(title, x, y or flat or above, y2))
    return done


def _is_words(text: str) -> bool:
    plain = text.strip()
    number = DATE.match(plain) or OFFSET.match(plain) or STROKES.fullmatch(plain)
    letters = len(LETTER.findall(plain))
    return letters >= LETTER_SHARE * sum(c.isalnum() for c in plain) and letters > 0 and not number


def _parted(sheet: Sheet, a: Box, b: Box) -> bool:
    """Whether two pieces of a row stand over different panels, each in the middle of its own."""
    def own(box: Box) -> int:
        for i, frame in enumerate(sheet.frames):
            if abs(box.center[0] - (frame.left + frame.right) / 2) <= tolerance(frame, sheet.th):
                return i
        return -1

    return own(a) >= 0 and own(b) >= 0 and own(a) != own(b) and not _same_column(sheet, own(a), own(b))


def _same_column(sheet: Sheet, i: int, j: int) -> bool:
    a, b = sheet.frames[i], sheet.frames[j]
    return abs((a.left + a.right) - (b.left + b.right)) <= 2 * sheet.th


def _x_label(sheet: Sheet, index: int, words: Sequence[TextLine]) -> TextLine | None:
    frame, th = sheet.frames[index], sheet.th
    middle = (frame.left + frame.right) / 2
    below = []
    for row in words:
        distance = row.box.y0 - frame.bottom
        if row.region >= 0 or distance < -0.3 * th:
            continue
        across = min(frame.right, row.box.x1) - max(frame.left, row.box.x0)
        centered = abs(row.box.center[0] - middle) <= tolerance(frame, th)
        if across <= 0.3 * row.box.width or distance > (X_REACH_CENTERED if centered else X_REACH) * th:
            continue
        if between(sheet, index, frame.bottom, row.box.y0, row.box) or reaches_over(sheet, index, row.box):
            continue
        if _nearer_below(sheet, index, row) or _in_table(sheet, row, words):
            continue
        below.append((distance, abs(row.box.center[0] - middle), row))
    if below:
        first = min(below, key=lambda item: item[0])
        level = [item for item in below if item[2].box.y0 < first[2].box.y1 - 0.5 * first[2].height]
        if min(item[1] for item in level) > tolerance(frame, th):  # a row of the page may stand between
            reach = first[0] + CENTERED_BELOW * th
            level += [item for item in below if item[0] <= reach and item[1] <= tolerance(frame, th)]
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
            above = row.box.y0 - (frame.bottom + ticks_below(sheet, frame))
            if other.top - row.box.y1 <= above:
                return True
    return False


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
            twin = sheet.twins[i] or _numbers_between(sheet, frame, line.box) >= Y2_NUMBERS
            if -0.3 * sheet.th <= right <= Y_REACH * sheet.th and twin:
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
