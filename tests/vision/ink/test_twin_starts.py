"""Starts of curves that share an ink: dashed ones beside solid ones, smoothed ones over raw ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plotread.vision.ink import trace_panel
from plotread.vision.ink.ends import along_others
from plotread.vision.types import Raster, Trace
from tests.vision.ink.test_trace import BLUE, ORANGE, RULER, canvas, entry, panel, stroke

FIRST = 34.0  # the column of the first step


def dashed(
    image: np.ndarray, x: np.ndarray, y: np.ndarray, color: tuple[int, int, int], on: float, off: float
) -> None:
    """A broken line of two px, which begins with a dash."""
    fine = np.linspace(x[0], x[-1], 20 * int(x[-1] - x[0]))
    height = np.interp(fine, x, y)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(fine), np.diff(height)))])
    for start in np.arange(0.0, run[-1], on + off):
        part = (run >= start) & (run <= start + on)
        stroke(image, fine[part], height[part], color)


def dashed_twin(
    solid: tuple[np.ndarray, np.ndarray], broken: tuple[np.ndarray, np.ndarray], dash: tuple[float, float]
) -> tuple[Trace, tuple[float, float]]:
    """The dashed line as read beside a solid one of its ink, and its first point."""
    image = canvas()
    stroke(image, *solid, BLUE)
    dashed(image, *broken, BLUE, *dash)
    legend = (entry("train", BLUE), replace(entry("val", BLUE), line="dashed"))
    traces = trace_panel(Raster(image), RULER, panel(), legend)
    assert sorted(t.line for t in traces) == ["dashed", "solid"]
    (told,) = [t for t in traces if t.line == "dashed"]
    return told, (told.points_px[0, 0], told.points_px[0, 1])


@pytest.mark.parametrize("turn", [[84.0, 60], [86.0, 150]])
def test_a_dashed_line_that_leaves_its_solid_twin_begins_with_it(turn: list[float]) -> None:
    """Its first dashes lie on the twin, down to 88 px; what turns off there points to the left, and up."""
    solid = np.array([FIRST, 44, 80, 286]), np.array([30.0, 120, 150, 170])
    broken = np.array([FIRST, 40, 60, 286]), np.array([30.0, 88, *turn])
    told, start = dashed_twin(solid, broken, (8, 8))
    assert start == pytest.approx((FIRST, 30), abs=4)
    assert told.points_px[-1, 1] == pytest.approx(turn[1], abs=3)


@pytest.mark.parametrize("until", [38.0, 40])
def test_a_dashed_line_begins_with_a_dash_and_not_level_on_paper(until: float) -> None:
    """The first dash lies on the start of its level twin: the way back crosses one blank to ink."""
    solid = np.array([FIRST, 286]), np.array([40.0, 60])
    _, start = dashed_twin(solid, (np.array([FIRST, until, 60, 286]), np.array([40.0, 90, 170, 200])), (8, 8))
    assert start == pytest.approx((FIRST, 40), abs=3)


@pytest.mark.parametrize(
    ("until", "low", "beside", "dash"), [(40, 110, 8, (7, 5)), (44, 110, 14, (7, 5)), (48, 140, 14, (8, 8))]
)
def test_many_dashes_before_the_solid_line_begins_are_not_its_own(
    until: float, low: float, beside: float, dash: tuple[float, float]
) -> None:
    """The dashed line falls past where the solid one begins, close beside it."""
    solid = np.array([until + beside, until + beside + 25, 286]), np.array([low - 10, 165.0, 175])
    x, y = np.array([FIRST, until, until + 30, 286]), np.array([30.0, low, 195, 205])
    told, start = dashed_twin(solid, (x, y), dash)
    assert start == pytest.approx((FIRST, 30), abs=2)
    near = told.points_px[told.points_px[:, 0] <= until]
    assert np.abs(np.interp(near[:, 0], x, y) - near[:, 1]).max() < 4


@pytest.mark.parametrize(
    "cover", [([FIRST, 60, 80, 286], [40.0, 80, 100, 120]), ([FIRST, 44, 286], [40.0, 120, 130])]
)
@pytest.mark.parametrize("mirror", [False, True])
def test_a_covered_start_of_a_smoothed_curve_is_led_back_by_its_tip(
    cover: tuple[list[float], list[float]], mirror: bool
) -> None:
    image = canvas()
    x = np.arange(FIRST, 287.0, 1.5)
    course = 200 - 175 * np.exp(-(x - FIRST) / 5)
    rng = np.random.default_rng(4)
    noise = np.clip(course + rng.normal(0, 9, len(x)) * np.clip((x - FIRST) / 20, 0, 1), 20, 215)
    pale = tuple(round(255 - 0.3 * (255 - channel)) for channel in BLUE)
    stroke(image, x, noise, (pale[0], pale[1], pale[2]))
    stroke(image, x, course, BLUE, 3)
    stroke(image, np.array(cover[0]), np.array(cover[1]), ORANGE, 5)
    if mirror:
        image = np.ascontiguousarray(image[:, ::-1])
    traces = trace_panel(Raster(image), RULER, panel(), (entry("loss", BLUE), entry("other", ORANGE)))
    (smoothed,) = [t for t in traces if t.role == "smoothed"]
    end = smoothed.points_px[-1 if mirror else 0]
    assert (319 - end[0] if mirror else end[0]) == pytest.approx(FIRST, abs=1.5)
    assert end[1] == pytest.approx(25, abs=2)


def test_a_curve_is_not_led_along_the_middle_of_its_own_band() -> None:
    curve = np.array([[40.0, 100], [60, 120], [80, 130]])
    band = np.array([[36.0, 90], [38, 95], [40, 101], [60, 120], [80, 130]])
    other = np.array([[36.0, 20], [80, 30]])
    led = [
        along_others([curve, band, other], [3.0, 0.0, 3.0], [True, False, True], strokes=[True, middle, True])
        for middle in (False, True)
    ]
    assert len(led[0][0][0]) == 0
    assert led[1][0][0].tolist() == [[36, 90], [38, 95]]
