"""The steps from a panel's pixels to its curves, in order."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import Scale
from plotread.vision.faces import with_faces
from plotread.vision.ink.above import with_steep_starts, with_thin_above
from plotread.vision.ink.background import INK, Mask, Sheet, lay_sheet
from plotread.vision.ink.band import as_band, band_trace
from plotread.vision.ink.bars import barred
from plotread.vision.ink.braid import Strand, braid
from plotread.vision.ink.bridge import bridged
from plotread.vision.ink.colors import lab_gap
from plotread.vision.ink.complete import SIGMA_HIDDEN_PX, Told, sheet_points, with_ends
from plotread.vision.ink.dashes import Rhythm, cut_by_others, fine_style, rhythm_of, style_of
from plotread.vision.ink.dots import line_between, lone_marks, marks_on_steps
from plotread.vision.ink.echoes import without_echoes
from plotread.vision.ink.emit import emit_points, fill_under_others, without_specks
from plotread.vision.ink.ends import to_the_frame
from plotread.vision.ink.fills import seen_through_fills
from plotread.vision.ink.follow import MAX_CURVES, Curve, depths_of, filled, follow_all
from plotread.vision.ink.furniture import (
    blocked_pixels,
    drop_swatches,
    is_grid_line,
    on_the_grid,
    under_words,
)
from plotread.vision.ink.inks import FREE_PX, Ink, find_inks
from plotread.vision.ink.layers import LEVEL_WIDTH, Layers, faint_level, split
from plotread.vision.ink.legends import legend_frame, shut_per_ink, through_legends
from plotread.vision.ink.markers import (
    BEAD_PX,
    deepest,
    depth_of,
    has_markers,
    logged_points,
    marks_for_discs,
    maxima,
    sized,
    sparse,
)
from plotread.vision.ink.pen import BROKEN_PERCENTILE, stroke_width
from plotread.vision.ink.pointers import without_pointers
from plotread.vision.ink.raw import SOLID_COVER, raw_pieces, raw_points, raw_width, shows_marks
from plotread.vision.ink.spines import from_spines
from plotread.vision.ink.tips import with_tips
from plotread.vision.ink.unmix import share_overlaps, unmix
from plotread.vision.types import LegendEntry, PanelFrame, Raster, Ruler, Trace

HIDING = 0.35  # coverage by others from which a pixel may hide a curve
BESIDE_SHARE = 0.6  # of the points of a curve that other inks come near to
SIGMA_PX = 0.15  # standard error of a clean centre, px
SIGMA_HIDDEN_MARK_PX = 1.0
SPINE_SLACK_PX = 0.6  # px beyond the middle of a spine


def trace_panel(
    raster: Raster,
    ruler: Ruler,
    panel: PanelFrame,
    legend: tuple[LegendEntry, ...] = (),
    obstacles: tuple[Box, ...] = (),
) -> tuple[Trace, ...]:
    """Trace every curve of one panel.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
    panel : PanelFrame
        Frame in whole-image px; the x scale, where known, serves the comb of markers.
    legend : tuple of LegendEntry
        The list of inks, where one was read; may be empty.
    obstacles : tuple of Box
        Boxes inside the frame that hold text or a legend, whole-image px.

    Returns
    -------
    tuple of Trace
        Whole-image px; empty where the panel shows no curve.
    """
    sheet = lay_sheet(raster, panel.frame, ruler.text_height_px, obstacles)
    blocked = blocked_pixels(sheet, obstacles)
    outline = legend_frame(sheet, legend)
    blocked |= outline
    inks = find_inks(sheet, blocked, legend)
    if not inks:
        return ()
    inks, maps = with_thin_above(sheet, inks, unmix(sheet, inks), legend, blocked)
    with_steep_starts(sheet, inks, maps)
    alpha = maps.alpha
    shut = shut_per_ink(sheet, inks, alpha, blocked, through_legends(sheet, legend, obstacles))
    shut &= ~seen_through_fills(sheet, inks, alpha, outline)
    alpha[shut] = 0.0
    drop_swatches(alpha, sheet.text_px)
    levels = [_level(sheet, ink, layer) for ink, layer in zip(inks, alpha, strict=True)]
    share_overlaps(sheet, inks, levels, maps)
    alpha[shut] = 0.0
    scale = _sheet_scale(sheet, panel.x.scale)
    busy = alpha.sum(axis=0)
    covered = blocked | maps.strange

    def curves(k: int, *, banded: bool = False) -> list[Told]:
        hidden = ((busy - alpha[k]) > HIDING) | covered
        return _curves_of(sheet, inks[k], alpha[k], levels[k], hidden, k, scale, banded=banded)

    parts = [curves(k) for k in range(len(inks))]
    parts = [curves(k, banded=True) if _may_be_bands(own, parts) else own for k, own in enumerate(parts)]
    told = [
        replace(t, ink=k, own=t.own if len(of) > 1 else alpha[k]) for k, of in enumerate(parts) for t in of
    ]
    ticks = tuple(tick.pixel for tick in panel.y.ticks)
    told = [t for t in told if len(told) == 1 or not is_grid_line(sheet, t.trace, ticks)]
    told = without_echoes(told, inks)
    told = without_pointers(told, inks, obstacles, sheet.text_px * sheet.zoom)
    busy = np.where(covered, np.float32(1), busy)
    boxes = under_words(sheet, obstacles)
    if outline.any():
        boxes |= np.outer(outline.any(axis=1), outline.any(axis=0))
    return with_ends(sheet, told, inks, busy, boxes)


def _may_be_bands(own: list[Told], parts: list[list[Told]]) -> bool:
    """Whether an ink's raw curve is as opaque as the bands of other inks."""
    bands = [t.trace.opacity for part in parts for t in part if t.trace.kind == "band"]
    raw = [t.trace.opacity for t in own if t.trace.role == "raw"]
    return any(abs(a - b) <= LEVEL_WIDTH / 2 for a in raw for b in bands)


