"""Choose among proposed rectangles by the numbers that stand beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plotread.geometry import Frame
from plotread.vision.types import Mask, TextBox
from plotread.vision.panels.boxes import Proposal
from plotread.vision.panels.labels import Label, Progression, agree, beside

COVER_FULL = 0.8  # share of a side that its labels span when the side is theirs
W_COVER, W_INLIERS, W_BEYOND, W_SIDES, W_COUNT = 3.0, 2.0, 2.5, 0.5, 0.12  # weights of the choice
CLASH = 0.25  # of the smaller of two frames: overlap from which they exclude each other
SURE_SIDES = 6.0  # sides worth at which two labels an axis suffice
LABELS_WITHOUT_SIDES = 5  # labels in all where the sides are weaker
ONE_AXIS_LABELS, ONE_AXIS_COVER = 4, 0.6  # one readable axis: labels and share of the side
INK_SHARE, INK_DEPTH_HEIGHTS, INK_DEEP = 0.08, 0.35, 0.5  # thick fill: bars, matrices, pies


@dataclass(frozen=True, slots=True)
class Candidate:
    frame: Frame
    sides: float
    stack: bool
    x: tuple[tuple[Label, ...], Progression] | None
    y: tuple[tuple[Label, ...], Progression] | None
    y2: tuple[tuple[Label, ...], Progression] | None
    score: float


def choose(proposals: list[Proposal], numbers: tuple[TextBox, ...], ink: Mask, height: float) -> list[Candidate]:
    """Panels: frames with numbers along their sides, none overlapping another by much."""
    memo: dict[tuple[object, ...], Progression | None] = {}
    candidates = []
    for proposal in proposals:
        found = {}
        for side in ("x", "y", "y2"):
            labels = beside(proposal.frame, numbers, side, height)
            key = (side, *(id(label.box) for label in labels))
            if key not in memo:
                memo[key] = agree(labels, height)
            progression = memo[key]
            found[side] = (tuple(labels), progression) if progression is not None else None
        candidate = _judge(proposal, found, numbers, height)
        if candidate is not None:
            candidates.append(candidate)
    candidates.sort(key=lambda c: (c.stack, -c.score, c.frame.top, c.frame.left))
    kept: list[Candidate] = []
    for candidate in candidates:
        if any(_clash(candidate.frame, other.frame) for other in kept):
            continue
        if (candidate.x is None or candidate.y is None) and _thick(candidate.frame, ink, height):
            continue
        kept.append(candidate)
    return kept


def _judge(proposal, found, numbers, height):
    frame, sides = proposal.frame, proposal.sides
    parts = {}
    for side in ("x", "y", "y2"):
        if found[side] is None:
            continue
        labels, p = found[side]
        length = frame.width if side == "x" else frame.height
        at = [labels[i].position for i in p.members]
        cover = min(1.0, (max(at) - min(at)) / (COVER_FULL * length))
        inliers = len(p.members) / p.total
        if len(p.members) == 2 and p.total >= 4:
            continue
        beyond = _beyond(frame, labels, p, numbers, side, height)
        parts[side] = (W_COVER * cover + W_INLIERS * inliers * (1 - 1 / len(p.members)) - W_BEYOND * beyond + W_COUNT * len(p.members),
                       len(p.members), cover)  # fmt: skip
    y_side = "y" if "y" in parts else "y2" if "y2" in parts else None
    x = parts.get("x")
    y = parts.get(y_side) if y_side else None
    if x and y:
        if not (sides >= SURE_SIDES or x[1] + y[1] >= LABELS_WITHOUT_SIDES):
            return None
    else:
        one = x or y
        if one is None or sides < SURE_SIDES or one[1] < ONE_AXIS_LABELS or one[2] < ONE_AXIS_COVER:
            return None
    score = W_SIDES * sides + sum(parts[s][0] for s in ("x", y_side) if s in parts)
    return Candidate(frame, sides, proposal.stack, found["x"] if x else None, found["y"] if "y" in parts else None,
                     found["y2"] if "y2" in parts else None, score)  # fmt: skip


def _beyond(frame, labels, p, numbers, side, height):
    """Share of further numbers in line that continue the progression past the frame's ends."""
    lo, hi = (frame.left, frame.right) if side == "x" else (frame.top, frame.bottom)
    members = [labels[i] for i in p.members]
    more = 0
    boxes = {id(m.box) for m in members}
    if side == "x":
        row = float(np.median([m.box.box.center[1] for m in members]))
    elif side == "y":
        row = float(np.median([m.box.box.x1 for m in members]))
    else:
        row = float(np.median([m.box.box.x0 for m in members]))
    from plotread.numerals import readings

    for box in numbers:
        if id(box) in boxes:
            continue
        cx, cy = box.box.center
        along, align = (cx, cy) if side == "x" else (cy, box.box.x1 if side == "y" else box.box.x0)
        if abs(align - row) > 0.55 * height or lo - 0.7 * height <= along <= hi + 0.7 * height:
            continue
        for v in readings(box.text):
            linear = v if p.kind == "linear" else np.log10(v) if v > 0 else np.nan
            if abs((linear - p.offset) / p.slope - along) <= max(1.8, 0.14 * height):
                more += 1
                break
    return more / (more + len(members))


def _clash(a: Frame, b: Frame) -> bool:
    w = min(a.right, b.right) - max(a.left, b.left)
    h = min(a.bottom, b.bottom) - max(a.top, b.top)
    if w <= 0 or h <= 0:
        return False
    return w * h > CLASH * min(a.width * a.height, b.width * b.height)


def _thick(frame: Frame, ink: Mask, height: float) -> bool:
    """Whether the ink inside is mostly deep fill, as in bars, matrices and pies."""
    import cv2

    box = frame.inner().pad(-2)
    inside = ink[box.slices].astype(np.uint8)
    if inside.size == 0 or inside.mean() <= INK_SHARE:
        return False
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    return bool((depth > INK_DEPTH_HEIGHTS * height).sum() > INK_DEEP * inside.sum())
