"""The CSV that TensorBoard's download button gives: ``Wall time,Step,Value``, one tag per file."""

from __future__ import annotations

import dataclasses

from plotread.logs.tables import read_table, tracks_from_table
from plotread.logs.types import Head, LogData, decode


def matches(head: Head) -> bool:
    return [name.strip().lower() for name in head.first_line.split(",")] == ["wall time", "step", "value"]


def parse(data: bytes) -> LogData:
    log = tracks_from_table(read_table(decode(data)), ("Step",))
    # The tag stands only in the name of the file, which parsers do not see.
    return dataclasses.replace(
        log, tracks=tuple(dataclasses.replace(track, name="Value") for track in log.tracks)
    )
