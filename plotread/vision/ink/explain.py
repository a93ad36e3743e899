"""Whether a polyline through markers explains the ink of a curve: its line, its markers, its error bars."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask

EXPLAINED_PX = 1.6  # px beyond the marker's radius within which the polyline must hold all ink
MARK_REACH = 1.7  # radii; a triangle's corners reach twice as far as the circle in it
ARMS_PITCH, ARMS_RADII = 0.5, 5.0  # pitches, radii; the arms of a cross reach no further
EXPLAINED = 0.97
TRIANGLE = 0.5  # radii from the deepest place of a triangle to where lines meet, towards its tip
CAP_PITCH = 0.4  # of the pitch; half a cap at the end of an error bar is no wider
BAR_EVEN = 0.15  # of its half length, by which an error bar is longer up than down
SHORT_BAR = 1.5  # radii that an error bar is longer up and down than; the tip of a diamond stands at 1.4
BAR_ASIDE = 2 * TRIANGLE / SHORT_BAR + 0.1  # of that; in a triangle bars are so much longer up than down
ALONG_BAR = 0.9  # of the longest run beside a point, of columns through the bar
BARS_SEEN, BARS_EVEN = 0.3, 0.7  # of the points show both ends of theirs, of those stand in the middle
BARS_HALF = 3  # half covered ones that are error bars even where none is seen to both ends
BARS_WHOLE = 2  # error bars seen to both ends from which those of which other ink covers a half count, too
SUPPORTED = 0.93  # share of the polyline that must lie on ink
CLEAR, LEAST_CLEAR = 0.3, 4  # share and number of segments between markers in the open that suffice
SUPPORTED_BROKEN = 0.6  # the same of a dashed line, whose markers fill some of its gaps
BETTER = 0.03  # by which that has to be supported better: plotly's lines meet in the middle of its triangles


@dataclass(frozen=True, slots=True, eq=False)
class Depth:
    """How deep in its ink each place lies.

    Attributes
    ----------
    map : (H s, W s) float32
        Distance to the ink's edge, sheet px.
    scale : int
        Enlargement s.
    x0, y0 : int
        Sheet pixel at which the map starts.
    radius : float
        Half the size of the markers, px.
    """

    map: NDArray[np.float32]
    scale: int
    x0: int
    y0: int
    radius: float

    def extent(self) -> tuple[float, float]:
        """Leftmost and rightmost place of a whole marker, sheet px: the ink's ends less its radius."""
        columns = np.flatnonzero(self.map.max(axis=0) > 0)
        left, right = ((c + 0.5) / self.scale - 0.5 + self.x0 for c in (columns[0], columns[-1]))
        middle = (left + right) / 2
        return min(left + self.radius, middle), max(right - self.radius, middle)

    def row(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        return (y - self.y0 + 0.5) * self.scale - 0.5

    def column(self, x: float) -> int:
        at = round((x - self.x0 + 0.5) * self.scale - 0.5)
        return min(max(at, 0), int(self.map.shape[1]) - 1)


def explains(
    depth: Depth, points: NDArray[np.float64], hidden: Mask, width: float, joined: bool = True,
    broken: bool = False,
) -> float | None:  # fmt: skip
    """How far below the points (px) a polyline holds the ink and lies on it, or None.

    Where no line joins them the markers alone have to hold the ink; a `broken` line has gaps.
    """
    s = depth.scale
    at = np.stack(
        [(points[:, 0] - depth.x0 + 0.5) * s - 0.5, (points[:, 1] - depth.y0 + 0.5) * s - 0.5], axis=1
    )
    ink = depth.map > 0
    cover = _cover(depth, hidden)
    usual = MARK_REACH * depth.radius + 1.0
    pitch = float(np.median(np.diff(points[:, 0])))
    # The arms of a cross are as thin as the pen, so that they reach many times its depth.
    arms = max(usual, min(ARMS_PITCH * pitch, ARMS_RADII * depth.radius))

    @cache
    def near_marks(reach: float) -> Mask:
        return np.asarray(cv2.dilate(_dots(at, depth, reach * s), np.ones((3, 3), np.uint8)) > 0)

    @cache
    def error_bars() -> Mask | None:
        return _error_bars(ink, cover, at, usual * s, s, SHORT_BAR * depth.radius * s, width * s)

    for meets in _where_lines_meet(depth, at, ink, cover, broken) if joined else [0.0]:
        line = _polyline(depth, at + np.array([0.0, meets * s]))
        away = cv2.distanceTransform(1 - line, cv2.DIST_L2, 3) / s
        held = (away <= width / 2 + EXPLAINED_PX) & joined
        for reach in (usual, arms):
            if float((held | near_marks(reach))[ink].mean()) >= EXPLAINED:
                return meets
        bars = error_bars()
        if bars is not None and float((held | near_marks(arms) | bars)[ink].mean()) >= EXPLAINED:
            return meets
    return None


def _where_lines_meet(
    depth: Depth, at: NDArray[np.float64], ink: Mask, cover: Mask, broken: bool
) -> list[float]:
    """How far below the points (px) the polyline lies on ink, the likeliest place first."""
    s = depth.scale
    lies = (cv2.dilate(ink.astype(np.uint8), np.ones((s + 1, s + 1), np.uint8)) > 0) | cover

    def supported(drawn: Mask) -> list[tuple[float, float]]:
        found = []
        for meets in (0.0, -TRIANGLE * depth.radius, TRIANGLE * depth.radius):
            on = _polyline(depth, at + np.array([0.0, meets * s]), drawn) > 0
            share = float(lies[on].mean()) if on.any() else 0.0
            if share >= (SUPPORTED_BROKEN if broken else SUPPORTED):
                # Points lie on their lines, unless those are clearly elsewhere.
                found.append((share + (BETTER if meets == 0 else 0.0), meets))
        return found

    found = supported(np.ones(len(at) - 1, dtype=bool))
    if not found:
        # The deepest place of a marker that others cover in part is not its middle.
        near = cv2.dilate(cover.astype(np.uint8), np.ones((2 * round(depth.radius * s) + 1,) * 2, np.uint8))
        column, row = np.round(at).astype(int).T
        clear = near[np.clip(row, 0, len(ink) - 1), np.clip(column, 0, ink.shape[1] - 1)] == 0
        clear = np.asarray(clear[1:] & clear[:-1])
        if clear.sum() >= max(LEAST_CLEAR, CLEAR * len(clear)):
            found = supported(clear)
    return [meets for _, meets in sorted(found, key=lambda place: -place[0])]


def _polyline(depth: Depth, at: NDArray[np.float64], drawn: Mask | None = None) -> NDArray[np.uint8]:
    """The line through points, all of its segments or those `drawn`."""
    line = np.zeros(depth.map.shape, dtype=np.uint8)
    corners = np.round(at).astype(np.int32)
    segments = np.stack([corners[:-1], corners[1:]], axis=1)
    cv2.polylines(line, list(segments if drawn is None else segments[drawn]), False, 1, 1)
    return line


def _cover(depth: Depth, hidden: Mask) -> Mask:
    """Ink of others at the size and place of the depth map."""
    s, y0, x0 = depth.scale, depth.y0, depth.x0
    h, w = depth.map.shape[0] // s, depth.map.shape[1] // s
    part = np.zeros((h, w), dtype=np.uint8)
    ya, xa = max(y0, 0), max(x0, 0)
    yb, xb = min(y0 + h, hidden.shape[0]), min(x0 + w, hidden.shape[1])
    part[ya - y0 : yb - y0, xa - x0 : xb - x0] = hidden[ya:yb, xa:xb]
    return np.asarray(cv2.resize(part, (w * s, h * s), interpolation=cv2.INTER_NEAREST) > 0)


def _error_bars(
    ink: Mask, cover: Mask, at: NDArray[np.float64], reach: float, pixel: int, least: float, pen: float
) -> Mask | None:
    """Where error bars stand, upright strokes through the points, as long up as down; None where few are.

    Parameters
    ----------
    ink, cover : (H, W) bool
        Of the curve, and of others, under which a bar may run on.
    at : (N, 2) float array
        Points, px of the ink.
    reach : float
        Half a marker with what belongs to it, px; bars are longer, and their caps no wider, or as wide as
        the pitch allows.
    pixel : int
        Of the picture, px: renderers snap bars to whole ones beside the middle of their markers.
    least : float
        Length up and down that makes a bar, px.
    pen : float
        Of the line; bars and caps are hardly thicker.
    """
    cap = round(max(reach, CAP_PITCH * float(np.median(np.diff(at[:, 0])))))
    half_pen = max(round(reach / MARK_REACH / 2), round(pen), 1)
    bars = np.zeros(ink.shape, dtype=bool)
    # Between two inks is a soft pixel of neither.
    through = ink | (cv2.dilate(cover.astype(np.uint8), np.ones((2 * half_pen + 1, 1), np.uint8)) > 0)
    ends: list[tuple[int, int, bool, bool]] = []
    for x, y in np.round(at).astype(int).tolist():
        if not (0 <= x < ink.shape[1] and 0 <= y < ink.shape[0]):
            continue
        near = np.arange(max(x - pixel, 0), min(x + pixel + 1, ink.shape[1]))
        runs = np.array([np.subtract(*_run(ink[:, column], y)[::-1]) for column in near])
        bar = int(np.median(near[runs >= ALONG_BAR * runs.max()]))
        top, bottom = _run(ink[:, bar], y)
        over, under = _run(through[:, bar], y)  # it goes on behind what covers it
        bars[over:under, max(bar - half_pen, 0) : bar + half_pen + 1] = True
        for end in (over, top, bottom - 1, under - 1):
            bars[max(end - half_pen, 0) : end + half_pen + 1, max(bar - cap, 0) : bar + cap + 1] = True
        shut = cover[[max(top - 1, 0), min(bottom, len(cover) - 1)], bar]
        ends.append((y - top, bottom - 1 - y, bool(shut[0]), bool(shut[1])))
    return bars if _are_error_bars(np.array(ends).reshape(-1, 4), least, reach) else None


def _are_error_bars(ends: NDArray[np.int_], least: float, reach: float) -> bool:
    """Whether strokes through N points, (N, 4), are as long up as down.

    Their columns: how far ink goes up and down, px, and whether other ink begins there.  A stroke that
    does not reach out of its marker tells nothing.
    """
    up, down = ends[:, 0], ends[:, 1]
    shut = ends[:, 2:].astype(bool)
    in_sight = ~shut.any(axis=1)
    long = np.maximum(up, down) > least
    whole = long & in_sight
    halves = long & np.where(up < down, shut[:, 0], shut[:, 1])
    # Points in triangles stand off the middles of their bars alike.
    aside = float(np.median((up - down)[whole])) if whole.any() else 0.0
    aside = float(np.clip(aside, -BAR_ASIDE * least, BAR_ASIDE * least))
    half = (up + down) / 2
    uneven = np.abs(up - down - aside)
    even = int(
        (whole & (half - uneven / 2 > least) & (uneven <= np.maximum(BAR_EVEN * half, reach / 2))).sum()
    )
    told, seen, covered = int(in_sight.sum()), int(whole.sum()), int(halves.sum())
    if even >= BARS_WHOLE or covered >= max(BARS_HALF, BARS_SEEN * len(ends)):
        even, told, seen = even + covered, told + covered, seen + covered
    return even >= BARS_WHOLE and told >= BARS_SEEN * len(ends) and even >= BARS_EVEN * seen


def _run(column: Mask, at: int) -> tuple[int, int]:
    """First and one past the last of the set pixels of a column that hang together at one of them."""
    blank = np.flatnonzero(~column)
    return int(blank[blank < at].max(initial=-1)) + 1, int(blank[blank > at].min(initial=len(column)))


def _dots(at: NDArray[np.float64], depth: Depth, reach: float) -> NDArray[np.uint8]:
    dots = np.zeros(depth.map.shape, dtype=np.uint8)
    radius = max(round(reach), 1)
    for x, y in at:
        cv2.circle(dots, (round(x), round(y)), radius, 1, -1)
    return dots
