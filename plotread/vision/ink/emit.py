"""From a curve's ink to points: centres of thin columns, the eroded pen's reach in thick ones."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.enlarge import SOLID, enlarged
from plotread.vision.ink.walls import TALL_WIDTHS, walls_told_once, without_rims

SPECK_PX = 3.0  # px; what is narrower and stands alone before or after a curve is no part of it
SPECK_APART_PX = 10.0
BORDER_PX = 4  # px from the side of the sheet, where a spine may hide half a steep stroke
STEEP = 1.0  # px per px
HOOK_WIDTHS, HOOK_SLACK_PX = 2.0, 0.5  # pens, px; a steep end falls on for so long after its tip
THICK = 1.6  # pen widths, plus 0.4 px: a column thicker than this is a flank, a tip or noise
THICK_PX = 0.4
ERODE_FROM_PX = 1.2  # px; thinner pens cannot be eroded, their extents are drawn in instead
ERODE_SLACK_PX = 0.35
BEYOND_PX = 3  # px beyond the tip of a stem, where other ink would hide that it goes on
STEM_FULL = 0.8  # share of a column's extent that is its ink, where it is no flank of another
ENLARGE = (4, 2, 1)
ENLARGE_LIMIT_PX = (400_000, 3_000_000)  # px of sheet above which the next factor is used
FLANK_SLACK = 0.7  # px; twice the slack of the erosion, across the stroke
FLANK_DRAWN_IN = 0.12  # share of its height by which such an end is drawn in
TIP_SLACK_PX = 1.0
LEVEL_PX = 0.3  # px between neighboring half columns of a level top
DENSE_SHARE = 0.3  # of the columns where the pen reaches far up and down, from which a curve is dense
CLOSED_UP = 0.6  # pens from one spike to the next that surely close up; a longer top may be one of the curve
ONE_POINT_PX = 1.0  # px; a column whose pen places are closer tells one point
CLOSE_PX = (2, 8)  # px; other ink narrower than this on the stroke is filled

Points = NDArray[np.float64]


def fill_under_others(alpha: NDArray[np.float32], hidden: Mask, width: float) -> NDArray[np.float32]:
    """The stroke with narrow interruptions by other ink closed."""
    size = int(min(max(round(width), CLOSE_PX[0]), CLOSE_PX[1])) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size // 2 + 1, 2 * size // 2 + 1))
    own = (alpha > SOLID).astype(np.uint8)
    closed = cv2.morphologyEx(own, cv2.MORPH_CLOSE, kernel) > 0
    return np.where(closed & hidden & (alpha < SOLID), np.float32(1.0), alpha)


def emit_points(alpha: NDArray[np.float32], hidden: Mask, width: float) -> Points:
    """Points of one curve, sheet px, in the order the pen went.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by this curve alone.
    hidden : (H, W) bool
        Ink of others.
    width : float
        Pen width, px.

    Returns
    -------
    (N, 2) float array
        x ascending (ties allowed).
    """
    filled = fill_under_others(alpha, hidden, width)
    ink = filled > INK
    rows = np.flatnonzero(ink.any(axis=1))
    if len(rows) == 0:
        return np.empty((0, 2))
    y0, y1 = max(int(rows[0]) - 3, 0), min(int(rows[-1]) + 4, alpha.shape[0])
    filled, ink = filled[y0:y1], ink[y0:y1]
    columns = np.flatnonzero(ink.any(axis=0))
    top = ink.argmax(axis=0)
    bottom = ink.shape[0] - 1 - ink[::-1].argmax(axis=0)
    mass = filled.sum(axis=0)
    extent = bottom - top + 1.0
    y = np.arange(filled.shape[0], dtype=np.float64)
    center = (filled * y[:, None]).sum(axis=0) / np.maximum(mass, 1e-6)
    limit = max(THICK * width + THICK_PX, width + 1)
    thin = (mass <= limit) & (extent <= limit + 2.0) & (extent <= mass + 2.2)
    if width >= ERODE_FROM_PX:
        reach = _eroded(filled, width)
        reach = _with_stems(reach, filled, hidden[y0:y1], top, bottom, thin, width)
        reach = _tips_told_once(reach, width)
    else:
        reach = _drawn_in(filled, top, bottom, width)
    columns = without_rims(columns, thin, reach, width)
    points = _in_pen_order(columns, thin, center, _flanks_told_once(reach))
    points = _from_border(points, top, bottom, columns, width)
    points[:, 1] += y0
    return _without_hooks(points, width)


def without_specks(points: Points) -> Points:
    """Without lone specks before and after a solid curve: remains of ticks and of the frame."""
    for _ in range(2):
        gaps = np.flatnonzero(np.diff(points[:, 0]) > SPECK_APART_PX)
        if len(gaps) and np.ptp(points[: gaps[0] + 1, 0]) < SPECK_PX < np.ptp(points[gaps[0] + 1 :, 0]):
            points = points[gaps[0] + 1 :]
        points = points[::-1] * np.array([-1.0, 1.0])
    return points


def _from_border(
    points: Points, top: NDArray[np.intp], bottom: NDArray[np.intp], columns: NDArray[np.intp], width: float
) -> Points:
    """A steep stroke that begins or ends at the side of the sheet reaches its tip there.

    The frame cuts it lengthwise, so that the pen finds no place in what is left of it.
    """
    for end, border in ((0, 0), (-1, len(top) - 1)):
        c = int(columns[end])
        if len(points) < 2 or abs(c - border) > BORDER_PX:
            continue
        near = points[np.abs(points[:, 0] - points[end, 0]) <= max(width, BORDER_PX)]
        inner = near[-1] if end == 0 else near[0]
        run, rise = inner - points[end]
        if abs(rise) <= STEEP * max(abs(run), 1.0):
            continue
        tip = top[c] - 0.5 + width / 2 if rise > 0 else bottom[c] + 0.5 - width / 2
        if (points[end, 1] - tip) * np.sign(rise) > 1.0:
            at = np.array([[float(c), tip]])
            points = np.concatenate([at, points] if end == 0 else [points, at])
    return points


def _without_hooks(points: Points, width: float) -> Points:
    """Steep ends without the half pen beside their tips, where the pen finds places in the cap."""
    for _ in range(2):
        x, y = points.T
        near = x <= x[0] + width / 2 + HOOK_SLACK_PX
        ahead = (x >= x[0]) & (x <= x[0] + HOOK_WIDTHS * width + HOOK_SLACK_PX)
        fall = y[ahead][-1] - y[0]
        tip = int(np.argmin(np.sign(fall) * y[near]))
        on = np.sign(fall) * np.diff(y[ahead][tip:])
        if tip > 0 and abs(fall) > STEEP * HOOK_WIDTHS * width and (on >= -width).all():
            points = points[tip:]
        points = points[::-1] * np.array([-1.0, 1.0])
    return points


def _drawn_in(
    filled: NDArray[np.float32], top: NDArray[np.intp], bottom: NDArray[np.intp], width: float
) -> NDArray[np.float64]:
    """Lowest and highest place of a thin pen per half column, (W, 2, 2): the ink's edges less w/2."""
    at = np.arange(filled.shape[1])
    above = filled[np.maximum(top - 1, 0), at] * (top > 0)
    below = filled[np.minimum(bottom + 1, filled.shape[0] - 1), at] * (bottom < filled.shape[0] - 1)
    high = top + 0.5 - filled[top, at] - above + width / 2
    low = bottom - 0.5 + filled[bottom, at] + below - width / 2
    middle = (high + low) / 2
    high, low = np.where(high > low, middle, high), np.where(high > low, middle, low)
    both = np.repeat(np.stack([high, low], axis=1), 2, axis=0)
    return walls_told_once(both, width).reshape(-1, 2, 2)


