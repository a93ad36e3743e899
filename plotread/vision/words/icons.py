"""Little drawings of a curve that stand for it in a legend: a slash, a zigzag, dots on a zigzag."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.geometry import Box
from plotread.vision.pixels import channel_spread
from plotread.vision.types import Mask
from plotread.vision.words.parts import Sheet, TextLine
from plotread.vision.words.swatch import MIN_LINE_HEIGHT, SPARE, Swatch

SIZE = (0.5, 1.9)  # th; both sides of an icon
ASPECT = 2.0  # of its longer side to the shorter one, at most
GAP = (0.2, 2.6)  # th; to its text
REACH = 1.5  # line heights above and below the middle; icons are taller than words
LEVEL = 0.5  # line heights; its middle stands this near to that of its words
VIVID_LEVELS = 22  # levels between the channels of its ink
MARK_FILL, MARK_HULL = 0.45, 0.85  # of its box and of its convex hull that is ink: a marker, no drawing
WORD = 2  # glyphs of its text at least


def find_icon(sheet: Sheet, line: TextLine) -> Swatch | None:
    """The icon left of a line of text, or None.

    A sample lies flat; a piece of ink that does not is a curve, unless it is small, colored and alone.

    Parameters
    ----------
    sheet : Sheet
    line : TextLine
    """
    if line.colored or len(line.glyphs) < WORD:
        return None
    height = max(line.height, MIN_LINE_HEIGHT * sheet.th)
    middle = line.box.center[1]
    window = Box(
        line.box.x0 - sheet.px(GAP[1] + SIZE[1]), round(middle - REACH * height),
        line.box.x0 - SPARE, round(middle + REACH * height) + 1,
    ).clip(sheet.width, sheet.height)  # fmt: skip
    if window.width < 2 or window.height < 2:
        return None
    ink = channel_spread(sheet.rgb[window.slices]) >= VIVID_LEVELS
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(ink, dtype=np.uint8))
    found = []
    for k, (x, y, w, h, _) in enumerate(stats[1:count].tolist(), start=1):
        whole = x > 0 and y > 0 and x + w < window.width and y + h < window.height
        small = SIZE[0] * sheet.th <= min(w, h) and max(w, h) <= min(SIZE[1] * sheet.th, ASPECT * min(w, h))
        box = Box(window.x0 + x, window.y0 + y, window.x0 + x + w, window.y0 + y + h)
        gap = (line.box.x0 - box.x1) / sheet.th
        if whole and small and GAP[0] <= gap <= GAP[1] and abs(box.center[1] - middle) <= LEVEL * height:
            mark = _is_mark(np.asarray(labels[y : y + h, x : x + w] == k))
            found.append(Swatch(box, "left", gap, disc=False, vivid=True, icon=not mark))
    return found[0] if len(found) == 1 else None


def _is_mark(inked: Mask) -> bool:
    """Whether a small piece of ink is a filled marker: stout, and without bays in its outline."""
    if float(inked.mean()) < MARK_FILL:
        return False
    rows, columns = np.nonzero(inked)
    hull = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.int32))
    filled = cv2.fillConvexPoly(np.zeros(inked.shape, np.uint8), hull, 1)
    return len(rows) >= MARK_HULL * int(filled.sum())
