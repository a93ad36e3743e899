"""Several runs: order and tie band, crossings, comparisons that are none; parts of a loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_figures import as_drawn, make_figure, number_of, unsupported_numbers

from plotread.diagnosis.components import diagnose_dominance, find_parts
from plotread.diagnosis.confounded import diagnose_scale, diagnose_settings
from plotread.diagnosis.crossing import diagnose_crossings
from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.ranking import diagnose_ranking, run_groups
from plotread.model import Axis, Figure, Finding, Panel, Source

X = np.arange(0.0, 60.0)


def noisy(level: float, seed: int, noise: float = 0.003) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.asarray(level + np.exp(-X / 8) + noise * rng.standard_normal(60))


def rank(figure: Figure) -> Finding:
    (group,) = run_groups(build_curves(figure))
    finding = diagnose_ranking(group)
    assert unsupported_numbers(finding) == [], finding.summary
    return finding


def test_best_and_worst_of_three_runs() -> None:
    finding = rank(make_figure({"a": (X, noisy(0.5, 1)), "b": (X, noisy(0.3, 2)), "c": (X, noisy(0.9, 3))}))
    assert (finding.measures["best"], finding.measures["worst"]) == ("b", "c")
    assert finding.series == ("b", "a", "c")
    assert finding.grade == "likely"
    assert number_of(finding, "spread") == pytest.approx(0.6, abs=0.01)
    assert finding.measures["one_run_per_setting"] is True


def test_higher_is_better_for_accuracy() -> None:
    runs = {name: (X, level - np.exp(-X / 8)) for name, level in (("a acc", 0.8), ("b acc", 0.95))}
    finding = rank(make_figure(runs, y_label="accuracy"))
    assert finding.measures["best"] == "b acc"


def test_five_runs_within_0_28_percent_are_a_tie() -> None:
    """Ends 0.9192, 0.9206, 0.9213, 0.9213, 0.9218: a spread of 0.0026 inside the scatter of the runs."""
    ends = (0.9192, 0.9206, 0.9213, 0.9213, 0.9218)
    runs = {f"cycle {i + 1}": (X, noisy(end, i, 0.005)) for i, end in enumerate(ends)}
    finding = rank(make_figure(runs))
    assert finding.measures["tie"] is True
    assert finding.grade == "observed"
    assert number_of(finding, "spread") < number_of(finding, "tie_band")
    assert number_of(finding, "tied_with_best") == 5
    assert "best" not in finding.summary


def test_exact_ends_without_scatter_keep_their_spread() -> None:
    ends = (0.9192, 0.9206, 0.9213, 0.9213, 0.9218)
    runs = {f"cycle {i + 1}": (X, end + np.exp(-X / 3)) for i, end in enumerate(ends)}
    finding = rank(make_figure(runs))
    assert number_of(finding, "spread") == pytest.approx(0.0026, abs=1e-6)
    assert number_of(finding, "spread_percent") == pytest.approx(0.28, abs=0.005)


def test_one_badly_read_run_makes_no_ties_of_the_others() -> None:
    runs = {name: (X, level + np.exp(-X / 8)) for name, level in (("a", 0.5), ("b", 0.52), ("c", 0.9))}
    figure = make_figure(runs, half=0.001)
    (panel,) = figure.panels
    worst = panel.series[2]
    blurred = replace(worst, y_lo=worst.y - 0.1, y_hi=worst.y + 0.1)
    finding = rank(replace(figure, panels=(replace(panel, series=(*panel.series[:2], blurred)),)))
    assert finding.measures["best"] == "a"
    assert number_of(finding, "tied_with_best") == 1


def test_two_pixels_are_a_tie() -> None:
    runs = {"a": (X, 0.5 + np.exp(-X / 8)), "b": (X, 0.515 + np.exp(-X / 8))}
    assert rank(make_figure(runs, half=0.01)).measures["tie"] is True
    assert rank(make_figure(runs, half=0.001)).measures["tie"] is False


def test_runs_are_ranked_on_validation() -> None:
    runs = {f"{split} {run}": (X, level + np.exp(-X / 8)) for run, level in (("a", 0.5), ("b", 0.7))
            for split in ("train", "val")}  # fmt: skip
    (group,) = run_groups(build_curves(make_figure(runs)))
    assert [curve.name for curve in group] == ["val a", "val b"]


def test_one_pair_parts_and_copies_are_no_runs() -> None:
    y = noisy(0.5, 1, 0.02)
    smooth = 0.5 + np.exp(-X / 8)
    for curves in (
        {"train loss": (X, y), "val loss": (X, y + 0.1)},
        {"box loss": (X, y), "cls loss": (X, 2 * y)},
        {"loss": (X, y), "loss smoothed": (X, smooth)},
        {"original": (X, y), "average": (X, smooth)},
        {"generator loss": (X, y), "discriminator loss": (X, y)},
    ):
        assert run_groups(build_curves(make_figure(curves))) == []


def test_settings_in_names_are_runs_whatever_their_letter() -> None:
    (group,) = run_groups(build_curves(make_figure({"d-64": (X, noisy(1, 1)), "d-128": (X, noisy(0, 1))})))
    assert len(group) == 2


def test_runs_that_follow_each_other_are_not_compared() -> None:
    assert (
        run_groups(build_curves(make_figure({"ADAM": (X, noisy(1, 1)), "LBFGS": (X + 59, noisy(0, 1))})))
        == []
    )


# ---------------------------------------------------------------- crossings


def crossings(figure: Figure) -> list[Finding]:
    (group,) = run_groups(build_curves(figure))
    found = diagnose_crossings(group)
    for finding in found:
        assert unsupported_numbers(finding) == [], finding.summary
    return found


def test_sustained_crossing() -> None:
    rng = np.random.default_rng(0)
    a = 2 - X / 60 + 0.01 * rng.standard_normal(60)
    b = 2.5 - X / 30 + 0.01 * rng.standard_normal(60)
    (finding,) = crossings(make_figure({"SGD": (X, a), "Adam": (X, b)}))
    assert finding.x == pytest.approx(30, abs=1.5)
    assert finding.measures["upper_after"] == "SGD"
    drawn = (as_drawn(X, a, "SGD"), as_drawn(X, b, "Adam", seed=1))
    (again,) = crossings(Figure(Source(), (Panel(0, Axis(label="step"), Axis(label="loss"), series=drawn),)))
    assert again.x == pytest.approx(finding.x, abs=1.2)


def test_a_crossing_between_two_logged_steps_is_told_at_a_whole_one() -> None:
    epochs = np.arange(1.0, 16.0)
    a, b = 1.0 - 0.02 * epochs, 1.26 - 0.05 * epochs  # equal at 8.67
    (finding,) = crossings(make_figure({"SGD": (epochs, a), "Adam": (epochs, b)}))
    assert finding.x == 9
    halves = epochs / 2
    (finding,) = crossings(make_figure({"SGD": (halves, a), "Adam": (halves, b)}))
    assert finding.x == pytest.approx(4.33, abs=0.1)


def test_noise_crossings_and_excursions_are_none() -> None:
    assert crossings(make_figure({"a": (X, noisy(0.5, 1, 0.02)), "b": (X, noisy(0.5, 2, 0.02))})) == []
    bump = 1.0 + np.where((X > 20) & (X < 30), 0.5, 0.0)
    assert crossings(make_figure({"a": (X, bump), "b": (X, np.full(60, 1.2) - X / 1000)})) == []


# ---------------------------------------------------------------- comparisons that are none


def test_one_factor_from_the_first_value_on() -> None:
    base = 0.0016 + 0.0017 * np.exp(-X / 8)
    runs = {"8": base, "9": 0.97 * base, "17": 1.03 * base, "8 w/o unpaired": 0.57 * base}
    (group,) = run_groups(build_curves(make_figure({name: (X, y) for name, y in runs.items()})))
    finding = diagnose_scale(group)
    assert finding is not None
    assert finding.kind == "confounded_comparison"
    assert finding.grade == "possible"
    assert finding.series == ("8 w/o unpaired",)
    assert number_of(finding, "start_ratio") == pytest.approx(0.57, abs=0.01)
    assert number_of(finding, "end_ratio") == pytest.approx(0.57, abs=0.01)
    assert unsupported_numbers(finding) == []


def test_equal_starts_are_no_such_hint() -> None:
    runs = {"a": (X, 0.2 + 2 * np.exp(-X / 8)), "b": (X, 0.5 + 2 * np.exp(-X / 8))}
    (group,) = run_groups(build_curves(make_figure(runs)))
    assert diagnose_scale(group) is None


def test_settings_that_change_together() -> None:
    configs = {
        "1": {"lr": 5e-4, "layers": 2, "hidden": 64},
        "2": {"lr": 1e-3, "layers": 3, "hidden": 64},
        "3": {"lr": 2e-3, "layers": 4, "hidden": 64},
    }
    finding = diagnose_settings(configs)
    assert finding is not None
    assert number_of(finding, "settings_changed") == 2
    assert finding.measures["names_changed"] == "lr, layers"
    assert unsupported_numbers(finding) == []
    configs["4"] = {"lr": 2e-3, "layers": 3, "hidden": 64}
    assert diagnose_settings(configs) is None
    assert diagnose_settings({"1": {"lr": 1}, "2": {"lr": 2}}) is None


# ---------------------------------------------------------------- parts of a loss


def test_dominant_part_with_a_sum_check() -> None:
    threshold, content, smooth = 70 + 5 * np.exp(-X / 8), 5 + np.exp(-X / 8), np.full(60, 3.0)
    curves = {"total loss": (X, threshold + content + smooth), "threshold loss": (X, threshold),
              "content loss": (X, content), "smoothness loss": (X, smooth)}  # fmt: skip
    (parts,) = find_parts(build_curves(make_figure(curves)))
    assert parts.unit_weights
    finding = diagnose_dominance(parts)
    assert finding is not None
    assert finding.measures["part"] == "threshold loss"
    assert number_of(finding, "share") == pytest.approx(70 / 78, abs=0.002)
    assert unsupported_numbers(finding) == []


def test_no_shares_where_the_parts_do_not_add_up() -> None:
    curves = {
        "total loss": (X, np.full(60, 20.0)),
        "box loss": (X, np.full(60, 9.0)),
        "cls loss": (X, np.full(60, 1.0)),
    }
    (parts,) = find_parts(build_curves(make_figure(curves)))
    assert not parts.unit_weights
    assert diagnose_dominance(parts) is None


def test_a_late_crossing_over_decades_is_seen() -> None:
    """Two losses near 1e-3 whose starts near 1 differ by far more than their ends."""
    a, b = np.exp(-X / 8) + 1e-3, np.exp(-X / 10) * 0.6 + 1e-4
    (found,) = diagnose_crossings(run_groups(build_curves(make_figure({"a": (X, a), "b": (X, b)})))[0])
    sign = np.sign(a - b)
    assert found.x == pytest.approx(X[np.flatnonzero(np.diff(sign))[-1]], abs=1.5)


def test_ends_a_decade_apart_are_judged_by_their_ratio() -> None:
    """Runs ending near 0.1, 0.01 and 0.0101, each scattering by 2%: the last two tie, the first does not."""
    rng = np.random.default_rng(2)
    runs = {
        name: (X, (end + 5 * np.exp(-X / 3)) * np.exp(0.02 * rng.standard_normal(60)))
        for name, end in (("high", 0.1), ("low", 0.01), ("lower", 0.0101))
    }
    finding = rank(make_figure(runs))
    assert finding.measures["tie_band_relative"] is True
    assert number_of(finding, "tied_with_best") == 2
    assert number_of(finding, "tied_with_worst") == 1
