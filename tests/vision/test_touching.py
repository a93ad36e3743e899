"""Markers that touch: filled and open ones, on lines and alone, each curve told by its points."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.vision.faces import with_faces
from plotread.vision.image import load
from plotread.vision.read import read_image
from tests.vision.pen import draw

plt = pytest.importorskip("matplotlib.pyplot")

CONTRAST = 255 - 31.0  # of the pen's ink in its red channel


def course(n, seed, scale=2.0, low=0.3):
    steps = np.arange(1, n + 1)
    return steps, scale * np.exp(-steps / (n / 4)) + low + 0.04 * np.random.default_rng(seed).normal(size=n)


def plotted(tmp_path, curves, n, size, **look):
    """The series of a plot, by name."""
    figure, axes = plt.subplots(figsize=(6, 4.5), dpi=100)
    for k, name in enumerate(curves):
        x, y = course(n, k, 2.0 - 0.8 * k, 0.3 + 0.8 * k)
        axes.plot(x, y, ms=size, color=("#1f77b4", "#d62728")[k], label=name, **look)
    axes.legend()
    figure.savefig(tmp_path / "plot.png")
    plt.close(figure)
    panels = read_image(load(tmp_path / "plot.png")).panels
    assert len(panels) == 1
    return {series.name: series for series in panels[0].series}


def is_exact(series, n, k=0, share=0.006):
    """Whether all points stand on their steps, each at its height to within a share of the span."""
    x, y = course(n, k, 2.0 - 0.8 * k, 0.3 + 0.8 * k)
    on_steps = len(series.x) == n and np.abs(series.x - x).max() < 0.05
    return on_steps and np.percentile(np.abs(series.y - y), 95) < share * np.ptp(y)


@pytest.mark.parametrize("marker", ["o", "s", "^", "v"])
@pytest.mark.parametrize("face", ["white", "none", None])
def test_markers_that_touch_on_a_line_are_told_one_by_one(tmp_path, marker, face):
    look = {} if face is None else {"markerfacecolor": face}
    found = plotted(tmp_path, ["train"], 45, 7, marker=marker, lw=1.5, **look)
    assert list(found) == ["train"]
    # How high a triangle's tip stands over its neighbors is known less well.
    assert is_exact(found["train"], 45, share=0.009 if marker in "^v" else 0.004)
    assert found["train"].marker == marker


@pytest.mark.parametrize("face", ["white", "none", None])
def test_discs_that_touch_without_a_line_are_told_one_by_one(tmp_path, face):
    look = {} if face is None else {"markerfacecolor": face}
    found = plotted(tmp_path, ["train", "baseline"], 60, 8, marker="o", ls="none", **look)
    assert list(found) == ["train", "baseline"]
    for k, name in enumerate(found):
        assert is_exact(found[name], 60, k)
        assert found[name].marker == "o"
        assert found[name].line == "none"


def test_a_lone_open_marker_in_a_legend_is_no_broken_border(tmp_path):
    found = plotted(tmp_path, ["train"], 30, 6, marker="s", ls="none", markerfacecolor="white")
    assert found["train"].line == "none"
    assert is_exact(found["train"], 30)


def rings(centers, radius=6.0, pen=1.5):
    rows, columns = np.mgrid[0:60, 0:200]
    away = np.min([np.abs(np.hypot(columns - x, rows - y) - radius) for x, y in centers], axis=0)
    return np.clip(pen / 2 + 0.5 - away, 0, 1).astype(np.float32)


def test_faces_are_filled_to_their_outlines_and_not_beyond():
    centers = [(20 + 11 * k, 30 + 3 * (k % 2)) for k in range(14)]
    ink = rings(centers)
    filled = with_faces(ink, text_px=11)
    assert filled is not None
    rows, columns = np.mgrid[0:60, 0:200]
    away = np.min([np.hypot(columns - x, rows - y) for x, y in centers], axis=0)
    assert (filled[away < 5] == 1).all()
    assert (filled[away > 8] == 0).all()


@pytest.mark.parametrize("count", [3, 7])
def test_a_few_holes_are_no_faces(count):
    assert with_faces(rings([(20 + 11 * k, 30) for k in range(count)]), text_px=11) is None


def test_larger_holes_than_markers_are_no_faces():
    assert with_faces(rings([(12 + 13 * k, 30) for k in range(14)]), text_px=5) is None


def test_a_line_has_no_faces():
    x = np.arange(10.0, 190)
    ink = draw(np.stack([x, 30 + 10 * np.sin(x / 15)], axis=1), 2.0)
    assert with_faces(((255 - ink[..., 0]) / CONTRAST).astype(np.float32), text_px=11) is None
