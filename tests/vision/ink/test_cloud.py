"""Dense noise under a smoothed curve of another color: one curve, whatever parts its ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.model import Role, Scale
from plotread.vision.ink import trace_panel
from plotread.vision.ink.above import with_steep_starts
from plotread.vision.ink.background import Sheet, lay_sheet
from plotread.vision.ink.complete import Told
from plotread.vision.ink.echoes import without_echoes
from plotread.vision.ink.emit import emit_points
from plotread.vision.ink.inks import Ink
from plotread.vision.ink.legends import legend_frame
from plotread.vision.ink.markers import _teeth, depth_of, marks_for_discs, maxima
from plotread.vision.ink.pen import stroke_width
from plotread.vision.ink.unmix import Maps
from plotread.vision.types import LegendEntry, Raster, Trace
from tests.vision.ink.test_trace import BLUE, FRAME, GREY, RULER, canvas, entry, panel, stroke

X = np.linspace(34, 286, 1009)  # four points a column
MIDDLE = 70 + 80 * (1 - np.exp(-(X - 34) / 90))
# The pseudo-random turn of each point by a golden angle fills the cloud without a generator.
CLOUD = MIDDLE + 24 * np.sin(2.399963 * np.arange(len(X)) ** 1.5)
RED = (252, 79, 48)


def test_a_cloud_parted_by_a_smoothed_stroke_all_along_is_one_curve() -> None:
    image = canvas()
    stroke(image, X, CLOUD, BLUE, 3)
    stroke(image, X, MIDDLE, RED, 5)
    traces = trace_panel(Raster(image), RULER, panel())
    assert len(traces) == 2
    raw = max(traces, key=lambda t: t.color[2])
    at = (raw.points_px[:, 0] > 100) & (raw.points_px[:, 0] < 270)
    off = raw.points_px[at, 1] - np.interp(raw.points_px[at, 0], X, MIDDLE)
    assert off.min() < -20
    assert off.max() > 20


def dashed_row(image: np.ndarray, y: int) -> None:
    for x in range(21, 300, 10):
        image[y, x : min(x + 7, 300)] = GREY


@pytest.mark.parametrize("left", [50, 34])
def test_a_soft_line_of_the_grid_under_a_cloud_is_as_thick_as_the_others(left: int) -> None:
    image = canvas()
    for y in (40, 75, 110, 145, 180):
        image[y - 1 : y + 2, 21:300] = 225  # soft rims
        image[y, 21:300] = GREY
    image[138:160, left:292] = BLUE  # no more than both ends of the fourth line are in sight
    grid = lay_sheet(Raster(image), FRAME, 8.0)
    for y in (39, 40, 41, 144, 145, 146):
        assert grid.grid[y - grid.y0].all()
    assert not grid.grid[148 - grid.y0].all()


def test_a_dashed_line_of_the_grid_under_a_cloud_is_found_at_its_even_step() -> None:
    image = canvas()
    for y in (40, 75, 110, 145, 180):
        dashed_row(image, y)
    image[138:160, 90:240] = BLUE  # half of the fourth row is under ink of one color
    image[138:160, 240:300:2] = RED
    grid = lay_sheet(Raster(image), FRAME, 8.0)
    assert grid.grid[145 - grid.y0].all()
    assert not grid.grid[147 - grid.y0].all()
    image[145, 21:300] = image[147, 21:300]  # no dash of it in sight: nothing tells of a line
    assert not lay_sheet(Raster(image), FRAME, 8.0).grid[145 - grid.y0].all()


def test_the_frame_of_a_legend_is_found_though_the_words_box_took_it_in() -> None:
    image = canvas()
    cv2.rectangle(image, (150, 30), (268, 70), GREY, 1)
    entries = [
        LegendEntry("raw", BLUE, "solid", None, Box(156, 39, 176, 41), Box(156, 34, 260, 46)),
        LegendEntry("ema", RED, "solid", None, Box(156, 57, 176, 59), Box(156, 50, 260, 78)),
    ]
    sheet = lay_sheet(Raster(image), FRAME, 8.0)
    outline = legend_frame(sheet, tuple(entries))
    assert outline[70 - sheet.y0, 200 - sheet.x0]
    assert outline[50 - sheet.y0, 150 - sheet.x0]
    assert not outline[50 - sheet.y0, 200 - sheet.x0]


def without_discs(half: np.ndarray, slope: float) -> tuple[np.ndarray, np.ndarray]:
    """A band of these half heights, its two edges as a pen tells them, and these with markers told once."""
    x = np.arange(len(half))
    middle = 30 + slope * x
    at = np.arange(260)[:, None]
    ink = (np.abs(at - middle) <= half).astype(np.float32)
    depth = depth_of(ink)
    assert depth is not None
    y = np.stack([middle - half + 1, middle + half - 1], axis=1).ravel()  # a pen of 2 px inside the edges
    edges = np.stack([np.repeat(x, 2).astype(float), y], axis=1)
    return edges, marks_for_discs(edges, depth, maxima(depth), 2.0)


def test_the_knots_of_a_cloud_are_no_markers_but_discs_on_a_thin_line_are() -> None:
    x = np.arange(240)
    points, told = without_discs(14 + 2 * np.sin(2 * np.pi * x / 30), 0.8)
    assert len(told) == len(points)
    away = np.abs((x + 12) % 24 - 12)
    points, told = without_discs(np.sqrt(np.maximum(49.0 - away**2, 1.0)), 0.0)
    assert len(told) < 0.8 * len(points)


def test_a_smoothed_stroke_over_a_cloud_has_its_pen_and_its_start() -> None:
    # It falls steeply first; its edges mix with the cloud all along, so no cut of it is in the open.
    fall = 24 + 120 * (1 - np.exp(-(X - 34) / 9))
    image = canvas()
    stroke(image, X, fall + 22 * np.sin(2.399963 * np.arange(len(X)) ** 1.5) * (X > 37), BLUE, 3)
    stroke(image, X, fall, RED, 3)
    traces = trace_panel(Raster(image), RULER, panel())
    assert len(traces) == 2
    smoothed = max(traces, key=lambda t: t.color[0])
    assert smoothed.width_px == pytest.approx(3, abs=0.8)
    assert smoothed.points_px[0, 1] == pytest.approx(24, abs=2)
    late = smoothed.points_px[:, 0] > 60
    off = np.interp(smoothed.points_px[late, 0], X, fall) - smoothed.points_px[late, 1]
    assert np.percentile(np.abs(off), 90) < 1


def test_the_pen_of_a_stroke_shut_in_by_other_ink_is_that_of_all_its_cuts() -> None:
    ink = np.zeros((60, 80), np.float32)
    for x in range(80):
        ink[20 + x // 4 : 23 + x // 4, x] = 1.0
    assert stroke_width(ink, hidden=ink == 0) == pytest.approx(stroke_width(ink), abs=0.1)
    assert stroke_width(ink) == pytest.approx(3, abs=0.1)


def test_a_stem_thinner_than_its_pen_is_told_to_its_tips() -> None:
    ink = np.zeros((60, 40), np.float32)
    ink[40:45, 8:40] = 1.0
    ink[10:45, 6:9] = 1.0  # of a pen of five px the others have covered two
    points = emit_points(ink, np.zeros(ink.shape, bool), 5.0)
    assert points[points[:, 0] < 9, 1].min() == pytest.approx(12, abs=1.5)
    flank = ink.copy()
    flank[10:40, 6:9] = 0.5
    points = emit_points(flank, np.zeros(ink.shape, bool), 5.0)
    assert points[points[:, 0] < 9, 1].min() > 20


def test_places_along_a_ragged_stroke_make_no_comb_of_tiny_steps() -> None:
    scale = Scale("linear", 10.0, 0.0)
    ragged = 100 + 40 * np.modf(np.arange(1, 90) * 0.618034)[0].cumsum()
    assert _teeth(20.0, ragged, 10.0, scale, (ragged[0] / 10, ragged[-1] / 10)) is None
    even = 100 + 20.0 * np.arange(90) + np.tile([-3.0, 1.0, 4.0], 30)  # a third of a px off their steps
    told = _teeth(20.0, even, 10.0, scale, (even[0] / 10, even[-1] / 10))
    assert told is not None
    assert len(told) == 90


def told_of(y: np.ndarray, color: tuple[int, int, int], part: slice, role: Role | None = None) -> Told:
    points = np.stack([X, y], axis=1)[part]
    seen = np.ones(len(points), dtype=bool)
    return Told(Trace(points, np.full(len(points), 0.2), seen, color, role=role), None)


GREEN, MIXED = (40, 160, 60), (216, 97, 111)
ALL, EARLY, LATE = slice(None), slice(None, 600), slice(600, None)


def test_a_curve_in_a_color_between_pen_and_palette_is_told_once() -> None:
    red, green = told_of(MIDDLE, RED, ALL), told_of(MIDDLE + 9, GREEN, ALL)
    echo = [told_of(MIDDLE + 0.8, MIXED, EARLY), told_of(MIDDLE + 8.3, MIXED, LATE)]
    inks = (Ink(np.array(RED), (entry("a", RED),)), Ink(np.array(GREEN)), Ink(np.array(MIXED)))
    assert without_echoes([red, green, told_of(MIDDLE + 0.8, MIXED, ALL)], inks) == [red, green]
    listed = (inks[0], Ink(np.array(GREEN), (entry("b", GREEN),)), inks[2])
    assert without_echoes([red, green, *echo], listed) == [red, green]
    assert len(without_echoes([red, green, *echo], inks)) == 4  # half of it lies on no named curve
    unlisted = (Ink(np.array(RED)), *inks[1:])
    assert len(without_echoes([red, green, *echo], unlisted)) == 4


def test_the_edges_of_another_curve_are_no_raw_curve() -> None:
    red, green = told_of(MIDDLE, RED, ALL), told_of(MIDDLE + 30, GREEN, ALL, "smoothed")
    edges = told_of(MIDDLE + 0.9, GREEN, EARLY, "raw")
    inks = (Ink(np.array(RED), (entry("a", RED),)), Ink(np.array(GREEN), (entry("b", GREEN),)))
    kept = without_echoes([red, edges, green], inks)
    assert [t.trace.color for t in kept] == [RED, GREEN]
    assert kept[1].trace.role is None
    raw = told_of(MIDDLE + 30 + 3 * np.sin(X), GREEN, ALL, "raw")
    assert without_echoes([red, raw, green], inks) == [red, raw, green]


def test_the_pale_frame_of_a_legend_is_found() -> None:
    image = canvas()
    cv2.rectangle(image, (150, 30), (268, 70), (235, 235, 235), 2)
    entries = (LegendEntry("raw", BLUE, "solid", None, Box(156, 49, 176, 51), Box(156, 38, 260, 62)),)
    sheet = lay_sheet(Raster(image), FRAME, 8.0)
    assert legend_frame(sheet, entries)[70 - sheet.y0, 200 - sheet.x0]


def test_a_steep_start_seen_only_mixed_with_the_cloud_is_told_to_its_top() -> None:
    blue, orange = np.array([31, 119, 180], np.float32), np.array([255, 127, 14], np.float32)
    rgb = np.full((120, 80, 3), 255, np.float32)
    maps = Maps(np.zeros((2, 120, 80), np.float32), np.zeros((120, 80), bool))
    rgb[60:90, 20:] = blue
    rgb[70:72, 20:] = orange
    maps.alpha[0, 60:90, 20:] = 1.0
    maps.alpha[:, 70:72, 20:] = [[[0.0]], [[1.0]]]
    rgb[15:70, 20] = 0.45 * orange + 0.55 * blue  # half a pen of the one over the other
    maps.strange[15:70, 20] = True
    maps.alpha[0, 15:70, 20] = 0.0
    paper = np.full(3, 255, np.float32)
    delta = rgb - 255
    sheet = Sheet(
        rgb, np.full_like(rgb, 255), paper, delta, np.linalg.norm(delta, axis=2), np.zeros((120, 80), bool),
        0, 0, 1, False, 10.0, Frame(0.0, 0.0, 79.0, 119.0),
    )  # fmt: skip
    with_steep_starts(sheet, (Ink(blue), Ink(orange)), maps)
    assert np.flatnonzero(maps.alpha[1, :, 20] > 0.5).tolist() == list(range(15, 72))
    assert not maps.strange[15:70, 20].any()
    assert (maps.alpha[1, :, 25] > 0.5).sum() == 2
