"""Colors that are no curves of their own: rims of a palette, ringing beside strokes, halves of a cloud."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from plotread.vision.ink import trace_panel
from plotread.vision.ink.colors import is_ringing
from plotread.vision.types import Raster
from tests.vision.ink.test_trace import BLUE, ORANGE, RULER, canvas, entry, panel, stroke

CORE, RIM = (0, 0, 255), (60, 61, 216)


def test_a_sample_that_is_all_rim_names_the_core_of_its_stroke() -> None:
    """A picture of few colors: the thin sample in the legend has none of the curve's own color."""
    image = canvas()
    x = np.arange(30, 290)
    y = np.round(60 + 130 * (1 - np.exp(-(x - 30) / 60)) + 6 * np.sin(x * 2.4)).astype(int)
    for column, (a, b) in zip(x[1:], pairwise(y), strict=True):
        low, high = min(a, b), max(a, b) + 1
        image[low - 1 : high + 1, column] = RIM
        image[low:high, column] = CORE
    (trace,) = trace_panel(Raster(image), RULER, panel(), (entry("raw loss", RIM),))
    assert trace.color == CORE
    assert trace.points_px[[0, -1], 0] == pytest.approx([31, 289], abs=0.5)


def test_ringing_is_the_hue_on_the_other_side_of_the_paper() -> None:
    paper = np.array([229, 229, 229], np.float32)
    inks = [np.array([255, 84, 52], np.float32)]
    assert is_ringing(np.array([225, 251, 255], np.float32), paper, inks)
    assert not is_ringing(np.array([233, 207, 202], np.float32), paper, inks)  # paler, on its own side
    assert not is_ringing(np.array([255, 251, 225], np.float32), paper, inks)  # of another hue
    assert not is_ringing(np.array([190, 255, 255], np.float32), paper, inks)  # of another one


def test_a_cloud_that_a_smoothed_curve_parts_all_along_is_one_curve() -> None:
    image = canvas()
    x = np.arange(30.0, 290)
    course = 60 + 130 * (1 - np.exp(-(x - 30) / 60))
    rng = np.random.default_rng(8)
    stroke(image, x, course + rng.normal(0, 3, len(x)), BLUE, 2)
    stroke(image, x, course, ORANGE, 2)
    named = (entry("raw loss", BLUE), entry("smoothed", ORANGE))
    traces = trace_panel(Raster(image), RULER, panel(), named)
    assert sorted(t.color[0] for t in traces) == sorted([BLUE[0], ORANGE[0]])
