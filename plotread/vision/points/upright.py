"""Triangles whose points were taken to be at the middle of their ink: their outlines tell better.

Which point a triangle stands for depends on the triangle: one as tall as wide stands around it by half
its height (matplotlib), an equilateral one by its center of mass (plotly, Vega, gnuplot).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, distance_to_path
from plotread.model import Floats, LineStyle
from plotread.vision.points.marks import Marked
from plotread.vision.points.near import inked_share
from plotread.vision.points.shapes import SOLID, Shape

SIZES = 0.62 * 1.07 ** np.arange(9)  # times the radius found, of any shape
LIFT, STEP_PX = 0.6, 0.25  # radii: how far the points may stand from the middle of the ink; px
NEIGHBORS = (-2, -1, 0, 1, 2)  # markers drawn around each place: those that overlap it
LEAST_FREE = 0.5  # share of a marker's pixels that nothing covers
LEAST_PLACES, MOST_PLACES = 3, 12
GAIN = 0.8  # misfit of another shape over that of discs, up to which discs that were found are of that shape
UP, DOWN = "^", "v"


def stood_up(
    seen: Marked, x_px: Floats, y_px: Floats, box: Box, style: LineStyle
) -> tuple[str, Floats] | None:
    """The letter of triangles whose ink has its middle at `x_px`, `y_px`, and the heights of their points.

    Parameters
    ----------
    seen : Marked
    x_px, y_px : (K,) float arrays
        Whole-image px, x ascending.
    box : Box
        The panel's pixels.
    style : LineStyle
        Of the line that joins the points.

    Returns
    -------
    (str, (K,) float array) or None
        None where the markers are no triangles, or too few are in sight.
    """
    mark = seen.mark
    if mark is None or mark.letter not in (UP, DOWN, "o", ".") or len(x_px) < LEAST_PLACES:
        return None
    x, y = x_px - box.x0, y_px - box.y0
    places, columns, rows, free = _around(seen, x, y, mark.radius)
    if len(places) < LEAST_PLACES:
        return None
    h, w = seen.loose.ink.shape
    target = seen.loose.ink[np.clip(rows, 0, h - 1), np.clip(columns, 0, w - 1)].astype(np.float64)
    near = np.clip(places[:, None] + NEIGHBORS, 0, len(x) - 1)
    dx = columns[:, None] - x[near][:, :, None, None]
    dy = rows[:, None] - y[near][:, :, None, None]
    share = {"solid": 1.0, "none": 0.0}.get(style) or inked_share(seen.loose, seen.line, x, mark.radius)

    def line_at(lift: float) -> Floats:
        """Coverage by the line between the points, were they all so much lower."""
        out = np.zeros(target.shape)
        if style != "none":
            for k, around in enumerate(near):
                at = np.stack(np.broadcast_arrays(columns[k], rows[k] - lift), axis=-1).reshape(-1, 2)
                away = distance_to_path(at.astype(np.float64), np.stack([x[around], y[around]], axis=1))
                out[k] = share * np.clip(seen.width_px / 2 + 0.5 - away, 0, 1).reshape(out[k].shape)
        return out

    def misfit(shape: Shape, radius: float, lift: float, line: Floats) -> float:
        """Mean square of coverage by which markers of this size, so much lower, miss the picture."""
        drawn = np.clip(0.5 - shape(dx, dy - lift, radius, 0.0), 0, 1).max(axis=1)
        return float((free * (target - np.maximum(drawn, line)) ** 2).sum() / free.sum())

    known = mark.letter in (UP, DOWN)
    sizes = SIZES * mark.radius
    level = line_at(0.0)
    tried = [
        (misfit(shape, r, lift, line), letter, lift)
        for lift in np.arange(-LIFT * mark.radius, LIFT * mark.radius + STEP_PX, STEP_PX)
        for line in [line_at(lift)]
        for letter, shape in SOLID if letter in ((mark.letter,) if known else (UP, DOWN))
        for r in sizes
    ]  # fmt: skip
    if known:
        _, letter, lift = min(tried)
        return letter, y_px + lift
    others = [
        (misfit(shape, r, 0.0, level), letter, 0.0)
        for letter, shape in SOLID if letter not in (UP, DOWN) for r in sizes
    ]  # fmt: skip
    least, letter, lift = min(tried + others)
    disc = min(miss for miss, name, _ in others if name == "o")
    return (letter, y_px + lift) if least <= GAIN * disc else None


def _around(
    seen: Marked, x: Floats, y: Floats, radius: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """The points most in sight, (P,); the columns (P, 1, C), rows (P, R, 1), free pixels (P, R, C) ."""
    half = int(np.ceil(radius)) + 1
    wide = int(np.ceil(min(half, np.median(np.diff(x)) / 2)))
    columns = np.round(x).astype(int)[:, None, None] + np.arange(-wide, wide + 1)[None, None, :]
    rows = np.round(y).astype(int)[:, None, None] + np.arange(-2 * half, 2 * half + 1)[None, :, None]
    h, w = seen.loose.ink.shape
    free = (columns >= 0) & (columns < w) & (rows >= 0) & (rows < h)
    free &= ~seen.loose.hidden[np.clip(rows, 0, h - 1), np.clip(columns, 0, w - 1)]
    share = free[:, half : 3 * half + 1].mean(axis=(1, 2))
    places = np.argsort(-share, kind="stable")[:MOST_PLACES]
    places = np.sort(places[share[places] >= LEAST_FREE])
    return places, columns[places], rows[places], free[places]
