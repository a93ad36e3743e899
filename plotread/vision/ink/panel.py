"""The steps from a panel's pixels to its curves, in order."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.ink.background import Mask, Sheet, lay_sheet
from plotread.vision.ink.emit import emit_points, stroke_width
from plotread.vision.ink.ends import to_the_frame
from plotread.vision.ink.follow import INK, Curve, follow_all
from plotread.vision.ink.furniture import blocked_pixels, drop_swatches
from plotread.vision.ink.inks import Ink, find_inks
from plotread.vision.ink.unmix import unmix
from plotread.vision.types import LegendEntry, PanelFrame, Raster, Ruler, Trace

HIDING = 0.35  # coverage by others from which a pixel may hide a curve
SIGMA_PX = 0.15  # standard error of a clean centre, px
SIGMA_HIDDEN_PX = 2.0
HIDDEN_STEP_PX = 1.0


def trace_panel(raster: Raster, ruler: Ruler, panel: PanelFrame, legend: tuple[LegendEntry, ...] = (),
                obstacles: tuple[Box, ...] = ()) -> tuple[Trace, ...]:
    """Trace every curve of one panel.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
    panel : PanelFrame
        Frame in whole-image px; the x scale, where known, serves the comb of markers.
    legend : tuple of LegendEntry
        The list of inks, where one was read; may be empty.
    obstacles : tuple of Box
        Boxes inside the frame that hold text or a legend, whole-image px.

    Returns
    -------
    tuple of Trace
        Whole-image px; empty where the panel shows no curve.
    """
    sheet = lay_sheet(raster, panel.frame, ruler.text_height_px)
    blocked = blocked_pixels(sheet, obstacles)
    inks = find_inks(sheet, blocked, legend)
    if not inks:
        return ()
    maps = unmix(sheet, inks)
    alpha = maps.alpha
    alpha[:, blocked] = 0.0
    drop_swatches(alpha, sheet.text_px)
    busy = alpha.sum(axis=0)
    covered = blocked | maps.strange
    traces: list[Trace] = []
    for k, ink in enumerate(inks):
        hidden = ((busy - alpha[k]) > HIDING) | covered
        for curve in follow_all(alpha[k], hidden):
            trace = _told(sheet, ink, curve, hidden)
            if trace is not None:
                traces.append(trace)
    return tuple(traces)


def _told(sheet: Sheet, ink: Ink, curve: Curve, hidden: Mask) -> Trace | None:
    width = stroke_width(curve.alpha)
    points = emit_points(curve.alpha, hidden, width)
    if len(points) < 2:
        return None
    points = to_the_frame(points, sheet.frame)
    points, observed = _bridged(points, hidden)
    sigma = np.where(observed, SIGMA_PX, SIGMA_HIDDEN_PX) * sheet.zoom
    entry = ink.entries[0] if ink.entries else None
    return Trace(
        points_px=sheet.to_image(points), sigma_px=sigma, observed=observed, color=ink.rgb,
        line=entry.line if entry else "solid", marker=entry.marker if entry else None,
        width_px=width * sheet.zoom,
    )


def _bridged(points: NDArray[np.float64], hidden: Mask) -> tuple[NDArray[np.float64], Mask]:
    """Points in the gaps of a curve, straight across, marked as not observed."""
    gap = np.flatnonzero(np.diff(points[:, 0]) > 2 * HIDDEN_STEP_PX)
    if len(gap) == 0:
        return points, np.ones(len(points), dtype=bool)
    parts, seen = [], []
    at = 0
    for g in gap:
        parts.append(points[at: g + 1])
        seen.append(np.ones(g + 1 - at, dtype=bool))
        (xa, ya), (xb, yb) = points[g], points[g + 1]
        x = np.arange(np.floor(xa) + 1, xb, HIDDEN_STEP_PX)
        parts.append(np.stack([x, np.interp(x, [xa, xb], [ya, yb])], axis=1))
        seen.append(np.zeros(len(x), dtype=bool))
        at = g + 1
    parts.append(points[at:])
    seen.append(np.ones(len(points) - at, dtype=bool))
    return np.concatenate(parts), np.concatenate(seen)
