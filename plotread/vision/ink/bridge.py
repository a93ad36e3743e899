"""The course of a curve where others hide it: it must stay under their ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask

GAP_LEAST_PX = 6.0  # px; across shorter gaps straight is as good
OPEN_SHARE = 0.3  # share of the straight way in the open above which the curve would have been seen
COVER_PX = 3  # px from the ends of the gap to the ink that hides the curve
MARGIN_PX = 24  # rows above and below the two ends that the way may take
STEP_LEAST_PX = 4  # rows that the way may climb in a column
STEP_STRAIGHT = 3.0  # the same in slopes of the straight way
OPEN_COST = 1.0  # of a pixel where the curve would be seen
CLIMB_COST = 0.02  # per row and column off the straight slope: of all hidden ways the smoothest
MOST_CELLS = 400_000  # cells of a search; a larger gap is crossed straight
HIDDEN_STEP_PX = 1.0  # between points in a gap


def way_under(
    start: tuple[float, float], end: tuple[float, float], columns: NDArray[np.float64], hidden: Mask
) -> NDArray[np.float64]:
    """Rows at `columns` of the likeliest way from `start` to `end`.

    Parameters
    ----------
    start, end : (x, y)
        The points on either side of the gap, sheet px.
    columns : (N,) float array
        Whole columns between them.
    hidden : (H, W) bool
        Ink of others, under which the curve may lie.

    Returns
    -------
    (N,) float array
        Straight across, unless that lies in the open and another way does not.

    Notes
    -----
    Shortest path by dynamic programming, one row a column, as in seam carving (Avidan and Shamir 2007).
    """
    straight = np.interp(columns, [start[0], end[0]], [start[1], end[1]])
    if len(columns) < GAP_LEAST_PX or not (_at_cover(start, 1, hidden) and _at_cover(end, -1, hidden)):
        return straight
    at = np.clip(columns.astype(int), 0, hidden.shape[1] - 1)
    rows = np.clip(np.round(straight).astype(int), 0, hidden.shape[0] - 1)
    seen = float((~hidden[rows, at]).mean())
    if seen <= OPEN_SHARE:
        return straight
    low = max(int(min(start[1], end[1])) - MARGIN_PX, 0)
    high = min(int(max(start[1], end[1])) + MARGIN_PX + 1, hidden.shape[0])
    slope = (end[1] - start[1]) / (end[0] - start[0])
    step = int(np.ceil(max(STEP_LEAST_PX, STEP_STRAIGHT * abs(slope))))
    if high - low < 2 or (high - low) * len(columns) > MOST_CELLS:
        return straight
    way, cost = _cheapest(~hidden[low:high][:, at], start[1] - low, end[1] - low, slope, step)
    return way + low if cost < seen * len(columns) / 2 else straight


def _at_cover(point: tuple[float, float], ahead: int, hidden: Mask) -> bool:
    """Whether the ink of others begins where the curve leaves off."""
    x, y = round(point[0]), round(point[1])
    x0, x1 = sorted((x, x + ahead * COVER_PX))
    y0, y1 = max(y - COVER_PX, 0), y + COVER_PX + 1
    return bool(hidden[y0:y1, max(x0, 0) : x1 + 1].any())


def _cheapest(
    seen: Mask, first: float, last: float, slope: float, step: int
) -> tuple[NDArray[np.float64], float]:
    """The cheapest way through `seen` (rows, columns), and what it costs in pixels in the open."""
    n, width = seen.shape
    moves = np.arange(-step, step + 1)
    climb = CLIMB_COST * np.abs(moves - slope)
    cost = CLIMB_COST * np.abs(np.arange(n) - first - slope) * 4 + OPEN_COST * seen[:, 0]
    back = np.zeros((width, n), dtype=np.int16)
    for c in range(1, width):
        pad = np.pad(cost, step, constant_values=np.inf)
        # came[m] is the cost of arriving by move m
        came = np.stack([pad[step - m : step - m + n] + k for m, k in zip(moves, climb, strict=True)])
        best = came.argmin(axis=0)
        back[c] = moves[best]
        cost = came[best, np.arange(n)] + OPEN_COST * seen[:, c]
    end = cost + CLIMB_COST * np.abs(np.arange(n) + slope - last) * 4
    row = int(end.argmin())
    way = np.empty(width)
    for c in range(width - 1, -1, -1):
        way[c] = row
        row -= int(back[c, row])
    rows = np.clip(way.astype(int), 0, n - 1)
    return way, float(seen[rows, np.arange(width)].sum())


def bridged(points: NDArray[np.float64], observed: Mask, hidden: Mask) -> tuple[NDArray[np.float64], Mask]:
    """Points in the gaps of a curve, straight across or under what hides it, marked as not observed."""
    gap = np.flatnonzero(np.diff(points[:, 0]) > 2 * HIDDEN_STEP_PX)
    if len(gap) == 0:
        return points, observed
    parts, seen = [], []
    at = 0
    for g in gap.tolist():
        parts.append(points[at : g + 1])
        seen.append(observed[at : g + 1])
        (xa, ya), (xb, yb) = points[g], points[g + 1]
        x = np.arange(np.floor(xa) + 1, xb, HIDDEN_STEP_PX)
        parts.append(np.stack([x, way_under((xa, ya), (xb, yb), x, hidden)], axis=1))
        seen.append(np.zeros(len(x), dtype=bool))
        at = g + 1
    parts.append(points[at:])
    seen.append(observed[at:])
    return np.concatenate(parts), np.concatenate(seen)
