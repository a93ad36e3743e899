"""The page under transparent pictures: kept by the file, or chosen so that the ink shows on it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import RGB
from plotread.vision.types import Mask, RGBImage

# Grounds for transparent pictures: a page, and a dark page that still parts black from ground.
LIGHT_GROUND: RGB = (255, 255, 255)
DARK_GROUND: RGB = (24, 24, 24)
# Lightness (0 to 255) above which ink vanishes on a white page, and below which on a dark one.
VANISHES_ON_LIGHT = 190.0
VANISHES_ON_DARK = 65.0
# Alpha from which a pixel counts as inked.
SOLID_ALPHA = 128
# Alpha from which a pixel shows its ink alone.
FULL_ALPHA = 250
# Soft pixels that may be brighter than their alpha where all were clipped to it, by rounding.
STRAY = 0.005
# Levels by which a clipped color may differ from that of the stroke beside it.
CLIP_LEVELS = 4
# Share of the soft pixels that clipping must explain before any of them is mended.
LEAST_CLIPPED = 0.2
# Opaque areas at least this wide are fills, not strokes or letters, px (strokes are 1 to 6).
FILL_PX = 9

# Share of the transparent pixels that hold one color where it is that of the page.
ONE_COLOR = 0.99
# Rims of letters that were drawn on a page: levels by which they are nearer to its color than what stands
# beside them, and levels and share of their pixels that come close to it.
RIM_LEVELS = 24.0
CLOSE_LEVELS, CLOSE_SHARE = 48.0, 0.05

# Letters and digits: height in px, share of their box that is ink; so many tell a page from its grid.
LETTER_PX = (6, 60)
LETTER_FILL = 0.9
LEAST_LETTERS = 5


def flattened(pixels: NDArray[np.uint8]) -> RGBImage:
    """Lay RGBA, not all of it transparent, on the ground that shows its ink. (H, W, 4) -> (H, W, 3)"""
    alpha = pixels[:, :, 3]
    rgb = np.ascontiguousarray(pixels[:, :, :3])
    if int(alpha.min()) == 255:
        return rgb
    page = _kept_page(rgb, alpha)
    if page is None:
        rgb = _unclipped(rgb, alpha)
        page = _ground(rgb, alpha)
    ground = np.array(page, np.float32)
    share = alpha.astype(np.float32)[:, :, None] / 255
    return np.asarray(rgb * share + ground * (1 - share) + 0.5, dtype=np.uint8)


def _kept_page(rgb: RGBImage, alpha: NDArray[np.uint8]) -> RGB | None:
    """The color that was only made transparent, where the ink shows that it was drawn on it.

    A page that is cut out leaves its color in the file and no soft alpha: the rims of letters are
    opaque, and blend towards it.  Anywhere else the hidden color means nothing.
    """
    hidden = alpha == 0
    if not hidden.any() or ((alpha > 0) & (alpha < FULL_ALPHA)).sum() > STRAY * (~hidden).sum():
        return None
    colors = rgb[hidden].astype(np.int16)
    page = np.median(colors, axis=0)
    if (np.abs(colors - page) <= CLIP_LEVELS).all(axis=1).mean() < ONE_COLOR:
        return None
    thin = _thin(alpha)
    rim = thin & (cv2.dilate(hidden.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    if not rim.any():
        return None
    # Beside each place of a rim stands its stroke; letters of one stroke have hardly any core.
    away = np.where(thin, np.abs(rgb - page).max(axis=2), 0.0).astype(np.float32)
    beside = cv2.dilate(away, np.ones((3, 3), np.uint8))
    if float((beside - away)[rim].mean()) < RIM_LEVELS or (away[rim] <= CLOSE_LEVELS).mean() < CLOSE_SHARE:
        return None
    return int(page[0]), int(page[1]), int(page[2])


def _thin(alpha: NDArray[np.uint8]) -> Mask:
    """Strokes and letters on transparent ground; a filled panel says nothing about the page around it."""
    solid = (alpha >= SOLID_ALPHA).astype(np.uint8)
    fill = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((FILL_PX, FILL_PX), np.uint8))
    return np.asarray((solid > 0) & (cv2.dilate(fill, np.ones((3, 3), np.uint8)) == 0))


def _unclipped(rgb: RGBImage, alpha: NDArray[np.uint8]) -> RGBImage:
    """Colors of soft edges, where the writer clipped them to their alpha. (H, W, 3)

    Some renderers store plain colors after a step for colors that are multiplied by alpha, and that
    step leaves none above it: the half covered edge of a red stroke turns brown.  Where no soft pixel
    is brighter than its alpha, those that the nearest full pixel explains take its color.
    """
    soft = (alpha > 0) & (alpha < FULL_ALPHA)
    limit = alpha[soft].astype(np.int16)[:, None]
    colors = rgb[soft].astype(np.int16)
    full = alpha >= FULL_ALPHA
    if not len(colors) or not full.any() or (colors > limit).any(axis=1).mean() > STRAY:
        return rgb
    _, nearest = cv2.distanceTransformWithLabels(
        (~full).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    of = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    of[nearest[full]] = rgb[full]
    ink = of[nearest[soft]].astype(np.int16)
    clipped = np.minimum(ink, limit)
    explained = (np.abs(clipped - colors) <= CLIP_LEVELS).all(axis=1)
    if (explained & (ink > limit).any(axis=1)).mean() < LEAST_CLIPPED:
        return rgb
    out = rgb.copy()
    out[soft] = np.where(explained[:, None], ink, colors).astype(np.uint8)
    return out


def _ground(rgb: RGBImage, alpha: NDArray[np.uint8]) -> RGB:
    """The page on which less of the ink vanishes; white where both lose as little."""
    thin = _thin(alpha)
    ink = thin if thin.any() else alpha > 0
    light = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[ink]
    weight = alpha[ink].astype(np.float64)
    pale, dark = light >= VANISHES_ON_LIGHT, light <= VANISHES_ON_DARK
    # A pale grid may outweigh a few dark labels, and its loss costs nothing: letters are asked first.
    letters = [_letters(_at(ink, lost)) for lost in (pale, dark)]
    if max(letters) >= LEAST_LETTERS and letters[0] != letters[1]:
        return DARK_GROUND if letters[0] > letters[1] else LIGHT_GROUND
    return DARK_GROUND if float(weight[pale].sum()) > float(weight[dark].sum()) else LIGHT_GROUND


def _at(where: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The mask of those pixels of `where` that are chosen."""
    out = np.zeros(where.shape, np.uint8)
    out[where] = chosen
    return out


def _letters(mask: NDArray[np.uint8]) -> int:
    """How many components have the size and the shape of letters."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    wide, tall = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    fits = (tall >= LETTER_PX[0]) & (tall <= LETTER_PX[1]) & (wide >= LETTER_PX[0] // 2) & (wide <= 2 * tall)
    fits &= stats[1:, cv2.CC_STAT_AREA] < LETTER_FILL * wide * tall
    return int(fits.sum())
