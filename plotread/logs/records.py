"""Logs that are lists of records (JSON lines and their kin) to tracks."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from plotread.logs.names import X_NAMES, is_bookkeeping, x_word
from plotread.logs.numbers import parse_value
from plotread.logs.types import LogData, TrackMaker
from plotread.model import Floats

Record = Mapping[str, object]
UNIFORM_FROM = 20_000  # lines from which speed matters more than every freedom of the format
LOST_SHARE = 0.2  # an x column that names more than this share of points twice is not the x column


def parse_json_lines(text: str) -> list[Record]:
    """The objects among the lines; lines that are no object are passed over.

    All lines go through one call of the parser where they are clean: a million calls take ten times as long.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line.startswith("{")]
    lines = [line.rstrip(",") for line in lines]
    try:
        records = json.loads("[" + ",".join(lines) + "]")
    except ValueError:
        records = [record for record in map(_parse_object, lines) if record is not None]
    return [record for record in records if isinstance(record, dict)]


def uniform_columns(
    lines: Sequence[str], quote: str = '"', skip: Callable[[str], bool] = is_bookkeeping
) -> dict[str, Floats] | None:
    """The columns of lines that are all flat records with the same keys; None where they are not.

    A long log is a million lines of one shape.  One search per key over the whole text takes a fraction of
    the time and memory of a million dictionaries.  Values that are text are passed over.

    Parameters
    ----------
    lines : sequence of str
        Each from "{" to "}".
    quote : str
        What the keys are quoted with: Python prints single quotes.
    skip : callable
        Tells keys that are neither curve nor x.
    """
    n = len(lines)
    first = _parse_object(lines[0]) if n >= UNIFORM_FROM else None
    if first is None or any(isinstance(value, dict | list) for value in first.values()):
        return None
    text = "\n".join(lines)
    if text.count("{") != n or text.count(f"{quote}:") != n * len(first):
        return None
    columns: dict[str, Floats] = {}
    for key, value in first.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or skip(key):
            if text.count(f"{quote}{key}{quote}:") != n:
                return None
            if isinstance(value, str) and parse_value(value) is not None:
                return None  # numbers in quotes: one by one
            continue
        cells = re.findall(f"{quote}{re.escape(key)}{quote}: ?(-?[0-9.eE+-]+)[,}} ]", text)
        if len(cells) != n:
            return None
        columns[key] = np.array(cells, dtype=object).astype(np.float64)
        if not np.isfinite(columns[key]).all():
            return None
    return columns


def tracks_from_columns(
    columns: Mapping[str, Floats], x_keys: Sequence[str], skip: Callable[[str], bool]
) -> LogData | None:
    """Tracks of full columns; None where no key is a sound x."""
    found = [key for key in x_keys if key in columns] or sorted(
        (key for key in columns if x_word(key)), key=lambda key: list(X_NAMES).index(key.strip().lower())
    )
    for x_key in found:
        maker = TrackMaker(x_word(x_key) or x_key)
        for key, values in columns.items():
            if key not in found and not x_word(key) and not skip(key):
                maker.add(key, columns[x_key], values)
        total = sum(len(track.x) for track in maker.tracks)
        if maker.tracks and maker.lost <= LOST_SHARE * (total + maker.lost):
            return maker.finish()
    return None


def tracks_from_json_lines(
    text: str, x_keys: Sequence[str] = (), skip: Callable[[str], bool] = is_bookkeeping
) -> LogData:
    """Tracks of JSON lines: those of one shape at once, others record by record.

    Evaluations stand on lines of their own and have their own keys.
    """
    lines = [line.rstrip(",") for line in map(str.strip, text.splitlines()) if line.startswith("{")]
    if len(lines) >= UNIFORM_FROM:
        plain = [line for line in lines if '"eval_' not in line]
        columns = uniform_columns(plain, skip=lambda key: key not in x_keys and not x_word(key) and skip(key))
        log = tracks_from_columns(columns, x_keys, skip) if columns is not None else None
        if log is not None:
            if len(plain) == len(lines):
                return log
            rest = tracks_from_records(parse_json_lines(text_of_evaluations(lines)), x_keys, skip)
            return LogData((*log.tracks, *rest.tracks), (*log.warnings, *rest.warnings))
    return tracks_from_records(parse_json_lines(text), x_keys, skip)


