"""Draw the reading again and compare it with the picture.

Two questions, asked in pixels.  Is there ink of the right color all along each curve that was
told (*support*)?  And does a curve explain all ink of its color in the panel (*leftover*)?
Their answers give each series its confidence and the panel its doubts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from plotread.geometry import Box
from plotread.model import NO_FLAGS
from plotread.vision.coverage import coverage_of, footprint, paper_of
from plotread.vision.types import Mask, PanelFrame, PanelWords, Raster, Trace

# Distance between samples along a curve, px: finer than any stroke.
SAMPLE_STEP_PX = 0.5
# Most samples taken along one curve; a dense curve is thinned evenly to this.
MAX_SAMPLES = 40_000
# Least share of the ink in a pixel that counts as lying on the stroke (a stroke of 1 px whose
# centre falls between two pixels leaves 0.5 in each; noise and rims leave less than 0.3).
LEAST_COVERAGE = 0.3
# Below this support, or above this leftover, the doubt is told as a flag.
WEAK_SUPPORT = 0.85
MUCH_LEFTOVER = 0.15
# An ink needs this many pixels in the panel before its leftover means anything.
LEAST_INK_PX = 30
# Log odds that a series holds the limits of the score (median 0.5%, 95% within 2% of the span), by
# logistic regression over 3,112 series of public, drawn and damaged figures, hard compositions among them
# (scripts/reliability.py), the base lowered by 0.5 so that 97% pass of those at 0.9 and above.  By
# confidence: 24% pass below 0.3 (42 series), 49% to 0.5 (72), 73% to 0.7, 84% to 0.8, 91% to 0.9, 97.2%
# above (1,473); of figures drawn apart that nobody looked at, above 0.9: 96.6% of 145 hard ones
# (`render_hard.py`, seed 302) and 98.1% of 160 everyday ones (`render_everyday.py`, seed 403).
LOG_ODDS = {
    "base": 2.78,
    "missing_support": -5.2,  # per unit of length off its own ink
    "leftover": -1.57,  # per unit of its ink that it does not explain
    "hidden": -1.67,  # per unit of hidden length
    "axis_doubt": -0.66,  # a scale or frame that rests on little
    "crowd": -1.04,  # per natural logarithm of the number of curves
    "pair": 0.35,  # raw and smoothed in one hue
    "recovered": 1.12,  # logged points that draw the picture again
    "lossy": 0.18,
    "thin": -0.74,  # pen under THIN_PX
    "outlines": -0.11,  # markers of which the steps are not known
}
THIN_PX = 1.2
MOST_LEFTOVER = 0.5
AXIS_DOUBTS = frozenset({"scale_from_two_ticks", "scale_loose", "tick_label_outlier", "frame_loose"})


@dataclass(frozen=True, slots=True)
class TraceCheck:
    """What drawing says of one curve: the features behind its confidence, and that confidence."""

    features: dict[str, float]
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
    paper = paper_of(pixels)
    drawn = [footprint(trace, box) for trace in traces]
    busy = np.sum(drawn, axis=0, dtype=np.uint16) if drawn else np.zeros(pixels.shape[:2], np.uint16)
    search = busy == 0
    for obstacle in words.obstacles:
        inside = obstacle.clip(raster.width, raster.height)
        search[max(inside.y0 - box.y0, 0) : max(inside.y1 - box.y0, 0),
               max(inside.x0 - box.x0, 0) : max(inside.x1 - box.x0, 0)] = False  # fmt: skip

    checks = []
    for i, trace in enumerate(traces):
        others = busy > drawn[i]
        own = coverage_of(pixels, paper, trace.color)
        support = _support(trace, box, own >= LEAST_COVERAGE * trace.opacity, others)
        total = int((own > 0.5 * trace.opacity).sum())
        loose = int(((own > 0.5 * trace.opacity) & search).sum())
        leftover = loose / total if total >= LEAST_INK_PX else 0.0
        hidden = 1.0 - float(trace.observed.mean()) if len(trace.observed) else 0.0
        flags = NO_FLAGS
        if support < WEAK_SUPPORT:
            flags |= {"weak_support"}
        features = {
            "base": 1.0,
            "missing_support": 1.0 - support,
            "leftover": min(leftover, MOST_LEFTOVER),
            "hidden": hidden,
            "axis_doubt": float(bool(AXIS_DOUBTS & (panel.x.flags | panel.y.flags | panel.flags))),
            "crowd": math.log(len(traces)),
            "pair": float(trace.role is not None),
            "recovered": float(trace.recovered),
            "lossy": float(raster.lossy),
            "thin": float(trace.width_px < THIN_PX),
            "outlines": float(trace.marker is not None and not trace.recovered and trace.line != "none"),
        }
        checks.append(TraceCheck(features, confidence(features), flags))
    flags = NO_FLAGS
    if any(check.features["leftover"] > MUCH_LEFTOVER for check in checks):
        flags |= {"ink_unexplained"}
    return PanelCheck(tuple(checks), flags)


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


def confidence(features: dict[str, float]) -> float:
    """Probability, 0 to 1, that a series with these features holds the limits of the score."""
    return 1 / (1 + math.exp(-sum(LOG_ODDS[name] * value for name, value in features.items())))
