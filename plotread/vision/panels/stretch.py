"""Open frames: where only gridlines tell the plot area, curves may run past the outermost one."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.geometry import Frame, cluster
from plotread.vision.types import Line, Mask

END_TOLERANCE_PX = 3.0  # a crossing line that ends this near a side closes it
SAME_PX = 3.0  # edges of one gridline, and its distance from where the pitch puts it
START_SHARE = 0.02  # of the frame's width: the ticks of numbered gridlines reach so far beyond the others
ROW_COVER, COLUMN_COVER = 0.5, 0.9  # share of the frame along a gridline; steep flanks run less high
SEVERAL = 2  # columns inside that are a grid; one may be a spike
PITCHES = 1.0  # spacings of the grid that a curve may run past its last line
LEAST_PX = 2.0  # less is the stroke's own width
SLANT_PX = 21  # a stroke may move sideways by ten px while it crosses a gridline
ERASE_PX = 1  # rows around a gridline that are cut out before ink is followed across it


def stretch(frame: Frame, lines: tuple[Line, ...], ink: Mask) -> tuple[Frame, bool]:
    """Move open sides of a frame out to the ink that crosses them.

    Returns
    -------
    frame : Frame
    loose : bool
        Whether a side was moved, so that its place rests on the curves alone.
    """
    top, bottom = frame.top, frame.bottom
    rows = sorted(
        line.position
        for line in lines
        if line.horizontal
        and top - 1 <= line.position <= bottom + 1
        and min(line.end, frame.right) - max(line.start, frame.left) > ROW_COVER * frame.width
    )
    if len(rows) < 2 or _has_columns(frame, lines):
        return frame, False
    rows = [float(np.mean([rows[i] for i in group])) for group in cluster(rows, SAME_PX)]
    if len(rows) < 2:
        return frame, False
    pitch = float(np.median(np.diff(rows)))
    top, bottom = _onward(frame, top, -pitch, lines), _onward(frame, bottom, pitch, lines)
    top = _reach(frame, top, -1, pitch, ink)
    bottom = _reach(frame, bottom, 1, pitch, ink)
    if top == frame.top and bottom == frame.bottom:
        return frame, False
    return Frame(frame.left, top, frame.right, bottom), True


def _onward(frame: Frame, side: float, pitch: float, lines: tuple[Line, ...]) -> float:
    """Where gridlines without a number go on from side to side, at the pitch of the others."""
    while True:
        further = [
            line for line in lines if line.horizontal and abs(line.position - side - pitch) <= SAME_PX
        ]
        covered = sum(line.end - line.start for line in further)
        if (
            covered < ROW_COVER * frame.width
            or abs(max(line.end for line in further) - frame.right) > END_TOLERANCE_PX
            or min(line.start for line in further) > frame.left + START_SHARE * frame.width
        ):
            return side
        side = float(np.mean([line.position for line in further]))


def _has_columns(frame: Frame, lines: tuple[Line, ...]) -> bool:
    """Whether vertical spines or gridlines close the frame: on a side, or several inside."""
    columns = [
        line.position
        for line in lines
        if not line.horizontal
        and line.kind == "stroke"
        and frame.left - END_TOLERANCE_PX <= line.position <= frame.right + END_TOLERANCE_PX
        and min(line.end, frame.bottom) - max(line.start, frame.top) > COLUMN_COVER * frame.height
    ]
    sides = [
        p for p in columns if min(abs(p - frame.left), abs(p - frame.right)) <= END_TOLERANCE_PX
    ]  # fmt: skip
    return bool(sides) or len(columns) >= SEVERAL


def _reach(frame: Frame, side: float, outward: int, pitch: float, ink: Mask) -> float:
    """How far ink that starts inside runs past a horizontal side, at most one pitch."""
    a, b = sorted((side - outward * pitch / 2, side + outward * pitch * PITCHES))
    first, last = max(0, round(a)), min(ink.shape[0], round(b) + 1)
    left, right = max(0, round(frame.left)), min(ink.shape[1], round(frame.right) + 1)
    strip = ink[first:last, left:right].astype(np.uint8)
    line = round(side) - first
    if not 0 < line < len(strip) - 1:
        return side
    # The gridline itself would join everything: bridge it only where ink stands on both its sides.
    low, high = max(0, line - ERASE_PX), min(len(strip), line + ERASE_PX + 1)
    above, below = strip[max(0, low - 1)], strip[min(len(strip) - 1, high)]
    wide = np.ones((1, SLANT_PX), np.uint8)
    strip[low:high] = cv2.dilate(above[None], wide)[0] & cv2.dilate(below[None], wide)[0]
    count, _, stats, _ = cv2.connectedComponentsWithStats(strip, connectivity=8)
    edge = side
    for i in range(1, count):
        y0, y1 = stats[i, 1] + first, stats[i, 1] + stats[i, 3] - 1 + first
        if y0 < side - LEAST_PX and y1 > side + LEAST_PX:
            edge = min(edge, float(y0)) if outward < 0 else max(edge, float(y1))
    return edge
