"""Covered starts: where one curve is drawn over another, the scraps in sight tell where that one began.

Curves of several runs begin at one step, and the last one drawn covers the others.  A start is led from
where the curve is in the open to the common first step along the way that explains most of its own ink
and crosses no paper.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

OPEN_WIDTHS, OPEN_PX = 1.5, 3.0  # pens, px; a curve uncovered for so long is in the open
FIT_PX, FIT_WIDTHS = 6.0, 2.0  # of the curve in the open that gives its direction
LEAST_FIT_PX, FIT_TIMES = 1.0, (1, 2, 4, 8)  # across: less gives no direction, and more of it is taken
COURSE_PX, NOISY = 40.0, 4.0  # px; times its range that a single stroke goes up and down in them at most
COVERED = 0.5  # of the pen by others, where a curve is not in the open
LONGEST = 0.15  # share of the panel's width that a start is led back at most
LEAST_PX = 1.0  # shorter starts are told as they are
BENDS = (0.0, 0.25, 0.5, 0.75)  # of the way back, where the course may bend
STEPS_PX = (2.0, 1.0, 0.5)  # in which the start and the bend are looked for
PAPER_COST = 1.5  # of a pixel of paper that a start would have hidden, in px of own ink explained
SAMPLE_PX = 0.5  # from point to point of what is told
EDGE_PX = 1.0  # of the pen that is soft
FAR_COST = 0.004  # px of ink per px off the straight way back, or of detour, and per px of the pen: for ties
MORE = 0.05  # share of the curve's ink before it is in the open that only the new start explains
MISSING_PX = 1.5  # px after the first step at which an old start lacks a part
MOST_POINTS = 60  # of the old start that are drawn to compare it
MOST_PAPER = 0.15  # share of the new stroke on paper
BLANK = 0.45  # share of a broken line between its dashes


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """One curve with what the picture shows of it and of the others.

    Attributes
    ----------
    points : (N, 2) float array
        Sheet px, x ascending.
    width : float
        Pen, px.
    own, others : (H, W) float32
        Coverage by its ink, and by anything that may hide it.
    broken : bool
        Whether its line has blanks of its own; it begins with a dash.
    """

    points: NDArray[np.float64]
    width: float
    own: NDArray[np.float32]
    others: NDArray[np.float32]
    broken: bool = False

    @property
    def blank(self) -> float:
        """Share of its way that its line may leave blank."""
        return BLANK if self.broken else 0.0


def led_back(
    curve: Covered, common: float, ways: list[NDArray[np.float64]]
) -> tuple[float, NDArray[np.float64]] | None:
    """The start of a covered curve.

    Parameters
    ----------
    curve : Covered
    common : float
        The column where the panel's curves begin.
    ways : list of (M, 2) float array
        Further courses to try, x ascending: along the curves that cover it.

    Returns
    -------
    (float, (K, 2) float array) or None
        The column from which the curve keeps its own points, and those before it; None where the
        curve is told best as it is.
    """
    opening = _opening(curve, common)
    if opening is None:
        return None
    at, slope = opening
    reach = at[0] - common
    if not LEAST_PX < reach <= LONGEST * curve.own.shape[1]:
        return None
    pad = int(np.ceil(curve.width)) + 2
    left, right = max(0, int(common) - pad), min(curve.own.shape[1], int(at[0]) + pad + 1)
    view = _View(curve, left, right, at)
    straight = float(at[1] - slope * reach)

    def judged(way: NDArray[np.float64]) -> float:
        if reach <= curve.width and _folds(way):
            return -np.inf  # up and down again within the pen: a second stroke over the first
        if curve.broken and not view.inked(way[0]):
            return -np.inf
        detour = float(np.hypot(*np.diff(way, axis=0).T).sum() - np.hypot(*(way[-1] - way[0])))
        return view.judge(way).gain - FAR_COST * curve.width * (abs(float(way[0, 1]) - straight) + detour)

    tried = [np.concatenate([way[way[:, 0] < at[0]], at[None]]) for way in ways]
    tried = [way for way in tried if not _is_noise(way[:, 1])]  # a cloud sweeps over all the ink there is
    height = curve.own.shape[0] - 1
    for bend in BENDS:
        middle = at - bend * reach * np.array([1.0, slope])
        tried += [np.array([[common, y], middle, at]) for y in np.arange(0.0, height + 1, STEPS_PX[0])]
    best = max(tried, key=judged)
    if len(best) == 3:
        best = _settled(best, judged, float(height))
    fit = view.judge(best)
    lacking = bool(curve.points[0, 0] > common + MISSING_PX)
    old = curve.points[curve.points[:, 0] <= at[0]]
    told = view.judge(old[:: max(1, len(old) // MOST_POINTS)]) if len(old) > 1 else None
    if fit.on_paper > MOST_PAPER + curve.blank or (told is not None and not _better(fit, told, lacking)):
        return None
    x = np.arange(common, at[0], SAMPLE_PX)
    return float(at[0]), np.stack([x, np.interp(x, best[:, 0], best[:, 1])], axis=1)


def _folds(way: NDArray[np.float64]) -> bool:
    rise = np.diff(way[:, 1])
    return bool((rise > 0).any() and (rise < 0).any())


def _better(new: Fit, old: Fit, lacking: bool) -> bool:
    """Whether a start is told instead of the old one, which may not even reach the first step."""
    return new.gain > old.gain if lacking else new.explained >= old.explained + MORE


def _settled(
    way: NDArray[np.float64], judged: Callable[[NDArray[np.float64]], float], height: float
) -> NDArray[np.float64]:
    """A way of three points with its start and its bend moved to where they fit best."""
    best = judged(way)
    for step in STEPS_PX:
        for k, axis in ((0, 1), (1, 1), (1, 0), (0, 1)):
            for sign in (1.0, -1.0):
                while True:
                    other = way.copy()
                    other[k, axis] += sign * step
                    bend = other[1, 0] <= way[2, 0] - SAMPLE_PX or (other[1] == way[2]).all()
                    inside = bend and way[0, 0] <= other[1, 0] and 0 <= other[k, 1] <= height
                    gain = judged(other) if inside else -np.inf
                    if gain <= best:
                        break
                    way, best = other, gain
    return way


def _opening(curve: Covered, common: float) -> tuple[NDArray[np.float64], float] | None:
    """Where the curve comes into the open, and its slope from there on; None where it never does."""
    longest = LONGEST * curve.own.shape[1]
    points = curve.points[curve.points[:, 0] <= common + 2 * longest]
    if len(points) == 0:
        return None
    covered = np.zeros(len(points), dtype=bool)
    across = _across(points)
    for off in (-curve.width / 2, 0.0, curve.width / 2):
        at = np.round(points + off * across).astype(int)
        rows, columns = (np.clip(at[:, 1 - k], 0, curve.own.shape[k] - 1) for k in (0, 1))
        covered |= curve.others[rows, columns] > COVERED
    need = max(OPEN_PX, OPEN_WIDTHS * curve.width)
    start = float(points[0, 0])
    for i in np.flatnonzero(~covered).tolist():
        x = float(points[i, 0])
        if x > common + longest:
            return None
        if x < start:
            continue
        away = np.where(points[:, 0] >= x, np.hypot(*(points - points[i]).T), np.inf)
        ahead = away <= need
        if covered[ahead].any():
            start = float(points[ahead & covered, 0].max()) + 1e-6
            continue
        for far in max(FIT_PX, FIT_WIDTHS * curve.width) * np.array(FIT_TIMES):
            fit = points[away <= far]
            if len(fit) >= 3 and np.ptp(fit[:, 0]) >= LEAST_FIT_PX:
                break
        else:
            continue
        slope, offset = np.polyfit(fit[:, 0], fit[:, 1], 1)
        course = points[(points[:, 0] >= x) & (points[:, 0] <= x + COURSE_PX), 1]
        if _is_noise(course):
            return None  # no single stroke
        return np.array([x, slope * x + offset]), float(slope)
    return None


def _is_noise(course: NDArray[np.float64]) -> bool:
    """Whether heights go up and down like dense noise."""
    return bool(np.abs(np.diff(course)).sum() > NOISY * np.ptp(course))


def _across(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors across a curve at its points, (N, 2)."""
    x = points[:, 0]
    slopes = np.array([
        np.ptp(near[:, 1]) / max(np.ptp(near[:, 0]), 0.5) * np.sign(near[-1, 1] - near[0, 1])
        for near in (points[np.abs(x - c) <= OPEN_PX / 2] for c in x)
    ])  # fmt: skip
    across = np.stack([-slopes, np.ones_like(slopes)], axis=1)
    return np.asarray(across / np.hypot(1.0, slopes)[:, None])


