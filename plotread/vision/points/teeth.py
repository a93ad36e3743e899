"""Markers of any shape on a curve: ink beyond the line, gathered at whole steps of the x axis.

A marker is ink of the curve's color outside its line.  Summed down the columns it makes a comb,
whose teeth stand on steps that are whole numbers of the calibrated axis, and whose line runs
straight from tooth to tooth.  Curves of one panel are logged at the same steps, so the comb of one
serves the others, whose markers may hide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plotread.model import Floats, Scale
from plotread.vision.points.near import INK, Line, Loose, roughness, straightness
from plotread.vision.types import Mask

MANTISSAS = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # whole-step spacings that loggers use, x 10^k
WINDOWS = (1.0, 1.6, 2.4, 4.0)  # times the typical half width of a cluster; the arms of an x show as several
SPARE_PX = 1.0  # beyond a marker's half size within which its ink lies
LEAST_PITCH_PX, LEAST_PITCH_RADII = 5.0, 2.0
WINDOW_OF_PITCH = 0.42  # a window may fill this share of the way to the next, to each side
OFF_STEP, OFF_STEP_PX = 0.2, 1.3  # of a spacing, px: how far ink may stand off its whole steps
MIDWAY = 0.4  # coherence of ink that stands midway between whole steps; by chance it is a third of that
FINER_EVEN = 0.25  # range of the ink in all parts of a spacing over their mean, where each has its marker
LEAST_PART_PX = 4  # of each part of a spacing
LEAST_TEETH = 4
MOST_TEETH = 200
GATHERED = 0.8  # share of the loose ink that lies at the teeth
GATHERED_GAIN = 0.2  # and how much more that is than the share of columns they fill
TOOTH = 0.35  # of the typical tooth's ink, by which a tooth is filled
FILLED, FILLED_TOLD = 0.75, 0.6  # share of the teeth in sight; the second where a neighbor tells it
LEAST_MARK_PX2 = 2.0  # ink of a typical tooth beyond the line
DENSITY = 4.0  # times the ink per column elsewhere, where the legend tells of markers
LEAST_SEEN = 0.3  # of the teeth in sight
HIDDEN_SHARE = 0.5  # of a tooth's line under other curves
STRAIGHT_SHARE = 0.85  # of its columns
STRAIGHT_TOLD = 0.75  # where the panel's comb is known and the legend shows a marker
STRAIGHT_ALONE = 0.95  # where it is known, and the legend shows none
SHIFTS_PX = np.arange(-0.75, 0.76, 0.25)  # sideways shifts between ticks and curve that are tried
CERTAIN_PX = 0.15  # error of a shift up to which the corners of the line tell it
LEAST_ROUGHNESS = 0.01  # px^2; a line's middles are no better than this
MOST_SHIFT_PX = 0.8  # ticks and spines are snapped by half a pixel on average
END_SLACK_PX = 1.5  # px; teeth up to so far beyond the ends of the trace
END_PITCH = 0.4  # share of the way to a further tooth from the end of a trace; less where arms reach on
EDGE_PX, EDGE_PITCH = 3, 0.2  # columns from the panel's edge; share of the way to the next tooth


@dataclass(frozen=True, slots=True, eq=False)
class Comb:
    """Steps at which a curve has markers.

    Attributes
    ----------
    spacing, phase : float
        Data units; NaN where the steps are not even.
    steps, x_px : (K,) float arrays
        Data and whole-image px, ascending in px.
    radius : float
        Half a marker's size, px.
    shift_px : float
        How far right of the ruler's places the markers stand; contained in `x_px`.
    crossed : bool
        Whether nearly all loose ink lies midway between the steps, as only the arms of crosses do.
    """

    spacing: float
    phase: float
    steps: Floats
    x_px: Floats
    radius: float
    shift_px: float = 0.0
    crossed: bool = False

    @property
    def even(self) -> bool:
        return bool(np.isfinite(self.spacing))

    @property
    def whole(self) -> bool:
        return bool((self.steps == np.round(self.steps)).all())


def find_comb(loose: Loose, line: Line, scale: Scale, width: float, x0: int, *, told: bool) -> Comb | None:
    """The coarsest whole steps that hold the loose ink, or None.

    Where the legend has `told` of markers, stray ink is forgiven: the steps that gather most of the
    loose ink then count, if it lies there far more densely than elsewhere.

    Parameters
    ----------
    loose : Loose
    line : Line
    scale : Scale
        Of the x axis, whole-image px; linear or category.
    width : float
        Stroke, px.
    x0 : int
        Left edge of the panel's box, px.
    told : bool
    """
    if loose.radius == 0:
        return None
    mass = _capped(loose.mass)
    at = np.flatnonzero(mass > 0)
    own = mass[at]
    unit = abs(scale.slope)
    span = float(line.columns[-1] - line.columns[0])
    linear = np.asarray(scale.slope * (at + x0) + scale.offset, dtype=np.float64)
    weak: list[tuple[float, Comb]] = []
    for window in WINDOWS:
        radius = loose.radius * window
        least = max(LEAST_PITCH_PX, LEAST_PITCH_RADII * radius)
        for spacing in _spacings(least * unit, span / (LEAST_TEETH - 1) * unit):
            stands = _phase(spacing, linear, own, unit, told=told)
            if stands is None or _finer(spacing, linear - stands[0], own, unit):
                continue
            snapped, midway = stands
            comb = _teeth(spacing, snapped, loose, line, scale, radius, x0)
            if comb is None:
                continue
            seen = _look(comb, loose, mass, line, x0)
            if seen is None or seen.filled < FILLED:
                continue
            strong = seen.gathered >= max(GATHERED, seen.columns + GATHERED_GAIN)
            dense = told and (seen.density >= DENSITY or midway)
            if not strong and not dense:
                continue
            if straightness(line, comb.x_px - x0, comb.radius, width, loose.blind) < STRAIGHT_SHARE:
                continue
            comb = replace(comb, crossed=midway)
            if strong:
                return comb
            weak.append((seen.gathered, comb))
    return max(weak, key=lambda pair: pair[0])[1] if weak else None


def _phase(
    spacing: float, linear: Floats, mass: Floats, unit: float, *, told: bool
) -> tuple[float, bool] | None:
    """Where the ink stands between whole steps, on a whole step itself; None where that is off all.

    And whether nearly all of it lies midway: the arms of a cross reach to both sides of their step.
    """
    turn = (mass * np.exp(2j * np.pi * linear / spacing)).sum() / mass.sum()
    phase = float(np.angle(turn)) / (2 * np.pi) * spacing
    grain = 1.0 if spacing >= 2 else spacing
    for midway in (False, True)[: 1 + (told and abs(turn) >= MIDWAY)]:
        at = phase + midway * spacing / 2
        snapped = round(at / grain) * grain
        if abs(snapped - at) <= max(OFF_STEP * spacing, OFF_STEP_PX * unit):
            return float(snapped), midway
    return None


def _finer(spacing: float, linear: Floats, mass: Floats, unit: float) -> bool:
    """Whether as much ink stands at whole parts of a spacing as at itself: the markers stand more closely.

    `linear` counts from a tooth.
    """
    for parts in (2, 3, 4, 5):
        if spacing / parts < 1 or spacing % parts or round(spacing / unit) < parts * LEAST_PART_PX:
            continue
        part = np.floor((linear / spacing * parts + 0.5) % parts).astype(int) % parts
        ink = np.bincount(part, mass, parts)
        if np.ptp(ink) <= FINER_EVEN * float(ink.mean()):
            return True
    return False


def comb_on(
    spacing: float, phase: float, loose: Loose, line: Line, scale: Scale, width: float, x0: int, *,
    told: bool, common: bool = False,
) -> Comb | None:  # fmt: skip
    """The comb of another curve of the panel, if this one stands on it too.

    Where the legend has `told` that this curve has markers, its line need only run straight from
    tooth to tooth; else its loose ink must lie there too, or at least fill the teeth of a line that is
    straight all along: markers that nearly touch leave little room without ink, and their shape decides.
    On a comb `common` to several curves a line may seem to bend, where it was taken for another.
    """

    def straight(comb: Comb) -> float:
        return straightness(line, comb.x_px - x0, comb.radius, width, loose.blind, bends=not common)

    mass = _capped(loose.mass)
    filled = False
    for window in WINDOWS if loose.radius > 0 else ():
        comb = _teeth(spacing, phase, loose, line, scale, loose.radius * window, x0)
        seen = _look(comb, loose, mass, line, x0) if comb is not None else None
        if comb is None or seen is None or seen.filled < FILLED_TOLD:
            continue
        filled |= seen.filled >= FILLED
        if seen.gathered < max(GATHERED, seen.columns + GATHERED_GAIN):
            continue
        if straight(comb) >= STRAIGHT_SHARE:
            return comb
    comb = _teeth(spacing, phase, loose, line, scale, max(loose.radius, width), x0)
    if comb is None or not (told or filled):
        return None
    return comb if straight(comb) >= (STRAIGHT_TOLD if told else STRAIGHT_ALONE) else None


def settled(comb: Comb, loose: Loose, line: Line, x0: int) -> Comb:
    """The comb moved to where the points stand: ticks are snapped to whole pixels, curves are not.

    The bare line tells it by its corners, which are the crossings of its straight pieces; where it
    hardly bends, the middles of the markers do.
    """
    x = comb.x_px - x0
    misfits = np.array([roughness(line, x + shift, comb.radius, loose.blind) for shift in SHIFTS_PX])
    bend = float(np.polyfit(SHIFTS_PX, misfits, 2)[0])
    k = int(np.argmin(misfits))
    shift = float(SHIFTS_PX[k])
    if 0 < k < len(SHIFTS_PX) - 1:
        a, b, c = misfits[k - 1 : k + 2]
        if a - 2 * b + c > 0:
            shift += 0.5 * float(SHIFTS_PX[1] - SHIFTS_PX[0]) * (a - c) / (a - 2 * b + c)
    if bend * CERTAIN_PX**2 < misfits[k] / len(line.columns) + LEAST_ROUGHNESS / len(line.columns):
        shift = _middles(comb, loose, x)
    return replace(comb, x_px=comb.x_px + shift, shift_px=shift)


def _middles(comb: Comb, loose: Loose, x: Floats) -> float:
    """How far right of their steps the markers' ink stands, median over the markers in sight, px."""
    half = min(comb.radius + SPARE_PX, WINDOW_OF_PITCH * float(np.mean(np.diff(x))))
    mass = _capped(loose.mass)
    off, ink = np.zeros(len(x)), np.zeros(len(x))
    for k, center in enumerate(x):
        lo, hi = max(round(center - half), 0), min(round(center + half) + 1, len(mass))
        if hi > lo and not loose.blind[lo:hi].any():
            ink[k] = mass[lo:hi].sum()
            off[k] = (mass[lo:hi] * (np.arange(lo, hi) - center)).sum() / max(ink[k], 1e-9)
    seen = ink >= max(LEAST_MARK_PX2, TOOTH * float(ink.max()))
    if seen.sum() < LEAST_TEETH:
        return 0.0
    return float(np.clip(np.median(off[seen]), -MOST_SHIFT_PX, MOST_SHIFT_PX))


