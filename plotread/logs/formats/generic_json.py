"""Any JSON or JSON lines with numbers: a list of records, or records under one key."""

from __future__ import annotations

import json

from plotread.logs.formats import keras_history
from plotread.logs.records import tracks_from_json_lines, tracks_from_records
from plotread.logs.types import Head, LogData, decode


def matches(head: Head) -> bool:
    start = head.text.lstrip()[:1]
    return start in ("{", "[") and '"' in head.text


def parse(data: bytes) -> LogData:
    text = decode(data)
    try:
        value = json.loads(text)
    except ValueError:
        return tracks_from_json_lines(text)
    if isinstance(value, list):
        return tracks_from_records([record for record in value if isinstance(record, dict)])
    if isinstance(value, dict):
        for inner in value.values():
            if isinstance(inner, list) and inner and all(isinstance(record, dict) for record in inner):
                return tracks_from_records(inner)
            if isinstance(inner, dict) and any(isinstance(v, list) for v in inner.values()):
                return keras_history.parse(json.dumps(inner).encode())
        if any(isinstance(inner, list) for inner in value.values()):
            return keras_history.parse(data)
    return LogData(())
