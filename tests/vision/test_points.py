"""Logged points from the corners of a polyline, and the drawing that refines them."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.model import Axis, Scale, Tick
from plotread.vision.coverage import coverage_of, paper_of
from plotread.vision.image import load
from plotread.vision.points import _wanders, recover_points
from plotread.vision.points.corners import fit_corners
from plotread.vision.points.redraw import _draw, fit_drawing
from plotread.vision.read import read_image
from plotread.vision.series import to_series
from plotread.vision.shift import figure_shift, shifted
from plotread.vision.types import PanelFrame, Raster, Trace
from tests.vision.pen import draw

COLOR = (31, 119, 180)
PITCH = 6.0
STEPS = np.arange(1, 31)
FRAME = Frame(10.0, 8.0, 220.0, 110.0)


def zigzag(n=30, seed=3):
    return 60 + 25 * np.random.default_rng(seed).uniform(-1, 1, n)


def sampled(x, y, width):
    """What a tracer tells of a polyline: one point per column."""
    columns = np.arange(np.ceil(x[0]), np.floor(x[-1]) + 1)
    points = np.stack([columns, np.interp(columns, x, y)], axis=1)
    n = len(points)
    return Trace(points, np.full(n, 0.2), np.ones(n, bool), COLOR, width_px=width)


def panel(shift=0.0):
    """Step k is drawn at 20 + 6 k px; the strokes' ruler stands `shift` px to the left of the data."""
    x = Axis(
        scale=Scale("linear", 1 / PITCH, -(20 - shift) / PITCH),
        ticks=(Tick(20.0, 0.0, "0"), Tick(80.0, 10.0, "10")),
    )
    y = Axis(scale=Scale("linear", -0.1, 11.0), ticks=(Tick(110.0, 0.0, "0"), Tick(10.0, 10.0, "10")))
    return PanelFrame(FRAME, x, y)


def test_every_step_comes_back_at_its_height():
    x, y = 20 + PITCH * STEPS, zigzag()
    raster = Raster(rgb=draw(np.stack([x, y], axis=1), 2.0))
    found = recover_points(raster, panel(), (sampled(x, y, 2.0),))
    trace = found.traces[0]
    assert trace.recovered
    assert len(trace.points_px) == 30
    np.testing.assert_allclose(trace.points_px[:, 0], x, atol=0.1)
    assert np.median(np.abs(trace.points_px[:, 1] - y)) < 0.08
    assert np.abs(trace.points_px[:, 1] - y).max() < 0.4
    assert found.shift_px == pytest.approx(0.0, abs=0.06)


@pytest.mark.parametrize("shift", [-0.5, 0.4])
def test_the_shift_between_strokes_and_data_has_its_sign(shift):
    x, y = 20 + PITCH * STEPS, zigzag()
    raster = Raster(rgb=draw(np.stack([x, y], axis=1), 2.0))
    found = recover_points(raster, panel(shift), (sampled(x, y, 2.0),))
    assert found.shift_px == pytest.approx(shift, abs=0.06)
    moved = shifted(panel(shift), found.x_scale, found.shift_px, None)
    steps = moved.x.scale.to_data(found.traces[0].points_px[:, 0])
    np.testing.assert_allclose(steps, STEPS, atol=0.02)


def test_a_smooth_curve_keeps_its_samples():
    x = np.linspace(25, 205, 400)
    y = 60 + 30 * np.cos(x / 40)
    raster = Raster(rgb=draw(np.stack([x, y], axis=1), 2.0))
    trace = sampled(x, y, 2.0)
    assert recover_points(raster, panel(), (trace,)).traces == (trace,)


def test_a_straight_line_has_no_corners_to_count():
    x, y = np.array([26.0, 200.0]), np.array([20.0, 100.0])
    raster = Raster(rgb=draw(np.stack([x, y], axis=1), 2.0))
    assert not recover_points(raster, panel(), (sampled(x, y, 2.0),)).traces[0].recovered


