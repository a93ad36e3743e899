"""Follow a curve through its ink: the cheapest path over the columns, and the pieces it meets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.dashes import rhythm_of
from plotread.vision.ink.pen import stroke_width
from plotread.vision.ink.pieces import grown, pieces_of

PEN_GUESS_PX = 1.5  # px; only tells dots from dashes
HIDDEN_COLUMN = 0.85  # largest cost of a column spent under other inks
TRAVEL = 0.004  # cost of a px of vertical travel on ink
TRAVEL_BARE = 0.25  # what it costs more on paper
TRAVEL_HIDDEN = 0.2  # largest cost of a px under other inks
BROKEN_BLANK = 0.15  # cost of a blank column along a dashed line
BROKEN_TRAVEL = 0.12  # cost of a px of vertical travel on paper along a dashed line
BROKEN_CLIMB = -0.10  # gain of a px of vertical travel on ink: steep dashes are climbed
MAX_CURVES = 4  # curves of one ink followed without a legend
RELEVEL = 64  # columns after which costs are levelled, to keep their digits
MIN_SPAN = 0.20  # share of the columns a curve must meet
MIN_OWN = 0.40  # share of its own extent (in the open) it must meet
MIN_SPAN_PX = 12
SHORT_SPAN = 0.07  # share for the first curve of an ink, if it is nearly unbroken
SHORT_OWN = 0.85
SHORT_SEEN = 0.8  # share of such a curve's extent that is in sight
ATTACH_OTHER = 0.85  # share of other ink in the gap between a piece and the curve it joins
ATTACH_COLUMNS = 0.3  # share of a piece's columns that must see the curve so
ATTACH_UPRIGHT, UPRIGHT = 0.6, 2.0  # the same of a piece of a steep stretch; its height to its width
STROKE_PX = 6  # rows; what cuts such a stretch is no thicker
ATTACH_GAP_PX = 2
ATTACH_PASSES = 3
ATTACH_MIN_PX = 4
THICK_SHARE = 0.2  # share of columns much thicker than the pen: dense noise
THIN_PEN_PX = 1.0  # no pen is told thinner
CLEAR = 0.1  # coverage below which a pixel is paper
APART_PX, APART_WIDTHS = 10, 6.0  # columns: px, and pens, over which what stands apart is something else
PAPER_GAP_PX = 3  # px of paper between two runs of ink in one column that part them
DEPTH_PERCENTILE = 75  # of the columns' fullest pixels
DEPTH_GAP = 0.15  # coverage by which two curves' depth of ink differs for sure


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One curve's ink before it is told as points.

    Attributes
    ----------
    alpha : (H, W) float32
        Coverage by this curve alone.
    path : (W,) int array
        Row of the cheapest path in each column.
    first, last : int
        First and last column the curve was met in.
    """

    alpha: NDArray[np.float32]
    path: NDArray[np.intp]
    first: int
    last: int


def cheapest_path(alpha: NDArray[np.float32], hidden: Mask) -> NDArray[np.intp]:
    """Rows of the cheapest left-to-right path, one per column.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by the ink followed.
    hidden : (H, W) bool
        Where other things may cover it.

    Returns
    -------
    (W,) int array
    """
    bare = 1.0 - alpha.T
    cover = hidden.T
    stay = np.where(cover, np.minimum(bare, HIDDEN_COLUMN), bare).astype(np.float32)
    step = TRAVEL + TRAVEL_BARE * bare
    step = np.where(cover, np.minimum(step, TRAVEL_HIDDEN), step)
    climb = np.ascontiguousarray(np.cumsum(step, axis=1, dtype=np.float32))
    return _walk(np.ascontiguousarray(stay), climb)


