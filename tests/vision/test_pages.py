"""Plots on pages of text, on tinted paper, in the colors of a palette and over thick grids."""

from __future__ import annotations

import importlib
import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from plotread.geometry import Box, Frame
from plotread.vision.image import load
from plotread.vision.ink.colors import is_layered
from plotread.vision.ocr import read_numbers
from plotread.vision.panels.boxes import propose
from plotread.vision.panels.filled import is_filled
from plotread.vision.points.near import Loose
from plotread.vision.points.shapes import find_mark
from plotread.vision.points.uneven import find_uneven
from plotread.vision.read import read_image
from plotread.vision.ruler import measure
from plotread.vision.ticktext import find_numbers
from plotread.vision.ticktext.powers import with_mantissas
from plotread.vision.types import Line, TextBox, Trace
from plotread.vision.words.paragraphs import without_paragraphs

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")
strung = importlib.import_module("plotread.vision.points.strung").strung
dashes = importlib.import_module("plotread.vision.ink.dashes")
words = importlib.import_module("plotread.vision.words")
near = importlib.import_module("plotread.vision.points.near")

EPOCHS = np.arange(1, 33)
FALL = 0.4 + 2.2 * np.exp(-EPOCHS / 7.0) + np.random.default_rng(2).normal(0, 0.03, 32)


def picture(fig, colors=None):
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    if colors is not None:
        few = Image.open(io.BytesIO(buffer.getvalue())).convert("RGB").quantize(colors)
        buffer = io.BytesIO()
        few.convert("RGB").save(buffer, format="png")
    return load(buffer.getvalue())


def read(fig, colors=None):
    return read_image(picture(fig, colors)).panels


