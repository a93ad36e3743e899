"""Parts of a loss: which of them is most of the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.matching import at, common_grid
from plotread.diagnosis.quantity import TOTAL_WORDS
from plotread.diagnosis.words import estimate, number, percent, plain
from plotread.model import Finding, Floats, Grade, Measure

DOMINANT_SHARE = 0.6  # of the total at the end; from here on the rest hardly moves it
SUM_TOLERANCE = 0.03  # of the total, on top of the reading error: parts that add up to it
SUM_PLACES = 0.75  # of the common places at which they do: steep starts are read loosely
MIN_COMMON = 4  # places where all curves have a value
MAX_NAMED = 8  # parts whose share is kept as a measure


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A total, where one is drawn, and its parts, on a common grid."""

    total: Curve | None
    parts: tuple[Curve, ...]
    x: Floats
    values: Floats
    sums: Floats
    unit_weights: bool


def find_parts(curves: Sequence[Curve]) -> list[Parts]:
    """Groups of losses of one data set with a total that exceeds every part.

    The total is the curve named so, or the plain "loss" among named parts.  Where the parts do not add
    up to it (weights, or parts left out) their shares are still those of their own sum.
    """
    groups: dict[str | None, list[Curve]] = {}
    for curve in curves:
        if curve.quantity == "loss" and not curve.shadow and curve.series.kind == "line":
            groups.setdefault(curve.split, []).append(curve)
    found = []
    for group in groups.values():
        total = _total_of(group)
        parts = tuple(c for c in group if c is not total)
        if total is None or len(parts) < 2:
            continue
        made = _on_grid(total, parts)
        if made is not None:
            found.append(made)
    return found


def _total_of(group: Sequence[Curve]) -> Curve | None:
    named = [c for c in group if TOTAL_WORDS & set(c.words)]
    if len(named) == 1:
        return named[0]
    # "loss" beside "loss_cls" and "loss_bbox": the shortest name, whose words all others contain.
    shortest = min(group, key=lambda c: len(c.words))
    others = [c for c in group if c is not shortest]
    contained = all(set(shortest.words) < set(c.words) for c in others)
    return shortest if others and shortest.words and contained else None


def _on_grid(total: Curve, parts: tuple[Curve, ...]) -> Parts | None:
    grid = total.x
    for part in parts:
        grid = grid[np.isin(grid, common_grid(grid, part.x))] if len(grid) else grid
    grid = np.unique(grid)
    if len(grid) < MIN_COMMON:
        return None
    values = np.vstack([at(part.x, part.y, grid) for part in parts])
    whole = at(total.x, total.y, grid)
    if (
        not (np.isfinite(values).all() and np.isfinite(whole).all())
        or (values < 0).any()
        or (whole <= 0).any()
    ):
        return None
    sigma = float(np.sqrt(sum(float(np.median(c.sigma)) ** 2 for c in (total, *parts))))
    misses = np.abs(values.sum(axis=0) - whole)
    adds_up = bool(np.mean(misses <= SUM_TOLERANCE * whole + 2 * sigma) >= SUM_PLACES)
    return Parts(total, parts, grid, values, whole, adds_up)


def diagnose_dominance(group: Parts) -> Finding | None:
    """A part that is most of the total at the end of the run."""
    if not group.unit_weights or group.total is None:
        return None
    shares = group.values / group.sums
    last = np.median(shares[:, -3:], axis=1)
    first = shares[:, 0]
    top = int(np.argmax(last))
    if last[top] < DOMINANT_SHARE:
        return None
    part = group.parts[top]
    read = float(np.median(part.sigma))
    error = float(np.hypot(read, float(np.median(group.total.sigma)))) / float(group.sums[-1])
    misses = np.abs(group.values.sum(axis=0) / group.sums - 1)
    measures: dict[str, Measure] = {
        "part": part.name,
        "share": estimate(float(last[top]), error),
        "share_percent": estimate(100 * float(last[top]), 100 * error),
        "share_start": estimate(float(first[top]), error),
        "value": estimate(float(group.values[top, -1]), read),
        "total": estimate(float(group.sums[-1]), float(np.median(group.total.sigma))),
        "sum_error_percent": plain(100 * float(np.median(misses))),
        "parts": plain(len(group.parts)),
        "x": plain(float(group.x[-1])),
    }
    for i in np.argsort(-last)[:MAX_NAMED]:
        measures[f"share of {group.parts[i].name}"] = estimate(float(last[i]), error)
    grade: Grade = "observed" if float(last[top]) - error >= DOMINANT_SHARE else "possible"
    words = (
        f"{part.name} is {percent(float(last[top]))} of {group.total.name} at the end "
        f"({number(float(group.values[top, -1]), read)} of {number(float(group.sums[-1]), read)})"
    )
    curves = (part, group.total)
    same = part.panel == group.total.panel
    return Finding(
        "component_dominance",
        "cross_curve",
        words,
        grade,
        group.total.panel if same else None,
        tuple(c.name for c in curves),
        tuple(c.index for c in curves) if same else (),
        x_range=(float(group.x[0]), float(group.x[-1])),
        measures=measures,
    )
