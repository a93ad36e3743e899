"""Markdown tables: plain ones, and pairs of columns repeated side by side and read down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plotread.logs.names import x_word
from plotread.logs.numbers import parse_column
from plotread.logs.shapes import number_table
from plotread.logs.tables import Table, tracks_from_table
from plotread.logs.types import Head, LogData, Track, decode
from plotread.model import Floats

LONG_TABLE = 20_000  # rows from which a table of nothing but numbers is read as such
MIN_ROWS = 3  # a table of fewer rows is a summary, no course
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)+\|?\s*$")
_DRESS = re.compile(r"^[*_`\s]+|[*_`\s]+$")


def matches(head: Head) -> bool:
    return any(_RULE.match(line) for line in head.text.splitlines())


def parse(data: bytes) -> LogData:
    """The tracks of all tables with an x column; of two with one name the longer is kept."""
    tracks: dict[str, Track] = {}
    warnings: list[str] = []
    for header, body in _tables(decode(data)):
        names, columns = _numbers(header, body) or _cells_of(header, body)
        first_is_x = bool(names) and names[0] in columns
        length = max(map(len, columns.values()), default=0)
        if length < MIN_ROWS or not (first_is_x or any(x_word(name) for name in columns)):
            continue
        log = tracks_from_table(Table(columns, []))
        warnings += log.warnings
        for track in log.tracks:
            if track.name not in tracks or len(tracks[track.name].x) < len(track.x):
                tracks[track.name] = track
    return LogData(tuple(tracks.values()), tuple(warnings))


def _tables(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Header cells and lines of each table."""
    lines = text.splitlines()
    for i in range(1, len(lines)):
        if not (lines[i].lstrip(" |:").startswith("-") and _RULE.match(lines[i]) and "|" in lines[i - 1]):
            continue
        header = [_DRESS.sub("", cell) for cell in _cells(lines[i - 1])]
        end = next((j for j in range(i + 1, len(lines)) if "|" not in lines[j]), len(lines))
        yield header, lines[i + 1 : end]


def _numbers(header: Sequence[str], body: Sequence[str]) -> tuple[list[str], dict[str, Floats]] | None:
    """The columns of a long table of nothing but numbers, at once; None for any other."""
    if len(body) < LONG_TABLE or len(set(header)) < len(header):
        return None
    start = int(body[0].lstrip().startswith("|"))
    table = number_table("\n".join(body), "|", None, range(start, start + len(header)))
    if table is None or len(table) != len(body):
        return None
    return list(header), dict(zip(header, table.T.copy(), strict=True))


def _cells_of(header: Sequence[str], body: Sequence[str]) -> tuple[list[str], dict[str, Floats]]:
    """Names and columns of a table; columns of text are left out."""
    cells = [(_cells(line) + [""] * len(header))[: len(header)] for line in body]
    names, rows = _stack_repeats(header, cells)
    columns: dict[str, Floats] = {}
    for i, name in enumerate(names):
        values = parse_column([row[i] for row in rows])
        if values is not None and name not in columns:
            columns[name] = values
    return names, columns


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _stack_repeats(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """``Step|Loss|Step|Loss`` as one long ``Step|Loss``: the left pair first, from top to bottom.

    >>> _stack_repeats(["a", "b", "a", "b"], [["1", "2", "5", "6"], ["3", "4", "7", "8"]])
    (['a', 'b'], [['1', '2'], ['3', '4'], ['5', '6'], ['7', '8']])
    """
    width = len(header)
    for period in range(2, width // 2 + 1):
        if width % period == 0 and list(header) == list(header[:period]) * (width // period):
            stacked = [list(row[at : at + period]) for at in range(0, width, period) for row in rows]
            return list(header[:period]), [row for row in stacked if any(row)]
    return list(header), [list(row) for row in rows]
