"""The half pixel between strokes and data.

Renderers snap the strokes of ticks and spines to whole pixels and draw curves where they are, so
a scale measured on ticks is off by a constant, for Agg half a pixel right and down.  Sideways the
logged points tell it (they stand on whole steps).  Nothing in a picture tells it up and down; a
renderer that snaps strokes right snaps them down as well, so where the ticks of both axes stand at
one part of a pixel the shift sideways says which renderer it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plotread.model import Axis, Scale
from plotread.vision.pixels import snapped_to
from plotread.vision.types import PanelFrame

LEAST_SHIFT_PX = 0.15  # smaller ones are within the error of the fit
# Half a unit of the page that a stroke stands right of and below its place, px, by where strokes stand:
# on pixels (a unit is one), between two (two) or on thirds (one and a half).
HALF_PX: dict[str | None, float] = {"pixels": -0.5, "edges": -1.0, "thirds": -0.75}
LAYER_SHARE = 0.5  # of a shift right: some renderers move their layer of curves as a whole, some only ticks
ROUNDING_PX = 0.18  # standard error of a shift told through a handful of ticks, each rounded to a pixel
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
    down = _down(shift if common is None else common, snapped_to(frame.x), snapped_to(frame.y))
    if abs(down) < LEAST_SHIFT_PX:
        return replace(frame, x=x)
    y2 = _moved(frame.y2, down) if frame.y2 is not None else None
    return replace(frame, x=x, y=_moved(frame.y, down), y2=y2)


def _down(told: float, across: str | None, up: str | None) -> float:
    """Expected shift up and down, px, where `told` is the shift sideways and ticks stand as given.

    Strokes snapped right and down leave the curves left and up by half a unit of the page or, where the
    renderer moves its curves too, by nothing; what the rounding of a few ticks adds to `told` says
    nothing of up and down.  So it is the mean of the two, by how well each explains `told`.
    """
    if told > 0:
        return LAYER_SHARE * told
    places = {across, up} - {"same"}
    if None in places or len(places) > 1:
        return 0.0
    half = HALF_PX[places.pop()] if places else told
    odds = np.exp(np.clip((told**2 - (told - half) ** 2) / (2 * ROUNDING_PX**2), -50, 50))
    return float(half * odds / (1 + odds))


def _moved(axis: Axis, shift: float) -> Axis:
    if axis.scale is None:
        return axis
    return replace(axis, scale=replace(axis.scale, offset=axis.scale.offset - axis.scale.slope * shift))
