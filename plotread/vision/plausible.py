"""Refuse what was traced but is no curve: clouds of points, bars, cells.

A broken line has a rhythm; a path through a cloud of points has none.  A stroke is thinner than
letters; bars and cells are thicker.  Where most of a panel is of that sort, the panel is no line plot.
"""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np

from plotread.geometry import Box
from plotread.vision.coverage import coverage_of, footprint, paper_of
from plotread.vision.types import Mask, PanelFrame, Raster, Ruler, Trace

SAMPLE_STEP_PX = 0.5  # along the path; finer than any dash
LEAST_RUNS = 8  # gaps in a path before their rhythm means anything
GAPS_VARY = 0.75  # coefficient of variation of the gaps; dashes stay below 0.6, also under markers
MARKS_VARY = 1.75  # of the inked runs between them; dashes joined by markers stay below 1.3
MOST_INKED = 0.8  # of a path: dashes under markers that touch leave gaps only here and there,
PEN_HEIGHTS = 0.3  # and are drawn by a pen thinner than so many text heights, unlike the dots of a cloud
FILL_HEIGHTS = 1.0  # text heights; a thicker stroke is the fill of a bar or a cell
FILL_PX = 6.0  # and at least this, as small pictures have small letters
LEAST_ACROSS = 0.4  # of the width of a frame without numbers that a curve in it runs through
LEAST_MOVE = 0.05  # of its height that the tallest of them covers: rules of a table are level
LEAST_EXPLAINED = 0.8  # of the ink in it that the curves cover
AROUND_HEIGHTS = 1.0  # text heights around words that may hold the frame of their legend
SAME_INK_LEVELS = 24  # of each channel, between paths of one ink
MEET_WIDTHS = 4.0  # strokes between their ends, where they are one line
MOST_STROKES = 0.5  # strokes in a column beyond the curves that run through it, in the mean
STEEP, LEVEL = 4.0, 0.1  # px per px: an upright stroke, a level one
MOST_UPRIGHT, MOST_LEVEL = 0.7, 0.5  # of a path's way up and down, of its extent
INK_LEVELS = 40.0  # from the paper; fainter is a grid
GRID_SHARE = 0.7  # of a row or column of the frame that is ink
DOT_HEIGHTS = (0.45, 1.3)  # text heights; the smallest and largest lone dot
DOT_FULL = 0.55  # of its box that a dot fills; a disc fills 0.79, its soft rim fades
DOTS_APART = 0.5  # of so many that stand in different rows and columns
DOTS, DOTS_ALIKE = 30, 0.25  # of a scatter, on no curve, and how near their areas are to the middle one
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
    pen = PEN_HEIGHTS * ruler.text_height_px

    def in_a_cloud(trace: Trace) -> bool:
        inked = coverage_of(pixels, paper, trace.color) > 0.3 * trace.opacity
        return trace.line != "solid" and _irregular(trace, box, inked, pen)

    # Points on whole steps are markers, however wide.
    refused = [t.kind == "line" and not t.recovered and (t.width_px > fill or in_a_cloud(t)) for t in traces]
    lines = sum(trace.kind == "line" for trace in traces)
    if lines and sum(refused) > MOST_REFUSED * lines:
        return ()
    if _is_scatter(pixels, paper, traces, box, ruler.text_height_px):
        return ()
    return tuple(trace for trace, no in zip(traces, refused, strict=True) if not no)


def _ink_off_grid(pixels: np.ndarray, paper: np.ndarray) -> Mask:
    """Clear ink, without what crosses the whole frame straight: spine, grid or guide."""
    ink = np.asarray(np.abs(pixels - paper).max(axis=2) > INK_LEVELS)
    ink[ink.mean(axis=1) >= GRID_SHARE] = False
    ink[:, ink.mean(axis=0) >= GRID_SHARE] = False
    return ink


def _is_scatter(
    pixels: np.ndarray, paper: np.ndarray, traces: tuple[Trace, ...], box: Box, text_px: float
) -> bool:
    """Whether lone dots of one size stand about, on none of the curves."""
    ink = _ink_off_grid(pixels, paper)
    count, parts, stats, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    width, height, area = (stats[:, k].astype(float) for k in (2, 3, 4))
    least, most = (heights * text_px for heights in DOT_HEIGHTS)
    dots = (np.maximum(width, height) <= most) & (np.minimum(width, height) >= least)
    dots &= (np.abs(width - height) <= 1) & (area >= DOT_FULL * width * height)
    if np.count_nonzero(dots) < DOTS:
        return False
    drawn = np.any([footprint(trace, box) for trace in traces], axis=0)
    dots &= np.bincount(parts[drawn], minlength=count) == 0
    dots &= ~_holds_points(stats, traces, box)
    alike = np.abs(area - np.median(area[dots])) <= DOTS_ALIKE * area if dots.any() else dots
    lone = np.round(middles[dots & alike] / least)
    # The dashes of a line of the grid stand in one row or column.
    return len(lone) >= DOTS and all(len(np.unique(place)) >= DOTS_APART * DOTS for place in lone.T)


