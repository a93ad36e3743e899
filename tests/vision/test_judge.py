"""The judge of readings: what is right passes, and each kind of mistake fails by its own measure."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vision.judge import FAR, MEDIAN, Case, Verdict, judge_panel, table

STEPS = np.arange(40.0)
LOSS = 0.5 + 2.5 * np.exp(-STEPS / 8) + 0.1 * np.sin(STEPS)


def series(x, y, kind="line"):
    return {"x": list(x), "y": list(y), "kind": kind}


def truth(*curves, scale="linear", bbox=(0, 0, 400, 300)):
    axes = {"x": {"scale": "linear", "range": None}, "y": {"scale": scale, "range": None}}
    return axes | {"bbox": list(bbox), "series": list(curves)}


def judged(*read, true=None):
    return judge_panel(true or truth(series(STEPS, LOSS)), [{"series": list(read)}])


def test_the_data_themselves_pass():
    verdict = judged(series(STEPS, LOSS))
    assert verdict.whole
    assert verdict.series == (Verdict(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, True),)


def test_samples_between_the_points_pass_but_recover_none():
    x = np.linspace(0, 39, 400)
    verdict = judged(series(x, np.interp(x, STEPS, LOSS)))
    assert verdict.whole
    assert not verdict.series[0].points


def test_an_error_is_a_share_of_the_span():
    span = LOSS.max() - LOSS.min()
    flat = truth(series([0, 10, 20], [0, 0, 1]))
    shifted = judge_panel(flat, [{"series": [series([0, 10, 20], [0.004, 0.004, 1.004])]}])
    assert shifted.series[0].straight == pytest.approx(0.004)
    assert judged(series(STEPS, LOSS + 0.004 * span)).whole
    assert not judged(series(STEPS, LOSS + 0.012 * span)).whole


@pytest.mark.parametrize(
    "read",
    [
        series(STEPS, -LOSS),  # a wrong sign
        series(STEPS, LOSS.max() + LOSS.min() - LOSS),  # upside down in its own box
        series(STEPS + 1, LOSS),  # counted from one
        series(STEPS - 1, LOSS),
        series(np.sort(LOSS), STEPS[np.argsort(LOSS)]),  # axes swapped
        series(STEPS, LOSS[::-1]),  # mirrored
        series(STEPS * 1.05, LOSS),  # the x axis stretched
        series(STEPS, LOSS * 1.03),  # the y axis stretched
        series(STEPS[:-3], LOSS[:-3]),  # the end lost
        series([], []),
    ],
)
def test_mistakes_fail(read):
    assert not judged(read).whole


def test_one_pixel_sideways_is_forgiven_and_three_are_not():
    x = np.arange(400.0)
    steps = np.floor(x / 20) % 2
    true = truth(series(x, steps))
    assert judged(series(x + 0.9, steps), true=true).series[0].far == 0
    assert judged(series(x + 3, steps), true=true).series[0].far > FAR


def test_a_lost_spike_fails_by_the_landmarks_alone():
    spiked = LOSS.copy()
    spiked[20] = 5.0
    verdict = judged(series(STEPS, LOSS), true=truth(series(STEPS, spiked))).series[0]
    assert verdict.median <= MEDIAN
    assert verdict.landmarks > 0.5
    assert not verdict.passed


def test_an_invented_excursion_fails_by_the_way_back_alone():
    x = np.linspace(0, 39, 400)
    y = np.interp(x, STEPS, LOSS)
    y[203:207] = 3.0
    y[213:217] = 3.0
    y[223:227] = 3.0
    y[233:237] = 3.0
    y[243:247] = 3.0
    verdict = judged(series(x, y)).series[0]
    assert verdict.median <= MEDIAN
    assert verdict.back > FAR
    assert not verdict.passed


def test_curves_are_paired_whatever_their_order_and_a_stranger_is_invented():
    low, high = series(STEPS, LOSS), series(STEPS, LOSS + 2)
    true = truth(low, high)
    assert judged(high, low, true=true).whole
    assert not judged(low, true=true).whole
    assert not judged(low, low, true=true).whole
    between = series(STEPS, LOSS + 1)
    assert judged(low, between, high, true=true).invented == 1
    assert judged(low, between | {"kind": "reference"}, high, true=true).whole
    assert judged(low, between | {"kind": "band"}, high, true=true).whole


def test_a_curve_goes_before_the_band_around_it():
    band = series(STEPS, LOSS, "band")
    assert judged(series(STEPS, LOSS + 0.005), band).whole
    assert judged(band, series(STEPS, LOSS + 0.005)).whole


def test_a_second_panel_is_invented():
    right = {"series": [series(STEPS, LOSS)]}
    assert judge_panel(truth(series(STEPS, LOSS)), [right, {"series": []}]).whole
    assert judge_panel(truth(series(STEPS, LOSS)), [right, right]).invented == 1
    assert not judge_panel(truth(series(STEPS, LOSS)), []).whole


def test_log_axes_are_judged_in_decades():
    x, y = np.arange(5.0), 10.0 ** -np.arange(5.0)
    true = truth(series(x, y), scale="log")
    assert judged(series(x, y * 10**0.016), true=true).series[0].straight == pytest.approx(0.004)
    assert not judged(series(x, y + 0.01), true=true).whole  # 1% of the linear span, half of the axis


def test_the_table_counts_whole_panels():
    good, bad = judged(series(STEPS, LOSS)), judged(series(STEPS, -LOSS))
    text = table([Case("a", "single", good), Case("b", "single", bad), Case("a", "noise", bad)])
    assert text.splitlines()[2:] == [
        "| noise | 0/1 |  | 0/1 |  |  |",
        "| single | 1/1 | 0/1 | 1/2 | 0.00% | 100% of 1 |",
        "| **all** | 1/2 | 0/1 | 1/3 | 0.00% | 100% of 1 |",
    ]
