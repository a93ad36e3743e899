"""Markers on a curve: blobs wider than the pen, and the comb of whole steps they stand on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import Scale
from plotread.vision.ink.background import Mask
from plotread.vision.ink.enlarge import enlarged
from plotread.vision.ink.explain import Depth, explains
from plotread.vision.ink.pieces import middles_of

ENLARGE = 4
ENLARGE_LIMIT_PX = 300_000  # px of ink box above which the enlargement halves
BLOB_OVER_PEN = 1.45  # radius of a marker over half the pen
BLOB_OVER_PEN_PX = 0.3
RADIUS_PERCENTILE = 90
MAXIMUM_SHARE = 0.85  # of the radius; a place so deep is the middle of a marker
TOOTH_SHARE = 0.72  # of the radius; a tooth at least so deep shows its marker
TEETH_SEEN = 0.62  # share of the teeth that must show their marker
TEETH_SEEN_HIDDEN = 0.5  # the same of markers so far apart, where other ink may hide all the rest
APART_RADII = 1.5
TEETH_WELL = 0.72  # share of the markers found on whole steps
CHANCE_SIGMAS = 3.0  # and by how many of its errors it is above what any steps would catch
TOOTH_REACH = 0.22  # of the pitch
TOOTH_REACH_PX = 1.3
MEDIAN_REACH = 0.16
PITCH_RADII = 0.6  # smallest pitch in radii
MIN_TEETH = 4
STEPS = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
BUNCH_OVER_PEN = 1.25  # half pens; shallower maxima are the pen's own
BUNCH_WIDTH = 0.12  # share of the typical size within which markers agree
BUNCH_SHARE = 0.55
MOSTLY_MARKS = 0.75  # share of the places found that are as deep as markers, from which the rest are none
KNOTS = 1.6  # times the usual depth of the places found, from which the deepest alone are markers
SPARSE_SHARE = 0.8  # the same of markers in few columns, where the knots of noise would be few, too
BEAD_PX = 2.5  # radius from which markers that touch are looked for, and how wide their pen may be
BEADS = 8  # of them that make a row
WAIST, WAISTS = 0.9, 0.8  # depth between two markers as a share of theirs, in so many of the gaps
MAX_TALL = 0.30  # share of columns taller than two markers and a pen: noise, no markers
PEN_SEEN, PEN_SLACK_PX = 0.02, 1.5  # share of columns no taller than the pen, and px they may be
MOST_OVER_MARK = 0.5  # share of columns taller than one marker and a pen, where no pen is in sight


Heights = Callable[[NDArray[np.float64]], NDArray[np.float64] | None]


def depth_of(filled: NDArray[np.float32]) -> Depth | None:
    """The depth map of a curve's ink, cut to the ink."""
    ink = filled > 0.3
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if len(rows) == 0:
        return None
    y0, x0 = max(int(rows[0]) - 2, 0), max(int(columns[0]) - 2, 0)
    cut = filled[y0 : int(rows[-1]) + 3, x0 : int(columns[-1]) + 3]
    s = ENLARGE if cut.size <= ENLARGE_LIMIT_PX else ENLARGE // 2
    # An edge on the border of the cut is an edge of the ink.
    depth = enlarged(np.pad(cut, 2), s)[1] / np.float32(s)
    column_depth = depth.max(axis=0)
    column_depth = column_depth[column_depth > 0]
    if len(column_depth) == 0:
        return None
    return Depth(depth, s, x0 - 2, y0 - 2, float(np.percentile(column_depth, RADIUS_PERCENTILE)))


def has_markers(depth: Depth, width: float) -> bool:
    """Whether the deepest places are too deep for the pen."""
    return depth.radius >= BLOB_OVER_PEN * width / 2 + BLOB_OVER_PEN_PX


def sparse(depth: Depth, width: float) -> Depth:
    """The depth map with the radius of markers that stand too far apart for most columns to show one.

    Local maxima as deep as markers have to be four at least, and alike, or far deeper than the knots of
    error bars.
    """
    if has_markers(depth, width):
        return depth
    deep = replace(depth, radius=(BLOB_OVER_PEN * width / 2 + BLOB_OVER_PEN_PX) / MAXIMUM_SHARE)
    middles = _depth_at(deep, maxima(deep))
    if len(middles) < MIN_TEETH:
        return depth
    above = middles >= TOOTH_SHARE * middles.max()
    if above.mean() >= MOSTLY_MARKS:
        middles = middles[above]  # the rest are a few knots where error bars cross
    usual = float(np.median(middles))
    alike = np.abs(middles - usual) <= BUNCH_WIDTH * usual
    if float(alike.mean()) >= SPARSE_SHARE:
        return replace(depth, radius=usual)
    told = _above_knots(middles)
    return replace(depth, radius=told[0]) if told is not None else depth


