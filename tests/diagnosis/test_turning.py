"""A rise after the best value: told when it is there, not when it is luck."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.diagnosis.turning import find_turn, point_noise, rising_p, running_median
from plotread.model import Floats

# Validation loss per epoch in the manner of a slow turn: falls to 15, hovers, climbs by two percent.
EPOCHS = np.arange(1.0, 51.0)


def slow_turn(noise: float, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    fall = 1.022 + 0.026 * np.exp(-(EPOCHS - 1) / 2.5)
    climb = 0.016 * np.clip((EPOCHS - 20) / 30, 0, 1)
    y = fall + climb + noise * rng.standard_normal(50)
    y[14] = 1.018
    return np.asarray(y)


def test_a_rise_of_less_than_two_percent_can_be_clear() -> None:
    turn = find_turn(slow_turn(0.002, 5))
    assert turn is not None
    assert turn.likely
    assert EPOCHS[turn.best] == 15
    assert (turn.end / 1.018 - 1) < 0.02
    assert turn.p < 1e-4
    assert EPOCHS[turn.onset[0]] <= 15 <= EPOCHS[turn.onset[1]] <= 35


@pytest.mark.parametrize("n", [12, 30, 100])
@pytest.mark.parametrize("noise", [0.005, 0.03])
def test_healthy_runs_are_left_alone(n: int, noise: float) -> None:
    """The strict rule of the reference has no false alarm in 600 healthy runs; likewise here."""
    t = np.linspace(0, 1, n)
    rng = np.random.default_rng(n)
    level = 0.4 + 1.6 * np.exp(-6 * t)
    alarms = 0
    for _ in range(200):
        turn = find_turn(1.05 * level * (1 + noise * rng.standard_normal(n)))
        alarms += turn is not None and turn.likely
    assert alarms <= 2


def test_flat_runs_are_left_alone() -> None:
    rng = np.random.default_rng(1)
    alarms = sum(
        turn is not None and turn.likely
        for turn in (find_turn(1.0 + 0.02 * rng.standard_normal(40)) for _ in range(200))
    )
    assert alarms <= 6


@pytest.mark.parametrize(
    ("rise", "noise", "least"), [(0.2, 0.03, 0.85), (0.06, 0.01, 0.85), (0.06, 0.005, 0.98)]
)
def test_true_turns_are_found(rise: float, noise: float, least: float) -> None:
    t = np.linspace(0, 1, 30)
    rng = np.random.default_rng(2)
    fall = 0.4 + 1.6 * np.exp(-9 * t)
    turned = np.where(t < 0.4, fall, fall[12] * (1 + rise * (t - 0.4) / 0.6))
    found = sum(
        turn is not None and turn.likely
        for turn in (find_turn(turned * (1 + noise * rng.standard_normal(30))) for _ in range(100))
    )
    assert found >= 100 * least


def test_one_bad_last_value_is_no_turn() -> None:
    y = np.concatenate([np.linspace(2, 1, 20), np.full(10, 1.0), [1.4]])
    assert find_turn(y) is None


def test_falling_curve_has_no_turn() -> None:
    assert find_turn(np.linspace(3, 1, 40)) is None


def test_reading_error_swallows_a_small_rise() -> None:
    y = slow_turn(0.002, 5)
    assert find_turn(y, sigma_read=0.03) is None


def test_rank_test() -> None:
    assert rising_p(np.arange(10.0)) < 1e-4
    assert rising_p(-np.arange(10.0)) > 0.999
    assert rising_p(np.ones(10)) == 1.0
    assert rising_p(np.array([1.0, 2.0])) == 1.0


def test_noise_ignores_a_slope_and_median_keeps_the_ends() -> None:
    assert point_noise(np.arange(50.0)) == pytest.approx(0.0, abs=1e-12)
    rng = np.random.default_rng(0)
    assert point_noise(np.arange(400.0) + 0.5 * rng.standard_normal(400)) == pytest.approx(0.5, rel=0.15)
    y = np.array([5.0, 1.0, 2.0, 9.0, 3.0])
    assert running_median(y, 3).tolist() == [5.0, 2.0, 2.0, 3.0, 3.0]


def test_a_long_small_rise_is_likely_by_its_rank_alone() -> None:
    rng = np.random.default_rng(3)
    y = np.r_[np.linspace(1.05, 1.02, 10), np.linspace(1.02, 1.035, 40)] + 0.005 * rng.standard_normal(50)
    turn = find_turn(y)
    assert turn is not None
    assert turn.likely
    assert turn.p < 1e-4
    assert (turn.end - turn.level) / turn.sigma > 2
    # The same level without the rise stays unsuspected.
    flat = np.r_[np.linspace(1.05, 1.02, 10), np.full(40, 1.02)] + 0.005 * rng.standard_normal(50)
    found = find_turn(flat)
    assert found is None or not found.likely
