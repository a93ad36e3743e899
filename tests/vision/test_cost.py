"""What the eye does not work out twice or in vain, counted or compared with the plain way: no clocks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.vision.coverage import coverage_of
from plotread.vision.ink import enlarge, exchange
from plotread.vision.ink.enlarge import enlarged
from plotread.vision.ink.loom import set_up
from plotread.vision.ink.pieces import middles_of, pieces_of
from plotread.vision.ink.strokes import strokes_of
from plotread.vision.ink.weave import weave
from plotread.vision.pixels import fullest_color, median_color


def dashes(length: int, dash: int = 6, gap: int = 4) -> np.ndarray:
    """Two waves of dashes, 1.5 px thick, that cross once every 200 px; (100, 1200) coverage."""
    big = np.zeros((400, 4800), np.uint8)
    for sign in (1, -1):
        for x in range(0, length - dash, dash + gap):
            at = np.linspace(x, x + dash, 8)
            y = 50 + sign * 30 * np.sin(at * np.pi / 200)
            way = np.round(np.stack([at, y], axis=1) * 64).astype(np.int32)
            cv2.polylines(big, [way], False, 255, 6, cv2.LINE_8, 4)
    return cv2.resize(big, (1200, 100), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def searched(length: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, int]:
    """Strokes, steps worked out, and steps looked up while exchanging, to tell two such waves apart."""
    alpha = dashes(length)
    loom = set_up(strokes_of(alpha, 1.5), np.zeros(alpha.shape, bool), alpha > 0.3)
    assert loom is not None
    calls = 0
    step_to = exchange.step_to

    def counted(*arguments):
        nonlocal calls
        calls += 1
        return step_to(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "step_to", counted)
        courses = weave(loom, 2)
    assert len(courses) == 2
    return len(loom.strokes), len(loom.steps), calls


def test_curves_twice_as_long_take_twice_the_search_not_four_times(monkeypatch):
    strokes, steps, calls = searched(600, monkeypatch)
    longer = searched(1200, monkeypatch)
    assert longer[0] == pytest.approx(2 * strokes, rel=0.1)
    assert longer[1] < 2.4 * steps
    assert longer[2] < 2.4 * calls
    assert steps < 40 * strokes  # of some 7 x 7 ways through each stroke most can be told to lose


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_ink_is_enlarged_where_it_is_as_it_would_be_as_a_whole(scale):
    canvas = np.zeros((90, 400), np.uint8)
    x = np.arange(10, 390, 3)
    way = np.stack([x, 45 + 30 * np.sin(x / 9)], axis=1)
    cv2.polylines(canvas, [np.round(way * 16).astype(np.int32)], False, 255, 3, cv2.LINE_AA, 4)
    cv2.circle(canvas, (200, 45), 35, 255, -1, cv2.LINE_AA)  # deeper than a block's sides are wide
    filled = canvas.astype(np.float32) / 255
    solid, depth = enlarged(filled, scale)
    whole, deep = enlarge._whole(filled, scale)
    np.testing.assert_array_equal(solid, whole)
    np.testing.assert_allclose(depth, deep, atol=1e-5)
    assert depth.max() > 30 * scale


def test_empty_paper_is_not_enlarged(monkeypatch):
    filled = np.zeros((1000, 1000), np.float32)
    filled[500, 100:120] = 1
    done = []
    whole = enlarge._whole
    monkeypatch.setattr(enlarge, "_whole", lambda cut, scale: done.append(cut.size) or whole(cut, scale))
    solid, _ = enlarged(filled, 4)
    assert solid.sum() > 0
    assert sum(done) < 0.002 * filled.size


def test_middles_of_sparse_pieces_are_those_of_all_pieces():
    rng = np.random.default_rng(5)
    mask = rng.random((60, 80)) < 0.08
    mask[0, 0] = mask[1, -1] = True  # beside each other in memory, not in the picture
    found = middles_of(np.flatnonzero(mask), mask.shape[1])
    sparse, plain = (sorted(np.round(at, 6).tolist()) for at in (found, pieces_of(mask)[3][1:]))
    np.testing.assert_allclose(sparse, plain)
    assert middles_of(np.empty(0, dtype=int), 4).shape == (0, 2)


def test_colors_are_counted_as_they_would_be_sorted():
    rng = np.random.default_rng(2)
    rgb = rng.integers(0, 256, (40, 30, 3), dtype=np.uint8)
    np.testing.assert_allclose(median_color(rgb), np.median(rgb.reshape(-1, 3), axis=0))
    rgb[:20] = rng.integers(240, 248, (20, 30, 3))  # half of it in one cell of eight levels
    cell = rgb[(rgb >> 3 == 30).all(axis=2)]
    np.testing.assert_allclose(fullest_color(rgb), np.median(cell, axis=0))


def test_coverage_of_bare_paper_is_none_and_of_mixes_their_share():
    paper, ink = np.array([255.0, 255.0, 255.0]), (0, 55, 155)
    pixels = np.full((4, 5, 3), 255, np.float32)
    for k, share in enumerate((0.25, 0.5, 1.0)):
        pixels[1, k] = paper + share * (np.array(ink) - paper)
    pixels[2, 0] = (255, 0, 0)  # no mix of the two
    expected = np.zeros((4, 5))
    expected[1, :3] = 0.25, 0.5, 1.0
    np.testing.assert_allclose(coverage_of(pixels, paper, ink), expected, atol=1e-5)
