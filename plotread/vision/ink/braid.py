"""Curves drawn in one ink, told apart by their dashes, their depth of ink and their course."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import LineStyle
from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.dashes import MAX_PERIOD_SHARE, Rhythm
from plotread.vision.ink.follow import MIN_SPAN, MIN_SPAN_PX, Curve
from plotread.vision.ink.loom import Loom, set_up
from plotread.vision.ink.pen import BROKEN_PERCENTILE, stroke_width
from plotread.vision.ink.pieces import grown, pieces_of
from plotread.vision.ink.strokes import strokes_of
from plotread.vision.ink.weave import weave

BESIDE_PX = 1.0  # px beyond half a pen that a course's own ink reaches
NEARER_PX = 0.7  # px by which ink must be nearer to another course to be that one's alone
TWIN_WIDTHS = 1.0  # pens, plus 1 px, between a course and one that skips its dashes
TWIN_SHARE = 0.7
ALIKE_SPAN = 0.5  # of the longest course, for courses that nothing else confirms
EXPLAINED = 0.85  # share of the ink that courses must explain, or they are not believed
EXPLAINED_ALONE = 0.98  # the same for a single course: what it leaves out would be its spikes
BROKEN_SHARE = 0.08  # blanks' share of the length of a broken line
BROKEN_GAPS = 5  # blanks a broken line shows at least
MIN_BLANK_PX = 0.8
DOT_WIDTHS = 2.3  # pens; a longer piece is a dash
SHORT_SHARE = 0.55  # of the other broken line's dashes: the shorter ones are dots
MIXED_SHARE = (0.25, 0.75)  # share of short pieces in a dash-dotted line
MIXED_RATIO = 2.2  # long over short pieces of a dash-dotted line
CORE_GAP = 0.15  # coverage by which two courses' depth of ink differs for sure
CORE_PEN_PX = 2.0  # px; dots of a thinner pen do not show it either
CORE_LENGTH = 3.0  # pens; shorter strokes do not show their full depth
UNDER_PX = 4  # px of others' ink beside a stroke under which it may go on
UNBROKEN_SPAN = 0.9  # share of the ink's columns in one piece


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """One of several curves of one ink.

    Attributes
    ----------
    curve : Curve
    rhythm : Rhythm or None
        None where the line is solid.
    depth : float
        Coverage of this curve at its core, 1 for the fullest of the ink.
    own : (H, W) float32
        Coverage by the ink but for what lies along the other curves alone.
    """

    curve: Curve
    rhythm: Rhythm | None
    depth: float
    own: NDArray[np.float32]


def braid(alpha: NDArray[np.float32], hidden: Mask, count: int, listed: bool) -> list[Strand]:
    """Part one ink into curves by rhythm, depth and course.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage by the ink.
    hidden : (H, W) bool
        Ink of others.
    count : int
        Curves looked for.
    listed : bool
        Whether a legend promises that many.

    Returns
    -------
    list of Strand
        Empty where the ink does not part well: one curve, dense noise, nothing to tell them apart.
    """
    if not listed and _unbroken(alpha > INK, hidden):
        return []
    width = stroke_width(alpha, BROKEN_PERCENTILE)
    loom = set_up(strokes_of(alpha, width), hidden, alpha > INK)
    if loom is None:
        return []
    least = max(MIN_SPAN * alpha.shape[1], MIN_SPAN_PX)
    courses = [c for c in weave(loom, count, listed) if _span(loom, c) >= least]
    courses = _apart(loom, courses, width)
    if not courses:
        return []
    longest = MAX_PERIOD_SHARE * alpha.shape[1]
    rhythms = [r if r is None or r.period <= longest else None for r in _rhythms(loom, courses, width)]
    depths = _depths(loom, courses, width)
    spans = [_span(loom, c) for c in courses]
    # Without a legend a paler or much shorter course is chance, and without dashes a paler one is
    # the raw curve under a smoothed one.
    alike = min(depths) == 1 and min(spans) >= ALIKE_SPAN * max(spans)
    believed = any(rhythms) or (alike and len(courses) == count)
    if not (believed if listed else any(rhythms) and alike):
        return []
    along, layers = _layers(loom, courses, alpha, width)
    ink = alpha > INK
    explained = np.maximum.reduce(layers)[ink].sum() / max(float(alpha[ink].sum()), 1.0)
    if explained < (EXPLAINED if len(courses) > 1 else EXPLAINED_ALONE):
        return []
    return [
        Strand(
            _as_curve(loom, c, layer / depth if depth < 1 else layer), rhythm, depth,
            np.where(along.any(axis=0) & ~mine, np.float32(0), alpha),
        )
        for c, layer, mine, rhythm, depth in zip(courses, layers, along, rhythms, depths, strict=True)
    ]


def _unbroken(ink: Mask, hidden: Mask) -> bool:
    """Whether one piece of ink runs the whole way, seen or under others: no dashes."""
    columns = np.flatnonzero(ink.any(axis=0))
    _, _, stats, _ = pieces_of(ink | (hidden & grown(ink, UNDER_PX, UNDER_PX)))
    longest = int(stats[1:, cv2.CC_STAT_WIDTH].max(initial=0))
    return len(columns) == 0 or longest >= UNBROKEN_SPAN * (columns[-1] - columns[0] + 1)


def _span(loom: Loom, course: tuple[int, ...]) -> float:
    """Columns a course's own ink meets."""
    met: set[int] = set()
    for i in course:
        x = loom.strokes[i].chain[:, 0]
        met.update(range(round(float(x.min())), round(float(x.max())) + 1))
    gaps = sum(loom.links[a, b].distance for a, b in pairwise(course) if _rhythmic(loom, a, b))
    return len(met) + gaps


