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


@pytest.mark.parametrize(
    ("read", "meant"),
    [("Ir", "lr"), ("Ir=1e-3", "lr=1e-3"), ("leaming rate", "learning rate"), ("Iris", "Iris")],
)
def test_mended_words(read: str, meant: str) -> None:
    assert mended(read) == meant