def test_drawing_lifts_a_tip_that_samples_cut():
    x, y = 20 + PITCH * STEPS, np.full(30, 80.0)
    y[12] = 30.0
    picture = draw(np.stack([x, y], axis=1), 2.0).astype(np.float32)
    coverage = coverage_of(picture, paper_of(picture), COLOR)
    start = y.copy()
    start[12] = 36.0
    fit = fit_drawing(coverage, np.ones(coverage.shape, bool), (0, 0), x, start, 1.6)
    assert fit is not None
    assert fit.y_px[12] == pytest.approx(30.0, abs=0.5)
    assert fit.width_px == pytest.approx(2.0, abs=0.15)


def dashes_of(x, y, on, off):
    """A polyline cut into dashes of `on` px along it with gaps of `off` px, as polylines."""
    run = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    out = []
    for start in np.arange(0, run[-1], on + off):
        at = np.unique(np.concatenate([[start], run[(run > start) & (run < start + on)], [start + on]]))
        at = at[at <= run[-1]]
        out.append(np.stack([np.interp(at, run, x), np.interp(at, run, y)], axis=1))
    return [dash for dash in out if len(dash) > 1]


def test_a_corner_in_a_gap_between_dashes_comes_back_from_the_dashes_beside_it():
    x = 20 + 18.0 * np.arange(11)
    y = 60 + 9.0 * np.where(np.arange(11) % 2, 1, -1) + np.linspace(0, 20, 11)
    dashes = dashes_of(x, y, 19.0, 9.0)
    rgb = np.full((120, 240, 3), 255, np.uint8)
    seen = np.zeros(240, bool)
    for dash in dashes:
        rgb = np.minimum(rgb, draw(dash, 2.0))
        seen[int(np.ceil(dash[0, 0])) : int(dash[-1, 0]) + 1] = True
    columns = np.arange(int(x[0]), int(x[-1]) + 1)
    told = np.interp(columns, columns[seen[columns]], np.interp(columns[seen[columns]], x, y))
    trace = Trace(
        np.stack([columns, told], axis=1).astype(float), np.full(len(columns), 0.2), seen[columns], COLOR,
        line="dashed", width_px=2.0,
    )  # fmt: skip
    hidden = ~np.interp(x, columns, seen[columns].astype(float)).astype(bool)
    assert hidden.sum() >= 3
    assert np.abs(np.interp(x, columns, told) - y)[hidden].max() > 3.0  # straight across, they are lost
    found = recover_points(Raster(rgb=rgb), panel(), (trace,)).traces[0]
    assert found.recovered
    assert found.line == "dashed"
    np.testing.assert_allclose(found.points_px[:, 0], x, atol=0.15)
    np.testing.assert_allclose(found.points_px[:, 1], y, atol=0.6)
    assert not found.observed[hidden].any()


def test_drawing_refuses_a_picture_of_something_else():
    x, y = 20 + PITCH * STEPS, zigzag()
    picture = draw(np.stack([x, y], axis=1), 2.0).astype(np.float32)
    coverage = coverage_of(picture, paper_of(picture), COLOR)
    other = zigzag(seed=11)
    assert fit_drawing(coverage, np.ones(coverage.shape, bool), (0, 0), x, other, 2.0) is None


def test_one_renderer_drew_all_panels():
    assert figure_shift([None, -0.5, -0.4, None, -0.6]) == pytest.approx(-0.5)
    assert figure_shift([None]) is None


def test_the_shift_goes_both_ways_only_on_snapped_ticks():
    snapped = shifted(panel(), None, -0.5, None)
    assert snapped.x.scale.to_data(19.5) == pytest.approx(0.0)
    assert snapped.y.scale.to_data(109.5) == pytest.approx(0.0, abs=0.002)
    loose = panel()
    y = Axis(scale=loose.y.scale, ticks=(Tick(110.3, 0.0, "0"), Tick(10.9, 10.0, "10")))
    sideways = shifted(PanelFrame(FRAME, loose.x, y), None, -0.5, None)
    assert sideways.y.scale == y.scale


