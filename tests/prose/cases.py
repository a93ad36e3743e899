"""Small figures with findings written by hand; every number in them can be checked by eye."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plotread.model import Axis, Estimate, Figure, Finding, Measure, Panel, Series, Source


def exact(value: float) -> Estimate:
    return Estimate(value, value, value)


def read(value: float, error: float) -> Estimate:
    return Estimate(value, value - error, value + error)


def series(
    x: Sequence[float], y: Sequence[float], name: str | None = None, error: float = 0.0, **more: object
) -> Series:
    ys = np.asarray(y, dtype=float)
    return Series(
        np.asarray(x, dtype=float), ys, ys - error, ys + error, name=name, points="recovered", **more
    )  # type: ignore[arg-type]


def figure(
    curves: Sequence[Series],
    x_label: str | None = "Step",
    y_label: str | None = "Loss",
    title: str | None = None,
    y_range: tuple[float, float] | None = None,
) -> Figure:
    panel = Panel(
        0, Axis(label=x_label), Axis(label=y_label, range=y_range), title=title, series=tuple(curves)
    )
    return Figure(Source("plot.png", width=640, height=480), (panel,))


def numbered(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with ids f0, f1, ..."""
    from dataclasses import replace

    return [replace(f, id=f"f{i}") for i, f in enumerate(findings)]


def finding(kind: str, measures: dict[str, Measure] | None = None, **more: object) -> Finding:
    group = str(more.pop("group", "level"))
    values: dict[str, object] = {"panel": 0, "series_indices": (0,), "series": ("loss",), **more}
    return Finding(kind, group, str(values.pop("summary", "")), measures=measures or {}, **values)  # type: ignore[arg-type]


SPIKE_STEPS = (13, 25, 37, 49, 61, 73)


def periodic(
    heights: Sequence[float] = (2.0,) * 6,
    steps: Sequence[int] = SPIKE_STEPS,
    recoveries: Sequence[int] = (1,) * 6,
) -> tuple[Figure, list[Finding]]:
    """A falling loss with six spikes; the findings claim what the diagnosis would."""
    x = np.arange(1, 85, dtype=float)
    y = 3.5 * np.exp(-x / 20) + 0.5
    for step, height in zip(steps, heights, strict=True):
        y[step - 1] = height * y[step - 2]
    found = [
        finding(
            "total_change",
            {
                "start": exact(float(y[0])),
                "end": exact(float(y[-1])),
                "change_percent": exact(100 * float(y[-1] / y[0] - 1)),
            },
            x_range=(1.0, 84.0),
        ),
        finding("best_point", {"value": exact(float(y.min()))}, x=float(x[int(np.argmin(y))])),
    ]
    even = len(set(np.diff(steps))) == 1
    same = [k for k, h in enumerate(heights) if abs(h - 2.0) < 0.1]
    if even:
        found.append(
            finding(
                "periodic_spikes",
                {"count": exact(6), "period": exact(12)},
                grade="likely",
                x_range=(float(steps[0]), float(steps[-1])),
            )
        )
    if even and len(same) == 6 and set(recoveries) == {1}:
        found.append(
            finding(
                "constant_ratio_spikes",
                {"count": exact(6), "period": exact(12), "ratio": read(2.0, 0.03)},
                grade="likely",
                x_range=(float(steps[0]), float(steps[-1])),
            )
        )
    for step, height, recovery in zip(steps, heights, recoveries, strict=True):
        found.append(
            finding(
                "spike",
                {
                    "value": exact(float(y[step - 1])),
                    "baseline": exact(float(y[step - 2])),
                    "ratio": exact(height),
                    "recovery_points": exact(recovery),
                },
                x=float(step),
            )
        )
    return figure([series(x, y)]), numbered(found)


def pair() -> tuple[Figure, list[Finding]]:
    """Training falls, validation turns at epoch 15."""
    x = np.arange(1, 51, dtype=float)
    train = 1.07 - 0.002 * x
    val = np.where(x < 15, 1.05 - 0.002 * x, 1.02 + 0.0005 * (x - 15))
    curves = [series(x, train, "Training loss", 0.0005), series(x, val, "Validation loss", 0.0005)]
    both = {"series": ("Training loss", "Validation loss"), "series_indices": (0, 1)}
    found = [
        finding(
            "total_change",
            {"start": read(float(train[0]), 0.0005), "end": read(float(train[-1]), 0.0005)},
            x_range=(1.0, 50.0),
            series=("Training loss",),
            series_indices=(0,),
        ),
        finding(
            "total_change",
            {"start": read(float(val[0]), 0.0005), "end": read(float(val[-1]), 0.0005)},
            x_range=(1.0, 50.0),
            series=("Validation loss",),
            series_indices=(1,),
        ),
        finding(
            "gap",
            {
                "start": read(float(val[0] - train[0]), 0.0007),
                "end": read(float(val[-1] - train[-1]), 0.0007),
                "one_sign_from": exact(16.0),
                "readable": True,
            },
            x_range=(1.0, 50.0),
            **both,
        ),
        finding(
            "overfitting",
            {
                "best": read(1.02, 0.0005),
                "end": read(1.037, 0.0005),
                "last": read(float(val[-1]), 0.0005),
                "last_x": exact(50.0),
                "rise": read(0.017, 0.0005),
                "rise_sigmas": exact(5.2),
                "train_at_best": read(float(train[14]), 0.0005),
                "train_end": read(float(train[-1]), 0.0005),
                "onset_from": exact(13.0),
                "onset_to": exact(19.0),
            },
            x=15.0,
            x_range=(15.0, 50.0),
            grade="likely",
            **both,
        ),
    ]
    return figure(curves, "Epochs"), numbered(found)


