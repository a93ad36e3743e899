"""The half pixel between strokes and data.

Renderers snap the strokes of ticks and spines to whole pixels and draw curves where they are, so
a scale measured on ticks is off by a constant, for Agg half a pixel right and down.  Sideways the
logged points tell it (they stand on whole steps).  Nothing in a picture tells it up and down; a
renderer that snaps strokes right snaps them down as well, so where all ticks stand at one part of a
pixel the shift is taken for both.  Where no logged points tell it, the strokes themselves may: one
that is no whole number of pixels wide and yet lies with equal rims about the middle of a pixel, at
every tick, was rounded there, and rounding x to floor(x + 1/2) + 1/2 moves it half a pixel on average
(Agg's `PathSnapper`, in matplotlib's `path_converters.h`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plotread.model import Axis, Scale
from plotread.vision.pixels import snapped
from plotread.vision.types import PanelFrame, Raster

ROUNDED_SHIFT_PX = -0.5  # of data against strokes that were rounded right and down, on average
ON_PIXEL_PX = 0.02  # px by which a rounded stroke may stand off the middle of a pixel
RIM = (0.02, 0.6)  # of the stroke's own depth: pixels that it covers in part
EVEN_RIMS, CLEAR_RIMS = 0.03, 0.03  # of that depth: difference of the two rims, and ink beyond them
ROUNDED_SHARE, LEAST_TICKS = 0.75, 4  # of the ticks of both axes that must look so
PROFILE_PX = 4  # px looked at on both sides of a tick
OUTSIDE_PX = (2, 4)  # px beyond the frame where its stroke is looked at
ACROSS = 15  # places along a gridline where there is none outside
LEAST_LEVELS = 20.0  # contrast of a stroke that can be judged
LEAST_SHIFT_PX = 0.15  # smaller ones are within the error of the fit
MOST_SHIFT_PX = 1.15  # half a pixel of a picture drawn at twice the size, plus that error


def figure_shift(shifts: Sequence[float | None]) -> float | None:
    """The median of the shifts that the panels tell; one renderer drew them all."""
    told = [shift for shift in shifts if shift is not None]
    return float(np.median(told)) if told else None


def rounded_shift(raster: Raster, frames: Sequence[PanelFrame]) -> float | None:
    """The shift that strokes rounded to whole pixels tell, px; None where nothing shows that they were."""
    if raster.lossy:
        return None
    seen = [_is_rounded(raster, frame, side, tick.pixel) for frame in frames for side in ("x", "y")
            for tick in (frame.x if side == "x" else frame.y).ticks]  # fmt: skip
    judged = [rounded for rounded in seen if rounded is not None]
    if len(judged) < LEAST_TICKS or np.mean(judged) < ROUNDED_SHARE:
        return None
    return ROUNDED_SHIFT_PX


def _is_rounded(raster: Raster, panel: PanelFrame, side: str, at: float) -> bool | None:
    """Whether a tick's stroke has even rims about the middle of a pixel; None where it cannot be seen."""
    f = panel.frame
    rgb = raster.rgb if side == "x" else raster.rgb.transpose(1, 0, 2)
    middle = round(at)
    outside = np.arange(OUTSIDE_PX[0], OUTSIDE_PX[1] + 1)
    strip = f.bottom + outside if side == "x" else f.left - outside
    inner = (f.top, f.bottom) if side == "x" else (f.left, f.right)
    for rows in (strip, np.linspace(*inner, ACROSS + 2)[1:-1]):
        index = np.clip(np.round(rows).astype(int), 0, rgb.shape[0] - 1)
        columns = np.arange(middle - PROFILE_PX, middle + PROFILE_PX + 1)
        if columns[0] < 0 or columns[-1] >= rgb.shape[1]:
            return None
        profile = np.median(rgb[index][:, columns].astype(float), axis=0).mean(axis=1)
        depth = np.abs(profile - np.median(profile[[0, 1, -2, -1]]))
        if depth.max() < LEAST_LEVELS:
            continue
        depth /= depth.max()
        half = depth[PROFILE_PX:]
        even = np.abs(half - depth[PROFILE_PX::-1]).max() <= EVEN_RIMS
        rim = np.flatnonzero(half < 1 - RIM[0])
        clear = len(rim) > 0 and half[rim[0] + 1 :].max(initial=0) <= CLEAR_RIMS
        return bool(
            abs(at - middle) <= ON_PIXEL_PX and even and clear and RIM[0] <= half[rim[0]] <= RIM[1]
        )
    return None


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
