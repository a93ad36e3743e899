"""Glyphs become lines: components in a row, then the dots and dashes that belong to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from colorsys import rgb_to_hsv
from itertools import pairwise

import cv2
import numpy as np

from plotread.geometry import Box, Frame
from plotread.model import Floats
from plotread.vision.types import Mask
from plotread.vision.words.parts import TICK_REACH, Sheet, TextLine
from plotread.vision.words.stacked import whole_syllables

GLYPH_HEIGHT = (0.5, 3.4)  # th; from "a" of a small legend to a capital of a large title
GLYPH_WIDTH = 30.0  # th; letters of a bold word may touch, nothing longer is one
WORD_GAP = 0.85  # of the line's height; a space is 0.5, the gap to a swatch 1.1
ROW_OVERLAP = 0.5  # of the lower glyph's height
ROW_GLYPHS = 3  # letters of a row to which dots may belong; fewer are scraps
SMALL_REACH = 0.45  # of the line's height; dots and hyphens stand this near their letters
HOLLOW = (2.5, 1.2, 0.2)  # th wide, th tall, share of ink below which a component is a frame, not letters
CORNER, BORDER_INK = (1.3, 0.5), 0.25  # th: longer and shorter side of a corner; width of a frame's strokes
HUE_GAP, OTHER_HUE = 0.4, 0.1  # th between two letters; of the hue circle between their inks
HUE_LEVELS = 70  # between the channels of letters that have a hue of their own
STROKE_WIDTH = 0.24  # th
BRIDGE = 2.0  # line heights; two pieces may both have taken the dashes between them
MANY_DOTS, DOTS_REACH = 4, 2.5  # marks alike; th to each side; an ellipsis has three
DOTS_OFF, MOST_STEPS = 0.25, 3.5  # of the least step between them: off a whole number of steps; the longest
TWO_ROWS = (2.0, 6)  # th tall, glyphs; two rows whose letters touch are as tall and as many
TOUCHING_INK = 0.5  # of the ink of a full row: where two rows only touch
SMALL_WIDTH = 1.05  # th; a wider dash at the end of a line is a swatch, not a hyphen
STROKE_HEIGHT = (0.75, 1.2)  # th; a lone "1" is as tall as a digit, scraps of frames as they come
MAX_GLYPHS = 4000  # per pass; beyond this the ink is noise
TURNED_REACH = 14.0  # th; rotated labels stand this near a panel
TURNED_SPARE = 2.0  # th; their neighbors further out are looked at, too
TURNED_JOIN = 1.3  # th; gap between two pieces of one rotated label
TURNED_LENGTH = 1.6  # th; a shorter rotated word ("lr") must stand at half height ...
TURNED_MIDDLE = 2.0  # th; ... within this
TURNED_SHORT_REACH = 7.0  # th; such a word stands no further left
LONE_LENGTH = 2.0  # times its thickness; a shorter single glyph is a letter of a flat word
LIST_NEAR = 0.3  # th; a glyph with a neighbour this near to its left or right is in a flat word
SHORT_NEAR = 0.6  # th; the same for words of a letter or two
LIST_SHARE = 0.3  # of such glyphs: the column is a list of flat words
HYPHEN = (1.8, 0.25)  # times its thickness long, th long; the dot of an "i" is shorter
STEM = 0.6  # th; a thin upright stroke this tall is a letter
BAR = (1.8, 2.0, 0.7, 0.9)  # times its height wide, th wide, th tall, share of ink: a legend's box, no letter


def find_lines(sheet: Sheet, mask: Mask, *, colored: bool) -> list[TextLine]:
    """Rows of glyphs in a text mask.

    Parameters
    ----------
    sheet : Sheet
    mask : (H, W) bool array
        One colour pass of `ink.text_masks`.
    colored : bool
        Which pass it is.

    Returns
    -------
    list of TextLine
        Unread, top to bottom, then left to right.
    """
    glyphs, small = _glyphs(mask, sheet, sheet.region)
    lines = _rows(glyphs, sheet.th, lambda box: sheet.region(*box.center))
    places = np.array([(mark.x0, mark.y0, mark.x1, mark.y1) for mark in small], dtype=float).reshape(-1, 4)
    small = [mark for mark in small if not _is_of_row(mark, places, sheet.th)]
    rows = [box for box, parts, _ in lines if len(parts) >= ROW_GLYPHS]
    done = [TextLine(_with_small(box, parts, small, sheet.th, rows), tuple(parts), colored, region)
            for box, parts, region in lines]  # fmt: skip
    done = [line for line in _bridged(done, sheet.th) if not _is_stroke(line, sheet.th)]
    if colored:
        done = [part for line in done for part in _by_hue(sheet, line, mask)]
    return sorted(done, key=lambda line: (line.box.y0, line.box.x0))


def _by_hue(sheet: Sheet, line: TextLine, mask: Mask) -> list[TextLine]:
    """A row outside the panels, cut where the hue of its letters changes: names in their curves' inks."""
    glyphs = sorted(line.glyphs, key=lambda g: g.x0)
    if line.region >= 0 or len(glyphs) < ROW_GLYPHS:
        return [line]
    inks = [np.median(sheet.rgb[g.slices][mask[g.slices]].reshape(-1, 3), axis=0) for g in glyphs]
    hues = [rgb_to_hsv(*(ink / 255))[0] for ink in inks]
    vivid = [float(np.ptp(ink)) >= HUE_LEVELS for ink in inks]  # hues of dark letters are their rims'
    cuts = [
        i for i in range(1, len(glyphs))
        if glyphs[i].x0 - glyphs[i - 1].x1 >= HUE_GAP * sheet.th and vivid[i] and vivid[i - 1]
        and OTHER_HUE <= abs(hues[i] - hues[i - 1]) <= 1 - OTHER_HUE
    ]  # fmt: skip
    parts = []
    for first, last in pairwise([0, *cuts, len(glyphs)]):
        own = tuple(glyphs[first:last])
        x0 = line.box.x0 if first == 0 else own[0].x0
        x1 = line.box.x1 if last == len(glyphs) else max(g.x1 for g in own)
        parts.append(TextLine(Box(x0, line.box.y0, x1, line.box.y1), own, line.colored, line.region))
    return parts


