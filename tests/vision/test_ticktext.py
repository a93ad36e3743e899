"""Words of digits, ticks apart from labels, and what is given to the reader."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.geometry import Box
from plotread.vision.ticktext import find_numbers
from plotread.vision.ticktext.glyphs import rotated
from plotread.vision.types import Line, Raster, Ruler

RULER = Ruler(10.0, ((255, 255, 255),))


def page():
    return np.full((160, 240, 3), 255, np.uint8)


def digit(rgb, x, y):
    """A hollow box six px wide and ten high: to the finder a digit like any other."""
    rgb[y : y + 10, x : x + 6] = 0
    rgb[y + 2 : y + 8, x + 2 : x + 4] = 255


def word(rgb, x, y, digits):
    for k in range(digits):
        digit(rgb, x + 8 * k, y)


def find(rgb, lines=(), **how):
    """Boxes and widths of the crops that a reader is shown; it answers 10, 11, 12, ..."""
    shown = []

    def read(crops):
        shown.extend(crop.shape[:2] for crop in crops)
        return [(str(10 + i), 1.0) for i in range(len(crops))]

    return find_numbers(Raster(rgb), RULER, lines, read, **how), shown


def columns(rgb):
    for y in (20, 60, 100, 140):
        word(rgb, 30, y, 3)
    return rgb


def test_digits_of_a_number_stand_in_one_tight_box():
    found, shown = find(columns(page()))
    assert [t.box for t in found] == [Box(30, y, 52, y + 10) for y in (20, 60, 100, 140)]
    assert [t.text for t in found] == ["10", "11", "12", "13"]
    assert all(h >= 10 and w >= 22 for h, w in shown)


def test_a_decimal_point_of_one_pixel_is_shown_to_the_reader():
    """At text heights from 11 px on it is no glyph of its own; painted over, 0.08 was read as 008."""
    rgb = np.full((160, 240, 3), 255, np.uint8)
    for y in (20, 60, 100, 140):
        for x in (30, 42, 51):
            rgb[y : y + 12, x : x + 7] = 0
            rgb[y + 2 : y + 10, x + 2 : x + 5] = 255
        rgb[y + 11, 39] = 0
    dark = []

    def read(crops):
        dark.extend(int((crop[:, 2 + 9, 0] < 128).sum()) for crop in crops)  # in the column of the point
        return [("0.08", 1.0) for _ in crops]

    find_numbers(Raster(rgb), Ruler(12.0, ((255, 255, 255),)), (), read)
    assert set(dark) == {1}


def test_wide_gaps_part_numbers():
    rgb = columns(page())
    word(rgb, 30 + 22 + 12, 20, 2)  # 1.2 text heights to the right
    found, _ = find(rgb)
    assert Box(64, 20, 78, 30) in [t.box for t in found]


def test_touching_digits_are_kept():
    rgb = page()
    for y in (20, 60, 100, 140):
        for k in range(5):
            digit(rgb, 30 + 6 * k, y)  # no gap at all
    found, _ = find(rgb)
    assert [t.box for t in found] == [Box(30, y, 60, y + 10) for y in (20, 60, 100, 140)]


def test_ticks_beside_a_spine_do_not_join_the_labels():
    rgb = columns(page())
    rgb[10:155, 60] = 0
    for y in (20, 60, 100, 140):
        rgb[y + 5, 56:60] = 0  # a tick four px from the label
    found, _ = find(rgb, (Line(False, 60.0, 10.0, 154.0, "stroke"),))
    assert [t.box.x1 for t in found] == [52, 52, 52, 52]


def test_blurred_ticks_a_little_thicker_than_long_do_not_join_the_labels():
    rgb = columns(page())
    rgb[10:155, 59] = 0
    for y in (20, 60, 100, 140):
        rgb[y + 4 : y + 8, 56:59] = 0  # blur has joined half of it to the spine: four px thick, three long
    found, _ = find(rgb, (Line(False, 59.0, 10.0, 154.0, "stroke"),), guess=False)
    assert [t.box.x1 for t in found] == [52, 52, 52, 52]


def test_soft_ticks_of_three_pixels_do_not_join_small_labels():
    ruler = replace(RULER, text_height_px=8.0)  # the digits are ten px high
    rgb = columns(page())
    rgb[10:155, 20] = 0  # the spine
    for y in (24, 64, 104, 144):
        rgb[y : y + 3, 21:26] = 100
    spine = Line(False, 20, 10, 154, "stroke")

    def told(crops):
        return [("10", 1.0)] * len(crops)

    found = find_numbers(Raster(rgb), ruler, (spine,), told, guess=False)
    assert [t.box for t in found] == [Box(30, y, 52, y + 10) for y in (20, 60, 100, 140)]


def test_labels_between_joined_spines_are_not_erased():
    rgb = columns(page())
    lines = (
        Line(True, 65.0, 60.0, 140.0, "stroke"),
        Line(True, 65.0, 0.0, 20.0, "stroke"),
        Line(True, 65.0, 0.0, 140.0, "stroke"),  # joined over the label at (30, 60)
    )
    rgb[65, 60:141] = 0
    rgb[65, 0:21] = 0
    found, _ = find(rgb, lines)
    assert Box(30, 60, 52, 70) in [t.box for t in found]


def test_what_is_no_number_is_left_out():
    rgb = columns(page())
    answers = [("12", 1.0), ("", 0.0), ("14", 0.3), ("kM", 1.0)]
    found = find_numbers(Raster(rgb), RULER, (), lambda crops: answers[: len(crops)])
    assert [t.text for t in found] == ["12"]


def test_an_empty_page_asks_nothing():
    found, shown = find(page())
    assert found == ()
    assert shown == []


def test_a_line_of_letter_bottoms_is_no_axis_with_ticks():
    rgb = columns(page())
    for x in (130, 141, 152):  # letters whose bottoms leave gaps
        digit(rgb, x, 60)
    rgb[68:70, 126:128] = 0  # a decimal point on the same baseline
    bottoms = Line(True, 69.0, 118.0, 157.0, "stroke")
    found, _ = find(rgb, (bottoms,))
    assert Box(126, 60, 158, 70) in [t.box for t in found]


def test_a_letter_of_a_turned_label_does_not_join_the_number_beside_it():
    rgb = columns(page())
    digit(rgb, 20, 56)  # within the gap of a word, four px off the line of its digits
    rgb[105, 21:27] = 0  # a minus before another, off that line as it must be
    found, _ = find(rgb)
    assert Box(30, 60, 52, 70) in [t.box for t in found]
    assert Box(21, 100, 52, 110) in [t.box for t in found]


def test_a_unit_below_the_line_parts_no_number():
    rgb = page()
    for y in (20, 60, 100, 140):
        word(rgb, 30, y, 2)
        digit(rgb, 46, y + 3)  # the foot of a micro sign
    found, _ = find(rgb)
    assert [t.box for t in found] == [Box(30, y, 52, y + 13) for y in (20, 60, 100, 140)]


def test_dots_of_a_grid_line_right_after_a_number_are_no_part_of_it():
    rgb = columns(page())
    for y in (20, 60, 100, 140):
        rgb[y + 5, 56:63] = 0  # a tick without a spine ...
        for x in range(64, 90, 3):
            rgb[y + 5, x : x + 2] = 0  # ... and the grid line that it begins
    found, _ = find(rgb)
    assert [t.box for t in found] == [Box(30, y, 52, y + 10) for y in (20, 60, 100, 140)]


def test_a_number_after_a_word_is_worded():
    rgb = columns(page())
    word(rgb, 100, 60, 4)
    word(rgb, 139, 60, 1)  # a space to the right

    def read(crops):
        texts = ["7" if crop.shape[1] < 20 else "10" if crop.shape[1] < 30 else "" for crop in crops]
        return [(text, float(bool(text))) for text in texts]

    found = find_numbers(Raster(rgb), RULER, (), read)
    assert [t.worded for t in found] == [t.text == "7" for t in found]
    assert sum(t.worded for t in found) == 1


def test_letters_of_a_turned_label_close_to_the_numbers_are_none_of_theirs():
    rgb = columns(page())
    for k in range(13):
        rgb[15 + 10 * k : 24 + 10 * k - k % 3, 19:27] = 0
    found, _ = find(rgb, guess=False)
    assert [t.box for t in found] == [Box(30, y, 52, y + 10) for y in (20, 60, 100, 140)]


def test_rows_of_digits_that_nearly_touch_are_kept():
    rgb = page()
    for y in range(10, 150, 13):
        word(rgb, 30, y, 3)
    found, _ = find(rgb)
    assert len(found) == 11


def test_a_digit_over_the_column_of_a_turned_label_stays():
    """Columns are gone through from left to right, each from its top: the next begins anew."""
    rgb = columns(page())
    for k in range(4):
        rgb[90 + 10 * k : 99 + 10 * k - k % 3, 26:33] = 0  # ends in the column of the first digits
    rgb[100:110, 30:52] = 255
    found, _ = find(rgb, guess=False)
    assert Box(30, 20, 52, 30) in [t.box for t in found]


def test_a_digit_right_above_a_turned_label_is_none_of_its_letters():
    digit_above = (25, 305, 32, 319)  # reaches over a third of the letters below it
    letters = [(18, 322, 28, 329), (18, 330, 28, 337), (18, 338, 28, 348), (14, 349, 28, 361)]
    assert rotated(np.array([digit_above, *letters]), 14.0).tolist() == [False, True, True, True, True]



def test_a_digit_right_below_a_tick_and_dashes_is_no_turned_letter():
    dashes = [(100, y, 102, y + 5) for y in (40, 47, 54)]
    tick, digit = (100, 61, 102, 66), (97, 68, 103, 77)
    assert rotated(np.array([*dashes, tick, digit]), 9.0).tolist() == [True] * 4 + [False]
