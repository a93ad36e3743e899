"""The mind: findings from series, never from pixels."""

from __future__ import annotations

from dataclasses import replace

from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.registry import GROUPS, KINDS, RULES
from plotread.model import Figure, Finding

__all__ = ["GROUPS", "KINDS", "diagnose"]


def diagnose(figure: Figure) -> tuple[Finding, ...]:
    """All findings of a figure, in a fixed order, with ids "f0", "f1", ...

    Parameters
    ----------
    figure : Figure
        Read from a picture or from a log file; both give the same findings up to the reading error.

    Returns
    -------
    tuple of Finding
        Empty for a figure without curves.
    """
    curves = build_curves(figure)
    found = [finding for rule in RULES for finding in rule(figure, curves)]
    order = {kind: place for place, kind in enumerate(KINDS)}
    found.sort(
        key=lambda f: (-1 if f.panel is None else f.panel, f.series_indices[:1], order[f.kind], f.x or 0.0)
    )
    return tuple(replace(finding, id=f"f{i}") for i, finding in enumerate(found))