def _sheet_scale(sheet: Sheet, scale: Scale | None) -> Scale | None:
    """The x scale with px of the sheet instead of the image."""
    if scale is None:
        return None
    shift = sheet.x0 - 0.5 + 0.5 * sheet.zoom
    return replace(scale, slope=scale.slope * sheet.zoom, offset=scale.offset + scale.slope * shift)


def _level(sheet: Sheet, ink: Ink, alpha: NDArray[np.float32]) -> float | None:
    """Opacity of an ink's faint layer, where it has one."""
    contrast = float(np.linalg.norm(ink.color - sheet.paper))
    return faint_level(alpha, sheet.grid, contrast, sheet.lossy, stroke_width(alpha))


def _curves_of(
    sheet: Sheet, ink: Ink, alpha: NDArray[np.float32], level: float | None, hidden: Mask, pair: int,
    scale: Scale | None, *, banded: bool = False,
) -> list[Told]:  # fmt: skip
    """All curves of one ink: by their dashes, else raw and smoothed by opacity, else one by one."""
    entries = ink.entries
    unbroken = bool(entries) and all(e.line == "solid" for e in entries)
    several = len(entries) > 1
    layers = split(alpha, level, sheet.grid) if level is not None else None
    if unbroken and several and layers is not None:
        told = _two_layers(sheet, ink, layers, hidden, pair)
        if len(told) > 1:
            return told  # a raw curve and its smoothed one, named apart
    plain = len(entries) == 1 and entries[0].line in ("solid", "none")
    limit = len(entries) or MAX_CURVES
    strands = [] if plain else braid(alpha, hidden, limit, several)
    if strands:
        parted = [(_strand(sheet, ink, alpha, strand, hidden, scale), strand) for strand in strands]
        return [replace(t, own=s.own if t.rhythm else None) for t, s in parted if t is not None]
    if layers is not None and not shows_marks(layers):
        told = _two_layers(sheet, ink, layers, hidden, pair, banded=banded)
        if len(told) > 1:
            return told
        if told:  # no curve of its own is that faint: mixed pixels
            alpha = layers.strong
    if all(e.line == "none" for e in entries):
        alone = _alone(sheet, ink, alpha, hidden, scale, bare=True)
        if alone:
            return alone
    faced = with_faces(alpha, sheet.text_px)
    for curve in follow_all(faced, hidden, limit=1) if faced is not None else []:
        row = _told(sheet, ink, curve, hidden, scale)
        if row is not None and row.trace.recovered:
            return [row]
    followed = with_tips(follow_all(alpha, hidden, single=len(entries) == 1), alpha, hidden)
    depths = depths_of(followed, hidden) if len({e.color for e in entries}) > 1 else [1.0] * len(followed)
    curves = [
        _told(sheet, _paler(sheet, ink, depth), filled(curve, depth), hidden, scale)
        for curve, depth in zip(followed, depths, strict=True)
    ]
    told = [t for t in curves if t is not None]
    more = [t for t in told[1:] if not on_the_grid(sheet, sheet_points(sheet, t.trace))]
    told = told[:1] + [t for t in more if not (sheet.lossy and _beside(sheet, t.trace, hidden))]
    if any(t.trace.recovered for t in told):
        return told
    # Where grid lines shine through its frame, a legend seems to show a line.
    return _alone(sheet, ink, alpha, hidden, scale) or told


