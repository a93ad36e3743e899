"""Each diagnosis on a small curve with one planted event, and its twin without."""

from dataclasses import replace

import numpy as np
import pytest
from curve_data import figure, of, value

from plotread.diagnosis import diagnose
from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.phase_fit import fit_phases
from plotread.diagnosis.quantity import meaning_of
from plotread.diagnosis.stats import regular_gaps_p, trend
from plotread.model import Axis, Figure, Panel, Series, Source


def falling(n=120, noise=0.02, seed=3):
    """4 to 0.5 along an exponential, with relative noise."""
    rng = np.random.default_rng(seed)
    return (0.5 + 3.5 * np.exp(-np.arange(n) / (n / 6))) * np.exp(noise * rng.standard_normal(n))


@pytest.mark.parametrize(
    ("name", "quantity", "split", "direction"),
    [
        ("val_loss", "loss", "val", "lower"),
        ("eval/loss", "loss", "val", "lower"),
        ("test acc", "metric", "val", "higher"),
        ("mAP50(B)", "metric", None, "higher"),
        ("metrics/precision(B)", "metric", None, "higher"),
        ("lr", "lr", None, None),
        ("Train Loss", "loss", "train", "lower"),
        ("Потери", "loss", None, "lower"),
        ("训练损失", "loss", "train", "lower"),
        ("验证准确率", "metric", "val", "higher"),
        ("valLoss", "loss", "val", "lower"),
        ("grad_norm", "grad_norm", None, None),
        ("ELBO", "objective", None, None),
        ("perplexity", "perplexity", None, "lower"),
    ],
)
def test_names(name, quantity, split, direction):
    meaning = meaning_of(name, None, None)
    assert (meaning.quantity, meaning.split, meaning.direction) == (quantity, split, direction)


def test_labels_speak_where_names_do_not():
    assert meaning_of("Validation", "Loss", None).quantity == "loss"
    assert meaning_of("results", None, "train/box_loss").split == "train"
    assert meaning_of("exp1", "Loss", "Training curves").split is None


def test_trend_of_a_known_line():
    x = np.arange(50.0)
    found = trend(x, 3 - 0.02 * x + 0.001 * np.sin(7 * x))
    assert found.slope == pytest.approx(-0.02, abs=1e-4)
    assert found.lo <= found.slope <= found.hi < 0
    assert found.p < 1e-9


def test_equal_gaps_by_chance_match_a_count():
    rng = np.random.default_rng(0)
    places = np.sort(rng.uniform(0, 1, (200_000, 4)), axis=1)
    gaps = np.diff(places, axis=1)
    counted = np.mean(np.all(np.abs(gaps[:, 1:] - gaps[:, :1]) <= 0.05, axis=1))
    assert regular_gaps_p(np.array([0.1, 0.3, 0.5, 0.7]), 0.05, 1.0) == pytest.approx(counted, rel=0.15)


def test_a_spike_that_fades_slowly_and_one_that_stays():
    y = falling()
    y[60:68] *= 1 + 1.5 * np.exp(-np.arange(8) / 2.5)
    (spike,) = of(diagnose(figure(y)), "spike")
    assert spike.x == 61
    assert spike.measures["recovery"] == "slow"
    assert 4 <= value(spike, "recovery_points") <= 8
    assert value(spike, "value") == pytest.approx(y[60])


def test_steep_starts_and_metric_rises_raise_no_spike():
    steep = 2.0 + 300 * np.exp(-np.arange(100) / 1.5)
    assert not of(diagnose(figure(steep)), "spike")
    rise = 0.95 - 0.9 * np.exp(-np.arange(60) / 4)
    assert not of(diagnose(figure(rise, names=["accuracy"])), "spike")


def test_a_dip_of_a_metric():
    rng = np.random.default_rng(1)
    y = 0.95 - 0.5 * np.exp(-np.arange(60) / 8) + 0.003 * rng.standard_normal(60)
    y[40] -= 0.12
    (dip,) = of(diagnose(figure(y, names=["val acc"])), "spike")
    assert dip.x == 41
    assert dip.measures["direction"] == "down"


