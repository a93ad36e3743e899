"""Training against validation: gaps at equal steps, turns, stalls, checkpoints."""

from __future__ import annotations

import numpy as np
import pytest
from made_figures import as_drawn, make_figure, make_panel, number_of, unsupported_numbers

from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.gap import diagnose_gap
from plotread.diagnosis.overfitting import (
    diagnose_checkpoint,
    diagnose_metric_steady,
    diagnose_overfitting,
    diagnose_stalled,
)
from plotread.diagnosis.pairs import Pair, find_pairs, stem
from plotread.model import Axis, Figure, Finding, Panel, Source

EPOCHS = np.arange(1.0, 41.0)


def pairs_of(figure: Figure) -> tuple[Pair, ...]:
    return find_pairs(build_curves(figure))


def gap_kinds(figure: Figure) -> dict[str, Finding]:
    (pair,) = pairs_of(figure)
    findings = {finding.kind: finding for finding in diagnose_gap(pair)}
    for finding in findings.values():
        assert unsupported_numbers(finding) == []
    return findings


def overfit(figure: Figure) -> Finding | None:
    (pair,) = pairs_of(figure)
    finding = diagnose_overfitting(pair.val, pair)
    if finding is not None:
        assert unsupported_numbers(finding) == []
    return finding


# ---------------------------------------------------------------- pairing


def test_stem_drops_the_data_set_and_nothing_else() -> None:
    assert stem("train_loss") == stem("Validation loss") == stem("val/loss") == ("loss",)
    assert stem("valAcc") == stem("train accuracy") == ("accuracy",)
    assert stem("run 3 val") != stem("run 4 train")


def test_pairs_of_several_runs_follow_their_names() -> None:
    y = np.linspace(2, 1, 10)
    figure = make_figure(
        {f"{split} {run}": (np.arange(10), y) for run in ("a", "b") for split in ("train", "val")}
    )
    assert [(p.train.name, p.val.name) for p in pairs_of(figure)] == [
        ("train a", "val a"),
        ("train b", "val b"),
    ]


def test_pairs_across_panels_of_a_grid() -> None:
    x, y = np.arange(10), np.linspace(2, 1, 10)
    left = make_panel({"train/box_loss": (x, y)}, index=0)
    right = make_panel({"val/box_loss": (x, y), "val/cls_loss": (x, y)}, index=1)
    pairs = pairs_of(Figure(Source(), (left, right)))
    assert [(p.train.name, p.val.name) for p in pairs] == [("train/box_loss", "val/box_loss")]


# ---------------------------------------------------------------- gap


def test_gap_at_matched_steps_not_against_a_run_mean() -> None:
    """Evaluated every 100 steps, trained every 20: +0.142 at step 100, +0.08 to +0.18 at the end."""
    steps = np.arange(20.0, 801.0, 20.0)
    train = np.interp(
        steps,
        [20, 40, 60, 80, 100, 260, 520, 700, 800],
        [4.2445, 4.0845, 3.9501, 3.8433, 3.7416, 3.63, 3.57, 3.52, 3.48],
    )
    evals = np.arange(100.0, 701.0, 100.0)
    val = [3.884, 3.765, 3.721, 3.693, 3.673, 3.666, 3.657]
    gap = gap_kinds(make_figure({"loss": (steps, train), "eval_loss": (evals, val)}))["gap"]
    assert number_of(gap, "start_x") == 100
    assert number_of(gap, "start") == pytest.approx(0.1424, abs=1e-9)
    assert number_of(gap, "start_percent") == pytest.approx(3.8, abs=0.05)
    assert 0.08 < number_of(gap, "end") < 0.18
    assert number_of(gap, "share_above") == 1.0
    assert gap.series == ("loss", "eval_loss")


