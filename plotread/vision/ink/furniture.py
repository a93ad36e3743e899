"""What stands in the frame and is no curve: words, legends, tick strokes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.ink.background import Mask, Sheet
from plotread.vision.ink.inks import GREY_LEVELS, Ink, is_grey
from plotread.vision.ink.pieces import Labels, grown, pieces_of
from plotread.vision.types import LegendEntry

CLEAR_LEVELS = 40.0  # contrast of a letter's pixels
LETTER_HEIGHT = (0.3, 2.6)  # digit heights; letters, with their accents and descenders
LETTER_WIDTH = 3.0  # digit heights; wider parts are strokes, not letters
WORD_GAP = 0.9  # heights between the letters of a line
LINE_SLACK = 0.6  # heights by which the middles of letters of one line may differ
MIN_LETTERS = 3
LEANING = 0.5  # share of a box within the frame, less than which is a label of the axis beside it
GRID_CUT_PX = 5  # px; a thicker gap is more than a grid line's
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
MAX_PARTS = 900  # parts; a panel with more small parts holds a cloud of points, not words
TICK_REACH_PX = 2.5
TICK_WIDTH_PX = 5
TICK_LENGTH_PX = 14
WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1))  # x, y: inwards from the left, right, top and bottom side
TICK_FILL = 0.7  # share of its box; a slanted dash fills less
TICK_LENGTH_SHARE = 0.03
THROUGH = 0.5  # coverage from which a colored pixel among the words of a legend is a curve's
HUE_SHARE = 0.5  # of an ink's spread of channels that its pixels there show
SWATCH_MARGIN = 0.5  # digit heights around a sample that are its own
WORD_INK = 60.0  # levels; pixels as an entry's color
COLORED_WORDS = 0.12  # share of the words' box in that color: the words themselves have it
BOX_MARGIN = 0.8  # digit heights between the words of a legend and its frame
FRAME_REACH = 1.5  # digit heights from the words and samples of a legend to its frame
FRAME_THICK_PX = 5  # px; thicker edges are none
EDGE_FULL = 0.8  # share of a box's outline in ink: the frame of a legend
BAR_ENDS_PX = 2.0  # px; swatches of one legend share both ends
BAR_LENGTH = (1.2, 8.0)  # digit heights
BAR_HEIGHT = 1.7
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
    spread = np.ptp(sheet.rgb.reshape(-1, 3)[inked], axis=1)
    grey = np.bincount(of, weights=spread, minlength=n) / np.maximum(np.bincount(of, minlength=n), 1)
    is_grey = grey < GREY_LEVELS + float(np.ptp(sheet.paper)) / 2
    is_grey[0] = False
    bad = np.zeros(n, dtype=bool)
    cut = _cut_off(sheet, stats)
    for group in _lines_of_text(sheet, labels, stats, centers, is_grey & ~cut):
        bad[group] = True
        beside = _beside(stats, centers, group)
        bad[beside[~cut[beside]]] = True
    bad |= _tick_strokes(sheet, stats, is_grey)
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


def through_legends(sheet: Sheet, legend: tuple[LegendEntry, ...], obstacles: tuple[Box, ...]) -> Mask:
    """Where curves may be seen through a legend without a fill: its boxes, the samples left out.

    Nothing shows through a fill; where there is none, ink of a curve's own color lies among the words.
    A legend in a lossy picture, and words that are not black or grey, are left shut.

    Returns
    -------
    (H, W) bool array
    """
    shut = np.zeros(sheet.contrast.shape, dtype=bool)
    own = [e for e in legend if not e.direct]
    around = tuple(box for box in obstacles if any(box.overlap(e.box) for e in own))
    if sheet.lossy or not around:
        return shut
    samples = under_words(sheet, tuple(_sample_place(e.swatch, own) for e in own), SWATCH_MARGIN)
    for entry in own:
        words = sheet.rgb[under_words(sheet, (entry.box,), 0.0) & ~samples]
        near = np.abs(words - np.array(entry.color, np.float32)).max(axis=1) <= WORD_INK
        if len(words) and float((near & (np.ptp(words, axis=1) >= GREY_LEVELS)).mean()) > COLORED_WORDS:
            return shut
    return under_words(sheet, around, 0.0) & ~samples


def shut_per_ink(
    sheet: Sheet, inks: tuple[Ink, ...], alpha: NDArray[np.float32], blocked: Mask, through: Mask
) -> Mask:
    """Per ink the blocked pixels, less those as colored as the ink is where legends let curves through.

    Letters on an ink's ray are not so colored; for a grey ink nothing tells.
    """
    shut = np.repeat(blocked[None], len(inks), axis=0)
    rows, columns = np.nonzero(through)
    spread = np.ptp(sheet.rgb[rows, columns], axis=1)
    for ink, layer, own in zip(inks, alpha, shut, strict=True):
        if not is_grey(ink.color, sheet.paper):
            seen = (layer[rows, columns] > THROUGH) & (spread >= HUE_SHARE * float(np.ptp(ink.color)))
            own[rows[seen], columns[seen]] = False
    return shut


def legend_frame(sheet: Sheet, legend: tuple[LegendEntry, ...]) -> Mask:
    """The frame drawn around a legend, which curves may cross: thin lines along all its sides.

    Returns
    -------
    (H, W) bool array
    """
    frame = np.zeros(sheet.contrast.shape, dtype=bool)
    own = [e.box for e in legend if not e.direct]
    if not own:
        return frame
    z = sheet.zoom
    x0, x1 = (min(b.x0 for b in own) - sheet.x0) // z, (max(b.x1 for b in own) - sheet.x0) // z
    y0, y1 = (min(b.y0 for b in own) - sheet.y0) // z, (max(b.y1 for b in own) - sheet.y0) // z
    reach = round(FRAME_REACH * sheet.text_px)
    ink = (sheet.contrast > CLEAR_LEVELS) & ~sheet.grid
    upright = [_thin_line(ink.T, at, sense, y0, y1, reach) for at, sense in ((x0, -1), (x1, 1))]
    level = [_thin_line(ink, at, sense, x0, x1, reach) for at, sense in ((y0, -1), (y1, 1))]
    if (upright + level).count(None) > 1:  # one side may lie on the frame of the panel
        return frame
    rows = level[0][0] if level[0] else 0, level[1][1] + 1 if level[1] else sheet.height
    columns = upright[0][0] if upright[0] else 0, upright[1][1] + 1 if upright[1] else sheet.width
    for line in filter(None, upright):
        frame[slice(*rows), line[0] : line[1] + 1] = True
    for line in filter(None, level):
        frame[line[0] : line[1] + 1, slice(*columns)] = True
    return grown(frame)


def _thin_line(ink: Mask, at: int, sense: int, low: int, high: int, reach: int) -> tuple[int, int] | None:
    """First and last row of a thin line that runs along a box: from its edge at `at` on, `sense` outwards."""
    low, high = max(low, 0), min(high, ink.shape[1])
    rows = [r for r in range(at - sense, at + sense * (reach + 1), sense) if 0 <= r < len(ink)]
    if high - low < 2 or not rows:
        return None
    full = ink[rows, low:high].mean(axis=1) >= EDGE_FULL
    if not full.any():
        return None
    first = int(full.argmax())
    last = first + int(np.append(~full[first:], True).argmax()) - 1
    if last - first >= FRAME_THICK_PX:
        return None
    a, b = sorted((rows[first], rows[last]))
    return a, b


def _sample_place(sample: Box, legend: list[LegendEntry]) -> Box:
    """A sample as long as the others of its column: of one that a curve crosses only a part was seen."""
    column = [e.swatch for e in legend if max(e.swatch.x0, sample.x0) < min(e.swatch.x1, sample.x1)]
    return Box(min(b.x0 for b in column), sample.y0, max(b.x1 for b in column), sample.y1)


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


def _tick_strokes(sheet: Sheet, stats: NDArray[np.int32], is_grey: Mask) -> Mask:
    f = sheet.frame
    x0, y0 = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    long = np.maximum(TICK_LENGTH_PX, TICK_LENGTH_SHARE * max(sheet.height, sheet.width))
    at_x = (np.abs(y0 - f.top) <= 2 * TICK_REACH_PX) | (np.abs(y0 + h - 1 - f.bottom) <= 2 * TICK_REACH_PX)
    at_y = (np.abs(x0 - f.left) <= 2 * TICK_REACH_PX) | (np.abs(x0 + w - 1 - f.right) <= 2 * TICK_REACH_PX)
    ticks = is_grey & (
        (at_x & (w <= TICK_WIDTH_PX) & (h <= long)) | (at_y & (h <= TICK_WIDTH_PX) & (w <= long))
    )
    fill = stats[:, cv2.CC_STAT_AREA] / np.maximum(w * h, 1)
    ticks &= fill >= TICK_FILL
    for k in np.flatnonzero(ticks):
        if _goes_on(sheet, stats, int(k), float(long)):
            ticks[k] = False
    return np.asarray(ticks)


def _goes_on(sheet: Sheet, stats: NDArray[np.int32], k: int, reach: float) -> bool:
    """Whether a part at the side of the frame is one end of a curve: more of its kind follows inwards.

    What follows stands free of the frame, as the neighbors of a tick do not, or lies beyond a grid line.
    """
    x, y, w, h, _ = (int(v) for v in stats[k])
    left, top, wide, tall, _ = stats.T
    frame = sheet.frame
    sides = [
        abs(x - frame.left),
        abs(x + w - 1 - frame.right),
        abs(y - frame.top),
        abs(y + h - 1 - frame.bottom),
    ]
    inward = WAYS[int(np.argmin(sides))]
    if _beyond_grid(sheet, (x, y, w, h), inward):
        return True
    gaps = np.stack([left - (x + w), x - (left + wide), top - (y + h), y - (top + tall)])
    gap = gaps.max(axis=0)
    size, thick = np.maximum(wide, tall), np.minimum(wide, tall)
    # The frame cuts the last dash of a line, so that others are longer.
    alike = (size >= 0.5 * max(w, h)) & (size <= reach) & (thick <= 2 * min(w, h) + SAME_SIZE_PX)
    near = alike & (gaps[WAYS.index(inward)] >= -1) & (gap > 0) & (gap <= min(2.5 * max(w, h), reach))
    near[[0, k]] = False
    return bool(near.any())


def _beyond_grid(sheet: Sheet, box: tuple[int, int, int, int], inward: tuple[int, int]) -> bool:
    """Whether ink goes on beyond a grid line at which a part ends, inwards or aslant."""
    x, y, w, h = box
    for way in WAYS:
        flip = way[0] != 0
        grid, contrast = (sheet.grid.T, sheet.contrast.T) if flip else (sheet.grid, sheet.contrast)
        start, length, first, wide = (x, w, y, h) if flip else (y, h, x, w)
        lines: Mask = np.asarray(grid.all(axis=1))
        step = sum(way)
        at = edge = start + length if step > 0 else start - 1
        while 0 <= at < len(lines) and lines[at] and abs(at - edge) <= GRID_CUT_PX:
            at += step
        if at == edge or not 0 <= at < len(lines) or lines[at]:
            continue
        low = max(first - 2, 0)
        inked = np.flatnonzero(contrast[at, low : first + wide + 2] > CLEAR_LEVELS) + low
        # A tick that a grid line runs along has the same ends on both sides of it.
        aslant = len(inked) > 0 and max(abs(inked[0] - first), abs(inked[-1] - first - wide + 1)) > 1
        if len(inked) and (way == inward or aslant):
            return True
    return False


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
            bars.append((k, x, y, x + bw, y + bh, labels[y : y + bh, x : x + bw] == c))
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
