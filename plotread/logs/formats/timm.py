"""timm ``summary.csv``: ``epoch,train_loss,eval_loss,eval_top1,...``."""

from __future__ import annotations

from plotread.logs.tables import read_table, tracks_from_table
from plotread.logs.types import Head, LogData, decode


def matches(head: Head) -> bool:
    names = [name.strip() for name in head.first_line.split(",")]
    return (
        names[:1] == ["epoch"] and "train_loss" in names and any(name.startswith("eval_") for name in names)
    )


def parse(data: bytes) -> LogData:
    return tracks_from_table(read_table(decode(data)), ("epoch",))
