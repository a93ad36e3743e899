"""The diagnoses of one curve at a time, in their fixed order, and the limits of each panel."""

from __future__ import annotations

from collections.abc import Sequence

from plotread.diagnosis import course, ending, ends, level, limits, scatter, shifts, spikes, start
from plotread.diagnosis.curves import Curve
from plotread.diagnosis.study import study
from plotread.model import Figure, Finding


def diagnose_single(figure: Figure, curves: Sequence[Curve]) -> list[Finding]:
    """Findings of level, shape and stability for each curve, and the reading limits of each panel."""
    studies = [study(curve) for curve in curves if not curve.shadow]
    found: list[Finding] = []
    judged = [s.curve for s in studies]
    for s in studies:
        found += level.find(s, figure)
        found += ending.find(s)
        found += start.find(s)
        found += course.find(s)
        found += shifts.find(s)
        found += spikes.find(s)
        found += scatter.find(s)
        found += ends.find(s)
    found = ends.without_overfitting(found, judged)
    found += ends.find_truncated(studies)
    for panel in figure.panels:
        limit = limits.find(panel, [c for c in curves if c.panel == panel.index])
        if limit:
            found.append(limit)
    notes = limits.find_notes(figure)
    return [*found, *([notes] if notes else [])]
