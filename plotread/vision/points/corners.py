"""Corners of a polyline on whole steps: the logged points of a curve without markers.

A curve of few points per pixel is a chain of straight pieces.  A linear spline with knots on
whole steps of the calibrated x axis is fitted to the trace; where the sparsest spline that fits
shows a corner at most of its knots, those knots are the logged points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plotread.model import Floats, Scale
from plotread.vision.types import Trace

MANTISSAS = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # whole-step spacings that loggers use, x 10^k
CAPPED = 5.0  # standard errors; a sample further off counts as this
LEAST_PITCH_PX = 2.6  # knots closer than this leave no straight piece to measure
LEAST_KNOTS = 5
MOST_KNOTS = 400
EVEN_PITCH_PX = 12.0  # closer steps are whole multiples of their spacing; of wider ones the first may be any
CAP_PX = 0.3  # error of an end of the ink; beyond half the stroke and this no ink passes a point
END_SLACK_PX = 0.9  # a first or last knot from the end of the ink, beyond half the stroke
SIGMA_Y_PX = 0.12  # error of a trace's y on flat pieces
SIGMA_X_PX = 0.30  # and of its x, which counts on steep ones
MISS_PX, MISS_WIDTHS = 0.75, 0.30  # largest distance of a trace from the spline: px, or stroke widths
MISS_SHARE = 0.95  # of the trace's points within that
CORNER_SIGMAS = 4.0  # change of slope at a knot, in its standard errors, that counts as a corner
CORNER_SHARE = 0.6  # of the inner knots that must be corners
SURE_SIGMAS = (
    4.0  # of a fair coin, by which knots on steps must win over knots between them; dense curves: < 4
)
LIKELY_SHARE, LIKELY_SIGMAS = 0.75, 2.0  # of the knots that must win where single corners show
LEAST_CONTRAST = 1.15  # squared misfit with knots between the steps over that with knots on them
FINER_GAIN = 1.6  # a coarser spline stays unless a finer one lowers the misfit by this factor
IRREGULAR_SHARE = 0.4  # of the inner knots, for a noisy polyline
STEEP = 1.0  # px up per px sideways from which the end of a piece is told by the ink's end
SAG_PX = 0.3  # more than twice the error of a trace
BROKEN_MISFIT = 1.5  # standard errors; gaps hide the corners that would tell a spline too coarse
LEAST_INNER = 2  # points of a dash without its ends; a shorter one is a dot
GOOD_MISFIT = 0.6  # standard errors; a spline this close needs no comparison
# How far aside of the strokes curves may stand, px: half a unit of the page and some tenths, where a unit
# is one pixel and where it is more.
NEAR_PX, FAR_PX = 0.8, 1.2
SHIFTS_PX = np.arange(-1.2, 1.21, 0.2)  # sideways shift between tick strokes and data that is tried
MOST_SHIFT = 0.35  # of the pitch; beyond, the next step is nearer
COARSE = (2, 6, 10)  # of those shifts: the first tried
HOPELESS = 0.85  # share of a trace near the spline under which no shift helps
MARKER_PITCH = 4.0  # stroke widths; knots closer than this leave no thin span between their markers
MARKER_REACH = (
    4.0  # stroke widths; a marker reaches past the last point by this, where a bare line ends at it
)
MARKER_EXCESS = 0.7  # stroke widths; height of a column beyond the pen and the slope that shows a marker
MARKER_MISS, MARKER_MISS_SHARE = (
    0.8,
    0.9,
)  # stroke widths, share: middles of columns from the spline; markers lean on slopes
MARKER_CLEAR = 0.35  # of the pitch; columns so far from the knots show the bare line
LEAST_PEN_PX = 1.5  # thinner pens blur to this
MARKED_SHARE = 0.75  # of the knots that must show a marker; of the spans that must not
EXTREME_PX, EXTREME_WIDTHS = 1.0, 0.4  # highest and lowest point of the trace that the knots must reach


@dataclass(frozen=True, slots=True)
class Fit:
    knots_px: Floats  # (K,) x
    steps: Floats  # (K,) data
    y_px: Floats  # (K,)
    sigma_px: Floats  # (K,)
    shift_px: float
    misfit: float  # rms of the residuals in standard errors
    corners: float  # share of inner knots with a corner
    irregular: float  # share of inner knots whose bend differs from its neighbors'
    sag_px: float  # how far a smooth curve through the knots would bow off the chords (rms)
    within: float  # share of the trace near the spline
    reached: bool  # whether the trace lies on the spline all along
    residual: Floats  # (N,) distance of each sample from the spline, standard errors


def _to_the_tips(heights: Floats, knots: Floats, x: Floats, y: Floats, width: float) -> Floats:
    """Heights with the first and last led to where the curve's ink ends on a steep piece.

    There a fraction of a pixel sideways is many up, and the end of the ink tells more than the fit.
    """
    out = heights.copy()
    for end, beside in ((0, 1), (-1, -2)):
        rise = heights[end] - heights[beside]
        if abs(rise) < STEEP * abs(knots[end] - knots[beside]):
            continue
        near = y[np.abs(x - knots[end]) <= END_SLACK_PX + width / 2]
        if len(near):
            out[end] = max(out[end], near.max()) if rise > 0 else min(out[end], near.min())
    return out


def _sorted(trace: Trace) -> Floats:
    return trace.points_px[np.argsort(trace.points_px[:, 0], kind="stable")]


def inked(trace: Trace) -> Floats:
    """The points on the dashes of a broken line: of a dash its inner part, of a dot its middle.

    Slopes cut the ends of dashes askew.  The first and last point are kept: between them the logged
    points lie, whether a gap hides them or not.
    """
    order = np.argsort(trace.points_px[:, 0], kind="stable")
    points, seen = trace.points_px[order], trace.observed[order]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(np.int8), [0]])))
    margin = 1.0 + trace.width_px / 2
    parts = [points[:1]]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        dash = points[start:end]
        low = dash[0, 0] + margin if start > 0 else -np.inf
        high = dash[-1, 0] - margin if end < len(points) else np.inf
        inner = dash[(dash[:, 0] >= low) & (dash[:, 0] <= high)]
        parts.append(inner if len(inner) >= LEAST_INNER else dash.mean(axis=0, keepdims=True))
    whole: Floats = np.concatenate([*parts, points[-1:]])
    return np.asarray(whole[np.concatenate([[True], np.diff(whole[:, 0]) > 0])])


def fit_corners(trace: Trace, scale: Scale, reach: float = NEAR_PX) -> Fit | None:
    """The points of a polyline on whole steps, at most `reach` px aside of the scale."""
    if trace.recovered or trace.kind != "line" or len(trace.points_px) < 2 * LEAST_KNOTS:
        return None
    bare = trace.line != "none" and trace.marker is None
    points = _sorted(trace) if trace.line == "solid" else inked(trace)
    if bare and len(points) >= 2 * LEAST_KNOTS and (fit := _by_corners(points, trace, scale, reach)):
        return fit
    if trace.line == "solid" or trace.marker is not None:
        return _by_markers(_sorted(trace), trace, scale, reach)
    return None


def _by_corners(points: Floats, trace: Trace, scale: Scale, reach: float) -> Fit | None:
    """The sparsest spline that fits and shows corners at its knots."""
    px_per_unit = abs(1 / scale.slope)
    tried: dict[float, Fit | None] = {}

    def fit_with(spacing: float) -> Fit | None:
        if spacing not in tried:
            tried[spacing] = _best_shift(points, spacing, trace.width_px, scale, reach)
        return tried[spacing]

    spacings = _spacings(points, px_per_unit)
    for k, spacing in enumerate(spacings):
        fit = fit_with(spacing)
        if fit is None or not fit.reached or (trace.line != "solid" and fit.misfit > BROKEN_MISFIT):
            continue
        share, sigmas = _preference(points, fit, trace.width_px)
        if sigmas >= SURE_SIGMAS:
            return fit
        # A smooth curve of many points has bends too, alike from knot to knot: corners must be
        # irregular, or so sharp that the absence of bows between them shows.
        cornered = fit.irregular >= IRREGULAR_SHARE or fit.sag_px >= SAG_PX
        if fit.corners < CORNER_SHARE or not cornered:
            continue
        if share < 1 and (share < LIKELY_SHARE or sigmas < LIKELY_SIGMAS):
            continue
        # A smooth curve is fitted better and better by finer splines; a polyline is done at its own.
        finer = [
            f
            for s in (*spacings[k + 1 :], spacing / 2)
            if s * px_per_unit >= LEAST_PITCH_PX and (f := fit_with(s)) is not None
        ]
        if all(fit.misfit <= max(FINER_GAIN * f.misfit, GOOD_MISFIT) for f in finer):
            return fit
    return None


def _preference(points: Floats, fit: Fit, width: float) -> tuple[float, float]:
    """How much rather the bends are at these knots than between them: share of the knots, and its sigmas.

    Corners too faint to be told one by one tell together.  Around each inner knot the spline is compared
    with one whose knots stand half a step away; of a curve of more points than knots, or of a smooth one,
    either wins as often (a sign test).
    """
    knots = fit.knots_px
    between = np.concatenate([knots[:1], (knots[:-1] + knots[1:]) / 2, knots[-1:]])
    astray = fit_knots(points, between, between, width, fit.shift_px)
    if astray.misfit**2 < LEAST_CONTRAST * fit.misfit**2:
        return 0.0, 0.0
    nearest = np.abs(points[:, :1] - knots[1:-1]).argmin(axis=1)
    here, there = (
        np.bincount(nearest, np.minimum(f.residual, CAPPED) ** 2, len(knots) - 2) for f in (fit, astray)
    )
    share = float(np.mean(here < there))
    return share, (2 * share - 1) * float(np.sqrt(len(knots) - 2))


def _by_markers(points: Floats, trace: Trace, scale: Scale, reach: float) -> Fit | None:
    """The spline through the middles of columns whose knots are thick and whose spans are thin."""
    columns, index = np.unique(np.round(points[:, 0]), return_inverse=True)
    low, high = np.full(len(columns), np.inf), np.full(len(columns), -np.inf)
    np.minimum.at(low, index, points[:, 1])
    np.maximum.at(high, index, points[:, 1])
    middles = np.stack([columns, (low + high) / 2], axis=1)
    width = max(trace.width_px, LEAST_PEN_PX)
    for spacing in _spacings(points, abs(1 / scale.slope)):
        if spacing * abs(1 / scale.slope) < MARKER_PITCH * width:
            return None
        fit = _best_shift(middles, spacing, MARKER_REACH * width, scale, reach)
        if fit is None:
            continue
        x = fit.knots_px
        # The tallest columns of a marker are centered on its point, whatever its shape.
        close = [np.abs(columns - k) <= 1.0 for k in x]
        y = np.array(
            [np.median(middles[c, 1]) if c.any() else h for c, h in zip(close, fit.y_px, strict=True)]
        )
        on_line = np.interp(columns, x, y)
        away = np.abs(columns[:, None] - x).min(axis=1) >= MARKER_CLEAR * float(np.mean(np.diff(x)))
        if not away.any() or (
            np.mean(np.abs(middles[away, 1] - on_line[away]) <= MARKER_MISS * width) < MARKER_MISS_SHARE
        ):
            continue
        steep = np.abs(np.gradient(on_line, columns))
        thick = high - low - steep
        at_knots = _near(columns, thick, x, width / 2) >= MARKER_EXCESS * width
        between = _near(columns, thick, (x[:-1] + x[1:]) / 2, width / 2) >= MARKER_EXCESS * width
        if at_knots.mean() >= MARKED_SHARE and between.mean() <= 1 - MARKED_SHARE:
            return replace(fit, y_px=y)
    return None


def _near(columns: Floats, values: Floats, at: Floats, reach: float) -> Floats:
    """The largest value near each place, -inf where no column was seen."""
    out = np.full(len(at), -np.inf)
    for k, x in enumerate(at):
        inside = np.abs(columns - x) <= max(reach, 1.0)
        if inside.any():
            out[k] = values[inside].max()
    return out


def _spacings(points: Floats, px_per_unit: float) -> list[float]:
    """Whole spacings in data units whose pitch can be measured, the coarsest first."""
    extent = float(np.ptp(points[:, 0]))
    low, high = LEAST_PITCH_PX / px_per_unit, extent / (LEAST_KNOTS - 1) / px_per_unit
    found = [m * 10.0**k for k in range(-1, 8) for m in MANTISSAS]
    whole = {s for s in found if low <= s <= high and abs(s - round(s)) < 1e-9}
    return sorted(whole, reverse=True)


def _best_shift(points: Floats, spacing: float, width: float, scale: Scale, reach: float) -> Fit | None:
    """The spline at the sideways shift that fits best, to a fraction of the step by a parabola."""
    slope, offset = scale.slope, scale.offset

    def fit_at(shift: float) -> Fit | None:
        steps = _knots(points, spacing, width, slope, offset, shift)
        if steps is None:
            return None
        return fit_knots(points, (steps - offset) / slope + shift, steps, width, shift)

    most = min(reach, MOST_SHIFT * spacing / abs(slope)) + 1e-9
    possible = np.flatnonzero(np.abs(SHIFTS_PX) <= most)
    tried = {k: fit for k in COARSE if k in possible and (fit := fit_at(float(SHIFTS_PX[k]))) is not None}
    if not tried:
        return None
    best = min(tried, key=lambda k: tried[k].misfit)
    if tried[best].within < HOPELESS:
        return tried[best]
    for k in (best - 1, best + 1, best - 2, best + 2):
        if k in possible and k not in tried and (fit := fit_at(float(SHIFTS_PX[k]))) is not None:
            tried[k] = fit
    best = min(tried, key=lambda k: tried[k].misfit)
    if not {best - 1, best + 1} <= set(tried):
        return tried[best]
    a, b, c = (tried[k].misfit ** 2 for k in (best - 1, best, best + 1))
    if a - 2 * b + c > 0:
        step = float(SHIFTS_PX[1] - SHIFTS_PX[0])
        finer = fit_at(tried[best].shift_px + 0.5 * step * (a - c) / (a - 2 * b + c))
        if finer is not None and finer.misfit <= tried[best].misfit:
            return finer
    return tried[best]


def _knots(
    points: Floats, spacing: float, width: float, slope: float, offset: float, shift: float
) -> Floats | None:
    """Steps of the knots: both ends of the ink must fall on them.

    Ink reaches past the outer points by half the stroke at most; where it is hidden it ends early.
    """
    start, end = slope * (points[[0, -1], 0] - shift) + offset
    if start > end:
        start, end = end, start
    past, slack = ((px + width / 2) * abs(slope) for px in (CAP_PX, END_SLACK_PX))
    phase = spacing if spacing * abs(1 / slope) < EVEN_PITCH_PX else 1.0
    for unit in (phase, 1.0):
        first = unit * round(start / unit)
        if first - start > past and start - first + unit <= slack:
            first -= unit
        if abs(first - start) <= slack:
            break
    last = first + spacing * round((end - first) / spacing)
    if end - last > past and last + spacing - end <= slack:
        last += spacing
    count = round((last - first) / spacing) + 1
    if not LEAST_KNOTS <= count <= MOST_KNOTS or abs(first - start) > slack or abs(last - end) > slack:
        return None
    steps = first + spacing * np.arange(count)
    return np.asarray(steps if slope > 0 else steps[::-1])


def fit_knots(points: Floats, knots: Floats, steps: Floats, width: float, shift: float) -> Fit:
    """Weighted least squares of a linear spline; weights follow its own steepness (two rounds)."""
    from scipy.linalg import solveh_banded

    x, y = np.clip(points[:, 0], knots[0], knots[-1]), points[:, 1]
    cell = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    right = (x - knots[cell]) / np.diff(knots)[cell]
    left = 1 - right
    heights = np.interp(knots, x, y)
    weight = np.ones(len(x))
    diagonal: Floats = np.zeros(len(knots))
    for _ in range(3):
        steep = np.abs(np.diff(heights) / np.diff(knots))
        # A sample near a knot may belong to either piece; the steeper one sets its error.
        beside = np.maximum(np.concatenate([[0], steep]), np.concatenate([steep, [0]]))
        near_knot = np.minimum(left, right) * np.diff(knots)[cell] < 1.0
        slope_here = np.where(near_knot, np.where(left > right, beside[cell], beside[cell + 1]), steep[cell])
        sigma = np.hypot(SIGMA_Y_PX, SIGMA_X_PX * slope_here)
        weight = 1 / sigma**2
        on_left = np.bincount(cell, weight * left**2, len(knots))
        diagonal = np.asarray(on_left + np.bincount(cell + 1, weight * right**2, len(knots)), dtype=float)
        upper = np.bincount(cell, weight * left * right, len(knots))
        target = np.bincount(cell, weight * left * y, len(knots)) + np.bincount(
            cell + 1, weight * right * y, len(knots)
        )
        # A knot without samples leans on its neighbors by a trace of stiffness.
        banded = np.stack([np.concatenate([[0], upper[:-1]]), diagonal + 1e-9 + (diagonal == 0)])
        heights = solveh_banded(banded, target)
    heights = _to_the_tips(heights, knots, x, y, width)
    residual = (y - left * heights[cell] - right * heights[cell + 1]) * np.sqrt(weight)
    miss = np.abs(residual) * SIGMA_Y_PX  # distance across the stroke
    limit = max(MISS_PX, MISS_WIDTHS * width)
    extreme = max(EXTREME_PX, EXTREME_WIDTHS * width)
    within = float(np.mean(miss <= limit))
    reached = (
        within >= MISS_SHARE
        and float(y.max()) - float(heights.max()) <= extreme
        and float(heights.min()) - float(y.min()) <= extreme
        and bool((diagonal > 0).all())
    )
    sigma = 1 / np.sqrt(np.maximum(diagonal, 1e-6))
    bend = np.diff(np.diff(heights) / np.diff(knots))
    pitch = float(np.mean(np.diff(knots)))
    bend_sigma = np.sqrt(sigma[:-2] ** 2 + 4 * sigma[1:-1] ** 2 + sigma[2:] ** 2) / pitch
    corners = float(np.mean(np.abs(bend) > CORNER_SIGMAS * bend_sigma)) if len(bend) else 0.0
    uneven = np.abs(bend[1:-1] - (bend[:-2] + bend[2:]) / 2)
    irregular = float(np.mean(uneven > CORNER_SIGMAS * 1.3 * bend_sigma[1:-1])) if len(uneven) else 0.0
    sag = float(np.sqrt(np.mean(bend**2))) * pitch / 8 if len(bend) else 0.0
    misfit = float(np.sqrt(np.mean(np.minimum(np.abs(residual), CAPPED) ** 2)))
    return Fit(
        knots,
        steps,
        heights,
        sigma,
        shift,
        misfit,
        corners,
        irregular,
        sag,
        within,
        reached,
        np.abs(residual),
    )
