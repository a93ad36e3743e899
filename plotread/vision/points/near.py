"""What the pixels near one curve show: the middle of its line, and ink beyond the line."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import RGB, Floats
from plotread.vision.pixels import largest_channel
from plotread.vision.types import Mask, Trace

REACH_WIDTHS, REACH_PX = 3.5, 8.0  # of a marker beyond the middle of its line: stroke widths, px at least
REACH_TEXTS = 0.75  # of the same in text heights: a thin pen draws large markers in a large picture
TUBE_PX = 0.8  # beyond half the stroke; what lies outside is no line
INK = 0.35  # coverage of a pixel that counts
RULE_SHARE, RULE_SHARE_ALONG = 0.6, 0.9  # of a column, of a row off the paper: a grid line, no marker
RULE_LEVELS, RULE_STEP = 25.0, 4  # levels off the paper; every so many pixels across are looked at
OTHER_PX = 1.0  # beyond half the stroke of another curve, whose pixels tell nothing
CLUSTER_GAP_PX = 1.5  # columns between the arms of one mark, at most, when widths are measured
STRAIGHT_PX, STRAIGHT_WIDTHS = 1.5, 0.5  # distance of the line between teeth from the polyline: px, widths
BENT, BENT_SHARE = 2.0, 0.5  # times that distance, in so large a share of the columns between two teeth
ROBUST_ROUNDS = 4
LEAST_BARE_COLUMNS = 6
CLEAR_PX = 0.5  # beyond half a marker; columns so far from the points show the bare line
SAMPLE_WEIGHT = 0.05  # of a column under a marker, whose middle leans
STIFF = 1e-6
SPINE_PX = 2  # columns of a spine, left out of the box, on whose middle a curve may begin or end
LEAST_COLUMNS = 8
LEAST_LOOSE_PX2 = 8.0  # ink beyond a line; less is no comb of markers


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The middle of a trace column by column.

    Attributes
    ----------
    columns : (C,) int array
        Whole px of the panel's box.
    middle : (C,) float array
        y, px of the box.
    steep : (C,) float array
        |dy/dx|.
    """

    columns: NDArray[np.intp]
    middle: Floats
    steep: Floats

    def at(self, x: Floats) -> Floats:
        return np.asarray(np.interp(x, self.columns, self.middle))


@dataclass(frozen=True, slots=True, eq=False)
class Loose:
    """Ink of a curve beyond its line, by column of the panel's box.

    Attributes
    ----------
    mass : (W,) float array
        Coverage, px.
    blind : (W,) bool array
        Columns where other curves or grid lines cover the place.
    radius : float
        Half the typical width of a cluster of such ink, px; 0 where there is too little.
    ink : (h, w) float32 array
        Share of the curve's ink near its line, 0 elsewhere.
    hidden : (h, w) bool array
        Pixels of other curves and of grid lines.
    """

    mass: Floats
    blind: Mask
    radius: float
    ink: NDArray[np.float32]
    hidden: Mask


def line_of(trace: Trace, box: Box) -> Line:
    """The middle of a trace by column, without the arms of markers."""
    x = np.round(trace.points_px[:, 0]).astype(int) - box.x0
    inside = (x >= -SPINE_PX) & (x < box.width + SPINE_PX)
    x, y = np.clip(x[inside], 0, box.width - 1), trace.points_px[inside, 1] - box.y0
    low, high = np.full(box.width, np.inf), np.full(box.width, -np.inf)
    np.minimum.at(low, x, y)
    np.maximum.at(high, x, y)
    seen = np.flatnonzero(np.isfinite(low))
    if len(seen) < 2:
        return Line(seen, (low[seen] + high[seen]) / 2, np.zeros(len(seen)))
    columns = np.arange(seen[0], seen[-1] + 1)
    middle = np.interp(columns, seen, (low[seen] + high[seen]) / 2)
    return Line(columns, middle, np.abs(np.gradient(middle)))


def reach_of(width: float, text_px: float) -> float:
    """How far from the middle of its line, px, a marker may reach: by its stroke and by the text's height."""
    return max(REACH_WIDTHS * width, REACH_PX, REACH_TEXTS * text_px)


