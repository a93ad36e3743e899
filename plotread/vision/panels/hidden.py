"""Gridlines that curves hide in part: further lines of an even grid, at the pitch of those in full sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plotread.geometry import cluster
from plotread.vision.types import Line

LEAST_GRID = 3  # lines in full sight that tell a pitch
EVEN_PX, EVEN_SHARE = 1.5, 0.04  # by which places of an even grid differ: px, or share of the pitch
LEAST_PITCH_HEIGHTS = 1.5  # text heights; denser lines are no grid
IN_SIGHT = 0.5  # share of a line that its pieces must show
SAME_LINE_PX = 3.0  # places of one line: both its edges


def hidden_lines(
    lines: Sequence[Line], groups: Sequence[tuple[float, float, list[int]]], tolerance: float, ticks: float,
    height: float,
) -> list[Line]:  # fmt: skip
    """Whole versions of gridlines of which only pieces are in sight.

    Parameters
    ----------
    lines : sequence of Line
        Of one direction.
    groups : sequence of (start, end, indices)
        Such of them that share both ends.
    tolerance, ticks : float
        px by which ends that agree differ, and by which a tick lengthens a line at its lower end.
    height : float
        Text height, px.

    Returns
    -------
    list of Line
        Only beyond the outermost line of a group, one pitch after the other.
    """
    out: list[Line] = []
    for start, end, members in groups:
        if len(members) < LEAST_GRID:
            continue
        own = [
            line for line in lines
            if abs(line.end - end) <= tolerance and abs(line.start - start) <= ticks
        ]  # fmt: skip
        at = [line.position for line in own]
        places = [float(np.mean([at[i] for i in group])) for group in cluster(at, SAME_LINE_PX)]
        steps = np.diff(places)
        if len(steps) < LEAST_GRID - 1:
            continue
        pitch = float(np.median(steps))
        slack = max(EVEN_PX, EVEN_SHARE * pitch)
        if pitch < LEAST_PITCH_HEIGHTS * height or np.mean(np.abs(steps - pitch) <= slack) < IN_SIGHT:
            continue
        for outermost, step in ((places[0], -pitch), (places[-1], pitch)):
            line = _in_pieces(lines, outermost + step, start, end, slack, tolerance, ticks)
            while line is not None:
                out.append(line)
                line = _in_pieces(lines, line.position + step, start, end, slack, tolerance, ticks)
    return out


def _in_pieces(
    lines: Sequence[Line], at: float, start: float, end: float, across: float, tolerance: float, ticks: float
) -> Line | None:
    """The line at a place whose pieces cover enough of it and hold one of its ends."""
    pieces = [
        line for line in lines
        if abs(line.position - at) <= across
        and line.start >= start - ticks and line.end <= end + tolerance
    ]  # fmt: skip
    if not any(abs(p.end - end) <= tolerance or abs(p.start - start) <= ticks for p in pieces):
        return None
    covered, upto = 0.0, start
    for piece in sorted(pieces, key=lambda p: p.start):
        covered += max(0.0, min(piece.end, end) - max(piece.start, upto))
        upto = max(upto, piece.end)
    if covered < IN_SIGHT * (end - start):
        return None
    longest = max(pieces, key=lambda p: (p.kind == "stroke", p.end - p.start))
    return replace(longest, start=start, end=end)
