"""Keras ``CSVLogger``: ``epoch,accuracy,loss,val_accuracy,val_loss``, "NA" in the epoch that stopped."""

from __future__ import annotations

from plotread.logs.tables import read_table, tracks_from_table
from plotread.logs.types import Head, LogData, decode


def matches(head: Head) -> bool:
    names = [name.strip() for name in head.first_line.replace(";", ",").split(",")]
    return "epoch" in names and "loss" in names and len(names) > 2


def parse(data: bytes) -> LogData:
    return tracks_from_table(read_table(decode(data)), ("epoch",))
