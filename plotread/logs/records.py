"""Logs that are lists of records (JSON lines and their kin) to tracks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from plotread.logs.blocks import Block, Record, blocks_of_records, tracks_from_blocks
from plotread.logs.names import is_bookkeeping
from plotread.logs.shapes import blocks_of_lines, parse_object
from plotread.logs.types import LogData


def blocks_of_json_lines(text: str) -> list[Block]:
    """The objects among the lines; lines that are no object are passed over."""
    lines = text.splitlines()
    clean = text.startswith("{") and text.rstrip().endswith("}") and text.count("}\n{") == len(lines) - 1
    if not clean:
        lines = [line.rstrip(",") for line in map(str.strip, lines) if line.startswith("{")]
    return blocks_of_lines(lines, _parse_json)


def blocks_of_python_dicts(pieces: Sequence[str]) -> list[Block]:
    """Dicts as Python prints them, ``{'loss': 1.2, 'epoch': 0.5}``."""
    return blocks_of_lines(pieces, _parse_python, "'")


def tracks_from_json_lines(
    text: str, x_keys: Sequence[str] = (), skip: Callable[[str], bool] = is_bookkeeping
) -> LogData:
    """Tracks of JSON lines; evaluations stand on lines of their own and have their own keys."""
    return tracks_from_blocks(blocks_of_json_lines(text), x_keys, skip)


def tracks_from_records(
    records: Iterable[Record], x_keys: Sequence[str] = (), skip: Callable[[str], bool] = is_bookkeeping
) -> LogData:
    """Tracks of every numeric key of the records; see `tracks_from_blocks`."""
    return tracks_from_blocks(blocks_of_records(records), x_keys, skip)


def _parse_json(lines: Sequence[str]) -> list[Record | None]:
    """All lines at once where they are clean: as many calls of the parser take ten times as long."""
    try:
        records = json.loads("[" + ",".join(lines) + "]")
    except ValueError:
        records = []
    if len(records) != len(lines):
        records = list(map(parse_object, lines))
    return [record if isinstance(record, dict) else None for record in records]


def _parse_python(pieces: Sequence[str]) -> list[Record | None]:
    return _parse_json(
        [piece.replace("'", '"').replace(": nan", ": NaN").replace(": inf", ": Infinity") for piece in pieces]
    )