def _alone(
    sheet: Sheet, ink: Ink, alpha: NDArray[np.float32], hidden: Mask, scale: Scale | None, *,
    bare: bool = False,
) -> list[Told]:  # fmt: skip
    """Markers without a line, touching ones on whole steps alone; `bare` is that no line is listed."""
    marks = None
    if len(ink.entries) == 1 and ink.entries[0].marker:
        marks = marks_on_steps(alpha, sheet.text_px, hidden, scale)
    if marks is None and bare:
        marks = lone_marks(alpha, sheet.text_px, bool(ink.entries))
    if marks is None:
        return []
    faced = with_faces(alpha, sheet.text_px)
    line = line_between(alpha if faced is None else faced, hidden, marks, {e.line for e in ink.entries})
    return [Told(replace(_recovered(sheet, ink, marks, hidden, 0.0), line=line), None)]


def _beside(sheet: Sheet, trace: Trace, hidden: Mask) -> bool:
    """Whether a further curve of an ink mostly runs beside others: their smeared colors mix to many."""
    rows, columns = np.round(sheet_points(sheet, trace)[trace.observed].T[::-1]).astype(int)
    inside = (rows >= 0) & (rows < sheet.height) & (columns >= 0) & (columns < sheet.width)
    size = 2 * FREE_PX + 1
    near = cv2.dilate(hidden.astype(np.uint8), np.ones((size, size), np.uint8))
    return bool(near[rows[inside], columns[inside]].mean() > BESIDE_SHARE) if inside.any() else True


def _paler(sheet: Sheet, ink: Ink, depth: float) -> Ink:
    """The ink of a curve drawn at a share of the fullest depth, with the entry nearest to it."""
    if depth == 1:
        return ink
    color = sheet.paper + depth * (ink.color - sheet.paper)
    nearest = min(ink.entries, key=lambda e: lab_gap(np.array(e.color, dtype=np.float32), color))
    return Ink(color, (nearest,), ink.pixels)


def _strand(
    sheet: Sheet, ink: Ink, alpha: NDArray[np.float32], strand: Strand, hidden: Mask, scale: Scale | None
) -> Told | None:
    """One of several curves of one ink: its own depth of color, its own style, its own entry."""
    style = strand.rhythm.style if strand.rhythm else fine_style(strand.curve.alpha, hidden)
    entries = tuple(e for e in ink.entries if e.line == style)
    if len(entries) != 1:
        markers = {e.marker for e in ink.entries}
        entries = ink.entries if len(markers) == 1 else ()
    own = Ink(sheet.paper + strand.depth * (ink.color - sheet.paper), entries, ink.pixels)
    others = (alpha > INK) & (strand.curve.alpha <= INK)
    told = _told(sheet, own, strand.curve, hidden | others, scale, strand.rhythm)
    if told is None:
        return None
    return Told(replace(told.trace, line=style), told.rhythm)


def _two_layers(
    sheet: Sheet, ink: Ink, layers: Layers, hidden: Mask, pair: int, *, banded: bool = False
) -> list[Told]:
    strong = follow_all(layers.strong, hidden, limit=1, layered=True)
    if not strong:
        return []
    upper = _told(sheet, ink, strong[0], hidden, None)
    if upper is None:
        return []
    upper = replace(upper, own=layers.strong)
    smoothed = upper.trace
    width = smoothed.width_px / sheet.zoom
    # Two names in one ink are two curves, whatever their shape.
    band = as_band(layers, width, likely=banded) if len(ink.entries) < 2 else None
    if band is not None:
        return [upper, Told(band_trace(sheet, ink.rgb, band, layers.level), None)]
    open_weak = np.where(layers.solid, np.float32(SOLID_COVER), layers.weak)
    followed = follow_all(open_weak, hidden, limit=1, layered=True)
    if not followed:
        return [upper]
    weak = raw_pieces(layers, followed[0].alpha > INK)
    pen = raw_width(weak, layers.solid, width)
    points, observed = raw_points(weak, layers.solid, sheet_points(sheet, smoothed), pen)
    if len(points) < 2 or on_the_grid(sheet, points[observed]):
        return [upper]
    points, observed = _settled(sheet, points, observed, hidden)
    sigma = np.where(observed, SIGMA_PX, SIGMA_HIDDEN_PX) * sheet.zoom
    raw = Trace(
        points_px=sheet.to_image(points),
        sigma_px=sigma,
        observed=observed,
        color=ink.rgb,
        role="raw",
        opacity=layers.level,
        width_px=pen * sheet.zoom,
        pair=pair,
    )
    return [Told(raw, None), replace(upper, trace=replace(smoothed, role="smoothed", pair=pair))]