def _stroke_cover(alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Coverage of the whole stroke at each pixel of ink: a thin one may be split between two rows."""
    pad = np.pad(alpha, ((1, 1), (0, 0)))
    return np.where(alpha > INK, np.minimum(pad[:-2] + alpha + pad[2:], 1), alpha)


def broken_path(alpha: NDArray[np.float32], hidden: Mask) -> NDArray[np.intp]:
    """The same for a dashed or dotted line: blanks are cheap, steep dashes are climbed."""
    bare = 1.0 - alpha.T
    stay = (BROKEN_BLANK * bare).astype(np.float32)
    step = np.where(bare < 1 - INK, BROKEN_CLIMB, BROKEN_TRAVEL * bare)
    step = np.where(hidden.T & (step > 0), step / 2, step)
    climb = np.ascontiguousarray(np.cumsum(step, axis=1, dtype=np.float32))
    return _walk(np.ascontiguousarray(stay), climb)


def _walk(stay: NDArray[np.float32], climb: NDArray[np.float32]) -> NDArray[np.intp]:
    width, height = stay.shape
    cost = np.empty((width, height), dtype=np.float32)
    cost[0] = stay[0]
    down, up = np.empty(height, np.float32), np.empty(height, np.float32)
    for x in range(1, width):
        before, c = cost[x - 1], climb[x]
        np.minimum.accumulate(np.subtract(before, c, out=down), out=down)
        np.minimum.accumulate(np.add(before, c, out=up)[::-1], out=up[::-1])
        np.add(down, c, out=down)
        np.subtract(up, c, out=up)
        np.add(np.minimum(down, up, out=down), stay[x], out=cost[x])
        if x % RELEVEL == 0:
            cost[x] -= cost[x].min()
    path = np.empty(width, dtype=np.intp)
    path[-1] = int(cost[-1].argmin())
    for x in range(width - 1, 0, -1):
        at = int(path[x])
        way = np.subtract(climb[x], climb[x, at], out=up)
        np.negative(way[:at], out=way[:at])
        path[x - 1] = int(np.add(way, cost[x - 1], out=way).argmin())
    return path


def follow_all(
    alpha: NDArray[np.float32], hidden: Mask, limit: int = MAX_CURVES, *, layered: bool = False,
    single: bool = False,
) -> list[Curve]:  # fmt: skip
    """All curves in one coverage map, the clearest first; each takes its ink with it.

    In a `layered` map, one of two layers of an ink, a curve may be torn where the other hides it.  That the
    ink is a `single` curve's by the legend speaks for joining what another curve's stroke parts.
    """
    rest = alpha.copy()
    curves: list[Curve] = []
    while len(curves) < limit:
        ink = rest > INK
        inked = np.flatnonzero(ink.any(axis=1))
        span = MIN_SPAN if curves else min(MIN_SPAN, SHORT_SPAN)
        if np.count_nonzero(ink.any(axis=0)) < max(span * alpha.shape[1], MIN_SPAN_PX):
            break  # too little is left for a curve, wherever it runs
        top, bottom = max(int(inked[0]) - 2, 0), int(inked[-1]) + 3
        part, cover = rest[top:bottom], hidden[top:bottom]
        if curves:  # what was taken may hide what is left
            cover = cover | ((alpha[top:bottom] > INK) & (part <= INK))
        path = cheapest_path(part if layered else _stroke_cover(part), cover)
        found = _pieces_met(part, cover, path, not curves, single)
        if found is not None and rhythm_of(found[0], cover, PEN_GUESS_PX) is not None:
            path = broken_path(part, cover)
            found = _pieces_met(part, cover, path, True, single) or found
        if found is None:
            break
        own, first, last = found
        if not layered:
            own = _one_run(own, part, cover, path)
        layer = np.zeros_like(rest)
        layer[top:bottom] = own
        curves.append(Curve(layer, path + top, first, last))
        rest[layer > 0] = 0.0
    return curves


def _pieces_met(
    alpha: NDArray[np.float32], hidden: Mask, path: NDArray[np.intp], sole: bool, single: bool
) -> tuple[NDArray[np.float32], int, int] | None:
    n, labels, stats, _ = pieces_of(alpha > INK)
    width = alpha.shape[1]
    columns = np.arange(width)
    rows, at = _path_pixels(path)
    met = np.zeros(n, dtype=bool)
    met[labels[rows, at]] = True
    met[0] = False
    if not met.any():
        return None
    hit = np.zeros(width, dtype=bool)
    hit[at[labels[rows, at] > 0]] = True
    where = np.flatnonzero(hit)
    first, last = int(where[0]), int(where[-1])
    under = hidden[path, columns][first : last + 1] & ~hit[first : last + 1]
    own_share = hit[first : last + 1].sum() / max(last - first + 1 - int(under.sum()), 1)
    short = sole and own_share >= SHORT_OWN and hit.sum() >= max(SHORT_SPAN * width, MIN_SPAN_PX)
    short = short and hit.sum() >= SHORT_SEEN * (last - first + 1)
    if not short and (hit.sum() < max(MIN_SPAN * width, MIN_SPAN_PX) or own_share < MIN_OWN):
        return None
    met |= _attached(alpha, hidden, labels, stats, met, path, single)
    mask = met[labels]
    own = np.where(grown(mask), alpha, 0.0)
    columns_hit = np.flatnonzero(mask.any(axis=0))
    return own.astype(np.float32), int(columns_hit[0]), int(columns_hit[-1])


def _one_run(
    own: NDArray[np.float32], alpha: NDArray[np.float32], hidden: Mask, path: NDArray[np.intp]
) -> NDArray[np.float32]:
    """A curve without what stands apart from its path in the same column.

    A curve has one value everywhere, so the pen covers one stretch of a column.  Where paper lies between
    two, one belongs to something else: another curve of this ink that touches the curve elsewhere, the
    sample in a legend.
    """
    ink = own > INK
    paper = (alpha < CLEAR) & ~hidden
    counts = np.add.accumulate(paper, axis=0, dtype=np.int32)
    runs = ink & ~np.pad(ink, ((1, 0), (0, 0)))[:-1]
    several = np.flatnonzero(runs.sum(axis=0) > 1)
    away = np.zeros_like(ink)
    for x in several.tolist():
        rows = np.flatnonzero(ink[:, x])
        parted = np.flatnonzero(counts[rows[1:], x] - counts[rows[:-1], x] >= PAPER_GAP_PX)
        if not len(parted):
            continue
        starts, ends = np.append(rows[0], rows[parted + 1]), np.append(rows[parted], rows[-1])
        off = np.maximum(np.maximum(starts - path[x], path[x] - ends), 0)
        k = int(off.argmin())
        away[: (ends[k - 1] + starts[k]) // 2 if k else 0, x] = True
        away[(ends[k] + starts[k + 1]) // 2 if k + 1 < len(starts) else len(own) :, x] = True
    if not away.any():
        return own
    # Beside a steep stroke a marker's limb stands apart for a few columns, and so do the caps of spikes.
    _, labels, stats, _ = pieces_of(away & ink)
    long = stats[:, cv2.CC_STAT_WIDTH] >= max(APART_PX, APART_WIDTHS * stroke_width(own, hidden=hidden))
    long[0] = False
    return np.where(away & grown(long[labels]), np.float32(0), own)


def _path_pixels(path: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pixels of the path, its vertical travel included: rows and columns."""
    before = np.concatenate([path[:1], path[:-1]])
    low, high = np.minimum(before, path), np.maximum(before, path)
    count = high - low + 1
    columns = np.repeat(np.arange(len(path)), count)
    start = np.repeat(np.cumsum(count) - count, count)
    return np.repeat(low, count) + np.arange(int(count.sum())) - start, columns


def _attached(
    alpha: NDArray[np.float32],
    hidden: Mask,
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    met: Mask,
    path: NDArray[np.intp],
    single: bool,
) -> Mask:
    """Pieces parted from the curve by other ink or a line of the grid.

    Of a dense curve any, of others what a tick, a line of the grid or a stroke cuts off a steep stretch;
    of an ink's `single` curve what a stroke cuts off anywhere: a thin smoothed curve runs amid its cloud.
    """
    joined = met.copy()
    open_ = ~met & (stats[:, cv2.CC_STAT_AREA] >= ATTACH_MIN_PX)
    open_[0] = False
    if len(met) > 400 or not open_.any():
        return joined
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    dense = _is_dense(np.where(met[labels], alpha, np.float32(0)), hidden)
    open_ &= single | dense | (tall >= UPRIGHT * wide)
    reach, share = (len(path), ATTACH_COLUMNS) if dense else (STROKE_PX, ATTACH_UPRIGHT)
    for _ in range(ATTACH_PASSES):
        mask = joined[labels]
        seen = mask.any(axis=0)
        top = np.where(seen, mask.argmax(axis=0), path)
        bottom = np.where(seen, mask.shape[0] - 1 - mask[::-1].argmax(axis=0), path)
        before = joined.sum()
        for k in np.flatnonzero(open_ & ~joined).tolist():
            if _sees(hidden, labels, stats[k], k, top, bottom, reach) >= share:
                joined[k] = True
        if joined.sum() == before:
            break
    return joined


def _is_dense(alpha: NDArray[np.float32], hidden: Mask) -> bool:
    """Whether the ink is much taller than its pen in a good share of the columns."""
    thickness = (alpha > 0).sum(axis=0)
    if (thickness > 2 * THIN_PEN_PX + 1.5).mean() < THICK_SHARE:
        return False  # a line, whatever its pen
    # A cloud is tall in all of its columns: cuts across its spikes tell its pen.
    pen = min(float(np.percentile(thickness[thickness > 0], 15)), stroke_width(alpha, hidden=hidden))
    return bool((thickness > 2 * max(pen, THIN_PEN_PX) + 1.5).mean() >= THICK_SHARE)


def _sees(
    hidden: Mask,
    labels: NDArray[np.int32],
    stat: NDArray[np.int32],
    k: int,
    top: NDArray[np.intp],
    bottom: NDArray[np.intp],
    reach: int,
) -> float:
    """Share of a piece's columns in which only other ink, `reach` px at most, parts it from the curve."""
    x0, y0, w, h = (int(v) for v in stat[:4])
    own = labels[y0 : y0 + h, x0 : x0 + w] == k
    good = 0
    for i in range(w):
        rows = np.flatnonzero(own[:, i])
        if len(rows) == 0:
            continue
        a, b = y0 + int(rows[0]), y0 + int(rows[-1])
        t, m = int(top[x0 + i]), int(bottom[x0 + i])
        if b < t:
            gap = hidden[b + 1 : t, x0 + i]
        elif a > m:
            gap = hidden[m + 1 : a, x0 + i]
        else:
            good += 1
            continue
        if len(gap) <= ATTACH_GAP_PX or (len(gap) <= reach and gap.mean() >= ATTACH_OTHER):
            good += 1
    return good / w


def depths_of(curves: list[Curve], hidden: Mask) -> list[float]:
    """Each curve's depth of ink as a share of the fullest; 1 where they do not differ for sure.

    A thin line reaches its own depth in some columns only, so the fuller ones tell.
    """
    cores = []
    for curve in curves:
        peak = np.where(hidden, 0.0, curve.alpha).max(axis=0)
        inked = peak[peak > INK]
        cores.append(float(np.percentile(inked, DEPTH_PERCENTILE)) if len(inked) else 1.0)
    top = max(cores, default=1.0)
    return [core / top if core < (1 - DEPTH_GAP) * top else 1.0 for core in cores]


def filled(curve: Curve, depth: float) -> Curve:
    """A pale curve with the coverage it has in its own ink."""
    return curve if depth == 1 else replace(curve, alpha=np.minimum(curve.alpha / np.float32(depth), 1))
