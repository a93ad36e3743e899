"""Symmetric log axes: powers on both sides of a zero, or on one, and a linear stretch around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from plotread.model import Axis, Floats, Scale, Tick
from plotread.vision.panels.labels import TOLERANCE_HEIGHTS, TOLERANCE_PX, Label, Progression, agree
from plotread.vision.panels.ticks import TIE_HEIGHTS

# Decades that the linear stretch takes on either side: 1 / (1 - 1/10), what matplotlib draws unless told.
LINEAR_DECADES = 10 / 9
LEAST_POWERS = 3  # labels that are powers of ten, of either sign
LOOSE = 1.3  # times the tolerance of other axes: a lone zero and exponents stand off the line of their digits
SNAP = 0.05  # decades from a power of ten or twice one: the threshold is that


def crosses_zero(labels: tuple[Label, ...]) -> bool:
    """Whether labels say zero, or less, beside powers of ten: no log axis has a place for it."""
    values = [label.values[0] for label in labels]
    powers = sum("^" in label.text for label in labels)
    return powers >= LEAST_POWERS and any(v <= 0 for v in values)


def agreed(labels: list[Label], height: float) -> Progression | None:
    """The scale on which most labels agree; all of them, where they stand on a symmetric log one.

    The powers on one side of the zero may be too few for a log scale, or too short of it.
    """
    found = agree(labels, height)
    if (found is None or len(found.members) < len(labels)) and crosses_zero(tuple(labels)):
        axis = symlog_axis(tuple(labels), height)
        if axis is not None and axis.scale is not None:
            values = tuple(label.values[0] for label in labels)
            members = tuple(range(len(labels)))
            return Progression("log", axis.scale.slope, axis.scale.offset, members, values, len(labels))
    return found


def on_ticks(labels: tuple[Label, ...], sources: Iterable[Floats], height: float) -> tuple[Label, ...]:
    """The labels at the ticks beside them, of the first source of ticks that has one for each."""
    px = np.array([label.position for label in labels])
    for ticks in sources:
        if len(ticks) < len(labels):
            continue
        places = ticks[np.abs(ticks[None, :] - px[:, None]).argmin(axis=1)]
        if np.abs(places - px).max() <= TIE_HEIGHTS * height and len(np.unique(places)) == len(px):
            return tuple(
                replace(label, position=at) for label, at in zip(labels, places.tolist(), strict=True)
            )
    return labels


def symlog_axis(labels: tuple[Label, ...], height: float) -> Axis | None:
    """The symmetric log axis through a zero and powers of ten; None where they do not stand on one.

    Parameters
    ----------
    labels : tuple of Label
        All numbers in line beside one side.
    height : float
        Text height, px.
    """
    powers = [label for label in labels if label.values[0] != 0]
    px = np.array([label.position for label in powers])
    values = np.array([label.values[0] for label in powers])
    zero = _zero(labels, px, values)
    if len(powers) < LEAST_POWERS or zero is None:
        return None
    upward = np.sign((px - zero) * values)
    if abs(upward.sum()) < len(powers):
        return None
    far, decade = np.abs(px - zero), np.log10(np.abs(values))
    tolerance = LOOSE * max(TOLERANCE_PX, TOLERANCE_HEIGHTS * height)
    # The least power may stand in the linear stretch.
    for straight in (decade >= decade.min(), decade > decade.min()):
        if np.count_nonzero(straight) < 2 or np.ptp(decade[straight]) == 0:
            return None
        length, start = (float(v) for v in np.polyfit(decade[straight], far[straight], 1))
        if length <= 0:
            return None
        threshold = _snapped(LINEAR_DECADES - start / length)
        size = 10.0 ** (decade - threshold)
        place = np.where(size <= 1, size * LINEAR_DECADES, LINEAR_DECADES + decade - threshold)
        rms = float(np.sqrt(((place * length - far) ** 2).mean()))
        if rms <= tolerance:
            break
    else:
        return None
    slope = float(upward[0]) / length
    scale = Scale(
        "symlog", slope, -zero * slope, rms, linthresh=float(10**threshold), linear_decades=LINEAR_DECADES
    )
    ticks = tuple(Tick(label.position, label.values[0], label.text) for label in labels)
    return Axis(
        scale=scale, kind="symlog", ticks=ticks, residual_px=rms, resolution=abs(slope),
        flags=frozenset({"scale_loose"}),
    )  # fmt: skip


def _zero(labels: tuple[Label, ...], px: Floats, values: Floats) -> float | None:
    """Where zero stands: at its label, or amid two labels that differ in sign alone."""
    said = [label.position for label in labels if label.values[0] == 0]
    if len(said) == 1:
        return said[0]
    same = np.isclose(values[:, None], -values[None, :]) & (values[:, None] > 0)
    amid = ((px[:, None] + px[None, :]) / 2)[same]
    return float(np.median(amid)) if len(amid) and not said else None


def _snapped(threshold: float) -> float:
    """The decade of the threshold, which is mostly a power of ten or twice one."""
    whole = float(np.floor(threshold + SNAP))
    for near in (whole, whole + float(np.log10(2))):
        if abs(threshold - near) <= SNAP:
            return near
    return threshold
