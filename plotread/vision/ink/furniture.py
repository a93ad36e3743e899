"""What stands in the frame and is no curve: words, legends, tick strokes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.ink.background import Mask, Sheet
from plotread.vision.ink.colors import GREY_LEVELS
from plotread.vision.ink.pieces import Labels, grown, pieces_of
from plotread.vision.ink.ticks import CLEAR_LEVELS, GRID_CUT_PX, tick_strokes
from plotread.vision.pixels import channel_spread
from plotread.vision.types import Trace

LETTER_HEIGHT = (0.3, 2.6)  # digit heights; letters, with their accents and descenders
LETTER_WIDTH = 3.0  # digit heights; wider parts are strokes, not letters
WORD_GAP = 0.9  # heights between the letters of a line
LINE_SLACK = 0.6  # heights by which the middles of letters of one line may differ
MIN_LETTERS = 3
LEANING = 0.5  # share of a box within the frame, less than which is a label of the axis beside it
CUT_LEVELS = 15.0  # contrast of ink that goes on beyond a grid line
SAME_SIZE = 0.3  # share within which parts count as equal: dots of a dotted line, markers
SAME_SIZE_PX = 1.6
SAME_SIZE_SHARE = 0.7
MIN_EQUAL_PARTS = 5
BAR_THICK = 0.35  # digit heights; a thinner part is a bar or a dot
BAR_THICK_PX = 1.0  # px more, for its soft rims
BAR_ASPECT = 0.4  # thickness over length of a thick dash
BAR_SHARE = 0.6  # share of a chain's parts that are bars or dots: no word has so many
CHAIN_GAP = (0.9, 0.4)  # digit heights from part to part of a broken curve, across and down
SWATCH_GAP = 3.5  # heights between words and their swatch
SWATCH_HEIGHT = 1.7
SWATCH_WIDTH = 6.5
MAX_ON_GRID = 0.5  # share of a faint curve's points on grid lines
MAX_PARTS = 900  # parts; a panel with more small parts holds a cloud of points, not words
BOX_MARGIN = 0.8  # digit heights between the words of a legend and its frame
EDGE_FULL = 0.8  # share of a box's outline in ink: the frame of a legend
BAR_ENDS_PX = 2.0  # px; swatches of one legend share both ends
BAR_LENGTH = (1.2, 8.0)  # digit heights
BAR_HEIGHT = 1.7
SIDE_SHARE = 0.02  # of the panel's width: dots, and ticks at the ends, may keep a line so far from a side
SIDE_PX, LEVEL_SHARE = 3.0, 0.95  # px from the frame's sides, a tick, a level; share of points so level
SAME_COLOR_LEVELS = 24.0  # between the lines of one grid
BAR_END = 0.25  # share of a swatch that is one of its ends
BAR_LEVEL_PX, BAR_LEVEL = 1.0, 0.25  # px, or share of its height with its marker, by which the ends differ
BAR_STACK = 4.5  # digit heights between swatches of one legend


def blocked_pixels(sheet: Sheet, obstacles: tuple[Box, ...]) -> Mask:
    """Pixels of words, of what stands beside them, of legend frames and of ticks.

    Parameters
    ----------
    sheet : Sheet
    obstacles : tuple of Box
        Known boxes of text and legends, whole-image px.

    Returns
    -------
    (H, W) bool array
    """
    blocked = under_words(sheet, tuple(_trimmed(sheet, box) for box in obstacles), 0.0)
    clear = (sheet.contrast > CLEAR_LEVELS) & ~sheet.grid & ~blocked
    n, labels, stats, centers = pieces_of(clear)
    if n < 2:
        return blocked
    inked = np.flatnonzero(clear)
    of = labels.ravel()[inked]
    spread = channel_spread(sheet.rgb.reshape(-1, 3)[inked])
    grey = np.bincount(of, weights=spread, minlength=n) / np.maximum(np.bincount(of, minlength=n), 1)
    is_grey = grey < GREY_LEVELS + float(np.ptp(sheet.paper)) / 2
    is_grey[0] = False
    bad = np.zeros(n, dtype=bool)
    cut = _cut_off(sheet, stats)
    for group in _lines_of_text(sheet, labels, stats, centers, is_grey & ~cut):
        bad[group] = True
        beside = _beside(stats, centers, group)
        bad[beside[~cut[beside]]] = True
    bad |= tick_strokes(sheet, stats, is_grey)
    bad |= _outlines(labels, stats, is_grey, sheet.text_px)
    bad[0] = False
    blocked |= grown(bad[labels])
    return blocked


def _trimmed(sheet: Sheet, box: Box) -> Box:
    """A label of the axis beside the frame, as far as its own letters reach inside.

    Boxes of words have margins, in which a curve may begin.
    """
    z = sheet.zoom
    first, last = (box.x0 - sheet.x0) // z, -((sheet.x0 - box.x1) // z)
    if (min(last, sheet.width) - max(first, 0)) * z >= min(LEANING * box.width, sheet.text_px * z):
        return box
    rows = slice(max((box.y0 - sheet.y0) // z, 0), max(-((sheet.y0 - box.y1) // z), 0))
    blank: Mask = np.asarray((sheet.contrast[rows] <= CLEAR_LEVELS).all(axis=0))
    if first < 0 < last:
        inner = np.flatnonzero(blank[:last])
        return replace(box, x1=sheet.x0 + int(inner[0]) * z) if len(inner) else box
    if first < sheet.width < last:
        inner = np.flatnonzero(blank[max(first, 0) :])
        return replace(box, x0=sheet.x0 + (max(first, 0) + int(inner[-1]) + 1) * z) if len(inner) else box
    return box


def under_words(sheet: Sheet, obstacles: tuple[Box, ...], margin: float = BOX_MARGIN) -> Mask:
    """(H, W) bool array of known boxes of text and legends, each with a margin in digit heights around."""
    blocked = np.zeros(sheet.contrast.shape, dtype=bool)
    more = round(margin * sheet.text_px)
    for box in obstacles:
        x0, y0 = (box.x0 - sheet.x0) // sheet.zoom - more, (box.y0 - sheet.y0) // sheet.zoom - more
        x1, y1 = -((sheet.x0 - box.x1) // sheet.zoom) + more, -((sheet.y0 - box.y1) // sheet.zoom) + more
        blocked[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = True
    return blocked


def _cut_off(sheet: Sheet, stats: NDArray[np.int32]) -> Mask:
    """Pieces that a grid line only cuts from what goes on beyond it: spikes of dense curves, no letters."""
    rows = np.append(sheet.grid.all(axis=1), False)
    out = np.zeros(len(stats), dtype=bool)
    for k in range(1, len(stats)):
        x, y, w, h = (int(v) for v in stats[k, :4])
        columns = slice(max(x - 1, 0), x + w + 1)
        for edge, outward in ((y - 1, -1), (y + h, 1)):
            at, steps = edge, 0
            if 0 <= at < sheet.height and not rows[at]:
                at += outward  # the part's own soft rim
            while 0 <= at < sheet.height and rows[at] and steps <= GRID_CUT_PX:
                at, steps = at + outward, steps + 1
            crossed = steps > 0 and 0 <= at < sheet.height and steps <= GRID_CUT_PX
            out[k] |= crossed and bool((sheet.contrast[at, columns] > CUT_LEVELS).any())
    return out


def _lines_of_text(
    sheet: Sheet, labels: Labels, stats: NDArray[np.int32], centers: NDArray[np.float64], is_grey: Mask
) -> list[NDArray[np.intp]]:
    height, width = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    t = sheet.text_px
    letter = (
        is_grey
        & (height >= max(LETTER_HEIGHT[0] * t, 2))
        & (height <= LETTER_HEIGHT[1] * t)
        & (width <= LETTER_WIDTH * t)
    )
    parts = np.flatnonzero(letter)
    if not MIN_LETTERS <= len(parts) <= MAX_PARTS:
        return []
    left, top = stats[parts, cv2.CC_STAT_LEFT], stats[parts, cv2.CC_STAT_TOP]
    right, bottom = left + width[parts], top + height[parts]
    tall = np.maximum(np.maximum(height[parts][:, None], height[parts][None]), t)
    gap = np.maximum(left[:, None], left[None]) - np.minimum(right[:, None], right[None])
    shared = np.minimum(bottom[:, None], bottom[None]) - np.maximum(top[:, None], top[None])
    middle = np.abs(centers[parts, 1][:, None] - centers[parts, 1][None])
    linked = (gap <= WORD_GAP * tall) & ((middle <= LINE_SLACK * tall) & (shared >= -1))
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    n, member = connected_components(csr_matrix(linked), directed=False)
    groups = []
    for g in range(n):
        group = parts[member == g]
        if len(group) < MIN_LETTERS or _equal_parts(width[group], height[group]):
            continue
        if np.ptp(centers[group, 1]) > LETTER_HEIGHT[1] * t:  # a falling chain of marks is no line of text
            continue
        if _are_bars(labels, stats, group, BAR_THICK * t + BAR_THICK_PX):
            continue
        if _runs_on(stats, group, is_grey, t):
            continue
        groups.append(group)
    return groups


def _are_bars(labels: Labels, stats: NDArray[np.int32], group: NDArray[np.intp], thick: float) -> bool:
    """Whether most parts are straight bars or dots, as the dashes of a line are and letters are not."""
    bars = 0
    for k in group.tolist():
        x, y, w, h = (int(v) for v in stats[k, :4])
        rows, columns = np.nonzero(labels[y : y + h, x : x + w] == k)
        spread = np.cov(np.stack([rows, columns]).astype(float), bias=True) + np.eye(2) / 12
        # a bar of thickness t has the variance t^2 / 12 across
        across, along = np.sqrt(12 * np.maximum(np.linalg.eigvalsh(spread), 0.0))
        bars += bool(across <= thick or across <= min(BAR_ASPECT * along, 2 * thick))
    return bars >= BAR_SHARE * len(group)


def _runs_on(stats: NDArray[np.int32], group: NDArray[np.intp], is_grey: Mask, text_px: float) -> bool:
    """Whether grey parts go on close by before and after a group: part of a broken curve, no word."""
    other = is_grey & (np.maximum(stats[:, 2], stats[:, 3]) <= LETTER_WIDTH * text_px)
    other[group] = False
    right, bottom = stats[:, 0] + stats[:, 2], stats[:, 1] + stats[:, 3]
    for last in (False, True):
        k = group[stats[group, 0].argmin()] if not last else group[right[group].argmax()]
        gap = stats[:, 0] - right[k] if last else stats[k, 0] - right
        apart = np.maximum(stats[:, 1], stats[k, 1]) - np.minimum(bottom, bottom[k])
        near = other & (gap >= -1) & (gap <= CHAIN_GAP[0] * text_px) & (apart <= CHAIN_GAP[1] * text_px)
        if not near.any():
            return False
    return True


def _equal_parts(width: NDArray[np.int32], height: NDArray[np.int32]) -> bool:
    """Parts of one size are the dots of a line or its markers, not letters."""
    if len(width) < MIN_EQUAL_PARTS:
        return False
    size = np.stack([width, height]).astype(float)
    typical = np.median(size, axis=1, keepdims=True)
    alike = (np.abs(size - typical) <= np.maximum(SAME_SIZE_PX, SAME_SIZE * typical)).all(axis=0)
    return bool(alike.mean() >= SAME_SIZE_SHARE) and bool(np.unique(size, axis=1).shape[1] <= len(width) / 2)


def _beside(
    stats: NDArray[np.int32], centers: NDArray[np.float64], group: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Parts left or right of a line of text that look like its swatch."""
    left, top = stats[group, cv2.CC_STAT_LEFT].min(), stats[group, cv2.CC_STAT_TOP].min()
    right = (stats[group, cv2.CC_STAT_LEFT] + stats[group, cv2.CC_STAT_WIDTH]).max()
    bottom = (stats[group, cv2.CC_STAT_TOP] + stats[group, cv2.CC_STAT_HEIGHT]).max()
    tall = max(bottom - top, 1)
    x0, x1 = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    gap = np.maximum(left - x1, x0 - right)
    aligned = (centers[:, 1] >= top - 0.15 * tall) & (centers[:, 1] <= bottom + 0.15 * tall)
    small = (stats[:, cv2.CC_STAT_HEIGHT] <= SWATCH_HEIGHT * tall) & (
        stats[:, cv2.CC_STAT_WIDTH] <= SWATCH_WIDTH * tall
    )
    near = aligned & small & (gap <= SWATCH_GAP * tall) & (gap >= -2)
    return np.flatnonzero(near)


