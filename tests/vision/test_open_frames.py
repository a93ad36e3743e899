"""Plots without a frame: where the plot area ends when only gridlines, or axes, tell of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.vision.panels.boxes import propose
from plotread.vision.panels.stretch import stretch
from plotread.vision.types import Line

HEIGHT = 10.0
PAPER, GRID, AXIS, CURVE = 255, (215, 215, 215), (90, 90, 90), (214, 39, 40)
FRAME = Frame(60, 100, 360, 250)
ROWS = tuple(Line(True, y, 60, 360, "stroke") for y in (100, 150, 200, 250))


def page(lines, color=GRID):
    rgb = np.full((300, 420, 3), PAPER, np.uint8)
    for line in lines:
        a, b, at = round(line.start), round(line.end) + 1, round(line.position)
        (rgb[at, a:b] if line.horizontal else rgb[a:b, at])[:] = color
    return rgb


def stroke(rgb, corners, color=CURVE):
    """A polyline two px thick."""
    for (x0, y0), (x1, y1) in pairwise(corners):
        n = 2 * max(abs(x1 - x0), abs(y1 - y0))
        for x, y in zip(np.linspace(x0, x1, n), np.linspace(y0, y1, n), strict=True):
            rgb[round(y) : round(y) + 2, round(x) : round(x) + 2] = color
    return rgb


def stretched(rgb, lines, frame=FRAME, **kwargs):
    ink = (np.abs(rgb.astype(int) - PAPER) > 32).any(axis=2)
    return stretch(frame, lines, rgb, ink, HEIGHT, **kwargs)


def test_a_curve_that_climbs_past_the_last_gridline_carries_the_frame_up_to_its_peak():
    rgb = stroke(page(ROWS), [(80, 240), (160, 62), (340, 180)])
    frame, loose = stretched(rgb, ROWS)
    assert loose
    assert frame.top == pytest.approx(62, abs=1)
    assert (frame.left, frame.right, frame.bottom) == (60, 360, 250)


def test_a_flat_curve_that_creeps_across_a_gridline_is_followed():
    rgb = stroke(page(ROWS), [(80, 240), (140, 110), (350, 88)])  # one px up for ten px along
    frame, _ = stretched(rgb, ROWS)
    assert frame.top == pytest.approx(88, abs=1)


def test_a_title_and_a_legend_above_are_not_swallowed():
    rgb = stroke(page(ROWS), [(80, 240), (160, 110), (340, 180)])
    rgb[78:90, 150:260] = 30  # words close above the last line
    rgb[84:90, 280:300] = CURVE  # a sample of the legend, in the color of the curve
    assert stretched(rgb, ROWS) == (FRAME, False)


def test_ink_of_another_color_that_touches_a_curve_is_no_part_of_it():
    rgb = stroke(page(ROWS), [(80, 240), (160, 92), (340, 180)])
    rgb[60:92, 155:170] = (20, 60, 200)  # a mark that stands on the peak
    frame, _ = stretched(rgb, ROWS)
    assert frame.top == pytest.approx(92, abs=1)


def test_numbers_and_other_panels_stop_the_frame():
    rgb = stroke(page(ROWS), [(80, 240), (160, 60), (340, 180)])
    frame, _ = stretched(rgb, ROWS, boxes=[Box(140, 55, 260, 80)])
    assert frame.top == pytest.approx(80, abs=1)
    frame, _ = stretched(rgb, ROWS, others=[Frame(60, 10, 360, 75)])
    assert frame.top >= 75


def test_gridlines_that_run_on_past_the_last_one_across_them_tell_the_side():
    rows = tuple(Line(True, y, 60, 366, "stroke") for y in (100, 150, 200, 250))
    columns = tuple(Line(False, x, 100, 250, "stroke") for x in (60, 160, 260, 360))
    inside = stroke(page(rows + columns), [(80, 110), (340, 180)])
    assert stretched(inside, rows + columns) == (FRAME, False)
    past = stroke(page(rows + columns), [(80, 110), (363, 180)])
    frame, loose = stretched(past, rows + columns)
    assert frame == Frame(60, 100, 366, 250)
    assert not loose


def test_a_spine_that_gridlines_pass_by_a_tick_stays():
    rows = tuple(Line(True, y, 60, 366, "stroke") for y in (100, 150, 200, 250))
    columns = tuple(Line(False, x, 100, 250, "stroke") for x in (60, 160, 260))
    spine = Line(False, 360, 100, 250, "stroke")
    rgb = page(rows + columns)
    rgb[100:251, 360] = AXIS
    assert stretched(stroke(rgb, [(80, 110), (363, 180)]), (*rows, *columns, spine)) == (FRAME, False)


def test_a_plateau_below_the_lowest_gridline_is_kept():
    columns = tuple(Line(False, x, 100, 261, "stroke") for x in (60, 160, 260, 360))
    rgb = stroke(page(ROWS + columns), [(80, 110), (200, 110), (204, 254), (350, 254)])
    frame, loose = stretched(rgb, ROWS + columns)
    assert frame.bottom == pytest.approx(255, abs=1)
    assert loose
    assert (frame.left, frame.top, frame.right) == (60, 100, 360)


def test_an_axis_that_marks_hide_runs_on_to_the_middle_of_the_last():
    axes = (Line(False, 60, 100, 250, "stroke"), Line(True, 250, 60, 360, "stroke"))
    rgb = page(axes, AXIS)
    rgb[70:100, 60] = AXIS
    rgb[88:100, 54:67] = CURVE  # a mark on the axis, which is found only up to it
    rgb[60:72, 54:67] = CURVE  # one on its end
    frame, loose = stretched(rgb, axes)
    assert frame.top == pytest.approx(66, abs=1)
    assert (frame.left, frame.right, frame.bottom) == (60, 360, 250)
    assert not loose


def test_an_axis_runs_on_under_open_marks_which_show_the_paper():
    axes = (Line(False, 60, 150, 250, "stroke"), Line(True, 250, 60, 360, "stroke"))
    rgb = page(axes, AXIS)
    rgb[80:150, 60] = AXIS
    for top in (137, 105):  # the axis is found only up to the lower one
        rgb[top : top + 13, 54:67] = CURVE
        rgb[top + 3 : top + 10, 57:64] = PAPER
    frame, loose = stretched(rgb, axes, frame=Frame(60, 150, 360, 250))
    assert frame.top == pytest.approx(80, abs=1)
    assert not loose


def test_gridlines_end_where_they_turn_into_darker_ticks():
    columns = tuple(Line(False, x, 100, 264, "stroke") for x in (60, 160, 260, 360))
    rgb = page(ROWS + columns)
    for column in columns:
        rgb[257:265, round(column.position)] = AXIS
    rgb = stroke(rgb, [(80, 110), (260, 110), (262, 255), (350, 255)])  # it comes down where a tick begins
    frame, loose = stretched(rgb, ROWS + columns)
    assert frame.bottom == pytest.approx(256.5)
    assert not loose


def test_axes_in_full_sight_end_where_they_end():
    axes = (Line(False, 60, 100, 250, "stroke"), Line(True, 250, 60, 360, "stroke"))
    rgb = stroke(page(axes, AXIS), [(62, 96), (200, 200), (364, 240)])
    assert stretched(rgb, axes) == (FRAME, False)


def test_gridlines_that_a_dense_curve_hides_in_part_belong_to_the_frame():
    hidden = (Line(True, 50, 180, 360, "stroke"), Line(True, 300, 60, 280, "stroke"))
    frames = [p.frame for p in propose((*ROWS, *hidden), HEIGHT) if p.sides >= 6]
    assert Frame(60, 50, 360, 300) in frames
    # Too short, and off the grid.
    scraps = (Line(True, 50, 250, 360, "stroke"), Line(True, 288, 60, 280, "stroke"))
    frames = [p.frame for p in propose((*ROWS, *scraps), HEIGHT)]
    assert all(frame.top >= 100 and frame.bottom <= 250 for frame in frames)


def test_a_side_at_which_all_lines_end_outweighs_one_at_which_few_pieces_do():
    columns = tuple(Line(False, x, 100, 250, "stroke") for x in (60, 160, 260))
    pieces = (Line(True, 150, 60, 340, "stroke"), Line(True, 200, 60, 340, "stroke"))
    ended = {p.frame.right: p.ended for p in propose((*ROWS, *columns, *pieces), HEIGHT)}
    assert ended[360] > ended[340] + 0.3


@pytest.mark.parametrize(
    ("tops", "top"),
    [
        ((60, 60, 100), 60),  # two lines of three tell the side; a curve hides the third from 60 to 100
        ((60, 75, 100), 100),  # no two agree
        ((30, 30, 100), 100),  # further than the grid is wide: a line of the page
        ((40, 60, 60), 100),  # one runs on beyond the two
    ],
)
def test_lines_that_end_together_tell_a_side_that_curves_hide(tops, top):
    ends = zip((120, 210, 300), tops, (250, 200, 250), strict=True)
    columns = tuple(Line(False, x, y0, y1, "stroke") for x, y0, y1 in ends)
    rgb = stroke(page(ROWS + columns), [(80, 62), (140, 180), (340, 240)])
    frame, _ = stretched(rgb, ROWS + columns)
    assert frame.top == pytest.approx(top, abs=1)
