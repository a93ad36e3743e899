"""What the parts of this stage hand to each other: the sheet they work on, lines and entries.

Lengths are multiples of `Sheet.th`, the height of a tick label's digits in *work* pixels: a large
picture is shrunk once, so that text is found at one size; crops and colours come from full size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, Frame, nearer_above
from plotread.vision.types import PanelFrame, Raster, RGBImage, Ruler, TextBox

WORK_TEXT_PX = 12.0  # digits this tall hold all that finding text needs; more only costs time
TICK_REACH = 3.2  # th; tick labels stand this near their frame
TICK_REACH_BELOW = 2.6  # th; a row of numbers further below may be a legend's
OFFSET_REACH = 3.0  # th; "1e-5" stands this near the frame's top left corner
SURE_NUMBER = 0.9  # confidence of a number that counts for the size of text
ENOUGH_NUMBERS = 4
MIN_NUMBER = 0.7  # confidence; below this a "number" may be a word
PLAIN_NUMBER = re.compile(
    r"[-−–+]?[\d.,]*\d[\d.,]*(?:[eE×x^][-−–+^\de.()]*)?\s?[kKMGBT%]?[-−–]?|\d\d?:\d\d(?::\d\d)?"
)  # a word read as digits has letters or brackets among them
TOO_WIDE = 1.35  # times the width due to its characters
TICK_ALIGN = 0.8  # th; tick labels of a column end together
NUMBER_OVERLAP = 0.6  # share of a line covered by number boxes that makes it a number

Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A row of glyphs that may be text; `box` in work px, `region` the panel it stands in or -1."""

    box: Box
    glyphs: tuple[Box, ...]
    colored: bool
    region: int
    angle: Literal[0, 90, 270] = 0
    text: str = ""
    confidence: float = 0.0

    @property
    def height(self) -> int:
        return self.box.height


@dataclass(frozen=True, slots=True)
class Solid:
    """A solid mark with the line that runs through it (work px); `lone` where there is no line."""

    box: Box
    lone: bool
    vivid: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture at working size with its frames and the boxes of its tick labels (work px)."""

    rgb: RGBImage
    full: RGBImage
    scale: float
    th: float
    frames: tuple[Frame, ...]
    tick_labels: tuple[Box, ...]
    numbers: tuple[Box, ...]
    twins: tuple[bool, ...]
    backgrounds: tuple[tuple[int, int, int], ...]
    cuts: tuple[Box, ...] = ()  # where rows that overprint each other were parted
    solids: tuple[Solid, ...] = ()  # discs and squares outside the panels
    syllables: bool = False  # whether letters stand above each other

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    def px(self, multiple: float) -> int:
        """This many text heights in whole work px, at least one."""
        return max(1, round(multiple * self.th))

    def to_full(self, box: Box) -> Box:
        """A box of work px in px of the image file."""
        if self.scale == 1:
            return box
        grown = Box(
            int(np.floor(box.x0 / self.scale)), int(np.floor(box.y0 / self.scale)),
            int(np.ceil(box.x1 / self.scale)), int(np.ceil(box.y1 / self.scale)),
        )  # fmt: skip
        return grown.clip(self.full.shape[1], self.full.shape[0])

    def region(self, x: float, y: float) -> int:
        """Index of the panel around a point of the sheet, or -1."""
        for i, frame in enumerate(self.frames):
            if frame.contains(x, y):
                return i
        return -1


def make_sheet(
    raster: Raster, ruler: Ruler, panels: tuple[PanelFrame, ...], numbers: tuple[TextBox, ...]
) -> Sheet:
    """Shrink the picture to working size and carry frames and numbers over."""
    numbers = tuple(n for n in numbers if PLAIN_NUMBER.fullmatch(n.text.strip()))
    sure = [n for n in numbers if n.confidence >= SURE_NUMBER]
    height = ruler.text_height_px
    if len(sure) >= ENOUGH_NUMBERS:  # digits that were read outvote glyph-like shapes
        height = float(np.median([n.box.width if n.angle else n.box.height for n in sure]))
    scale = min(1.0, WORK_TEXT_PX / max(height, 1.0))
    rgb: RGBImage = raster.rgb
    if scale < 1:
        size = (max(1, round(raster.width * scale)), max(1, round(raster.height * scale)))
        rgb = np.asarray(cv2.resize(raster.rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    frames = tuple(
        Frame(*((side + 0.5) * scale - 0.5 for side in (f.left, f.top, f.right, f.bottom)))
        for f in (panel.frame for panel in panels)
    )
    th = height * scale
    kept = tuple(n for n in numbers if n.confidence >= MIN_NUMBER)
    boxes = tuple(_scaled(b, scale) for b in _trimmed(kept))
    twins = tuple(panel.y2 is not None for panel in panels)
    ticks = tuple(box for box in boxes if _is_tick_label(box, frames, twins, th))
    ticks = _aligned(ticks, frames, th)
    return Sheet(rgb, raster.rgb, scale, th, frames, ticks, boxes, twins, ruler.backgrounds)


def covered_by(line: Box, boxes: tuple[Box, ...]) -> float:
    """Share (0 to 1) of a line's width that the boxes cover, where they share its row."""
    on = np.zeros(max(1, line.width), dtype=bool)
    for box in boxes:
        shared = min(line.y1, box.y1) - max(line.y0, box.y0)
        if shared >= 0.5 * min(line.height, box.height):
            on[max(0, box.x0 - line.x0) : max(0, box.x1 - line.x0)] = True
    return float(on.mean())


