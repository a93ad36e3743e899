"""Words that stand close to other ink: titles over legends, frames through letters, rows without space."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Ellipse, Rectangle

from plotread.geometry import Box
from plotread.vision.ocr.words import _without_doubted_accents
from plotread.vision.types import Raster, Ruler
from plotread.vision.words.crops import crops_of
from plotread.vision.words.parts import Solid, make_sheet
from plotread.vision.words.solids import take_solids

X = np.arange(40.0)


def sheet_of(rgb: np.ndarray) -> Any:
    return make_sheet(Raster(rgb), Ruler(10.0, ((255, 255, 255),)), (), ())


def test_a_title_over_a_legend_whose_samples_are_as_dark_as_the_words(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    fig.subplots_adjust(top=0.8)
    for k, style in enumerate(("-", "--", ":")):
        ax.plot(X, np.exp(-X / (8 + 6 * k)), style, color="0.13", label=f"model {'ABC'[k]}",
                marker="o", markersize=8)  # fmt: skip
    fig.text(0.5, 0.935, "Learning curve", size=15, weight="bold", ha="center", va="center", color="0.25")
    fig.legend(ncol=3, loc="center", bbox_to_anchor=(0.5, 0.9), frameon=False)
    (words,) = read(fig, [ax])
    assert [e.name for e in words.legend] == ["model A", "model B", "model C"]
    assert words.title == "Learning curve"


def test_letters_on_the_side_of_a_legends_frame(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    for k, (name, color) in enumerate((("G", "purple"), ("D", "green"))):
        y = 0.9 - 0.06 * k
        ax.text(0.8, y, name, transform=ax.transAxes, va="center", ha="right")
        ax.add_artist(plt.Line2D([0.82, 0.9], [y, y], transform=ax.transAxes, color=color))
    ax.add_patch(Rectangle((0.779, 0.79), 0.13, 0.16, transform=ax.transAxes, fill=False, linewidth=1,
                           snap=True))  # fmt: skip
    (words,) = read(fig, [ax])
    assert [(e.name, e.color) for e in words.legend] == [("G", (128, 0, 128)), ("D", (0, 128, 0))]


def test_black_samples_on_a_page_that_is_nearly_black(read: Any) -> None:
    with plt.rc_context({"axes.edgecolor": "0.8", "text.color": "0.9", "axes.labelcolor": "0.9",
                         "xtick.color": "0.9", "ytick.color": "0.9"}):  # fmt: skip
        fig, ax = plt.subplots(figsize=(6.4, 4.8), facecolor="#111111")
        fig.subplots_adjust(right=0.7)
        ax.set_facecolor("#111111")
        draws = (("Adam", "-"), ("RMSprop", ":"))
        for k, (name, style) in enumerate(draws):
            ax.plot(X, np.exp(-X / (8 + 6 * k)), style, color="black", linewidth=2, label=name)
        fig.legend(loc="center left", bbox_to_anchor=(0.72, 0.7), frameon=False)
        (words,) = read(fig, [ax])
    assert [(e.name, e.color, e.line) for e in words.legend] == [
        ("Adam", (0, 0, 0), "solid"), ("RMSprop", (0, 0, 0), "dotted"),
    ]  # fmt: skip


def test_rows_without_space_keep_their_own_dots(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8), dpi=200)
    names = [f"{part} wd: {wd}, filters:{n}" for wd in ("1e-05", "None") for n in (32, 64)
             for part in ("Training", "Validation")]  # fmt: skip
    for k, name in enumerate(names):
        ax.plot(X, np.exp(-X / (8 + 6 * k)), label=name)
    ax.legend(labelspacing=0.05, frameon=False)
    (words,) = read(fig, [ax])
    assert [e.name for e in words.legend] == names


def test_the_rows_of_a_box_that_lies_over_the_edge_of_a_panel(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    fig.subplots_adjust(right=0.6)
    names = ("imagenet-1", "imagenet-2", "imagenet-3")
    fig.add_artist(Rectangle((0.54, 0.4), 0.3, 0.2, facecolor="0.2", zorder=5))
    for k, name in enumerate(names):
        y = 0.55 - 0.05 * k
        fig.add_artist(Ellipse((0.575, y), 0.018, 0.024, facecolor=f"C{k}", zorder=6))
        fig.text(0.605, y, name, color="white", va="center", zorder=6)
        ax.plot(X, np.exp(-X / (8 + 6 * k)), color=f"C{k}")
    (words,) = read(fig, [ax])
    assert [e.name for e in words.legend] == list(names)


@pytest.mark.parametrize(
    ("letters", "sure", "meant"),
    [
        ("résidual", [1, 0.9, 1, 1, 1, 1, 1, 1], "residual"),  # the foot of a letter above
        ("précision", [1, 1, 0.99, 1, 1, 1, 1, 1, 1], "précision"),
        ("Învăța", [0.7, 1, 1, 1, 0.9, 1], "Învăța"),  # one accent is sure: a language that has them
        ("Шаг", [0.5, 0.5, 0.5], "Шаг"),
        ("йод", [0.5, 0.5, 0.5], "йод"),
        ("loss", [0.5, 0.5, 0.5, 0.5], "loss"),
    ],
)  # fmt: skip
def test_doubted_accents(letters: str, sure: list[float], meant: str) -> None:
    assert "".join(_without_doubted_accents(list(letters), [float(p) for p in sure])) == meant


def test_a_tick_above_a_line_is_left_out_of_its_second_crop() -> None:
    rgb = np.full((60, 80, 3), 255, np.uint8)
    rgb[20:30, 20:24] = 0  # the line
    rgb[10:19, 21:23] = 0  # a tick that ends above it
    plain, clean = crops_of(sheet_of(rgb), Box(20, 20, 24, 30), 0)
    assert (plain < 128).any(axis=2).sum() == 40 + 2  # one row of the tick within the margin of two rows
    assert (clean < 128).any(axis=2).sum() == 40


def test_a_rule_through_both_margins_is_left_out_but_for_the_strokes_across_it() -> None:
    rgb = np.full((60, 80, 3), 255, np.uint8)
    rgb[20:30, 20:50] = 0  # the line: one bar
    rgb[20:24, 20:50] = 255
    rgb[:, 30] = 0  # a gridline
    plain, clean = crops_of(sheet_of(rgb), Box(20, 20, 50, 30), 0)
    assert (plain[:, 12] < 128).all()
    assert (clean[:, 12] < 128).all(axis=1).tolist() == [False] * 6 + [True] * 6 + [False] * 2
    assert len(crops_of(sheet_of(np.full((60, 80, 3), 255, np.uint8)), Box(20, 20, 50, 30), 0)) == 1


def test_a_disc_with_its_line_is_taken_out_of_the_text() -> None:
    rgb = np.full((60, 80, 3), 255, np.uint8)
    yy, xx = np.mgrid[:60, :80]
    rgb[(yy - 30) ** 2 + (xx - 40) ** 2 <= 30] = 0  # radius 5.5 px
    rgb[29:32, 30:51] = 0  # the line through it
    rgb[10:25, 38:41] = 0  # the stroke of a letter that touches it
    mask = (rgb < 128).any(axis=2)
    rest, solids = take_solids(sheet_of(rgb), mask, colored=False)
    assert [(s.lone, s.vivid) for s in solids] == [(False, False)]
    (solid,) = solids
    assert abs(solid.box.x0 - 30) <= 1
    assert abs(solid.box.x1 - 51) <= 1
    assert abs(solid.box.center[1] - 30.5) <= 1
    assert rest[10:23, 38:41].all()
    assert not rest[26:].any()
    # letters are no solid marks, however bold
    bold = np.zeros((60, 80), bool)
    bold[20:36, 20:24] = bold[20:24, 20:34] = True
    same, none = take_solids(replace(sheet_of(rgb)), bold, colored=False)
    assert none == ()
    assert same is bold
    assert Solid(solid.box, False, False) == solid