def maxima(depth: Depth) -> NDArray[np.float64]:
    """Middles (x, y) of the markers: the local maxima of depth, sheet px."""
    size = 2 * int(max(round(0.7 * depth.radius * depth.scale), 1)) + 1
    top = cv2.dilate(depth.map, np.ones((size, size), np.uint8))
    deep = np.flatnonzero(depth.map > MAXIMUM_SHARE * depth.radius)
    peak = deep[depth.map.ravel()[deep] >= top.ravel()[deep] - 1e-4]
    at = (middles_of(peak, depth.map.shape[1]) + 0.5) / depth.scale - 0.5 + np.array([depth.x0, depth.y0])
    return np.asarray(at[np.argsort(at[:, 0], kind="stable")])


def sized(depth: Depth, marks: NDArray[np.float64]) -> Depth:
    """The depth map with the radius that the markers themselves show.

    Where markers stand far apart most columns hold the line alone, and few the middle of a marker.
    """
    if len(marks) < MIN_TEETH:
        return depth
    return replace(depth, radius=max(depth.radius, float(np.median(_depth_at(depth, marks)))))


def deepest(depth: Depth, marks: NDArray[np.float64]) -> tuple[Depth, NDArray[np.float64]]:
    """The depth map and the markers without the many shallower knots of their error bars and caps."""
    of = _above_knots(_depth_at(depth, marks)) if len(marks) else None
    return (depth, marks) if of is None else (replace(depth, radius=of[0]), marks[of[1]])


def _above_knots(depths: NDArray[np.float32]) -> tuple[float, Mask] | None:
    """Radius of the deepest places where they are alike and far deeper than most, and which they are."""
    typical = float(np.median(depths[depths >= TOOTH_SHARE * depths.max()]))
    deep = np.abs(depths - typical) <= (1 - TOOTH_SHARE) * typical
    alone = deep.sum() >= MIN_TEETH and typical >= KNOTS * float(np.median(depths))
    return (typical, deep) if alone else None


def _depth_at(depth: Depth, marks: NDArray[np.float64]) -> NDArray[np.float32]:
    rows = np.round(depth.row(marks[:, 1])).astype(int)
    columns = np.array([depth.column(float(x)) for x in marks[:, 0]], dtype=int)
    return np.asarray(depth.map[np.clip(rows, 0, len(depth.map) - 1), columns])


def _bunched(depth: Depth, width: float) -> bool:
    """Whether the local maxima of depth agree in size, as markers do and the knots of noise do not."""
    size = 2 * int(max(round(0.5 * depth.radius * depth.scale), 1)) + 1
    top = cv2.dilate(depth.map, np.ones((size, size), np.uint8))
    peaks = depth.map[(depth.map >= top - 1e-4) & (depth.map > BUNCH_OVER_PEN * width / 2)]
    if len(peaks) == 0:
        return False
    typical = float(np.percentile(peaks, 80))
    return bool((np.abs(peaks - typical) <= BUNCH_WIDTH * typical).mean() >= BUNCH_SHARE)


