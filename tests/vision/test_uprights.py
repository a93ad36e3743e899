"""Upright guide lines and shaded stretches: told where they are surely no grid, no cursor and no curve."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.model import Axis, Scale, Tick
from plotread.vision.types import LegendEntry, PanelFrame, PanelWords, Raster, Ruler, TextBox, Trace
from plotread.vision.uprights import find_uprights

FRAME = Frame(40, 20, 440, 260)
SCALE = Scale("linear", 0.25, -10.0)  # 0 at the left side, 100 at the right, 4 px a step
TICKS = tuple(Tick(40.0 + 80 * k, 20.0 * k, str(20 * k)) for k in range(6))
X = Axis("step", SCALE, range=(0.0, 100.0), ticks=TICKS, resolution=0.25)
Y = Axis("loss", Scale("linear", -0.01, 2.6), ticks=tuple(Tick(60.0 * k + 20, 1.0, "") for k in range(5)))
PANEL = PanelFrame(FRAME, X, Y)
RULER = Ruler(9.0, ((255, 255, 255),))
RED, GREY, PALE = (220, 30, 30), (120, 120, 120), (225, 225, 225)
NO_WORDS = PanelWords()


def sheet():
    rgb = np.full((300, 480, 3), 255, np.uint8)
    for y in (20, 260):
        rgb[y, 40:441] = 0
    for x in (40, 440):
        rgb[20:261, x] = 0
    return rgb


def upright(rgb, x, color, dash=0, width=1):
    rows = np.arange(21, 260)
    if dash:  # as long as twice its gaps, but for dots
        rows = rows[rows % (max(dash // 2, 1) + dash) < dash]
    for column in range(x, x + width):
        rgb[rows, column] = color
    return rgb


def level(rgb, y, color):
    rgb[y, 41:440] = color
    return rgb


def found(rgb, words=NO_WORDS, traces=(), panel=PANEL):
    return find_uprights(Raster(rgb), RULER, panel, panel.x.scale, traces, words)


def entry(name, color, line):
    return LegendEntry(name, color, line, None, Box(300, 40, 320, 42), Box(300, 36, 380, 46))


@pytest.mark.parametrize(("dash", "line"), [(0, "solid"), (6, "dashed"), (1, "dotted")])
def test_a_colored_line_between_ticks_stands_at_its_step(dash, line):
    (guide,) = found(upright(sheet(), 170, RED, dash))
    assert guide.x == pytest.approx(32.5)
    assert guide.x_end is None
    assert guide.unit == "data"
    assert guide.line == line
    assert guide.color == "#dc1e1e"


def test_a_line_two_pixels_wide_stands_between_them():
    (guide,) = found(upright(sheet(), 170, RED, width=2))
    assert guide.x == pytest.approx(0.25 * 170.5 - 10, abs=0.13)


def test_grid_lines_at_the_ticks_are_none():
    rgb = sheet()
    for tick in TICKS[1:5]:
        upright(rgb, round(tick.pixel), GREY)
    assert found(rgb) == ()
    assert len(found(upright(rgb, 170, RED))) == 1


def test_lines_with_level_twins_are_a_grid():
    rgb = sheet()
    for x in (130, 170, 290):
        upright(rgb, x, GREY)
    assert len(found(rgb)) == 3
    for y in (70, 130, 170):
        level(rgb, y, GREY)
    assert found(rgb) == ()


def test_a_lone_grey_line_may_be_a_cursor_unless_words_name_it():
    rgb = upright(sheet(), 170, GREY, dash=5)
    assert found(rgb) == ()
    (guide,) = found(rgb, PanelWords(legend=(entry("best", GREY, "dashed"),)))
    assert guide.label == "best"
    note = TextBox("LR decay", Box(176, 60, 230, 70), 0.95)
    (guide,) = found(rgb, PanelWords(notes=(note,), obstacles=(note.box,)))
    assert guide.label == "LR decay"
    far = TextBox("LR decay", Box(260, 60, 314, 70), 0.95)
    assert found(rgb, PanelWords(notes=(far,), obstacles=(far.box,))) == ()


def test_a_line_at_a_tick_needs_a_name():
    rgb = upright(sheet(), 200, RED)
    assert found(rgb) == ()
    (guide,) = found(rgb, PanelWords(legend=(entry("best", RED, "solid"),)))
    assert guide.x == 40.0


def test_a_sample_of_another_color_or_style_names_nothing():
    rgb = upright(sheet(), 170, RED)
    words = PanelWords(legend=(entry("loss", (30, 30, 220), "solid"), entry("val", RED, "dashed")))
    assert [guide.label for guide in found(rgb, words)] == [None]


def test_a_line_that_ends_within_the_panel_is_none():
    rgb = sheet()
    rgb[90:260, 170] = RED
    assert found(rgb) == ()


def test_the_flank_of_a_curve_is_none():
    rgb = upright(sheet(), 170, RED)
    points = np.array([[60, 250], [169, 250], [170, 25], [171, 250], [430, 250.0]])
    trace = Trace(points, np.full(5, 0.2), np.ones(5, bool), RED)
    assert found(rgb, traces=(trace,)) == ()
    other = Trace(points, np.full(5, 0.2), np.ones(5, bool), (30, 30, 220))
    assert len(found(rgb, traces=(other,))) == 1


def test_bars_and_noise_are_none():
    assert found(upright(sheet(), 170, RED, width=14)) == ()
    rng = np.random.default_rng(1)
    rgb = sheet()
    for x in range(100, 300):
        top = rng.integers(22, 120)
        rgb[top : top + 130, x] = RED
    assert found(rgb) == ()


def test_a_shaded_stretch_has_two_ends():
    rgb = sheet()
    rgb[21:260, 120:200] = PALE
    (guide,) = found(rgb)
    assert (guide.x, guide.x_end) == pytest.approx((0.25 * 119.5 - 10, 0.25 * 199.5 - 10))
    assert guide.color == "#e1e1e1"


def test_a_box_or_a_gradient_in_the_panel_is_no_stretch():
    rgb = sheet()
    rgb[60:260, 120:200] = PALE
    assert found(rgb) == ()
    rgb = sheet()
    rgb[21:260, 120:200] = np.linspace(250, 150, 80).astype(np.uint8)[None, :, None]
    assert found(rgb) == ()


def test_without_a_scale_a_place_is_a_share_of_the_width():
    blind = PanelFrame(FRAME, Axis(), Y)
    (guide,) = found(upright(sheet(), 140, RED), panel=blind)
    assert guide.unit == "width"
    assert guide.x == pytest.approx(0.25)