def _outlines(labels: NDArray[np.int32], stats: NDArray[np.int32], is_grey: Mask, text_px: float) -> Mask:
    """Hollow grey rectangles: the frames of legends."""
    out = np.zeros(len(stats), dtype=bool)
    large = (
        is_grey & (stats[:, cv2.CC_STAT_WIDTH] > 3 * text_px) & (stats[:, cv2.CC_STAT_HEIGHT] > 1.2 * text_px)
    )
    for k in np.flatnonzero(large):
        x, y, w, h, area = (int(v) for v in stats[k])
        if area > 0.4 * w * h:
            continue
        own = labels[y : y + h, x : x + w] == k
        e = 2
        sides = (
            own[:e].any(axis=0).mean(),
            own[-e:].any(axis=0).mean(),
            own[:, :e].any(axis=1).mean(),
            own[:, -e:].any(axis=1).mean(),
        )
        out[k] = min(sides) >= EDGE_FULL
    return out


def drop_swatches(alpha: NDArray[np.float32], text_px: float) -> NDArray[np.float32]:
    """Remove flat bars that share both ends with a bar in another ink: swatches without words.

    Parameters
    ----------
    alpha : (K, H, W) float32
    text_px : float

    Returns
    -------
    (K, H, W) float32, changed in place and returned.
    """
    bars: list[tuple[int, int, int, int, int, NDArray[np.bool_]]] = []
    for k, layer in enumerate(alpha):
        n, labels, stats, _ = pieces_of(layer > 0.3)
        w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
        flat = (
            (w >= BAR_LENGTH[0] * text_px)
            & (w <= BAR_LENGTH[1] * text_px)
            & (h <= BAR_HEIGHT * text_px)
            & (h * 1.3 <= w)
        )
        for c in np.flatnonzero(flat[1:n]) + 1:
            x, y, bw, bh = (int(v) for v in stats[c, :4])
            own = labels[y : y + bh, x : x + bw] == c
            if _is_level(own):
                bars.append((k, x, y, x + bw, y + bh, own))
    drop = set()
    for i, a in enumerate(bars):
        for j, b in enumerate(bars):
            apart = abs((a[2] + a[4]) - (b[2] + b[4])) / 2
            if (
                a[0] != b[0]
                and abs(a[1] - b[1]) <= BAR_ENDS_PX
                and abs(a[3] - b[3]) <= BAR_ENDS_PX
                and text_px < apart <= BAR_STACK * text_px
            ):
                drop |= {i, j}
    for i in drop:
        k, x0, y0, x1, y1, own = bars[i]
        alpha[k, y0:y1, x0:x1][own] = 0.0
    return alpha


