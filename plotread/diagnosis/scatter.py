"""`late_noise` and `oscillation`: the scatter about the course, and swings with a period."""

from __future__ import annotations

import math

import numpy as np

from plotread.diagnosis.stats import running_median
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import about_x, number, plain
from plotread.model import Estimate, Finding, Floats, Measure
from plotread.numerals import format_step, format_value

LAST = 20  # values whose standard deviation is told
MIN_POINTS = 24  # values that early and late scatter need
DENSE_BLOCK = 12  # columns of a dense band whose width is averaged
GRID = 512  # values of the even grid a swing is sought on
MIN_CYCLES = 4  # periods that the run must hold
MAX_CHANCE = 0.01  # false alarm probability of the spectral peak
MIN_POWER = 0.35  # of the variance about the course that the period must explain
HALF_POWER = 0.20  # of the same in each half of the run: a swing lasts
NEIGHBORS = 12  # frequencies on either side that make the background
MIN_AMPLITUDE = 1.0  # half swing over the scatter that is left


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
    return make("late_noise", "stability", s, words, measures, grade="observed", x_range=(float(c.x[-LAST:][0]), float(c.x[-1])))


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
        "width_early": widths[0], "width_late": widths[1], "early_to_x": plain(c.line.x[k - 1]), "late_from_x": plain(c.line.x[-k]),
    }  # fmt: skip
    shown = [number(w.value, max((w.hi - w.lo) / 2, w.value / 50)) for w in widths]
    words = f"the band of {c.name} is {shown[0]} wide at first and {shown[1]} at the end"
    return make("late_noise", "stability", s, words, measures, x_range=(float(c.line.x[-k]), float(c.x[-1])))


def _oscillation(s: Study) -> Finding | None:
    """A peak of the periodogram against its neighbors, present in both halves of the run."""
    c = s.curve
    if len(s.x) < 5 * MIN_CYCLES or len(s.u) < MIN_POINTS:
        return None
    grid = np.linspace(s.x[0], s.x[-1], min(GRID, len(s.x)))
    values = np.interp(grid, s.x, s.u)
    n = len(grid)
    rest = values - _course(values)
    # The steep start is left out: what a smooth course cannot follow there is no swing.
    skip = n // 10
    rest, grid = rest[skip:], grid[skip:]
    n = len(rest)
    window = np.hanning(n)
    power = np.abs(np.fft.rfft((rest - rest.mean()) * window)) ** 2
    low = MIN_CYCLES
    if len(power) < low + 4 or power.sum() <= 0:
        return None
    k = low + int(np.argmax(power[low:-1]))
    around = np.r_[power[max(1, k - NEIGHBORS) : k - 2], power[k + 3 : k + 3 + NEIGHBORS]]
    background = float(np.mean(around)) if len(around) >= 4 else float(np.mean(power))
    p = min(1.0, len(power) * math.exp(-min(power[k] / max(background, 1e-300), 700)))
    share = float(power[max(k - 2, 0) : k + 3].sum() / power[1:].sum())
    if p >= MAX_CHANCE or share < MIN_POWER:
        return None
    # Interpolated position of the peak.
    a, b, d = (math.log(max(power[j], 1e-300)) for j in (k - 1, k, k + 1))
    shift = 0.5 * (a - d) / (a - 2 * b + d) if a - 2 * b + d else 0.0
    length = float(grid[-1] - grid[0]) * n / (n - 1)
    period = length / (k + shift)
    basis = np.column_stack([np.cos(2 * np.pi * grid / period), np.sin(2 * np.pi * grid / period), np.ones(n)])
    shares = []
    for part in (slice(0, n // 2), slice(n // 2, n)):
        fitted = basis[part] @ np.linalg.lstsq(basis[part], rest[part], rcond=None)[0]
        shares.append(1 - float(np.var(rest[part] - fitted)) / max(float(np.var(rest[part])), 1e-300))
    if min(shares) < HALF_POWER:
        return None
    coefficients = np.linalg.lstsq(basis, rest, rcond=None)[0]
    amplitude = float(np.hypot(*coefficients[:2]))
    left = float(np.std(rest - basis @ coefficients))
    if amplitude < MIN_AMPLITUDE * max(left, s.sigma):
        return None
    level = c.to_data(float(np.median(s.u[-max(3, len(s.u) // 4) :]))) if c.scale == "log" else 1.0
    error = max(left / math.sqrt(n / 2), s.sigma)
    measures: dict[str, Measure] = {
        "period": Estimate(period, period * (1 - 0.5 / k), period * (1 + 0.5 / k)),
        "amplitude": Estimate(amplitude * level, max(0.0, (amplitude - error) * level), (amplitude + error) * level),
        "cycles": plain(length / period), "chance": plain(p), "power_percent": plain(100 * share),
    }  # fmt: skip
    if c.scale == "log":
        measures["amplitude_percent"] = plain(100 * amplitude)
    words = (
        f"{c.name} swings with a period of about {format_step(float(f'{period:.2g}'))}, by "
        f"{number(amplitude * level, max(error * level, amplitude * level / 20))} to either side"
    )
    measures["period_rounded"] = plain(float(f"{period:.2g}"))
    return make("oscillation", "stability", s, words, measures, grade="likely", x_range=(float(s.x[0]), float(s.x[-1])))


def _course(values: Floats) -> Floats:
    """The slow course: a cubic on a logarithmic place plus a line, by least squares weighted to all values alike."""
    n = len(values)
    t = np.linspace(0, 1, n)
    late = np.log(t + 0.02)
    basis = np.column_stack([np.ones(n), t, t**2, late, late**2, late**3])
    return np.asarray(basis @ np.linalg.lstsq(basis, values, rcond=None)[0])


def swing_words(s: Study) -> str:
    """Where the curve swings, for hedges."""
    return about_x(s.curve, float(s.x[0]))