def test_numbers_larger_than_those_of_the_text_around_them_are_read():
    fig = plt.figure(figsize=(9, 8), dpi=100)
    small = [str(1037 + 71 * k) for k in range(14)]
    for at, text in zip(np.linspace(0.68, 0.95, 14), small, strict=True):
        fig.text(0.07, at, f"batch train near with  {text}  the step and after falls the loss", fontsize=7.2)
    large = ["0", "2000", "4000", "6000", "8000", "10000", "12000", "0.6", "0.5", "0.4", "0.3", "0.2"]
    for k, text in enumerate(large):
        fig.text(0.08 + 0.13 * (k % 7), 0.3 + 0.2 * (k // 7), text, fontsize=12.6 if k % 2 else 13)
    raster = picture(fig)
    ruler = replace(measure(raster), text_height_px=7.45)  # some of the large digits are too tall for it
    found = find_numbers(raster, ruler, (), read_numbers)
    assert {n.text for n in found if n.box.height <= 10} == set(small)
    assert {n.text for n in found if n.box.height > 10} == set(large)


def test_labels_of_minor_ticks_stand_nearer_than_those_of_decades():
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=120)
    axes.semilogy(EPOCHS, FALL + 0.5, "o-")
    axes.tick_params(axis="y", which="major", length=5, pad=5)
    axes.tick_params(axis="y", which="minor", length=2, pad=3)
    (panel,) = read(fig)
    assert panel.y.kind == "log"
    assert panel.series[0].y == pytest.approx(FALL + 0.5, rel=0.01)


def test_the_frame_of_a_legend_on_tinted_paper_is_no_curve():
    with plt.style.context("Solarize_Light2"):
        fig, axes = plt.subplots(figsize=(7.2, 5.4), dpi=150)
        for k, color in enumerate(("#a1adbf", "#dabbaf")):
            axes.plot(EPOCHS, FALL + 0.6 * k, lw=1.5, color=color, label=("train", "val")[k])
        axes.legend()
    (panel,) = read(fig, colors=64)
    assert sorted(series.name for series in panel.series) == ["train", "val"]


def test_names_of_a_legend_without_a_frame_are_read_over_grid_lines():
    x = np.arange(2600)
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    axes.plot(x, np.interp(x, EPOCHS * 80, FALL), "b", label="raw loss")
    axes.plot(x, np.interp(x, EPOCHS * 80, FALL) + 0.3, "r", label="smoothed")
    axes.grid(linewidth=1.2)
    legend = axes.legend(frameon=False, loc="upper right")
    fig.canvas.draw()
    box = legend.get_texts()[1].get_window_extent()
    through = axes.transData.inverted().transform((box.x1 - 0.2 * box.width, (box.y0 + box.y1) / 2 + 1))
    axes.set_xticks([0, 500, 1000, through[0]], ["0", "500", "1000", ""])
    axes.set_yticks([0.5, 1.0, 1.5, 2.0, through[1]], ["0.5", "1.0", "1.5", "2.0", ""])
    (panel,) = read(fig)
    assert sorted(series.name for series in panel.series) == ["raw loss", "smoothed"]


def test_the_rims_of_curves_in_the_colors_of_a_palette_are_no_curves():
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    for k, color in enumerate(("#636efa", "#ef553b", "#00cc96")):
        axes.plot(EPOCHS, FALL * (1 + k) - k, lw=3, color=color, label=f"run {k}")
    axes.grid(linestyle="--", alpha=0.3)
    axes.legend()
    (panel,) = read(fig, colors=24)
    assert sorted(series.name for series in panel.series) == ["run 0", "run 1", "run 2"]


def curve(points, color, **more):
    n = len(points)
    return Trace(np.array(points, float), np.full(n, 0.3), np.ones(n, bool), color, **more)


@pytest.mark.parametrize(
    ("bend", "color", "told"),
    [(0.0, (163, 206, 192), 1), (9.0, (163, 206, 192), 2), (0.0, (240, 180, 170), 2)],
    ids=["its paler line", "a line with a course of its own", "a line of another hue"],
)
def test_a_paler_line_through_all_markers_is_theirs(bend, color, told):
    knots = np.stack([20.0 + 30 * np.arange(10), 200 - 150 * np.exp(-np.arange(10) / 3)], axis=1)
    x = np.arange(21.0, 290)
    y = np.interp(x, *knots.T) + bend * np.sin((x - 20) * np.pi / 30)
    marks = curve(knots, (47, 131, 148), line="none", marker="s", recovered=True)
    line = curve(np.stack([x, y], axis=1), color)
    found = strung((marks, line), np.full(3, 255.0))
    assert len(found) == told
    assert found[0].line == ("solid" if told == 1 else "none")
    assert found[0].points_px == pytest.approx(knots)


@pytest.mark.parametrize("sign", ["+", "o"])
def test_a_plus_sign_that_stands_off_its_number_belongs_to_it(sign):
    number, glyph = Box(66, 25, 95, 38), (56, 27, 62, 33)
    glyphs = np.array([glyph, (66, 25, 74, 38), (76, 29, 84, 38), (86, 25, 95, 38)])

    def told(boxes):
        return [(f"{sign}7e4" if box.x0 == 56 else "7e4", 0.99) for box in boxes]

    (found,) = with_mantissas([TextBox("7e4", number, 1.0)], glyphs, told, 13.0)
    assert found.text == ("+7e4" if sign == "+" else "7e4")
    assert found.box.x0 == (56 if sign == "+" else 66)


def test_crosses_known_by_their_arms_are_told_as_crosses():
    x, y = 10.0 + 9 * np.arange(8), np.full(8, 20.0)
    coverage = np.zeros((40, 90))
    for px in x.astype(int):
        for d in range(-3, 4):  # feet of triangles
            coverage[20 + d, px - (d + 3) // 2 : px + (d + 3) // 2 + 1] = 1
    free = np.ones(coverage.shape, bool)
    as_seen, as_known = (
        find_mark(coverage, free, x, y, 1.0, 6.0, line=1.0, crossed=crossed) for crossed in (False, True)
    )
    assert (as_seen.letter, as_known.letter) == ("^", "x")
    assert as_known.radius == as_seen.radius


def test_ink_that_is_faint_all_over_has_no_markers():
    ink = np.full((30, 60), 0.3, np.float32)
    nothing = np.zeros(60)
    loose = Loose(nothing, nothing > 0, 0.0, ink, ink > 1)
    line = near.Line(np.arange(60), np.full(60, 15.0), np.zeros(60))
    assert find_uneven(loose, line, 1.5, 0) is None


def test_tick_labels_that_overlap_are_read_at_their_ticks():
    x = np.arange(4000)
    with plt.style.context("classic"):
        fig, axes = plt.subplots(figsize=(3.6, 3.2), dpi=100)
        axes.plot(x, 3 * np.exp(-x / 700) + 1)
        axes.set_xticks(range(0, 4001, 500))
        axes.tick_params(labelsize=11)
    (panel,) = read(fig)
    assert panel.x.kind == "linear"
    assert panel.x.range == pytest.approx((0, 4000), abs=8)
    assert panel.series[0].y[0] == pytest.approx(4.0, abs=0.05)


def test_crowded_numbers_without_a_common_scale_tell_none():
    fig, axes = plt.subplots(figsize=(3.6, 3.2), dpi=100)
    axes.plot(EPOCHS, FALL)
    names = ["7310", "2946", "8123", "5502", "1179", "6431", "3333", "9027"]
    axes.set_xticks(np.linspace(1, 32, 8), names, fontsize=12.5)
    (panel,) = read(fig)
    assert panel.x.kind == "category" or panel.x.scale is None


def test_a_cloud_of_noise_is_not_taken_for_bars():
    rng = np.random.default_rng(4)
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 4), dpi=100)
    x = np.arange(4000)
    left.plot(x, 1.5 + 2 * np.exp(-x / 300) + rng.normal(0, 0.14, 4000), lw=2)
    right.bar(np.arange(6), rng.uniform(1, 3, 6), width=0.9)
    raster = picture(fig)
    height = 10.0
    boxes = [axes.get_window_extent() for axes in (left, right)]
    cloud, bars = (Frame(box.x0, raster.height - box.y1, box.x1, raster.height - box.y0) for box in boxes)
    assert not is_filled(cloud, raster.rgb, height)
    assert is_filled(bars, raster.rgb, height)


