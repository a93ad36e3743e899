"""Strokes that point from a note to a place on a curve: arrows and the lines of call-outs."""

from __future__ import annotations

import numpy as np

from plotread.geometry import Box
from plotread.vision.ink.complete import Told
from plotread.vision.ink.inks import Ink
from plotread.vision.types import Trace

STRAIGHT_PX = 1.2  # that points stand off the line from end to end; an arrow's head is a few of them
STRAIGHT_SHARE = 0.9  # of the points
SHORT = 0.5  # of the width of the widest curve
NEAR_HEIGHTS = 2.0  # digit heights from its end to the note


def without_pointers(
    told: list[Told], inks: tuple[Ink, ...], notes: tuple[Box, ...], text_px: float
) -> list[Told]:
    """The curves less straight short strokes that end at a note, unless a legend asks for them.

    Parameters
    ----------
    told : list of Told
        Image px.
    inks : tuple of Ink
        Every ink of the panel.
    notes : tuple of Box
        Text inside the panel, image px.
    text_px : float
        Height of digits, image px.
    """
    lines = [t.trace for t in told if t.trace.kind == "line"]
    widest = max((_width(trace) for trace in lines), default=0.0)
    pointers = {
        id(trace) for trace in lines
        if _width(trace) <= SHORT * widest and _is_straight(trace) and _ends_at(trace, notes, text_px)
    }  # fmt: skip
    for ink in inks:
        own = [trace for trace in lines if trace.color == ink.rgb]
        if ink.entries and sum(id(trace) not in pointers for trace in own) < len(ink.entries):
            pointers -= {id(trace) for trace in own}
    return [t for t in told if id(t.trace) not in pointers]


def _width(trace: Trace) -> float:
    return float(np.ptp(trace.points_px[:, 0])) if len(trace.points_px) else 0.0


def _is_straight(trace: Trace) -> bool:
    points = trace.points_px
    way = points[-1] - points[0]
    length = float(np.hypot(*way))
    if len(points) < 3 or length == 0:
        return False
    away = np.abs((points[:, 0] - points[0, 0]) * way[1] - (points[:, 1] - points[0, 1]) * way[0]) / length
    return float((away <= STRAIGHT_PX).mean()) >= STRAIGHT_SHARE


def _ends_at(trace: Trace, notes: tuple[Box, ...], text_px: float) -> bool:
    """Whether one end, and no other, is near a note."""
    near = [
        any(
            np.hypot(max(b.x0 - x, x - b.x1, 0), max(b.y0 - y, y - b.y1, 0)) <= NEAR_HEIGHTS * text_px
            for b in notes
        )
        for x, y in (trace.points_px[0], trace.points_px[-1])
    ]
    return sum(near) == 1
