"""Steep ends on a spine, pens between markers that touch, pieces that others cut."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.geometry import Frame
from plotread.vision.ink.dashes import cut_by_others
from plotread.vision.ink.follow import follow_all
from plotread.vision.ink.pen import stroke_width
from plotread.vision.ink.spines import from_spines
from tests.vision.pen import draw

FRAME = Frame(2.0, 0.0, 237.0, 119.0)


def coverage(points, width):
    """Coverage by black ink on white, (120, 240)."""
    return (1 - draw(points, width, color=(0, 0, 0))[..., 0] / 255).astype(np.float32)


def under_the_spine(points, width=3.0, first=4):
    """Coverage of a curve of which the spine hides the first columns, and its points in sight."""
    alpha = coverage(points, width)
    alpha[:, :first] = 0
    x = np.arange(first, 200.0)
    return alpha, np.stack([x, np.interp(x, *np.transpose(points))], axis=1)


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_steep_start_on_the_left_spine_is_led_back_to_it(upside_down):
    course = np.array([[2, 20], [8, 92], [200, 100.0]])  # 12 px down for one to the right
    if upside_down:
        course[:, 1] = 119 - course[:, 1]
    alpha, seen = under_the_spine(course)
    told = from_spines(seen, alpha, FRAME, 3.0)
    assert told[0] == pytest.approx(course[0], abs=4.0)
    assert abs(told[0, 1] - course[0, 1]) < abs(seen[0, 1] - course[0, 1]) / 4
    assert (np.diff(told[:, 0]) >= 0).all()


def test_a_steep_end_on_the_right_spine_is_led_on_to_it():
    course = np.array([[40, 100], [231, 92], [237, 20.0]])
    alpha = coverage(course, 3.0)
    alpha[:, 236:] = 0
    x = np.arange(40.0, 236)
    told = from_spines(np.stack([x, np.interp(x, *course.T)], axis=1), alpha, FRAME, 3.0)
    assert told[-1] == pytest.approx((237, 20), abs=4.0)


def test_a_start_in_the_open_stays_where_it_is():
    course = np.array([[6, 40], [9, 92], [200, 100.0]])  # its tip is in sight, 4 px from the spine
    alpha, seen = coverage(course, 3.0), np.array([[6, 40], [9, 92], [200, 100.0]])
    assert from_spines(seen, alpha, FRAME, 3.0)[0] == pytest.approx(course[0])


def test_a_flat_start_needs_no_line():
    course = np.array([[2, 40], [200, 60.0]])
    alpha, seen = under_the_spine(course)
    assert from_spines(seen, alpha, FRAME, 3.0)[0] == pytest.approx(seen[0])


def test_a_tick_that_cuts_a_steep_start_does_not_take_its_top():
    course = np.array([[2, 10], [10, 100], [200, 105.0]])
    alpha = coverage(course, 3.0)
    hidden = np.zeros(alpha.shape, bool)
    hidden[50:53, :20] = True  # a tick, drawn over the curve
    alpha[hidden] = 0
    (curve,) = follow_all(alpha, hidden)
    rows = np.flatnonzero((curve.alpha > 0.3).any(axis=1))
    assert rows[0] <= 11
    assert rows[-1] >= 104


def squares(pitch, size=18, pen=3.0):
    """Coverage of a line with square markers every `pitch` px."""
    x = np.arange(20, 220, pitch)
    y = 40 + 0.2 * (x - 20)
    alpha = coverage(np.stack([x, y], axis=1), pen)
    for a, b in zip(x, np.round(y).astype(int), strict=True):
        alpha[b - size // 2 : b + size // 2, a - size // 2 : a + size // 2] = 1
    return alpha


@pytest.mark.parametrize("pitch", [21, 40])
def test_the_pen_between_squares_that_nearly_touch_is_not_their_height(pitch):
    assert stroke_width(squares(pitch)) == pytest.approx(3.0, abs=0.3)


def test_slivers_at_the_end_of_a_stroke_are_not_its_pen():
    alpha = coverage(np.array([[2, 60], [200, 60.0]]), 5.0)
    alpha[:, :3] = 0
    alpha[58:60, 3:9] = 0  # what a spine and its shine leave of the first px
    assert stroke_width(alpha) == pytest.approx(5.0, abs=0.2)


def pieces(gap_hidden):
    alpha = coverage(np.array([[10, 60], [230, 60.0]]), 3.0)
    gaps = np.zeros(alpha.shape, bool)
    for x in range(30, 220, 20):
        gaps[:, x : x + 8] = True
    alpha[gaps] = 0
    return alpha, gaps & gap_hidden


def test_gaps_under_other_ink_are_cuts_and_gaps_in_the_open_are_not():
    assert cut_by_others(*pieces(True))
    assert not cut_by_others(*pieces(False))
