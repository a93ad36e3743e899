"""Logs that are lists of records (JSON lines and their kin) to tracks."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from plotread.logs.names import X_NAMES, is_bookkeeping, x_word
from plotread.logs.numbers import parse_value
from plotread.logs.types import LogData, TrackMaker

Record = Mapping[str, object]
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
