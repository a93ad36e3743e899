"""Curves told twice: in the colors of a legend, and in one that a palette or rounding made of them."""

from __future__ import annotations

import numpy as np

from plotread.vision.ink.complete import Told
from plotread.vision.ink.inks import Ink
from plotread.vision.types import Trace

ECHO_SHARE = 0.9  # of the points of a curve that lie on another
ECHO_WIDTHS = 1.0  # strokes up or down, within which they do
NEIGHBORS = 3  # points of the other before and after it that tell its ends


def without_echoes(told: list[Told], inks: tuple[Ink, ...]) -> list[Told]:
    """The curves less those in inks that no legend names which run along a named one from end to end.

    Parameters
    ----------
    told : list of Told
    inks : tuple of Ink
        Every ink of the panel.
    """
    strange = {ink.rgb for ink in inks if not ink.entries}
    named = [t.trace for t in told if t.trace.color not in strange and t.trace.kind == "line"]
    return [
        t for t in told if t.trace.color not in strange or not any(_runs_along(t.trace, n) for n in named)
    ]


def _runs_along(trace: Trace, other: Trace) -> bool:
    """Whether one curve lies on another wherever it shows."""
    x, y = trace.points_px[trace.observed].T
    if len(x) == 0 or len(other.points_px) < 2:
        return False
    order = np.argsort(other.points_px[:, 0], kind="stable")
    there, level = other.points_px[order].T
    # Where markers or noise fill a column, both of its ends are told.
    slack = ECHO_WIDTHS * max(trace.width_px, other.width_px)
    after = np.searchsorted(there, x)
    around = np.clip(after[:, None] + np.arange(-NEIGHBORS, NEIGHBORS), 0, len(there) - 1)
    low, high = level[around].min(axis=1) - slack, level[around].max(axis=1) + slack
    inside = (x >= there[0] - 1) & (x <= there[-1] + 1)
    return bool((inside & (y >= low) & (y <= high)).mean() >= ECHO_SHARE)
