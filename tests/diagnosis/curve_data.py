"""Numbers that the tests of the diagnoses share, and figures made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plotread.model import Axis, Estimate, Figure, Finding, Panel, Series, Source

# A training loss of 84 steps with a hidden period: six values, one every twelve steps, are doubled.
LOSS_84 = np.array([
    3.7784, 3.8634, 3.8332, 3.6854, 3.4662, 3.3297, 2.9078, 2.8998, 2.5331, 2.3813, 2.0894, 1.7981,
    3.6167, 1.5101, 1.4590, 1.2643, 1.3391, 1.2786, 1.0954, 1.3722, 1.0538, 1.2592, 1.3396, 1.1327,
    2.2408, 1.0460, 1.0360, 1.2605, 1.0306, 1.0815, 1.0224, 1.1220, 1.1206, 0.8945, 1.0295, 0.9971,
    2.0217, 0.8501, 0.9217, 1.0316, 0.8349, 0.9040, 0.7801, 0.9210, 0.8019, 0.8363, 0.8021, 0.9768,
    1.9439, 0.6774, 0.8874, 0.7972, 0.8432, 0.7451, 0.7045, 0.6629, 0.8325, 0.6325, 0.8164, 0.7492,
    1.4734, 0.7210, 0.6901, 0.6969, 0.6353, 0.5089, 0.6452, 0.6890, 0.6577, 0.6037, 0.6362, 0.6247,
    1.2415, 0.5656, 0.6282, 0.4624, 0.6208, 0.6323, 0.6327, 0.4875, 0.5582, 0.6236, 0.5839, 0.4932,
])  # fmt: skip

# Epoch means of a loss that falls off a cliff and then creeps.
CLIFF = np.array([537177.0, 80.4, 79.6, 79.1, 78.9, 78.6, 78.4, 78.2])


def figure(
    *curves: Sequence[float],
    names: Sequence[str | None] = (),
    label: str = "loss",
    error: float = 0.0,
    x: Sequence[float] | None = None,
    points: str = "recovered",
    resolution: float | None = None,
) -> Figure:
    """One panel with these curves over steps 1, 2, ...; `error` is half the reading interval."""
    series = []
    for i, values in enumerate(curves):
        y = np.asarray(values, dtype=float)
        at = np.arange(1.0, len(y) + 1) if x is None else np.asarray(x, dtype=float)
        name = names[i] if i < len(names) else "train loss"
        series.append(Series(at, y, y - error, y + error, name=name, points=points))  # type: ignore[arg-type]
    return Figure(
        Source(),
        (Panel(0, Axis(label="step"), Axis(label=label, resolution=resolution), series=tuple(series)),),
    )


def of(findings: Sequence[Finding], kind: str, series: str | None = None) -> list[Finding]:
    """The findings of one kind, of one curve."""
    return [f for f in findings if f.kind == kind and (series is None or f.series == (series,))]


def value(finding: Finding, key: str) -> float:
    """The value of a numeric measure."""
    measure = finding.measures[key]
    assert isinstance(measure, Estimate), (key, measure)
    return measure.value
