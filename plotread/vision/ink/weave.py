"""Join strokes to curves: the smoothest courses that keep their rhythm, and exchanges where they cross.

Courses are found one by one by dynamic programming over the links between strokes, then improved by
finding each again with the others fixed and by exchanging the rests of two courses that pass close
to each other.
"""

from __future__ import annotations

from math import inf

from plotread.vision.ink.exchange import exchanged, taken_by, walk
from plotread.vision.ink.loom import Loom, gain_of, start_at, step_to

MIN_GAIN_PX = 8.0
LEFT_SHARE = 0.1  # share of the ink below which there is no further curve to look for
SWEEPS = 3


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
    return courses


def _left(loom: Loom, courses: list[tuple[int, ...]]) -> float:
    """The share of the ink's length that no course took."""
    taken = taken_by(loom, courses)
    left = sum(s.length for s in loom.strokes if s.piece not in taken)
    return left / max(sum(s.length for s in loom.strokes), 1.0)


def _best(loom: Loom, taken: set[int]) -> tuple[tuple[int, ...], float]:
    """The course that gains most beside those that took these pieces."""
    n = len(loom.strokes)
    # One state per link (and one per start): what a turn costs depends on where the course came from.
    value: list[dict[int, float]] = [{} for _ in range(n)]  # by the stroke before, -1 at a start
    memory: list[dict[int, int]] = [{} for _ in range(n)]
    back: list[dict[int, int]] = [{} for _ in range(n)]
    top, end = -inf, (-1, -1)
    for j in loom.order:
        value[j][-1] = gain_of(loom.strokes[j], loom.strokes[j].piece in taken)
        memory[j][-1] = start_at(loom, j)
        ranked = sorted(value[j].items(), key=_score, reverse=True)
        if ranked[0][1] > top:
            top, end = ranked[0][1], (j, ranked[0][0])
        for k in loom.after[j]:
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