def is_number(line: TextLine, sheet: Sheet) -> bool:
    """Whether the panels stage has read this line as a number."""
    return covered_by(line.box, sheet.numbers) >= NUMBER_OVERLAP


def mode_color(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The most frequent colour of (N, 3) pixels: the median of the fullest histogram cell (8 levels)."""
    codes = (
        (pixels[:, 0].astype(np.int32) >> 3) * 1024 + (pixels[:, 1].astype(np.int32) >> 3) * 32
        + (pixels[:, 2] >> 3)
    )  # fmt: skip
    best = int(np.bincount(codes).argmax())
    return np.asarray(np.median(pixels[codes == best], axis=0), dtype=np.float64)


def _trimmed(numbers: tuple[TextBox, ...]) -> list[Box]:
    """Boxes of numbers, cut on the left where one is far too wide: it took a letter of a rotated label."""
    if not numbers:
        return []
    lengths = [n.box.height if n.angle else n.box.width for n in numbers]
    per_char = float(
        np.median([length / len(n.text.strip()) for length, n in zip(lengths, numbers, strict=True)])
    )
    boxes = []
    for n in numbers:
        due = per_char * len(n.text.strip())
        wide = not n.angle and n.box.width > TOO_WIDE * due
        boxes.append(Box(n.box.x1 - round(1.1 * due), n.box.y0, n.box.x1, n.box.y1) if wide else n.box)
    return boxes


def _scaled(box: Box, scale: float) -> Box:
    return Box(
        int(np.floor(box.x0 * scale)), int(np.floor(box.y0 * scale)),
        int(np.ceil(box.x1 * scale)), int(np.ceil(box.y1 * scale)),
    )  # fmt: skip


def _aligned(ticks: tuple[Box, ...], frames: tuple[Frame, ...], th: float) -> tuple[Box, ...]:
    """Drop boxes left of a panel that do not end where its tick labels do: letters read as digits."""
    dropped = set()
    for frame in frames:
        column = [
            b for b in ticks
            if -0.3 * th <= frame.left - b.x1 <= TICK_REACH * th
            and frame.top - th <= b.center[1] <= frame.bottom + th
        ]  # fmt: skip
        if len(column) < 3:
            continue
        end = float(np.median([b.x1 for b in column]))
        dropped |= {b for b in column if b.x1 < end - TICK_ALIGN * th}
    return tuple(b for b in ticks if b not in dropped)


def _is_tick_label(box: Box, frames: tuple[Frame, ...], twins: tuple[bool, ...], th: float) -> bool:
    cx, cy = box.center
    for frame, twin in zip(frames, twins, strict=True):
        beside = frame.top - th <= cy <= frame.bottom + th
        if beside and -0.3 * th <= frame.left - box.x1 <= TICK_REACH * th:
            return True
        if twin and beside and -0.3 * th <= box.x0 - frame.right <= TICK_REACH * th:
            return True
        within = frame.left - 2 * th <= cx <= frame.right + 2 * th
        near = -0.3 * th <= box.y0 - frame.bottom <= TICK_REACH_BELOW * th
        if within and near and not nearer_above(box, frame, frames):
            return True
        corner = abs(box.x0 - frame.left) <= th or (twin and abs(box.x1 - frame.right) <= th)
        if corner and 0 <= frame.top - box.y1 <= OFFSET_REACH * th:
            return True
    return False