def test_half_as_large_again_ticks_stand_on_thirds():
    frame = with_places([20 + 1 / 3, 80 - 1 / 3], [110 + 1 / 3, 60 - 1 / 3, 10 + 1 / 3])
    assert moved_down(frame, -0.75) == pytest.approx(-0.75, abs=0.06)


def moved_down(frame, told):
    """How far (px) the y scale moves down the picture where the curves stand `told` px aside."""
    return float(frame.y.scale.offset - shifted(frame, None, told, None).y.scale.offset) / frame.y.scale.slope


def with_places(x_px, y_px):
    frame = panel()
    x = replace(frame.x, ticks=tuple(Tick(px, (px - 20) / 6, "") for px in x_px))
    y = replace(frame.y, ticks=tuple(Tick(px, 11 - 0.1 * px, "") for px in y_px))
    return replace(frame, x=x, y=y)


def test_the_shift_up_and_down_is_none_or_half_a_stroke():
    """Sideways the rounding of a handful of ticks adds to it, which says nothing of up and down."""
    down = [moved_down(panel(), told) for told in (-0.75, -0.6, -0.4, -0.25, -0.1)]
    np.testing.assert_allclose(down[:3], -0.5, atol=0.06)
    assert down[3] == pytest.approx(-0.25)
    assert down[4] == pytest.approx(0.0, abs=0.06)


def test_of_a_shift_right_half_is_taken_for_down_on_any_ticks():
    assert moved_down(with_places([20.3, 81.9], [110.1, 10.7]), 0.5) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("y_px", "told", "down"),
    [
        ([110.5, 60.5, 10.5], -0.9, -1.0),  # two pixels wide: a picture drawn at twice the size
        ([110.25, 60.75, 10.25], -0.75, -0.75),  # one and a half
        ([110.1, 60.4, 10.8], -0.5, 0.0),  # not snapped at all
    ],
)
def test_half_a_stroke_is_half_a_unit_of_the_page(y_px, told, down):
    at = {-0.9: [20.5, 80.5], -0.75: [20.25, 80.75]}.get(told, [20.0, 80.0])
    assert moved_down(with_places(at, y_px), told) == pytest.approx(down, abs=0.06)


def test_ticks_at_different_parts_of_a_pixel_tell_nothing_up_and_down():
    assert moved_down(with_places([20.25, 80.75], [110.0, 60.0, 10.0]), -0.75) == 0.0


def faint_corners(pitch, seed):
    """A noisy decay logged every `pitch` px, its corners too faint to be told one by one."""
    x = 20 + pitch * np.arange(int(180 / pitch) + 1)
    noise = np.random.default_rng(seed).normal(0, 0.35, len(x))
    return x, 30 + 60 * np.exp(-(x - 20) / 70) + noise


def test_faint_corners_tell_together():
    scale = Scale("linear", 1 / PITCH, -20 / PITCH)
    for seed in range(8):
        x, y = faint_corners(PITCH, seed)
        trace = sampled(x, y, 2.0)
        error = np.random.default_rng(seed).normal(0, 0.02, len(trace.points_px))
        fit = fit_corners(replace(trace, points_px=trace.points_px + np.outer(error, [0, 1])), scale)
        assert fit is not None
        np.testing.assert_allclose(fit.steps, np.arange(31))


def test_a_curve_of_more_points_than_pixels_has_no_steps():
    scale = Scale("linear", 1 / PITCH, -20 / PITCH)
    for seed in range(8):
        x = np.arange(20.0, 201.0, 0.4)
        y = 30 + 60 * np.exp(-(x - 20) / 70) + np.random.default_rng(seed).normal(0, 0.35, len(x))
        assert fit_corners(sampled(x, y, 2.0), scale) is None


