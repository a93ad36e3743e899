"""An MLflow metric file, ``mlruns/*/*/metrics/NAME``: "timestamp value step" per line."""

from __future__ import annotations

import re

from plotread.logs.numbers import parse_column
from plotread.logs.types import Head, LogData, TrackMaker, decode

_LINE = re.compile(r"^\d{13} \S+ \d+$")


def matches(head: Head) -> bool:
    lines = head.text.splitlines()[:5]
    return bool(lines) and all(_LINE.match(line) for line in lines)


def parse(data: bytes) -> LogData:
    rows = [line.split() for line in decode(data).splitlines() if _LINE.match(line)]
    y, x = parse_column([row[1] for row in rows]), parse_column([row[2] for row in rows])
    maker = TrackMaker("step")
    if x is not None and y is not None:
        maker.add("value", x, y)
    return maker.finish()
