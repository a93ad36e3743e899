"""Curves in a light and a dark shade of one hue, as paired palettes have them for train and validation."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from plotread.model import RGB
from plotread.vision.ink.background import Image, Mask, Sheet
from plotread.vision.ink.colors import is_grey, lab_gap, tint_of
from plotread.vision.ink.samples import Ray

PURE_LEVELS = 5.0  # levels; pixels as near to a shade show it alone
PURE_SPAN = 0.3  # share of the columns in which both shades stand pure
BESIDE_PX, AROUND = 2.0, 0.5  # px; of the columns, in which a raw curve has its smoothed one within its reach
NEAR_COLUMNS = 9  # in which a raw curve shows on both sides of it
HUE_SHARE = 0.09  # of the dark one's contrast by which the light one of a pair may be of another hue
LEAST_KEPT = 0.6  # of its contrast that a thin sample keeps
SAME_SHADE = 5.0  # Lab distance of one shade read twice


def are_two_curves(sheet: Sheet, ray: Ray, a: Image, b: Image) -> bool:
    """Whether two shades of one hue are curves apart, not a translucent raw one around its smoothed one."""
    if sheet.lossy or lab_gap(a, b) < SAME_SHADE:
        return False
    colors = sheet.rgb[ray.rows, ray.columns]
    paler, fuller = sorted((a, b), key=lambda color: float(np.linalg.norm(color - sheet.paper)))
    pale, full = (np.abs(colors - shade).max(axis=1) <= PURE_LEVELS for shade in (paler, fuller))
    for pure in (pale, full):
        if len(np.unique(ray.columns[pure])) < PURE_SPAN * sheet.width:
            return False
    top, low = np.full(sheet.width, np.inf), np.full(sheet.width, -np.inf)
    np.minimum.at(top, ray.columns[pale], ray.rows[pale])
    np.maximum.at(low, ray.columns[pale], ray.rows[pale])
    top, low = minimum_filter1d(top, NEAR_COLUMNS), maximum_filter1d(low, NEAR_COLUMNS)
    at, rows = ray.columns[full], ray.rows[full]
    common = np.isfinite(top[at])
    around = (rows >= top[at] - BESIDE_PX) & (rows <= low[at] + BESIDE_PX)
    return not common.any() or float(around[common].mean()) < AROUND


def as_drawn(sheet: Sheet, sample: Image, other: RGB, color: Image) -> Image:
    """The color of a curve whose sample is as pale beside it as another sample is beside its curve's."""
    seen, full = (float(np.linalg.norm(shade - sheet.paper)) for shade in (np.array(other), color))
    kept = min(max(seen / max(full, 1.0), LEAST_KEPT), 1.0)
    return np.asarray(sheet.paper + (sample - sheet.paper) / kept, dtype=np.float32)


def is_shade_of(sheet: Sheet, paler: Image, fuller: Image) -> bool:
    """Whether a color lies about on the way from the paper to another, as the light one of a pair does.

    Pale hues lie about on the way to black, too, but are no greys.
    """
    greys = is_grey(paler, sheet.paper), is_grey(fuller, sheet.paper)
    return greys[0] == greys[1] and tint_of(sheet.paper, paler, fuller, False, 1.02, HUE_SHARE)


def by_depth(
    sheet: Sheet, colors: list[Image], best: NDArray[np.intp], own: Mask, share: Image,
    rows: NDArray[np.intp], columns: NDArray[np.intp],
) -> NDArray[np.intp]:  # fmt: skip
    """The ink of each pixel, where inks are shades of one hue by depth: soft edges belong to their core.

    Parameters
    ----------
    sheet : Sheet
    colors : list of (3,) array
        Of the K inks.
    best : (N,) int array
        The ink of each pixel so far.
    own : (N,) bool array
        Whether it surely is one of them.
    share : (K, N) array
        How far pixels lie on the way to each ink, 0 to 1.
    rows, columns : (N,) int arrays
    """
    best = best.copy()
    for i, j in combinations(range(len(colors)), 2):
        pale, full = sorted((i, j), key=lambda k: float(np.linalg.norm(colors[k] - sheet.paper)))
        if not is_shade_of(sheet, colors[pale], colors[full]):
            continue
        depth = float(np.linalg.norm(colors[pale] - sheet.paper) / np.linalg.norm(colors[full] - sheet.paper))
        either = own & ((best == pale) | (best == full))
        core = np.zeros(sheet.contrast.shape, dtype=np.uint8)
        deep = either & (share[full] > (1 + depth) / 2)
        core[rows[deep], columns[deep]] = 1
        near = cv2.dilate(core, np.ones((3, 3), np.uint8))[rows, columns] > 0
        best[either] = np.where(near[either], full, pale)
    return best