def test_gap_keeps_its_sign() -> None:
    train = 2 - EPOCHS / 40
    gap = gap_kinds(make_figure({"train": (EPOCHS, train), "val": (EPOCHS, train - 0.25)}))["gap"]
    assert number_of(gap, "end") == pytest.approx(-0.25)
    assert number_of(gap, "mean") == pytest.approx(-0.25)


def test_gap_within_a_pixel_is_not_told() -> None:
    train = 2 - EPOCHS / 40
    gap = gap_kinds(make_figure({"train": (EPOCHS, train), "val": (EPOCHS, train + 0.01)}, half=0.02))["gap"]
    assert gap.measures["readable"] is False
    assert gap.grade == "possible"


def test_half_an_epoch_explains_an_early_negative_gap() -> None:
    """Training is the mean over its epoch; the same curve measured at the epoch's end lies below."""

    def curve(e: np.ndarray) -> np.ndarray:
        return np.asarray(0.5 + 2.0 * np.exp(-e / 6))

    train = curve(EPOCHS - 0.5)
    gap = gap_kinds(make_figure({"train": (EPOCHS, train), "val": (EPOCHS, curve(EPOCHS) + 0.01)}, "epoch"))[
        "gap"
    ]
    assert number_of(gap, "start") < 0
    assert number_of(gap, "start_shifted") == pytest.approx(0.01, abs=0.008)
    assert gap.measures["start_sign_is_timing"] is True


def test_constant_gap_is_no_widening_gap() -> None:
    rng = np.random.default_rng(0)
    train = 0.5 + np.exp(-EPOCHS / 8)
    kinds = gap_kinds(
        make_figure(
            {
                "train": (EPOCHS, train + 0.005 * rng.standard_normal(40)),
                "val": (EPOCHS, train + 0.3 + 0.005 * rng.standard_normal(40)),
            }
        )
    )
    assert set(kinds) == {"gap"}


def test_widening_gap_while_validation_falls() -> None:
    train = [2.767, 2.30, 2.15, 2.08, 2.03, 1.99, 1.965, 1.945, 1.927, 1.915]
    val = [2.373, 2.25, 2.191, 2.150, 2.126, 2.111, 2.100, 2.093, 2.0825, 2.082]
    epochs = np.arange(10)
    figure = make_figure({"Train Loss": (epochs, train), "Validation Loss": (epochs, val)}, "epoch")
    widening = gap_kinds(figure)["widening_gap"]
    assert number_of(widening, "growth") > 0.08
    assert widening.x_range is not None
    assert widening.x_range[1] == 9
    assert overfit(figure) is None


# ---------------------------------------------------------------- validation below training


def test_validation_below_training() -> None:
    rng = np.random.default_rng(4)
    train = 0.5 + np.exp(-EPOCHS / 8)
    kinds = gap_kinds(
        make_figure(
            {
                "train": (EPOCHS, train + 0.01 * rng.standard_normal(40)),
                "val": (EPOCHS, 0.7 * train + 0.01 * rng.standard_normal(40)),
            }
        )
    )
    below = kinds["validation_below_training"]
    assert number_of(below, "ratio") == pytest.approx(0.7, abs=0.02)
    assert number_of(below, "share") == 1.0


@pytest.mark.parametrize("late", [0.0, 0.05])
def test_below_at_first_only_is_not_below(late: float) -> None:
    train = 0.5 + 2 * np.exp(-EPOCHS / 4)
    val = 0.5 + 1.2 * np.exp(-EPOCHS / 4) + late
    assert "validation_below_training" not in gap_kinds(
        make_figure({"train": (EPOCHS, train), "val": (EPOCHS, val)})
    )


def test_accuracy_below_training_is_no_such_finding() -> None:
    acc = 1 - np.exp(-EPOCHS / 8)
    figure = make_figure(
        {"train accuracy": (EPOCHS, acc), "val accuracy": (EPOCHS, acc - 0.1)}, y_label="accuracy"
    )
    assert "validation_below_training" not in gap_kinds(figure)


# ---------------------------------------------------------------- overfitting


