"""Which of the inks that stand on a sheet the samples of a legend show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Image, Sheet
from plotread.vision.ink.colors import RIM_SHARE, has_palette, is_grey, is_shade, lab_gap, tint_of
from plotread.vision.ink.pieces import grown
from plotread.vision.pixels import LUMA

SNAP_T = (0.3, 1.5)
PALE_T = 0.7  # depth below which a band or a raw curve is taken for the curve of a sample
LEFT_SHARE = 0.5  # of the pixels of the usual listed ink: a ray as large is a curve's
SNAP_LEVELS = (16.0, 30.0)
SNAP_SHARE = (0.10, 0.16)
SNAP_SCALE = 12.0  # levels of residual that cost a factor e
COLOR_KEPT = (1.0, 0.8, 0.6, 0.45)  # share of its color that a sample in a lossy picture may have kept
NEARER_LAB = 12.0  # Lab distance by which a sample is another one's rather
HUG_PX, HUG_SHARE = 2, 0.5  # of the pixels of a rim's color so near the core's
LEAST_SHARE = 0.05  # of the columns: fewer pixels of a color in a lossy picture are a smear


@dataclass(frozen=True, slots=True, eq=False)
class Ray:
    """The pixels (rows, columns) of one hue at the cores of strokes, and the fullest color of it."""

    color: Image
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]


def ray_of(sheet: Sheet, rays: list[Ray], color: Image) -> int | None:
    """The ray that a sample's color lies on: the largest near it, or the fuller one it is a tint of."""
    ray = color - sheet.paper
    length = float(np.linalg.norm(ray))
    if length < 1.0:
        return None
    fits: dict[int, tuple[float, float]] = {}  # depth along the sample's color, and gain
    for k, candidate in enumerate(rays):
        if sheet.lossy and len(candidate.rows) < LEAST_SHARE * sheet.width:
            continue
        t, residual = _apart(candidate.color - sheet.paper, ray, sheet.lossy)
        limit = max(SNAP_LEVELS[int(sheet.lossy)], SNAP_SHARE[int(sheet.lossy)] * length)
        if SNAP_T[0] < t < SNAP_T[1] and residual < limit:
            fits[k] = t, len(candidate.rows) * float(np.exp(-residual / SNAP_SCALE))
    if not fits:
        return None
    best = max(fits, key=lambda k: fits[k][1])
    fuller = [
        k for k in fits
        if fits[best][0] < PALE_T < fits[k][0]
        and tint_of(sheet.paper, rays[best].color, rays[k].color, sheet.lossy)
    ]  # fmt: skip
    return max(fuller, key=lambda k: fits[k][1], default=best)


def left_over(
    sheet: Sheet, rays: list[Ray], samples: list[Image], choice: list[int | None]
) -> list[int | None]:
    """The choice of rays, with the one large ray that is nobody's given to the one sample without its own.

    A legend's frame or the coding of the picture may have changed the color of that sample.
    """
    claimed = {k for k in choice if k is not None}
    if not claimed:
        return choice
    gaps = [np.inf if k is None else lab_gap(s, rays[k].color) for s, k in zip(samples, choice, strict=True)]
    others = [[g for j, g in enumerate(gaps) if j != i and choice[j] == k] for i, k in enumerate(choice)]
    spare = [
        i for i, k in enumerate(choice) if k is None or min(others[i], default=np.inf) + NEARER_LAB <= gaps[i]
    ]
    if len(spare) != 1:
        return choice
    least = float(np.median([len(rays[k].rows) for k in claimed])) * LEFT_SHARE
    # Greys are left out: they may be the grid; and shades of the others: edges of their markers.
    large = [
        k for k, ray in enumerate(rays)
        if k not in claimed and len(ray.rows) >= least and not is_grey(ray.color, sheet.paper)
        and not any(is_shade(ray.color, rays[j].color) for j in claimed)
    ]  # fmt: skip
    if len(large) != 1:
        return choice
    return [large[0] if i == spare[0] else k for i, k in enumerate(choice)]


def cores(
    sheet: Sheet, rays: list[Ray], samples: list[Image], choice: list[int | None]
) -> list[int | None]:
    """The choice of rays, with the core of a stroke for a sample that is all rim.

    In a picture of few colors the rims of thin strokes have a color of their own, the nearest there is;
    markers with dark edges are small enough to be all edge.
    """
    few = has_palette(sheet)
    claimed = {k for k in choice if k is not None}

    def rims(k: int, j: int) -> bool:
        rim, core = rays[k], rays[j]
        if is_shade(rim.color, core.color) and not tint_of(sheet.paper, rim.color, core.color, False):
            return not sheet.lossy and _hugs(sheet, rim, core)
        paler = few and tint_of(sheet.paper, rim.color, core.color, False, share=RIM_SHARE)
        return paler and len(core.rows) >= len(rim.rows) and _hugs(sheet, rim, core)

    out = list(choice)
    for i, k in enumerate(choice):
        fuller = [] if k is None else [
            j for j, ray in enumerate(rays)
            if j not in claimed and rims(k, j)
            and min(range(len(samples)), key=lambda n: lab_gap(samples[n], ray.color)) == i
        ]  # fmt: skip
        out[i] = max(fuller, key=lambda j: len(rays[j].rows), default=k)
    return out


def _hugs(sheet: Sheet, rim: Ray, core: Ray) -> bool:
    """Whether most pixels of one ray are beside pixels of the other."""
    near = np.zeros(sheet.contrast.shape, dtype=bool)
    near[core.rows, core.columns] = True
    return float(grown(near, HUG_PX, HUG_PX)[rim.rows, rim.columns].mean()) >= HUG_SHARE


def _apart(delta: Image, ray: Image, lossy: bool) -> tuple[float, float]:
    """Depth of a curve's color along the ray of a sample, and its distance from it at the sample's depth.

    Pale colors of all hues lie close together, so they are compared at the depth of the sample; that of
    a lossy picture may have lost most of its color, for it is short and thin.
    """
    light = float(delta @ LUMA)
    best = (0.0, np.inf)
    for kept in COLOR_KEPT if lossy else (1.0,):
        d = light + kept * (delta - light)
        t = float(d @ ray) / float(ray @ ray)
        residual = float(np.linalg.norm(d - t * ray)) / min(max(t, SNAP_T[0]), 1.0)
        if residual < best[1]:
            best = (t, residual)
    return best
