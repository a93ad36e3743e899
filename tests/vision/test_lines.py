"""Lines of known place: spines, gridlines, fills; half pixels; nothing swapped."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.vision.lines import find_lines
from plotread.vision.types import Raster, Ruler

RULER = Ruler(10.0, ((255, 255, 255),))


def page(height=120, width=200):
    return np.full((height, width, 3), 255, np.uint8)


def find(rgb, ruler=RULER):
    return find_lines(Raster(np.ascontiguousarray(rgb)), ruler)


def test_a_stroke_lies_on_its_row_and_ends_where_it_ends():
    rgb = page()
    rgb[40, 30:171] = 0
    (line,) = find(rgb)
    assert (line.horizontal, line.position, line.kind) == (True, 40.0, "stroke")
    assert (line.start, line.end) == (30.0, 170.0)


def test_columns_are_no_rows():
    rgb = page()
    rgb[20:101, 60] = 0
    (line,) = find(rgb)
    assert (line.horizontal, line.position, line.start, line.end) == (False, 60.0, 20.0, 100.0)


def test_a_stroke_of_two_rows_lies_between_them():
    rgb = page()
    rgb[40:42, 30:171] = 0
    (line,) = find(rgb)
    assert line.position == 40.5


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_subpixel_position_of_a_soft_stroke(share):
    rgb = page()
    rgb[40, 30:171] = round(255 * share)  # 1 - share of the ink, the rest in the next row
    rgb[41, 30:171] = round(255 * (1 - share))
    (line,) = find(rgb)
    assert line.position == pytest.approx(40 + share, abs=0.15)


def test_edges_of_a_fill_lie_between_pixels():
    rgb = page()
    rgb[30:91, 50:151] = (229, 229, 229)
    edges = {(line.horizontal, line.position, line.kind) for line in find(rgb)}
    assert edges == {
        (True, 29.5, "edge"), (True, 90.5, "edge"), (False, 49.5, "edge"), (False, 150.5, "edge")
    }  # fmt: skip


def test_short_runs_are_no_lines():
    rgb = page()
    rgb[40, 30:65] = 0  # 3.5 text heights
    assert find(rgb) == ()


def test_dashes_close_to_one_line():
    rgb = page()
    for x in range(30, 170, 20):  # 15 on, 5 off
        rgb[40, x : x + 15] = 120
    (line,) = find(rgb)
    assert (line.start, line.end) == (30.0, 164.0)


@pytest.mark.parametrize("wide", [4, 11])
def test_letters_beside_a_spine_are_trimmed_off(wide):
    rgb = page()
    rgb[40, 30:171] = 0
    rgb[40, 176 : 176 + wide] = 0  # a letter, or a side of a digit, behind a gap of half a text height
    (line,) = find(rgb)
    assert line.end == 170.0


def test_padding_moves_lines_by_the_padding():
    rgb = page()
    rgb[40, 30:171] = 0
    rgb[20:101, 60] = 0
    padded = cv2.copyMakeBorder(rgb, 7, 3, 11, 5, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    moved = {(line.horizontal, line.position, line.start) for line in find(padded)}
    assert moved == {(True, 47.0, 41.0), (False, 71.0, 27.0)}


def test_enlarging_twice_maps_centers():
    rgb = page()
    rgb[40, 30:171] = 0
    big = cv2.resize(rgb, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    (line,) = find(big, Ruler(20.0, ((255, 255, 255),)))
    assert line.position == (40 + 0.5) * 2 - 0.5
    assert (line.start, line.end) == (60.0, 341.0)


def test_fragments_of_one_line_are_also_tried_joined():
    rgb = page()
    rgb[40, 20:90] = 0
    rgb[40, 110:180] = 0
    assert {(line.start, line.end) for line in find(rgb)} == {(20.0, 89.0), (110.0, 179.0), (20.0, 179.0)}


def test_lines_of_large_pictures_are_placed_by_their_own_pixels():
    rgb = page(1500, 2400)
    rgb[402:405, 300:2101] = 0  # three rows: the middle one is the center
    rgb[200:1301, 707:709] = 0
    rgb[1100:1301, 1500:2101] = (200, 210, 220)
    found = find(rgb, Ruler(30.0, ((255, 255, 255),)))
    strokes = {(line.horizontal, line.position) for line in found if line.kind == "stroke"}
    assert strokes == {(True, 403.0), (False, 707.5)}
    edges = {(line.horizontal, line.position) for line in found if line.kind == "edge"}
    assert edges == {(True, 1099.5), (True, 1300.5), (False, 1499.5), (False, 2100.5)}


def test_a_gridline_that_a_translucent_legend_pales_runs_on_below_it():
    rgb = page()
    rgb[40, 20:181] = 200
    rgb[40, 110:176] = 248  # paler there, and full again for the last few pixels
    (line,) = find(rgb)
    assert (line.position, line.start, line.end) == (40.0, 20.0, 180.0)


def test_a_curve_across_the_end_of_a_faint_line_does_not_cut_it():
    rgb = page()
    rgb[20:101, 60] = 200
    rgb[88:95, 60] = (31, 119, 180)
    rgb[100, 60] = 214  # where a clipped line ends it is paler
    strokes = [line for line in find(rgb) if not line.horizontal]
    assert max(line.end for line in strokes) == 100.0


@pytest.mark.parametrize("digits", [4, 7])
def test_a_number_glued_to_a_line_is_no_part_of_it(digits):
    rgb = page()
    rgb[40, 60:181] = 200
    for k in range(digits):  # zeros, 6 px apart, their middles on the line, 3 px from its end
        x = 56 - 6 * k
        rgb[36:45, [x, x - 4]] = 0
        rgb[[36, 44], x - 4 : x + 1] = 0
        rgb[41, [x, x - 4]] = 60  # their sides are not everywhere of one depth
    strokes = [line for line in find(rgb) if line.horizontal and line.position == 40.0]
    assert {(line.start, line.end) for line in strokes} == {(60.0, 180.0)}
