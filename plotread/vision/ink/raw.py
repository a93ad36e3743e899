"""The faint raw curve under a strong smoothed one: each end of a column counts only where it is in sight."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.emit import ERODE_FROM_PX, ERODE_SLACK_PX, Points, drawn_in_places, eroded_places
from plotread.vision.ink.layers import Layers
from plotread.vision.ink.pen import runs_down
from plotread.vision.ink.pieces import grown, pieces_of

OPEN_GAP_PX = 12.0  # px; a shorter gap is crossed straight
NEAR_PX = 6  # px; faint pieces nearer than this to a kept one belong to it
NEAR_PASSES = 3
RAW_WIDTH_PERCENTILE = 30
RAW_PEAK = 0.6  # of the faint layer's own opacity, in a cut through its pen
SHOWS = 1.1  # raw pen widths showing beside the strong stroke before both ends are told
SHOWS_PX = 0.4
LONG_GAP_PX = 24.0  # px; a faint curve hidden for longer keeps to the middle of the strong one
END_SHARE = 0.08  # share of the strong stroke that a faint curve may miss at an end
CAP_PX = 2.0  # px by which the cap of the strong stroke may outreach the faint curve
SCRAP_PX = 4.0  # px; shorter stretches of a faint curve that hug the strong stroke are its own edge
MEETS_PX = 2.0  # px between a faint curve and the strong stroke under which it goes
MEETS_POINTS = 2  # points beside the gap that count
HIDDEN_SLACK_PX = 0.5  # px by which a hidden pen may stand off the middle of an equal one that hides it
LEAST_MARKS, MARKS_SHARE = 4, 0.7  # faint spots, and the share of them that are alike, of a row of markers
OUTLINE_PX, LEAST_OUTLINES, OUTLINES_SHARE = 5, 8, 0.35  # px wide and tall; how many are alike; of such spots
EVEN = 0.9  # of the usual distance between outlines: hardly one is nearer
ALIKE = 0.35  # relative; markers differ in width, and their width from their height, by less
SOLID_COVER = 0.6  # coverage that the strong stroke counts when the faint curve is followed


def shows_marks(layers: Layers) -> bool:
    """Whether the faint ink beside the stroke is a row of markers: alike, as tall as wide, or evenly spaced.

    Translucent ones stand out whole, of open ones the thin outline does, between soft edges of the stroke.
    """
    faint = (layers.weak > INK) & ~layers.solid
    turn = np.diff(np.concatenate([[0], faint.any(axis=0).astype(np.int8), [0]]))
    first, last = np.flatnonzero(turn > 0), np.flatnonzero(turn < 0)
    sizes = []
    for a, b in zip(first.tolist(), last.tolist(), strict=True):
        rows = np.flatnonzero(faint[:, a:b].any(axis=1))
        sizes.append((b - a, rows[-1] - rows[0] + 1))
    if len(sizes) < LEAST_MARKS:
        return False
    wide, tall = np.array(sizes, dtype=float).T
    size = float(np.median(wide))
    alike = (np.abs(wide - size) <= ALIKE * size) & (np.abs(tall - size) <= ALIKE * size)
    if float(alike.mean()) >= MARKS_SHARE:
        return True
    large = np.minimum(wide, tall) >= OUTLINE_PX
    if np.count_nonzero(large) < LEAST_OUTLINES:
        return False
    wide, middles = wide[large], (first + last)[large] / 2
    usual = float(np.median(wide[wide >= np.percentile(wide, 75) / 2]))
    alike = np.abs(wide - usual) <= ALIKE * usual
    if np.count_nonzero(alike) < max(LEAST_OUTLINES, OUTLINES_SHARE * len(wide)):
        return False
    low, pitch = np.percentile(np.diff(middles[alike]), [10, 50])
    return bool(low >= EVEN * pitch)


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
    """Fill the columns where the strong stroke hides the curve: straight, but where it is hidden whole."""
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
    kept &= inner | (left > CAP_PX)
    c, guess = c[kept], guess[kept]
    everything = np.concatenate([points, np.stack([c.astype(float), guess], axis=1)])
    flags = np.concatenate([seen, np.zeros(len(c), dtype=bool)])
    order = np.argsort(everything[:, 0], kind="stable")
    return everything[order], flags[order]


def _meets(points: Points, solid: Mask, smooth: Points, width: float) -> Mask:
    """Per point, whether the faint curve touches the strong stroke there: only so can it go under."""
    columns = np.clip(np.round(points[:, 0]).astype(int), 0, len(smooth) - 1)
    reach = solid.sum(axis=0)[columns] / 2 + width + MEETS_PX
    off = points[:, 1] - smooth[columns]
    near = np.abs(off) <= reach
    near[1:] |= off[1:] * off[:-1] < 0
    near[:-1] |= off[1:] * off[:-1] < 0
    return np.asarray(np.convolve(near, np.ones(2 * MEETS_POINTS + 1), "same") > 0)
