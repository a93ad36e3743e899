"""Guide lines: straight level strokes from one side of the frame to the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.geometry import Frame
from plotread.vision.types import Trace

LEVEL_PX = 1.5  # height within which a stroke is level; a stroke's own rim and JPEG noise stay below
MOSTLY = 0.9  # of its points within that height; where curves cross it, it may seem to move a little,
CROSSED_WIDTHS = 2.0  # pens, beyond that height
SIDE_PX, SIDE_SHARE = 3.0, 0.01  # from the frame's sides: px, or share of its width


def with_guides(traces: tuple[Trace, ...], frame: Frame) -> tuple[Trace, ...]:
    """Tell level strokes across the whole panel as references where other curves are drawn as well.

    Parameters
    ----------
    traces : tuple of Trace
        Whole-image px.
    frame : Frame
        The plot area.

    Returns
    -------
    tuple of Trace
        In the same order.  A level curve alone in its panel is what was logged: it stays a curve.
    """
    level = [_is_guide(trace, frame) for trace in traces]
    if all(level):
        return traces
    return tuple(
        replace(trace, kind="reference") if guide else trace
        for trace, guide in zip(traces, level, strict=True)
    )


def _is_guide(trace: Trace, frame: Frame) -> bool:
    if trace.kind != "line" or trace.role is not None or trace.marker is not None or len(trace.points_px) < 2:
        return False
    x, y = trace.points_px.T
    side = max(SIDE_PX, SIDE_SHARE * frame.width)
    across = float(x.min()) <= frame.left + side and float(x.max()) >= frame.right - side
    if not across or float(np.ptp(y)) > LEVEL_PX + CROSSED_WIDTHS * trace.width_px:
        return False
    return float(np.mean(np.abs(y - np.median(y)) <= LEVEL_PX / 2)) >= MOSTLY