def slow_turn(seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    epochs = np.arange(1.0, 51.0)
    rng = np.random.default_rng(seed)
    val = 1.022 + 0.026 * np.exp(-(epochs - 1) / 2.5) + 0.016 * np.clip((epochs - 20) / 30, 0, 1)
    val = val + 0.002 * rng.standard_normal(50)
    val[14] = 1.018
    train = 0.968 + 0.1 * np.exp(-(epochs - 1) / 12) + 0.0005 * rng.standard_normal(50)
    return epochs, train, val


def test_overfitting_below_two_percent_is_likely() -> None:
    epochs, train, val = slow_turn()
    finding = overfit(make_figure({"train loss": (epochs, train), "validation loss": (epochs, val)}, "epoch"))
    assert finding is not None
    assert finding.grade == "likely"
    assert finding.x == 15
    assert number_of(finding, "best") == pytest.approx(1.018)
    assert number_of(finding, "end") == pytest.approx(1.038, abs=0.003)
    assert number_of(finding, "rise_percent") < 2.2
    assert number_of(finding, "onset_from") <= 15
    assert number_of(finding, "train_end") < number_of(finding, "train_at_best")


def test_overfitting_is_the_same_from_a_drawn_curve() -> None:
    epochs, train, val = slow_turn()
    series = (as_drawn(epochs, train, "train loss"), as_drawn(epochs, val, "validation loss", seed=1))
    finding = overfit(Figure(Source(), (Panel(0, Axis(label="epoch"), Axis(label="loss"), series=series),)))
    assert finding is not None
    assert finding.grade == "likely"
    assert finding.x == pytest.approx(15, abs=0.3)


def test_drawn_healthy_runs_raise_no_alarm() -> None:
    """Samples along the pixels of twelve noisy evaluations must not pass for hundreds of values."""
    epochs = np.arange(1.0, 13.0)
    alarms = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        level = 0.4 + 1.6 * np.exp(-epochs / 1.5)
        series = (
            as_drawn(epochs, level - 0.1, "train loss", seed=seed),
            as_drawn(epochs, level * (1 + 0.03 * rng.standard_normal(12)), "val loss", seed=seed + 100),
        )
        panel = Panel(0, Axis(label="epoch"), Axis(label="loss"), series=series)
        finding = overfit(Figure(Source(), (panel,)))
        alarms += finding is not None and finding.grade != "possible"
    assert alarms <= 1


def test_a_gap_alone_is_never_overfitting() -> None:
    rng = np.random.default_rng(9)
    val = 1 + np.exp(-EPOCHS / 6) + 0.005 * rng.standard_normal(40)
    train = 0.2 + np.exp(-EPOCHS / 6)
    assert overfit(make_figure({"train": (EPOCHS, train), "val": (EPOCHS, val)})) is None


def test_divergence_of_both_is_no_overfitting() -> None:
    both = np.where(EPOCHS < 20, 2 - EPOCHS / 20, 1 + (EPOCHS - 20) / 5)
    assert overfit(make_figure({"train": (EPOCHS, both), "val": (EPOCHS, both + 0.1)})) is None


def test_falling_accuracy_counts_with_its_sign() -> None:
    acc = np.where(EPOCHS < 15, 0.9 - 0.4 * np.exp(-EPOCHS / 4), 0.9 - 0.004 * (EPOCHS - 15))
    train = 1 - 0.5 * np.exp(-EPOCHS / 8)
    figure = make_figure(
        {"train accuracy": (EPOCHS, train), "val accuracy": (EPOCHS, acc)}, y_label="accuracy"
    )
    finding = overfit(figure)
    assert finding is not None
    assert finding.x == 15
    assert "highest" in finding.summary
    assert (
        overfit(
            make_figure(
                {"train accuracy": (EPOCHS, train), "val accuracy": (EPOCHS, train - 0.1)}, y_label="accuracy"
            )
        )
        is None
    )


def test_loss_up_metric_steady() -> None:
    val = np.where(EPOCHS < 12, 2 - EPOCHS / 12, 1 + (EPOCHS - 12) / 40)
    train = 2 * np.exp(-EPOCHS / 10)
    rng = np.random.default_rng(0)
    acc = 0.9 - 0.5 * np.exp(-EPOCHS / 3) + 0.002 * rng.standard_normal(40)
    loss = make_panel({"train loss": (EPOCHS, train), "val loss": (EPOCHS, val)}, "epoch", index=0)
    for values, expected in ((acc, True), (acc - 0.01 * np.clip(EPOCHS - 12, 0, None), False)):
        metric = make_panel({"val accuracy": (EPOCHS, values)}, "epoch", "accuracy", index=1)
        curves = build_curves(Figure(Source(), (loss, metric)))
        pair = next(p for p in find_pairs(curves) if p.val.name == "val loss")
        finding = diagnose_overfitting(pair.val, pair)
        assert finding is not None
        steady = diagnose_metric_steady(finding, pair.val, curves)
        assert (steady is not None) == expected
        if steady is not None:
            assert unsupported_numbers(steady) == []


# ---------------------------------------------------------------- stalled, checkpoint


def test_validation_stalls_while_training_falls() -> None:
    """The course of a fine-tuning: validation level near 0.8 from step 10 on, training from 2.0 downward."""
    rng = np.random.default_rng(2)
    steps = np.arange(1.0, 41.0)
    train = 0.5 + 1.5 * np.exp(-steps / 14) + 0.01 * rng.standard_normal(40)
    val = 0.8 + 0.9 * np.exp(-steps / 2.5) + 0.008 * rng.standard_normal(40)
    (pair,) = pairs_of(make_figure({"Training Loss": (steps, train), "Validation Loss": (steps, val)}))
    finding = diagnose_stalled(pair)
    assert finding is not None
    assert unsupported_numbers(finding) == []
    assert number_of(finding, "level") == pytest.approx(0.8, abs=0.01)
    assert number_of(finding, "train_to") < number_of(finding, "train_from")
    falling = val - 0.01 * steps
    (pair,) = pairs_of(make_figure({"Training Loss": (steps, train), "Validation Loss": (steps, falling)}))
    assert diagnose_stalled(pair) is None


def test_checkpoint_and_its_cost() -> None:
    curve = build_curves(
        make_figure({"val loss": (np.arange(6), [2.0, 1.2, 0.9, 1.0, 1.1, 1.3])}, half=0.01)
    )[0]
    finding = diagnose_checkpoint(curve)
    assert finding is not None
    assert finding.x == 2
    assert number_of(finding, "cost") == pytest.approx(0.4)
    assert number_of(finding, "second_x") == 3
    assert unsupported_numbers(finding) == []
    best_last = build_curves(make_figure({"val loss": (np.arange(6), [2.0, 1.2, 0.9, 0.8, 0.7, 0.6])}))[0]
    assert diagnose_checkpoint(best_last) is None
    blurred = build_curves(
        make_figure({"val loss": (np.arange(6), [2.0, 1.2, 0.9, 1.0, 1.1, 1.3])}, half=0.3)
    )[0]
    assert diagnose_checkpoint(blurred) is None


def test_a_grid_pairs_panels_by_their_titles_where_curves_share_one_name():
    titles = ["train/box_loss", "train/seg_loss", "val/box_loss", "val/seg_loss"]
    panels = tuple(
        make_panel({"results": (EPOCHS, 3.0 / EPOCHS + level)}, y_label="", index=i, title=title)
        for i, (title, level) in enumerate(zip(titles, (0.1, 0.5, 0.2, 0.6), strict=True))
    )
    found = {(pair.val.panel, pair.train.panel) for pair in pairs_of(Figure(Source(), panels))}
    assert found == {(2, 0), (3, 1)}
