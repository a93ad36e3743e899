"""Colors that are no curves of their own: rims of a palette, ringing beside strokes, halves of a cloud."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from plotread.geometry import Frame
from plotread.vision.image import load
from plotread.vision.ink import trace_panel
from plotread.vision.ink.background import Sheet
from plotread.vision.ink.colors import is_ringing, is_shade
from plotread.vision.ink.inks import _is_grid
from plotread.vision.ink.samples import Ray
from plotread.vision.read import read_image
from plotread.vision.types import Raster
from tests.vision.ink.test_trace import BLUE, ORANGE, RULER, canvas, entry, panel, stroke

CORE, RIM = (0, 0, 255), (60, 61, 216)


def test_a_sample_that_is_all_rim_names_the_core_of_its_stroke() -> None:
    """A picture of few colors: the thin sample in the legend has none of the curve's own color."""
    image = canvas()
    x = np.arange(30, 290)
    y = np.round(60 + 130 * (1 - np.exp(-(x - 30) / 60)) + 6 * np.sin(x * 2.4)).astype(int)
    for column, (a, b) in zip(x[1:], pairwise(y), strict=True):
        low, high = min(a, b), max(a, b) + 1
        image[low - 1 : high + 1, column] = RIM
        image[low:high, column] = CORE
    (trace,) = trace_panel(Raster(image), RULER, panel(), (entry("raw loss", RIM),))
    assert trace.color == CORE
    assert trace.points_px[[0, -1], 0] == pytest.approx([31, 289], abs=0.5)


@pytest.mark.parametrize("rim", [(78, 78, 174), (87, 29, 131)])
def test_rims_in_what_a_palette_has_left_are_no_curves(rim: tuple[int, int, int]) -> None:
    """The nearest colors there are belong to dark text, or to where another curve crosses."""
    image = canvas()
    x = np.arange(40, 290, 24)
    y = np.round(60 + 110 * (1 - np.exp(-(x - 30) / 60))).astype(int)
    corners = np.stack([x, y], axis=1).astype(np.int32)
    for color, more in ((rim, 1), (CORE, 0)):
        cv2.polylines(image, [corners], False, color, 1 + 2 * more)
        for column, row in corners:
            image[row - 5 - more : row + 6 + more, column - 5 - more : column + 6 + more] = color
    image[205:207, 30:290] = (255, 0, 0)
    entries = replace(entry("train", CORE), marker="s"), entry("val", (255, 0, 0))
    traces = trace_panel(Raster(image), RULER, panel(), entries)
    assert {trace.color for trace in traces} == {CORE, (255, 0, 0)}


def figure(style: str, dpi: int, marker: float, colors: tuple[str, str]) -> bytes:
    """Two curves with markers, the second one dotted."""
    plt = pytest.importorskip("matplotlib.pyplot")
    epoch = np.arange(1, 36)
    noise = np.random.default_rng(1).normal(0, 0.01, len(epoch))
    buffer = io.BytesIO()
    with plt.style.context(style):
        fig, ax = plt.subplots(figsize=(6, 4.5), dpi=dpi)
        ax.plot(epoch, 0.2 + 0.5 * np.exp(-epoch / 9), "-^", color=colors[0], ms=marker, label="train")
        ax.plot(epoch, 0.35 + 0.4 * np.exp(-epoch / 7) + noise, ":^", color=colors[1], ms=marker, label="val")
        ax.legend()
        fig.savefig(buffer, format="png")
        plt.close(fig)
    return buffer.getvalue()


@pytest.mark.parametrize(("dpi", "marker"), [(80, 4), (80, 6), (100, 5)])
def test_the_dark_edges_of_markers_are_no_curves(dpi: int, marker: float) -> None:
    """Markers of old looks have black edges; small ones are hardly more than those."""
    (panel_read,) = read_image(load(figure("classic", dpi, marker, ("royalblue", "tomato")))).panels
    assert [s.name for s in panel_read.series] == ["train", "val"]
    assert panel_read.series[1].color == "#ff6347"


def test_an_ink_and_its_shades() -> None:
    ink = np.array([255, 99, 71], np.float32)
    assert is_shade(0.6 * ink, ink)  # mixed with black
    assert is_shade(0.5 * ink + 60, ink)  # with grey
    assert not is_shade(ink, 0.6 * ink)  # the fuller color is no shade of the duller one
    assert not is_shade(np.array([99, 255, 71], np.float32), ink)
    assert not is_shade(np.array([110, 105, 100], np.float32), ink)  # grey