def _holds_points(stats: np.ndarray, traces: tuple[Trace, ...], box: Box) -> Mask:
    """Which parts, (N, 5) as OpenCV tells them, hold a logged point."""
    places = [trace.points_px - (box.x0, box.y0) for trace in traces if trace.recovered]
    held = np.zeros(len(stats), dtype=bool)
    for at in np.concatenate(places) if places else ():
        held |= ((at >= stats[:, :2]) & (at < stats[:, :2] + stats[:, 2:4])).all(axis=1)
    return held


def surely_curves(
    raster: Raster, ruler: Ruler, frame: PanelFrame, traces: tuple[Trace, ...], obstacles: tuple[Box, ...]
) -> bool:
    """Whether the traces of a frame that no numbers tell are curves beyond doubt.

    They run through the frame, at least one of them moves, and they explain what ink there is:
    boxes, tables, clouds and drawings leave most of theirs unexplained, or hold level strokes alone.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
    frame : PanelFrame
    traces : tuple of Trace
        Points in px of the whole image.
    obstacles : tuple of Box
        Words and legends inside the frame, whole-image px.
    """
    box = frame.frame.inner().clip(raster.width, raster.height)
    lines = [t for t in traces if t.kind == "line" and t.line != "none"]
    across = [t for t in lines if np.ptp(t.points_px[:, 0]) >= LEAST_ACROSS * frame.frame.width]
    if not across or len(across) < MOST_REFUSED * len(lines):
        return False
    moves = [np.ptp(t.points_px[:, 1]) >= LEAST_MOVE * frame.frame.height for t in across]
    if not any(moves):
        return False
    pixels = raster.rgb[box.slices].astype(np.float32)
    ink = _ink_off_grid(pixels, paper_of(pixels))
    for obstacle in obstacles:
        # The box of a legend may be framed.
        inside = obstacle.pad(round(AROUND_HEIGHTS * ruler.text_height_px)).clip(raster.width, raster.height)
        ink[max(inside.y0 - box.y0, 0) : max(inside.y1 - box.y0, 0),
            max(inside.x0 - box.x0, 0) : max(inside.x1 - box.x0, 0)] = False  # fmt: skip
    drawn = np.any([footprint(trace, box) for trace in traces], axis=0)
    if not ink.any() or (ink & drawn).sum() < LEAST_EXPLAINED * ink.sum():
        return False
    if _doubles_back(ink, traces, box) or any(_turn_back(a, b) for a, b in combinations(lines, 2)):
        return False
    return not all(_is_angular(t) for t in across)


def _turn_back(a: Trace, b: Trace) -> bool:
    """Whether two paths of one ink meet at an end, as the halves of a closed line do."""
    if a.role is not None or b.role is not None:
        return False  # a smoothed curve starts where its raw one does
    if max(abs(p - q) for p, q in zip(a.color, b.color, strict=True)) > SAME_INK_LEVELS:
        return False
    reach = MEET_WIDTHS * max(a.width_px, b.width_px, 1.0)
    gaps = np.abs(a.points_px[[0, -1]] - b.points_px[[0, -1]])
    return bool((gaps.max(axis=1) <= reach).any())


def _doubles_back(ink: Mask, traces: tuple[Trace, ...], box: Box) -> bool:
    """Whether columns hold more strokes than curves, as a closed line or a path in the plane does."""
    strokes = (np.diff(ink.astype(np.int8), axis=0, prepend=0) > 0).sum(axis=0)
    curves = np.zeros(ink.shape[1])
    for trace in traces:
        first, last = np.round(trace.points_px[[0, -1], 0]).astype(int) - box.x0
        curves[max(first, 0) : last + 1] += 1
    some = curves > 0
    return bool(some.any() and (strokes[some] - curves[some]).mean() > MOST_STROKES)


def _is_angular(trace: Trace) -> bool:
    """Whether a path runs level and upright by turns: the outlines of bars, boxes and trees."""
    x, y = trace.points_px.T
    dx, dy = np.diff(x), np.abs(np.diff(y))
    upright = dy > STEEP * np.maximum(dx, 1.0)
    level = dx[dy <= LEVEL * np.maximum(dx, LEVEL)].sum()
    return bool(dy[upright].sum() > MOST_UPRIGHT * dy.sum() and level > MOST_LEVEL * np.ptp(x))


def _irregular(trace: Trace, box: Box, ink: Mask, pen: float) -> bool:
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
    if trace.width_px <= pen and near.mean() > MOST_INKED:
        return False
    return bool(gaps.std() > GAPS_VARY * gaps.mean() and marks.std() > MARKS_VARY * marks.mean())