def comb(
    depth: Depth, marks: NDArray[np.float64], hidden: Mask, scale: Scale, width: float, *,
    joined: bool = True, broken: bool = False, heights: Heights | None = None,
) -> NDArray[np.float64] | None:  # fmt: skip
    """The logged points: one per whole step of the x axis, or None where no comb explains the ink.

    Parameters
    ----------
    depth : Depth
    marks : (M, 2) float array
        Middles of markers, sheet px.
    hidden : (H, W) bool
        Ink of others.
    scale : Scale
        Of the x axis, in sheet px.
    width : float
        Pen, px.
    joined : bool
        Whether a line joins the markers.
    broken : bool
        Whether that line has gaps.
    heights : callable, optional
        Columns (N,) to points on them, or None; without it those are the deepest places.

    Returns
    -------
    (N, 2) float array or None
        Sheet px, x exactly on the steps.

    Notes
    -----
    Steps are tried from coarse to fine; the first whose polyline holds all the ink, and lies on
    ink all along, is the comb: too coarse leaves ink between, too fine has teeth without markers.
    """
    if len(marks) < MIN_TEETH or scale.kind not in ("linear", "category"):
        return None
    unit = abs(scale.slope)
    span = (marks[-1, 0] - marks[0, 0]) * unit
    least = max(PITCH_RADII * depth.radius, 2.0) * unit
    exponent = int(np.floor(np.log10(max(least, 1e-12))))
    steps = sorted({s * 10.0**e for e in range(exponent, exponent + 6) for s in STEPS}, reverse=True)
    linear = scale.slope * marks[:, 0] + scale.offset
    extent = depth.extent()
    for step in steps:
        if not least <= step <= span / (MIN_TEETH - 1) * 1.01:
            continue
        teeth = _teeth(step, linear, unit, scale, extent)
        if teeth is None:
            continue
        points = heights(teeth) if heights is not None else _on_teeth(depth, teeth, hidden)
        meets = None if points is None else explains(depth, points, hidden, width, joined, broken)
        if points is None or meets is None:
            continue
        if meets and len(points) % 2:
            # Corners of squares that overlap are as deep as markers between them, but lie on no line.
            every = points[::2]
            if explains(depth, every, hidden, width, joined, broken) == 0:
                return every
        return np.asarray(points + np.array([0.0, meets]))
    return None


def logged_points(
    depth: Depth, marks: NDArray[np.float64], hidden: Mask, scale: Scale, width: float, listed: bool,
    broken: bool = False,
) -> NDArray[np.float64] | None:  # fmt: skip
    """The logged points of a line with markers; `listed`: a legend shows them, `broken`: on dashed lines."""
    if len(marks):
        return comb(depth, marks, hidden, scale, width, broken=broken)
    return beads(depth, hidden, scale, joined=True, listed=listed)


def beads(
    depth: Depth, hidden: Mask, scale: Scale, *, joined: bool, listed: bool = True
) -> NDArray[np.float64] | None:
    """The logged points of markers that touch, so that no pen is in sight, or that no line joins.

    Where no legend shows the markers, there have to be waists between them.
    """
    if depth.radius < BEAD_PX:
        return None
    points = comb(depth, maxima(depth), hidden, scale, BEAD_PX, joined=joined)
    if points is None or len(points) < BEADS:
        return None
    if listed:
        return points
    middles = (points[1:] + points[:-1]) / 2
    beside = np.minimum(_depth_at(depth, points[1:]), _depth_at(depth, points[:-1]))
    return points if (_depth_at(depth, middles) <= WAIST * beside).mean() >= WAISTS else None


def _teeth(
    step: float, linear: NDArray[np.float64], unit: float, scale: Scale, extent: tuple[float, float]
) -> NDArray[np.float64] | None:
    """Tooth columns (px) for this step if the markers stand on them.

    They run on to the ends of the ink: the last markers may be half covered by another curve.
    """
    turn = np.exp(2j * np.pi * linear / step).mean()
    phase = float(np.angle(turn)) / (2 * np.pi) * step
    grain = 1.0 if step >= 2 else step
    snapped = round(phase / grain) * grain
    if abs(snapped - phase) > max(TOOTH_REACH * step, TOOTH_REACH_PX * unit):
        return None
    away = np.abs((linear - snapped + step / 2) % step - step / 2)
    reach = min(max(TOOTH_REACH * step, TOOTH_REACH_PX * unit), 0.4 * step)
    chance = 2 * reach / step
    least = max(TEETH_WELL, chance + CHANCE_SIGMAS * float(np.sqrt(chance * (1 - chance) / len(away))))
    if (away <= reach).mean() < least or np.median(away) > max(MEDIAN_REACH * step, 0.5 * unit):
        return None
    ends = np.sort(scale.slope * np.array(extent) + scale.offset)
    lo, hi = min(float(linear.min()), ends[0]), max(float(linear.max()), ends[1])
    first, last = int(np.round((lo - snapped) / step)), int(np.round((hi - snapped) / step))
    values = snapped + step * np.arange(first, last + 1)
    if len(values) < MIN_TEETH:
        return None
    return np.asarray(np.sort((values - scale.offset) / scale.slope))


