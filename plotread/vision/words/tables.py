"""Tables and lists of runs beside the panels of a dashboard: they name the curves of several plots."""

from __future__ import annotations

from collections.abc import Sequence

from plotread.geometry import Box
from plotread.vision.words.legend import Block, extent
from plotread.vision.words.parts import Sheet, TextLine
from plotread.vision.words.swatch import CENTER, Entry, Swatch

LIST_REACH = 40.0  # th; the disc of a run stands this far right of its name, at the end of the row
COLUMNS = 2  # further texts in a row of a table, at least
TABLE_SHARE = 0.5  # of the rows that have them
ROW_LEVEL = 0.5  # of the lower one's height; texts of one row share it
BESIDE = 2.0  # th above and below a table; its head stands there


def find_listed(sheet: Sheet, lines: Sequence[TextLine]) -> list[Entry]:
    """Lines outside the panels at the end of whose row a lone disc stands, with nothing between."""
    found = []
    for line in lines:
        if line.region >= 0 or line.colored:
            continue
        level = [
            solid for solid in sheet.solids
            if solid.lone and abs(solid.box.center[1] - line.box.center[1]) <= CENTER * line.height
            and 0 < solid.box.x0 - line.box.x1 <= LIST_REACH * sheet.th
        ]  # fmt: skip
        if not level:
            continue
        disc = min(level, key=lambda solid: solid.box.x0)
        row = Box(line.box.x1, line.box.y0, disc.box.x0, line.box.y1)
        if any(other.box.overlap(row) for other in lines if other is not line):
            continue
        gap = (disc.box.x0 - line.box.x1) / sheet.th
        found.append(Entry(line, Swatch(disc.box, "right", gap, disc=True, vivid=disc.vivid)))
    return found


def lies_over(sheet: Sheet, table: Block) -> bool:
    """Whether a table covers part of a panel: a tooltip, which lists the runs of several plots."""
    own = extent(table)
    return any(own.overlap(frame.inner()) > 0 for frame in sheet.frames)


def is_table(block: Block, lines: Sequence[TextLine]) -> bool:
    """Whether further columns follow the names of a block that stands outside the panels."""
    if block[0].line.region >= 0 or block[0].side != "left":
        return False
    own = [box for entry in block for box in (entry.line.box, entry.swatch.box)]
    others = [
        line.box for line in lines
        if line.region < 0 and not any(line.box.overlap(box) for box in own)
    ]  # fmt: skip
    rows = 0
    for entry in block:
        box = entry.line.box
        after = [
            other for other in others
            if other.x0 >= box.x1
            and min(other.y1, box.y1) - max(other.y0, box.y0) >= ROW_LEVEL * min(other.height, box.height)
        ]  # fmt: skip
        rows += len(after) >= COLUMNS
    return rows >= TABLE_SHARE * len(block)


def without_columns(sheet: Sheet, blocks: Sequence[Block], tables: Sequence[Block]) -> list[Block]:
    """The blocks without those that are further columns of a table."""
    reach = BESIDE * sheet.th
    kept = []
    for block in blocks:
        own = extent(block)
        column = any(
            table is not block and own.x0 >= extent(table).x1
            and own.y0 >= extent(table).y0 - reach and own.y1 <= extent(table).y1 + reach
            for table in tables
        )  # fmt: skip
        if not column:
            kept.append(block)
    return kept
