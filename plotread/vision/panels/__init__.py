"""Find panels and calibrate them: lines propose, labels decide, ticks measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plotread.geometry import Frame, nearer_above
from plotread.model import NO_FLAGS, Axis, Tick
from plotread.numerals import parse_offset
from plotread.vision.panels.alone import alone
from plotread.vision.panels.bare import bare
from plotread.vision.panels.boxes import Proposal, propose
from plotread.vision.panels.choose import Candidate, SideFit, choose
from plotread.vision.panels.decades import (
    as_powers,
    contradicts,
    decades,
    from_one,
    is_power,
    looks_like_powers,
)
from plotread.vision.panels.dotted import dotted
from plotread.vision.panels.labels import Side, agree, beside, line_up
from plotread.vision.panels.second import has_second_axis
from plotread.vision.panels.shared import inner_frames, share_axes, share_grids
from plotread.vision.panels.signs import without_ticks
from plotread.vision.panels.stretch import stretch
from plotread.vision.panels.strip import WordReader
from plotread.vision.panels.symlog import crosses_zero, on_ticks, symlog_axis
from plotread.vision.panels.ticks import fit_axis, tick_sources, with_range
from plotread.vision.panels.touching import parted
from plotread.vision.panels.written import written_axis
from plotread.vision.pixels import digit_height, ink_mask
from plotread.vision.types import Line, Mask, PanelFrame, Raster, Ruler, TextBox

OFFSET_LEFT_HEIGHTS = 0.9  # text heights between the left ends of an offset and of the frame
OFFSET_RIGHT_HEIGHTS = 1.5  # the same at the right end, above a second y axis
OFFSET_ABOVE_HEIGHTS = 2.6  # text heights: an offset stands this close above the frame; titles do not
CHANCE = {"scale_from_two_ticks", "scale_loose"}  # of parts of dates that were read as numbers
OFFSET_SLACK_HEIGHTS = 0.3  # text heights that an offset may reach into the frame
OFFSET_BELOW_HEIGHTS = 5.0  # text heights: the offset of an x axis stands below its labels
TICK_ROW_HEIGHTS = (3.2, 1.2)  # text heights of a row of labels between long ticks
TICK_ROW_COVER = 0.9  # share of the width that the axis above such a row covers
LEAST_TICKS = 4  # that tell where labels which touch are to be parted
LEAST_PARTED, PARTED = 3, 0.75  # labels that agree on a scale then, and which share of all
MOST_DIGITS = 7  # of a tick label; longer ones are several that touch
SLANTED = 2.0  # times as far below the frame, under slanted labels
OFFSET_END_HEIGHTS = 3.0  # text heights between the right ends of that offset and of the frame


def find_panels(
    raster: Raster,
    ruler: Ruler,
    lines: tuple[Line, ...],
    numbers: tuple[TextBox, ...],
    read: WordReader | None = None,
) -> tuple[PanelFrame, ...]:
    """Find the plot areas of a picture and the scales of their axes.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
    lines : tuple of Line
        From `plotread.vision.lines.find_lines`.
    numbers : tuple of TextBox
        From `plotread.vision.ticktext.find_numbers`.
    read : callable, optional
        Crops (h, w, 3) to (text, confidence), for words: with it, x axes of dates, of names and of
        slanted labels are read too.

    Returns
    -------
    tuple of PanelFrame
        In reading order.  An axis without a readable scale has the flag ``axis_unread``; a frame
        whose open sides were moved out to the curves has ``frame_loose``; a scale that stands on
        another panel of the grid has ``axis_shared``.
    """
    height = digit_height(numbers, ruler.text_height_px)
    ink = ink_mask(raster.rgb, ruler.backgrounds)
    numbers = without_ticks(numbers, ink, height)
    proposals = propose(lines, height)
    found = choose(proposals, numbers, lines, raster.rgb, height)
    # A dense curve may be so frequent a color that it counts as paper.
    page = ink_mask(raster.rgb, ruler.backgrounds[:1])
    found += _alone(found, numbers, lines, page, height)
    if not found:
        found, lines = _dotted(numbers, lines, raster, height)
    frames = [c.frame for c in found]
    panels = [_calibrate(raster, lines, numbers, c, height, ink, frames) for c in found]
    if read is not None:
        panels = [_written(raster, lines, p, panels, numbers, height, read) for p in panels]
    if not panels:
        lone = _bare(raster, lines, numbers, proposals, height, ink)
        return tuple(_reading_order([_with_lone_labels(p, numbers, height) for p in lone]))
    inner = inner_frames(frames, proposals, height)
    panels += [
        PanelFrame(f, _unread(f, numbers, "x", height), _unread(f, numbers, "y", height)) for f in inner
    ]
    panels = [_with_lone_labels(p, numbers, height, [p.frame for p in panels]) for p in panels]
    return tuple(_reading_order(share_grids(share_axes(panels, height), lines, height)))


def _dotted(
    numbers: tuple[TextBox, ...], lines: tuple[Line, ...], raster: Raster, height: float
) -> tuple[list[Candidate], tuple[Line, ...]]:
    """Panels that dotted grids tell, and the lines with theirs."""
    grids = dotted(line_up(numbers, "y", height), line_up(numbers, "x", height), raster.rgb, height)
    found = [
        Candidate(g.frame, 0.0, SideFit("x", *g.x), SideFit("y", *g.y), None, 0.0, accepted=True, loose=True)
        for g in grids
    ]
    return found, lines + tuple(line for g in grids for line in g.lines)


def _bare(
    raster: Raster, lines: tuple[Line, ...], numbers: tuple[TextBox, ...], proposals: list[Proposal],
    height: float, ink: Mask,
) -> list[PanelFrame]:  # fmt: skip
    """Frames without enough numbers for a panel, where there is no other."""
    found = [_calibrate(raster, lines, numbers, c, height, ink)
             for c in bare(proposals, numbers, raster.rgb, height)]  # fmt: skip
    return [replace(panel, flags=panel.flags | {"frame_alone"}) for panel in found]


def _alone(
    found: list[Candidate], numbers: tuple[TextBox, ...], lines: tuple[Line, ...], page: Mask, height: float
) -> list[Candidate]:
    """Panels that labels alone tell, beside those with a frame."""
    fits = [fit for c in found for fit in (c.x, c.y, c.y2) if fit is not None]
    taken = {id(label.box) for fit in fits for label in fit.labels}
    columns, rows = line_up(numbers, "y", height), line_up(numbers, "x", height)
    right = line_up(numbers, "y2", height)
    more = alone(columns, rows, right, taken, [c.frame for c in found], lines, page, height)
    return [
        Candidate(
            a.frame, 0.0, SideFit("x", *a.x), SideFit("y", *a.y), a.y2 and SideFit("y2", *a.y2), 0.0,
            accepted=True, loose=True,
        )
        for a in more
    ]  # fmt: skip


def _calibrate(
    raster: Raster, lines: tuple[Line, ...], numbers: tuple[TextBox, ...], candidate: Candidate,
    height: float, ink: Mask, frames: Sequence[Frame] = (),
) -> PanelFrame:  # fmt: skip
    others = [frame for frame in frames if frame != candidate.frame]
    frame, loose = stretch(
        candidate.frame, lines, raster.rgb, ink, height, [n.box for n in numbers], others
    )  # fmt: skip

    def axis(side: Side, fit: SideFit | None) -> Axis:
        side = side if fit is None else fit.side
        if fit is None:
            single = _one_power(raster, lines, candidate.frame, numbers, side, height)
            if single is not None:
                return with_range(single, frame, side)
            return _unread(candidate.frame, numbers, side, height)
        fit = _parted(raster, lines, candidate.frame, fit, height)
        if fit is None:
            return _unread(candidate.frame, numbers, side, height)
        if crosses_zero(fit.labels):
            sources = tick_sources(raster, lines, candidate.frame, side, height)
            both = symlog_axis(on_ticks(fit.labels, sources, height), height)
            if both is not None:
                return with_range(both, frame, side)
            if fit.progression.kind == "log":
                return _unread(candidate.frame, numbers, side, height)
        own = {id(fit.labels[i].box) for i in fit.progression.members}
        offset = _offset(candidate.frame, numbers, side, height, own)
        fitted = fit_axis(
            raster, lines, candidate.frame, side, fit.labels, fit.progression, offset, height
        )  # fmt: skip
        return with_range(_by_decades(raster, lines, candidate.frame, side, fitted, height), frame, side)

    y2 = axis("y2", candidate.y2) if candidate.y2 is not None else None
    flags = frozenset({"frame_loose"}) if loose or candidate.loose else NO_FLAGS
    y = axis("y", candidate.y)
    if y2 is not None and y.scale is None and not y.ticks:
        y, y2 = y2, None  # the only vertical axis, drawn on the right
    elif y2 is None and y.scale is not None and has_second_axis(raster, lines, candidate.frame, height):
        y2 = _unread(candidate.frame, numbers, "y2", height)
    return PanelFrame(frame, axis("x", candidate.x), y, y2, flags)


def _parted(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, fit: SideFit, height: float
) -> SideFit | None:
    """The labels of a level axis, those that touch parted, where too few agree as they were read.

    None where what was read is too long for a number and cannot be parted.
    """
    if fit.side != "x" or fit.count >= LEAST_PARTED:
        return fit
    sources = tick_sources(raster, lines, frame, "x", height)
    inner = [t[(t > frame.left + 1) & (t < frame.right - 1)] for t in sources]
    ticks = next((t for t in inner if len(t) >= LEAST_TICKS), np.zeros(0))
    labels = parted(fit.labels, ticks)
    progression = agree(list(labels), height) if len(labels) > len(fit.labels) else None
    if progression is not None and len(progression.members) >= max(LEAST_PARTED, PARTED * len(labels)):
        return replace(fit, labels=labels, progression=progression)
    told = [fit.labels[i].text for i in fit.progression.members]
    return None if any(sum(c.isdigit() for c in text) > MOST_DIGITS for text in told) else fit


def _written(
    raster: Raster, lines: tuple[Line, ...], panel: PanelFrame, panels: list[PanelFrame],
    numbers: tuple[TextBox, ...], height: float, read: WordReader,
) -> PanelFrame:  # fmt: skip
    """The panel with its x axis read as words, where its numbers tell no scale that could be checked."""
    if panel.x.scale is not None and not panel.x.flags >= CHANCE:
        return panel
    frame = panel.frame
    below = [
        other.frame.top
        for other in panels
        if other.frame.top > frame.bottom
        and min(other.frame.right, frame.right) > max(other.frame.left, frame.left)
    ]
    offsets = (
        _offset(frame, numbers, "x", height, set()),
        _offset(frame, numbers, "x", height, set(), SLANTED),
    )
    lowest = min(below, default=float(raster.height))
    for shorter in (frame, *_shorter(frame, lines, height)):
        axis = written_axis(raster, lines, shorter, height, lowest, offsets, read)
        if axis is not None:
            y2 = None if panel.y2 is None else with_range(panel.y2, shorter, "y2")
            y = with_range(panel.y, shorter, "y")
            return replace(panel, frame=shorter, x=with_range(axis, shorter, "x"), y=y, y2=y2)
    return panel


def _shorter(frame: Frame, lines: tuple[Line, ...], height: float) -> list[Frame]:
    """The frame without a row of labels at its bottom: long ticks may run down beside them."""
    low, high = (frame.bottom - share * height for share in TICK_ROW_HEIGHTS)
    across = [
        line.position
        for line in lines
        if line.horizontal
        and low <= line.position <= high
        and min(line.end, frame.right) - max(line.start, frame.left) >= TICK_ROW_COVER * frame.width
    ]
    return [replace(frame, bottom=max(across))] if across else []


def _one_power(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, numbers: tuple[TextBox, ...], side: Side,
    height: float,
) -> Axis | None:  # fmt: skip
    """A log axis with a single label, by its minor ticks."""
    columns = beside(frame, line_up(numbers, side, height), least=1)
    labels = [label for column in columns for label in column]
    if len(labels) != 1 or not is_power(labels[0]):
        return None
    found = decades(raster, lines, frame, side, labels[0].position, height)
    return from_one(labels[0], found) if found is not None else None


def _by_decades(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, side: Side, axis: Axis, height: float
) -> Axis:
    """The axis checked against its minor ticks, where its labels leave a doubt whether it is a log one."""
    two = axis.kind == "log" and "scale_from_two_ticks" in axis.flags
    if axis.scale is None or not (two or looks_like_powers(axis)):
        return axis
    found = decades(raster, lines, frame, side, axis.ticks[0].pixel, height)
    if found is None:
        return axis
    if not two:
        return as_powers(axis, found)
    if contradicts(axis, found):  # one of the two labels was misread, and nobody knows which
        return Axis(ticks=axis.ticks, flags=axis.flags | {"axis_unread"})
    return replace(axis, flags=axis.flags - {"scale_from_two_ticks"})


def _unread(frame: Frame, numbers: tuple[TextBox, ...], side: Side, height: float) -> Axis:
    """An axis without a scale, with what stands beside it: an axis that shows numbers borrows none."""
    lineup = line_up(numbers, side, height)
    columns = beside(frame, lineup)
    nearest = columns[0] if columns else [label for one in beside(frame, lineup, least=1) for label in one]
    if len(nearest) < 2:
        nearest = []
    ticks = tuple(Tick(label.position, None, label.text) for label in nearest)
    return Axis(ticks=ticks, flags=frozenset({"axis_unread"}))


def _with_lone_labels(
    panel: PanelFrame, numbers: tuple[TextBox, ...], height: float, frames: Sequence[Frame] = ()
) -> PanelFrame:
    """The panel with the only number that stands beside an axis: it tells one place, and no scale."""
    numbers = tuple(
        n for n in numbers if n.box.y0 <= panel.frame.bottom or not nearer_above(n.box, panel.frame, frames)
    )

    def axis(own: Axis, side: Side) -> Axis:
        if own.scale is not None or own.ticks:
            return own
        columns = beside(panel.frame, line_up(numbers, side, height), least=1)
        labels = {id(label.box): label for column in columns for label in column}
        if len(labels) != 1:
            return own
        (label,) = labels.values()
        return replace(own, ticks=(Tick(label.position, label.values[0], label.text),))

    return replace(panel, x=axis(panel.x, "x"), y=axis(panel.y, "y"))


def _offset(
    frame: Frame, numbers: tuple[TextBox, ...], side: Side, height: float, own: set[int],
    stretch: float = 1.0,
) -> tuple[float, float]:  # fmt: skip
    """The multiplier and addend printed at the end of an axis, (1, 0) where there is none."""
    for number in numbers:
        if id(number) not in own and _at_end(frame, number, side, height, stretch):
            value = parse_offset(number.text)
            if value is not None:
                return value
    return (1.0, 0.0)


def _at_end(frame: Frame, number: TextBox, side: Side, height: float, stretch: float) -> bool:
    """Whether a text stands where the offset of an axis does."""
    box, slack = number.box, OFFSET_SLACK_HEIGHTS * height
    if side == "x2":
        return False  # no program prints one above the frame
    if side == "x":
        below = frame.bottom + slack < box.y0 < frame.bottom + stretch * OFFSET_BELOW_HEIGHTS * height
        return below and abs(box.x1 - frame.right) < OFFSET_END_HEIGHTS * height
    if not frame.top - OFFSET_ABOVE_HEIGHTS * height < box.y1 <= frame.top + slack:
        return False
    if side == "y":
        return abs(box.x0 - frame.left) <= OFFSET_LEFT_HEIGHTS * height or box.x0 < frame.left < box.x1
    return abs(box.x1 - frame.right) <= OFFSET_RIGHT_HEIGHTS * height or (
        box.x0 < frame.right < box.x1 + height
    )


def _reading_order(panels: list[PanelFrame]) -> list[PanelFrame]:
    """Rows from top to bottom, each from left to right."""
    rest = sorted(panels, key=lambda p: p.frame.top)
    out: list[PanelFrame] = []
    while rest:
        first = rest[0]
        middle = (first.frame.top + first.frame.bottom) / 2
        row = [p for p in rest if p.frame.top < middle and p.frame.bottom > first.frame.top]
        out += sorted(row, key=lambda p: p.frame.left)
        rest = [p for p in rest if p not in row]
    return out
