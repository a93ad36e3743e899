"""Draw the reading again and compare it with the picture.

Two questions, asked in pixels.  Is there ink of the right color all along each curve that was
told (*support*)?  And does a curve explain all ink of its color in the panel (*leftover*)?
Their answers give each series its confidence and the panel its doubts.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from plotread.geometry import Box
from plotread.model import NO_FLAGS, RGB, Floats
from plotread.vision.types import Mask, PanelFrame, PanelWords, Raster, Trace

# Distance between samples along a curve, px: finer than any stroke.
SAMPLE_STEP_PX = 0.5
# Most samples taken along one curve; a dense curve is thinned evenly to this.
MAX_SAMPLES = 40_000
# Least share of the ink in a pixel that counts as lying on the stroke (a stroke of 1 px whose
# centre falls between two pixels leaves 0.5 in each; noise and rims leave less than 0.3).
LEAST_COVERAGE = 0.3
# Distance of a pixel from the line paper-ink, as share of their contrast, up to which it is that ink.
RESIDUAL_SHARE = 0.25
RESIDUAL_LEVELS = 24.0
# Reach beyond half the stroke within which ink is explained by a curve, px (antialiasing and blur).
EXPLAINED_REACH_PX = 2.5
# A marker reaches this many stroke widths to each side of the line.
MARKER_WIDTHS = 4.0
# Sub-pixel bits of OpenCV's line drawing.
SHIFT = 4
# Below this support, or above this leftover, the doubt is told as a flag.
WEAK_SUPPORT = 0.85
MUCH_LEFTOVER = 0.15
# An ink needs this many pixels in the panel before its leftover means anything.
LEAST_INK_PX = 30
# Logistic fit of "passes" against support, leftover, hidden share and doubt about the axes
# (log odds; see scripts/bench.py --reliability).
LOGIT_BASE = 2.6
LOGIT_SUPPORT = -9.0  # per unit of missing support
LOGIT_LEFTOVER = -6.0  # per unit of unexplained ink
LOGIT_HIDDEN = -2.5  # per unit of hidden length
LOGIT_AXIS_DOUBT = -1.5  # for a scale that rests on two labels or fits loosely


@dataclass(frozen=True, slots=True)
class TraceCheck:
    """What drawing says of one curve: shares 0 to 1."""

    support: float
    leftover: float
    confidence: float
    flags: frozenset[str] = NO_FLAGS


@dataclass(frozen=True, slots=True)
class PanelCheck:
    """What drawing says of a panel: one check per trace, in order."""

    traces: tuple[TraceCheck, ...]
    flags: frozenset[str] = NO_FLAGS


def verify(raster: Raster, panel: PanelFrame, traces: tuple[Trace, ...], words: PanelWords) -> PanelCheck:
    """Compare traces with the picture they were read from.

    Parameters
    ----------
    raster : Raster
    panel : PanelFrame
    traces : tuple of Trace
        Points in px of the whole image.
    words : PanelWords
        Its obstacles are not searched for unexplained ink.

    Returns
    -------
    PanelCheck
    """
    box = panel.frame.inner().clip(raster.width, raster.height)
    pixels = raster.rgb[box.slices].astype(np.float32)
    paper = _paper(pixels)
    drawn = [_draw(trace, box) for trace in traces]
    everything = np.zeros(pixels.shape[:2], bool)
    for mask in drawn:
        everything |= mask
    search = ~everything
    for obstacle in words.obstacles:
        inside = obstacle.clip(raster.width, raster.height)
        search[max(inside.y0 - box.y0, 0) : max(inside.y1 - box.y0, 0),
               max(inside.x0 - box.x0, 0) : max(inside.x1 - box.x0, 0)] = False  # fmt: skip

    checks = []
    for i, trace in enumerate(traces):
        others = np.zeros_like(everything)
        for j, mask in enumerate(drawn):
            if j != i:
                others |= mask
        own = _ink(pixels, paper, trace.color)
        support = _support(trace, box, own >= LEAST_COVERAGE * trace.opacity, others)
        total = int((own > 0.5 * trace.opacity).sum())
        loose = int(((own > 0.5 * trace.opacity) & search).sum())
        leftover = loose / total if total >= LEAST_INK_PX else 0.0
        hidden = 1.0 - float(trace.observed.mean()) if len(trace.observed) else 0.0
        flags = NO_FLAGS
        if support < WEAK_SUPPORT:
            flags |= {"weak_support"}
        checks.append(
            TraceCheck(support, leftover, _confidence(support, leftover, hidden, panel), flags)
        )
    flags = NO_FLAGS
    if any(check.leftover > MUCH_LEFTOVER for check in checks):
        flags |= {"ink_unexplained"}
    return PanelCheck(tuple(checks), flags)


def _paper(pixels: np.ndarray) -> Floats:
    """The panel's most frequent color (5 bits a channel, then the median inside that bin)."""
    codes = (pixels.astype(np.uint16) >> 3).reshape(-1, 3)
    keys = codes[:, 0].astype(np.int64) << 10 | codes[:, 1] << 5 | codes[:, 2]
    fullest = np.bincount(keys).argmax()
    return np.asarray(np.median(pixels.reshape(-1, 3)[keys == fullest], axis=0), dtype=np.float64)