def test_two_bands_laid_over_each_other_are_no_ink_of_their_own():
    red, green, brown = (np.array(c, np.float32) for c in ((214, 39, 40), (44, 160, 44), (140, 86, 75)))
    paper = np.full(3, 255.0, np.float32)
    band = paper + 0.25 * (red - paper)
    both = band + 0.25 * (green - band)
    assert is_layered(both, paper, [red, green])
    assert not is_layered(brown, paper, [red, green])
    assert not is_layered(band, paper, [red, green])


@pytest.mark.parametrize("tinted", [False, True])
def test_the_smeared_hues_of_a_jpeg_are_no_curves(tinted):
    with plt.style.context("Solarize_Light2" if tinted else "default"):
        fig, axes = plt.subplots(figsize=(5, 4), dpi=100)
        axes.step(np.arange(60), 5.0 - np.arange(60) // 15, color="royalblue", lw=1.2)
    raster = picture(fig)
    buffer = io.BytesIO()
    Image.fromarray(raster.rgb).save(buffer, format="jpeg", quality=35)
    (panel,) = read_image(load(buffer.getvalue())).panels
    (curve,) = panel.series
    assert np.interp([5, 25, 40, 55], curve.x, curve.y) == pytest.approx([5, 4, 3, 2], abs=0.05)


def test_text_of_the_page_is_no_title():
    fig = plt.figure(figsize=(8, 6), dpi=100)
    axes = fig.add_axes((0.12, 0.1, 0.8, 0.68))
    axes.plot(EPOCHS, FALL)
    axes.set_xlabel("epoch")
    fig.text(0.1, 0.95, "3.2 Results", fontsize=11)
    for k in range(3):
        text = "the batch and the rate stay as they were while the loss falls after the decays of the step"
        fig.text(0.1, 0.91 - 0.025 * k, text, fontsize=5.5)
    (panel,) = read(fig)
    assert panel.title is None


def test_a_paragraph_over_a_plot_is_no_title():
    def row(x, y, width):
        return SimpleNamespace(box=Box(x, y, x + width, y + 10), height=10)

    text = [row(50, 20, 400), row(50, 34, 420), row(51, 48, 90)]
    title = [row(50, 90, 300), row(50, 104, 280)]
    assert without_paragraphs([*text, *title], 10.0) == title


@pytest.mark.parametrize(
    ("text", "glyphs", "told"),
    [("best", 4, True), ("5", 5, False), ("最佳", 4, True), ("a b", 6, False), ("1111111", 7, False),
     ("the batch and the rate stay while the loss falls " * 3, 120, True)],
)
def test_a_note_has_as_many_letters_as_it_has_glyphs(text, glyphs, told):
    row = SimpleNamespace(text=text, glyphs=(None,) * glyphs, confidence=0.9)
    assert words.is_note(row) == told


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_a_broken_line_is_led_on_by_as_much_of_it_as_runs_straight(noise):
    """A bend far from the end makes two periods rough; the last half period falls by one px a px."""
    x = np.arange(30.0, 130.0)
    y = np.where(x < 38, 80 + (x - 30), 88 + 12 * np.sin((x - 38) / 3)) + noise * np.sin(2.2 * x)
    led = dashes.to_common_end(np.stack([x, y], axis=1), 16.0, [(20.0, 129.0)], (0.0, 200.0))
    assert led[0, 0] == 20.0
    assert led[0, 1] == pytest.approx(70.0 if noise == 0 else y[0], abs=1.0)


def test_the_box_of_a_wide_legend_is_no_top_of_an_open_panel():
    def rows(at, start, end):
        return [Line(True, y, start, end, "stroke") for y in at]

    def columns(at, start, end):
        return [Line(False, x, start, end, "stroke") for x in at]

    lines = [
        *rows((851.5, 930.5, 1008.5, 1087.5, 1166.5), 798, 1244), *rows((716, 812), 916, 1231),
        *columns((800.5,), 704, 1167), *columns((942.5, 1084.5, 1227.5), 813, 1167),
        *columns((913, 1234), 719, 809),
    ]  # fmt: skip
    whole = [p for p in propose(tuple(lines), 22.0) if p.frame.right > 1240 and p.frame.bottom > 1160]
    below = max(p.sides for p in whole if abs(p.frame.top - 812) < 3)
    assert below <= 6.0  # lines on two sides, ends on two
    assert any(abs(p.frame.top - 704) < 3 for p in whole)
