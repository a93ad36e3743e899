"""Dates and clock times of tick labels, from the words that stand below a frame.

Tick labels such as "2025-02-15", "06:00" above "Jan 24, 2025", "05:27 PM", or "03" among days of
"2024-Mar" are no numbers, or not theirs.
"""

from __future__ import annotations

import datetime as dt
import re

import numpy as np

from plotread.geometry import cluster
from plotread.numerals import parse_clock, parse_date
from plotread.vision.panels.strip import Word

ROW_HEIGHTS = 0.5  # text heights by which the centers of one row differ
LEAST_DAYS = 3  # labels that are days of one month, or months of one year
UNDER_HEIGHTS = 2.0  # text heights between the centers of a clock time and the date under it

_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*([AaPp])\.?[Mm]\.?")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_PERIOD = re.compile(r"((?:19|20)\d{2})(?:-([A-Za-z]{3}))?")
_DAY = re.compile(r"[0-3]?\d")


def moments(words: list[Word], height: float) -> tuple[list[float | None], bool]:
    """Days since 1970-01-01 of each word on the axis, and whether a year or a day had to be assumed."""
    values: list[float | None] = [None] * len(words)
    rows = cluster([word.y for word in words], ROW_HEIGHTS * height)
    telling = [[i for i in row if _tells(words[i].text)] for row in rows]
    for k, row in enumerate(rows):
        if (days := _days(words, row, [words[i] for r in rows[k + 1 :] for i in r])) is not None:
            return [days.get(i) for i in range(len(words))], False
    if not any(telling):
        return values, False
    k = max(range(len(rows)), key=lambda r: (len(telling[r]), -r))
    main = sorted(telling[k], key=lambda i: words[i].x)
    context = [words[i] for row in rows[k + 1 : k + 2] for i in row]
    clocks = [i for i in main if _clock(words[i].text) is not None]
    if len(clocks) > len(main) / 2:
        return _unwrapped(words, values, main, context, height)
    partial = False
    years = sorted((w.x, int(w.text)) for w in context if _YEAR.fullmatch(w.text))
    corner = None if years else _corner(context, [words[i] for i in main])
    day = None
    for i in main:
        text = words[i].text
        if (clock := _clock(text)) is not None:
            values[i] = None if day is None else day + clock
            continue
        if corner is not None or _names_year(text):
            values[i] = _dated(text, corner)
        else:
            before = [year for x, year in years if x <= words[i].x + UNDER_HEIGHTS * height]
            partial |= not years
            values[i] = parse_date(text, before[-1] if before else years[0][1] if years else 1970)
        day = values[i]
    return values, partial


def _corner(context: list[Word], labels: list[Word]) -> float | None:
    """The one date with a year below the labels, to their right, as stands in the corner for the last one."""
    dates = [(date, w.x) for w in context if (date := parse_date(w.text)) is not None and _names_year(w.text)]
    if len(dates) != 1 or dates[0][1] <= np.mean([label.x for label in labels]):
        return None
    return float(np.floor(dates[0][0]))


def _dated(text: str, corner: float | None) -> float | None:
    """A date, which has the year of the corner's or, being later in the year, that before."""
    if corner is None or _names_year(text):
        return parse_date(text)
    year = (dt.datetime(1970, 1, 1) + dt.timedelta(days=corner)).year
    value = parse_date(text, year)
    return value if value is None or value < corner + 1 else parse_date(text, year - 1)


def _days(words: list[Word], row: list[int], context: list[Word]) -> dict[int, float] | None:
    """Days "03", "05" or months "Feb", "Mar" of the month or year that stands below the last of them.

    The first label of a new month or year names it instead of its day or month.
    """
    of = next((m for w in context if (m := _PERIOD.fullmatch(w.text))), None)
    if of is None:
        return None
    year, month = int(of[1]), None if of[2] is None else of[2]
    found: dict[int, float] = {}
    for i in sorted(row, key=lambda i: -words[i].x):
        text = words[i].text
        if month is None:  # months of a year
            named = f"{text} {year}" if not _YEAR.fullmatch(text) else f"Jan {text}"
            value = parse_date(named)
            year -= bool(_YEAR.fullmatch(text))
        elif _DAY.fullmatch(text):
            value = parse_date(f"{month} {text}, {year}")
        else:  # the first of a month: further left are days of the one before
            value = parse_date(f"{text} {year}")
            if value is not None:
                before = dt.datetime(1970, 1, 1) + dt.timedelta(days=value - 1)
                year, month = before.year, before.strftime("%b")
        if value is not None:
            found[i] = value
    return found if len(found) >= max(LEAST_DAYS, len(row) / 2) else None


def _unwrapped(
    words: list[Word], values: list[float | None], main: list[int], context: list[Word], height: float
) -> tuple[list[float | None], bool]:
    """Clock times that run on over midnight, placed by the dates among or below them."""
    days, last = 0, -1.0
    corner = _corner(context, [words[i] for i in main])
    anchors: list[tuple[float, bool]] = []  # midnight of day 0, by each date; whether it names a year
    for i in main:
        text = words[i].text
        clock, date = _clock(text), _dated(text, corner)
        share = clock if clock is not None else 0.0
        if share <= last:
            days += 1
        last = share
        values[i] = days + share
        if clock is None and date is not None:
            anchors.append((date - days, corner is not None or _names_year(text)))
        for word in context:
            below = parse_date(word.text)
            if below is not None and abs(word.x - words[i].x) <= UNDER_HEIGHTS * height:
                anchors.append((np.floor(below) - days, _names_year(word.text)))
    alone = [(np.floor(d), _names_year(w.text)) for w in context if (d := parse_date(w.text)) is not None]
    if not anchors and len(alone) == 1:
        anchors = alone  # one date for the whole axis
    anchors.sort(key=lambda anchor: not anchor[1])
    start, dated = anchors[0] if anchors else (0.0, False)
    return [None if value is None else float(value + start) for value in values], not dated


def _clock(text: str) -> float | None:
    """Share of a day of "14:05", "05:27 PM" or "3 PM"."""
    match = _HOURS.fullmatch(text)
    if match is None:
        return parse_clock(text)
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if not (1 <= hour <= 12 and minute < 60 and second < 60):
        return None
    hour = hour % 12 + (12 if match[4] in "Pp" else 0)
    return (hour * 3600 + minute * 60 + second) / 86_400


def _tells(text: str) -> bool:
    return _clock(text) is not None or parse_date(text) is not None


def _names_year(text: str) -> bool:
    return parse_date(text, 1970) == parse_date(text, 1974)
