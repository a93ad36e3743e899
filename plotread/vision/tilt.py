"""Pictures turned by a degree or two: photographs and scans of plots, straightened before they are read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from plotread.geometry import Frame
from plotread.model import RGB, Axis, Floats
from plotread.vision.types import PanelFrame, Raster

MOST_DEGREES = 6.0  # more is no slip but a picture on its side
LEAST_DEGREES = 0.15  # less is lost in the pixels
SEARCH_PX = 1200  # longest side of the picture in which segments are looked for
LONG_SHARE = 0.05  # of the longer side: shorter segments are letters and pieces of curves
SAME_DEGREES = 0.12  # by which segments of one tilt differ
LEAST_SEGMENTS, LEAST_IN_ALL = 2, 6  # in each direction, in both: every line has an edge on either side
MOST_UPRIGHT = 0.34  # of the length of the tilted segments: more upright ones, and the picture is straight


@dataclass(frozen=True, slots=True, eq=False)
class Straightened:
    """A picture turned back, and the way from its pixels to those of the picture as it came.

    Attributes
    ----------
    raster : Raster
    back : (2, 3) float array
        ``back @ (x, y, 1)``.
    """

    raster: Raster
    back: Floats

    def frame(self, frame: Frame) -> Frame:
        """The upright hull, in the picture as it came, of a frame in the straightened one."""
        ends = (frame.left, frame.right), (frame.top, frame.bottom)
        corners = np.array([(x, y, 1.0) for x in ends[0] for y in ends[1]])
        x, y = self.back @ corners.T
        return Frame(float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def tilt(raster: Raster) -> float | None:
    """By how many degrees the lines of a picture fall to the right; None for a picture that is straight.

    Long straight segments (von Gioi et al. 2010) vote for an angle; it counts where level and upright
    ones agree on it, which slopes of curves never do.
    """
    longest = max(raster.width, raster.height)
    factor = min(1.0, SEARCH_PX / longest)
    grey = cv2.cvtColor(raster.rgb, cv2.COLOR_RGB2GRAY)
    if factor < 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    found: object = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:  # not a single segment
        return None
    segments = np.array(found, dtype=np.float64).reshape(-1, 4)
    run, fall = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    length = np.hypot(run, fall)
    level = np.abs(run) >= np.abs(fall)
    # Degrees by which a segment that ought to be level or upright is turned clockwise.
    degrees = np.degrees(np.where(level, np.arctan2(fall * np.sign(run), np.abs(run)),
                                  np.arctan2(-run * np.sign(fall), np.abs(fall))))  # fmt: skip
    fit = (length >= LONG_SHARE * longest * factor) & (np.abs(degrees) <= MOST_DEGREES)
    level, degrees, length = level[fit], degrees[fit], length[fit]
    best: tuple[float, float] | None = None
    for angle in degrees.tolist():
        near = np.abs(degrees - angle) <= SAME_DEGREES
        flat, steep = int((near & level).sum()), int((near & ~level).sum())
        if min(flat, steep) < LEAST_SEGMENTS or flat + steep < LEAST_IN_ALL:
            continue
        weight = float(length[near].sum())
        if best is None or weight > best[0]:
            best = (weight, float(np.average(degrees[near], weights=length[near])))
    if best is None or abs(best[1]) < LEAST_DEGREES:
        return None
    upright = float(length[np.abs(degrees) <= LEAST_DEGREES / 2].sum())
    return best[1] if upright <= MOST_UPRIGHT * best[0] else None


def straighten(raster: Raster, degrees: float, paper: RGB) -> Straightened:
    """Turn a picture back by `degrees`; what comes into view at the corners is `paper`."""
    w, h = raster.width, raster.height
    turn = np.array(cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), degrees, 1.0), dtype=np.float64)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    wide, tall = int(np.ceil(w * cos + h * sin)), int(np.ceil(w * sin + h * cos))
    turn[:, 2] += np.array([(wide - w) / 2, (tall - h) / 2])
    turned = cv2.warpAffine(
        raster.rgb, turn, (wide, tall), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )  # fmt: skip
    rgb = np.asarray(turned, dtype=np.uint8)
    rgb.setflags(write=False)
    back = np.asarray(cv2.invertAffineTransform(turn), dtype=np.float64)
    return Straightened(replace(raster, rgb=rgb), back)


def turned_back(panel: PanelFrame, way: Straightened) -> PanelFrame:
    """A panel of the straightened picture in the pixels of the picture as it came.

    Its frame is the hull of the tilted one; the axes keep their ranges at its ends.
    """
    old, new = panel.frame, way.frame(panel.frame)

    def across(axis: Axis) -> Axis:
        return _moved(axis, (old.left, old.right), (new.left, new.right))

    def up(axis: Axis) -> Axis:
        return _moved(axis, (old.top, old.bottom), (new.top, new.bottom))

    return replace(
        panel, frame=new, x=across(panel.x), y=up(panel.y), y2=None if panel.y2 is None else up(panel.y2),
        flags=panel.flags | {"rotated"},
    )  # fmt: skip


def _moved(axis: Axis, old: tuple[float, float], new: tuple[float, float]) -> Axis:
    """The axis with the pixels from `old` to `new` ends stretched along."""
    factor = (new[1] - new[0]) / (old[1] - old[0])
    ticks = tuple(replace(t, pixel=new[0] + (t.pixel - old[0]) * factor) for t in axis.ticks)
    if axis.scale is None:
        return replace(axis, ticks=ticks)
    slope = axis.scale.slope / factor
    first = axis.scale.slope * old[0] + axis.scale.offset
    scale = replace(axis.scale, slope=slope, offset=first - slope * new[0])
    return replace(axis, scale=scale, ticks=ticks, resolution=abs(slope))
