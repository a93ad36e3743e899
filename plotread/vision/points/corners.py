"""Corners of a polyline on whole steps: the logged points of a curve without markers.

A curve of few points per pixel is a chain of straight pieces.  A linear spline with knots on
whole steps of the calibrated x axis is fitted to the trace; where the sparsest spline that fits
shows a corner at most of its knots, those knots are the logged points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plotread.geometry import Box
from plotread.model import Floats, Scale
from plotread.vision.points.spline import CAPPED, END_SLACK_PX, Fit, fit_knots
from plotread.vision.types import Trace

MANTISSAS = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # whole-step spacings that loggers use, x 10^k
LEAST_PITCH_PX = 2.6  # knots closer than this leave no straight piece to measure
LEAST_KNOTS = 5
MOST_KNOTS = 400
EVEN_PITCH_PX = 12.0  # closer steps are whole multiples of their spacing; of wider ones the first may be any
CAP_PX = 0.3  # error of an end of the ink; beyond half the stroke and this no ink passes a point
CORNER_SHARE = 0.6  # of the inner knots that must be corners
SURE_SIGMAS = (
    4.0  # of a fair coin, by which knots on steps must win over knots between them; dense curves: < 4
)
# Many knots win by so much too where the bends of a dense curve stand on whole pixels: so many of them must.
SURE_SHARE, SURE_MISFIT = 0.7, 1.2  # share, and standard errors of a spline where no more win
LIKELY_SHARE, LIKELY_SIGMAS = 0.75, 2.0  # of the knots that must win where single corners show
LEAST_CONTRAST = 1.15  # squared misfit with knots between the steps over that with knots on them
FINER_GAIN = 1.6  # a coarser spline stays unless a finer one lowers the misfit by this factor
IRREGULAR_SHARE = 0.4  # of the inner knots, for a noisy polyline
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
CUT_PX = 1.5  # beyond half the pen: an end so near the top or bottom of the frame is cut there
CUT_SLOPE = 0.3  # px up per px sideways; a curve that ends flat along the frame is not cut by it
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


@dataclass(frozen=True, slots=True)
class _Ruler:
    """Where the steps of a curve stand: its scale, how far aside of it, and the ends that the frame cuts."""

    scale: Scale
    reach_px: float
    cut: tuple[bool, bool]


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


def fit_corners(trace: Trace, scale: Scale, reach: float = NEAR_PX, box: Box | None = None) -> Fit | None:
    """The points of a polyline on whole steps, at most `reach` px aside of the scale.

    Where a curve enters or leaves through the top or bottom of `box`, the plot area, its first or last
    knot is where it does so, between two steps.
    """
    if trace.recovered or trace.kind != "line" or len(trace.points_px) < 2 * LEAST_KNOTS:
        return None
    bare = trace.line != "none" and trace.marker is None
    ruler = _Ruler(scale, reach, (False, False) if box is None else _cut(trace, box))
    points = _sorted(trace) if trace.line == "solid" else inked(trace)
    if bare and len(points) >= 2 * LEAST_KNOTS and (fit := _by_corners(points, trace, ruler)):
        return fit
    if trace.line == "solid" or trace.marker is not None:
        return _by_markers(_sorted(trace), trace, ruler)
    return None


def _cut(trace: Trace, box: Box) -> tuple[bool, bool]:
    """Which ends of a curve, left and right, the top or bottom of the plot area cuts."""
    x, y = _sorted(trace).T
    near = CUT_PX + trace.width_px / 2
    out = []
    for end in (0, -1):
        inside = y[np.abs(x - x[end]) <= 2 * near]
        at_edge = min(y[end] - box.y0, box.y1 - 1 - y[end]) <= near
        out.append(bool(at_edge and np.ptp(inside) >= CUT_SLOPE * 2 * near))
    return out[0], out[1]


def _by_corners(points: Floats, trace: Trace, ruler: _Ruler) -> Fit | None:
    """The sparsest spline that fits and shows corners at its knots."""
    px_per_unit = abs(1 / ruler.scale.slope)
    tried: dict[float, Fit | None] = {}

    def fit_with(spacing: float) -> Fit | None:
        if spacing not in tried:
            tried[spacing] = _best_shift(points, spacing, trace.width_px, ruler)
        return tried[spacing]

    spacings = _spacings(points, px_per_unit)
    for k, spacing in enumerate(spacings):
        fit = fit_with(spacing)
        if fit is None or not fit.reached or (trace.line != "solid" and fit.misfit > BROKEN_MISFIT):
            continue
        share, sigmas = _preference(points, fit, trace.width_px)
        close = share >= LIKELY_SHARE or (share >= SURE_SHARE and fit.misfit <= SURE_MISFIT)
        if sigmas >= SURE_SIGMAS and close:
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


def _by_markers(points: Floats, trace: Trace, ruler: _Ruler) -> Fit | None:
    """The spline through the middles of columns whose knots are thick and whose spans are thin."""
    columns, index = np.unique(np.round(points[:, 0]), return_inverse=True)
    low, high = np.full(len(columns), np.inf), np.full(len(columns), -np.inf)
    np.minimum.at(low, index, points[:, 1])
    np.maximum.at(high, index, points[:, 1])
    middles = np.stack([columns, (low + high) / 2], axis=1)
    width = max(trace.width_px, LEAST_PEN_PX)
    px_per_unit = abs(1 / ruler.scale.slope)
    for spacing in _spacings(points, px_per_unit):
        if spacing * px_per_unit < MARKER_PITCH * width:
            return None
        fit = _best_shift(middles, spacing, MARKER_REACH * width, ruler)
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


def _best_shift(points: Floats, spacing: float, width: float, ruler: _Ruler) -> Fit | None:
    """The spline at the sideways shift that fits best, to a fraction of the step by a parabola."""
    slope, offset = ruler.scale.slope, ruler.scale.offset

    def fit_at(shift: float) -> Fit | None:
        steps = _knots(points, spacing, width, ruler, shift)
        if steps is None:
            return None
        return fit_knots(points, (steps - offset) / slope + shift, steps, width, shift)

    most = min(ruler.reach_px, MOST_SHIFT * spacing / abs(slope)) + 1e-9
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


def _knots(points: Floats, spacing: float, width: float, ruler: _Ruler, shift: float) -> Floats | None:
    """Steps of the knots: the ends of the ink must fall on them, but for those that the frame cuts.

    Ink reaches past the outer points by half the stroke at most; where it is hidden it ends early.
    """
    slope, cut = ruler.scale.slope, ruler.cut
    ends = slope * (points[[0, -1], 0] - shift) + ruler.scale.offset
    if slope < 0:
        cut = cut[::-1]
    turned = cut == (True, False)  # the whole end is the anchor: count from there
    start, end = np.sort(-ends if turned else ends)
    if turned:
        cut = cut[::-1]
    past, slack = ((px + width / 2) * abs(slope) for px in (CAP_PX, END_SLACK_PX))
    phase = spacing if spacing * abs(1 / slope) < EVEN_PITCH_PX or any(cut) else 1.0
    for unit in (phase, 1.0):
        first = unit * (np.ceil((start - slack) / unit) if cut[0] else round(start / unit))
        if not cut[0] and first - start > past and start - first + unit <= slack:
            first -= unit
        if cut[0] or abs(first - start) <= slack:
            break
    last = first + spacing * (np.floor((end + slack - first) / spacing) if cut[1]
                              else round((end - first) / spacing))  # fmt: skip
    if not cut[1] and end - last > past and last + spacing - end <= slack:
        last += spacing
    count = round((last - first) / spacing) + 1
    off = [not cut[k] and away > slack for k, away in enumerate((abs(first - start), abs(last - end)))]
    if not LEAST_KNOTS <= count <= MOST_KNOTS or any(off):
        return None
    steps = first + spacing * np.arange(count)
    before, after = [start] if first - start > slack else [], [end] if end - last > slack else []
    steps = np.concatenate([before, steps, after])
    if turned:
        steps = -steps[::-1]
    return np.asarray(steps if slope > 0 else steps[::-1])