def _on_teeth(depth: Depth, teeth: NDArray[np.float64], hidden: Mask) -> NDArray[np.float64] | None:
    """The deepest place of each tooth's column; None where too few teeth show their marker."""
    y = np.full(len(teeth), np.nan)
    shown = np.zeros(len(teeth), dtype=bool)
    rows = np.arange(depth.map.shape[0])
    previous = np.nan
    for i, x in enumerate(teeth):
        at = depth.column(float(x))
        column = depth.map[:, max(at - 1, 0) : at + 2].max(axis=1)
        best = float(column.max())
        if best <= 0:
            continue
        near = column >= best - 0.75 / depth.scale
        candidates = rows[near]
        if np.ptp(candidates) > 2 * depth.radius * depth.scale and previous == previous:
            candidates = candidates[
                np.abs(candidates - previous) <= np.abs(candidates - previous).min() + depth.radius
            ]
        y[i] = (float(candidates.mean()) + 0.5) / depth.scale - 0.5 + depth.y0
        previous = float(candidates.mean())
        shown[i] = best >= TOOTH_SHARE * depth.radius
    found = np.isfinite(y)
    column_hidden = np.array([_column_hidden(hidden, float(x), depth.radius) for x in teeth])
    apart = len(teeth) > 1 and float(np.diff(teeth).min()) >= APART_RADII * depth.radius
    least = TEETH_SEEN_HIDDEN if apart and (shown | column_hidden).all() else TEETH_SEEN
    if (shown | column_hidden).mean() < 0.8 or shown.mean() < least or found.sum() < MIN_TEETH:
        return None
    # A tooth wholly under other ink stands between its neighbours, on the line that joins them.
    between = found | column_hidden
    for end, inner in ((0, 1), (-1, -2)):
        middle = _deepest(depth, float(teeth[end] + teeth[inner]) / 2)
        if column_hidden[end] and not shown[end] and shown[inner] and middle is not None:
            y[end], found[end] = 2 * middle - y[inner], True  # the line leads to what other ink hides
    # One before the first that was found, or after the last, lies under other ink with all its way there.
    known, open_ = np.flatnonzero(found), np.asarray(~hidden.any(axis=0))
    for end, far in ((known[0], np.arange(known[0])), (known[-1], np.arange(known[-1] + 1, len(teeth)))):
        for k in far:
            low, high = np.sort(np.round(teeth[[k, end]])).astype(int)
            between[k] &= not open_[max(low, 0) : high + 1].any()
    y[~found] = np.interp(teeth[~found], teeth[found], y[found])
    return np.stack([teeth[between], y[between]], axis=1)


def _deepest(depth: Depth, x: float) -> float | None:
    """Row of the deepest place in a column, sheet px."""
    column = depth.map[:, depth.column(x)]
    if column.max() <= 0:
        return None
    return float((np.flatnonzero(column >= column.max() - 1e-4).mean() + 0.5) / depth.scale - 0.5 + depth.y0)


def _column_hidden(hidden: Mask, x: float, radius: float) -> bool:
    lo, hi = max(int(x - radius), 0), int(x + radius) + 1
    return bool(hidden[:, lo:hi].any())


def _no_pen_between(tall: NDArray[np.float64], radius: float, width: float) -> bool:
    """Whether ink of these heights is a cloud: nowhere the pen alone, mostly taller than a marker.

    Markers that touch show no pen either, but are no taller than themselves.
    """
    pen = float((tall <= width + PEN_SLACK_PX).mean())
    return pen < PEN_SEEN and float((tall > 2 * radius + width).mean()) > MOST_OVER_MARK


def marks_for_discs(
    points: NDArray[np.float64], depth: Depth, marks: NDArray[np.float64], width: float
) -> NDArray[np.float64]:
    """Points of a curve whose steps are unknown, each marker's outline replaced by its middle.

    Returned unchanged where the ink is too tall for markers: dense noise has deep places too.
    """
    inked = depth.map > 0
    some = inked.any(axis=0)
    tall = inked.sum(axis=0)[some] / depth.scale
    if (
        len(marks) < MIN_TEETH
        or not _bunched(depth, width)
        or (tall > 4 * depth.radius + width).mean() > MAX_TALL
        or _no_pen_between(tall, depth.radius, width)
    ):
        return points
    reach = depth.radius + 0.6
    inside = np.zeros(len(points), dtype=bool)
    for x, y in marks:
        lo, hi = np.searchsorted(points[:, 0], [x - reach, x + reach])
        inside[lo:hi] |= np.hypot(points[lo:hi, 0] - x, points[lo:hi, 1] - y) <= reach
    merged = np.concatenate([points[~inside], marks])
    return np.asarray(merged[np.argsort(merged[:, 0], kind="stable")])
