"""Arrows from notes to curves, and second curves of one name that are hardly in sight."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from plotread.geometry import Box
from plotread.vision.ink.complete import Told
from plotread.vision.ink.echoes import without_echoes
from plotread.vision.ink.pointers import without_pointers
from plotread.vision.types import Trace

BLUE, ORANGE = (31, 119, 180), (255, 127, 14)
X = np.arange(20.0, 301.0)
NOTE = Box(180, 20, 260, 32)


def told(x, y, color=ORANGE, observed=None):
    n = len(x)
    seen = np.ones(n, bool) if observed is None else observed
    return Told(Trace(np.stack([x, y], axis=1), np.full(n, 0.2), seen, color, width_px=2.0), None)


def ink(color, *names):
    return SimpleNamespace(rgb=color, entries=names)


def falling(low=150.0):
    return low - 100 * np.exp(-(X - 20) / 60)


CURVE = told(X, falling())
ARROW = told(np.arange(150.0, 206.0), np.linspace(140, 36, 56))  # ends 4 px below the note


def kept(parts, *inks, notes=(NOTE,)):
    return [any(part is one for one in without_pointers(parts, inks, notes, 10.0)) for part in parts]


def test_a_straight_stroke_from_a_note_to_a_curve_is_no_curve():
    assert kept([CURVE, ARROW], ink(ORANGE, "validation")) == [True, False]
    assert kept([told(X, falling(), BLUE), ARROW], ink(BLUE, "train"), ink(ORANGE)) == [True, False]


@pytest.mark.parametrize(
    ("parts", "names", "notes"),
    [
        ([CURVE, ARROW], ("validation",), ()),  # no note
        ([CURVE, ARROW], ("validation", "raw"), (NOTE,)),  # the legend asks for two
        ([CURVE, told(X[:60], falling()[:60] - 30)], ("validation",), (Box(15, 0, 40, 12),)),  # it bends
        ([CURVE, told(X, np.linspace(140, 36, len(X)))], ("validation",), (Box(290, 20, 330, 32),)),  # long
    ],
)
def test_what_may_be_a_curve_stays(parts, names, notes):
    assert kept(parts, ink(ORANGE, *names), notes=notes) == [True, True]


@pytest.mark.parametrize(("share", "count"), [(0.2, 1), (0.6, 2)])
def test_a_second_curve_of_a_name_is_told_if_enough_of_it_is_seen(share, count):
    observed = np.arange(len(X)) < share * len(X)
    parts = [CURVE, told(X, falling(100), observed=observed)]
    left = without_echoes(parts, (ink(ORANGE, "validation"),))
    assert len(left) == count
    assert left[0].trace.points_px is CURVE.trace.points_px


def test_the_caps_of_error_bars_are_no_second_curve():
    steps = np.arange(20.0, 301.0, 20.0)
    logged = Trace(
        np.stack([steps, falling()[::20]], axis=1), np.full(15, 0.2), np.ones(15, bool), ORANGE,
        width_px=2.0, recovered=True,
    )  # fmt: skip
    near = np.abs(X[:, None] - steps).min(axis=1)
    caps = told(X, falling(110), observed=near <= 5)
    other = told(X, falling(110), observed=near >= 3)  # a curve with gaps
    assert without_echoes([Told(logged, None), caps], (ink(ORANGE),))[1:] == []
    assert without_echoes([Told(logged, None), other], (ink(ORANGE),))[1:] == [other]


def test_hairs_along_a_thick_stroke_are_its_rims():
    steep = 150 - 140 * np.exp(-(X - 20) / 12)
    blue = Told(replace(told(X, steep, BLUE).trace, width_px=7.0, recovered=True), None)
    thick = Told(replace(CURVE.trace, width_px=7.0), None)
    rim = Told(replace(told(X + 3.4, steep + 1).trace, width_px=0.7), None)
    inks = (ink(BLUE, "train"), ink(ORANGE, "validation"))
    kept_widths = [t.trace.width_px for t in without_echoes([blue, rim, thick], inks)]
    assert kept_widths == [7.0, 7.0]
    raw = Told(replace(told(X, falling(110) + 2 * np.sin(X)).trace, width_px=0.7), None)
    assert without_echoes([blue, thick, raw], inks) == [blue, thick, raw]
