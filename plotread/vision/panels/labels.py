"""Which numbers stand along which side of a rectangle, and the progression they agree on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Frame, cluster
from plotread.model import Floats
from plotread.numerals import readings
from plotread.vision.types import TextBox

REACH_HEIGHTS = 3.2  # text heights between a side and its labels at most
OVERLAP_HEIGHTS = 0.25  # text heights that a label may reach into the frame
ALIGN_HEIGHTS = 0.55  # text heights: labels of one axis line up this well
MINOR_HEIGHTS = 1.0  # text heights by which labels of minor ticks stand nearer than those of whole decades
BEYOND_HEIGHTS = 0.7  # text heights: a label's center may stand this far past a corner
TOLERANCE_PX, TOLERANCE_HEIGHTS = 1.8, 0.14  # a label's center from its place on the scale
PAIRS_AT_ONCE = 256  # pairs of labels whose lines are compared in one go, to spare memory
MAX_PAIRS_FROM = 24  # labels; with more, only pairs of every other label are tried
LOG_POWER_SHARE = 0.5  # a log scale wins ties only when this share of labels are powers of ten
LINEAR_PREFERENCE = 0.5  # what a linear scale has to set against that share

DECIMAL_COMMAS = 2  # numbers such as "0,5" in a picture, beside which "5.000" is five thousand

_DECIMAL = re.compile(r"-?\d+\.\d+")
_SCIENTIFIC = re.compile(r"\^|\de[-+−]?\d", re.IGNORECASE)  # the "e" of "Dec 21" is none
_COMMA = re.compile(r"-?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))")  # "1,250" may be a thousand
_EXPONENT = re.compile(r"10\^-?(\d)$")
_ALIKE = {"5": "6", "6": "5", "8": "6", "3": "5", "9": "5"}  # small digits taken for each other
_POWER = re.compile(r"10\^[1-9]")
_LOG_LABELS = {"major": re.compile(r"10\^-?\d+"), "minor": re.compile(r"[2-9]×10\^-?\d+")}
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")

Side = Literal["x", "x2", "y", "y2"]  # below, above, to the left, to the right of a frame
LEVEL: tuple[Side, ...] = ("x", "x2")
AXIS_LABELS, AXIS_HEIGHTS = 4, 8.0  # a row of numbers that is an axis: labels, text heights


@dataclass(frozen=True, slots=True)
class Label:
    """A tick label beside a side: its place along the axis, and all values it may mean."""

    position: float  # px along the axis, center of the (base) text
    values: tuple[float, ...]
    text: str
    box: TextBox


@dataclass(frozen=True, slots=True)
class Progression:
    """Labels that agree on one scale.  ``linear = slope * px + offset``."""

    kind: Literal["linear", "log", "date"]
    slope: float
    offset: float
    members: tuple[int, ...]  # indices into the labels
    values: tuple[float, ...]  # the reading of each member that fits
    total: int  # numbers in the column or row


@dataclass(frozen=True, slots=True, eq=False)
class Lineup:
    """All numbers of a picture as labels of one kind of side, their places measured once.

    Attributes
    ----------
    labels : tuple of Label
        By position.
    along, across, edge : (N,) float array
        Px along the axis, the coordinate in which a row or column lines up, and the edge of the
        text that faces the frame.
    """

    side: Side
    height: float
    labels: tuple[Label, ...]
    along: Floats
    across: Floats
    edge: Floats


def line_up(numbers: tuple[TextBox, ...], side: Side, height: float) -> Lineup:
    """Numbers as they would stand along one side; `height` is the text height in px."""
    found = []
    commas = sum(bool(_COMMA.fullmatch(box.text)) for box in numbers) >= DECIMAL_COMMAS
    for box in numbers:
        along, across = _place(box, side, height)
        values = readings(box.text) or _lost_point(box.text)
        if _POWER.fullmatch(box.text):
            values = (*values, 1 / values[0])  # the minus of an exponent is a pixel or two, easily lost
        if values and (exponent := _EXPONENT.search(box.text)):
            values = (*values, *_misread(values[0], exponent[1]))
        if commas and _THOUSANDS.fullmatch(box.text):
            values = tuple(sorted(values, reverse=True))
        if values:
            b = box.box
            edge = float({"x": b.y0, "x2": b.y1, "y": b.x1, "y2": b.x0}[side])
            found.append((along, across, edge, Label(along, values, box.text, box)))
    found.sort(key=lambda item: item[:3])
    at = np.array([item[:3] for item in found], dtype=np.float64).reshape(-1, 3)
    return Lineup(side, height, tuple(item[3] for item in found), at[:, 0], at[:, 1], at[:, 2])


def beside(frame: Frame, lineup: Lineup, least: int = 2) -> list[list[Label]]:
    """The columns or rows of numbers outside one side of a frame, the nearest to it first.

    Labels within each are in the order of their pixels; fewer than `least` are no axis.
    """
    height = lineup.height
    reach, over = REACH_HEIGHTS * height, OVERLAP_HEIGHTS * height
    if lineup.side == "y":
        near = (lineup.edge >= frame.left - reach) & (lineup.edge <= frame.left + over)
    elif lineup.side == "y2":
        near = (lineup.edge >= frame.right - over) & (lineup.edge <= frame.right + reach)
    elif lineup.side == "x2":
        near = (lineup.edge >= frame.top - reach) & (lineup.edge <= frame.top + over)
    else:
        near = (lineup.edge >= frame.bottom - over) & (lineup.edge <= frame.bottom + reach)
    rows = np.flatnonzero(near & _within(frame, lineup))
    groups = _with_minor(cluster(lineup.across[rows].tolist(), ALIGN_HEIGHTS * height), rows, lineup)
    if lineup.side in ("y", "x2"):
        groups.reverse()
    return [[lineup.labels[rows[i]] for i in sorted(group)] for group in groups if len(group) >= least]


def _with_minor(groups: list[list[int]], rows: NDArray[np.intp], lineup: Lineup) -> list[list[int]]:
    """Powers of ten in one group with their multiples: minor ticks are shorter, their labels nearer."""
    out: list[list[int]] = []
    written = ""
    for group in groups:
        texts = [lineup.labels[rows[i]].text for i in group]
        kind = next((k for k, p in _LOG_LABELS.items() if all(p.fullmatch(text) for text in texts)), "")
        apart = lineup.across[rows[group]].min() - lineup.across[rows[out[-1]]].max() if out else np.inf
        if apart <= MINOR_HEIGHTS * lineup.height and {kind, written} == set(_LOG_LABELS):
            out[-1] = [*out[-1], *group]
        else:
            out.append(group)
        written = kind
    return out


def _within(frame: Frame, lineup: Lineup) -> NDArray[np.bool_]:
    """Which numbers stand between the ends of a side, or hardly past them."""
    lo, hi = (frame.left, frame.right) if lineup.side in LEVEL else (frame.top, frame.bottom)
    slack = BEYOND_HEIGHTS * lineup.height
    return (lineup.along >= lo - slack) & (lineup.along <= hi + slack)


def _lost_point(text: str) -> tuple[float, ...]:
    """What "0440" meant among "0.400" and "0.480": a decimal point is a pixel or two, easily lost."""
    digits = text.lstrip("-")
    if len(digits) < 2 or not digits.isdigit() or digits[0] != "0":
        return ()
    return ((-1.0 if text[0] == "-" else 1.0) * float(f"0.{digits[1:]}"),)


def _misread(value: float, digit: str) -> tuple[float, ...]:
    """What a number meant if the small digit of its exponent is another one that looks like it."""
    if digit not in _ALIKE:
        return ()
    sign = -1 if abs(value) < 1 else 1
    return (value * 10.0 ** (sign * (int(_ALIKE[digit]) - int(digit))),)


def beyond(frame: Frame, labels: tuple[Label, ...], p: Progression, lineup: Lineup) -> int:
    """How many further numbers in line continue the progression past the frame's ends."""
    own = {id(labels[i].box) for i in p.members}
    row = median(_place(labels[i].box, lineup.side, lineup.height)[1] for i in p.members)
    further = (np.abs(lineup.across - row) <= ALIGN_HEIGHTS * lineup.height) & ~_within(frame, lineup)
    return sum(
        any(_fits(p, value, label.position, lineup.height) for value in label.values)
        for label in (lineup.labels[i] for i in np.flatnonzero(further))
        if id(label.box) not in own
    )