def test_best_point_of_a_metric_is_its_highest():
    y = np.array([0.2, 0.5, 0.7, 0.81, 0.79, 0.78, 0.80, 0.77])
    (best,) = of(diagnose(figure(y, names=["accuracy"])), "best_point")
    assert (best.x, value(best, "value"), best.measures["sense"]) == (4, 0.81, "max")


def test_a_tie_within_the_reading_error_says_around():
    y = [3.0, 2.0, 1.5, 1.02, 1.30, 1.021, 1.2]
    assert of(diagnose(figure(y, error=0.01)), "best_point")[0].measures["tie"] is True
    assert of(diagnose(figure(y, error=0.0)), "best_point")[0].measures["tie"] is False


def test_level_shift():
    y = falling(noise=0.01)
    y[70:] *= 0.6
    (shift,) = of(diagnose(figure(y)), "level_shift")
    assert shift.x == 71
    assert value(shift, "ratio") == pytest.approx(0.6, abs=0.03)
    assert not of(diagnose(figure(falling(noise=0.01))), "level_shift")


@pytest.mark.parametrize("drop", [0.0, 0.06])
def test_a_level_that_comes_back_is_not_said_to_stay(drop):
    """Two low values at epochs 25 and 26, as noise brings them about, are no new level."""
    epoch = np.arange(1, 36)
    y = 0.35 + 0.4 * np.exp(-epoch / 7) + np.random.default_rng(1).normal(0, 0.01, 35)
    y[24:] -= drop
    assert [f.x for f in of(diagnose(figure(y)), "level_shift")] == [25.0] * (drop > 0)


def test_divergence_but_not_overfitting():
    y = falling()
    y[80:] *= np.exp(np.linspace(0, 1.5, 40))
    (gone,) = of(diagnose(figure(y)), "divergence")
    assert 75 <= gone.x <= 92
    assert value(gone, "best") < value(gone, "end")
    val = y * 1.05
    found = diagnose(figure(falling(), val, names=["train loss", "val loss"]))
    assert not of(found, "divergence")


def test_truncated():
    found = diagnose(figure(falling(), names=["a"]))
    assert not of(found, "truncated")
    x = np.arange(1.0, 101)
    y = falling(100)
    series = tuple(
        Series(x[:n], y[:n], y[:n], y[:n], name=name) for n, name in ((100, "run a"), (60, "run b"))
    )
    both = Figure(Source(), (Panel(0, Axis(label="step"), Axis(label="loss"), series=series),))
    (short,) = of(diagnose(both), "truncated")
    assert short.series == ("run b",)
    assert short.x == 60
    assert value(short, "longest_x") == 100


def test_oscillation_and_its_period():
    rng = np.random.default_rng(2)
    n = 200
    y = (1 + 3 * np.exp(-np.arange(n) / 40)) * np.exp(
        0.15 * np.sin(2 * np.pi * np.arange(n) / 16) + 0.02 * rng.standard_normal(n)
    )
    found = diagnose(figure(y))
    (swing,) = of(found, "oscillation")
    assert value(swing, "period") == pytest.approx(16, rel=0.05)
    assert not of(found, "spike")
    noise = (1 + 3 * np.exp(-np.arange(n) / 40)) * np.exp(0.1 * rng.standard_normal(n))
    assert not of(diagnose(figure(noise)), "oscillation")


def test_what_comes_and_goes_within_three_values_is_no_swing():
    """Snapped to whole pixels, values 9.7 px apart are off by a pattern of a few values."""
    n = 40
    smooth = 0.2 + 2 * np.exp(-np.arange(n) / 8)
    for period, told in ((2.6, 0), (8.0, 1)):
        y = smooth * np.exp(0.03 * np.sin(2 * np.pi * np.arange(n) / period))
        assert len(of(diagnose(figure(y)), "oscillation")) == told


