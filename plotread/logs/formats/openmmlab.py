"""OpenMMLab ``vis_data/scalars.json``: JSON lines, whose validation lines may count epochs as steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plotread.logs.blocks import Block, tracks_from_blocks
from plotread.logs.records import blocks_of_json_lines
from plotread.logs.types import Head, LogData, decode

_COUNTERS = frozenset({"epoch", "iter", "step"})
_TIMING = frozenset({"time", "data_time", "memory", "mode", "eta"})


def matches(head: Head) -> bool:
    line = head.first_line.lstrip()
    return line.startswith("{") and '"step"' in line and ('"data_time"' in line or '"iter"' in line)


def parse(data: bytes) -> LogData:
    blocks = blocks_of_json_lines(decode(data))
    last_step = _last_step_by_epoch(blocks)
    aligned = []
    for block in blocks:
        columns = {k: v for k, v in block.columns.items() if k == "step" or k not in _COUNTERS}
        # A validation line has no epoch; its "step" is one when training lines count further than epochs.
        if "step" in columns and not {"epoch", "iter"} & set(block.columns):
            steps = columns["step"].tolist()
            columns["step"] = np.array([last_step.get(step, step) for step in steps], dtype=np.float64)
        aligned.append(Block(block.rows, columns))
    return tracks_from_blocks(aligned, ("step",), _TIMING.__contains__)


def _last_step_by_epoch(blocks: Sequence[Block]) -> dict[float, float]:
    """The last step of each epoch by the training lines; empty where these do not count beyond epochs."""
    last: dict[float, float] = {}
    for block in blocks:
        if {"epoch", "step"} <= set(block.columns):
            epochs, steps = block.columns["epoch"], block.columns["step"]
            known = np.isfinite(epochs) & np.isfinite(steps)
            order = np.lexsort((steps[known], epochs[known]))
            for epoch, step in dict(zip(epochs[known][order], steps[known][order], strict=True)).items():
                last[float(epoch)] = max(float(step), last.get(float(epoch), float(step)))
    # In an iteration-based loop the validation lines count true steps, all beyond the few epochs.
    return last if last and max(last.values()) > 2 * max(last) else {}
