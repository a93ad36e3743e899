"""Whole plots drawn by matplotlib, whose axes are known exactly, read from pixels to scales."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest

from plotread.vision.image import load
from plotread.vision.lines import find_lines
from plotread.vision.ocr import read_numbers
from plotread.vision.panels import find_panels
from plotread.vision.panels.ticks import _on_ticks, _robust
from plotread.vision.ruler import measure
from plotread.vision.ticktext import find_numbers

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def draw(change, *, rows=1, cols=1, dpi=100, size=(5, 4)):
    """A figure changed by `change(axes)`: pixels, and per axes its frame and ranges."""
    fig, grid = plt.subplots(rows, cols, figsize=size, dpi=dpi, squeeze=False)
    change(grid)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    rgb = load(buffer.getvalue()).rgb
    truth = []
    for ax in grid.flat:
        box = ax.get_window_extent()
        top, bottom = rgb.shape[0] - box.y1 - 0.5, rgb.shape[0] - box.y0 - 0.5
        truth.append(((box.x0 - 0.5, top, box.x1 - 0.5, bottom), ax.get_xlim(), ax.get_ylim()))
    plt.close(fig)
    return rgb, truth


def panels_of(rgb):
    raster = load(np.ascontiguousarray(rgb))
    ruler = measure(raster)
    lines = find_lines(raster, ruler)
    return find_panels(raster, ruler, lines, find_numbers(raster, ruler, lines, read_numbers))


def falling(grid):
    ax = grid[0, 0]
    x = np.arange(0, 2000, 50)
    ax.plot(x, 3 * np.exp(-x / 500) + 0.5)
    ax.set_xlabel("step")
    ax.set_ylabel("loss")


def check(panel, truth, *, log=False):
    (left, top, right, bottom), xlim, ylim = truth
    frame = panel.frame
    assert (frame.left, frame.right) == pytest.approx((left, right), abs=1.1)
    assert (frame.top, frame.bottom) == pytest.approx((top, bottom), abs=1.1)
    x = panel.x.scale.to_data(np.array([left, right]))
    assert x == pytest.approx(xlim, abs=0.004 * abs(xlim[1] - xlim[0]))
    y = panel.y.scale.to_linear(panel.y.scale.to_data(np.array([bottom, top])))
    wanted = np.log10(ylim) if log else np.array(ylim)
    assert y == pytest.approx(wanted, abs=0.004 * abs(wanted[1] - wanted[0]))


def test_a_plain_plot_to_a_few_thousandths():
    rgb, truth = draw(falling)
    (panel,) = panels_of(rgb)
    check(panel, truth[0])
    assert panel.y.residual_px < 0.5


def test_log_axis():
    def logarithmic(grid):
        falling(grid)
        grid[0, 0].set_yscale("log")
        grid[0, 0].set_ylim(0.01, 10)

    rgb, truth = draw(logarithmic)
    (panel,) = panels_of(rgb)
    assert (panel.x.kind, panel.y.kind) == ("linear", "log")
    check(panel, truth[0], log=True)


def test_offset_text():
    def small(grid):
        falling(grid)
        grid[0, 0].lines[0].set_ydata(grid[0, 0].lines[0].get_ydata() * 1e-6)
        grid[0, 0].relim()
        grid[0, 0].autoscale_view()

    rgb, truth = draw(small)
    (panel,) = panels_of(rgb)
    check(panel, truth[0])


def test_inverted_axis():
    def inverted(grid):
        falling(grid)
        grid[0, 0].invert_yaxis()

    rgb, truth = draw(inverted)
    (panel,) = panels_of(rgb)
    assert panel.y.range[0] > panel.y.range[1]
    check(panel, truth[0])


def test_grid_of_panels():
    def four(grid):
        for k, ax in enumerate(grid.flat):
            ax.plot([0, 10 * (k + 1)], [1, 0])
        grid[0, 0].figure.tight_layout()

    rgb, truth = draw(four, rows=2, cols=2, size=(8, 6))
    panels = panels_of(rgb)
    assert len(panels) == 4
    for panel, known in zip(panels, truth, strict=True):
        check(panel, known)


def test_padding_moves_the_frame_and_nothing_else():
    rgb, _ = draw(falling)
    (plain,) = panels_of(rgb)
    (moved,) = panels_of(cv2.copyMakeBorder(rgb, 30, 10, 50, 20, cv2.BORDER_CONSTANT, value=(255, 255, 255)))
    assert moved.frame.left == pytest.approx(plain.frame.left + 50, abs=0.01)
    assert moved.frame.top == pytest.approx(plain.frame.top + 30, abs=0.01)
    assert moved.x.range == pytest.approx(plain.x.range, rel=1e-6)
    assert moved.y.range == pytest.approx(plain.y.range, rel=1e-6)


def test_enlarging_twice_keeps_the_values():
    rgb, _ = draw(falling)
    (plain,) = panels_of(rgb)
    (big,) = panels_of(cv2.resize(rgb, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    assert big.frame.left == pytest.approx((plain.frame.left + 0.5) * 2 - 0.5, abs=1.0)
    assert big.frame.bottom == pytest.approx((plain.frame.bottom + 0.5) * 2 - 0.5, abs=1.0)
    assert big.y.range == pytest.approx(plain.y.range, abs=0.01)
    assert big.x.range == pytest.approx(plain.x.range, abs=5)


def test_bars_are_no_panel():
    def bars(grid):
        grid[0, 0].bar(["a", "b", "c", "d"], [3, 5, 4, 6])

    rgb, _ = draw(bars)
    assert panels_of(rgb) == ()


def test_ticks_rounded_to_pixels_all_stay_in_the_fit():
    """Steps of 71.35 px round to 71 four times and to 72 once: no tick is an outlier for that."""
    values = np.arange(6.0)
    fit = _robust(np.round(69.3 + 71.35 * values), values)
    assert fit.kept.all()
    assert 1 / fit.slope == pytest.approx(71.35, abs=0.12)


def test_gridlines_are_believed_rather_than_letters_that_tie_as_many_labels():
    values = np.arange(6.0)
    grid = np.round(69.3 + 71.35 * values)[[0, 1, 2, 3]]
    letters = grid + np.array([0.0, 0.9, -0.6, 0.8])
    found = _on_ticks(iter([letters, grid]), 69.3 + 71.35 * values, values, 5.0)
    assert found is not None
    np.testing.assert_allclose(found[2][:4], grid)


@pytest.mark.parametrize(("aside", "believed"), [(0.5, True), (1.6, False)])
def test_specks_that_fit_worse_than_the_labels_are_no_ticks(aside, believed):
    values = np.arange(9.0)
    labels = 20.0 + 23.4 * values
    marks = labels[[3, 4, 5, 6, 8]] + aside * np.array([1, 1, -0.1, 1, -1])
    found = _on_ticks(iter([marks]), np.round(labels), values, 5.0)
    assert (found is not None) == believed
