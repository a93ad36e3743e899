"""The diagnoses of one curve at a time, in their fixed order, and the limits of each panel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plotread.diagnosis import course, ending, ends, level, limits, scatter, shifts, spikes, start
from plotread.diagnosis.curves import Curve
from plotread.diagnosis.study import study
from plotread.model import Figure, Finding

COURSE = ("phases", "elbow", "delayed_onset")
GUIDE_SIGMAS = 10.0  # reading errors that a curve covers which a level line may be a guide to


def diagnose_single(figure: Figure, curves: Sequence[Curve]) -> list[Finding]:
    """Findings of level, shape and stability for each curve, and the reading limits of each panel."""
    studies = [study(curve) for curve in curves if not curve.shadow]
    found: list[Finding] = []
    studies = [s for s in studies if not _is_guide(s.curve, [o.curve for o in studies])]
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
    found = [f for f in found if f.kind != "not_learning" or not _others_learn(f, found, judged)]
    stuck = {(f.panel, f.series_indices[0]) for f in found if f.kind == "not_learning"}
    # What has no trend has no stages either: the same scatter is not told twice in two ways.
    found = [f for f in found if f.kind not in COURSE or (f.panel, f.series_indices[0]) not in stuck]
    found += ends.find_truncated(studies)
    for panel in figure.panels:
        limit = limits.find(panel, [c for c in curves if c.panel == panel.index])
        if limit:
            found.append(limit)
    notes = limits.find_notes(figure)
    return [*found, *([notes] if notes else [])]


def _is_guide(curve: Curve, curves: Sequence[Curve]) -> bool:
    """A level line beside curves that move: a mean, a threshold, a baseline."""
    if curve.quantity == "lr" or float(np.ptp(curve.y)) > 2 * float(np.median(curve.sigma)):
        return False
    mates = [o for o in curves if o.panel == curve.panel and o is not curve]
    return any(float(np.ptp(o.y)) > GUIDE_SIGMAS * max(float(np.median(o.sigma)), 1e-12) for o in mates)


def _others_learn(finding: Finding, found: Sequence[Finding], curves: Sequence[Curve]) -> bool:
    """Whether a curve that stays level is the validation of a run whose training moves."""
    own = next(c for c in curves if (c.panel, c.index) == (finding.panel, finding.series_indices[0]))
    stuck = {(f.panel, f.series_indices[0]) for f in found if f.kind == "not_learning"}
    return own.split == "val" and any(
        c.split == "train" and c.quantity == own.quantity and (c.panel, c.index) not in stuck for c in curves
    )
