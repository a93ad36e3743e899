"""Say what a picture without a line plot shows instead, in one line for the warning."""

from __future__ import annotations

import numpy as np

from plotread.vision.pixels import channel_spread
from plotread.vision.types import PanelFrame, Raster, Ruler

# Pixels looked at; more would not change a share by a percent.
SAMPLE = 200_000
# Levels within which a pixel belongs to a flat color.
FLAT_LEVELS = 12
# Below this share of flat background a picture is taken for a photograph.
PHOTO_FLAT_SHARE = 0.2
# A picture with at least this share of saturated fill holds bars, cells or areas.
FILL_SHARE = 0.15
# Difference of the largest and smallest channel from which a pixel is colored, levels.
COLORED_LEVELS = 40


def nothing_found(raster: Raster, ruler: Ruler, frames: tuple[PanelFrame, ...]) -> str:
    """One clause: "no line plot found: ..." with what was seen instead.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
        Its backgrounds are the flat colors of the picture.
    frames : tuple of PanelFrame
        Plot areas that were found but hold no curve.
    """
    if frames:
        count = "axes with numbers" if len(frames) == 1 else f"{len(frames)} pairs of axes"
        return f"no line plot found: {count}, but no curve that could be followed"
    pixels = raster.rgb.reshape(-1, 3)
    pixels = pixels[:: max(1, len(pixels) // SAMPLE)].astype(np.int16)
    near = np.zeros(len(pixels), bool)
    for background in ruler.backgrounds:
        near |= (np.abs(pixels - np.array(background, np.int16)) <= FLAT_LEVELS).all(axis=1)
    if near.mean() < PHOTO_FLAT_SHARE:
        return "no line plot found: no flat background, as in a photograph"
    if near.all():
        return "no line plot found: the picture is blank"
    colored = channel_spread(pixels) > COLORED_LEVELS
    if colored.mean() > FILL_SHARE:
        return "no line plot found: filled areas such as bars, cells or boxes, but no axes with numbers"
    return "no line plot found: text or drawing, but no axes with numbers"
