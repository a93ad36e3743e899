"""Render everyday plots of known data: what the scripts beside training loops draw with matplotlib.

    python scripts/render_everyday.py OUT --seed N [--count N]

Style sheets, sizes, pens, markers, dashes and grids are drawn at random and the limits are matplotlib's
own, so that markers touch, thick pens hide corners, labels crowd and logarithmic axes span less than a
decade; a third of the pictures are damaged afterwards.  Writes OUT/<number>-<kind>/image.png and
truth.json, in the form the scorer reads.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
from hard.courses import accuracy, loss, overfit, rate, smooth
from hard.damage import damage_case
from hard.model import Axis, Curve, Look, Panel, Sheet
from hard.truth import truth_of

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.colors import to_hex

STYLES = (
    *["default"] * 6, "seaborn-v0_8", "seaborn-v0_8-darkgrid", "seaborn-v0_8-whitegrid",
    "seaborn-v0_8-paper", "ggplot", "bmh", "fivethirtyeight", "dark_background", "tableau-colorblind10",
    "Solarize_Light2", "classic",
)  # fmt: skip
NAMED = (
    ("b", "r", "g", "m"),
    ("royalblue", "tomato", "seagreen", "gold"),
    ("navy", "skyblue", "maroon", "salmon"),
)
SIZES = ((6.4, 4.8), (10, 6), (8, 5), (12, 8), (6, 4), (5, 3.5), (7, 7))  # inches
GRIDS = ((1, 1), (1, 1), (1, 1), (1, 2), (1, 2), (2, 1), (2, 2), (1, 3), (2, 3))  # rows and columns
PENS = (None, None, None, 0.7, 1, 2, 2.5, 3)  # pt
MARKERS = (None, None, None, None, "o", "x", ".", "s", "^")
MOST_MARKED = 60  # points of a curve that shows markers
LINES = {"-": "solid", "--": "dashed", ":": "dotted"}
DAMAGED_SHARE = 1 / 3
RULES = {"on": {}, "dashed": {"linestyle": "--", "alpha": 0.6}, "faint": {"alpha": 0.3}}
TITLES = ("Training curves", "Loss over epochs", "metrics/run_1")
NAMES = (("train_loss", "val_loss"), ("Training Loss", "Validation Loss"), ("loss/train", "loss/valid"))


def courses(rng, kind: str) -> tuple[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """The label of the y axis, and names, x and y of the curves of one panel, the lowest first."""
    n = int(rng.integers(10, MOST_MARKED))
    epochs = np.arange(n) + 1.0
    if kind == "rate":
        steps = np.arange(int(rng.integers(2000, 15000)), dtype=float)
        return "learning rate", [("lr", steps, rate(rng, len(steps)))]
    if kind == "raw":
        steps = np.arange(int(rng.integers(1000, 8000)), dtype=float)
        raw = loss(rng, len(steps), rng.uniform(2, 8), rng.uniform(0.3, 1.5), 0.08, "power")
        return "loss", [("raw loss", steps, raw), ("smoothed", steps, smooth(raw, 0.98))]
    if kind == "accuracy":
        top = rng.uniform(0.6, 0.98)
        train, test = accuracy(rng, n, top, 0.004), accuracy(rng, n, top - rng.uniform(0, 0.15), 0.02)
        return "accuracy", [("train_acc", epochs, train), ("test_acc", epochs, test)]
    if kind == "runs":
        out = []
        for k, run in enumerate(("Base", "Dilated")):
            train = loss(rng, n, 2.3 - 0.2 * k, rng.uniform(0.2, 0.8), 0.003, "exp")
            out += [(f"{run} Train", epochs, train), (f"{run} Val", epochs, overfit(rng, train, 0.05))]
        return "Loss", out
    start = rng.uniform(0.05, 6)
    train = loss(rng, n, start, start * rng.uniform(0.1, 0.7), rng.choice([0.0, 0.01, 0.03]), "exp")
    names = NAMES[rng.integers(len(NAMES))]
    return "loss", [(names[0], epochs, train), (names[1], epochs, overfit(rng, train))]


KINDS = ("losses", "losses", "accuracy", "raw", "rate", "runs")


def draw(rng, path: Path) -> tuple[Sheet, Look, list]:
    """Draw one figure; what it holds, its scale, and the boxes of its panels, px."""
    style = STYLES[rng.integers(len(STYLES))]
    rows, columns = GRIDS[rng.integers(len(GRIDS))]
    size = SIZES[rng.integers(len(SIZES))]
    if rows * columns > 1:
        size = (float(rng.uniform(4, 7)) * columns, float(rng.uniform(3, 5)) * rows)
    dpi = min(int(rng.choice([72, 80, 100, 100, 100, 120, 150, 200])), int(2400 / size[0]))
    palette = NAMED[rng.integers(len(NAMED))] if rng.random() < 0.4 and style != "dark_background" else None
    pen, marker = PENS[rng.integers(len(PENS))], MARKERS[rng.integers(len(MARKERS))]
    broken = str(rng.choice(["-", "-", "-", "--", "--", ":"]))
    grid = rng.choice(["style", "on", "on", "dashed", "faint"])
    with plt.style.context(style):
        figure, axes = plt.subplots(rows, columns, figsize=size, dpi=dpi, squeeze=False)
        panels = [_panel(rng, a, palette, pen, marker, broken, str(grid)) for a in axes.flat]
        if rows * columns > 1 or rng.random() < 0.7:
            figure.tight_layout()
        figure.savefig(path, dpi=dpi, facecolor=figure.get_facecolor())
        boxes = []
        bottom = int(figure.bbox.height)  # what is left of a pixel is cut off at the top
        for a in axes.flat:
            box = a.get_window_extent()
            boxes.append((box.x0, bottom - box.y1, box.x1, bottom - box.y0))
        sight = [[_in_sight(a, line) for line in a.lines] for a in axes.flat]
        plt.close(figure)
    # The look's width times 1.39 is the pen in px at 100 px an inch.
    look = Look(scale=dpi / 100)
    shown = tuple(
        replace(panel, curves=tuple(map(_cut, panel.curves, ends)))
        for panel, ends in zip(panels, sight, strict=True)
    )
    return Sheet(shown, rows, columns, tags=(style, f"{rows}x{columns}")), look, boxes


def _in_sight(axes, line) -> tuple[int, int]:
    """First and one past the last point of a curve that the box of an opaque legend leaves in sight."""
    points = axes.transData.transform(line.get_xydata())
    legend = axes.get_legend()
    if legend is None or not legend.get_frame_on() or (legend.get_frame().get_alpha() or 1.0) < 1:
        return 0, len(points)
    box = legend.get_window_extent()
    shown = np.flatnonzero([not box.contains(x, y) for x, y in points])
    return (int(shown[0]), int(shown[-1]) + 1) if len(shown) else (0, len(points))


def _cut(curve: Curve, ends: tuple[int, int]) -> Curve:
    return replace(curve, x=curve.x[slice(*ends)], y=curve.y[slice(*ends)])


def _panel(rng, axes, palette, pen, marker, broken: str, grid: str) -> Panel:
    label, told = courses(rng, KINDS[rng.integers(len(KINDS))])
    curves = []
    for k, (name, x, y) in enumerate(told):
        shown = marker if len(x) <= MOST_MARKED else None
        line = broken if k % 2 and len(x) <= MOST_MARKED else "-"
        more = {} if palette is None else {"color": palette[k]}
        (drawn,) = axes.plot(x, y, line, label=name, marker=shown, linewidth=pen, **more)
        if shown in ("x", "+") and drawn.get_markeredgewidth() == 0:
            shown = None  # some styles draw the strokes of crosses with no width
        curves.append(
            Curve(name, x, y, to_hex(drawn.get_color()), LINES[line], shown, width=drawn.get_linewidth())
        )
    low = min(float(curve.y.min()) for curve in curves)
    scale = "log" if low > 0 and rng.random() < 0.15 else "linear"
    axes.set_yscale(scale)
    title = str(rng.choice(TITLES)) if rng.random() < 0.7 else None
    x_label = ("epoch" if len(told[0][1]) <= MOST_MARKED else "step") if rng.random() < 0.85 else None
    y_label = label if rng.random() < 0.7 else None
    axes.set(title=title or "", xlabel=x_label or "", ylabel=y_label or "")
    if grid != "style":
        axes.grid(True, **RULES[grid])
    listed = len(curves) > 1 or rng.random() < 0.4
    if listed:
        axes.legend(frameon=rng.random() < 0.9)
    return Panel(
        title, Axis(x_label, *axes.get_xlim()), Axis(y_label, *axes.get_ylim(), scale=scale), tuple(curves),
        legend="inside" if listed else None,
    )  # fmt: skip


def render(out: Path, seed: int, number: int) -> str:
    """Draw one picture; the name of its case."""
    rng = np.random.default_rng([seed, number])
    case = f"{number:03d}-everyday"
    folder = out / case
    folder.mkdir(parents=True, exist_ok=True)
    sheet, look, boxes = draw(rng, folder / "image.png")
    truth = truth_of(case, "mpl", "everyday", sheet, look, boxes)
    for panel, drawn in zip(truth["panels"], sheet.panels, strict=True):
        if drawn.legend is not None:  # truth_of leaves out the name of a sole curve
            for series, curve in zip(panel["series"], drawn.curves, strict=True):
                series["name"] = curve.name
    if rng.random() < DAMAGED_SHARE:
        damage_case(folder, truth, boxes, rng)
    (folder / "truth.json").write_text(json.dumps(truth))
    return case


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=401)
    parser.add_argument("--count", type=int, default=60)
    args = parser.parse_args(argv)
    for number in range(args.count):
        print(render(args.out, args.seed, number), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
