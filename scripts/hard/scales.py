"""Axes that are not plainly linear, and numbers that are not plainly written: each changes a plain panel."""

from __future__ import annotations

import dataclasses

import numpy as np

from hard.fitting import fit, with_axis, word
from hard.model import Curve, Panel


def _refit(one: Panel, curves, x_scale="linear", y_scale="linear", **ticks) -> Panel:
    x = fit([c.x for c in curves], one.x.label, x_scale, ticks=ticks.get("x", "plain"))
    y = fit([c.y for c in curves], ticks.get("label", one.y.label), y_scale, ticks=ticks.get("y", "plain"))
    return dataclasses.replace(one, x=x, y=y, curves=tuple(curves))


def _mapped(one: Panel, x=None, y=None) -> list[Curve]:
    return [dataclasses.replace(c, x=x(c.x) if x else c.x, y=y(c.y) if y else c.y) for c in one.curves]


def _log_y(rng, one):
    reach, decade = rng.uniform(1, 5), int(rng.integers(-2, 3))
    top = max(c.y.max() for c in one.curves)
    return _refit(
        one, _mapped(one, y=lambda y: 10 ** (reach * (y / top - 1) + decade)), y_scale="log", y="power"
    )


def _reversed(rng, one):
    key = word(rng, ["x", "y"])
    axis = getattr(one, key)
    return with_axis(one, key, low=axis.high, high=axis.low)


def _names_x(rng, one):
    n = int(rng.integers(8, 15))
    form = word(rng, ["epoch {}", "ep{}", "E{}"])
    names = tuple(form.format(i + 1) for i in range(n))
    curves = [dataclasses.replace(c, x=np.arange(n), y=c.y[:n], marker="o") for c in one.curves]
    one = _refit(one, curves)
    return with_axis(one, "x", scale="category", names=names, label=None)


def _reward(rng, one):
    return _refit(
        one,
        _mapped(one, y=lambda y: np.sinh(2.5 * (y - np.median(y) * 1.3))),
        y_scale="symlog",
        label="reward",
    )


def _log_x(rng, one):
    scale = word(rng, ["linear", "log"])
    curves = _mapped(one, x=lambda x: x - x[0] + (x[1] - x[0]))
    return _refit(
        one, curves, x_scale="log", y_scale=scale, x="power", y="power" if scale == "log" else "plain"
    )


def _offset(rng, one):
    base = 1e4 * rng.integers(1, 9)
    return _refit(one, _mapped(one, y=lambda y: base + y), y="offset")


def _times(rng, one, key, factor, ticks):
    return _refit(one, _mapped(one, **{key: lambda v: v * factor}), **{key: ticks})


def _k_steps(rng, one):
    step = rng.choice([500, 2000, 25000])
    curves = _mapped(one, x=lambda x: (x - x[0]) / (x[1] - x[0]) * step)
    return _refit(one, curves, x=word(rng, ["k", "thousands", "power"]))


def _percent(rng, one):
    return _refit(one, _mapped(one, y=lambda y: 1 - y / (1.1 * y.max())), y="percent", label="accuracy")


def _date(rng, one):
    first, days = 20000 + int(rng.integers(300)), float(rng.choice([0.2, 2, 12, 60]))
    return _refit(one, _mapped(one, x=lambda x: first + np.linspace(0, days, len(x))), x_scale="date")


def _clock(rng, one):
    first, days = float(rng.uniform(0.1, 0.45)), float(rng.choice([0.01, 0.1, 0.5]))
    return _refit(
        one, _mapped(one, x=lambda x: first + np.linspace(0, days, len(x))), x_scale="date", x="clock"
    )


SCALES = {
    "log x": _log_x,
    "log y": _log_y,
    "symlog": _reward,
    "reversed": _reversed,
    "offset": _offset,
    "tiny": lambda rng, one: _times(rng, one, "y", 2e-5, "power"),
    "huge": lambda rng, one: _times(rng, one, "y", 3e5, word(rng, ["k", "power", "thousands"])),
    "k steps": _k_steps,
    "percent": _percent,
    "comma": lambda rng, one: _refit(one, list(one.curves), y="comma"),
    "date": _date,
    "clock": _clock,
    "category": _names_x,
}
