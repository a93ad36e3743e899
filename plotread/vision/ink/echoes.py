"""Curves told twice: in their own color, and in one that a palette or their edges made of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plotread.model import Floats
from plotread.vision.ink.complete import Told
from plotread.vision.ink.inks import Ink
from plotread.vision.types import Trace

ECHO_SHARE, STRANGE_SHARE = 0.9, 0.85  # of the points of a curve, of all in a strange ink, that lie on others
ECHO_WIDTHS = 1.0  # strokes up or down, within which they do
HAIR, THICK_PX = 0.3, 3.0  # of the pen of its ink, and that pen, px, where a curve is a rim of others
HAIR_ECHO = 0.5  # of such a curve that lies on others
LEAST_SEEN = 0.4  # of a second curve of a name, in sight
CAP_OPEN, CAP_JOINED = 0.05, 0.5  # pitches aside of the middle between points, share of middles with ink
NEIGHBORS = 3  # points of another curve before and after it that tell its ends


def without_echoes(told: list[Told], inks: tuple[Ink, ...]) -> list[Told]:
    """The curves less those that a legend does not ask for and that run along others from end to end.

    That is every curve of an ink that no legend names, beside named ones, and of an ink that it names
    once all but one, those of it that are hardly in sight as well.  The caps of error bars go, too.

    Parameters
    ----------
    told : list of Told
    inks : tuple of Ink
        Every ink of the panel.
    """
    lines = [t.trace for t in told if t.trace.kind == "line"]
    strange = {ink.rgb for ink in inks if not ink.entries}
    named = [t for t in lines if t.color not in strange]
    echoes: set[int] = set()
    for ink in inks:
        own = [t for t in lines if t.color == ink.rgb]
        others = [t for t in named if t.color != ink.rgb]
        along: list[Trace] = []
        if not ink.entries and _share_on(own, others) >= STRANGE_SHARE:
            along = own  # a mixed color breaks into pieces, of which one or the other strays
        elif len(ink.entries) == 1 and len(own) > 1:
            seen = [t for t in own if t.observed.mean() >= LEAST_SEEN]
            along = [
                t for t in own
                if (on := _share_on([t], others)) >= ECHO_SHARE or (seen and t not in seen)
                or (on >= HAIR_ECHO and _is_hair(t, own))
            ]  # fmt: skip
            along = along if len(along) < len(own) else []
        echoes |= {id(t) for t in (*along, *_caps(own))}
    if not echoes:
        return told
    kept = [t for t in told if id(t.trace) not in echoes]
    # Of a raw and a smoothed curve one is left: neither.
    lone = {t.trace.color for t in kept if sum(k.trace.color == t.trace.color for k in kept) == 1}
    freed = lone & {t.trace.color for t in told if id(t.trace) in echoes}
    return [replace(t, trace=replace(t.trace, role=None)) if t.trace.color in freed else t for t in kept]


def _is_hair(trace: Trace, own: list[Trace]) -> bool:
    """Whether a curve is far thinner than another of its ink, as the rims of thick strokes are."""
    pen = max(t.width_px for t in own)
    return trace.role is None and pen >= THICK_PX and trace.width_px <= HAIR * pen


def _caps(own: list[Trace]) -> list[Trace]:
    """Of one ink's curves those that are caps of error bars: they stand at the logged points of another."""
    logged = [t for t in own if t.recovered and len(t.points_px) > NEIGHBORS]
    if len(logged) != 1:
        return []
    x = logged[0].points_px[:, 0]
    reach = CAP_OPEN * float(np.median(np.diff(x)))

    def is_caps(trace: Trace) -> bool:
        shown = trace.points_px[trace.observed, 0]
        if len(shown) == 0:
            return True
        between = (x[:-1] + x[1:]) / 2
        between = between[(between > shown.min()) & (between < shown.max())]
        near = np.abs(between[:, None] - shown).min(axis=1) <= reach
        return len(between) == 0 or float(near.mean()) < CAP_JOINED

    return [t for t in own if not t.recovered and is_caps(t)]


def _share_on(traces: list[Trace], others: list[Trace]) -> float:
    """Share of the points of these curves, where they show, that lie on others."""
    on = []
    for trace in traces:
        x, y = trace.points_px[trace.observed].T
        near = np.zeros(len(x), dtype=bool)
        for other in others:
            if len(other.points_px) > 1:
                near |= _on(x, y, other, max(trace.width_px, other.width_px))
        on.append(near)
    every = np.concatenate(on) if on else np.zeros(0)
    return float(every.mean()) if len(every) else 0.0


def _on(x: Floats, y: Floats, other: Trace, width: float) -> NDArray[np.bool_]:
    """Which points lie on a curve; where markers or noise fill a column, it has two ends there."""
    there, level = other.points_px[np.argsort(other.points_px[:, 0], kind="stable")].T
    if other.recovered:
        # Beside a steep piece lies what is far above or below it.
        beside = [np.interp(x + aside, there, level) for aside in (-width / 2, 0.0, width / 2)]
        low, high = np.min(beside, axis=0), np.max(beside, axis=0)
    else:
        around = np.searchsorted(there, x)[:, None] + np.arange(-NEIGHBORS, NEIGHBORS)
        near = level[np.clip(around, 0, len(there) - 1)]
        low, high = near.min(axis=1), near.max(axis=1)
    inside = (x >= there[0] - 1) & (x <= there[-1] + 1)
    return np.asarray(inside & (y >= low - ECHO_WIDTHS * width) & (y <= high + ECHO_WIDTHS * width))
