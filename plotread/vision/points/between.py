"""Markers that lie wholly under those of other curves: the line before and after them tells their height."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import Floats
from plotread.vision.coverage import coverage_of
from plotread.vision.pixels import largest_channel
from plotread.vision.points.covered import is_logged
from plotread.vision.points.marks import Marked
from plotread.vision.points.peeping import OWN, PAPER_LEVELS
from plotread.vision.types import Mask, Trace

HIDDEN = 0.15  # of the ink that a marker of the curve shows: with no more it is hidden
PART = 0.6  # of that ink, where more of its place is blank than of the others': it is elsewhere
SLACK = 0.1  # of the square around a marker, by which it may be more blank than the others
SPARE_PX = 1.0  # beside the markers before and after it, whose rims are soft
LEAST_COLUMNS = 3  # of line between a hidden marker and those beside it
THICK = 1.5, 1.5  # pens, and px more: what is thicker is no line alone
LEAST_SHARE = 0.25  # of the way to the hidden marker, from which a column tells of its height
SIGMA_PX = 1.5  # of such a height: of 40 that were drawn hidden, half were told to 0.9 px


def with_hidden_heights(
    traces: tuple[Trace, ...], marked: list[Marked | None], pixels: NDArray[np.float32], paper: Floats,
    box: Box,
) -> tuple[Trace, ...]:  # fmt: skip
    """Curves with hidden markers at the height to which their lines lead.

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
    logged = [i for i, t in enumerate(traces) if is_logged(t) and t.marker is not None and t.line != "none"]
    if len(logged) < 2:
        return traces
    blank = largest_channel(np.abs(pixels - paper)) <= PAPER_LEVELS
    for i in logged:
        seen = marked[i]
        if seen is None or seen.mark is None:
            continue
        trace = traces[i]
        own = np.asarray(coverage_of(pixels, paper, trace.color) > OWN)
        at = trace.points_px - (box.x0, box.y0)
        thick = THICK[0] * seen.width_px + THICK[1]
        told = _told_heights(own, blank, at, seen.mark.radius, thick)
        if told:
            points, sigma = trace.points_px.copy(), trace.sigma_px.copy()
            points[list(told), 1] = np.array(list(told.values())) + box.y0
            sigma[list(told)] = SIGMA_PX
            out[i] = replace(trace, points_px=points, sigma_px=sigma)
    return tuple(out)


def _told_heights(own: Mask, blank: Mask, at: Floats, radius: float, thick: float) -> dict[int, float]:
    """Of which hidden markers the line tells a height, and that; px of the panel."""
    shares = np.array([_shares(own, blank, x, y, radius) for x, y in at])
    inked, bare = shares.T
    full, most = float(np.median(inked)), float(np.median(bare)) + SLACK
    hidden = set(np.flatnonzero((inked <= HIDDEN * full) | ((bare > most) & (inked <= PART * full))).tolist())
    told = {}
    for k in hidden:
        beside = [at[j] for j in (k - 1, k + 1) if 0 <= j < len(at) and j not in hidden]
        y = _led_to(own, at[k, 0], beside, radius, thick)
        # There, too, other markers must cover it.
        if y is not None and _shares(own, blank, at[k, 0], y, radius)[1] <= most:
            told[k] = y
    return told


def _shares(own: Mask, blank: Mask, x: float, y: float, radius: float) -> tuple[float, float]:
    """Shares of the square around a marker that show its ink, and that are blank."""
    rows = slice(max(round(y - radius), 0), max(round(y + radius) + 1, 0))
    columns = slice(max(round(x - radius), 0), max(round(x + radius) + 1, 0))
    if own[rows, columns].size == 0:
        return 0.0, 1.0
    return float(own[rows, columns].mean()), float(blank[rows, columns].mean())


def _led_to(own: Mask, x: float, beside: list[Floats], radius: float, thick: float) -> float | None:
    """Height at x to which straight lines from the points beside it lead, through the ink between them.

    Least squares over the columns in which that ink is a line alone.
    """
    pull, lever, columns = 0.0, 0.0, 0
    for there, level in beside:
        away = np.sign(x - there) * (radius + SPARE_PX)
        inner, outer = sorted((there + away, x - away))
        for column in range(max(int(np.ceil(inner)), 0), min(int(np.floor(outer)) + 1, own.shape[1])):
            rows = np.flatnonzero(own[:, column])
            share = (column - there) / (x - there)
            if share >= LEAST_SHARE and len(rows) > 0 and rows[-1] - rows[0] < thick:
                pull += share * (float(rows.mean()) - (1 - share) * level)
                lever += share**2
                columns += 1
    return pull / lever if columns >= LEAST_COLUMNS else None
