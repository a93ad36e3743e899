"""First and last markers under those of other series."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.vision.points.covered import with_covered
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
