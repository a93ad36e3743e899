"""Curves that shine through the translucent fill of a legend.

A fill of opacity p leaves a curve below it 1 - p of its coverage (source-over compositing), so that it
goes on as a paler stroke from where it meets the legend's frame.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask, Sheet
from plotread.vision.ink.colors import is_grey
from plotread.vision.ink.inks import Ink
from plotread.vision.ink.legends import HUE_SHARE
from plotread.vision.ink.pieces import grown, pieces_of
from plotread.vision.ink.ticks import CLEAR_LEVELS
from plotread.vision.pixels import channel_spread

FAINTEST = 0.06  # coverage that a fill leaves at least; less is noise
FULL = 0.5  # coverage of the curve outside, where it meets the frame, and of what lies on the fill
EDGE_PX = 2  # px of soft edge around that
MEET_PX = 6  # px across the legend's frame from a curve outside to its pale part inside
DASH_GAP = 0.8  # text heights between the dashes of a broken curve
LEAST_PIXELS = 12  # of a pale part
LEVEL_PERCENTILE = 75  # of the ridge of a pale part: words cut some of it


def seen_through_fills(
    sheet: Sheet, inks: tuple[Ink, ...], alpha: NDArray[np.float32], outline: Mask
) -> Mask:
    """Bring curves under the fill of a legend to full coverage, in place.

    Parameters
    ----------
    sheet : Sheet
    inks : tuple of Ink
        For grey ones nothing tells a curve from the words.
    alpha : (K, H, W) float32
        Coverage by each ink; changed where a curve shines through.
    outline : (H, W) bool
        The frame of the legend; without one there is no fill.

    Returns
    -------
    (K, H, W) bool array
        Where that is.
    """
    seen = np.zeros(alpha.shape, dtype=bool)
    if sheet.lossy or not outline.any():
        return seen
    rows, columns = np.flatnonzero(outline.any(axis=1)), np.flatnonzero(outline.any(axis=0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    fill = np.zeros(outline.shape, dtype=bool)
    fill[box] = True
    around = grown(fill, MEET_PX, MEET_PX) & ~fill
    fill &= ~outline
    spread = channel_spread(sheet.rgb)
    for ink, layer, found in zip(inks, alpha, seen, strict=True):
        if is_grey(ink.color, sheet.paper):
            continue
        vivid = spread >= HUE_SHARE * float(np.ptp(ink.color - sheet.paper)) * layer
        full = vivid & (layer >= FULL)
        met = grown(full & around, MEET_PX, MEET_PX)
        if not met.any():
            continue
        # Samples and colored words lie on the fill: full, with soft edges.
        pale = fill & vivid & (layer >= FAINTEST) & ~grown(full & fill, EDGE_PX, EDGE_PX)
        # Words and samples part what runs below them, and dashes are parted by themselves.
        over = fill & (full | ((layer < FAINTEST) & (sheet.contrast > CLEAR_LEVELS)))
        broken = any(entry.line != "solid" for entry in ink.entries)
        reach = max(1, round(DASH_GAP / 2 * sheet.text_px)) if broken else 1
        count, labels, _, _ = pieces_of(grown(pale | over, reach, reach))
        pixels = np.bincount(labels[pale], minlength=count)
        of = np.unique(labels[met & pale])
        part = pale & np.isin(labels, of[pixels[of] >= LEAST_PIXELS])
        if not part.any():
            continue
        ridge = np.where(part, layer, 0).max(axis=0)
        level = float(np.percentile(ridge[ridge > 0], LEVEL_PERCENTILE))
        found[part] = True
        layer[part] = np.minimum(layer[part] / level, 1.0)
    return seen
