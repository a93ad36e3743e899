"""Which curves are smoothed ones, and which of those are copies of a raw curve beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plotread.diagnosis.quantity import is_generic, meaning_of, tokens
from plotread.model import Panel, Series

SEVERAL_RUNS = 2  # curves named after runs beside which "ema" is one, too
TWIN_APART = 0.15  # of its span from a raw curve; its smoothed copy lies nearer for most of the way
TWIN_SPAN = (0.02, 0.98)  # quantiles between which that span is taken
# Words of a name that only tell how a curve is drawn.
DRAWN = frozenset((
    "smooth", "smoothed", "smoothing", "ema", "moving", "running", "average", "avg", "mean", "raw",
    "original",
))  # fmt: skip


def drawn_smooth(panel: Panel, index: int, series: Series, *, named: bool) -> tuple[bool, bool]:
    """Whether a curve was drawn smooth by its maker, and whether it is a copy of another one in the panel.

    Parameters
    ----------
    panel : Panel
    index : int
        Of the curve in the panel.
    series : Series
        The curve.
    named : bool
        Whether its name says that it is a smoothed one.
    """
    smoothed = (series.role == "smoothed" and not _own_split(series, panel)) or named
    others = [other for j, other in enumerate(panel.series) if j != index]
    is_run = _is_among_runs(series, others)
    shadow = smoothed and not is_run and any(_raw_twin(series, other) for other in others)
    if series.role != "smoothed" and not shadow and (is_run or _is_run(series, panel)):
        smoothed = False
    return smoothed, shadow


def _own_split(series: Series, panel: Panel) -> bool:
    """Whether a curve taken for a smoothed one has a name that tells another data set than every raw one.

    "Val loss" beside "Train loss" in a like grey is calm, and no copy.
    """
    own = meaning_of(series.name, None, None).split
    raw = {meaning_of(s.name, None, None).split for s in panel.series if s.role == "raw"}
    return own is not None and bool(raw) and None not in raw and own not in raw


def _raw_twin(series: Series, other: Series) -> bool:
    """Whether `other` is the raw curve of a smoothed one: by its role, or by its name without "smooth"."""
    if other.kind not in ("line", "scatter") or other.role == "smoothed" or other.axis != series.axis:
        return False
    if other.run != series.run:
        return False
    if not _runs_along(series, other):
        return False
    if other.role == "raw":
        return True
    if meaning_of(other.name, None, None).smoothed:
        return False
    own, theirs = (set(tokens(s.name)) - DRAWN for s in (series, other))
    return own == theirs or not own or (is_generic(series.name) and is_generic(other.name)) or own <= theirs


def _is_run(series: Series, panel: Panel) -> bool:
    """Whether the word for smoothing in a name stands where other curves name their run: "ema val"."""
    own = set(tokens(series.name)) - DRAWN
    return any(own < set(tokens(s.name)) - DRAWN for s in panel.series if s is not series)


def _is_among_runs(series: Series, others: Sequence[Series]) -> bool:
    """Whether a curve called "ema" and nothing else stands beside several that are named after their runs."""
    words = set(tokens(series.name))
    if series.role == "smoothed" or not words or words - DRAWN or any("smooth" in word for word in words):
        return False
    meant = [meaning_of(s.name, None, None) for s in others if s.kind == "line" and not is_generic(s.name)]
    return sum(not m.smoothed and m.split is None for m in meant) >= SEVERAL_RUNS


def _runs_along(series: Series, other: Series) -> bool:
    """Whether a curve lies near another one for most of its course: a run called "ema" is no average."""
    ok, there = (np.isfinite(s.x) & np.isfinite(s.y) for s in (series, other))
    if not ok.any() or not there.any():
        return True
    order = np.argsort(other.x[there], kind="stable")
    theirs = np.interp(series.x[ok], other.x[there][order], other.y[there][order])
    span = float(np.ptp(np.quantile(other.y[there], TWIN_SPAN)))
    return bool(np.median(np.abs(series.y[ok] - theirs)) <= TWIN_APART * span)
