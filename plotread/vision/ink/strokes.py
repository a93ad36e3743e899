"""Ink as strokes: one pixel thin, cut where they meet, each with its ends and their directions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import INK, Mask
from plotread.vision.ink.pieces import Centers, Labels, pieces_of

Points = NDArray[np.float64]
Way = tuple[float, float]  # a unit direction

APART = 0.5  # coverage that parts two dashes of a pen wide enough to reach it everywhere
THIN_PEN_PX = 1.4  # px; a thinner pen is split between two pixels, its strokes are cut at `INK`
MAX_PASSES = 60  # rounds of thinning; a stroke twice as thick is a filled area
DIRECTION_PX = 7  # px of the chain that give the direction of an end
OWN_DIRECTION_PX = 4.0  # px; a shorter stroke has no direction of its own
SPUR_WIDTHS = 1.5  # pens; a dead end this short at a meeting is a rim of the stroke
UPRIGHT_PX = 1.5  # px; a stroke that spans less in x may have been drawn up or down
CORE_SHARE = 0.75  # of the coverages along a stroke that are below its core's
PART_PX = 10.0  # px; long strokes are cut, so that two curves can share a part of one
PART_WIDTHS = 5.0
LONG_PARTS = 4  # parts; a free stroke shorter than so many is a dash and stays whole


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A piece of ink between two ends or meetings, from left to right.

    Attributes
    ----------
    chain : (N, 2) float array
        x, y of its thin line, sheet px.
    length : float
        Ink along the line, caps included, px.
    enter, leave : (float, float) or None
        Unit directions of travel at its two ends; None where it is too short to tell.
    free : (bool, bool)
        Whether it ends on paper at the left and at the right, not on other strokes.
    core : float
        Coverage along the line.
    piece : int
        The same for both senses of travel of one stroke.
    whole : float
        Length of the uncut stroke that this is a part of, px.
    parent : int
        The same for all parts of one uncut stroke.
    """

    chain: Points
    length: float
    enter: Way | None
    leave: Way | None
    free: tuple[bool, bool]
    core: float
    piece: int
    whole: float
    parent: int

    @property
    def first(self) -> tuple[float, float]:
        x, y = self.chain[0].tolist()
        return x, y

    @property
    def last(self) -> tuple[float, float]:
        x, y = self.chain[-1].tolist()
        return x, y

    @property
    def cap(self) -> float:
        """How far the ink reaches beyond either end of the chain, px."""
        if not all(self.free):
            return 0.0
        return max(self.length - _run(self.chain), 0.0) / 2


def strokes_of(alpha: NDArray[np.float32], width: float) -> list[Stroke]:
    """The strokes of one ink.

    Parameters
    ----------
    alpha : (H, W) float32
        Coverage.
    width : float
        Pen, px.

    Returns
    -------
    list of Stroke
        Those that run upright are given twice, downwards and upwards.

    Notes
    -----
    Thinning after Zhang and Suen, "A fast parallel algorithm for thinning digital patterns" (1984),
    and removal of steps after Holt et al. (1987).
    """
    mask = alpha > (APART if width >= THIN_PEN_PX else INK)
    n, of_ink, _, centers = pieces_of(mask)
    skeleton = _with_dots(thinned(mask), of_ink, centers)
    rows, columns = np.nonzero(skeleton)
    if not len(rows):
        return []
    crossings = _crossings(skeleton, rows, columns)
    joint = np.zeros_like(skeleton)
    joint[rows[crossings >= 3], columns[crossings >= 3]] = True
    meeting = cv2.dilate(joint.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    mass = _masses(alpha, n, of_ink)
    n, labels, _, _ = pieces_of(skeleton & ~joint)
    members: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for r, c in zip(rows.tolist(), columns.tolist(), strict=True):
        if labels[r, c]:
            members[labels[r, c]].append((c, r))
    out: list[Stroke] = []
    piece = 0
    for pixels in members:
        for chain in _in_order(pixels):
            parts = _strokes(alpha, chain, meeting, width, piece)
            if len({p.piece for p in parts}) == 1 and all(parts[0].free):
                x, y = (int(v) for v in chain[0])
                length = float(mass[of_ink[y, x]]) / width
                parts = [replace(p, length=length, whole=length) for p in parts]
            out.extend(parts)
            piece = max([piece, *(s.piece for s in parts)]) + 1
    return out


def thinned(mask: Mask) -> Mask:
    """The mask's strokes one pixel thin, ends and connections kept."""
    padded = np.pad(mask, 1).astype(np.uint8)
    flat = padded.ravel()
    wide = padded.shape[1]
    ring = np.array([-wide, -wide + 1, 1, wide + 1, wide, wide - 1, -1, -wide - 1])
    at = np.flatnonzero(flat)
    for _ in range(MAX_PASSES):
        before = len(at)
        for table in _THIN:
            code = (flat[at[:, None] + ring].astype(np.int32) << np.arange(8)).sum(axis=1)
            gone = table[code]
            flat[at[gone]] = 0
            at = at[~gone]
        if len(at) == before:
            break
    for table in _STEPS:
        code = (flat[at[:, None] + ring].astype(np.int32) << np.arange(8)).sum(axis=1)
        gone = table[code]
        flat[at[gone]] = 0
        at = at[~gone]
    return np.asarray(padded[1:-1, 1:-1] > 0)


def _masses(alpha: NDArray[np.float32], n: int, labels: Labels) -> NDArray[np.float64]:
    """Ink of each of n pieces, its soft rim included: finer than counting pixels."""
    rim = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8))
    inked = alpha > 0
    of = np.where(labels[inked] > 0, labels[inked], rim[inked]).astype(np.intp)
    return np.asarray(np.bincount(of, weights=alpha[inked], minlength=n), dtype=float)


