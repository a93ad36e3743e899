"""Markers of every shape: their steps, their heights and their letter."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest

from plotread.geometry import Frame
from plotread.model import Axis, Scale
from plotread.vision.image import load
from plotread.vision.ink.explain import explains
from plotread.vision.ink.markers import comb, depth_of, maxima
from plotread.vision.points import recover_points
from plotread.vision.points.near import Line, Loose, line_of
from plotread.vision.points.shapes import find_mark
from plotread.vision.points.teeth import _teeth
from plotread.vision.read import read_image
from plotread.vision.types import PanelFrame, Raster, Trace
from tests.vision.pen import ENLARGE, draw

plt = pytest.importorskip("matplotlib.pyplot")

COLOR = (31, 119, 180)
PITCH = 17.0
STEPS = np.arange(1, 13)
FRAME = Frame(10.0, 8.0, 232.0, 112.0)
WIDTH = 2.0


def panel():
    """Step k is drawn at 15 + 17 k px."""
    x, y = Scale("linear", 1 / PITCH, -15 / PITCH), Scale("linear", -0.1, 11.0)
    return PanelFrame(FRAME, Axis(scale=x), Axis(scale=y))


def heights():
    return 95 - 70 * np.exp(-STEPS / 4.0) + np.random.default_rng(5).uniform(-3, 3, len(STEPS))


def outline(letter, r):
    """Corners of a marker around (0, 0), y down; two crossing bars for x and +."""
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    bar = np.array([(-r, -0.8), (r, -0.8), (r, 0.8), (-r, 0.8)])
    quarter = np.array([[0, -1], [1, 0]])
    eighth = np.array([[1, -1], [1, 1]]) / 2**0.5
    tips = np.arange(10) * np.pi / 5
    reach = np.where(np.arange(10) % 2 == 0, r, 0.382 * r)
    return {
        "o": [r * np.stack([np.cos(turn), np.sin(turn)], axis=1)],
        "s": [r * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])],
        "D": [r * np.array([(0, -1), (1, 0), (0, 1), (-1, 0)])],
        "^": [r * np.array([(0, -1), (1, 1), (-1, 1)])],
        "v": [r * np.array([(0, 1), (1, -1), (-1, -1)])],
        "+": [bar, bar @ quarter],
        "x": [bar @ eighth, bar @ eighth @ quarter],
        "*": [np.stack([reach * np.sin(tips), -reach * np.cos(tips)], axis=1)],
    }[letter]


def picture(letter, r, x, y, width=WIDTH):
    """A line with markers, drawn eight times too large and averaged down."""
    line = draw(np.stack([x, y], axis=1), width).astype(float)
    mask = np.zeros((120 * ENLARGE, 240 * ENLARGE), np.uint8)
    for px, py in zip(x, y, strict=True):
        for part in outline(letter, r):
            big = (part + (px, py) + 0.5) * ENLARGE - 0.5
            cv2.fillPoly(mask, [np.round(big).astype(np.int32)], 255)
    share = cv2.resize(mask, (240, 120), interpolation=cv2.INTER_AREA).astype(float)[..., None] / 255
    over = np.array(COLOR) * share + 255 * (1 - share)
    return np.round(np.minimum(line, over)).astype(np.uint8)


def traced(x, y, told):
    columns = np.arange(np.ceil(x[0]), np.floor(x[-1]) + 1)
    points = np.stack([columns, np.interp(columns, x, y)], axis=1)
    n = len(points)
    return Trace(points, np.full(n, 0.2), np.ones(n, bool), COLOR, width_px=WIDTH, marker=told)


@pytest.mark.parametrize("told", [None, "o"])
@pytest.mark.parametrize("letter", ["o", "s", "D", "^", "v", "+", "x", "*"])
def test_each_shape_is_told_and_stands_on_its_steps(letter, told):
    x, y = 15 + PITCH * STEPS, heights()
    raster = Raster(rgb=picture(letter, 5.0, x, y))
    found = recover_points(raster, panel(), (traced(x, y, told),)).traces[0]
    assert found.recovered
    assert found.marker == letter
    np.testing.assert_allclose(found.points_px[:, 0], x, atol=0.15)
    assert np.abs(found.points_px[:, 1] - y).max() < 0.35


def test_a_last_marker_half_beyond_the_edge_of_the_picture_is_told():
    x, y = 15 + PITCH * STEPS, heights()
    edge = int(x[-1])  # the last column; the last marker's middle stands right of it
    cut = np.ascontiguousarray(picture("o", 5.0, x, y)[:, :edge])
    whole = traced(x, y, "o")
    seen = whole.points_px[:, 0] < edge - 2
    trace = Trace(
        whole.points_px[seen], whole.sigma_px[seen], whole.observed[seen], COLOR, width_px=WIDTH, marker="o"
    )
    narrow = panel()
    narrow = PanelFrame(Frame(FRAME.left, FRAME.top, edge - 1.0, FRAME.bottom), narrow.x, narrow.y)
    found = recover_points(Raster(rgb=cut), narrow, (trace,)).traces[0]
    assert found.recovered
    np.testing.assert_allclose(found.points_px[:, 0], x, atol=0.2)
    assert abs(found.points_px[-1, 1] - y[-1]) < 1.5


@pytest.mark.parametrize("letter", ["o", "x"])
def test_a_trace_that_ends_within_its_last_marker_is_led_to_its_middle(letter):
    x, y = 15 + PITCH * STEPS, heights()
    raster = Raster(rgb=picture(letter, 5.0, x, y))
    whole = traced(x, y, letter)
    seen = whole.points_px[:, 0] < x[-1] - 2.5  # other curves cover the rest
    given = (whole.points_px[seen], whole.sigma_px[seen], whole.observed[seen])
    trace = Trace(*given, COLOR, width_px=WIDTH, marker=letter)
    found = recover_points(raster, panel(), (trace,)).traces[0]
    assert found.recovered
    np.testing.assert_allclose(found.points_px[:, 0], x, atol=0.3)


@pytest.mark.parametrize(
    ("pitch", "aside"),
    [(7.0, 3), (40.0, 3), (40.0, -13)],
    ids=["arms near the next", "arms", "a start before the first marker"],
)
def test_what_lies_beyond_the_last_marker_is_no_further_one(pitch, aside):
    x = 35.5 + pitch * np.arange(5)
    nothing = np.zeros((120, 240), bool)
    loose = Loose(np.ones(240), nothing[0], 3.5, np.ones((120, 240), np.float32), nothing)
    first = x[0] - 3 if aside > 0 else x[0] - pitch - aside  # led on towards the tooth before the first
    columns = np.arange(int(first), int(x[-1] + 4))
    line = Line(columns, np.full(len(columns), 60.0), np.zeros(len(columns)))
    comb = _teeth(1.0, 0.0, loose, line, Scale("linear", 1 / pitch, -35.5 / pitch), 3.5, 0)
    assert comb is not None
    np.testing.assert_allclose(comb.x_px, x)


def test_a_first_point_on_the_spine_begins_the_line():
    trace = Trace(np.array([[9.4, 40.0], [60.0, 50.0]]), np.ones(2), np.ones(2, bool), COLOR)
    line = line_of(trace, FRAME.inner())
    assert line.columns[0] == 0
    assert line.middle[0] == pytest.approx(40.0 - FRAME.inner().y0)


def test_a_small_disc_is_a_dot():
    x, y = 15 + PITCH * STEPS, heights()
    raster = Raster(rgb=picture("o", 2.4, x, y))
    assert recover_points(raster, panel(), (traced(x, y, "o"),)).traces[0].marker == "."


@pytest.mark.parametrize(("text_px", "told"), [(10.0, "."), (6.5, "o")])
def test_what_is_a_dot_under_large_digits_is_a_disc_under_small_ones(text_px, told):
    x, y = 15 + PITCH * STEPS, heights()
    raster = Raster(rgb=picture("o", 2.4, x, y))  # 4.8 px across, 2.4 pens
    assert recover_points(raster, panel(), (traced(x, y, "o"),), text_px).traces[0].marker == told


def test_a_thin_pen_draws_large_squares_beside_large_digits():
    x, y = (15 + PITCH * STEPS)[::2], heights()[::2]
    raster = Raster(rgb=picture("s", 10.0, x, y))  # ten pens across; half of one is five
    assert recover_points(raster, panel(), (traced(x, y, "o"),), 22.0).traces[0].marker == "s"


def shape_at(letter, r, x, y, drawn_y, width=WIDTH):
    """The marker found at (x, y) in a picture whose points stand at `drawn_y`."""
    share = (255 - picture(letter, r, x, drawn_y, width)[..., 0].astype(float)) / (255 - COLOR[0])
    return find_mark(share, np.ones(share.shape, bool), x, y, width, 8.0, line=1.0).letter


@pytest.mark.parametrize("letter", ["o", "^", "v", "s"])
def test_overlapping_markers_keep_their_shape(letter):
    x = 20 + 8.0 * np.arange(12)  # ten pixels across, eight from one to the next
    y = 60 + 12 * np.sin(np.arange(12))
    assert shape_at(letter, 5.0, x, y, y) == letter


@pytest.mark.parametrize(("letter", "lean"), [("^", 1.8), ("v", -1.8), ("s", 0.0), ("o", 0.0)])
def test_markers_that_touch_stand_where_their_outlines_tell(letter, lean):
    pitch = 9.0
    x, y = 20 + pitch * np.arange(20), 60 + 8 * np.sin(np.arange(20) / 2)
    taken = np.stack([x, y + lean], axis=1)  # of a triangle the middle of the ink lies nearer its base
    trace = Trace(taken, np.full(20, 0.3), np.ones(20, bool), COLOR, width_px=WIDTH, marker="o",
                  recovered=True)  # fmt: skip
    raster = Raster(rgb=picture(letter, 5.0, x, y))
    frame = PanelFrame(FRAME, Axis(scale=Scale("linear", 1 / pitch, -20 / pitch)), panel().y)
    found = recover_points(raster, frame, (trace,)).traces[0]
    assert found.marker == letter
    assert np.abs(found.points_px[:, 1] - y).max() < 0.5


def test_discs_larger_than_their_pitch_show_no_other_outline():
    x = 20 + 6.7 * np.arange(25)  # fourteen pixels across, seven from one to the next: a ribbon
    y = 60 + np.random.default_rng(2).uniform(-4, 4, 25)
    assert shape_at("o", 7.0, x, y, y, width=5.5) in ("o", ".")


@pytest.mark.parametrize("letter", ["o", "^", "x"])
def test_points_that_are_placed_wrong_do_not_hide_the_shape_of_the_others(letter):
    x, drawn = 15 + PITCH * STEPS[:10], heights()[:10]
    y = drawn.copy()
    y[[1, 4, 7]] += [6.0, -6.0, 6.0]  # three of ten stand beside their markers
    assert shape_at(letter, 4.0, x, y, drawn) == letter


def test_a_marker_only_in_the_legend_is_none():
    x, y = 15 + PITCH * STEPS, heights()
    raster = Raster(rgb=draw(np.stack([x, y], axis=1), WIDTH))
    assert recover_points(raster, panel(), (traced(x, y, "o"),)).traces[0].marker is None


def test_a_curve_takes_the_steps_of_its_neighbor_where_its_own_markers_hide():
    x, y = 15 + PITCH * STEPS, heights()
    other = np.full(len(x), 30.0)
    first = picture("s", 5.0, x, y).astype(int)
    green = (44, 160, 44)
    second = draw(np.stack([x, other], axis=1), WIDTH, color=green).astype(int)
    raster = Raster(rgb=np.minimum(first, second).astype(np.uint8))
    hidden = traced(x, other, "o")
    hidden = Trace(hidden.points_px, hidden.sigma_px, hidden.observed, green, width_px=WIDTH, marker="o")
    # A level line has no corners of its own: only the neighbor's comb can tell its steps.
    alone = recover_points(raster, panel(), (hidden,)).traces[0]
    both = recover_points(raster, panel(), (traced(x, y, "o"), hidden)).traces
    assert not alone.recovered
    assert both[1].recovered
    np.testing.assert_allclose(both[1].points_px[:, 0], x, atol=0.15)


def test_steps_between_whole_numbers_are_refused():
    x, y = 15 + PITCH * (STEPS + 0.5), heights()
    raster = Raster(rgb=picture("s", 5.0, x[:-1], y[:-1]))
    assert not recover_points(raster, panel(), (traced(x[:-1], y[:-1], None),)).traces[0].recovered


def drawn_at(place, letter, width, dpi):
    """A plot by matplotlib with markers 8 to 23 px apart, as everyday scripts draw them."""
    fig, axes = plt.subplots(figsize=place, dpi=dpi)
    step = np.arange(1, 21)
    noise = np.random.default_rng(3).uniform(-0.1, 0.1, (2, 20))
    for k in (0, 1):
        height = 2.2 * np.exp(-step / (5 + 3 * k)) + noise[k] + k
        axes.plot(step, height, marker=letter, lw=width)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    return read_image(load(buffer.getvalue())).panels[0].series


@pytest.mark.parametrize(
    ("letter", "width", "dpi", "inches"),
    [("s", 0.7, 220, 6.4), ("o", 2.5, 100, 6.4), ("x", 0.7, 100, 3.7), (".", 1.5, 100, 6.4)],
)
def test_markers_of_everyday_plots(letter, width, dpi, inches):
    # Large squares on a thin line; discs hardly wider than theirs; crosses with arms as thin as the line.
    told = drawn_at((inches, 4.0), letter, width, dpi)
    assert [s.marker for s in told] == [letter, letter]
    for series in told:
        assert series.x.tolist() == list(range(1, 21))


@pytest.mark.parametrize("side", [1, -1])
def test_where_no_line_leads_other_ink_hides_no_marker(side):
    """A speck beside the side of the plot, one step beyond the last marker."""
    at = 40.0 + 16 * np.arange(11)
    alpha = np.zeros((80, 240), np.float32)
    for x in at:
        cv2.circle(alpha, (int(x), 40), 5, 1.0, -1)
    alpha[39:42, 40:201] = 1.0
    hidden = np.zeros(alpha.shape, dtype=bool)
    spine, speck = (slice(20, 25), 26) if side > 0 else (slice(216, 221), 214)
    hidden[:, spine] = True
    alpha[20:22, speck] = 0.5
    depth = depth_of(alpha)
    points = comb(depth, maxima(depth), hidden, Scale("linear", 1 / 16, -24 / 16), 3.0)
    assert points[:, 0] == pytest.approx(at)


@pytest.mark.parametrize("covered", [0, 4, 6])
def test_lines_meet_where_markers_in_the_open_tell(covered):
    """Lines join triangles half a radius above their deepest places, which covered ones show elsewhere."""
    x = 20.0 + 18 * np.arange(12)
    y = 60 + 12 * np.sin(np.arange(12))
    alpha = np.zeros((120, 240), np.float32)
    cv2.polylines(alpha, [np.stack([x, y - 4], axis=1).round().astype(np.int32)], False, 1.0, 2)
    for k in range(12):
        corners = np.array([(x[k], y[k] - 12), (x[k] + 9, y[k] + 6), (x[k] - 9, y[k] + 6)])
        cv2.fillConvexPoly(alpha, corners.round().astype(np.int32), 1.0)
    hidden = np.zeros(alpha.shape, dtype=bool)
    places = np.stack([x, y], axis=1)
    for k in range(covered):
        hidden[round(y[k]) - 2 : round(y[k]) + 9, round(x[k]) - 9 : round(x[k]) + 10] = True
        places[k, 1] -= 5
    depth = replace(depth_of(np.where(hidden, np.float32(0), alpha)), radius=6.0)
    assert explains(depth, places, hidden, 2.0) == -3