def _ink(pixels: np.ndarray, paper: Floats, color: RGB) -> np.ndarray:
    """Share of an ink in each pixel, 0 where the pixel is no mix of that ink with paper. (h, w)"""
    ray = np.asarray(color, np.float32) - paper.astype(np.float32)
    length2 = float(ray @ ray)
    if length2 == 0:
        return np.zeros(pixels.shape[:2], np.float32)
    offset = pixels - paper.astype(np.float32)
    share = offset @ ray / length2
    residual2 = (offset * offset).sum(axis=2) - share * share * length2
    limit = max(RESIDUAL_LEVELS, RESIDUAL_SHARE * length2**0.5)
    share[residual2 > limit * limit] = 0
    return np.clip(share, 0, 1)


def _draw(trace: Trace, box: Box) -> Mask:
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


def _support(trace: Trace, box: Box, own: Mask, others: Mask) -> float:
    """Share of a curve's length that lies on its own ink, where no other curve covers it.

    Blanks between the dashes of a broken line count by the rhythm of the line: only its inked
    share is asked for, so the result is divided by the share that such a line leaves.
    """
    points = trace.points_px - (box.x0, box.y0)
    if trace.line == "none":
        samples = points
    else:
        steps = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        count = int(min(MAX_SAMPLES, along[-1] / SAMPLE_STEP_PX)) + 2
        at = np.linspace(0, along[-1], count)
        samples = np.stack([np.interp(at, along, points[:, k]) for k in (0, 1)], axis=1)
    near = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    height, width = own.shape
    column = np.clip(np.round(samples[:, 0]).astype(int), 0, width - 1)
    row = np.clip(np.round(samples[:, 1]).astype(int), 0, height - 1)
    free = ~others[row, column]
    if not free.any():
        return 1.0
    share = float(near[row, column][free].mean())
    expected = {"dashed": 0.7, "dashdot": 0.7, "dotted": 0.5}.get(trace.line, 1.0)
    return min(1.0, share / expected)


def _confidence(support: float, leftover: float, hidden: float, panel: PanelFrame) -> float:
    """Probability that the series holds the limits of the score, from a logistic fit."""
    doubtful = {"scale_from_two_ticks", "scale_loose", "tick_label_outlier"} & (panel.x.flags | panel.y.flags)
    odds = (
        LOGIT_BASE
        + LOGIT_SUPPORT * (1 - support)
        + LOGIT_LEFTOVER * leftover
        + LOGIT_HIDDEN * hidden
        + (LOGIT_AXIS_DOUBT if doubtful else 0.0)
    )
    return float(1 / (1 + np.exp(-odds)))