def within(frame: Frame, p: Progression, lineup: Lineup) -> int:
    """How many numbers inside a frame stand on the scale of its own labels: those of a panel it swallowed."""
    inside = (lineup.across > frame.top) & (lineup.across < frame.bottom - lineup.height)
    inside &= _within(frame, lineup)
    return sum(
        any(_fits(p, value, label.position, lineup.height) for value in label.values)
        for label in (lineup.labels[i] for i in np.flatnonzero(inside))
    )


def swallowed(frame: Frame, lineup: Lineup) -> bool:
    """Whether a whole axis of numbers runs across the inside of a frame: it is that of a panel above."""
    inside = (lineup.across > frame.top + lineup.height) & (lineup.across < frame.bottom - lineup.height)
    rows = np.flatnonzero(inside & _within(frame, lineup))
    if len(rows) < AXIS_LABELS:
        return False
    for group in cluster(lineup.across[rows].tolist(), ALIGN_HEIGHTS * lineup.height):
        row = [lineup.labels[rows[i]] for i in sorted(group)]
        falls = [k for k in range(1, len(row)) if row[k].values[0] < row[k - 1].values[0]]  # the next axis
        for start, end in pairwise([0, *falls, len(row)]):
            run = row[start:end]
            if len(run) < AXIS_LABELS or run[-1].position - run[0].position < AXIS_HEIGHTS * lineup.height:
                continue
            scale = agree(run, lineup.height)
            if scale is not None and len(scale.members) == len(run):
                return True
    return False