def schedule() -> tuple[Figure, list[Finding]]:
    """Warm-up to 0.001 at step 10, then a cosine."""
    x = np.arange(0, 101, dtype=float)
    y = np.where(x <= 10, 1e-4 + 9e-5 * x, 5e-4 * (1 + np.cos(np.pi * (x - 10) / 90)))
    found = [
        finding(
            "schedule_shape",
            {
                "family": "cosine",
                "runner_up": "linear",
                "start": exact(1e-4),
                "peak": exact(1e-3),
                "peak_x": exact(10.0),
                "end": exact(0.0),
                "end_x": exact(100.0),
                "lowest": exact(0.0),
                "level": exact(5e-4),
            },
            x_range=(0.0, 100.0),
            grade="likely",
            series=("lr",),
        ),
        finding(
            "warmup",
            {
                "start": exact(1e-4),
                "peak": exact(1e-3),
                "end_x": exact(10.0),
                "share_percent": exact(10.0),
                "shape": "linear",
            },
            x=10.0,
            x_range=(0.0, 10.0),
            series=("lr",),
        ),
    ]
    return figure([series(x, y, "lr")], "Step", "Learning rate"), numbered(found)


def runs() -> tuple[Figure, list[Finding]]:
    """Two runs end level, the third above them."""
    x = np.arange(0, 21, dtype=float)
    curves = [
        series(x, level + 2.0 * np.exp(-x / 4), name)
        for level, name in ((0.5, "run_a"), (0.51, "run_b"), (0.9, "run_c"))
    ]
    ends = [float(c.y[-1]) for c in curves]
    found: list[Finding] = []
    for j, curve in enumerate(curves):
        measures: dict[str, Measure] = {"start": exact(float(curve.y[0])), "end": exact(ends[j])}
        found.append(
            finding(
                "total_change",
                measures,
                x_range=(0.0, 20.0),
                series=(str(curve.name),),
                series_indices=(j,),
            )
        )
    table: dict[str, Measure] = {f"run_{j + 1}_value": exact(end) for j, end in enumerate(ends)}
    table |= {f"run_{j + 1}_start": exact(float(c.y[0])) for j, c in enumerate(curves)}
    table |= {f"run_{j + 1}_end_x": exact(20.0) for j in range(3)}
    found.append(
        finding(
            "ranking",
            {
                "runs": exact(3),
                "best": "run_a",
                "worst": "run_c",
                "best_value": exact(ends[0]),
                "worst_value": exact(ends[2]),
                "spread": exact(ends[2] - ends[0]),
                "tie_band": exact(0.02),
                "tied_with_best": exact(2),
                "tied_names": "run_a, run_b",
                "tie": False,
                **table,
            },
            series=("run_a", "run_b", "run_c"),
            series_indices=(0, 1, 2),
            grade="possible",
        )
    )
    return figure(curves, "Epoch"), numbered(found)


def stalled() -> tuple[Figure, list[Finding]]:
    """Validation stays level from epoch 10 on while training goes on falling."""
    x = np.arange(1, 31, dtype=float)
    train, val = 2.0 - 0.04 * x, np.maximum(2.1 - 0.05 * x, 1.6)
    curves = [series(x, train, "train_loss", 0.005), series(x, val, "val_loss", 0.005)]
    both = {"series": ("train_loss", "val_loss"), "series_indices": (0, 1)}
    found = [
        finding(
            "validation_stalled",
            {
                "level": read(1.6, 0.01),
                "from_x": exact(10.0),
                "to_x": exact(30.0),
                "train_from": read(1.6, 0.005),
                "train_to": read(0.8, 0.005),
            },
            x=10.0,
            x_range=(10.0, 30.0),
            grade="likely",
            **both,
        )
    ]
    return figure(curves, "Epoch"), numbered(found)
