"""Values of a curve that was sampled along its pixels, put back on the steps at which it was logged.

A picture gives hundreds of samples between two epochs, all of one straight line.  Tests that took each
of them for a value of its own would be confidently wrong, and would find other stages, spikes and
noise than the log gives.  Where a chain of straight pieces with corners on whole steps of the axis
explains the samples, its corners stand for the curve.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.diagnosis.stats import distinct
from plotread.model import Axis, Floats, Panel, Series
from plotread.numerals import step_word

LEAST_PITCH_PX = 4.0  # knots closer than this leave no straight piece between them
LEAST_KNOTS, MOST_KNOTS = 4, 400
LEAST_SAMPLES = 3.0  # samples per knot
MANTISSAS = (1.0, 2.0, 2.5, 5.0)  # whole-step spacings that loggers use, times powers of ten
MISS_PX = 1.6  # distance of a sample from the chain, px
MISS_SLOPE_PX = 0.9  # ... and sideways, which counts on steep pieces
# Share of the samples that lie within that: where the spacing is known from elsewhere, where it is guessed.
KNOWN_SHARE, GUESSED_SHARE = 0.85, 0.95
# A first or last knot from the end of the ink, px or share of the pitch: caps and markers reach beyond it.
END_PX, END_PITCH = 2.6, 0.3
CORNER_PX, CORNER_SHARE = 2.0, 0.6  # second difference that is a corner, px; share of such knots
BETWEEN_SHARE = 0.4  # of the turn at the knots that may be left halfway between them
ROUNDS = 3  # of fitting, each with what lay off the chain before left out
EPOCH_WORDS = ("epoc", "époc")  # axes on which every whole number is logged as a rule


def on_knots(panel: Panel) -> tuple[Series, ...]:
    """The series of a panel; sampled ones on their logged steps where these are beyond doubt."""
    return tuple(_thinned(series, panel) for series in panel.series)


def _thinned(series: Series, panel: Panel) -> Series:
    axis = panel.y2 if series.axis == "y2" and panel.y2 is not None else panel.y
    if (
        series.points == "recovered"
        or series.kind != "line"
        or panel.x.kind != "linear"
        or axis.kind not in ("linear", "log")
        or not panel.x.resolution
        or not axis.resolution
    ):
        return series
    ok = np.isfinite(series.x) & np.isfinite(series.y)
    if axis.kind == "log":
        ok &= series.y > 0
    x, y = series.x[ok], series.y[ok]
    if len(x) < LEAST_SAMPLES * LEAST_KNOTS or x[-1] <= x[0]:
        return series
    v = (np.log10(y) if axis.kind == "log" else y) / abs(axis.resolution)
    # A column tells the lower and upper edge of steep ink or of a marker: the curve passes between them.
    x, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    v = np.bincount(inverse, weights=v) / counts
    known, guessed = _pitches(panel, float(x[-1] - x[0]))
    for pitch in [*known, *guessed]:
        knots = _knots(x, pitch, panel.x.resolution)
        if knots is None or len(x) < LEAST_SAMPLES * len(knots):
            continue
        inside = (x >= knots[0]) & (x <= knots[-1])  # what lies beyond are caps and halves of markers
        share = KNOWN_SHARE if pitch in known else GUESSED_SHARE
        columns, pixels = x[inside] / panel.x.resolution, knots / panel.x.resolution
        fitted = _chain(columns, v[inside], pixels, share)
        if fitted is not None and (pitch in known or _is_cornered(columns, v[inside], pixels)):
            return _on(series, axis, knots, fitted * abs(axis.resolution))
    return series


def _on(series: Series, axis: Axis, knots: Floats, linear: Floats) -> Series:
    half = 0.5 * abs(axis.resolution or 0.0)
    lo, mid, hi = linear - half, linear, linear + half
    if axis.kind == "log":
        lo, mid, hi = 10.0**lo, 10.0**mid, 10.0**hi
    seen = series.observed
    if seen is not None:
        at = np.clip(np.searchsorted(series.x, knots), 0, len(series.x) - 1)
        seen = seen[at]
    return replace(series, x=knots, y=mid, y_lo=lo, y_hi=hi, points="recovered", observed=seen)


def _pitches(panel: Panel, extent: float) -> tuple[list[float], list[float]]:
    """Spacings to try: that of a neighbor whose points are known, and whole epochs; then coarse to fine."""
    least = LEAST_PITCH_PX * (panel.x.resolution or 0.0)
    known = [
        float(np.median(np.diff(distinct(other.x))))
        for other in panel.series
        if other.points == "recovered" and len(distinct(other.x)) >= LEAST_KNOTS
    ]
    label = panel.x.label or ""
    if step_word(label) == "epoch" or any(word in label.lower() for word in EPOCH_WORDS):
        known.append(1.0)
    guessed = [m * 10.0**k for k in reversed(range(8)) for m in reversed(MANTISSAS) if k or m != 2.5]
    fit = [
        [p for p in dict.fromkeys(pitches) if p >= least and LEAST_KNOTS - 1 <= extent / p <= MOST_KNOTS]
        for pitches in (known, guessed)
    ]
    return fit[0], fit[1]


def _knots(x: Floats, pitch: float, resolution: float) -> Floats | None:
    """Whole multiples of the pitch that begin and end where the ink does; None where none do."""
    slack = max(END_PX * resolution, END_PITCH * pitch)
    for offset in (0.0, 1.0):  # steps that count from one: 1, 11, 21
        first = np.ceil((x[0] - slack - offset) / pitch) * pitch + offset
        last = np.floor((x[-1] + slack - offset) / pitch) * pitch + offset
        if abs(first - x[0]) <= slack and abs(last - x[-1]) <= slack:
            return np.asarray(first + pitch * np.arange(round((last - first) / pitch) + 1))
    return None


def _is_cornered(x: Floats, v: Floats, knots: Floats) -> bool:
    """Whether the curve turns at most of the knots, and hardly between: a smooth one turns anywhere."""
    halves = np.interp(np.arange(2 * len(knots) - 1) / 2, np.arange(len(knots)), knots)
    heights = _chain(x, v, halves, 0.0)
    if heights is None:
        return False
    turns = np.abs(heights[2:] - 2 * heights[1:-1] + heights[:-2])
    at_knots, between = turns[1::2], turns[::2]
    cornered = float((at_knots >= CORNER_PX).mean()) >= CORNER_SHARE
    return cornered and float(np.median(between)) < BETWEEN_SHARE * float(np.median(at_knots))


def _chain(x: Floats, v: Floats, knots: Floats, share: float) -> Floats | None:
    """Heights of a chain of straight pieces over the knots (all in px).

    None where less than this share of the samples lie on it.
    """
    cell = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    right = np.clip((x - knots[cell]) / (knots[cell + 1] - knots[cell]), -0.5, 1.5)
    left = 1.0 - right
    weight = np.ones(len(x))
    heights = np.interp(knots, x, v)
    n = len(knots)
    for _ in range(ROUNDS):
        slope = np.abs(np.diff(heights)) / np.diff(knots)
        allowed = np.hypot(MISS_PX, MISS_SLOPE_PX * slope[cell])
        off = np.abs(v - left * heights[cell] - right * heights[cell + 1])
        weight = np.where(off <= 2 * allowed, 1.0, 0.05) / allowed**2
        main = np.bincount(cell, weight * left**2, n) + np.bincount(cell + 1, weight * right**2, n)
        side = np.bincount(cell, weight * left * right, n)[: n - 1]
        target = np.bincount(cell, weight * left * v, n) + np.bincount(cell + 1, weight * right * v, n)
        # A knot without samples leans on a trace of where the curve passes it.
        trace = 1e-6 * float(main.max())
        matrix = np.diag(main + trace) + np.diag(side, 1) + np.diag(side, -1)
        heights = np.linalg.solve(matrix, target + trace * np.interp(knots, x, v))
    slope = np.abs(np.diff(heights)) / np.diff(knots)
    near = np.abs(v - left * heights[cell] - right * heights[cell + 1]) <= np.hypot(
        MISS_PX, MISS_SLOPE_PX * slope[cell]
    )
    return np.asarray(heights) if float(near.mean()) >= share else None
