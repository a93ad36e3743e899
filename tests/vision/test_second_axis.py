"""A second y axis: read, or told to be unreadable; never the first one's values for its curves."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from plotread.geometry import Box
from plotread.vision.image import load
from plotread.vision.panels.signs import without_ticks
from plotread.vision.read import read_image
from plotread.vision.types import TextBox

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

EPOCHS = np.arange(80.0)
LOSS = 0.3 + 2.4 * np.exp(-EPOCHS / 25)
ACCURACY = 95.0 - 35 * np.exp(-EPOCHS / 20)


def twins(*, numbers=True, right=None):
    """The only panel of a plot of two axes, the right one's numbers left out or cut off by its spine, px."""
    fig, left = plt.subplots(figsize=(7, 4.5), dpi=100)
    other = left.twinx()
    (first,) = left.plot(EPOCHS, LOSS, "C0", label="loss")
    (second,) = other.plot(EPOCHS, ACCURACY, "C1", label="accuracy")
    left.set(xlabel="epoch", ylabel="loss")
    other.set_ylabel("accuracy (%)")
    if not numbers:
        other.set_yticklabels([])
    left.legend(handles=[first, second], loc="center right")
    fig.tight_layout()
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    picture = Image.open(buffer).convert("RGB")
    if right is not None:
        picture = picture.crop((0, 0, int(other.get_window_extent().x1) + right, picture.height))
    plt.close(fig)
    (panel,) = read_image(load(np.asarray(picture))).panels
    return panel, {s.name: s for s in panel.series}


def test_a_curve_of_the_right_axis_has_its_values():
    panel, curves = twins()
    assert panel.y2.range == pytest.approx((58.3, 96.0), abs=0.8)
    assert curves["accuracy"].axis == "y2"
    assert curves["accuracy"].y[[0, -1]] == pytest.approx(ACCURACY[[0, -1]], abs=0.3)


@pytest.mark.parametrize("how", [{"numbers": False}, {"right": 8}, {"right": 14}])
def test_ticks_without_numbers_on_the_right_give_no_values(how):
    panel, curves = twins(**how)
    assert "axis_unread" in panel.y2.flags
    assert len(curves["accuracy"].y) == 0
    assert curves["loss"].y[[0, -1]] == pytest.approx(LOSS[[0, -1]], abs=0.03)


def test_ticks_on_both_sides_are_no_second_axis():
    fig, axes = plt.subplots(figsize=(7, 4.5), dpi=100)
    axes.plot(EPOCHS, LOSS)
    axes.tick_params(right=True, direction="out")
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    assert panel.y2 is None
    assert panel.series[0].y[[0, -1]] == pytest.approx(LOSS[[0, -1]], abs=0.03)


def test_a_legend_in_a_box_beside_the_right_axis_does_not_widen_the_panel():
    fig, left = plt.subplots(figsize=(9, 4.5), dpi=100)
    fig.subplots_adjust(right=0.72)
    other = left.twinx()
    lines = left.plot(EPOCHS, LOSS, label="train loss") + other.plot(EPOCHS, ACCURACY, "C1", label="accuracy")
    other.set_yticks([60, 70, 80, 90])
    other.set_ylim(60, 97)  # a tick stands in the corner
    left.grid(ls=":")
    box = left.legend(
        handles=lines, bbox_to_anchor=(1.012, 1.0), loc="upper left", borderaxespad=0, fancybox=False,
        edgecolor="black",
    )  # fmt: skip
    box.get_frame().set_linewidth(0.8)
    fig.canvas.draw()
    frame = left.get_window_extent()
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    (panel,) = read_image(load(buffer.getvalue())).panels
    assert panel.frame.right == pytest.approx(frame.x1, abs=1.5)
    values = {s.name: s.y[-1] for s in panel.series}
    assert values["train loss"] == pytest.approx(LOSS[-1], abs=0.03)
    assert values["accuracy"] == pytest.approx(ACCURACY[-1], abs=0.5)


@pytest.mark.parametrize("panels", [1, 2])
def test_both_axes_of_panels_without_spines_and_grid(panels):
    fig, row = plt.subplots(1, panels, figsize=(6 * panels, 4), dpi=100, squeeze=False, layout="constrained")
    for left in row[0]:
        right = left.twinx()
        left.plot(EPOCHS, LOSS, "C0", label="loss")
        right.plot(EPOCHS, ACCURACY, "C3", label="accuracy")
        left.set(xlabel="epoch", ylabel="loss")
        right.set_ylabel("accuracy (%)")
        left.tick_params(axis="y", labelcolor="C0")
        right.tick_params(axis="y", labelcolor="C3")
        left.spines[:].set_visible(False)
        right.spines[:].set_visible(False)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    found = read_image(load(buffer.getvalue())).panels
    assert len(found) == panels
    for panel in found:
        loss, accuracy = sorted(panel.series, key=lambda s: s.axis)
        assert loss.y[[0, -1]] == pytest.approx(LOSS[[0, -1]], abs=0.03)
        assert accuracy.y[[0, -1]] == pytest.approx(ACCURACY[[0, -1]], abs=0.3)
        assert not any("clipped_at_frame" in s.flags for s in panel.series)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["-95", "-90", "75", "-60"], ["95", "90", "75", "60"]),  # ticks: the numbers grow upwards
        (["-1", "-2", "-3", "-4"], ["-1", "-2", "-3", "-4"]),
        (["-4", "-3"], ["-4", "-3"]),  # too few to tell
        (["-4", "-2", "-3"], ["-4", "-2", "-3"]),
    ],
)
def test_ticks_are_no_minus_signs(texts, told):
    ink = np.zeros((200, 60), dtype=bool)
    numbers = []
    for row, text in enumerate(texts):
        y = 10 + 40 * row
        ink[y + 4, 5:9] = True
        ink[y : y + 10, 12:28] = True
        numbers.append(TextBox(text, Box(5 if text[0] == "-" else 12, y, 28, y + 10), 1.0))
    out = without_ticks(tuple(numbers), ink, 10.0)
    assert [n.text for n in out] == told
    assert all(n.box.x0 == (12 if n.text[0] != "-" else 5) for n in out)