def _with_dots(skeleton: Mask, labels: Labels, centers: Centers) -> Mask:
    """Thinning wipes out squares of two by two: such a dot keeps its middle pixel."""
    lost = np.ones(len(centers), dtype=bool)
    lost[labels[skeleton]] = False
    lost[0] = False
    out = skeleton.copy()
    x, y = np.floor(centers[lost] + 0.25).astype(int).T
    out[y, x] = True
    return out


def _tables() -> tuple[list[NDArray[np.bool_]], list[NDArray[np.bool_]]]:
    """Which neighbourhoods (bits: north, then clockwise) lose their middle pixel."""
    code = np.arange(256)
    bit = (code[:, None] >> np.arange(8)) & 1
    count = bit.sum(axis=1)
    rises = ((bit == 0) & (np.roll(bit, -1, axis=1) == 1)).sum(axis=1)
    n, ne, e, se, s, sw, w, nw = bit.T
    inner = (count >= 2) & (count <= 6) & (rises == 1)
    thin = [
        inner & (n * e * s == 0) & (e * s * w == 0),
        inner & (n * e * w == 0) & (n * s * w == 0),
    ]
    steps = [
        (n & e & (1 - sw) & (1 - s) & (1 - w)) > 0,
        (n & w & (1 - se) & (1 - s) & (1 - e)) > 0,
        (s & e & (1 - nw) & (1 - n) & (1 - w)) > 0,
        (s & w & (1 - ne) & (1 - n) & (1 - e)) > 0,
    ]
    return thin, steps


_THIN, _STEPS = _tables()


