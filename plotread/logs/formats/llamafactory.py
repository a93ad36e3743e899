"""LLaMA-Factory ``trainer_log.jsonl``: one JSON object per line with current_steps."""

from __future__ import annotations

from plotread.logs.records import tracks_from_json_lines
from plotread.logs.types import Head, LogData, decode


def matches(head: Head) -> bool:
    return head.first_line.lstrip().startswith("{") and '"current_steps"' in head.first_line


def parse(data: bytes) -> LogData:
    return tracks_from_json_lines(decode(data), ("current_steps",))
