"""How far ink in the colors of the curves runs on past a side of a frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.pixels import INK_CONTRAST
from plotread.vision.types import Mask, RGBImage

LEAST_PX = 2.0  # px past a side; less is the stroke's own width
SLANT_PX = 9  # a stroke may move sideways by four px while it crosses a gridline
ERASE_PX = 1  # rows around a gridline that are cut out before ink is followed across it
CROSS_PX = 2  # columns around a crossing line that hold its ink
CELL_LEVELS = 16  # levels of one channel, in which colors are compared: the same or the next cell
DEPTH = 0.5  # of the frame, inside of a side, whose ink shows the colors of the curves


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A picture turned so that a side of a frame is level and what is outside of it lies below.

    Attributes
    ----------
    rgb : (H, W, 3) uint8
    ink : (H, W) bool array
    at : float
        Place of the side, row.
    first, last : float
        Columns between which it runs.
    depth : float
        Rows from it to the opposite side.
    crossing : tuple of float
        Columns of the lines that cross it.
    """

    rgb: RGBImage
    ink: Mask
    at: float
    first: float
    last: float
    depth: float
    crossing: tuple[float, ...]


def reach(strip: Strip, limit: float) -> float:
    """How far ink that starts inside runs past the side, px; 0 where none does.

    Parameters
    ----------
    strip : Strip
    limit : float
        Rows beyond the side in which it is followed.
    """
    left, right = max(0, round(strip.first)), min(strip.ink.shape[1], round(strip.last) + 1)
    high = max(0, round(strip.at - DEPTH * strip.depth))
    low = min(len(strip.ink), round(strip.at + limit) + 1)
    side = round(strip.at) - high
    rgb = strip.rgb[high:low, left:right]
    if not 1 + ERASE_PX < side < len(rgb) - 1 or rgb.shape[1] == 0:
        return 0.0
    ink = strip.ink[high:low, left:right].astype(np.uint8)
    for place in strip.crossing:
        _erase(ink.T, rgb.transpose(1, 0, 2), place - left, CROSS_PX, side)
    inner = ink[: side - ERASE_PX] > 0
    ink[side - ERASE_PX - 1 :] &= _has_color(
        rgb[side - ERASE_PX - 1 :], rgb[: side - ERASE_PX][inner]
    ).astype(np.uint8)
    # The gridline itself would join everything: bridge it only where ink stands on both its sides,
    # or by what has another color than it.
    near = slice(max(0, side - ERASE_PX), side + ERASE_PX + 1)
    before, after = ink[side - ERASE_PX - 1], ink[min(len(ink) - 1, side + ERASE_PX + 1)]
    wide = np.ones((1, SLANT_PX), np.uint8)
    bridge = cv2.dilate(before[None], wide)[0] & cv2.dilate(after[None], wide)[0]
    _erase(ink, rgb, float(side), ERASE_PX, rgb.shape[1])
    ink[near] |= bridge
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    edge = strip.at
    for i in range(1, count):
        y0 = stats[i, cv2.CC_STAT_TOP] + high
        y1 = y0 + stats[i, cv2.CC_STAT_HEIGHT] - 1
        if y0 < strip.at - LEAST_PX and y1 > strip.at + LEAST_PX:
            edge = max(edge, float(y1))
    return edge - strip.at


def axis_end(strip: Strip, axis: float, mark: float) -> float:
    """How far an axis that crosses the side runs on under marks, px; 0 where it ends at the side.

    Parameters
    ----------
    strip : Strip
    axis : float
        Its column.
    mark : float
        Rows that a mark on it may hide; the end of an axis is at the middle of the last one.
    """
    column, row = round(axis), round(strip.at)
    color = np.median(strip.rgb[max(0, round(strip.at - strip.depth)) : row, column], axis=0)
    onto = np.array([_near(pixel, color) for pixel in strip.rgb[row + 1 :, column]], dtype=bool)
    inked = strip.ink[row + 1 :, column] & ~onto
    done = 0  # rows beyond the side
    while True:
        further = np.flatnonzero(onto[done : done + 1 + int(mark)])
        # An open mark shows the paper in its middle.
        if len(further) == 0 or (further[0] > 0 and not (inked[done] and inked[done + further[0] - 1])):
            break
        done += int(further[0]) + 1
    hidden = _leading(inked[done:])
    if done + hidden >= len(onto) or hidden > mark:
        hidden = 0
    moved = row + done - strip.at if done else 0.0
    return moved + (hidden / 2 if hidden > LEAST_PX else 0.0)


def _leading(on: Mask) -> int:
    """How many pixels are on before the first that is not."""
    off = np.flatnonzero(~on)
    return int(off[0]) if len(off) else len(on)


def _near(pixel: NDArray[np.uint8], color: NDArray[np.float64]) -> bool:
    return bool(np.abs(pixel - color).max() <= INK_CONTRAST)


def _erase(ink: NDArray[np.uint8], rgb: RGBImage, place: float, around: int, end: int) -> None:
    """Take the ink of a line near a row out of a mask: such of the color that most of it has up to `end`."""
    for row in range(max(round(place) - around, 0), min(round(place) + around + 1, len(ink))):
        color = np.median(rgb[row, :end].reshape(-1, 3), axis=0)
        off = np.abs(rgb[row].astype(np.float32) - color).max(axis=1)
        ink[row] &= off > INK_CONTRAST


def _has_color(rgb: RGBImage, colors: NDArray[np.uint8]) -> Mask:
    """Where pixels have one of these colors, or nearly so, (H, W)."""
    cells = 256 // CELL_LEVELS
    known = np.zeros((cells + 2,) * 3, bool)
    r, g, b = (colors // CELL_LEVELS).T
    for dr in range(3):
        for dg in range(3):
            for db in range(3):
                known[r + dr, g + dg, b + db] = True
    r, g, b = np.moveaxis(rgb // CELL_LEVELS, -1, 0)
    return np.asarray(known[r + 1, g + 1, b + 1])
