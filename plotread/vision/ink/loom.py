"""Which strokes may follow which in one curve, and what it costs.

A course is a chain of strokes from left to right.  It gains the ink it explains and pays for blanks,
turns, and changes of rhythm (lengths of dashes, of gaps) and of depth of ink.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import acos, hypot, log
from typing import NamedTuple

import numpy as np

from plotread.model import Floats
from plotread.vision.ink.background import Mask
from plotread.vision.ink.strokes import Points, Stroke, Way

REACH_PX = 14.0  # px; strokes further apart are linked only across ink that hides
REACH_LENGTHS = 3.5  # typical lengths of free strokes, likewise
REACH_SHARE = 0.04  # of the width, likewise: a marker that something hides
REACH_HIDDEN = 0.10  # share of the width bridged under other ink
HIDDEN_SHARE = 0.7  # of a far bridge that other ink must hide
BACK_PX = 1.5  # px to the left that a link may go: steep strokes
LINKS = 7  # nearest successors looked at
TOUCH_PX = 1.5  # px; strokes so near have no gap
WAYS_AT_ONCE = 512  # ways looked along in one go, to spare memory
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
FORGOTTEN = 1e-3  # of coverage or direction; what two memories differ by no more costs less than 0.1 px
SHARED_COST = 0.12  # per px of a stroke that another course has taken


class Memory(NamedTuple):
    """What a course has shown so far: its last dashes and gaps (px), direction, depth."""

    lengths: tuple[float, ...] = ()
    blanks: tuple[float, ...] = ()
    way: Way | None = None
    core: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The straight way from one stroke to the next.

    Attributes
    ----------
    distance, blank, hidden : float
        Px in all, on paper, under other ink.
    gap : (float, float) or None
        Unit direction; None where the gap is too short to tell.
    """

    distance: float
    blank: float
    hidden: float
    gap: Way | None


@dataclass(frozen=True, slots=True, eq=False)
class Loom:
    """All strokes of one ink, and which may follow which.

    ``after[i]`` holds the strokes that may follow stroke i, ``links[i, j]`` the way to each; ``steps``
    keeps what steps bring, for courses are compared in all their variants.  ``memories`` are known by
    their numbers, which are quick to look up.
    """

    strokes: tuple[Stroke, ...]
    after: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    links: dict[tuple[int, int], Link]
    steps: dict[tuple[int, int, int, bool], tuple[float, int]] = field(default_factory=dict)
    memories: list[Memory] = field(default_factory=list)
    numbers: dict[Memory, int] = field(default_factory=dict)


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
    caps = np.array([s.cap for s in strokes])
    free = np.array([s.length for s in strokes if all(s.free)])
    free = free[free < REACH_PX * REACH_LENGTHS]
    reach = max(REACH_PX, REACH_LENGTHS * float(np.percentile(free, 75)) if len(free) else 0.0)
    reach = max(min(reach, 3 * REACH_PX), REACH_SHARE * own.shape[1])
    far = max(REACH_HIDDEN * own.shape[1], reach)
    near = []
    for i in range(n):
        gap = first - last[i]
        distance = np.hypot(gap[:, 0], gap[:, 1])
        able = (gap[:, 0] >= -BACK_PX) & (distance <= far) & (middle > middle[i]) & (piece != piece[i])
        by_distance = np.flatnonzero(able)[np.argsort(distance[able], kind="stable")]
        enough = len(by_distance) >= LINKS and distance[by_distance[LINKS - 1]] <= reach
        near.append(by_distance[: LINKS if enough else 3 * LINKS])
    before, after = np.repeat(np.arange(n), [len(js) for js in near]), np.concatenate(near)
    gap = first[after] - last[before]
    distance = np.hypot(gap[:, 0], gap[:, 1])
    blank, under = _bridges(last[before], first[after], distance, hidden, own)
    in_open = (blank > 0) & (under == 0)
    blank = np.where(in_open, np.maximum(distance - caps[before] - caps[after], 0.0), blank)
    links: dict[tuple[int, int], Link] = {}
    followers: list[list[int]] = [[] for _ in range(n)]
    for k in np.flatnonzero((distance <= reach) | (under >= HIDDEN_SHARE * distance)).tolist():
        i, j, d = int(before[k]), int(after[k]), float(distance[k])
        if len(followers[i]) < LINKS:
            followers[i].append(j)
            way = (float(gap[k, 0]) / d, float(gap[k, 1]) / d) if d >= TURN_FADE_PX else None
            links[i, j] = Link(d, float(blank[k]), float(under[k]), way)
    order = tuple(np.argsort(middle, kind="stable").tolist())
    return Loom(tuple(strokes), tuple(map(tuple, followers)), order, links)


def _bridges(start: Points, end: Points, distance: Floats, hidden: Mask, own: Mask) -> tuple[Floats, Floats]:
    """Px of the straight ways from start to end that lie on paper, and under ink of any kind."""
    blank, under = np.zeros(len(start)), np.zeros(len(start))
    for k in range(0, len(start), WAYS_AT_ONCE):
        some = slice(k, k + WAYS_AT_ONCE)
        blank[some], under[some] = _bridged(start[some], end[some], distance[some], hidden, own)
    touching = distance <= TOUCH_PX
    return np.where(touching, 0.0, blank), np.where(touching, 0.0, under)


