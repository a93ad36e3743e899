"""Split one ink by opacity: a faint raw curve or band under the strong smoothed one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.emit import ERODE_FROM_PX, ERODE_SLACK_PX, Points, drawn_in_places, eroded_places, runs_down
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
BAND_FILL = 0.93
BAND_FILL_LEAST = 0.6  # share of the faint ink that joins the strong stroke; grid remains do not
BAND_WIDTHS_EVEN = 1.3  # strong pen widths; the same where the edges are smooth and stand alike
BAND_ROUGH_SHARE = 0.09  # of the band's height; extremes of dense noise jump by more
BAND_UNEVEN = 0.15  # median difference of the distances of both edges, as a share of the height
BAND_ROUGH_LEAST_PX = 1.7  # px of edges that whole pixels make rough
BAND_ROUGH_PX = 0.45  # px; median second difference of the edges of a band
BAND_WIDTHS = 2.0  # strong pen widths; a thinner band cannot be told from a line
OPEN_GAP_PX = 12.0  # px; a shorter gap is crossed straight
GRID_CLOSE_PX = 5  # px; gaps of the faint layer that a grid line makes
SOLID_COVER = 0.6  # coverage that the strong stroke counts when the faint curve is followed
NEAR_PX = 6  # px; faint pieces nearer than this to a kept one belong to it
NEAR_PASSES = 3
RAW_WIDTH_PERCENTILE = 30
RAW_PEAK = 0.6  # of the faint layer's own opacity, in a cut through its pen
SHOWS = 1.1  # raw pen widths showing beside the strong stroke before both ends are told
SHOWS_PX = 0.4
LONG_GAP_PX = 24.0  # px; a faint curve hidden for longer keeps to the middle of the strong one
END_SHARE = 0.08  # share of the strong stroke that a faint curve may miss at an end
SCRAP_PX = 4.0  # px; shorter stretches of a faint curve that hug the strong stroke are its own edge
MEETS_PX = 2.0  # px between a faint curve and the strong stroke under which it goes
MEETS_POINTS = 2  # points beside the gap that count
HIDDEN_SLACK_PX = 0.5  # px by which a hidden pen may stand off the middle of an equal one that hides it


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
    faint = _cores(alpha, strong, close=not lossy and width >= SHARP_PX) & (alpha > LEVEL_LEAST / 2)
    faint &= ~_straight(faint) & ~grown(grid)
    faint = _without_guides(faint)
    values = alpha[faint]
    columns = np.flatnonzero(faint.any(axis=0))
    if len(columns) < max(COLUMNS_LEAST, COLUMNS_SHARE * alpha.shape[1]):
        return None
    histogram, edges = np.histogram(values, bins=50, range=(0.0, 1.0))
    smooth = np.convolve(histogram, np.ones(5), "same")
    level = float(edges[int(smooth.argmax())] + 0.01)
    close = np.abs(values - level) <= LEVEL_WIDTH
    level = float(np.median(values[close]))
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


def as_band(layers: Layers, width: float) -> tuple[NDArray[np.intp], NDArray[np.float64]] | None:
    """Columns and edges (N, 2) of a filled band, or None where the layer is a curve.

    A band fills what lies between its edges.  Either these are smooth, or they stand alike above and
    below the strong stroke: the extremes of a noisy curve do neither.
    """
    body, reached = _around_the_stroke(layers)
    columns = np.flatnonzero(body.any(axis=0))
    if len(columns) < COLUMNS_LEAST or reached < BAND_FILL_LEAST:
        return None
    body = body[:, columns]
    weak = layers.weak[:, columns]
    top = body.argmax(axis=0)
    bottom = body.shape[0] - 1 - body[::-1].argmax(axis=0)
    height = bottom - top + 1
    at = np.arange(len(columns))
    upper = top + 0.5 - weak[top, at] - np.where(top > 0, weak[np.maximum(top - 1, 0), at], 0)
    lower = (
        bottom
        - 0.5
        + weak[bottom, at]
        + np.where(bottom < len(weak) - 1, weak[np.minimum(bottom + 1, len(weak) - 1), at], 0)
    )
    rough = max(float(np.median(np.abs(np.diff(e, 2)))) for e in (upper, lower)) if len(at) > 3 else 9.0
    smooth = rough <= BAND_ROUGH_PX and reached >= BAND_FILL
    even = rough <= max(BAND_ROUGH_SHARE * np.median(height), BAND_ROUGH_LEAST_PX) and _stand_alike(layers, columns, upper, lower)
    least = (BAND_WIDTHS_EVEN if smooth and even else BAND_WIDTHS) * width + 2
    if not (smooth or even) or np.median(height) < least:
        return None
    return columns, np.stack([upper, lower], axis=1)


def _around_the_stroke(layers: Layers) -> tuple[Mask, float]:
    """The faint ink that joins the strong stroke within each column, and its share of all faint ink."""
    weak = layers.weak > 0.5
    shares = layers.solid.any(axis=0)
    body = layers.solid.copy()
    for order in (1, -1):
        rows, solid = weak[::order], layers.solid[::order]
        # A pixel joins while every pixel between it and the stroke holds ink.
        count = np.cumsum(~rows, axis=0)
        since = np.maximum.accumulate(np.where(solid, count, -1), axis=0)
        body |= (rows & (since == count))[::order]
    faint = (weak & ~layers.solid)[:, shares].sum()
    joined = (body & weak & ~layers.solid).sum()
    return body & shares[None, :], float(joined / max(int(faint), 1))


def _stand_alike(
    layers: Layers, columns: NDArray[np.intp], upper: NDArray[np.float64], lower: NDArray[np.float64]
) -> bool:
    """Whether the edges stand at equal distances from the strong stroke."""
    solid = layers.solid[:, columns]
    top = solid.argmax(axis=0)
    low = solid.shape[0] - 1 - solid[::-1].argmax(axis=0)
    apart = np.abs(upper + lower - top - low) / np.maximum(lower - upper, 1.0)
    return float(np.median(apart)) <= BAND_UNEVEN


def raw_pieces(layers: Layers, followed: Mask) -> NDArray[np.float32]:
    """The faint layer's pieces that belong together: those followed and, in rounds, their neighbours."""
    n, labels, _, _ = pieces_of(layers.weak > INK)
    kept = np.zeros(n, dtype=bool)
    kept[np.unique(labels[followed & (layers.weak > INK)])] = True
    kept[0] = False
    reach = np.ones((2 * NEAR_PX + 1, 3), np.uint8)
    for _ in range(NEAR_PASSES):
        near = cv2.dilate(kept[labels].astype(np.uint8), reach) > 0
        more = np.unique(labels[near & (labels > 0)])
        if kept[more].all():
            break
        kept[more] = True
    near = grown(kept[labels])
    return np.where(near, layers.weak, 0.0).astype(np.float32)