def _settled(
    sheet: Sheet, points: NDArray[np.float64], observed: Mask, hidden: Mask
) -> tuple[NDArray[np.float64], Mask]:
    """Ends prolonged to the frame and gaps bridged, `observed` kept in step."""
    within = (points[:, 0] >= sheet.frame.left - SPINE_SLACK_PX) & (
        points[:, 0] <= sheet.frame.right + SPINE_SLACK_PX
    )
    if within.sum() >= 2:
        points, observed = points[within], observed[within]
    longer = to_the_frame(points, sheet.frame)
    front = int(longer[0, 0] < points[0, 0])
    back = len(longer) - len(points) - front
    seen = np.concatenate([np.ones(front, bool), observed, np.ones(back, bool)])
    return bridged(longer, seen, hidden)


def _recovered(sheet: Sheet, ink: Ink, points: NDArray[np.float64], hidden: Mask, width: float) -> Trace:
    rows = np.clip(np.round(points[:, 1]).astype(int), 0, sheet.height - 1)
    columns = np.clip(np.round(points[:, 0]).astype(int), 0, sheet.width - 1)
    observed = ~hidden[rows, columns]
    entry = ink.entries[0] if ink.entries else None
    return Trace(
        points_px=sheet.to_image(points),
        sigma_px=np.where(observed, SIGMA_PX, SIGMA_HIDDEN_MARK_PX) * sheet.zoom,
        observed=observed,
        color=ink.rgb,
        line=style_of({e.line for e in ink.entries}, None),
        marker=(entry.marker if entry else None) or "o",
        width_px=width * sheet.zoom,
        recovered=True,
    )


def _told(
    sheet: Sheet, ink: Ink, curve: Curve, hidden: Mask, scale: Scale | None,
    known: Rhythm | Literal["unknown"] | None = "unknown",
) -> Told | None:  # fmt: skip
    width = stroke_width(curve.alpha, hidden=hidden)
    rhythm = rhythm_of(curve.alpha, hidden, width) if known == "unknown" else known
    if known == "unknown" and rhythm is not None and _is_solid(ink, curve, hidden):
        rhythm = None
    if rhythm is not None:
        width = stroke_width(curve.alpha, BROKEN_PERCENTILE)
    # Broken lines show no markers.
    solid = fill_under_others(curve.alpha, hidden, width) if rhythm is None else None
    depth = depth_of(solid) if solid is not None else None
    depth = sparse(depth, width) if depth is not None else None
    marks = maxima(depth) if depth is not None and has_markers(depth, width) else np.empty((0, 2))
    if depth is not None:
        depth, marks = deepest(sized(depth, marks), marks)
    if depth is not None and solid is not None and scale is not None:
        listed = [e for e in ink.entries if e.marker]
        broken = any(e.line not in ("solid", "none") for e in listed)
        logged = logged_points(depth, marks, hidden, scale, width, bool(listed), broken)
        if logged is not None:
            pen = width if len(marks) else min(width, BEAD_PX)  # none is seen between markers that touch
            return Told(_recovered(sheet, ink, logged, hidden, pen), None)
        bars = barred(depth, solid, hidden, scale, width)
        if bars is not None:
            return Told(replace(_recovered(sheet, ink, bars, hidden, width), marker=None), None)
    points = emit_points(curve.alpha, hidden, width)
    if rhythm is None:
        points = from_spines(without_specks(points), curve.alpha, sheet.frame, width)
    if len(points) < 2:
        return None
    if depth is not None and len(marks):
        points = marks_for_discs(points, depth, marks, width)
    # Dashes have gaps in the open, too.
    cover = hidden if rhythm is None else np.ones_like(hidden)
    points, observed = _settled(sheet, points, np.ones(len(points), dtype=bool), cover)
    sigma = np.where(observed, SIGMA_PX, SIGMA_HIDDEN_PX) * sheet.zoom
    entry = ink.entries[0] if ink.entries else None
    own = None if rhythm is None or cut_by_others(curve.alpha, hidden) else rhythm
    return Told(
        Trace(
            points_px=sheet.to_image(points),
            sigma_px=sigma,
            observed=observed,
            color=ink.rgb,
            line=style_of({e.line for e in ink.entries}, own),
            marker=entry.marker if entry else None,
            width_px=width * sheet.zoom,
        ),
        rhythm,
    )


def _is_solid(ink: Ink, curve: Curve, hidden: Mask) -> bool:
    """Whether pieces that look like dashes are those of a solid curve which others cut."""
    if ink.entries:  # the legend knows better
        return len(ink.entries) == 1 and ink.entries[0].line == "solid"
    return cut_by_others(curve.alpha, hidden)
