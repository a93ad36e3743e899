"""Ink and numbers that must not become curves or values: smears, outlines, the axis of a neighbor."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from plotread.vision.image import load, looks_lossy
from plotread.vision.read import read_image

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def pixels(fig, quality=None):
    """The figure as (H, W, 3) pixels, through JPEG if a quality is given."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", facecolor=fig.get_facecolor())
    plt.close(fig)
    picture = Image.open(buffer).convert("RGB")
    if quality is not None:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality)
        picture = Image.open(buffer)
    return np.asarray(picture)


def stair(quality):
    with plt.style.context("ggplot"):
        fig, axes = plt.subplots(figsize=(8.6, 5.6), dpi=100)
        step = np.arange(6800.0)
        axes.plot(step, 3e-4 * 0.5 ** (step // 2270), color="royalblue", lw=1)
        axes.set(xlabel="step", ylabel="learning rate", title="metrics/run_1")
        return pixels(fig, quality)


@pytest.mark.parametrize("quality", [40, 60, 75])
def test_noise_of_a_codec_is_seen_on_paper_and_plot_area_of_two_colors(quality):
    assert looks_lossy(stair(quality))
    assert not looks_lossy(stair(None))


@pytest.mark.parametrize("quality", [50, 60, 75])
def test_a_thin_line_on_gridlines_through_jpeg_is_one_curve(quality):
    (panel,) = read_image(load(stair(quality))).panels
    (series,) = panel.series
    assert series.y[[0, -1]] == pytest.approx([3e-4, 7.5e-5], abs=3e-6)


def outlined(names, colors):
    """Curves with black outlines around the faces of their markers, as old matplotlib draws them."""
    with plt.style.context("classic"):
        fig, axes = plt.subplots(figsize=(8, 5), dpi=150)
        for k, (name, color) in enumerate(zip(names, colors, strict=True)):
            y = 0.4 + 0.25 * k + (1.9 - 0.1 * k) * np.exp(-np.arange(39) / 9)
            axes.plot(np.arange(1, 40), y, "s--" if k % 2 else "s-", color=color, lw=2, ms=8, label=name)
        axes.legend()
    (panel,) = read_image(load(pixels(fig))).panels
    return panel


def test_black_outlines_of_pale_markers_are_no_curve():
    names = ["Base Train", "Base Val", "Dilated Train", "Dilated Val"]
    panel = outlined(names, ["navy", "skyblue", "maroon", "salmon"])
    assert sorted(s.name for s in panel.series) == sorted(names)
    assert {s.line for s in panel.series if "Train" in s.name} == {"solid"}


def test_overlapping_squares_stand_on_whole_epochs():
    fig, axes = plt.subplots(figsize=(11, 7), dpi=100)
    epoch = np.arange(1, 60.0)
    low = 0.87 + 1.25 * np.exp(-epoch / 9)
    high = 1.0 + np.exp(-epoch / 9) + np.random.default_rng(0).normal(0, 0.04, len(epoch))
    axes.plot(epoch, low, "s-", ms=9, lw=2, label="Training Loss")
    axes.plot(epoch, high, "s--", ms=9, lw=2, label="Validation Loss")
    axes.legend()
    (panel,) = read_image(load(pixels(fig))).panels
    train = next(s for s in panel.series if s.name == "Training Loss")
    assert train.x.tolist() == epoch.tolist()
    assert train.y == pytest.approx(low, abs=0.02)


@pytest.mark.parametrize("quality", [None, 75])
def test_the_powers_between_two_panels_belong_to_the_right_one(quality):
    with plt.style.context("classic"):
        fig, (left, right) = plt.subplots(1, 2, figsize=(13.8, 4.5), dpi=100)
        epoch = np.arange(1, 17.0)
        left.plot(epoch, 0.4 + 2 * np.exp(-epoch / 6))
        right.plot(epoch, 0.4 + 2 * np.exp(-epoch / 6))
        right.plot(epoch, 1.2 + np.exp(-epoch / 4))
        left.set_ylim(0, 2.5)
        right.set_yscale("log")
        right.set_ylim(1e-1, 1e1)
    one, two = read_image(load(pixels(fig, quality))).panels
    assert one.y2 is None
    assert one.y.range == pytest.approx((0, 2.5), abs=0.02)
    assert two.y.kind == "log"
    assert two.y.range == pytest.approx((0.1, 10), rel=0.02)


def test_a_log_axis_with_one_gridline_is_told_beside_open_panels():
    with plt.style.context("fivethirtyeight"):
        fig, (left, right) = plt.subplots(1, 2, figsize=(13, 4.6), dpi=100)
        epoch = np.arange(1, 15.0)
        left.plot(np.arange(1, 30), 0.1 + 0.6 * np.exp(-np.arange(29) / 6), lw=2)
        right.plot(epoch, 0.2 + 2 * np.exp(-epoch / 4), lw=2)
        right.plot(epoch, 0.7 + 1.5 * np.exp(-epoch / 4), lw=2)
        right.set_yscale("log")
        fig.tight_layout()
    one, two = read_image(load(pixels(fig))).panels
    assert one.y2 is None
    assert two.y.kind == "log"
    assert sorted(s.y[-1] for s in two.series) == pytest.approx([0.26, 0.745], abs=0.02)


def test_the_black_frame_of_a_legend_and_black_outlines_are_no_ink():
    rng = np.random.default_rng(0)
    names = ("a long name of a run", "another name of another", "a third and long name of it")
    with plt.style.context("classic"):
        fig, axes = plt.subplots(figsize=(7.8, 5.6), dpi=100)
        epoch = np.arange(1, 54)
        for k, name in enumerate(names):
            y = 0.3 + 0.25 * k + 2 * np.exp(-epoch / 53 * (3.2 + 0.6 * k)) + rng.normal(0, 0.02, 53)
            axes.plot(epoch, y, "s--", ms=7.3, label=name)
        axes.legend()
    with plt.rc_context({"savefig.facecolor": "0.75"}):
        (panel,) = read_image(load(pixels(fig))).panels
    assert sorted(s.name for s in panel.series) == sorted(names)
