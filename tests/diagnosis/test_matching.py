"""Comparing at equal x, and thinning that does not depend on the sampling."""

from __future__ import annotations

import numpy as np
import pytest
from made_figures import as_drawn

from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.matching import (
    at,
    common_grid,
    curve_evaluations,
    drawn_count,
    evaluations,
    merge_ties,
    simplify,
)
from plotread.model import Axis, Figure, Panel, Source


def test_ties_become_their_middle() -> None:
    x, y = merge_ties(np.array([1.0, 2.0, 2.0, 3.0]), np.array([5.0, 1.0, 3.0, 7.0]))
    assert x.tolist() == [1, 2, 3]
    assert y.tolist() == [5, 2, 7]


def test_at_is_straight_between_points_and_unknown_outside() -> None:
    values = at(np.array([0.0, 10.0]), np.array([1.0, 3.0]), np.array([-1.0, 0.0, 5.0, 10.0, 11.0]))
    assert np.isnan(values[[0, 4]]).all()
    assert values[1:4].tolist() == [1, 2, 3]


def test_common_grid_is_that_of_the_sparser_curve() -> None:
    dense, sparse = np.arange(0.0, 101.0), np.array([-10.0, 20.0, 40.0, 60.0, 200.0])
    assert common_grid(dense, sparse).tolist() == [20, 40, 60]
    assert common_grid(sparse, dense).tolist() == [20, 40, 60]
    assert len(common_grid(np.array([0.0, 1.0]), np.array([5.0, 6.0]))) == 0


def test_few_points_stay() -> None:
    out = evaluations(np.arange(10.0), np.arange(10.0) ** 2, np.zeros(10))
    assert not out.averaged
    assert out.y.tolist() == (np.arange(10.0) ** 2).tolist()


def test_means_of_the_line_do_not_depend_on_the_sampling() -> None:
    x = np.linspace(0, 100, 1001)
    y = np.sin(x / 9)
    uneven = np.sort(np.concatenate([x, np.linspace(0, 10, 700)]))
    a = evaluations(x, y, np.zeros_like(x))
    b = evaluations(uneven, np.interp(uneven, x, y), np.zeros_like(uneven))
    assert a.averaged
    assert len(a.x) == 60
    assert a.y == pytest.approx(b.y, abs=1e-9)
    # The mean of a straight line over a stretch is its value in the middle.
    line = evaluations(x, 2 * x + 1, np.zeros_like(x))
    assert line.y == pytest.approx(2 * line.x + 1)


def test_simplify_finds_the_corners_of_a_polyline() -> None:
    corners_x, corners_y = np.array([0.0, 30.0, 60.0, 100.0]), np.array([0.0, 9.0, 3.0, 5.0])
    x = np.arange(0.0, 101.0)
    kept = simplify(x, np.interp(x, corners_x, corners_y), np.full(101, 0.01))
    assert x[kept].tolist() == corners_x.tolist()


@pytest.mark.parametrize("count", [12, 30])
def test_samples_along_pixels_count_as_the_values_they_join(count: int) -> None:
    rng = np.random.default_rng(count)
    x = np.linspace(0, 50, count)
    y = 0.4 + np.exp(-x / 10) + 0.03 * rng.standard_normal(count)
    drawn = as_drawn(x, y, "val loss")
    curve = build_curves(Figure(Source(), (Panel(0, Axis(), Axis(), series=(drawn,)),)))[0]
    found = drawn_count(curve)
    assert found is not None
    assert 0.7 * count <= found <= 1.5 * count
    assert len(curve_evaluations(curve).x) == found
