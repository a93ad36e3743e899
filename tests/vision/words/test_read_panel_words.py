"""Words of whole figures: what stands where becomes a title, a label or a legend."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from plotread.geometry import Box
from plotread.vision.types import Raster, Ruler
from plotread.vision.words.parts import TextLine, make_sheet
from plotread.vision.words.reading import read_turned

X = np.arange(40.0)


def draw(ax: Any, names: list[str], **style: Any) -> None:
    for k, name in enumerate(names):
        ax.plot(X, np.exp(-X / (8 + 6 * k)) + 0.2 * k, label=name, **style)


def test_one_panel_gives_title_labels_and_legend(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    draw(ax, ["train loss", "val loss"])
    ax.set(title="Training curves", xlabel="Epoch", ylabel="Cross-entropy loss")
    ax.legend(loc="upper right")
    (words,) = read(fig, [ax])
    assert (words.title, words.x_label, words.y_label) == ("Training curves", "Epoch", "Cross-entropy loss")
    assert words.y2_label is None
    assert [e.name for e in words.legend] == ["train loss", "val loss"]
    assert [e.color for e in words.legend] == [(31, 119, 180), (255, 127, 14)]
    assert [(e.line, e.marker) for e in words.legend] == [("solid", None)] * 2
    # the legend stands in the upper right quarter and its box is an obstacle there
    (obstacle,) = words.obstacles
    assert obstacle.x0 > 320
    assert obstacle.y1 < 240


def test_no_words_are_invented(read: Any) -> None:
    fig, ax = plt.subplots()
    ax.plot(X, np.exp(-X / 9))
    (words,) = read(fig, [ax])
    assert words.legend == ()
    assert (words.title, words.x_label, words.y_label, words.y2_label) == (None, None, None, None)


def test_dash_patterns_of_black_samples(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    for name, style in (("first", "-"), ("second", "--"), ("third", ":"), ("fourth", "-.")):
        ax.plot(X, np.exp(-X / (5 + len(name))), style, color="k", label=name)
    ax.legend()
    (words,) = read(fig, [ax])
    assert [(e.name, e.line) for e in words.legend] == [
        ("first", "solid"), ("second", "dashed"), ("third", "dotted"), ("fourth", "dashdot"),
    ]  # fmt: skip


def test_markers_are_seen_on_the_sample(read: Any) -> None:
    fig, ax = plt.subplots()
    ax.plot(X, np.exp(-X / 9), "o-", label="with marks")
    ax.plot(X, np.exp(-X / 15), label="without")
    ax.legend()
    (words,) = read(fig, [ax])
    marks = [(e.name, e.marker is not None) for e in words.legend]
    assert marks == [("with marks", True), ("without", False)]


def test_legend_in_columns_below_the_axes(read: Any) -> None:
    fig, ax = plt.subplots()
    draw(ax, ["alpha", "gamma", "delta"])
    ax.set_xlabel("Step")
    ax.legend(ncol=3, loc="upper center", bbox_to_anchor=(0.5, -0.15))
    fig.tight_layout()
    (words,) = read(fig, [ax])
    assert [e.name for e in words.legend] == ["alpha", "gamma", "delta"]
    assert words.x_label == "Step"
    assert words.obstacles == ()


def test_one_legend_speaks_for_every_panel_of_a_grid(read: Any) -> None:
    fig, axes = plt.subplots(1, 2, figsize=(9, 4))
    for ax, title in zip(axes, ("train", "test"), strict=True):
        draw(ax, ["first run", "second run"])
        ax.set_title(title)
    axes[0].legend()
    fig.tight_layout()
    words = read(fig, list(axes))
    assert [w.title for w in words] == ["train", "test"]
    assert [[e.name for e in w.legend] for w in words] == [["first run", "second run"]] * 2


def test_twin_axis_has_its_own_label(read: Any) -> None:
    fig, ax = plt.subplots()
    draw(ax, ["loss"])
    ax.set_ylabel("Loss")
    twin = ax.twinx()
    twin.plot(X, 0.001 * X, "--", color="C3")
    twin.set_ylabel("Learning rate")
    fig.tight_layout()
    (words,) = read(fig, [ax], [twin])
    assert (words.y_label, words.y2_label) == ("Loss", "Learning rate")


def test_short_rotated_label(read: Any) -> None:
    fig, ax = plt.subplots()
    ax.plot(X, 0.001 * X)
    ax.set_ylabel("lr")
    fig.tight_layout()
    (words,) = read(fig, [ax])
    assert words.y_label == "lr"


def test_stacked_panels_keep_label_and_title_apart(read: Any) -> None:
    fig, axes = plt.subplots(2, 1, figsize=(6, 6))
    for ax, title in zip(axes, ("Upper", "Lower"), strict=True):
        ax.plot(X, X)
        ax.set(title=title, xlabel="Iteration")
    fig.tight_layout()
    words = read(fig, list(axes))
    assert [w.title for w in words] == ["Upper", "Lower"]
    assert [w.x_label for w in words] == ["Iteration", "Iteration"]


def test_dark_page(read: Any) -> None:
    with plt.style.context("dark_background"):
        fig, ax = plt.subplots()
        ax.plot(X, X, color="#ff5555", label="baseline")
        ax.set(title="Dark", ylabel="Reward")
        ax.legend()
        (words,) = read(fig, [ax])
    assert (words.title, words.y_label) == ("Dark", "Reward")
    assert [(e.name, e.color) for e in words.legend] == [("baseline", (255, 85, 85))]


def test_same_picture_same_words(read: Any) -> None:
    fig, ax = plt.subplots()
    draw(ax, ["one", "two", "three"])
    ax.legend(frameon=False)
    assert read(fig, [ax]) == read(fig, [ax])


def test_names_at_the_ends_of_curves(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    for k, (name, color) in enumerate((("baseline", "C0"), ("dropout", "C3"))):
        ax.plot(X, np.exp(-X / 9) + 0.5 * k, color=color)
        ax.annotate(name, (39, 0.5 * k), xytext=(6, 0), textcoords="offset points", va="center", color=color)
    ax.set_xlim(0, 60)
    (words,) = read(fig, [ax])
    assert [(e.name, e.direct) for e in words.legend] == [("dropout", True), ("baseline", True)]
    # thin letters hold little pure ink: their colour is near the curve's, not the same
    for found, drawn in zip(words.legend, ((214, 39, 40), (31, 119, 180)), strict=True):
        assert max(abs(a - b) for a, b in zip(found.color, drawn, strict=True)) <= 40
    assert len(words.obstacles) == 2


def test_names_that_end_in_digits_left_of_the_axes_are_no_rotated_column(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    fig.subplots_adjust(left=0.3)
    draw(ax, ["run-1", "run-2", "run-3"])
    ax.set_ylabel("Training loss")
    fig.legend(loc="upper left", bbox_to_anchor=(0.0, 0.9))
    (words,) = read(fig, [ax])
    assert [e.name for e in words.legend] == ["run-1", "run-2", "run-3"]
    assert words.y_label == "Training loss"


def test_samples_right_of_texts_that_begin_in_one_column(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(8, 4))
    fig.subplots_adjust(right=0.6)
    for k, (name, style) in enumerate((("short", "-"), ("quite a long name", "--"))):
        ax.plot(X, np.exp(-X / (8 + 6 * k)), style, color=f"C{k}")
        y = 0.6 - 0.06 * k
        fig.text(0.65, y, name, va="center")
        fig.add_artist(plt.Line2D([0.84, 0.89], [y, y], color=f"C{k}", linestyle=style))
    (words,) = read(fig, [ax])
    found = {e.name: (e.line, e.color) for e in words.legend}
    assert found == {"short": ("solid", (31, 119, 180)), "quite a long name": ("dashed", (255, 127, 14))}


def test_a_sample_that_shows_one_long_dash_is_dashed(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    ax.plot(X, np.exp(-X / 9), label="train")
    ax.plot(X, np.exp(-X / 15), label="test", linestyle=(0, (9, 9)))
    ax.legend(handlelength=2)
    (words,) = read(fig, [ax])
    assert [(e.name, e.line) for e in words.legend] == [("train", "solid"), ("test", "dashed")]


@pytest.mark.parametrize("style", [{}, {"marker": "o", "markersize": 11}])
def test_a_title_whose_letters_touch_the_legend_below(read: Any, style: dict[str, Any]) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    fig.subplots_adjust(top=0.8)
    draw(ax, ["train loss", "valid loss"], **style)
    fig.text(0.5, 0.93, "Run history", size=16, weight="bold", ha="center", va="center", color="0.25")
    fig.legend(ncol=2, loc="center", bbox_to_anchor=(0.5, 0.893), frameon=False)
    (words,) = read(fig, [ax])
    assert [(e.name, e.color) for e in words.legend] == [
        ("train loss", (31, 119, 180)), ("valid loss", (255, 127, 14)),
    ]  # fmt: skip
    assert words.title == "Run history"


def test_a_title_at_the_edge_of_the_picture_far_left_of_the_panel(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    fig.subplots_adjust(left=0.3, top=0.85)
    draw(ax, ["lr"])
    fig.text(0.01, 0.94, "Learning rate", size=13)
    (words,) = read(fig, [ax])
    assert words.title == "Learning rate"


def test_a_title_in_the_middle_of_panel_and_legend(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(8, 4.8))
    fig.subplots_adjust(left=0.05, right=0.65, top=0.85)
    draw(ax, ["PPO", "GRPO"])
    fig.legend(loc="upper right", frameon=False)
    fig.text(0.44, 0.92, "Reward", size=14, ha="center")
    (words,) = read(fig, [ax])
    assert words.title == "Reward"
    assert [e.name for e in words.legend] == ["PPO", "GRPO"]


def test_an_arrow_and_the_name_of_an_axis_above_its_upper_end(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    fig.subplots_adjust(top=0.75)
    draw(ax, ["train loss", "val loss"])
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.06), ncol=2, frameon=False)
    fig.text(0.06, 0.95, "Run history", size=15, weight="bold")
    fig.text(0.06, 0.765, "↑ Loss", size=9)
    (words,) = read(fig, [ax])
    assert (words.title, words.y_label) == ("Run history", "Loss")
    assert [e.name for e in words.legend] == ["train loss", "val loss"]


def test_a_subtitle_that_repeats_its_title_names_no_axis(read: Any) -> None:
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    fig.subplots_adjust(top=0.85)
    draw(ax, ["train"])
    fig.text(0.05, 0.93, "training/accuracy", size=11)
    fig.text(0.05, 0.88, "tag: training/accuracy", size=9)
    (words,) = read(fig, [ax])
    assert (words.title, words.y_label) == ("training/accuracy", None)


def test_titles_beside_the_middle_of_their_panels(read: Any) -> None:
    fig, axes = plt.subplots(1, 2, figsize=(9, 4))
    fig.subplots_adjust(wspace=0.3)
    for k, ax in enumerate(axes):
        draw(ax, ["train loss"])
        box = ax.get_position()
        fig.text((box.x0 + box.x1) / 2 + 0.04, box.y1 + 0.02, f"fold {k + 1}", size=12, ha="center")
    assert [words.title for words in read(fig, axes)] == ["fold 1", "fold 2"]


def test_upside_down_a_word_is_no_number() -> None:
    sheet = make_sheet(Raster(np.full((80, 80, 3), 255, np.uint8)), Ruler(8.0, ((255, 255, 255),)), (), ())
    line = TextLine(Box(15, 20, 24, 43), (Box(15, 20, 24, 43),), False, -1, angle=90)
    answers = iter([[("Loss", 0.87)], [("5507", 0.99)]])
    (told,) = read_turned(sheet, [line], lambda crops: next(answers) * len(crops))
    assert told.text == "Loss"
