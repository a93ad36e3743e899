"""First and last markers that stand half under those of other curves.

Curves of one panel are logged at the same steps.  Where one begins a step after the others, what shows
of its ink beside their markers tells whether it has a point there, too, and where.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import Floats
from plotread.vision.coverage import coverage_of
from plotread.vision.pixels import largest_channel
from plotread.vision.points.covered import SAME_STEP, is_logged, with_point
from plotread.vision.points.marks import Marked
from plotread.vision.types import Mask, Trace

MOST_HIDDEN = 2  # markers in a row
PAPER_LEVELS = 25.0  # levels off the paper up to which a pixel is blank
OWN = 0.5  # coverage by the curve's ink, from which a pixel is its
STEP_PX = 0.5  # in which the height is looked for
LEAST_OWN, MOST_PAPER = 0.15, 0.1  # shares of the marker that are in sight, and blank
PAPER_COST = 1.5  # of a blank pixel, in pixels in sight
SIGMA_PX = 0.7  # of a point told by a part of its marker


def with_peeping(
    traces: tuple[Trace, ...], marked: list[Marked | None], pixels: NDArray[np.float32], paper: Floats,
    box: Box,
) -> tuple[Trace, ...]:  # fmt: skip
    """Curves with the first and last markers that peep out from under others.

    Parameters
    ----------
    traces : tuple of Trace
        Whole-image px.
    marked : list of Marked or None
        What is known of their markers, in the same order.
    pixels : (h, w, 3) float32 array
        The panel.
    paper : (3,) float array
    box : Box
        The panel's pixels.
    """
    out = list(traces)
    logged = [i for i, trace in enumerate(traces) if is_logged(trace) and trace.marker is not None]
    blank = largest_channel(np.abs(pixels - paper)) <= PAPER_LEVELS if len(logged) > 1 else None
    for i in logged:
        seen = marked[i]
        if blank is None or seen is None or seen.mark is None:
            continue
        others = np.concatenate([traces[k].points_px[:, 0] for k in logged if k != i])
        own: Mask | None = None
        for end in (0, -1):
            for _ in range(MOST_HIDDEN):
                x = out[i].points_px[:, 0]
                pitch = float(x[end] - x[1 if end == 0 else -2])
                there = float(x[end]) + pitch
                if not (np.abs(others - there) <= SAME_STEP * abs(pitch)).any():
                    break
                if own is None:
                    own = np.asarray(coverage_of(pixels, paper, out[i].color) > OWN)
                y = _peeps(own, blank, there - box.x0, seen.mark.radius, round_=seen.mark.letter != "s")
                if y is None:
                    break
                at = np.array([there, y + box.y0])
                out[i] = with_point(out[i], at, SIGMA_PX, end, observed=True)
    return tuple(out)


def _peeps(own: Mask, blank: Mask, x: float, radius: float, *, round_: bool) -> float | None:
    """Height at which a marker is in sight or covered, and hardly any of it blank; None where none is."""
    reach = int(np.ceil(radius))
    columns = np.arange(round(x) - reach, round(x) + reach + 1)
    columns = columns[(columns >= 0) & (columns < own.shape[1]) & (np.abs(columns - x) <= radius)]
    if len(columns) < radius:
        return None
    rows = np.flatnonzero(own[:, columns].any(axis=1))
    if len(rows) == 0:
        return None
    best: tuple[float, float | None] = (0.0, None)
    first, last = max(rows[0] - radius, 0.0), min(rows[-1] + radius, own.shape[0] - 1.0)
    for y in np.arange(first, last + STEP_PX, STEP_PX):
        low, high = int(np.ceil(max(y - radius, 0))), int(np.floor(min(y + radius, own.shape[0] - 1))) + 1
        across = np.hypot(columns[None] - x, np.arange(low, high)[:, None] - y)
        inside = across <= radius if round_ else np.ones(across.shape, dtype=bool)
        area = max(float(inside.sum()), 1.0)
        part = slice(low, high), slice(columns[0], columns[-1] + 1)
        in_sight, bare = float((own[part] & inside).sum()), float((blank[part] & inside).sum())
        score = in_sight - PAPER_COST * bare
        if in_sight >= LEAST_OWN * area and bare <= MOST_PAPER * area and score > best[0]:
            best = (score, float(y))
    return best[1]
