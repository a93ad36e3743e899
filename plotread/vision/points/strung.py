"""Series of markers and the paler line that joins them: one curve, drawn in two shades of its color."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.geometry import distance_to_path
from plotread.model import Floats
from plotread.vision.points.covered import is_alone
from plotread.vision.types import Trace

LIKE_HUE = 0.95  # cosine between the two inks, seen from the paper
PALER = 0.8  # of the markers' ink, at most
NEAR_PX, NEAR_WIDTHS = 2.0, 0.5  # from a marker's middle, or a straight piece, to the line: px, strokes
NEAR_SHARE = 0.8  # of the markers, and of the points of the line between them
SPAN_SHARE = 0.8  # of the way from the first marker to the last that the line covers
BEYOND_PX = 3.0  # px that it may begin before the first marker or end after the last one


def strung(traces: tuple[Trace, ...], paper: Floats) -> tuple[Trace, ...]:
    """The traces, those that only join the markers of another one told as its line.

    Parameters
    ----------
    traces : tuple of Trace
        Whole-image px.
    paper : (3,) float array
    """
    out = list(traces)
    gone: set[int] = set()
    for i, marks in enumerate(traces):
        if not is_alone(marks):
            continue
        for k, line in enumerate(traces):
            if k not in gone and k != i and _is_its_shade(marks, line, paper) and _joins(line, marks):
                out[i] = replace(out[i], line=line.line, width_px=line.width_px)
                gone.add(k)
                break
    return tuple(trace for k, trace in enumerate(out) if k not in gone)


def _is_its_shade(marks: Trace, line: Trace, paper: Floats) -> bool:
    if line.kind != "line" or line.line == "none" or line.marker is not None or line.role is not None:
        return False
    full, pale = (np.asarray(trace.color, dtype=np.float64) - paper for trace in (marks, line))
    lengths = float(np.linalg.norm(full)), float(np.linalg.norm(pale))
    alike = float(full @ pale) >= LIKE_HUE * lengths[0] * lengths[1]
    return alike and lengths[1] <= PALER * lengths[0]


def _joins(line: Trace, marks: Trace) -> bool:
    """Whether a line runs through the markers, straight from each to the next, and nowhere else."""
    knots = marks.points_px[np.argsort(marks.points_px[:, 0])]
    along = line.points_px[np.argsort(line.points_px[:, 0], kind="stable")]
    first, last = knots[0, 0], knots[-1, 0]
    if along[0, 0] < first - BEYOND_PX or along[-1, 0] > last + BEYOND_PX:
        return False
    if along[-1, 0] - along[0, 0] < SPAN_SHARE * (last - first):
        return False
    near = NEAR_PX + NEAR_WIDTHS * max(line.width_px, marks.width_px)
    inner = knots[1:-1]  # a line is seen from the rim of its first marker to the rim of its last
    return all(
        float((distance_to_path(points, path) <= near).mean()) >= NEAR_SHARE
        for points, path in ((inner, along), (along, knots))
    )
