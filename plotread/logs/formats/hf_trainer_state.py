"""Hugging Face ``trainer_state.json``: a list of records under ``log_history``."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from plotread.logs.blocks import Block, blocks_of_records, tracks_from_blocks
from plotread.logs.names import is_bookkeeping
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
    blocks = blocks_of_records(records)
    log = tracks_from_blocks(training(blocks), ("step", "epoch"), skips)
    return LogData(log.tracks, (*log.warnings, *run_notes(blocks)))


def training(blocks: Sequence[Block]) -> list[Block]:
    """What was logged while the run went on: all but its summary."""
    return [block for block in blocks if "train_runtime" not in block.columns]


def skips(key: str) -> bool:
    """Keys that are no curve."""
    return key == RUN_MEAN or is_bookkeeping(key)


def run_notes(blocks: Sequence[Block]) -> list[str]:
    """What the summary at the end tells: ``train_loss`` is the mean of the run; do its numbers agree?"""
    ends = [block for block in blocks if "train_runtime" in block.columns]
    if not ends:
        return []
    last = max(ends, key=lambda block: int(block.rows[-1]))
    told = {key: value for key, value in last.record(-1).items() if math.isfinite(value)}
    notes = []
    if RUN_MEAN in told:
        notes.append(
            f"{RUN_MEAN} {told[RUN_MEAN]:g} is the mean over the whole run, not a last value; it is left out"
        )
    return notes + _ledger(told)


def _ledger(told: dict[str, float]) -> list[str]:
    """Whether duration, speed and steps of the last summary agree, and the batch that they imply."""
    keys = ("train_runtime", "train_steps_per_second", "train_samples_per_second", "step")
    seconds, pace, samples, step = (told.get(key) for key in keys)
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
