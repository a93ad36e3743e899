"""Pictures turned by a degree or two: how much, and back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.geometry import Frame
from plotread.model import Axis, Scale, Tick
from plotread.vision.lines import find_lines
from plotread.vision.tilt import softened, straighten, tilt, turned_back
from plotread.vision.types import PanelFrame, Raster, Ruler

WHITE = (255, 255, 255)


def grid(degrees=0.0, slope=0.0):
    """A frame with gridlines, turned clockwise by `degrees`; a straight curve of that slope."""
    rgb = np.full((400, 600, 3), 255, np.uint8)
    cv2.rectangle(rgb, (60, 40), (540, 340), (0, 0, 0), 2)
    for y in (115, 190, 265):
        cv2.line(rgb, (60, y), (540, y), (180, 180, 180), 2)
    for x in (180, 300, 420):
        cv2.line(rgb, (x, 40), (x, 340), (180, 180, 180), 2)
    cv2.line(rgb, (60, 200), (540, round(200 + 480 * slope)), (200, 30, 30), 2)
    turn = cv2.getRotationMatrix2D((299.5, 199.5), -degrees, 1.0)
    return cv2.warpAffine(rgb, turn, (600, 400), flags=cv2.INTER_CUBIC, borderValue=WHITE)


@pytest.mark.parametrize("degrees", [1.2, -0.7, 3.0])
def test_the_tilt_is_measured(degrees):
    assert tilt(Raster(grid(degrees))) == pytest.approx(degrees, abs=0.041)


@pytest.mark.parametrize("degrees", [0.6, -0.4])
def test_faint_thin_lines_without_a_frame_tell_it_too(degrees):
    rgb = np.full((400, 600, 3), 255, np.uint8)
    for y in range(60, 360, 50):
        cv2.line(rgb, (60, y), (560, y), (232, 232, 232), 1)
    for x in range(60, 600, 100):
        cv2.line(rgb, (x, 60), (x, 310), (232, 232, 232), 1)
    turn = cv2.getRotationMatrix2D((299.5, 199.5), -degrees, 1.0)
    turned = cv2.warpAffine(rgb, turn, (600, 400), flags=cv2.INTER_CUBIC, borderValue=WHITE)
    assert tilt(Raster(turned)) == pytest.approx(degrees, abs=0.07)


@pytest.mark.parametrize("slope", [0.0, 0.02, -0.05])
def test_straight_pictures_have_none_whatever_their_curves(slope):
    assert tilt(Raster(grid(0.0, slope))) is None


def test_straightened_lines_are_level_and_upright():
    way = straighten(Raster(grid(1.2)), 1.2)
    dark = way.raster.rgb[:, :, 1] < 90
    rows, columns = dark.sum(axis=1), dark.sum(axis=0)
    assert rows.max() > 0.97 * 480
    assert columns.max() > 0.97 * 300


def tinted(degrees):
    """A tinted panel without a frame, larger than the white paper around it, turned by `degrees`."""
    rgb = np.full((400, 600, 3), 254, np.uint8)
    rgb[30:370, 50:570] = (236, 235, 241)
    turn = cv2.getRotationMatrix2D((299.5, 199.5), -degrees, 1.0)
    return cv2.warpAffine(rgb, turn, (600, 400), flags=cv2.INTER_CUBIC, borderValue=(254, 254, 254))


def test_the_corners_take_the_color_of_the_border_not_of_the_panel():
    picture = straighten(Raster(tinted(1.2)), 1.2).raster.rgb
    assert all(picture[y, x].min() >= 253 for y in (0, -1) for x in (0, -1))


def test_the_soft_sides_of_a_tinted_panel_are_found_in_a_compressed_picture():
    way = straighten(Raster(tinted(0.6), lossy=True), 0.6)
    found = find_lines(softened(way.raster), Ruler(12.0, ((254, 254, 254),)))
    dx, dy = (way.raster.width - 600) / 2, (way.raster.height - 400) / 2
    for horizontal, at, long in ((True, 29.5 + dy, 500), (True, 369.5 + dy, 500), (False, 49.5 + dx, 320)):
        near = [line for line in found if line.horizontal == horizontal and abs(line.position - at) < 1.5]
        assert max(line.end - line.start for line in near) >= long


def test_frames_come_back_as_the_hull_of_the_turned_one():
    way = straighten(Raster(grid(1.2)), 1.2)
    dark = way.raster.rgb[:, :, 1] < 90
    rows, columns = np.flatnonzero(dark.sum(axis=1) > 200), np.flatnonzero(dark.sum(axis=0) > 150)
    frame = Frame(columns[0], rows[0], columns[-1], rows[-1])
    scale = Scale("linear", 10 / frame.width, -10 * frame.left / frame.width)
    ticks = (Tick(frame.left, 0.0, "0"), Tick(frame.right, 10.0, "10"))
    axis = Axis(scale=scale, range=(0.0, 10.0), ticks=ticks)
    panel = turned_back(PanelFrame(frame, axis, axis), way)
    # The corners of the frame as it was drawn, turned about the center of the picture.
    angle = np.radians(1.2)
    corners = np.array([(x, y) for x in (60, 540) for y in (40, 340)]) - (299.5, 199.5)
    x = corners @ (np.cos(angle), -np.sin(angle)) + 299.5
    y = corners @ (np.sin(angle), np.cos(angle)) + 199.5
    got = (panel.frame.left, panel.frame.top, panel.frame.right, panel.frame.bottom)
    assert got == pytest.approx((x.min(), y.min(), x.max(), y.max()), abs=1.6)
    assert "rotated" in panel.flags
    ends = panel.x.scale.to_data(np.array([panel.frame.left, panel.frame.right]))
    assert ends == pytest.approx((0.0, 10.0), abs=1e-6)
    assert panel.x.ticks[1].pixel == pytest.approx(panel.frame.right)
