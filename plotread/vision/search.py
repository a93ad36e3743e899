"""The first part of the story: from pixels to panels, over again where a first look finds none."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from plotread.vision.blur import is_blurred, sharpened
from plotread.vision.lines import find_lines
from plotread.vision.ocr import read_numbers, read_words
from plotread.vision.panels import find_panels
from plotread.vision.pixels import digit_height
from plotread.vision.ruler import measure
from plotread.vision.ticktext import OTHER_RULERS, find_numbers, find_turned_numbers
from plotread.vision.tilt import Straightened, softened, straighten, tilt
from plotread.vision.types import PanelFrame, Raster, Ruler, TextBox

# What two misread numbers tell by chance: a scale on two labels, neither of which has a tick.
CHANCE = {"scale_from_two_ticks", "scale_loose"}


def search(
    raster: Raster,
) -> tuple[Raster, Ruler, tuple[TextBox, ...], tuple[PanelFrame, ...], Straightened | None]:
    """The panels of a picture and what led to them.

    Returns
    -------
    raster : Raster
        The picture to read on: sharpened if it was blurred, straightened if it was turned.
    ruler : Ruler
    numbers : tuple of TextBox
    found : tuple of PanelFrame
        In px of that picture, in reading order.
    way : Straightened or None
        The way back to the picture as it came, where it was turned.
    """
    for_lines = raster
    if is_blurred(raster):
        for_lines = replace(raster, lossy=False)  # what blurs its edges blurs its noise
        raster = sharpened(raster)
    degrees = tilt(raster)
    if degrees is None:
        return (raster, *_upright(raster, for_lines), None)
    way = straighten(raster, degrees)
    return (way.raster, *_upright(way.raster, softened(way.raster)), way)


def _upright(
    raster: Raster, for_lines: Raster
) -> tuple[Ruler, tuple[TextBox, ...], tuple[PanelFrame, ...]]:
    """Sizes, numbers and panels of a picture that is upright."""
    ruler = measure(raster)
    numbers, found = _with(raster, ruler, for_lines)
    if not _on_scales(found):
        # The ruler may be that of a page of text around the plot, and so are the numbers.
        for factor in OTHER_RULERS:
            other = replace(ruler, text_height_px=factor * ruler.text_height_px)
            again = _with(raster, other, for_lines, guess=False)
            if _on_scales(again[1], surely=True) and _mostly_outside(numbers, again[1]):
                height = digit_height(again[0], other.text_height_px)
                return (replace(ruler, text_height_px=height), *again)
    return ruler, numbers, found


def _with(
    raster: Raster, ruler: Ruler, for_lines: Raster, *, guess: bool = True
) -> tuple[tuple[TextBox, ...], tuple[PanelFrame, ...]]:
    lines = find_lines(for_lines, ruler)
    read = partial(read_numbers, careful=True)
    numbers = find_numbers(raster, ruler, lines, read, guess=guess)
    found = find_panels(raster, ruler, lines, numbers, read_words)
    if not found or any(panel.y.scale is None or panel.y.flags >= CHANCE for panel in found):
        turned = find_turned_numbers(raster, ruler, lines, read)
        if turned:
            # What read upright within them are single digits of theirs.
            numbers = tuple(n for n in numbers if not any(_part_of(n, t) for t in turned)) + turned
            found = find_panels(raster, ruler, lines, numbers, read_words)
    return numbers, found


def _mostly_outside(numbers: tuple[TextBox, ...], found: tuple[PanelFrame, ...]) -> bool:
    """Whether numbers stand around panels, as a text does; those of a matrix or a table stand within."""
    inside = sum(any(panel.frame.contains(*n.box.center) for panel in found) for n in numbers)
    return 2 * inside <= len(numbers)


def _on_scales(found: tuple[PanelFrame, ...], *, surely: bool = False) -> bool:
    """Whether a panel is told by both its axes, surely where each has a third label to check it."""
    return any(
        axis_x.scale is not None and axis_y.scale is not None
        and not (surely and "scale_from_two_ticks" in axis_x.flags | axis_y.flags)
        for axis_x, axis_y in ((panel.x, panel.y) for panel in found)
    )  # fmt: skip


def _part_of(part: TextBox, whole: TextBox) -> bool:
    return part.confidence < whole.confidence and part.box.overlap(whole.box) > 0
