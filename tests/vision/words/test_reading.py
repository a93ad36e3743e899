"""Lines of text as read: what is too wide for its letters is none."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.geometry import Box
from plotread.vision.types import Raster, Ruler
from plotread.vision.words.parts import TextLine, make_sheet
from plotread.vision.words.reading import read_lines


@pytest.mark.parametrize(
    ("box", "angle", "sure"),
    [
        (Box(10, 20, 34, 32), 0, 0.95),
        (Box(10, 20, 14, 32), 0, 0.95),  # narrow letters
        (Box(10, 20, 110, 32), 0, 0.0),  # a wavy stroke
        (Box(10, 20, 22, 120), 90, 0.0),
    ],
)
def test_two_letters_are_no_hundred_pixels_wide(box, angle, sure):
    raster = Raster(np.full((160, 160, 3), 255, np.uint8))
    sheet = make_sheet(raster, Ruler(12.0, ((255, 255, 255),)), (), ())
    line = TextLine(box, (box,), False, -1, angle=angle)
    (read,) = read_lines(sheet, [line], lambda crops: [("mm", 0.95)] * len(crops))
    assert read.confidence == sure
