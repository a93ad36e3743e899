"""Backgrounds and digit height on pictures drawn here."""

from __future__ import annotations

import numpy as np

from plotread.vision.pixels import digit_height, ink_mask
from plotread.vision.ruler import find_backgrounds, measure
from plotread.vision.types import Box, Raster, TextBox


def blocks(height, *, rows=4, glyphs=4):
    """Rows of "digits": hollow boxes `height` px high, six tenths as wide, one px apart."""
    wide = round(0.6 * height)
    rgb = np.full((rows * 40 + 40, 200, 3), 255, np.uint8)
    for row in range(rows):
        for k in range(glyphs):
            y, x = 20 + 40 * row, 20 + k * (wide + 2)
            rgb[y : y + height, x : x + wide] = 0
            rgb[y + 2 : y + height - 2, x + 2 : x + wide - 2] = 255
    return rgb


def test_height_of_digits():
    for height in (9, 12, 17):
        assert measure(Raster(blocks(height))).text_height_px == height


def test_markers_do_not_vote():
    rgb = blocks(10)
    for x in range(60, 190, 23):  # lone squares, no words
        rgb[5:12, x : x + 7] = (200, 30, 30)
    assert measure(Raster(rgb)).text_height_px == 10


def test_no_glyphs_fall_back_on_the_size_of_the_picture():
    assert measure(Raster(np.full((500, 400, 3), 255, np.uint8))).text_height_px == 10.0


def test_backgrounds_by_frequency():
    rgb = np.full((100, 100, 3), 255, np.uint8)
    rgb[20:70, 20:80] = (234, 234, 242)  # 30% of the page
    assert find_backgrounds(rgb) == ((255, 255, 255), (234, 234, 242))


def test_ink_is_far_from_every_background():
    rgb = np.full((60, 60, 3), 255, np.uint8)
    rgb[30, 10:50] = (0, 0, 0)
    rgb[40, 10:50] = (235, 235, 235)  # a pale gridline
    ink = ink_mask(rgb, ((255, 255, 255),))
    assert ink.sum() == 40
    assert ink[30, 10:50].all()


def test_digit_height_of_sure_numbers():
    def number(text, high, confidence=1.0):
        return TextBox(text, Box(0, 0, 20, high), confidence)

    some = [number("10", 12), number("20", 12), number("30", 13), number("40", 12)]
    assert digit_height(some, 8.0) == 12.0
    assert digit_height([*some, *[number("11", 5, 0.6)] * 9], 8.0) == 12.0
    assert digit_height([*some, *[number("10^3", 18)] * 9], 8.0) == 12.0
    assert digit_height(some[:3], 8.0) == 8.0