def _with_stems(
    reach: NDArray[np.float64], filled: NDArray[np.float32], hidden: Mask, top: NDArray[np.intp],
    bottom: NDArray[np.intp], thin: Mask, width: float,
) -> NDArray[np.float64]:  # fmt: skip
    """A stem thinner than the pen was told is ink to its ends all the same.

    So is the tip at which a curve begins or ends steeply, where other ink hides half of the stroke.
    """
    ends, out = _drawn_in(filled, top, bottom, width), reach.copy()
    none = np.asarray(np.isnan(reach).all(axis=(1, 2)))
    lost = none & ~thin & (filled.sum(axis=0) >= STEM_FULL * (bottom - top + 1.0))
    near = round(width / 2)
    for c in np.flatnonzero(lost).tolist():
        beside = reach[max(c - near, 0) : c + near + 1]
        high, low = ends[c, :, 0].min(), ends[c, :, 1].max()
        # Beside a wall as tall it is half of that one's pen.
        lost[c] = not ((beside[..., 0] <= high + width) & (beside[..., 1] >= low - width)).any()
    out[lost] = ends[lost]
    inked = np.flatnonzero(filled.max(axis=0) > INK)
    for inward in (inked, inked[::-1]):
        first = inward[: near + 1]
        told = reach[np.clip(np.concatenate([first - near, first + near]), 0, len(reach) - 1)]
        onward = reach[inward[near + 1 : 3 * near + 4]]
        if np.isnan(told).all() or np.isnan(onward).all():
            continue
        known = [float(np.nanmin(told[..., 0])), float(np.nanmax(told[..., 1]))]
        tip_end = int(np.abs(np.array(known) - np.nanmean(onward)).argmax())
        for c in first[~none[first]].tolist():
            outer = c == first[0]  # which may show the first stretch of the curve, too
            for end in (0, 1) if outer else (tip_end,):
                if end == 0:
                    stem = slice(top[c], int(np.floor(np.nanmin(reach[c, :, 0]))))
                    beyond = slice(max(top[c] - BEYOND_PX, 0), top[c])
                else:
                    stem = slice(int(np.ceil(np.nanmax(reach[c, :, 1]))) + 1, bottom[c] + 1)
                    beyond = slice(bottom[c] + 1, bottom[c] + 1 + BEYOND_PX)
                tip, part = float(ends[c, :, end].mean()), filled[stem, c]
                further = min(abs(tip - known[end]), len(part)) > TALL_WIDTHS * width
                in_sight = outer or not hidden[beyond, c].any()
                if further and in_sight and part.mean() >= STEM_FULL:
                    out[c, :, end], known[end] = tip, tip
    return out