def loose_ink(
    pixels: np.ndarray, paper: Floats, color: RGB, line: Line, width: float, hidden: Mask,
    text_px: float = 0.0,
) -> Loose | None:  # fmt: skip
    """Ink of `color` near a line but beyond it.

    Parameters
    ----------
    pixels : (h, w, 3) float32 array
    paper : (3,) float array
    color : RGB
    line : Line
    width : float
        Stroke, px.
    hidden : (h, w) bool
        Pixels of other curves and of grid lines.
    text_px : float
        Height of the digits at the ticks, 0 where unknown.
    """
    if len(line.columns) < LEAST_COLUMNS:
        return None
    h, w = pixels.shape[:2]
    reach = reach_of(width, text_px)
    path = np.round(np.stack([line.columns, line.middle], axis=1) * 16).astype(np.int32)
    near = np.zeros((h, w), np.uint8)
    cv2.polylines(near, [path], False, 1, max(round(2 * reach), 1), shift=4)
    tube = np.zeros((h, w), np.uint8)
    cv2.polylines(tube, [path], False, 1, max(round(width + 2 * TUBE_PX), 1), shift=4)
    near[np.asarray(cv2.inRange(pixels, paper, paper)) > 0] = 0
    rows, columns = np.nonzero(near)
    share = _coverage(pixels[rows, columns], paper, color)
    ink, loose = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    ink[rows, columns] = share
    on_line = (tube[rows, columns] > 0) | hidden[rows, columns]
    loose[rows, columns] = np.where(on_line | (share < INK), np.float32(0), share)
    mass = loose.sum(axis=0).astype(np.float64)
    at = np.clip(np.round(line.middle).astype(int), 0, h - 1)
    blind = np.zeros(w, bool)
    blind[line.columns] = hidden[at, line.columns]
    radius = 0.0
    if mass.sum() >= LEAST_LOOSE_PX2:
        radius = max(float(np.percentile(_cluster_widths(mass), 60)) / 2, 1.0)
    return Loose(mass, blind, radius, ink, hidden)


def _coverage(pixels: np.ndarray, paper: Floats, color: RGB) -> np.ndarray:
    ray = np.asarray(color, np.float32) - paper.astype(np.float32)
    length2 = max(float(ray @ ray), 1.0)
    offset = pixels - paper.astype(np.float32)
    share = offset @ ray / length2
    residual2 = np.einsum("ij,ij->i", offset, offset) - share * share * length2
    limit = max(24.0, 0.25 * length2**0.5)
    return np.asarray(np.where(residual2 > limit * limit, 0, np.clip(share, 0, 1)), dtype=np.float32)


def rules_of(pixels: np.ndarray, paper: Floats) -> Mask:
    """Columns and rows that are full of ink, looked at in every fourth pixel across: grid lines.

    A curve may lie flat along much of a row, so that only a full one is taken for a line.
    """
    h, w = pixels.shape[:2]
    near = paper.astype(np.float32)
    down = largest_channel(np.abs(pixels[::RULE_STEP] - near)) > RULE_LEVELS
    along = largest_channel(np.abs(pixels[:, ::RULE_STEP] - near)) > RULE_LEVELS
    mask = np.zeros((h, w), bool)
    mask[:, down.mean(axis=0) > RULE_SHARE] = True
    mask[along.mean(axis=1) > RULE_SHARE_ALONG] = True
    return mask


def _cluster_widths(mass: Floats) -> Floats:
    on = np.flatnonzero(mass > INK)
    if len(on) == 0:
        return np.zeros(0)
    cut = np.flatnonzero(np.diff(on) > 1 + CLUSTER_GAP_PX)
    starts, ends = np.concatenate([[0], cut + 1]), np.concatenate([cut, [len(on) - 1]])
    return np.asarray(on[ends] - on[starts] + 1, dtype=np.float64)


def bare_width(loose: Loose, line: Line, x: Floats, radius: float) -> float | None:
    """Stroke width between markers at `x`, median over bare columns; None where there are too few."""
    away = np.abs(line.columns[:, None] - x[None]).min(axis=1) > radius + CLEAR_PX + 1
    away &= ~loose.blind[line.columns] & (line.steep <= 1)
    if away.sum() < LEAST_BARE_COLUMNS:
        return None
    thick = loose.ink[:, line.columns[away]].sum(axis=0) / np.hypot(1, line.steep[away])
    return float(np.median(thick))


