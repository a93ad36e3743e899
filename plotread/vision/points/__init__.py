"""Logged points: markers and corners of a polyline on whole steps of the x axis."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import Floats, Scale
from plotread.vision.coverage import coverage_of, footprint, gaps_of, paper_of
from plotread.vision.pixels import snapped_to
from plotread.vision.points.between import with_hidden_heights
from plotread.vision.points.corners import FAR_PX, NEAR_PX, fit_corners
from plotread.vision.points.covered import with_covered
from plotread.vision.points.guides import with_guides
from plotread.vision.points.marks import Marked, bare_heights, find_marked, joined, with_mark
from plotread.vision.points.peeping import with_peeping
from plotread.vision.points.redraw import fit_drawing
from plotread.vision.points.shapes import Mark
from plotread.vision.points.strung import strung
from plotread.vision.points.upright import MOST_BARE_PX, stood_up
from plotread.vision.types import Mask, PanelFrame, Raster, Trace

LEAST_MISFIT = 0.5  # standard errors; what fits as well as this says as much of the common shift
SIGMA_DISC_PX = 0.35  # of a point in the middle of a disc that touches its neighbors
LEAST_MARKED_PITCH_PX = 8.0  # points closer than this leave too little line between markers to tell them
MOST_MISFIT = 0.2  # mean square of coverage at points whose marker does not show; more is another curve
UNTOLD = 0.6  # misfit with a marker over that without, where no legend and no comb tells of one
ON_RADII, ON_PITCH = 2.0, 0.3  # radii, pitches beyond an outer marker from which a line runs on
MARK_REACH, MARK_PX = 1.6, 1.0  # of its middle, radii and px: the arms of a cross reach so far
MOST_AWAY = 0.1  # share of a curve's points further from its line than its markers reach
MOST_WANDER = 5.0  # times the line through logged points that the curve itself may be long
SIGMA_MARK_PX, SIGMA_HIDDEN_PX = 0.2, 1.0  # of a point on the line through its marker; under other ink


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """Logged points before they are drawn: px of the image, steps (data), the marker and half its size."""

    x_px: Floats
    steps: Floats
    y_px: Floats
    sigma_px: Floats
    observed: Mask
    shift_px: float = 0.0
    radius_px: float = 0.0
    mark: Mark | None = None
    misfit: float = LEAST_MISFIT  # standard errors

    @property
    def weight(self) -> float:
        """What it says of the common shift counts by its points, the less the worse it fits."""
        return len(self.y_px) / max(self.misfit, LEAST_MISFIT) ** 2

    @property
    def pitch_px(self) -> float:
        return float(np.mean(np.diff(self.x_px)))


@dataclass(frozen=True, slots=True)
class Recovered:
    """Traces of one panel, logged points in place of samples where those are certain.

    Attributes
    ----------
    traces : tuple of Trace
    shift_px : float or None
        How far right of the tick strokes' own ruler the data lie, px (negative: left).  Renderers
        snap strokes to whole pixels and leave curves alone, half a pixel apart.  None where no
        curve tells.
    x_scale : Scale or None
        The ruler on which the logged points of this panel stand on whole steps.
    """

    traces: tuple[Trace, ...]
    shift_px: float | None = None
    x_scale: Scale | None = None


def recover_points(
    raster: Raster, frame: PanelFrame, traces: tuple[Trace, ...], text_px: float = 0.0
) -> Recovered:
    """Replace traces by their logged points where the picture shows them beyond doubt.

    Parameters
    ----------
    raster : Raster
    frame : PanelFrame
        Without an x scale the traces come back as they are; corners are looked for on linear ones.
    traces : tuple of Trace
        Points in px.
    text_px : float
        Height of the digits at the ticks, beside which markers are small or large; 0 where unknown.
    """
    traces = with_guides(traces, frame.frame)
    scale = frame.x.scale
    if scale is None:
        return Recovered(traces)
    box = frame.frame.inner().clip(raster.width, raster.height)
    pixels = raster.rgb[box.slices].astype(np.float32)
    paper = paper_of(pixels)
    marked = find_marked(pixels, paper, traces, scale, box, text_px)
    stood = [_upright(joined(trace, seen), seen, box) for trace, seen in zip(traces, marked, strict=True)]
    traces, marked = tuple(trace for trace, _ in stood), [seen for _, seen in stood]
    reach = FAR_PX if snapped_to(frame.x) in ("edges", "thirds") else NEAR_PX
    starts = [_start(trace, seen, scale, box, reach) for trace, seen in zip(traces, marked, strict=True)]

    def finished(logged: tuple[Trace, ...]) -> tuple[Trace, ...]:
        logged = with_hidden_heights(logged, marked, pixels, paper, box)
        logged = with_peeping(logged, marked, pixels, paper, box)
        return strung(with_covered(logged, marked), paper)

    told: list[tuple[float, float, float]] = []
    out = []
    center = (box.x0 + box.x1 - 1) / 2
    drawn: list[NDArray[np.uint8]] = []
    busy = np.zeros(0, np.uint8)
    for i, (given, seen, start) in enumerate(zip(traces, marked, starts, strict=True)):
        trace = _with_marker(given, seen, start)
        if start is None:
            out.append(trace)
            continue
        y, sigma = start.y_px, start.sigma_px
        drawing = None
        if start.radius_px == 0:  # else markers hide the corners by which a drawing finds its place
            if not drawn:
                drawn = [footprint(t, box).astype(np.uint8) for t in traces]
                busy = np.sum(drawn, axis=0, dtype=np.uint8)
            coverage = coverage_of(pixels, paper, trace.color)  # tips reach beyond what was traced
            free = busy <= drawn[i]
            if trace.line != "solid":
                free &= ~gaps_of(trace, box)
            drawing = fit_drawing(
                coverage, free, (box.x0, box.y0), start.x_px, y, trace.width_px
            )  # fmt: skip
        if drawing is not None:
            y, sigma = drawing.y_px, drawing.sigma_px
            shift = start.shift_px + drawing.shift_px + drawing.stretch * (center - drawing.center_px)
            told.append((shift, drawing.stretch, start.weight))
        else:
            told.append((start.shift_px, 0.0, start.weight))
        out.append(
            replace(
                trace,
                points_px=np.stack([start.x_px, y], axis=1),
                sigma_px=sigma,
                observed=start.observed,
                recovered=True,
            )
        )
    if not told or scale.kind != "linear":
        return Recovered(finished(_on_steps(out, starts, scale)))
    # One ruler for the panel: logged points stand on their steps at the common shift and stretch.
    shift, stretch = (
        float(np.average([row[k] for row in told], weights=[row[2] for row in told])) for k in (0, 1)
    )
    slope = scale.slope / (1 + stretch)
    ruler = replace(scale, slope=slope, offset=scale.offset + slope * (stretch * center - shift))
    return Recovered(finished(_on_steps(out, starts, ruler)), shift, ruler)


def _on_steps(traces: list[Trace], starts: list[_Start | None], ruler: Scale) -> tuple[Trace, ...]:
    return tuple(
        trace if start is None
        else replace(trace, points_px=np.stack([ruler.to_pixel(start.steps), trace.points_px[:, 1]], axis=1))
        for trace, start in zip(traces, starts, strict=True)
    )  # fmt: skip


def _start(trace: Trace, seen: Marked | None, scale: Scale, box: Box, reach: float) -> _Start | None:
    """Logged points to begin from: under markers on a comb, else at corners at most `reach` px aside."""
    if trace.recovered and trace.marker is None:
        return None  # found by its error bars, which are no markers
    if seen is not None and seen.x_px is not None and seen.y_px is not None and seen.steps is not None:
        certain = seen.mark is not None and seen.mark.certain
        if certain or (trace.marker is not None and (seen.mark is None or seen.mark.misfit <= MOST_MISFIT)):
            radius = seen.mark.radius if seen.mark is not None else trace.width_px
            if _wanders(trace, seen.x_px, seen.y_px, radius):
                return None
            if not _ends_elsewhere(trace, seen, radius, box):
                return _marked(trace, seen, radius, box)
            trace = replace(trace, marker=None)
    if seen is not None and seen.loose.radius == 0:
        trace = replace(trace, marker=None)  # none that reaches beyond the line, so corners show
    fit = fit_corners(trace, scale, reach, box) if scale.kind == "linear" else None
    if fit is None:
        return None
    observed = np.ones(len(fit.steps), bool)
    if trace.line != "solid":
        observed = np.interp(fit.knots_px, *_seen(trace)) > 0.5
    start = _Start(fit.knots_px, fit.steps, fit.y_px, fit.sigma_px, observed, fit.shift_px, misfit=fit.misfit)
    if seen is None or start.pitch_px < LEAST_MARKED_PITCH_PX:
        return start
    mark = with_mark(seen, fit.knots_px, fit.y_px, trace.width_px, box, trace.line).mark
    if mark is None or not (mark.certain if trace.marker is not None else mark.misfit <= UNTOLD * mark.bare):
        return start
    y = bare_heights(seen, fit.knots_px, mark.radius, box)
    return replace(start, y_px=y, radius_px=mark.radius, mark=mark)


def _marked(trace: Trace, seen: Marked, radius: float, box: Box) -> _Start:
    """The points under markers of half the size `radius`, px; `seen` knows their steps."""
    assert seen.x_px is not None
    assert seen.y_px is not None
    assert seen.steps is not None
    observed = np.interp(seen.x_px, *_seen(trace)) > 0.5
    sigma = np.where(observed, SIGMA_MARK_PX, SIGMA_HIDDEN_PX)
    y_px, mark = seen.y_px, seen.mark
    if mark is not None and np.median(np.diff(seen.x_px)) <= 2 * radius + MOST_BARE_PX and (
        told := stood_up(seen, seen.x_px, y_px, box, trace.line)
    ):
        mark, y_px = replace(mark, letter=told[0]), told[1]
    return _Start(seen.x_px, seen.steps, y_px, sigma, observed, seen.shift_px, radius, mark)


def _wanders(trace: Trace, x_px: Floats, y_px: Floats, radius: float) -> bool:
    """Whether a curve runs much further than the line through its points: noise is no row of markers.

    A trace up and down the outlines of markers is long, too, but stays as near to the line as they reach.
    """
    if trace.line == "none":
        return False
    straight = np.stack([x_px, y_px], axis=1)[np.argsort(x_px)]
    way, least = (np.hypot(*np.diff(p, axis=0).T).sum() for p in (trace.points_px, straight))
    x, y = trace.points_px.T
    level = np.interp(x, *straight.T)
    steep = np.abs(np.interp(x, straight[:, 0], np.gradient(straight[:, 1], straight[:, 0])))
    away = np.abs(y - level) / np.hypot(1.0, steep)
    return bool(way > MOST_WANDER * least and (away > MARK_REACH * radius + MARK_PX).mean() > MOST_AWAY)


def _ends_elsewhere(trace: Trace, seen: Marked, radius: float, box: Box) -> bool:
    """Whether a line ends inside the plot area, and in sight, but not at its outer markers.

    So it does where only every tenth point has a marker.
    """
    x = trace.points_px[trace.observed, 0]
    if trace.line == "none" or len(x) == 0 or seen.x_px is None or seen.y_px is None or len(seen.x_px) < 2:
        return False
    slack = ON_RADII * radius + MARK_PX
    beyond = max(slack, ON_PITCH * float(np.median(np.abs(np.diff(seen.x_px)))))
    for sign, side in ((-1, box.x0), (1, box.x1 - 1)):
        end, outer = (sign * x).max(), int((sign * seen.x_px).argmax())
        past = end - sign * seen.x_px[outer]
        if past > beyond and sign * side - end > beyond:
            return True
        row, column = round(seen.y_px[outer]) - box.y0, round(seen.x_px[outer]) - box.x0
        hidden = seen.loose.hidden
        inside = 0 <= row < hidden.shape[0] and 0 <= column < hidden.shape[1]
        if past < -slack and not (inside and hidden[row, column]):
            return True  # a marker on no line
    return False


def _upright(trace: Trace, seen: Marked | None, box: Box) -> tuple[Trace, Marked | None]:
    """A curve found by its discs, at the points of triangles where those are what its markers are."""
    if not trace.recovered or seen is None or seen.mark is None or trace.marker is None:
        return trace, seen
    x, y = trace.points_px.T
    told = stood_up(seen, x, y, box, trace.line)
    if told is None:
        return trace, seen
    letter, y = told
    mark = replace(seen.mark, letter=letter)
    return replace(trace, points_px=np.stack([x, y], axis=1)), replace(seen, mark=mark)


def _seen(trace: Trace) -> tuple[Floats, Floats]:
    order = np.argsort(trace.points_px[:, 0], kind="stable")
    return trace.points_px[order, 0], trace.observed[order].astype(float)


def _with_marker(trace: Trace, seen: Marked | None, start: _Start | None) -> Trace:
    """The marker as drawn; where none is to be seen, none, whatever the legend shows."""
    if seen is None or (start is None and trace.marker is None):
        return trace
    if start is None and trace.recovered:
        trace = replace(trace, sigma_px=np.maximum(trace.sigma_px, SIGMA_DISC_PX))
    mark = start.mark if start is not None else seen.mark
    if start is not None and start.radius_px > 0:
        trace = replace(trace, width_px=seen.width_px)
    if mark is not None and mark.certain:
        return replace(trace, marker=mark.letter)
    if start is not None and start.radius_px == 0:
        # Corners told its points: only some of them have markers, or none.
        listed = seen.mark if trace.marker is not None else None
        return replace(trace, marker=listed.letter if listed is not None and listed.certain else None)
    if start is not None:
        return trace
    if trace.recovered or (seen.loose.radius == 0 and trace.line != "none"):
        return replace(trace, marker=None)
    return trace