def eroded_places(filled: NDArray[np.float32], width: float, slack: float) -> tuple[Mask, int]:
    """Where the pen's centre may have been: (H s, 2 W) bool per half column, and the enlargement s."""
    _, place, s = _eroded_mask(filled, width, slack)
    if s == 1:
        return np.repeat(place, 2, axis=1), s
    return _any_of(place, s // 2), s


def drawn_in_places(filled: NDArray[np.float32], width: float) -> tuple[Mask, int]:
    """The same for a pen too thin to erode: the ink less half a pen at both ends of each run."""
    s = 2
    h, w = filled.shape
    big = np.asarray(cv2.resize(filled, (w, h * s), interpolation=cv2.INTER_LINEAR) > 0.45)
    cut = max(round(width / 2 * s) - 1, 0)
    if cut:
        inner = cv2.erode(big.astype(np.uint8), np.ones((2 * cut + 1, 1), np.uint8)) > 0
        alone = cv2.dilate(inner.astype(np.uint8), np.ones((2 * cut + 3, 1), np.uint8)) > 0
        big = inner | (big & ~alone)
    return np.repeat(big, 2, axis=1), s


def _eroded_mask(
    filled: NDArray[np.float32], width: float, slack: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], int]:
    """The ink enlarged, the places its pen may have had, and the enlargement."""
    h, w = filled.shape
    area = h * w
    s = ENLARGE[int(area > ENLARGE_LIMIT_PX[0]) + int(area > ENLARGE_LIMIT_PX[1])]
    solid, depth = enlarged(filled, s)
    # distance to the nearest pixel centre outside is half a pixel more than to the edge
    return solid, np.asarray(depth >= (width / 2 - slack) * s + 0.5), s


def _any_of(mask: Mask, n: int) -> Mask:
    """Whether any of n columns side by side is set: their n bytes (1, 2 or 4) are one number."""
    return np.asarray(np.ascontiguousarray(mask).view(f"u{n}") != 0)


