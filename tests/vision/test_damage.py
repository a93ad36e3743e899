"""Pictures that were blurred or went through JPEG: what is mended before curves are told apart."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest

from plotread.vision.blur import is_blurred, sharpened
from plotread.vision.image import load
from plotread.vision.pixels import LUMA, gathered_chroma
from plotread.vision.read import read_image
from plotread.vision.types import Raster
from tests.vision.pen import draw

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

COLORS = ((31, 119, 180), (44, 160, 44), (214, 39, 40), (148, 103, 189))
ROWS = (20, 50, 80, 110)


def strokes():
    """Four level strokes of 1.5 px in four colors, (140, 200, 3) uint8."""
    rgb = np.full((140, 200, 3), 255, np.uint8)
    for row, color in zip(ROWS, COLORS, strict=True):
        line = [(-10.0, row + 0.3), (210.0, row + 0.3)]
        rgb = np.minimum(rgb, draw(line, 1.5, size=(140, 200), color=color))
    return rgb


def color_per_light(pixel):
    """What a color holds beside lightness, over that, against white: the same for all depths of one ink."""
    delta = np.asarray(pixel, dtype=float) - 255.0
    light = delta @ LUMA
    return (delta - light) / light


def jpeg(rgb, quality):
    data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return load(data.tobytes())


def test_the_color_of_thin_strokes_is_gathered_again():
    coded = jpeg(strokes(), 90).rgb.astype(np.float32)
    mended = gathered_chroma(coded, np.full_like(coded, 255.0))
    for row, color in zip(ROWS, COLORS, strict=True):
        wanted = np.linalg.norm(color_per_light(color))
        pale, full = (np.median(rgb[row, 20:180], axis=0) for rgb in (coded, mended))
        assert np.linalg.norm(color_per_light(pale)) < 0.75 * wanted
        assert np.linalg.norm(color_per_light(full) - color_per_light(color)) < 0.25 * wanted


def test_lightness_and_the_paper_stay():
    coded = jpeg(strokes(), 50).rgb.astype(np.float32)
    mended = gathered_chroma(coded, np.full_like(coded, 255.0))
    assert np.abs((mended - coded) @ LUMA).max() < 1.0
    assert np.array_equal(mended[62:70], coded[62:70])


def test_broad_ink_keeps_the_color_that_it_has():
    rgb = np.full((60, 60, 3), 255.0, np.float32)
    rgb[20:40, 20:40] = (169, 203, 230)
    rgb[29:32, 20:40] = (255, 140, 50)
    mended = gathered_chroma(rgb, np.full_like(rgb, 255.0))
    assert np.array_equal(mended[22:28, 24:36], rgb[22:28, 24:36])


def runs_figure(count, **options):
    """A figure of `count` noisy runs with a legend in the default colors, and their data."""
    rng = np.random.default_rng(3)
    x = np.arange(60)
    runs = [
        3.0 * np.exp(-x / (8 + 3 * k)) + 0.3 + 0.3 * k + 0.02 * rng.standard_normal(60) for k in range(count)
    ]
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    for k, y in enumerate(runs):
        ax.plot(x, y, label=f"run-{k + 1}", **options)
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    ax.legend()
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=100)
    plt.close(fig)
    return np.asarray(load(buffer.getvalue()).rgb), x, runs


def check_runs(raster, x, runs):
    """Every run is found under its name, half of its points within half a percent of the axis."""
    (panel,) = read_image(raster).panels
    span = abs(panel.y.range[1] - panel.y.range[0])
    assert [s.name for s in panel.series] == [f"run-{k + 1}" for k in range(len(runs))]
    for series, y in zip(panel.series, runs, strict=True):
        at = (x >= series.x[0]) & (x <= series.x[-1])
        assert at.mean() > 0.95
        got = np.interp(x[at], series.x, series.y)
        assert np.median(np.abs(got - y[at])) < 0.005 * span


@pytest.mark.parametrize("quality", [45, 75])
def test_six_runs_through_jpeg(quality):
    rgb, x, runs = runs_figure(6)
    check_runs(jpeg(rgb, quality), x, runs)


def test_sharp_pictures_are_not_taken_for_blurred_ones():
    rgb, _, _ = runs_figure(2)
    assert not is_blurred(Raster(rgb))
    assert is_blurred(Raster(cv2.GaussianBlur(rgb, (0, 0), 0.9)))
    assert not is_blurred(Raster(np.full((40, 40, 3), 200, np.uint8)))


def test_sharpening_makes_edges_steeper_and_says_so():
    edge = np.full((40, 60, 3), 220, np.uint8)
    edge[:, 30:] = 40
    soft = Raster(cv2.GaussianBlur(edge, (0, 0), 0.9))
    mended = sharpened(soft)
    steps = [int(np.abs(np.diff(r.rgb[20, :, 0].astype(int))).max()) for r in (soft, mended)]
    assert steps[1] > 1.2 * steps[0]
    assert mended.flags == {"blurred"}


def test_blurred_runs():
    rgb, x, runs = runs_figure(3)
    check_runs(Raster(cv2.GaussianBlur(rgb, (0, 0), 0.9)), x, runs)
    assert "blurred" in read_image(Raster(cv2.GaussianBlur(rgb, (0, 0), 0.9))).flags
