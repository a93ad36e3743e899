"""Axes that stand elsewhere or say otherwise than usual, and grids that share them; drawn by matplotlib."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pytest

from plotread.vision.image import load
from plotread.vision.lines import find_lines
from plotread.vision.ocr import read_numbers, read_words
from plotread.vision.panels import find_panels
from plotread.vision.ruler import measure
from plotread.vision.ticktext import find_numbers

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")
mdates = pytest.importorskip("matplotlib.dates")


def falling(n=200, top=1.0):
    return top * (np.exp(-np.linspace(0, 4, n)) + 0.1)


def read_back(fig):
    """The panels of a figure and, per axes, frame and limits as they were drawn."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    raster = load(buffer.getvalue())
    ruler = measure(raster)
    lines = find_lines(raster, ruler)
    panels = find_panels(raster, ruler, lines, find_numbers(raster, ruler, lines, read_numbers), read_words)
    truth = []
    for ax in fig.axes:
        box = ax.get_window_extent()
        top, bottom = raster.height - box.y1 - 0.5, raster.height - box.y0 - 0.5
        truth.append(((box.x0 - 0.5, top, box.x1 - 0.5, bottom), ax.get_xlim(), ax.get_ylim()))
    plt.close(fig)
    return panels, truth


def same(axis, ends, limits):
    """The scale gives the limits at the ends of the axis, to one percent of the span."""
    assert axis.scale is not None
    got = axis.scale.to_linear(axis.scale.to_data(np.array(ends)))
    wanted = np.log10(limits) if axis.kind == "log" else np.array(limits)
    assert got == pytest.approx(wanted, abs=0.01 * abs(wanted[1] - wanted[0]))


def check(panel, truth):
    (left, top, right, bottom), xlim, ylim = truth
    same(panel.x, (left, right), xlim)
    same(panel.y, (bottom, top), ylim)


def test_x_labels_on_top():
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.plot(falling())
    ax.xaxis.tick_top()
    panels, truth = read_back(fig)
    (panel,) = panels
    check(panel, truth[0])


def test_labels_on_the_right_alone_are_the_y_axis():
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.plot(falling())
    ax.yaxis.tick_right()
    panels, truth = read_back(fig)
    (panel,) = panels
    assert panel.y2 is None
    check(panel, truth[0])


@pytest.mark.parametrize("angle", [45, 90])
def test_slanted_numbers_with_their_offset(angle):
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.plot(np.arange(200) * 1e4, falling())
    ax.tick_params(axis="x", rotation=angle)
    fig.tight_layout()
    panels, truth = read_back(fig)
    (panel,) = panels
    check(panel, truth[0])


def test_numbers_with_a_unit():
    fig, ax = plt.subplots(figsize=(7, 4))
    ax.plot(np.arange(200) * 500, falling())
    ax.xaxis.set_major_formatter(lambda v, _: f"{v / 1000:.0f}k steps")
    panels, truth = read_back(fig)
    (panel,) = panels
    check(panel, truth[0])


def test_names_are_counted():
    fig, ax = plt.subplots(figsize=(7, 4))
    ax.plot(["Jan", "Feb", "Mar", "Apr", "May"], falling(5))
    panels, truth = read_back(fig)
    (panel,) = panels
    assert panel.x.kind == "category"
    assert panel.x.scale.categories == ("Jan", "Feb", "Mar", "Apr", "May")
    same(panel.x, truth[0][0][::2], truth[0][1])


def test_days_of_a_month_are_no_tenths():
    fig, ax = plt.subplots(figsize=(8, 4))
    start = dt.datetime(2024, 3, 1)
    ax.plot([start + dt.timedelta(hours=3 * k) for k in range(100)], falling(100))
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(mdates.AutoDateLocator()))
    panels, truth = read_back(fig)
    (panel,) = panels
    assert panel.x.kind == "date"
    assert "date_partial" not in panel.x.flags
    same(panel.x, truth[0][0][::2], truth[0][1])


def test_dates_that_almost_touch_are_parted():
    fig, ax = plt.subplots(figsize=(8, 4))
    start = dt.datetime(2024, 3, 1)
    ax.plot([start + dt.timedelta(days=k) for k in range(100)], falling(100))
    panels, truth = read_back(fig)
    (panel,) = panels
    assert panel.x.kind == "date"
    same(panel.x, truth[0][0][::2], truth[0][1])


@pytest.mark.parametrize("spines", ["none", "zero"])
def test_labels_alone_tell_the_plot(spines):
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.plot(falling())
    if spines == "none":
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
    else:
        ax.spines[["left", "bottom"]].set_position("zero")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set(xlim=(-20, 220), ylim=(-0.2, 1.3))
    panels, truth = read_back(fig)
    (panel,) = panels
    assert "frame_loose" in panel.flags
    check(panel, truth[0])
    left, _, _, bottom = truth[0][0]
    assert (panel.frame.left, panel.frame.bottom) == pytest.approx((left, bottom), abs=12)