def _eroded(filled: NDArray[np.float32], width: float) -> NDArray[np.float64]:
    """Lowest and highest place the pen reached per half column, (W, 2, 2); NaN where it cannot be."""
    h, w = filled.shape
    solid, place, s = _eroded_mask(filled, width, ERODE_SLACK_PX)
    half = max(s // 2, 1)
    sub = _any_of(place, half)
    edge_high, edge_low = _edges(solid, s, h)
    any_place = sub.any(axis=0)
    high = (sub.argmax(axis=0) + 0.5) / s - 0.5
    low = (h * s - 1 - sub[::-1].argmax(axis=0) + 0.5) / s - 0.5
    reach = np.stack([np.where(any_place, high, np.nan), np.where(any_place, low, np.nan)], axis=1)
    if s == 1:
        reach = np.repeat(reach, 2, axis=0)
    reach = walls_told_once(reach, width)
    reach = _less_extreme(reach, edge_high, edge_low, width).reshape(w, 2, 2)
    close = width / 2 + TIP_SLACK_PX
    # A tip lies w/2 inside the ink's edge, however little of it shows.
    for half_column in range(2):
        tip = edge_high + width / 2
        near = np.asarray(np.abs(reach[:, half_column, 0] - edge_high) <= close) & _extreme(edge_high, -1)
        reach[near, half_column, 0] = tip[near]
        tip = edge_low - width / 2
        near = np.asarray(np.abs(reach[:, half_column, 1] - edge_low) <= close) & _extreme(edge_low, 1)
        reach[near, half_column, 1] = tip[near]
    middle = reach.mean(axis=2)
    crossed = reach[..., 0] > reach[..., 1]
    reach[crossed] = middle[crossed][:, None]
    return reach


def _less_extreme(
    reach: NDArray[np.float64], edge_high: NDArray[np.float64], edge_low: NDArray[np.float64], width: float
) -> NDArray[np.float64]:
    """Away from tips the ends of a tall column are flanks, which the eroded ink shows too far out."""
    out = reach.copy()
    tall = reach[:, 1] - reach[:, 0] > TALL_WIDTHS * width
    pad = np.pad(reach, ((1, 1), (0, 0)), mode="edge")
    for end, edge, sign in ((0, edge_high, -1), (1, edge_low, 1)):
        flank = ~np.repeat(_extreme(edge, sign), 2) & tall
        pick = np.fmax if end == 0 else np.fmin
        inner = pick(pick(pad[:-2, end], pad[2:, end]), reach[:, end])
        drawn = inner - sign * FLANK_DRAWN_IN * (reach[:, 1] - reach[:, 0])
        out[flank, end] = drawn[flank]
    crossed = out[:, 0] > out[:, 1]
    out[crossed] = reach[crossed].mean(axis=1, keepdims=True)
    return out


def _edges(solid: Mask, s: int, h: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Highest and lowest edge of the ink in each column of the sheet, px (NaN where none)."""
    columns = _any_of(solid, s)
    some = columns.any(axis=0)
    high = columns.argmax(axis=0) / s - 0.5
    low = (h * s - columns[::-1].argmax(axis=0)) / s - 0.5
    return np.where(some, high, np.nan), np.where(some, low, np.nan)


def _extreme(edge: NDArray[np.float64], sign: int) -> NDArray[np.bool_]:
    """Columns where the edge is at least as far out as beside it."""
    e: NDArray[np.float64] = np.where(np.isnan(edge), -np.inf, sign * edge)
    pad = np.pad(e, 1, constant_values=-np.inf)
    return np.asarray((e >= pad[:-2] - 0.1) & (e >= pad[2:] - 0.1))


def _flanks_told_once(reach: NDArray[np.float64]) -> NDArray[np.float64]:
    """On a plain flank each half column tells its middle: the reach there is only the pen's own slack."""
    middle = reach.mean(axis=(1, 2))
    before = np.concatenate([[np.nan], np.diff(middle)])
    after = np.concatenate([np.diff(middle), [np.nan]])
    slope = np.abs(before + after) / 2
    height = (reach[..., 1] - reach[..., 0]).max(axis=1)
    plain = (before * after > 0) & (height <= slope / 2 + FLANK_SLACK * np.hypot(1, slope) + FLANK_SLACK)
    once = reach.mean(axis=2, keepdims=True)
    return np.where(plain[:, None, None], once, reach)


def _tips_told_once(reach: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Of a flat top in dense noise its two ends: there two spikes less than a pen apart have closed up."""
    out = reach.reshape(-1, 2).copy()
    tall = out[:, 1] - out[:, 0] > TALL_WIDTHS * width
    if np.count_nonzero(tall) < DENSE_SHARE * np.count_nonzero(~np.isnan(out[:, 0])):
        return reach
    for end in range(2):
        out[_level_between(out[:, end], tall, width), end] = np.nan
    return out.reshape(reach.shape)


def _level_between(heights: NDArray[np.float64], tall: Mask, width: float) -> Mask:
    """Half columns inside level stretches well shorter than the pen, among tall ones."""
    level = (np.abs(np.diff(heights)) <= LEVEL_PX) & tall[1:] & tall[:-1]
    turn = np.diff(np.concatenate([[0], level.astype(np.int8), [0]]))
    inside = np.zeros(len(heights), dtype=bool)
    for first, last in zip(np.flatnonzero(turn > 0).tolist(), np.flatnonzero(turn < 0).tolist(), strict=True):
        if last - first <= 2 * CLOSED_UP * width:
            inside[first + 1 : last] = True
    return inside


def _in_pen_order(
    columns: NDArray[np.intp], thin: Mask, center: NDArray[np.float64], reach: NDArray[np.float64]
) -> Points:
    out: list[tuple[float, float]] = []
    last = float("nan")
    for c in columns:
        if thin[c] or np.isnan(reach[c]).all():
            last = float(center[c])
            out.append((float(c), last))
            continue
        for k, dx in ((0, -0.25), (1, 0.25)):
            high, low = float(reach[c, k, 0]), float(reach[c, k, 1])
            if high != high or low != low:
                if high == high or low == low:
                    last = high if high == high else low
                    out.append((c + dx, last))
                continue
            if low - high < ONE_POINT_PX:
                last = (high + low) / 2
                out.append((c + dx, last))
                continue
            first, second = (
                (high, low) if last != last or abs(last - high) <= abs(last - low) else (low, high)
            )
            out.append((c + dx, first))
            out.append((c + dx, second))
            last = second
    return np.array(out, dtype=np.float64).reshape(-1, 2)
