"""The half pixel between strokes and data.

Renderers snap the strokes of ticks and spines to whole pixels and draw curves where they are, so
a scale measured on ticks is off by a constant, for Agg half a pixel right and down.  Sideways the
logged points tell it (they stand on whole steps).  Nothing in a picture tells it up and down; a
renderer that snaps strokes right snaps them down as well, so where all ticks stand at one part of a
pixel the shift is taken for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plotread.model import Axis, Scale
from plotread.vision.pixels import snapped
from plotread.vision.types import PanelFrame

LEAST_SHIFT_PX = 0.15  # smaller ones are within the error of the fit
MOST_SHIFT_PX = 1.15  # half a pixel of a picture drawn at twice the size, plus that error


def figure_shift(shifts: Sequence[float | None]) -> float | None:
    """The median of the shifts that the panels tell; one renderer drew them all."""
    told = [shift for shift in shifts if shift is not None]
    return float(np.median(told)) if told else None


def shifted(frame: PanelFrame, ruler: Scale | None, own: float | None, common: float | None) -> PanelFrame:
    """The panel with its scales moved from the strokes to the data.

    Parameters
    ----------
    frame : PanelFrame
        Scales as measured on strokes; their ranges at the frame stay as they are.
    ruler : Scale or None
        The x scale that this panel's own logged points tell.
    own, common : float or None
        Sideways shift (px) told by this panel's curves, and by those of the whole figure.
    """
    shift = common if own is None else own
    if shift is None or abs(shift) > MOST_SHIFT_PX:
        return frame
    x = _moved(frame.x, shift) if ruler is None else replace(frame.x, scale=ruler)
    if abs(shift) < LEAST_SHIFT_PX or not (snapped(frame.x) and snapped(frame.y)):
        return replace(frame, x=x)
    y2 = _moved(frame.y2, shift) if frame.y2 is not None else None
    return replace(frame, x=x, y=_moved(frame.y, shift), y2=y2)


def _moved(axis: Axis, shift: float) -> Axis:
    if axis.scale is None:
        return axis
    return replace(axis, scale=replace(axis.scale, offset=axis.scale.offset - axis.scale.slope * shift))