def text_of_evaluations(lines: Sequence[str]) -> str:
    """The lines that tell an evaluation."""
    return "\n".join(line for line in lines if '"eval_' in line)


def parse_python_dicts(pieces: Sequence[str]) -> list[Record]:
    """Dicts as Python prints them, ``{'loss': 1.2, 'epoch': 0.5}``."""
    quoted = [
        piece.replace("'", '"').replace(": nan", ": NaN").replace(": inf", ": Infinity") for piece in pieces
    ]
    try:
        records = json.loads("[" + ",".join(quoted) + "]")
    except ValueError:
        records = [record for record in map(_parse_object, quoted) if record is not None]
    return [record for record in records if isinstance(record, dict)]


def _parse_object(text: str) -> Record | None:
    for parser in (json.loads, ast.literal_eval):
        try:
            value = parser(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, dict):
            return value
    return None


def flatten(record: Record) -> dict[str, object]:
    """Nested objects as "outer/inner"; lists are left out."""
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat.update({f"{key}/{inner}": v for inner, v in flatten(value).items()})
        elif not isinstance(value, list):
            flat[str(key)] = value
    return flat


def tracks_from_records(
    records: Iterable[Record],
    x_keys: Sequence[str] = (),
    skip: Callable[[str], bool] = is_bookkeeping,
) -> LogData:
    """Tracks of every numeric key.

    Parameters
    ----------
    records : iterable of mappings
    x_keys : sequence of str
        Keys that may hold x, best first; without any, the usual names are looked for and, failing
        those, the position in the file is x.
    skip : callable
        Tells keys that are no curve.
    """
    rows = [
        flatten(record) if any(isinstance(v, dict | list) for v in record.values()) else record
        for record in records
    ]
    if len(rows) >= UNIFORM_FROM and (fast := _tracks_of_one_shape(rows, x_keys, skip)) is not None:
        return fast
    keys = list(dict.fromkeys(key for row in rows for key in row))
    found = [key for key in x_keys if key in keys] or sorted(
        (key for key in keys if x_word(key)), key=lambda key: list(X_NAMES).index(key.strip().lower())
    )
    best: LogData | None = None
    for x_key in [*found, None]:
        maker = TrackMaker((x_word(x_key) or x_key) if x_key is not None else "row")
        _fill(
            maker,
            rows,
            x_key,
            [key for key in keys if key not in found and not x_word(key) and not skip(key)],
        )
        total = sum(len(track.x) for track in maker.tracks)
        if maker.tracks and maker.lost <= LOST_SHARE * (total + maker.lost):
            return maker.finish()
        best = best or (maker.finish() if maker.tracks else None)
    return best or LogData(())


def _tracks_of_one_shape(
    rows: Sequence[Record], x_keys: Sequence[str], skip: Callable[[str], bool]
) -> LogData | None:
    """Tracks of records that all hold the same keys, column by column; None where they do not."""
    shape = tuple(rows[0])
    if any(tuple(row) != shape for row in rows):
        return None
    columns: dict[str, Floats] = {}
    for key in shape:
        if key in x_keys or x_word(key) or not skip(key):
            cells = [row[key] for row in rows]
            if any(type(cell) is not float and type(cell) is not int for cell in cells):
                return None
            columns[key] = np.array(cells, dtype=np.float64)
            if not np.isfinite(columns[key]).all():
                return None
    return tracks_from_columns(columns, x_keys, skip)


def _fill(maker: TrackMaker, rows: Sequence[Record], x_key: str | None, keys: Sequence[str]) -> None:
    columns: dict[str, tuple[list[float], list[float]]] = {key: ([], []) for key in keys}
    for position, row in enumerate(rows):
        x = float(position) if x_key is None else parse_value(row.get(x_key))
        if x is None:
            continue
        for key, value in row.items():
            column = columns.get(key)
            if column is None:
                continue
            # The common case without a call: a million records pass through here.
            number = value if type(value) is float else parse_value(value)
            if number is not None:
                column[0].append(x)
                column[1].append(number)
    for key, (xs, ys) in columns.items():
        values = np.array(ys)
        values[np.isnan(values)] = np.inf  # a NaN that was logged is news, not a blank
        maker.add(key, np.array(xs), values)
