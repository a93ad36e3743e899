"""Schedules in findings, and losses that react to them."""

from __future__ import annotations

import numpy as np
import pytest
from made_figures import as_drawn, make_figure, number_of, unsupported_numbers

from plotread.diagnosis.coincidence import chance, diagnose_co_spikes, diagnose_rate_coincidence, jump_places
from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.schedule import diagnose_schedule, find_drops
from plotread.model import Axis, Figure, Finding, Panel, Source

STEPS = np.arange(0.0, 41.0)
TRIANGLE = 2e-5 * np.where(STEPS < 10, STEPS / 10, (40 - STEPS) / 30)


def rate_findings(figure: Figure) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in diagnose_schedule(build_curves(figure)[0]):
        assert unsupported_numbers(finding) == [], finding.summary
        found.setdefault(finding.kind, []).append(finding)
    return found


def rate_figure(x: np.ndarray, y: np.ndarray, half: float = 0.0) -> Figure:
    return make_figure({"learning_rate": (x, y)}, "step", "learning rate", half)


def test_linear_warmup_to_step_10_then_linear_decay() -> None:
    found = rate_findings(rate_figure(STEPS, TRIANGLE))
    (shape,), (warmup,) = found["schedule_shape"], found["warmup"]
    assert shape.measures["family"] == "linear"
    assert shape.measures["runner_up"] not in (None, "linear")
    assert shape.grade == "likely"
    assert number_of(shape, "end_over_peak") == pytest.approx(0)
    assert warmup.x == pytest.approx(10, abs=0.1)
    assert warmup.measures["shape"] == "linear"
    assert number_of(warmup, "peak") == pytest.approx(2e-5, rel=0.01)
    assert number_of(warmup, "share") == pytest.approx(0.25, abs=0.01)
    assert "lr_drops" not in found


def test_the_same_from_a_drawn_curve() -> None:
    series = as_drawn(STEPS, TRIANGLE, "learning_rate")
    figure = Figure(Source(), (Panel(0, Axis(label="step"), Axis(label="learning rate"), series=(series,)),))
    found = rate_findings(figure)
    assert found["schedule_shape"][0].measures["family"] == "linear"
    assert found["warmup"][0].x == pytest.approx(10, abs=0.3)
    assert "lr_drops" not in found


def test_drops_and_their_factors() -> None:
    epochs = np.arange(0.0, 90.0)
    rate = np.where(epochs < 30, 0.1, np.where(epochs < 60, 0.01, 0.001))
    found = rate_findings(rate_figure(epochs, rate))
    assert found["schedule_shape"][0].measures["family"] == "step"
    assert [drop.x for drop in found["lr_drops"]] == [30, 60]
    assert [number_of(drop, "factor") for drop in found["lr_drops"]] == pytest.approx([0.1, 0.1])
    assert number_of(found["schedule_shape"][0], "end_over_peak") == pytest.approx(0.01)


def test_a_cosine_that_breaks_off_has_one_drop() -> None:
    x = np.arange(1600.0, 33_000.0, 125.0)
    u = np.clip((x - 1600) / 7800, 0, 1)
    y = np.where(x < 7800, 0.00012 + 0.00108 * 0.5 * (1 + np.cos(np.pi * u)), 0.00012)
    (drop,) = find_drops(x, y, 1e-6)
    assert drop.x == pytest.approx(7850, abs=130)
    assert drop.after == pytest.approx(0.00012)
    assert drop.before > 1.5 * drop.after


@pytest.mark.parametrize(
    "decay", [1 - STEPS / 41, np.exp(-STEPS / 8), 0.5 * (1 + np.cos(np.pi * STEPS / 41))]
)
def test_smooth_decays_have_no_drops(decay: np.ndarray) -> None:
    assert find_drops(STEPS, 1e-3 * decay, 0.0) == []


def test_a_drop_read_in_two_pieces_is_one():
    """A thick pen's corner may be read as 0.3, 0.2, 0.3, 0.1 within one pixel."""
    x = np.array([*np.arange(0.0, 500.0), 499.2, 499.6, 500.0, *np.arange(501.0, 1001.0)])
    y = np.where(x < 500.0, 3e-4, 1e-4)
    y[np.searchsorted(x, 499.2)] = 2e-4
    (drop,) = find_drops(x, y, 1e-6)
    assert (drop.before, drop.after) == pytest.approx((3e-4, 1e-4))
    assert drop.x == pytest.approx(500.0)


def test_constant_rate() -> None:
    found = rate_findings(rate_figure(STEPS, np.full(41, 3e-4), half=1e-6))
    assert set(found) == {"schedule_shape"}
    assert found["schedule_shape"][0].measures["family"] == "constant"
    assert found["schedule_shape"][0].measures["runner_up"] is None


def test_chance_of_meeting_by_accident() -> None:
    assert chance(near=2, extent=100, others=1, wanted=1, tries=1) == pytest.approx(0.04)
    assert chance(near=2, extent=100, others=1, wanted=1, tries=2) == pytest.approx(1 - 0.96**2)
    assert chance(near=60, extent=100, others=1, wanted=1, tries=1) == 1.0


def test_loss_jumps_where_the_rate_drops() -> None:
    x = np.arange(0.0, 100.0)
    rate = np.where(x < 30, 0.1, np.where(x < 60, 0.01, 0.001))
    rng = np.random.default_rng(0)
    loss = np.where(x < 30, 2.0, np.where(x < 60, 1.2, 0.9)) * (1 + 0.01 * rng.standard_normal(100))
    figure = make_figure({"lr": (x, rate), "train loss": (x, loss)}, "epoch", "value")
    lr, curve = build_curves(figure)
    assert jump_places(curve) == [30, 60]
    finding = diagnose_rate_coincidence(lr, curve, [30, 60], jump_places(curve))
    assert finding is not None
    assert finding.grade == "likely"
    assert number_of(finding, "together") == 2
    assert number_of(finding, "chance") < 0.01
    assert unsupported_numbers(finding) == []
    assert diagnose_rate_coincidence(lr, curve, [30, 60], [45]) is None


def test_smooth_declines_do_not_jump() -> None:
    x = np.arange(0.0, 100.0)
    for y in (np.exp(-x / 5), 2 - x / 60, 1 / (1 + x)):
        assert jump_places(build_curves(make_figure({"train loss": (x, y)}))[0]) == []


def test_shared_spikes() -> None:
    x = np.arange(0.0, 100.0)
    a, b = build_curves(make_figure({"train loss": (x, 2 - x / 100), "grad_norm": (x, 3 - x / 100)}))
    finding = diagnose_co_spikes(a, b, [20, 50, 80], [20, 51, 95])
    assert finding is not None
    assert number_of(finding, "together") == 2
    assert finding.x == 20
    assert unsupported_numbers(finding) == []
    assert diagnose_co_spikes(a, b, [20, 50, 80], [30, 65]) is None


def test_a_bent_warmup_is_not_called_linear() -> None:
    steps = np.arange(0.0, 200.0)
    rate = np.where(steps < 100, 0.1 * (1 - np.exp(-steps / 6)), 0.01)
    (warmup,) = rate_findings(rate_figure(steps, rate))["warmup"]
    assert warmup.measures["shape"] == "other"
    # 98% of the peak is reached after 6 * ln(50) = 23.5 steps.
    assert warmup.x == pytest.approx(24, abs=1)
    assert number_of(warmup, "peak") == pytest.approx(0.1, rel=0.01)
