"""Which strokes may follow which in one curve, and what it costs.

A course is a chain of strokes from left to right.  It gains the ink it explains and pays for blanks,
turns, and changes of rhythm (lengths of dashes, of gaps) and of depth of ink.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from plotread.vision.ink.background import Mask
from plotread.vision.ink.strokes import Points, Stroke

REACH_PX = 14.0  # px; strokes further apart are linked only across ink that hides
REACH_LENGTHS = 3.5  # typical lengths of free strokes, likewise
REACH_SHARE = 0.04  # of the width, likewise: a marker that something hides
REACH_HIDDEN = 0.10  # share of the width bridged under other ink
HIDDEN_SHARE = 0.7  # of a far bridge that other ink must hide
BACK_PX = 1.5  # px to the left that a link may go: steep strokes
LINKS = 7  # nearest successors looked at
MAX_STROKES = 1400  # more are noise, not dashes
BLANK_COST = 0.05  # of ink per px of blank that keeps the rhythm
EXCESS_COST = 0.7  # per px of blank beyond the rhythm
EXCESS_SHARE, EXCESS_PX = 1.35, 1.2  # blanks of one rhythm differ by this
FIRST_BLANK_COST = 0.3  # before there is a rhythm
HIDDEN_COST = 0.08  # per px under other ink
TURN_COST = 10.0  # px of ink per radian squared
TURN_FADE_PX = 2.0  # px; over shorter gaps the direction of the gap is uncertain
LENGTH_COST = 8.0  # px of ink per factor e between a stroke and those before it
LENGTH_CAP = 1.6
LONG_PX = 40.0  # px; a longer stroke is no dash
LENGTH_FREE = 0.15  # factor, as a logarithm, by which dashes of one rhythm differ
LENGTH_ERROR_PX = 2.0  # px added to both: the lengths of dots are known to a pixel
STROKE_GAIN_PX = 1.5  # gained by each stroke beside its length: dots are short
REMEMBERED = 5  # dashes whose middle length is the rhythm
SETTLED = 3  # dashes after which the rhythm is known
IN_TURN = 0.3  # factor, as a logarithm, within which two dashes are alike
LONGER = 1.6  # an unfree stroke longer than the rhythm's by this factor is another curve's
CORE_COST = 24.0  # px of ink for a difference of full coverage
CORE_FREE = 0.12  # coverage that differs by chance
SHARED_COST = 0.12  # per px of a stroke that another course has taken


@dataclass(frozen=True, slots=True)
class Memory:
    """What a course has shown so far: its last dashes and gaps (px), direction, depth."""

    lengths: tuple[float, ...] = ()
    blanks: tuple[float, ...] = ()
    way: tuple[float, float] | None = None
    core: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Loom:
    """All strokes of one ink, and which may follow which.

    ``steps`` keeps what steps cost, for courses are compared in all their variants.
    ``after[i]`` holds (j, distance, blank, hidden): px between them, on paper, under other ink.
    """

    strokes: tuple[Stroke, ...]
    after: tuple[tuple[tuple[int, float, float, float], ...], ...]
    order: tuple[int, ...]
    links: dict[tuple[int, int], tuple[float, float, float]] = field(default_factory=dict)
    steps: dict[tuple[int, int, Memory, bool], tuple[float, Memory]] = field(default_factory=dict)


def set_up(strokes: list[Stroke], hidden: Mask, own: Mask) -> Loom | None:
    """The links between strokes; None where there are too many for an honest search.

    Parameters
    ----------
    strokes : list of Stroke
    hidden : (H, W) bool
        Ink of others.
    own : (H, W) bool
        This ink: a bridge over it is no blank.
    """
    n = len(strokes)
    if not 2 <= n <= MAX_STROKES:
        return None
    first = np.array([s.first for s in strokes])
    last = np.array([s.last for s in strokes])
    piece = np.array([s.piece for s in strokes])
    middle = np.array([s.chain[:, 0].mean() for s in strokes])
    free = np.array([s.length for s in strokes if all(s.free)])
    free = free[free < REACH_PX * REACH_LENGTHS]
    reach = max(REACH_PX, REACH_LENGTHS * float(np.percentile(free, 75)) if len(free) else 0.0)
    reach = max(min(reach, 3 * REACH_PX), REACH_SHARE * own.shape[1])
    caps = [s.cap for s in strokes]
    far = max(REACH_HIDDEN * own.shape[1], reach)
    after: list[tuple[tuple[int, float, float, float], ...]] = []
    links: dict[tuple[int, int], tuple[float, float, float]] = {}
    for i in range(n):
        gap = first - last[i]
        distance = np.hypot(gap[:, 0], gap[:, 1])
        able = (gap[:, 0] >= -BACK_PX) & (distance <= far) & (middle > middle[i]) & (piece != piece[i])
        found = []
        for j in np.flatnonzero(able)[np.argsort(distance[able], kind="stable")][: 3 * LINKS].tolist():
            d = float(distance[j])
            blank, under = _bridge(last[i], first[j], d, hidden, own)
            if blank > 0 and under == 0:
                blank = max(d - caps[i] - caps[j], 0.0)
            if d > reach and under < HIDDEN_SHARE * d:
                continue
            found.append((j, d, blank, under))
            links[i, j] = (d, blank, under)
            if len(found) >= LINKS:
                break
        after.append(tuple(found))
    order = tuple(int(k) for k in np.argsort(middle, kind="stable"))
    return Loom(tuple(strokes), tuple(after), order, links)


def _bridge(a: Points, b: Points, distance: float, hidden: Mask, own: Mask) -> tuple[float, float]:
    """Px of the straight way from a to b that lie on paper, and under ink of any kind."""
    if distance <= 1.5:
        return 0.0, 0.0
    at = np.linspace(0, 1, max(round(3 * distance), 4))[1:-1, None]
    way = np.round(a + (b - a) * at).astype(int)
    x = np.clip(way[:, 0], 0, own.shape[1] - 1)
    y = np.clip(way[:, 1], 0, own.shape[0] - 1)
    ink = own[y, x]
    paper = np.flatnonzero(~ink)
    if len(paper) == 0:
        return 0.0, distance
    # The caps of the two strokes themselves lie at the ends of the way.
    inner = slice(int(paper[0]), int(paper[-1]) + 1)
    step = distance / (len(at) + 1)
    under = (hidden[y, x] | ink)[inner]
    return float((~under).sum()) * step, float(under.sum()) * step


def worth(loom: Loom, course: tuple[int, ...], taken: set[int]) -> float:
    """What a course gains less what it costs, in px of ink."""
    if not course:
        return 0.0
    total = gain_of(loom, course[0], taken)
    mem = start_at(loom, course[0])
    for j, k in pairwise(course):
        link = loom.links.get((j, k))
        if link is None:
            return -np.inf
        cost, mem = step_to(loom, j, k, link, mem, taken)
        total += gain_of(loom, k, taken) - cost
    return total


def gain_of(loom: Loom, k: int, taken: set[int]) -> float:
    stroke = loom.strokes[k]
    return (
        -SHARED_COST * stroke.length
        if stroke.piece in taken
        else stroke.length + STROKE_GAIN_PX * all(stroke.free)
    )


def _factor(length: float, old: float) -> float:
    return float(np.log((length + LENGTH_ERROR_PX) / (old + LENGTH_ERROR_PX)))


def _off_rhythm(length: float, lengths: tuple[float, ...]) -> float:
    """How far a dash is from the rhythm: the middle one of the last, one seen twice, or one in turn."""
    off = abs(_factor(length, sorted(lengths)[len(lengths) // 2]))
    near = sorted(abs(_factor(length, old)) for old in lengths)
    if len(near) >= 2 and near[1] < IN_TURN:
        off = min(off, near[1])
    if len(lengths) >= 3 and abs(_factor(lengths[-1], lengths[-3])) < IN_TURN:
        off = min(off, abs(_factor(length, lengths[-2])))
    return off * min(1.0, len(lengths) / SETTLED)


def start_at(loom: Loom, k: int) -> Memory:
    s = loom.strokes[k]
    way = None if s.leave is None else (float(s.leave[0]), float(s.leave[1]))
    return Memory((s.length,) if all(s.free) else (), (), way, None if s.enter is None else s.core)


def step_to(
    loom: Loom, j: int, k: int, link: tuple[float, float, float] | list[float], mem: Memory, taken: set[int]
) -> tuple[float, Memory]:
    """The cost of going on from stroke j to k, and the memory after it."""
    shared = loom.strokes[k].piece in taken
    known = loom.steps.get((j, k, mem, shared))
    if known is None:
        known = loom.steps[j, k, mem, shared] = _step(loom, j, k, link, mem, shared)
    return known


def _step(
    loom: Loom, j: int, k: int, link: tuple[float, float, float] | list[float], mem: Memory, shared: bool
) -> tuple[float, Memory]:
    a, b = loom.strokes[j], loom.strokes[k]
    distance, blank, under = link
    gap = (b.first - a.last) / distance if distance > 0.5 else None
    into = None if b.enter is None else (float(b.enter[0]), float(b.enter[1]))
    cost = HIDDEN_COST * under + _turns(mem.way, gap, into, distance)
    for_gap, blanks = _gap_kept(mem.blanks, blank, under)
    lengths, core = mem.lengths, mem.core
    if not shared:
        for_length, lengths = _length_kept(lengths, a, b)
        cost += for_length
        if b.enter is not None:  # dots do not show their full depth
            if core is not None:
                cost += CORE_COST * max(0.0, abs(b.core - core) - CORE_FREE)
            core = b.core if core is None else 0.6 * core + 0.4 * b.core
    return cost + for_gap, Memory(lengths, blanks, _way_after(a, b, mem.way), core)


def _gap_kept(blanks: tuple[float, ...], blank: float, under: float) -> tuple[float, tuple[float, ...]]:
    """What a gap costs after these, and the gaps remembered."""
    if blank == 0 and under > 0:
        return 0.0, blanks
    cost = FIRST_BLANK_COST * blank
    if blanks:
        cost = BLANK_COST * blank + EXCESS_COST * max(0.0, blank - EXCESS_SHARE * max(blanks) - EXCESS_PX)
    return cost, (*blanks[-1:], blank) if under < 1.0 else blanks


def _length_kept(lengths: tuple[float, ...], a: Stroke, b: Stroke) -> tuple[float, tuple[float, ...]]:
    """What the length of stroke b costs after a and these, and the lengths remembered."""
    cost = 0.0
    if all(b.free):
        if lengths:
            cost = LENGTH_COST * min(max(_off_rhythm(b.length, lengths) - LENGTH_FREE, 0.0), LENGTH_CAP)
        # two dashes that touch are none of the rhythm
        if len(lengths) < SETTLED or b.length <= LONGER * max(lengths):
            lengths = (*lengths[1 - REMEMBERED :], b.length)
    elif b.parent != a.parent and b.whole > LONGER * max(lengths, default=b.whole):
        cost = LENGTH_COST * min(_factor(b.whole, max(lengths)), LENGTH_CAP)
    elif any(b.free) and b.whole > LONG_PX:
        lengths = (*lengths[1 - REMEMBERED :], b.whole)
    return cost, lengths


def _way_after(a: Stroke, b: Stroke, before: tuple[float, float] | None) -> tuple[float, float] | None:
    """The direction of a course after stroke b."""
    if b.leave is not None:
        return float(b.leave[0]), float(b.leave[1])
    step = b.last - a.last
    size = float(np.hypot(step[0], step[1]))
    if size <= 0.5:
        return before
    way = (float(step[0]) / size, float(step[1]) / size)
    if before is None:
        return way
    mixed = (way[0] + before[0], way[1] + before[1])  # a dot's own step is rough: lean on the course so far
    size = float(np.hypot(*mixed))
    return (mixed[0] / size, mixed[1] / size) if size > 0.1 else way


def _turns(
    way: tuple[float, float] | None, gap: Points | None, into: tuple[float, float] | None, distance: float
) -> float:
    if gap is None or distance < TURN_FADE_PX:
        return TURN_COST * _angle(way, into) ** 2
    at = (float(gap[0]), float(gap[1]))
    faded = distance / (distance + TURN_FADE_PX)
    whole = _angle(way, into)
    bent = 0.5 * (_angle(way, at) ** 2 + _angle(at, into) ** 2)
    return TURN_COST * (faded * bent + 0.5 * whole**2)


def _angle(a: tuple[float, float] | None, b: tuple[float, float] | None) -> float:
    if a is None or b is None:
        return 0.0
    return float(np.arccos(min(max(a[0] * b[0] + a[1] * b[1], -1.0), 1.0)))
