"""Means with error bars, as papers and reports draw them: their logged points, markers and number."""

from __future__ import annotations

import io

import numpy as np
import pytest

from plotread.vision.image import load
from plotread.vision.ink.explain import _are_error_bars
from plotread.vision.read import read_image

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def drawn(runs, *, n=16, step=5, reach=0.1, dpi=100, size=(7, 4.4), seed=0, thin=1.0, **style):
    """Axes with runs of means and error bars, read back: the truth and the panel."""
    rng = np.random.default_rng(seed)
    x = np.arange(1, n + 1) * step
    fig, axes = plt.subplots(figsize=size, dpi=dpi)
    truth = []
    for k in range(runs):
        y = 2.4 * np.exp(-3 * np.arange(n) / n) + 0.4 + 0.55 * k + rng.normal(0, 0.03, n)
        error = reach * y * rng.uniform(0.7, 1.3, n)
        axes.errorbar(x, y, yerr=error, elinewidth=thin * style["lw"], label=f"run {k}", **style)
        truth.append(y)
    axes.legend()
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    return x, truth, panel


@pytest.mark.parametrize(
    "case",
    [
        {"runs": 2, "marker": "s", "ms": 7.5, "lw": 1.0, "capsize": 5, "reach": 0.08},  # hardly out of them
        {"runs": 1, "marker": "o", "ms": 6.0, "lw": 1.5, "capsize": 2, "reach": 0.04, "dpi": 120},
        {"runs": 1, "marker": "^", "ms": 5.0, "lw": 1.0, "capsize": 2, "reach": 0.05, "n": 22},
        {"runs": 2, "marker": "^", "ms": 7.0, "lw": 2.0, "capsize": 6, "reach": 0.1, "n": 10, "dpi": 120},
        {"runs": 3, "marker": "D", "ms": 5.5, "lw": 1.0, "capsize": 4, "reach": 0.25, "n": 15},  # covered
        {"runs": 3, "marker": "s", "ms": 5.0, "lw": 1.5, "capsize": 6, "reach": 0.1, "n": 24},  # wide caps
        {"runs": 2, "marker": "o", "ms": 5.0, "lw": 1.0, "capsize": 6, "reach": 0.25, "n": 21, "thin": 0.6},
    ],
)
def test_means_with_error_bars_are_their_logged_points(case):
    x, truth, panel = drawn(**case)
    assert [series.name for series in panel.series] == [f"run {k}" for k in range(len(truth))]
    span = np.ptp(panel.y.range)
    for y, series in zip(truth, panel.series, strict=True):
        assert series.marker == case["marker"]
        assert series.x == pytest.approx(x, abs=0.5)
        assert series.y == pytest.approx(y, abs=0.01 * span)


def test_strokes_as_long_up_as_down_are_error_bars():
    reach, least = 6.0, 10.0
    in_sight = [[30, 29, 0, 0], [21, 22, 0, 0], [44, 42, 0, 0]]
    assert _are_error_bars(np.array(in_sight), least, reach)
    # triangles stand off their middles alike
    assert _are_error_bars(np.add(in_sight, (5, 0, 0, 0)), least, reach)
    assert not _are_error_bars(np.add(in_sight, (40, 0, 0, 0)), least, reach)
    # no bar reaches out of its marker; each reaches to one side alone
    assert not _are_error_bars(np.array([[8, 8, 0, 0]] * 5), least, reach)
    assert not _are_error_bars(np.array([[40, 8, 0, 0], [8, 40, 0, 0]] * 3), least, reach)
    # the shorter half lies under other ink; or it is the one in sight
    assert _are_error_bars(np.array([[8, 40, 1, 0]] * 5), least, reach)
    assert not _are_error_bars(np.array([[8, 40, 0, 1]] * 5), least, reach)


@pytest.mark.parametrize(
    "case",
    [
        {"runs": 1, "lw": 1.0, "capsize": 4, "reach": 0.2, "n": 23},
        {"runs": 2, "lw": 1.5, "capsize": 2, "reach": 0.1, "n": 19},
        {"runs": 1, "lw": 2.0, "capsize": 6, "reach": 0.1, "n": 15, "dpi": 120},  # caps that nearly touch
        {"runs": 2, "lw": 1.5, "capsize": 0, "reach": 0.15, "n": 12},
    ],
)
def test_error_bars_on_a_bare_line_stand_at_its_logged_points(case):
    x, truth, panel = drawn(**case)
    span = np.ptp(panel.y.range)
    assert len(panel.series) == len(truth)
    for y, series in zip(truth, panel.series, strict=True):
        assert series.marker is None
        assert series.x == pytest.approx(x, abs=0.5)
        assert series.y == pytest.approx(y, abs=0.01 * span)


def test_noise_on_a_bare_line_is_no_row_of_error_bars():
    rng = np.random.default_rng(2)
    x = np.arange(60)
    y = 2.2 * np.exp(-x / 20) + 0.5 + rng.normal(0, 0.02, 60)
    y[10::10] += 0.9  # spikes to one side
    fig, axes = plt.subplots(figsize=(7, 4), dpi=100)
    axes.plot(x, y)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    (series,) = panel.series
    assert np.interp(x[10::10], series.x, series.y) == pytest.approx(y[10::10], abs=0.2)
