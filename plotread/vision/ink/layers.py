"""Split one ink by opacity: a faint raw curve or band under the strong smoothed one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask
from plotread.vision.ink.pieces import grown, pieces_of

STRONG = 0.82  # coverage from which a core is the strong layer's
APART_PX = 3.2  # px; faint cores further from it are no edge of the strong stroke
CLOSE_PX = 1.5  # px; the same where edges are sharp: a stroke's own edge is one pixel
SHARP_PX = 1.8  # px; a thinner pen has cores below STRONG, whose edges look like a faint layer
GUIDE_SHARE = 0.30  # share of the faint cores in one row, and the columns they span, of a grid line
GUIDE_SPAN = 0.60
LEVEL_WIDTH = 0.07  # coverage; cores this close to one value are one layer
LEVEL_SHARE = (0.40, 0.50)  # share of faint cores at that value, clean and lossy
LEVEL_SURE = 0.75  # with so many of them alike the layers may lie far apart
LEVEL_PALE = 0.45  # opacity; a fuller one far from the strong stroke is another curve
LEVEL_LEAST = 0.12
LEVEL_FAINT = 0.14  # below it the cores must agree better
LEVEL_FAINT_SHARE = 0.75
LEVEL_CONTRAST = (14.0, 22.0)  # levels of contrast the faint layer must have
LEVEL_MOST = 0.72  # a layer this strong is not told apart from the other
COLUMNS_LEAST = 12
COLUMNS_SHARE = 0.06
THIN_LEVEL = 0.42  # above it a thin line may be one stroke split between two pixels
THIN_PX = 1.8
BESIDE_SHARE = 0.10  # share of the strong columns that must show the faint layer
BESIDE_DISTANCE = 0.25  # median distance of the layers as a share of the height
STRONG_SPAN = 0.08  # share of the columns the strong layer must span
GRID_RUN = 0.25  # a straight faint run longer than this share is grid
GRID_CLOSE_PX = 5  # px; gaps of the faint layer that a grid line makes


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The two layers of one ink.

    Attributes
    ----------
    strong : (H, W) float32
        Coverage by the strong stroke alone.
    solid : (H, W) bool
        Where the strong stroke hides the faint one.
    weak : (H, W) float32
        Coverage by the faint layer, the strong stroke counted as solid ink.
    level : float
        Opacity of the faint layer.
    """

    strong: NDArray[np.float32]
    solid: Mask
    weak: NDArray[np.float32]
    level: float


def faint_level(
    alpha: NDArray[np.float32], grid: Mask, contrast: float, lossy: bool, width: float
) -> float | None:
    """Opacity of a faint layer beside the strong one, or None where there is none.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by one ink.
    grid : (H, W) bool
        Grid lines, which leave faint remains and do not count.
    contrast : float
        Levels between the paper and the ink.
    lossy : bool
    width : float
        Pen width of the whole map, px.
    """
    strong = alpha >= STRONG
    if strong.any(axis=0).mean() < STRONG_SPAN:
        return None
    if not lossy and width >= SHARP_PX:
        level = _level_of(alpha, strong, grid, contrast, lossy, width, close=True)
        # Right beside a stroke a fuller layer is its own edge, or markers that let it shine through.
        if level is not None and level <= LEVEL_PALE:
            return level
    return _level_of(alpha, strong, grid, contrast, lossy, width, close=False)


def _level_of(
    alpha: NDArray[np.float32], strong: Mask, grid: Mask, contrast: float, lossy: bool, width: float,
    close: bool,
) -> float | None:  # fmt: skip
    """The one value that most cores beside the strong stroke have, if they are a layer."""
    least = max(COLUMNS_LEAST, COLUMNS_SHARE * alpha.shape[1])
    faint, off_grid = _cores(alpha, strong, close) & (alpha > LEVEL_LEAST / 2), ~grown(grid)
    if np.count_nonzero((faint & off_grid).any(axis=0)) < least:
        return None
    faint = _without_guides(faint & off_grid & ~_straight(faint))
    values = alpha[faint]
    if np.count_nonzero(faint.any(axis=0)) < least:
        return None
    histogram, edges = np.histogram(values, bins=50, range=(0.0, 1.0))
    smooth = np.convolve(histogram, np.ones(5), "same")
    level = float(edges[int(smooth.argmax())] + 0.01)
    level = float(np.median(values[np.abs(values - level) <= LEVEL_WIDTH]))
    share = float((np.abs(values - level) <= LEVEL_WIDTH).mean())
    need = LEVEL_FAINT_SHARE if level < LEVEL_FAINT else LEVEL_SHARE[int(lossy)]
    if (
        not LEVEL_LEAST <= level <= LEVEL_MOST
        or share < need
        or level * contrast < LEVEL_CONTRAST[int(lossy)]
    ):
        return None
    if level > THIN_LEVEL and width < THIN_PX:
        return None
    both = strong.any(axis=0)
    beside = both & faint.any(axis=0)
    if beside.sum() < BESIDE_SHARE * both.sum():
        return None
    at = np.arange(alpha.shape[0])[:, None]
    middle = [(at * m).sum(axis=0)[beside] / np.maximum(m.sum(axis=0)[beside], 1) for m in (strong, faint)]
    sure = not lossy and share >= LEVEL_SURE and level <= LEVEL_PALE
    if not sure and np.median(np.abs(middle[0] - middle[1])) > BESIDE_DISTANCE * alpha.shape[0]:
        return None
    return level