def part_rows(sheet: Sheet, mask: Mask) -> tuple[Mask, tuple[Box, ...]]:
    """A text mask with a title parted from the legend whose letters touch it from below, and the cuts.

    Outside the panels a row of text is cut where it is emptiest, if it is as tall as two and hardly
    any letter crosses the cut.
    """
    out = mask
    cuts = []
    for line in find_lines(sheet, mask, colored=False):
        if line.region >= 0 or line.height < TWO_ROWS[0] * sheet.th or len(line.glyphs) < TWO_ROWS[1]:
            continue
        ink = mask[line.box.slices].sum(axis=1)
        quarter = len(ink) // 4
        at = quarter + int(ink[quarter:-quarter].argmin())
        if ink[at] <= TOUCHING_INK * min(int(ink[:at].max()), int(ink[at + 1 :].max())):
            out = out.copy() if out is mask else out
            out[line.box.y0 + at, line.box.x0 : line.box.x1] = False
            _drop_tips(out, line.box, line.box.y0 + at, GLYPH_HEIGHT[0] * sheet.th)
            cuts.append(Box(line.box.x0, line.box.y0 + at, line.box.x1, line.box.y0 + at + 1))
    return out, tuple(cuts)


def _drop_tips(mask: Mask, box: Box, cut: int, small: float) -> None:
    """Erase the ends of letters that a cut has left in the other row."""
    part = mask[box.slices]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(part, dtype=np.uint8))
    y, height = stats[:, cv2.CC_STAT_TOP] + box.y0, stats[:, cv2.CC_STAT_HEIGHT]
    tips = ((y == cut + 1) | (y + height == cut)) & (height < small)
    tips[0] = False
    part &= ~np.asarray(tips[labels])


