"""`divergence` and `truncated`: runs that go wrong, and runs that stop before the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.pairs import find_pairs, names_doubtful
from plotread.diagnosis.stats import distinct, running_median, trend
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import about_x, estimate, number, plain
from plotread.model import Finding, Grade, Measure

END_SHARE = 0.10  # of the run whose median is the end
MIN_RISE = 0.20  # of the level, for positive values
RISE_SIGMAS = 5.0  # scatter
DESCENT_SHARE = 0.15  # of the curve's own descent that the rise must undo
VAL_DESCENT_SHARE = 0.80  # the same for validation, whose slower rise is overfitting
EARLY_BEST = 0.05  # of the run: a curve that is best before that ...
EARLY_DESCENT = 0.25  # ... and came down by less than this share of its rise has never learned
KEPT_SHARE = 0.5  # of the highest rise that must be left at the end: what has come down was a spike
P_RISE = 0.01  # Mann-Kendall p of the rise
MIN_POINTS = 12
SHORTER = 0.02  # of the panel's extent by which a curve must end before the longest
UNEVEN_STEPS = 2.0  # logging steps that it must end earlier besides


def find(s: Study) -> list[Finding]:
    """The divergence of one curve."""
    c = s.curve
    if c.game or len(s.u) < MIN_POINTS or c.quantity not in ("loss", "error", "perplexity", "other"):
        return []
    if c.quantity == "other" and not _falls_first(s):
        return []
    n = len(c.line.u)
    u = c.line.u
    window = max(5, n // 25) // 2 * 2 + 1
    smooth = running_median(u, window)
    best = int(np.argmin(smooth[: max(1, int(n * (1 - END_SHARE / 2)))]))
    k = max(3, int(END_SHARE * n))
    end = float(np.median(u[-k:]))
    rise = end - float(smooth[best])
    descent = float(np.max(smooth[: best + 1]) - smooth[best])
    if c.split != "train" and best <= EARLY_BEST * n and descent < EARLY_DESCENT * rise:
        return []  # it rises from its start on: nothing that was learned is lost
    share = VAL_DESCENT_SHARE if c.split == "val" else DESCENT_SHARE
    level = np.log1p(MIN_RISE) if c.scale == "log" else MIN_RISE * abs(float(smooth[best]))
    if rise < max(level, RISE_SIGMAS * s.noise, 3 * s.sigma, share * descent):
        return []
    top = float(np.max(smooth[best:]))
    if rise < KEPT_SHARE * (top - float(smooth[best])) or n - best < 5:
        return []
    test = trend(c.line.x[best:], u[best:])
    if test.p >= P_RISE or test.slope <= 0:
        return []
    # The start: the last place where the curve is still within noise of its best level.
    near = np.flatnonzero(smooth[best:] <= smooth[best] + max(2 * s.noise, 0.05 * rise))
    start = best + int(near[-1]) if len(near) else best
    x = float(c.line.x[start])
    error = max(s.noise / np.sqrt(window), s.sigma)
    low, last = s.value(float(smooth[best]), error), s.value(end, error)
    measures: dict[str, Measure] = {
        "best": low,
        "best_x": plain(c.line.x[best]),
        "end": last,
        "last": s.read(len(c.y) - 1),
        "last_x": plain(c.x[-1]),
        "p": plain(test.p),
        "rise_sigmas": plain(rise / s.noise) if s.noise else None,
    }
    if low.value > 0:
        measures["ratio"] = estimate(last.value / low.value, last.value / low.value * 2 * error)
    grade: Grade = "possible" if c.split == "val" and c.quantity != "loss" else "likely"
    words = (
        f"{c.name} diverges from about {about_x(c, x)} on: from a level of "
        f"{number(low.value, (low.hi - low.lo) / 2)} it rises to "
        f"{number(last.value, (last.hi - last.lo) / 2)} at the end"
    )
    return [
        make("divergence", "stability", s, words, measures, grade=grade, x=x, x_range=(x, float(c.x[-1])))
    ]


def _falls_first(s: Study) -> bool:
    """An unnamed curve counts as a loss if its first half falls."""
    half = len(s.u) // 2
    return half >= 4 and trend(s.x[:half], s.u[:half]).slope < 0


def without_overfitting(findings: list[Finding], curves: Sequence[Curve]) -> list[Finding]:
    """Leave out divergences of validation curves whose training does not diverge: those overfit.

    Where no name tells, a dashed partner of the same color is taken for validation.
    """
    by_place = {(c.panel, c.index): c for c in curves if not c.shadow}
    gone = {(f.panel, f.series_indices[0]) for f in findings if f.kind == "divergence"}
    pairs = find_pairs(curves)
    kept = []
    for f in findings:
        own = by_place.get((f.panel or 0, f.series_indices[0])) if f.kind == "divergence" else None
        if own is not None and any(
            _trains(o, own) and (o.panel, o.index) not in gone for o in by_place.values()
        ):
            continue
        doubtful = own is not None and any(pair.train is own and names_doubtful(pair) for pair in pairs)
        kept.append(replace(f, grade="possible", flags=f.flags | {"names_ambiguous"}) if doubtful else f)
    return kept


def _trains(other: Curve, own: Curve) -> bool:
    """Whether `other` may be the training curve of `own`."""
    if other is own or other.panel != own.panel or other.quantity != own.quantity:
        return False
    if own.split == "val":
        return other.split != "val"
    return (
        own.split is None
        and other.split is None
        and own.color is not None
        and own.color == other.color
        and own.series.line != other.series.line
        and own.series.line != "solid"
    )


def find_truncated(studies: Sequence[Study]) -> list[Finding]:
    """Curves that end before the longest of their panel."""
    found = []
    for s in studies:
        mates = [o.curve for o in studies if o.curve.panel == s.curve.panel and o.curve is not s.curve]
        finding = _truncated(s, mates)
        if finding:
            found.append(finding)
    return found


def _truncated(s: Study, mates: list[Curve]) -> Finding | None:
    c = s.curve
    if not mates:
        return None
    longest = max(mates, key=lambda m: float(m.x[-1]))
    low = min(float(m.x[0]) for m in (*mates, c))
    extent = max(float(longest.x[-1]), float(c.x[-1])) - low
    step = max(float(np.median(np.diff(distinct(m.x)))) for m in (c, longest))
    short = float(longest.x[-1] - c.x[-1])
    pixel = 3 * (c.x_resolution or 0.0) if c.x_axis.kind == "linear" else 0.0
    if short <= max(SHORTER * extent, UNEVEN_STEPS * step, pixel):
        return None
    measures: dict[str, Measure] = {
        "last_x": plain(c.x[-1]),
        "longest_x": plain(longest.x[-1]),
        "longest": longest.name,
        "value": s.read(len(c.y) - 1),
        "share_percent": plain(100 * (float(c.x[-1]) - low) / extent),
    }
    words = f"{c.name} ends at {about_x(c, c.x[-1])}, {longest.name} goes on to {about_x(c, longest.x[-1])}"
    return make("truncated", "stability", s, words, measures, x=float(c.x[-1]))
