"""Draw the fixtures from data that is written or computed here.

    python scripts/make_fixtures.py [CASE ...]

Each case is a folder under fixtures/ with ``image.png`` and ``truth.json``: the panels, their
axes, and every point that was drawn.  ``bbox`` is in pixels with whole numbers as pixel centres.
Some cases hold the same numbers as a log, in a format that trainers write, and the settings of their runs.
Nothing is downloaded; every random number has a seed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties

FOLDER = Path(__file__).resolve().parent.parent / "fixtures"
# Digits of the data in a truth file: far past what any picture holds.
DIGITS = 8

# A run of 84 steps whose loss doubles for one step at the start of every block of twelve.
LOSS_84 = (
    3.7784, 3.8634, 3.8332, 3.6854, 3.4662, 3.3297, 2.9078, 2.8998, 2.5331, 2.3813, 2.0894, 1.7981,
    3.6167, 1.5101, 1.4590, 1.2643, 1.3391, 1.2786, 1.0954, 1.3722, 1.0538, 1.2592, 1.3396, 1.1327,
    2.2408, 1.0460, 1.0360, 1.2605, 1.0306, 1.0815, 1.0224, 1.1220, 1.1206, 0.8945, 1.0295, 0.9971,
    2.0217, 0.8501, 0.9217, 1.0316, 0.8349, 0.9040, 0.7801, 0.9210, 0.8019, 0.8363, 0.8021, 0.9768,
    1.9439, 0.6774, 0.8874, 0.7972, 0.8432, 0.7451, 0.7045, 0.6629, 0.8325, 0.6325, 0.8164, 0.7492,
    1.4734, 0.7210, 0.6901, 0.6969, 0.6353, 0.5089, 0.6452, 0.6890, 0.6577, 0.6037, 0.6362, 0.6247,
    1.2415, 0.5656, 0.6282, 0.4624, 0.6208, 0.6323, 0.6327, 0.4875, 0.5582, 0.6236, 0.5839, 0.4932,
)  # fmt: skip
# Epoch means of a run that falls over nearly four decades at once and then stands still.
LOSS_CLIFF = (537_177.0, 80.2, 79.4, 78.9, 78.6, 78.4, 78.2, 78.0)
# Its parts after the first epoch: one of them is nine tenths of the sum.
PARTS_CLIFF = {
    "threshold": (536_800.0, 72.1, 71.4, 71.0, 70.8, 70.6, 70.5, 70.4),
    "shape": (280.0, 3.4, 3.3, 3.2, 3.1, 3.1, 3.0, 3.0),
    "edge": (61.0, 2.6, 2.6, 2.6, 2.6, 2.6, 2.6, 2.5),
    "margin": (36.0, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1),
}
# A fine-tuning run of three epochs of 264 steps: training logged every 20 steps, validation every 100.
TUNING_STEPS, TUNING_RATE = 792, 5e-5
TUNING_TRAIN = (
    4.2445, 4.0845, 3.9501, 3.8433, 3.7416, 3.7702, 3.7218, 3.7489, 3.6907, 3.7121, 3.7346, 3.6789, 3.6903,
    3.6684, 3.6371, 3.6512, 3.6240, 3.6447, 3.6105, 3.6290, 3.5988, 3.6183, 3.5829, 3.6044, 3.5893, 3.5702,
    3.6092, 3.5608, 3.5771, 3.5456, 3.5627, 3.5309, 3.5518, 3.5402, 3.5199, 3.5350, 3.5081, 3.5247, 3.4902,
)  # fmt: skip
TUNING_VAL = (3.884, 3.765, 3.721, 3.693, 3.673, 3.666, 3.657)
# Five runs of which each doubles the rate of the one before (the last rate is not known) and enlarges the
# model besides: first and last loss, rate, layers.
CYCLES = (
    ("cycle 1", 0.9271, 0.9192, 0.0005, 2), ("cycle 2", 0.9242, 0.9206, 0.001, 3),
    ("cycle 3", 0.9519, 0.9213, 0.002, 4), ("cycle 4", 0.9718, 0.9213, 0.004, 5),
    ("cycle 5", 0.9566, 0.9218, None, 6),
)  # fmt: skip
# The accuracy that each of them ends with, in percent: in another order than the losses.
CYCLE_ACCURACY = (47.09, 46.09, 47.68, 46.95, 46.71)

Drawing = tuple[Canvas, list[dict[str, Any]], list[str]]


def loss_84() -> Drawing:
    """The default look: one curve, no grid, a legend."""
    canvas, ax = plt.subplots()
    steps = np.arange(1, 85)
    line(ax, steps, LOSS_84, label="Training loss")
    ax.set(title="Training Loss", xlabel="Step", ylabel="Loss")
    ax.legend()
    return canvas, [panel(ax)], ["single", "spikes"]


def train_val() -> Drawing:
    """Training with round markers, validation with crosses that stands near 0.8 from step 10 on."""
    rng = np.random.default_rng(4)
    steps = np.arange(1, 41)
    train = 0.35 + 1.75 * np.exp(-(steps - 1) / 6.0) + rng.normal(0, 0.015, steps.size)
    swings = steps > 20
    train[swings] += rng.normal(0, 0.04, int(swings.sum()))
    train[[25, 32]] += (0.55, 0.45)
    val_steps = np.arange(1, 41, 1)
    val = 0.8 + 1.1 * np.exp(-(val_steps - 1) / 2.2) + rng.normal(0, 0.008, val_steps.size)
    canvas, ax = plt.subplots(figsize=(7, 4.5))
    line(ax, steps, train, label="Training loss", color="tab:blue", marker="o", markersize=4)
    line(ax, val_steps, val, label="Validation loss", color="tab:orange", marker="x", markersize=5)
    ax.set(title="Training and validation loss", xlabel="Training step", ylabel="Loss")
    ax.legend()
    return canvas, [panel(ax)], ["markers", "train_val"]


def learning_rate() -> Drawing:
    """Linear warm-up to step 10, then linear decay, under an offset text."""
    steps = np.arange(0, 41)
    rate = np.where(steps <= 10, 5e-5 * steps / 10, 5e-5 * (40 - steps) / 30)
    canvas, ax = plt.subplots(figsize=(6, 4))
    line(ax, steps, rate, color="tab:green")
    ax.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
    ax.set(title="Learning rate schedule", xlabel="Training step", ylabel="Learning rate")
    ax.grid(True)
    return canvas, [panel(ax)], ["offset", "grid", "no_legend"]


def raw_smoothed() -> Drawing:
    """One hue twice: the faint logged values under their moving average."""
    rng = np.random.default_rng(7)
    steps = np.arange(0, 2000, 10)
    raw = 1.2 + 1.4 * np.exp(-steps / 350.0) + rng.normal(0, 0.07, steps.size)
    smooth = np.empty_like(raw)
    level = raw[0]
    for i, value in enumerate(raw):
        level = level * 0.9 + value * 0.1
        smooth[i] = level
    canvas, ax = plt.subplots(figsize=(7, 4))
    line(ax, steps, raw, label="original", color="#1f77b4", alpha=0.4, role="raw")
    line(ax, steps, smooth, label="smoothed", color="#1f77b4", role="smoothed")
    ax.set(title="training loss", xlabel="step", ylabel="loss")
    ax.legend()
    return canvas, [panel(ax)], ["raw_smoothed"]


def grid_2x5() -> Drawing:
    """Ten small panels with '.' markers and a dotted smooth curve in each."""
    rng = np.random.default_rng(10)
    names = (
        ("train/box_loss", 1.9, 0.9, 9), ("train/cls_loss", 3.2, 0.7, 6), ("train/dfl_loss", 1.6, 1.05, 8),
        ("metrics/precision", 0.2, 0.88, 7), ("metrics/recall", 0.15, 0.81, 9),
        ("val/box_loss", 1.8, 1.05, 8), ("val/cls_loss", 2.7, 0.85, 6), ("val/dfl_loss", 1.5, 1.1, 8),
        ("metrics/mAP50", 0.1, 0.86, 9), ("metrics/mAP50-95", 0.05, 0.62, 11),
    )  # fmt: skip
    epochs = np.arange(1, 41)
    canvas, axes = plt.subplots(2, 5, figsize=(12, 6))
    for ax, (name, start, end, pace) in zip(axes.ravel(), names, strict=True):
        values = end + (start - end) * np.exp(-(epochs - 1) / pace)
        values = values + rng.normal(0, 0.015 * abs(start - end), epochs.size)
        kernel = np.exp(-0.5 * (np.subtract.outer(epochs, epochs) / 1.5) ** 2)
        smooth = (kernel / kernel.sum(axis=1, keepdims=True)) @ values
        line(ax, epochs, values, label="results", marker=".", linewidth=2, markersize=8, role="raw")
        line(ax, epochs, smooth, label="smooth", linestyle=":", linewidth=2, role="smoothed")
        ax.set_title(name, fontsize=12)
    axes[0, 1].legend()
    canvas.tight_layout()
    return canvas, [panel(ax) for ax in axes.ravel()], ["grid", "dotted", "markers"]


def twin_axis() -> Drawing:
    """Loss on the left, accuracy on the right."""
    rng = np.random.default_rng(11)
    epochs = np.arange(1, 31)
    loss = 0.25 + 2.0 * np.exp(-epochs / 7.0) + rng.normal(0, 0.02, epochs.size)
    accuracy = 92 - 60 * np.exp(-epochs / 6.0) + rng.normal(0, 0.5, epochs.size)
    canvas, ax = plt.subplots(figsize=(7, 4.5))
    line(ax, epochs, loss, label="loss", color="tab:red")
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss", color="tab:red")
    ax.tick_params(axis="y", labelcolor="tab:red")
    right = ax.twinx()
    line(right, epochs, accuracy, label="accuracy", color="tab:blue")
    right.set_ylabel("accuracy (%)", color="tab:blue")
    right.tick_params(axis="y", labelcolor="tab:blue")
    ax.legend(handles=[*ax.lines, *right.lines], loc="center right")
    return canvas, [panel(ax, right)], ["twin_axis"]


def log_cliff() -> Drawing:
    """Nearly four decades in one epoch on a log axis, then 80 to 78."""
    canvas, ax = plt.subplots()
    line(ax, np.arange(8), LOSS_CLIFF, marker="o", label="total loss")
    ax.set_yscale("log")
    ax.set(xlabel="Epoch", ylabel="Loss")
    ax.grid(True, alpha=0.3)
    ax.legend()
    return canvas, [panel(ax)], ["log"]


def cliff_linear() -> Drawing:
    """The same fall on a linear axis, where one pixel is more than all that follows."""
    canvas, ax = plt.subplots()
    line(ax, np.arange(8), LOSS_CLIFF, marker="o")
    ax.set(title="Total loss", xlabel="Epoch", ylabel="Loss")
    return canvas, [panel(ax)], ["no_legend"]


def cliff_parts() -> Drawing:
    """A total and its parts on a log axis; one part is nine tenths of the total."""
    canvas, ax = plt.subplots(figsize=(7.5, 8))
    line(ax, np.arange(8), LOSS_CLIFF, label="total loss", marker="o")
    for name, values in PARTS_CLIFF.items():
        line(ax, np.arange(8), values, label=f"{name} loss")
    ax.set_yscale("log")
    ax.set(xlabel="Epoch", ylabel="Loss")
    ax.legend()
    return canvas, [panel(ax)], ["log", "components"]


def fine_tuning() -> Drawing:
    """Training every 20 steps, validation every 100 and above it; the rate decays to zero below."""
    steps = 20 * np.arange(1, len(TUNING_TRAIN) + 1)
    canvas, (ax, low) = plt.subplots(2, 1, figsize=(7, 7))
    line(ax, steps, TUNING_TRAIN, label="train loss", color="tab:blue")
    val_steps = 100 * np.arange(1, len(TUNING_VAL) + 1)
    line(ax, val_steps, TUNING_VAL, label="eval loss", color="tab:orange", marker="o")
    ax.set(title="Loss", xlabel="Step", ylabel="loss")
    ax.legend()
    line(low, steps, tuning_rate(steps), color="tab:green")
    low.set(title="Learning rate", xlabel="Step", ylabel="learning rate")
    low.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
    canvas.tight_layout()
    return canvas, [panel(ax), panel(low)], ["train_val", "markers", "offset"]


def tuning_rate(steps: Any) -> Any:
    """A straight line to zero at the last step."""
    return TUNING_RATE * (1 - np.asarray(steps) / TUNING_STEPS)


def five_cycles() -> Drawing:
    """Five runs that end within 0.3% of each other, from starts that differ more."""
    epochs = np.arange(1, 11)
    canvas, ax = plt.subplots(figsize=(7, 4.5))
    for (name, *_), values in zip(CYCLES, cycle_losses(), strict=True):
        line(ax, epochs, values, label=name)
    ax.set(title="Loss of five cycles", xlabel="Epoch", ylabel="Loss")
    ax.legend()
    return canvas, [panel(ax)], ["runs"]


def cycle_losses() -> list[Any]:
    """Exponential falls between the known ends, with the scatter that such runs show."""
    rng = np.random.default_rng(3)
    epochs = np.arange(10)
    found = []
    for _, start, end, *_ in CYCLES:
        shape = (np.exp(-epochs / 2.0) - np.exp(-4.5)) / (1 - np.exp(-4.5))
        noise = rng.normal(0, 0.0009, 10)
        noise[[0, -1]] = 0.0
        found.append(np.round(end + (start - end) * shape + noise, 4))
    return found


def five_accuracies() -> Drawing:
    """The same five runs by loss and by accuracy: the two do not put them in the same order."""
    epochs = np.arange(1, 11)
    canvas, (ax, right) = plt.subplots(1, 2, figsize=(11, 4.5))
    for (name, *_), loss, accuracy in zip(CYCLES, cycle_losses(), cycle_accuracies(), strict=True):
        line(ax, epochs, loss, label=name)
        line(right, epochs, accuracy, label=name)
    ax.set(title="Loss", xlabel="Epoch", ylabel="loss")
    right.set(title="Accuracy", xlabel="Epoch", ylabel="accuracy (%)")
    right.legend()
    canvas.tight_layout()
    return canvas, [panel(ax), panel(right)], ["runs", "grid"]


def cycle_accuracies() -> list[Any]:
    """Rises to the known ends, with the scatter of a small data set."""
    rng = np.random.default_rng(5)
    epochs = np.arange(10)
    found = []
    for end in CYCLE_ACCURACY:
        noise = rng.normal(0, 0.35, 10)
        noise[-1] = 0.0
        found.append(np.round(end - 12 * np.exp(-epochs / 1.8) * (1 - epochs / 9) + noise, 2))
    return found


def dark_dashboard() -> Drawing:
    """Light curves and grid on a dark page."""
    rng = np.random.default_rng(12)
    steps = np.arange(0, 120) * 250
    with plt.style.context("dark_background"):
        canvas, ax = plt.subplots(figsize=(8, 4.5))
        for name, floor, pace in (("baseline", 0.9, 6000.0), ("wide", 0.62, 7500.0)):
            values = floor + 1.9 * np.exp(-steps / pace) + rng.normal(0, 0.02, steps.size)
            line(ax, steps, values, label=name)
        ax.set(title="train/loss", xlabel="Step", ylabel="loss")
        ax.grid(True, alpha=0.25)
        ax.legend()
        return canvas, [panel(ax)], ["dark", "runs"]


def dashed_markers() -> Drawing:
    """Four curves told apart by dash pattern and marker as well as by color."""
    epochs = np.arange(1, 16)
    canvas, ax = plt.subplots(figsize=(6.4, 4.8))
    looks = (
        ("train accuracy", "-", None, 0.95, 2.5), ("val accuracy", "--", "s", 0.86, 3.0),
        ("test accuracy", "-.", "^", 0.80, 3.5), ("baseline", ":", None, 0.70, 4.0),
    )  # fmt: skip
    for name, style, mark, top, pace in looks:
        line(ax, epochs, top - 0.5 * np.exp(-epochs / pace), label=name, linestyle=style, marker=mark)
    ax.set(title="Accuracy", xlabel="Epoch", ylabel="Accuracy")
    ax.set_ylim(0.2, 1.0)
    ax.legend(loc="lower right")
    return canvas, [panel(ax)], ["dashes", "markers", "metric"]


def no_heights() -> Drawing:
    """Epochs are printed and no losses: validation turns at epoch 18 and crosses training on its way."""
    rng = np.random.default_rng(18)
    epochs = np.arange(1, 61)
    train = 0.3 + 2.0 * np.exp(-epochs / 14.0) + rng.normal(0, 0.01, epochs.size)
    val = 0.9 + 0.002 * (epochs - 18.0) ** 2 * np.where(epochs < 18, 1.4, 0.4) + rng.normal(0, 0.01, 60)
    canvas, ax = plt.subplots(figsize=(6.4, 4.8))
    line(ax, epochs, train, label="train loss")
    line(ax, epochs, val, label="val loss")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.set_yticks([])
    ax.legend()
    return canvas, [panel(ax)], ["no_scale"]


def no_numbers() -> Drawing:
    """A frame without a single number: a loss that falls, with one spike two thirds of the way across."""
    rng = np.random.default_rng(19)
    steps = np.arange(120)
    loss = 0.4 + 1.6 * np.exp(-steps / 40.0) + rng.normal(0, 0.012, steps.size)
    loss[80] += 0.8
    canvas, ax = plt.subplots(figsize=(6, 4))
    line(ax, steps, loss, color="tab:red")
    ax.set(title="Training loss")
    ax.set_xticks([])
    ax.set_yticks([])
    return canvas, [panel(ax)], ["no_scale"]


def epoch_marks() -> Drawing:
    """A named dashed line, dotted lines at the starts of epochs and a shaded warm-up, on a grid."""
    rng = np.random.default_rng(20)
    steps = np.arange(0, 1000, 8)
    loss = 0.3 + 1.9 * np.exp(-steps / 210.0) + rng.normal(0, 0.02, steps.size)
    canvas, ax = plt.subplots(figsize=(7, 4.5))
    line(ax, steps, loss, label="train loss")
    ax.set(xlabel="step", ylabel="loss")
    shown = panel(ax)
    ax.axvspan(20, 110, alpha=0.15, color="tab:orange")
    for start in (250, 500, 750):
        ax.axvline(start, color="0.4", linestyle=":", linewidth=1)
    ax.axvline(630, color="tab:red", linestyle="--", label="best checkpoint")
    ax.grid(True, alpha=0.4)
    ax.legend()
    shown["guides"] = [
        {"x": [20, 110], "label": None},
        *({"x": [start, start], "label": None} for start in (250, 500)),
        {"x": [630, 630], "label": "best checkpoint"},
        {"x": [750, 750], "label": None},
    ]
    return canvas, [shown], ["guides", "grid"]


def korean() -> Drawing:
    """Title, labels and legend in Korean, in a font that the reader of letters was not trained on."""
    rng = np.random.default_rng(31)
    epochs = np.arange(1, 41)
    font = FontProperties(fname=FOLDER / "fonts" / "NotoSerifKR-subset.otf")
    canvas, ax = plt.subplots()
    train = 0.3 + 2.0 * np.exp(-epochs / 7.0) + rng.normal(0, 0.012, epochs.size)
    line(ax, epochs, train, label="훈련 손실")
    line(ax, epochs, train + 0.12 + 0.016 * epochs, label="검증 손실")
    for set_text, text, size in (
        (ax.set_title, "학습 손실과 검증 손실 비교", 12),
        (ax.set_xlabel, "에폭", 10),
        (ax.set_ylabel, "손실값", 10),
    ):
        set_text(text, fontproperties=font, fontsize=size)
    ax.legend(prop=font)
    return canvas, [panel(ax)], ["korean"]


def confusion_matrix() -> Drawing:
    """No line plot: a matrix of counts with a color bar."""
    rng = np.random.default_rng(13)
    counts = rng.integers(0, 12, (5, 5)) + np.diag([88, 92, 79, 85, 90])
    canvas, ax = plt.subplots(figsize=(6, 5))
    picture = ax.imshow(counts, cmap="Blues")
    canvas.colorbar(picture)
    for (row, column), count in np.ndenumerate(counts):
        ax.text(column, row, str(count), ha="center", va="center", color="white" if count > 45 else "black")
    ax.set_xticks(range(5), ["cat", "dog", "fox", "hen", "owl"])
    ax.set_yticks(range(5), ["cat", "dog", "fox", "hen", "owl"])
    ax.set(title="Confusion matrix", xlabel="Predicted", ylabel="True")
    return canvas, [], ["negative"]


CASES: dict[str, Callable[[], Drawing]] = {
    draw.__name__: draw
    for draw in (
        loss_84, train_val, learning_rate, raw_smoothed, grid_2x5, twin_axis, log_cliff, cliff_linear,
        cliff_parts, fine_tuning, five_cycles, five_accuracies, dark_dashboard, dashed_markers,
        no_heights, no_numbers, epoch_marks, korean, confusion_matrix,
    )
}  # fmt: skip


def log_84() -> str:
    """A Markdown table in four pairs of columns, read down, the doubled values in bold."""
    cells = []
    for step, loss in enumerate(LOSS_84, start=1):
        cells.append(f"{step} | **{loss:.4f}**" if step > 1 and step % 12 == 1 else f"{step} | {loss:.4f}")
    rows = ["| " + " | ".join(cells[k::21]) + " |" for k in range(21)]
    return "\n".join(["| Step | Loss " * 4 + "|", "|---|---" * 4 + "|", *rows]) + "\n"


def log_fine_tuning() -> str:
    """A trainer_state.json with the mean of the run at its end, as the Trainer writes it."""
    records: list[dict[str, float]] = []
    rate = tuning_rate(20 * np.arange(1, len(TUNING_TRAIN) + 1))
    for k, loss in enumerate(TUNING_TRAIN):
        step = 20 * (k + 1)
        records.append(
            {
                "loss": loss,
                "learning_rate": float(f"{rate[k]:.6g}"),
                "epoch": round(step / 264, 2),
                "step": step,
            }
        )
        if step % 100 == 0 and step <= 700:
            records.append(
                {"eval_loss": TUNING_VAL[step // 100 - 1], "epoch": round(step / 264, 2), "step": step}
            )
    records.append({
        "train_loss": 3.696, "train_runtime": 81.1, "train_samples_per_second": 39.0,
        "train_steps_per_second": 9.8, "epoch": 3.0, "step": TUNING_STEPS,
    })  # fmt: skip
    state = {"global_step": TUNING_STEPS, "epoch": 3.0, "log_history": records}
    return json.dumps(state, indent=1) + "\n"


def log_cliff_parts() -> str:
    """CSV, one row per epoch."""
    rows = zip(range(8), LOSS_CLIFF, *PARTS_CLIFF.values(), strict=True)
    head = "epoch,total_loss," + ",".join(f"{name}_loss" for name in PARTS_CLIFF)
    return (
        "\n".join([head, *(",".join(f"{v:g}" if k else str(v) for k, v in enumerate(row)) for row in rows)])
        + "\n"
    )


def log_cliff_linear() -> str:
    """CSV of the total alone."""
    rows = (f"{epoch},{loss}" for epoch, loss in enumerate(LOSS_CLIFF))
    return "\n".join(["epoch,total_loss", *rows]) + "\n"


def log_of_cycles(*metrics: str) -> str:
    """The export of a chart of five runs, as dashboards write it: each value with its minimum and maximum."""
    values = {"loss": cycle_losses(), "accuracy": cycle_accuracies()}
    columns = {
        f"{name} - {metric}": values[metric][k] for metric in metrics for k, (name, *_) in enumerate(CYCLES)
    }
    head = ['"epoch"', *(f'"{name}{end}"' for name in columns for end in ("", "__MIN", "__MAX"))]
    rows = [
        ",".join(f'"{cell}"' for cell in [k + 1, *(v[k] for v in columns.values() for _ in range(3))])
        for k in range(10)
    ]
    return "\n".join([",".join(head), *rows]) + "\n"


def log_of_cycle(k: int) -> str:
    """CSV of one run."""
    rows = enumerate(cycle_losses()[k], start=1)
    return "\n".join(["epoch,loss", *(f"{epoch},{loss}" for epoch, loss in rows)]) + "\n"


def runs_five_cycles() -> str:
    """The settings of each run: two of them change at every step."""
    rows = [f"{name.replace(' ', '_')},{rate or ''},{layers},32" for name, _, _, rate, layers in CYCLES]
    return "\n".join(["run,learning_rate,layers,batch_size", *rows]) + "\n"


def log_train_val() -> str:
    """JSON lines with both losses."""
    canvas, panels, _ = train_val()
    plt.close(canvas)
    train, val = (curve["y"] for curve in panels[0]["series"])
    lines = [json.dumps({"step": k + 1, "train_loss": a, "val_loss": b})
             for k, (a, b) in enumerate(zip(train, val, strict=True))]  # fmt: skip
    return "\n".join(lines) + "\n"


def log_learning_rate() -> str:
    """CSV of a schedule."""
    steps = np.arange(0, 41)
    rate = np.where(steps <= 10, 5e-5 * steps / 10, 5e-5 * (40 - steps) / 30)
    return (
        "\n".join(["step,learning_rate", *(f"{s},{r:.6g}" for s, r in zip(steps, rate, strict=True))]) + "\n"
    )


# The same numbers as logs: case, name of the file, its text.
LOGS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("loss_84", "log.md", log_84),
    ("fine_tuning", "trainer_state.json", log_fine_tuning),
    ("cliff_parts", "log.csv", log_cliff_parts),
    *(("five_cycles", f"cycle_{k + 1}.csv", partial(log_of_cycle, k)) for k in range(len(CYCLES))),
    ("five_cycles", "runs.csv", runs_five_cycles),
    ("five_cycles", "log.csv", partial(log_of_cycles, "loss")),
    ("five_accuracies", "log.csv", partial(log_of_cycles, "loss", "accuracy")),
    ("cliff_linear", "log.csv", log_cliff_linear),
    ("train_val", "log.jsonl", log_train_val),
    ("learning_rate", "log.csv", log_learning_rate),
)


def line(ax: Axes, x: Any, y: Any, role: str | None = None, **look: Any) -> None:
    """Plot a curve and note what was plotted."""
    (drawn,) = ax.plot(x, y, **look)
    drawn.set_gid(role)


def panel(ax: Axes, right: Axes | None = None) -> dict[str, Any]:
    """The truth of one panel, read back from what matplotlib is going to draw."""
    canvas = ax.get_figure()
    assert isinstance(canvas, Canvas)
    if ax is canvas.axes[0]:  # lays the whole figure out, once
        canvas.draw_without_rendering()
    box = ax.get_window_extent()
    height = canvas.bbox.height
    series = [curve(drawn, "y", ax) for drawn in ax.lines]
    if right is not None:
        series += [curve(drawn, "y2", ax) for drawn in right.lines]
    return {
        "title": ax.get_title() or None,
        # Canvas coordinates start at the picture's edge, pixel centres half a pixel further in.
        "bbox": [round(v - 0.5, 3) for v in (box.x0, height - box.y1, box.x1, height - box.y0)],
        "x": axis(ax, "x"),
        "y": axis(ax, "y"),
        "y2": None if right is None else axis(right, "y"),
        "series": series,
    }


def axis(ax: Axes, letter: str) -> dict[str, Any]:
    """Label, scale and limits of one axis; limits that no number tells stand apart."""
    limits = [round(float(v), DIGITS) for v in getattr(ax, f"get_{letter}lim")()]
    told = len(getattr(ax, f"get_{letter}ticks")()) > 0
    return {
        "label": getattr(ax, f"get_{letter}label")() or None,
        "scale": getattr(ax, f"get_{letter}scale")(),
        "range": limits if told else None,
    } | ({} if told else {"untold": limits})


def curve(drawn: Any, side: str, ax: Axes) -> dict[str, Any]:
    """Name, look and data of one curve."""
    styles = {"-": "solid", "--": "dashed", ":": "dotted", "-.": "dashdot", "None": "none"}
    name = drawn.get_label()
    marker = drawn.get_marker()
    return {
        "name": None if name.startswith("_") else name,
        "axis": side,
        "color": mpl.colors.to_hex(drawn.get_color()),
        "line": styles[drawn.get_linestyle()],
        "marker": None if marker in (None, "None", "") else marker,
        "role": drawn.get_gid(),
        "x": [round(float(v), DIGITS) for v in drawn.get_xdata()],
        "y": [round(float(v), DIGITS) for v in drawn.get_ydata()],
        "tol": 0.0,
    }


def make(case: str) -> tuple[Canvas, dict[str, Any]]:
    """Draw one case; returns the canvas, to be closed by the caller, and its truth."""
    mpl.rcdefaults()
    canvas, panels, features = CASES[case]()
    truth = {
        "id": case,
        "kind": "synthetic",
        "source": {"engine": "matplotlib"},
        "image": "image.png",
        "panels": panels,
        "features": features,
        "notes": " ".join((CASES[case].__doc__ or "").split()),
    }
    return canvas, truth


def main(cases: list[str]) -> int:
    for case in cases or list(CASES):
        canvas, truth = make(case)
        folder = FOLDER / case
        folder.mkdir(parents=True, exist_ok=True)
        # No software name or date in the file: the same data gives the same bytes.
        canvas.savefig(folder / "image.png", metadata={"Software": None})
        plt.close(canvas)
        (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
        for name, file, text in LOGS:
            if name == case:
                (folder / file).write_text(text(), encoding="utf-8")
        print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
