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