def _crossings(skeleton: Mask, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many strokes leave each pixel: 1 at ends, 2 along a stroke, more at meetings."""
    pad = np.pad(skeleton, 1)
    ring = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
    bit = np.stack([pad[rows + 1 + dy, columns + 1 + dx] for dy, dx in ring], axis=1)
    return np.asarray((~bit & np.roll(bit, -1, axis=1)).sum(axis=1))


def _in_order(pixels: list[tuple[int, int]]) -> list[Points]:
    """Pixels of a thin line from end to end; what a fork leaves over is a line of its own."""
    left = set(pixels)

    def around(p: tuple[int, int]) -> list[tuple[int, int]]:
        x, y = p
        near = [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
        near += [(x + 1, y + 1), (x - 1, y + 1), (x + 1, y - 1), (x - 1, y - 1)]
        return [q for q in near if q in left]

    chains = []
    while left:
        ends = [p for p in left if len(around(p)) <= 1]
        at = min(ends) if ends else min(left)
        chain = [at]
        left.discard(at)
        while near := around(at):
            at = near[0]
            chain.append(at)
            left.discard(at)
        chains.append(np.array(chain, dtype=float))
    return chains


def _strokes(
    alpha: NDArray[np.float32], chain: Points, meeting: Mask, width: float, piece: int
) -> list[Stroke]:
    x, y = chain[:, 0].astype(int), chain[:, 1].astype(int)
    ends = np.array([x[0], x[-1]]), np.array([y[0], y[-1]])
    met = meeting[ends[1], ends[0]]
    run = _run(chain)
    if met.sum() == 1 and run < SPUR_WIDTHS * width:
        return []
    core = _share_below(alpha[y, x], CORE_SHARE)
    chain = _centered(alpha, chain) if run < OWN_DIRECTION_PX else _smooth(chain)
    caps = 0.5 * width * (~met).astype(float)
    if not met.any():
        caps = np.maximum(caps, (width - run) / 2)
    whole = run + float(caps.sum())
    if chain[0, 0] > chain[-1, 0]:
        chain, met, caps = chain[::-1], met[::-1], caps[::-1]
    out = []
    size = max(PART_PX, PART_WIDTHS * width)
    parts = max(int(run / (2 * size)) * 2, 1) if met.any() or run > LONG_PARTS * size else 1
    cuts = np.linspace(0, len(chain), parts + 1).round().astype(int)
    for k in range(parts):
        part = chain[cuts[k] : cuts[k + 1]]
        step = _run(part)
        first, last = k == 0, k == parts - 1
        length = step + (0 if last else 1) + (caps[0] if first else 0) + (caps[1] if last else 0)
        free = (first and not bool(met[0]), last and not bool(met[1]))
        backward = part[0, 0] > part[-1, 0]
        way = part[::-1] if backward else part
        sense = free[::-1] if backward else free
        out.append(_directed(way, length, sense, core, piece + k, step, whole, piece))
        if abs(part[-1, 0] - part[0, 0]) < UPRIGHT_PX and step >= OWN_DIRECTION_PX:
            out.append(_directed(way[::-1], length, sense[::-1], core, piece + k, step, whole, piece))
    return out


def _run(chain: Points) -> float:
    """Length of a chain, px."""
    step = chain[1:] - chain[:-1]
    return float(np.hypot(step[:, 0], step[:, 1]).sum())


def _share_below(values: NDArray[np.float32], share: float) -> float:
    """The value below which a share of the values lies; numpy's own takes ten times as long for a few."""
    ascending: list[float] = np.sort(values).tolist()
    at = share * (len(ascending) - 1)
    low = int(at)
    high = min(low + 1, len(ascending) - 1)
    return ascending[low] + (at - low) * (ascending[high] - ascending[low])


def _centered(alpha: NDArray[np.float32], chain: Points) -> Points:
    """A dot's middle from its ink, to a fraction of a pixel."""
    (x0, y0), (x1, y1) = chain.min(axis=0).astype(int), chain.max(axis=0).astype(int)
    y0, x0 = max(y0 - 1, 0), max(x0 - 1, 0)
    box = alpha[y0 : y1 + 2, x0 : x1 + 2]
    total = float(box.sum())
    middle = np.array([
        float((box.sum(axis=0) * np.arange(box.shape[1])).sum()) / total + x0,
        float((box.sum(axis=1) * np.arange(box.shape[0])).sum()) / total + y0,
    ])  # fmt: skip
    return np.asarray(chain - chain.mean(axis=0) + middle)


def _smooth(chain: Points) -> Points:
    """The steps of the pixels evened out over five of them."""
    if len(chain) < 5:
        return chain
    out = chain.copy()
    total = np.cumsum(np.concatenate([np.zeros((1, 2)), chain]), axis=0)
    out[2:-2] = (total[5:] - total[:-5]) / 5
    out[1], out[-2] = chain[:3].mean(axis=0), chain[-3:].mean(axis=0)
    return out


def _directed(
    chain: Points,
    length: float,
    free: tuple[bool, bool],
    core: float,
    piece: int,
    run: float,
    whole: float,
    parent: int,
) -> Stroke:
    enter = leave = None
    if run >= OWN_DIRECTION_PX:
        k = min(DIRECTION_PX, len(chain) - 1)
        enter, leave = _unit(chain[0], chain[k]), _unit(chain[-1 - k], chain[-1])
    return Stroke(chain, length, enter, leave, free, core, piece, whole, parent)


def _unit(a: Points, b: Points) -> Way:
    """The direction from a to b."""
    x, y = (b - a).tolist()
    size = hypot(x, y)
    return x / size, y / size
