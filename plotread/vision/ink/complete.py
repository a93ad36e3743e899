"""The two ends of every curve of a panel: under others, in a dash gap, on the frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask, Sheet
from plotread.vision.ink.dashes import Rhythm, to_common_end
from plotread.vision.ink.ends import (
    along_others,
    along_the_frame,
    common_reach,
    common_start,
    mirrored,
    under_boxes,
)
from plotread.vision.ink.inks import Ink
from plotread.vision.ink.starts import Covered, led_back
from plotread.vision.types import Trace

SIGMA_HIDDEN_PX = 2.0  # standard error of what is not in sight, px


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A trace; where its line is broken, the rhythm; which ink it is of, and how much of that is its own.

    `own` is (H, W), None where it is not known among several curves of one ink.
    """

    trace: Trace
    rhythm: Rhythm | None
    ink: int | None = None
    own: NDArray[np.float32] | None = None

    @property
    def movable(self) -> bool:
        """Whether points may be put before and after it."""
        return self.trace.kind == "line" and not self.trace.recovered and self.trace.role is None


def with_ends(
    sheet: Sheet,
    told: list[Told],
    inks: tuple[Ink, ...],
    busy: NDArray[np.float32],
    boxes: Mask,
) -> tuple[Trace, ...]:
    """The curves of a panel from their first to their last step.

    Parameters
    ----------
    sheet : Sheet
    told : list of Told
        As far as their own ink shows them.
    inks : tuple of Ink
    busy : (H, W) float32
        Coverage by anything that may hide a curve.
    boxes : (H, W) bool
        Legends and other boxes of words, under which curves may go on.
    """
    return _ended(sheet, _begun(sheet, told, inks, busy), boxes)


def _begun(
    sheet: Sheet,
    told: list[Told],
    inks: tuple[Ink, ...],
    busy: NDArray[np.float32],
) -> list[Told]:
    """Lines, each with its start and end as the scraps beside what covers them tell."""
    lines = [i for i, t in enumerate(told) if t.movable or t.trace.role == "smoothed"]
    if not lines:
        return told
    out = list(told)
    right = sheet.width - 1
    points = {i: sheet_points(sheet, told[i].trace) for i in lines}
    together = common_reach([told[i].trace.width_px / sheet.zoom for i in lines])
    sides = []  # all curves from the left, and from the right
    for views in (points, {i: mirrored(p, right) for i, p in points.items()}):
        starts = {i: float(p[0, 0]) for i, p in views.items()}
        # Half the cap of a steep stroke stands before its step, more or less of it in sight.
        first = common_start(list(starts.values()), together)
        common = float(np.median([x for x in starts.values() if x <= first + together]))
        sides.append((views, common, [i for i in lines if starts[i] <= first + together]))
    for i in lines if len(lines) > 1 else []:
        k, own = told[i].ink, told[i].own
        if k is None or own is None:
            continue
        # Mixtures of inks are none of them, and no paper either.
        full = float(np.linalg.norm(inks[k].color - sheet.paper))
        others = np.clip(np.maximum(busy, sheet.contrast / full) - own, 0, 1)
        pen, broken = told[i].trace.width_px / sheet.zoom, told[i].rhythm is not None
        for last, (views, common, early) in enumerate(sides):
            if last and broken:
                continue  # lines begin with a dash, but may end between two
            seen, covers = (m[:, ::-1] if last else m for m in (own, others))
            curve = Covered(views[i], pen, seen, covers, broken)
            led = led_back(curve, common, [views[j] for j in early if j != i])
            if led is not None and last:
                out[i] = _from(sheet, out[i], right - led[0], mirrored(led[1], right), last=True)
            elif led is not None:
                out[i] = _from(sheet, out[i], *led, last=False)
    limits = sides[0][1], right - sides[1][1]
    return [_within(sheet, t, limits, together) if t.trace.role == "raw" else t for t in out]


def _within(sheet: Sheet, told: Told, limits: tuple[float, float], together: float) -> Told:
    """A raw curve between the first and the last step: it was told on to the caps of its smoothed one."""
    points = sheet_points(sheet, told.trace)
    x = points[:, 0]
    clipped = np.clip(x, *limits)
    inside = np.stack([np.where(np.abs(x - clipped) <= together, clipped, x), points[:, 1]], axis=1)
    return replace(told, trace=replace(told.trace, points_px=sheet.to_image(inside)))


def _from(sheet: Sheet, told: Told, at: float, way: NDArray[np.float64], *, last: bool) -> Told:
    """A curve with its points up to the column `at` (after it, for its last ones) replaced by others."""
    trace = told.trace
    x = sheet_points(sheet, trace)[:, 0]
    kept = x <= at if last else x >= at
    rest = replace(
        trace, points_px=trace.points_px[kept], sigma_px=trace.sigma_px[kept], observed=trace.observed[kept]
    )
    nothing = np.empty((0, 2))
    return replace(told, trace=_prolonged(sheet, rest, *((nothing, way) if last else (way, nothing))))


def _ended(sheet: Sheet, told: list[Told], boxes: Mask) -> tuple[Trace, ...]:
    """Ends that gaps, other curves, the frame or legends hide are put on, as not observed."""
    points = [sheet_points(sheet, t.trace) for t in told]
    solid = [
        p[[0, -1], 0]
        for p, t in zip(points, told, strict=True)
        if t.rhythm is None and t.trace.kind == "line"
    ]
    ends = [(float(a), float(b)) for a, b in solid]
    out = list(told)
    for i, t in enumerate(told):
        if t.rhythm is not None and t.trace.kind == "line":
            longer = to_common_end(points[i], t.rhythm.period, ends, (sheet.frame.top, sheet.frame.bottom))
            front = longer[longer[:, 0] < points[i][0, 0]]
            back = longer[longer[:, 0] > points[i][-1, 0]]
            out[i] = replace(t, trace=_prolonged(sheet, t.trace, front, back))
    points = [sheet_points(sheet, t.trace) for t in out]
    movable = [t.movable for t in out]
    widths = [t.trace.width_px / sheet.zoom for t in out]
    strokes = [t.trace.kind == "line" for t in out]
    added = along_others(points, widths, movable, [t.trace.color for t in out], strokes)
    flat = along_the_frame(points, widths, movable, sheet.frame)
    boxed = under_boxes(points, movable, boxes, sheet.frame)
    added = [
        (f if len(f) else front, next((end for end in (b, e, back) if len(end)), b))
        for (f, b), e, (front, back) in zip(added, flat, boxed, strict=True)
    ]
    return tuple(_prolonged(sheet, t.trace, *extra) for t, extra in zip(out, added, strict=True))


def _prolonged(sheet: Sheet, trace: Trace, front: NDArray[np.float64], back: NDArray[np.float64]) -> Trace:
    """A trace with points (sheet px) put before and after it, not observed."""
    if not len(front) and not len(back):
        return trace
    pad = (len(front), len(back))
    return replace(
        trace,
        points_px=np.concatenate([sheet.to_image(front), trace.points_px, sheet.to_image(back)]),
        sigma_px=np.pad(trace.sigma_px, pad, constant_values=SIGMA_HIDDEN_PX * sheet.zoom),
        observed=np.pad(trace.observed, pad, constant_values=False),
    )


def sheet_points(sheet: Sheet, trace: Trace) -> NDArray[np.float64]:
    """A trace's points in px of the sheet."""
    origin = np.array([sheet.x0, sheet.y0], dtype=float)
    return np.asarray((trace.points_px - origin + 0.5) / sheet.zoom - 0.5)
