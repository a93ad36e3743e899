"""Dark outlines of colored markers: no ink of their own, for every pixel of them hugs a fill."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.vision.ink.background import Sheet
from plotread.vision.ink.pieces import grown
from plotread.vision.ink.samples import Ray
from plotread.vision.pixels import channel_spread

VIVID_LEVELS = 60.0  # levels between the channels of a fill
OUTLINE_SPREAD = 0.45  # of the fills' spread of channels that an outline has at most
FILL_PX = 3  # px; a fill is at least that wide and tall, so that no thin line is one
OUTLINE_PX = 2  # px; an outline lies so near to its fill
OUTLINE_SHARE = 0.85  # of an ink's pixels that lie so near
RIM_CONTRAST = 0.5  # of the outline's: what stands around the fills is as dark
RIM_SHARE = 0.4  # of the pixels around the fills that are


def without_outlines(sheet: Sheet, rays: list[Ray]) -> list[Ray]:
    """The rays without those of outlines around the fills of markers.

    A curve that runs along another lies on one side of it, or over it; an outline is all around fills.

    Parameters
    ----------
    sheet : Sheet
    rays : list of Ray
    """
    colored = [ray for ray in rays if float(np.ptp(ray.color)) >= VIVID_LEVELS]
    if sheet.lossy or not colored:
        return rays
    most = float(np.median([np.ptp(ray.color) for ray in colored]))
    grey = [ray for ray in rays if float(np.ptp(ray.color)) <= OUTLINE_SPREAD * most]
    if not grey:
        return rays
    spread = channel_spread(sheet.rgb)
    kernel = np.ones((FILL_PX, FILL_PX), np.uint8)
    vivid = np.asarray(spread > OUTLINE_SPREAD * most, dtype=np.uint8)
    fills = np.asarray(cv2.morphologyEx(vivid, cv2.MORPH_OPEN, kernel)) > 0
    if not fills.any():
        return rays
    rim = grown(fills, 1, 1) & ~fills
    near = grown(fills, OUTLINE_PX, OUTLINE_PX)

    def surrounds(ray: Ray) -> bool:
        if float(near[ray.rows, ray.columns].mean()) < OUTLINE_SHARE:
            return False
        dark = float(np.median(sheet.contrast[ray.rows, ray.columns])) * RIM_CONTRAST
        return float(((sheet.contrast >= dark) & (spread <= OUTLINE_SPREAD * most))[rim].mean()) >= RIM_SHARE

    outlines = [ray for ray in grey if surrounds(ray)]
    return [ray for ray in rays if not any(ray is outline for outline in outlines)]
