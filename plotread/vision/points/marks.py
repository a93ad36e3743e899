"""Curves with markers: their combs, found together for all curves of a panel, and their shapes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import Floats, LineStyle, Scale
from plotread.vision.faces import with_faces
from plotread.vision.points.near import (
    INK,
    OTHER_PX,
    Line,
    Loose,
    bare_width,
    heights,
    inked_share,
    line_of,
    loose_ink,
    reach_of,
    rules_of,
)
from plotread.vision.points.shapes import Mark, find_mark
from plotread.vision.points.teeth import Comb, comb_on, find_comb, settled
from plotread.vision.points.uneven import find_uneven, whole_steps, with_hidden
from plotread.vision.types import Trace

SMALL_TEXTS = 0.5  # half a marker's size in text heights up to which all are tried
BARE_PX = 2.0  # of line between two markers; less would not be seen
JOINED = 0.9  # share of a curve's columns with ink, for a line
MOST_RADII = 1.5  # half a marker over half the width of its loose ink, at most


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """What the ink near one curve shows.

    Attributes
    ----------
    loose : Loose
        Its ink near its line.
    line : Line
    width_px : float
        The stroke between markers.
    reach : float
        Half the size of the largest marker that is tried, px.
    text_px : float
        Height of the digits at the ticks, 0 where unknown.
    steps, x_px, y_px : (K,) float array or None
        Logged steps (data) and places (whole-image px), where a comb was found.
    spacing : float or None
        Of those steps, data units.
    shift_px : float
        How far right of the ruler's places the markers stand, px; contained in `x_px`.
    mark : Mark or None
    """

    loose: Loose
    line: Line
    width_px: float
    reach: float
    text_px: float = 0.0
    steps: Floats | None = None
    x_px: Floats | None = None
    y_px: Floats | None = None
    spacing: float | None = None
    shift_px: float = 0.0
    mark: Mark | None = None


def find_marked(
    pixels: np.ndarray, paper: Floats, traces: tuple[Trace, ...], scale: Scale, box: Box, text_px: float = 0.0
) -> list[Marked | None]:  # fmt: skip
    """Markers and logged points of the curves of a panel.

    Parameters
    ----------
    pixels : (h, w, 3) float32 array
        The panel.
    paper : (3,) float array
    traces : tuple of Trace
    scale : Scale
        Of the x axis, whole-image px; combs of even pitch are looked for on linear ones.
    box : Box
        The panel's pixels.
    text_px : float
        Height of the digits at the ticks, 0 where unknown.

    Returns
    -------
    list of Marked or None, one per trace
        None for bands, guide lines, and raw and smoothed pairs.
    """
    drawn = [_stroke_of(trace, box) for trace in traces]
    busy = np.zeros(pixels.shape[:2], np.uint8)
    for mask in drawn:
        busy += mask
    ruled = rules_of(pixels, paper)
    lines: list[Line | None] = []
    looses: list[Loose | None] = []
    for i, trace in enumerate(traces):
        line, loose = None, None
        if trace.kind == "line" and trace.role is None:
            line = line_of(trace, box)
            hidden = (busy > drawn[i]) | ruled
            loose = loose_ink(
                pixels, paper, trace.color, line, trace.width_px, hidden, text_px
            )  # fmt: skip
        lines.append(line)
        looses.append(loose)
    combs = _combs(traces, lines, looses, scale, box.x0)
    return [
        None if line is None or loose is None else _marked(trace, line, loose, comb, box, text_px)
        for trace, line, loose, comb in zip(traces, lines, looses, combs, strict=True)
    ]


def joined(trace: Trace, seen: Marked | None) -> Trace:
    """A solid line where ink runs all along the curve, though the sample in the legend shows none."""
    if trace.line != "none" or seen is None or not len(seen.line.columns):
        return trace
    if seen.mark is not None and trace.recovered:
        pitch = float(np.median(np.diff(trace.points_px[:, 0])))
        if pitch <= 2 * seen.mark.radius + BARE_PX:
            return trace  # markers that touch are ink all along, too
    h = seen.loose.ink.shape[0]
    at = np.clip(np.round(seen.line.middle).astype(int), 1, h - 2)
    columns = seen.line.columns
    ink = np.max([seen.loose.ink[at + d, columns] for d in (-1, 0, 1)], axis=0)
    return replace(trace, line="solid") if float((ink > INK).mean()) >= JOINED else trace


def _marked(
    trace: Trace, line: Line, loose: Loose, comb: Comb | None, box: Box, text_px: float
) -> Marked:
    reach = reach_of(trace.width_px, text_px)
    out = Marked(loose, line, trace.width_px, reach, text_px)
    same = comb is not None and trace.recovered and len(comb.steps) == len(trace.points_px)
    if comb is not None and not same:  # the middles of discs are known better than the line between
        comb = settled(comb, loose, line, box.x0) if comb.even else comb
        y = heights(line, comb.x_px - box.x0, comb.radius, loose.blind) + box.y0
        out = replace(
            out, steps=comb.steps, x_px=comb.x_px, y_px=y, shift_px=comb.shift_px, spacing=comb.spacing,
            reach=min(reach, max(MOST_RADII * comb.radius + 2, SMALL_TEXTS * text_px)),
        )  # fmt: skip
        return with_mark(out, comb.x_px, y, comb.radius, box, trace.line, crossed=comb.crossed)
    if trace.recovered:
        x, y = trace.points_px[:, 0], trace.points_px[:, 1]
        return with_mark(out, x, y, reach, box, trace.line)
    return out


def with_mark(
    seen: Marked, x_px: Floats, y_px: Floats, radius: float, box: Box, style: LineStyle, *,
    crossed: bool = False,
) -> Marked:  # fmt: skip
    """The marker that is drawn at these points, and the width of the bare stroke between."""
    x, y = x_px - box.x0, y_px - box.y0
    solid = style == "solid"
    bare = bare_width(seen.loose, seen.line, x, radius) if solid else None  # gaps have none
    width = bare or seen.width_px
    share = 1.0 if solid else inked_share(seen.loose, seen.line, x, radius)
    mark_in = partial(
        find_mark, free=~seen.loose.hidden, x=x, y=y, width=width, most_px=seen.reach,
        line=0.0 if style == "none" else share, text_px=seen.text_px, crossed=crossed,
    )  # fmt: skip
    mark = mark_in(seen.loose.ink)
    filled = with_faces(seen.loose.ink, seen.text_px) if mark is None or not mark.certain else None
    if filled is not None:  # open markers that cut into each other show no whole outline
        told = mark_in(filled)
        mark = told if told is not None and told.certain else mark
    return replace(seen, mark=mark, width_px=width)


def bare_heights(seen: Marked, x_px: Floats, radius: float, box: Box) -> Floats:
    """Heights (px) of points at `x_px` by the line between their markers."""
    return np.asarray(heights(seen.line, x_px - box.x0, radius, seen.loose.blind) + box.y0)


def _stroke_of(trace: Trace, box: Box) -> NDArray[np.uint8]:
    canvas = np.zeros((box.height, box.width), np.uint8)
    points = np.round((trace.points_px - (box.x0, box.y0)) * 16).astype(np.int32)
    cv2.polylines(canvas, [points], False, 1, max(1, round(trace.width_px + 2 * OTHER_PX)), shift=4)
    return canvas


def _combs(
    traces: tuple[Trace, ...], lines: list[Line | None], looses: list[Loose | None], scale: Scale, x0: int
) -> list[Comb | None]:
    """A comb per trace; what most of them stand on serves the rest."""
    if scale.kind not in ("linear", "category"):
        return _uneven(traces, lines, looses, scale, x0)
    combs = [
        None if line is None or loose is None
        else find_comb(loose, line, scale, trace.width_px, x0, told=_is_told(trace))
        for trace, line, loose in zip(traces, lines, looses, strict=True)
    ]  # fmt: skip
    votes = Counter(vote for vote in map(partial(_vote, scale), traces, combs) if vote is not None)
    (spacing, phase), count = votes.most_common(1)[0] if votes else ((0.0, 0.0), 0)
    rest = list(lines)
    for i, (trace, line, loose) in enumerate(zip(traces, lines, looses, strict=True)):
        own = combs[i]
        if trace.recovered or (own is not None and own.spacing == spacing):
            rest[i] = None
        elif count and line is not None and loose is not None:
            # A curve whose own steps were told stands on those of the others only by its own ink.
            found = comb_on(
                spacing, phase, loose, line, scale, trace.width_px, x0,
                told=_is_told(trace) and own is None, common=count > 1,
            )  # fmt: skip
            combs[i] = found or own
    alone = _uneven(traces, rest, looses, scale, x0)
    return [one if _is_finer(one, comb) else comb for one, comb in zip(alone, combs, strict=True)]


def _is_told(trace: Trace) -> bool:
    return trace.marker is not None and not trace.recovered


def _vote(scale: Scale, trace: Trace, comb: Comb | None) -> tuple[float, float] | None:
    """Spacing and phase of a curve's steps, where they are even whole numbers."""
    if comb is not None:
        return comb.spacing, comb.phase % comb.spacing
    if not trace.recovered or trace.marker is None:
        return None
    steps = np.round(np.sort(scale.to_data(trace.points_px[:, 0])), 3)
    spacing = float(np.median(np.diff(steps)))
    return (round(spacing, 3), round(float(np.median(steps % spacing)), 3)) if spacing >= 1 else None


def _is_finer(one: Comb | None, comb: Comb | None) -> bool:
    """Whether markers found one by one stand on whole steps, and are more than the teeth of a comb."""
    return one is not None and one.whole and (comb is None or len(one.steps) > len(comb.steps))


def _uneven(
    traces: tuple[Trace, ...], lines: list[Line | None], looses: list[Loose | None], scale: Scale, x0: int
) -> list[Comb | None]:
    """Markers at places of no equal pitch, those that one curve hides told by the others."""
    own: dict[int, tuple[Comb, Line, Loose]] = {}
    for i, (trace, line, loose) in enumerate(zip(traces, lines, looses, strict=True)):
        if line is None or loose is None or trace.recovered:
            continue
        comb = find_uneven(loose, line, trace.width_px, x0)
        if comb is not None:
            own[i] = comb, line, loose
    out: list[Comb | None] = [None] * len(traces)
    for i, (comb, line, loose) in own.items():
        others = [other[:2] for j, other in own.items() if j != i]
        whole = with_hidden(comb, line, others, loose.blind, x0)
        out[i] = whole_steps(whole, scale) if whole is not None else None
    return out
