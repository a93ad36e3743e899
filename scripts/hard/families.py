"""Kinds of composition: each draws what is to be plotted, from a generator and a look."""

from __future__ import annotations

import dataclasses

import numpy as np

from hard import courses, notes
from hard.fitting import fit, panel, with_axis, word
from hard.looks import TAB20
from hard.model import Axis, Curve, Look, Panel, Sheet
from hard.scales import SCALES

X_LABELS = ("Epoch", "epoch", "Step", "Iteration", "steps", "Iterations")
LOSS_LABELS = ("Loss", "loss", "Training loss", "NLL", "Cross-entropy", "MSE", "Perplexity")
RUNS = (
    "baseline",
    "lr=1e-3",
    "lr=3e-4",
    "wd=0.1",
    "no warmup",
    "large batch",
    "dropout 0.3",
    "resnet50",
    "vit_small",
    "adamw",
    "sgd+momentum",
    "seed 1",
    "seed 2",
    "ema",
    "lora r=8",
    "full finetune",
    "ours",
    "w/o aug",
    "GPT-2 124M",
)
TITLES = (
    "Training curves",
    "Learning curve",
    "Run history",
    "Model loss",
    "Ablation",
    "Train vs. validation",
    "ResNet-18 on CIFAR-10",
)


def _x_label(rng) -> str:
    return word(rng, X_LABELS)


def _points(rng, low=12, high=5000) -> int:
    return int(np.exp(rng.uniform(np.log(low), np.log(high))))


def _names(rng, count) -> list[str]:
    return [str(name) for name in rng.choice(RUNS, count, replace=False)]


def _train_val(rng, look: Look, n=None) -> list[Curve]:
    n = n or _points(rng, 15, 150)
    x, train = courses.steps(rng, n), courses.loss(rng, n, rng.uniform(1.5, 5), rng.uniform(0.05, 0.6))
    line = "dashed" if rng.random() < 0.3 else "solid"
    return [
        Curve("train", x, train, look.palette[0]),
        Curve("validation", x, courses.overfit(rng, train), look.palette[1], line=line),
    ]


def grid(rng, look: Look) -> Sheet:
    """Rows and columns of panels; some share axes or a legend, one may be a bar chart or a picture."""
    rows, columns = ((2, 2), (1, 3), (3, 2), (2, 5), (2, 3), (1, 2), (3, 1))[int(rng.integers(7))]
    one_legend = bool(rng.random() < 0.4)
    shared = rows > 1 and bool(rng.random() < 0.5)
    n, x_label = _points(rng, 15, 300), _x_label(rng)
    x = courses.steps(rng, n)
    stranger = int(rng.integers(rows * columns)) if not one_legend and rng.random() < 0.4 else -1
    shared &= stranger < 0  # its categories would be the ticks of all
    panels = []
    for i in range(rows * columns):
        if one_legend:
            names, title = ["train", "val"], f"fold {i + 1}"
            made = [courses.loss(rng, n, rng.uniform(1, 4), rng.uniform(0.1, 0.5))]
            made.append(courses.overfit(rng, made[0]))
            label = "loss"
        else:
            names, made, title, label = _metric(rng, n, i)
        if i == stranger:
            panels.append(
                Panel(
                    word(rng, ["Confusion", "Counts", "Per class"]),
                    Axis(None, 0, 1),
                    Axis(None, 0, 1),
                    (),
                    kind=word(rng, ["bar", "image"]),
                )
            )
            continue
        curves = [
            Curve(name, x, y, look.palette[k]) for k, (name, y) in enumerate(zip(names, made, strict=True))
        ]
        outer = not shared or i >= (rows - 1) * columns
        panels.append(panel(curves, x_label if outer else None, label if rng.random() < 0.7 else None, title))
    wide = {"1": 1.0, "2": 1.5, "3": 1.9, "5": 2.5}[str(columns)]
    tall = {1: 0.75, 2: 1.4, 3: 1.9}[rows]
    look_tag = (f"size {wide} {tall}",)
    title = word(rng, TITLES) if rng.random() < 0.3 and not one_legend else None
    return Sheet(tuple(panels), rows, columns, shared, one_legend, title, look_tag)


