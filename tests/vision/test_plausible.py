"""What is no curve is refused, and takes the rest with it only where it is most of the panel."""

from __future__ import annotations

import numpy as np

from plotread.geometry import Frame
from plotread.model import Axis
from plotread.vision.plausible import curves_only
from plotread.vision.types import PanelFrame, Raster, Ruler, Trace
from tests.vision.pen import draw

RULER = Ruler(10.0, ((255, 255, 255),))
PANEL = PanelFrame(Frame(2.0, 2.0, 237.0, 117.0), Axis(), Axis())
BLUE = (31, 119, 180)


def trace(points, *, width=2.0, line="solid"):
    points = np.asarray(points, float)
    n = len(points)
    return Trace(points, np.full(n, 0.2), np.ones(n, bool), BLUE, line=line, width_px=width)


def picture_of(*courses):
    images = [draw(c, 2, color=BLUE) for c in courses]
    return Raster(np.minimum.reduce(images))


COURSE = np.stack([np.arange(10, 230, 2.0), 30 + 60 * (1 - np.exp(-np.arange(110) / 30))], axis=1)


def test_a_thin_curve_stays():
    assert len(curves_only(picture_of(COURSE), RULER, PANEL, (trace(COURSE),))) == 1


def test_bars_are_refused():
    assert curves_only(picture_of(COURSE), RULER, PANEL, (trace(COURSE, width=14.0),)) == ()


def test_a_doubtful_trace_leaves_the_curve_beside_it():
    kept = curves_only(picture_of(COURSE), RULER, PANEL, (trace(COURSE), trace(COURSE, width=14.0)))
    assert [t.width_px for t in kept] == [2.0]


def test_most_of_a_panel_decides():
    bars = [trace(COURSE, width=14.0)] * 2
    assert curves_only(picture_of(COURSE), RULER, PANEL, (trace(COURSE), *bars)) == ()
