"""From curve to text and back: change the data, and the text must say the other thing."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import plotread
from plotread.inputs import describe_figure
from plotread.model import Axis, Figure, Panel, Series, Source
from plotread.prose.check import unsupported
from plotread.prose.facts import date_text

STEPS = np.arange(1.0, 85)


def panel(curves, x_label="step", y_label="loss", index=0, kind="linear", x=None):
    at = STEPS if x is None else x
    series = tuple(Series(at[: len(y)], y, y, y, name=name, points="recovered") for name, y in curves.items())
    return Panel(index, Axis(label=x_label, kind=kind), Axis(label=y_label), series=series)


def text(*panels, style="description"):
    account = describe_figure(Figure(Source(), panels), style)
    assert unsupported(account.document, account.figure, account.findings) == []
    return account.text


def falling(seed=0, noise=0.01):
    rng = np.random.default_rng(seed)
    return (0.5 + 2.5 * np.exp(-STEPS / 20)) * np.exp(noise * rng.standard_normal(len(STEPS)))


def spiky(places, factor=2.0):
    y = falling()
    for k in places:
        y[k - 1] = factor * y[k - 2]
    return y


def overfit():
    rng = np.random.default_rng(2)
    train = 1.0 * np.exp(-STEPS / 30) + 0.2 + 0.004 * rng.standard_normal(84)
    val = np.where(STEPS < 30, 1.3 - 0.02 * STEPS, 0.7 + 0.006 * (STEPS - 30)) + 0.004 * rng.standard_normal(
        84
    )
    return train, val


def test_upside_down_it_rises():
    down, up = text(panel({"train loss": falling()})), text(panel({"train loss": 5 - falling()}))
    assert "falls from" in down
    assert "rises from" not in down
    assert "diverges" in up  # a loss that only rises
    assert "falls from" not in up
    assert "diverges" not in down


@pytest.mark.parametrize("shift", [-1, 1])
def test_one_spike_a_step_aside_is_told_at_its_step(shift):
    assert "spike at step 40 " in text(panel({"train loss": spiky([40])}))
    moved = text(panel({"train loss": spiky([40 + shift])}))
    assert f"spike at step {40 + shift} " in moved
    assert "step 40 " not in moved


def test_one_of_six_spikes_two_steps_aside_ends_the_rhythm():
    even, odd = [13, 25, 37, 49, 61, 73], [13, 25, 39, 49, 61, 73]
    assert "even gaps of 12 steps" in text(panel({"train loss": spiky(even)}))
    assert "even gaps of 12" not in text(panel({"train loss": spiky(odd)}))


def test_without_spikes_none_is_told():
    assert "spike" not in text(panel({"train loss": falling()}))


def test_train_and_validation_swapped():
    train, val = overfit()
    said = text(panel({"train loss": train, "val loss": val}))
    swapped = text(panel({"train loss": val, "val loss": train}))
    assert re.search(r"Validation loss rises from its lowest value, 0\.\d+ at step \d+", said)
    assert "verfitting" in said
    assert re.search(r"[Vv]alidation .* above", said)
    assert "verfitting" not in swapped
    assert "Training loss diverges" in swapped
    assert "Validation loss rises" not in swapped


def test_the_turn_moves_with_the_data():
    train, val = overfit()
    early = text(panel({"train loss": train, "val loss": val}))
    late = text(panel({"train loss": train, "val loss": np.roll(val, 20)[20:]}))
    turn = int(re.search(r"lowest value, 0\.\d+ at step (\d+)", early).group(1))
    assert 27 <= turn <= 33
    moved = re.search(r"lowest value, 0\.\d+ at step (\d+)", late)
    assert moved is None or int(moved.group(1)) <= 33  # a shorter run, never a later turn


def test_a_metric_is_better_high_and_a_loss_low():
    y = falling()
    assert "lowest" in text(panel({"train loss": y}), style="report")
    said = text(panel({"accuracy": 1 - y / 4}, y_label="accuracy"), style="report")
    assert "highest" in said
    assert "accuracy rises" in said


def test_scaled_a_hundredfold_every_value_is():
    y = falling()
    first = re.search(r"from (\S+) at step 1 to (\S+) at step 84", text(panel({"train loss": y}))).groups()
    second = re.search(
        r"from (\S+) at step 1 to (\S+) at step 84", text(panel({"train loss": 100 * y}))
    ).groups()
    for a, b in zip(first, second, strict=True):
        assert float(b.rstrip(",")) == pytest.approx(100 * float(a.rstrip(",")), rel=0.02)


def test_an_outlook_is_told_only_as_an_interval_of_what_remains():
    x = np.arange(1.0, 301)
    y = 0.4 + 2.0 * x**-0.5 + 0.0005 * np.random.default_rng(0).standard_normal(300)
    figure = Figure(Source(), (panel({"train loss": y}, x=x),))
    found = [f for f in plotread.diagnose(figure) if f.kind == "projected_gain"]
    said = text(*figure.panels, style="report")
    if found:
        gain = found[0].measures["gain"]
        truth = float(y[-20:].mean() - (0.4 + 2.0 * 450**-0.5))
        assert gain.lo <= truth <= gain.hi
        assert "if its course held" in said.lower()
    flat = text(panel({"train loss": np.full(300, 0.5) + 0.001 * np.sin(x * 7)}, x=x), style="report")
    assert "its course held" not in flat.lower()


def test_a_staircase_tells_its_period():
    rng = np.random.default_rng(4)
    x = np.arange(1.0, 121)
    y = 3.0 * 0.7 ** ((x - 1) // 20) * np.exp(0.004 * rng.standard_normal(120))
    said = text(panel({"train loss": y}, x=x))
    assert "one every 20 steps" in said
    assert "one every 20" not in text(panel({"train loss": 3.0 * 0.985**x}, x=x))


def test_a_small_scatter_is_not_told_as_none():
    x = np.arange(120.0)
    y = 0.5 + 2.5 * np.exp(-x / 8) + 0.001 * np.random.default_rng(4).standard_normal(120)
    said = text(panel({"train loss": y}, x=x), style="report")
    spread = re.search(r"standard deviation of the last \d+ values is ([\d.]*\d)", said)
    assert spread is not None
    assert 0.0005 < float(spread[1]) < 0.002


def test_dates_and_clock_times():
    days = 20132 + np.arange(84.0)
    said = text(panel({"train loss": falling()}, x_label="date", kind="date", x=days))
    assert "at 2025-02-13" in said
    assert "at 2025-05-07" in said
    hours = np.arange(84.0) / 24 / 10
    said = text(panel({"train loss": falling()}, x_label="time", kind="date", x=hours))
    assert "at 00:00" in said
    assert "at 08:18" in said
    assert "1970" not in said
    clock = panel({"train loss": falling()}, x_label="time", kind="date", x=hours)
    assert "08:18" in text(clock, style="report")
    assert date_text(1.25, 2.0) == "06:00 on day 2"


def test_dates_are_no_epochs_whatever_the_label_says():
    rng = np.random.default_rng(4)
    days = 20132 + np.arange(120.0)
    stairs = 3.0 * 0.7 ** (np.arange(120) // 20) * np.exp(0.004 * rng.standard_normal(120))
    shown = panel({"train loss": stairs}, x_label="Epoch", kind="date", x=days)
    for said in (text(shown), text(shown, style="report")):
        assert not re.search(r"(at epoch|epochs?) \d|per epoch", said.lower())
        assert "2025-02-13" in said
    assert "one every 20 days" in text(shown)


def test_parts_of_a_total_and_their_share():
    y = falling()
    said = text(panel({"total loss": y, "box loss": 0.8 * y, "cls loss": 0.2 * y}))
    assert "makes up 80% of" in said
    said = text(panel({"total loss": y, "box loss": 0.2 * y, "cls loss": 0.8 * y}))
    assert re.search(r"cls loss makes up 80% of", said)
    assert "makes up" not in text(panel({"total loss": y, "box loss": 0.5 * y, "cls loss": 0.5 * y}))


def test_a_loss_that_drops_with_its_rate():
    rng = np.random.default_rng(5)
    rate = np.where(STEPS < 41, 1e-2, 1e-3)
    y = np.where(STEPS < 41, 1.0, 0.6) * np.exp(0.01 * rng.standard_normal(84))
    said = text(panel({"train loss": y}), panel({"learning rate": rate}, y_label="learning rate", index=1))
    assert "where the learning rate changes, at step 41" in said
    apart = np.where(STEPS < 61, 1e-2, 1e-3)
    said = text(panel({"train loss": y}), panel({"learning rate": apart}, y_label="learning rate", index=1))
    assert "where the learning rate changes" not in said


def test_spikes_that_loss_and_gradient_share():
    rng = np.random.default_rng(6)
    grad = 1.0 + 0.02 * rng.standard_normal(84)
    grad[[19, 59]] = 6.0
    said = text(
        panel({"train loss": spiky([20, 60])}), panel({"grad_norm": grad}, y_label="grad_norm", index=1)
    )
    assert "coincide with spikes of grad_norm (of two), at steps 20 and 60" in said
    other = np.roll(grad, 7)
    said = text(
        panel({"train loss": spiky([20, 60])}), panel({"grad_norm": other}, y_label="grad_norm", index=1)
    )
    assert "coincide" not in said


def test_a_start_at_the_loss_of_guessing():
    y = np.log(10) * (0.2 + 0.8 * np.exp(-(STEPS - 1) / 20))
    said = text(panel({"CIFAR10 train loss": y}))
    assert "starts at 2.30, next to 2.30, the cross-entropy of guessing among 10 classes" in said
    assert "guessing" not in text(panel({"train loss": y}))


def test_all_curves_of_one_verdict_are_not_listed():
    names = ("wide", "deep", "long", "thin")
    curves = {n: (1 + 0.2 * k) * falling(k, noise=0.003) for k, n in enumerate(names)}
    assert "All four curves are still falling at the end" in text(panel(curves))
    curves["thin"] = np.where(STEPS < 40, falling(4), 0.84)
    assert "All four" not in text(panel(curves))


def test_running_text_below_the_frame_names_no_unit():
    assert "steps 1 to 84" in text(panel({"loss": falling()}))
    below = text(panel({"loss": falling()}, x_label="one step of the cycle policy, as the plot below shows"))
    assert "steps 1" not in below
    assert "policy" not in below


def test_a_level_last_stage_is_told_once():
    y = np.where(STEPS < 30, 3 - 0.08 * STEPS, 0.6) + 0.002 * np.random.default_rng(4).standard_normal(84)
    written = text(panel({"loss": y}))
    assert "stays level after that, near 0.6" in written
    assert "flattens" not in written
    assert text(panel({"loss": y[::-1]})).count("after that") == 1


def test_a_curve_called_smoothed_is_that_of_the_raw_one():
    rng = np.random.default_rng(2)
    x = np.arange(400.0)
    smooth = 0.6 + 3.5 * np.exp(-x / 60)
    raw = smooth + 0.1 * rng.standard_normal(400)
    shown = panel({"raw loss": raw, "smoothed": smooth}, x=x, y_label=None)
    pair = zip(shown.series, ("#000080", "#87ceeb"), strict=True)
    said = text(replace(shown, series=tuple(replace(s, color=color) for s, color in pair)))
    assert "The loss falls" in said
    assert "the curve" not in said.lower()