def _is_level(part: NDArray[np.bool_]) -> bool:
    """Whether the two ends of a part stand at one height, as those of a swatch do and of a curve rarely."""
    end = max(round(BAR_END * part.shape[1]), 1)
    left, right = (float(np.nonzero(side)[0].mean()) for side in (part[:, :end], part[:, -end:]))
    return bool(abs(left - right) <= max(BAR_LEVEL_PX, BAR_LEVEL * part.shape[0]))


def is_grid_line(sheet: Sheet, trace: Trace, ticks: tuple[float, ...]) -> bool:
    """Whether a level trace across the panel is a grid line that a curve beside it hid from the grid.

    A plateau that runs along a grid line covers most of it; what is left has the color of the others
    and stands at a tick.

    Parameters
    ----------
    sheet : Sheet
    trace : Trace
        Whole-image px.
    ticks : tuple of float
        Rows of the labels of the y axis, whole-image px.
    """
    x, y = (trace.points_px[:, i] for i in (0, 1))
    ends = sheet.to_image(np.array([[sheet.frame.left, 0.0], [sheet.frame.right, 0.0]]))[:, 0]
    side = max(SIDE_PX, SIDE_SHARE * (ends[1] - ends[0]))
    if not ticks or x.min() - ends[0] > side or ends[1] - x.max() > side:
        return False
    level = float(np.median(y))
    if np.mean(np.abs(y - level) <= SIDE_PX) < LEVEL_SHARE or min(abs(t - level) for t in ticks) > SIDE_PX:
        return False
    upright = np.flatnonzero(sheet.grid.all(axis=0))
    inner = upright[(upright > sheet.frame.left + SIDE_PX) & (upright < sheet.frame.right - SIDE_PX)]
    if len(inner) == 0:
        return False
    color = np.median(sheet.rgb[:, inner].reshape(-1, 3), axis=0)
    return bool(np.abs(color - np.array(trace.color)).max() <= SAME_COLOR_LEVELS)


def on_the_grid(sheet: Sheet, points: NDArray[np.float64]) -> bool:
    """Whether a faint curve is no more than remains of grid lines."""
    if len(points) == 0:
        return True
    near = grown(sheet.grid)
    rows = np.clip(np.round(points[:, 1]).astype(int), 0, sheet.height - 1)
    columns = np.clip(np.round(points[:, 0]).astype(int), 0, sheet.width - 1)
    return float(near[rows, columns].mean()) > MAX_ON_GRID
