"""First and last markers under those of other series."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from plotread.geometry import Box
from plotread.vision.points.between import with_hidden_heights
from plotread.vision.points.covered import with_covered
from plotread.vision.points.peeping import with_peeping
from plotread.vision.points.shapes import Mark
from plotread.vision.types import Trace

RADIUS = 4.0
X = 30.0 + 20.0 * np.arange(8)


def series(y, first=0, last=8):
    points = np.stack([X, y], axis=1)[first:last]
    n = len(points)
    return Trace(
        points, np.full(n, 0.2), np.ones(n, bool), (31, 119, 180), line="none", marker="o",
        width_px=RADIUS, recovered=True,
    )  # fmt: skip


def falling(start, end):
    return np.linspace(start, end, 8)


def covered(*traces):
    return with_covered(traces, [None] * len(traces))


def test_a_first_marker_under_those_of_all_others_is_told_as_not_seen():
    hidden = covered(series(falling(20, 90)), series(falling(26, 60)), series(falling(22, 110), first=1))[2]
    assert len(hidden.points_px) == 8
    assert hidden.points_px[0] == pytest.approx([30.0, 23.0])
    assert not hidden.observed[0]
    assert hidden.observed[1:].all()
    assert 2 * hidden.sigma_px[0] >= RADIUS  # it may stand wherever the others reach


def test_a_last_marker_is_told_likewise_and_two_may_hide():
    up = [falling(90, 40), falling(70, 43), falling(60, 41), falling(110, 42)]
    traces = covered(series(up[0]), series(up[1]), series(up[2], last=7), series(up[3], last=7))
    assert [len(trace.points_px) for trace in traces] == [8, 8, 8, 8]
    assert traces[3].points_px[-1] == pytest.approx([170.0, 41.5])
    assert not traces[3].observed[-1]


@pytest.mark.parametrize(
    ("others", "first"),
    [
        ((20, 50), 1),  # the others stand apart: the marker would be seen
        ((20, 26), 2),  # it begins later
    ],
)
def test_a_series_that_begins_later_keeps_its_beginning(others, first):
    told = covered(*(series(falling(y, 100)) for y in others), series(falling(22, 110), first=first))[2]
    assert len(told.points_px) == 8 - first


def test_one_other_series_tells_no_steps():
    assert len(covered(series(falling(20, 90)), series(falling(22, 110), first=1))[1].points_px) == 7


def squares(at, color, rgb):
    for x, y in at:
        rgb[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5] = color


@pytest.mark.parametrize(("peeps", "told"), [(4, 8), (0, 7)])
def test_a_first_marker_half_under_that_of_another_curve_is_told_where_it_peeps_out(peeps, told):
    """Orange squares under blue ones; the first orange one shows its lowest `peeps` rows, or begins later."""
    blue, orange = falling(60, 110), falling(60 + peeps, 30)
    rgb = np.full((140, 220, 3), 255, np.uint8)
    squares(zip(X[0 if peeps else 1 :], orange[0 if peeps else 1 :], strict=True), (255, 127, 14), rgb)
    squares(zip(X, blue, strict=True), (31, 119, 180), rgb)
    over, under = series(blue), series(orange, first=1)
    under = replace(under, color=(255, 127, 14), marker="s", line="solid")
    over = replace(over, marker="s", line="solid")
    marked = [SimpleNamespace(mark=Mark("s", RADIUS, 0.01, 0.1))] * 2
    box = Box(0, 0, 220, 140)
    found = with_peeping((over, under), marked, rgb.astype(np.float32), np.full(3, 255.0), box)
    assert len(found[0].points_px) == 8
    assert len(found[1].points_px) == told
    if told == 8:
        assert found[1].points_px[0] == pytest.approx([30.0, 64.0], abs=1.1)
        assert found[1].observed[0]


@pytest.mark.parametrize("hidden", [0, 3, 7])
def test_the_line_tells_the_height_of_a_marker_under_that_of_another_curve(hidden):
    """The orange curve's marker lies under a larger blue one; it was read 8 px off."""
    orange = 60.0 + 18.0 * np.array([0, 1, -1, 1, 0, -1, 1, 0.5])
    blue = np.full(8, 115.0)
    blue[hidden] = orange[hidden] + 1
    rgb = np.full((140, 220, 3), 255, np.uint8)
    line = np.stack([X, orange], axis=1).round().astype(np.int32)
    cv2.polylines(rgb, [line], False, (255, 127, 14), 2, cv2.LINE_AA)
    squares(line, (255, 127, 14), rgb)
    for x, y in zip(X, blue, strict=True):
        rgb[round(y) - 6 : round(y) + 7, round(x) - 6 : round(x) + 7] = (31, 119, 180)
    read = orange.copy()
    read[hidden] += 8
    under = replace(series(read), color=(255, 127, 14), marker="s", line="solid")
    over = replace(series(blue), marker="s", line="solid")
    marked = [SimpleNamespace(mark=Mark("s", radius, 0.01, 0.1), width_px=2.0) for radius in (RADIUS, 6.0)]
    box = Box(0, 0, 220, 140)
    found = with_hidden_heights((under, over), marked, rgb.astype(np.float32), np.full(3, 255.0), box)
    assert found[0].points_px[:, 1] == pytest.approx(orange, abs=1.6)
    assert np.delete(found[0].points_px[:, 1] - read, hidden) == pytest.approx(0.0)  # those in sight stay
    assert found[0].sigma_px[hidden] > 1
    assert found[1].points_px == pytest.approx(over.points_px)
