"""Weights & Biases chart export: "RUN - METRIC" columns with their __MIN and __MAX."""

from __future__ import annotations

import numpy as np

from plotread.logs.names import x_word
from plotread.logs.tables import read_table
from plotread.logs.types import Head, LogData, TrackMaker, decode

_LOW, _HIGH = "__MIN", "__MAX"


def matches(head: Head) -> bool:
    return _LOW in head.first_line and " - " in head.first_line


def parse(data: bytes) -> LogData:
    """One track per run and metric; min and max of a bucket make a band, and no series of their own."""
    columns = read_table(decode(data)).columns
    x_key = next((name for name in columns if x_word(name) and " - " not in name), next(iter(columns), None))
    if x_key is None:
        return LogData(())
    maker = TrackMaker(x_word(x_key) or x_key.lower())
    for name, y in columns.items():
        if name == x_key or name.endswith((_LOW, _HIGH)) or " - " not in name:
            continue
        run, metric = name.split(" - ", 1)
        if metric == "_step":
            continue
        low, high = columns.get(name + _LOW), columns.get(name + _HIGH)
        band = None
        if low is not None and high is not None and np.nanmax(high - low, initial=0.0) > 0:
            band = {"lo": np.fmin(low, y), "hi": np.fmax(high, y)}
        maker.add(name, columns[x_key], y, run=run.removeprefix("Group: "), metric=metric, band=band)
    return maker.finish()
