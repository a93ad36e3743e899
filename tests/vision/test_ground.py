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


def stroke(color, clip):
    """A slanted stroke with soft edges on clear ground; `clip` stores no channel above its alpha."""
    alpha = np.zeros((120, 200), np.uint8)
    cv2.line(alpha, (10, 15), (190, 100), 255, 3, cv2.LINE_AA)
    rgba = np.zeros((120, 200, 4), np.uint8)
    rgba[alpha > 0, :3] = color
    rgba[..., 3] = alpha
    if clip:
        rgba[..., :3] = np.minimum(rgba[..., :3], alpha[..., None])
    return rgba


def test_edges_that_were_clipped_to_their_alpha_get_their_ink_back():
    red = (228, 26, 28)
    np.testing.assert_array_equal(load(stroke(red, clip=True)).rgb, load(stroke(red, clip=False)).rgb)


def test_colors_that_are_brighter_than_their_alpha_were_not_clipped():
    two = np.concatenate([stroke((228, 26, 28), clip=True), stroke((31, 119, 180), clip=False)])
    rgb = load(two).rgb
    share = two[..., 3:].astype(np.float32) / 255
    plain = (two[..., :3] * share + 255 * (1 - share) + 0.5).astype(np.uint8)
    np.testing.assert_array_equal(rgb, plain)


def test_a_fading_ink_of_its_own_keeps_its_color():
    """Dark ink is below its alpha everywhere; nothing says that it was clipped."""
    rgba = stroke((20, 20, 20), clip=False)
    rgba[60:, :, :3] //= 2
    share = rgba[..., 3:].astype(np.float32) / 255
    plain = (rgba[..., :3] * share + 255 * (1 - share) + 0.5).astype(np.uint8)
    np.testing.assert_array_equal(load(rgba).rgb, plain)


def cut_out(page, ink, hidden=None):
    """Letters and a curve drawn softly on a page whose color is then made transparent."""
    rgb = np.full((200, 300, 3), page, np.uint8)
    for k, text in enumerate(("0.2", "0.4", "0.6", "0.8")):
        cv2.putText(rgb, text, (4, 40 + 40 * k), cv2.FONT_HERSHEY_SIMPLEX, 0.6, ink, 2, cv2.LINE_AA)
    cv2.line(rgb, (60, 20), (290, 180), (30, 160, 120), 3, cv2.LINE_AA)
    alpha = np.where((rgb == page).all(axis=2), 0, 255).astype(np.uint8)
    rgba = np.dstack([rgb, alpha])
    if hidden is not None:
        rgba[alpha == 0, :3] = hidden
    return rgb, rgba


@pytest.mark.parametrize(
    ("page", "ink"),
    [((255, 255, 255), (60, 60, 60)), ((250, 240, 220), (40, 40, 40)), ((17, 24, 39), (225, 225, 225))],
)
def test_a_page_that_was_only_made_transparent_comes_back(page, ink):
    drawn, rgba = cut_out(page, ink)
    np.testing.assert_array_equal(load(rgba).rgb, drawn)


def test_a_page_comes_back_around_thin_letters_and_a_filled_panel():
    """Letters of one pixel have rims alone, and what a grid leaves of the fill is paler than those."""
    rgb = np.full((200, 300, 3), 255, np.uint8)
    rgb[10:170, 50:290] = 229
    for x in range(60, 290, 16):
        rgb[10:170, x] = 255
    for k, text in enumerate(("0.2", "0.4", "0.6", "0.8")):
        cv2.putText(rgb, text, (12, 40 + 40 * k), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (85, 85, 85), 1, cv2.LINE_AA)
        rgb[36 + 40 * k, 44:50] = 85
    alpha = np.where((rgb == 255).all(axis=2), 0, 255).astype(np.uint8)
    np.testing.assert_array_equal(load(np.dstack([rgb, alpha])).rgb, rgb)


def test_a_hidden_color_that_the_letters_were_not_drawn_on_means_nothing():
    _, rgba = cut_out((255, 255, 255), (60, 60, 60), hidden=(255, 0, 255))
    assert tuple(load(rgba).rgb[1, 1]) != (255, 0, 255)
    _, rgba = cut_out((255, 255, 255), (60, 60, 60), hidden=(0, 0, 0))
    assert tuple(load(rgba).rgb[1, 1]) != (0, 0, 0)