def _capped(mass: Floats) -> Floats:
    """Steep flanks leave tall columns beside the tube, which would drown the markers."""
    some = mass[mass > INK]
    return np.minimum(mass, 2 * float(np.median(some))) if len(some) else mass


def _spacings(low: float, high: float) -> list[float]:
    found = [m * 10.0**k for k in range(-1, 8) for m in MANTISSAS]
    return sorted({s for s in found if low <= s <= high and abs(s - round(s)) < 1e-9}, reverse=True)


def _teeth(
    spacing: float, phase: float, loose: Loose, line: Line, scale: Scale, radius: float, x0: int
) -> Comb | None:
    first_px, last_px = float(line.columns[0] + x0), float(line.columns[-1] + x0)
    pitch = spacing / abs(scale.slope)
    # A curve ends at a marker; where its trace ends a marker's size before one, others cover that one.
    inside = max(END_SLACK_PX, min(END_PITCH * pitch, pitch - 2 * radius, 2 * radius))
    # Where a curve runs out of the panel, the spine or the edge of the picture covers half its last marker.
    at_edge = max(END_SLACK_PX, min(radius, EDGE_PITCH * pitch))
    first_px -= at_edge if line.columns[0] <= EDGE_PX else inside
    last_px += at_edge if line.columns[-1] >= len(loose.mass) - 1 - EDGE_PX else inside
    ends = np.sort(scale.slope * np.array([first_px, last_px]) + scale.offset)
    first = int(np.ceil((ends[0] - phase) / spacing))
    last = int(np.floor((ends[1] - phase) / spacing))
    if not LEAST_TEETH <= last - first + 1 <= MOST_TEETH:
        return None
    steps = phase + spacing * np.arange(first, last + 1, dtype=np.float64)
    x = (steps - scale.offset) / scale.slope
    order = np.argsort(x)
    return Comb(spacing, phase, np.asarray(steps[order]), np.asarray(x[order]), radius)


