"""Everyday looks of markers, legends and smoothed curves, drawn by matplotlib and read back."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest

from plotread.geometry import Box
from plotread.vision.image import load
from plotread.vision.lines import find_lines
from plotread.vision.ocr import read_numbers
from plotread.vision.panels.labels import Label, agree, line_up
from plotread.vision.panels.symlog import agreed
from plotread.vision.read import read_image
from plotread.vision.ruler import measure
from plotread.vision.sides import _ink_gap
from plotread.vision.ticktext import find_numbers
from plotread.vision.tilt import tilt
from plotread.vision.types import Raster, TextBox
from plotread.vision.words.look import look_at

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def picture(fig):
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    return load(buffer.getvalue())


def read(fig):
    return read_image(picture(fig)).panels


def decay(n, last=0.4, seed=1, noise=0.03):
    x = np.arange(n)
    return 2.2 * np.exp(-4 * x / n) + last + np.random.default_rng(seed).normal(0, noise, n)


@pytest.mark.parametrize("colors", [("navy", "skyblue"), ("C0", "C3"), ("teal", "orange")])
def test_a_thin_smoothed_curve_over_the_cloud_of_its_raw_one_is_read(colors):
    n = 4000
    x = np.arange(n)
    clean = 2.2 * np.exp(-x / 900) + 0.5
    raw = clean + np.random.default_rng(3).normal(0, 0.12, n)
    fig, axes = plt.subplots(figsize=(4, 2.6), dpi=100)
    axes.plot(x, raw, color=colors[0], lw=0.75, label="raw loss")
    axes.plot(x, clean, color=colors[1], lw=0.75, label="smoothed")
    axes.legend()
    (panel,) = read(fig)
    curves = {series.name: series for series in panel.series}
    assert set(curves) == {"raw loss", "smoothed"}
    told = np.interp(x[400:], curves["smoothed"].x, curves["smoothed"].y)
    assert np.percentile(np.abs(told - clean[400:]), 95) < 0.03


def test_two_thin_smoothed_curves_over_clouds_of_their_own_are_both_read():
    n = 4000
    x = np.arange(n)
    truth = [2.2 * np.exp(-x / 900) + 0.5, 1.6 * np.exp(-x / 1500) + 2.0]
    fig, axes = plt.subplots(figsize=(4.5, 3.4), dpi=100)
    for k, (clean, raw, smoothed) in enumerate(
        zip(truth, ("navy", "darkred"), ("skyblue", "lightpink"), strict=True)
    ):
        noisy = clean + np.random.default_rng(k).normal(0, 0.15, n)
        axes.plot(x, noisy, color=raw, lw=0.75, label=f"raw {k}")
        axes.plot(x, clean, color=smoothed, lw=0.75, label=f"smoothed {k}")
    axes.set_ylim(0, 6)
    axes.legend(ncols=2)
    (panel,) = read(fig)
    for k, clean in enumerate(truth):
        curve = next(series for series in panel.series if series.name == f"smoothed {k}")
        told = np.interp(x[400:], curve.x, curve.y)
        assert np.percentile(np.abs(told - clean[400:]), 95) < 0.05


@pytest.mark.parametrize("marker", ["^", "x"])
def test_small_markers_at_every_epoch_are_its_points(marker):
    x = np.arange(1, 50)
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    size, pitch = (6, 1.0) if marker == "^" else (6, 1.18)
    for k, name in enumerate(("train", "val")):
        axes.plot(x, decay(49, 0.4 + 0.5 * k, seed=k), marker=marker, ms=size, lw=1, label=name)
    axes.set_xlim(-3, 3 + 49 * pitch)
    axes.legend()
    (panel,) = read(fig)
    assert [len(series.x) for series in panel.series] == [49, 49]
    assert [series.marker for series in panel.series] == [marker, marker]
    for k, series in enumerate(panel.series):
        assert series.x == pytest.approx(x, abs=0.01)
        assert np.median(np.abs(series.y - decay(49, 0.4 + 0.5 * k, seed=k))) < 0.01


def test_error_bars_on_a_thick_line_whose_first_point_lies_under_another():
    x = np.arange(0, 1500, 100)
    fig, axes = plt.subplots(figsize=(15, 7.5), dpi=100)
    truth = [1.53 * np.exp(-x / 120) + 0.27, 1.35 * np.exp(-x / 700) + 0.45]
    for y, name in zip(truth, ("train", "val"), strict=True):
        axes.errorbar(x, y, yerr=0.07 * y + 0.02, marker="o", ms=7, lw=2.6, capsize=6, label=name)
    axes.legend()
    (panel,) = read(fig)
    for y, series in zip(truth, panel.series, strict=True):
        assert series.x == pytest.approx(x, abs=1)
        assert series.y == pytest.approx(y, abs=0.02)


def test_outlined_markers_on_a_dotted_line_have_the_color_of_their_fill():
    rgb = np.full((40, 120, 3), 255, np.uint8)
    for x in range(20, 100, 6):
        rgb[19:21, x : x + 2] = (255, 150, 130)
    for at in (30, 90):
        cv2.rectangle(rgb, (at - 6, 14), (at + 6, 26), (255, 99, 71), -1)
        cv2.rectangle(rgb, (at - 6, 14), (at + 6, 26), (66, 30, 22), 2)
    look = look_at(rgb, Box(20, 13, 100, 28), 14.0)
    assert look.color == (255, 99, 71)


def test_a_grid_line_at_the_end_of_a_sample_is_no_marker():
    rgb = np.full((40, 120, 3), 255, np.uint8)
    rgb[17:22, 20:72] = (255, 0, 0)
    rgb[15:24, 71:73] = 200
    assert look_at(rgb, Box(20, 15, 73, 24), 11.0).marker is None


def test_dashed_curves_shine_through_the_fill_of_a_legend():
    x = np.arange(160)
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    axes.plot(x, decay(160, 0.2, noise=0.01), "b", label="train loss")
    y = decay(160, 0.3, seed=4, noise=0.02)
    axes.plot(x, y, "g--", label="val loss")
    axes.plot(x, 2.7 - decay(160, 0.3, seed=5), "r", label="val accuracy")
    axes.legend(loc="upper left", fontsize=14)
    (panel,) = read(fig)
    curve = next(series for series in panel.series if series.name == "val loss")
    assert curve.x[0] == pytest.approx(0, abs=1.5)
    assert curve.y[0] == pytest.approx(y[0], abs=0.1)


def test_a_tall_legend_is_no_part_of_the_grid():
    x = np.arange(30)
    fig, axes = plt.subplots(figsize=(8, 5), dpi=100)
    names = [f"run number {k}" for k in range(9)]
    truth = [decay(30, 0.3 + 0.25 * k, seed=k, noise=0.01) for k in range(9)]
    colors = ("C0", "C1", "C2", "C3", "C4", "C6", "C8", "b", "r")  # greys look like words there
    for y, name, color in zip(truth, names, colors, strict=True):
        axes.plot(x, y, label=name, color=color)
    axes.grid()
    axes.legend(loc="upper right", fontsize=15)
    (panel,) = read(fig)
    assert {series.name for series in panel.series} == set(names)
    for y, name in zip(truth, names, strict=True):
        curve = next(series for series in panel.series if series.name == name)
        assert curve.x[-1] == pytest.approx(29, abs=0.3)
        assert curve.y[-1] == pytest.approx(y[-1], abs=0.05)


@pytest.mark.parametrize("degrees", [0.5, -0.6])
def test_a_wide_picture_without_a_frame_is_straightened(degrees):
    fig, axes = plt.subplots(figsize=(14, 3.5), dpi=100)
    for k in range(3):
        axes.plot(np.arange(170), 1 - decay(170, 0.1 * k, seed=k) / 3)
    axes.minorticks_on()
    axes.spines[["top", "right"]].set_visible(False)
    rgb = picture(fig).rgb
    turn = cv2.getRotationMatrix2D((699.5, 174.5), -degrees, 1.0)
    turned = cv2.warpAffine(rgb, turn, (1400, 350), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    assert tilt(Raster(turned)) == pytest.approx(degrees, abs=0.05)


def test_a_misread_exponent_is_told_by_the_place_of_its_label():
    texts = ["3×10^-4", "2×10^-4", "10^-4", "6×10^-6", "4×10^-6"]
    meant = np.array([3e-4, 2e-4, 1e-4, 6e-5, 4e-5])
    places = 100 - 80 * np.log10(meant / 1e-4)
    boxes = tuple(
        TextBox(text, Box(20, round(p) - 5, 60, round(p) + 4), 0.9)
        for text, p in zip(texts, places, strict=True)
    )
    labels: list[Label] = sorted(line_up(boxes, "y", 7.0).labels, key=lambda label: label.position)
    found = agree(labels, 7.0)
    assert found is not None
    assert found.kind == "log"
    assert sorted(found.values) == pytest.approx(sorted(meant))


def test_dashes_of_the_grid_are_no_part_of_the_number_before_them():
    rgb = np.full((120, 300, 3), 255, np.uint8)
    for y, digit in ((40, "3"), (90, "12")):
        cv2.putText(rgb, digit, (20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (60, 60, 60), 1, cv2.LINE_AA)
        right = 20 + cv2.getTextSize(digit, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)[0][0]
        rgb[y - 6 : y - 4, right + 2 : right + 7] = 190
        rgb[y - 9 : y - 3, right + 9 : right + 11] = 190  # where an upright dash crosses the next one
        rgb[y - 6 : y - 4, right + 9 : right + 16] = 190
    raster = Raster(rgb)
    found = find_numbers(raster, measure(raster), find_lines(raster, measure(raster)), read_numbers)
    assert [number.text for number in found] == ["3", "12"]
    assert all(number.box.width <= 11 * len(number.text) for number in found)


@pytest.mark.parametrize("share", [1.0, 0.7, 0.4])
def test_soft_letters_of_an_ink_are_as_near_to_its_curve_as_full_ones(share):
    paper, blue, red = np.full(3, 255.0), np.array([99.0, 110.0, 250.0]), np.array([239.0, 85.0, 59.0])
    soft = paper + share * (blue - paper)
    assert _ink_gap(blue, soft, paper) < 4 < 32 < _ink_gap(red, soft, paper)


def test_names_slanted_about_their_middle_are_tied_to_their_ticks():
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    y = decay(9, 0.4, noise=0.0)
    axes.plot([f"epoch {k}" for k in range(1, 10)], y, "o-")
    axes.tick_params(axis="x", rotation=30, labelsize=13)
    fig.subplots_adjust(bottom=0.2)
    (panel,) = read(fig)
    assert panel.x.kind == "category"
    assert panel.x.scale.categories == tuple(f"epoch {k}" for k in range(1, 10))
    assert panel.series[0].x == pytest.approx(np.arange(9), abs=0.05)


@pytest.mark.parametrize("linthresh", [0.1, 1.0])
def test_a_symlog_axis_of_few_powers_on_either_side_is_one(linthresh):
    x = np.arange(200)
    y = 90 * np.exp(-x / 18.0) - 0.8 * (1 - np.exp(-x / 60.0))
    fig, axes = plt.subplots(figsize=(7, 4.2), dpi=110)
    axes.plot(x, y)
    axes.set_yscale("symlog", linthresh=linthresh)
    (panel,) = read(fig)
    assert panel.y.kind == "symlog"
    (curve,) = panel.series
    told = np.interp(x, curve.x, curve.y)
    assert np.median(np.abs(told - y)) < 0.03
    assert told[0] == pytest.approx(y[0], rel=0.05)


def test_labels_a_pixel_off_their_places_still_tell_a_symlog_axis():
    labels = [
        Label(place, (value,), text, TextBox(text, Box(40, round(place) - 6, 70, round(place) + 6), 1.0))
        for place, value, text in (
            (50.0, 100.0, "10^2"), (125.0, 10.0, "10^1"), (204.0, 1.0, "10^0"), (287.5, 0.0, "0"),
            (375.0, -1.0, "-10^0"),
        )
    ]  # fmt: skip
    found = agreed(labels, 11.0)
    assert found is not None
    assert found.members == (0, 1, 2, 3, 4)
