"""Restarts of a schedule: upright strokes of a curve that look like lines of the grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

OWN_LEVELS = 25.0  # levels; a pixel closer to the color of a line is of its ink
CROSSING = 0.9  # of a row in that color: a spine or a line of the grid itself
TIP_SHARE = 0.25  # of a stroke's length: the curve arrives and leaves as close to its tips
TWIN_PX = 2.0  # rows by which two restarts of one schedule differ
BESIDE_PX = 3  # columns beyond the soft rim, in each of which the curve shows


def without_restarts(
    rgb: Image, paper: Image, lines: list[tuple[int, Image]], crossed: list[int]
) -> list[tuple[int, Image]]:
    """The upright lines of a panel that are no part of a curve.

    A rate that restarts jumps from the lowest to the highest place of its curve.  Where it arrives at
    one tip of such a stroke and leaves at the other, the stroke is the curve's own, and so is one like it
    after which the run ends; a line of the grid goes on beyond what crosses it.

    Parameters
    ----------
    rgb : (H, W, 3) float32
    paper : (3,) float32
    lines : list of (column, color)
        In ascending order; a broad line holds several columns.
    crossed : list of int
        Rows of lines of the grid and of spines, which tell nothing where they are of the same color.
    """
    at = 0
    strokes = []
    while at < len(lines):
        past = at + 1
        while past < len(lines) and lines[past][0] == lines[past - 1][0] + 1:
            past += 1
        strokes.append(_stroke_of(rgb, paper, lines[at:past], crossed))
        at = past
    restarts = [s for s in strokes if _is_restart(s)]
    return [line for s in strokes if not any(s is r or _is_twin(s, r) for r in restarts) for line in s.lines]


@dataclass(frozen=True, slots=True, eq=False)
class _Stroke:
    """An upright line: its columns, its color, and what of it and of the columns beside is of that color."""

    lines: list[tuple[int, Image]]
    color: Image
    own: NDArray[np.bool_]  # (H, columns and BESIDE_PX + 1 on both sides), False beyond the panel
    rows: tuple[int, int]  # first and last in that color


def _stroke_of(rgb: Image, paper: Image, lines: list[tuple[int, Image]], crossed: list[int]) -> _Stroke:
    first, last = lines[0][0], lines[-1][0]
    color = max((color for _, color in lines), key=lambda c: float(np.linalg.norm(c - paper)))
    low, high = first - 1 - BESIDE_PX, last + 2 + BESIDE_PX
    held = slice(max(low, 0), min(high, rgb.shape[1]))
    own = np.zeros((len(rgb), high - low), dtype=bool)
    own[:, held.start - low : held.stop - low] = np.abs(rgb[:, held] - color).max(axis=2) < OWN_LEVELS
    for row in crossed:
        if (np.abs(rgb[row] - color).max(axis=1) < OWN_LEVELS).mean() >= CROSSING:
            own[row] = False
    inked = np.flatnonzero(own[:, BESIDE_PX + 1 : -BESIDE_PX - 1].any(axis=1))
    return _Stroke(lines, color, own, (int(inked[0]), int(inked[-1])) if len(inked) else (0, -1))


def _is_restart(stroke: _Stroke) -> bool:
    top, bottom = stroke.rows
    if bottom < top:
        return False
    reach = max(round(TIP_SHARE * (bottom - top)), 1)
    tips = stroke.own[top : top + reach], stroke.own[bottom + 1 - reach : bottom + 1]
    (left_top, right_top), (left_end, right_end) = (_beside(tip) for tip in tips)
    rises = left_end and right_top and not (left_top or right_end)
    falls = left_top and right_end and not (left_end or right_top)
    return rises or falls


def _is_twin(stroke: _Stroke, restart: _Stroke) -> bool:
    """Whether a stroke is as long as a restart and of its color: the last one, after which the run ends."""
    alike = np.abs(stroke.color - restart.color).max() < OWN_LEVELS
    ends = np.abs(np.subtract(stroke.rows, restart.rows)).max()
    return bool(alike and ends <= TWIN_PX and np.ptp(stroke.rows) > 0)


def _beside(tip: NDArray[np.bool_]) -> tuple[bool, bool]:
    """Whether a stroke's ink goes on to the left and to the right of it."""
    shown = np.asarray(tip.any(axis=0))
    return bool(shown[:BESIDE_PX].all()), bool(shown[-BESIDE_PX:].all())
