"""Exchange the rests of two courses where that makes them worth more together.

An exchange is a cut (i, m): the first i strokes of the one go on with the other from its stroke m, and
the other way round.  What lies before a cut is worth what it was, and so is what lies so far behind it
that the course remembers nothing of the exchange; only what lies between is added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf

from plotread.vision.ink.loom import Loom, alike, gain_of, start_at, step_to

Course = tuple[int, ...]

SWEEPS = 3
GIVEN = 40  # strokes at an end that may belong to the other course
SECOND_TRIES = 6  # best single exchanges from which a second one is tried


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A course: after each of its strokes, what it is worth so far (px of ink) and what it remembers."""

    course: Course
    worths: list[float]
    memories: list[int]


def walk(loom: Loom, course: Course, taken: set[int]) -> Walk:
    """A course of linked strokes, beside others that took these pieces."""
    first = loom.strokes[course[0]]
    total, mem = gain_of(first, first.piece in taken), start_at(loom, course[0])
    worths, memories = [total], [mem]
    for j, k in pairwise(course):
        net, mem = step_to(loom, j, k, mem, loom.strokes[k].piece in taken)
        total += net
        worths.append(total)
        memories.append(mem)
    return Walk(course, worths, memories)


def taken_by(loom: Loom, courses: list[Course]) -> set[int]:
    return {loom.strokes[i].piece for course in courses for i in course}


def exchanged(loom: Loom, courses: list[Course], twice: bool = False) -> list[Course]:
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
    loom: Loom, one: Course, two: Course, others: set[int], twice: bool
) -> tuple[Course, Course]:
    pair = _Pair(loom, one, two, others)
    singles = sorted(pair.exchanges(), key=lambda single: -single[0])
    if singles and singles[0][0] > pair.worth + 1e-6:
        return pair.cut(*singles[0][1])
    best, out = pair.worth, (one, two)
    for _, at in singles[:SECOND_TRIES] if twice else ():
        after = _Pair(loom, *pair.cut(*at), others)
        for score, again in after.exchanges():
            if score > best + 1e-6:
                best, out = score, after.cut(*again)
    return out


class _Pair:
    """Two courses and all their exchanges.  Pieces on both are the first one's, the second shares them."""

    def __init__(self, loom: Loom, one: Course, two: Course, others: set[int]) -> None:
        self.loom, self.one, self.two = loom, one, two
        self.taken = (others, others | (taken_by(loom, [one]) & taken_by(loom, [two])))
        self.walks = [[walk(loom, course, taken) for taken in self.taken] for course in (one, two)]
        self.worth = self.walks[0][0].worths[-1] + self.walks[1][1].worths[-1]

    def cut(self, i: int, m: int) -> tuple[Course, Course]:
        """The two courses after an exchange.  Whose front was given whole keeps its place."""
        pair = self.one[:i] + self.two[m:], self.two[:m] + self.one[i:]
        return pair if i and m else pair[::-1]

    def exchanges(self) -> list[tuple[float, tuple[int, int]]]:
        """Every exchange with what the two courses are worth after it."""
        all_ = [(self._worth_after(i, m), (i, m)) for i, m in _cuts(self.loom, self.one, self.two)]
        return [exchange for exchange in all_ if exchange[0] > -inf]

    def _worth_after(self, i: int, m: int) -> float:
        first, second = (0, 1) if i and m else (1, 0)
        return self._joined(0, i, m, first) + self._joined(1, m, i, second)

    def _joined(self, which: int, i: int, m: int, share: int) -> float:
        """Worth of the first i strokes of one course and those of the other from m on; -inf if not linked."""
        taken = self.taken[share]
        front, rest = self.walks[which][share], self.walks[1 - which][share]
        if i == 0:
            return walk(self.loom, rest.course[m:], taken).worths[-1]
        total, mem, j = front.worths[i - 1], front.memories[i - 1], front.course[i - 1]
        if m < len(rest.course) and (j, rest.course[m]) not in self.loom.links:
            return -inf
        for at in range(m, len(rest.course)):
            k = rest.course[at]
            net, mem = step_to(self.loom, j, k, mem, self.loom.strokes[k].piece in taken)
            total += net
            if alike(self.loom, mem, rest.memories[at]):
                return total + rest.worths[-1] - rest.worths[at]
            j = k
        return total


def _cuts(loom: Loom, one: Course, two: Course) -> list[tuple[int, int]]:
    """Where two courses may exchange their rests: ends given away, strokes on both, links across."""
    whole = len(one), len(two)
    out = []
    for n in range(1, min(GIVEN, whole[0] - 1) + 1):
        out += [(n, 0)] if (one[n - 1], two[0]) in loom.links else []
        out += [(whole[0] - n, whole[1])] if (two[-1], one[-n]) in loom.links else []
    for n in range(1, min(GIVEN, whole[1] - 1) + 1):
        out += [(0, n)] if (two[n - 1], one[0]) in loom.links else []
        out += [(whole[0], whole[1] - n)] if (one[-1], two[-n]) in loom.links else []
    place = {k: i for i, k in enumerate(two)}
    for i, j in enumerate(one, 1):
        if j in place:
            out.append((i, place[j] + 1))
            continue
        for k in loom.after[j] if i < len(one) else ():
            m = place.get(k, 0)
            if m > 0 and (two[m - 1], one[i]) in loom.links:
                out.append((i, m))
    return out
