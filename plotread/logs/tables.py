"""Delimited text to columns, and columns to tracks."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from plotread.logs.names import X_NAMES, is_bookkeeping, x_word
from plotread.logs.numbers import parse_column
from plotread.logs.shapes import number_table
from plotread.logs.types import LogData, TrackMaker
from plotread.model import Floats

CHUNK_ROWS = 50_000  # rows turned to arrays at a time, so that a long file never stands in memory as text
LONG_TEXT = 1_000_000  # characters from which a table of nothing but numbers is read as such
LOST_SHARE = 0.2  # an x column that names more than this share of points twice is not the x column
FILLED_SHARE = 0.5  # an x column has values in at least this share of the rows
_DELIMITERS = ",\t;|"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of numbers by name, in the order of the file; text columns are left out.

    Attributes
    ----------
    columns : dict of str to (N,) float array
        NaN where a cell is blank, infinity where it holds no finite number.
    short_rows : list of (int, list of str)
        Rows with fewer cells than the header, with their position among all rows.  They are not in
        `columns`: which of their cells is missing cannot be told here.
    """

    columns: dict[str, Floats]
    short_rows: list[tuple[int, list[str]]]


def find_delimiter(line: str) -> str | None:
    """The delimiter of a header line: the one that occurs most; white space if none does."""
    counts = [(line.count(mark), -i) for i, mark in enumerate(_DELIMITERS)]
    most, position = max(counts)
    return _DELIMITERS[-position] if most else None


def read_table(text: str) -> Table:
    """Columns of delimited text whose first non-empty line is the header.

    Header cells may be padded with blanks and quoted.  Where the first line holds numbers only, the
    columns are named "x" and "y" or "y1", "y2", ...
    """
    text = text.lstrip("\n\r \ufeff")
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = find_delimiter(first)
    rows: Iterator[list[str]]
    if delimiter is None:
        rows = (line.split() for line in text.splitlines())
    else:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    header = [cell.strip().strip("'\"") for cell in next(rows, [])]
    decimal_comma = delimiter == ";" and _has_decimal_commas(text)
    leading: list[list[str]] = []
    if header and parse_column(header, decimal_comma) is not None and any(header):
        leading = [header]
        header = ["x", "y"] if len(header) == 2 else ["x", *(f"y{i}" for i in range(1, len(header)))]
    names = _unique(header)
    if len(text) > LONG_TEXT and not decimal_comma:
        table = number_table(text if leading else text[len(first) + 1 :], delimiter, '"')
        if table is not None and table.shape[1] == len(names):
            return Table(dict(zip(names, table.T.copy(), strict=True)), [])
    parts: list[list[Floats | None]] = []
    short: list[tuple[int, list[str]]] = []
    chunk = leading
    for position, row in enumerate(rows):
        if len(row) >= len(names):
            chunk.append(row)
        elif any(cell.strip() for cell in row):
            short.append((position, row))
        if len(chunk) >= CHUNK_ROWS:
            parts.append(_to_arrays(chunk, len(names), decimal_comma))
            chunk = []
    parts.append(_to_arrays(chunk, len(names), decimal_comma))
    columns: dict[str, Floats] = {}
    for i, name in enumerate(names):
        pieces = [part[i] for part in parts if part]
        if pieces and all(piece is not None for piece in pieces):
            columns[name] = np.concatenate([piece for piece in pieces if piece is not None])
    return Table(columns, short)


def _has_decimal_commas(text: str) -> bool:
    sample = text[:4096]
    return sample.count(",") > 2 * sample.count(".")


def _unique(header: Sequence[str]) -> list[str]:
    """Names made distinct by a number, so that no column hides another."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _to_arrays(rows: Sequence[Sequence[str]], width: int, decimal_comma: bool) -> list[Floats | None]:
    if not rows:
        return []
    return [parse_column([row[i] for row in rows], decimal_comma) for i in range(width)]


def tracks_from_table(
    table: Table,
    x_names: Sequence[str] = (),
    skip: Callable[[str], bool] = is_bookkeeping,
) -> LogData:
    """Tracks of all columns but x and bookkeeping.

    The x column is the first of `x_names` that exists, else the best of the usual names, else a first
    column that only ever rises, else the number of the row.
    """
    columns = table.columns
    if not columns:
        return LogData(())
    named = sorted((c for c in columns if x_word(c)), key=lambda c: list(X_NAMES).index(c.strip().lower()))
    candidates = [c for c in x_names if c in columns] or [c for c in named if _is_filled(columns[c])]
    first = next(iter(columns))
    if not candidates and _is_rising(columns[first]) and len(columns) > 1:
        candidates = [first]
    rest = [c for c in columns if c not in candidates and c not in named and not skip(c)]
    fallback: LogData | None = None
    for name in [*candidates, None]:
        length = len(columns[first])
        x = columns[name] if name is not None else np.arange(length, dtype=np.float64)
        maker = TrackMaker("row" if name is None else x_word(name) or name)
        for column in rest:
            maker.add(column, x, columns[column])
        total = sum(len(track.x) for track in maker.tracks)
        if maker.tracks and maker.lost <= LOST_SHARE * (total + maker.lost):
            return maker.finish()
        fallback = fallback or (maker.finish() if maker.tracks else None)
    return fallback or LogData(())


def _is_filled(values: Floats) -> bool:
    finite = np.isfinite(values)
    return bool(finite.mean() >= FILLED_SHARE and np.ptp(values[finite]) > 0) if finite.any() else False


def _is_rising(values: Floats) -> bool:
    return bool(len(values) > 1 and np.isfinite(values).all() and (np.diff(values) > 0).all())