def _fits(p: Progression, value: float, px: float, height: float) -> bool:
    if p.kind == "log" and value <= 0:
        return False
    linear = np.log10(value) if p.kind == "log" else value
    return bool(abs((linear - p.offset) / p.slope - px) <= max(TOLERANCE_PX, TOLERANCE_HEIGHTS * height))


def _place(box: TextBox, side: Side, height: float) -> tuple[float, float]:
    """Where a label stands along the axis, and the coordinate in which its row or column lines up."""
    b = box.box
    base = b.center[1]
    if "^" in box.text and box.angle == 0 and b.height > 1.2 * height:  # center the base, not the superscript
        base = b.y1 - 0.5 - height / 2
    if side in LEVEL:
        return b.center[0], base
    return base, float(b.x1 if side == "y" else b.x0)


def agree(labels: list[Label], height: float) -> Progression | None:
    """The scale on which most labels agree (two-point consensus over all pairs of readings).

    Returns
    -------
    Progression or None
        None where no two labels can stand on one scale.  Equal counts: powers of ten speak for a
        log scale, everything else for a linear one.
    """
    if len(labels) < 2:
        return None
    tolerance = max(TOLERANCE_PX, TOLERANCE_HEIGHTS * height)
    px = np.array([label.position for label in labels])
    sure = np.array([label.box.confidence for label in labels])
    meant = _with_points(labels)
    values = np.full((len(labels), max(map(len, meant))), np.nan)
    for i, own in enumerate(meant):
        values[i, : len(own)] = own
    # 1 and 10 stand on any axis, but no linear one has ticks at these two alone, nine apart.
    lone = len(labels) == 2 and all(power_of_ten(label.values[0]) for label in labels)
    powers = 1.0 if lone else float(np.mean([_is_power(label) for label in labels]))
    best: tuple[tuple[float, ...], Progression] | None = None
    kinds: tuple[Literal["linear", "log"], ...] = ("linear", "log")
    for kind in kinds:
        with np.errstate(divide="ignore", invalid="ignore"):
            linear = values if kind == "linear" else np.log10(np.where(values > 0, values, np.nan))
        found = _consensus(px, linear, sure, tolerance)
        if found is None or (kind == "log" and len(found.members) == 2 and powers < 1):
            continue
        prefer = float(powers > LOG_POWER_SHARE) if kind == "log" else LINEAR_PREFERENCE
        chosen = tuple(float(values[i, c]) for i, c in zip(found.members, found.choice, strict=True))
        progression = Progression(kind, found.slope, found.offset, found.members, chosen, len(labels))
        key = (len(found.members), prefer, -found.rms)
        if best is None or key > best[0]:
            best = (key, progression)
    if best is None or _all_lost([labels[i] for i in best[1].members]):
        return None
    return best[1]


