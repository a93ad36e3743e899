"""Hugging Face ``trainer_state.json``: a list of records under ``log_history``."""

from __future__ import annotations

import json

from plotread.logs.names import is_bookkeeping
from plotread.logs.numbers import parse_value
from plotread.logs.records import tracks_from_records
from plotread.logs.types import Head, LogData, decode

# Mean over the whole run, written once at the end; taking it for a last value is a classic mistake.
LEDGER_SHARE = 0.02  # of the steps: speeds are printed to two digits
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
    return LogData(log.tracks, (*log.warnings, *notes, *_ledger(records)))


def _ledger(records: list[dict[str, object]]) -> list[str]:
    """Whether duration, speed and steps of the last summary agree, and the batch that they imply."""
    last = next((record for record in reversed(records) if "train_runtime" in record), {})
    keys = ("train_runtime", "train_steps_per_second", "train_samples_per_second", "step")
    seconds, pace, samples, step = (parse_value(last.get(key)) for key in keys)
    notes = []
    if seconds and pace and step:
        made = seconds * pace
        word = "agree with" if abs(made - step) <= LEDGER_SHARE * step else "do not agree with"
        notes.append(
            f"{seconds:g} s at {pace:g} steps per second make {made:.0f} steps, "
            f"which {word} the {step:g} logged"
        )
    if samples and pace:
        notes.append(
            f"{samples:g} samples per second at that pace make {samples / pace:.2g} samples per step"
        )
    return notes
