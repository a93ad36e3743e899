"""Small figures with known curves, and the check that a summary says nothing its measures do not hold."""

from __future__ import annotations

import re

import numpy as np

from plotread.model import Axis, Estimate, Figure, Finding, Floats, Panel, Series, Source

Curves = dict[str, tuple[object, object]]


def make_panel(
    curves: Curves,
    x_label: str = "step",
    y_label: str = "loss",
    half: float = 0.0,
    index: int = 0,
    title: str | None = None,
) -> Panel:
    """Curves by name; `half` is the half width of every reading interval."""
    series = []
    for name, (x, y) in curves.items():
        values = np.asarray(y, dtype=np.float64)
        series.append(Series(np.asarray(x, dtype=np.float64), values, values - half, values + half, name=name,
                             points="recovered"))  # fmt: skip
    return Panel(index, Axis(label=x_label), Axis(label=y_label), title=title, series=tuple(series))


def make_figure(curves: Curves, x_label: str = "step", y_label: str = "loss", half: float = 0.0) -> Figure:
    return Figure(Source(), (make_panel(curves, x_label, y_label, half),))


def as_drawn(x: Floats, y: Floats, name: str, width: int = 480, height: int = 360, seed: int = 0) -> Series:
    """A faithful reading of a drawn line: one sample per pixel column, half a pixel of doubt."""
    pixel = float(np.ptp(y)) * 1.1 / height
    columns = np.linspace(x[0], x[-1], width)
    rng = np.random.default_rng(seed)
    values = np.interp(columns, x, y) + 0.15 * pixel * rng.standard_normal(width)
    return Series(columns, values, values - pixel / 2, values + pixel / 2, name=name, points="sampled")


def number_of(finding: Finding, key: str) -> float:
    measure = finding.measures[key]
    assert isinstance(measure, Estimate), key
    return measure.value


def unsupported_numbers(finding: Finding) -> list[str]:
    """Numbers of the summary that no measure gives at the digits printed; names are taken out first."""
    text = finding.summary
    names = [*finding.series, *(m for m in finding.measures.values() if isinstance(m, str))]
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    known = [m.value for m in finding.measures.values() if isinstance(m, Estimate)]
    known += [v for v in (finding.x, *(finding.x_range or ())) if v is not None]
    missing = []
    for token in re.findall(r"[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", text):
        bare = token.replace(",", "").replace("−", "-")
        value = float(bare)
        mantissa, _, power = bare.partition("e")
        digits = len(mantissa.partition(".")[2]) - int(power or 0)
        slack = 0.51 * 10.0**-digits
        if not any(min(abs(k - value), abs(-k - value)) <= slack for k in known):
            missing.append(token)
    return missing
