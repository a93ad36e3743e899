"""Transparent pictures: the ground on which their letters, not their grids, can be seen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.vision.image import load


def drawing(letters, grid):
    """Clear ground with a few letters, a dense dotted grid and a colored curve, as RGBA."""
    rgba = np.zeros((300, 500, 4), np.uint8)
    for y in range(20, 280, 6):
        for x in range(40, 480, 6):
            rgba[y : y + 2, x : x + 2] = (*grid, 255)
    for k, text in enumerate(("0.2", "0.4", "0.6", "0.8")):
        cv2.putText(rgba, text, (4, 60 + 60 * k), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (*letters, 255), 1)
    cv2.line(rgba, (40, 50), (480, 250), (30, 160, 120, 255), 2)
    return rgba


@pytest.mark.parametrize(
    ("letters", "grid", "ground"),
    [((30, 30, 30), (235, 235, 235), 255), ((235, 235, 235), (30, 30, 30), 24)],
)
def test_letters_decide_against_a_heavier_grid(letters, grid, ground):
    rgb = load(drawing(letters, grid)).rgb
    assert tuple(rgb[1, 1]) == (ground,) * 3


def test_dark_lines_without_letters_lie_on_white():
    rgba = np.zeros((200, 300, 4), np.uint8)
    cv2.line(rgba, (10, 20), (280, 150), (20, 20, 20, 255), 2)
    assert tuple(load(rgba).rgb[1, 1]) == (255,) * 3
