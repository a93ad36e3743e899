"""Open frames: where only gridlines tell the plot area, curves may run past the outermost one.

Lines end where the plot area does, so a side at which crossing lines end is closed.  Where they run
past the outermost line, or where none crosses it, ink in the colors of the curves tells how far the
plot area reaches: such that starts inside and crosses the side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from plotread.geometry import Box, Frame, cluster
from plotread.vision.panels.reach import LEAST_PX, Strip, axis_end, reach
from plotread.vision.pixels import INK_CONTRAST
from plotread.vision.types import Line, Mask, RGBImage

SideName = Literal["left", "top", "right", "bottom"]
SIDES: tuple[SideName, ...] = ("top", "bottom", "left", "right")

ALONG_COVER = 0.5  # share of a side that a gridline along it covers
CROSS_COVER = 0.9  # share of the depth that a crossing line covers; steep flanks run less high
SAME_LINE_PX = 3.0  # places of one line: its two edges, or both
END_TOLERANCE_PX = 3.0  # px outside the frame up to which lines are its own
PAST_PX, PAST_HEIGHTS = 1.5, (0.15, 1.2)  # px, text heights by which lines run on past no side of theirs
START_SHARE = 0.02  # of the frame's width: the ticks of numbered gridlines reach so far beyond the others
SEVERAL = 2  # crossing lines that tell where the plot area ends; one may be a spike, or an axis
TOGETHER_COVER = 0.5  # share of the depth, of lines that end together past a side that curves hid
TOGETHER_PITCHES = 1.25  # spacings of the grid past a side at which they end at most
PITCHES = 1.0  # spacings of the grid that a curve may run past its last line
MARKER_HEIGHTS = 1.5  # text heights of a mark that covers the end of an axis
TICK_PX = 1.5  # px: ink that ends so near the end of the ticks is theirs
SPINE = 1.5  # times as far from the paper as the gridlines: a line on a side that is none of them
IN_SIGHT = 0.3  # of the pixels along a line: at least so many show it and no curve
TURN, TURN_PX = 1.5, (2, 16)  # times a gridline's contrast, and px: a tick's; px above the side looked at
PAPER_PX = 5  # px beside a line, where its paper is

OPPOSITE: dict[SideName, SideName] = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class _Opening:
    """How far a side may move out, px.

    `line_end` is where crossing lines tell its place, `axis` the only line that crosses it, and
    `onward` how far gridlines without a number go on beyond it.
    """

    limit: float
    line_end: float | None = None
    axis: float | None = None
    ticked: bool = False
    onward: float = 0.0


def stretch(
    frame: Frame, lines: Sequence[Line], rgb: RGBImage, ink: Mask, height: float,
    boxes: Sequence[Box] = (), others: Sequence[Frame] = (),
) -> tuple[Frame, bool]:  # fmt: skip
    """Move open sides of a frame out to the ink that crosses them.

    Parameters
    ----------
    frame : Frame
    lines : sequence of Line
    rgb : (H, W, 3) uint8
    ink : (H, W) bool array
    height : float
        Text height, px.
    boxes : sequence of Box
        Numbers, whose ink is no curve's.
    others : sequence of Frame
        Other panels, which no side runs into.

    Returns
    -------
    frame : Frame
    loose : bool
        Whether a side was moved to a place that rests on the curves alone.
    """
    found = {side: _opening(frame, side, lines, rgb, height) for side in SIDES}
    openings = {side: opening for side, opening in found.items() if opening is not None}
    if not openings:
        return frame, False
    for side, opening in openings.items():
        frame = replace(frame, **{side: getattr(frame, side) + opening.onward * _outward(side)})
    out, curves = frame, ink.copy()
    loose = any(opening.onward > 0 for opening in openings.values())
    for box in boxes:
        curves[box.clip(ink.shape[1], ink.shape[0]).slices] = False
    for side, opening in openings.items():
        strip = _strip(frame, side, lines, rgb, curves)
        room = _room(frame, side, others)
        if opening.axis is not None:
            moved = min(axis_end(strip, opening.axis, opening.limit), room)
        else:
            moved = reach(strip, min(opening.limit, room))
        ticks = opening.ticked and moved >= opening.limit - TICK_PX
        if moved <= LEAST_PX or ticks or (opening.line_end or 0.0) > room:
            continue
        moved = moved if opening.line_end is None else opening.line_end
        loose |= opening.line_end is None and opening.axis is None
        out = replace(out, **{side: getattr(frame, side) + moved * _outward(side)})
    return out, loose


def _outward(side: SideName) -> int:
    return 1 if side in ("right", "bottom") else -1


def _opening(
    frame: Frame, side: SideName, lines: Sequence[Line], rgb: RGBImage, height: float
) -> _Opening | None:
    """How far a side may move, None where it is closed."""
    level, out, at = side in ("top", "bottom"), _outward(side), getattr(frame, side)
    first, last = (frame.left, frame.right) if level else (frame.top, frame.bottom)
    low, high = (frame.top, frame.bottom) if level else (frame.left, frame.right)
    least, most = max(PAST_PX, PAST_HEIGHTS[0] * height), PAST_HEIGHTS[1] * height
    ends: dict[float, float] = {}
    partly: dict[float, float] = {}
    for line in lines:
        inside = first - END_TOLERANCE_PX <= line.position <= last + END_TOLERANCE_PX
        cover = (min(line.end, high) - max(line.start, low)) / (high - low)
        past = ((line.end if out > 0 else line.start) - at) * out
        if line.horizontal == level or not inside or past <= -least:
            continue
        # The same line may have been joined to those of other panels: its shortest version counts.
        for told, share in ((ends, CROSS_COVER), (partly, TOGETHER_COVER)):
            if cover > share:
                told[line.position] = min(past, told.get(line.position, np.inf))
    along = [
        line.position
        for line in lines
        if line.horizontal == level
        and low - 1 <= line.position <= high + 1
        and min(line.end, last) - max(line.start, first) > ALONG_COVER * (last - first)
    ]
    grid = [float(np.mean([along[i] for i in group])) for group in cluster(along, SAME_LINE_PX)]
    turn = _turn(frame, ends, rgb) if side == "bottom" else None
    if turn is not None:
        return _Opening(turn, turn)
    together = _together(partly, grid)
    if together is not None and together > most and not _is_spine(frame, side, grid, rgb):
        return _Opening(together, together)
    crossing = _per_line(ends)
    if len(crossing) >= SEVERAL:
        past = float(np.median(crossing))
        # At the left the ticks of the numbers run on, and curves begin on the axis.
        if side == "left" or not least < past <= most or _is_spine(frame, side, grid, rgb):
            return None
        return _Opening(past, None if side == "bottom" else past, ticked=side == "bottom")
    on_side = [p for p in ends if min(abs(p - first), abs(p - last)) <= END_TOLERANCE_PX]
    if on_side:
        drawn = any(abs(place - at) <= END_TOLERANCE_PX for place in grid)
        if drawn or side in ("left", "bottom"):
            return None
        return _Opening(MARKER_HEIGHTS * height, axis=on_side[0])
    if len(grid) < 2:
        return None
    pitch = float(np.median(np.diff(grid)))
    return _Opening(PITCHES * pitch, onward=_onward(frame, side, pitch, lines) if level else 0.0)


def _turn(frame: Frame, past: dict[float, float], rgb: RGBImage) -> float | None:
    """How far below the frame several gridlines turn into darker ticks, px; None if none do."""
    places = list(past)
    above = slice(round(frame.bottom) - TURN_PX[1], round(frame.bottom) - TURN_PX[0])
    turns = []
    for group in cluster(places, SAME_LINE_PX):
        middle = round(float(np.mean([places[i] for i in group])))
        end = min(past[places[i]] for i in group)
        rows = slice(round(frame.bottom) + 1, round(frame.bottom + end) + 1)
        columns = rgb[:, max(middle - PAPER_PX, 0) : middle + PAPER_PX + 1].astype(np.float32)
        off = np.abs(columns - np.median(columns, axis=1, keepdims=True)).max(axis=2).max(axis=1)
        if len(off[above]) == 0:
            continue
        dark = np.flatnonzero(off[rows] > TURN * float(np.median(off[above])) + INK_CONTRAST)
        if len(dark) >= TURN_PX[0]:
            turns.append(float(rows.start + dark[0]) - 0.5 - frame.bottom)
    turn = float(np.median(turns)) if len(turns) >= SEVERAL else 0.0
    agreed = sum(abs(t - turn) <= 1 for t in turns)
    return turn if turn > LEAST_PX and agreed >= SEVERAL and 2 * agreed > len(turns) else None


def _per_line(past: dict[float, float]) -> list[float]:
    """How far each line runs past a side; its edges, at places of their own, are one line."""
    places = list(past)
    return [min(past[places[i]] for i in group) for group in cluster(places, SAME_LINE_PX)]


def _together(past: dict[float, float], grid: list[float]) -> float | None:
    """How far past a side several of the lines that cross it end, and no line further, px.

    Curves may hide the ends of all others, so that the side was found where those begin to show.
    """
    ends = sorted(_per_line(past))
    if len(ends) < SEVERAL or len(grid) < 2:
        return None
    furthest = ends[-SEVERAL:]
    far = TOGETHER_PITCHES * float(np.median(np.diff(grid)))
    return furthest[0] if furthest[-1] - furthest[0] <= END_TOLERANCE_PX and furthest[0] <= far else None


def _onward(frame: Frame, side: SideName, pitch: float, lines: Sequence[Line]) -> float:
    """How far level gridlines without a number go on from side to side, at the pitch of the others."""
    at = getattr(frame, side)
    while True:
        expected = at + pitch * _outward(side)
        further = [
            line for line in lines if line.horizontal and abs(line.position - expected) <= SAME_LINE_PX
        ]
        covered = sum(line.end - line.start for line in further)
        if (
            covered < ALONG_COVER * frame.width
            or abs(max(line.end for line in further) - frame.right) > END_TOLERANCE_PX
            or min(line.start for line in further) > frame.left + START_SHARE * frame.width
        ):
            return float(abs(at - getattr(frame, side)))
        at = float(np.mean([line.position for line in further]))


def _is_spine(frame: Frame, side: SideName, grid: list[float], rgb: RGBImage) -> bool:
    """Whether the line on a side is none of the gridlines along it: they are paler, or there are none."""
    level, at = side in ("top", "bottom"), getattr(frame, side)
    first, last = (frame.left, frame.right) if level else (frame.top, frame.bottom)
    view = (rgb if level else rgb.transpose(1, 0, 2))[:, round(first) : round(last) + 1]

    def contrast(place: float) -> float:
        middle = round(place)
        rows = view[max(middle - PAPER_PX, 0) : middle + PAPER_PX + 1]
        paper = np.median(rows.reshape(-1, 3), axis=0)
        near = rows[PAPER_PX - 1 : PAPER_PX + 2].astype(np.float32)
        return float(np.quantile(np.abs(near - paper).max(axis=(0, 2)), IN_SIGHT))

    ends = (at, getattr(frame, OPPOSITE[side]))
    inner = [contrast(p) for p in grid if min(abs(p - end) for end in ends) > END_TOLERANCE_PX]
    return not inner or contrast(at) > SPINE * float(np.median(inner))


def _room(frame: Frame, side: SideName, others: Sequence[Frame]) -> float:
    """How far the next panel is beyond a side, px."""
    level = side in ("top", "bottom")
    gaps = [np.inf]
    for other in others:
        beside = (
            min(other.right, frame.right) > max(other.left, frame.left)
            if level
            else min(other.bottom, frame.bottom) > max(other.top, frame.top)
        )
        gap = (getattr(other, OPPOSITE[side]) - getattr(frame, side)) * _outward(side)
        if beside and gap >= 0:
            gaps.append(gap)
    return float(min(gaps))


def _strip(frame: Frame, side: SideName, lines: Sequence[Line], rgb: RGBImage, ink: Mask) -> Strip:
    """The picture turned so that a side is level and what is outside of it lies below."""
    level = side in ("top", "bottom")
    at, far = getattr(frame, side), ink.shape[0 if level else 1] - 1
    first, last = (frame.left, frame.right) if level else (frame.top, frame.bottom)
    depth = frame.height if level else frame.width
    crossing = tuple(line.position for line in lines if line.horizontal != level
                     and first - END_TOLERANCE_PX <= line.position <= last + END_TOLERANCE_PX)  # fmt: skip
    if not level:
        rgb, ink = rgb.transpose(1, 0, 2), ink.T
    if side in ("top", "left"):
        rgb, ink, at = rgb[::-1], ink[::-1], far - at
    return Strip(rgb, ink, at, first, last, depth, crossing)
