"""Blurred pictures (photographs of screens, plots scaled softly), sharpened before they are read."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from plotread.vision.types import Raster

WINDOW_PX = 5  # side of the window in which a stroke's or an edge's rise is looked for
RISE_LEVELS = 60  # a smaller one is no text
LEAST_PX = 50  # pixels of such rises, of fewer nothing is told
SOFT_STEP = 0.6  # share of a rise in its largest step: of sharp text 0.7 and more, at a blur of 0.9 px 0.5
SIGMA_PX = 1.2
GAIN = 0.7  # of the difference from the picture blurred once more; 1.2 rings


def is_blurred(raster: Raster) -> bool:
    """Whether edges take more than a pixel to rise: the median, over all of them, of the largest step."""
    grey = cv2.cvtColor(raster.rgb, cv2.COLOR_RGB2GRAY)
    step = np.zeros_like(grey)
    step[:, 1:] = cv2.absdiff(grey[:, 1:], grey[:, :-1])
    step[1:] = np.maximum(step[1:], cv2.absdiff(grey[1:], grey[:-1]))
    window = np.ones((WINDOW_PX, WINDOW_PX), np.uint8)
    rise = cv2.dilate(grey, window) - cv2.erode(grey, window)
    clear = rise >= RISE_LEVELS
    if np.count_nonzero(clear) < LEAST_PX:
        return False
    return bool(np.median(cv2.dilate(step, window)[clear] / rise[clear]) < SOFT_STEP)


def sharpened(raster: Raster) -> Raster:
    """The picture with its edges steeper (unsharp masking), same size."""
    soft = cv2.GaussianBlur(raster.rgb, (0, 0), SIGMA_PX)
    rgb = np.asarray(cv2.addWeighted(raster.rgb, 1 + GAIN, soft, -GAIN, 0), dtype=np.uint8)
    rgb.setflags(write=False)
    return replace(raster, rgb=rgb, flags=raster.flags | {"blurred"})
