"""Pixels to data: intervals, reversed and log axes, uncalibrated panels; the check by drawing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.model import Axis, Scale, Tick
from plotread.vision.seen import nothing_found
from plotread.vision.series import ROUNDED_SIGMA_PX, SNAP_SIGMA_PX, to_series
from plotread.vision.types import PanelFrame, PanelWords, Raster, Ruler, Trace
from plotread.vision.verify import verify
from tests.vision.pen import draw

X = Axis(scale=Scale("linear", 0.1, 0.0))  # 10 px a unit
Y = Axis(scale=Scale("linear", -0.5, 60.0, sigma_px=0.3))  # half a unit a px, upwards
COLOR = (31, 119, 180)


def trace(points, **keys):
    points = np.asarray(points, float)
    n = len(points)
    return Trace(points, np.full(n, 0.4), np.ones(n, bool), COLOR, **keys)


def tell(t, x=X, y=Y):
    return to_series(t, x, y, name="loss", side="y", confidence=0.9, flags=frozenset())


def test_interval_adds_both_errors_in_quadrature():
    s = tell(trace([[10, 100], [20, 80]], recovered=True))
    np.testing.assert_allclose(s.x, [1, 2])
    np.testing.assert_allclose(s.y, [10, 20])
    # hypot(0.4, 0.3) = 0.5 px, twice, half a unit a px
    np.testing.assert_allclose(s.y_hi - s.y, 0.5)
    np.testing.assert_allclose(s.y - s.y_lo, 0.5)


def test_a_sampled_flank_may_stand_aside():
    s = tell(trace([[10, 100], [11, 90], [12, 80]]))
    # 10 px up a px aside: 0.8 px aside and 1 px for both errors, half a unit a px
    assert s.y_hi[1] - s.y[1] == pytest.approx(0.5 * (8 + 1.0))
    assert s.y[1] - s.y_lo[1] == pytest.approx(0.5 * (8 + 1.0))
    # the pen went no further than its ends
    assert s.y[0] - s.y_lo[0] == pytest.approx(0.5)


def test_snapped_ticks_leave_less_unknown_where_they_were_moved():
    ticks = tuple(Tick(float(px), 60 - 0.5 * px, "") for px in (20, 40, 60, 80))
    loose = replace(Y, ticks=ticks)
    moved = replace(loose, scale=replace(Y.scale, offset=60.25))
    points = trace([[10, 100], [20, 80]], recovered=True)
    wide, narrow = tell(points, y=loose), tell(points, y=moved)
    np.testing.assert_allclose(narrow.y_hi - narrow.y, 2 * 0.5 * np.sqrt(0.25 + ROUNDED_SIGMA_PX**2))
    np.testing.assert_allclose(wide.y_hi - wide.y, 2 * 0.5 * np.sqrt(0.25 + SNAP_SIGMA_PX**2))


def test_interval_on_a_log_axis_is_lopsided():
    s = tell(trace([[10, 50]] * 2), y=Axis(scale=Scale("log", -0.02, 1.0)))
    assert s.y[0] == pytest.approx(1.0)
    assert s.y_hi[0] - s.y[0] > s.y[0] - s.y_lo[0] > 0


def test_a_reversed_axis_is_told_from_low_to_high():
    s = tell(trace([[10, 100], [20, 80]]), x=Axis(scale=Scale("linear", -0.1, 5.0)))
    np.testing.assert_allclose(s.x, [3, 4])
    np.testing.assert_allclose(s.y, [20, 10])


def test_logged_steps_are_whole():
    s = tell(trace([[10.0000004, 100], [20, 80]], recovered=True))
    assert s.x[0] == 1.0
    assert s.points == "recovered"


def test_without_a_scale_there_are_no_values():
    s = tell(trace([[10, 100]]), y=Axis(flags=frozenset({"axis_unread"})))
    assert len(s.x) == 0
    assert "axis_unread" in s.flags


FOUR = Frame(10, 20, 210, 120)  # 200 px wide, 100 px high
UNREAD = Axis(flags=frozenset({"axis_unread"}))


def course(x, y):
    t = trace([[60, 95], [160, 45]], recovered=True)
    keys = {"name": None, "side": "y", "confidence": 0.9, "flags": frozenset(), "frame": FOUR}
    return to_series(t, x, y, **keys)


def test_without_a_height_scale_heights_are_shares_counted_from_the_bottom():
    s = course(X, UNREAD)
    assert len(s.x) == len(s.y) == 0
    assert (s.drawn.x_unit, s.drawn.y_unit) == ("data", "height")
    np.testing.assert_allclose(s.drawn.x, [6, 16])
    np.testing.assert_allclose(s.drawn.y, [0.25, 0.75])
    np.testing.assert_allclose(s.drawn.y_hi - s.drawn.y, 2 * 0.4 / 100)


def test_without_a_step_scale_places_are_shares_counted_from_the_left():
    s = course(UNREAD, Y)
    assert (s.drawn.x_unit, s.drawn.y_unit) == ("width", "data")
    np.testing.assert_allclose(s.drawn.x, [0.25, 0.75])
    np.testing.assert_allclose(s.drawn.y, [12.5, 37.5])
    assert (course(UNREAD, UNREAD).drawn.x_unit, course(UNREAD, UNREAD).drawn.y_unit) == ("width", "height")


def test_a_curve_with_values_has_no_second_course():
    assert course(X, Y).drawn is None


def test_hidden_stretches_are_marked():
    t = replace(trace([[10, 100], [20, 80]]), observed=np.array([True, False]))
    s = tell(t)
    assert "curve_hidden" in s.flags
    np.testing.assert_array_equal(s.observed, [True, False])


FRAME = PanelFrame(Frame(5, 5, 230, 110), X, Y)
CURVE = np.array([[20, 90], [80, 40], [140, 70], [210, 30]], float)


def test_a_drawn_curve_is_supported_and_explained():
    raster = Raster(rgb=draw(CURVE, 2.0))
    check = verify(raster, FRAME, (trace(CURVE, width_px=2.0),), PanelWords())
    assert check.traces[0].features["missing_support"] < 0.01
    assert check.traces[0].features["leftover"] < 0.01
    assert check.flags == frozenset()


def test_an_invented_curve_has_no_support():
    raster = Raster(rgb=draw(CURVE, 2.0))
    wrong = CURVE + np.array([0, 15])
    check = verify(raster, FRAME, (trace(wrong, width_px=2.0),), PanelWords())
    assert check.traces[0].features["missing_support"] > 0.8
    good = verify(raster, FRAME, (trace(CURVE, width_px=2.0),), PanelWords())
    assert check.traces[0].confidence < good.traces[0].confidence
    assert "weak_support" in check.traces[0].flags


def test_ink_that_no_curve_explains_is_told_unless_words_cover_it():
    raster = Raster(rgb=draw(CURVE, 2.0))
    half = trace(CURVE[:2], width_px=2.0)
    check = verify(raster, FRAME, (half,), PanelWords())
    assert 0.4 < check.traces[0].features["leftover"] <= 0.5
    assert "ink_unexplained" in check.flags
    covered = verify(raster, FRAME, (half,), PanelWords(obstacles=(Box(84, 0, 240, 120),)))
    assert covered.traces[0].features["leftover"] < 0.05


def test_what_was_seen_instead():
    noise = np.random.default_rng(1).integers(0, 255, (60, 60, 3)).astype(np.uint8)
    ruler = Ruler(8.0, ((255, 255, 255),))
    assert "photograph" in nothing_found(Raster(rgb=noise), ruler, ())
    assert "blank" in nothing_found(Raster(rgb=np.full((60, 60, 3), 255, np.uint8)), ruler, ())
    bars = np.full((60, 60, 3), 255, np.uint8)
    bars[20:, 10:30] = (200, 30, 30)
    assert "filled areas" in nothing_found(Raster(rgb=bars), ruler, ())
    assert "no curve" in nothing_found(Raster(rgb=bars), ruler, (FRAME,))