def test_plateau_still_improving_and_undecided():
    rng = np.random.default_rng(5)
    x = np.arange(200)
    flat = 0.5 + 3.5 * np.exp(-x / 12) + 0.01 * rng.standard_normal(200)
    (plateau,) = [f for f in of(diagnose(figure(flat)), "plateau") if f.grade == "likely"]
    assert 40 <= plateau.x <= 150
    assert value(plateau, "level") == pytest.approx(0.5, abs=0.01)
    going = 3.5 - 0.01 * x + 0.01 * rng.standard_normal(200)
    (tail,) = of(diagnose(figure(going)), "still_improving")
    assert value(tail, "slope_per_step") == pytest.approx(-0.01, rel=0.05)
    assert not of(diagnose(figure(going)), "plateau")


def test_not_learning():
    rng = np.random.default_rng(7)
    y = 2.3 + 0.02 * rng.standard_normal(60)
    assert of(diagnose(figure(y)), "not_learning")
    assert not of(diagnose(figure(y - 0.002 * np.arange(60))), "not_learning")


def test_delayed_onset():
    rng = np.random.default_rng(8)
    y = np.r_[np.full(60, 2.3), 2.3 * np.exp(-np.arange(90) / 25)] * np.exp(0.01 * rng.standard_normal(150))
    (onset,) = of(diagnose(figure(y)), "delayed_onset")
    assert onset.x == pytest.approx(60, abs=6)


def test_second_descent():
    rng = np.random.default_rng(9)
    x = np.arange(240)
    y = 1 + 2 * np.exp(-x / 15) + 0.8 * np.exp(-(((x - 100) / 25) ** 2)) - 0.5 / (1 + np.exp(-(x - 160) / 10))
    (late,) = of(diagnose(figure(y + 0.01 * rng.standard_normal(240))), "second_descent")
    assert value(late, "first_best_x") < value(late, "peak_x") < value(late, "second_best_x")
    assert value(late, "peak_x") == pytest.approx(100, abs=12)


def test_chance_level_needs_a_named_data_set():
    y = falling()
    y[0] = np.log(10)
    x = np.arange(1.0, len(y) + 1)
    for title, told in (("CIFAR-10", 1), ("Loss", 0)):
        panel = Panel(
            0, Axis(label="step"), Axis(label="loss"), title=title, series=(Series(x, y, y, y, name="train"),)
        )
        assert len(of(diagnose(Figure(Source(), (panel,))), "start_vs_chance")) == told


def test_smoothed_curves_get_no_verdict_on_their_end():
    found = diagnose(figure(falling(), names=["loss (smoothed)"]))
    assert not {"still_improving", "plateau", "not_learning"} & {f.kind for f in found}


def test_samples_along_the_pixels_give_the_same_events():
    y = falling(2000, noise=0.03)
    y[900] *= 2
    log = diagnose(figure(y))
    columns = np.arange(2000) // 5
    x = np.repeat(np.arange(400) * 5 + 3.0, 2)
    ends = np.array([[y[columns == c].min(), y[columns == c].max()] for c in range(400)]).ravel()
    plot = diagnose(figure(ends, x=x, points="sampled", error=0.004, resolution=0.008))
    for kind in ("spike", "elbow"):
        assert len(of(log, kind)) == len(of(plot, kind))
    assert of(plot, "spike")[0].x == pytest.approx(901, abs=5)
    assert of(plot, "spike")[0].measures.get("recovery_points") is None


def test_two_points_and_constants_do_not_fail():
    assert diagnose(figure([1.0, 1.0]))
    assert diagnose(figure(np.ones(50)))
    assert diagnose(figure(np.zeros(50)))
    assert not diagnose(Figure(Source()))
    assert not build_curves(figure([np.nan, 1.0]))
    assert diagnose(figure(-falling()))


def test_a_spike_to_many_times_a_level_whose_ratios_scatter_widely():
    rng = np.random.default_rng(6)
    y = 0.3 * np.exp(0.8 * rng.standard_normal(300))
    plain = [f for f in of(diagnose(figure(y)), "spike") if f.grade != "possible"]
    y[150], y[220] = 20.0, 14.0
    told = [f.x for f in of(diagnose(figure(y)), "spike") if f.grade != "possible"]
    assert plain == []
    assert told == [151, 221]