def _metric(rng, n, i):
    """Names, courses, title and label of one panel of a dashboard."""
    kind = int(rng.integers(4)) if i > 1 else i
    if kind == 0:
        train = courses.loss(rng, n, rng.uniform(1, 6), rng.uniform(0.1, 0.6))
        return ["train loss", "val loss"], [train, courses.overfit(rng, train)], "Loss", "loss"
    if kind == 1:
        top = rng.uniform(0.7, 0.98)
        return (
            ["train acc", "val acc"],
            [courses.accuracy(rng, n, top), courses.accuracy(rng, n, top - 0.08)],
            "Accuracy",
            "accuracy",
        )
    if kind == 2:
        return ["lr"], [courses.rate(rng, n)], "Learning rate", "lr"
    return ["grad norm"], [courses.spiked(rng, courses.loss(rng, n, 4, 1, 0.08))], "Gradient norm", "norm"


def twin(rng, look: Look) -> Sheet:
    """A loss on the left axis, an accuracy or a learning rate on the right one."""
    n = _points(rng, 15, 400)
    x = courses.steps(rng, n)
    bound = bool(rng.random() < 0.6)
    colors = look.palette
    left = [Curve("train loss", x, courses.loss(rng, n, rng.uniform(1, 5), 0.2), colors[0])]
    if rng.random() < 0.4:
        left.append(
            Curve(
                "val loss",
                x,
                courses.overfit(rng, left[0].y),
                colors[0] if bound else colors[2],
                line="dashed",
            )
        )
    if rng.random() < 0.6:
        right = [
            Curve("val accuracy", x, courses.accuracy(rng, n, rng.uniform(0.6, 0.97)), colors[1], axis="y2")
        ]
        label = "accuracy"
    else:
        right = [Curve("learning rate", x, courses.rate(rng, n), colors[1], axis="y2")]
        label = "learning rate"
    y = fit([c.y for c in left], "loss", color=colors[0] if bound else None)
    y2 = fit([c.y for c in right], label, color=colors[1] if bound else None)
    title = word(rng, TITLES) if rng.random() < 0.6 else None
    one = Panel(
        title,
        fit([x], _x_label(rng)),
        y,
        (*left, *right),
        y2,
        legend="inside" if not bound or rng.random() < 0.6 else None,
    )
    return Sheet((one,), tags=("bound" if bound else "unbound",))


def scales(rng, look: Look) -> Sheet:
    """Axes that are not plainly linear, and numbers that are not plainly written."""
    kind = word(rng, SCALES)
    n = _points(rng, 20, 300)
    x = courses.steps(rng, n).astype(float)
    made = courses.loss(rng, n, rng.uniform(2, 6), rng.uniform(0.2, 0.8), 0.02)
    curves = [
        Curve("train", x, made, look.palette[0]),
        Curve("test", x, courses.overfit(rng, made), look.palette[1]),
    ]
    one = panel(curves, _x_label(rng), word(rng, LOSS_LABELS), word(rng, TITLES))
    return Sheet((SCALES[kind](rng, one),), tags=(kind,))


