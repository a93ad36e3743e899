"""OpenMMLab ``vis_data/scalars.json``: JSON lines, whose validation lines may count epochs as steps."""

from __future__ import annotations

from plotread.logs.numbers import parse_value
from plotread.logs.records import Record, parse_json_lines, tracks_from_records
from plotread.logs.types import Head, LogData, decode

_COUNTERS = frozenset({"epoch", "iter", "step"})
_TIMING = frozenset({"time", "data_time", "memory", "mode", "eta"})


def matches(head: Head) -> bool:
    line = head.first_line.lstrip()
    return line.startswith("{") and '"step"' in line and ('"data_time"' in line or '"iter"' in line)


def parse(data: bytes) -> LogData:
    records = parse_json_lines(decode(data))
    last_step = _last_step_by_epoch(records)
    aligned: list[Record] = []
    for record in records:
        step = parse_value(record.get("step"))
        row = {key: value for key, value in record.items() if key == "step" or key not in _COUNTERS}
        # A validation line has no epoch; its "step" is one when training lines count further than epochs.
        if "epoch" not in record and "iter" not in record and step in last_step:
            row["step"] = last_step[step]
        aligned.append(row)
    return tracks_from_records(aligned, ("step",), _TIMING.__contains__)


def _last_step_by_epoch(records: list[Record]) -> dict[float | None, float]:
    last: dict[float | None, float] = {}
    for record in records:
        epoch, step = parse_value(record.get("epoch")), parse_value(record.get("step"))
        if epoch is not None and step is not None:
            last[epoch] = max(step, last.get(epoch, step))
    # In an iteration-based loop the validation lines count true steps, all beyond the few epochs.
    return last if last and max(last.values()) > 2 * max(epoch or 0 for epoch in last) else {}
