"""Long logs of one-line records to columns without a dictionary per line.

Once its digits are deleted, a line tells its shape: lines of one shape hold the same keys in the same order.
The keys of all of them are then deleted at once, and what is left is a table of numbers.
"""

from __future__ import annotations

import io
import json
import re
from ast import literal_eval
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from plotread.logs.blocks import Block, Record, blocks_of_records
from plotread.logs.numbers import BLANK, parse_value
from plotread.model import Floats

CHUNK_LINES = 50_000  # lines turned to arrays at a time, so that a long file never stands in memory twice
FEWEST_ALIKE = 500  # lines of one shape from which a table is quicker than one record after the other
_MARKS = b"0123456789."  # what tells numbers apart; signs and exponents are part of a shape
_KEPT = b"0123456789.+-,\n\x01"
_OTHERS = bytes(code for code in range(256) if code not in _KEPT)
_ALONE = bytes.maketrans(b"\x01", b"e")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the lines of one shape hold.

    Attributes
    ----------
    drop : tuple of bytes
        Keys with digits or signs in them, which have to be deleted as a whole.
    keys, numeric : tuple of str
        All keys, and those whose values are numbers.
    places : tuple of int
        Where these numbers stand between the commas that remain.
    """

    drop: tuple[bytes, ...]
    keys: tuple[str, ...]
    numeric: tuple[str, ...]
    places: tuple[int, ...]


def blocks_of_lines(
    lines: Sequence[str], parse: Callable[[Sequence[str]], list[Record | None]], quote: str = '"'
) -> list[Block]:
    """Blocks of flat one-line records, each from "{" to "}".

    Parameters
    ----------
    lines : sequence of str
    parse : callable
        Gives the record of each line, None for lines that are none; for the lines of rare shapes.
    quote : str
        What the keys are quoted with: Python prints single quotes.
    """
    parts: dict[tuple[str, ...], list[Block]] = {}
    rest: list[tuple[int, str]] = []
    plans: dict[bytes, _Plan | None] = {}
    for first in range(0, len(lines), CHUNK_LINES):
        chunk = lines[first : first + CHUNK_LINES]
        for shape, places in shapes_of(chunk, _MARKS):
            alike = chunk if len(places) == len(chunk) else [chunk[i] for i in places]
            if shape not in plans and len(places) >= FEWEST_ALIKE:
                plans[shape] = _plan(alike[0], quote)
            plan = plans.get(shape)
            columns = _columns(alike, plan) if plan is not None else None
            if plan is None or columns is None:
                rest += zip((first + i for i in places), alike, strict=True)
            else:
                parts.setdefault(plan.keys, []).append(Block(np.array(places) + first, columns))
    rest.sort(key=lambda item: item[0])
    found = parse([line for _, line in rest])
    kept = [(i, record) for (i, _), record in zip(rest, found, strict=True) if record is not None]
    blocks = [joined(pieces) for pieces in parts.values()]
    blocks += blocks_of_records([record for _, record in kept], [i for i, _ in kept])
    return sorted(blocks, key=lambda block: int(block.rows[0]))


def shapes_of(lines: Sequence[str], marks: bytes) -> Iterator[tuple[bytes, Sequence[int]]]:
    """Each shape among the lines and the positions of the lines that have it.

    >>> [(shape, list(places)) for shape, places in shapes_of(["a 1", "b 20", "a 3.5"], b"0123456789.")]
    [(b'a ', [0, 2]), (b'b ', [1])]
    """
    if not lines:
        return
    skeletons = "\n".join(lines).encode("utf-8", "replace").translate(None, marks).split(b"\n")
    if len(skeletons) != len(lines):  # a line with a line break inside; no two are taken for alike
        skeletons = [str(i).encode() for i in range(len(lines))]
    if skeletons.count(skeletons[0]) == len(skeletons):
        yield skeletons[0], range(len(lines))
        return
    places: dict[bytes, list[int]] = {}
    for i, skeleton in enumerate(skeletons):
        places.setdefault(skeleton, []).append(i)
    yield from places.items()


def joined(blocks: Sequence[Block]) -> Block:
    """Blocks with the same keys as one."""
    if len(blocks) == 1:
        return blocks[0]
    rows = np.concatenate([block.rows for block in blocks])
    order = np.argsort(rows, kind="stable")
    columns = {
        key: np.concatenate([block.columns[key] for block in blocks])[order] for key in blocks[0].columns
    }
    return Block(rows[order], columns)


def _plan(line: str, quote: str) -> _Plan | None:
    """How to read lines like this one; None where that takes a parser."""
    record = parse_object(line)
    if record is None or not line.startswith("{") or not line.endswith("}") or "\\" in line:
        return None
    keys = tuple(record)
    heads = [f"{quote}{key}{quote}:" for key in keys]
    if any(not isinstance(value, str | int | float | None) for value in record.values()):
        return None
    if any(line.count(head) != 1 for head in heads) or line.count("{") != 1:
        return None
    # Numbers in quotes are read one by one, and so are values whose exponent has no sign.
    if any(isinstance(value, str) and parse_value(value) is not None for value in record.values()):
        return None
    if re.search(r"\d[eE](?![+-])|E", _without(line, heads)):
        return None
    numeric = tuple(key for key in keys if type(record[key]) in (int, float))
    drop = tuple(head.encode() for head in heads if re.search(r"[0-9.,+-]", head))
    begun = [line[: line.index(f"{quote}{key}{quote}:")] for key in numeric]
    places = tuple(_numbers_of(text.encode(), drop).count(b",") for text in begun)
    return _Plan(drop, keys, numeric, places) if numeric else None


def _without(line: str, heads: Sequence[str]) -> str:
    for head in heads:
        line = line.replace(head, "")
    return re.sub(r"""(['"]).*?\1""", "", line)


def _numbers_of(text: bytes, drop: Sequence[bytes]) -> bytes:
    """The numbers of records alone, commas between them; letters are deleted but for the e of an exponent."""
    for key in drop:
        text = text.replace(key, b"")
    text = text.replace(b"e-", b"\x01-").replace(b"e+", b"\x01+")
    return text.translate(_ALONE, _OTHERS)


def _columns(lines: Sequence[str], plan: _Plan) -> dict[str, Floats] | None:
    """The columns of lines of one shape; None where they turn out not to be a table of finite numbers."""
    text = _numbers_of("\n".join(lines).encode(), plan.drop)
    table = number_table(text.decode("ascii"), ",", None, plan.places)
    if table is None or len(table) != len(lines):
        return None
    found = {key: table[:, k].copy() for k, key in enumerate(plan.numeric)}
    return {key: found.get(key, np.full(len(lines), BLANK)) for key in plan.keys}


def number_table(
    text: str, delimiter: str | None, quote: str | None, columns: Sequence[int] | None = None
) -> Floats | None:
    """A table of nothing but finite numbers; None for any other text.

    Parameters
    ----------
    text : str
        Lines of cells.
    delimiter : str or None
        None for white space.
    quote : str or None
        Marks that may stand around a cell.
    columns : sequence of int or None
        Positions of the cells that are numbers, all by default.
    """
    try:
        table = np.loadtxt(
            io.StringIO(text), delimiter=delimiter, quotechar=quote, comments=None, usecols=columns, ndmin=2
        )
    except (ValueError, OverflowError):
        return None
    return table if table.size and np.isfinite(table).all() else None


def parse_object(text: str) -> dict[str, object] | None:
    """A JSON object, or a dict as Python prints it."""
    for parser in (json.loads, literal_eval):
        try:
            value = parser(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, dict):
            return value
    return None
