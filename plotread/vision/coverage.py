"""How much of an ink lies in each pixel of a panel, and which pixels a curve explains."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.geometry import Box
from plotread.model import RGB, Floats
from plotread.vision.pixels import fullest_color
from plotread.vision.types import Mask, Trace

# Distance of a pixel from the line paper-ink, as share of their contrast, up to which it is that ink.
RESIDUAL_SHARE = 0.25
RESIDUAL_LEVELS = 24.0
# Reach beyond half the stroke within which ink is explained by a curve, px (antialiasing and blur).
EXPLAINED_REACH_PX = 2.5
# Reach beyond half the stroke within which a gap between dashes is blank, px.
GAP_REACH_PX = 2.5
# A marker reaches this many stroke widths to each side of the line.
MARKER_WIDTHS = 4.0
# Pixels looked at for the paper, at most; it is the fullest colour by far.
PAPER_PIXELS = 250_000
# Sub-pixel bits of OpenCV's line drawing.
SHIFT = 4


def paper_of(pixels: np.ndarray) -> Floats:
    """The panel's most frequent color; of large panels only some pixels are counted."""
    step = max(1, int(np.ceil((pixels.shape[0] * pixels.shape[1] / PAPER_PIXELS) ** 0.5)))
    return fullest_color(pixels[step // 2 :: step, step // 2 :: step].astype(np.uint8))


def coverage_of(pixels: np.ndarray, paper: Floats, color: RGB) -> np.ndarray:
    """Share of an ink in each pixel, 0 where the pixel is no mix of that ink with paper. (h, w)"""
    ray = np.asarray(color, np.float32) - paper.astype(np.float32)
    length2 = float(ray @ ray)
    out = np.zeros(pixels.shape[:2], np.float32)
    if length2 == 0:
        return out
    inked = np.asarray(cv2.inRange(pixels, paper, paper)) == 0  # most of a panel is bare paper
    offset = pixels[inked] - paper.astype(np.float32)
    share = offset @ ray / length2
    residual2 = np.einsum("ij,ij->i", offset, offset) - share * share * length2
    limit = max(RESIDUAL_LEVELS, RESIDUAL_SHARE * length2**0.5)
    share[residual2 > limit * limit] = 0
    out[inked] = np.clip(share, 0, 1)
    return out


def footprint(trace: Trace, box: Box) -> Mask:
    """The pixels that a trace explains, as a mask of the panel. (h, w)"""
    canvas = np.zeros((box.height, box.width), np.uint8)
    reach = trace.width_px / 2 + EXPLAINED_REACH_PX
    if trace.kind == "band" and trace.band_px is not None:
        lower = np.stack([trace.points_px[:, 0], trace.band_px[:, 0]], axis=1)
        upper = np.stack([trace.points_px[:, 0], trace.band_px[:, 1]], axis=1)[::-1]
        outline = np.concatenate([lower, upper]) - (box.x0, box.y0)
        cv2.fillPoly(canvas, [np.round(outline * 2**SHIFT).astype(np.int32)], 1, shift=SHIFT)
    points = np.round((trace.points_px - (box.x0, box.y0)) * 2**SHIFT).astype(np.int32)
    if trace.marker is not None:
        radius = round((MARKER_WIDTHS * trace.width_px) * 2**SHIFT)
        for x, y in points:
            cv2.circle(canvas, (int(x), int(y)), radius, 1, thickness=-1, shift=SHIFT)
    if trace.line != "none" or trace.marker is None:
        thickness = max(1, round(2 * reach))
        cv2.polylines(canvas, [points], False, 1, thickness=thickness, shift=SHIFT)
    return np.asarray(canvas > 0)


def gaps_of(trace: Trace, box: Box) -> Mask:
    """The pixels of a panel that a trace passes without ink, the caps of its dashes included. (h, w)"""
    canvas = np.zeros((box.height, box.width), np.uint8)
    order = np.argsort(trace.points_px[:, 0], kind="stable")
    points = np.round((trace.points_px[order] - (box.x0, box.y0)) * 2**SHIFT).astype(np.int32)
    blank = np.concatenate([[0], (~trace.observed[order]).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(blank))
    thickness = max(1, round(trace.width_px + 2 * GAP_REACH_PX))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        part = points[max(start - 1, 0) : end + 1]
        cv2.polylines(canvas, [part], False, 1, thickness=thickness, shift=SHIFT)
    return np.asarray(canvas > 0)
