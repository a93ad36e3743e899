"""Axes of dates and clock times, drawn by matplotlib with known limits and read back as days."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pytest

from plotread.numerals import parse_date
from plotread.vision.image import load
from plotread.vision.lines import find_lines
from plotread.vision.ocr import read_numbers, read_words
from plotread.vision.panels import find_panels
from plotread.vision.ruler import measure
from plotread.vision.ticktext import find_numbers

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")
mdates = pytest.importorskip("matplotlib.dates")

MINUTE = 1 / 1440


def read_back(fig):
    """The panel of a figure and the limits of its x axis in days."""
    axes = fig.axes[0]
    limits = axes.get_xlim()
    box = axes.get_window_extent()
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    raster = load(buffer.getvalue())
    ruler = measure(raster)
    lines = find_lines(raster, ruler)
    numbers = find_numbers(raster, ruler, lines, read_numbers)
    (panel,) = find_panels(raster, ruler, lines, numbers, read_words)
    ends = None if panel.x.scale is None else panel.x.scale.to_data(np.array([box.x0 - 0.5, box.x1 - 0.5]))
    return panel, ends, limits


def plot(days):
    fig, axes = plt.subplots(figsize=(7, 4), dpi=100)
    axes.plot(days, np.exp(-np.linspace(0, 3, len(days))))
    return fig, axes


def stamps(start, hours, n=60):
    return [start + dt.timedelta(hours=hours * i / (n - 1)) for i in range(n)]


@pytest.mark.parametrize("angle", [45, 30])
def test_slanted_dates(angle):
    fig, axes = plot(stamps(dt.datetime(2025, 3, 4), 140))
    axes.xaxis.set_major_locator(mdates.DayLocator())
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m-%d"))
    fig.autofmt_xdate(rotation=angle)
    panel, ends, limits = read_back(fig)
    assert panel.x.kind == "date"
    assert "date_partial" not in panel.x.flags
    assert ends == pytest.approx(limits, abs=0.005 * (limits[1] - limits[0]))


@pytest.mark.parametrize("month", [2, 12])
def test_months_with_an_e_are_no_powers(month):
    """Days of one month stand as evenly on an axis of decades; the "e" of "Dec 21" was one of 1e21."""
    fig, axes = plot(stamps(dt.datetime(2024, month, 1, 6), 24 * 13))
    axes.xaxis.set_major_locator(mdates.DayLocator(interval=2))
    axes.xaxis.set_major_formatter(lambda x, k: mdates.num2date(x).strftime("%b %d" if k else "%b %d\n%Y"))
    panel, ends, limits = read_back(fig)
    assert panel.x.kind == "date"
    assert "date_partial" not in panel.x.flags
    assert ends == pytest.approx(limits, abs=0.005 * (limits[1] - limits[0]))


def test_clock_times_run_on_over_midnight_with_the_date_below():
    fig, axes = plot(stamps(dt.datetime(2024, 12, 31, 12), 24))
    ticks = [dt.datetime(2024, 12, 31, 12) + dt.timedelta(hours=6 * k) for k in range(5)]
    axes.set_xticks(ticks, ["12:00\nDec 31, 2024", "18:00", "00:00\nJan 1, 2025", "06:00", "12:00"])
    panel, ends, limits = read_back(fig)
    assert panel.x.kind == "date"
    assert "date_partial" not in panel.x.flags
    assert ends == pytest.approx(limits, abs=6 * MINUTE)
    assert panel.x.ticks[2].value == pytest.approx(parse_date("2025-01-01"), abs=1e-6)


def test_clock_times_without_a_date_count_from_1970_and_say_so():
    fig, axes = plot(stamps(dt.datetime(2024, 5, 6, 9), 8))
    hours = range(9, 18, 2)
    axes.set_xticks(
        [dt.datetime(2024, 5, 6, h) for h in hours],
        [f"{(h - 1) % 12 + 1:02d}:00 {'AP'[h >= 12]}M" for h in hours],
    )
    panel, ends, limits = read_back(fig)
    assert "date_partial" in panel.x.flags
    day = parse_date("2024-05-06")
    assert ends == pytest.approx([v - day for v in limits], abs=3 * MINUTE)


def test_words_below_a_plot_are_no_dates():
    fig, axes = plot(list(range(60)))
    axes.set_xticks([0, 20, 40, 59], ["alpha", "beta", "gamma", "delta"])
    panel, ends, _ = read_back(fig)
    assert ends is None
    assert "axis_unread" in panel.x.flags


def test_clock_times_that_stand_close_together_are_words_of_their_own():
    start = dt.datetime(2025, 1, 3, 9)
    fig, axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
    when = [start + dt.timedelta(hours=float(h)) for h in np.linspace(0, 9.6, 60)]
    axes.plot(when, np.exp(-np.linspace(0, 3, 60)))
    locator = mdates.AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    panel, ends, limits = read_back(fig)
    assert len(panel.x.ticks) >= 10
    assert ends == pytest.approx(limits, abs=MINUTE)
