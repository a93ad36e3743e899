"""Lightning ``metrics.csv``: training and validation rows alternate, each blank where the other speaks."""

from __future__ import annotations

from plotread.logs.tables import read_table, tracks_from_table
from plotread.logs.types import Head, LogData, decode


def matches(head: Head) -> bool:
    names = {name.strip() for name in head.first_line.split(",")}
    return {"epoch", "step"} <= names and len(names) > 2


def parse(data: bytes) -> LogData:
    """x is the step (from 0, as logged); ``train_loss_step`` and ``train_loss_epoch`` stay two series."""
    return tracks_from_table(read_table(decode(data)), ("step",))
