"""Faint layers, bands, lone marks and hidden stretches, drawn with known data."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.vision.ink import trace_panel
from plotread.vision.ink.bridge import way_under
from plotread.vision.ink.dots import lone_marks
from plotread.vision.ink.emit import _tips_told_once
from plotread.vision.ink.pen import stroke_width
from plotread.vision.types import Raster
from tests.vision.ink.test_trace import BLUE, ORANGE, RULER, canvas, error_px, panel, stroke

X = np.linspace(34, 286, 127)
SMOOTH = 40 + 150 * (1 - np.exp(-(X - 34) / 70))
FAINT = 0.3
GREEN = (44, 160, 44)


def faint(color: tuple[int, int, int]) -> tuple[int, int, int]:
    r, g, b = (round(255 + FAINT * (c - 255)) for c in color)
    return r, g, b


def over(
    image: np.ndarray, x: np.ndarray, y: np.ndarray, color: tuple[int, int, int], opacity: float
) -> None:
    """Draw a stroke of two px that lets what is below it shine through."""
    mask = np.full_like(image, 255)
    stroke(mask, x, y, (0, 0, 0))
    share = opacity * (255 - mask[..., :1].astype(float)) / 255
    image[:] = np.round(image * (1 - share) + np.array(color) * share).astype(np.uint8)


def test_a_raw_curve_that_hugs_the_smoothed_one_is_seen() -> None:
    raw = SMOOTH + 3.0
    image = canvas()
    over(image, X, raw, BLUE, FAINT)
    stroke(image, X, SMOOTH, BLUE)
    traces = trace_panel(Raster(image), RULER, panel())
    assert sorted(t.role or "" for t in traces) == ["raw", "smoothed"]
    told = next(t for t in traces if t.role == "raw")
    error = error_px(told.points_px[told.observed], X, raw)
    assert abs(np.median(error)) < 0.6
    assert np.percentile(np.abs(error), 90) < 1.5


def test_a_lone_stroke_has_no_faint_twin() -> None:
    image = canvas(grid=True)
    stroke(image, X, SMOOTH, BLUE)
    (trace,) = trace_panel(Raster(image), RULER, panel())
    assert trace.role is None


def test_a_raw_curve_that_leaves_the_frame_is_not_led_back() -> None:
    raw = 60 + 1.4 * (X - 34)
    smooth = 50 + 0.3 * (X - 34)
    inside = raw < 219
    image = canvas()
    over(image, X[inside], raw[inside], BLUE, FAINT)
    stroke(image, X, smooth, BLUE)
    traces = trace_panel(Raster(image), RULER, panel())
    told = next(t for t in traces if t.role == "raw")
    assert abs(told.points_px[-1, 0] - X[inside][-1]) < 6
    assert np.abs(error_px(told.points_px, X, raw)).max() < 4


@pytest.mark.parametrize("rough", [0.0, 2.5])
def test_a_band_is_a_band_whether_its_edges_are_smooth_or_not(rough: float) -> None:
    half = 9 + rough * np.sin(np.arange(len(X)) * 2.4)
    image = canvas(grid=True)
    fill = np.concatenate([np.stack([X, SMOOTH - half], 1), np.stack([X, SMOOTH + half], 1)[::-1]])
    cv2.fillPoly(image, [np.round(fill).astype(np.int32)], faint(BLUE))
    stroke(image, X, SMOOTH, BLUE)
    line, band = trace_panel(Raster(image), RULER, panel())
    assert (line.kind, band.kind) == ("line", "band")
    assert band.band_px is not None
    low, high = band.band_px[:, 0], band.band_px[:, 1]
    assert np.median(low - high) == pytest.approx(18, abs=2)  # lower edges have the larger row


def test_dense_noise_around_a_mean_is_no_band() -> None:
    rng = np.random.default_rng(3)
    x = np.linspace(34, 286, 900)
    mean = np.interp(x, X, SMOOTH)
    raw = mean + rng.normal(0, 8, len(x))
    image = canvas()
    over(image, x, raw, BLUE, FAINT)
    stroke(image, x, mean, BLUE)
    traces = trace_panel(Raster(image), RULER, panel())
    assert [t.kind for t in traces] == ["line", "line"]
    told = next(t for t in traces if t.role == "raw")
    assert np.ptp(told.points_px[:, 1] - np.interp(told.points_px[:, 0], X, SMOOTH)) > 30


def test_where_two_faint_curves_cross_both_have_the_ink() -> None:
    rng = np.random.default_rng(5)
    x = np.linspace(34, 286, 700)
    image = canvas()
    curves = {}
    for color, level, slope in ((ORANGE, 60, 0.35), (GREEN, 150, -0.35)):
        mean = level + slope * (x - 34)
        raw = mean + np.clip(rng.normal(0, 8, len(x)), -20, 20)
        over(image, x, raw, color, FAINT)
        stroke(image, x, mean, color)
        curves[color] = raw
    traces = trace_panel(Raster(image), RULER, panel())
    raws = [t for t in traces if t.role == "raw"]
    assert len(raws) == 2
    for trace in raws:
        true = curves[min(curves, key=lambda c: np.abs(np.subtract(c, trace.color)).sum())]
        high = [trace.points_px[np.abs(trace.points_px[:, 0] - c) < 2, 1].min() for c in range(60, 260, 20)]
        want = [true[np.abs(x - c) < 2].min() for c in range(60, 260, 20)]
        assert np.median(np.abs(np.subtract(high, want))) < 2.5


def test_lone_marks_follow_a_course() -> None:
    alpha = np.zeros((200, 260), np.float32)
    x, y = np.arange(20, 250, 22), 30 + 120 * np.exp(-np.arange(11) / 4)
    for a, b in zip(x, y, strict=True):
        cv2.circle(alpha, (int(a), round(b)), 2, 1.0, -1)
    told = lone_marks(alpha, 10.0)
    assert told is not None
    assert np.abs(told[:, 0] - x).max() < 0.5
    assert np.abs(told[:, 1] - y).max() < 0.8


def test_a_cloud_of_marks_is_no_curve() -> None:
    rng = np.random.default_rng(1)
    alpha = np.zeros((200, 260), np.float32)
    for a, b in zip(np.arange(10, 250, 8), rng.uniform(10, 190, 30), strict=True):
        cv2.circle(alpha, (int(a), round(b)), 2, 1.0, -1)
    assert lone_marks(alpha, 10.0) is None


def test_a_hidden_stretch_stays_under_what_hides_it() -> None:
    hidden = np.zeros((100, 120), bool)
    columns = np.arange(20.0, 80.0)
    arch = np.round(60 - 25 * np.sin((columns - 20) / 60 * np.pi)).astype(int)
    for c, r in zip(columns.astype(int), arch, strict=True):
        hidden[r - 2 : r + 3, c] = True
    way = way_under((19, 60), (80, 60), columns, hidden)
    assert np.abs(way - arch).max() <= 3
    # a gap in the open, begun away from any cover, is crossed straight
    assert np.ptp(way_under((19, 90), (80, 90), columns, hidden)) == 0


def test_the_pen_is_measured_in_its_body_not_at_its_tips() -> None:
    image = np.full((240, 320, 3), 255, np.uint8)
    for x in range(40, 280, 12):
        stroke(image, np.array([x, x]), np.array([200.0, 60 + (x * 7) % 50]), (0, 0, 0), width=3)
    alpha = ((255 - image[..., 0]) / 255).astype(np.float32)
    assert stroke_width(alpha) == pytest.approx(3.0, abs=0.15)


def test_translucent_markers_are_no_raw_curve() -> None:
    image = canvas()
    stroke(image, X, SMOOTH, BLUE)
    for x, y in zip(X[::9], SMOOTH[::9], strict=True):
        disc = np.zeros(image.shape[:2], np.uint8)
        cv2.circle(disc, (round(x), round(y)), 3, 255, -1)
        share = 0.7 * (disc[..., None] > 0)
        image[:] = np.round(image * (1 - share) + np.array(BLUE) * share).astype(np.uint8)
    (trace,) = trace_panel(Raster(image), RULER, panel())
    assert trace.role is None


def test_large_translucent_markers_are_no_raw_curve() -> None:
    image = canvas()
    stroke(image, X, SMOOTH, BLUE)
    for x, y in zip(X[::12], SMOOTH[::12], strict=True):
        box = np.zeros(image.shape[:2], np.uint8)
        cv2.rectangle(box, (round(x) - 6, round(y) - 6), (round(x) + 6, round(y) + 6), 255, -1)
        share = 0.4 * (box[..., None] > 0)
        image[:] = np.round(image * (1 - share) + np.array(BLUE) * share).astype(np.uint8)
    (trace,) = trace_panel(Raster(image), RULER, panel())
    assert trace.role is None


def test_a_flat_faint_curve_that_ends_before_the_sides_is_no_gridline() -> None:
    image = canvas(grid=True)
    x = np.linspace(50, 286, 237)
    raw = 190 - 20 * np.exp(-(x - 50) / 6) + 1.5 * np.sin(x / 5)
    over(image, x, raw, BLUE, FAINT)
    smooth = 60 + 130 * (1 - np.exp(-(x - 50) / 60))
    stroke(image, x, smooth, BLUE)
    traces = trace_panel(Raster(image), RULER, panel())
    told = next(t for t in traces if t.role == "raw")
    error = error_px(told.points_px[told.observed], x, raw)
    assert abs(np.median(error)) < 0.6


def test_of_a_level_top_well_shorter_than_the_pen_the_ends_are_told() -> None:
    reach = np.tile([100.0, 160.0], (20, 2, 1))
    reach[:, :, 0] += 7 * np.arange(40).reshape(20, 2) % 11  # ragged tops
    reach[5:8, :, 0] = 60.0  # six half columns level: two spikes have closed up
    told = _tips_told_once(reach, width=5.0)
    assert np.isnan(told[:, :, 0].ravel()).nonzero()[0].tolist() == [11, 12, 13, 14]
    assert (told[5, 0, 0], told[7, 1, 0]) == (60.0, 60.0)
    # Longer than the pen it is a level stretch of the curve.
    assert np.isnan(_tips_told_once(reach, width=2.0)[:, :, 0]).sum() == 0