def _cores(alpha: NDArray[np.float32], strong: Mask, close: bool) -> Mask:
    """Cores of strokes that are no edge of the strong one: not below either neighbor across.

    With `close` set they may lie right beside it: there the cut must lead to the strong stroke, for
    along it an edge keeps its value too.
    """
    pad = np.pad(alpha, 1)
    down = (alpha >= pad[:-2, 1:-1]) & (alpha >= pad[2:, 1:-1])
    across = (alpha >= pad[1:-1, :-2]) & (alpha >= pad[1:-1, 2:])
    distance = cv2.distanceTransform((~strong).astype(np.uint8), cv2.DIST_L2, 3)
    core = (down | across) & (distance > APART_PX)
    if close:
        reach = 2 * round(APART_PX) + 1
        image = strong.astype(np.uint8)
        over = cv2.dilate(image, np.ones((reach, 1), np.uint8)) > 0
        beside = (cv2.dilate(image, np.ones((1, reach), np.uint8)) > 0) & ~over
        core |= ((down & over) | (across & beside)) & (distance > CLOSE_PX)
    return np.asarray(core)


def _without_guides(faint: Mask) -> Mask:
    """Without rows that hold most of the faint ink all across: a grid line seen between the strokes."""
    rows = np.flatnonzero(faint.sum(axis=1) > GUIDE_SHARE * max(int(faint.sum()), 1))
    out = faint.copy()
    for row in rows:
        columns = np.flatnonzero(faint[row])
        if np.ptp(columns) > GUIDE_SPAN * faint.shape[1]:
            out[row] = False
    return out


def _straight(faint: Mask) -> Mask:
    """Rows and columns of long straight faint runs: what is left of a grid."""
    image = faint.astype(np.uint8)
    h, w = faint.shape
    across = cv2.morphologyEx(image, cv2.MORPH_OPEN, np.ones((1, max(int(GRID_RUN * w), 3)), np.uint8))
    down = cv2.morphologyEx(image, cv2.MORPH_OPEN, np.ones((max(int(GRID_RUN * h), 3), 1), np.uint8))
    return np.asarray((np.asarray(across) > 0) | (np.asarray(down) > 0))


def split(alpha: NDArray[np.float32], level: float, grid: Mask) -> Layers:
    """The strong stroke alone, and the faint layer with the strong stroke as solid ink."""
    strong = np.clip((alpha - level) / (1 - level), 0.0, 1.0)
    core = alpha > min(0.95, level + 0.25)
    # Single bright pixels are crossings of the faint curve with itself, not the strong stroke.
    _, labels, stats, _ = pieces_of(core)
    small = stats[:, cv2.CC_STAT_AREA] < 4
    small[0] = False
    core &= ~small[labels]
    solid = grown(core)
    strong = np.where(solid, strong, 0.0).astype(np.float32)
    weak = np.where(solid, 1.0, np.minimum(alpha / level, 1.0)).astype(np.float32)
    weak = _close_at_grid(weak, solid, grid)
    return Layers(strong, solid, weak, level)


def _close_at_grid(weak: NDArray[np.float32], solid: Mask, grid: Mask) -> NDArray[np.float32]:
    """Faint ink on a grid line is hard to tell from the line: close what the grid cut, straight across it.

    Only from faint ink to faint ink: between the two strokes a grid line is a grid line.
    """
    free = np.where(solid, np.float32(0.0), weak)
    for lines, across in ((grid.all(axis=0), (1, GRID_CLOSE_PX)), (grid.all(axis=1), (GRID_CLOSE_PX, 1))):
        closed = cv2.morphologyEx(free, cv2.MORPH_CLOSE, np.ones(across, np.uint8))
        near = np.convolve(lines, np.ones(3), "same") > 0
        at = near[None, :] if across[0] == 1 else near[:, None]
        weak = np.where(at, np.maximum(weak, closed), weak)
    return weak
