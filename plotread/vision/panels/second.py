"""A second y axis whose numbers are cut off or cannot be read."""

from __future__ import annotations

import numpy as np

from plotread.geometry import Frame
from plotread.vision.panels.ticks import outer_ticks, tick_sources
from plotread.vision.types import Line, Raster

LEAST_TICKS = 4  # strokes in even steps: fewer stand so by chance
EVEN_PX = 1.0  # by which their steps differ: each is rounded to a pixel
MIRRORED_PX, MIRRORED = 1.5, 0.5  # from a tick or gridline of the left axis; share that repeat those


def has_second_axis(raster: Raster, lines: tuple[Line, ...], frame: Frame, height: float) -> bool:
    """Whether ticks stand on the right side in even steps, and not where those of the left side do.

    Parameters
    ----------
    raster : Raster
    lines : tuple of Line
    frame : Frame
    height : float
        Text height, px.
    """
    right = outer_ticks(raster, frame, "y2", height)
    if len(right) < LEAST_TICKS or np.ptp(np.diff(right)) > 2 * EVEN_PX:
        return False
    left = np.concatenate(list(tick_sources(raster, lines, frame, "y", height)))
    away = np.abs(right[:, None] - left[None, :]).min(axis=1, initial=np.inf)
    return bool((away <= MIRRORED_PX).mean() < MIRRORED)
