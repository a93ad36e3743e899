"""First and last markers that lie wholly under those of other series.

Series of markers without a line are logged at the same steps and often start from one value, where
the last drawn marker covers the others.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plotread.vision.points.marks import Marked
from plotread.vision.types import Trace

LEAST_OTHERS = 2  # series that show the step
SAME_STEP = 0.25  # of the pitch, within which markers stand at one step
LEAST_MARKS = 4


def with_covered(traces: tuple[Trace, ...], marked: list[Marked | None]) -> tuple[Trace, ...]:
    """Series of markers with the first or last step at which all others have theirs on top of each other.

    Parameters
    ----------
    traces : tuple of Trace
        Whole-image px.
    marked : list of Marked or None
        What is known of their markers, in the same order.

    Returns
    -------
    tuple of Trace
        The point that was added is marked as not observed; it stands amid the markers that cover it,
        and may stand wherever they reach.
    """
    alone = [i for i, trace in enumerate(traces) if is_alone(trace)]
    radius = max((_radius(traces[i], marked[i]) for i in alone), default=0.0)
    out = list(traces)
    for i in alone:
        others = [traces[k].points_px for k in alone if k != i]
        for end in (0, -1):
            cover = _cover(traces[i].points_px, others, radius, end)
            if cover is not None:
                reach = float(np.ptp(cover[:, 1])) / 2 + radius
                out[i] = with_point(out[i], cover.mean(axis=0), reach / 2, end, observed=False)
    return tuple(out)


def _radius(trace: Trace, seen: Marked | None) -> float:
    return seen.mark.radius if seen is not None and seen.mark is not None else trace.width_px


def is_logged(trace: Trace) -> bool:
    """Whether these are logged points, enough to tell a pitch."""
    return trace.recovered and trace.kind == "line" and len(trace.points_px) >= LEAST_MARKS


def is_alone(trace: Trace) -> bool:
    """Whether these are logged points without a line."""
    return is_logged(trace) and trace.line == "none"


def _cover(
    own: NDArray[np.float64], others: list[NDArray[np.float64]], radius: float, end: int
) -> NDArray[np.float64] | None:
    """The markers (N, 2) with which the others end one step beyond, if they lie on top of each other.

    Those that do not show that step must end where this one does: they are covered, too.
    """
    pitch = float(own[end, 0] - own[1 if end == 0 else -2, 0])
    there, slack = own[end, 0] + pitch, SAME_STEP * abs(pitch)
    found = []
    for points in others:
        if abs(points[end, 0] - there) <= slack:
            found.append(points[end])
        elif abs(points[end, 0] - own[end, 0]) > slack:
            return None
    if len(found) < LEAST_OTHERS:
        return None
    cover = np.array(found)
    return cover if np.diff(np.sort(cover[:, 1])).max() <= 2 * radius else None


def with_point(
    trace: Trace, at: NDArray[np.float64], sigma_px: float, end: int, *, observed: bool
) -> Trace:
    """A trace with one more point, before its first (`end` 0) or after its last one."""
    where = 0 if end == 0 else len(trace.points_px)
    return replace(
        trace,
        points_px=np.insert(trace.points_px, where, at, axis=0),
        sigma_px=np.insert(trace.sigma_px, where, sigma_px),
        observed=np.insert(trace.observed, where, observed),
    )
