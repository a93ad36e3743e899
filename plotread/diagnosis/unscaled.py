"""`drawn_course`, `drawn_order`: what curves without values show.

An axis without a scale still runs one way.  Where a curve falls or rises, where it turns, which of two
lies above the other and where they cross, holds on any scale that its labels might have told; how
much it falls does not, so along such an axis no number but a share of the plot area is told.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from plotread.diagnosis.crossing import crossing
from plotread.diagnosis.curves import Curve, curve_of
from plotread.diagnosis.matching import at as values_at
from plotread.diagnosis.matching import common_grid
from plotread.diagnosis.stats import running_median
from plotread.diagnosis.study import Study, make, study
from plotread.diagnosis.words import plain
from plotread.model import Axis, Drawn, Estimate, Figure, Finding, Floats, Measure, Panel

TURN_NOISES = 4.0  # scatters of a value that a move must exceed to be one
TURN_SHARE = 0.04  # of the curve's own range: a smaller move back is no turn
TURN_HEIGHT = 0.01  # of the height of the plot area, the same: a few pixels
SMOOTH_SHARE = 25  # columns per column of the running median in which the course is judged
END_SHARE = 50  # columns per column of either end
FEWEST_REPEATS = 2.0  # samples for one drawn value from which they are taken together
SECOND_TURN = 0.3  # of the larger of a dip and a peak: from here the smaller one is a turn as well
FEW_VALUES = 3  # at an end, below which a median means nothing
HALF = 0.5  # of the drawn way between the ends of a curve
EARLY = 0.25  # of the extent of a curve: half of its way within it is worth a word
APART_SIGMAS = 3.0  # reading errors between two curves whose order is told
SAME_END = 0.03  # of the longer curve: where both end within this, their ends are compared
ABOVE_SHARE = 0.97  # of the common extent on which one of two curves lies above the other throughout
MOST_ORDERED = 6  # curves whose order at the end is told
SILENT = "shows no number that could be read"
MOST_PLACES = 3  # spikes that are told by their places


@dataclass(frozen=True, slots=True)
class _Course:
    """The shape of a curve, and where along the working line it turns or has gone half its way."""

    shape: str
    start: float
    end: float
    turn: int | None = None
    half: int | None = None


def diagnose_unscaled(figure: Figure, curves: Sequence[Curve]) -> list[Finding]:
    """Course, order and the reason of missing values for each panel with curves without values."""
    found: list[Finding] = []
    for panel in figure.panels:
        drawn = _drawn_curves(panel)
        if drawn:
            studies = [study(curve) for curve in drawn if not curve.shadow]
            found += [_course_finding(panel, s) for s in studies]
            found += _orders(panel, [s.curve for s in studies])
            found.append(_limit(panel, drawn))
    return found


def _drawn_curves(panel: Panel) -> tuple[Curve, ...]:
    """The curves of a panel that have a course and no values.

    Along an axis without a scale their x and y are shares of the plot area, on an axis from 0 to 1.
    """
    found = []
    for index, series in enumerate(panel.series):
        drawn = series.drawn
        if drawn is None or series.kind not in ("line", "scatter"):
            continue
        in_data = drawn.y_unit == "data"
        x = panel.x if drawn.x_unit == "data" else _unit_axis(panel.frame.width if panel.frame else None)
        y, y2 = panel.y, panel.y2
        shares = _unit_axis(panel.frame.height if panel.frame else None)
        if not in_data and series.axis == "y2" and y2 is not None:
            y2 = replace(shares, label=y2.label)
        elif not in_data:
            y = replace(shares, label=y.label)
        told = replace(
            series, x=drawn.x, y=drawn.y, y_lo=drawn.y_lo, y_hi=drawn.y_hi, observed=None, drawn=None
        )
        own = replace(panel, x=x, y=y, y2=y2)
        curve = curve_of(own, index, told, None if in_data else "linear")
        if curve is not None and curve.repeats >= FEWEST_REPEATS:
            told = replace(told, x=_in_columns(told.x, curve.repeats))
            curve = curve_of(own, index, told, None if in_data else "linear")
        found += [curve] if curve is not None else []
    return tuple(found)


def _in_columns(x: Floats, repeats: float) -> Floats:
    """x in columns as wide as one drawn value: samples of one value are no evidence beside each other."""
    columns = max(2, round(len(x) / repeats))
    width = (x[-1] - x[0]) / columns
    return np.asarray(x[0] + width * (np.minimum(np.floor((x - x[0]) / width), columns - 1) + 0.5))


def _unit_axis(length_px: float | None) -> Axis:
    """The axis that shares of the plot area stand on."""
    return Axis(range=(0.0, 1.0), resolution=1 / length_px if length_px else None)


def _course_finding(panel: Panel, s: Study) -> Finding:
    course = _course(s)
    curve, drawn = s.curve, panel.series[s.curve.index].drawn
    assert drawn is not None  # only such curves come here
    in_data, with_values = drawn.x_unit == "data", drawn.y_unit == "data"
    measures: dict[str, Measure] = {"shape": course.shape, "x_unit": "data" if in_data else "width"}
    measures["y_unit"] = "data" if with_values else "height"
    if in_data:
        measures |= {"first": plain(drawn.x[0]), "last": plain(drawn.x[-1])}
    if with_values:
        measures |= {"start": _value(drawn, 0), "end": _value(drawn, len(drawn.y) - 1)}
    place: float | None = None
    turning = course.turn is not None
    at = course.turn if turning else course.half
    words = {
        "falls": "falls from left to right",
        "rises": "rises from left to right",
        "dips": "falls to its lowest point and rises after that",
        "peaks": "rises to its highest point and falls after that",
        "level": "stays level",
        "turns": "turns more than once",
        "wanders": "ends where it began",
    }[course.shape]
    if at is not None and (turning or not with_values):
        place = float(s.x[at])
        if turning and with_values:
            measures["turn"] = _value(drawn, int(np.argmin(np.abs(drawn.x - place))))
        measures["turn_at" if turning else "half_at"] = _place(place, in_data)
        if not turning:
            measures["half_share"] = plain(HALF)
    events = [event for event in s.events if event.grade != "possible"]
    if events and course.shape != "wanders":
        measures["spikes"] = plain(len(events))
        measures["upward"] = all(event.sign > 0 for event in events)
        for k, event in enumerate(events[:MOST_PLACES], start=1):
            near = np.abs(drawn.x - event.x) <= max(event.width, np.diff(curve.line.x).max())
            tip = np.where(near, event.sign * drawn.y, -np.inf).argmax()
            measures[f"spike{k}_at"] = _place(float(drawn.x[tip]), in_data)
    return make(
        "drawn_course", "reading", s, f"{curve.name} {words}", measures,
        grade="likely", x=place if in_data and turning else None,
    )  # fmt: skip


def _value(drawn: Drawn, k: int) -> Estimate:
    """The k-th point of a curve with its reading interval, data units."""
    return Estimate(float(drawn.y[k]), float(drawn.y_lo[k]), float(drawn.y_hi[k]))


def _place(x: float, in_data: bool) -> Estimate:
    """A place along x: data units, or percent of the width."""
    return plain(x if in_data else 100.0 * x)


def _course(s: Study) -> _Course:
    """Which way a curve goes, told from its running medians."""
    u, n = s.u, len(s.u)
    window = max(5 if n >= 15 else 3, n // SMOOTH_SHARE | 1)
    smooth = running_median(u, window) if n > window else u
    ends = max(1, n // END_SHARE)
    head, tail = u[: max(FEW_VALUES, ends)], u[-max(FEW_VALUES, ends) :]
    start, end = _level(head, u[0], s.noise), _level(tail, u[-1], s.noise)
    low, high = int(smooth.argmin()), int(smooth.argmax())
    lowest, highest = min(float(smooth[low]), start, end), max(float(smooth[high]), start, end)
    least = max(TURN_NOISES * s.noise, TURN_SHARE * (highest - lowest), 2 * s.sigma)
    if s.curve.y_resolution is not None and s.curve.axis.range == (0.0, 1.0):
        least = max(least, TURN_HEIGHT)
    if highest - lowest <= max(least, TURN_NOISES * s.noise):
        return _Course("level", start, end)
    dip = float(min(head.min(), tail.min()) - smooth[low])
    peak = float(smooth[high] - max(head.max(), tail.max()))
    if min(dip, peak) > max(least, SECOND_TURN * max(dip, peak)):
        return _Course("turns", start, end)
    if max(dip, peak) > least:
        if dip >= peak:
            near = np.flatnonzero(smooth <= smooth[low] + s.sigma)
            return _Course("dips", start, end, turn=int(near[len(near) // 2]))
        near = np.flatnonzero(smooth >= smooth[high] - s.sigma)
        return _Course("peaks", start, end, turn=int(near[len(near) // 2]))
    if abs(end - start) <= least:
        return _Course("wanders", start, end)
    way = np.abs(smooth - start) >= HALF * abs(end - start)
    half = int(np.argmax(way))
    early = s.x[half] - s.x[0] <= EARLY * (s.x[-1] - s.x[0])
    return _Course("falls" if end < start else "rises", start, end, half=half if early else None)


def _level(values: Floats, outermost: float, noise: float) -> float:
    """The level of a curve's end: a median, but the outermost value where the curve moves there."""
    moved = len(values) < FEW_VALUES or abs(values[-1] - values[0]) > TURN_NOISES * noise
    return float(outermost if moved else np.median(values))


