"""Each pixel to its ink: one map of coverage (alpha) per ink, and one of ink that is nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Image, Mask, Sheet
from plotread.vision.ink.depths import by_depth
from plotread.vision.ink.inks import Ink

FAINT_LEVELS = 6.0  # levels below which a pixel holds no ink
OWN_LEVELS = (9.0, 28.0)  # residual within which a pixel belongs to an ink, clean and lossy
OWN_SHARE = (0.20, 0.25)  # the same as a share of its contrast
UNDECIDED_LEVELS = 10.0  # residuals closer than this do not decide between two inks
STRANGE_LEVELS = 30.0  # contrast of a pixel that surely hides what lies under it
FULL = 1.0
OVERLAP_LEVELS = (8.0, 14.0)  # residual within which two layers explain a pixel, clean and lossy
OVERLAP_GAIN = 5.0  # levels by which they must do so better than one ink alone


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """Coverage maps.

    Attributes
    ----------
    alpha : (K, H, W) float32
        0 to 1, one per ink.
    strange : (H, W) bool
        Clear ink that belongs to none of them: mixtures, text, markers' edges.
    """

    alpha: NDArray[np.float32]
    strange: Mask


def unmix(sheet: Sheet, inks: tuple[Ink, ...]) -> Maps:
    """Assign pixels to inks along the line from the local background to each ink."""
    lossy = int(sheet.lossy)
    h, w = sheet.contrast.shape
    alpha = np.zeros((len(inks), h, w), dtype=np.float32)
    rows, columns = np.nonzero(sheet.contrast > FAINT_LEVELS)
    if not inks or not len(rows):
        return Maps(alpha, sheet.contrast > STRANGE_LEVELS)
    d = sheet.delta[rows, columns]
    contrast = sheet.contrast[rows, columns]
    back = sheet.back[rows, columns]
    n = len(rows)
    residual = np.empty((len(inks), n), dtype=np.float32)
    share = np.empty((len(inks), n), dtype=np.float32)
    for k, ink in enumerate(inks):
        share[k], residual[k] = _towards(ink, d, back)
    best = residual.argmin(axis=0)
    index = np.arange(n)
    least = residual[best, index]
    own = least < np.maximum(OWN_LEVELS[lossy], OWN_SHARE[lossy] * contrast)
    if len(inks) > 1:
        second = np.partition(residual, 1, axis=0)[1]
        clear = own & (second - least > UNDECIDED_LEVELS)
        unsure = own & ~clear
        if unsure.any() and clear.any():
            best[unsure] = _nearest(best, rows, columns, clear, unsure, residual, (h, w))
        best = by_depth(sheet, [ink.color for ink in inks], best, own, share, rows, columns)
    keep = np.flatnonzero(own)
    alpha[best[keep], rows[keep], columns[keep]] = np.minimum(share[best[keep], keep], FULL)
    strange = np.zeros((h, w), dtype=bool)
    odd = ~own & (contrast > STRANGE_LEVELS)
    strange[rows[odd], columns[odd]] = True
    return Maps(alpha, strange)


def _towards(ink: Ink, delta: Image, back: Image) -> tuple[Image, Image]:
    """How far pixels lie on the way from background to ink, 0 to 1, and how far off it, levels."""
    ray = ink.color - back
    length2 = np.maximum(np.einsum("ij,ij->i", ray, ray), 1.0)
    share = np.clip(np.einsum("ij,ij->i", delta, ray) / length2, 0.0, 1.0)
    return share, np.asarray(np.linalg.norm(delta - share[:, None] * ray, axis=1))


def share_overlaps(sheet: Sheet, inks: tuple[Ink, ...], levels: Sequence[float | None], maps: Maps) -> None:
    """Give pixels where two translucent layers lie on each other, or one on a stroke, to both inks.

    Parameters
    ----------
    sheet : Sheet
    inks : tuple of Ink
    levels : sequence of float or None
        Opacity of each ink's faint layer, None where it has none.
    maps : Maps
        Changed in place.

    Notes
    -----
    Source-over compositing (Porter and Duff 1984): ``p = b + a (c - b)`` layer by layer, in either
    order.  A pixel goes to both only where that explains it clearly better than one ink alone does.
    """
    faint = [k for k, level in enumerate(levels) if level is not None]
    if not faint or len(inks) < 2:
        return
    tolerance = OVERLAP_LEVELS[int(sheet.lossy)]
    own = np.asarray(sheet.contrast > FAINT_LEVELS)
    rows, columns = np.nonzero(own)
    pixels, back = sheet.rgb[rows, columns], sheet.back[rows, columns]
    alone = np.full(len(rows), np.inf, dtype=np.float32)
    for ink in inks:
        alone = np.minimum(alone, _towards(ink, pixels - back, back)[1])
    best = np.minimum(tolerance, alone - OVERLAP_GAIN)
    told: list[tuple[NDArray[np.bool_], int, float, int, float]] = []
    for upper in faint:
        for lower, ink in enumerate(inks):
            if lower == upper:
                continue
            over = levels[upper] or 0.0
            for under in sorted({1.0, levels[lower] or 1.0}):
                below = back + under * (ink.color - back)
                mixed = below + over * (inks[upper].color - below)
                residual = np.linalg.norm(pixels - mixed, axis=1)
                better = residual < best
                best = np.where(better, residual, best)
                told.append((better, upper, over, lower, under))
    for better, upper, over, lower, under in told:
        y, x = rows[better], columns[better]
        maps.alpha[:, y, x] = 0.0
        maps.alpha[upper, y, x] = over
        maps.alpha[lower, y, x] = under
        maps.strange[y, x] = False


def _nearest(
    best: NDArray[np.intp],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    clear: Mask,
    unsure: Mask,
    residual: Image,
    shape: tuple[int, int],
) -> NDArray[np.intp]:
    """The ink of the nearest clear pixel, where that ink explains the pixel as well as the best."""
    away = np.ones(shape, dtype=np.uint8)
    away[rows[clear], columns[clear]] = 0
    _, labels = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    of_label = np.zeros(int(labels.max()) + 1, dtype=np.intp)
    of_label[labels[rows[clear], columns[clear]]] = best[clear]
    near = of_label[labels[rows[unsure], columns[unsure]]]
    at = np.flatnonzero(unsure)
    fits = residual[near, at] - residual[best[at], at] <= UNDECIDED_LEVELS
    return np.where(fits, near, best[at])