def test_a_grid_with_shared_labels_is_no_column():
    fig, grid = plt.subplots(3, 3, sharex="col", sharey="row", figsize=(9, 7))
    for k, ax in enumerate(grid.flat):
        ax.plot(np.arange(200) * (1 + k % 3), falling(top=1 + k // 3))
    panels, truth = read_back(fig)
    assert len(panels) == 9
    for panel, known in zip(panels, truth, strict=True):
        check(panel, known)


def test_panels_that_share_a_side_are_parted():
    fig, grid = plt.subplots(2, 1, sharex=True, figsize=(6, 6), gridspec_kw={"hspace": 0})
    grid[0].plot(falling())
    grid[1].semilogy(falling(top=0.01))
    panels, truth = read_back(fig)
    assert [p.y.kind for p in panels] == ["linear", "log"]
    for panel, known in zip(panels, truth, strict=True):
        check(panel, known)


def test_a_decimal_point_beside_the_gridline_of_another_panel_stays():
    fig, grid = plt.subplots(1, 3, figsize=(12, 3))
    for k, ax in enumerate(grid):
        ax.plot(falling(top=0.5 + 0.03 * k))
        ax.grid(True)
    fig.tight_layout()
    panels, truth = read_back(fig)
    assert len(panels) == 3
    for panel, known in zip(panels, truth, strict=True):
        check(panel, known)


def test_one_power_and_its_minor_ticks_are_a_scale():
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.semilogy(falling())
    ax.set_ylim(0.05, 0.9)
    ax.yaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
    panels, truth = read_back(fig)
    (panel,) = panels
    assert panel.y.kind == "log"
    assert "scale_from_one_tick" in panel.y.flags
    check(panel, truth[0])


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_exponents_on_the_line_are_told_from_hundreds_by_the_ticks(scale):
    fig, ax = plt.subplots(figsize=(7, 4))
    if scale == "log":
        ax.semilogx(np.geomspace(1, 1e4, 100), falling(100))
        ax.set_xlim(1, 1e4)
        ax.set_xticks([1, 10, 100, 1e3, 1e4], ["100", "101", "102", "103", "104"])
    else:
        ax.plot(np.linspace(100, 104, 100), falling(100))
        ax.set_xticks([100, 101, 102, 103, 104])
    panels, truth = read_back(fig)
    (panel,) = panels
    assert panel.x.kind == scale
    check(panel, truth[0])


def test_symmetric_log_axis():
    fig, ax = plt.subplots(figsize=(6, 6))
    ax.plot(np.linspace(0, 100, 200), np.geomspace(1e-3, 900, 200))
    ax.set_yscale("symlog", linthresh=1e-2)
    to_px = ax.transData.transform
    values = np.array([0.0, 0.005, 0.1, 30.0])
    panels, _ = read_back(fig)
    (panel,) = panels
    assert panel.y.kind == "symlog"
    assert panel.y.scale.linthresh == pytest.approx(0.01)
    rows = 600 - to_px(np.stack([values, values], axis=1))[:, 1] - 0.5
    assert panel.y.scale.to_pixel(values) == pytest.approx(rows, abs=1.5)
    assert panel.y.scale.to_data(rows) == pytest.approx(values, rel=0.05, abs=0.0005)


def test_points_beside_decimal_commas_are_thousands():
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.plot(np.arange(200) * 100, falling(top=0.5))
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:.1f}".replace(".", ","))
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.0f}".replace(",", "."))
    panels, truth = read_back(fig)
    (panel,) = panels
    check(panel, truth[0])


def test_an_offset_that_touches_the_last_label():
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.plot(falling(top=3.2e5))
    ax.set_ylim(0, 3.5e5)
    ax.ticklabel_format(style="sci", scilimits=(0, 0), axis="y")
    ax.yaxis.get_offset_text().set_x(-0.04)
    panels, truth = read_back(fig)
    (panel,) = panels
    check(panel, truth[0])


def test_labels_between_long_ticks_stand_below_the_axis():
    fig, ax = plt.subplots(figsize=(9, 4))
    minutes = np.arange(27, 50)
    ax.plot(minutes, falling(len(minutes)))
    ax.grid(True)
    ax.set_xlim(27, 50)
    places = [27, 32, 37, 42, 47]
    ax.set_xticks(places, [f"05:{p} PM" for p in places])
    for label in ax.get_xticklabels():
        label.set_horizontalalignment("left")
    ax.tick_params(axis="x", length=22, width=0.8, pad=-16)
    panels, truth = read_back(fig)
    (panel,) = panels
    assert panel.x.kind == "date"
    (left, _, right, bottom), (first, last), _ = truth[0]
    assert panel.frame.bottom == pytest.approx(bottom, abs=1.6)
    same(panel.x, (left, right), ((17 * 60 + first) / 1440, (17 * 60 + last) / 1440))
