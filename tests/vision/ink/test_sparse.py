"""Markers in few columns, and the first of them under other ink, on strokes drawn by hand."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from plotread.model import Scale
from plotread.vision.ink.explain import explains
from plotread.vision.ink.markers import _on_teeth, depth_of, has_markers, logged_points, maxima, sparse

PEN = 4
TEETH = np.arange(40.0, 800.0, 150.0)


def height(x: np.ndarray) -> np.ndarray:
    return 20 + 0.1 * x


def stroke(radius: int) -> np.ndarray:
    """A line that falls to the right, with discs of this radius on its teeth."""
    ink = np.zeros((120, 800), np.uint8)
    ends = np.array([TEETH[0], TEETH[-1]])
    a, b = zip(ends.astype(int).tolist(), np.round(height(ends)).astype(int).tolist(), strict=True)
    cv2.line(ink, a, b, 1, PEN)
    for x, y in zip(TEETH, height(TEETH), strict=True):
        if radius:
            cv2.circle(ink, (round(x), round(y)), radius, 1, -1)
    return ink.astype(np.float32)


def test_markers_in_few_columns_tell_their_size() -> None:
    depth = depth_of(stroke(7))
    assert depth is not None
    assert not has_markers(depth, PEN)
    found = sparse(depth, PEN)
    assert found.radius == pytest.approx(7, abs=0.6)
    assert has_markers(found, PEN)


def test_a_bare_line_has_none() -> None:
    depth = depth_of(stroke(0))
    assert depth is not None
    assert sparse(depth, PEN) is depth


def test_a_first_marker_under_other_ink_stands_where_its_line_leads() -> None:
    ink = stroke(7)
    hidden = np.zeros(ink.shape, bool)
    hidden[:70, 20:60] = True
    ink[:70, 20:60] = 0
    ink[40:43, 36:44] = 1  # a scrap of it beside what hides it, at another height
    depth = depth_of(ink)
    assert depth is not None
    points = _on_teeth(sparse(depth, PEN), TEETH, hidden)
    assert points is not None
    assert points[:, 1] == pytest.approx(height(TEETH), abs=1.0)


@pytest.mark.parametrize(("tip", "sign"), [(-1, -1.0), (1, 1.0)])
def test_lines_meet_towards_the_tip_of_a_triangle(tip: int, sign: float) -> None:
    ink = np.zeros((80, 300), np.uint8)
    teeth = np.arange(10, 300, 15)
    middle = 40 + np.where(np.arange(len(teeth)) % 2, 12, -12)
    cv2.polylines(ink, [np.stack([teeth, middle], axis=1).reshape(-1, 1, 2)], False, 1, 1)
    for x, y in zip(teeth.tolist(), middle.tolist(), strict=True):
        corners = [(x, y + 5 * tip), (x - 5, y - 5 * tip), (x + 5, y - 5 * tip)]
        cv2.fillConvexPoly(ink, np.array(corners), 1)
    depth = depth_of(ink.astype(np.float32))
    assert depth is not None
    points = _on_teeth(depth, teeth.astype(float), np.zeros(ink.shape, bool))
    assert points is not None
    meets = explains(depth, points, np.zeros(ink.shape, bool), 1.0)
    assert meets is not None
    assert meets * sign > 0.5
    assert np.median(points[:, 1] + meets - middle) == pytest.approx(0, abs=0.6)


@pytest.mark.parametrize("broken", [False, True])
def test_markers_that_nearly_touch_on_a_dashed_line(broken: bool) -> None:
    """Of the line between them the gaps are not drawn, so that only a legend that lists it explains them."""
    ink = np.zeros((220, 640), np.float32)
    steps = np.arange(1, 41)
    x = 10.0 + 15.0 * steps
    y = 110 + 80 * np.sin(2.4 * steps)
    for (x0, y0), (x1, y1) in pairwise(np.stack([x, y], axis=1).tolist()):
        length = float(np.hypot(x1 - x0, y1 - y0))
        for at in np.arange(0.0, length, 16.0):
            shares = at / length, min(at + 8.0, length) / length
            a, b = ((round(x0 + (x1 - x0) * k), round(y0 + (y1 - y0) * k)) for k in shares)
            cv2.line(ink, a, b, 1.0, 3)
    for px, py in zip(x.tolist(), y.tolist(), strict=True):
        cv2.rectangle(ink, (round(px) - 6, round(py) - 6), (round(px) + 6, round(py) + 6), 1.0, -1)
    depth = depth_of(ink)
    assert depth is not None
    scale = Scale("linear", 1 / 15.0, -10.0 / 15.0)
    logged = logged_points(depth, maxima(depth), np.zeros(ink.shape, bool), scale, 3.0, True, broken)
    if not broken:
        assert logged is None
        return
    assert logged is not None
    assert logged[:, 0] == pytest.approx(x, abs=0.6)
    assert np.median(np.abs(logged[:, 1] - y)) <= 0.6
