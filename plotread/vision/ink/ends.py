"""The first and last px of a curve, which the frame and other curves hide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Frame

FRAME_REACH_PX = 5.5  # px; an end this close to the side of the frame goes straight on to it
FIT_PX = 6.0  # px of the curve that give the direction of its end
MIN_FIT = 3  # points


def to_the_frame(points: NDArray[np.float64], frame: Frame) -> NDArray[np.float64]:
    """Prolong ends that stop just short of the sides of the frame.

    Parameters
    ----------
    points : (N, 2) float array
        x ascending, sheet px.
    frame : Frame
        In the same px.
    """
    if len(points) < MIN_FIT:
        return points
    x = points[:, 0]
    parts = [points]
    if 0.3 < x[0] - frame.left <= FRAME_REACH_PX:
        parts.insert(0, _prolonged(points[x <= x[0] + FIT_PX], frame.left, frame))
    if 0.3 < frame.right - x[-1] <= FRAME_REACH_PX:
        parts.append(_prolonged(points[x >= x[-1] - FIT_PX], frame.right, frame))
    return np.concatenate(parts)


def _prolonged(end: NDArray[np.float64], x: float, frame: Frame) -> NDArray[np.float64]:
    if len(end) < MIN_FIT or np.ptp(end[:, 0]) < 1:
        y = float(end[:, 1].mean())
    else:
        slope, offset = np.polyfit(end[:, 0], end[:, 1], 1)
        y = float(slope * x + offset)
    return np.array([[x, min(max(y, frame.top), frame.bottom)]])
