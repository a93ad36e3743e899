"""Schedules that restart: their upright strokes are no lines of the grid."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest

from plotread.vision.image import load
from plotread.vision.ink.restarts import without_restarts
from plotread.vision.read import read_image

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

STEPS = np.arange(1000)
PHASE = (STEPS % 200) / 200
COURSES = {
    "cosine": 0.5e-3 * (1 + np.cos(np.pi * PHASE)), "linear": 1e-3 * (1 - PHASE), "rising": 1e-3 * PHASE,
    "exponential": 1e-3 * np.exp(-4 * PHASE),
}  # fmt: skip


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("color", ["black", "0.4"])
def test_a_rate_that_restarts_is_read(course, color):
    y = COURSES[course]
    fig, axes = plt.subplots(figsize=(7, 4), dpi=100)
    axes.plot(STEPS, y, color=color, lw=2.5)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    (series,) = panel.series
    assert "dense" not in series.flags
    away = np.abs(PHASE - 0.5) < 0.45
    told = np.interp(STEPS, series.x, series.y)
    assert np.abs(told - y)[away].max() < 0.022e-3
    assert told.max() == pytest.approx(y.max(), abs=0.02e-3)
    assert told.min() == pytest.approx(y.min(), abs=0.02e-3)


def sheet(left: int | None, right: int | None) -> np.ndarray:
    """A blue stroke in columns 30 and 31, with a curve from its left and on to its right at these rows."""
    rgb = np.full((80, 60, 3), 255.0, dtype=np.float32)
    rgb[5:75, 30:32] = (0, 0, 255)
    if left is not None:
        rgb[left : left + 2, :30] = (0, 0, 255)
    if right is not None:
        rgb[right : right + 2, 32:] = (0, 0, 255)
    return rgb


@pytest.mark.parametrize(
    ("left", "right", "restart"),
    [(73, 5, True), (5, 73, True), (5, 5, False), (40, 40, False), (73, None, False), (None, None, False)],
)
def test_a_stroke_between_the_ends_of_a_curve_is_its_own(left, right, restart):
    blue, paper = np.float32((0, 0, 255)), np.float32((255, 255, 255))
    kept = without_restarts(sheet(left, right), paper, [(30, blue), (31, blue)], [])
    assert [column for column, _ in kept] == ([] if restart else [30, 31])


def test_a_stroke_of_no_ink_in_sight_stays():
    blue, paper = np.float32((0, 0, 255)), np.float32((255, 255, 255))
    blank = np.full((80, 60, 3), 255.0, dtype=np.float32)
    assert len(without_restarts(blank, paper, [(30, blue)], [])) == 1


@pytest.mark.parametrize("rows", [(5, 75), (5, 60), (0, 80)])
def test_the_last_restart_is_as_long_as_the_others(rows):
    blue, paper = np.float32((0, 0, 255)), np.float32((255, 255, 255))
    rgb = np.pad(sheet(5, 73), ((0, 0), (0, 60), (0, 0)), constant_values=255.0)
    rgb[slice(*rows), 90:92] = (0, 0, 255)
    kept = without_restarts(rgb, paper, [(c, blue) for c in (30, 31, 90, 91)], [])
    assert [column for column, _ in kept] == ([] if rows == (5, 75) else [90, 91])


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("width", [2.0, 3.0])
def test_a_narrow_panel_that_ends_on_a_restart(course, width):
    y = np.append(COURSES[course], COURSES[course][0])
    fig, axes = plt.subplots(figsize=(3.2, 3.5), dpi=100, layout="tight")
    axes.plot(np.arange(1001), y, lw=0.72 * width)
    axes.grid(alpha=0.3)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    (series,) = panel.series
    assert "dense" not in series.flags
    # Between two restarts the rate goes one way: no step back that two pixels would not explain.
    between = (series.x % 200 > 25) & (series.x % 200 < 175)
    back = np.diff(series.y) * np.sign(np.median(np.diff(series.y)))
    assert back[between[1:] & between[:-1]].min() > -0.01e-3


@pytest.mark.parametrize("enlarged", [1, 2])
def test_a_run_that_ends_on_a_restart_ends_at_its_height(enlarged):
    y = np.append(COURSES["cosine"], COURSES["cosine"][0])
    fig, axes = plt.subplots(figsize=(5, 2.5), dpi=100, layout="tight")
    axes.plot(np.arange(1001), y, "b", lw=2)
    axes.grid(alpha=0.5, ls="--")
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    rgb = load(buffer.getvalue()).rgb
    size = (enlarged * rgb.shape[1], enlarged * rgb.shape[0])
    (panel,) = read_image(load(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC))).panels
    (series,) = panel.series
    assert series.x[-1] == pytest.approx(1000, abs=4)
    assert series.y[-1] == pytest.approx(1e-3, abs=0.02e-3)