def _bridged(start: Points, end: Points, distance: Floats, hidden: Mask, own: Mask) -> tuple[Floats, Floats]:
    # Three places a px, those of all ways in one row: ``of`` tells whose each is, ``head`` where each begins.
    count = np.maximum(np.rint(3 * distance), 4).astype(np.intp) - 2
    head = np.cumsum(count) - count
    of = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(of))
    share = (place - head[of] + 1) * (1 / (count + 1))[of]
    way = np.round(start[of] + (end - start)[of] * share[:, None]).astype(np.intp)
    x, y = np.clip(way[:, 0], 0, own.shape[1] - 1), np.clip(way[:, 1], 0, own.shape[0] - 1)
    ink = own[y, x]
    # The caps of the two strokes themselves lie at the ends of the way.
    first = np.minimum.reduceat(np.where(ink, len(of), place), head)
    last = np.maximum.reduceat(np.where(ink, -1, place), head)
    inner = (place >= first[of]) & (place <= last[of])
    covered = hidden[y, x] | ink
    step = distance / (count + 1)
    blank = np.add.reduceat(inner & ~covered, head, dtype=np.intp) * step
    under = np.add.reduceat(inner & covered, head, dtype=np.intp) * step
    return blank, np.where(last < 0, distance, under)


def gain_of(stroke: Stroke, shared: bool) -> float:
    """What a stroke adds to a course, px of ink; `shared` tells whether another course has taken it."""
    return -SHARED_COST * stroke.length if shared else stroke.length + STROKE_GAIN_PX * all(stroke.free)


def _factor(length: float, old: float) -> float:
    return abs(log((length + LENGTH_ERROR_PX) / (old + LENGTH_ERROR_PX)))


def _off_rhythm(length: float, lengths: tuple[float, ...]) -> float:
    """How far a dash is from the rhythm: the middle one of the last, one seen twice, or one in turn."""
    off = _factor(length, sorted(lengths)[len(lengths) // 2])
    if len(lengths) >= 2:
        second = sorted([_factor(length, old) for old in lengths])[1]
        if second < IN_TURN:
            off = min(off, second)
    if len(lengths) >= 3 and _factor(lengths[-1], lengths[-3]) < IN_TURN:
        off = min(off, _factor(length, lengths[-2]))
    return off * min(1.0, len(lengths) / SETTLED)


def start_at(loom: Loom, k: int) -> int:
    """The number of what a course remembers that begins with stroke k."""
    s = loom.strokes[k]
    core = None if s.enter is None else s.core
    return _number(loom, Memory((s.length,) if all(s.free) else (), (), s.leave, core))


def _number(loom: Loom, memory: Memory) -> int:
    number = loom.numbers.setdefault(memory, len(loom.memories))
    if number == len(loom.memories):
        loom.memories.append(memory)
    return number


def alike(loom: Loom, one: int, two: int) -> bool:
    """Whether two courses with these memories will pay the same for the same strokes."""
    if one == two:
        return True
    a, b = loom.memories[one], loom.memories[two]
    if a.lengths != b.lengths or a.blanks != b.blanks:
        return False
    return _near(a.core, b.core) and (
        a.way is b.way or (a.way is not None and b.way is not None and all(map(_near, a.way, b.way)))
    )


def _near(a: float | None, b: float | None) -> bool:
    return a is b or (a is not None and b is not None and abs(a - b) <= FORGOTTEN)


def step_to(loom: Loom, j: int, k: int, mem: int, shared: bool) -> tuple[float, int]:
    """What going on from stroke j to k gains less what it costs, and the number of the memory after it."""
    key = (j, k, mem, shared)
    known = loom.steps.get(key)
    if known is None:
        a, b = loom.strokes[j], loom.strokes[k]
        net, after = _step(a, b, loom.links[j, k], loom.memories[mem], shared)
        known = loom.steps[key] = net, _number(loom, after)
    return known


def _step(a: Stroke, b: Stroke, link: Link, mem: Memory, shared: bool) -> tuple[float, Memory]:
    gain = gain_of(b, shared)
    lengths, blanks, way, core = mem
    cost = HIDDEN_COST * link.hidden + _turns(way, link, b.enter)
    for_gap, blanks = _gap_kept(blanks, link.blank, link.hidden)
    if not shared:
        for_length, lengths = _length_kept(lengths, a, b)
        cost += for_length
        if b.enter is not None:  # dots do not show their full depth
            if core is not None:
                cost += CORE_COST * max(0.0, abs(b.core - core) - CORE_FREE)
            core = b.core if core is None else 0.6 * core + 0.4 * b.core
    return gain - cost - for_gap, Memory(lengths, blanks, b.leave or _way_after(a, b, way), core)


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


def _way_after(a: Stroke, b: Stroke, before: Way | None) -> Way | None:
    """The direction of a course after a stroke b that has none of its own."""
    (x0, y0), (x1, y1) = a.last, b.last
    x, y = x1 - x0, y1 - y0
    size = hypot(x, y)
    if size <= 0.5:
        return before
    way = (x / size, y / size)
    if before is None:
        return way
    x, y = way[0] + before[0], way[1] + before[1]  # a dot's own step is rough: lean on the course so far
    size = hypot(x, y)
    return (x / size, y / size) if size > 0.1 else way


def _turns(way: Way | None, link: Link, into: Way | None) -> float:
    whole = _angle(way, into)
    if link.gap is None:
        return TURN_COST * whole**2
    faded = link.distance / (link.distance + TURN_FADE_PX)
    bent = 0.5 * (_angle(way, link.gap) ** 2 + _angle(link.gap, into) ** 2)
    return TURN_COST * (faded * bent + 0.5 * whole**2)


def _angle(a: Way | None, b: Way | None) -> float:
    if a is None or b is None:
        return 0.0
    return acos(min(max(a[0] * b[0] + a[1] * b[1], -1.0), 1.0))