class _View:
    """The columns of the picture in which a start is looked for."""

    def __init__(self, curve: Covered, left: int, right: int, opening: NDArray[np.float64]) -> None:
        self.width = curve.width
        self.paper_cost = PAPER_COST * (1 - curve.blank)
        own, others = curve.own[:, left:right], curve.others[:, left:right]
        self.y, self.x = np.mgrid[: own.shape[0], left:right].astype(np.float32)
        rest = self.x[0] > opening[0]
        self.own = np.where(rest, np.float32(0), own)
        self.room = np.where(rest, np.float32(1), np.clip(own + others, 0, 1))
        # A steep stroke goes on in the column in which it comes into the open.
        kept = curve.points[(curve.points[:, 0] > opening[0]) & (curve.points[:, 0] <= right)]
        rows, distance = self._away(np.concatenate([opening[None], kept]))
        self.own[rows] *= np.clip(distance - self.width / 2 + 0.5, 0, 1)
        self.ink = float(self.own.sum())

    def _away(self, way: NDArray[np.float64]) -> tuple[slice, NDArray[np.float32]]:
        """The rows near a way, and how far its pixels stand from it, px."""
        reach = self.width / 2 + 1
        rows = slice(
            max(0, int(way[:, 1].min() - reach)), min(len(self.own), int(way[:, 1].max() + reach) + 2)
        )
        y, x = self.y[rows], self.x[rows]
        nearest = np.full(x.shape, np.inf, np.float32)
        for (ax, ay), (bx, by) in pairwise(way.tolist()):
            dx, dy = bx - ax, by - ay
            along = ((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-9)
            along = np.clip(along, 0, 1)
            np.minimum(nearest, (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2, out=nearest)
        return rows, np.sqrt(nearest)

    def inked(self, at: NDArray[np.float64]) -> bool:
        """Whether own ink, or others', is within half the pen above or below a place."""
        half = max(1, round(self.width / 2))
        row, column = round(at[1]), min(max(round(at[0]) - int(self.x[0, 0]), 0), self.x.shape[1] - 1)
        return bool((self.room[max(0, row - half) : row + half + 1, column] > COVERED).any())

    def judge(self, way: NDArray[np.float64]) -> Fit:
        """What a stroke along a way explains, and what speaks against it."""
        rows, distance = self._away(way)
        own, room = self.own[rows], self.room[rows]
        stroke = np.clip(self.width / 2 + 0.5 - distance, 0, 1)
        core = np.clip(max(self.width - EDGE_PX, 1.0) / 2 + 0.5 - distance, 0, 1)
        explained = float(np.minimum(stroke, own).sum())
        paper = float(np.maximum(core - room, 0).sum())
        return Fit(
            gain=explained - self.paper_cost * paper,
            on_paper=paper / max(float(core.sum()), 1.0),
            explained=explained / max(self.ink, 1.0),
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a stroke fits the picture.

    Attributes
    ----------
    gain : float
        Own ink that it explains, less the paper that it would have hidden, px.
    on_paper : float
        Share of the stroke's core on paper.
    explained : float
        Share of the curve's ink that it explains.
    """

    gain: float
    on_paper: float
    explained: float
