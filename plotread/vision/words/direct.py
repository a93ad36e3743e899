"""Names written at the ends of their curves, where a panel has no legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.types import Mask, RGBImage
from plotread.vision.words.legend import LETTER, NUMERIC, STROKES, ZIGZAG
from plotread.vision.words.parts import Sheet, TextLine, mode_color
from plotread.vision.words.reading import ReadWords, read_lines

RIGHT_PART = 0.4  # of the panel's width; labels at curve ends stand right of this
BEYOND = 5.0  # th; a label begins at most this far right of the frame
JOIN_GAP = 1.2  # th; pieces of a label that the frame's edge has parted
HEIGHT = 2.4  # th; taller scraps are curves
CONFIDENCE = 0.85
END_REACH = (4.0, 1.1)  # th left of the text, th above and below its middle: where its curve ends
INK_NEAR = 48.0  # levels between a label's ink and its curve's
INK_LEVELS = 40  # levels from the background
END_PIXELS = 4  # of the curve's ink in that reach, at least
SAME_COLUMN = 4.0  # th; labels of one panel begin near each other
CORE = 0.75  # of the strongest difference to the background: ink and not its rim
MIN_LABELS = 2  # one word beside a curve is a note, ...
OUTSIDE = 1.0  # th; ... unless it begins at the frame or behind it, in its curve's own ink
MAX_READ = 12  # lines read per panel


@dataclass(frozen=True, slots=True)
class DirectLabel:
    """A line of text at a curve's end and the colour of that curve."""

    line: TextLine
    color: NDArray[np.float64]


def find_direct(
    sheet: Sheet, index: int, lines: Sequence[TextLine], masks: tuple[Mask, Mask], read_words: ReadWords
) -> list[DirectLabel]:
    """Labels at the ends of the curves of one panel.

    Parameters
    ----------
    sheet : Sheet
    index : int
        The panel.
    lines : sequence of TextLine
        Lines that belong to no legend.
    masks : pair of (H, W) bool arrays
        Grey and coloured text ink.
    read_words : callable

    Returns
    -------
    list of DirectLabel
        Top to bottom; empty unless at least two labels begin in one column, or one stands outside the
        frame in its curve's ink.
    """
    frame = sheet.frames[index]
    start = frame.left + RIGHT_PART * frame.width
    near = [
        line for line in lines
        if line.region in (index, -1) and line.height <= HEIGHT * sheet.th
        and start <= line.box.x0 <= frame.right + BEYOND * sheet.th
        and frame.top <= line.box.center[1] <= frame.bottom
    ]  # fmt: skip
    whole = [(line, _end_ink(sheet, line, masks)) for line in _joined(near, sheet)]
    inked = [(line, ink) for line, ink in whole if ink is not None]
    inked.sort(key=lambda pair: (-min(len(pair[0].glyphs), 3), pair[0].box.y0))
    inked = inked[:MAX_READ]
    read = read_lines(sheet, [line for line, _ in inked], read_words)
    found = [
        DirectLabel(line, ink) for line, (_, ink) in zip(read, inked, strict=True)
        if line.confidence >= CONFIDENCE and LETTER.search(line.text)
        and not NUMERIC.fullmatch(line.text) and not STROKES.fullmatch(line.text)
    ]  # fmt: skip
    if len(found) < MIN_LABELS:
        edge = frame.right - OUTSIDE * sheet.th
        return [label for label in found if label.line.colored and label.line.box.x0 >= edge]
    column = float(np.median([label.line.box.x0 for label in found]))
    found = [label for label in found if abs(label.line.box.x0 - column) <= SAME_COLUMN * sheet.th]
    if len({label.line.text for label in found if not ZIGZAG.fullmatch(label.line.text)}) < MIN_LABELS:
        return []
    return sorted(found, key=lambda label: label.line.box.y0)


def _joined(lines: Sequence[TextLine], sheet: Sheet) -> list[TextLine]:
    """Put together what the frame's edge or a change of ink has parted."""
    done: list[TextLine] = []
    for line in sorted(lines, key=lambda item: (item.box.x0, item.box.y0)):
        for i, other in enumerate(done):
            gap = line.box.x0 - other.box.x1
            shared = min(line.box.y1, other.box.y1) - max(line.box.y0, other.box.y0)
            level = shared >= 0.5 * min(line.height, other.height)
            if level and -sheet.th <= gap <= JOIN_GAP * sheet.th:
                glyphs = other.glyphs + line.glyphs
                done[i] = TextLine(other.box.union(line.box), glyphs, other.colored, other.region)
                break
        else:
            done.append(line)
    return done


def _end_ink(
    sheet: Sheet, line: TextLine, masks: tuple[Mask, Mask]
) -> NDArray[np.float64] | None:
    """Colour of the curve that ends left of a line of text: its own ink for coloured words."""
    middle = line.box.center[1]
    reach, half = (round(share * sheet.th) for share in END_REACH)
    window = Box(line.box.x0 - reach, round(middle - half), line.box.x0 - 1, round(middle + half) + 1)
    window = window.clip(sheet.width, sheet.height)
    if window.width < 2 or window.height < 2:
        return None
    pixels = sheet.rgb[window.slices].astype(np.float64)
    if line.colored:
        own = masks[1][line.box.slices]
        if not own.any():
            return None
        color = _core(sheet.rgb[line.box.slices], own)
        same = np.abs(pixels - color).max(axis=2) <= INK_NEAR
        return color if same.sum() >= END_PIXELS else None
    background = mode_color(sheet.rgb[window.slices].reshape(-1, 3))
    ink = np.abs(pixels - background).max(axis=2) > INK_LEVELS
    columns = np.flatnonzero(ink.any(axis=0))
    if ink.sum() < END_PIXELS or len(columns) == 0:
        return None
    last = int(columns[-1])
    tip = slice(max(0, last - sheet.px(1.0)), last + 1)
    return _core(sheet.rgb[window.slices][:, tip], ink[:, tip])


def _core(rgb: RGBImage, ink: Mask) -> NDArray[np.float64]:
    """Colour of the strongest ink: thin letters and strokes are mostly rim."""
    background = mode_color(rgb.reshape(-1, 3))
    strength = np.abs(rgb.astype(np.float64) - background).max(axis=2)
    return mode_color(rgb[ink & (strength >= CORE * strength[ink].max())])