def test_ringing_is_the_hue_on_the_other_side_of_the_paper() -> None:
    paper = np.array([229, 229, 229], np.float32)
    inks = [np.array([255, 84, 52], np.float32)]
    assert is_ringing(np.array([225, 251, 255], np.float32), paper, inks)
    assert not is_ringing(np.array([233, 207, 202], np.float32), paper, inks)  # paler, on its own side
    assert not is_ringing(np.array([255, 251, 225], np.float32), paper, inks)  # of another hue
    assert not is_ringing(np.array([190, 255, 255], np.float32), paper, inks)  # of another one


def test_a_cloud_that_a_smoothed_curve_parts_all_along_is_one_curve() -> None:
    image = canvas()
    x = np.arange(30.0, 290)
    course = 60 + 130 * (1 - np.exp(-(x - 30) / 60))
    rng = np.random.default_rng(8)
    stroke(image, x, course + rng.normal(0, 3, len(x)), BLUE, 2)
    stroke(image, x, course, ORANGE, 2)
    named = (entry("raw loss", BLUE), entry("smoothed", ORANGE))
    traces = trace_panel(Raster(image), RULER, panel(), named)
    assert sorted(t.color[0] for t in traces) == sorted([BLUE[0], ORANGE[0]])


@pytest.mark.parametrize("style", ["default", "ggplot", "fivethirtyeight"])
def test_translucent_folds_beside_a_black_mean_are_inks_of_their_own(style: str) -> None:
    """Pale purple and pale green are nearer to pale grey, of which black ink has much, than to hues."""
    rng = np.random.default_rng(5)
    x = np.arange(40)
    plt = pytest.importorskip("matplotlib.pyplot")
    with plt.style.context(style):
        fig, axes = plt.subplots(figsize=(7, 4.4), dpi=100)
        truth = {}
        for k in range(5):
            noise = rng.normal(0, 0.012, 40)
            truth[f"fold {k + 1}"] = 2.4 * np.exp(-x / 11) + (0.3, 0.46, 0.62, 1.1, 1.3)[k] + noise
            axes.plot(x, truth[f"fold {k + 1}"], alpha=0.5, lw=1.2, label=f"fold {k + 1}")
        truth["mean"] = np.mean(list(truth.values()), axis=0)
        axes.plot(x, truth["mean"], "k", lw=2.2, label="mean")
        axes.legend()
        buffer = io.BytesIO()
        fig.savefig(buffer, format="png")
        plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    told = {series.name: series for series in panel.series}
    assert set(told) == set(truth)
    for name in ("fold 1", "fold 5", "mean"):
        assert np.median(np.abs(np.interp(x, told[name].x, told[name].y) - truth[name])) < 0.02


def test_rows_in_the_color_of_the_grid_are_no_ink_of_a_curve() -> None:
    """Gridlines that something cut stand in straight rows; a curve of that color does not."""
    rgb = np.full((200, 300, 3), 255.0, np.float32)
    grid = np.zeros((200, 300), bool)
    grid[[40, 120]] = True
    columns = np.arange(10, 290)
    rows = np.r_[np.full(280, 80), np.full(280, 160)], np.tile(columns, 2)
    wave = np.round(100 + 40 * np.sin(columns / 25)).astype(int), columns
    for at in (np.nonzero(grid), rows, wave):
        rgb[at] = 218
    delta = rgb - 255
    paper = np.full(3, 255.0, np.float32)
    sheet = Sheet(
        rgb, np.full_like(rgb, 255), paper, delta, np.linalg.norm(delta, axis=2), grid, 0, 0, 1, False, 10.0,
        Frame(0.0, 0.0, 299.0, 199.0),
    )  # fmt: skip
    cut, curve = (Ray(np.full(3, 218.0, np.float32), *at) for at in (rows, wave))
    gray = np.full(3, 218.0, np.float32)
    assert _is_grid(sheet, cut, gray)
    assert not _is_grid(sheet, curve, gray)
    assert not _is_grid(sheet, Ray(np.array([180, 30, 30], np.float32), *rows), gray)
