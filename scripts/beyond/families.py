"""Families of known data, each one kind of difficulty."""

from __future__ import annotations

import numpy as np

from beyond.plot import Curve, Plot

TABLEAU = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f")
SET1 = ("#e41a1c", "#377eb8", "#4daf4a", "#984ea3", "#ff7f00", "#a65628", "#f781bf", "#666666")
DARK2 = ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#666666")
PALETTES = (TABLEAU, SET1, DARK2)


def _decay(rng, n, start, end, noise):
    x = np.arange(1, n + 1)
    base = end + (start - end) * np.exp(-x / (n * rng.uniform(0.1, 0.3)))
    return x, base * (1 + noise * rng.standard_normal(n))


def _labels(rng):
    return rng.choice(["Epoch", "epoch", "Step", "Iteration"]), rng.choice(
        ["Loss", "loss", "Training loss", "NLL"]
    )


def single(rng, colors):
    n = int(rng.integers(12, 90))
    x, y = _decay(rng, n, rng.uniform(2, 8), rng.uniform(0.2, 1), 0.04)
    if rng.random() < 0.5 and n > 30:
        y[int(rng.integers(n // 3, n - 4))] *= rng.uniform(1.8, 3)
    return (Curve("train loss", x, y, colors[0], width=rng.uniform(1, 2.5)),)


def train_val(rng, colors):
    n = int(rng.integers(15, 60))
    x, y = _decay(rng, n, 2.5, 0.3, 0.02)
    _, v = _decay(rng, n, 2.4, 0.7, 0.04)
    v = v + 0.012 * np.maximum(0, x - n * 0.5)
    style = "dashed" if rng.random() < 0.4 else "solid"
    return (Curve("Training loss", x, y, colors[0]), Curve("Validation loss", x, v, colors[1], line=style))


def markers(rng, colors):
    n = int(rng.integers(8, 26))
    kinds = rng.permutation(["o", "s", "^", "D", "x"])
    out = []
    for i, name in enumerate(("train", "valid")):
        x, y = _decay(rng, n, 2.0 + 0.3 * i, 0.4 + 0.3 * i, 0.05)
        out.append(Curve(name, x, y, colors[i], marker=str(kinds[i])))
    return tuple(out)


def raw_smoothed(rng, colors):
    n = int(rng.integers(150, 700))
    x, y = _decay(rng, n, rng.uniform(2, 4), 0.6, 0.10)
    weight, smooth, last, debias = 0.9, [], 0.0, 0.0
    for value in y:
        last, debias = last * weight + (1 - weight) * value, debias * weight + (1 - weight)
        smooth.append(last / debias)
    return (
        Curve("loss", x, y, colors[0], opacity=0.35, width=1.2),
        Curve("loss (smoothed)", x, np.array(smooth), colors[0], width=2.0),
    )


def many_runs(rng, colors):
    n = int(rng.integers(30, 80))
    out = []
    for i in range(int(rng.integers(5, 8))):
        x, y = _decay(rng, n, 3.0, 0.3 + 0.22 * i, 0.02)
        out.append(Curve(f"run-{i + 1}", x, y, colors[i]))
    return tuple(out)


def dense_noise(rng, colors):
    n = int(rng.integers(1500, 5000))
    x, y = _decay(rng, n, 4, 1.0, 0.08)
    y[int(rng.integers(n // 2, n - 50))] *= 2.2
    return (Curve("loss", x, y, colors[0], width=1.0),)


def gan_pair(rng, colors):
    n = int(rng.integers(300, 1200))
    x = np.arange(n)
    g = 2.2 + 0.9 * np.exp(-x / n * 6) + 0.25 * rng.standard_normal(n)
    d = 0.55 - 0.2 * np.exp(-x / n * 6) + 0.06 * rng.standard_normal(n)
    return (
        Curve("Generator", x, g, colors[0], width=1.0),
        Curve("Discriminator", x, d, colors[1], width=1.0),
    )


def grey_dash(rng, colors):
    n = int(rng.integers(25, 60))
    out = []
    for i, line in enumerate(("solid", "dashed", "dotted")):
        x, y = _decay(rng, n, 3.0 + 0.4 * i, 0.3 + 0.5 * i, 0.01)
        out.append(Curve(f"model {'ABC'[i]}", x, y, "#222222", line=line))
    return tuple(out)


def band(rng, colors):
    n = int(rng.integers(30, 80))
    x, y = _decay(rng, n, 3, 0.6, 0.02)
    spread = 0.12 * y + 0.03
    return (Curve("mean loss", x, y, colors[0], low=y - spread, high=y + spread),)


def lr_schedule(rng, colors):
    n = int(rng.choice([50, 100, 200]))
    x = np.arange(n)
    warm, peak = max(3, n // 10), float(rng.choice([1e-3, 3e-4, 5e-5]))
    ramp = np.minimum(1, (x + 1) / warm)
    kind = rng.integers(0, 3)
    past = np.clip((x - warm) / (n - warm), 0, 1)
    shape = (0.5 * (1 + np.cos(np.pi * past)), 1 - past, 0.3 ** np.floor(past * 3))[kind]
    return (Curve("lr", x, peak * ramp * shape, colors[0]),)


def log_loss(rng, colors):
    n = int(rng.integers(40, 200))
    x = np.arange(n)
    y = 10 ** (2 - 5 * (1 - np.exp(-x / (0.4 * n)))) * np.exp(0.08 * rng.standard_normal(n))
    return (Curve("residual", x, y, colors[0]),)


def accuracy(rng, colors):
    n = int(rng.integers(20, 70))
    x = np.arange(1, n + 1)
    a = 0.97 - 0.75 * np.exp(-x / (0.15 * n)) + 0.006 * rng.standard_normal(n)
    b = 0.90 - 0.70 * np.exp(-x / (0.17 * n)) + 0.012 * rng.standard_normal(n)
    return (Curve("train acc", x, a, colors[0]), Curve("val acc", x, b, colors[1]))


FAMILIES = {
    f.__name__: f
    for f in (
        single,
        train_val,
        markers,
        raw_smoothed,
        many_runs,
        dense_noise,
        gan_pair,
        grey_dash,
        band,
        lr_schedule,
        log_loss,
        accuracy,
    )
}


def make_plot(family: str, rng, style: int) -> Plot:
    colors = PALETTES[int(rng.integers(len(PALETTES)))]
    curves = FAMILIES[family](rng, colors)
    x_label, y_label = _labels(rng)
    if family == "lr_schedule":
        y_label = "Learning rate"
    if family == "accuracy":
        y_label = "Accuracy"
    width, height = ((640, 480), (800, 450), (600, 400), (900, 600))[int(rng.integers(4))]
    needs = set()
    if any(c.low is not None for c in curves):
        needs.add("band")
    if any(c.opacity < 1 for c in curves):
        needs.add("opacity")
    if any(c.line != "solid" for c in curves):
        needs.add("dash")
    if any(c.marker for c in curves):
        needs.add("marker")
    title = str(rng.choice(["Training curves", "Learning curve", "Run history", "Model loss"]))
    return Plot(
        curves,
        title,
        str(x_label),
        str(y_label),
        family == "log_loss",
        width,
        height,
        style,
        frozenset(needs),
    )
