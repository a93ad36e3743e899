"""An MLflow metric file, ``mlruns/*/*/metrics/NAME``: "timestamp value step" per line."""

from __future__ import annotations

import re

from plotread.logs.numbers import parse_column
from plotread.logs.shapes import number_table
from plotread.logs.types import Head, LogData, TrackMaker, decode

_CELLS = 3
_LINE = re.compile(r"^\d{13} \S+ \d+$")


def matches(head: Head) -> bool:
    lines = head.text.splitlines()[:5]
    return bool(lines) and all(_LINE.match(line) for line in lines)


def parse(data: bytes) -> LogData:
    text = decode(data)
    maker = TrackMaker("step")
    table = number_table(text, None, None)
    if table is not None and table.shape[1] == _CELLS:
        maker.add("value", table[:, 2], table[:, 1])
        return maker.finish()
    rows = [line.split() for line in text.splitlines() if _LINE.match(line)]
    y, x = parse_column([row[1] for row in rows]), parse_column([row[2] for row in rows])
    if x is not None and y is not None:
        maker.add("value", x, y)
    return maker.finish()
