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
TINY = 1e-99  # magnitude below which a value is zero: no plot and no log means such a number
STEP_DIGITS = 4  # significant digits of a step that is no whole number
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# What an axis counts, by parts of its label: languages whose words change their ends, or run together.
STEP_WORDS = {
    "эпох": "epoch", "епох": "epoch", "에폭": "epoch", "에포크": "epoch", "轮": "epoch", "エポック": "epoch",
    "итерац": "iteration", "ітерац": "iteration", "반복": "iteration", "迭代": "iteration",
    "шаг": "step", "крок": "step", "스텝": "step", "단계": "step", "步": "step", "ステップ": "step",
    "эпизод": "episode", "епізод": "episode", "에피소드": "episode",
}  # fmt: skip

_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")
# Exponents have two digits at most: a third is a misread one, and would leave the floats.
_EXPONENT = re.compile(r"[-+]?\d+(\.\d+)?[eE][-+]?\d{1,2}")
_POWER = re.compile(r"([-+]?)(?:(\d+(?:\.\d+)?)[×x*])?(10|2)\^([-+]?\d{1,2})")
_LOST_POWER = re.compile(r"10([-+]\d{1,2})")  # 10^-3 whose superscript was read on the baseline
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_GROUPED_BY_POINT = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+")
_MULTIPLIER = re.compile(r"(?:1?[eE]|[×x]?10\^)([-+]?\d{1,2})")
# An addend shows its sign and its exponent; a plain "-200" is the last tick label.
_SCIENTIFIC = r"\d+(?:\.\d+)?(?:[eE][-+]?\d{1,2}|[×x]10\^[-+]?\d{1,2})"
_MULTIPLIER_AND_ADDEND = re.compile(
    rf"(?:1[eE]|[×x]10\^)(?P<power>[-+]?\d{{1,2}})(?P<addend>[-+](?:{_SCIENTIFIC}|\d+(?:\.\d+)?))"
)
_ADDEND = re.compile(rf"\+\d+(?:\.\d+)?|[-+]{_SCIENTIFIC}")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_TIME = r"(?:(?:,? |T)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
_DATES = (
    *(re.compile(pattern + _TIME) for pattern in (
        r"(?P<year>\d{4})([-/])(?P<month>\d{1,2})(?:\2(?P<day>\d{1,2}))?",  # 2024-03-05, 2024/03
        _MONTH + r" (?P<year>\d{4})",  # Mar 2024
        _MONTH + r" (?P<day>\d{1,2})(?:,? (?P<year>\d{4}))?",  # Mar 05, March 5, 2024
        r"(?P<day>\d{1,2})[ -]" + _MONTH + r"(?:[ -](?P<year>\d{4}))?",  # 5 Mar, 05-Mar-2024
        r"(?P<year>\d{4})-" + _MONTH + r"(?:-(?P<day>\d{1,2}))?",  # 2024-Mar, 2024-Mar-05
        _MONTH + r"-(?P<day>\d{1,2})",  # Mar-05
    )),
    re.compile(r"(?P<month>\d{2})-(?P<day>\d{2}) ?(?P<hour>\d{2})"),  # 03-05 06 (o'clock)
    re.compile(r"(?P<day>\d{2}) (?P<hour>\d{2}):(?P<minute>\d{2})"),  # 05 06:30
)  # fmt: skip
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DURATION = re.compile(
    r"(?:(\d+(?:\.\d+)?)d(?:ays?)?)?(?:(\d+(?:\.\d+)?)h(?:ours?|rs?)?)?"
    r"(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s(?:ec)?)?"
)
_DURATION_SECONDS = (86_400, 3600, 60, 1)


def step_word(label: str | None) -> str | None:
    """The English word for what an axis counts, where its label says so in another language.

    >>> step_word("Номер эпохи"), step_word("반복 횟수"), step_word("Epoch")
    ('epoch', 'iteration', None)
    """
    text = (label or "").lower()
    return next((word for part, word in STEP_WORDS.items() if part in text), None)


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
        found.append(sign * float(power[2] or 1) * float(power[3]) ** int(power[4]))
    if _EXPONENT.fullmatch(text):
        found.append(float(text))
    if _PLAIN.fullmatch(text) and not _leading_zero(text):
        found.append(float(text))
    if _GROUPED.fullmatch(text):
        found.append(float(text.replace(",", "")))
    if _DECIMAL_COMMA.fullmatch(text) and not _leading_zero(text):
        found.append(float(text.replace(",", ".")))
    if _GROUPED_BY_POINT.fullmatch(text):
        found.append(float(text.replace(".", "")))
    if lost := _LOST_POWER.fullmatch(text):
        found.append(10.0 ** int(lost[1]))
    return tuple(value for value in dict.fromkeys(v * factor for v in found) if math.isfinite(value))


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

    >>> parse_offset("1e-5"), parse_offset("×10^4"), parse_offset("+1.2e3"), parse_offset("+2×10^4")
    ((1e-05, 0.0), (10000.0, 0.0), (1.0, 1200.0), (1.0, 20000.0))
    """
    text = text.replace("−", "-").replace(" ", "")
    both = _MULTIPLIER_AND_ADDEND.fullmatch(text)
    if both and (addend := parse_number(both["addend"])) is not None:
        return 10.0 ** int(both["power"]), addend
    if multiplier := _MULTIPLIER.fullmatch(text):
        return 10.0 ** int(multiplier[1]), 0.0
    if _ADDEND.fullmatch(text) and (addend := parse_number(text)) is not None:
        return 1.0, addend
    return None


def parse_date(text: str, year: int = EPOCH.year) -> float | None:
    """Days since 1970-01-01 of a date, with or without a clock time.

    Parameters
    ----------
    text : str
        "2024-03-05", "2024/03", "Mar 2024", "Mar 05", "March 5, 2024", "5 Mar", each also with
        " 12:30"; English months.
    year : int
        The year of texts that name none ("Mar 05"): their distances are right all the same.

    >>> parse_date("1970-01-02 12:00"), parse_date("Feb 1970"), parse_date("Mar 05", year=1970)
    (1.5, 31.0, 63.0)
    """
    match = next((m for pattern in _DATES if (m := pattern.fullmatch(text.strip()))), None)
    if match is None:
        return None
    part = match.groupdict()
    name = (part.get("name") or "").lower()
    month = _month(name) if name else int(part.get("month") or 1)
    try:
        moment = dt.datetime(
            int(part.get("year") or year), month, int(part.get("day") or 1), int(part["hour"] or 0),
            int(part.get("minute") or 0), int(part.get("second") or 0), tzinfo=dt.UTC,
        )  # fmt: skip
    except ValueError:
        return None
    return (moment - EPOCH).total_seconds() / 86_400


def _month(name: str) -> int:
    """1 to 12, or 0 (no month of any calendar) for a word that abbreviates none; three letters at least."""
    return next((i for i, month in enumerate(_MONTHS, 1) if month.startswith(name)), 0)


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


def parse_duration(text: str) -> float | None:
    """Days of a length of time: "12h", "1h 20m", "90s", "2d 3h", "30 min".

    A bare "5m" is five minutes here and 0.005 in `readings`: the other labels decide.

    >>> parse_duration("1h 12m"), parse_duration("36h"), parse_duration("12")
    (0.05, 1.5, None)
    """
    match = _DURATION.fullmatch(text.replace(" ", ""))
    if match is None or not any(match.groups()):
        return None
    parts = zip(match.groups(), _DURATION_SECONDS, strict=True)
    return sum(float(part or 0) * unit for part, unit in parts) / 86_400


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
    if abs(value) < TINY:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
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