@dataclass(frozen=True, slots=True)
class _Look:
    """Shares, 0 to 1: of the loose ink at the teeth, of the columns they fill, of teeth that hold ink;
    and how much denser ink lies at the teeth than elsewhere."""

    gathered: float
    columns: float
    filled: float
    density: float


def _upto(values: Floats | Mask) -> Floats:
    """Sum of all values before each place, the end included."""
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])


def _look(comb: Comb, loose: Loose, mass: Floats, line: Line, x0: int) -> _Look | None:
    """How loose ink and teeth agree; None where too few teeth show or too little ink stands there."""
    x = comb.x_px - x0
    pitch = float(np.mean(np.diff(x)))
    half = min(comb.radius + SPARE_PX, WINDOW_OF_PITCH * pitch)
    low = np.clip(np.rint(x - half).astype(int), 0, len(mass))
    high = np.clip(np.rint(x + half).astype(int) + 1, low, len(mass))
    turns = np.bincount(low, minlength=len(mass) + 1) - np.bincount(high, minlength=len(mass) + 1)
    inside = np.cumsum(turns)[:-1] > 0
    ink, shut = (np.diff(_upto(of)[np.stack([low, high])], axis=0)[0] for of in (mass, loose.blind))
    seen = (high > low) & (shut <= HIDDEN_SHARE * (high - low))
    if seen.sum() < LEAST_TEETH - 1 or seen.sum() < LEAST_SEEN * len(x):
        return None
    typical = float(np.percentile(ink[seen], 70))
    if typical < LEAST_MARK_PX2:
        return None
    gathered = float(mass[inside].sum() / mass.sum())
    columns = float(inside[line.columns].mean())
    density = gathered / max(columns, 1e-9) / max((1 - gathered) / max(1 - columns, 1e-9), 1e-9)
    return _Look(gathered, columns, float((ink >= TOOTH * typical)[seen].mean()), density)
