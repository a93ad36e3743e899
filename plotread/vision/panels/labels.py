"""Which numbers stand along which side of a rectangle, and the progression they agree on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from plotread.geometry import Frame, cluster
from plotread.vision.types import TextBox
from plotread.numerals import readings

REACH_HEIGHTS = 3.2  # text heights between a side and its labels at most
ALIGN_HEIGHTS = 0.55  # text heights: labels of one axis line up this well
BEYOND_HEIGHTS = 0.7  # text heights: a label's centre may stand this far past a corner
TOLERANCE_PX, TOLERANCE_HEIGHTS = 1.8, 0.14  # a label's centre from its place on the scale
MAX_PAIRS_FROM = 24  # labels; with more, only pairs of every other label are tried
LOG_POWER_SHARE = 0.5  # a log scale wins ties only when this share of labels are powers of ten


@dataclass(frozen=True, slots=True)
class Label:
    """A tick label beside a side: its place along the axis, and all values it may mean."""

    position: float  # px along the axis, centre of the (base) text
    values: tuple[float, ...]
    text: str
    box: TextBox


@dataclass(frozen=True, slots=True)
class Progression:
    """Labels that agree on one scale.  ``linear = slope * px + offset``."""

    kind: str  # linear or log
    slope: float
    offset: float
    members: tuple[int, ...]  # indices into the labels
    values: tuple[float, ...]  # the reading of each member that fits
    total: int  # numbers in the column or row


def beside(frame: Frame, numbers: tuple[TextBox, ...], side: str, height: float) -> list[Label]:
    """The aligned numbers outside one side ("x", "y" or "y2") of a frame."""
    reach, slack = REACH_HEIGHTS * height, 0.25 * height
    rows = []
    for box in numbers:
        b = box.box
        cx, cy = b.center
        if side == "y":
            ok = frame.left - reach <= b.x1 <= frame.left + slack
            along, align = _base_center(box, height), float(b.x1)
        elif side == "y2":
            ok = frame.right - slack <= b.x0 <= frame.right + reach
            along, align = _base_center(box, height), float(b.x0)
        else:
            ok = frame.bottom - slack <= b.y0 <= frame.bottom + reach
            along, align = cx, cy if "^" not in box.text else b.y1 - height / 2
        lo, hi = (frame.left, frame.right) if side == "x" else (frame.top, frame.bottom)
        if ok and lo - BEYOND_HEIGHTS * height <= along <= hi + BEYOND_HEIGHTS * height:
            values = readings(box.text)
            if values:
                rows.append((align, Label(along, values, box.text, box)))
    if not rows:
        return []
    groups = cluster([r[0] for r in rows], ALIGN_HEIGHTS * height)
    best = max(groups, key=lambda g: len(g))
    return sorted((rows[i][1] for i in best), key=lambda label: label.position)


def _base_center(box: TextBox, height: float) -> float:
    """Vertical centre of the digits on the baseline, a superscript left out."""
    b = box.box
    if "^" in box.text and b.height > 1.2 * height:
        return b.y1 - 0.5 - height / 2
    return b.center[1]


def agree(labels: list[Label], height: float) -> Progression | None:
    """The scale on which most labels agree (two-point consensus over all pairs of readings)."""
    if len(labels) < 2:
        return None
    tolerance = max(TOLERANCE_PX, TOLERANCE_HEIGHTS * height)
    px = np.array([label.position for label in labels])
    width = max(len(label.values) for label in labels)
    values = np.full((len(labels), width), np.nan)
    for i, label in enumerate(labels):
        values[i, : len(label.values)] = label.values
    powers = np.mean(["^" in label.text or "e" in label.text.lower() or _power(label.values) for label in labels])
    best: tuple[tuple[float, ...], Progression] | None = None
    for kind in ("linear", "log"):
        with np.errstate(divide="ignore", invalid="ignore"):
            linear = values if kind == "linear" else np.log10(np.where(values > 0, values, np.nan))
        found = _consensus(px, linear, tolerance)
        if found is None:
            continue
        members, choice, slope, offset, rms = found
        if kind == "log" and len(members) == 2 and powers < 1:
            continue
        prefer = float(powers > LOG_POWER_SHARE) if kind == "log" else 0.5
        # Equal counts: powers of ten speak for log, else linear.
        key = (len(members), prefer, -rms)
        progression = Progression(
            kind, slope, offset, tuple(members), tuple(float(values[i, c]) for i, c in zip(members, choice)), len(labels)
        )
        if best is None or key > best[0]:
            best = (key, progression)
    return best[1] if best else None


def _power(values: tuple[float, ...]) -> bool:
    v = values[0]
    return v > 0 and abs(np.log10(v) - round(np.log10(v))) < 1e-9 and v != 1.0 and v != 10.0


def _consensus(px, linear, tolerance):
    n, width = linear.shape
    best = None
    step = 1 if n <= MAX_PAIRS_FROM else 2
    for i, j in combinations(range(0, n, step), 2):
        if px[j] - px[i] < 2 * tolerance:
            continue
        for a in range(width):
            for b in range(width):
                if not (np.isfinite(linear[i, a]) and np.isfinite(linear[j, b])) or linear[i, a] == linear[j, b]:
                    continue
                slope = (linear[j, b] - linear[i, a]) / (px[j] - px[i])
                offset = linear[i, a] - slope * px[i]
                miss = np.abs((linear - offset) / slope - px[:, None])
                miss = np.where(np.isfinite(miss), miss, np.inf)
                choice = miss.argmin(axis=1)
                least = miss[np.arange(n), choice]
                inside = np.flatnonzero(least <= tolerance)
                key = (len(inside), -a - b, -float(np.sqrt((least[inside] ** 2).mean())))
                if best is None or key > best[0]:
                    best = (key, inside, choice[inside])
    if best is None or len(best[1]) < 2:
        return None
    members, choice = best[1], best[2]
    target = linear[members, choice]
    if np.ptp(target) == 0:
        return None
    slope, offset = np.polyfit(px[members], target, 1)
    rms = float(np.sqrt((((target - offset) / slope - px[members]) ** 2).mean()))
    return members.tolist(), choice.tolist(), float(slope), float(offset), rms
