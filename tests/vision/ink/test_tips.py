"""The tip of a steep start that another curve cuts off."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.vision.ink import trace_panel
from plotread.vision.ink.emit import emit_points
from plotread.vision.ink.ends import to_the_frame
from plotread.vision.ink.follow import Curve
from plotread.vision.ink.tips import with_tips
from plotread.vision.types import Raster
from tests.vision.ink.test_trace import BLUE, ORANGE, RULER, canvas, entry, panel, stroke


def map_of(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """Full coverage in boxes of (x0, y0, x1, y1), 60 rows and 80 columns."""
    alpha = np.zeros((60, 80), np.float32)
    for x0, y0, x1, y1 in boxes:
        alpha[y0:y1, x0:x1] = 1.0
    return alpha


BODY = (11, 30, 70, 33)


@pytest.mark.parametrize(
    ("tip", "veil", "joined"),
    [
        ((9, 8, 12, 24), (5, 24, 40, 30), True),  # cut off by other ink
        ((9, 8, 12, 24), (5, 24, 40, 24), False),  # nothing lies between: two strokes
        ((9, 36, 12, 50), (5, 33, 40, 36), True),  # below it
        ((20, 8, 23, 24), (5, 24, 40, 30), False),  # not at the end
        ((9, 22, 12, 24), (5, 24, 40, 30), False),  # a rim
        ((4, 8, 16, 12), (4, 12, 16, 30), False),  # broader than tall: another curve
    ],
)
def test_only_ink_over_the_end_behind_other_ink_is_its_tip(tip, veil, joined) -> None:
    alpha = map_of(BODY, tip)
    curve = Curve(map_of(BODY), np.full(80, 31), 11, 69)
    (told,) = with_tips([curve], alpha, map_of(veil) > 0)
    assert bool((told.alpha == alpha).all()) is joined
    assert joined or bool((told.alpha == curve.alpha).all())


@pytest.mark.parametrize("aside", [-6, -2, 0])
def test_the_tip_of_a_broad_pen_stands_within_its_width(aside) -> None:
    body, tip, veil = (11, 40, 70, 46), (11 + aside, 6, 18 + aside, 30), (5, 30, 50, 40)
    alpha = map_of(body, tip)
    (told,) = with_tips([Curve(map_of(body), np.full(80, 43), 11, 69)], alpha, map_of(veil) > 0)
    assert (told.alpha == alpha).all()


def test_a_curve_that_starts_above_the_one_over_it_keeps_its_first_value() -> None:
    image = canvas()
    stroke(image, np.array([60.0, 62, 66, 90, 280]), np.array([40.0, 95, 150, 170, 190]), BLUE, 3)
    stroke(image, np.array([60.0, 72, 100, 280]), np.array([75.0, 95, 110, 120]), ORANGE, 5)
    traces = trace_panel(Raster(image), RULER, panel(), (entry("train", BLUE), entry("val", ORANGE)))
    first = {trace.color: trace.points_px[0] for trace in traces}
    assert abs(first[BLUE][1] - 40) <= 3  # not 75, where the other one begins
    assert abs(first[ORANGE][1] - 75) <= 3


def test_steep_ends_go_on_to_the_frame_only_where_its_spine_may_hide_them() -> None:
    frame = panel().frame
    down = np.arange(0.0, 6.0, 0.5)

    def first(gap: float) -> float:
        points = np.stack([frame.left + gap + down, frame.top + 60 + 8 * down], axis=1)
        return float(to_the_frame(points, frame)[0, 1]) - frame.top

    assert first(1.0) == pytest.approx(52, abs=0.5)
    assert first(3.0) == pytest.approx(60, abs=0.5)


def test_a_steep_start_in_sight_is_told_to_its_tip() -> None:
    """A smoothed curve falls in a column of its own ink, whose rims mix with the raw one around it."""
    filled = np.zeros((120, 60), np.float32)
    filled[10:70, 11] = filled[60:110, 12] = filled[100:112, 13] = 1.0
    filled[40:70, 10] = filled[40:75, 12] = 1.0  # above, the raw curve covers the rims
    filled[104:107, 13:50] = 1.0
    hidden = np.zeros(filled.shape, dtype=bool)
    hidden[10:40, [10, 12]] = True
    points = emit_points(filled, hidden, 3.0)
    assert points[:, 1].min() == pytest.approx(11.0, abs=1.0)  # half a pen below its upper end
