"""Colored markers with dark outlines, as old styles draw them, and what their legends show of them."""

from __future__ import annotations

import io

import numpy as np
import pytest

from plotread.geometry import Box
from plotread.vision.dots import even_dots
from plotread.vision.image import load
from plotread.vision.ink.dots import line_between
from plotread.vision.ink.dotted import dotted_rows
from plotread.vision.read import read_image
from plotread.vision.words.boxed import is_boxed
from plotread.vision.words.look import look_at
from plotread.vision.words.parts import Sheet

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

WHITE = np.full(3, 255, np.float32)


def panel_of(fig, page="0.75"):
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", facecolor=page)
    plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    return panel


def classic(marker, line, names, *, grid=False, points=2, count=20, size=7.3):
    """Curves that fall side by side, in the style of matplotlib 1; and what they were drawn from."""
    rng = np.random.default_rng(1)
    epoch = np.arange(1.0, count + 1)
    truth = {}
    with plt.style.context("classic"):
        fig, axes = plt.subplots(figsize=(7.8, 5.6), dpi=100)
        for k, name in enumerate(names):
            truth[name] = 0.3 + 0.25 * k + 2 * np.exp(-epoch / count * 4) + rng.normal(0, 0.02, count)
            axes.plot(epoch, truth[name], marker=marker, ls=line, ms=size, label=name)
        axes.grid(grid)
        axes.set_xlim(0, count + 1)
        axes.legend(numpoints=points)
    return fig, truth


@pytest.mark.parametrize("grid", [False, True])
@pytest.mark.parametrize(("marker", "line"), [("D", ""), ("s", "--"), ("v", ""), ("o", "-"), ("^", "")])
def test_dark_outlines_are_no_curves(marker, line, grid):
    fig, truth = classic(marker, line, ("Adam", "SGD momentum", "LAMB"), grid=grid)
    panel = panel_of(fig)
    assert sorted(s.name or "" for s in panel.series) == sorted(truth)
    for series in panel.series:
        assert series.marker == marker
        assert (series.line == "none") == (line == "")
        assert len(series.x) == 20
        assert series.y == pytest.approx(truth[series.name], abs=0.03)


@pytest.mark.parametrize("points", [1, 2])
def test_the_legend_of_a_lone_series_of_markers_is_read_by_its_frame(points):
    fig, _ = classic("v", "", ("a longer name of a run",), points=points)
    (series,) = panel_of(fig).series
    assert series.name == "a longer name of a run"
    assert series.line == "none"
    assert len(series.x) == 20  # none of them is the sample


def test_a_gray_page_beside_a_white_panel_is_no_ink_in_it():
    fig, _ = classic("s", "--", ("Adam", "SGD", "LAMB"))
    assert sorted(s.name for s in panel_of(fig).series) == ["Adam", "LAMB", "SGD"]


def test_dots_are_told_from_dashes_and_from_odd_distances():
    row = np.zeros(200, dtype=bool)
    row[3::8] = row[4::8] = True
    dots, period = even_dots(row)
    assert period == 8
    assert dots[0] == 3.5
    assert len(dots) == 25
    dashes = np.zeros(200, dtype=bool)
    for start in range(0, 200, 14):
        dashes[start : start + 8] = True
    assert even_dots(dashes) is None
    odd = np.zeros(200, dtype=bool)
    odd[np.cumsum(np.random.default_rng(0).integers(4, 30, 40))[:12] % 200] = True
    assert even_dots(odd) is None


def grid_of_dots(rows, period=4):
    rgb = np.full((120, 200, 3), 255, np.float32)
    for at in rows:
        rgb[at, 1::period] = 40
    return rgb, np.abs(rgb - WHITE).max(axis=2) > 10


def test_dotted_grid_lines_are_found_by_their_even_dots():
    rgb, off = grid_of_dots((30, 60, 90))
    assert [at for at, _ in dotted_rows(rgb, off, WHITE)] == [30, 60, 90]
    assert all((color == 40).all() for _, color in dotted_rows(rgb, off, WHITE))


def test_one_dotted_line_alone_is_drawn_for_its_value():
    assert dotted_rows(*grid_of_dots((60,)), WHITE) == []


def test_upright_lines_are_no_dots_of_the_rows_they_cross():
    rgb, off = grid_of_dots(range(120), period=8)
    assert dotted_rows(rgb, off, WHITE) == []


def strung(gap):
    """Discs 9 px wide, 30 px from one to the next, with dashes between them that leave gaps."""
    alpha = np.zeros((60, 340), np.float32)
    marks = np.array([(20.0 + 30 * k, 30.0) for k in range(11)])
    y, x = np.mgrid[:60, :340]
    if gap is not None:
        alpha[29:31, 20:320] = (np.arange(300) % 8 >= gap).astype(np.float32)
    for mx, my in marks:
        alpha[np.hypot(x - mx, y - my) <= 4.5] = 1.0
    return alpha, np.zeros(alpha.shape, bool), marks


@pytest.mark.parametrize(
    ("gap", "listed", "style"),
    [
        (None, ("solid",), "none"),
        (5, ("solid",), "dashed"),
        (5, ("dotted",), "dotted"),
        (0, ("none",), "solid"),
    ],
)
def test_the_ink_between_markers_tells_their_line(gap, listed, style):
    assert line_between(*strung(gap), listed) == style


def test_two_discs_side_by_side_are_a_sample_without_a_line():
    rgb = np.full((40, 80, 3), 255, np.uint8)
    y, x = np.mgrid[:40, :80]
    for middle in (20, 45):
        rgb[np.hypot(x - middle, y - 20) <= 5] = (0, 0, 255)
    look = look_at(rgb, Box(15, 15, 51, 26), 13.0)
    assert (look.line, look.marker) == ("none", "o")


def test_words_in_a_drawn_frame_are_boxed_and_others_are_not():
    rgb = np.full((100, 200, 3), 255, np.uint8)
    rgb[30, 40:150] = rgb[60, 40:150] = 0
    rgb[30:61, 40] = rgb[30:61, 149] = 0
    sheet = Sheet(rgb, rgb, 1.0, 12.0, (), (), (), (), ((255, 255, 255),))
    assert is_boxed(sheet, Box(48, 38, 142, 52))
    rgb[30:61, 149] = 255  # without its right side
    assert not is_boxed(sheet, Box(48, 38, 142, 52))
