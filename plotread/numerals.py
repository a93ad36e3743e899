"""Tick text to value, and value to text with the digits its error allows."""

from __future__ import annotations

import datetime as dt
import math
import re

SUFFIXES = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9, "m": 1e-3, "μ": 1e-6}
EXACT_DIGITS = 6  # significant digits of a value without error: more are float noise
PLACE_SLACK = 0.1  # decades: the last place may be this much finer than the error (0.79 of it)
SMALL = 1e-4  # magnitude below which "5.1e-5" reads better than leading zeros
LARGE = 1e5  # magnitude from which, in coarse places, "3.3e5" says what "330,000" would only suggest
COARSE_PLACE = 1e4
STEP_DIGITS = 4  # significant digits of a step that is no whole number
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")
_EXPONENT = re.compile(r"[-+]?\d+(\.\d+)?[eE][-+]?\d{1,3}")
_POWER = re.compile(r"([-+]?)(?:(\d+(?:\.\d+)?)[×x*])?10\^([-+]?\d{1,3})")
_LOST_POWER = re.compile(r"10([-+]\d{1,2})")  # 10^-3 whose superscript was read on the baseline
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_GROUPED_BY_POINT = re.compile(r"[-+]?\d{1,3}(\.\d{3})+")
_MULTIPLIER = re.compile(r"(?:1?[eE]|[×x]?10\^)([-+]?\d{1,3})")
_MULTIPLIER_AND_ADDEND = re.compile(r"(?:1[eE]|[×x]10\^)([-+]?\d{1,3})([-+]\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")
# An addend shows its sign and its exponent; a plain "-200" is the last tick label.
_ADDEND = re.compile(r"(?:\+\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|-\d+(?:\.\d+)?[eE][-+]?\d+)")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def readings(text: str) -> tuple[float, ...]:
    """All values that a tick text may mean, the most likely first.

    A lone "5.000" may be five or five thousand, "1,5" one and a half: the other labels of the
    axis decide.  Empty for a text that is no number ("007", "1.2.3", words).

    >>> readings("2.5k"), readings("10^-3"), readings("1,250")
    ((2500.0,), (0.001,), (1250.0, 1.25))
    """
    text = text.replace("−", "-").replace(" ", "").rstrip(".")
    if text.endswith("%"):
        text = text[:-1]
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    factor = 1.0
    if text and text[-1] in SUFFIXES:
        factor, text = SUFFIXES[text[-1]], text[:-1]
    found: list[float] = []
    if power := _POWER.fullmatch(text):
        sign = -1.0 if power[1] == "-" else 1.0
        found.append(sign * float(power[2] or 1) * 10.0 ** int(power[3]))
    if _EXPONENT.fullmatch(text):
        found.append(float(text))
    if _PLAIN.fullmatch(text) and not _leading_zero(text):
        found.append(float(text))
    if _GROUPED.fullmatch(text) and not _leading_zero(text):
        found.append(float(text.replace(",", "")))
    if _DECIMAL_COMMA.fullmatch(text) and not _leading_zero(text):
        found.append(float(text.replace(",", ".")))
    if _GROUPED_BY_POINT.fullmatch(text) and not _leading_zero(text):
        found.append(float(text.replace(".", "")))
    if lost := _LOST_POWER.fullmatch(text):
        found.append(10.0 ** int(lost[1]))
    return tuple(dict.fromkeys(value * factor for value in found))


def parse_number(text: str) -> float | None:
    """The most likely value of a tick text, None for a text that is no number.

    >>> parse_number("−0.25")
    -0.25
    """
    return next(iter(readings(text)), None)


def _leading_zero(text: str) -> bool:
    """Whether digits follow a leading zero, as in "007" or "00.5": a misread label."""
    digits = text.lstrip("+-")
    return len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()


def parse_offset(text: str) -> tuple[float, float] | None:
    """Multiplier and addend of an offset text at the end of an axis.

    >>> parse_offset("1e-5"), parse_offset("×10^4"), parse_offset("+1.2e3")
    ((1e-05, 0.0), (10000.0, 0.0), (1.0, 1200.0))
    """
    text = text.replace("−", "-").replace(" ", "")
    if both := _MULTIPLIER_AND_ADDEND.fullmatch(text):
        return 10.0 ** int(both[1]), float(both[2])
    if multiplier := _MULTIPLIER.fullmatch(text):
        return 10.0 ** int(multiplier[1]), 0.0
    if _ADDEND.fullmatch(text):
        return 1.0, float(text)
    return None


def parse_date(text: str) -> float | None:
    """Days since 1970-01-01 of an ISO date, with or without a clock time.

    >>> parse_date("1970-01-02 12:00")
    1.5
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    except ValueError:
        return None
    return (moment - EPOCH).total_seconds() / 86_400


def parse_clock(text: str) -> float | None:
    """Share of a day of a clock time.

    >>> parse_clock("06:00")
    0.25
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups())
    if hour > 24 or minute > 59 or second > 59:
        return None
    return (hour * 3600 + minute * 60 + second) / 86_400


def format_value(value: float, error: float = 0.0) -> str:
    """A value with the digits that its error allows.

    Parameters
    ----------
    value : float
    error : float
        Half-width of its interval, same unit; 0 for an exact value.

    Returns
    -------
    str
        The last place is the first power of ten not finer than the error.  Thousands are
        grouped from 1,000; very small values, and large ones in coarse places, take an exponent.

    >>> format_value(3.7784, 0.004), format_value(18312.0, 40.0), format_value(0.0012, 2e-6)
    ('3.78', '18,300', '0.00120')
    >>> format_value(5.08e-5, 9e-7), format_value(331000.0, 12000.0), format_value(537177.0)
    ('5.1e-5', '3.3e5', '537,177')
    """
    if not math.isfinite(value):
        raise ValueError(f"expected a finite value, got {value}")
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    exact = error <= 0 or not math.isfinite(error)
    finest = magnitude - EXACT_DIGITS + 1
    place = finest if exact else max(finest, math.ceil(math.log10(error) - PLACE_SLACK))
    rounded = _round_to(value, place)
    if rounded == 0:
        return "0"
    if abs(rounded) < SMALL or (abs(rounded) >= LARGE and 10.0**place >= COARSE_PLACE):
        return _with_exponent(rounded, place, trim=exact)
    text = f"{rounded:,.{max(0, -place)}f}"
    if exact and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def _round_to(value: float, place: int) -> float:
    """Round half away from zero at 10**place, free of binary surprises such as 2.675 -> 2.67."""
    scaled = value / 10.0**place if place >= 0 else value * 10.0**-place
    whole = math.copysign(math.floor(abs(scaled) + 0.5 + 1e-9), value)
    return whole * 10.0**place if place >= 0 else whole / 10.0**-place


def _with_exponent(value: float, place: int, *, trim: bool) -> str:
    exponent = math.floor(math.log10(abs(value)) + 1e-12)
    mantissa = f"{value / 10.0**exponent:.{max(0, exponent - place)}f}"
    if trim and "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{exponent}"


def format_step(x: float) -> str:
    """A step, epoch or iteration as on the axis: whole numbers grouped from 1,000.

    >>> format_step(2175.0), format_step(12.5)
    ('2,175', '12.5')
    """
    if not math.isfinite(x):
        raise ValueError(f"expected a finite step, got {x}")
    if abs(x - round(x)) < 1e-6 * max(1.0, abs(x)):
        return f"{round(x):,}"
    digits = max(0, STEP_DIGITS - 1 - math.floor(math.log10(abs(x))))
    text = f"{x:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
