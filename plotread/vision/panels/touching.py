"""Tick labels of an x axis that touch: several numbers read as one, parted by the ticks above them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.model import Floats
from plotread.vision.panels.labels import Label

LEAST_DIGITS = 4  # two labels of two digits
LEAST_PITCH = 2.0  # digits between two ticks that have labels
OFF_TICK = 0.75  # digits by which a label may stand beside its tick


def parted(labels: tuple[Label, ...], ticks: Floats) -> tuple[Label, ...]:
    """The labels, those that lie below several ticks cut into one for each.

    Parameters
    ----------
    labels : tuple of Label
        Of one row, by position.
    ticks : (K,) float array
        Places of the ticks, px.

    Returns
    -------
    tuple of Label
        Digits are as wide as each other, so that each belongs to the tick that it is nearest to; the
        parts stand on their ticks.  A label whose parts do not stand below theirs is left as it is.
    """
    return tuple(part for label in labels for part in _parts(label, ticks))


def _parts(label: Label, ticks: Floats) -> list[Label]:
    box, digits = label.box.box, len(label.text)
    over = ticks[(ticks > box.x0) & (ticks < box.x1 - 1)]
    if len(over) < 2 or digits < LEAST_DIGITS or not label.text.isdigit():
        return [label]
    wide = box.width / digits
    if np.diff(over).min() < LEAST_PITCH * wide:
        return [label]  # minor ticks
    at = box.x0 - 0.5 + wide * (np.arange(digits) + 0.5)
    nearest = np.abs(at[:, None] - over[None]).argmin(axis=1)
    parts = []
    for k, tick in enumerate(over.tolist()):
        own = np.flatnonzero(nearest == k)
        if len(own) == 0 or abs(float(at[own].mean()) - tick) > OFF_TICK * wide:
            return [label]
        text = "".join(label.text[i] for i in own)
        if text.startswith("0") and text != "0":
            return [label]
        parts.append(replace(label, position=tick, text=text, values=(float(text),)))
    return parts
