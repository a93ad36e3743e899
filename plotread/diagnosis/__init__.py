"""The mind: findings from series, never from pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plotread.diagnosis.confounded import diagnose_settings
from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.registry import GROUPS, KINDS, RULES
from plotread.model import Figure, Finding

__all__ = ["GROUPS", "KINDS", "diagnose"]


def diagnose(
    figure: Figure, settings: Mapping[str, Mapping[str, object]] | None = None
) -> tuple[Finding, ...]:
    """All findings of a figure, in a fixed order, with ids "f0", "f1", ...

    Parameters
    ----------
    figure : Figure
        Read from a picture or from a log file; both give the same findings up to the reading error.
    settings : mapping of run to its settings, optional
        Known for runs that are compared; settings that change together make their comparison confounded.

    Returns
    -------
    tuple of Finding
        Empty for a figure without curves.
    """
    curves = build_curves(figure)
    found = [finding for rule in RULES for finding in rule(figure, curves)]
    if settings is not None and (confounded := diagnose_settings(settings)) is not None:
        found.append(confounded)
    order = {kind: place for place, kind in enumerate(KINDS)}
    found.sort(
        key=lambda f: (-1 if f.panel is None else f.panel, f.series_indices[:1], order[f.kind], f.x or 0.0)
    )
    return tuple(replace(finding, id=f"f{i}") for i, finding in enumerate(found))
