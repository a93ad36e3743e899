"""Ends of curves that a legend hides, on curves of a few points."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.geometry import Frame
from plotread.vision.ink.ends import under_boxes

FRAME = Frame(0, 0, 200, 100)


def line(x0: float, x1: float, y0: float, slope: float) -> np.ndarray:
    x = np.arange(x0, x1 + 1)
    return np.stack([x, y0 + slope * (x - x0)], axis=1)


def box(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    boxes = np.zeros((100, 200), dtype=bool)
    boxes[y0:y1, x0:x1] = True
    return boxes


FULL = line(10, 190, 90, 0)
RISING = line(10, 160, 95, -0.5)  # ends at (160, 20), where the box begins; at x = 190 it would be at 5


def test_a_curve_goes_straight_on_under_the_legend_to_the_common_end() -> None:
    _, (front, back) = under_boxes([FULL, RISING], [True, True], box(158, 0, 200, 30), FRAME)
    assert len(front) == 0
    assert back[0] == pytest.approx([161, 19.5])
    assert back[-1] == pytest.approx([190, 5])


def test_the_same_at_the_start() -> None:
    # The same turned: it begins at (40, 20) and came from (10, 5).
    late = line(40, 190, 20, 0.5)
    _, (front, back) = under_boxes([FULL, late], [True, True], box(0, 0, 42, 30), FRAME)
    assert len(back) == 0
    assert front[0] == pytest.approx([10, 5])
    assert front[-1] == pytest.approx([39, 19.5])


@pytest.mark.parametrize(
    "boxes",
    [
        box(0, 0, 0, 0),  # no legend
        box(158, 40, 200, 70),  # one that the curve does not meet
        box(170, 0, 200, 30),  # one that begins further on: the curve ends in the open
        box(158, 15, 165, 30),  # one that hides a few px of the way only
    ],
)
def test_a_curve_that_ends_in_the_open_stays(boxes: np.ndarray) -> None:
    _, (front, back) = under_boxes([FULL, RISING], [True, True], boxes, FRAME)
    assert len(front) == len(back) == 0


def test_no_curve_goes_on_alone_or_where_it_may_not() -> None:
    boxes = box(158, 0, 200, 30)
    assert all(len(part) == 0 for part in under_boxes([RISING], [True], boxes, FRAME)[0])
    assert all(len(part) == 0 for part in under_boxes([FULL, RISING], [True, False], boxes, FRAME)[1])