def crowded(rng, look: Look) -> Sheet:
    """Many runs at once, told apart by near hues, dashes or pairs; some end early or hide each other."""
    kind = word(rng, ["tab20", "hues", "cycle", "pairs", "grey", "twins"])
    n = _points(rng, 25, 300)
    x = courses.steps(rng, n)
    start = rng.uniform(2, 5)
    curves = []
    if kind == "pairs":
        for i, name in enumerate(_names(rng, 3)):
            train = courses.loss(rng, n, start, 0.2 + 0.35 * i, 0.015, "exp")
            curves.append(Curve(f"{name} train", x, train, look.palette[i]))
            curves.append(
                Curve(f"{name} val", x, courses.overfit(rng, train), look.palette[i], line="dashed")
            )
    elif kind == "grey":
        lines = ("solid", "dashed", "dotted", "dashdot")
        shade = "#eeeeee" if look.dark else "#222222"
        for i, name in enumerate(_names(rng, int(rng.integers(3, 5)))):
            curves.append(
                Curve(
                    name,
                    x,
                    courses.loss(rng, n, start + 0.3 * i, 0.2 + 0.4 * i, 0.01, "exp"),
                    shade,
                    line=lines[i],
                )
            )
    else:
        count = int(rng.integers(8, 13)) if kind != "twins" else 4
        colors = _many_colors(rng, look, kind, count)
        for i, name in enumerate(_names(rng, count)):
            end = rng.uniform(0.2, 2.0)
            curves.append(
                Curve(
                    name,
                    x,
                    courses.loss(rng, n, start, end, float(rng.choice([0.005, 0.02])), None),
                    colors[i],
                )
            )
        if kind == "twins":  # the second is the first for the middle of its course
            t = np.arange(n) / (n - 1)
            apart = np.clip((np.abs(t - 0.5) - 0.15) / 0.1, 0, 1)
            y = curves[0].y + (curves[1].y - curves[0].y) * apart
            curves[1] = dataclasses.replace(curves[1], y=y)
    curves = [_shortened(rng, c) for c in curves]
    one = panel(
        curves,
        _x_label(rng),
        word(rng, LOSS_LABELS),
        word(rng, TITLES) if rng.random() < 0.6 else None,
        legend="outside" if len(curves) > 6 and rng.random() < 0.5 else "inside",
    )
    if rng.random() < 0.3:  # the frame cuts off the start
        one = with_axis(one, "y", high=one.y.low + rng.uniform(0.5, 0.8) * (one.y.high - one.y.low))
        kind += " clipped"
    return Sheet((one,), tags=(kind,))


def _many_colors(rng, look, kind, count):
    if kind == "tab20":
        return TAB20[:count]
    if kind == "hues":
        import colorsys

        first = rng.uniform(0, 1)
        hues = (first + np.linspace(0, 0.55, count)) % 1
        return [_hex(colorsys.hls_to_rgb(h, 0.62 if look.dark else 0.45, 0.8)) for h in hues]
    return (look.palette * 2)[:count]


def _hex(rgb) -> str:
    return "#" + "".join(f"{round(255 * v):02x}" for v in rgb)


def _shortened(rng, curve: Curve) -> Curve:
    roll = rng.random()
    if roll < 0.12:
        end = int(len(curve.x) * rng.uniform(0.4, 0.9))
        return dataclasses.replace(curve, x=curve.x[:end], y=curve.y[:end])
    if roll < 0.2:
        return dataclasses.replace(curve, y=courses.gapped(rng, curve.y))
    return curve


def smoothed(rng, look: Look) -> Sheet:
    """Noise: raw under smoothed, bands, thick noise, spikes, gaps, pairs of a GAN, learning rates."""
    kind = word(rng, ["pairs", "pairs", "pairs", "bands", "dense", "gan", "rate", "gaps"])
    n = _points(rng, 200, 5000)
    x = courses.steps(rng, n)
    label, curves = word(rng, LOSS_LABELS), []
    if kind == "pairs":
        for i, name in enumerate(_names(rng, int(rng.integers(2, 5)))):
            raw = courses.loss(
                rng,
                n,
                rng.uniform(2, 5),
                0.4 + 0.5 * i,
                rng.uniform(0.04, 0.12),
                word(rng, ["exp", "power"]),
            )
            curves.append(
                Curve(name + " (raw)", x, raw, look.palette[i], width=1.0, opacity=0.3, listed=False)
            )
            mean = courses.smooth(raw, rng.choice([0.9, 0.97]))
            curves.append(Curve(name, x, mean, look.palette[i], width=2.0))
        curves.sort(key=lambda c: c.listed)
    elif kind == "bands":
        n = min(n, 600)
        x = x[:n]
        for i, name in enumerate(_names(rng, int(rng.integers(2, 5)))):
            y = courses.loss(rng, n, 3, 0.3 + 0.6 * i, 0.02)
            wide = (0.04 + 0.1 * np.abs(courses.smooth(rng.standard_normal(n), 0.9)) + 0.06) * np.abs(y)
            curves.append(Curve(name, x, y, look.palette[i], low=y - wide, high=y + wide))
    elif kind == "dense":
        y = courses.loss(rng, n, 4, 1, rng.uniform(0.06, 0.2))
        curves.append(
            Curve("loss", x, courses.spiked(rng, y, int(rng.integers(1, 4))), look.palette[0], width=0.8)
        )
    elif kind == "gan":
        t = np.arange(n) / n
        for i, (name, level, spread) in enumerate((("G_loss", 2.2, 0.3), ("D_loss", 0.6, 0.08))):
            y = level + (1 - 2 * i) * rng.uniform(0.2, 1) * np.exp(-6 * t) + spread * rng.standard_normal(n)
            curves.append(Curve(name, x, np.abs(y), look.palette[i], width=0.9))
    elif kind == "rate":
        curves.append(Curve("lr", x, courses.rate(rng, n), look.palette[0]))
        label = "learning rate"
    else:
        n = min(n, 800)
        for i, name in enumerate(_names(rng, 2)):
            y = courses.loss(rng, n, 3, 0.5 + i, 0.05)
            curves.append(
                Curve(name, x[:n], courses.gapped(rng, courses.spiked(rng, y), 2), look.palette[i], width=1.2)
            )
    one = panel(
        curves,
        _x_label(rng),
        label,
        word(rng, TITLES) if rng.random() < 0.5 else None,
        log_y=kind == "gaps" and rng.random() < 0.3,
    )
    return Sheet((one,), tags=(kind,))