def _apart(loom: Loom, courses: list[tuple[int, ...]], width: float) -> list[tuple[int, ...]]:
    """Courses without those that only skip dashes of a longer one."""
    ways = [np.concatenate([loom.strokes[i].chain for i in c]) for c in courses]
    kept: list[int] = []
    for k in sorted(range(len(courses)), key=lambda k: (-_span(loom, courses[k]), k)):
        x, y = ways[k].T
        twin = False
        for j in kept:
            order = np.argsort(ways[j][:, 0], kind="stable")
            other = np.interp(x, ways[j][order, 0], ways[j][order, 1], left=np.inf, right=np.inf)
            twin |= bool((np.abs(y - other) <= TWIN_WIDTHS * width + 1).mean() > TWIN_SHARE)
        if not twin:
            kept.append(k)
    return [courses[k] for k in sorted(kept)]


def _rhythmic(loom: Loom, a: int, b: int) -> bool:
    s = loom.strokes
    return loom.links[a, b].distance <= 3 * max(s[a].length, s[b].length, 4.0)


def _rhythms(loom: Loom, courses: list[tuple[int, ...]], width: float) -> list[Rhythm | None]:
    lengths: list[NDArray[np.float64]] = []
    blanks: list[NDArray[np.float64]] = []
    broken = []
    for course in courses:
        strokes = [loom.strokes[i] for i in course]
        free = np.array([s.length for s in strokes if all(s.free)])
        ways = [loom.links[a, b] for a, b in pairwise(course)]
        gap = np.array([way.blank for way in ways if way.hidden < 1.0 and way.blank >= MIN_BLANK_PX])
        total = sum(s.length for s in strokes) + float(gap.sum())
        broken.append(
            len(gap) >= BROKEN_GAPS and float(gap.sum()) >= BROKEN_SHARE * total and len(free) >= BROKEN_GAPS
        )
        lengths.append(free)
        blanks.append(gap)
    typical = [float(np.median(free)) if b else 0.0 for free, b in zip(lengths, broken, strict=True)]
    longest = max(typical)
    out: list[Rhythm | None] = []
    for free, gap, b, dash in zip(lengths, blanks, broken, typical, strict=True):
        if not b:
            out.append(None)
            continue
        period = float(np.median(gap)) + dash + width
        split = (free.min() + np.percentile(free, 90)) / 2
        short = free <= split
        mixed = MIXED_SHARE[0] <= short.mean() <= MIXED_SHARE[1] and float(
            np.median(free[~short])
        ) >= MIXED_RATIO * float(np.median(free[short]))
        dots = dash <= DOT_WIDTHS * max(width, 1.0) or (dash <= SHORT_SHARE * longest)
        style: LineStyle = "dashdot" if mixed else "dotted" if dots else "dashed"
        out.append(Rhythm(style, 2 * period if mixed else period))
    return out


def _depths(loom: Loom, courses: list[tuple[int, ...]], width: float) -> list[float]:
    """Each course's depth of ink as a share of the fullest; 1 where they do not differ for sure."""
    cores: list[float] = []
    for course in courses:
        strokes = [loom.strokes[i] for i in course]
        long = [s for s in strokes if s.length >= CORE_LENGTH * width]
        if not long and width < CORE_PEN_PX:
            cores.append(np.nan)
            continue
        long = long or strokes
        weight = np.array([s.length for s in long])
        core = np.array([s.core for s in long])
        order = np.argsort(core)
        total = np.cumsum(weight[order])
        cores.append(float(core[order][int(np.searchsorted(total, total[-1] / 2))]))
    top = float(np.nanmax(cores)) if not np.isnan(cores).all() else 1.0
    return [c / top if c < (1 - CORE_GAP) * top else 1.0 for c in cores]


def _layers(
    loom: Loom, courses: list[tuple[int, ...]], alpha: NDArray[np.float32], width: float
) -> tuple[NDArray[np.bool_], list[NDArray[np.float32]]]:
    """What lies along each course, (K, H, W), and each one's ink: that, and what hangs on it alone."""
    away = []
    for course in courses:
        canvas = np.ones(alpha.shape, np.uint8)
        way = np.concatenate([loom.strokes[i].chain for i in course])
        cv2.polylines(canvas, [np.round(way * 16).astype(np.int32)], False, 0, 1, cv2.LINE_8, 4)
        away.append(cv2.distanceTransform(canvas, cv2.DIST_L2, 5))
    distance = np.stack(away)
    nearest = distance.min(axis=0)
    mine = (distance <= width / 2 + BESIDE_PX) & (distance <= nearest + NEARER_PX)
    ink = alpha > INK
    rest = ink & ~mine.any(axis=0)
    n, labels, _, _ = pieces_of(rest)
    touch = np.stack([np.bincount(labels[grown(m & ink)], minlength=n) for m in mine])
    owner = touch.argmax(axis=0)
    touched = touch.max(axis=0) > 0
    touched[0] = False
    out = []
    for k, m in enumerate(mine):
        own = m | (touched & (owner == k))[labels]
        out.append(
            np.where(own | (grown(own & ink) & ~ink & (distance[k] <= nearest)), alpha, 0.0).astype(
                np.float32
            )
        )
    return mine, out


def _as_curve(loom: Loom, course: tuple[int, ...], layer: NDArray[np.float32]) -> Curve:
    layer = np.minimum(layer, 1.0).astype(np.float32)
    way = np.concatenate([loom.strokes[i].chain for i in course])
    columns = np.arange(layer.shape[1])
    order = np.argsort(way[:, 0], kind="stable")
    path = np.round(np.interp(columns, way[order, 0], way[order, 1])).astype(np.intp)
    inked = np.flatnonzero((layer > INK).any(axis=0))
    return Curve(layer, path, int(inked[0]), int(inked[-1]))
