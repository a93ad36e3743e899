"""Everyday layouts: half-open frames, panels that share their ticks, small twin axes, error bars."""

from __future__ import annotations

import datetime as dt
import io

import cv2
import numpy as np
import pytest

from plotread.vision.image import load
from plotread.vision.read import read_image
from plotread.vision.types import Raster

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

EPOCHS = np.arange(1, 31)
LOSS = 2.5 * np.exp(-EPOCHS / 8.0) + 0.3


def read(fig, scale=1.0):
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    raster = load(buffer.getvalue())
    if scale != 1:
        raster = Raster(cv2.resize(raster.rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return read_image(raster).panels


@pytest.mark.parametrize("hours", [2.5, 9600.0])  # labels are clock times, then months
def test_a_frame_of_two_spines_above_dates_is_a_panel(hours):
    start = dt.datetime(2025, 1, 3, 9)
    when = [start + dt.timedelta(hours=float(h)) for h in np.linspace(0, hours, len(LOSS))]
    fig, axes = plt.subplots(figsize=(7, 4.5), dpi=100)
    axes.plot(when, LOSS)
    axes.spines[["top", "right"]].set_visible(False)
    (panel,) = read(fig)
    (series,) = panel.series
    assert panel.x.kind == "date"
    assert (series.x[-1] - series.x[0]) * 24 == pytest.approx(hours, rel=0.01)
    assert series.y[[0, -1]] == pytest.approx(LOSS[[0, -1]], abs=0.02)


def test_a_table_under_a_rule_is_no_half_open_frame():
    fig = plt.figure(figsize=(6, 4), dpi=100)
    fig.add_artist(plt.Line2D([0.2, 0.9], [0.2, 0.2], color="k"))
    for row, name in enumerate(("adam", "sgd", "lion", "muon", "soap")):
        fig.text(0.1, 0.3 + 0.12 * row, f"0.{row + 1}")
        fig.text(0.4, 0.3 + 0.12 * row, name)
    assert read(fig) == ()


@pytest.mark.parametrize("titles", [[f"fold {k}" for k in (1, 2, 3, 4)], ["Loss", "Error", "Rate", "Norm"]])
def test_titles_between_panels_that_share_ticks_belong_to_the_panel_below(titles):
    fig, grid = plt.subplots(2, 2, figsize=(11, 5), sharex=True, dpi=100)
    for k, (axes, title) in enumerate(zip(grid.flat, titles, strict=True)):
        axes.plot(EPOCHS, LOSS * (1 + k))
        axes.set_title(title, fontsize=9)
    for axes in grid[1]:
        axes.set_xlabel("epoch")
    panels = read(fig)
    assert [panel.title for panel in panels] == list(titles)
    assert [panel.x.label for panel in panels] == ["epoch"] * 4  # the ticks are shared, and what they count
    for k, panel in enumerate(panels):
        (series,) = panel.series
        assert series.y[[0, -1]] == pytest.approx((1 + k) * LOSS[[0, -1]], abs=0.02 * (1 + k))


def test_the_offset_of_the_panel_below_is_no_tick_of_the_one_above():
    fig, grid = plt.subplots(2, 1, figsize=(6, 6), sharex=True, dpi=100)
    grid[0].plot(EPOCHS, LOSS)
    grid[1].plot(EPOCHS, 5e-5 * np.cos(EPOCHS / 20))
    upper, lower = read(fig)
    for panel in (upper, lower):
        assert panel.series[0].x[[0, -1]] == pytest.approx([1, 30], abs=0.2)
    assert lower.series[0].y[0] == pytest.approx(5e-5, rel=0.02)


def test_ticks_beside_small_numbers_are_no_minus():
    fig, axes = plt.subplots(figsize=(13.4, 3.4), dpi=100)
    axes.plot(EPOCHS, LOSS, color="tab:green")
    twin = axes.twinx()
    twin.plot(EPOCHS, 1 - LOSS / 4, color="tab:orange")
    for one, name, color in ((axes, "loss", "tab:green"), (twin, "accuracy", "tab:orange")):
        one.set_ylabel(name, color=color)
        one.tick_params(labelsize=9, width=1.5, length=4, pad=2.5)
    (panel,) = read(fig, scale=0.85)
    assert panel.y2 is not None
    ends = {series.axis: series.y[[0, -1]] for series in panel.series}
    assert ends["y"] == pytest.approx(LOSS[[0, -1]], abs=0.02)
    assert ends["y2"] == pytest.approx(1 - LOSS[[0, -1]] / 4, abs=0.005)


def test_long_error_bars_are_no_excursions():
    fig, axes = plt.subplots(figsize=(7.5, 4), dpi=100)
    for k, reach in ((1, 0.15), (2, 0.5)):
        height = k * LOSS[:18] + k
        axes.errorbar(EPOCHS[:18], height, yerr=reach, marker="o", lw=1, capsize=2, label=f"run {k}")
    axes.legend()
    (panel,) = read(fig)
    for k, series in enumerate(panel.series, 1):
        assert series.x.tolist() == list(range(1, 19))
        assert series.y == pytest.approx(k * LOSS[:18] + k, abs=0.03)


def test_error_bars_over_each_other_are_no_excursions():
    """Small markers on a thin pen, caps wider than they are, and bars that hide those of the other curve."""
    steps = np.arange(1, 13)
    truth = [3.4 - 0.16 * steps, 3.1 - 0.1 * steps]
    fig, axes = plt.subplots(figsize=(8, 5.5), dpi=100)
    for y, name, color in zip(truth, ("train", "val"), ("#1f77b4", "#ff7f0e"), strict=True):
        axes.plot(steps, y, marker="o", ms=5, lw=1, color=color, label=name)
        axes.errorbar(steps, y, yerr=0.06 * y, fmt="none", elinewidth=1, capsize=6, color=color)
    axes.legend()
    (panel,) = read(fig)
    assert [series.name for series in panel.series] == ["train", "val"]
    for y, series in zip(truth, panel.series, strict=True):
        assert series.x.tolist() == steps.tolist()
        assert series.y == pytest.approx(y, abs=0.03)


def test_a_line_with_a_marker_now_and_then_keeps_its_bends():
    steps = np.arange(57) * 10
    bent = 2.5 * np.exp(-steps / 15.0) + 0.3 + 0.2 * np.exp(-steps / 200.0)
    fig, axes = plt.subplots(figsize=(8, 4.5), dpi=100)
    axes.plot(steps, bent, marker="o", markevery=4, lw=2)
    (panel,) = read(fig)
    (series,) = panel.series
    assert np.interp(steps, series.x, series.y)[1:] == pytest.approx(bent[1:], abs=0.05)


@pytest.mark.parametrize(("count", "every", "seed"), [(98, 10, 3), (35, 5, 1), (67, 10, 2)])
def test_a_line_runs_on_beyond_the_last_of_its_markers(count, every, seed):
    steps = np.arange(count)
    rng = np.random.default_rng(seed)
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    truth = [2.4 * np.exp(-4 * steps / count) + 0.3 + 0.4 * k + rng.normal(0, 0.02, count) for k in range(2)]
    for k, y in enumerate(truth):
        axes.plot(steps, y, marker="o", markevery=every, ms=6, label=f"run {k + 1}")
    axes.legend()
    (panel,) = read(fig)
    for y, series in zip(truth, panel.series, strict=True):
        assert series.x[-1] == pytest.approx(count - 1, abs=0.5)
        assert series.y[-1] == pytest.approx(y[-1], abs=0.05)


def test_crosses_on_a_dotted_line_are_its_logged_points():
    epochs = np.arange(1, 11)
    fall = 0.8 * np.exp(-epochs / 3) + 2.9 + 0.05 * np.sin(epochs)
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    axes.plot(epochs, fall + 0.4, marker="x", lw=2, color="royalblue")
    axes.plot(epochs, fall, "x:", lw=2, color="tomato")
    (panel,) = read(fig)
    assert [series.marker for series in panel.series] == ["x", "x"]
    for series in panel.series:
        assert series.x.tolist() == list(range(1, 11))


def test_ticks_right_before_the_numbers_of_an_axis_without_a_spine_are_no_minus():
    fig, axes = plt.subplots(figsize=(6.4, 4), dpi=100)
    axes.plot(EPOCHS, LOSS, color="tab:blue")
    axes.set_ylabel("loss", color="tab:blue")
    twin = axes.twinx()
    twin.plot(EPOCHS, 1 - LOSS / 4, color="tab:red")
    twin.set_ylabel("accuracy", color="tab:red")
    twin.tick_params(colors="tab:red", length=8, width=1, pad=3)
    for one in (axes, twin):
        one.spines[["top", "right"]].set_visible(False)
    (panel,) = read(fig)
    assert panel.y2 is not None
    (series,) = (s for s in panel.series if s.axis == "y2")
    assert series.y[[0, -1]] == pytest.approx(1 - LOSS[[0, -1]] / 4, abs=0.01)
