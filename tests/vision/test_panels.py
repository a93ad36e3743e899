"""Frames, labels and scales from lines and numbers that are given, without any picture to read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.vision.panels import find_panels
from plotread.vision.panels.boxes import Proposal, _joined, propose
from plotread.vision.panels.choose import Candidate, _clashes, choose
from plotread.vision.panels.labels import agree, beside, line_up, swallowed
from plotread.vision.panels.stretch import stretch
from plotread.vision.panels.strip import _is_level
from plotread.vision.types import Line, Raster, Ruler, TextBox

HEIGHT = 10


def box_lines(left, top, right, bottom):
    return (
        Line(True, top, left, right, "stroke"), Line(True, bottom, left, right, "stroke"),
        Line(False, left, top, bottom, "stroke"), Line(False, right, top, bottom, "stroke"),
    )  # fmt: skip


def number(text, x, y, *, align="center"):
    """A number ten px high with its vertical center at y; x is its center, or its right end."""
    wide = 2 * (len(text) * 3)
    x0 = x - wide + 1 if align == "right" else x - wide // 2
    return TextBox(text, Box(x0, y - 5, x0 + wide, y + 6), 1.0)


def x_labels(values, places, y):
    return tuple(number(v, p, y) for v, p in zip(values, places, strict=True))


def y_labels(values, places, right):
    return tuple(number(v, right, p, align="right") for v, p in zip(values, places, strict=True))


def picture(lines, size=(300, 400), ticks=()):
    rgb = np.full((*size, 3), 255, np.uint8)
    for line in lines:
        a, b, at = round(line.start), round(line.end) + 1, round(line.position)
        if line.horizontal:
            rgb[at, a:b] = 0
        else:
            rgb[a:b, at] = 0
    for x0, y0, x1, y1 in ticks:
        rgb[y0:y1, x0:x1] = 0
    return Raster(rgb)


def read(lines, numbers, **kwargs):
    return find_panels(picture(lines, **kwargs), Ruler(HEIGHT, ((255, 255, 255),)), lines, numbers)


PLAIN = box_lines(60, 40, 360, 240)
X = x_labels(["0", "10", "20", "30"], [60, 160, 260, 360], 255)
Y = y_labels(["3", "2", "1"], [40, 140, 240], 50)


def test_four_spines_propose_their_rectangle():
    best = propose(PLAIN, HEIGHT)[0]
    assert best.frame == Frame(60, 40, 360, 240)
    assert best.sides == 8.0


def test_one_panel_with_both_scales():
    (panel,) = read(PLAIN, X + Y)
    assert panel.frame == Frame(60, 40, 360, 240)
    assert panel.x.range == pytest.approx((0, 30), abs=0.05)
    assert panel.y.range == pytest.approx((1, 3), abs=0.02)  # bottom first: y grows upwards
    assert panel.x.kind == panel.y.kind == "linear"
    assert panel.y2 is None


def test_reversed_axis_keeps_its_direction():
    (panel,) = read(PLAIN, X + y_labels(["1", "2", "3"], [40, 140, 240], 50))
    assert panel.y.range == pytest.approx((3, 1), abs=0.02)


def test_log_axis():
    (panel,) = read(PLAIN, X + y_labels(["10^-1", "10^-2", "10^-3"], [40, 140, 240], 50))
    assert panel.y.kind == "log"
    assert panel.y.range == pytest.approx((1e-3, 1e-1), rel=0.02)


def test_offset_at_the_top_of_the_axis_scales_it():
    (panel,) = read(PLAIN, (*X, *Y, TextBox("1e-5", Box(60, 24, 84, 34), 1.0)))
    assert panel.y.range == pytest.approx((1e-5, 3e-5), rel=0.02)
    assert panel.x.range == pytest.approx((0, 30), abs=0.05)


def test_ticks_overrule_the_centers_of_labels():
    # Labels stand one pixel high of their ticks; the ticks are right.
    places = [50, 130, 210]
    ticks = [(56, p, 60, p + 1) for p in places]
    (panel,) = read(PLAIN, X + y_labels(["3", "2", "1"], [p - 1 for p in places], 50), ticks=ticks)
    assert panel.y.scale is not None
    assert panel.y.scale.to_data(130.0) == pytest.approx(2.0, abs=1e-3)
    assert panel.y.residual_px < 0.1
    assert "scale_loose" not in panel.y.flags


def test_no_ticks_are_told():
    labels = y_labels(["3", "2", "1"], [60, 140, 220], 50)
    (panel,) = read(PLAIN, X + labels)
    assert "scale_loose" in panel.y.flags


def test_a_misread_label_is_outvoted():
    (panel,) = read(PLAIN, x_labels(["0", "70", "20", "30"], [60, 160, 260, 360], 255) + Y)
    assert panel.x.range == pytest.approx((0, 30), abs=0.05)
    assert "tick_label_outlier" in panel.x.flags


def test_a_lost_decimal_point_is_found_by_the_other_labels():
    labels = y_labels(["0.48", "044", "0.40"], [40, 140, 240], 50)
    (panel,) = read(PLAIN, X + labels)
    assert panel.y.range == pytest.approx((0.40, 0.48), abs=0.001)
    assert len(panel.y.ticks) == 3


def test_two_panels_in_reading_order():
    second = box_lines(60, 340, 360, 540)
    numbers = x_labels(["0", "1", "2", "3"], [60, 160, 260, 360], 555)
    numbers += y_labels(["9", "8", "7"], [340, 440, 540], 50)
    panels = read(second + PLAIN, X + Y + numbers, size=(620, 400))
    assert [p.frame.top for p in panels] == [40, 340]
    assert [p.x.range[1] for p in panels] == pytest.approx([30, 3], abs=0.05)


def test_a_gridline_is_no_side():
    grid = tuple(Line(False, x, 40, 240, "stroke") for x in (160, 260))
    grid += tuple(Line(True, y, 60, 360, "stroke") for y in (100, 180))
    (panel,) = read(PLAIN + grid, X + y_labels(["2", "1"], [100, 180], 50))
    assert panel.frame == Frame(60, 40, 360, 240)
    assert panel.y.range == pytest.approx((0.25, 2.75), abs=0.02)


def test_frames_without_numbers_are_no_panels_beside_one_with_numbers():
    other = box_lines(60, 260, 360, 290)
    (panel,) = read((*PLAIN, *other), (*X, *Y))
    assert panel.frame.bottom == 240


def test_labels_of_two_sides_are_not_mixed():
    labels = beside(Frame(60, 40, 360, 240), line_up(X + Y, "y", HEIGHT))
    assert [[label.text for label in column] for column in labels] == [["3", "2", "1"]]
    rows = beside(Frame(60, 40, 360, 240), line_up(X + Y, "x", HEIGHT))
    assert [label.text for label in rows[0]] == ["0", "10", "20", "30"]


def test_agreement_needs_two_labels_and_prefers_linear():
    (column,) = beside(Frame(60, 40, 360, 240), line_up(Y, "y", HEIGHT))
    found = agree(column, HEIGHT)
    assert found is not None
    assert (found.kind, found.members) == ("linear", (0, 1, 2))
    assert found.slope == pytest.approx(-0.01)
    assert agree(column[:1], HEIGHT) is None


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("10", "1"), "log"),
        (("100", "10"), "log"),
        (("1", "0.1"), "log"),
        (("2", "1"), "linear"),
        (("10", "0"), "linear"),
        (("10", "5"), "linear"),
    ],
)
def test_two_powers_of_ten_alone_are_decades(texts: tuple[str, str], kind: str):
    (column,) = beside(Frame(60, 40, 360, 240), line_up(y_labels(texts, [60, 190], 50), "y", HEIGHT))
    found = agree(column, HEIGHT)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("sure", [(0.7, 1.0), (1.0, 0.7)])
def test_of_two_equal_powers_the_one_read_less_surely_is_misread(sure: tuple[float, float]):
    upper, lower = y_labels(["10^-6", "10^-6"], [60, 190], 50)
    numbers = (replace(upper, confidence=sure[0]), replace(lower, confidence=sure[1]))
    (column,) = beside(Frame(60, 40, 360, 240), line_up(numbers, "y", HEIGHT))
    found = agree(column, HEIGHT)
    assert found is not None
    assert found.kind == "log"
    assert found.values == pytest.approx((1e-5, 1e-6) if sure[0] < 1 else (1e-6, 1e-5))


def test_lost_decimal_points_are_supplied_where_others_show_them():
    places = [40, 90, 140, 190]
    (panel,) = read(PLAIN, X + y_labels(["980", "94.0", "900", "86.0"], places, 50))
    assert [t.value for t in panel.y.ticks] == [98.0, 94.0, 90.0, 86.0]


def test_two_of_three_labels_are_no_scale():
    panels = read(PLAIN, X + y_labels(["7", "2", "1"], [40, 90, 190], 50))
    assert all(panel.y.scale is None for panel in panels)


def test_panels_with_one_grid_share_their_x_axis():
    def gridded(left):
        return box_lines(left, 40, left + 300, 240) + tuple(
            Line(False, left + x, 40, 240, "stroke") for x in (40, 100, 160, 220, 280)
        )

    lines = gridded(60) + gridded(460)
    labels = Y + y_labels(["9", "8", "7"], [40, 140, 240], 450)
    labels += x_labels(["0", "10", "20", "30"], [100, 160, 220, 280], 255)
    panels = read(lines, labels, size=(300, 800))
    assert len(panels) == 2
    assert "axis_shared" in panels[1].x.flags
    assert panels[1].x.range == pytest.approx(panels[0].x.range, rel=1e-6)


def test_a_frame_does_not_swallow_the_x_labels_of_the_panel_above():
    # Below stands a panel with one y label; with one of the panel above it would have two.
    lines = PLAIN + box_lines(60, 300, 360, 500)
    lines += (Line(False, 60, 40, 500, "stroke"), Line(False, 360, 40, 500, "stroke"))
    numbers = X + Y + x_labels(["0", "10", "20", "30"], [60, 160, 260, 360], 515)
    numbers += (number("10^-5", 50, 400, align="right"),)
    panels = read(lines, numbers, size=(560, 400))
    assert [p.frame.top for p in panels] == [40, 300]
    assert panels[1].y.scale is None


def test_a_frame_does_not_swallow_the_axis_of_the_panel_above():
    # Upright gridlines run through both panels, and no level line parts them.
    x = x_labels(["0", "20", "40", "60"], [60, 160, 260, 360], 255)
    lines = tuple(Line(False, at, 40, 240, "stroke") for at in (60, 160, 260, 360))
    lines += tuple(Line(False, at, 300, 500, "stroke") for at in (60, 160, 260, 360))
    lines += (Line(True, 140, 60, 360, "stroke"), Line(True, 400, 60, 360, "stroke"))
    lower = x_labels(["0", "10", "20", "30"], [60, 160, 260, 360], 515)
    frame = Frame(60, 40, 360, 500)
    assert swallowed(frame, line_up(x + lower, "x", HEIGHT))
    assert not swallowed(Frame(60, 40, 360, 240), line_up(x + lower, "x", HEIGHT))
    assert not swallowed(frame, line_up(lower + x[::2], "x", HEIGHT))  # two printed values are no axis
    assert all(p.frame.height < 300 for p in read(lines, x + lower + Y, size=(560, 400)))


def test_a_power_beside_a_bare_axis_stands_at_the_middle_of_the_whole():
    texts, middles = ["6×10^-1", "4×10^-1", "3×10^-1"], [60, 132, 183]
    labels = tuple(
        TextBox(text, Box(10, at - 8, 52, at + 9), 1.0) for text, at in zip(texts, middles, strict=True)
    )
    (panel,) = read(PLAIN, X + labels)
    np.testing.assert_allclose(panel.y.scale.to_pixel(np.array([0.6, 0.4, 0.3])), middles, atol=0.6)


def test_the_cells_of_a_grid_are_not_joined_up_to_their_titles():
    """Two rows of three open panels; the upper ones show no numbers below, and one of them few beside."""
    proposals, numbers = [Proposal(Frame(60, 45, 480, 160), 6.0), Proposal(Frame(220, 60, 260, 160), 6.0)], []
    for left in (60, 220, 380):
        for top, few in ((60, left == 380), (200, False)):
            proposals.append(Proposal(Frame(left, top, left + 100, top + 100), 5.0))
            ticks = [top + 20, top + 60, top + 100] if few else [top + k for k in (20, 40, 60, 80, 100)]
            texts = ["4", "2", "0"] if few else ["4", "3", "2", "1", "0"]
            numbers += y_labels(texts, ticks, left - 8)
        numbers += x_labels(["0", "10", "20"], [left, left + 40, left + 80], 315)
    paper = np.full((340, 520, 3), 255, np.uint8)
    found = choose(proposals, tuple(numbers), (), paper, HEIGHT)
    assert sorted((c.frame.left, c.frame.top) for c in found) == [
        (left, top) for left in (60, 220, 380) for top in (60, 200)
    ]
    assert all(c.frame.width == 100 for c in found)


def test_lines_along_both_sides_that_run_on_tell_that_a_gridline_is_no_side():
    grid = tuple(Line(False, x, 40, 290, "stroke") for x in (60, 360))
    grid += tuple(Line(True, y, 60, 360, "stroke") for y in (100, 160, 220))
    (panel,) = read(
        grid, x_labels(["0", "10", "20", "30"], [60, 160, 260, 360], 305)
        + y_labels(["3", "2", "1"], [100, 160, 220], 50), size=(340, 400),
    )  # fmt: skip
    assert (panel.frame.top, panel.frame.bottom) == (40, 290)
    assert panel.y.range == pytest.approx((-1 / 6, 4), abs=0.02)


def test_a_misread_label_does_not_part_a_panel_at_a_gridline():
    grid = tuple(Line(True, y, 60, 360, "stroke") for y in (90, 140, 190))
    labels = y_labels(["4", "30", "2", "1", "0"], [40, 90, 140, 190, 240], 50)
    (panel,) = read(PLAIN + grid, X + labels)
    assert panel.frame == Frame(60, 40, 360, 240)
    assert panel.y.range == pytest.approx((0, 4), abs=0.02)


def test_a_label_that_is_off_its_place_does_not_part_a_panel():
    frame = box_lines(60, 42, 360, 332)
    grid = (Line(True, 187, 60, 360, "stroke"),)
    said = ["1.0", "0.9", "0.8", "0.6", "0.5", "0.4", "0.2"]
    labels = y_labels(said, [42, 78, 114, 181, 222, 258, 330], 50)  # 0.6 is 5 px too high
    (panel,) = read(frame + grid, x_labels(["0", "10", "20", "30"], [60, 160, 260, 360], 347) + labels,
                    size=(400, 400))  # fmt: skip
    assert panel.frame == Frame(60, 42, 360, 332)
    assert panel.y.range == pytest.approx((0.194, 1.0), abs=0.004)


def test_a_label_without_a_stroke_steadies_a_scale_on_two():
    # Strokes snapped to 100 and 166 stand for 100.4 and 165.4; the third one is not to be seen.
    grid = tuple(Line(True, y, 60, 360, "stroke") for y in (100, 166))
    (panel,) = read(PLAIN + grid, X + y_labels(["3", "2", "1"], [100, 166, 230], 50))
    y = panel.y.scale.to_data(np.array([230.4]))
    assert y == pytest.approx([1.0], abs=0.025)
    assert "scale_loose" not in panel.y.flags or panel.y.residual_px < 1


def open_look(*more):
    """Level gridlines at 100, 150, 200 and 250 and whatever else; a curve that climbs to row 30."""
    rows = tuple(Line(True, y, 60, 360, "stroke") for y in (100, 150, 200, 250)) + more
    ink = np.zeros((300, 400), bool)
    for x in range(100, 330):
        ink[max(250 - (x - 100), 30), x : x + 2] = True
    rgb = np.where(ink[..., None], np.uint8([214, 39, 40]), np.uint8(255))
    return stretch(Frame(60, 100, 360, 250), rows, rgb, ink, HEIGHT)


def test_gridlines_without_a_number_go_on_where_the_pitch_puts_them():
    # The line at 50 is cut by the curve; it is a gridline all the same.
    pieces = (Line(True, 50, 64, 290, "stroke"), Line(True, 50.4, 310, 360, "stroke"))
    frame, loose = open_look(*pieces)
    assert loose
    assert frame.top == pytest.approx(30, abs=1)  # beyond it by the curve itself


@pytest.mark.parametrize(
    "other",
    [
        Line(True, 62, 60, 360, "stroke"),  # not at the pitch
        Line(True, 50, 160, 360, "stroke"),  # begins elsewhere
        Line(True, 50, 60, 300, "stroke"),  # ends elsewhere
    ],
)
def test_lines_that_are_no_more_of_the_grid_stay_outside(other):
    frame, _ = open_look(other)
    assert frame.top == pytest.approx(50, abs=1)  # one pitch along the curve


def test_a_closed_frame_without_numbers_is_told_where_nothing_else_is():
    (panel,) = read(PLAIN, ())
    assert panel.frame == Frame(60, 40, 360, 240)
    assert panel.x.scale is None
    assert panel.y.scale is None
    assert "frame_alone" in panel.flags
    assert "axis_unread" in panel.x.flags & panel.y.flags
    (panel,) = read(PLAIN, (*X, *Y))
    assert "frame_alone" not in panel.flags


def test_an_open_frame_without_numbers_is_no_panel():
    assert read(PLAIN[:3], ()) == ()


def test_the_border_of_a_picture_is_no_frame():
    assert read(box_lines(1, 1, 398, 298), ()) == ()


def test_a_border_around_frames_is_not_told():
    left, right = box_lines(40, 60, 180, 240), box_lines(220, 60, 360, 240)
    border = box_lines(10, 20, 390, 280)
    found = read((*left, *right, *border), ())
    assert [panel.frame.left for panel in found] == [40, 220]


def test_a_grid_cut_by_a_curve_and_a_legend_proposes_its_frame():
    # No column keeps both ends and only two rows do: a cloud hides the lower ends, a legend upper ones.
    rows = tuple(Line(True, y, 60, 360, "stroke") for y in (60, 210))
    columns = tuple(Line(False, x, 40, 150, "stroke") for x in (100, 140, 180))
    columns += (Line(False, 320, 120, 240, "stroke"),)
    assert Frame(60, 40, 360, 240) in [p.frame for p in propose(rows + columns, HEIGHT)]
    assert Frame(60, 40, 360, 240) not in [p.frame for p in propose(rows + columns[:2], HEIGHT)]


def test_lines_that_cross_propose_the_frame_that_none_of_them_shows_whole():
    # A legend cuts the upper ends of two columns, a cloud the lower ends of three and the ends of two rows.
    rows = (Line(True, 60, 60, 200, "stroke"), Line(True, 110, 60, 360, "stroke"))
    rows += (Line(True, 160, 130, 360, "stroke"), Line(True, 210, 60, 130, "stroke"))
    ends = ((90, 105, 240), (150, 40, 180), (230, 90, 200), (310, 90, 215))
    columns = tuple(Line(False, x, start, end, "stroke") for x, start, end in ends)
    assert Frame(60, 40, 360, 240) in [p.frame for p in propose(rows + columns, HEIGHT)]
    assert Frame(60, 40, 360, 240) not in [p.frame for p in propose(rows + columns[:1], HEIGHT)]


def test_a_line_that_runs_on_beyond_where_most_end_does_not_widen_the_frame():
    # A sample of a legend joins one of the rows.
    rows = [(60, 60, 360), (110, 60, 480), (160, 60, 358), (210, 60, 361)]
    columns = [(100, 40, 200), (150, 50, 240), (200, 60, 220), (250, 70, 230)]
    level = [Line(True, float(at), start, end, "stroke") for at, start, end in rows]
    upright = [Line(False, float(at), start, end, "stroke") for at, start, end in columns]
    assert list(_joined(level, upright, 3.5)) == [(60, 40, 360, 240)]


def test_a_panel_with_a_number_of_its_own_borrows_no_axis():
    second = box_lines(460, 40, 760, 240)
    labels = X + Y + x_labels(["0", "5", "10", "15"], [460, 560, 660, 760], 255)
    (_, without) = read(PLAIN + second, labels, size=(300, 800))
    assert without.y.range == pytest.approx((1, 3), abs=0.02)
    (_, with_one) = read(PLAIN + second, labels + y_labels(["7"], [140], 450), size=(300, 800))
    assert with_one.y.scale is None
    assert [tick.text for tick in with_one.y.ticks] == ["7"]


def test_one_number_beside_an_axis_is_kept_and_gives_no_scale():
    lone = y_labels(["2"], [140], 50)
    (panel,) = read(PLAIN, (*X, *lone))
    assert panel.y.scale is None
    assert [(tick.pixel, tick.value, tick.text) for tick in panel.y.ticks] == [(140, 2.0, "2")]
    assert panel.x.range == pytest.approx((0, 30))


def test_two_numbers_beside_each_axis_of_a_closed_frame_give_scales_with_a_flag():
    few = (*x_labels(["0", "30"], [60, 360], 255), *y_labels(["3", "1"], [40, 240], 50))
    (panel,) = read(PLAIN, few)
    assert panel.y.range == pytest.approx((1, 3))
    assert "scale_from_two_ticks" in panel.x.flags & panel.y.flags


def dots(rgb, at, start, end, *, level, step=8):
    for place in range(start, end + 1, step):
        if level:
            rgb[at : at + 2, place : place + 2] = 180
        else:
            rgb[place : place + 2, at : at + 2] = 180


def dotted_picture(rows, columns):
    rgb = np.full((300, 400, 3), 255, np.uint8)
    for y in rows:
        dots(rgb, y, 60, 356, level=True)
    for x in columns:
        dots(rgb, x, 40, 240, level=False)
    return Raster(rgb)


FEW_X = x_labels(["0", "10", "20"], [61, 161, 261], 255)
FEW_Y = y_labels(["4", "2"], [81, 181], 50)


def test_two_labels_of_an_axis_and_dotted_rows_at_all_of_them_tell_a_panel():
    ruler = Ruler(HEIGHT, ((255, 255, 255),))
    (panel,) = find_panels(dotted_picture((80, 180), (60, 160, 260)), ruler, (), (*FEW_X, *FEW_Y))
    sides = (panel.frame.left, panel.frame.top, panel.frame.right, panel.frame.bottom)
    assert sides == pytest.approx((60.5, 40.5, 356.5, 240.5), abs=0.6)
    assert panel.x.range[0] == pytest.approx(0, abs=0.1)
    assert panel.x.range[1] == pytest.approx(29.6, abs=0.1)
    assert panel.y.range == pytest.approx((4 - 160 / 50, 4 + 40 / 50), abs=0.03)
    assert "scale_from_two_ticks" in panel.y.flags


def test_labels_without_dotted_rows_of_their_own_tell_none():
    ruler = Ruler(HEIGHT, ((255, 255, 255),))
    for rows, columns in (((80,), (60, 160, 260)), ((80, 180), (60,)), ((), ())):
        assert find_panels(dotted_picture(rows, columns), ruler, (), (*FEW_X, *FEW_Y)) == ()


def test_a_strip_across_a_row_of_panels_is_none():
    """Level grid lines of a row of panels may join to the sides of a frame that covers little of each."""

    def candidate(left, top, right, bottom):
        return Candidate(Frame(left, top, right, bottom), 1.0, None, None, None, 0.0, accepted=True)

    row = [candidate(56 + 448 * k, 36, 448 + 448 * k, 569) for k in range(6)]
    assert _clashes(candidate(56, 467, 2688, 569), row)
    assert not _clashes(candidate(56, 467, 2688, 569), row[:1])
    assert not _clashes(candidate(56, 629, 448, 1161), row)
    assert _clashes(candidate(100, 100, 300, 300), row)


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        (((2, 7), (9, 19)), True),  # ticks, then letters 10 px tall
        (((2, 7), (9, 22)), True),  # letters below the line among them
        (((2, 6), (9, 40)), False),  # labels that rise
        (((9, 15), (18, 24), (40, 50)), False),  # digits on their side one above the other, then the label
        (((2, 6),), False),
    ],
)
def test_a_level_row_of_labels_is_known(rows: tuple[tuple[int, int], ...], level: bool):
    """Where its labels touch, a strip turned by 45 degrees would cut "1000" to "10"."""
    ink = np.zeros((60, 300), bool)
    for first, last in rows:
        ink[first:last, 20:280:7] = True
    assert _is_level(ink, 10.0) == level
