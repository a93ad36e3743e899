"""Any delimited text with numeric columns."""

from __future__ import annotations

from plotread.logs.numbers import parse_column
from plotread.logs.tables import find_delimiter, read_table, tracks_from_table
from plotread.logs.types import Head, LogData, decode

_HEAD_ROWS = 20  # rows looked at


def matches(head: Head) -> bool:
    """A header (or numbers) and rows of as many cells, most of which hold a number."""
    lines = [line for line in head.text.splitlines() if line.strip()][:_HEAD_ROWS]
    if len(lines) < 2 or lines[0].lstrip().startswith(("{", "[", "<")):
        return False
    delimiter = find_delimiter(lines[0])
    cells = [line.split(delimiter) for line in lines]
    same_width = sum(len(row) == len(cells[0]) for row in cells)
    if len(cells[0]) < (1 if head.suffix in (".csv", ".tsv") else 2) or same_width < 0.8 * len(cells):
        return False
    numeric = sum(any(_is_number(cell) for cell in row) for row in cells[1:])
    return numeric >= 0.8 * (len(cells) - 1)


def _is_number(cell: str) -> bool:
    values = parse_column([cell.strip().replace(",", ".")])
    return values is not None and bool(values[0] == values[0])


def parse(data: bytes) -> LogData:
    return tracks_from_table(read_table(decode(data)))
