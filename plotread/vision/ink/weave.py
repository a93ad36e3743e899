"""Join strokes to curves: the smoothest courses that keep their rhythm, and exchanges where they cross.

Courses are found one by one by dynamic programming over the links between strokes, then improved by
finding each again with the others fixed and by exchanging the rests of two courses that pass close
to each other.  Last, courses take what follows their ends and is nobody's, also beyond a gap.
"""

from __future__ import annotations

from itertools import pairwise
from math import hypot, inf, log

from plotread.vision.ink.exchange import exchanged, taken_by, walk
from plotread.vision.ink.loom import TOUCH_PX, Link, Loom, gain_of, start_at, step_to

MIN_GAIN_PX = 8.0
LEFT_SHARE = 0.1  # share of the ink below which there is no further curve to look for
SWEEPS = 3
LEAST_REST_PX = 24.0  # gained by what lies beyond a gap; less is a scrap
LEVEL_GAP_PX, GAP_SLOPE = 8.0, 0.5  # px up or down over a gap, or share of its width
LEAST_BLANKS = 5  # blanks that make a rhythm
BLANKS_VARY = 1.6  # times the usual one is the longest blank of a rhythm, measured between strokes' ends


def weave(loom: Loom, count: int, promised: bool = True) -> list[tuple[int, ...]]:
    """The `count` courses that together explain the ink best, as indices of strokes.

    Fewer where no further course gains anything and, unless so many are promised, where little ink is left.
    """
    courses: list[tuple[int, ...]] = []
    for _ in range(count):
        if courses and not promised and _left(loom, courses) < LEFT_SHARE:
            break
        course, gain = _best(loom, taken_by(loom, courses))
        if gain < MIN_GAIN_PX:
            break
        courses.append(course)
        courses = exchanged(loom, courses)
    for _ in range(SWEEPS if len(courses) > 1 else 0):
        before = list(courses)
        for k in range(len(courses)):
            others = courses[:k] + courses[k + 1 :]
            taken = taken_by(loom, others)
            course, gain = _best(loom, taken)
            if gain > walk(loom, courses[k], taken).worths[-1] + 1e-6:
                courses[k] = course
        courses = exchanged(loom, courses, twice=True)
        if courses == before:
            break
    courses = _prolonged(loom, courses)
    return _across_gaps(loom, courses) if promised else courses


def _prolonged(loom: Loom, courses: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Courses with what follows their ends at their rhythm and is nobody's: turns cost it its gain."""
    taken = taken_by(loom, courses)
    into: list[list[int]] = [[] for _ in loom.strokes]
    for i, j in loom.links:
        into[j].append(i)
    out = []
    for course in courses:
        longer, blank = list(course), _usual_blank(loom, course)
        for forward in (True, False):
            while True:
                end = longer[-1] if forward else longer[0]
                near = [
                    (loom.links[link].distance, stroke)
                    for stroke in (loom.after[end] if forward else into[end])
                    for link in [(end, stroke) if forward else (stroke, end)]
                    if loom.strokes[stroke].piece not in taken and loom.links[link].blank <= blank
                ]
                if not near:
                    break
                nearest = min(near)[1]
                taken.add(loom.strokes[nearest].piece)
                longer.insert(len(longer) if forward else 0, nearest)
        out.append(tuple(longer))
    return out


def _usual_blank(loom: Loom, course: tuple[int, ...]) -> float:
    """The longest blank that the rhythm of a course allows, px; of a solid one none."""
    blanks = [loom.links[a, b].blank for a, b in pairwise(course)]
    open_ones = sorted(blank for blank in blanks if blank > TOUCH_PX)
    if len(open_ones) < LEAST_BLANKS:
        return TOUCH_PX
    return BLANKS_VARY * open_ones[len(open_ones) // 2]


def _across_gaps(loom: Loom, courses: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Courses with what is left beyond a gap too wide to link: values that the log did not have.

    Where more than one piece is left, they are scraps of a crowd.
    """
    rest, gain = _best(loom, taken_by(loom, courses), alone=True)
    if gain < LEAST_REST_PX or _best(loom, taken_by(loom, [*courses, rest]), alone=True)[1] >= LEAST_REST_PX:
        return courses
    joints = [
        (way.distance, k, first, second, way)
        for k, course in enumerate(courses)
        for first, second in ((course, rest), (rest, course))
        if (way := _gap_between(loom, first, second)) is not None
    ]
    if not joints:
        return courses
    _, k, first, second, way = min(joints, key=lambda joint: joint[:2])
    loom.links[first[-1], second[0]] = way
    return [*courses[:k], (*first, *second), *courses[k + 1 :]]


def _gap_between(loom: Loom, first: tuple[int, ...], second: tuple[int, ...]) -> Link | None:
    """The blank between the end of one course and the start of another of its kind, which lies beyond."""
    end, start = loom.strokes[first[-1]].last, loom.strokes[second[0]].first
    dx, dy = float(start[0] - end[0]), float(start[1] - end[1])
    if dx <= 0 or abs(dy) > max(GAP_SLOPE * dx, LEVEL_GAP_PX):
        return None
    blanks = [_usual_blank(loom, course) for course in (first, second)]
    if abs(log(blanks[0] / blanks[1])) > log(BLANKS_VARY):
        return None
    distance = hypot(dx, dy)
    return Link(distance, distance, 0.0, (dx / distance, dy / distance))


def _left(loom: Loom, courses: list[tuple[int, ...]]) -> float:
    """The share of the ink's length that no course took."""
    taken = taken_by(loom, courses)
    left = sum(s.length for s in loom.strokes if s.piece not in taken)
    return left / max(sum(s.length for s in loom.strokes), 1.0)


def _best(loom: Loom, taken: set[int], alone: bool = False) -> tuple[tuple[int, ...], float]:
    """The course that gains most beside those that took these pieces; `alone`: and that uses none of them."""
    n = len(loom.strokes)
    # One state per link (and one per start): what a turn costs depends on where the course came from.
    value: list[dict[int, float]] = [{} for _ in range(n)]  # by the stroke before, -1 at a start
    memory: list[dict[int, int]] = [{} for _ in range(n)]
    back: list[dict[int, int]] = [{} for _ in range(n)]
    top, end = -inf, (-1, -1)
    may = [not alone or stroke.piece not in taken for stroke in loom.strokes].__getitem__
    for j in filter(may, loom.order):
        value[j][-1] = gain_of(loom.strokes[j], loom.strokes[j].piece in taken)
        memory[j][-1] = start_at(loom, j)
        ranked = sorted(value[j].items(), key=_score, reverse=True)
        if ranked[0][1] > top:
            top, end = ranked[0][1], (j, ranked[0][0])
        for k in filter(may, loom.after[j]):
            shared = loom.strokes[k].piece in taken
            gain = gain_of(loom.strokes[k], shared)
            best, kept, via = -inf, None, -1
            for before, score in ranked:
                if score + gain <= best:  # a step brings no more than the stroke
                    break
                net, mem = step_to(loom, j, k, memory[j][before], shared)
                if score + net > best:
                    best, kept, via = score + net, mem, before
            if kept is not None:
                value[k][j] = best
                memory[k][j] = kept
                back[k][j] = via
    if end[0] < 0:
        return (), 0.0
    course = []
    at, before = end
    while True:
        course.append(at)
        if before < 0:
            break
        at, before = before, back[at][before]
    return tuple(course[::-1]), float(top)


def _score(state: tuple[int, float]) -> float:
    return state[1]
