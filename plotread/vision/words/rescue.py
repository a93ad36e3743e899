"""What a legend's blocks lack at first: rows whose sample was not seen, pieces of rows, whole samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from plotread.geometry import Box
from plotread.vision.types import Mask
from plotread.vision.words.legend import SINGLE_WIDTH, TEXT_ENDS, Block, covers
from plotread.vision.words.parts import Sheet, TextLine, is_number
from plotread.vision.words.swatch import FAINT_LEVELS, Entry

RESCUE_INK = 0.3  # share of the swatch's place that holds ink
RESCUE_PITCH = 1.6  # row pitches
RESCUE_SHIFT = 0.3  # th; the sample stands this near to the middle of its text
USUAL_PITCH = 2.2  # th; where a block has one row only
JOIN_GAP = 1.6  # th; between pieces of one entry
TOUCH = 0.4  # th; boxes of pieces may overlap by an underscore's rim
JOIN_NUMBER_GAP = 1.1  # th; a number further off is another column
RESCUE_LEVELS = 22  # levels from the background; as for swatches
LEAST_PART = 0.25  # of its place that a sample shows, or it is a scrap
SHORTER = 0.3  # th; a sample lacks this much of its place: it ends in a gap


def find_rescued(sheet: Sheet, block: Block, lines: Sequence[TextLine]) -> list[Entry]:
    """Lines in step with a block whose swatch was not seen, though ink stands in its place."""
    used, samples = [e.line.box for e in block], [e.swatch.box for e in block]
    found = []
    pitch = _pitch(block) or USUAL_PITCH * sheet.th
    centered = np.ptp([e.near_end for e in block]) > TEXT_ENDS * sheet.th or len(block) == 1
    for line in lines:
        if line.region != block[0].line.region or any(covers(line.box, box) for box in used):
            continue
        for entry in block:
            step = abs(line.box.center[1] - entry.line.box.center[1])
            in_step = 0.5 * pitch <= step <= RESCUE_PITCH * pitch
            if not in_step or not _is_aligned(sheet, line, entry, centered):
                continue
            dy = round(line.box.center[1] - entry.line.box.center[1])
            levels = FAINT_LEVELS if entry.swatch.faint else RESCUE_LEVELS
            box = _fullest(sheet, entry.swatch.box, dy, levels)
            if any(covers(box, own) for own in samples):
                continue
            if _ink_share(sheet, box, samples, levels) >= RESCUE_INK:
                found.append(Entry(line, replace(entry.swatch, box=box, apart=True)))
                break
    return found


def _is_aligned(sheet: Sheet, line: TextLine, entry: Entry, centered: bool) -> bool:
    """Whether a line begins where an entry's text does; left of its sample a text may end there instead.

    Where texts are centered a shorter line has its middle where that of the entry's text is.
    """
    end = line.box.x0 if entry.side == "left" else line.box.x1
    ends: list[float] = [abs(end - entry.near_end)]
    if centered and line.box.width < entry.line.box.width:
        ends.append(abs(line.box.center[0] - entry.line.box.center[0]))
    if entry.side == "right" and line.region < 0:
        ends.append(abs(line.box.x0 - entry.line.box.x0))
    return min(ends) <= TEXT_ENDS * sheet.th


def _fullest(sheet: Sheet, place: Box, dy: int, levels: int) -> Box:
    """A sample's place `dy` further down, moved to where most ink is: letters may touch the next row's."""
    reach = sheet.px(RESCUE_SHIFT)
    boxes = [
        Box(place.x0, place.y0 + y, place.x1, place.y1 + y).clip(sheet.width, sheet.height)
        for y in sorted(range(dy - reach, dy + reach + 1), key=lambda y: (abs(y - dy), y))
    ]
    return max(boxes, key=lambda box: float(np.round(_inked(sheet, box, box, levels).mean(), 2)))


def join_pieces(sheet: Sheet, block: Block, lines: Sequence[TextLine]) -> Block:
    """Append the pieces of a row that a wide space had split off; joined lines are unread again."""
    own = [e.line.box for e in block]
    swatches = [e.swatch.box for e in block]
    return tuple(Entry(_joined(sheet, e, lines, own, swatches), e.swatch) for e in block)


def _joined(
    sheet: Sheet, entry: Entry, lines: Sequence[TextLine], own: Sequence[Box], swatches: Sequence[Box]
) -> TextLine:
    """The text of an entry with every piece that follows it in its row."""
    line, grew = entry.line, True
    joined = {entry.line.box}
    while grew:
        grew = False
        for other in lines:
            taken = other.box in own or other.box in joined or any(other.box.overlap(box) for box in swatches)
            if taken or other.region != line.region:
                continue
            gap = other.box.x0 - line.box.x1 if entry.side == "left" else line.box.x0 - other.box.x1
            table = line.region < 0 and is_number(other, sheet)
            limit = JOIN_NUMBER_GAP if table else JOIN_GAP
            shared = min(other.box.y1, line.box.y1) - max(other.box.y0, line.box.y0)
            level = shared >= 0.5 * min(other.height, line.height)
            if level and -TOUCH * sheet.th <= gap <= limit * sheet.th:
                glyphs = line.glyphs + other.glyphs
                line = TextLine(line.box.union(other.box), glyphs, line.colored, line.region)
                joined.add(other.box)
                grew = True
    return line


def sample_place(own: Box, others: Sequence[Box], th: float) -> Box | None:
    """The whole place of a sample shorter than the others of its column, or None if it fills it.

    Of a line with long dashes the sample may show one dash only.

    Parameters
    ----------
    own : Box
        Where the sample's own ink is.
    others : sequence of Box
        The same of the other lines in the legend.
    th : float
        Text height, px.
    """
    column = [box for box in others if max(box.x0, own.x0) < min(box.x1, own.x1)]
    x0 = min((box.x0 for box in column), default=own.x0)
    x1 = max((box.x1 for box in column), default=own.x1)
    least = max(SINGLE_WIDTH * th, own.width + SHORTER * th)
    if not least <= x1 - x0 <= own.width / LEAST_PART:
        return None
    return Box(min(x0, own.x0), own.y0, max(x1, own.x1), own.y1)



def _pitch(block: Block) -> float | None:
    middles = sorted(e.line.box.center[1] for e in block)
    steps = [b - a for a, b in pairwise(middles) if b - a > 2]
    return float(np.median(steps)) if steps else None


def _ink_share(sheet: Sheet, box: Box, samples: Sequence[Box], levels: int) -> float:
    """Share of columns with ink that is unlike the background above and below the box, no other sample's."""
    if box.width < 2 or box.height < 1:
        return 0.0
    looked = box.pad(0, 1).clip(sheet.width, sheet.height)
    ink = _inked(sheet, box, looked, levels)
    for sample in samples:
        if sample.overlap(looked):
            ink[max(0, sample.y0 - looked.y0) : max(0, sample.y1 - looked.y0),
                max(0, sample.x0 - looked.x0) : max(0, sample.x1 - looked.x0)] = False  # fmt: skip
    return float(ink.any(axis=0).mean())


def _inked(sheet: Sheet, place: Box, looked: Box, levels: int) -> Mask:
    """Where a box looked at holds ink unlike the background above and below a place."""
    around = place.pad(2, max(2, sheet.px(0.3))).clip(sheet.width, sheet.height)
    background = np.median(sheet.rgb[around.slices].reshape(-1, 3), axis=0)
    crop = sheet.rgb[looked.slices].astype(np.float64)
    return np.asarray(np.abs(crop - background).max(axis=2) > levels)
