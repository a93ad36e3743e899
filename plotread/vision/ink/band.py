"""A filled band around a curve: the spread of a mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.model import RGB
from plotread.vision.ink.background import Mask, Sheet
from plotread.vision.ink.layers import COLUMNS_LEAST, Layers
from plotread.vision.types import Trace

BAND_FILL = 0.93
BAND_FILL_LEAST = 0.6  # share of the faint ink that joins the strong stroke; grid remains do not
BAND_WIDTHS_UNEVEN = 4.0  # the same where one edge is nearer: a faint curve may run beside the stroke
BAND_WIDTHS_EVEN = 1.3  # strong pen widths; the same where the edges are smooth and stand alike
BAND_ROUGH_SHARE = 0.11  # of the band's height; extremes of dense noise jump by more
BAND_UNEVEN = 0.15  # median difference of the distances of both edges, as a share of the height
LIKELY = 1.5  # times as rough and as uneven, where others in the panel are bands
BAND_ROUGH_LEAST_PX = 1.7  # px of edges that whole pixels make rough
BAND_ROUGH_PX = 0.45  # px; median second difference of the edges of a band
SIGMA_BAND_PX = 0.5  # standard error of an edge
BAND_WIDTHS = 2.0  # strong pen widths; a thinner band cannot be told from a line


def as_band(
    layers: Layers, width: float, *, likely: bool = False
) -> tuple[NDArray[np.intp], NDArray[np.float64]] | None:
    """Columns and edges (N, 2) of a filled band, or None where the layer is a curve.

    A band fills what lies between its edges.  Either these are smooth, or they stand alike above and
    below the strong stroke: the extremes of a noisy curve do neither.  It is `likely` one, and may be
    rougher and more uneven, where the layers of other inks that are as opaque are bands.
    """
    times = LIKELY if likely else 1.0
    body, reached = _around_the_stroke(layers)
    columns = np.flatnonzero(body.any(axis=0))
    if len(columns) < COLUMNS_LEAST or reached < BAND_FILL_LEAST:
        return None
    body = body[:, columns]
    weak = layers.weak[:, columns]
    top = body.argmax(axis=0)
    bottom = body.shape[0] - 1 - body[::-1].argmax(axis=0)
    height = bottom - top + 1
    at = np.arange(len(columns))
    upper = top + 0.5 - weak[top, at] - np.where(top > 0, weak[np.maximum(top - 1, 0), at], 0)
    lower = (
        bottom
        - 0.5
        + weak[bottom, at]
        + np.where(bottom < len(weak) - 1, weak[np.minimum(bottom + 1, len(weak) - 1), at], 0)
    )
    rough = max(float(np.median(np.abs(np.diff(e, 2)))) for e in (upper, lower)) if len(at) > 3 else 9.0
    smooth = rough <= BAND_ROUGH_PX and reached >= BAND_FILL
    even = rough <= max(times * BAND_ROUGH_SHARE * np.median(height), BAND_ROUGH_LEAST_PX)
    even &= _unevenness(layers, columns, upper, lower) <= times * BAND_UNEVEN
    pens = BAND_WIDTHS if even else BAND_WIDTHS_UNEVEN
    least = (BAND_WIDTHS_EVEN if smooth and even else pens) * width + 2
    if not (smooth or even) or np.median(height) < least:
        return None
    return columns, np.stack([upper, lower], axis=1)


def _around_the_stroke(layers: Layers) -> tuple[Mask, float]:
    """The faint ink that joins the strong stroke within each column, and its share of all faint ink."""
    weak = layers.weak > 0.5
    shares: Mask = np.asarray(layers.solid.any(axis=0))
    body: Mask = layers.solid.copy()
    for order in (1, -1):
        rows, solid = weak[::order], layers.solid[::order]
        # A pixel joins while every pixel between it and the stroke holds ink.
        count = np.cumsum(~rows, axis=0)
        since = np.maximum.accumulate(np.where(solid, count, -1), axis=0)
        body |= np.asarray(rows & (since == count))[::order]
    faint = (weak & ~layers.solid)[:, shares].sum()
    joined = (body & weak & ~layers.solid).sum()
    return np.asarray(body & shares[None, :]), float(joined / max(int(faint), 1))


def _unevenness(
    layers: Layers, columns: NDArray[np.intp], upper: NDArray[np.float64], lower: NDArray[np.float64]
) -> float:
    """Median difference of the distances of both edges from the strong stroke, as a share of the height."""
    solid = layers.solid[:, columns]
    top = solid.argmax(axis=0)
    low = solid.shape[0] - 1 - solid[::-1].argmax(axis=0)
    return float(np.median(np.abs(upper + lower - top - low) / np.maximum(lower - upper, 1.0)))


def band_trace(
    sheet: Sheet, color: RGB, band: tuple[NDArray[np.intp], NDArray[np.float64]], opacity: float
) -> Trace:
    """The trace of a band's columns and edges in whole-image px: its middle, and both edges at each point."""
    columns, edges = band
    middle = sheet.to_image(np.stack([columns.astype(float), edges.mean(axis=1)], axis=1))
    both = [sheet.to_image(np.stack([columns, edges[:, i]], axis=1))[:, 1] for i in (1, 0)]
    return Trace(
        points_px=middle,
        sigma_px=np.full(len(middle), SIGMA_BAND_PX * sheet.zoom),
        observed=np.ones(len(middle), dtype=bool),
        color=color,
        kind="band",
        opacity=opacity,
        width_px=0.0,
        band_px=np.stack(both, axis=1),
    )
