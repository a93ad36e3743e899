"""Legends as other programs draw them: samples in the ink of their words, little drawings, centered rows."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from plotread.geometry import Box
from plotread.vision.types import Raster, Ruler
from plotread.vision.words.glued import _is_patch
from plotread.vision.words.lines import find_lines
from plotread.vision.words.parts import make_sheet

X = np.arange(40.0)
INKS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b")
RGB = ((31, 119, 180), (255, 127, 14), (44, 160, 44), (214, 39, 40), (148, 103, 189), (140, 86, 75))


def page(names: list[str], *, top: float = 0.8, right: float = 0.95) -> tuple[Any, Any]:
    """A figure with a curve for each name, and paper above or beside for a legend by hand."""
    fig, ax = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    fig.subplots_adjust(top=top, right=right)
    for k, _ in enumerate(names):
        ax.plot(X, np.exp(-X / (8 + 6 * k)) + 0.2 * k, color=INKS[k])
    return fig, ax


def at(fig: Any, x: float, y: float, *shape: tuple[float, float], **style: Any) -> None:
    """A line through offsets in px from a place in px of a picture of 640 x 480, rows counted from above."""
    xs, ys = zip(*shape, strict=True)
    fig.add_artist(Line2D(np.add(x, xs) / 640, 1 - np.add(y, ys) / 480, **style))


def say(fig: Any, x: float, y: float, text: str, **style: Any) -> float:
    """Words that begin at a place in px; where they end."""
    shown = fig.text(x / 640, 1 - y / 480, text, va="center", size=10, **style)
    return float(shown.get_window_extent(fig.canvas.get_renderer()).x1)


def told(words: Any) -> list[tuple[str, tuple[int, int, int]]]:
    return [(e.name, e.color) for e in words.legend]


def test_a_row_of_samples_and_words_in_the_inks_of_the_curves(read: Any) -> None:
    names = ["train acc", "val acc", "test acc"]
    fig, ax = page(names)
    x = 200.0
    for name, ink in zip(names, INKS, strict=False):
        at(fig, x, 60, (0, 0), (14, 0), color=ink, linewidth=1.4, solid_capstyle="butt")
        at(fig, x, 60, (7, 0), color=ink, marker="o", markersize=4, markerfacecolor="white", linewidth=0)
        x = say(fig, x + 18, 60, name, color=ink) + 14
    (words,) = read(fig, [ax])
    assert [e.name for e in words.legend] == names
    off = [np.abs(np.subtract(e.color, ink)).max() for e, ink in zip(words.legend, RGB, strict=False)]
    assert max(off) <= 12


def test_one_small_sample_and_its_word_in_the_ink_of_the_curve(read: Any) -> None:
    fig, ax = page(["lr"])
    at(fig, 300, 60, (0, 0), (14, 0), color=INKS[0], linewidth=1.4, solid_capstyle="butt")
    at(fig, 300, 60, (7, 0), color=INKS[0], marker="o", markersize=4, markerfacecolor="white", linewidth=0)
    say(fig, 318, 60, "train loss", color=INKS[0])
    (words,) = read(fig, [ax])
    assert [(e.name, e.line, e.marker) for e in words.legend] == [("train loss", "solid", None)]


def test_words_right_beside_a_square_of_their_ink(read: Any) -> None:
    names = ["train", "valid"]
    fig, ax = page(names)
    for k, name in enumerate(names):
        x = 280 + 90 * k
        fig.add_artist(Rectangle((x / 640, 1 - 67 / 480), 15 / 640, 15 / 480, color=INKS[k]))
        say(fig, x + 19, 59, name, color=INKS[k])
    (words,) = read(fig, [ax])
    assert told(words) == list(zip(names, RGB, strict=False))


def test_flat_samples_between_words_in_the_inks_of_the_curves(read: Any) -> None:
    names = ["train acc", "val acc"]
    fig, ax = page(names)
    x = 300.0
    for name, ink in zip(names, INKS, strict=False):
        at(fig, x, 60, (0, 0), (14, 0), color=ink, linewidth=2, solid_capstyle="butt")
        x = say(fig, x + 19, 60, name, color=ink, weight="bold") + 6
    (words,) = read(fig, [ax])
    assert told(words) == list(zip(names, RGB, strict=False))


@pytest.mark.parametrize("shape", [((0, 14), (18, 0)), ((0, 14), (6, 4), (11, 10), (18, 0))])
def test_little_drawings_of_a_curve(read: Any, shape: tuple[tuple[float, float], ...]) -> None:
    names = ["train loss", "val loss"]
    fig, ax = page(names, right=0.75)
    for k, name in enumerate(names):
        at(fig, 500, 60 + 24 * k, *shape, color=INKS[k], linewidth=1.5)
        say(fig, 527, 67 + 24 * k, name)
    (words,) = read(fig, [ax])
    assert [(e.name, e.line, e.marker) for e in words.legend] == [(name, "solid", None) for name in names]
    off = [np.abs(np.subtract(e.color, ink)).max() for e, ink in zip(words.legend, RGB, strict=False)]
    assert max(off) <= 40  # thin slanted strokes are mixed with the paper


def test_words_centered_in_a_column_beside_their_samples(read: Any) -> None:
    names = ["loss", "loss (smoothed)"]
    fig, ax = page(names, right=0.7)
    for k, name in enumerate(names):
        at(fig, 470, 60 + 20 * k, (0, 0), (28, 0), color=INKS[k], linewidth=1.5, solid_capstyle="butt")
        say(fig, 560, 60 + 20 * k, name, ha="center")
    (words,) = read(fig, [ax])
    assert told(words) == list(zip(names, RGB, strict=False))


def test_a_legend_that_runs_over_into_a_centered_row(read: Any) -> None:
    names = ["run-1", "run-2", "run-3", "run-4", "run-5", "run-6"]
    fig, ax = page(names)
    for k, name in enumerate(names):
        x, y = (120 + 100 * k, 45) if k < 4 else (205 + 100 * (k - 4), 70)
        at(fig, x, y, (0, 0), (24, 0), color=INKS[k], linewidth=2, solid_capstyle="butt")
        say(fig, x + 32, y, name)
    (words,) = read(fig, [ax])
    assert told(words) == list(zip(names, RGB, strict=True))


def test_the_last_dash_before_the_words_is_no_hyphen(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    fig.subplots_adjust(top=0.8)
    for k, (name, dashes) in enumerate((("model A", (70,)), ("model B", (10, 5, 10, 5, 10, 5, 10, 5, 10)))):
        ax.plot(X, np.exp(-X / (8 + 6 * k)), "-" if k == 0 else "--", color="0.13")
        x = 140.0 + 160 * k
        for i, width in enumerate(dashes):
            if i % 2 == 0:
                at(fig, x, 60, (0, 0), (width, 0), color="0.13", linewidth=1.5, solid_capstyle="butt")
            x += width
        say(fig, 140 + 160 * k + 75, 60, name)
    (words,) = read(fig, [ax])
    assert [(e.name, e.line) for e in words.legend] == [("model A", "solid"), ("model B", "dashed")]


def test_dashed_samples_of_which_one_dash_and_a_sliver_show(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    fig.subplots_adjust(top=0.8)
    for k, name in enumerate(("Training loss", "Validation loss")):
        ax.plot(X, np.exp(-X / (8 + 6 * k)), "--" if k else "-", color=INKS[k])
        x = 140 + 170 * k
        at(fig, x, 60, (0, 0), (12 if k else 25, 0), color=INKS[k], linewidth=2, solid_capstyle="butt")
        if k:
            at(fig, x, 60, (24, 0), (25.2, 0), color=INKS[k], linewidth=2, alpha=0.5, solid_capstyle="butt")
        say(fig, x + 35, 60, name)
    (words,) = read(fig, [ax])
    lines = [(e.name, e.line) for e in words.legend]
    assert lines == [("Training loss", "solid"), ("Validation loss", "dashed")]


def test_a_bold_capital_is_no_square() -> None:
    letter = np.zeros((17, 19), bool)
    letter[:, :6] = letter[:, -6:] = True
    for y in range(17):  # the two slants of an "M"
        letter[y, max(0, min(9, y // 2)) : min(9, y // 2) + 6] = True
        letter[y, 13 - min(9, y // 2) : 19 - min(9, y // 2)] = True
    letter[11:, 6:13] = False
    square, thick = np.ones((17, 19), bool), np.ones((9, 9), bool)
    thick[3:6, 3:6] = False
    y, x = np.ogrid[-8:9, -8:9]
    assert letter.mean() >= 0.7
    assert [_is_patch(ink) for ink in (letter, square, thick, x**2 + y**2 <= 72)] == [False, True, True, True]


def test_a_readout_keeps_no_colon(read: Any) -> None:
    names = ["loss:", "val:"]
    fig, ax = page(names, top=0.9)
    fig.subplots_adjust(bottom=0.25)
    for k, name in enumerate(names):
        x = 220 + 110 * k
        fig.add_artist(Rectangle((x / 640, 1 - 442 / 480), 14 / 640, 14 / 480, color=INKS[k]))
        say(fig, x + 20, 435, name)
    (words,) = read(fig, [ax])
    assert told(words) == [("loss", RGB[0]), ("val", RGB[1])]


@pytest.mark.parametrize(("ink", "names"), [(INKS[0], ["mean loss"]), ("0.2", [])])
def test_one_name_beside_the_end_of_its_curve(read: Any, ink: str, names: list[str]) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    fig.subplots_adjust(right=0.75)
    y = np.exp(-X / 8)
    ax.plot(X, y, color=INKS[0])
    ax.margins(x=0)
    ax.text(X[-1] + 0.6, y[-1], "mean loss", va="center", color=ink)
    (words,) = read(fig, [ax])
    assert [e.name for e in words.legend] == names


def test_a_thin_sample_speaks_for_the_darker_curves_of_all_panels(read: Any) -> None:
    fig, axes = plt.subplots(1, 3, figsize=(12, 4), dpi=100)
    fig.subplots_adjust(top=0.75)
    for ax in axes:
        for k in range(2):
            ax.plot(X, np.exp(-X / (8 + 6 * k)), color=INKS[k], linewidth=1.5)
    for k, name in enumerate(("train", "val")):  # between two rows of pixels: paler than the curves
        at(fig, 250 + 60 * k, 35, (0, 0), (20, 0), color=INKS[k], alpha=0.8, linewidth=0.6)
        fig.text((275 + 60 * k) / 640, 1 - 35 / 480, name, va="center")
    words = read(fig, axes)
    assert [[e.name for e in panel.legend] for panel in words] == [["train", "val"]] * 3


def test_frames_and_their_corners_are_no_letters() -> None:
    rgb = np.full((100, 200, 3), 255, np.uint8)
    sheet = make_sheet(Raster(rgb), Ruler(10.0, ((255, 255, 255),)), (), ())
    mask = np.zeros((100, 200), bool)
    mask[20:40, 20:90] = True
    mask[22:38, 22:88] = False  # the frame of a small legend
    mask[25:35, 60:64] = mask[25:35, 68:72] = mask[25:35, 76:80] = True
    (line,) = find_lines(sheet, mask, colored=False)
    assert line.box == Box(60, 25, 80, 35)
