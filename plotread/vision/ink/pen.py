"""The width of the pen that drew a curve, told by the cuts through its ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import INK, Mask

BROKEN_PERCENTILE = 40  # of the mass of cuts through dashes, whose many ends make short ones
FAINT = 0.04  # coverage from which a pixel belongs to a run of ink
WIDTH_PERCENTILE = 15  # of others: steep stretches make cuts longer, ends make a few shorter
LEAST_OPEN, LEAST_OPEN_SHARE = 10, 0.1  # cuts in the open, and these per column with ink, that tell a pen
OVER_PERCENTILE = 50  # of all cuts where fewer are
MARKS_PERCENTILE, MARKS_ALIKE = 75, 0.1  # of the same: the height of square markers, and how far cuts differ
MARKS_MOST = 0.6  # share of the cuts that go through markers
PEN_LEAST, PEN_MOST = 0.08, 0.5  # share through the pen between, and of those the share that agree, at least
MARKS_OVER_PEN = 0.5  # of the markers' height; what is thinner is the pen
MIN_WIDTH_PX = 0.6
STEADY_PX = 0.35  # px by which the masses of two neighboring cuts of a stroke's body differ at most
STEADY_LEAST = 10  # steady cuts before they alone count


def stroke_width(
    alpha: NDArray[np.float32], percentile: float = WIDTH_PERCENTILE, hidden: Mask | None = None
) -> float:
    """The pen's width, px: the smaller of the vertical and horizontal cut, cuts into `hidden` left out."""
    shut = np.zeros(alpha.shape, dtype=bool) if hidden is None else hidden
    cuts = []
    for layer, wall in ((alpha, shut), (alpha.T, shut.T)):
        mass, at = _run_masses(layer, wall), percentile
        if hidden is not None and len(mass) < max(LEAST_OPEN, LEAST_OPEN_SHARE * _columns(layer)):
            # Drawn over others from end to end, whose colors mix with its edges.
            mass, at = _run_masses(layer, np.zeros_like(wall)), OVER_PERCENTILE
        if len(mass):
            cuts.append((mass, float(np.percentile(mass, at))))
    if not cuts:
        return MIN_WIDTH_PX
    least = min(width for _, width in cuts)
    return max(min(_between_marks(mass, least) or width for mass, width in cuts), MIN_WIDTH_PX)


def _columns(layer: NDArray[np.float32]) -> int:
    return int(np.count_nonzero((layer > INK).any(axis=0)))


def _between_marks(mass: NDArray[np.float64], known: float) -> float | None:
    """The pen where most cuts go through markers of one height that nearly touch, as squares do.

    Where a pen of half their height is `known`, what looks like markers are cuts along a steep stroke.
    """
    height = float(np.percentile(mass, MARKS_PERCENTILE))
    narrow = mass[mass <= MARKS_OVER_PEN * height]
    if known < MARKS_OVER_PEN * height or len(narrow) < PEN_LEAST * len(mass):
        return None
    pen = float(np.median(narrow))
    for typical, of, least in ((height, mass, MARKS_MOST), (pen, narrow, PEN_MOST)):
        if (np.abs(of - typical) <= MARKS_ALIKE * typical).mean() < least:
            return None
    return pen


def _run_masses(layer: NDArray[np.float32], shut: Mask) -> NDArray[np.float64]:
    """Mass of every run of ink down the columns of `layer`; where enough are steady, of these alone."""
    mass, peak, steady = runs_down(layer, shut)
    inked = peak > INK
    return mass[inked & steady] if (inked & steady).sum() >= STEADY_LEAST else mass[inked]


def runs_down(
    layer: NDArray[np.float32], shut: Mask
) -> tuple[NDArray[np.float64], NDArray[np.float64], Mask]:
    """Runs of ink down the columns: their mass (px), their highest coverage, and whether they are steady.

    A steady run has a neighbor of the same mass in the next column: it cuts the stroke's body, not
    the round cap of a spike or an end.  Runs that end at a `shut` pixel are left out.
    """
    h, w = layer.shape
    on = np.zeros((w, h + 2), dtype=bool)  # column after column, each between two blanks
    on[:, 1:-1] = layer.T > FAINT
    flat = on.ravel()
    edge = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    start, stop = edge[::2], edge[1::2]
    if len(start) == 0:
        return np.empty(0), np.empty(0), np.empty(0, dtype=bool)
    ink, head = layer.T[on[:, 1:-1]], np.cumsum(stop - start) - (stop - start)
    mass = np.add.reduceat(ink, head, dtype=np.float64)
    peak = np.maximum.reduceat(ink, head).astype(np.float64)
    steady = np.zeros(len(start), dtype=bool)
    after = np.minimum(np.searchsorted(stop, start + h + 2, "right"), len(start) - 1)
    alike = (start[after] < stop + h + 2) & (np.abs(mass[after] - mass) <= STEADY_PX)
    steady |= alike
    steady[after[alike]] = True
    column, top = np.divmod(start, h + 2)
    above, below = top - 2, top - 1 + stop - start
    open_ = ~((above >= 0) & shut[np.maximum(above, 0), column])
    open_ &= ~((below < h) & shut[np.minimum(below, h - 1), column])
    return mass[open_], peak[open_], steady[open_]
