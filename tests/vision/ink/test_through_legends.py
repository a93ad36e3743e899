"""Curves that run on among the words of a legend without a fill."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.geometry import Box
from plotread.vision.ink import trace_panel
from plotread.vision.types import LegendEntry, Raster
from tests.vision.ink.test_trace import BLUE, RULER, canvas, error_px, panel, stroke

X = np.linspace(34, 286, 127)
Y = 180 - 150 * (X - 34) / 252  # from (34, 180) to (286, 30), through the words
SWATCH, WORDS = Box(205, 33, 235, 36), Box(205, 28, 290, 42)


def picture(color: tuple[int, int, int]) -> np.ndarray:
    image = canvas()
    stroke(image, X, Y, BLUE)
    stroke(image, np.array([205.0, 235.0]), np.array([34.5, 34.5]), BLUE)
    cv2.putText(image, "loss one", (240, 41), cv2.FONT_HERSHEY_PLAIN, 0.8, color, 1, cv2.LINE_AA)
    return image


def entry() -> LegendEntry:
    return LegendEntry("loss one", BLUE, "solid", None, SWATCH, WORDS)


def test_a_colored_curve_is_seen_among_black_words() -> None:
    (trace,) = trace_panel(Raster(picture((0, 0, 0))), RULER, panel(), (entry(),), (WORDS,))
    under = trace.points_px[:, 0] > 266  # here the curve is within the words' box
    assert trace.points_px[-1, 0] == pytest.approx(286, abs=2.5)
    assert trace.observed[under].mean() > 0.5
    assert np.percentile(np.abs(error_px(trace.points_px, X, Y)), 95) < 0.6


def test_the_sample_itself_is_no_curve() -> None:
    (trace,) = trace_panel(Raster(picture((0, 0, 0))), RULER, panel(), (entry(),), (WORDS,))
    at_sample = np.abs(trace.points_px - [220.0, 34.5]).max(axis=1) < 8
    assert not at_sample.any()


def test_words_in_the_color_of_the_curve_are_left_shut() -> None:
    (trace,) = trace_panel(Raster(picture(BLUE)), RULER, panel(), (entry(),), (WORDS,))
    under = trace.points_px[:, 0] > 268
    assert not trace.observed[under].any()


def filled(
    opacity: float, y: np.ndarray = Y, top: int = 20, words: str = "loss one", side: int = 204
) -> np.ndarray:
    """A curve that runs under a legend with a white fill, a frame, a sample and black words."""
    image = canvas()
    stroke(image, X, y, BLUE)
    inner = (slice(top, 51), slice(197, 297))
    image[inner] = np.round((1 - opacity) * image[inner] + opacity * 255)
    cv2.rectangle(image, (197, top), (296, 50), (204, 204, 204), 1)
    image[top, 197:297] = side
    stroke(image, np.array([205.0, 235.0]), np.array([34.5, 34.5]), BLUE)
    cv2.putText(image, words, (240, 41), cv2.FONT_HERSHEY_PLAIN, 0.8, (0, 0, 0), 1, cv2.LINE_AA)
    return image


@pytest.mark.parametrize(("opacity", "top"), [(0.7, 204), (0.8, 204), (0.9, 204), (0.8, 247)])
def test_a_curve_that_shines_through_the_fill_is_seen(opacity: float, top: int) -> None:
    """Also where the frame's upper side is faint."""
    (trace,) = trace_panel(Raster(filled(opacity, side=top)), RULER, panel(), (entry(),), (WORDS,))
    under = trace.points_px[:, 0] > 255  # the curve enters the legend at x 253
    assert trace.points_px[-1, 0] == pytest.approx(286, abs=2.5)
    assert trace.observed[under].mean() > 0.5
    assert np.percentile(np.abs(error_px(trace.points_px, X, Y)), 95) < 0.8


def test_nothing_is_seen_through_a_full_fill() -> None:
    (trace,) = trace_panel(Raster(filled(1.0)), RULER, panel(), (entry(),), (WORDS,))
    under = trace.points_px[:, 0] > 255
    assert not trace.observed[under].any()


def test_a_level_curve_under_the_fill_is_not_its_frame() -> None:
    level = np.full_like(X, 25.0)
    image = filled(0.8, level, top=18, words="")
    (trace,) = trace_panel(Raster(image), RULER, panel(), (entry(),), (WORDS,))
    assert trace.observed[trace.points_px[:, 0] > 202].mean() > 0.9
    assert np.percentile(np.abs(error_px(trace.points_px, X, level)), 95) < 0.5


def test_the_frame_is_found_though_a_curve_lengthened_a_sample() -> None:
    """A level curve that meets the legend beside a sample is taken for a part of it."""
    image = filled(0.8, np.full_like(X, 45.0), words="")
    longer = LegendEntry("loss one", BLUE, "solid", None, Box(184, 33, 235, 36), Box(184, 28, 290, 42))
    (trace,) = trace_panel(Raster(image), RULER, panel(), (longer,), (longer.box,))
    assert trace.points_px[-1, 0] == pytest.approx(286, abs=2.5)
    assert trace.observed[trace.points_px[:, 0] > 202].mean() > 0.9
