"""Markers in few columns, and the first of them under other ink, on strokes drawn by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.vision.ink.explain import explains
from plotread.vision.ink.markers import _on_teeth, depth_of, has_markers, sparse

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
