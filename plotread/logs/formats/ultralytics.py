"""Ultralytics ``results.csv``: padded headers in old versions, short rows where validation was skipped."""

from __future__ import annotations

import numpy as np

from plotread.logs.names import is_bookkeeping
from plotread.logs.numbers import parse_column
from plotread.logs.tables import Table, read_table, tracks_from_table
from plotread.logs.types import Head, LogData, decode
from plotread.model import Floats

_EVALUATED = ("metrics/", "val/")


def matches(head: Head) -> bool:
    names = [name.strip() for name in head.first_line.split(",")]
    return names[:1] == ["epoch"] and any(
        name.startswith("train/") and name.endswith("_loss") for name in names
    )


def parse(data: bytes) -> LogData:
    """Rows of zeros or of missing cells in the evaluated columns are epochs without validation."""
    table = read_table(decode(data))
    notes: list[str] = []
    columns = _merge_short_rows(table, notes)
    evaluated = [name for name in columns if name.startswith(_EVALUATED)]
    if evaluated:
        # All of them zero at once is what is written when validation is skipped, no measurement.
        block = np.vstack([columns[name] for name in evaluated])
        skipped = (block == 0).all(axis=0)
        if skipped.any() and not skipped.all():
            notes.append(f"{int(skipped.sum())} epochs hold zeros in all validation columns: it was skipped")
            for name in evaluated:
                columns[name] = np.where(skipped, np.nan, columns[name])
    log = tracks_from_table(
        Table(columns, []), ("epoch",), lambda name: name == "time" or is_bookkeeping(name)
    )
    return LogData(log.tracks, (*log.warnings, *notes))


def _merge_short_rows(table: Table, notes: list[str]) -> dict[str, Floats]:
    """Cells of short rows put under their own columns, or left out; never padded on the right.

    What is missing stands in the middle: the metrics and validation losses.  A row that is short by
    exactly those columns gives its training losses (from the left) and rates (from the right).
    """
    names = list(table.columns)
    evaluated = sum(name.startswith(_EVALUATED) for name in names)
    left = next((i for i, name in enumerate(names) if name.startswith(_EVALUATED)), len(names))
    extra: list[Floats] = []
    for _, row in table.short_rows:
        if len(row) != len(names) - evaluated:
            continue
        values = parse_column(row)
        if values is not None:
            extra.append(np.concatenate([values[:left], np.full(evaluated, np.nan), values[left:]]))
    if table.short_rows:
        notes.append(
            f"{len(table.short_rows)} rows are short, as validation was skipped; "
            f"{len(extra)} of them give their training values"
        )
    block = np.array(extra).reshape(len(extra), len(names))
    return {name: np.concatenate([table.columns[name], block[:, i]]) for i, name in enumerate(names)}
