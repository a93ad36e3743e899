"""A curve has one value everywhere: what stands apart from it in the same columns is something else."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.vision.ink import trace_panel
from plotread.vision.types import Raster
from tests.vision.ink.test_trace import BLUE, RULER, canvas, error_px, panel, stroke

X = np.linspace(34, 286, 127)
Y = 60 + 100 * (1 - np.exp(-(X - 34) / 70))


def test_a_bar_of_its_color_beside_a_curve_is_none_of_it() -> None:
    # A stroke between two rows is paler than the bar, which lies on one row and stands 8 px above.
    image = canvas()
    stroke(image, X, np.full_like(X, 100.5), BLUE, 1)
    image[92, 220:262] = BLUE
    (trace,) = trace_panel(Raster(image), RULER, panel())
    assert np.abs(trace.points_px[:, 1] - 100.5).max() < 1.0


def test_a_bar_that_crosses_a_curve_is_left_out_but_where_they_meet() -> None:
    image = canvas()
    stroke(image, X, Y, BLUE)
    image[120:122, 72:124] = BLUE  # the curve crosses it near x = 98
    (trace,) = trace_panel(Raster(image), RULER, panel())
    error = error_px(trace.points_px, X, Y)
    assert np.percentile(np.abs(error), 90) < 1.0
    assert np.abs(error).max() < 8.0  # not the 35 px up to the bar's ends


def test_two_curves_of_one_color_that_cross_are_two() -> None:
    image = canvas()
    down, up = 50 + 0.55 * (X - 34), 190 - 0.55 * (X - 34)
    stroke(image, X, down, BLUE)
    stroke(image, X, up, BLUE)
    traces = trace_panel(Raster(image), RULER, panel())
    assert len(traces) == 2
    for trace in traces:
        off = np.minimum(np.abs(error_px(trace.points_px, X, down)), np.abs(error_px(trace.points_px, X, up)))
        assert np.percentile(off, 95) < 1.5
        columns = np.round(trace.points_px[:, 0])
        rise = [np.ptp(trace.points_px[columns == c, 1]) for c in np.unique(columns)]
        assert max(rise) < 12  # neither reaches over to the other one


def test_a_spike_of_one_column_is_the_curve_s_own() -> None:
    image = canvas()
    y = np.full_like(X, 150.0)
    y[60] = 60.0
    stroke(image, X, y, BLUE)
    (trace,) = trace_panel(Raster(image), RULER, panel())
    assert trace.points_px[:, 1].min() < 63
    assert cv2.countNonZero((trace.points_px[:, 1] < 145).astype(np.uint8)) >= 2


def test_two_curves_of_one_color_with_a_common_start_both_begin_there() -> None:
    image = canvas()
    low = 50 + 140 * (1 - np.exp(-(X - 34) / 60))
    high = np.where(X < 120, low, low - 0.35 * (X - 120))
    stroke(image, X, low, BLUE)
    stroke(image, X, high, BLUE)
    traces = trace_panel(Raster(image), RULER, panel())
    assert len(traces) == 2
    ends = sorted(float(t.points_px[-1, 1]) for t in traces)
    assert abs(ends[0] - high[-1]) < 1.5
    assert abs(ends[1] - low[-1]) < 1.5
    for trace in traces:
        assert abs(trace.points_px[0, 0] - 34) < 2
        assert abs(trace.points_px[0, 1] - 50) < 3
