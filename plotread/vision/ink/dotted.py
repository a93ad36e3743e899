"""Dotted lines of a grid, whose dots cover too little of their rows for a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plotread.vision.dots import EVEN_PX, even_dots

PERIOD_PX = 12.0  # from dot to dot at most
CROSSING = 0.6  # of a column that ink covers: a line that crosses all rows, and no dot
COVER = (0.1, 0.65)  # share of a row that dots and the curves across them may cover
SHOWN = 0.85  # of the places of dots from side to side that hold ink, of whatever color
BETWEEN = 0.5  # of the places between them that are paper; curves may cross them
GREY = 40.0  # levels between the channels of a grid line, beyond the paper's
TWINS = 2  # dotted lines of one period in one direction, at least: one alone is drawn for its value
LINE_PX = 4  # rows; of one line at most

Row = tuple[int, NDArray[np.float32]]


def dotted_rows(rgb: NDArray[np.float32], off: NDArray[np.bool_], paper: NDArray[np.float32]) -> list[Row]:
    """Rows of dots from side to side, with their colors.

    Parameters
    ----------
    rgb : (rows, along, 3) float32
    off : (rows, along) bool
        Which pixels are not paper.
    paper : (3,) float32
    """
    off = off & (off.mean(axis=0) < CROSSING)
    cover = off.mean(axis=1)
    found: list[tuple[Row, float]] = []
    for at in np.flatnonzero((cover >= COVER[0]) & (cover < COVER[1])):
        told = even_dots(off[at])
        if told is None:
            continue
        dots, period = told
        if period > PERIOD_PX:
            continue
        turn = np.cumsum(np.concatenate([[0.0], np.round(np.diff(dots) / period)]))
        step, first = np.polyfit(turn, dots, 1)
        if float(np.median(np.abs(first + step * turn - dots))) > EVEN_PX:
            continue
        color = np.median(rgb[at, np.round(dots).astype(int)], axis=0).astype(np.float32)
        if float(np.ptp(color)) < GREY + float(np.ptp(paper)) and _runs_through(off[at], first, step):
            found.append(((int(at), color), step))

    def is_line(row: Row, step: float) -> bool:
        alike = np.array([other[0] for other, own in found if abs(own - step) <= EVEN_PX])
        apart = np.abs(alike - row[0])
        return int((apart <= LINE_PX).sum()) <= LINE_PX and int((apart > LINE_PX).sum()) + 1 >= TWINS

    return [row for row, step in found if is_line(row, step)]


def _runs_through(off: NDArray[np.bool_], first: float, step: float) -> bool:
    """Whether dots at even steps go on from side to side, with paper between them."""
    n = len(off)
    places = first + step * np.arange(np.ceil(-first / step), np.floor((n - 1 - first) / step) + 1)
    at = np.clip(np.round(places).astype(int), 1, n - 2)
    between = np.clip(np.round(places + step / 2).astype(int), 0, n - 1)
    shown = off[at - 1] | off[at] | off[at + 1]
    return float(shown.mean()) >= SHOWN and float((~off[between]).mean()) >= BETWEEN