def find_turned_lines(sheet: Sheet, mask: Mask, *, colored: bool) -> list[TextLine]:
    """Columns of glyphs beside the panels that may be rotated text (angle 90 until read)."""
    glyphs, small = _glyphs((mask & _beside(sheet, mask.shape, TURNED_REACH)).T, sheet)
    # a flat word that reaches out of the strip is no column of its last letters
    around, marks = _glyphs((mask & _beside(sheet, mask.shape, TURNED_REACH + TURNED_SPARE)).T, sheet)
    # nor are digits of "run-1" and "run-2", which a hyphen joins to their words, or letters beside an "i"
    around += [
        b for b in marks
        if b.height >= max(HYPHEN[0] * b.width, HYPHEN[1] * sheet.th) or b.width >= STEM * sheet.th
    ]  # fmt: skip
    found = []
    for box, parts in _joined(_rows(glyphs, sheet.th, lambda _: -1), sheet.px(TURNED_JOIN)):
        short = box.width < TURNED_LENGTH * sheet.th
        whole = _with_small(box, parts, small, sheet.th)
        middle = short and _at_middle(box, sheet)
        if len(parts) == 1 and whole.width < LONE_LENGTH * whole.height and not middle:
            continue
        near = SHORT_NEAR if short else LIST_NEAR
        if (short and not middle) or _is_list(parts, around, near * sheet.th):
            continue
        found.append(TextLine(_turned(whole), tuple(_turned(p) for p in parts), colored, -1, angle=90))
    return sorted(found, key=lambda line: (line.box.x0, line.box.y0))


def _beside(sheet: Sheet, shape: tuple[int, ...], reach_th: float) -> Mask:
    """The strips left of the panels, and right of those with numbers there."""
    beside = np.zeros(shape, dtype=bool)
    reach = sheet.px(reach_th)
    for frame in sheet.frames:
        box = frame.inner()
        overhang = round(0.25 * box.height)
        sides = [(box.x0 - reach, box.x0)]
        if _has_right_numbers(sheet, frame):
            sides.append((box.x1, box.x1 + reach))
        for x0, x1 in sides:
            strip = Box(x0, box.y0 - overhang, x1, box.y1 + overhang)
            beside[strip.clip(sheet.width, sheet.height).slices] = True
    for frame in sheet.frames:
        beside[frame.inner().clip(sheet.width, sheet.height).slices] = False
    return beside


def _has_right_numbers(sheet: Sheet, frame: Frame) -> bool:
    """Whether numbers stand right of a panel: else no rotated label does, but letters of a legend may."""
    beside = [
        n for n in sheet.numbers
        if 0 <= n.x0 - frame.right <= TICK_REACH * sheet.th
        and frame.top - sheet.th <= n.center[1] <= frame.bottom + sheet.th
    ]  # fmt: skip
    return len(beside) >= 2


def _glyphs(
    mask: Mask, sheet: Sheet, region: Callable[[float, float], int] = lambda x, y: -1
) -> tuple[list[Box], list[Box]]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask, dtype=np.uint8))
    boxes = []
    for k, (x, y, w, h, area) in enumerate(stats[1:count].tolist(), start=1):
        if w > HOLLOW[0] * sheet.th and h > HOLLOW[1] * sheet.th and area < HOLLOW[2] * w * h:
            continue
        if w >= max(BAR[0] * h, BAR[1] * sheet.th) and h >= BAR[2] * sheet.th and area >= BAR[3] * w * h:
            continue
        box = Box(x, y, x + w, y + h)
        if _is_border(labels[box.slices] == k, sheet.th, outside=region(*box.center) < 0):
            continue
        boxes.append(box)
    if sheet.syllables:
        boxes = whole_syllables(boxes[: 2 * MAX_GLYPHS], sheet.th)
    glyphs, small = [], []
    for box in boxes:
        low = box.height < GLYPH_HEIGHT[0] * sheet.th
        if not low and box.height <= GLYPH_HEIGHT[1] * sheet.th and box.width <= GLYPH_WIDTH * sheet.th:
            glyphs.append(box)
        elif low and box.width <= 2 * sheet.th:
            small.append(box)
    return sorted(glyphs, key=lambda b: (b.x0, b.y0))[:MAX_GLYPHS], small[:MAX_GLYPHS]


