"""Which lines with a sample are rows and columns of one legend."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.vision.words.glued import find_glued
from plotread.vision.words.legend import find_blocks
from plotread.vision.words.parts import Sheet, TextLine
from plotread.vision.words.rescue import find_rescued
from plotread.vision.words.swatch import Entry, Swatch

TH = 10.0
FRAME = Frame(60.0, 20.0, 460.0, 280.0)


def sheet() -> Sheet:
    rgb = np.full((300, 640, 3), 255, np.uint8)
    return Sheet(rgb, rgb, 1.0, TH, (FRAME,), (), (), (False,), ((255, 255, 255),))


def line(x: int, y: int, text: str, *, region: int = 0) -> TextLine:
    """Letters 6 px wide and 10 px high, 8 px from one to the next."""
    glyphs = tuple(Box(x + 8 * k, y - 5, x + 8 * k + 6, y + 5) for k in range(len(text)))
    return TextLine(Box(x, y - 5, glyphs[-1].x1, y + 5), glyphs, False, region, text=text, confidence=0.99)


def row(x: int, y: int, text: str, *, region: int = 0) -> Entry:
    """A name at x with a sample 24 px wide to its left."""
    swatch = Swatch(Box(x - 32, y - 1, x - 8, y + 1), "left", 0.8, disc=False, vivid=True)
    return Entry(line(x, y, text, region=region), swatch)


def names(blocks: list[tuple[Entry, ...]]) -> list[list[str]]:
    return [[entry.line.text for entry in block] for block in blocks]


@pytest.mark.parametrize("region", [0, -1])
def test_columns_side_by_side_are_one_legend(region: int) -> None:
    entries = [row(120, y, f"run {k}", region=region) for k, y in enumerate((60, 75))]
    entries += [row(120 + 48 + 55, y, f"seed {k}", region=region) for k, y in enumerate((60, 75))]
    assert names(find_blocks(sheet(), entries, [])) == [["run 0", "run 1", "seed 0", "seed 1"]]


def test_what_stands_far_from_a_legend_in_its_panel_is_no_column_of_it() -> None:
    entries = [row(120, 60, "train"), row(120, 75, "valid"), row(350, 60, "HH+Y")]
    assert ["train", "valid"] in names(find_blocks(sheet(), entries, []))


def test_a_tick_label_is_no_row_of_a_legend_beyond_the_panel() -> None:
    beyond = [row(510, y, text, region=-1) for y, text in ((60, "seed 2"), (75, "adamw"), (90, "ours"))]
    label = row(44, 75, "15", region=-1)
    assert ["seed 2", "adamw", "ours"] in names(find_blocks(sheet(), [*beyond, label], []))


def test_a_marker_below_the_middle_of_the_names_is_no_row() -> None:
    page = sheet()
    block = (row(120, 60, "train acc"), row(120, 75, "test acc"))
    page.rgb[89:91, 88:112] = 0  # a piece of the grid in the samples' column
    lone = line(120 + 31, 90, "A")
    assert find_rescued(page, block, [lone]) == []
    assert [e.line.text for e in find_rescued(page, block, [line(120, 90, "val")])] == ["val"]


def test_a_grey_sample_behind_a_piece_of_the_border_is_no_letter() -> None:
    page, text = sheet(), line(120, 60, "Dilated")
    mask = np.zeros((300, 640), bool)
    mask[50:70, 80] = True  # the border of the legend
    mask[58:62, 86:112] = mask[55:65, 95:103] = True  # the line with its marker
    for glyph in text.glyphs:
        mask[glyph.slices] = True
    page.rgb[mask] = 40
    sample = Box(86, 55, 112, 65)
    whole = TextLine(Box(80, 50, text.box.x1, 70), (Box(80, 50, 81, 70), sample, *text.glyphs), False, 0)
    (found,) = find_glued(page, whole, mask)
    assert found.swatch.box == sample
    assert found.line.box.x0 == 120