def test_the_first_step_of_a_steep_curve_is_where_its_ink_ends():
    x = 20 + PITCH * np.arange(31)
    y = 20 + 80 * (1 - np.exp(-(x - 20) / 5)) + np.random.default_rng(1).normal(0, 1, len(x))
    trace = sampled(x, y, 2.0)
    # The tracer's middles of a flank's columns sink; the end of the ink does not.
    flank = trace.points_px[1:] + np.outer(np.exp(-np.arange(len(trace.points_px) - 1) / 2), [0, 6])
    points = np.concatenate([[[20.2, y[0] + 0.3]], flank])
    fit = fit_corners(replace(trace, points_px=points), Scale("linear", 1 / PITCH, -20 / PITCH))
    assert fit is not None
    assert fit.y_px[0] == pytest.approx(y[0], abs=0.5)


@pytest.mark.parametrize("turned", [False, True], ids=["begins above", "ends above"])
def test_a_curve_cut_by_the_frame_keeps_its_steps(turned):
    pitch = 12.4
    x = 20 + pitch * np.arange(16)
    y = np.concatenate([[-60], 20 + np.random.default_rng(4).uniform(0, 60, 15)])
    cut = x[0] + pitch * (0 - y[0]) / (y[1] - y[0])  # where it crosses the top of the plot area
    seen_x, seen_y = np.concatenate([[cut], x[1:]]), np.concatenate([[0.0], y[1:]])
    scale = Scale("linear", 100 / pitch, -20 * 100 / pitch)
    steps = np.concatenate([[(cut - 20) / pitch], np.arange(1, 16)]) * 100
    if turned:
        seen_x, seen_y, steps = 300 - seen_x[::-1], seen_y[::-1], 1500 - steps[::-1]
        scale = Scale("linear", 100 / pitch, 1500 - 280 * 100 / pitch)
    trace = sampled(seen_x, seen_y, 2.0)
    ends = np.stack([seen_x, seen_y], axis=1)[[0, -1]]  # a steep flank is traced to its end
    points = np.concatenate([ends[:1], trace.points_px, ends[1:]])
    fit = fit_corners(replace(trace, points_px=points), scale, box=Box(0, 0, 320, 120))
    assert fit is not None
    np.testing.assert_allclose(fit.steps, steps, atol=4)  # half a px
    whole = slice(0, -1) if turned else slice(1, None)
    np.testing.assert_array_equal(fit.steps[whole] % 100, 0)
    np.testing.assert_allclose(fit.y_px[whole], seen_y[whole], atol=0.8)


def test_intervals_hold_the_truth_and_are_no_wider_than_they_must():
    inside, half = [], []
    for seed in range(6):
        x, y = 20 + PITCH * STEPS, zigzag(seed=seed)
        raster = Raster(rgb=draw(np.stack([x, y], axis=1), 2.0))
        frame = panel()
        told = recover_points(raster, frame, (sampled(x, y, 2.0),)).traces[0]
        s = to_series(told, frame.x, frame.y, name=None, side="y", confidence=1.0, flags=frozenset())
        truth = 11 - 0.1 * y
        inside += list((truth >= s.y_lo) & (truth <= s.y_hi))
        half += list((s.y_hi - s.y_lo) / 2)
    assert np.mean(inside) >= 0.9
    assert np.median(half) <= 0.1  # one pixel


def test_a_level_stroke_across_the_panel_is_a_guide_beside_a_curve():
    x, y = 20 + PITCH * STEPS, zigzag()
    across = np.array([10.0, 220.0])
    raster = Raster(rgb=draw(np.stack([x, y], axis=1), 2.0))
    curve, guide, short = sampled(x, y, 2.0), sampled(across, [30, 30], 1.0), sampled(x, np.full(30, 40), 1.0)
    told = recover_points(raster, panel(), (curve, guide, short)).traces
    assert [t.kind for t in told] == ["line", "reference", "line"]
    # alone it is what was logged
    assert recover_points(raster, panel(), (guide,)).traces[0].kind == "line"