def _orders(panel: Panel, curves: Sequence[Curve]) -> list[Finding]:
    """Which curve lies above which at the end, and where two cross, on each vertical axis."""
    found = []
    for side in ("y", "y2"):
        group = [c for c in curves if c.series.axis == side and c.series.kind == "line"]
        # A loss and an accuracy are not one above the other: each has an axis, of which one was not read.
        mixed = len({c.quantity for c in group} - {"other"}) > 1
        if mixed or not 2 <= len(group) <= MOST_ORDERED:
            continue
        if len(group) == 2:
            found += _pair(panel, *group)
            continue
        last = max(c.x[-1] for c in group)
        first = min(c.x[0] for c in group)
        if any(last - c.x[-1] > SAME_END * (last - first) for c in group):
            continue
        ranked = sorted(group, key=lambda c: -_end(c))
        if all(_apart(a, b) for a, b in itertools.pairwise(ranked)):
            words = ", then ".join(c.name for c in ranked)
            found.append(_order(panel, ranked, f"from top to bottom at the end: {words}", {"when": "end"}))
        elif _apart(ranked[0], ranked[1]) and _apart(ranked[-2], ranked[-1]):
            both = [ranked[0], ranked[-1]]
            words = f"{both[0].name} ends highest, {both[1].name} lowest"
            found.append(_order(panel, both, words, {"when": "extremes"}))
    return found


