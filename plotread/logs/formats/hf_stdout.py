"""What the Hugging Face Trainer prints: one Python dict per logging step, progress bars glued on."""

from __future__ import annotations

import re

import numpy as np

from plotread.logs.blocks import gather
from plotread.logs.formats.hf_trainer_state import run_notes, skips, training
from plotread.logs.records import blocks_of_python_dicts
from plotread.logs.types import Head, LogData, TrackMaker, decode
from plotread.model import Floats

EPOCH_ROUNDING = 0.0051  # epochs are printed with two decimals: half a unit, and a hair for binary rounding
_DICT = re.compile(r"\{'[^{}\n]*\}")


def matches(head: Head) -> bool:
    return (
        re.search(r"\{'(loss|eval_loss|train_runtime|grad_norm|learning_rate)':[^{}\n]*'epoch':", head.text)
        is not None
    )


def parse(data: bytes) -> LogData:
    """No step is printed, so the epoch is x, with its two decimals refined (see `refine_epochs`)."""
    blocks = blocks_of_python_dicts(_DICT.findall(decode(data)))
    curves = training(blocks)
    maker = TrackMaker("epoch")
    for key in dict.fromkeys(key for block in curves for key in block.columns):
        if key == "epoch" or skips(key) or any("epoch" not in b.columns for b in curves if key in b.columns):
            continue
        gathered = gather(curves, "epoch", key)
        if gathered is not None:
            epochs, values = gathered
            logged = np.isfinite(epochs) & ~np.isnan(values)
            maker.add(key, refine_epochs(epochs[logged]), values[logged])
    log = maker.finish()
    return LogData(log.tracks, (*log.warnings, *run_notes(blocks)))


def refine_epochs(epochs: Floats) -> Floats:
    """Epochs printed with two decimals, put back on the even grid that they were rounded from.

    Long runs log many times per hundredth of an epoch; without this their points would share an x.
    Where no even grid explains the printed values they are returned as they are.
    """
    if len(epochs) < 3:
        return epochs
    order = np.arange(len(epochs), dtype=np.float64)
    slope, offset = np.polyfit(order, epochs, 1)
    # The last record may stand at the very end of training, off the grid.
    fitted = slope * order + offset
    if slope > 0 and np.abs(fitted - epochs)[:-1].max() <= 2 * EPOCH_ROUNDING:
        return np.asarray(np.append(fitted[:-1], max(epochs[-1], fitted[-2] + slope / 2)))
    return epochs
