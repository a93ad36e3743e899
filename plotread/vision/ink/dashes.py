"""The rhythm of broken lines: dashed, dotted or dash-dotted, and how far one period reaches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from plotread.model import LineStyle
from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.pen import BROKEN_PERCENTILE
from plotread.vision.ink.pieces import grown, pieces_of

MIN_PIECES = 6
ALIKE = 0.35  # share of the median length within which pieces count as equal
ALIKE_PX = 1.2
ALIKE_SHARE = 0.55
DOT_WIDTHS = 2.3  # pen widths; a longer piece is a dash
DOT_SHARE = 0.25  # share of pieces that are dots between dashes: dash-dotted
MIN_GAP_SHARE = 0.08  # share of the columns that must be blank in the open
MAX_PERIOD_SHARE = 0.15  # of the curve's extent; rarer gaps are no rhythm
COVERED, MOST_COVERED = 0.5, 0.5  # share of a gap under other ink; share of gaps so covered that are cuts
STRAIGHT_PERIODS, LEAST_STRAIGHT = (2.0, 1.0, 0.5), 3  # of a broken line that lead it on; points of it
ROUGH_PX = 1.5  # standard deviation from a straight line above which an end is prolonged level
STEEPEST = 5.0  # px per px; a steeper end is not prolonged
FLAT_SLACK_PX = 3.0  # by which a column of a line that hardly slants is taller than the pen
FINE_COLUMNS = 40  # columns in a row that tell the rhythm of fine dashes
FINE_SWING = 0.2  # of the mean ink of a column; antialiasing alone makes less
FINE_PERIOD = (1.2, 8.0)  # pens
FINE_ALIKE, FIRST_PEAK = 0.5, 0.8  # correlation of the ink with itself a period on; of the best such
FULL, FULL_PERCENTILE = 0.6, 90  # of the ink of full columns: a dash
END_PERIODS = 2.5  # periods within which a broken line goes on to the other curves' end


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a line is broken: its style and its period along the curve, px."""

    style: LineStyle
    period: float


def rhythm_of(alpha: NDArray[np.float32], hidden: Mask, width: float) -> Rhythm | None:
    """The rhythm of a curve's ink, or None where it is solid.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by this curve alone.
    hidden : (H, W) bool
        Ink of others: pieces that touch it may be cut.
    width : float
        Pen, px.
    """
    n, labels, stats, centers = pieces_of(alpha > INK)
    if n - 1 < MIN_PIECES:
        return None
    touched = np.zeros(n, dtype=bool)
    touched[labels[grown(hidden)]] = True
    whole = np.flatnonzero(~touched[1:]) + 1
    if len(whole) < MIN_PIECES - 1:
        whole = np.arange(1, n)
    length = np.hypot(stats[whole, cv2.CC_STAT_WIDTH], stats[whole, cv2.CC_STAT_HEIGHT])
    inked = labels > 0
    ink = np.bincount(labels[inked], weights=alpha[inked], minlength=n)[whole] / max(width, 0.5)
    length = np.minimum(length, np.maximum(ink, 1.0) * 1.3)
    dots = length <= DOT_WIDTHS * max(width, 1.0)
    longer = length[~dots]
    typical = float(np.median(length))
    alike = np.abs(length - typical) <= np.maximum(ALIKE * typical, ALIKE_PX)
    mixed = bool(len(longer) >= 3 and dots.mean() >= DOT_SHARE)
    if mixed:
        middle = float(np.median(longer))
        alike = dots | (np.abs(length - middle) <= ALIKE * middle)
    if alike.mean() < ALIKE_SHARE:
        return None
    columns = np.flatnonzero((alpha > INK).any(axis=0))
    extent = float(columns[-1] - columns[0] + 1)
    steps = np.diff(np.sort(centers[1:, 0]))
    rise = np.abs(np.diff(centers[1:][np.argsort(centers[1:, 0], kind="stable"), 1]))
    period = float(np.median(np.hypot(steps, rise)))
    blank = 1 - len(columns) / extent
    if period > MAX_PERIOD_SHARE * extent or (blank < MIN_GAP_SHARE and n - 1 < 3 * MIN_PIECES):
        return None
    style: LineStyle = "dashdot" if mixed else "dotted" if dots.mean() > 0.5 else "dashed"
    return Rhythm(style, 2 * period if mixed else period)