def _is_border(ink: Mask, th: float, *, outside: bool) -> bool:
    """Whether all ink of a component lies along the sides of its box: a legend's frame, or a corner of it."""
    h, w = ink.shape
    if max(h, w) < CORNER[0] * th or min(h, w) < CORNER[1] * th:
        return False
    t = max(2, round(BORDER_INK * th))
    if w > HOLLOW[0] * th and h > HOLLOW[1] * th and not ink[t:-t, t:-t].any():
        return True
    if outside:
        return False
    if not ink[t:, t:].any() or not ink[t:, :-t].any() or not ink[:-t, :-t].any():
        return True
    return not ink[:-t, t:].any() and w >= HOLLOW[0] * th  # narrower, it may be an "L"


def _rows(
    glyphs: list[Box], th: float, region_of: Callable[[Box], int]
) -> list[tuple[Box, list[Box], int]]:
    """Join glyphs, sorted by their left ends, into rows; each glyph extends the best open row."""
    rows: list[tuple[Box, list[Box], int]] = []
    open_rows: list[int] = []
    for glyph in glyphs:
        region = region_of(glyph)
        best, best_overlap = -1, 0.0
        still_open = []
        for i in open_rows:
            box, parts, where = rows[i]
            if glyph.x0 - box.x1 > WORD_GAP * max(box.height, glyph.height, th):
                continue
            still_open.append(i)
            tail = parts[-1].union(parts[-2]) if len(parts) > 1 else box
            shared = min(glyph.y1, tail.y1) - max(glyph.y0, tail.y0)
            overlap = shared / min(glyph.height, tail.height)
            if where == region and overlap >= ROW_OVERLAP and overlap > best_overlap:
                best, best_overlap = i, overlap
        open_rows = still_open
        if best >= 0:
            box, parts, where = rows[best]
            rows[best] = (box.union(glyph), [*parts, glyph], where)
        else:
            rows.append((glyph, [glyph], region))
            open_rows.append(len(rows) - 1)
    return rows


def _with_small(
    box: Box, parts: list[Box], small: list[Box], th: float, rows: Sequence[Box] = ()
) -> Box:  # fmt: skip
    """A row with its dots and dashes; those that stand nearer to another of the `rows` belong to that."""
    height = max(part.height for part in parts)
    reach = round(SMALL_REACH * height)
    others = [
        row for row in rows
        if row.x0 < box.x1 and row.x1 > box.x0 and _apart(row, box) <= 2 * reach and row != box
    ]  # fmt: skip
    grown = box
    for dot in sorted(small, key=lambda b: b.x0):
        over = (row for row in others if row.x0 <= dot.x0 and dot.x1 <= row.x1)
        if any(_apart(row, dot) < _apart(box, dot) for row in over):
            continue
        beyond = dot.x0 >= box.x1 or dot.x1 <= box.x0
        if beyond and (dot.y1 <= box.y0 or dot.y0 >= box.y1):
            continue  # the corner of a legend's frame
        if dot.width > SMALL_WIDTH * th and not box.x0 <= dot.x0 < dot.x1 <= box.x1:
            continue
        if dot.y0 >= box.y0 - reach and dot.y1 <= box.y1 + reach and grown.x0 - reach <= dot.x1 \
                and dot.x0 <= grown.x1 + reach:  # fmt: skip
            grown = grown.union(dot)
    return grown


def _apart(a: Box, b: Box) -> int:
    """Rows of pixels between two boxes, 0 where they share one."""
    return max(0, a.y0 - b.y1, b.y0 - a.y1)


