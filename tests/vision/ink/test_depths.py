"""Light and dark curves of one hue, as paired palettes have them, and raw curves around smoothed ones."""

from __future__ import annotations

import io

import numpy as np
import pytest

from plotread.vision.image import load
from plotread.vision.read import read_image

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def panel_of(fig):
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    return panel


@pytest.mark.parametrize(("palette", "dark"), [("Paired", 1), ("tab20", 0)])
@pytest.mark.parametrize("pen", [1.2, 2.0])
def test_light_and_dark_curves_that_cross_keep_their_names(palette, dark, pen):
    colors = plt.get_cmap(palette)
    rng = np.random.default_rng(3)
    step = np.arange(1, 101.0)
    fig, axes = plt.subplots(figsize=(8, 5), dpi=100)
    truth = {}
    for k in range(3):
        train = 0.3 + 0.2 * k + 2.2 * np.exp(-step / (18 + 8 * k)) + rng.normal(0, 0.01, 100)
        val = 0.9 - 0.1 * k + 1.4 * np.exp(-step / (10 + 9 * k)) + rng.normal(0, 0.02, 100)
        for name, shade, y in ((f"train {k}", dark, train), (f"val {k}", 1 - dark, val)):
            axes.plot(step, y, color=colors(2 * k + shade), lw=pen, label=name)
            truth[name] = y
    axes.legend()
    panel = panel_of(fig)
    assert sorted(s.name for s in panel.series) == sorted(truth)
    for series in panel.series:
        told = np.interp(step, series.x, series.y)
        assert np.abs(told - truth[series.name])[5:].max() < 0.05, series.name


def test_a_translucent_raw_curve_around_its_smoothed_one_stays_with_it():
    rng = np.random.default_rng(1)
    step = np.arange(600.0)
    smooth = 0.5 + 2 * np.exp(-step / 150)
    raw = smooth + rng.normal(0, 0.15, 600)
    fig, axes = plt.subplots(figsize=(8, 5), dpi=100)
    axes.plot(step, raw, color="C0", alpha=0.4, lw=1.2, label="raw")
    axes.plot(step, smooth, color="C0", lw=2.2, label="smoothed")
    axes.legend()
    told = {s.name: s for s in panel_of(fig).series}
    assert sorted(told) == ["raw", "smoothed"]
    assert told["raw"].role == "raw"
    assert np.interp(step, told["smoothed"].x, told["smoothed"].y) == pytest.approx(smooth, abs=0.03)