def annotated(rng, look: Look) -> Sheet:
    """Curves among lines, boxes, arrows and numbers that people write into a plot."""
    curves = _train_val(rng, look)
    kinds = [str(k) for k in rng.choice(list(notes.KINDS), int(rng.integers(1, 3)), replace=False)]
    if "caps" in kinds:
        n = int(rng.integers(10, 22))
        small = []
        for c in curves:
            wide = np.abs(c.y[:n]) * 0.06 + 0.03
            small.append(
                dataclasses.replace(
                    c,
                    x=c.x[:n],
                    y=c.y[:n],
                    low=c.y[:n] - wide,
                    high=c.y[:n] + wide,
                    caps=True,
                    marker="o",
                    line="solid",
                )
            )
        curves = small
    one = panel(
        curves, _x_label(rng), word(rng, LOSS_LABELS), word(rng, TITLES) if rng.random() < 0.6 else None
    )
    added = [note for kind in kinds for note in notes.KINDS[kind](rng, one)]
    return Sheet((dataclasses.replace(one, notes=tuple(added)),), tags=tuple(kinds))


def marked(rng, look: Look) -> Sheet:
    """Markers: overlapping, open, on some points only, or without a line."""
    kind = word(rng, ["open", "filled", "every", "alone", "overlap"])
    n = _points(rng, 12, 40) if kind != "every" else _points(rng, 50, 200)
    x = courses.steps(rng, n)
    shapes = [str(s) for s in rng.permutation(["o", "s", "^", "D", "v", "x", "+"])]
    count = int(rng.integers(2, 5))
    curves = []
    for i, name in enumerate(_names(rng, count)):
        shift = 0.12 if kind == "overlap" else 0.5
        y = courses.loss(rng, n, 2.5, 0.3 + shift * i, 0.02, "exp" if kind == "overlap" else None)
        curves.append(
            Curve(
                name,
                x,
                y,
                look.palette[i],
                marker=shapes[i] if kind != "overlap" or i else "o",
                line="none" if kind == "alone" else "dashed" if rng.random() < 0.2 else "solid",
                filled=kind != "open",
                every=max(2, n // 12) if kind == "every" else 1,
            )
        )
    return Sheet((panel(curves, _x_label(rng), word(rng, LOSS_LABELS), word(rng, TITLES)),), tags=(kind,))


def looks(rng, look: Look) -> Sheet:
    """Two or three plain curves on a page of unusual looks."""
    if rng.random() < 0.5:
        return Sheet(
            (panel(_train_val(rng, look), _x_label(rng), word(rng, LOSS_LABELS), word(rng, TITLES)),)
        )
    n = _points(rng, 15, 300)
    x = courses.steps(rng, n)
    curves = [
        Curve(name, x, courses.accuracy(rng, n, rng.uniform(0.6, 0.97)), look.palette[i])
        for i, name in enumerate(_names(rng, 3))
    ]
    label = r"$\mathrm{Acc}_{val}$" if rng.random() < 0.2 else "Accuracy"
    return Sheet((panel(curves, _x_label(rng), label, word(rng, TITLES)),))


FAMILIES = {f.__name__: f for f in (grid, twin, scales, crowded, smoothed, annotated, marked, looks)}
