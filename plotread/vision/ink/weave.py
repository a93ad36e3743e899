"""Join strokes to curves: the smoothest courses that keep their rhythm, and exchanges where they cross.

Courses are found one by one by dynamic programming over the links between strokes, then improved by
finding each again with the others fixed and by exchanging the rests of two courses that pass close
to each other.
"""

from __future__ import annotations

from math import inf

from plotread.vision.ink.loom import Loom, Memory, gain_of, start_at, step_to, worth

MIN_GAIN_PX = 8.0
LEFT_SHARE = 0.1  # share of the ink below which there is no further curve to look for
SWEEPS = 3
GIVEN = 3  # strokes at an end that may belong to the other course
SECOND_TRIES = 6  # best single exchanges from which a second one is tried


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
        courses = _exchanged(loom, courses)
    for _ in range(SWEEPS if len(courses) > 1 else 0):
        before = list(courses)
        for k in range(len(courses)):
            others = courses[:k] + courses[k + 1 :]
            taken = taken_by(loom, others)
            course, gain = _best(loom, taken)
            if gain > worth(loom, courses[k], taken) + 1e-6:
                courses[k] = course
        courses = _exchanged(loom, courses, twice=True)
        if courses == before:
            break
    return courses


def _left(loom: Loom, courses: list[tuple[int, ...]]) -> float:
    """The share of the ink's length that no course took."""
    taken = taken_by(loom, courses)
    left = sum(s.length for s in loom.strokes if s.piece not in taken)
    return left / max(sum(s.length for s in loom.strokes), 1.0)


def taken_by(loom: Loom, courses: list[tuple[int, ...]]) -> set[int]:
    return {loom.strokes[i].piece for course in courses for i in course}


def _best(loom: Loom, taken: set[int]) -> tuple[tuple[int, ...], float]:
    """The course that gains most beside those that took these pieces."""
    n = len(loom.strokes)
    # One state per link (and one per start): what a turn costs depends on where the course came from.
    value: list[dict[int, float]] = [{} for _ in range(n)]  # by the stroke before, -1 at a start
    memory: list[dict[int, Memory]] = [{} for _ in range(n)]
    back: list[dict[int, int]] = [{} for _ in range(n)]
    top, end = -inf, (-1, -1)
    for j in loom.order:
        value[j][-1] = gain_of(loom, j, taken)
        memory[j][-1] = start_at(loom, j)
        ranked = sorted(value[j].items(), key=_score, reverse=True)
        if ranked[0][1] > top:
            top, end = ranked[0][1], (j, ranked[0][0])
        for k in loom.after[j]:
            shared = loom.strokes[k].piece in taken
            best, kept, via = -inf, None, -1
            for before, score in ranked:
                if score <= best:  # steps cost, they do not gain
                    break
                cost, mem = step_to(loom, j, k, memory[j][before], shared)
                if score - cost > best:
                    best, kept, via = score - cost, mem, before
            if kept is not None:
                value[k][j] = best + gain_of(loom, k, taken)
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


def _exchanged(loom: Loom, courses: list[tuple[int, ...]], twice: bool = False) -> list[tuple[int, ...]]:
    """Courses after exchanging rests wherever that makes two of them worth more together.

    With `twice`, middles are exchanged too: where two courses touch several times, each single
    exchange may cost more than it brings.
    """
    courses = list(courses)
    for _ in range(SWEEPS):
        before = list(courses)
        for a in range(len(courses)):
            for b in range(a + 1, len(courses)):
                others = taken_by(loom, courses[:a] + courses[a + 1 : b] + courses[b + 1 :])
                courses[a], courses[b] = _exchanged_pair(loom, courses[a], courses[b], others, twice)
        if courses == before:
            break
    return courses


def _exchanged_pair(
    loom: Loom, one: tuple[int, ...], two: tuple[int, ...], others: set[int], twice: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    best, pair = _joint(loom, one, two, others), (one, two)
    singles = [(_joint(loom, *p, others), p) for p in _exchanges(loom, one, two)]
    singles.sort(key=lambda single: -single[0])
    if singles and singles[0][0] > best + 1e-6:
        return singles[0][1]
    if twice:
        for _, first in singles[:SECOND_TRIES]:
            for second in _exchanges(loom, *first):
                score = _joint(loom, *second, others)
                if score > best + 1e-6:
                    best, pair = score, second
    return pair


def _joint(loom: Loom, one: tuple[int, ...], two: tuple[int, ...], others: set[int]) -> float:
    ahead = others | taken_by(loom, [one])
    return worth(loom, one, others) + worth(loom, two, ahead)


def _exchanges(
    loom: Loom, one: tuple[int, ...], two: tuple[int, ...]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    place = {k: i for i, k in enumerate(two)}
    out = [*_given(loom, one, two), *((b, a) for a, b in _given(loom, two, one))]
    for i, j in enumerate(one):
        if j in place:
            m = place[j]
            out.append((one[: i + 1] + two[m + 1 :], two[: m + 1] + one[i + 1 :]))
            continue
        for k in loom.after[j]:
            m = place.get(k, -1)
            if m < 1 or i + 1 >= len(one):
                continue
            if (two[m - 1], one[i + 1]) in loom.links:
                out.append((one[: i + 1] + two[m:], two[:m] + one[i + 1 :]))
    return out


def _given(
    loom: Loom, giver: tuple[int, ...], taker: tuple[int, ...]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The first or last strokes of one course given to the other."""
    out = []
    for n in range(1, min(GIVEN, len(giver) - 1) + 1):
        if (giver[n - 1], taker[0]) in loom.links:
            out.append((giver[n:], giver[:n] + taker))
        if (taker[-1], giver[-n]) in loom.links:
            out.append((giver[:-n], taker + giver[-n:]))
    return out
