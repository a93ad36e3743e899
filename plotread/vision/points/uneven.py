"""Markers at uneven places: each stands alone on its line, however far it is to the next.

On a logarithmic axis markers form no comb of equal pitch.  The stroke is thicker at each of them by
the same amount all the same, nowhere else, and runs straight from one to the next.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import Floats, Scale
from plotread.vision.points.near import Line, Loose, straightness
from plotread.vision.points.teeth import LEAST_TEETH, MOST_TEETH, SPARE_PX, STRAIGHT_SHARE, Comb
from plotread.vision.types import Mask

ENLARGE = ((4, 1_000_000), (2, 4_000_000))  # times, up to so many px of ink's box: memory
HALF = 0.5  # coverage on the outline
BARE_PERCENTILE, DEEP_PERCENTILE = 30, 97  # of a curve's depth by column: between its markers, and in them
NEARER = 0.5  # of the way from the bare stroke's depth to a marker's
DEEPER, DEEPER_PX = 0.3, 0.6  # how much deeper the ink is at its markers: share of half the stroke, px
ALIKE, ALIKE_PX = 0.35, 1.5  # by which the widths of markers differ: share of the typical one, px
END_RADII, END_PX = 1.5, 2.0  # from the end of a line to the middle of its last marker, at most
LIKE_SHARE = 0.9  # of the thick places must be alike
LEAST_PITCH_RADII = 2.2  # markers that touch are not told one by one
SEEN = 0.6  # share of the markers of all curves of the panel that one shows itself
WIDE_PX = 4.0  # px from one whole number to the next, from which on a marker tells whether it stands on one
ON_STEP, ON_STEP_PX = 0.2, 1.0  # how far it may stand off: share of that way, px
LEAST_WIDE = 3  # markers so far apart that tell


def find_uneven(loose: Loose, line: Line, width: float, x0: int) -> Comb | None:
    """Markers wherever they stand; None where the stroke swells elsewhere, too.

    Parameters
    ----------
    loose : Loose
    line : Line
    width : float
        Stroke, px.
    x0 : int
        Left edge of the panel's box, px.

    Returns
    -------
    Comb or None
        Without spacing and phase; `steps` are px until `whole_steps` tells them.
    """
    profile = _deep(loose)
    if profile is None:
        return None
    start, deep, radius = profile
    groups = _groups(deep)
    if not LEAST_TEETH <= len(groups) <= MOST_TEETH:
        return None
    widths = np.array([len(g) for g in groups], dtype=np.float64)
    tops = np.array([deep[g].max() for g in groups])
    typical = float(np.median(widths))
    alike = np.abs(widths - typical) <= max(ALIKE * typical, ALIKE_PX)
    alike &= tops >= (1 - ALIKE) * np.median(tops)
    if alike.sum() < LEAST_TEETH or alike.mean() < LIKE_SHARE:
        return None
    middles = np.array([(deep[g] * g).sum() / deep[g].sum() for g in groups])
    x = start + middles[alike]
    ends = max(END_RADII * radius, END_PX)
    if x[0] > line.columns[0] + ends or x[-1] < line.columns[-1] - ends:
        return None  # a line joins the first marker and the last
    if np.diff(x).min() < LEAST_PITCH_RADII * radius:
        return None
    if straightness(line, x, radius, width, loose.blind) < STRAIGHT_SHARE:
        return None
    return Comb(np.nan, np.nan, x + x0, x + x0, radius)


def with_hidden(
    comb: Comb, line: Line, others: list[tuple[Comb, Line]], blind: Mask, x0: int
) -> Comb | None:
    """The markers with those that other curves cover: curves of one panel are logged at the same steps.

    None where a curve shows too few of its own.

    Parameters
    ----------
    comb, line : Comb, Line
        Of the curve.
    others : list of (Comb, Line)
        Of the other curves with markers.
    blind : (W,) bool array
        Columns in which other ink covers the line.
    x0 : int
        Left edge of the panel's box, px.
    """
    x = comb.x_px
    for other, above in others:
        columns = other.x_px - x0
        near = comb.radius + other.radius + SPARE_PX
        covered = np.abs(line.at(columns) - above.at(columns)) <= near
        covered |= blind[np.clip(np.round(columns).astype(int), 0, len(blind) - 1)]
        apart = np.abs(other.x_px[:, None] - x[None]).min(axis=1) > comb.radius + SPARE_PX
        within = (other.x_px >= x[0]) & (other.x_px <= x[-1])
        x = np.sort(np.concatenate([x, other.x_px[covered & apart & within]]))
    return replace(comb, steps=x, x_px=x) if len(comb.x_px) >= SEEN * len(x) else None


def whole_steps(comb: Comb, scale: Scale) -> Comb:
    """The steps of markers: whole numbers, where all those far enough apart to tell stand on such."""
    steps = np.asarray(scale.to_data(comb.x_px), dtype=np.float64)
    whole = np.maximum(np.round(steps), 1.0 if scale.kind == "log" else -np.inf)
    way = np.abs(scale.to_pixel(whole + 0.5) - scale.to_pixel(whole - 0.5))
    off = np.abs(scale.to_pixel(whole) - comb.x_px)
    wide = way >= WIDE_PX
    on = off <= np.minimum(ON_STEP * way, ON_STEP_PX)
    return replace(comb, steps=whole if wide.sum() >= LEAST_WIDE and on[wide].all() else steps)


def _deep(loose: Loose) -> tuple[int, Floats, float] | None:
    """How deep in its ink the curve lies by column: 0 between markers, 1 in the middle of one.

    With the first column and the depth of a marker, px.  None where the stroke is of one thickness.
    Depth does not mind how steep the stroke runs.
    """
    rows, columns = (np.flatnonzero(loose.ink.any(axis=axis)) for axis in (1, 0))
    if len(rows) == 0:
        return None
    cut = np.pad(loose.ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
    k = next((k for k, most in ENLARGE if cut.size <= most), 1)
    large = cv2.resize(cut, None, fx=k, fy=k, interpolation=cv2.INTER_CUBIC)
    depth = cv2.distanceTransform((large > HALF).astype(np.uint8), cv2.DIST_L2, 5) / k
    deepest = depth.max(axis=0).reshape(-1, k).max(axis=1)[1:-1].astype(np.float64)
    if not deepest.any():
        return None
    bare, most = np.percentile(deepest[deepest > 0], [BARE_PERCENTILE, DEEP_PERCENTILE])
    if most - bare < max(DEEPER * bare, DEEPER_PX):
        return None
    return int(columns[0]), (deepest - bare) / (most - bare), float(most)


def _groups(deep: Floats) -> list[NDArray[np.intp]]:
    """Columns, standing together, that lie nearer to the middle of a marker than to the bare stroke."""
    on = np.flatnonzero(deep > NEARER)
    return [g for g in np.split(on, np.flatnonzero(np.diff(on) > 1) + 1) if len(g)]