def fine_style(alpha: NDArray[np.float32], hidden: Mask) -> LineStyle:
    """The style of a line whose gaps are too short to part its ink: by how the ink of its columns swings.

    Antialiasing moves the ink of a solid line between rows, but its columns hold as much all along.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by this curve alone.
    hidden : (H, W) bool
        Ink of others.
    """
    inked = alpha > INK
    if not inked.any():
        return "solid"
    mass, tall = alpha.sum(axis=0, dtype=np.float64), inked.sum(axis=0)
    width = float(np.percentile(mass[tall > 0], BROKEN_PERCENTILE))
    near = (grown(hidden) & (cv2.dilate(inked.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)).any(axis=0)
    flat = (tall <= width + FLAT_SLACK_PX) & ~near
    ends = np.flatnonzero(tall)
    flat[: ends[0]] = flat[ends[-1] + 1 :] = False
    for first, last in sorted(_runs(flat), key=lambda run: run[0] - run[1]):
        if last - first < FINE_COLUMNS:
            break
        own = mass[first:last]
        own = own - uniform_filter1d(own, 2 * round(FINE_PERIOD[1] * width) + 1) + own.mean()  # slopes drift
        if own.std() < FINE_SWING * own.mean():
            return "solid"
        period = _period(own, width)
        if period is not None:
            dash = period * float((own > FULL * np.percentile(own, FULL_PERCENTILE)).mean())
            return "dotted" if dash <= DOT_WIDTHS * width else "dashed"
    return "solid"


def _period(mass: NDArray[np.float64], width: float) -> int | None:
    """The columns after which the ink of a line repeats, by autocorrelation; None where it does not."""
    swing = mass - mass.mean()
    low, high = max(round(FINE_PERIOD[0] * width), 2), min(round(FINE_PERIOD[1] * width), len(mass) // 3)
    like = [float((swing[:-lag] * swing[lag:]).mean() / swing.var()) for lag in range(low - 1, high + 2)]
    peaks = [k for k in range(1, len(like) - 1) if like[k] >= max(like[k - 1], like[k + 1], FINE_ALIKE)]
    best = max((like[k] for k in peaks), default=0.0)
    return next((low - 1 + k for k in peaks if like[k] >= FIRST_PEAK * best), None)


def _runs(on: Mask) -> list[tuple[int, int]]:
    """First and last column (exclusive) of each run."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def style_of(told: Collection[LineStyle], rhythm: Rhythm | None) -> LineStyle:
    """The style of a curve: what the legend tells of its ink, of several styles the one like its own."""
    if len(told) == 1:
        return next(iter(told))
    own: LineStyle = rhythm.style if rhythm else "solid"
    broken = [style for style in told if style not in ("solid", "none")]
    if not told or own in told or own == "solid" or len(broken) > 1:
        return own
    return broken[0] if broken else "solid"  # pieces that others leave in sight may look otherwise


def cut_by_others(alpha: NDArray[np.float32], hidden: Mask) -> bool:
    """Whether others cover most gaps from piece to piece, left to right: they may cut a solid line.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by the curve alone.
    hidden : (H, W) bool
        Ink of others.
    """
    _, labels, stats, _ = pieces_of(alpha > INK)
    order = np.argsort(stats[1:, cv2.CC_STAT_LEFT], kind="stable") + 1
    near, covered = grown(hidden), []
    for a, b in pairwise(order.tolist()):
        x0 = int(stats[a, cv2.CC_STAT_LEFT] + stats[a, cv2.CC_STAT_WIDTH] - 1)
        x1 = int(stats[b, cv2.CC_STAT_LEFT])
        y0, y1 = (np.flatnonzero(labels[:, x] == k).mean() for x, k in ((x0, a), (x1, b)))
        steps = max(abs(x1 - x0), abs(round(y1 - y0)), 1)
        along = np.linspace(0.0, 1.0, steps + 1)[1:-1]
        if len(along):
            rows = np.round(y0 + along * (y1 - y0)).astype(int)
            columns = np.round(x0 + along * (x1 - x0)).astype(int)
            covered.append(near[rows, columns].mean() > COVERED)
    return len(covered) > 0 and float(np.mean(covered)) > MOST_COVERED


def to_common_end(
    points: NDArray[np.float64], period: float, ends: list[tuple[float, float]], limits: tuple[float, float]
) -> NDArray[np.float64]:
    """Prolong a broken line to where the other curves begin and end, if a gap may hide its own.

    Parameters
    ----------
    points : (N, 2) float array
        Sheet px.
    period : float
    ends : list of (first, last)
        Extent of the other curves in x, px.
    limits : (top, bottom)
        Rows of the frame.
    """
    if len(points) < 3 or not ends:
        return points
    reach = END_PERIODS * period
    x = points[:, 0]
    parts = [points]
    firsts = [a for a, _ in ends if 0.3 < x[0] - a <= reach]
    lasts = [b for _, b in ends if 0.3 < b - x[-1] <= reach]
    if firsts:
        parts.insert(0, _straight_on(points, x[0], max(firsts), period, limits))
    if lasts:
        parts.append(_straight_on(points, x[-1], min(lasts), period, limits))
    return np.concatenate(parts)


def _straight_on(
    points: NDArray[np.float64], end: float, x: float, period: float, limits: tuple[float, float]
) -> NDArray[np.float64]:
    """A broken line led from its `end` to the column `x`, by as much of it as runs straight."""
    away = np.abs(points[:, 0] - end)
    y = float(points[away.argmin(), 1])  # which way a rough one goes on, none can tell
    for span in STRAIGHT_PERIODS:
        near = points[away <= span * period]
        if len(near) < LEAST_STRAIGHT or np.ptp(near[:, 0]) < 1:
            break
        slope, offset = np.polyfit(near[:, 0], near[:, 1], 1)
        if abs(slope) > STEEPEST:
            return np.empty((0, 2))
        if np.std(near[:, 1] - slope * near[:, 0] - offset) <= ROUGH_PX:
            y = float(slope * x + offset)
            break
    return np.array([[x, min(max(y, limits[0]), limits[1])]])
