"""What people write into a plot, as tuples of notes for a panel whose curves stand."""

from __future__ import annotations

import numpy as np

from hard.model import Note, Panel, unit

GREYS = ("#555555", "#888888", "#d62728", "#2ca02c")


def free(panel: Panel) -> tuple[float, float]:
    """The place, in shares of the panel, that is farthest from all curves."""
    u, v = (np.concatenate(parts) for parts in zip(*(unit(panel, c) for c in panel.curves), strict=True))
    known = np.isfinite(u) & np.isfinite(v)
    u, v = u[known], v[known]
    spots = [(a, b) for a in (0.25, 0.4, 0.55, 0.7) for b in (0.2, 0.35, 0.5, 0.65, 0.8)]
    return max(spots, key=lambda s: float(np.min(np.hypot((u - s[0]) * 0.6, v - s[1]))))


def _best(panel: Panel) -> tuple[float, float]:
    curve = panel.curves[-1]
    at = int(np.nanargmin(curve.y))
    return float(curve.x[at]), float(curve.y[at])


def epochs(rng, panel: Panel) -> list[Note]:
    x = panel.curves[0].x
    count = int(rng.integers(2, 7))
    line = str(rng.choice(["dashed", "dotted", "solid"]))
    return [
        Note("vline", float(v), line=line, color="#aaaaaa") for v in np.linspace(x[0], x[-1], count + 2)[1:-1]
    ]


def phase(rng, panel: Panel) -> list[Note]:
    x = panel.curves[0].x
    start = float(x[0] + (x[-1] - x[0]) * rng.uniform(0, 0.6))
    return [
        Note(
            "span",
            start,
            to=float(start + (x[-1] - x[0]) * rng.uniform(0.1, 0.3)),
            color=str(rng.choice(GREYS)),
        )
    ]


def target(rng, panel: Panel) -> list[Note]:
    y = panel.y.low + (panel.y.high - panel.y.low) * rng.uniform(0.1, 0.7)
    return [
        Note(
            "hline",
            y=float(y),
            color=str(rng.choice(["#000000", *GREYS])),
            line=str(rng.choice(["dashed", "dotted"])),
        )
    ]


def best(rng, panel: Panel) -> list[Note]:
    x, y = _best(panel)
    return [
        Note(
            "arrow",
            x,
            y,
            at=free(panel),
            text=str(rng.choice(["best checkpoint", "best: epoch", "min val loss"])),
        )
    ]


def box(rng, panel: Panel) -> list[Note]:
    x, y = _best(panel)
    return [Note("box", at=free(panel), text=f"best = {y:.3f}\nstep = {x:g}")]


def values(rng, panel: Panel) -> list[Note]:
    curve = panel.curves[0]
    every = max(1, len(curve.x) // int(rng.integers(5, 12)))
    return [
        Note("value", float(x), float(y), text=f"{y:.2f}", color=curve.color)
        for x, y in zip(curve.x[::every], curve.y[::every], strict=True)
    ]


def watermark(rng, panel: Panel) -> list[Note]:
    return [
        Note(
            "watermark",
            at=(0.5, 0.5),
            text=str(rng.choice(["PRELIMINARY", "DRAFT", "confidential"])),
            color="#808080",
        )
    ]


def tooltip(rng, panel: Panel) -> list[Note]:
    curve = panel.curves[0]
    at = int(len(curve.x) * rng.uniform(0.3, 0.7))
    return [
        Note(
            "tooltip",
            float(curve.x[at]),
            float(curve.y[at]),
            at=free(panel),
            text=f"step {curve.x[at]:g}\n{curve.name}: {curve.y[at]:.4f}",
            color=curve.color,
        )
    ]


def dots(rng, panel: Panel) -> list[Note]:
    return [Note("dot", float(c.x[-1]), float(c.y[-1]), color=c.color) for c in panel.curves]


def caps(rng, panel: Panel) -> list[Note]:
    return []


KINDS = {f.__name__: f for f in (epochs, phase, target, best, box, values, watermark, tooltip, dots, caps)}