def test_noise_is_no_row_of_markers_whatever_the_legend_shows():
    x, y = np.arange(20, 200.0, 4), np.full(45, 60.0)
    rng = np.random.default_rng(5)
    dense = np.stack([np.repeat(np.arange(20, 200.0), 2), 60 + 25 * rng.normal(size=360)], axis=1)
    trace = Trace(dense, np.full(360, 0.2), np.ones(360, bool), COLOR, width_px=1.2, marker="o")
    assert _wanders(trace, x, y, 1.0)
    assert not _wanders(replace(trace, points_px=np.stack([x, y], axis=1)), x, y, 1.0)


@pytest.mark.parametrize("pitch", [7, 18])
def test_a_trace_along_the_outlines_of_markers_does_not_wander(pitch):
    x, y = np.arange(20, 20 + 10.0 * pitch, pitch), np.full(10, 60.0)
    outline = np.array([[-3, 56], [-3, 64], [-1, 64], [-1, 56], [0, 64], [1, 56], [2, 64], [3, 64], [3, 56]])
    there = np.concatenate([outline + np.array([center, 0]) for center in x])
    trace = Trace(there, np.full(90, 0.2), np.ones(90, bool), COLOR, width_px=1.0, marker="x")
    assert not _wanders(trace, x, y, 3.0)
    # With markers half that size the same trace is noise, unless it runs level most of the way.
    assert _wanders(trace, x, y, 1.0) == (pitch == 7)


@pytest.mark.parametrize(("bump", "kind"), [(4.0, "reference"), (9.0, "line")])
def test_a_guide_that_other_curves_cross_may_seem_to_move_there(bump, kind):
    x, y = 20 + PITCH * STEPS, zigzag()
    across = np.arange(10.0, 221.0)
    level = np.where(np.abs(across - 100) < 6, 30 - bump, 30.0)  # a crossing, 12 of 211 px wide
    raster = Raster(rgb=draw(np.stack([x, y], axis=1), 2.0))
    told = recover_points(raster, panel(), (sampled(x, y, 2.0), sampled(across, level, 2.0))).traces
    assert told[1].kind == kind


def test_a_drawing_knows_how_its_coverage_changes() -> None:
    """The slopes of the fit against small moves of a knot, of all knots sideways, and of the pen."""
    x, y = np.array([2.0, 10, 19, 28, 40]), np.array([5.0, 21, 12, 12.4, 30])
    rows, columns = np.mgrid[0:36, 0:44]
    px, py = columns.ravel().astype(float), rows.ravel().astype(float)
    step = 1e-5
    now, pulls = _draw(px, py, x, y, 2.3)
    flank = (now > 0.02) & (now < 0.98)  # where a stroke or a pixel ends, the coverage has a corner
    for knot in range(5):
        moved = y + step * (np.arange(5) == knot)
        told = pulls.left * (pulls.segment == knot) + pulls.right * (pulls.segment + 1 == knot)
        measured = (_draw(px, py, x, moved, 2.3)[0] - now) / step
        np.testing.assert_allclose(told[flank], measured[flank], atol=2e-3)
    aside = (_draw(px, py, x + step, y, 2.3)[0] - now) / step
    wider = (_draw(px, py, x, y, 2.3 + step)[0] - now) / step
    np.testing.assert_allclose(pulls.aside[flank], aside[flank], atol=2e-3)
    np.testing.assert_allclose(pulls.wider[flank], wider[flank], atol=2e-3)
    assert flank.sum() > 100


def test_a_dense_curve_whose_bends_stand_on_whole_pixels_has_no_logged_points():
    plt = pytest.importorskip("matplotlib.pyplot")
    rng = np.random.default_rng(38)
    rng.choice(4), rng.choice(3), rng.uniform()
    x = np.arange(500) * 10
    noise = np.convolve(rng.normal(0, 0.03, 500), np.ones(5) / 5, "same")
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    axes.plot(x, 6 * np.exp(-x / 833.63) + 0.5 + 1.048 * noise, lw=1.6515)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    (series,) = read_image(load(buffer.getvalue())).panels[0].series
    assert len(series.x) > 400
