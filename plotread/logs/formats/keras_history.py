"""Keras ``History.history`` as JSON: one list per quantity, the epoch its position from 0."""

from __future__ import annotations

import json
import re

import numpy as np

from plotread.logs.names import is_bookkeeping, x_word
from plotread.logs.numbers import BLANK, NO_NUMBER, parse_value
from plotread.logs.types import Head, LogData, TrackMaker, decode


def matches(head: Head) -> bool:
    return re.match(r'\s*\{\s*"[^"]*"\s*:\s*\[\s*(-?[\d.]|NaN|null|")', head.text) is not None


def parse(data: bytes) -> LogData:
    """Every list starts at 0, unless an "epoch" or "step" list of its length tells x."""
    history = json.loads(decode(data))
    lists = {str(key): value for key, value in history.items() if isinstance(value, list)}
    columns = {key: np.array([_number(item) for item in values]) for key, values in lists.items()}
    x_key = next((key for key in columns if x_word(key)), None)
    maker = TrackMaker(x_word(x_key) or "epoch" if x_key else "epoch")
    for key, y in columns.items():
        if key == x_key or is_bookkeeping(key):
            continue
        fits = x_key is not None and len(columns[x_key]) == len(y)
        maker.add(
            key, columns[x_key] if fits and x_key is not None else np.arange(len(y), dtype=np.float64), y
        )
    return maker.finish()


def _number(item: object) -> float:
    value = parse_value(item)
    if value is None:
        return BLANK
    return NO_NUMBER if value != value else value
