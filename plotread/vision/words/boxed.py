"""Whether a drawn rectangle stands around words and their sample: the frame of a legend."""

from __future__ import annotations

import numpy as np

from plotread.geometry import Box
from plotread.vision.pixels import largest_channel
from plotread.vision.types import Mask
from plotread.vision.words.parts import Sheet, mode_color

REACH = 2.5  # th; between the words or the sample and each side of their frame
LEVELS = 30  # from the paper; a thin frame at reduced size is pale
FULL = 0.97  # of a side's length


def is_boxed(sheet: Sheet, box: Box) -> bool:
    """Whether all four sides of a frame stand near around a box (work px)."""
    around = box.pad(sheet.px(REACH)).clip(sheet.width, sheet.height)
    rgb = sheet.rgb[around.slices]
    paper = mode_color(sheet.rgb[box.clip(sheet.width, sheet.height).slices].reshape(-1, 3))
    ink = largest_channel(np.abs(rgb.astype(np.int16) - paper)) > LEVELS
    x0, x1 = box.x0 - around.x0, box.x1 - around.x0
    y0, y1 = box.y0 - around.y0, box.y1 - around.y0
    level, upright = ink[:, x0:x1], ink[y0:y1].T
    sides = level[:y0], level[y1:], upright[:x0], upright[x1:]
    return all(_has_side(side) for side in sides)


def _has_side(rows: Mask) -> bool:
    return bool((rows.mean(axis=1) >= FULL).any())
