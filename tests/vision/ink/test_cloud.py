"""Dense noise under a smoothed curve of another color: one curve, whatever parts its ink."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.geometry import Box
from plotread.vision.ink import trace_panel
from plotread.vision.ink.background import lay_sheet
from plotread.vision.ink.legends import legend_frame
from plotread.vision.ink.markers import depth_of, marks_for_discs, maxima
from plotread.vision.types import LegendEntry, Raster
from tests.vision.ink.test_trace import BLUE, FRAME, GREY, RULER, canvas, panel, stroke

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
