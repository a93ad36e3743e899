"""The look of a swatch, drawn pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.geometry import Box
from plotread.vision.words.look import look_at
from plotread.vision.words.reading import mended


def strip(*runs: tuple[int, int], width: int = 2, marker: bool = False) -> np.ndarray:
    """A white picture 60 x 20 with red dashes on row 10 and, if asked, a 9 px square at its middle."""
    image = np.full((20, 60, 3), 255, dtype=np.uint8)
    for start, end in runs:
        image[10 : 10 + width, start:end] = (200, 30, 30)
    if marker:
        image[6:15, 26:35] = (200, 30, 30)
    return image


@pytest.mark.parametrize(
    ("runs", "kind"),
    [
        ([(10, 50)], "solid"),
        ([(10, 18), (22, 30), (34, 42), (46, 50)], "dashed"),
        ([(10, 12), (15, 17), (20, 22), (25, 27), (30, 32), (35, 37)], "dotted"),
        ([(10, 22), (25, 27), (30, 42), (45, 47), (48, 50)], "dashdot"),
    ],
)
def test_dash_pattern(runs: list[tuple[int, int]], kind: str) -> None:
    look = look_at(strip(*runs), Box(10, 10, 50, 12), th=10)
    assert look.line == kind
    assert look.marker is None
    assert look.color == (200, 30, 30)


def test_marker_on_a_line() -> None:
    look = look_at(strip((10, 50), marker=True), Box(10, 6, 50, 15), th=10)
    assert (look.line, look.marker is not None) == ("solid", True)


def test_lone_mark_has_no_line() -> None:
    look = look_at(strip(marker=True), Box(26, 6, 35, 15), th=10)
    assert (look.line, look.marker is not None) == ("none", True)


def test_color_is_the_core_not_the_rim() -> None:
    image = strip((10, 50))
    image[9, 10:50] = (240, 180, 180)
    image[12, 10:50] = (240, 180, 180)
    assert look_at(image, Box(10, 9, 50, 13), th=10).color == (200, 30, 30)


def box(on: str) -> np.ndarray:
    """A white picture 80 x 40 with a red box of 60 x 20 px from (10, 10), a pattern 2 px above and below."""
    image = np.full((40, 80, 3), 255, dtype=np.uint8)
    image[10:30, 10:70] = (200, 30, 30)
    for k in range(2):
        for x in range(60):
            if on[x % len(on)] == "#":
                image[[10 - k - 1, 30 + k], 10 + x] = (200, 30, 30)
    return image


@pytest.mark.parametrize(
    ("border", "kind"),
    [("#", "solid"), ("############        ", "dashed"), ("####    ", "dotted")],
)
def test_a_filled_box_tells_its_color_and_by_its_border_the_dashes(border: str, kind: str) -> None:
    # 2 px of the border stand out of the box: the pen is 4 px wide, dashes of 12 are long and of 4 are dots
    look = look_at(box(border), Box(10, 8, 70, 32), th=14)
    assert (look.color, look.line, look.marker) == ((200, 30, 30), kind, None)


def square(sides: str) -> np.ndarray:
    """A white picture 30 x 30 with the outline of a square of 12 px from (9, 9), 2 px thick."""
    image = np.full((30, 30, 3), 255, dtype=np.uint8)
    way = [(9 + k, 9) for k in range(11)] + [(20, 9 + k) for k in range(11)]
    way += [(20 - k, 20) for k in range(11)] + [(9, 20 - k) for k in range(11)]
    for k, (x, y) in enumerate(way):
        if sides[k % len(sides)] == "#":
            inner_x, inner_y = min(max(x, 10), 19), min(max(y, 10), 19)
            image[y, x] = image[inner_y, inner_x] = (34, 34, 34)
    return image


@pytest.mark.parametrize(("sides", "kind"), [("######  ", "dashed"), ("##  ", "dotted")])
def test_an_open_square_tells_the_dashes_by_its_outline(sides: str, kind: str) -> None:
    look = look_at(square(sides), Box(9, 9, 21, 21), th=10)
    assert (look.color, look.line, look.marker) == ((34, 34, 34), kind, None)


def test_one_dash_and_a_long_gap_are_a_broken_line() -> None:
    place = Box(10, 10, 50, 12)
    assert look_at(strip((10, 30)), place, th=10, whole=True).line == "dashed"
    assert look_at(strip((10, 48)), place, th=10, whole=True).line == "solid"
    assert look_at(strip((10, 30)), place, th=10).line == "solid"  # the box may be loose around its ink


def test_dots_cut_at_the_first_are_dots() -> None:
    # Half of the first dot is lost at the edge of the sample: no dash-dot.
    runs = [(10, 11), *((k, k + 3) for k in range(14, 46, 6))]
    assert look_at(strip(*runs), Box(10, 10, 50, 12), th=10).line == "dotted"


def test_marks_side_by_side_are_no_line() -> None:
    image = np.full((30, 60, 3), 255, dtype=np.uint8)
    image[8:22, 6:20] = image[8:22, 30:44] = (200, 30, 30)
    image[10:20, 8:18] = 255  # an open box and a full one
    look = look_at(image, Box(6, 8, 44, 22), th=12)
    assert (look.line, look.marker) == ("none", "o")


def test_a_band_with_its_line_has_the_color_of_the_line() -> None:
    image = np.full((30, 30, 3), 255, dtype=np.uint8)
    image[6:24, 6:24] = (240, 200, 200)
    image[14:16, 6:24] = (200, 30, 30)
    look = look_at(image, Box(6, 6, 24, 24), th=12)
    assert (look.color, look.line) == ((200, 30, 30), "solid")


@pytest.mark.parametrize(
    ("read", "meant"),
    [("Ir", "lr"), ("Ir=1e-3", "lr=1e-3"), ("leaming rate", "learning rate"), ("Iris", "Iris")],
)
def test_mended_words(read: str, meant: str) -> None:
    assert mended(read) == meant


def test_a_pale_sample_in_the_box_of_a_thick_grey_frame_is_a_line():
    """On dark pages samples are pastels: the corner of the legend's frame beside one is none of it."""
    image = np.zeros((60, 80, 3), np.uint8)
    image[10:13, 10:70] = image[10:50, 10:13] = 128
    image[23:27, 17:54] = (141, 211, 199)
    look = look_at(image, Box(10, 10, 54, 38), th=13)
    assert (look.color, look.line, look.marker) == ((141, 211, 199), "solid", None)


@pytest.mark.parametrize(
    ("runs", "line"), [([(4, 56)], "solid"), ([(4, 14), (20, 40), (46, 56)], "dashed")]
)
@pytest.mark.parametrize("ink", [(135, 206, 235), (0, 0, 128)], ids=["pale", "dark"])
def test_a_marker_with_a_black_outline_has_the_color_of_its_face(runs, line, ink) -> None:
    image = np.full((20, 60, 3), 255, dtype=np.uint8)
    for start, end in runs:
        image[9:11, start:end] = ink
    image[4:16, 24:36] = 0
    image[5:15, 25:35] = ink
    look = look_at(image, Box(4, 4, 56, 16), th=10)
    assert (look.color, look.line, look.marker) == (ink, line, "o")