def _is_of_row(mark: Box, small: Floats, th: float) -> bool:
    """Whether a mark is one of many alike in a row: a dotted or dashed sample, no punctuation.

    `small` holds left, top, right and bottom of all small marks, (N, 4), itself among them.
    """
    off = np.abs(small - (mark.x0, mark.y0, mark.x1, mark.y1))
    level = (off[:, 1] <= 1) & (off[:, 3] <= 1) & (off[:, 0] <= DOTS_REACH * th)
    near = small[level]
    alike = near[np.abs(near[:, 2] - near[:, 0] - mark.width) <= 1, 0]
    if len(alike) < MANY_DOTS:
        return False
    steps = np.diff(np.sort(alike))
    if np.ptp(steps) <= 2:
        return True
    # of a pale row some dots are too faint to be seen
    off = np.abs(steps - steps.min() * np.round(steps / max(steps.min(), 1)))
    return bool(off.max() <= DOTS_OFF * steps.min() and steps.max() <= MOST_STEPS * steps.min())


def _bridged(lines: list[TextLine], th: float) -> list[TextLine]:
    """Join pieces of a row between which only an underscore, a dash or an equals sign stood."""
    done: list[TextLine] = []
    for line in sorted(lines, key=lambda item: (item.box.x0, item.box.y0)):
        for i, other in enumerate(done):
            gap = line.box.x0 - other.box.x1
            shared = min(line.box.y1, other.box.y1) - max(line.box.y0, other.box.y0)
            low = min(line.height, other.height)
            wider = other.glyphs[-1].x1 < other.box.x1 - 1 or line.glyphs[0].x0 > line.box.x0 + 1
            reach = WORD_GAP * max(line.height, other.height, th)
            if line.region == other.region and wider and -BRIDGE * low <= gap <= reach \
                    and shared >= ROW_OVERLAP * low:  # fmt: skip
                whole = line.box.union(other.box)
                done[i] = TextLine(whole, other.glyphs + line.glyphs, line.colored, line.region)
                break
        else:
            done.append(line)
    return done


def _is_stroke(line: TextLine, th: float) -> bool:
    """A lone upright stroke: what is left of a frame or a tick, seldom an "I"."""
    tall = STROKE_HEIGHT[0] * th <= line.box.height <= STROKE_HEIGHT[1] * th
    return len(line.glyphs) == 1 and line.box.width <= STROKE_WIDTH * th and not tall


def _joined(rows: list[tuple[Box, list[Box], int]], gap: int) -> list[tuple[Box, list[Box]]]:
    """Join the pieces of one line that a wide space had split."""
    done: list[tuple[Box, list[Box]]] = []
    for box, parts, _ in sorted(rows, key=lambda row: (row[0].x0, row[0].y0)):
        for i, (other, others) in enumerate(done):
            shared = min(box.y1, other.y1) - max(box.y0, other.y0)
            if 0 <= box.x0 - other.x1 <= gap and shared >= ROW_OVERLAP * min(box.height, other.height):
                done[i] = (other.union(box), others + parts)
                break
        else:
            done.append((box, parts))
    return done


def _is_list(parts: list[Box], glyphs: list[Box], near_px: float) -> bool:
    """Whether glyphs of a transposed column stand beside each other: a list of flat words."""
    near = 0
    for a in parts:
        near += any(
            b != a and min(a.x1, b.x1) - max(a.x0, b.x0) >= 0.5 * min(a.width, b.width)
            and 0 <= max(a.y0, b.y0) - min(a.y1, b.y1) <= near_px
            for b in glyphs
        )  # fmt: skip
    return near > LIST_SHARE * len(parts)


def _at_middle(box: Box, sheet: Sheet) -> bool:
    """Whether a transposed word stands beside some panel at half its height."""
    middle = box.center[0]
    return any(
        abs(middle - (f.top + f.bottom) / 2) <= TURNED_MIDDLE * sheet.th
        and (0 <= f.left - box.y1 <= TURNED_SHORT_REACH * sheet.th or (
            0 <= box.y0 - f.right <= TURNED_SHORT_REACH * sheet.th and _has_right_numbers(sheet, f)))
        for f in sheet.frames
    )


def _turned(box: Box) -> Box:
    return Box(box.y0, box.x0, box.y1, box.x1)