def _with_points(labels: list[Label]) -> list[tuple[float, ...]]:
    """What each label may mean, "980" also 98.0 where others beside it have one decimal."""
    places = [len(label.text.split(".")[1]) for label in labels if _DECIMAL.fullmatch(label.text)]
    if not places:
        return [label.values for label in labels]
    usual = max(sorted(set(places)), key=places.count)
    out = []
    for label in labels:
        digits = label.text.lstrip("-")
        lost = digits.isdigit() and len(digits) > usual and label.values
        out.append((*label.values, label.values[0] / 10.0**usual) if lost else label.values)
    return out


def _all_lost(labels: list[Label]) -> bool:
    """Whether decimal points were supplied where no label shows one: days "03", "05" are no tenths."""
    lost = any(label.values == _lost_point(label.text) for label in labels)
    return lost and not any("." in label.text or "," in label.text for label in labels)


def _is_power(label: Label) -> bool:
    """Whether a label is written as a power, or is one of ten (1 and 10 stand on any axis)."""
    v = label.values[0]
    return written_as_power(label.text) or (v not in (1.0, 10.0) and power_of_ten(v))


def written_as_power(text: str) -> bool:
    """Whether a label shows an exponent, such as 10^3 or 1e-3."""
    return _SCIENTIFIC.search(text) is not None


def power_of_ten(value: float) -> bool:
    """Whether a value is a whole power of ten."""
    return value > 0 and bool(abs(np.log10(value) - round(np.log10(value))) < 1e-9)


@dataclass(frozen=True, slots=True)
class _Consensus:
    members: tuple[int, ...]
    choice: tuple[int, ...]
    slope: float
    offset: float
    rms: float


def _consensus(px: Floats, linear: Floats, sure: Floats, tolerance: float) -> _Consensus | None:
    """Most labels on one straight line; `linear` (n, readings) with NaN where a label has fewer.

    Of lines through as many, that for which the labels read least surely (`sure`, (n,)) meant else.
    """
    tried = np.arange(0, len(px), 1 if len(px) <= MAX_PAIRS_FROM else 2)
    i, j = (tried[of] for of in np.triu_indices(len(tried), 1))
    apart = px[j] - px[i] >= 2 * tolerance
    i, j = i[apart], j[apart]
    best: tuple[tuple[float, ...], NDArray[np.intp], NDArray[np.intp]] | None = None
    for k in range(0, len(i), PAIRS_AT_ONCE):
        found = _best_pair(px, linear, sure, tolerance, i[k : k + PAIRS_AT_ONCE], j[k : k + PAIRS_AT_ONCE])
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None or len(best[1]) < 2:
        return None
    members, choice = best[1], best[2]
    target = linear[members, choice]
    if np.ptp(target) == 0:
        return None
    slope, offset = (float(v) for v in np.polyfit(px[members], target, 1))
    rms = float(np.sqrt((((target - offset) / slope - px[members]) ** 2).mean()))
    return _Consensus(tuple(members.tolist()), tuple(choice.tolist()), slope, offset, rms)


def _best_pair(
    px: Floats, linear: Floats, sure: Floats, tolerance: float, i: NDArray[np.intp], j: NDArray[np.intp]
) -> tuple[tuple[float, ...], NDArray[np.intp], NDArray[np.intp]] | None:
    """Of the lines through labels i and j, in all their readings, the one on which most labels stand.

    Returns its rank, those labels, and which reading of each fits.
    """
    rise = linear[j][:, None, :] - linear[i][:, :, None]
    pair, a, b = np.nonzero(np.isfinite(rise) & (rise != 0))
    if len(pair) == 0:
        return None
    slope = rise[pair, a, b] / (px[j] - px[i])[pair]
    from_px, from_value = px[i][pair, None], linear[i][pair, a, None, None]
    miss = np.abs((linear - from_value) / slope[:, None, None] - (px - from_px)[:, :, None])
    miss = np.where(np.isfinite(miss), miss, np.inf)
    least = miss.min(axis=2)
    inside = least <= tolerance
    count = inside.sum(axis=1)
    rms = np.sqrt((np.where(inside, least, 0.0) ** 2).sum(axis=1) / np.maximum(count, 1))
    changed = np.round(a * sure[i][pair] + b * sure[j][pair], 1)  # finer, and how well it fits says more
    k = int(np.lexsort((rms, changed, -count))[0])
    members = np.flatnonzero(inside[k])
    return (float(count[k]), -float(changed[k]), -float(rms[k])), members, miss[k, members].argmin(axis=1)