def test_wide_intervals_on_a_drawn_curve_hide_no_spike():
    x = np.arange(0.0, 800.0)
    y = 2.0 + 0.01 * np.random.default_rng(8).standard_normal(800)
    y[398:403] = [2.4, 2.8, 3.0, 2.8, 2.4]
    wide = Series(x, y, y - 0.5, y + 0.5, name="train loss", points="sampled")
    panel = Panel(0, Axis(label="step"), Axis(label="loss", resolution=0.01), series=(wide,))
    told = [f for f in of(diagnose(Figure(Source(), (panel,))), "spike") if f.grade != "possible"]
    assert [f.x for f in told] == [400]
    # The interval of the value itself stays as wide as it was read.
    measure = told[0].measures["value"]
    assert measure.hi - measure.lo == pytest.approx(1.0)


def test_a_bend_lies_in_its_interval():
    """Both bends of a course in three straight pieces: 95% by construction, 100 values, scatter 0.06."""
    rng = np.random.default_rng(1)
    t, held = np.linspace(0, 1, 100), []
    for _ in range(150):
        bends = np.array([0.2, 0.6]) + rng.uniform(-0.03, 0.03, 2)
        u = -5 * t + 3.8 * np.maximum(0, t - bends[0]) + 1.1 * np.maximum(0, t - bends[1])
        fit = fit_phases(99 * t, u + 0.06 * rng.standard_normal(100), 0.0)
        if len(fit.knots) == 2:
            held.append([lo <= 99 * b <= hi for (_, lo, hi), b in zip(fit.knots, bends, strict=True)])
            # No interval is so wide that it says nothing.
            assert max(hi - lo for _, lo, hi in fit.knots) < 30
    assert len(held) > 140
    assert np.mean(held, axis=0).min() >= 0.9


def test_a_tied_best_value_lies_in_its_interval():
    """A wide hollow read to half a pixel: its lowest step is among those told, in 95% of readings."""
    rng = np.random.default_rng(2)
    held, widths = [], []
    for _ in range(100):
        lowest = int(rng.integers(40, 80))
        y = 1 + 2e-4 * (np.arange(100) - lowest) ** 2
        pixel = 0.01
        read = y + pixel * rng.uniform(-0.5, 0.5, 100)
        found = diagnose(figure(read, error=pixel / 2, resolution=pixel))
        (best,) = of(found, "best_point")
        assert best.measures["tie"] is True
        assert best.x_range is not None
        held.append(best.x_range[0] <= lowest + 1 <= best.x_range[1])
        widths.append(best.x_range[1] - best.x_range[0])
    assert np.mean(held) >= 0.95
    assert np.median(widths) < 30


def test_a_lone_best_value_has_no_interval():
    (best,) = of(diagnose(figure(1 + 0.01 * (np.arange(60.0) - 30) ** 2)), "best_point")
    assert (best.x, best.x_range) == (31, None)


def test_the_best_of_a_schedule_is_its_peak():
    steps = np.arange(41)
    rate = np.where(steps <= 10, steps / 10, (40 - steps) / 30) * 1e-3
    (best,) = of(diagnose(figure(rate, names=["lr"], label="learning rate")), "best_point")
    assert (best.x, best.measures["sense"]) == (11, "max")


def test_a_calm_run_in_a_log_is_no_copy_of_a_rough_one():
    y = falling(noise=0.03)
    calm = 0.5 + 3.5 * np.exp(-np.arange(120) / 20)
    (ranking,) = of(diagnose(figure(y, calm, names=["seed 1", "seed 2"])), "ranking")
    assert len(ranking.series) == 2


def test_a_validation_curve_is_no_smoothed_training_curve():
    """The eye may take two like greys for raw and smoothed; the names tell two data sets."""
    y = falling()
    base = figure(y, 0.7 * y, names=["Train loss", "Val loss"], error=0.01, resolution=0.02)
    panel = base.panels[0]
    series = tuple(
        replace(s, role=role) for s, role in zip(panel.series, ("raw", "smoothed"), strict=True)
    )
    found = diagnose(replace(base, panels=(replace(panel, series=series),)))
    assert of(found, "validation_below_training")
    assert len(of(found, "total_change")) == 2


