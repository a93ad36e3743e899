"""Triangles whose points were taken to be at the middle of their ink: their outlines tell better.

Which point a triangle stands for depends on the triangle: one as tall as wide stands around it by half
its height (matplotlib), an equilateral one by its center of mass (plotly, Vega, gnuplot).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, distance_to_path
from plotread.model import Floats, LineStyle
from plotread.vision.faces import with_faces
from plotread.vision.points.marks import Marked
from plotread.vision.points.near import inked_share
from plotread.vision.points.shapes import SOLID, pixels_around

SIZES, FINER = 0.62 * 1.15 ** np.arange(7), 1.07  # times the radius found, of any shape; from one to the next
LIFT = 0.6  # radii: how far the points may stand from the middle of the ink
LEAST_LIFT_PX = 0.75  # outlines are drawn with a pen of their own, and longest at the tip: less is no move
STEPS_PX = (0.5, -0.25, 0.0, 0.25)  # by which lifts are tried: coarse, and around the best of those
MOST_BARE_PX = 2.0  # of line between two markers: so little does not tell how high they stand on it
MOST_BESIDE, MOST_ASIDE_PX = 2, 1.0
FINE_PX = 3.0  # radius up to which every pixel is looked at; of markers twice as large every second
LEAST_FREE = 0.5  # share of a marker's pixels that nothing covers
LEAST_PLACES, MOST_PLACES = 3, 8
# Misfit of triangles over that of discs, up to which discs that were found are triangles; so of any
# shape over squares and so on, which were found without a look at the markers beside.
GAIN = 0.8
# The same of squares and so on, and the most they may miss: dots on a thick pen are none.
EVEN_GAIN, EVEN_MISFIT = 0.62, 0.035
UP, DOWN = "^", "v"
LETTERS = tuple(dict.fromkeys(letter for letter, _ in SOLID))


def stood_up(
    seen: Marked, x_px: Floats, y_px: Floats, box: Box, style: LineStyle
) -> tuple[str, Floats] | None:
    """The letter of markers whose ink has its middle at `x_px`, `y_px`, and the heights of their points.

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
        None where the markers stay what they were taken for, or too few are in sight.
    """
    mark = seen.mark
    if mark is None or mark.letter not in (*LETTERS, ".") or len(x_px) < LEAST_PLACES:
        return None
    found = "o" if mark.letter == "." else mark.letter
    known = found in (UP, DOWN)
    pitch = float(np.median(np.diff(x_px)))
    if not known and pitch > 2 * mark.radius + MOST_BARE_PX:
        return None  # apart from each other they were told by their own outlines
    x, y = x_px - box.x0, y_px - box.y0
    filled = with_faces(seen.loose.ink, seen.text_px)
    ink = seen.loose.ink if filled is None else filled
    places, columns, rows, free, target = _around(seen, ink, x, y, mark.radius)
    if len(places) < LEAST_PLACES:
        return None
    beside = min(MOST_BESIDE, int(np.ceil(2 * mark.radius / pitch)))  # markers that reach into a patch
    near = np.clip(places[:, None] + np.arange(-beside, beside + 1), 0, len(x) - 1)
    x = x + _aside(target * free, columns - x[places, None, None])
    dx = columns[:, None] - x[near][:, :, None, None]
    dy = rows[:, None] - y[near][:, :, None, None]
    share = 1.0 if style == "solid" else inked_share(seen.loose, seen.line, x, mark.radius)

    @cache  # all shapes are tried at the same lifts
    def line_at(lift: float) -> Floats:
        """Coverage by the line between the points, were they all so much lower."""
        out = np.zeros(target.shape)
        if style != "none":
            for k, around in enumerate(near):
                at = np.stack(np.broadcast_arrays(columns[k], rows[k] - lift), axis=-1).reshape(-1, 2)
                away = distance_to_path(at.astype(np.float64), np.stack([x[around], y[around]], axis=1))
                out[k] = share * np.clip(seen.width_px / 2 + 0.5 - away, 0, 1).reshape(out[k].shape)
        return out

    def best(name: str, lifts: list[float], sizes: list[float]) -> tuple[float, float, float]:
        """Least mean square of coverage by which such markers miss the picture; how much lower, size."""
        return min(
            (float((free * (target - np.maximum(drawn, line)) ** 2).sum() / free.sum()), lift, r)
            for lift in lifts
            for line in [line_at(lift)]
            for letter, shape in SOLID if letter == name
            for r in sizes
            for drawn in [np.clip(0.5 - shape(dx, dy - lift, r, 0.0), 0, 1).max(axis=1)]
        )  # fmt: skip

    steps = np.arange(-LIFT * mark.radius, LIFT * mark.radius + STEPS_PX[0], STEPS_PX[0]).tolist()
    tried: dict[str, tuple[float, float]] = {}
    for letter in (found,) if known else LETTERS:
        _, lift, r = best(letter, steps if letter in (UP, DOWN) else [0.0], (SIZES * mark.radius).tolist())
        around = [lift + d for d in STEPS_PX[1:]] if letter in (UP, DOWN) else [0.0]
        tried[letter] = best(letter, around, [r / FINER, r, r * FINER])[:2]
    letter = min(tried, key=lambda name: tried[name])
    misfit, lift = tried[letter]
    if not known and misfit > _most_misfit(found, letter, tried[found][0]):
        return None
    return letter, y_px + lift if abs(lift) >= LEAST_LIFT_PX else y_px


def _most_misfit(found: str, letter: str, misfit: float) -> float:
    """How much a shape may miss the picture, to be told instead of the one found, which misses so much."""
    if letter in (UP, DOWN) or found != "o":
        return GAIN * misfit
    return min(EVEN_GAIN * misfit, EVEN_MISFIT)


def _aside(ink: Floats, dx: Floats) -> float:
    """How far right of their points the markers stand, px: each is as wide to its left as to its right."""
    mass = np.maximum(ink.sum(axis=(1, 2)), 1e-9)
    return float(np.clip(np.median((ink * dx).sum(axis=(1, 2)) / mass), -MOST_ASIDE_PX, MOST_ASIDE_PX))


def _around(
    seen: Marked, ink: NDArray[np.float32], x: Floats, y: Floats, radius: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_], Floats]:
    """The points most in sight, the flattest of them: indices, columns and rows around, free pixels, ink."""
    half = int(np.ceil(radius)) + 1
    wide = int(np.ceil(min(half, np.median(np.diff(x)) / 2)))
    stride = max(1, round(radius / FINE_PX))
    down = np.arange(-2 * half, 2 * half + 1, stride)
    across = np.arange(-wide, wide + 1, stride)
    columns, rows, inside, at = pixels_around(x, y, across, down, ink.shape)
    free = inside & ~seen.loose.hidden[at]
    share = free[:, np.abs(down) <= half].mean(axis=(1, 2))
    steep = np.abs(np.gradient(y, x))  # a steep line leads the eye aside
    places = np.lexsort((steep, -np.round(share, 1)))[:MOST_PLACES]
    places = np.sort(places[share[places] >= LEAST_FREE])
    return places, columns[places], rows[places], free[places], ink[at][places].astype(np.float64)
