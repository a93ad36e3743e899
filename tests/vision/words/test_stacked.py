"""Components of one syllable are one glyph; neighbors, other rows and long strokes stay apart."""

from plotread.geometry import Box
from plotread.vision.words.stacked import whole_syllables

TH = 10.0


def test_letters_above_each_other_are_joined():
    # 손: three letters in a column; 검: two side by side above a third
    column = [Box(0, 0, 11, 4), Box(0, 5, 12, 7), Box(1, 8, 11, 12)]
    mixed = [Box(15, 0, 20, 5), Box(22, 0, 25, 6), Box(16, 7, 25, 12)]
    assert whole_syllables([*mixed, *column], TH) == [Box(0, 0, 12, 12), Box(15, 0, 25, 12)]


def test_rows_and_neighbors_stay_apart():
    neighbors = [Box(0, 0, 10, 10), Box(11, 0, 21, 10)]
    below = Box(0, 18, 10, 28)
    rule = Box(0, 11, 200, 12)
    assert whole_syllables([*neighbors, below, rule], TH) == sorted(
        [*neighbors, below, rule], key=lambda b: (b.x0, b.y0)
    )


def test_nothing_of_nothing():
    assert whole_syllables([], TH) == []
