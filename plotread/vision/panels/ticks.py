"""Measure the ruler of each axis on tick strokes or gridlines, and fit its scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Frame
from plotread.model import Axis, Floats, Scale, Tick
from plotread.vision.panels.labels import LEVEL, Label, Progression, Side
from plotread.vision.types import Line, Raster

STRIP_PX, STRIP_HEIGHTS = 1.6, 0.32  # the strip beside the frame in which ticks are looked for
TIE_HEIGHTS = 0.45  # text heights between a label's center and its tick
ENOUGH, PREFERRED = 0.5, 0.8  # share of the labels that a source of ticks ties
TICK_RMS_PX = 0.7  # ticks further than this from one scale are no ticks
WORSE_PX = 0.5  # by which marks misfit more than their labels do: specks, no ticks
LOOSE_PX, REFUSED_PX = 0.5, 2.5  # rms: flagged, refused
MINOR_PX = (1.1, 2.4)  # the strip in which minor ticks are looked for; many are no longer
BLOB_SHARE = 0.35  # of the strongest: ink from which a tick blob counts
BLOB_WIDTH_HEIGHTS = 0.5  # text heights; wider blobs are letters or curves
OUTLIER_MEDIANS = 2.5  # medians of the misfit from which a tick is left out
OUTLIER_PX = 0.6  # but never nearer than this: each tick is rounded to a pixel
KEPT_SHARE = 0.6  # of the ticks at least that stay in the fit
FEW_TICKS = 3  # strokes that leave a scale in doubt
TEXT_WEIGHT = 0.5  # of a label's center beside that of a stroke: their errors, 0.3 to 0.6 px
TEXT_REACH_PX = 2.5  # a label further from its place on the scale is no evidence
CORNER_PX = 3  # by which a strip runs past the corners: an axis may end on a tick
LEAST_LEVELS = 12.0  # of 255: fainter marks are noise
GRID_COVER = 0.5  # share of the frame that a gridline runs through
LEAST_BESIDE, BESIDE_HEIGHTS, BESIDE_PX = 3, 1.0, 1.0  # labels off their gridlines
GRID_REACH_PX, GRID_LEVELS = 3, 6  # rows beside a pale gridline, from which it differs by so many levels
GRID_SHARE = 0.25  # of the row, where dots and dashes leave that much


@dataclass(frozen=True, slots=True)
class _Line:
    """``linear = slope * px + offset``, its rms in px, and which points it rests on."""

    slope: float
    offset: float
    rms: float
    kept: NDArray[np.bool_]


def fit_axis(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, side: Side,
    labels: tuple[Label, ...], p: Progression, offset: tuple[float, float], height: float,
) -> Axis:  # fmt: skip
    """Fit the scale of one axis to its ticks.

    Parameters
    ----------
    raster : Raster
    lines : tuple of Line
    frame : Frame
    side : "x" or "x2", "y" or "y2"
    labels : tuple of Label
    p : Progression
        What the labels agree on.
    offset : (float, float)
        Multiplier and addend printed at the end of the axis.
    height : float
        Text height, px.

    Returns
    -------
    Axis
        Without a range (see `with_range`).  Where no ticks are found the label centers serve and
        the flag ``scale_loose`` is set; beyond `REFUSED_PX` there is no scale.
    """
    members = [labels[i] for i in p.members]
    text_px = np.array([m.position for m in members])
    data = np.array(p.values) * offset[0] + offset[1]
    linear = np.log10(data) if p.kind == "log" else data
    found = _on_ticks(tick_sources(raster, lines, frame, side, height), text_px, linear, TIE_HEIGHTS * height)
    if found is None:
        lines_beside = _grid_beside(raster, frame, side, text_px, height)
        if lines_beside is not None and (on_grid := _robust(lines_beside, linear)).rms <= TICK_RMS_PX:
            found = on_grid, np.ones(len(text_px), dtype=bool), lines_beside
    if found is None:
        places = text_px if side in LEVEL else np.array([_middle(m) for m in members])
        fit = _robust(places, linear)
    else:
        fit, tied, places = found
        if np.count_nonzero(tied) <= FEW_TICKS:
            fit = _with_texts(fit, tied, places, text_px, linear)
    flags = set()
    if found is None or fit.rms > LOOSE_PX:
        flags.add("scale_loose")
    if len(members) == 2:
        flags.add("scale_from_two_ticks")
    if p.total > len(p.members):
        flags.add("tick_label_outlier")
    ticks = tuple(
        Tick(float(px), float(value), m.text) for px, value, m in zip(places, data, members, strict=True)
    )
    if fit.rms > REFUSED_PX:
        return Axis(ticks=ticks, flags=frozenset(flags | {"axis_unread"}))
    scale = Scale(kind=p.kind, slope=fit.slope, offset=fit.offset, sigma_px=fit.rms)
    return Axis(scale=scale, kind=p.kind, ticks=ticks, residual_px=fit.rms,
                resolution=abs(fit.slope), flags=frozenset(flags))  # fmt: skip


def _middle(label: Label) -> float:
    """Where a number beside a bare axis stands, px: the middle of a power with its exponent.

    Programs that draw no strokes beside their numbers (matplotlib's styles, plotly) center the whole.
    """
    return float(label.box.box.center[1]) if "^" in label.text else label.position


def with_range(axis: Axis, frame: Frame, side: Side) -> Axis:
    """The axis with its data range at the frame: left and right for x, bottom and top for y."""
    if axis.scale is None:
        return axis
    ends = (frame.left, frame.right) if side in LEVEL else (frame.bottom, frame.top)
    low, high = (float(v) for v in axis.scale.to_data(np.array(ends)))
    return replace(axis, range=(low, high))


def _on_ticks(
    sources: Iterator[Floats], text_px: Floats, linear: Floats, reach: float
) -> tuple[_Line, NDArray[np.bool_], Floats] | None:
    """The scale by the best source of ticks, which labels have one, and the place of each."""
    best: tuple[tuple[bool, float, float], _Line, NDArray[np.bool_], Floats] | None = None
    for priority, source in enumerate(sources):
        if len(source) == 0:
            continue
        nearest = np.abs(source[None, :] - text_px[:, None])
        pick = nearest.argmin(axis=1)
        tied = nearest[np.arange(len(text_px)), pick] <= reach
        ticks, values = source[pick[tied]], linear[tied]
        if len(ticks) < max(2, ENOUGH * len(text_px)) or np.ptp(ticks) == 0 or np.ptp(values) == 0:
            continue
        fit = _robust(ticks, values)
        specks = _misfit(ticks, values) > _misfit(text_px[tied], values) + WORSE_PX
        if fit.rms > TICK_RMS_PX or specks:
            continue
        share = float(fit.kept.sum() / len(text_px))
        key = (True, -float(priority), 0.0) if share >= PREFERRED else (False, share, -fit.rms)
        if best is None or key > best[0]:
            best = (key, fit, tied, np.where(tied, source[pick], text_px))
    return best[1:] if best is not None else None


def _robust(px: Floats, linear: Floats) -> _Line:
    """Straight line through ticks, those beyond 2.5 medians of the misfit left out."""
    keep = np.ones(len(px), dtype=bool)
    for _ in range(2):
        slope, intercept = np.polyfit(px[keep], linear[keep], 1)
        miss = np.abs((linear - intercept) / slope - px)
        new = miss <= max(OUTLIER_MEDIANS * float(np.median(miss[keep])), OUTLIER_PX)
        if new.sum() < max(2, KEPT_SHARE * len(px)) or (new == keep).all() or np.ptp(linear[new]) == 0:
            break
        keep = new
    slope, intercept = (float(v) for v in np.polyfit(px[keep], linear[keep], 1))
    rms = float(np.sqrt((((linear[keep] - intercept) / slope - px[keep]) ** 2).mean()))
    return _Line(slope, intercept, rms, keep)


def _misfit(px: Floats, linear: Floats) -> float:
    """How far places stand from one scale through all of them: root mean square, px."""
    slope, offset = np.polyfit(px, linear, 1)
    return float(np.sqrt((((linear - offset) / slope - px) ** 2).mean()))


def _with_texts(
    fit: _Line, tied: NDArray[np.bool_], places: Floats, text_px: Floats, linear: Floats
) -> _Line:
    """A scale on two or three ticks, leant on the labels without one too.

    A stroke is snapped to whole pixels, which so few do not average out, and a label stands as far
    from its tick as the others do from theirs.
    """
    if tied.all():
        return fit
    px = np.where(tied, places, text_px + np.median((places - text_px)[tied]))
    predicted = (linear - fit.offset) / fit.slope
    if np.abs(px - predicted).max() > TEXT_REACH_PX:
        return fit
    slope, offset = np.polyfit(px, linear, 1, w=np.where(tied, 1.0, TEXT_WEIGHT))
    rms = float(np.sqrt((((linear - offset) / slope - px) ** 2).mean()))
    return _Line(float(slope), float(offset), rms, np.ones(len(px), dtype=bool))


def _grid_beside(raster: Raster, frame: Frame, side: Side, text_px: Floats, height: float) -> Floats | None:
    """The gridlines that all labels stand equally far off, px along the axis; None where none or several do.

    Some programs write a number above or below the end of its line, not beside it.
    """
    if len(text_px) < LEAST_BESIDE:
        return None
    grid = _pale_lines(raster, frame, side)
    if len(grid) < len(text_px):
        return None
    found: list[Floats] = []
    for offset in (grid - text_px[0])[np.abs(grid - text_px[0]) <= BESIDE_HEIGHTS * height].tolist():
        pick = np.abs(grid[None, :] - text_px[:, None] - offset).argmin(axis=1)
        if np.abs(grid[pick] - text_px - offset).max() <= BESIDE_PX:
            found.append(grid[pick])
    return found[0] if len(found) == 1 else None


def _pale_lines(raster: Raster, frame: Frame, side: Side) -> Floats:
    """Places of lines across the frame, dashed and dotted and faint ones too, px along the axis."""
    box = frame.inner().pad(-GRID_REACH_PX).clip(raster.width, raster.height)
    if min(box.width, box.height) <= 2 * GRID_REACH_PX:
        return np.zeros(0)
    view = raster.rgb[box.slices] if side not in LEVEL else raster.rgb[box.slices].transpose(1, 0, 2)
    view = view.astype(np.int16)
    own = view[GRID_REACH_PX:-GRID_REACH_PX]
    step = [own - view[: -2 * GRID_REACH_PX], own - view[2 * GRID_REACH_PX :]]
    both = [np.minimum(sign * step[0], sign * step[1]).max(axis=2) >= GRID_LEVELS for sign in (1, -1)]
    share = np.maximum(both[0].mean(axis=1), both[1].mean(axis=1))
    edges = np.diff(np.concatenate([[0], (share >= GRID_SHARE).astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist()
    first = (box.y0 if side not in LEVEL else box.x0) + GRID_REACH_PX
    return np.array(
        [first + float(np.average(np.arange(i, j), weights=share[i:j]))
         for i, j in zip(starts, ends, strict=True)]
    )  # fmt: skip


def tick_sources(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, side: Side, height: float
) -> Iterator[Floats]:
    """Tick places by outer strip, gridlines, inner strip; px along the axis."""
    lo, hi = (frame.top, frame.bottom) if side in LEVEL else (frame.left, frame.right)
    grid = [
        line.position
        for line in lines
        if line.kind == "stroke"
        and line.horizontal != (side in LEVEL)
        and min(line.end, hi) - max(line.start, lo) >= GRID_COVER * (hi - lo)
    ]
    yield outer_ticks(raster, frame, side, height)
    yield np.unique(np.array(grid))
    yield _strip(raster, frame, side, -_strip_depth(height), -STRIP_PX, height)


def outer_ticks(raster: Raster, frame: Frame, side: Side, height: float) -> Floats:
    """Places of the strokes just outside a side, px along the axis."""
    return _strip(raster, frame, side, STRIP_PX, _strip_depth(height), height)


def _strip_depth(height: float) -> float:
    return max(STRIP_HEIGHTS * height, STRIP_PX + 1.0)


def minor_ticks(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, side: Side, height: float
) -> Iterator[Floats]:
    """All ticks, short ones included, outside and inside the frame, then gridlines; px along the axis."""
    yield _strip(raster, frame, side, MINOR_PX[0], MINOR_PX[1], height)
    yield _strip(raster, frame, side, -MINOR_PX[1], -MINOR_PX[0], height)
    yield from list(tick_sources(raster, lines, frame, side, height))[1:2]


def _strip(raster: Raster, frame: Frame, side: Side, near: float, far: float, height: float) -> Floats:
    """Centroids of the marks in a strip beside a side; `near` and `far` in px outwards from it."""
    edge = {"x": frame.bottom, "x2": frame.top, "y": frame.left, "y2": frame.right}[side]
    outward = -1 if side in ("y", "x2") else 1
    a, b = sorted((edge + outward * near, edge + outward * far))
    size = raster.height if side in LEVEL else raster.width
    first, last = max(int(np.ceil(a)), 0), min(int(np.floor(b)), size - 1)
    rgb = raster.rgb if side in LEVEL else raster.rgb.transpose(1, 0, 2)
    lo, hi = (frame.left, frame.right) if side in LEVEL else (frame.top, frame.bottom)
    start, end = max(0, int(lo) - CORNER_PX), min(rgb.shape[1], int(hi) + CORNER_PX + 2)
    if last < first or end <= start:
        return np.zeros(0)
    strip = rgb[first : last + 1, start:end].astype(np.float32)
    mark = np.abs(strip - np.median(strip, axis=1, keepdims=True)).max(axis=2)
    # A tick crosses all rows; in their mean the noise of single pixels sinks.
    profile = mark.mean(axis=0).astype(np.float64)
    if profile.max() < LEAST_LEVELS:
        return np.zeros(0)
    peak = max(float(np.percentile(profile, 99.5)), float(profile.max()) * 0.5)
    on = profile > max(BLOB_SHARE * peak, LEAST_LEVELS / 2)
    edges = np.diff(np.concatenate([[0], on.astype(np.int8), [0]]))
    out = []
    for i, j in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        # What runs to the end of the strip is the page beside a fill.
        if j - i > max(BLOB_WIDTH_HEIGHTS * height, 3) or i == 0 or j == len(profile):
            continue
        # The rims below the threshold belong to the stroke too.
        i0, j0 = max(0, i - 1), min(len(profile), j + 1)
        weight = profile[i0:j0]
        out.append(start + float((np.arange(i0, j0) * weight).sum() / weight.sum()))
    return np.array(out)
