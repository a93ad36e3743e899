"""Curves drawn with known data come back where they were drawn."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.model import Axis, Scale
from plotread.vision.ink import trace_panel
from plotread.vision.ink.background import lay_sheet
from plotread.vision.ink.dashes import rhythm_of
from plotread.vision.ink.emit import emit_points
from plotread.vision.ink.ends import along_others
from plotread.vision.ink.follow import cheapest_path
from plotread.vision.ink.pen import stroke_width
from plotread.vision.types import LegendEntry, PanelFrame, Raster, Ruler
from tests.vision.pen import draw

SHIFT = 6  # bits of a pixel's fraction
WIDTH, HEIGHT = 320, 240
FRAME = Frame(20.0, 15.0, 300.0, 220.0)
BLUE, ORANGE, GREY = (31, 119, 180), (255, 127, 14), (200, 200, 200)
RULER = Ruler(8.0, ((255, 255, 255),))


def canvas(grid: bool = False) -> np.ndarray:
    image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    if grid:
        for x in (90, 160, 230):
            image[16:220, x] = GREY
        for y in (66, 118, 170):
            image[y, 21:300] = GREY
    cv2.rectangle(image, (20, 15), (300, 220), (0, 0, 0), 1)
    return image


def stroke(
    image: np.ndarray, x: np.ndarray, y: np.ndarray, color: tuple[int, int, int], width: int = 2
) -> None:
    """Draw a polyline eight times too large and shrink it, so that its edges are covered in part."""
    s = 8
    big = np.zeros((HEIGHT * s, WIDTH * s), np.uint8)
    points = np.stack([(x + 0.5) * s - 0.5, (y + 0.5) * s - 0.5], axis=1) * 2**SHIFT
    cv2.polylines(big, [np.round(points).astype(np.int32)], False, 255, width * s, cv2.LINE_8, SHIFT)
    cover = cv2.resize(big, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)[..., None] / 255.0
    image[:] = np.round(image * (1 - cover) + np.array(color) * cover).astype(np.uint8)


def panel(scale: Scale | None = None) -> PanelFrame:
    return PanelFrame(FRAME, Axis(scale=scale), Axis())


def entry(name: str, color: tuple[int, int, int]) -> LegendEntry:
    return LegendEntry(name, color, "solid", None, Box(0, 0, 1, 1), Box(0, 0, 1, 1))


def error_px(points: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.interp(points[:, 0], x, y) - points[:, 1]


@pytest.mark.parametrize("grid", [False, True])
def test_one_smooth_curve_to_a_fraction_of_a_pixel(grid: bool) -> None:
    x = np.linspace(34, 286, 127)
    y = 40 + 150 * (1 - np.exp(-(x - 34) / 70))
    image = canvas(grid)
    stroke(image, x, y, BLUE)
    (trace,) = trace_panel(Raster(image), RULER, panel())
    error = error_px(trace.points_px, x, y)
    assert np.percentile(np.abs(error), 95) < 0.45
    assert abs(np.median(error)) < 0.15
    assert trace.points_px[0, 0] == pytest.approx(34, abs=1.5)
    assert trace.points_px[-1, 0] == pytest.approx(286, abs=1.5)
    assert np.abs(np.array(trace.color) - BLUE).max() <= 6
    assert (np.diff(trace.points_px[:, 0]) >= 0).all()
    assert len(trace.sigma_px) == len(trace.observed) == len(trace.points_px)


def test_two_crossing_inks_stay_apart() -> None:
    x = np.linspace(30, 290, 131)
    down, up = 40 + 0.6 * (x - 30), 200 - 0.6 * (x - 30)
    image = canvas()
    stroke(image, x, down, BLUE)
    stroke(image, x, up, ORANGE)
    legend = (entry("down", BLUE), entry("up", ORANGE))
    first, second = trace_panel(Raster(image), RULER, panel(), legend)
    assert np.abs(error_px(first.points_px, x, down)).max() < 1.5
    assert np.abs(error_px(second.points_px, x, up)).max() < 1.5


def test_a_spike_one_pixel_wide_keeps_its_height() -> None:
    x = np.arange(30.0, 291.0)
    y = np.full(len(x), 180.0)
    y[120] = 60.0
    image = canvas()
    stroke(image, x, y, BLUE)
    (trace,) = trace_panel(Raster(image), RULER, panel())
    top = trace.points_px[trace.points_px[:, 1].argmin()]
    assert top[0] == pytest.approx(150, abs=1)
    assert top[1] == pytest.approx(60, abs=2)
    assert trace.points_px[:, 1].max() < 182


def test_markers_on_whole_steps_give_the_logged_points_back() -> None:
    epochs = np.arange(1, 21)
    scale = Scale("linear", 0.08, -2.4)  # epoch 1 at px 42.5, 12.5 px a step
    x = scale.to_pixel(epochs.astype(float))
    y = 60 + 120 * np.exp(-epochs / 6) + 8 * (-1.0) ** epochs
    image = canvas()
    stroke(image, x, y, BLUE)
    for a, b in zip(x, y, strict=True):
        stroke(image, np.array([a, a + 0.01]), np.array([b, b]), BLUE, 7)
    (trace,) = trace_panel(Raster(image), RULER, panel(scale))
    assert trace.recovered
    assert len(trace.points_px) == 20
    assert scale.to_data(trace.points_px[:, 0]) == pytest.approx(epochs, abs=1e-6)
    assert np.abs(trace.points_px[:, 1] - y).max() < 1.0


def test_a_faint_raw_curve_and_its_smoothed_one_are_told_apart() -> None:
    x = np.arange(40.0, 280.0, 4.0)
    smooth = 60 + 110 * (1 - np.exp(-(x - 40) / 60))
    raw = smooth + 22 * np.sin(x * 1.7)
    image = canvas()
    faint = tuple(int(255 - 0.3 * (255 - c)) for c in BLUE)
    stroke(image, x, raw, faint)
    stroke(image, x, smooth, BLUE)
    traces = {t.role: t for t in trace_panel(Raster(image), RULER, panel())}
    assert set(traces) == {"raw", "smoothed"}
    assert traces["raw"].pair == traces["smoothed"].pair
    assert traces["raw"].opacity == pytest.approx(0.3, abs=0.05)
    assert np.percentile(np.abs(error_px(traces["smoothed"].points_px, x, smooth)), 95) < 0.8
    at = np.interp(x, traces["raw"].points_px[:, 0], traces["raw"].points_px[:, 1])
    assert np.median(np.abs(at - raw)) < 2.5


def test_a_dashed_curve_is_one_curve_with_a_rhythm() -> None:
    x = np.linspace(30, 290, 261)
    y = 100 + 30 * np.sin(x / 40)
    image = canvas()
    for start in range(0, 255, 12):
        stroke(image, x[start : start + 7], y[start : start + 7], ORANGE)
    (trace,) = trace_panel(Raster(image), RULER, panel())
    assert trace.line == "dashed"
    assert np.percentile(np.abs(error_px(trace.points_px, x, y)), 95) < 1.0


def test_an_empty_panel_and_words_give_no_curve() -> None:
    image = canvas(grid=True)
    cv2.putText(image, "no data yet", (70, 110), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    assert trace_panel(Raster(image), RULER, panel()) == ()


def test_a_frame_outside_the_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="frame inside"):
        lay_sheet(Raster(canvas()), Frame(400.0, 300.0, 500.0, 400.0), 8.0)


def test_the_background_holds_grid_and_spines() -> None:
    sheet = lay_sheet(Raster(canvas(grid=True)), FRAME, 8.0)
    assert tuple(sheet.paper) == (255, 255, 255)
    assert sheet.contrast.max() < 1.0
    assert sheet.grid[:, 70].all()
    assert sheet.grid[51].all()
    assert not sheet.grid[52, 71]
    assert sheet.to_image(np.array([[0.0, 0.0]]))[0] == pytest.approx([20, 15])


def test_the_path_prefers_ink_over_the_straight_way() -> None:
    alpha = np.zeros((20, 40), np.float32)
    alpha[5, :20] = 1.0
    alpha[5:15, 20] = 1.0
    alpha[14, 20:] = 1.0
    path = cheapest_path(alpha, np.zeros(alpha.shape, bool))
    assert (path[1:19] == 5).all()
    assert (path[21:39] == 14).all()


def test_a_pen_is_eroded_from_a_wall_of_noise() -> None:
    alpha = np.zeros((60, 50), np.float32)
    alpha[10:50, 5:45] = 1.0  # a pen 4 px wide has filled rows 10 to 49: its centre went from 11.5 to 47.5
    points = emit_points(alpha, np.zeros(alpha.shape, bool), 4.0)
    middle = points[(points[:, 0] > 12) & (points[:, 0] < 38)]
    assert middle[:, 1].min() == pytest.approx(11.5, abs=0.3)
    assert middle[:, 1].max() == pytest.approx(47.5, abs=0.3)


def test_a_first_column_of_which_other_ink_hides_the_flank_is_told_to_its_top() -> None:
    alpha = np.zeros((80, 40), np.float32)
    alpha[10:50, 5] = 0.95  # a pen 1.6 px wide that falls from row 10, its left half under other ink
    alpha[45:52, 6] = 1.0
    alpha[50:52, 6:38] = 1.0
    points = emit_points(alpha, np.zeros(alpha.shape, bool), 1.6)
    assert points[points[:, 0] <= 5.5, 1].min() == pytest.approx(10.3, abs=0.6)
    assert points[points[:, 0] > 10, 1] == pytest.approx(50.5, abs=0.3)


@pytest.mark.parametrize("width", [1.2, 3.0, 4.0, 5.0])
def test_a_wall_is_gone_down_once(width: float) -> None:
    """A step down: its top, then its foot, though the pen fills several columns of the wall."""
    for at in np.arange(150.0, 151.0, 0.125):
        rgb = draw([(20, 30), (at, 30), (at, 90), (280, 90)], width, size=(120, 300))
        alpha = (255 - rgb[..., 0].astype(np.float32)) / (255 - 31)
        x, y = emit_points(alpha, np.zeros(alpha.shape, bool), width - 0.3).T
        assert (np.diff(y) > -3.0).all(), at
        assert (y.min(), y.max()) == pytest.approx((30, 90), abs=0.6)
        assert np.interp(60, np.maximum.accumulate(y), x) == pytest.approx(at, abs=0.6)


def test_the_width_of_a_sloping_stroke_is_measured_across_it() -> None:
    image = canvas()
    x = np.linspace(40, 280, 50)
    stroke(image, x, 60 + 0.5 * (x - 40), (0, 0, 0), 3)
    alpha = (255 - image[30:210, 30:290, 0]).astype(np.float32) / 255
    assert stroke_width(alpha) == pytest.approx(3.3, abs=0.4)


def test_solid_ink_has_no_rhythm() -> None:
    alpha = np.zeros((20, 100), np.float32)
    alpha[10, 5:95] = 1.0
    assert rhythm_of(alpha, np.zeros(alpha.shape, bool), 1.0) is None


def test_a_covered_start_follows_the_curve_that_covers_it() -> None:
    x = np.arange(10.0, 60.0)
    whole = np.stack([x, 100 - x], axis=1)
    sibling = np.stack([x, 90 - x], axis=1)
    cut = np.stack([np.arange(20.0, 60.0), 80 + 0.1 * np.arange(40)], axis=1)
    added = along_others([whole, sibling, cut], [2.0, 2.0, 2.0], [True, True, True])
    assert added[0][0].size == 0
    assert added[2][0][0] == pytest.approx([10, 90])
    assert added[2][0][-1] == pytest.approx([19, 81])