def raw_width(weak: NDArray[np.float32], solid: Mask, fallback: float) -> float:
    """Pen width of the faint curve from cuts with both ends in the open."""
    beside = grown(solid)
    free = np.where(beside, 0.0, weak)
    masses = []
    for layer, shut in ((free, beside), (free.T, beside.T)):
        mass, peak, steady = runs_down(layer, shut)
        mass = mass[steady & (peak > RAW_PEAK) & (mass < 16)]
        if len(mass) >= 20:
            masses.append(float(np.percentile(mass, RAW_WIDTH_PERCENTILE)))
    return min(*masses, 1.25 * fallback) if masses else fallback


def raw_points(weak: NDArray[np.float32], solid: Mask, center: Points, width: float) -> tuple[Points, Mask]:
    """Points of the faint curve: each end of a column counts only where it is in sight.

    Parameters
    ----------
    weak : (H, W) float32
        Coverage by the faint curve, the strong stroke counted as ink.
    solid : (H, W) bool
        The strong stroke.
    center : (N, 2) float array
        Points of the smoothed curve.
    width : float
        Pen of the faint curve, px.

    Returns
    -------
    points : (M, 2) float array
    observed : (M,) bool array
    """
    if width >= ERODE_FROM_PX:
        place, scale = eroded_places(weak, width, ERODE_SLACK_PX)
    else:
        place, scale = drawn_in_places(weak, width)
    h = place.shape[0]
    columns = place.shape[1] // 2
    hidden_top, hidden_low = _hidden_span(solid, width)
    y = (np.arange(h) + 0.5) / scale - 0.5
    smooth = (
        np.interp(np.arange(columns), center[:, 0], center[:, 1]) if len(center) else np.full(columns, np.nan)
    )
    # A cut down a slanted stroke is longer than its pen is wide.
    cut = width * np.hypot(1.0, np.gradient(smooth)) if columns > 1 else np.full(columns, width)
    cut = np.where(np.isfinite(cut), cut, width)
    out: list[tuple[float, float, bool]] = []
    last = float("nan")
    for half in range(place.shape[1]):
        c = half // 2
        rows = np.flatnonzero(place[:, half])
        if len(rows) == 0:
            continue
        ys = y[rows]
        x = c - 0.25 + 0.5 * (half % 2)
        above, below = ys[ys < hidden_top[c]], ys[ys > hidden_low[c]]
        ends = _ends_in_sight(above, below, hidden_top[c], hidden_low[c], float(smooth[c]), float(cut[c]))
        if not ends:
            continue
        if len(ends) == 2 and abs(ends[1] - ends[0]) < 1.0:
            ends = [(ends[0] + ends[1]) / 2]
        if len(ends) == 2 and last == last and abs(last - ends[1]) < abs(last - ends[0]):
            ends = ends[::-1]
        out.extend((x, e, True) for e in ends)
        last = ends[-1]
    out = _without_scraps(out, solid, smooth, width)
    return _with_hidden(out, solid, smooth, width)


