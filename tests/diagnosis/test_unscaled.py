"""Curves without values: what holds on any scale is told, and nothing that needs one."""

from __future__ import annotations

import re

import numpy as np
import pytest

from plotread.diagnosis import diagnose
from plotread.geometry import Frame
from plotread.model import Axis, Drawn, Figure, Panel, Scale, Series, Source, Tick
from plotread.prose import STYLES, render, write
from plotread.prose.check import unsupported
from tests.diagnosis.made_figures import number_of, unsupported_numbers

UNREAD = Axis(flags=frozenset({"axis_unread"}))
STEPS = Axis(label="epoch", scale=Scale("linear", 0.2, -8.0), range=(0.0, 100.0), resolution=0.2)
LOSS = Axis(label="loss", scale=Scale("linear", -0.01, 4.0), range=(0.0, 4.0), resolution=0.01)
FRAME = Frame(40, 0, 540, 400)
T = np.linspace(0, 1, 101)
EMPTY = np.zeros(0)


def drawn(y, name=None, x_unit="data", y_unit="height", half=0.002, x=T, **keys):
    y = np.asarray(y, float)
    at = 100 * x if x_unit == "data" else x
    course = Drawn(at, y, y - half, y + half, x_unit, y_unit)
    keys = {"color": "#1f77b4", "points": "recovered"} | keys
    return Series(EMPTY, EMPTY, EMPTY, EMPTY, name=name, drawn=course, **keys)


def figure(*curves, x=STEPS, y=UNREAD, **keys):
    return Figure(Source(width=600, height=400), (Panel(0, x, y, frame=FRAME, series=curves, **keys),))


def only(fig, kind):
    (found,) = [f for f in diagnose(fig) if f.kind == kind]
    return found


NOISE = 0.004 * np.random.default_rng(2).standard_normal(101)
FALL = 0.1 + 0.8 * np.exp(-5 * T) + NOISE
DIP = 0.3 + 2.0 * (T - 0.4) ** 2 + NOISE


@pytest.mark.parametrize(
    ("y", "shape"),
    [(FALL, "falls"), (1 - FALL, "rises"), (DIP, "dips"), (1 - DIP, "peaks"), (0.5 + NOISE, "level"),
     (0.5 + 0.1 * np.sin(6 * np.pi * T), "turns")],
)  # fmt: skip
def test_the_shape_of_a_course(y, shape):
    assert only(figure(drawn(y)), "drawn_course").measures["shape"] == shape


def test_a_turn_is_placed_in_steps_or_in_percent_of_the_width():
    in_steps = only(figure(drawn(DIP)), "drawn_course")
    assert in_steps.x == pytest.approx(40, abs=3)
    assert number_of(in_steps, "turn_at") == in_steps.x
    in_widths = only(figure(drawn(DIP, x_unit="width"), x=UNREAD), "drawn_course")
    assert in_widths.x is None  # no step is known
    assert number_of(in_widths, "turn_at") == pytest.approx(40, abs=3)


def test_heights_never_become_values():
    found = only(figure(drawn(DIP)), "drawn_course")
    assert not {"start", "end", "turn"} & set(found.measures)
    curve = drawn(4 * DIP, x_unit="width", y_unit="data")
    with_values = only(figure(curve, x=UNREAD, y=LOSS), "drawn_course")
    assert number_of(with_values, "start") == pytest.approx(4 * DIP[0])
    assert number_of(with_values, "turn") == pytest.approx(1.2, abs=0.05)


def test_a_spike_is_told_by_its_place():
    y = FALL.copy()
    y[70] += 0.3
    found = only(figure(drawn(y)), "drawn_course")
    assert number_of(found, "spikes") == 1
    assert number_of(found, "spike1_at") == pytest.approx(70)
    assert "spikes" not in only(figure(drawn(FALL)), "drawn_course").measures


def test_which_of_two_lies_above_and_where_they_cross():
    above = only(figure(drawn(FALL, "a"), drawn(FALL + 0.05, "b")), "drawn_order")
    assert above.series == ("b", "a")
    assert above.measures["when"] == "throughout"
    met = only(figure(drawn(FALL, "a"), drawn(np.full(101, 0.4) + NOISE[::-1], "b")), "drawn_order")
    assert met.series == ("b", "a")
    assert met.measures["when"] == "after"
    assert met.x == pytest.approx(100 * np.log(0.8 / 0.3) / 5, abs=2)


def test_curves_of_two_axes_are_not_ordered():
    both = figure(drawn(FALL, "a"), drawn(FALL + 0.05, "b", axis="y2"), y2=UNREAD)
    assert not [f for f in diagnose(both) if f.kind == "drawn_order"]


def test_a_loss_and_an_accuracy_on_one_unread_axis_are_not_ordered():
    both = figure(drawn(FALL, "train loss"), drawn(1 - FALL, "val accuracy"))
    assert not [f for f in diagnose(both) if f.kind == "drawn_order"]


def test_the_order_of_the_ends_of_several():
    curves = [drawn(FALL + shift, name) for name, shift in (("low", 0.0), ("high", 0.2), ("mid", 0.1))]
    assert only(figure(*curves), "drawn_order").series == ("high", "mid", "low")


@pytest.mark.parametrize(
    ("ticks", "words"),
    [((), "shows no number that could be read"),
     ((Tick(200.0, 1.0, "1.0"),), "shows a single number (1.0), which tells no scale"),
     ((Tick(200.0, None, "low"), Tick(100.0, None, "top")), "has labels that tell no scale (low, top)")],
)  # fmt: skip
def test_why_there_are_no_values(ticks, words):
    y = Axis(ticks=ticks, flags=UNREAD.flags)
    found = only(figure(drawn(FALL), y=y), "reading_limits")
    assert found.summary == f"the vertical axis {words}, so no values are told along it"
    assert unsupported_numbers(found) == []


def test_every_document_says_it_and_no_more():
    two = figure(drawn(FALL, "train loss"), drawn(DIP, "val loss"))
    many = figure(*(drawn(FALL + 0.03 * k, f"run {k}") for k in range(7)), x=UNREAD)
    values = figure(drawn(4 * DIP, x_unit="width", y_unit="data"), x=UNREAD, y=LOSS)
    for fig in (two, many, values):
        findings = diagnose(fig)
        for style in STYLES:
            if style == "compare":
                continue
            document = write(fig, findings, style)
            assert unsupported(document, fig, findings) == [], style
            assert render(document).strip()
    text = render(write(two, diagnose(two), "description"))
    assert "Validation loss falls to its lowest point at epoch" in text
    assert {int(n) for n in re.findall(r"\d+", text)} <= {0, 100, *range(9, 46)}
    assert "all seven curves fall" in render(write(many, diagnose(many), "description")).lower()


def test_a_figure_with_values_has_none_of_these():
    y = 4 * FALL
    plain = Series(100 * T, y, y - 0.01, y + 0.01, name="loss")
    kinds = {f.kind for f in diagnose(figure(plain, y=LOSS))}
    assert not kinds & {"drawn_course", "drawn_order"}
    assert "total_change" in kinds
