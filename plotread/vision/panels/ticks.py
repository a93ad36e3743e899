"""Measure the ruler of each axis on tick strokes or gridlines, and fit its scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.geometry import Frame
from plotread.model import Axis, Scale, Tick
from plotread.vision.types import Line, Raster
from plotread.vision.panels.labels import Label, Progression

STRIP_PX, STRIP_HEIGHTS = 1.6, 0.32  # the strip beside the frame in which ticks are looked for
TIE_HEIGHTS = 0.45  # text heights between a label's centre and its tick
ENOUGH, PREFERRED = 0.5, 0.8  # share of the labels that a source of ticks ties
TICK_RMS_PX = 0.7  # ticks further than this from one scale are no ticks
LOOSE_PX, REFUSED_PX = 0.5, 2.5  # rms: flagged, refused
BLOB_SHARE = 0.35  # of the strongest: ink from which a tick blob counts
BLOB_WIDTH_HEIGHTS = 0.5
OUTLIER_MEDIANS = 2.5
LEAST_LEVELS = 12.0


def fit_axis(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, side: str,
    labels: tuple[Label, ...], p: Progression, offset: tuple[float, float], height: float,
) -> Axis:  # fmt: skip
    """Fit the scale of one axis; `offset` is (multiplier, addend) printed at its end."""
    members = [labels[i] for i in p.members]
    text_px = np.array([m.position for m in members])
    data = np.array(p.values) * offset[0] + offset[1]
    linear = np.log10(data) if p.kind == "log" else data
    best = None
    for priority, source in enumerate(_sources(raster, lines, frame, side, height)):
        if len(source) == 0:
            continue
        nearest = np.abs(source[None, :] - text_px[:, None])
        pick = nearest.argmin(axis=1)
        # One common shift of the labels (a font's side bearing) is allowed for before tying.
        tied = nearest[np.arange(len(text_px)), pick] <= TIE_HEIGHTS * height
        if tied.sum() < max(2, ENOUGH * len(text_px)):
            continue
        ticks, values = source[pick[tied]], linear[tied]
        if len(set(ticks.tolist())) < 2 or np.ptp(values) == 0:
            continue
        slope, intercept, keep, rms = _robust(ticks, values)
        if rms > TICK_RMS_PX:
            continue
        share = keep.sum() / len(text_px)
        key = (share >= PREFERRED, -priority if share >= PREFERRED else share)
        if best is None or key > best[0]:
            best = (key, slope, intercept, rms, dict(zip(np.flatnonzero(tied).tolist(), ticks.tolist(), strict=True)))
    flags = set()
    if best is None:
        slope, intercept, _, rms = _robust(text_px, linear)
        places: dict[int, float] = {}
        flags.add("scale_loose")
    else:
        _, slope, intercept, rms, places = best
        if rms > LOOSE_PX:
            flags.add("scale_loose")
    if len(members) == 2:
        flags.add("scale_from_two_ticks")
    if p.total > len(p.members):
        flags.add("tick_label_outlier")
    ticks_out = tuple(
        Tick(float(places.get(i, text_px[i])), float(data[i]), m.text) for i, m in enumerate(members)
    )
    if rms > REFUSED_PX:
        return Axis(ticks=ticks_out, flags=frozenset(flags | {"axis_unread"}))
    scale = Scale(kind=p.kind, slope=float(slope), offset=float(intercept), sigma_px=float(rms))
    return Axis(scale=scale, kind=p.kind, ticks=ticks_out, residual_px=float(rms),
                resolution=abs(float(slope)), flags=frozenset(flags))  # fmt: skip


def with_range(axis: Axis, frame: Frame, side: str) -> Axis:
    """The axis with its data range at the frame: left and right for x, bottom and top for y."""
    if axis.scale is None:
        return axis
    ends = (frame.left, frame.right) if side == "x" else (frame.bottom, frame.top)
    low, high = (float(v) for v in axis.scale.to_data(np.array(ends)))
    return replace(axis, range=(low, high))


def _robust(px, linear):
    """Straight line through ticks, those beyond 2.5 medians of the misfit left out once."""
    keep = np.ones(len(px), bool)
    for _ in range(2):
        slope, intercept = np.polyfit(px[keep], linear[keep], 1)
        miss = np.abs((linear - intercept) / slope - px)
        limit = max(OUTLIER_MEDIANS * float(np.median(miss[keep])), 0.3)
        new = miss <= limit
        if new.sum() < max(2, 0.6 * len(px)) or (new == keep).all():
            break
        keep = new
    slope, intercept = np.polyfit(px[keep], linear[keep], 1)
    rms = float(np.sqrt((((linear[keep] - intercept) / slope - px[keep]) ** 2).mean()))
    return slope, intercept, keep, rms


def _sources(raster: Raster, lines: tuple[Line, ...], frame: Frame, side: str, height: float):
    """Tick places by outer strip, gridlines, inner strip; px along the axis."""
    depth = max(STRIP_HEIGHTS * height, STRIP_PX + 1.0)
    grid = []
    for line in lines:
        if line.kind != "stroke" or line.horizontal == (side == "x"):
            continue
        lo, hi = (frame.top, frame.bottom) if side == "x" else (frame.left, frame.right)
        if min(line.end, hi) - max(line.start, lo) >= 0.5 * (hi - lo):
            grid.append(line.position)
    yield _strip(raster, frame, side, STRIP_PX, depth, height)
    yield np.unique(np.array(grid))
    yield _strip(raster, frame, side, -depth, -STRIP_PX, height)


def _strip(raster: Raster, frame: Frame, side: str, near: float, far: float, height: float):
    edge = {"x": frame.bottom, "y": frame.left, "y2": frame.right}[side]
    outward = -1 if side == "y" else 1
    a, b = sorted((edge + outward * near, edge + outward * far))
    first, last = int(np.ceil(a)), int(np.floor(b))
    size = raster.height if side == "x" else raster.width
    first, last = max(first, 0), min(last, size - 1)
    if last < first:
        return np.zeros(0)
    rgb = raster.rgb if side == "x" else raster.rgb.transpose(1, 0, 2)
    lo, hi = (frame.left, frame.right) if side == "x" else (frame.top, frame.bottom)
    start, end = max(0, int(lo) - 3), min(rgb.shape[1], int(hi) + 5)
    strip = rgb[first : last + 1, start:end].astype(np.float32)
    if strip.size == 0:
        return np.zeros(0)
    paper = np.median(strip, axis=1, keepdims=True)
    mark = np.abs(strip - paper).max(axis=2)
    # A tick crosses the nearest row; take the rows' mean so that noise of single pixels sinks.
    profile = mark.mean(axis=0)
    peak = np.percentile(profile, 99.5) if len(profile) else 0.0
    peak = max(peak, profile.max() * 0.5)
    if profile.max() < LEAST_LEVELS:
        return np.zeros(0)
    on = profile > max(BLOB_SHARE * peak, LEAST_LEVELS / 2)
    edges = np.diff(np.concatenate([[0], on.astype(np.int8), [0]]))
    out = []
    for i, j in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        if j - i > max(BLOB_WIDTH_HEIGHTS * height, 3):
            continue
        # The rims below the threshold belong to the stroke too.
        i0, j0 = max(0, i - 1), min(len(profile), j + 1)
        weight = profile[i0:j0]
        out.append(start + float((np.arange(i0, j0) * weight).sum() / weight.sum()))
    return np.array(out)
