"""Sustained crossings: two runs whose order changes for good."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.matching import at, common_grid, drawn_count, evaluations
from plotread.diagnosis.ranking import measured_in_logs, run_end
from plotread.diagnosis.turning import point_noise
from plotread.diagnosis.words import about_x, estimate, number, plain
from plotread.model import Finding, Floats, Measure

HOLD_SHARE = 0.10  # of the common extent on each side that an order must hold for a crossing
MAX_CROSSINGS = 6  # per panel; beyond it only those of the run that ends best


def diagnose_crossings(group: Sequence[Curve]) -> list[Finding]:
    """For each two runs the crossing after which their order stays changed."""
    found = [crossing(a, b) for a, b in itertools.combinations(group, 2)]
    crossings = [finding for finding in found if finding is not None]
    if len(crossings) <= MAX_CROSSINGS:
        return crossings
    sign = 1.0 if group[0].lower_is_better else -1.0
    best = min(
        (run_end(curve) for curve in group), key=lambda end: (sign * end.level, end.curve.index)
    ).curve.index
    return [finding for finding in crossings if best in finding.series_indices][:MAX_CROSSINGS]


def crossing(a: Curve, b: Curve, split_words: str = "") -> Finding | None:
    """The sustained crossing of two curves, if their order is beyond noise on both sides of it."""
    grid = common_grid(a.x, b.x)
    if len(grid) < 6:
        return None
    values = at(a.x, a.y, grid), at(b.x, b.y, grid)
    gap = values[0] - values[1]
    sigma = np.hypot(at(a.x, a.sigma, grid), at(b.x, b.sigma, grid))
    if measured_in_logs((a, b)):
        # A late crossing of two small losses would drown in the differences of their starts.
        judged = np.log(values[0] / values[1])
        read = float(np.median(np.hypot(at(a.x, a.sigma / a.y, grid), at(b.x, b.sigma / b.y, grid))))
    else:
        judged, read = gap, float(np.median(sigma))
    counts = [count for count in (drawn_count(a), drawn_count(b)) if count is not None]
    smooth = evaluations(grid, judged, np.full(len(grid), read), count=min(counts, default=None))
    level = _running_mean(smooth.y, 5 if len(smooth.y) >= 20 else 3)
    band = max(2 * read, point_noise(smooth.y))
    where = _sustained_change(smooth.x, level, band)
    if where is None:
        return None
    x = _refine(grid, judged, where, float(np.median(np.diff(smooth.x))))
    before, after = gap[grid < x], gap[grid > x]
    if not len(before) or not len(after):
        return None
    if (grid == np.round(grid)).all():
        x = float(np.round(x))  # logged at whole steps: between two of them nobody trained
    first, then = float(np.median(before)), float(np.median(after))
    read = float(np.interp(x, grid, sigma))
    end = float(sigma[-1])
    y = float(at(a.x, a.y, np.array([x]))[0])
    up, down = (a, b) if level[-max(2, len(level) // 10) :].mean() > 0 else (b, a)
    measures: dict[str, Measure] = {
        "x": estimate(x, float(np.median(np.diff(grid)))),
        "y": estimate(y, read),
        "upper_after": up.name,
        "lower_after": down.name,
        "difference_before": estimate(abs(first), read),
        "difference_after": estimate(abs(then), read),
        "difference_end": estimate(abs(float(gap[-1])), end),
        "band": plain(band * abs(y) if judged is not gap else band),
    }
    words = (
        f"{up.name} crosses above {down.name} at {about_x(a, x)} and stays there "
        f"({number(abs(float(gap[-1])), end)} apart at the end)"
    )
    return Finding(
        "crossing",
        "multi_run",
        words,
        "likely",
        a.panel,
        (a.name, b.name),
        (a.index, b.index),
        x,
        None,
        measures,
    )


def _running_mean(y: Floats, window: int) -> Floats:
    half = window // 2
    padded = [
        y[max(0, i - min(half, i, len(y) - 1 - i)) : i + min(half, i, len(y) - 1 - i) + 1].mean()
        for i in range(len(y))
    ]
    return np.array(padded)


def _sustained_change(x: Floats, level: Floats, band: float) -> float | None:
    """Where the sign changes for good: before it the other order holds, beyond the band, for a stretch."""
    sign = np.sign(level)
    last = float(np.median(sign[-max(2, len(sign) // 10) :]))
    if last == 0:
        return None
    other = np.flatnonzero(sign == -last)
    if not len(other) or other[-1] + 1 >= len(x):
        return None
    extent = float(x[-1] - x[0])
    end = other[-1]
    before, after = level[: end + 1] * -last, level[end + 1 :] * last
    wide_before = float((before > band).mean()) if len(before) else 0.0
    wide_after = float((after > band).mean()) if len(after) else 0.0
    long_enough = x[end] - x[0] >= HOLD_SHARE * extent and x[-1] - x[end] >= HOLD_SHARE * extent
    if not long_enough or wide_before < 0.5 or wide_after < 0.5:
        return None
    return float(x[end] + (x[end + 1] - x[end]) * abs(level[end]) / (abs(level[end]) + abs(level[end + 1])))


def _refine(grid: Floats, gap: Floats, where: float, step: float) -> float:
    """The sign change of the unsmoothed difference next to `where`."""
    change = np.flatnonzero(np.sign(gap[1:]) != np.sign(gap[:-1]))
    if not len(change):
        return where
    a, b = gap[change], gap[change + 1]
    weight = np.abs(a) / np.maximum(np.abs(a) + np.abs(b), 1e-300)
    places = grid[change] + (grid[change + 1] - grid[change]) * weight
    near = places[np.abs(places - where) <= 2 * step]
    return float(near[np.argmin(np.abs(near - where))]) if len(near) else where
