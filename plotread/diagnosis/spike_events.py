"""Where a curve leaves its surroundings and comes back: the events behind all findings on spikes.

A value is compared with the higher of two medians, one of the values before it and one of those after,
at several distances.  On a slope one of the two lies above the value, so steep starts raise nothing
(a single centered median flags them at any threshold); a spike of several points is met at the
distance that clears its flanks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.stats import MAD_TO_SIGMA, baseline_window, robust_sigma, running_median
from plotread.diagnosis.tails import standing_apart, tail_limit
from plotread.model import Floats

SIDE_POINTS = 5  # values whose median is the level before, or after
NEAR_POINTS = 3  # the same for single-point spikes: on a slope nearer values are the better measure
GAPS = (1, 2, 4, 8, 16)  # distances from the value at which the sides begin, in columns
WIDEST = 0.06  # of the columns: a hump with a longer flank is no spike
Z_STEPS = ((150, 5.0), (300, 5.5), (10**9, 6.0))  # threshold by number of columns: long curves try more often
Z_HINT = 0.8  # of the threshold: from here an event is a hint
GOOD_WAY = 2.0  # times the threshold for an event towards better values, which noise and slopes imitate
GLARING_SHARE = (
    0.5  # of all that is drawn of a curve: a spike as tall glares, whatever the tails of its noise
)
GLARING_TIMES = 2.0  # it must be taller than anything else by this factor
MIN_RATIO = 0.10  # height over the level (a tenth), or over the curve's own range, whichever is smaller
RETURN_SHARE = 0.10  # of the height: closer to the level after it a spike is over
FAST_POINTS = 3  # values within which a fast spike is back
LONGEST_RETURN = 0.25  # of the columns: what takes longer has not recovered
MASK_Z = 3.5  # heights over the first rough scatter that do not vote on the second
MASK_MOST = 0.6  # of the values must vote; where fewer are quiet the scatter itself is that large
STEEP_RISE = 0.008  # of the columns (at least 2): half of a spike's height must be gained within this,
RISE_OF_FALL = 0.5  # or within this share of its fall; a swing rises as slowly as it falls
HIDDEN_COLUMNS = 3  # beside an event in which the curve must have been seen
NOISE_BLOCK = 40  # columns over which the scatter is measured, so that it may change along the curve
READ_SIGMAS = 3.0  # reading errors that a spike must exceed besides
MIN_POINTS = 8  # columns below which surroundings mean nothing


@dataclass(frozen=True, slots=True)
class Event:
    """One spike or dip.

    Attributes
    ----------
    column : int
        Position in ``curve.line``.
    x, value : float
        Data units; the extreme itself.
    sign : int
        +1 upward, -1 downward.
    before, after, baseline : float
        Medians of the sides, and the higher (lower for dips) of both, data units.
    previous : float
        The value just before (previous column), data units.
    ratio : float or None
        value / previous, for positive values.
    height : float
        In scale units over `baseline`.
    z : float
        Height over the local scatter.
    back : float or None
        x of the first value that has returned; None where none has.
    width : float
        Extent in x above half the height.
    recovery_points : int or None
        Values until it has returned; None where points cannot be counted or it has not.
    recovery : str
        "fast", "slow" or "not full".
    grade : str
        observed, likely or possible.
    first, last : int
        Columns from half its height to its return.
    fall : int
        Columns from the extreme down to half the height.
    """

    column: int
    x: float
    value: float
    sign: int
    before: float
    after: float
    baseline: float
    previous: float
    ratio: float | None
    height: float
    z: float
    back: float | None
    width: float
    recovery_points: int | None
    recovery: str
    grade: str
    first: int
    fall: int
    last: int


def find_events(curve: Curve) -> list[Event]:
    """All spikes of a curve, in order of x; against the good direction only glaring ones."""
    if len(curve.line.u) < MIN_POINTS or curve.smoothed or curve.quantity == "lr":
        return []
    up, down = (1.0, GOOD_WAY) if curve.lower_is_better else (GOOD_WAY, 1.0)
    if curve.quantity in ("other", "grad_norm", "speed"):
        up, down = 1.0, GOOD_WAY
    n = len(curve.line.u)
    over, under = _heights(curve.line.hi, n), _heights(-curve.line.lo, n)
    events = _one_way(curve, 1, up, over, under[0]) + _one_way(curve, -1, down, under, over[0])
    if curve.scale == "log" and curve.axis.kind != "log":
        events = _with_glaring(events, _glaring(curve))
    return sorted(events, key=lambda e: e.x)


def _glaring(curve: Curve) -> list[Event]:
    """Spikes half as tall as everything drawn, whose ratio a scatter over decades would swallow.

    The ratios of a loss near zero scatter widely; a spike to many times all other values stands out
    of their differences all the same, and is what a linear axis shows.
    """
    line = curve.line
    values = np.exp(line.u)
    plain = replace(
        curve,
        scale="linear",
        noise=curve.noise * float(np.median(values)),
        line=replace(line, u=values, lo=np.exp(line.lo), hi=np.exp(line.hi), sigma=line.sigma * values),
    )
    n = len(values)
    over, under = _heights(plain.line.hi, n), _heights(-plain.line.lo, n)
    least = GLARING_SHARE * float(plain.line.hi.max() - plain.line.lo.min())
    found = _one_way(plain, 1, 1.0, over, under[0], mirrored=False)
    enough = next(z for most, z in Z_STEPS if n <= most)
    tall = [e for e in found if e.height >= least and e.z >= enough and e.baseline > 0]
    others = np.ones(n, dtype=bool)
    for event in tall:
        others[max(0, event.first - 1) : event.last + 2] = False
    usual = float(over[0][others].max(initial=0.0))
    return [
        replace(e, height=float(np.log(e.value / e.baseline)), grade="likely")
        for e in tall
        if e.height >= GLARING_TIMES * usual
    ]


def _with_glaring(events: list[Event], glaring: list[Event]) -> list[Event]:
    """The events with those that glare, which replace hints in their place."""
    sure = [e for e in events if e.grade != "possible"]
    new = [g for g in glaring if not any(e.first <= g.last and g.first <= e.last for e in sure)]
    kept = [e for e in events if e in sure or not any(e.first <= g.last and g.first <= e.last for g in new)]
    return kept + new


def _one_way(
    curve: Curve,
    sign: int,
    strictness: float,
    own: tuple[Floats, Floats],
    other: Floats,
    mirrored: bool = True,
) -> list[Event]:
    """The events of one direction, from the heights (and their distances) of it and those of the other.

    `mirrored` where excursions in ratios tell how far those upwards reach.
    """
    line = curve.line
    u = line.hi if sign > 0 else -line.lo
    n = len(u)
    height, gap_of = own
    sigma = local_sigma(curve, u, height, gap_of)
    limit = strictness * next(z for most, z in Z_STEPS if n <= most)
    span = float(np.quantile(u, 0.99) - np.quantile(u, 0.01))
    small = (
        float(np.log1p(MIN_RATIO)) if curve.scale == "log" else MIN_RATIO * float(np.median(np.abs(line.u)))
    )
    least = np.maximum(min(small, MIN_RATIO * span), READ_SIGMAS * line.sigma)
    floor = np.maximum(sigma, 1e-12 + 1e-4 * span)
    z = height / floor
    # Noise has tails; what the other way shows of them is the yardstick.
    opposite = -line.lo if sign > 0 else line.hi
    level = running_median(opposite, SIDE_POINTS, leave_out=True)
    excursion = opposite - level
    if mirrored and sign > 0 and curve.scale == "linear" and float(line.lo.min()) > 0:
        # A scatter in ratios reaches farther up than down: an excursion to a half mirrors one to the double.
        excursion = np.where(excursion > 0, excursion * level / opposite, excursion)
    limit = max(limit, tail_limit(excursion / floor))
    candidate = (z >= Z_HINT * limit) & (height >= least)
    events: list[Event] = []
    taken = np.zeros(n, dtype=bool)
    # Highest first: the flanks of a spike are not spikes of their own.
    for i in sorted(np.flatnonzero(candidate), key=lambda k: (-height[k], k)):
        if taken[i]:
            continue
        event = _event(
            curve, u, int(i), sign, float(height[i]), float(z[i]), int(gap_of[i]), limit, float(sigma[i])
        )
        taken[max(0, event.first - 1) : event.last + 2] = True
        rise, fall = int(i) - event.first, event.fall
        if rise <= max(2, STEEP_RISE * n) or rise <= RISE_OF_FALL * fall:
            events.append(event)
    events = [event for event in events if not _hidden(curve, event)]
    rest = np.r_[z[~taken], other / floor]
    alone = standing_apart([event.z for event in events if event.z >= limit], rest)
    return [event if event.z >= alone else replace(event, grade="possible") for event in events]


def _hidden(curve: Curve, event: Event) -> bool:
    """Whether the curve was not seen beside an event: its surroundings are then a guess."""
    seen = curve.series.observed
    if seen is None or bool(np.all(seen)):
        return False
    reach = max(HIDDEN_COLUMNS, event.last - event.first)
    edge = curve.line.x[[max(0, event.first - reach), min(len(curve.line.x) - 1, event.last + reach)]]
    near = (curve.series.x >= edge[0]) & (curve.series.x <= edge[1])
    return bool(np.any(~seen[near]))


def _heights(u: Floats, n: int) -> tuple[Floats, Floats]:
    """Height of each value over the higher of its sides, best over all distances, and that distance."""
    best = np.full(n, -np.inf)
    gap_of = np.ones(n)
    for gap in GAPS:
        if gap > 1 and gap > WIDEST * n:
            break
        points = NEAR_POINTS if gap == 1 else SIDE_POINTS
        medians = _side_medians(u, points)
        before, after = np.full(n, np.inf), np.full(n, np.inf)
        # medians[k] is that of u[k : k + points].
        start = gap + points - 1
        if n > start:
            before[start:] = medians[: n - start]
            after[: n - start] = medians[gap:][: n - start]
        # Close to the ends the sides are shorter, but never fewer than two values.
        for i in range(gap + 1, min(start, n)):
            before[i] = np.median(u[: i - gap + 1])
        for i in range(max(n - start, 0), n - gap - 1):
            after[i] = np.median(u[i + gap :])
        is_top = u >= _window_max(u, gap)
        height = np.where(is_top, u - np.maximum(before, after), -np.inf)
        # The next distance must gain clearly: on noise the farther sides differ by chance.
        better = height > np.where(np.isfinite(best), best * 1.3, -np.inf)
        better &= height > best
        best, gap_of = np.where(better, height, best), np.where(better, gap, gap_of)
    return best, gap_of


def _side_medians(u: Floats, points: int) -> Floats:
    if len(u) < points:
        return np.full(len(u), np.inf)
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(u, points), axis=1))


def _window_max(u: Floats, reach: int) -> Floats:
    padded = np.pad(u, reach, constant_values=-np.inf)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1))


def local_sigma(curve: Curve, u: Floats, height: Floats, gap_of: Floats) -> Floats:
    """Scatter along the curve, at least a third of that of the whole and half the reading error.

    What stands out by `MASK_Z` on a first look is left out of the second, or spikes would hide themselves.
    """
    n = len(u)
    # Samples along pixels are smooth from one to the next, logged points are not: these need no wide window,
    # which would count the bend of a steep start as scatter.
    residual = u - running_median(u, SIDE_POINTS if curve.counted else baseline_window(n), leave_out=True)
    rough = MAD_TO_SIGMA * float(np.median(np.abs(residual)))
    quiet = np.ones(n, dtype=bool)
    for i in np.flatnonzero(height > MASK_Z * max(rough, 1e-12)):
        reach = int(gap_of[i])
        quiet[max(0, i - min(reach, 2)) : i + reach + 1] = False
    if quiet.mean() < MASK_MOST:
        quiet[:] = True
    whole = robust_sigma(residual[quiet])
    blocks = max(1, min(n // NOISE_BLOCK, 24))
    edges = np.linspace(0, n, blocks + 1).astype(int)
    each = np.array(
        [
            robust_sigma(residual[a:b][quiet[a:b]]) if quiet[a:b].sum() >= SIDE_POINTS else whole
            for a, b in pairwise(edges)
        ]
    )
    middles = (edges[:-1] + edges[1:]) / 2
    local = np.interp(np.arange(n), middles, each)
    least = whole / 3 if curve.counted else max(whole / 3, curve.noise)
    return np.asarray(np.maximum(np.maximum(local, least), curve.line.sigma / 2))


def _event(
    curve: Curve, u: Floats, i: int, sign: int, height: float, z: float, gap: int, limit: float, sigma: float
) -> Event:
    line, n = curve.line, len(u)
    peak = u[i]
    points = NEAR_POINTS if gap == 1 else SIDE_POINTS
    before = float(np.median(u[max(0, i - gap - points + 1) : max(1, i - gap + 1)]))
    after = float(np.median(u[min(i + gap, n - 1) : i + gap + points]))
    base = max(before, after)
    # Back is back to the level before; the values right after a slow spike are part of it.
    close = before + max(2 * sigma, RETURN_SHARE * height)
    reach = max(4 * gap, int(LONGEST_RETURN * n))
    later = np.flatnonzero(u[i + 1 : i + 1 + reach] <= close)
    end = i + 1 + int(later[0]) if len(later) else None
    first, last = i, i
    while first > 0 and u[first - 1] > base + height / 2:
        first -= 1
    while last < n - 1 and u[last + 1] > base + height / 2:
        last += 1
    at = line.x_hi if sign > 0 else line.x_lo
    x = float(at[i])
    taken: int | None = None
    if end is not None and curve.counted:
        taken = int(
            np.searchsorted(curve.x, line.x[end], side="left") - np.searchsorted(curve.x, x, side="left")
        )
    recovery = "not full" if end is None else "fast" if end - i <= FAST_POINTS else "slow"
    if abs(after - before) > max(0.5 * height, 3 * sigma) and after > before:
        recovery = "not full"
    k = int(np.searchsorted(curve.x, x, side="left"))
    value = float(curve.to_data(sign * peak))
    previous = float(curve.y[k - 1]) if k > 0 else value
    if not curve.counted:
        previous = curve.to_data(sign * before)
    grade = "observed" if z >= 1.5 * limit else "likely" if z >= limit else "possible"
    return Event(
        i,
        x,
        value,
        sign,
        curve.to_data(sign * before),
        curve.to_data(sign * after),
        curve.to_data(sign * base),
        previous,
        value / previous if previous > 0 and value > 0 else None,
        height,
        z,
        None if end is None else float(line.x[end]),
        float(line.x[last] - line.x[first]),
        taken,
        recovery,
        grade,
        first,
        last - i,
        max(last, (end - 1) if end is not None else last),
    )