def _pair(panel: Panel, a: Curve, b: Curve) -> list[Finding]:
    """Two curves: one above the other throughout, or from their crossing on."""
    met = crossing(a, b)
    if met is not None and met.x is not None:
        upper, lower = (a, b) if met.measures["upper_after"] == a.name else (b, a)
        drawn = panel.series[a.index].drawn
        in_data = drawn is not None and drawn.x_unit == "data"
        measures: dict[str, Measure] = {"when": "after", "cross_at": _place(met.x, in_data)}
        measures["x_unit"] = "data" if in_data else "width"
        words = f"{upper.name} and {lower.name} cross, and {upper.name} lies above after that"
        return [_order(panel, [upper, lower], words, measures, x=met.x if in_data else None)]
    grid = common_grid(a.x, b.x)
    if len(grid) < 2:
        return []
    gap = values_at(a.x, a.y, grid) - values_at(b.x, b.y, grid)
    sigma = np.hypot(values_at(a.x, a.sigma, grid), values_at(b.x, b.sigma, grid))
    for upper, lower, sign in ((a, b, 1.0), (b, a, -1.0)):
        clear = np.median(sign * gap) > APART_SIGMAS * float(np.median(sigma))
        if clear and (sign * gap > 0).mean() >= ABOVE_SHARE:
            words = f"{upper.name} lies above {lower.name} throughout"
            return [_order(panel, [upper, lower], words, {"when": "throughout"})]
    return []


def _order(
    panel: Panel, ranked: Sequence[Curve], words: str, measures: dict[str, Measure], x: float | None = None
) -> Finding:
    return Finding(
        "drawn_order", "reading", words, "likely", panel.index, tuple(c.name for c in ranked),
        tuple(c.index for c in ranked), x, None, measures, frozenset(f for c in ranked for f in c.flags),
    )  # fmt: skip


def _end(curve: Curve) -> float:
    return float(np.median(curve.line.u[-max(1, len(curve.line.u) // END_SHARE) :]))


def _apart(upper: Curve, lower: Curve) -> bool:
    sigma = float(np.hypot(np.median(upper.line.sigma), np.median(lower.line.sigma)))
    return _end(upper) - _end(lower) > APART_SIGMAS * sigma


def _limit(panel: Panel, drawn: Sequence[Curve]) -> Finding:
    """Why the curves of a panel have no values."""
    measures: dict[str, Measure] = {"unscaled": True}
    reasons: list[tuple[str, str]] = []
    sides = {c.series.axis for c in drawn}
    axes = (("x", "horizontal", panel.x), ("y", "vertical", panel.y), ("y2", "right-hand", panel.y2))
    for key, word, axis in axes:
        if axis is None or axis.scale is not None or (key != "x" and key not in sides):
            continue
        reasons.append((word, _reason(axis, key, measures)))
    flags = frozenset({"axis_unread"}).union(*(c.flags for c in drawn))
    if len(reasons) == 1:
        text = f"the {reasons[0][0]} axis {reasons[0][1]}, so no values are told along it"
    elif all(what == SILENT for _, what in reasons):
        words = " and the ".join(word for word, _ in reasons)
        text = f"the {words} axis show no number that could be read, so no values are told"
    else:
        clauses = " and ".join(f"the {word} axis {what}" for word, what in reasons)
        text = f"{clauses}, so no values are told"
    return Finding("reading_limits", "reading", text, "observed", panel.index, measures=measures, flags=flags)


def _reason(axis: Axis, key: str, measures: dict[str, Measure]) -> str:
    """What an axis lacks for a scale; the texts beside it go to `measures`."""
    texts = [tick.text for tick in axis.ticks]
    measures[f"{key}_labels"] = ", ".join(texts) or None
    if not texts:
        return SILENT
    if len(texts) == 1:
        return f"shows a single number ({texts[0]}), which tells no scale"
    return f"has labels that tell no scale ({', '.join(texts)})"
