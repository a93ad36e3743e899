"""What is no curve is refused, and takes the rest with it only where it is most of the panel."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.geometry import Box, Frame
from plotread.model import Axis
from plotread.vision.plausible import curves_only, surely_curves
from plotread.vision.types import PanelFrame, Raster, Ruler, Trace
from tests.vision.pen import draw

RULER = Ruler(10.0, ((255, 255, 255),))
PANEL = PanelFrame(Frame(2.0, 2.0, 237.0, 117.0), Axis(), Axis())
BLUE = (31, 119, 180)


def trace(points, *, width=2.0, line="solid"):
    points = np.asarray(points, float)
    n = len(points)
    return Trace(points, np.full(n, 0.2), np.ones(n, bool), BLUE, line=line, width_px=width)


def picture_of(*courses):
    images = [draw(c, 2, color=BLUE) for c in courses]
    return Raster(np.minimum.reduce(images))


COURSE = np.stack([np.arange(10, 230, 2.0), 30 + 60 * (1 - np.exp(-np.arange(110) / 30))], axis=1)


def test_a_thin_curve_stays():
    assert len(curves_only(picture_of(COURSE), RULER, PANEL, (trace(COURSE),))) == 1


def test_bars_are_refused():
    assert curves_only(picture_of(COURSE), RULER, PANEL, (trace(COURSE, width=14.0),)) == ()


def test_a_doubtful_trace_leaves_the_curve_beside_it():
    kept = curves_only(picture_of(COURSE), RULER, PANEL, (trace(COURSE), trace(COURSE, width=14.0)))
    assert [t.width_px for t in kept] == [2.0]


def test_most_of_a_panel_decides():
    bars = [trace(COURSE, width=14.0)] * 2
    assert curves_only(picture_of(COURSE), RULER, PANEL, (trace(COURSE), *bars)) == ()


def with_dots(places):
    picture = picture_of(COURSE).rgb.copy()
    for x, y in places:
        cv2.circle(picture, (x, y), 3, (214, 39, 40), -1)
    return Raster(picture)


def test_lone_dots_of_one_size_are_a_scatter():
    rng = np.random.default_rng(4)
    places = [(int(x), int(y)) for x, y in zip(range(12, 232, 5), rng.integers(8, 112, 44), strict=True)]
    places = [(x, y) for x, y in places if abs(y - np.interp(x, *COURSE.T)) > 12]
    assert len(places) >= 32
    assert curves_only(with_dots(places), RULER, PANEL, (trace(COURSE),)) == ()
    # a few of them, or as many in a row: outliers of a curve, dots of a line
    assert len(curves_only(with_dots(places[::2]), RULER, PANEL, (trace(COURSE),))) == 1
    row = [(x, 110) for x in range(6, 236, 8)] + [(x, 10) for x in range(6, 236, 8)]
    assert len(curves_only(with_dots(row), RULER, PANEL, (trace(COURSE),))) == 1


def sure(picture, *traces, words=()):
    return surely_curves(picture, RULER, PANEL, traces, words)


def test_a_curve_that_explains_its_ink_needs_no_numbers():
    assert sure(picture_of(COURSE), trace(COURSE))


def test_ink_that_no_curve_explains_refuses_a_frame_without_numbers():
    other = np.array([[20, 20], [90, 100], [160, 20], [225, 100.0]])
    assert not sure(picture_of(COURSE, other), trace(COURSE))
    assert sure(picture_of(COURSE, other), trace(COURSE), trace(other))


def test_words_and_the_frame_around_them_are_no_ink_of_curves():
    legend = np.array([[150, 20], [220, 20], [220, 45], [150, 45], [150, 20.0]])
    assert not sure(picture_of(COURSE, legend), trace(COURSE))
    assert sure(picture_of(COURSE, legend), trace(COURSE), words=(Box(155, 25, 216, 41),))


def test_a_legend_that_covers_part_of_a_spine_leaves_it_a_spine():
    spine = np.array([[2, 2], [237, 2.0]])
    both = picture_of(COURSE, spine)
    assert sure(both, trace(COURSE))
    assert sure(both, trace(COURSE), words=(Box(120, 4, 230, 16),))


def test_level_rules_alone_are_a_table():
    rule = np.array([[10, 40], [230, 40.0]])
    assert not sure(picture_of(rule), trace(rule))


def test_a_scrap_is_no_curve():
    scrap = COURSE[:30]
    assert not sure(picture_of(scrap), trace(scrap))


def test_a_closed_line_is_no_curve():
    turn = np.linspace(0, 2 * np.pi, 200)
    ring = np.stack([120 + 100 * np.cos(turn), 60 - 45 * np.sin(turn)], axis=1)
    upper = ring[:101][::-1]
    lower = ring[100:]
    assert not sure(picture_of(ring), trace(upper))
    assert not sure(picture_of(ring), trace(upper), trace(lower))
    # Even where a path covers all of it, two strokes stand in each column.
    both = np.repeat(upper, 2, axis=0)
    both[1::2, 1] = np.interp(upper[:, 0], lower[:, 0], lower[:, 1])
    assert not sure(picture_of(ring), trace(both))


def test_the_outlines_of_bars_are_no_curve():
    steps = []
    for k in range(10):
        x, top = 20 + 20 * k, 30 + 17 * (k * 7 % 5)
        steps += [[x, 110], [x, top], [x + 14, top], [x + 14, 110]]
    outline = np.array(steps, float)
    assert not sure(picture_of(outline), trace(outline))


def dashes_into_marks():
    """Dashes of 5 px, most gaps 2 and some 9 px, and then markers of 7 px that touch; pen 1.5 px."""
    y = 60.0  # level, so that a px of the path is a px of the picture
    picture = draw(np.array([[90, y], [215, y]]), 7, color=BLUE)
    picture[59:61, 221:231] = BLUE
    for x in np.cumsum([10, 7, 7, 7, 14, 7, 7, 7, 7, 14]):
        picture[59:61, x : x + 5] = BLUE
    return Raster(picture)


def test_dashes_that_run_into_markers_are_a_curve_if_a_pen_drew_them():
    picture, course = dashes_into_marks(), np.array([[10, 60], [230, 60.0]])
    thin, thick = (trace(course, width=w, line="dashed") for w in (1.5, 5.0))
    other = trace(course - [0, 12], width=1.5)
    assert curves_only(picture, RULER, PANEL, (thin, other)) == (thin, other)
    assert curves_only(picture, RULER, PANEL, (thick, other)) == (other,)
