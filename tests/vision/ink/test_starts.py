"""Starts that other curves cover are led back to the common first step."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.vision.ink import trace_panel
from plotread.vision.ink.emit import _without_hooks
from plotread.vision.ink.starts import Covered, Fit, _better, _is_noise, led_back
from plotread.vision.types import Raster
from tests.vision.ink.test_trace import BLUE, ORANGE, RULER, canvas, entry, panel, stroke

PURPLE, BROWN = (149, 108, 180), (140, 97, 60)
FIRST = 40.0  # the column of the first step


def coverage(x: list[float], y: list[float], width: int) -> np.ndarray:
    image = np.zeros((240, 320, 3), np.uint8)
    stroke(image, np.array(x), np.array(y), (255, 255, 255), width)
    return (image[..., 0] / 255).astype(np.float32)


def covered(visible_from: float) -> tuple[Covered, np.ndarray]:
    """A curve that falls from (40, 30) to (52, 130) and on to (300, 180), under another one from (40, 50)."""
    own = coverage([FIRST, 52, 300], [30, 130, 180], 3)
    others = coverage([FIRST, 51, 300], [50, 140, 215], 5)
    seen = np.clip(own - others, 0, 1)
    x = np.arange(visible_from, 300.0, 0.5)
    points = np.stack([x, np.interp(x, [FIRST, 52, 300], [30, 130, 180])], axis=1)
    steps = np.arange(FIRST, 300.0)
    way = np.stack([steps, np.interp(steps, [FIRST, 51, 300], [50, 140, 215])], axis=1)
    return Covered(points, 3.0, seen, others), way


def test_a_covered_start_is_led_back_by_its_tip() -> None:
    curve, way = covered(60.0)
    led = led_back(curve, FIRST, [way])
    assert led is not None
    at, points = led
    assert at >= 60.0
    assert points[0, 0] == FIRST
    assert abs(points[0, 1] - 30) <= 3  # not 50, where the other curve begins


def test_a_curve_that_begins_later_in_the_open_is_left_alone() -> None:
    own = coverage([80, 300], [60, 180], 3)
    x = np.arange(80.0, 300.0, 0.5)
    points = np.stack([x, np.interp(x, [80, 300], [60, 180])], axis=1)
    curve = Covered(points, 3.0, own, np.zeros_like(own))
    assert led_back(curve, FIRST, []) is None


def test_a_start_does_not_go_up_and_down_again_within_the_pen() -> None:
    """A stroke straight down, half under another one: ink of its own column is left below its opening."""
    x, y = [FIRST, FIRST + 0.8, FIRST + 3, 300], [30, 66, 150, 180]
    own = coverage(x, y, 3)
    others = coverage([FIRST - 1.5, FIRST - 0.5], [30, 66], 2)
    columns = np.array([FIRST, FIRST + 0.4, FIRST + 0.9, *np.arange(FIRST + 1.2, 300.0, 0.5)])
    points = np.stack([columns, np.interp(columns, x, y)], axis=1)
    curve = Covered(points, 3.0, own - np.minimum(own, others), others)
    led = led_back(curve, FIRST - 0.3, [])
    if led is not None:
        assert (np.diff(led[1][:, 1]) >= 0).all()
        assert led[1][0, 1] == pytest.approx(30, abs=4)


def test_noise_is_no_stroke_to_lead_back() -> None:
    curve, way = covered(60.0)
    rng = np.random.default_rng(3)
    noisy = curve.points + rng.normal(0, 12, len(curve.points))[:, None] * np.array([0.0, 1.0])
    assert led_back(Covered(noisy, 3.0, curve.own, curve.others), FIRST, [way]) is None


def test_a_cloud_is_no_way_to_lead_a_start_along() -> None:
    """A way that sweeps up and down over all the ink would explain it, and tell nothing."""
    fall = np.linspace(20.0, 200.0, 60)
    assert _is_noise(np.where(np.arange(60) % 2, 200.0, 20.0))
    assert not _is_noise(fall)
    assert not _is_noise(fall + 3 * np.sin(np.arange(60)))


def test_a_steep_end_has_no_hook_beside_its_tip() -> None:
    hook = [[38.5, 40.0], [39.0, 36.0], [39.5, 20.0]]
    fall = [[40.0 + k, 20.0 + 12 * k] for k in range(12)]
    told = _without_hooks(np.array(hook + fall), 4.0)
    assert told[0].tolist() == [39.5, 20.0]
    assert len(told) == 13
    rise = np.array(hook + fall)[::-1] * np.array([-1.0, 1.0])
    assert len(_without_hooks(rise, 4.0)) == 13
    noise = np.stack([np.arange(40.0), 50 + 20 * (-1.0) ** np.arange(40)], axis=1)
    assert len(_without_hooks(noise, 4.0)) == 40


def test_curves_of_one_step_are_told_from_there_at_both_ends() -> None:
    image = canvas()
    under, over = ([FIRST, 48, 80, 280], [30, 120, 150, 170]), ([FIRST, 49, 90, 280], [60, 125, 190, 200])
    stroke(image, *(np.array(v, float) for v in under), BLUE, 3)
    stroke(image, *(np.array(v, float) for v in over), ORANGE, 3)
    for mirror in (False, True):
        picture = np.ascontiguousarray(image[:, ::-1]) if mirror else image
        traces = trace_panel(
            Raster(picture), RULER, panel(), (entry("a", BLUE), entry("b", ORANGE))
        )
        assert len(traces) == 2
        for trace, y in zip(traces, (30, 60), strict=True):
            end = trace.points_px[-1] if mirror else trace.points_px[0]
            x = 319 - end[0] if mirror else end[0]
            assert abs(x - FIRST) <= 2
            assert abs(end[1] - y) <= 5


def test_a_pale_gridline_is_not_the_ink_of_a_legend_entry() -> None:
    image = canvas(grid=True)
    x = np.linspace(30, 290, 131)
    stroke(image, x, 60 + 0.3 * x, PURPLE)
    stroke(image, x, 180 - 0.3 * x, BROWN)
    named = (entry("purple", (163, 122, 190)), entry("brown", BROWN))  # a sample blurred by its size
    traces = trace_panel(Raster(image), RULER, panel(), named)
    assert sorted(t.color for t in traces) == sorted([BROWN, PURPLE])


def test_two_near_hues_that_stand_apart_are_two_curves() -> None:
    image = canvas()
    x = np.linspace(30, 290, 131)
    near = ((234, 152, 209), (178, 146, 208))  # 20 apart in Lab
    for color, y in zip(near, (60.0, 150.0), strict=True):
        stroke(image, x, y + 20 * np.sin(x / 30), color)
    traces = trace_panel(Raster(image), RULER, panel())
    assert len(traces) == 2
    for trace in traces:
        assert np.ptp(trace.points_px[:, 1]) < 45


def test_a_start_that_falls_short_of_the_first_step_is_left_for_any_better_one() -> None:
    # The old one runs up and down the rim of what covers it: it explains more, and hides paper.
    new, old = Fit(gain=82, on_paper=0.02, explained=0.87), Fit(gain=33, on_paper=0.26, explained=0.95)
    assert _better(new, old, lacking=True)
    assert not _better(new, old, lacking=False)
    assert not _better(old, new, lacking=True)


def test_a_way_without_ink_to_tell_it_makes_no_detour() -> None:
    # A box hides all between (260, 100) and the last pixel at (300, 110): straight across, not by the slope.
    own = coverage([40, 230, 260, 300], [150, 120, 100, 110], 2)
    boxes = np.zeros_like(own)
    boxes[20:200, 261:299] = 1.0
    seen = np.clip(own - boxes, 0, 1)
    x = np.arange(40.0, 260.5, 0.5)
    points = np.stack([x, np.interp(x, [40, 230, 260], [150, 120, 100])], axis=1)
    turned = np.stack([319 - points[::-1, 0], points[::-1, 1]], axis=1)
    led = led_back(Covered(turned, 2.0, seen[:, ::-1], boxes[:, ::-1]), 319.0 - 300, [])
    assert led is not None
    _, way = led
    assert way[0] == pytest.approx([19, 110], abs=2)
    assert np.ptp(way[:, 1]) < 14
