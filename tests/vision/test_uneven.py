"""Markers on a logarithmic axis, where no two pitches are alike."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from plotread.geometry import Frame
from plotread.model import Axis, Scale
from plotread.vision.points import recover_points
from plotread.vision.types import PanelFrame, Raster, Trace
from tests.vision.pen import ENLARGE, draw

RED, BLUE = (214, 39, 40), (31, 119, 180)
STEPS = np.array([1, 2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 41, 55, 75, 101])
X_SCALE = Scale("log", 1 / 100.0, -0.2)  # a decade every 100 px, step 1 at 20 px
FRAME = Frame(10.0, 8.0, 232.0, 112.0)
WIDTH = 2.0


def panel():
    return PanelFrame(FRAME, Axis(scale=X_SCALE), Axis(scale=Scale("linear", -0.1, 11.0)))


def drawn(curves, radius):
    """Curves (y px, color), later ones on top, a disc of `radius` px at each step."""
    x = X_SCALE.to_pixel(STEPS)
    page = np.full((120, 240, 3), 255.0)
    for y, color in curves:
        ink = 255.0 - draw(np.stack([x, y], axis=1), WIDTH, color=(0, 0, 0)).astype(float)[..., 0]
        discs = np.zeros((120 * ENLARGE, 240 * ENLARGE), np.uint8)
        for at in zip(x, y, strict=True):
            cx, cy = ((v + 0.5) * ENLARGE - 0.5 for v in at)
            cv2.circle(discs, (round(cx), round(cy)), round(radius * ENLARGE), 255, -1)
        share = np.maximum(ink, cv2.resize(discs, (240, 120), interpolation=cv2.INTER_AREA))[..., None] / 255
        page = page * (1 - share) + np.array(color) * share
    return Raster(rgb=np.round(page).astype(np.uint8))


def traced(y, color):
    x = X_SCALE.to_pixel(STEPS)
    columns = np.arange(np.ceil(x[0]), np.floor(x[-1]) + 1)
    points = np.stack([columns, np.interp(columns, x, y)], axis=1)
    n = len(points)
    return Trace(points, np.full(n, 0.2), np.ones(n, bool), color, width_px=WIDTH)


def falling(base, seed=4):
    return base + 35 * (1 - STEPS**-0.4) + np.random.default_rng(seed).uniform(-2, 2, len(STEPS))


@pytest.mark.parametrize("radius", [2.5, 3.5])
def test_each_marker_is_a_logged_point_on_its_whole_step(radius):
    y = falling(30)
    found = recover_points(drawn([(y, BLUE)], radius), panel(), (traced(y, BLUE),)).traces[0]
    assert found.recovered
    np.testing.assert_allclose(X_SCALE.to_data(found.points_px[:, 0]), STEPS, rtol=0.015)
    steps = X_SCALE.to_data(found.points_px[:, 0])
    np.testing.assert_allclose(steps, np.round(steps), rtol=1e-9)
    assert np.abs(found.points_px[:, 1] - y).max() < 0.5


def test_steps_that_are_no_whole_numbers_stay_where_they_are_seen():
    shifted = replace(X_SCALE, offset=X_SCALE.offset + np.log10(1.4))  # the axis says 1.4 where step 1 stands
    y = falling(30)
    frame = replace(panel(), x=Axis(scale=shifted))
    found = recover_points(drawn([(y, BLUE)], 3.5), frame, (traced(y, BLUE),)).traces[0]
    assert found.recovered
    np.testing.assert_allclose(shifted.to_data(found.points_px[:, 0]), 1.4 * STEPS, rtol=0.015)


def test_a_marker_under_another_curve_is_told_by_that_curve():
    # They cross at the eighth step.
    low, high = falling(50, 4), falling(50, 4) + np.linspace(-18, 18, len(STEPS))
    picture = drawn([(low, BLUE), (high, RED)], 3.5)
    found = recover_points(picture, panel(), (traced(low, BLUE), traced(high, RED))).traces
    for trace, y in zip(found, (low, high), strict=True):
        assert trace.recovered
        np.testing.assert_allclose(X_SCALE.to_data(trace.points_px[:, 0]), STEPS, rtol=0.015)
        assert np.abs(trace.points_px[:, 1] - y).max() < 0.8


def test_a_bare_line_and_one_that_ends_without_a_marker_have_no_logged_points():
    y = falling(30)
    bare = Raster(rgb=draw(np.stack([X_SCALE.to_pixel(STEPS), y], axis=1), WIDTH, color=BLUE))
    assert not recover_points(bare, panel(), (traced(y, BLUE),)).traces[0].recovered
    x = X_SCALE.to_pixel(STEPS)
    rest = np.stack([x[-1] + np.arange(1, 21), y[-1] - np.arange(1, 21) / 2], axis=1)
    page = np.minimum(drawn([(y, BLUE)], 3.5).rgb, draw(rest, WIDTH, color=BLUE))
    points = np.concatenate([traced(y, BLUE).points_px, rest])
    longer = Trace(points, np.full(len(points), 0.2), np.ones(len(points), bool), BLUE, width_px=WIDTH)
    assert not recover_points(Raster(rgb=page), panel(), (longer,)).traces[0].recovered
