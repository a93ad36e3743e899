"""The minor ticks of a log axis: log10 of 2 to 9 between powers of ten tells the length of a decade.

With it one label is enough for a scale, two labels can be checked, and "100", "101", "102" are told
from powers whose exponent was written on the line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plotread.geometry import Frame
from plotread.model import Axis, Floats, Scale, Tick
from plotread.vision.panels.labels import Label, Side, power_of_ten, written_as_power
from plotread.vision.panels.ticks import TIE_HEIGHTS, minor_ticks
from plotread.vision.types import Line, Raster

MISS_PX = 1.0  # by which a minor tick may miss its place
LEAST_TICKS = 6  # of one decade or more that fit
EXPLAINED = 0.85  # share of all ticks that fit
FILLED = 0.7  # share of the places of the pattern that have a tick
LEAST_DECADE_PX = 30.0  # a shorter decade has minor ticks a pixel apart
SAME_LENGTH = 0.03  # relative difference of two lengths of a decade
AROUND = 1.05  # decades on either side of the label in which the first fit is made
NEAREST = 8  # ticks on either side of a label that are tried as its 2nd to 9th

_PLACES = np.log10(np.arange(1, 10))  # within a decade


@dataclass(frozen=True, slots=True)
class Decades:
    """``log10(value) = log10(value at the label) + (px - at) / length``."""

    at: float
    length: float  # px; negative where values fall along the axis
    rms: float


def decades(
    raster: Raster, lines: tuple[Line, ...], frame: Frame, side: Side, label_px: float, height: float
) -> Decades | None:
    """The length of a decade by the minor ticks around a label that is a power of ten.

    Parameters
    ----------
    raster : Raster
    lines : tuple of Line
    frame : Frame
    side : "x" or "x2", "y" or "y2"
    label_px : float
        Center of the label along the axis, px.
    height : float
        Text height, px.
    """
    best: tuple[int, Decades] | None = None
    for ticks in minor_ticks(raster, lines, frame, side, height):
        if len(ticks) < LEAST_TICKS:
            continue
        at = float(ticks[np.abs(ticks - label_px).argmin()])
        if abs(at - label_px) > TIE_HEIGHTS * height:
            continue
        ends = (frame.left, frame.right) if side in ("x", "x2") else (frame.top, frame.bottom)
        found = _length(ticks, at, ends)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best is not None else None


def _length(ticks: Floats, at: float, ends: tuple[float, float]) -> tuple[int, Decades] | None:
    order = np.argsort(np.abs(ticks - at), kind="stable")[1 : 1 + 2 * NEAREST]
    best: tuple[int, Decades] | None = None
    for tick in ticks[order].tolist():
        for place in (*_PLACES[1:], *(_PLACES[1:] - 1), 1.0, -1.0):
            first = Decades(at, (tick - at) / float(place), 0.0)
            if abs(first.length) < LEAST_DECADE_PX:
                continue
            # Ticks are drawn on whole pixels: one decade makes the length exact enough for the others.
            near = _fitted(ticks[np.abs(ticks - at) <= AROUND * abs(first.length)], first)
            found = _fitted(ticks, near) if near is not None else None
            if found is None or abs(found.length) < LEAST_DECADE_PX:
                continue
            low, high = sorted(((ends[0] - found.at) / found.length, (ends[1] - found.at) / found.length))
            places = (np.arange(np.floor(low), np.ceil(high))[:, None] + _PLACES[None, :]).ravel()
            held = int(((places >= low) & (places <= high)).sum())
            count = len(ticks)
            if count < FILLED * held:
                continue
            if best is None or (count, -found.rms) > (best[0], -best[1].rms):
                best = (count, found)
    return best


def _fitted(ticks: Floats, guess: Decades) -> Decades | None:
    """The decades refined on ticks, most of which stand where the guess says."""
    along = (ticks - guess.at) / guess.length
    whole = np.floor(along + 1e-9)
    gap = np.abs((along - whole)[:, None] - np.append(_PLACES, 1.0)[None, :])
    fits = gap.min(axis=1) * abs(guess.length) <= MISS_PX
    if fits.sum() < max(LEAST_TICKS, EXPLAINED * len(ticks)):
        return None
    meant = (whole + np.append(_PLACES, 1.0)[gap.argmin(axis=1)])[fits]
    if len(np.unique(np.round(meant % 1, 3))) < LEAST_TICKS - 1:
        return None  # even ticks fit some places too
    slope, offset = (float(v) for v in np.polyfit(meant, ticks[fits], 1))
    rms = float(np.sqrt(((meant * slope + offset - ticks[fits]) ** 2).mean()))
    return Decades(offset, slope, rms)


def from_one(label: Label, found: Decades) -> Axis:
    """The log axis that one label and the minor ticks tell."""
    value = label.values[0]
    slope = 1 / found.length
    scale = Scale("log", slope, float(np.log10(value)) - found.at * slope, found.rms)
    return Axis(
        scale=scale, kind="log", ticks=(Tick(found.at, value, label.text),), residual_px=found.rms,
        resolution=abs(slope), flags=frozenset({"scale_from_one_tick"}),
    )  # fmt: skip


def is_power(label: Label) -> bool:
    """Whether a label is a power of ten, and is written as one or is no small whole number."""
    value = label.values[0]
    return power_of_ten(value) and (written_as_power(label.text) or value not in (1.0, 10.0))


def looks_like_powers(axis: Axis) -> bool:
    """Whether all labels of a linear axis are "10" and a rising digit, as powers written on the line."""
    texts = [tick.text for tick in axis.ticks]
    return axis.kind == "linear" and len(texts) >= 2 and all(
        len(text) == 3 and text.startswith("10") and text[2].isdigit() for text in texts
    )  # fmt: skip


def as_powers(axis: Axis, found: Decades) -> Axis:
    """The same axis with its labels "100", "101" taken for 10^0, 10^1, where the ticks say so."""
    if axis.scale is None or abs(abs(axis.scale.slope * found.length) - 1) > SAME_LENGTH:
        return axis
    scale = replace(axis.scale, kind="log", offset=axis.scale.offset - 100)
    ticks = tuple(replace(t, value=10.0 ** int(t.text[2])) for t in axis.ticks)
    return replace(axis, scale=scale, kind="log", ticks=ticks)


def contradicts(axis: Axis, found: Decades) -> bool:
    """Whether the minor ticks tell another length of a decade than the labels."""
    return axis.scale is not None and abs(axis.scale.slope * found.length - 1) > SAME_LENGTH
