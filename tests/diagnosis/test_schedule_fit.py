"""Schedules of known family, with and without reading noise."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.diagnosis.schedule_fit import fit_schedule, turning_points
from plotread.model import Floats

STEPS = np.linspace(0, 1000, 61)
T = STEPS / 1000


def half_cosine(u: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.cos(np.pi * np.clip(u, 0, 1))))


SHAPES: dict[str, Floats] = {
    "constant": np.full(61, 1.0),
    "linear": 1 - 0.9 * T,
    "cosine": 0.1 + 0.9 * half_cosine(T),
    "exponential": np.exp(-4 * T),
    "step": np.where(T < 0.4, 1.0, np.where(T < 0.75, 0.1, 0.01)),
    "polynomial": (1 - T) ** 2,
    "inverse_sqrt": 1 / np.sqrt(1 + T / 0.05),
    "wsd": np.where(T < 0.7, 1.0, 1 - (T - 0.7) / 0.3),
    "one_cycle": np.where(T < 0.3, 0.04 + 0.96 * (1 - half_cosine(T / 0.3)), half_cosine((T - 0.3) / 0.7)),
    "cosine_restarts": half_cosine((3 * T * 0.9999) % 1),
    "cyclic": 0.1 + 0.9 * np.abs(2 * ((3 * T + 0.5) % 1) - 1),
}


@pytest.mark.parametrize("family", SHAPES)
@pytest.mark.parametrize("noise", [0.0, 0.005, 0.01])
def test_family(family: str, noise: float) -> None:
    rng = np.random.default_rng(7)
    y = 3e-4 * (SHAPES[family] + noise * rng.standard_normal(len(T)))
    fit = fit_schedule(STEPS, y, 3e-4 * noise)
    assert fit is not None
    assert fit.family == family
    assert fit.family != fit.runner_up


@pytest.mark.parametrize("family", ["linear", "cosine", "exponential", "step", "inverse_sqrt", "wsd"])
@pytest.mark.parametrize("end", [50.0, 100.0, 200.0])
def test_warmup_ends_where_it_was_put(family: str, end: float) -> None:
    w = end / 1000
    decay = np.interp(np.clip((T - w) / (1 - w), 0, 1), T, SHAPES[family])
    y = 3e-4 * np.where(w > T, T / w, decay)
    fit = fit_schedule(STEPS, y, 1.5e-6)
    assert fit is not None
    assert fit.family == family
    assert fit.rise is not None
    assert not fit.rise.curved
    assert fit.rise.x1 == pytest.approx(end, abs=17)  # one logging step
    assert fit.rise.y1 == pytest.approx(3e-4, rel=0.02)
    assert fit.rise.y0 == 0


def test_seed_course_linear_warmup_to_step_10_then_linear_decay() -> None:
    steps = np.arange(0.0, 41.0)
    y = 2e-5 * np.where(steps < 10, steps / 10, (40 - steps) / 30)
    fit = fit_schedule(steps, y)
    assert fit is not None
    assert fit.family == "linear"
    assert fit.rise is not None
    assert fit.rise.x1 == pytest.approx(10.0, abs=0.1)


def test_fitted_in_data_space_on_uneven_steps() -> None:
    """Steps spaced as on a logarithmic axis: the warm-up is still a line and the decay a cosine."""
    steps = np.unique(np.round(np.geomspace(1, 10_000, 120)))
    y = 1e-3 * np.where(steps < 1500, steps / 1500, half_cosine((steps - 1500) / 8500))
    fit = fit_schedule(steps, y, 2e-6)
    assert fit is not None
    assert fit.family == "cosine"
    assert fit.rise is not None
    assert fit.rise.x1 == pytest.approx(1500, rel=0.05)


def test_flat_within_noise_comes_first() -> None:
    rng = np.random.default_rng(3)
    y = 1e-3 + 4e-6 * rng.standard_normal(60)
    fit = fit_schedule(np.arange(60.0), y, 4e-6)
    assert fit is not None
    assert fit.family == "constant"
    assert fit.runner_up is None


def test_restarts_are_counted_and_placed() -> None:
    fit = fit_schedule(STEPS, SHAPES["cosine_restarts"])
    assert fit is not None
    assert len(fit.restarts) == 2
    assert fit.restarts == pytest.approx([333, 667], abs=17)
    assert fit.period == pytest.approx(333, abs=17)


def test_power_and_stable_end_are_measured() -> None:
    fit = fit_schedule(STEPS, SHAPES["polynomial"])
    assert fit is not None
    assert fit.power == pytest.approx(2.0, abs=0.05)
    fit = fit_schedule(STEPS, SHAPES["wsd"])
    assert fit is not None
    assert fit.stable_until == pytest.approx(700, abs=12)


def test_floor_after_a_decay_is_told() -> None:
    y = np.where(T < 0.6, 1 - 0.9 * T / 0.6, 0.1)
    fit = fit_schedule(STEPS, y)
    assert fit is not None
    assert fit.family == "linear"
    assert fit.floor_from == pytest.approx(600, abs=17)


def test_too_few_points_and_wild_curves_get_no_name() -> None:
    assert fit_schedule(np.arange(5.0), np.arange(5.0)) is None
    wild = np.random.default_rng(0).uniform(0, 1, 40)
    fit = fit_schedule(np.arange(40.0), wild, 0.001)
    assert fit is None or fit.family in ("cyclic", "cosine_restarts", "constant")


def test_turning_points_ignore_small_wiggles() -> None:
    assert turning_points(np.array([0.0, 2.0, 1.9, 2.1, 0.5, 0.6, 0.0]), 1.0) == [0, 3, 6]
    assert turning_points(np.array([3.0, 2.0, 1.0]), 0.5) == [0, 2]
    assert turning_points(np.array([1.0, 0.0, 1.0, 0.0, 1.0]), 0.5) == [0, 1, 2, 3, 4]
