"""Dense curves, and curves that run out of the plot area."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.geometry import Frame
from plotread.model import Axis, Scale
from plotread.vision.course import course_flags, ends_at_data
from plotread.vision.types import Trace

FRAME = Frame(20.0, 10.0, 220.0, 110.0)
X = np.arange(20.0, 221.0)


def axis(bottom: float = 1.0) -> Axis:
    """0.1 a px upward, `bottom` at the lower side of the frame."""
    return Axis(scale=Scale("linear", -0.1, bottom + 11.0), kind="linear", range=(bottom, bottom + 10))


def trace(x: np.ndarray, y: np.ndarray, **more: object) -> Trace:
    n = len(x)
    return Trace(np.stack([x, y], 1), np.full(n, 0.2), np.ones(n, bool), (0, 0, 0), width_px=2.0, **more)


def test_a_smooth_curve_inside_leaves_nothing_open():
    assert course_flags(trace(X, 60 + 30 * np.sin(X / 30)), FRAME, axis()) == frozenset()


def test_columns_with_several_points_are_dense_and_a_few_flanks_are_not():
    x = np.repeat(X, 2)
    y = 60 + 8 * (-1.0) ** np.arange(len(x))
    assert course_flags(trace(x, y), FRAME, axis()) == {"dense"}
    flank = np.where(np.abs(x - 100) < 5, y, 60)
    assert course_flags(trace(x, flank), FRAME, axis()) == frozenset()
    assert course_flags(trace(X, np.full(201, 60.0), recovered=True), FRAME, axis()) == frozenset()


def test_a_steep_zigzag_of_clean_flanks_is_not_dense():
    x = np.repeat(X, 2)
    flanks = 60 + 40 * (2 * np.abs(np.arange(len(x)) / 16 % 2 - 1) - 1)  # 10 px a column, down and up
    assert course_flags(trace(x, flanks), FRAME, axis()) == frozenset()


@pytest.mark.parametrize("top", [True, False])
def test_a_spike_cut_by_the_frame_runs_out_and_one_inside_does_not(top):
    edge, inward = (10.5, 1) if top else (109.5, -1)
    y = np.full(201, 60.0)
    y[100:104] = edge
    assert course_flags(trace(X, y), FRAME, axis()) == {"clipped_at_frame"}
    y[100:104] = edge + 8 * inward
    assert course_flags(trace(X, y), FRAME, axis()) == frozenset()


@pytest.mark.parametrize("beyond", [0.0, 13.0])
def test_a_schedule_whose_axis_ends_at_its_peak_is_not_cut(beyond: float):
    y = np.where(X <= 50, np.minimum(90, 10 + 5.0 * (50 - X)), 10 + 0.5 * (X - 50)) - beyond
    shown = y >= FRAME.top
    flags = course_flags(trace(X[shown], y[shown]), FRAME, axis())
    assert flags == ({"clipped_at_frame"} if beyond else frozenset())


def test_a_plateau_on_the_edge_that_a_cliff_ends_is_not_cut():
    y = np.where(X < 90, 10.5, 80.0)
    assert course_flags(trace(X, y), FRAME, axis()) == frozenset()
    shown = (X < 60) | (X > 85)  # of the plateau a part is out of sight
    assert course_flags(trace(X[shown], y[shown]), FRAME, axis()) == {"clipped_at_frame"}


def test_an_axis_that_ends_at_both_extremes_of_its_curves_cuts_none():
    start = trace(X, np.minimum(10.0 + 4.0 * (X - 20), 60.0))
    floor = trace(X, np.minimum(70.0 + 0.4 * (X - 20), 110.0))
    assert ends_at_data((start, floor), FRAME)
    assert not ends_at_data((start,), FRAME)
    assert course_flags(start, FRAME, axis()) == {"clipped_at_frame"}
    assert course_flags(start, FRAME, axis(), fitted=True) == frozenset()


def test_a_curve_that_lies_down_on_the_frame_is_not_cut():
    y = 109.5 - 90 * np.exp(-(X - 20) / 40)
    assert course_flags(trace(X, y), FRAME, axis()) == frozenset()


def test_a_steep_start_at_zero_is_a_start():
    y = np.maximum(109.5 - 5 * (X - 20), 30)
    assert course_flags(trace(X, y), FRAME, axis(0.0)) == frozenset()
    assert course_flags(trace(X, y), FRAME, axis(1.0)) == {"clipped_at_frame"}