def test_what_rises_from_its_start_on_does_not_diverge():
    rising = 600 - falling() * 100
    assert not of(diagnose(figure(rising, names=["inverse variance of error"])), "divergence")
    assert of(diagnose(figure(np.r_[falling(60), 0.5 + 0.1 * np.arange(60.0)])), "divergence")


def test_what_has_no_trend_has_no_stages():
    rng = np.random.default_rng(0)
    for seed in range(5):
        found = diagnose(figure(0.44 + 0.05 * np.random.default_rng(seed).standard_normal(120)))
        assert of(found, "not_learning")
        assert not of(found, "phases") + of(found, "elbow")
    assert not of(diagnose(figure(falling() * np.exp(0.01 * rng.standard_normal(120)))), "not_learning")


def test_jumps_of_a_wandering_curve_are_its_way():
    """Correlated noise changes its level all the time; a step in the same noise is told all the same."""
    from scipy.signal import lfilter

    told = stepped = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        wander = 2 + 0.15 * lfilter([np.sqrt(1 - 0.97**2)], [1, -0.97], rng.standard_normal(600))
        told += bool(of(diagnose(figure(wander, names=["value"])), "level_shift"))
        step = wander + np.where(np.arange(600) > 300, 1.5, 0.0)
        stepped += any(abs(f.x - 301) < 8 for f in of(diagnose(figure(step, names=["value"])), "level_shift"))
    assert told <= 2
    assert stepped >= 17


def test_a_rhythm_whose_next_beat_falls_on_the_end_is_complete():
    y = falling(105, 0.01)
    y[14:90:15] *= 2
    (beat,) = of(diagnose(figure(y)), "periodic_spikes")
    assert (value(beat, "period"), "next_missing" in beat.measures) == (15, False)


def test_spikes_of_skewed_noise_are_its_tail():
    """Noise in ratios reaches farther up than down; on a linear scale that is no spike."""
    told = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        y = 1.5 * np.exp(0.2 * rng.standard_t(5, 400) / np.sqrt(5 / 3))
        told += any(f.grade != "possible" for f in of(diagnose(figure(y)), "spike"))
    assert told <= 3


@pytest.mark.parametrize(
    ("name", "apart", "shadow"),
    [("smoothed loss", 0.0, True), ("ema loss", 0.02, True), ("ema loss", 2.0, False)],
)
def test_a_smoothed_copy_runs_along_its_raw_curve(name: str, apart: float, shadow: bool) -> None:
    """What lies far from it is a curve of its own, whatever its name says."""
    x = np.arange(50.0)
    y = 1 + 3 * np.exp(-x / 10)
    drawn = tuple(
        Series(x, values, values, values, name=label, points="recovered")
        for label, values in (("loss", y), (name, y + apart))
    )
    panel = Panel(0, Axis(label="step"), Axis(label="loss"), series=drawn)
    curves = build_curves(Figure(Source("plot.png"), (panel,)))
    assert [curve.shadow for curve in curves] == [False, shadow]


def test_a_curve_called_ema_among_named_runs_is_one_of_them():
    x = np.arange(1.0, 18)
    level = {"large batch": 0.30, "lr=1e-3": 0.43, "ema": 0.53, "dropout 0.3": 0.67}
    series = tuple(
        Series(x, y, y - 0.005, y + 0.005, name=name)
        for name, last in level.items()
        for y in [last + 2.1 * np.exp(-x / 3)]
    )
    panel = Panel(0, Axis(label="iteration"), Axis(label="loss"), series=series)
    (ranked,) = of(diagnose(Figure(Source(), (panel,))), "ranking")
    assert set(ranked.series) == set(level)
    pair = (replace(series[0], name="loss"), replace(series[2], y=series[0].y, name="ema"))
    assert not of(diagnose(Figure(Source(), (replace(panel, series=pair),))), "ranking")
