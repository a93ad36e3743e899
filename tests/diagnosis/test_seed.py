"""The 84 values with a hidden period, and the cliff: every number recomputed by hand beforehand."""

import numpy as np
import pytest
from curve_data import CLIFF, LOSS_84, figure, of, value

from plotread.diagnosis import KINDS, diagnose
from plotread.model import Estimate


@pytest.fixture(scope="module")
def found():
    return diagnose(figure(LOSS_84))


def test_levels(found):
    (change,) = of(found, "total_change")
    assert value(change, "first") == 3.7784
    assert value(change, "last") == 0.4932
    assert value(change, "change_percent") == pytest.approx(-86.95, abs=0.01)
    assert value(change, "mean_rate") == pytest.approx(-0.0396, abs=1e-4)
    (best,) = of(found, "best_point")
    assert best.x == 76
    assert value(best, "value") == 0.4624
    assert (value(best, "worst"), value(best, "worst_x")) == (3.8634, 2)
    assert value(best, "runner_up_x") == 80
    assert best.measures["sense"] == "min"


def test_spikes_and_their_rhythm(found):
    spikes = of(found, "spike")
    assert [f.x for f in spikes] == [13, 25, 37, 49, 61, 73]
    assert all(f.grade != "possible" and f.measures["recovery"] == "fast" for f in spikes)
    assert all(value(f, "recovery_points") == 1 for f in spikes)
    assert value(spikes[2], "value") == 2.0217
    (rhythm,) = of(found, "periodic_spikes")
    assert (value(rhythm, "period"), value(rhythm, "count")) == (12, 6)
    assert 5e-7 < value(rhythm, "chance") < 3e-6
    assert rhythm.x_range == (13, 73)


def test_constant_ratio(found):
    (ratio,) = of(found, "constant_ratio_spikes")
    estimate = ratio.measures["ratio"]
    assert isinstance(estimate, Estimate)
    assert (estimate.value, estimate.lo, estimate.hi) == pytest.approx((1.994, 1.967, 2.028), abs=5e-4)
    assert value(ratio, "ratio_sd") == pytest.approx(0.022, abs=5e-4)
    assert 0.13 < value(ratio, "ordinary_ratio_sd") < 0.16


def test_one_bend_and_no_plateau(found):
    (bend,) = of(found, "elbow")
    assert 16 <= bend.x <= 18
    (phases,) = of(found, "phases")
    assert value(phases, "count") == 2
    assert value(phases, "phase1_percent_rate") == pytest.approx(-7.6, abs=0.3)
    assert value(phases, "phase2_percent_rate") == pytest.approx(-1.3, abs=0.05)
    assert not [f for f in of(found, "plateau") if f.grade != "possible"]
    (tail,) = of(found, "still_improving")
    slope = tail.measures["percent_per_step"]
    assert isinstance(slope, Estimate)
    assert slope.lo < slope.value < slope.hi < 0


def test_scatter_with_and_without_spikes(found):
    (noise,) = of(found, "late_noise")
    assert value(noise, "sd_last") == pytest.approx(0.158, abs=5e-4)
    assert value(noise, "sd_last_without_spikes") == pytest.approx(0.064, abs=5e-4)
    assert value(noise, "spikes_in_last") == 1


def test_nothing_else_is_alarmed(found):
    quiet = {
        "divergence",
        "initial_cliff",
        "level_shift",
        "oscillation",
        "second_descent",
        "overfitting",
        "not_learning",
    }
    assert not quiet & {f.kind for f in found}


def test_ids_kinds_and_numbers_of_summaries(found):
    assert [f.id for f in found] == [f"f{i}" for i in range(len(found))]
    assert all(KINDS[f.kind] == f.group for f in found)
    for f in found:
        assert all(m.lo <= m.value <= m.hi for m in f.measures.values() if isinstance(m, Estimate)), f


def test_a_moved_spike_breaks_the_rhythm_and_a_lower_one_the_ratio():
    moved = LOSS_84.copy()
    moved[48], moved[50] = 0.97, 1.9439 + 0.0  # the spike at 49 now stands at 51
    kinds = {f.kind for f in diagnose(figure(moved))}
    assert "periodic_spikes" not in kinds
    lower = LOSS_84.copy()
    lower[36] *= 1.45
    assert "constant_ratio_spikes" not in {f.kind for f in diagnose(figure(lower))}
    slow = LOSS_84.copy()
    slow[49:53] *= np.array([1.8, 1.6, 1.4, 1.2])
    assert "constant_ratio_spikes" not in {f.kind for f in diagnose(figure(slow))}


def test_cliff():
    (cliff,) = of(diagnose(figure(CLIFF)), "initial_cliff")
    assert cliff.grade == "observed"
    assert value(cliff, "decades") == pytest.approx(3.825, abs=0.01)
    assert value(cliff, "share_percent") > 99
    assert cliff.x == 2


def test_cliff_on_a_coarse_axis_admits_what_it_cannot_read():
    (cliff,) = of(diagnose(figure(CLIFF, error=675.0, resolution=1350.0)), "initial_cliff")
    assert cliff.grade == "likely"
    assert cliff.measures["rest_readable"] is False
    assert "low_resolution" in cliff.flags


def test_a_slow_fall_over_two_decades_is_no_cliff():
    y = 18000 * np.exp(-np.minimum(np.arange(82), 30) / 6.0) + 120 + np.linspace(60, 0, 82)
    assert not of(diagnose(figure(y)), "initial_cliff")
