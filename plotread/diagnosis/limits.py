"""`reading_limits`: what a figure cannot show: pixel sizes, dense columns, smoothing, clipping."""

from __future__ import annotations

import re

import numpy as np

from plotread.diagnosis.curves import Curve, shared_columns
from plotread.diagnosis.stats import distinct
from plotread.diagnosis.words import number, plain
from plotread.model import Axis, Figure, Finding, Measure, Panel

_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", re.I)
ZERO_PX = 2.0  # px: a curve that begins so near step 0 begins there
HALF_PIXEL = 0.5  # px: the finest that a value can be told
DECADE_RATIO = 30.0  # highest over lowest value on a linear axis from which the low ones hide
HIDDEN_PX = 2.0  # px: values lower than this above zero, and moves smaller than this, are not read
FULL_SHARE = 0.6  # of a curve's columns with several points, from which counting is hopeless
MOST_REPEATS = 3.0  # columns per drawn value; where more lie between two values, these can be counted
PERCENT_PER_DEX = 100 * np.log(10.0)  # percent per log10 unit, for small steps


def find_notes(figure: Figure) -> Finding | None:
    """What a log says of itself: values left out, means over the run, counts that do or do not agree."""
    if figure.source.width is not None or not figure.warnings:
        return None
    measures: dict[str, Measure] = {}
    for i, number_text in enumerate(_NUMBER.findall(" ".join(figure.warnings)), start=1):
        measures[f"number{i}"] = plain(float(number_text.replace(",", "")))
    return Finding("reading_limits", "reading", "; ".join(figure.warnings), "observed", measures=measures)


def find(panel: Panel, curves: list[Curve]) -> Finding | None:
    """Limits of one panel; None for a panel without curves."""
    if not curves:
        return None
    measures: dict[str, Measure] = {}
    words: list[str] = []
    for key, axis in (("x", panel.x), ("y", panel.y), ("y2", panel.y2)):
        if axis is None:
            continue
        own = [c for c in curves if key == "x" or c.series.axis == key]
        if own:
            measures |= _axis(key, axis, own)
    measures["points"] = plain(sum(len(c.x) for c in curves)) if all(c.counted for c in curves) else None
    words += _doubts(curves, measures)
    single = len(curves) == 1
    measures["validation_drawn"] = any(c.split == "val" for c in curves)
    half = measures.get("y_half_pixel")
    if half is not None and not isinstance(half, (str, bool)):
        words.insert(0, f"half a pixel is {number(half.value, half.value / 20)} in height")
    if "y_half_pixel_percent" in measures:
        share = measures["y_half_pixel_percent"]
        if share is not None and not isinstance(share, (str, bool)):
            words.insert(0, f"half a pixel is {number(share.value, share.value / 20)}% in height")
    flags = frozenset(f for c in curves for f in c.flags)
    text = "; ".join(words) if words else "the values come from a log and carry no reading error"
    return Finding(
        "reading_limits",
        "reading",
        text,
        "observed",
        panel.index,
        tuple(c.name for c in curves) if single else (),
        tuple(c.index for c in curves) if single else (),
        None,
        None,
        measures,
        flags,
    )


def _doubts(curves: list[Curve], measures: dict[str, Measure]) -> list[str]:
    """Dense, smoothed, clipped and hidden curves, noted in `measures`; the clauses that tell them."""
    words: list[str] = []
    dense = [c for c in curves if c.dense]
    if dense:
        per = float(np.median([len(c.x) / len(distinct(c.x)) for c in dense]))
        measures |= {"dense": ", ".join(c.name for c in dense), "points_per_column": plain(per)}
        if any(c.y_resolution is not None and _fills_columns(c) for c in dense):
            words.append("points share pixel columns and cannot be counted")
    smooth = [c for c in curves if c.smoothed and not c.shadow]
    if smooth:
        measures["smoothed_only"] = ", ".join(c.name for c in smooth)
        words.append(f"of {smooth[0].name} only a smoothed curve is drawn")
    clipped = [c for c in curves if _clipped(c)]
    if clipped:
        measures["clipped"] = ", ".join(c.name for c in clipped)
        words.append(f"{clipped[0].name} runs out of the plot area")
    hidden = [c for c in curves if _hides(c)]
    if hidden:
        c = hidden[0]
        measures |= {
            "hidden_by_scale": ", ".join(c.name for c in hidden),
            "lowest_px": plain(max(float(np.min(c.y)), 0.0) / c.y_resolution) if c.y_resolution else None,
        }
        words.append(f"the low values of {c.name} lie within a few pixels of a linear axis")
    return words


def _axis(key: str, axis: Axis, curves: list[Curve]) -> dict[str, Measure]:
    measures: dict[str, Measure] = {f"{key}_scale": axis.kind}
    values = [c.x if key == "x" else c.y for c in curves]
    first, last = min(float(v.min()) for v in values), max(float(v.max()) for v in values)
    if key == "x" and axis.kind == "linear" and abs(first) <= ZERO_PX * abs(axis.resolution or 0.0):
        first = 0.0
    measures |= {f"{key}_first": plain(first), f"{key}_last": plain(last)}
    if axis.range is not None:
        measures |= {f"{key}_from": plain(axis.range[0]), f"{key}_to": plain(axis.range[1])}
    if axis.resolution is not None:
        half = HALF_PIXEL * abs(axis.resolution)
        if axis.kind == "log":
            measures[f"{key}_half_pixel_percent"] = plain(half * PERCENT_PER_DEX)
        elif axis.kind in ("linear", "date", "category"):
            measures[f"{key}_half_pixel"] = plain(half)
            measures[f"{key}_pixel"] = plain(2 * half)
    return measures


def _fills_columns(c: Curve) -> bool:
    """Whether most columns hold several points; steep flanks alone leave points that can be counted."""
    full = shared_columns(c.x)[1] >= FULL_SHARE
    return full and c.repeats <= MOST_REPEATS


def _clipped(c: Curve) -> bool:
    """Flagged so, or values on the very frame at either end of the axis."""
    return "clipped_at_frame" in c.series.flags


def _hides(c: Curve) -> bool:
    """A linear axis over so many decades that the late course moves by less than two pixels."""
    if c.y_resolution is None or c.axis.kind != "linear" or float(c.y.max()) <= 0:
        return False
    late = c.y[len(c.y) // 2 :]
    unread = float(np.ptp(late)) < HIDDEN_PX * c.y_resolution
    return unread and float(np.median(late)) < float(c.y.max()) / DECADE_RATIO
