"""Heavy tails are no events; a gap below the candidates makes them some."""

import numpy as np
import pytest
from curve_data import figure, of

from plotread.diagnosis import diagnose
from plotread.diagnosis.tails import standing_apart, tail_limit

# A tail of exponent 4 without a gap: the k-th largest of 400 values stands at (400 / k) ** (1 / 4).
EVEN = (400 / np.arange(1.0, 401)) ** 0.25


def test_the_upper_end_of_one_tail_does_not_stand_apart():
    assert standing_apart([EVEN[0], EVEN[1]], EVEN[2:]) == np.inf


def test_what_lies_beyond_a_gap_does():
    # One value needs a larger gap than six that share it.
    assert standing_apart([4 * EVEN[0]], EVEN) == 4 * EVEN[0]
    assert standing_apart([1.5 * EVEN[0]], EVEN) == np.inf
    assert standing_apart([1.5 * EVEN[0]] * 6, EVEN) == 1.5 * EVEN[0]


def test_those_below_the_gap_are_left_out():
    assert standing_apart([9 * EVEN[0], 1.1 * EVEN[0]], EVEN) == 9 * EVEN[0]


def test_the_limit_grows_with_the_tail():
    rng = np.random.default_rng(0)
    normal, heavy = tail_limit(rng.standard_normal(1000)), tail_limit(rng.standard_t(3, 1000))
    assert 3.5 < normal < 5.0
    assert heavy > 2 * normal
    assert tail_limit(np.full(20, -1.0)) == 0.0


@pytest.mark.parametrize("n", [84, 300, 1000])
def test_heavy_tails_raise_no_alarm(n):
    rng = np.random.default_rng(n)
    x = np.arange(1.0, n + 1)
    alarms = 0
    for _ in range(40):
        y = (0.4 + 1.2 * x**-0.4) * np.exp(0.05 * rng.standard_t(4, n) / np.sqrt(2))
        alarms += any(f.grade != "possible" for f in of(diagnose(figure(y)), "spike"))
    assert alarms <= 3


def test_a_clear_spike_is_found_all_the_same():
    rng = np.random.default_rng(3)
    x = np.arange(1.0, 301)
    found = 0
    for k in range(30):
        y = (0.4 + 1.2 * x**-0.4) * np.exp(0.02 * rng.standard_normal(300))
        y[100 + 5 * k] *= 1.4
        found += [f.x for f in of(diagnose(figure(y)), "spike") if f.grade != "possible"] == [101.0 + 5 * k]
    assert found >= 27
