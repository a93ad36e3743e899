"""What the Hugging Face Trainer prints: one Python dict per logging step, progress bars glued on."""

from __future__ import annotations

import re

import numpy as np

from plotread.logs.formats.hf_trainer_state import tracks_with_run_mean
from plotread.logs.names import is_bookkeeping
from plotread.logs.records import parse_python_dicts, uniform_columns
from plotread.logs.types import Head, LogData, Track, TrackMaker, decode
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
    pieces = _DICT.findall(decode(data))
    fast = _fast(pieces)
    if fast is not None:
        return fast
    return _tracks(pieces)


def _fast(pieces: list[str]) -> LogData | None:
    """A long log: its training lines at once, evaluations and the summary record by record."""
    plain = [piece for piece in pieces if "'eval_" not in piece and "'train_runtime'" not in piece]
    columns = uniform_columns(plain, "'")
    if columns is None or "epoch" not in columns:
        return None
    epochs = refine_epochs(columns["epoch"])
    if np.any(np.diff(epochs) <= 0):
        return None
    maker = TrackMaker("epoch")
    for key, values in columns.items():
        if key != "epoch" and not is_bookkeeping(key):
            maker.add(key, epochs, values)
    log = maker.finish()
    if len(plain) == len(pieces):
        return log
    rest = _tracks([piece for piece in pieces if "'eval_" in piece or "'train_runtime'" in piece])
    return LogData((*log.tracks, *rest.tracks), (*log.warnings, *rest.warnings))


def _tracks(pieces: list[str]) -> LogData:
    records = [dict(record) for record in parse_python_dicts(pieces)]
    for position, record in enumerate(records):
        record["_position"] = float(position)
    log = tracks_with_run_mean(records, ("_position",))
    epochs = {float(i): float(str(record["epoch"])) for i, record in enumerate(records) if "epoch" in record}
    tracks = []
    for track in log.tracks:
        known = np.array([x in epochs for x in track.x])
        if track.name in ("_position", "epoch") or not known.all():
            continue
        x = refine_epochs(np.array([epochs[value] for value in track.x]))
        tracks.append(Track(track.name, x, track.y, "epoch"))
    return LogData(tuple(tracks), log.warnings)


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
