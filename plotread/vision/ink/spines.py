"""Steep ends on a side of the frame, whose spine covers the pen lengthwise.

A curve that begins on the left spine and falls at once shows only a sliver of its first px; where its
stroke is clear of the spine, further down, its middle tells the straight line that leads back to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Frame
from plotread.vision.ink.background import INK
from plotread.vision.ink.ends import STEEP, mirrored

REACH_PX = 6.0  # px from the side of the frame within which such an end shows its first ink
CLEAR_COVER, FULL = 0.1, 0.9  # coverage of paper beside a stroke, at most, and of its inner pixels, at least
WHOLE = 0.93  # pens across that a thin stroke, which fills no pixel, shows where the spine leaves all of it
SPINE_BLUR_PX = 2  # px beyond the first ink into which a spine may shine
FIT_ROWS, LEAST_ROWS = 30, 6  # rows of clear stroke that tell its line
ALIKE = 0.35  # share by which half the stroke across may differ from half the pen
STRAIGHT_PX = 0.4  # px from that line, at most, across
STEEPEST = 33.0  # px per px; beyond it a third of a pixel across is more than the spine hides
ACROSS_PX = 1.0  # px across between the flank's first sight as the line foretells it and as it is, at most

Points = NDArray[np.float64]


def from_spines(points: Points, alpha: NDArray[np.float32], frame: Frame, width: float) -> Points:
    """Points of a curve with its steep ends led on to the sides of the frame.

    Parameters
    ----------
    points : (N, 2) float array
        Sheet px, x ascending.
    alpha : (H, W) float32
        Coverage by this curve alone.
    frame : Frame
        In sheet px.
    width : float
        Pen, px.

    Returns
    -------
    (M, 2) float array
    """
    rows = (frame.top, frame.bottom)
    first = _end(points, alpha, frame.left, rows, width)
    right = alpha.shape[1] - 1.0
    flipped = mirrored(points, right)
    last = _end(flipped, alpha[:, ::-1], right - frame.right, rows, width)
    if last is not None:
        flipped = np.concatenate([last, flipped[flipped[:, 0] > last[0, 0] + 0.3]])
        points = mirrored(flipped, right)
    if first is not None:
        points = np.concatenate([first, points[points[:, 0] > first[0, 0] + 0.3]])
    return points


def _end(
    points: Points, alpha: NDArray[np.float32], side: float, rows: tuple[float, float], width: float
) -> Points | None:
    """Where the curve meets the left side of the frame and where it is clear of it, (2, 2), if both show.

    `rows` are the top and bottom of the frame.
    """
    if len(points) < 2 or points[0, 0] - side > REACH_PX:
        return None
    ink = alpha > INK
    columns = np.flatnonzero(ink[:, : max(int(side + REACH_PX) + 1, 1)].any(axis=0))
    if len(columns) == 0:
        return None
    edge = int(columns[0])
    sliver = np.flatnonzero(ink[:, edge])
    inner = np.flatnonzero(ink[:, min(edge + 2, ink.shape[1] - 1)])
    if len(inner) == 0 or sliver.mean() == inner.mean():
        return None
    if inner.mean() < sliver.mean():  # it rises: the same, upside down
        bottom = len(alpha) - 1.0
        told = _end(points, alpha[::-1], side, (bottom - rows[1], bottom - rows[0]), width)
        return None if told is None else np.stack([told[:, 0], bottom - told[:, 1]], axis=1)
    line = _line(alpha, edge, int(sliver[0]), width)
    if line is None:
        return None
    shift, start, at_start = line  # x = at_start + shift * (y - start)
    if shift <= 0 or not STEEP <= 1 / shift <= STEEPEST:
        return None
    tip = start + (side - at_start) / shift
    # The sliver shows from where the stroke's flank comes out from under the spine.
    shown = max(tip, start + (edge - 0.5 - width / 2 - at_start) / shift)
    if tip >= start or abs(shown - (sliver[0] - 0.5)) * shift > ACROSS_PX:
        return None
    # What leads to within a pixel of the corner, across, begins there: axes without margins end at the data.
    tip = rows[0] if abs(tip - rows[0]) * shift <= ACROSS_PX else max(tip, rows[0])
    return np.array([[side, tip], [at_start, start]])


def _line(
    alpha: NDArray[np.float32], edge: int, top: int, width: float
) -> tuple[float, float, float] | None:
    """Px of x per row, the first row that tells it, and the stroke's middle there.

    The flank away from the spine tells the course also where the other one is still under it; how far
    the middle lies from it is seen further on, where the stroke is clear and still as steep.
    """
    rows: list[float] = []
    flanks: list[float] = []
    halves: list[float] = []
    right = edge + REACH_PX  # no further to the right does the next row begin
    for at in range(top, len(alpha)):
        inked = np.flatnonzero(alpha[at, : int(right + 1)] > INK)
        if len(inked) == 0:
            continue  # a tick or grid line
        row = alpha[at]
        first = int(inked[0])
        stop = first + int(np.argmin(np.append(row[first:] > CLEAR_COVER, False)))
        right = stop + REACH_PX
        places = np.arange(max(first - 1, 0), stop)
        run = row[places]
        mass = float(run.sum())
        if first > edge + SPINE_BLUR_PX:
            halves.append(mass / 2)
        if len(halves) == FIT_ROWS:
            break
        if len(rows) == FIT_ROWS:
            continue
        if run.max() >= FULL:
            inner = int(np.flatnonzero(run >= FULL)[-1])
            flanks.append(float(places[inner] - 0.5 + run[inner:].sum()))
            rows.append(float(at))
        elif mass >= WHOLE * width:
            flanks.append(float((places * run).sum() / mass + mass / 2))
            rows.append(float(at))
    half = float(np.median(halves)) if len(halves) >= LEAST_ROWS else width / 2
    half = half if abs(half - width / 2) <= ALIKE * width / 2 else width / 2
    for count in (len(rows), len(rows) // 2):
        if count < LEAST_ROWS:
            return None
        y, x = np.array(rows[:count]), np.array(flanks[:count]) - half
        shift, offset = np.polyfit(y, x, 1)
        if np.abs(shift * y + offset - x).max() <= STRAIGHT_PX:
            return float(shift), rows[0], float(shift * rows[0] + offset)
    return None
