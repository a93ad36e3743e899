"""Solid marks outside the panels: discs and squares of a legend, which no stroke of a letter is as thick as.

Where a title is printed over a legend its letters touch the samples; taken out first, the samples
neither join the words of two entries to one row nor pass for letters.
"""

from __future__ import annotations

import cv2
import numpy as np

from plotread.geometry import Box
from plotread.vision.types import Mask, RGBImage
from plotread.vision.words.parts import Sheet, Solid, mode_color

SIZE = (0.8, 2.4)  # th; discs and squares of legends
CORE, CORE_PX = 0.55, 5  # th, px; side of a square all of ink, thicker than any stroke of a letter
SQUARE = 0.3  # relative difference of width and height
ARM = 2.5  # th; the line of a sample reaches this far beyond its mark ...
ARM_GAP = 0.4  # th; ... with gaps as wide between its dashes
ARM_DEEP, ARM_DEEP_PX = 0.25, 2  # of the mark's height, px: how far below its middle its line reaches at most
ARM_BAND = 0.2  # of the mark's height, above and below its middle
EVEN_LEVELS, EVEN_SHARE = 24, 0.8  # levels from its colour; share of a mark's inside
LONE = 0.3  # th by which the ink at the middle of a mark without a line is wider than its square core
RIM_PX = 1  # px around a mark: its antialiased edge


def take_solids(sheet: Sheet, mask: Mask, *, colored: bool) -> tuple[Mask, tuple[Solid, ...]]:
    """A text mask without the solid marks outside the panels, and these marks.

    Parameters
    ----------
    sheet : Sheet
    mask : (H, W) bool array
        One colour pass of `ink.text_masks`.
    colored : bool
        Which pass it is.
    """
    outside = mask.copy()
    for frame in sheet.frames:
        outside[frame.inner().clip(sheet.width, sheet.height).slices] = False
    core = max(CORE_PX, round(CORE * sheet.th))
    image = outside.astype(np.uint8)
    opened = np.asarray(cv2.morphologyEx(image, cv2.MORPH_OPEN, np.ones((core, core), np.uint8)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(opened))
    out, solids = mask, []
    for k, (x, y, w, h, _) in enumerate(stats.tolist()):
        if not SIZE[0] * sheet.th <= min(w, h) <= max(w, h) <= SIZE[1] * sheet.th \
                or abs(w - h) > SQUARE * max(w, h):  # fmt: skip
            continue
        where = slice(y, y + h), slice(x, x + w)
        if k == 0 or not _is_even(sheet.rgb[where], labels[where] == k):
            continue
        mark = Box(x, y, x + w, y + h)
        whole = _with_arms(outside, mark, sheet)
        out = out.copy() if out is mask else out
        out[mark.pad(RIM_PX).clip(sheet.width, sheet.height).slices] = False
        half = round(ARM_BAND * h) + RIM_PX
        middle = round(mark.center[1])
        out[middle - half : middle + half + 1, whole.x0 : whole.x1] = False
        solids.append(Solid(whole, whole.width - w <= LONE * sheet.th, colored))
    return out, tuple(solids)


def _is_even(rgb: RGBImage, on: Mask) -> bool:
    """Whether the inside of a mark has one colour; that of letters run together has not."""
    inner = np.asarray(cv2.erode(np.pad(on, 1).astype(np.uint8), np.ones((3, 3), np.uint8)))[1:-1, 1:-1] > 0
    if not inner.any():
        return False
    off = np.abs(rgb[inner].astype(np.int16) - mode_color(rgb[inner])).max(axis=1)
    return float((off <= EVEN_LEVELS).mean()) >= EVEN_SHARE


def _with_arms(mask: Mask, mark: Box, sheet: Sheet) -> Box:
    """A mark with the line or dashes left and right of it, which does not reach down as letters do."""
    reach, gap, middle = sheet.px(ARM), sheet.px(ARM_GAP), round(mark.center[1])
    deep = max(ARM_DEEP_PX, round(ARM_DEEP * mark.height))
    ends = []
    for start, step in ((mark.x0 - 1, -1), (mark.x1, 1)):
        last = start - step
        for x in range(start, start + step * reach, step):
            if not 0 <= x < sheet.width or abs(x - last) > gap + 1:
                break
            inked = bool(mask[middle - deep : middle + deep + 1, x].any())
            # Letters of a title may come down on a line from above; those beside a mark reach below it.
            on, below = mask[middle - 1 : middle + 2, x], mask[middle + deep + 1 : mark.y1 + 1, x]
            if abs(x - start) >= RIM_PX and inked and (below.any() or not on.any()):
                break
            if inked:
                last = x
        ends.append(last)
    return Box(min(ends[0], mark.x0), mark.y0, max(ends[1] + 1, mark.x1), mark.y1)
