"""What must not change a reading, and what must: the whole eye on changed copies of one picture."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from plotread.vision.image import load
from plotread.vision.read import read_image

PICTURE = Path(__file__).resolve().parents[2] / "fixtures" / "train_val" / "image.png"
SAME = 0.002  # share of the span
ENLARGED = 0.01
PAD = 37  # px, a prime, so that no block or tile of the picture falls on one of the original


@cache
def picture():
    return np.array(Image.open(PICTURE).convert("RGB"))


def panel_of(rgb):
    (panel,) = read_image(load(np.ascontiguousarray(rgb))).panels
    return panel


@cache
def original():
    return panel_of(picture())


def edges(panel):
    return np.array([panel.frame.left, panel.frame.top, panel.frame.right, panel.frame.bottom])


def words(panel):
    return panel.title, panel.x.label, panel.y.label, [series.name for series in panel.series]


def difference(panel, reference, share=1.0):
    """How far two readings lie apart in y: this share of the second's points are nearer, in its span."""
    assert len(panel.series) == len(reference.series)
    pairs = list(zip(panel.series, reference.series, strict=True))
    span = np.ptp(np.concatenate([series.y for series in reference.series]))
    reach = np.ptp(np.concatenate([series.x for series in reference.series]))
    ends = max(np.abs(np.array([a.x[0] - b.x[0], a.x[-1] - b.x[-1]])).max() / reach for a, b in pairs)
    return max(ends, *(np.quantile(np.abs(np.interp(b.x, a.x, a.y) - b.y), share) / span for a, b in pairs))


def padded(left, top, right, bottom):
    paper = tuple(int(v) for v in picture()[0, 0])
    return cv2.copyMakeBorder(picture(), top, bottom, left, right, cv2.BORDER_CONSTANT, value=paper)


def test_the_picture_holds_two_named_curves():
    assert words(original())[3] == ["Training loss", "Validation loss"]
    assert difference(original(), original()) == 0


@pytest.mark.parametrize("sides", [(PAD, PAD, 0, 0), (0, 0, PAD, PAD)])
def test_a_wider_canvas_moves_the_frame_and_leaves_the_values(sides):
    panel = panel_of(padded(*sides))
    left, top = sides[:2]
    np.testing.assert_allclose(edges(panel), edges(original()) + np.array([left, top, left, top]), atol=0.1)
    assert difference(panel, original()) <= SAME
    assert words(panel) == words(original())


def test_a_picture_twice_as_large_has_the_same_values():
    large = cv2.resize(picture(), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    panel = panel_of(large)
    # Pixel k of the small picture covers 2 k and 2 k + 1 of the large one.
    np.testing.assert_allclose(edges(panel), 2 * edges(original()) + 0.5, atol=1.5)
    assert difference(panel, original(), 0.95) <= ENLARGED  # enlarging blunts a peak by a little more
    assert difference(panel, original()) <= 2 * ENLARGED
    assert words(panel)[3] == words(original())[3]


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0)])
def test_colors_may_change_places(order):
    panel = panel_of(picture()[..., order])
    assert difference(panel, original()) <= SAME
    assert words(panel) == words(original())
    for series, before in zip(panel.series, original().series, strict=True):
        channels = [before.color[1 + 2 * k : 3 + 2 * k] for k in order]
        assert series.color == "#" + "".join(channels)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_mirrored_picture_is_not_read_with_the_same_values(axis):
    figure = read_image(load(np.ascontiguousarray(np.flip(picture(), axis))))
    for panel in figure.panels:
        if len(panel.series) == len(original().series) and all(len(s.x) for s in panel.series):
            assert difference(panel, original()) > 10 * ENLARGED


def test_the_frame_s_content_mirrored_mirrors_the_curves():
    """The curves alone turned about the middle of the frame: letters and ticks stay as they are."""
    left, _, right, _ = (round(v) for v in edges(original()))
    top, bottom = (round(v) for v in edges(original())[[1, 3]])
    turned = picture().copy()
    inside = turned[top + 2 : bottom - 1, left + 2 : right - 1]
    turned[top + 2 : bottom - 1, left + 2 : right - 1] = inside[:, ::-1].copy()
    figure = read_image(load(turned))
    assert figure.panels, figure.warnings
    assert difference(figure.panels[0], original()) > 10 * ENLARGED
