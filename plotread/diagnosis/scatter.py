"""`late_noise` and `oscillation`: the scatter about the course, and swings with a period."""

from __future__ import annotations

import math

import numpy as np

from plotread.diagnosis.shifts import true_jumps
from plotread.diagnosis.stats import running_median
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import number, plain
from plotread.model import Estimate, Finding, Floats, Measure
from plotread.numerals import format_step, format_value

LAST = 20  # values whose standard deviation is told
MIN_POINTS = 24  # values that early and late scatter need
STEPS = 2  # jumps of level that explain a peak in the spectrum better than a swing
DENSE_BLOCK = 12  # columns of a dense band whose width is averaged


def find(s: Study) -> list[Finding]:
    """Scatter and swings of one curve."""
    c = s.curve
    if c.quantity == "lr" or c.smoothed:
        return []
    return [f for f in (_noise(s), _oscillation(s)) if f is not None]


def _noise(s: Study) -> Finding | None:
    c = s.curve
    if c.dense:
        return _band(s)
    if len(s.u) < MIN_POINTS:
        return None
    last = c.y[-LAST:]
    keep = ~np.isin(c.x[-LAST:], c.line.x[s.masked])
    measures: dict[str, Measure] = {"from_x": plain(c.x[-LAST:][0]), "to_x": plain(c.x[-1])}
    if c.counted:
        measures |= {"n_last": plain(len(last)), "sd_last": plain(float(np.std(last, ddof=1)))}
        if keep.sum() > 2:
            measures["sd_last_without_spikes"] = plain(float(np.std(last[keep], ddof=1)))
        measures["spikes_in_last"] = plain(int((~keep).sum()))
    thirds = np.array_split(np.arange(len(s.u)), 3)
    factor = 100.0 if c.scale == "log" else 1.0
    relative = c.scale == "log" or (float(c.y.min()) > 0 and c.quantity not in ("metric", "reward"))
    scatter = _residual(s)
    values = []
    for part in thirds:
        sigma = 1.4826 * float(np.median(np.abs(scatter[part])))
        level = 1.0 if c.scale == "log" else (abs(float(np.median(s.u[part]))) / 100 if relative else 1.0)
        width = sigma * factor / level
        error = width / math.sqrt(max(2 * len(part) / 3, 1)) + s.sigma * factor / level / 4
        values.append(Estimate(width, max(width - 2 * error, 0.0), width + 2 * error))
    measures |= {"early": values[0], "middle": values[1], "late": values[2], "relative": bool(relative)}
    if relative:
        early, late = (format_value(v.value, max((v.hi - v.lo) / 2, 0.05)) for v in (values[0], values[2]))
        words = f"{c.name} scatters by {early}% of its level in the first third and {late}% in the last"
    else:
        early, late = (format_value(v.value, max((v.hi - v.lo) / 4, 1e-300)) for v in (values[0], values[2]))
        words = f"{c.name} scatters by {early} in the first third and {late} in the last"
    return make(
        "late_noise",
        "stability",
        s,
        words,
        measures,
        grade="observed",
        x_range=(float(c.x[-LAST:][0]), float(c.x[-1])),
    )


def _residual(s: Study) -> Floats:
    """What is left about a short running median, scaled to what independent values would leave."""
    window = 5
    rest = s.u - running_median(s.u, window, leave_out=True)
    return np.asarray(rest / math.sqrt(1 + math.pi / 2 / (window - 1)))


def _band(s: Study) -> Finding | None:
    """A dense curve shows a band: its width early and late."""
    c = s.curve
    lo, hi = c.line.lo, c.line.hi
    k = max(DENSE_BLOCK, len(lo) // 10)
    if len(lo) < 3 * k:
        return None
    widths = []
    for part in (slice(0, k), slice(-k, None)):
        top, bottom = (c.to_data(float(np.median(v[part]))) for v in (hi, lo))
        error = 2 * float(np.median(c.sigma))
        widths.append(Estimate(top - bottom, top - bottom - error, top - bottom + error))
    measures: dict[str, Measure] = {
        "width_early": widths[0],
        "width_late": widths[1],
        "early_to_x": plain(c.line.x[k - 1]),
        "late_from_x": plain(c.line.x[-k]),
    }
    shown = [number(w.value, max((w.hi - w.lo) / 2, w.value / 50)) for w in widths]
    words = f"the band of {c.name} is {shown[0]} wide at first and {shown[1]} at the end"
    return make("late_noise", "stability", s, words, measures, x_range=(float(c.line.x[-k]), float(c.x[-1])))


def _oscillation(s: Study) -> Finding | None:
    c, swing = s.curve, s.swing
    # Two jumps and the decay after each look like one and a half periods to a spectrum.
    if swing is None or len(true_jumps(s)) >= STEPS:
        return None
    level = c.to_data(float(np.median(s.u[-max(3, len(s.u) // 4) :]))) if c.scale == "log" else 1.0
    size, error = swing.amplitude * level, swing.error * level
    rounded = float(f"{swing.period:.2g}")
    measures: dict[str, Measure] = {
        "period": Estimate(
            swing.period, swing.period * (1 - swing.period_error), swing.period * (1 + swing.period_error)
        ),
        "period_rounded": plain(rounded),
        "amplitude": Estimate(size, max(0.0, size - error), size + error),
        "cycles": plain(swing.cycles),
        "chance": plain(swing.chance),
        "power_percent": plain(100 * swing.share),
    }
    if c.scale == "log":
        measures["amplitude_percent"] = plain(100 * swing.amplitude)
    words = (
        f"{c.name} swings with a period of about {format_step(rounded)}, by "
        f"{number(size, max(error, size / 20))} to either side"
    )
    return make(
        "oscillation",
        "stability",
        s,
        words,
        measures,
        grade="likely",
        x_range=(float(s.x[0]), float(s.x[-1])),
    )
