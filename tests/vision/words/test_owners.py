"""A legend that stands in one panel may speak for another one, unless its own names say otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.vision.types import LegendEntry
from plotread.vision.words.owners import share_legends

BLUE = (0, 0, 255)
LEFT, RIGHT = Frame(10.0, 10.0, 110.0, 90.0), Frame(140.0, 10.0, 240.0, 90.0)


def two_panels() -> np.ndarray:
    """One blue level line in each of two panels."""
    rgb = np.full((100, 250, 3), 255, np.uint8)
    for frame in (LEFT, RIGHT):
        rgb[49:52, int(frame.left) + 5 : int(frame.right) - 5] = BLUE
    return rgb


def entry(name: str) -> LegendEntry:
    """In the right panel."""
    return LegendEntry(name, BLUE, "solid", None, Box(180, 20, 190, 24), Box(180, 18, 220, 26))


@pytest.mark.parametrize(
    ("name", "labels", "lent"),
    [
        ("raw loss", ("learning rate", "loss"), False),
        ("raw loss", ("loss", "loss"), True),
        ("raw loss", (None, "loss"), True),
        ("Adam", ("accuracy", "loss"), True),
        ("train_loss", ("accuracy", "loss"), False),
        ("train_loss", ("learning rate", None), False),
        ("train_loss", ("Perplexity", None), True),
        ("lr", ("Gradient norm", None), False),
        ("val", ("val accuracy", "val loss"), True),
        ("train acc", ("Learning rate", "Accuracy"), False),
        ("val", ("Loss", "Train vs. validation"), True),
    ],
)
def test_who_a_legend_speaks_for(name: str, labels: tuple[str | None, str | None], lent: bool) -> None:
    block = (entry(name),)
    left, right = share_legends(two_panels(), [LEFT, RIGHT], [block], labels)
    assert right == block
    assert left == (block if lent else ())


def test_a_lone_curve_borrows_no_name_of_several() -> None:
    other = LegendEntry("Base Val", (255, 0, 0), "solid", None, Box(180, 30, 190, 34), Box(180, 28, 220, 36))
    block = (entry("Base Train"), other)
    rgb = two_panels()
    rgb[69:72, 145:235] = other.color
    left, right = share_legends(rgb, [LEFT, RIGHT], [block], ("learning rate", "loss"))
    assert (left, right) == ((), block)
    rgb[69:72, 15:105] = other.color  # both inks: the same runs
    assert share_legends(rgb, [LEFT, RIGHT], [block], ("learning rate", "loss"))[0] == block
