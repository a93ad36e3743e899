"""What names mean: a table of traps, each with the wrong reading that it invites."""

import numpy as np
import pytest
from made_figures import make_panel

from plotread.diagnosis import diagnose
from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.quantity import meaning_of, split_of
from plotread.model import Figure, Source

TRAPS = [
    # name, axis label, title, quantity, direction
    ("learning_rate", None, None, "lr", None),  # underscore: no "other" that falls and is better for it
    (None, None, "LearningRate", "lr", None),
    ("lr/pg0", None, None, "lr", None),
    ("lr=0.1", "Loss", None, "loss", "lower"),  # a run by its setting
    ("dice_loss", None, None, "loss", "lower"),  # no metric
    ("val IoU loss", None, None, "loss", "lower"),
    ("Baseline with Dice", "Loss", None, "loss", "lower"),  # a run trained with that loss
    ("val_acc", "Loss", None, "metric", "higher"),  # an accuracy on the axis of losses
    ("accuracy", "Loss / accuracy", None, "metric", "higher"),
    ("policy_gradient_loss", None, None, "loss", "lower"),  # no gradient norm
    ("grad_norm", None, None, "grad_norm", None),
    ("loss_scale", None, None, "other", None),  # a factor of mixed precision
    ("negative log likelihood", None, None, "loss", "lower"),
    ("log likelihood", None, None, "objective", None),  # either sign
    ("ELBO", None, None, "objective", None),
    (None, "Improvement per epoch (%)", "Training efficiency", "metric", "higher"),  # no loss
    ("Improvement (%)", None, None, "metric", "higher"),
    ("rollout/ep_rew_mean", None, None, "reward", "higher"),
    ("explained_variance", None, None, "metric", "higher"),
    ("top5 error", None, None, "error", "lower"),
    ("FID score", None, None, "error", "lower"),  # a score that is better low
    ("word error rate", None, None, "error", "lower"),
    ("false positive rate", None, None, "error", "lower"),
    ("mAP50-95(B)", None, None, "metric", "higher"),
    ("R2", None, None, "metric", "higher"),
    ("perplexity", None, None, "perplexity", "lower"),
    ("tokens/s", None, None, "speed", None),
    ("обучение", "Потери", None, "loss", "lower"),
    ("Модель А", "Точность, %", None, "metric", "higher"),
    ("Скорость обучения", None, None, "lr", None),  # a rate, no training curve
    ("перевірка", "Втрати", None, "loss", "lower"),
    ("검증 정확도", None, None, "metric", "higher"),
    ("학습률", None, None, "lr", None),
    ("모델 1", "손실값", None, "loss", "lower"),
    ("baseline", None, None, "other", None),
]


@pytest.mark.parametrize(("name", "label", "title", "quantity", "direction"), TRAPS)
def test_quantity_and_direction(name, label, title, quantity, direction):
    meaning = meaning_of(name, label, title)
    assert (meaning.quantity, meaning.direction) == (quantity, direction)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("val_loss", "val"), ("testLoss", "val"), ("train/loss", "train"), ("Training curves", None),
        ("training progress", None), ("train vs val", None), ("contest score", None), ("std dev", None),
        ("linear fit", None), ("dev perplexity", "val"), ("trainable parameters", None),
        ("обучение", "train"), ("валидация", "val"), ("Кривые обучения", None), ("Скорость обучения", None),
        ("навчання", "train"), ("перевірка", "val"), ("훈련", "train"), ("학습 손실", "train"),
        ("검증 손실", "val"), ("학습 곡선", None), ("학습률", None), ("Потери на обучении и валидации", None),
    ],
)  # fmt: skip
def test_split(text, split):
    assert split_of(text) == split


def test_a_falling_improvement_is_best_at_its_highest():
    x = np.arange(1.0, 21)
    panel = make_panel({"": (x, 30 / x)}, y_label="Improvement (%)")
    (best,) = [f for f in diagnose(Figure(Source(), (panel,))) if f.kind == "best_point"]
    assert (best.x, best.measures["sense"]) == (1.0, "max")


def test_a_smoothed_copy_does_not_take_the_panels_name_away():
    x = np.arange(1.0, 41)
    y = 1 + 1 / x
    panel = make_panel({"results": (x, y), "smooth": (x, y + 0.01)}, y_label="", title="train/box_loss")
    raw, smooth = build_curves(Figure(Source(), (panel,)))
    assert raw.name == "train/box_loss"
    assert smooth.shadow
