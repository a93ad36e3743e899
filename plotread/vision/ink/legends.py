"""Legends inside a panel: their frames, and curves that are seen through them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.ink.background import Mask, Sheet
from plotread.vision.ink.colors import GREY_LEVELS, is_grey
from plotread.vision.ink.furniture import EDGE_FULL, under_words
from plotread.vision.ink.inks import Ink
from plotread.vision.ink.pieces import grown
from plotread.vision.pixels import channel_spread
from plotread.vision.types import LegendEntry

THROUGH = 0.5  # coverage from which a colored pixel among the words of a legend is a curve's
HUE_SHARE = 0.5  # of an ink's spread of channels that its pixels there show
SWATCH_MARGIN = 0.5  # digit heights around a sample that are its own
WORD_INK = 60.0  # levels; pixels as an entry's color
COLORED_WORDS = 0.12  # share of the words' box in that color: the words themselves have it
FRAME_REACH = 1.5  # digit heights from the words and samples of a legend to its frame
FRAME_INWARDS = 2  # times as far inwards, where a curve lengthened a sample
FRAME_LEVELS = 15.0  # contrast of its lines, which are pale as often as not ...
FAINT_LEVELS = 10.0  # ... and of one of its sides, which lies between two rows of pixels
FRAME_HUE = 0.4  # spread of the channels of its lines, as a share of their contrast
FRAME_THICK_PX, FRAME_THICK = 5, 0.3  # px, digit heights, whichever is more; thicker edges are none


def through_legends(sheet: Sheet, legend: tuple[LegendEntry, ...], obstacles: tuple[Box, ...]) -> Mask:
    """Where curves may be seen through a legend without a fill: its boxes, the samples left out.

    Nothing shows through a fill; where there is none, ink of a curve's own color lies among the words.
    A legend in a lossy picture, and words that are not black or grey, are left shut.

    Returns
    -------
    (H, W) bool array
    """
    shut = np.zeros(sheet.contrast.shape, dtype=bool)
    own = [e for e in legend if not e.direct]
    around = tuple(box for box in obstacles if any(box.overlap(e.box) for e in own))
    if sheet.lossy or not around:
        return shut
    samples = under_words(sheet, tuple(_sample_place(e.swatch, own) for e in own), SWATCH_MARGIN)
    for entry in own:
        words = sheet.rgb[under_words(sheet, (entry.box,), 0.0) & ~samples]
        near = np.abs(words - np.array(entry.color, np.float32)).max(axis=1) <= WORD_INK
        if len(words) and float((near & (channel_spread(words) >= GREY_LEVELS)).mean()) > COLORED_WORDS:
            return shut
    return under_words(sheet, around, 0.0) & ~samples


def shut_per_ink(
    sheet: Sheet, inks: tuple[Ink, ...], alpha: NDArray[np.float32], blocked: Mask, through: Mask
) -> Mask:
    """Per ink the blocked pixels, less those as colored as the ink is where legends let curves through.

    Letters on an ink's ray are not so colored; for a grey ink nothing tells.
    """
    shut = np.repeat(blocked[None], len(inks), axis=0)
    rows, columns = np.nonzero(through)
    spread = channel_spread(sheet.rgb[rows, columns])
    for ink, layer, own in zip(inks, alpha, shut, strict=True):
        if not is_grey(ink.color, sheet.paper):
            seen = (layer[rows, columns] > THROUGH) & (spread >= HUE_SHARE * float(np.ptp(ink.color)))
            own[rows[seen], columns[seen]] = False
    return shut


def legend_frame(sheet: Sheet, legend: tuple[LegendEntry, ...]) -> Mask:
    """The frame drawn around a legend, which curves may cross: thin lines along all its sides.

    Returns
    -------
    (H, W) bool array
    """
    own = [e for e in legend if not e.direct]
    if not own:
        return np.zeros(sheet.contrast.shape, dtype=bool)
    frame = _frame_around(sheet, [e.box for e in own])
    if frame.any():
        return frame
    # Boxes of words may have taken the frame in; the samples have not.
    rows = [Box(e.box.x0, e.swatch.y0, e.box.x1, e.swatch.y1) for e in own]
    return _frame_around(sheet, rows)


def _frame_around(sheet: Sheet, own: list[Box]) -> Mask:
    frame = np.zeros(sheet.contrast.shape, dtype=bool)
    z = sheet.zoom
    x0, x1 = (min(b.x0 for b in own) - sheet.x0) // z, (max(b.x1 for b in own) - sheet.x0) // z
    y0, y1 = (min(b.y0 for b in own) - sheet.y0) // z, (max(b.y1 for b in own) - sheet.y0) // z
    reach = round(FRAME_REACH * sheet.text_px)
    # A level curve under the legend's fill would pass for its frame, but for its color.
    hue = channel_spread(sheet.rgb - sheet.paper)
    if np.ptp(sheet.paper) > 0:  # on tinted paper a grey line has the hue that the paper has not
        hue = np.minimum(hue, channel_spread(sheet.rgb))
    colorless = hue <= FRAME_HUE * sheet.contrast
    bare = ~sheet.grid & colorless
    thick = max(FRAME_THICK_PX, round(FRAME_THICK * sheet.text_px))
    sides = _sides((sheet.contrast > FRAME_LEVELS) & bare, (x0, x1), (y0, y1), reach, thick)
    if sum(side is None for side in sides) == 1:
        fainter = _sides((sheet.contrast > FAINT_LEVELS) & bare, (x0, x1), (y0, y1), reach, thick)
        sides = tuple(side or other for side, other in zip(sides, fainter, strict=True))
    at_the_border = [x0 <= reach, sheet.width - 1 - x1 <= reach, y0 <= reach, sheet.height - 1 - y1 <= reach]
    found = [side is not None for side in sides]
    if not all(f or b for f, b in zip(found, at_the_border, strict=True)) or sum(found) < 2:
        return frame  # a side may lie on the frame of the panel
    upright, level = sides[:2], sides[2:]
    rows = level[0][0] if level[0] else 0, level[1][1] + 1 if level[1] else sheet.height
    columns = upright[0][0] if upright[0] else 0, upright[1][1] + 1 if upright[1] else sheet.width
    for line in filter(None, upright):
        frame[slice(*rows), line[0] : line[1] + 1] = True
    for line in filter(None, level):
        frame[line[0] : line[1] + 1, slice(*columns)] = True
    return grown(frame)


def _sides(
    ink: Mask, x: tuple[int, int], y: tuple[int, int], reach: int, thick: int
) -> tuple[tuple[int, int] | None, ...]:
    """First and last px across of the left, right, upper and lower side around a box, None where none is."""
    # A sample that a curve runs into reaches out of the frame: there it lies inwards of the box.
    upright = [
        _thin_line(ink.T, at, sense, y, reach, thick)
        or _thin_line(ink.T, at, -sense, y, FRAME_INWARDS * reach, thick)
        for at, sense in ((x[0], -1), (x[1], 1))
    ]
    return *upright, *(_thin_line(ink, at, sense, x, reach, thick) for at, sense in ((y[0], -1), (y[1], 1)))


def _thin_line(
    ink: Mask, at: int, sense: int, along: tuple[int, int], reach: int, thick: int
) -> tuple[int, int] | None:
    """First and last row of a thin line that runs along a box: from its edge at `at` on, `sense` outwards."""
    low, high = max(along[0], 0), min(along[1], ink.shape[1])
    rows = [r for r in range(at - sense, at + sense * (reach + 1), sense) if 0 <= r < len(ink)]
    if high - low < 2 or not rows:
        return None
    full = ink[rows, low:high].mean(axis=1) >= EDGE_FULL
    if not full.any():
        return None
    first = int(full.argmax())
    last = first + int(np.append(~full[first:], True).argmax()) - 1
    if last - first >= thick:
        return None
    a, b = sorted((rows[first], rows[last]))
    return a, b


def _sample_place(sample: Box, legend: list[LegendEntry]) -> Box:
    """A sample as long as the others of its column: of one that a curve crosses only a part was seen."""
    column = [e.swatch for e in legend if max(e.swatch.x0, sample.x0) < min(e.swatch.x1, sample.x1)]
    return Box(min(b.x0 for b in column), sample.y0, max(b.x1 for b in column), sample.y1)
