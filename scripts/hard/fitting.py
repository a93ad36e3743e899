"""Axes around data, and panels with such axes."""

from __future__ import annotations

import dataclasses

import numpy as np

from hard.model import Axis, Panel, drawn

MARGIN = 0.05  # share of the data's extent left free at each side


def fit(values, label=None, scale="linear", margin=MARGIN, **more) -> Axis:
    """An axis around all finite values."""
    axis = Axis(label, 0.0, 1.0, scale, **more)
    line = drawn(axis, np.concatenate([np.ravel(v) for v in values]))
    low, high = float(np.nanmin(line)), float(np.nanmax(line))
    pad = margin * ((high - low) or 1.0)
    ends = (low - pad, high + pad)
    if scale == "log":
        ends = (10 ** ends[0], 10 ** ends[1])
    if scale == "symlog":
        ends = tuple(float(np.sign(e) * (abs(e) if abs(e) < 1 else 10 ** (abs(e) - 1))) for e in ends)
    return dataclasses.replace(axis, low=ends[0], high=ends[1])


def panel(curves, x_label, y_label, title=None, *, log_y=False, **more) -> Panel:
    extents = [v for c in curves for v in (c.y, c.low, c.high) if v is not None and c.axis == "y"]
    return Panel(
        title,
        fit([c.x for c in curves], x_label),
        fit(extents, y_label, "log" if log_y else "linear"),
        tuple(curves),
        **more,
    )


def word(rng, words) -> str:
    return str(rng.choice(list(words)))


def with_axis(one: Panel, key: str, **changes) -> Panel:
    """The same panel with one axis changed."""
    return dataclasses.replace(one, **{key: dataclasses.replace(getattr(one, key), **changes)})
