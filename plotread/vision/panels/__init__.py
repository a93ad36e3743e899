"""Find panels and calibrate them: lines propose, labels decide, ticks measure."""

from __future__ import annotations

from plotread.geometry import Frame
from plotread.model import NO_FLAGS, Axis
from plotread.vision.pixels import digit_height, ink_mask
from plotread.vision.types import Line, PanelFrame, Raster, Ruler, TextBox
from plotread.vision.panels.boxes import propose
from plotread.vision.panels.choose import Candidate, choose
from plotread.numerals import parse_offset
from plotread.vision.panels.shared import inner_frames, share_axes
from plotread.vision.panels.stretch import stretch
from plotread.vision.panels.ticks import fit_axis, with_range

OFFSET_LEFT_HEIGHTS = 0.9
OFFSET_ABOVE_HEIGHTS = 2.6


def find_panels(
    raster: Raster, ruler: Ruler, lines: tuple[Line, ...], numbers: tuple[TextBox, ...]
) -> tuple[PanelFrame, ...]:
    height = digit_height(numbers, ruler.text_height_px)
    ink = ink_mask(raster.rgb, ruler.backgrounds)
    proposals = propose(lines, height)
    found = choose(proposals, numbers, ink, height)
    panels = [_calibrate(raster, lines, numbers, c, height, ink) for c in found]
    unread = Axis(flags=frozenset({"axis_unread"}))
    panels += [PanelFrame(f, unread, unread) for f in inner_frames([c.frame for c in found], proposals, height)]
    return tuple(_reading_order(share_axes(panels, height)))


def _calibrate(raster, lines, numbers, c: Candidate, height, ink) -> PanelFrame:
    axes = {}
    frame, loose = stretch(c.frame, lines, ink)
    for side, part in (("x", c.x), ("y", c.y), ("y2", c.y2)):
        if part is None:
            axes[side] = Axis(flags=frozenset({"axis_unread"}))
            continue
        labels, p = part.labels, part.progression
        offset = _offset(c.frame, numbers, side, height, {id(labels[i].box) for i in p.members})
        axes[side] = with_range(fit_axis(raster, lines, c.frame, side, labels, p, offset, height), frame, side)
    flags = frozenset({"frame_loose"}) if loose else NO_FLAGS
    return PanelFrame(frame, axes["x"], axes["y"], axes["y2"] if c.y2 is not None else None, flags)


def _offset(frame: Frame, numbers, side: str, height: float, own: set[int]) -> tuple[float, float]:
    """The multiplier and addend printed at the end of an axis, (1, 0) where there is none."""
    for box in numbers:
        if id(box) in own:
            continue
        value = parse_offset(box.text)
        if value is None:
            continue
        b = box.box
        if side == "x":
            ok = b.y0 > frame.bottom + 0.3 * height and b.y0 < frame.bottom + 5 * height and abs(b.x1 - frame.right) < 3 * height
            ok = ok and b.x1 > frame.right - 3 * height
        else:
            above = frame.top - OFFSET_ABOVE_HEIGHTS * height < b.y1 <= frame.top + 0.3 * height
            near = abs(b.x0 - frame.left) <= OFFSET_LEFT_HEIGHTS * height or (b.x0 < frame.left < b.x1)
            if side == "y2":
                near = abs(b.x1 - frame.right) <= 1.5 * height or (b.x0 < frame.right < b.x1 + height)
            ok = above and near
        if ok:
            return value
    return (1.0, 0.0)


def _reading_order(panels):
    """Rows from top to bottom, each from left to right."""
    rest = sorted(panels, key=lambda p: p.frame.top)
    out = []
    while rest:
        first = rest[0]
        middle = (first.frame.top + first.frame.bottom) / 2
        row = [p for p in rest if p.frame.top < middle and p.frame.bottom > first.frame.top]
        out += sorted(row, key=lambda p: p.frame.left)
        rest = [p for p in rest if p not in row]
    return out
