"""Records of one shape as columns, and such blocks to tracks.

A log is a list of records of few shapes: those of training steps, of evaluations, of a summary at the end.
Kept as one block of columns per shape, a million of them takes a tenth of the time and memory of as many
dictionaries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotread.logs.names import X_NAMES, is_bookkeeping, x_word
from plotread.logs.numbers import BLANK, parse_value
from plotread.logs.types import LogData, TrackMaker
from plotread.model import Floats

Record = Mapping[str, object]
LOST_SHARE = 0.2  # an x column that names more than this share of points twice is not the x column


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Records that hold the same keys.

    Attributes
    ----------
    rows : (N,) int array
        Positions among all records, ascending.
    columns : mapping of str to (N,) float array
        Every key; NaN where the value is no number, infinity where it is one that is not finite.
    """

    rows: NDArray[np.intp]
    columns: Mapping[str, Floats]

    def record(self, position: int) -> dict[str, float]:
        """One of the records again."""
        return {key: float(values[position]) for key, values in self.columns.items()}


def blocks_of_records(records: Iterable[Record], rows: Sequence[int] | None = None) -> list[Block]:
    """Blocks of mappings; nested objects are flattened, lists left out."""
    shapes: dict[tuple[str, ...], tuple[list[int], list[Record]]] = {}
    for position, record in enumerate(records):
        shape = tuple(record)
        held = shapes.get(shape)
        if held is None:
            held = shapes[shape] = ([], [])
        held[0].append(position if rows is None else rows[position])
        held[1].append(record)
    blocks: list[Block] = []
    for shape, (places, alike) in shapes.items():
        columns = {key: _column([record[key] for record in alike]) for key in shape}
        if all(column is not None for column in columns.values()):
            blocks.append(Block(np.array(places), {str(k): c for k, c in columns.items() if c is not None}))
            continue
        flat = [flatten(record) for record in alike]
        if any(tuple(record) != tuple(flat[0]) for record in flat):
            blocks += blocks_of_records(flat, places)
        else:
            blocks.append(Block(np.array(places), {k: _flat_column([r[k] for r in flat]) for k in flat[0]}))
    return sorted(blocks, key=lambda block: int(block.rows[0]))


def _column(cells: list[object]) -> Floats | None:
    """Numbers of cells; None where one of them is nested."""
    kinds = set(map(type, cells))
    if kinds <= {float, int}:
        return _broken(np.array(cells, dtype=np.float64))
    if any(issubclass(kind, dict | list) for kind in kinds):
        return None
    return _flat_column(cells)


def _flat_column(cells: list[object]) -> Floats:
    values = [parse_value(cell) for cell in cells]
    return np.array([BLANK if v is None else np.inf if v != v else v for v in values], dtype=np.float64)


def _broken(values: Floats) -> Floats:
    """A NaN that was logged is news, not a blank."""
    values[np.isnan(values)] = np.inf
    return values


def flatten(record: Record) -> dict[str, object]:
    """Nested objects as "outer/inner"; lists are left out."""
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat.update({f"{key}/{inner}": v for inner, v in flatten(value).items()})
        elif not isinstance(value, list):
            flat[str(key)] = value
    return flat


def tracks_from_blocks(
    blocks: Sequence[Block], x_keys: Sequence[str] = (), skip: Callable[[str], bool] = is_bookkeeping
) -> LogData:
    """Tracks of every numeric key.

    Parameters
    ----------
    blocks : sequence of Block
    x_keys : sequence of str
        Keys that may hold x, best first; without any, the usual names are looked for and, failing
        those, the position in the file is x.
    skip : callable
        Tells keys that are no curve.
    """
    keys = list(dict.fromkeys(key for block in blocks for key in block.columns))
    found = [key for key in x_keys if key in keys] or sorted(
        (key for key in keys if x_word(key)), key=lambda key: list(X_NAMES).index(key.strip().lower())
    )
    curves = [key for key in keys if key not in found and not x_word(key) and not skip(key)]
    best: LogData | None = None
    for x_key in [*found, None]:
        maker = TrackMaker((x_word(x_key) or x_key) if x_key is not None else "row")
        for key in curves:
            gathered = gather(blocks, x_key, key)
            if gathered is not None:
                maker.add(key, gathered[0], gathered[1])
        total = sum(len(track.x) for track in maker.tracks)
        if maker.tracks and maker.lost <= LOST_SHARE * (total + maker.lost):
            return maker.finish()
        best = best or (maker.finish() if maker.tracks else None)
    return best or LogData(())


def gather(blocks: Sequence[Block], x_key: str | None, key: str) -> tuple[Floats, Floats] | None:
    """x and values of a key in the order of the file; None where no block holds both."""
    held = [b for b in blocks if key in b.columns and (x_key is None or x_key in b.columns)]
    if not held:
        return None
    x = [b.rows.astype(np.float64) if x_key is None else b.columns[x_key] for b in held]
    if len(held) == 1:
        return x[0], held[0].columns[key]
    order = np.argsort(np.concatenate([b.rows for b in held]), kind="stable")
    return np.concatenate(x)[order], np.concatenate([b.columns[key] for b in held])[order]
