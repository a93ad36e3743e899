"""Markdown tables: plain ones, and pairs of columns repeated side by side and read down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plotread.logs.names import x_word
from plotread.logs.numbers import parse_column
from plotread.logs.tables import Table, tracks_from_table
from plotread.logs.types import Head, LogData, Track, decode

MIN_ROWS = 3  # a table of fewer rows is a summary, no course
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)+\|?\s*$")
_DRESS = re.compile(r"^[*_`\s]+|[*_`\s]+$")


def matches(head: Head) -> bool:
    return any(_RULE.match(line) for line in head.text.splitlines())


def parse(data: bytes) -> LogData:
    """The tracks of all tables with an x column; of two with one name the longer is kept."""
    tracks: dict[str, Track] = {}
    warnings: list[str] = []
    for header, rows in (_stack_repeats(*table) for table in _tables(decode(data))):
        columns = {}
        for i, name in enumerate(header):
            values = parse_column([row[i] for row in rows])
            if values is not None and name not in columns:
                columns[name] = values
        first_is_x = bool(header) and header[0] in columns
        if len(rows) < MIN_ROWS or not (first_is_x or any(x_word(name) for name in columns)):
            continue
        log = tracks_from_table(Table(columns, []))
        warnings += log.warnings
        for track in log.tracks:
            if track.name not in tracks or len(tracks[track.name].x) < len(track.x):
                tracks[track.name] = track
    return LogData(tuple(tracks.values()), tuple(warnings))


def _tables(text: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    lines = text.splitlines()
    for i in range(1, len(lines)):
        if not (_RULE.match(lines[i]) and "|" in lines[i - 1]):
            continue
        header = [_DRESS.sub("", cell) for cell in _cells(lines[i - 1])]
        rows = []
        for line in lines[i + 1 :]:
            if "|" not in line:
                break
            cells = _cells(line)
            rows.append((cells + [""] * len(header))[: len(header)])
        yield header, rows


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
