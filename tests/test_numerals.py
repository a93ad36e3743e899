"""Tick text to value and back."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plotread.numerals import (
    format_step,
    format_value,
    parse_clock,
    parse_date,
    parse_duration,
    parse_number,
    parse_offset,
    readings,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0), ("12", 12.0), ("-0.25", -0.25), ("−3", -3.0), ("+3", 3.0), (".5", 0.5), ("5.", 5.0),
        ("1e-5", 1e-5), ("1E5", 1e5), ("2.5e+03", 2500.0), ("10^-3", 1e-3), ("10^0", 1.0), ("-10^2", -100.0),
        ("1.5×10^-2", 0.015), ("2^10", 1024.0), ("2.5k", 2500.0), ("10 K", 10_000.0), ("1.2M", 1.2e6),
        ("3G", 3e9), ("3B", 3e9), ("100m", 0.1), ("40μ", 4e-5), ("50%", 50.0), ("(5)", -5.0),
        ("1,000,000.5", 1_000_000.5), ("10 000", 10_000.0), ("10-3", 1e-3),
    ],
)  # fmt: skip
def test_a_tick_text_has_its_value(text, value):
    assert parse_number(text) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "e5", "007", "-00.5", "1.2.3", "10^", "^3", "1,00,000", "Epoch", "12:30", "1e-5e", "k",
     "%", "2024-03-05", "10^999", "1e400", "9" * 400, "--1"],
)  # fmt: skip
def test_what_is_no_number_has_no_value(text):
    assert readings(text) == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,250", (1250.0, 1.25)),  # grouped, or a decimal comma
        ("5.000", (5.0, 5000.0)),
        ("0,125", (0.125,)),  # nobody groups after a zero
        ("0.125", (0.125,)),
        ("1,5", (1.5,)),
        ("1.000.000", (1e6,)),
    ],
)
def test_alternatives_come_with_the_likeliest_first(text, values):
    assert readings(text) == values


@pytest.mark.parametrize(
    ("text", "factor", "addend"),
    [
        ("1e-5", 1e-5, 0.0), ("1e6", 1e6, 0.0), ("×10^4", 1e4, 0.0), ("x10^−3", 1e-3, 0.0),
        ("10^3", 1e3, 0.0), ("+1.2e3", 1.0, 1200.0), ("+2", 1.0, 2.0),
        ("-1.5e2", 1.0, -150.0), ("1e-5+2.3", 1e-5, 2.3),
        ("+2×10^4", 1.0, 2e4), ("×10^−2+3×10^1", 0.01, 30.0),
    ],
)  # fmt: skip
def test_an_offset_multiplies_or_adds(text, factor, addend):
    assert parse_offset(text) == pytest.approx((factor, addend))


@pytest.mark.parametrize("text", ["", "5", "-200", "0.5", "×10", "×10^999", "loss", "1e", "+012"])
def test_a_tick_label_is_no_offset(text):
    assert parse_offset(text) is None


def days(*parts: int) -> float:
    return (
        dt.datetime(*parts, tzinfo=dt.UTC) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    ).total_seconds() / 86_400


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2024-03-05", (2024, 3, 5)), ("2024/3/5", (2024, 3, 5)), ("2024-03", (2024, 3, 1)),
        ("2024-03-05 06:30", (2024, 3, 5, 6, 30)), ("2024-03-05T06:30:15", (2024, 3, 5, 6, 30, 15)),
        ("Jan 2024", (2024, 1, 1)), ("March 5, 2024", (2024, 3, 5)), ("5 Sept 2024", (2024, 9, 5)),
        ("05-May-2024", (2024, 5, 5)), ("Mar 05", (1970, 3, 5)), ("29 Dec", (1970, 12, 29)),
    ],
)  # fmt: skip
def test_a_date_is_days_since_1970(text, parts):
    assert parse_date(text) == pytest.approx(days(*parts), abs=1e-9)


def test_a_date_without_year_takes_the_one_given():
    assert parse_date("Feb 29", year=2024) == days(2024, 2, 29)
    assert parse_date("Feb 29", year=2023) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024",
        "2024-13-01",
        "2024-02-30",
        "2024-03/05",
        "Epoch 12",
        "Loss 2024",
        "Margin 5",
        "Ma 5",
        "12:30",
        "",
    ],
)
def test_what_is_no_date_has_no_day(text):
    assert parse_date(text) is None


def test_clock_times_are_shares_of_a_day():
    assert parse_clock("06:00") == 0.25
    assert parse_clock("12:30:36") == pytest.approx(0.521250)
    assert parse_clock("12:60") is None
    assert parse_clock("25:00") is None
    assert parse_clock("6") is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("12h", 12),
        ("1h 20m", 4 / 3),
        ("2d 3h", 51),
        ("90s", 0.025),
        ("30 min", 0.5),
        ("1.5 hours", 1.5),
        ("36hr", 36),
    ],
)
def test_a_duration_is_days(text, hours):
    assert parse_duration(text) == pytest.approx(hours / 24)


@pytest.mark.parametrize("text", ["", "h", "12", "20m 1h", "12 epochs"])
def test_what_is_no_duration_has_no_length(text):
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (3.7784, 0.004, "3.78"), (1.018, 0.001, "1.018"), (18312.0, 40.0, "18,300"),
        (0.0012, 2e-6, "0.00120"), (5.08e-5, 9e-7, "5.1e-5"), (331000.0, 12000.0, "3.3e5"),
        (2.675, 0.01, "2.68"),
        (-2.675, 0.01, "-2.68"),
        (9.996, 0.01, "10.00"), (95.0, 60.0, "100"), (-0.004, 0.01, "0"), (0.1 + 0.2, 0.0, "0.3"),
        (537177.0, 0.0, "537,177"), (0.0, 0.1, "0"), (5e-324, 0.0, "0"), (120.0, 20.0, "100"),
    ],
)  # fmt: skip
def test_a_value_shows_the_digits_its_error_allows(value, error, text):
    assert format_value(value, error) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_only_finite_values_have_a_text(value):
    with pytest.raises(ValueError, match="finite"):
        format_value(value, 1.0)
    with pytest.raises(ValueError, match="finite"):
        format_step(value)


@pytest.mark.parametrize(
    ("x", "text"), [(2175.0, "2,175"), (0.0, "0"), (12.5, "12.5"), (-3.0, "-3"), (84.0, "84")]
)
def test_steps_are_grouped_from_a_thousand(x, text):
    assert format_step(x) == text


finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).filter(
    lambda v: v == 0 or abs(v) > 1e-12
)


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_a_printed_decimal_is_read_back(whole, places):
    value = whole / 10**places
    assert parse_number(f"{value:.{places}f}") == value
    assert parse_number(f"{value:.{places}f}".replace("-", "−")) == value
    if abs(value) >= 1000:
        assert value in readings(f"{value:,.{places}f}")


@given(finite, st.floats(1e-6, 0.4))
def test_text_of_a_value_is_read_back_within_its_error(value, share):
    error = abs(value) * share
    text = format_value(value, error)
    back = 0.0 if text == "0" else parse_number(text)
    assert back is not None
    # The last place is at most ten times (less the slack) the error, so rounding moves by half of that.
    assert abs(back - value) <= 5 * error + 1e-5 * abs(value)


@given(finite, st.floats(1e-6, 0.4))
def test_the_last_place_is_never_finer_than_the_error(value, share):
    error = abs(value) * share
    mantissa, _, exponent = format_value(value, error).replace(",", "").partition("e")
    if "." in mantissa:
        place = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
        assert place >= 0.79 * error


@given(st.text(alphabet="0123456789.,-+eE×kKMGB%()^mμ:/? ", max_size=12))
def test_no_text_of_a_reader_breaks_the_grammar(text):
    assert all(math.isfinite(value) for value in readings(text))
    for parse in (parse_offset, parse_date, parse_clock, parse_duration):
        parse(text)


@given(st.floats(1e-6, 1e9))
def test_a_step_is_read_back_to_four_digits(x):
    text = format_step(x)
    assert parse_number(text) == pytest.approx(x, rel=1e-3) or text == "0"
