"""How often each diagnosis speaks on simulated curves: rates against noise, points and size of the effect.

    python scripts/simulate_curves.py [RUNS]

Quiet curves hold no event: what is graded observed or likely on them is a false alarm.  The other rows
plant one event each and count how often it is found within 3% of the run.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from plotread.diagnosis import diagnose
from plotread.model import Axis, Figure, Finding, Panel, Series, Source

ALARMS = (
    "spike",
    "divergence",
    "initial_cliff",
    "level_shift",
    "oscillation",
    "second_descent",
    "delayed_onset",
    "plateau",
    "elbow",
    "periodic_spikes",
    "epoch_staircase",
    "not_learning",
)


def quiet(rng: np.random.Generator, n: int, noise: float, tails: bool, shape: str) -> np.ndarray:
    """A healthy loss: power law, exponential to a floor, or a floor from the start, with relative noise."""
    x = np.arange(1, n + 1) / n
    if shape == "power":
        level = 0.4 + 1.2 * (n * x) ** -0.4
    elif shape == "exponential":
        level = 0.5 + 3.5 * np.exp(-8 * x)
    else:
        level = np.full(n, 2.0)
    draw = rng.standard_t(4, n) / np.sqrt(2) if tails else rng.standard_normal(n)
    return np.asarray(level * np.exp(noise * draw))


def findings(y: np.ndarray, name: str = "train loss") -> tuple[Finding, ...]:
    """Diagnose one curve as a log would tell it."""
    x = np.arange(1, len(y) + 1, dtype=float)
    series = Series(x, y, y, y, name=name, points="recovered")
    return diagnose(Figure(Source(), (Panel(0, Axis(label="step"), Axis(label="loss"), series=(series,)),)))


def false_alarms(runs: int) -> None:
    """Share of quiet curves on which each diagnosis is graded observed or likely."""
    print("false alarms on quiet curves, percent of runs")
    print(f"{'shape':12s}{'n':>6s}{'noise':>7s}{'tails':>7s} " + " ".join(f"{k[:9]:>9s}" for k in ALARMS))
    for shape in ("power", "exponential", "flat"):
        for n in (30, 84, 300, 1000):
            for noise, tails in ((0.01, False), (0.05, False), (0.05, True)):
                rng = np.random.default_rng(hash((n, round(1000 * noise), tails)) % 2**32)
                told: Counter[str] = Counter()
                for _ in range(runs):
                    y = quiet(rng, n, noise, tails, shape)
                    told.update({f.kind for f in findings(y) if f.grade != "possible"})
                rates = " ".join(f"{100 * told[k] / runs:9.1f}" for k in ALARMS)
                print(f"{shape:12s}{n:6d}{noise:7.2f}{'t4' if tails else 'normal':>7s} {rates}")


def planted(runs: int) -> None:
    """Share of planted events that are found at their place."""
    print("\nplanted events found at their place, percent of runs")
    print(f"{'event':16s}{'n':>6s}{'noise':>7s}{'size':>7s}{'found':>8s}")
    for n in (84, 300, 1000):
        for noise in (0.02, 0.08):
            for kind, sizes in (
                ("spike", (1.3, 2.0)),
                ("level_shift", (0.8, 0.5)),
                ("divergence", (1.5, 3.0)),
            ):
                for size in sizes:
                    rng = np.random.default_rng(n + round(1000 * noise) + round(10 * size))
                    hits = sum(_hit(rng, n, noise, kind, size) for _ in range(runs))
                    print(f"{kind:16s}{n:6d}{noise:7.2f}{size:7.1f}{100 * hits / runs:7.1f}%")


def _hit(rng: np.random.Generator, n: int, noise: float, kind: str, size: float) -> bool:
    y = quiet(rng, n, noise, False, "exponential")
    at = int(n * rng.uniform(0.3, 0.8))
    slack = 0.03 * n
    if kind == "spike":
        y[at] *= size
        slack = 0.5
    elif kind == "level_shift":
        y[at:] *= size
    else:
        y[at:] *= np.exp(np.log(size) * np.linspace(0, 1, n - at))
        slack = 0.15 * n
    return any(f.kind == kind and f.x is not None and abs(f.x - (at + 1)) <= slack for f in findings(y))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    false_alarms(count)
    planted(count)
