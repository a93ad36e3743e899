"""Axis numbers that are not as usual: turned, apart, glued, off their lines, amid a text."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from plotread.geometry import Box
from plotread.model import Figure
from plotread.vision.image import load
from plotread.vision.lines import find_lines
from plotread.vision.panels import find_panels
from plotread.vision.panels.dates import moments
from plotread.vision.panels.labels import agree, line_up
from plotread.vision.panels.strip import Word
from plotread.vision.panels.touching import parted
from plotread.vision.read import read_image
from plotread.vision.search import _upright, search
from plotread.vision.ticktext import _surely_turned, find_numbers
from plotread.vision.ticktext.powers import with_exponents, with_mantissas
from plotread.vision.ticktext.units import with_units
from plotread.vision.types import Line, Raster, Ruler, TextBox

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

RULER = Ruler(10.0, ((255, 255, 255),))


def text(said, x, y, wide=None, high=10, sure=1.0):
    return TextBox(said, Box(x, y, x + (wide or 7 * len(said)), y + high), sure)


def raster_of(fig) -> Raster:
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    return load(buffer.getvalue())


def read(fig) -> Figure:
    return read_image(raster_of(fig))


def values(axis):
    return [tick.value for tick in sorted(axis.ticks, key=lambda tick: tick.pixel)]


def test_turned_lone_digits_are_read_where_they_progress():
    fig, axes = plt.subplots(figsize=(5, 3.6), dpi=100)
    axes.plot(np.arange(50), 5.4 * np.exp(-np.arange(50) / 12))
    axes.set_ylim(-0.2, 5.6)
    for label in axes.get_yticklabels():
        label.set(rotation=90, va="center")
    (panel,) = read(fig).panels
    assert values(panel.y) == [5, 4, 3, 2, 1, 0]
    assert panel.y.range == pytest.approx((-0.2, 5.6), abs=0.03)


def test_turned_numbers_on_both_sides():
    fig, axes = plt.subplots(figsize=(5, 3.6), dpi=100)
    axes.plot(np.arange(50), 5.4 * np.exp(-np.arange(50) / 12), color="tab:blue")
    axes.set_ylim(-0.2, 5.6)
    twin = axes.twinx()
    twin.plot(np.arange(50), 1 - 0.7 * np.exp(-np.arange(50) / 9), color="tab:orange")
    twin.set_ylim(0.25, 1.05)
    for label in [*axes.get_yticklabels(), *twin.get_yticklabels()]:
        label.set(rotation=90, va="center")
    (panel,) = read(fig).panels
    assert panel.y.range == pytest.approx((-0.2, 5.6), abs=0.03)
    assert panel.y2 is not None
    assert panel.y2.range == pytest.approx((0.25, 1.05), abs=0.005)


@pytest.mark.parametrize(
    ("digits", "kept"),
    [("012345", 6), ("543210", 6), ("11111", 0), ("0251", 0), ("01", 0)],
)
def test_lone_digits_need_even_steps_to_count_as_turned(digits, kept):
    row = tuple(text(d, 40 * k, 20) for k, d in enumerate(digits))
    assert len(_surely_turned(row, 10.0)) == kept


def test_unsure_turned_numbers_count_on_the_line_of_two_sure_ones():
    row = (text("10^2", 0, 20), text("10^1", 60, 20), text("10^0", 120, 20, sure=0.6))
    assert [t.text for t in _surely_turned(row, 10.0)] == ["10^2", "10^1", "10^0"]
    assert _surely_turned((row[0], row[2]), 10.0) == [row[0]]


def column(said):
    """Labels of a y axis, one below the other."""
    return list(line_up(tuple(text(s, 20, 40 * k) for k, s in enumerate(said)), "y", 10.0).labels)


def test_minus_signs_lost_from_exponents_are_supplied_by_the_other_labels():
    said = ("10^2", "10^1", "10^0", "10^1", "10^2")
    found = agree(column(said), 10.0)
    assert found is not None
    assert found.kind == "log"
    assert found.values == pytest.approx((100, 10, 1, 0.1, 0.01))


def test_powers_that_agree_as_they_are_read_keep_their_signs():
    found = agree(column(("10^3", "10^2", "10^1")), 10.0)
    assert found is not None
    assert found.values == pytest.approx((1000, 100, 10))


def test_an_exponent_found_apart_joins_its_ten():
    ten, exponent, other = text("10", 40, 60, 14), text("-2", 53, 54, 9, 7), text("3", 200, 54, 6)
    joined = with_exponents([exponent, other, ten], 10.0)
    assert [t.text for t in joined] == ["10^-2", "3"]
    assert joined[0].box == Box(40, 54, 62, 70)


@pytest.mark.parametrize("beside", [text("2", 54, 60, 6), text("2", 54, 63, 5, 7), text("2", 80, 54, 5, 7)])
def test_a_number_beside_a_ten_is_no_exponent(beside):
    assert len(with_exponents([text("10", 40, 60, 14), beside], 10.0)) == 2


def test_the_digit_under_the_end_of_an_axis_is_not_erased_with_it():
    rgb = np.full((160, 200, 3), 255, np.uint8)
    rgb[20:121, 40:42] = 0  # the axis, its tick, and two px of paper
    rgb[123:133, 40:42] = 0
    rgb[125, 38:40] = 0  # "1"
    for x in (100, 160):
        rgb[123:133, x : x + 6] = 0
        rgb[125:131, x + 2 : x + 4] = 255
    line = Line(False, 40.5, 20.0, 132.0, "stroke")
    found = find_numbers(Raster(rgb), RULER, (line,), lambda crops: [("1", 1.0)] * len(crops))
    assert [t.box.x1 - 1 for t in found] == [41, 105, 165]


def frame_lines(left, top, right, bottom):
    return (
        Line(True, top, left, right, "stroke"), Line(True, bottom, left, right, "stroke"),
        Line(False, left, top, bottom, "stroke"), Line(False, right, top, bottom, "stroke"),
    )  # fmt: skip


def drawn(lines):
    rgb = np.full((280, 560, 3), 255, np.uint8)
    for line in lines:
        a, b, at = round(line.start), round(line.end) + 1, round(line.position)
        if line.horizontal:
            rgb[at, a:b] = 0
        else:
            rgb[a:b, at] = 0
    return rgb


def labelled(numbers, places, right):
    return tuple(text(s, right - 7 * len(s), y - 5) for s, y in zip(numbers, places, strict=True))


X = tuple(text(s, x - 7, 255) for s, x in zip(("10", "20", "30"), (60, 160, 260), strict=True))
LOSS = labelled(("3", "2", "1"), (60, 140, 220), 52)


@pytest.mark.parametrize(("right", "told"), [(314, False), (297, True)])
def test_numbers_nearer_to_bars_on_the_right_are_theirs(right, told):
    """Right-hand numbers between a panel that ends at 280 and bars that start at 322."""
    lines = frame_lines(60, 40, 280, 240) + frame_lines(322, 40, 540, 240)
    rgb = drawn(lines)
    for x in range(340, 520, 40):
        rgb[80:240, x : x + 30] = (200, 30, 30)
    counts = labelled(("80", "60", "40", "20"), (60, 110, 160, 210), right)
    (panel,) = find_panels(Raster(rgb), RULER, lines, X + LOSS + counts)
    assert panel.frame.right == 280
    assert (panel.y2 is not None) == told


def test_numbers_evenly_off_their_dashed_lines_are_tied_to_those():
    lines = frame_lines(60, 40, 360, 240)
    rgb = drawn(lines)
    for y in (60, 140, 220):
        for x in range(62, 358, 6):
            rgb[y, x : x + 3] = 225
    off = labelled(("3", "2", "1"), (54, 134, 214), 52)
    (panel,) = find_panels(Raster(rgb), RULER, lines, X + off)
    assert [tick.pixel for tick in panel.y.ticks] == pytest.approx([60, 140, 220], abs=0.2)
    assert panel.y.range == pytest.approx((0.75, 3.25), abs=0.01)
    uneven = labelled(("3", "2", "1"), (54, 138, 222), 52)
    (panel,) = find_panels(Raster(rgb), RULER, lines, X + uneven)
    assert "scale_loose" in panel.y.flags


def test_a_plot_amid_a_page_of_smaller_text():
    fig = plt.figure(figsize=(8, 8), dpi=100)
    axes = fig.add_axes((0.2, 0.35, 0.7, 0.4))
    axes.plot(np.arange(40), 4.2 * np.exp(-np.arange(40) / 12))
    axes.set_xlim(-2, 42)
    axes.set_ylim(0, 4.4)
    axes.tick_params(labelsize=17)
    said = "loss of run  256  falls below  0.35  after  2000  steps and  90  epochs while  1024  stay"
    for k in range(8):
        fig.text(0.03, 0.98 - 0.02 * k, said, fontsize=9)
        fig.text(0.03, 0.2 - 0.02 * k, said, fontsize=9)
    (panel,) = search(raster_of(fig))[3]
    assert panel.x.range == pytest.approx((-2, 42), abs=0.1)
    assert panel.y.range == pytest.approx((0, 4.4), abs=0.02)


def words(row, y, at=None):
    places = at or range(50, 50 + 100 * len(row), 100)
    return [Word(x, x, y, s, Box(x - 20, y - 5, x + 20, y + 5)) for s, x in zip(row, places, strict=True)]


def test_the_date_in_the_corner_tells_the_year_of_the_labels():
    row = words(("Dec-30", "12:00", "Dec-31", "12:00", "Jan-01"), 10) + words(("2025-Jan-01",), 30, [440])
    days, partial = moments(row, 10.0)
    assert not partial
    assert days[:5] == pytest.approx([20087, 20087.5, 20088, 20088.5, 20089])  # 2024-12-30 and on


def test_the_date_in_the_corner_dates_clock_times_too():
    row = words(("12:00", "18:00", "Mar-04", "06:00", "12:00"), 10) + words(("2024-Mar-04",), 30, [440])
    days, partial = moments(row, 10.0)
    assert not partial
    assert days[:5] == pytest.approx([19785.5, 19785.75, 19786, 19786.25, 19786.5])  # 2024-03-03 and on


def glyphs(*boxes: tuple[int, int, int, int]):
    return np.array(boxes, dtype=np.int64).reshape(-1, 4)


def reading(**texts: str):
    """A reader that knows what the boxes beginning at some x say."""
    return lambda boxes: [(texts.get(f"from_{box.x0}", ""), 0.99) for box in boxes]


SIX, SIGN, TEN = (20, 60, 27, 70), (33, 62, 40, 69), (46, 60, 54, 70)  # 6 x 10, digits 10 px high
POWER = Box(46, 56, 76, 70)


def test_a_mantissa_that_was_not_read_joins_its_power():
    power = TextBox("10^-1", POWER, 0.9)
    read = reading(from_20="6×10^-1", from_33="×10^-1")
    (joined,) = with_mantissas([power], glyphs(SIX, SIGN, TEN), read, 10.0)
    assert joined.text == "6×10^-1"
    assert joined.box == Box(20, 56, 76, 70)


def test_a_mantissa_that_was_read_alone_joins_its_power_and_sign():
    apart = [text("6", 20, 60, 7), TextBox("×10^-1", Box(33, 56, 76, 70), 0.9)]
    (joined,) = with_mantissas(apart, glyphs(SIX, SIGN, TEN), reading(from_20="6×10^-1"), 10.0)
    assert joined.text == "6×10^-1"


@pytest.mark.parametrize(
    ("left", "seen"),
    [((), ""), ((SIX,), "610^-1"), (((20, 40, 27, 50), SIGN), "6×10^-1"), (((5, 60, 12, 70),), "6×10^-1")],
    ids=["nothing", "no times sign", "on another line", "too far"],
)
def test_a_power_with_nothing_that_multiplies_it_stays_alone(left: tuple[tuple[int, ...], ...], seen: str):
    power = TextBox("10^-1", POWER, 0.9)
    read = reading(from_20=seen, from_5=seen)
    assert with_mantissas([power], glyphs(*left, TEN), read, 10.0) == [power]


@pytest.mark.parametrize("size", [8, 11])
def test_the_labels_of_half_a_decade_are_all_read(size: int):
    # The digit and its sign stand apart from the power that they multiply.
    fig, ax = plt.subplots(figsize=(4.6, 3.6), dpi=100)
    step = np.arange(1, 40)
    ax.plot(step, 6.3 * step**-0.6, lw=1)
    ax.set_yscale("log")
    ax.tick_params(labelsize=size, which="both")
    fig.tight_layout()
    (panel,) = search(raster_of(fig))[3]
    plt.close(fig)
    assert [tick.text for tick in panel.y.ticks] == ["6×10^0", "4×10^0", "3×10^0", "2×10^0", "10^0"]


def test_long_numbers_right_beside_their_grid_lines_are_all_read():
    # 0.0002 is more than four of its own heights wide: its feet, in a row, look like a line.
    with matplotlib.style.context("fivethirtyeight"):
        fig, ax = plt.subplots(figsize=(5, 3.6), dpi=80)
        step = np.arange(0, 30000, 50)
        ax.plot(step, 0.0012 * np.minimum(step / 1500, 1) * (1 + np.cos(np.pi * step / 30000)) / 2, lw=0.7)
        ax.tick_params(labelsize=8)
        fig.tight_layout()
    found = search(raster_of(fig))[3]
    plt.close(fig)
    (panel,) = found
    assert {t.text for t in panel.y.ticks} >= {f"0.00{k:02d}" for k in (2, 4, 6, 8, 10, 12)}


def test_zeros_that_the_edge_of_the_picture_halves_are_read():
    fig, ax = plt.subplots(figsize=(6, 3.6), dpi=100)
    fig.subplots_adjust(left=0.2)
    ax.plot(np.arange(400), 3e-4 * 0.3 ** (np.arange(400) // 130))
    whole = raster_of(fig)
    plt.close(fig)
    (before,) = search(whole)[3]
    first = np.flatnonzero((whole.rgb[:, : round(before.frame.left) - 10] < 128).any(axis=(0, 2)))[0]
    (after,) = search(Raster(np.ascontiguousarray(whole.rgb[:, first + 4 :])))[3]
    assert [tick.text for tick in after.y.ticks] == [tick.text for tick in before.y.ticks]
    assert after.y.scale.slope == pytest.approx(before.y.scale.slope, rel=1e-6)


def test_a_plot_amid_a_text_in_smaller_letters_is_found():
    fig, ax = plt.subplots(figsize=(9, 6), dpi=100)
    fig.subplots_adjust(top=0.6, bottom=0.3, left=0.12, right=0.7)
    ax.plot(np.arange(1, 400), 5e-5 * 0.1 ** (np.arange(1, 400) // 100), lw=1)
    ax.set_yscale("log")
    ax.tick_params(labelsize=12)
    line = "decay 2000 the 0.35 runs 90 rate falls by 256 in step 1100 where loss stays near 0.25 and then "
    for k in range(12):
        fig.text(0.03, 0.96 - 0.025 * k, 2 * line[k:], fontsize=6)
    (panel,) = search(raster_of(fig))[3]
    assert panel.x.range == pytest.approx((-18.9, 418.9), abs=1)
    assert [tick.text for tick in panel.y.ticks] == ["10^-5", "10^-6", "10^-7"]


def row_of(*texts_at):
    """Labels of an x axis: what each says and the px over which it stands, digits 7 px wide."""
    boxes = tuple(text(said, left, 100) for said, left in texts_at)
    return line_up(boxes, "x", 10.0).labels


def test_labels_that_touch_are_parted_below_their_ticks():
    ticks = 20 + 30.0 * np.arange(6)
    labels = parted(row_of(("0", 17), ("200040006000", 38)), ticks)  # 28 px each, 30 px apart
    assert [(label.text, label.position) for label in labels] == [
        ("0", 20.0), ("2000", 50.0), ("4000", 80.0), ("6000", 110.0),
    ]  # fmt: skip


@pytest.mark.parametrize("ticks", [20 + 8.0 * np.arange(20), 27 + 30.0 * np.arange(5)])
def test_numbers_below_minor_ticks_or_between_ticks_are_not_parted(ticks):
    labels = row_of(("10000", 40), ("40006000", 100))
    assert parted(labels, ticks) == labels


def test_two_steps_read_as_one_tell_the_scale_with_the_first():
    fig, axes = plt.subplots(figsize=(4.2, 2.6), dpi=100)
    steps = np.arange(0, 5001, 50)
    axes.plot(steps, 2 * np.exp(-steps / 1500))
    axes.set_xticks(np.arange(0, 5001, 1000))
    raster = raster_of(fig)
    ruler, numbers, _ = _upright(raster, raster)
    row = sorted((n for n in numbers if n.text.endswith("000")), key=lambda n: n.box.x0)
    first, last = row[0].box, row[1].box
    # The labels 1000 and 2000 stand apart in the picture; told as one word, without the rest of the row.
    kept = tuple(n for n in numbers if n not in row)
    wide = TextBox("10002000", Box(first.x0, first.y0, last.x1, last.y1), 1.0)
    (panel,) = find_panels(raster, ruler, find_lines(raster, ruler), (*kept, wide))
    assert panel.x.range == pytest.approx((-250, 5250), abs=40)
    (panel,) = find_panels(raster, ruler, find_lines(raster, ruler), (*kept, replace(wide, text="12345678")))
    assert panel.x.scale is None


def test_two_numbers_that_agree_beside_others_that_stand_apart_tell_no_scale():
    fig, axes = plt.subplots(figsize=(5, 3.6), dpi=100)
    axes.plot(np.arange(50), 5.4 * np.exp(-np.arange(50) / 12))
    raster = raster_of(fig)
    ruler, numbers, (panel,) = _upright(raster, raster)
    column = sorted((n for n in numbers if n.box.x1 < panel.frame.left), key=lambda n: n.box.y0)
    rest = tuple(n for n in numbers if n not in column)
    read = find_lines(raster, ruler)
    # A ruler for smaller text leaves parts of labels: two of one width, a third that is wider.
    wrong = (replace(column[0], text="7"), replace(column[1], text="2"))
    apart = replace(column[3], text="0.5", box=replace(column[3].box, x1=column[3].box.x1 - 8))
    (two,) = find_panels(raster, ruler, read, (*rest, *wrong))
    assert two.y.scale is not None  # two numbers alone
    (three,) = find_panels(raster, ruler, read, (*rest, *wrong, apart))
    assert three.y.scale is None


@pytest.mark.parametrize(("step", "dpi"), [(250, 72), (250, 100), (400_000, 80), (1000, 150)])
def test_thousands_a_space_behind_their_numbers(step, dpi):
    from matplotlib.ticker import EngFormatter

    steps = np.arange(90) * step
    fig, axes = plt.subplots(figsize=(6.4, 4), dpi=dpi)
    axes.plot(steps, 2.2 * np.exp(-np.arange(90) / 20) + 0.4)
    axes.xaxis.set_major_formatter(EngFormatter())
    (panel,) = read(fig).panels
    assert panel.series[0].x[[0, -1]] == pytest.approx(steps[[0, -1]], abs=0.01 * steps[-1])
    assert "tick_label_outlier" not in panel.series[0].flags


def test_a_letter_joins_its_number_only_where_others_have_it_too():
    five, ten = text("5", 40, 80, wide=6), text("10", 90, 80, wide=13)
    k, m = (51, 80, 58, 90), (108, 80, 117, 90)
    boxes = glyphs((40, 80, 46, 90), k, (90, 80, 103, 90), m)
    told = with_units([five, ten], boxes, reading(from_40="5k", from_90="10k"), 10.0)
    assert [t.text for t in told] == ["5k", "10k"]
    assert told[0].box == Box(40, 80, 58, 90)
    told = with_units([five, ten], boxes, reading(from_40="5k", from_90="10M"), 10.0)
    assert [t.text for t in told] == ["5", "10"]
    word = glyphs((40, 80, 46, 90), k, (61, 82, 68, 90), (90, 80, 103, 90), m)  # "5 km", say
    told = with_units([five, ten], word, reading(from_40="5k", from_90="10k"), 10.0)
    assert [t.text for t in told] == ["5", "10"]