def inked_share(loose: Loose, line: Line, x: Floats, radius: float) -> float:
    """Mean coverage of the line between markers at `x`: 1 where it is solid, the share of dashes else."""
    away = np.abs(line.columns[:, None] - x[None]).min(axis=1) > radius + CLEAR_PX + 1
    away &= ~loose.blind[line.columns]
    if away.sum() < LEAST_BARE_COLUMNS:
        return 1.0
    at = np.clip(np.round(line.middle[away]).astype(int), 1, loose.ink.shape[0] - 2)
    return float(np.max([loose.ink[at + d, line.columns[away]] for d in (-1, 0, 1)], axis=0).mean())


def straightness(
    line: Line, x: Floats, radius: float, width: float, blind: Mask, *, bends: bool = True
) -> float:
    """Share of the bare columns between the teeth whose line runs straight from tooth to tooth.

    None at all where it plainly `bends` between two of them: it was logged more often than marked.
    """
    y = heights(line, x, radius, blind)
    away = np.abs(line.columns[:, None] - x[None]).min(axis=1) > radius + CLEAR_PX
    if (away & ~blind[line.columns]).sum() >= len(x):
        away &= ~blind[line.columns]
    elif away.sum() < len(x):
        away[:] = True
    off = np.abs(np.interp(line.columns, x, y) - line.middle)
    limit = max(STRAIGHT_PX, STRAIGHT_WIDTHS * width) + line.steep
    bare = away & ~blind[line.columns]
    cell = np.searchsorted(x, line.columns[bare])
    columns = np.bincount(cell, minlength=len(x) + 1)
    bent = np.bincount(cell, (off > BENT * limit)[bare], minlength=len(x) + 1)
    at = np.clip(np.round(x).astype(int), line.columns[0], line.columns[-1])
    missed = np.abs(y - line.at(x)) > BENT * (limit[at - line.columns[0]] + radius)
    bent_cells = bent > BENT_SHARE * np.maximum(columns, LEAST_BARE_COLUMNS)
    if bends and (bent_cells.any() or missed[~blind[at]].any()):
        return 0.0
    return float((off <= limit)[away].mean())


def roughness(line: Line, x: Floats, radius: float, blind: Mask) -> float:
    """Mean square of a line's distances across from the polyline with knots at `x`, px^2."""
    y = heights(line, x, radius, blind)
    off = (np.interp(line.columns, x, y) - line.middle) / np.hypot(1, line.steep)
    away = np.abs(line.columns[:, None] - x[None]).min(axis=1) > radius + CLEAR_PX
    away &= ~blind[line.columns]
    return float(np.mean(np.minimum(off[away] ** 2, 1.0))) if away.any() else 0.0


def heights(line: Line, x: Floats, radius: float, blind: Mask) -> Floats:
    """Heights of a polyline with knots at `x`, by robust least squares to the columns of bare line."""
    columns = np.clip(line.columns.astype(float), x[0], x[-1])
    cell = np.clip(np.searchsorted(x, columns, side="right") - 1, 0, len(x) - 2)
    right = (columns - x[cell]) / np.diff(x)[cell]
    left = 1 - right
    clear = np.minimum(columns - x[cell], x[cell + 1] - columns) > radius + CLEAR_PX
    clear &= ~blind[line.columns]
    weight = np.where(clear, 1.0, SAMPLE_WEIGHT) / (1 + line.steep**2)
    n = len(x)
    y = line.at(x)
    knots, spans = np.arange(n), np.arange(n - 1)
    for _ in range(ROBUST_ROUNDS):
        residual = line.middle - left * y[cell] - right * y[cell + 1]
        trust = weight / (1 + (residual / (STRAIGHT_PX * (1 + line.steep))) ** 2)
        normal = np.zeros((n, n))
        normal[knots, knots] = (
            np.bincount(cell, trust * left**2, n) + np.bincount(cell + 1, trust * right**2, n) + STIFF
        )
        side = np.bincount(cell, trust * left * right, n)[:-1]
        normal[spans, spans + 1] = normal[spans + 1, spans] = side
        pull = np.bincount(cell, trust * left * residual, n)
        pull += np.bincount(cell + 1, trust * right * residual, n)
        y = y + np.linalg.solve(normal, pull)
    return np.asarray(y)
