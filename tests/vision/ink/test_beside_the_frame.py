"""What stands at the frame: ends of curves, which are told, and ticks and labels, which are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.vision.ink import trace_panel
from plotread.vision.ink.background import lay_sheet
from plotread.vision.ink.ends import along_others, along_the_frame
from plotread.vision.ink.furniture import blocked_pixels, drop_swatches, is_grid_line
from plotread.vision.ink.legends import legend_frame
from plotread.vision.types import LegendEntry, Raster, Trace
from tests.vision.ink.test_trace import FRAME, GREY, HEIGHT, RULER, WIDTH, canvas, error_px, panel, stroke

DARK, BLUE = (34, 34, 34), (31, 119, 180)


def page() -> np.ndarray:
    """A panel without spines, as plotly draws it: a pale grid alone."""
    image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for x in (90, 160, 230, 288):
        image[15:221, x] = (235, 235, 235)
    for y in (66, 118, 170):
        image[y, 20:301] = (235, 235, 235)
    return image


def dashes(image: np.ndarray, x: np.ndarray, y: np.ndarray, drawn: float, blank: float) -> None:
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    for start in np.arange(0, along[-1], drawn + blank):
        s = np.linspace(start, min(start + drawn, along[-1]), 8)
        stroke(image, np.interp(s, along, x), np.interp(s, along, y), DARK)


def test_a_solid_end_between_the_last_grid_line_and_the_frame_is_no_tick() -> None:
    image = page()
    x = np.linspace(20, 300, 141)
    y = 60 + 100 * (1 - np.exp(-(x - 20) / 70))
    stroke(image, x, y, DARK)
    image[:, 301:] = 255
    (trace,) = trace_panel(Raster(image), RULER, panel())
    assert trace.points_px[-1, 0] == pytest.approx(300, abs=1)
    assert trace.observed[trace.points_px[:, 0] > 290].all()


def test_a_broken_line_begins_at_the_frame_though_its_first_dash_is_short_and_steep() -> None:
    image = page()
    x = np.linspace(20, 300, 281)
    y = 40 + 140 * (1 - np.exp(-(x - 20) / 30))
    dashes(image, x, y, 2.0, 4.0)
    image[:, :20] = 255
    (trace,) = trace_panel(Raster(image), RULER, panel())
    assert trace.points_px[0, 0] <= 21.5
    assert np.percentile(np.abs(error_px(trace.points_px, x, y)), 95) < 2.0  # it falls by 5 px a px


def test_a_tick_stays_out_though_a_grid_line_runs_along_it() -> None:
    image = canvas(grid=True)
    image[65:68, 21:27] = 0  # a tick of 3 px across the grid line at 66
    image[100:102, 21:27] = 0  # and one alone
    sheet = lay_sheet(Raster(image), FRAME, 8.0)
    blocked = blocked_pixels(sheet, ())
    assert blocked[100 - sheet.y0, 22 - sheet.x0]
    assert blocked[65 - sheet.y0, 22 - sheet.x0]
    assert blocked[67 - sheet.y0, 22 - sheet.x0]


@pytest.mark.parametrize(("rows", "ticks"), [((60, 100, 140), True), ((60, 100), False)])
def test_ticks_in_the_color_of_their_axis_are_no_ends_of_curves(rows: tuple[int, ...], ticks: bool) -> None:
    image = page()
    for y in rows:
        image[y : y + 2, 293:300] = BLUE
    sheet = lay_sheet(Raster(image), FRAME, 8.0)
    assert blocked_pixels(sheet, ())[rows[0] - sheet.y0, 295 - sheet.x0] == ticks


def test_the_margin_of_a_label_beside_the_frame_hides_no_start() -> None:
    image = page()
    x = np.linspace(24, 300, 141)
    stroke(image, x, 80 + 0.2 * x, DARK)
    image[82:90, 10:22] = 0  # its last digit reaches 2 px into the frame
    label = Box(4, 78, 27, 94)
    blocked = blocked_pixels(lay_sheet(Raster(image), FRAME, 8.0), (label,))
    assert blocked[84 - 15, 21 - 20]
    assert not blocked[85 - 15, 25 - 20]


def test_a_chain_of_parts_that_runs_on_at_both_ends_is_no_word() -> None:
    # Three clumps side by side, as letters stand, and the dashes of the same line before and after them.
    image = page()
    for x, y in ((100, 100), (110, 104), (119, 108)):
        image[y : y + 8, x : x + 7] = DARK
        image[y + 2 : y + 6, x + 2 : x + 5] = 255
    alone = blocked_pixels(lay_sheet(Raster(image), FRAME, 8.0), ())
    assert alone[104 - 15, 100 - 20]
    image[94:98, 90:97] = DARK
    image[118:122, 129:136] = DARK
    in_a_line = blocked_pixels(lay_sheet(Raster(image), FRAME, 8.0), ())
    assert not in_a_line[104 - 15, 100 - 20]


def test_a_grid_line_that_a_legend_cuts_short_is_one() -> None:
    image = canvas(grid=True)
    legend = Box(200, 50, 296, 90)
    image[legend.slices] = 255
    image[66, 24:200] = GREY
    image[66, 21:24] = 255  # none in the open would have a gap
    bare = lay_sheet(Raster(image), FRAME, 8.0)
    sheet = lay_sheet(Raster(image), FRAME, 8.0, (legend,))
    assert not bare.grid[66 - bare.y0].all()
    assert sheet.grid[66 - sheet.y0].all()
    assert not sheet.grid[67 - sheet.y0].all()


@pytest.mark.parametrize(("last", "reached"), [(390.0, True), (360.0, False)])
def test_a_sole_curve_that_runs_out_on_the_bottom_goes_on_to_a_near_side(last: float, reached: bool) -> None:
    frame = Frame(0, 0, 400, 200)
    x = np.arange(10.0, last + 1)
    curve = np.stack([x, 198.5 - 150 * ((last - x) / last) ** 2], axis=1)
    (end,) = along_the_frame([curve], [2.0], [True], frame)
    assert (end.tolist() == [[400.0, 198.5]]) == reached
    (in_the_open,) = along_the_frame([curve - [0.0, 30.0]], [2.0], [True], frame)
    assert len(in_the_open) == 0


def test_the_frame_of_a_legend_is_found_though_a_curve_crosses_it() -> None:
    image = page()
    x = np.linspace(24, 296, 141)
    y = 200 - 0.6 * (x - 24)
    stroke(image, x, y, DARK)
    cv2.rectangle(image, (200, 30), (290, 80), (120, 120, 120), 1)
    words = Box(206, 36, 284, 74)
    entry = LegendEntry("a", DARK, "solid", None, Box(206, 50, 216, 53), words)
    frame = legend_frame(lay_sheet(Raster(image), FRAME, 8.0, (words,)), (entry,))
    assert frame[30 - 15, 240 - 20]
    assert frame[80 - 15, 240 - 20]
    assert frame[60 - 15, 200 - 20]
    assert frame[60 - 15, 290 - 20]
    assert frame.sum() < 3 * 2 * (91 + 51) + 40
    corner = page()
    cv2.rectangle(corner, (200, 14), (300, 80), (120, 120, 120), 1)  # its other sides lie on the panel's own
    corner[14], corner[:, 300] = 255, 255
    high = Box(206, 20, 294, 74)
    entry = LegendEntry("a", DARK, "solid", None, Box(206, 50, 216, 53), high)
    frame = legend_frame(lay_sheet(Raster(corner), FRAME, 8.0, (high,)), (entry,))
    assert frame[80 - 15, 240 - 20]
    assert frame[20 - 15, 200 - 20]
    without = page()
    stroke(without, x, y, DARK)
    assert not legend_frame(lay_sheet(Raster(without), FRAME, 8.0, (words,)), (entry,)).any()


def test_a_start_on_the_flank_of_a_steep_curve_touches_it() -> None:
    # Upright they are 12 px apart, across the steep stroke 3.8.
    steep = np.stack([np.arange(10.0, 60), 20 + 3 * np.arange(50.0)], axis=1)
    late = np.stack([np.arange(20.0, 100), 62 + 0.5 * np.arange(80.0)], axis=1)
    other = np.stack([np.arange(10.0, 100), np.full(90, 180.0)], axis=1)
    (front, _), *_ = along_others([late, steep, other], [2.0, 2.0, 2.0], [True, True, True])
    assert front[0] == pytest.approx([10, 20])
    away = late + np.array([0.0, 12.0])
    (front, _), *_ = along_others([away, steep, other], [2.0, 2.0, 2.0], [True, True, True])
    assert len(front) == 0


def test_spikes_that_a_thin_grid_line_cuts_off_are_no_letters() -> None:
    image = page()
    for x in (100, 108, 116):
        image[110:130, x : x + 4] = DARK
    image[118] = np.where(image[118] < 100, image[118], 235)
    blocked = blocked_pixels(lay_sheet(Raster(image), FRAME, 8.0), ())
    assert not blocked[125 - 15, 101 - 20]
    for x in (100, 108, 116):  # without their tips the rest is three bars below the line
        image[110:118, x : x + 4] = 255
        image[119:122, x + 1 : x + 3] = 255
    blocked = blocked_pixels(lay_sheet(Raster(image), FRAME, 8.0), ())
    assert blocked[125 - 15, 101 - 20]


@pytest.mark.parametrize(
    ("row", "color", "first", "grid"),
    [
        (66.3, (235, 235, 235), 20, True),
        (66.3, (190, 190, 190), 20, False),
        (90.0, (235, 235, 235), 20, False),
        (66.3, (235, 235, 235), 60, False),
    ],
    ids=["as the grid", "another color", "no tick", "not across"],
)
def test_what_a_plateau_leaves_of_a_grid_line_is_no_curve(row, color, first, grid) -> None:
    sheet = lay_sheet(Raster(page()), FRAME, RULER.text_height_px, ())
    x = np.arange(first, 301.0)
    y = np.where(x % 50 == 0, row + 8, row)  # where the curve crosses it seems to move
    trace = Trace(np.stack([x, y], axis=1), np.ones(len(x)), np.ones(len(x), bool), color)
    assert is_grid_line(sheet, trace, (66.0, 118.0, 170.0)) is grid
    assert not is_grid_line(sheet, trace, ())


def test_swatches_without_words_go_and_pieces_of_curves_that_end_together_stay() -> None:
    alpha = np.zeros((2, 60, 100), np.float32)
    for k, top in enumerate((10, 26)):
        alpha[k, top : top + 2, 20:40] = 1  # level bars, one below the other
        for x in range(60, 80):  # pieces of two rising curves, cut by a third one
            alpha[k, top + 12 - (x - 60) // 3, x] = 1
            alpha[k, top + 13 - (x - 60) // 3, x] = 1
    left = drop_swatches(alpha.copy(), 10.0)
    assert not left[:, :, 20:40].any()
    assert np.array_equal(left[:, :, 60:80], alpha[:, :, 60:80])