def _hidden_span(solid: Mask, width: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Per column the rows between which a place of the pen may be the strong stroke's own."""
    some = solid.any(axis=0)
    top = solid.argmax(axis=0) - 0.5
    low = solid.shape[0] - 1 - solid[::-1].argmax(axis=0) + 0.5
    slack = width / 2 - max(0.5, 0.3 * width)
    return np.where(some, top + slack, np.inf), np.where(some, low - slack, np.inf)


def _ends_in_sight(
    above: Points, below: Points, top: float, low: float, smooth: float, cut: float
) -> list[float]:
    """The ends of the faint curve in one column; `cut` is the height of a single stroke there."""
    if len(above) and len(below):
        return [float(above[0]), float(below[-1])]
    if not len(above) and not len(below):
        return []
    seen = above if len(above) else below
    first, last = float(seen[0]), float(seen[-1])
    outer, inner, edge = (first, last, top) if len(above) else (last, first, low)
    if abs(inner - edge) > 1.0 or edge == np.inf:  # it does not touch the strong stroke in this column
        return [first, last]
    if abs(outer - edge) < SHOWS * cut + SHOWS_PX or smooth != smooth:
        return [outer]
    return [outer, smooth]


def _without_scraps(
    out: list[tuple[float, float, bool]], solid: Mask, smooth: Points, width: float
) -> list[tuple[float, float, bool]]:
    """Without lone columns that hardly show beside the strong stroke: its caps and corners look faint too."""
    if not out:
        return out
    points = np.array([(x, y) for x, y, _ in out])
    columns = np.clip(np.round(points[:, 0]).astype(int), 0, len(smooth) - 1)
    beside = np.abs(points[:, 1] - smooth[columns]) <= solid.sum(axis=0)[columns] / 2 + width
    run = np.concatenate([[0], np.cumsum(np.diff(points[:, 0]) > OPEN_GAP_PX)])
    scrap = np.zeros(len(out), dtype=bool)
    for r in range(int(run[-1]) + 1):
        own = run == r
        scrap |= own & (np.ptp(points[own, 0]) < SCRAP_PX) & beside[own].all()
    return [p for p, bad in zip(out, scrap, strict=True) if not bad]


def _with_hidden(
    out: list[tuple[float, float, bool]], solid: Mask, smooth: Points, width: float
) -> tuple[Points, Mask]:
    """Fill the columns where the strong stroke hides the curve: straight across, kept where it hides it whole."""
    if not out:
        return np.empty((0, 2)), np.empty(0, dtype=bool)
    points = np.array([(x, y) for x, y, _ in out])
    seen = np.array([s for _, _, s in out], dtype=bool)
    columns = np.arange(solid.shape[1])
    told = np.zeros(solid.shape[1], dtype=bool)
    told[np.clip(np.round(points[:, 0]).astype(int), 0, len(told) - 1)] = True
    some = solid.any(axis=0) & ~told & np.isfinite(smooth)
    if not some.any():
        return points, seen
    c = columns[some]
    before = np.searchsorted(points[:, 0], c, "right") - 1
    after = before + 1
    inner = (before >= 0) & (after < len(points))
    before, after = np.maximum(before, 0), np.minimum(after, len(points) - 1)
    gap = np.where(inner, points[after, 0] - points[before, 0], np.inf)
    straight = np.interp(c, points[:, 0], points[:, 1])
    top, low = solid.argmax(axis=0)[some], solid.shape[0] - 1 - solid[::-1].argmax(axis=0)[some]
    middle, room = (top + low) / 2, np.maximum((low - top - 1 - width) / 2, 0.0) + HIDDEN_SLACK_PX
    within = np.clip(np.where(gap > LONG_GAP_PX, smooth[c], straight), middle - room, middle + room)
    # A short gap in the open is an unclear stretch of the faint curve, not a visit to the strong one.
    guess = np.where(gap <= OPEN_GAP_PX, straight, within)
    meets = _meets(points, solid, smooth, width)
    # Beyond its ends it is under the strong stroke where it meets it, or where little of that is left.
    left = np.where(c < points[0, 0], points[0, 0] - c[0], c[-1] - points[-1, 0])
    reach = np.where(inner, OPEN_GAP_PX, max(OPEN_GAP_PX, END_SHARE * solid.any(axis=0).sum()))
    short = np.where(inner, gap, left) <= reach
    kept = short | np.where(inner, meets[before] & meets[after], meets[before])
    c, guess = c[kept], guess[kept]
    everything = np.concatenate([points, np.stack([c.astype(float), guess], axis=1)])
    flags = np.concatenate([seen, np.zeros(len(c), dtype=bool)])
    order = np.argsort(everything[:, 0], kind="stable")
    return everything[order], flags[order]


def _meets(points: Points, solid: Mask, smooth: Points, width: float) -> Mask:
    """Per point, whether the faint curve touches the strong stroke thereabouts: only there can it go under."""
    columns = np.clip(np.round(points[:, 0]).astype(int), 0, len(smooth) - 1)
    reach = solid.sum(axis=0)[columns] / 2 + width + MEETS_PX
    off = points[:, 1] - smooth[columns]
    near = np.abs(off) <= reach
    near[1:] |= off[1:] * off[:-1] < 0
    near[:-1] |= off[1:] * off[:-1] < 0
    return np.asarray(np.convolve(near, np.ones(2 * MEETS_POINTS + 1), "same") > 0)
