"""`phases`, `elbow` and `delayed_onset`: the course of a curve in straight pieces.

One `phases` finding per curve; its measures are numbered: ``phase1_x_from``, ``phase1_x_to``,
``phase1_from``, ``phase1_to``, ``phase1_rate``
(data units per x) and, where ratios are the measure of change,
``phase1_percent_rate`` (percent per x); ``count`` is the number of phases and ``bendN_x`` the N-th bend.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from plotread.diagnosis.phase_fit import RATE_RATIO, PhaseFit, Piece, fit_phases
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import about_x, number, plain
from plotread.model import Estimate, Finding, Grade, Measure
from plotread.numerals import format_value

MOST_ELBOWS = 2  # per curve
MIN_POINTS = 12  # columns that a course in pieces needs
ONSET_SHARE = 0.10  # of the run that must pass flat before a delayed onset
ONSET_FLAT = 0.10  # of the curve's span: how much it may move before
ONSET_FALL = 0.40  # of the curve's span that must follow
MIN_MOVE = 3.0  # scatter that the whole curve must move to have phases
WHOLE_SLOPE_DIGITS = 0.05  # of a rate: two digits


def find(s: Study) -> list[Finding]:
    """The course of one curve."""
    c = s.curve
    if len(s.u) < MIN_POINTS or c.quantity == "lr" or s.span < MIN_MOVE * s.noise:
        return []
    fit = fit_phases(s.x, s.u, s.sigma)
    if len(fit.pieces) < 2:
        return []
    found = [_phases(s, fit)]
    bends = [
        (abs(a.slope) / max(abs(b.slope), 1e-300), j, a, b)
        for j, (a, b) in enumerate(pairwise(fit.pieces))
        if abs(a.slope) >= RATE_RATIO * abs(b.slope) and a.slope * s.better < 0
    ]
    if fit.cornered <= 0:
        bends = []  # it slows down steadily: no place is the bend
    # The sharpest places are told, in order of x.
    sharpest = sorted(bends, key=lambda bend: (-bend[0], bend[1]))[:MOST_ELBOWS]
    found += [_elbow(s, fit, j, a, b) for _, j, a, b in sorted(sharpest, key=lambda bend: bend[1])]
    onset = None if c.game else _onset(s, fit)
    return [*found, *([onset] if onset else [])]


def _rates(s: Study, piece: Piece) -> tuple[float, float | None]:
    c = s.curve
    mean = (c.to_data(piece.u1) - c.to_data(piece.u0)) / (piece.x1 - piece.x0)
    return mean, 100 * math.expm1(piece.slope) if c.scale == "log" else None


def _phases(s: Study, fit: PhaseFit) -> Finding:
    c = s.curve
    error = max(fit.rms / 3, s.sigma)
    # The ends of the whole course are values that were there; a fitted line may miss them by its misfit.
    ends = [float(np.median(part)) for part in (s.u[:3], s.u[-3:])]
    # A line through values that are never negative may pass below zero; the curve does not.
    bounded = c.scale == "linear" and float(c.y.min()) > -2 * float(np.median(c.sigma))
    least = 0.0 if bounded else -math.inf
    measures: dict[str, Measure] = {"count": plain(len(fit.pieces)), "scale": c.scale}
    parts = []
    for i, piece in enumerate(fit.pieces, start=1):
        rate, percent_rate = _rates(s, piece)
        spread = abs(error * (c.to_data(piece.u0) if c.scale == "log" else 1.0)) / (piece.x1 - piece.x0)
        a = s.value(max(ends[0] if i == 1 else piece.u0, least), error)
        b = s.value(max(ends[1] if i == len(fit.pieces) else piece.u1, least), error)
        measures |= {
            f"phase{i}_x_from": plain(piece.x0),
            f"phase{i}_x_to": plain(piece.x1),
            f"phase{i}_from": a,
            f"phase{i}_to": b,
            f"phase{i}_rate": Estimate(rate, rate - spread, rate + spread),
        }
        if percent_rate is not None:
            wide = 100 * error / (piece.x1 - piece.x0)
            measures[f"phase{i}_percent_rate"] = Estimate(
                percent_rate, percent_rate - wide, percent_rate + wide
            )
        parts.append(f"{number(b.value, (b.hi - b.lo) / 2)} at {about_x(c, piece.x1)}")
    for i, (x, lo, hi) in enumerate(fit.knots, start=1):
        measures[f"bend{i}_x"] = Estimate(x, lo, hi)
    measures["scatter_percent" if c.scale == "log" else "scatter"] = plain(
        100 * fit.rms if c.scale == "log" else fit.rms
    )
    first = fit.pieces[0]
    start = s.value(ends[0], error)
    words = (
        f"{c.name} runs in {len(fit.pieces)} stages, from {number(start.value, (start.hi - start.lo) / 2)} "
        f"at {about_x(c, first.x0)} to " + ", then ".join(parts)
    )
    grade: Grade = "possible" if c.smoothed else "likely"
    return make(
        "phases",
        "shape",
        s,
        words,
        measures,
        grade=grade,
        x_range=(first.x0, fit.pieces[-1].x1),
        flags=_soft(s),
    )


def _soft(s: Study) -> frozenset[str]:
    return frozenset({"smoothed_only"}) if s.curve.smoothed else frozenset()


def _elbow(s: Study, fit: PhaseFit, j: int, a: Piece, b: Piece) -> Finding:
    c = s.curve
    x, lo, hi = fit.knots[j]
    before, after = _rates(s, a), _rates(s, b)
    level = s.value(a.u1, max(fit.rms / 2, s.sigma))
    measures: dict[str, Measure] = {
        "x": Estimate(x, lo, hi),
        "value": level,
        "rate_before": plain(before[0]),
        "rate_after": plain(after[0]),
    }
    ratio = abs(a.slope) / abs(b.slope) if b.slope else math.inf
    if math.isfinite(ratio) and a.slope * b.slope > 0:
        measures["rate_ratio"] = plain(ratio)
    if before[1] is not None and after[1] is not None:
        measures |= {"percent_rate_before": plain(before[1]), "percent_rate_after": plain(after[1])}
        shown = [f"{format_value(r, abs(r) * WHOLE_SLOPE_DIGITS)}%" for r in (before[1], after[1])]
    else:
        shown = [format_value(r, abs(r) * WHOLE_SLOPE_DIGITS) for r in (before[0], after[0])]
    words = (
        f"{c.name} bends around {about_x(c, x)}: its rate goes from {shown[0]} to {shown[1]} per {_unit(s)}"
    )
    grade: Grade = "possible" if c.smoothed else "likely"
    return make("elbow", "shape", s, words, measures, grade=grade, x=x, x_range=(lo, hi), flags=_soft(s))


def _unit(s: Study) -> str:
    return s.curve.x_word if s.curve.x_word != "x" else "unit of x"


def _onset(s: Study, fit: PhaseFit) -> Finding | None:
    """A first stretch that goes nowhere, then the fall."""
    c = s.curve
    first, total = fit.pieces[0], fit.pieces[-1].x1 - fit.pieces[0].x0
    rest = s.better * (float(np.median(s.u[-max(3, len(s.u) // 10) :])) - first.u1)
    flat = s.better * (first.u1 - first.u0)
    if (
        first.x1 - first.x0 < ONSET_SHARE * total
        or flat < -ONSET_FLAT * s.span
        or rest > -ONSET_FALL * s.span
    ):
        return None
    second = fit.pieces[1]
    if second.slope * s.better >= 0 or abs(second.slope) < RATE_RATIO * abs(first.slope) or c.smoothed:
        return None
    if rest > -4 * s.noise:
        return None
    x, lo, hi = fit.knots[0]
    error = max(fit.rms / 2, s.sigma)
    measures: dict[str, Measure] = {
        "x": Estimate(x, lo, hi),
        "level": s.value(first.u1, error),
        "start_x": plain(first.x0),
        "share_percent": plain(100 * (first.x1 - first.x0) / total),
        "end": s.value(fit.pieces[-1].u1, error),
    }
    level = s.value(first.u1, error)
    verb = "falling" if c.lower_is_better else "rising"
    shown = number(level.value, (level.hi - level.lo) / 2)
    words = f"{c.name} stays near {shown} until about {about_x(c, x)} before {verb}"
    return make("delayed_onset", "shape", s, words, measures, grade="likely", x=x)
