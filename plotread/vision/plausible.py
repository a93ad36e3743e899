"""Refuse what was traced but is no curve: clouds of points, bars, cells.

A broken line has a rhythm; a path through a cloud of points has none.  A stroke is thinner than
letters; bars and cells are thicker.  Where most of a panel is of that sort, the panel is no line plot.
"""

from __future__ import annotations

import numpy as np

from plotread.geometry import Box
from plotread.vision.coverage import coverage_of, paper_of
from plotread.vision.types import Mask, PanelFrame, Raster, Ruler, Trace

SAMPLE_STEP_PX = 0.5  # along the path; finer than any dash
LEAST_RUNS = 8  # gaps in a path before their rhythm means anything
GAPS_VARY = 0.75  # coefficient of variation of the gaps; dashes stay below 0.6, also under markers
MARKS_VARY = 1.75  # of the inked runs between them; dashes joined by markers stay below 1.3
FILL_HEIGHTS = 0.6  # text heights; a thicker stroke is the fill of a bar or a cell
FILL_PX = 6.0  # and at least this, as small pictures have small letters
MOST_REFUSED = 0.5  # share of a panel's curves; where more are none, the others are accidents too


def curves_only(
    raster: Raster, ruler: Ruler, frame: PanelFrame, traces: tuple[Trace, ...]
) -> tuple[Trace, ...]:
    """The traces that are curves; none where most of the panel is something else.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
    frame : PanelFrame
    traces : tuple of Trace
        Points in px of the whole image.
    """
    if not traces:
        return ()
    box = frame.frame.inner().clip(raster.width, raster.height)
    pixels = raster.rgb[box.slices].astype(np.float32)
    paper = paper_of(pixels)
    fill = max(FILL_PX, FILL_HEIGHTS * ruler.text_height_px)
    refused = [
        trace.kind == "line"
        and (
            trace.width_px > fill
            or (trace.line != "solid" and not trace.recovered
                and _irregular(trace, box, coverage_of(pixels, paper, trace.color) > 0.3 * trace.opacity))
        )
        for trace in traces
    ]  # fmt: skip
    lines = sum(trace.kind == "line" for trace in traces)
    if lines and sum(refused) > MOST_REFUSED * lines:
        return ()
    return tuple(trace for trace, no in zip(traces, refused, strict=True) if not no)


def _irregular(trace: Trace, box: Box, ink: Mask) -> bool:
    """Whether gaps and marks along a path follow no rhythm, as in a cloud of points."""
    points = trace.points_px - (box.x0, box.y0)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.arange(0.0, along[-1], SAMPLE_STEP_PX)
    if len(at) < LEAST_RUNS:
        return False
    column = np.clip(np.round(np.interp(at, along, points[:, 0])).astype(int), 0, ink.shape[1] - 1)
    row = np.clip(np.round(np.interp(at, along, points[:, 1])).astype(int), 0, ink.shape[0] - 1)
    # The path may run a pixel beside its ink.
    above, below = np.maximum(row - 1, 0), np.minimum(row + 1, len(ink) - 1)
    near = ink[row, column] | ink[above, column] | ink[below, column]
    turns = np.flatnonzero(near[1:] != near[:-1])
    runs = np.diff(turns).astype(float)
    marked = near[turns[:-1] + 1]
    gaps, marks = runs[~marked], runs[marked]
    if len(gaps) < LEAST_RUNS or len(marks) < LEAST_RUNS:
        return False
    return bool(gaps.std() > GAPS_VARY * gaps.mean() and marks.std() > MARKS_VARY * marks.mean())
