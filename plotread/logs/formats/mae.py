"""MAE and DeiT ``log.txt``: one JSON object per epoch with train_ and test_ keys."""

from __future__ import annotations

from plotread.logs.records import tracks_from_json_lines
from plotread.logs.types import Head, LogData, decode


def matches(head: Head) -> bool:
    line = head.first_line.lstrip()
    return line.startswith("{") and '"epoch"' in line and '"train_l' in line


def parse(data: bytes) -> LogData:
    return tracks_from_json_lines(decode(data), ("epoch",))
