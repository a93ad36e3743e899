"""Hugging Face ``trainer_state.json``: a list of records under ``log_history``."""

from __future__ import annotations

import json

from plotread.logs.names import is_bookkeeping
from plotread.logs.numbers import parse_value
from plotread.logs.records import tracks_from_records
from plotread.logs.types import Head, LogData, decode

# Mean over the whole run, written once at the end; taking it for a last value is a classic mistake.
RUN_MEAN = "train_loss"


def matches(head: Head) -> bool:
    return head.text.lstrip().startswith("{") and (
        '"log_history"' in head.text or '"best_model_checkpoint"' in head.text
    )


def parse(data: bytes) -> LogData:
    state = json.loads(decode(data))
    records = [record for record in state.get("log_history") or [] if isinstance(record, dict)]
    return tracks_with_run_mean(records, ("step", "epoch"))


def tracks_with_run_mean(records: list[dict[str, object]], x_keys: tuple[str, ...]) -> LogData:
    """Tracks of Trainer records; ``train_loss`` is told as what it is, the mean of the run."""
    curves = [record for record in records if "train_runtime" not in record]
    log = tracks_from_records(curves, x_keys, lambda key: key == RUN_MEAN or is_bookkeeping(key))
    means = [parse_value(record.get(RUN_MEAN)) for record in records if "train_runtime" in record]
    notes = [
        f"{RUN_MEAN} {mean:g} is the mean over the whole run, not a last value; it is left out"
        for mean in means[-1:]
        if mean is not None
    ]
    return LogData(log.tracks, (*log.warnings, *notes))
