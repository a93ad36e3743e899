"""`spike`, `periodic_spikes` and `constant_ratio_spikes`: events, their spacing, their factor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plotread.diagnosis.spike_events import Event
from plotread.diagnosis.stats import distinct, regular_gaps_p
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import about_x, estimate, number, plain, ratio_words
from plotread.model import Finding, Grade, Measure

MOST_SPIKES = 40  # findings per curve; of more only the highest are told one by one
MIN_PERIODIC = 3  # events that make a rhythm
MAX_CHANCE = 0.01  # probability of equal gaps by chance
GAP_SLACK = 0.012  # of the period: how unequal gaps may be besides one logging step or one pixel
MISSING_MARGIN = 0.05  # of the period: a spike due at the very end may fall behind it
MAX_RATIO_CV = 0.10  # coefficient of variation of a constant ratio

Rhythm = tuple[list[Event], float, float, float]  # events, period, largest unevenness, chance


def find(s: Study) -> list[Finding]:
    """All findings on spikes of one curve."""
    sure = [e for e in s.events if e.grade != "possible"]
    events, group = _with_beat(s, sure)
    if not s.curve.counted:
        # In a band of values, or along the pixels of a line, the highest tip of many is no hint of anything.
        events = [e for e in events if e.grade != "possible"]
    told = sorted(events, key=lambda e: (-e.z, e.x))[:MOST_SPIKES]
    found = [_spike(s, e) for e in sorted(told, key=lambda e: e.x)]
    if group:
        found.append(_periodic(s, *group))
    alike = _constant_ratio(s, group[0] if group else sure, group[1:3] if group else None)
    return [*found, *([alike] if alike else [])]


def _with_beat(s: Study, sure: list[Event]) -> tuple[list[Event], Rhythm | None]:
    """All events and their rhythm; a mere possible spike on the beat of sure ones is likely itself."""
    group = rhythm(s, sure)
    hints = [e for e in s.events if e.grade == "possible"]
    if group is None or not hints:
        return list(s.events), group
    wider = rhythm(s, sorted([*sure, *hints], key=lambda e: e.x))
    if wider is None or not {e.x for e in group[0]} < {e.x for e in wider[0]}:
        return list(s.events), group
    on_beat = {e.x for e in wider[0]}
    promoted = {e.x: replace(e, grade="likely") for e in hints if e.x in on_beat}
    return [promoted.get(e.x, e) for e in s.events], ([promoted.get(e.x, e) for e in wider[0]], *wider[1:])


def _grade(event: Event) -> Grade:
    return "observed" if event.grade == "observed" else "likely" if event.grade == "likely" else "possible"


def _spike(s: Study, e: Event) -> Finding:
    c = s.curve
    # The interval of a value on a flank is wide for its place; the height of a tip does not hang on it.
    error = min(c.error_at(e.x), float(np.median(c.sigma)))
    measures: dict[str, Measure] = {
        "value": estimate(e.value, error),
        "baseline": estimate(e.baseline, error),
        "before": estimate(e.before, error),
        "after": estimate(e.after, error),
        "previous": estimate(e.previous, error),
        "z": plain(e.z),
        "width": plain(e.width),
        "recovery": e.recovery,
        "direction": "up" if e.sign > 0 else "down",
    }
    if e.baseline > 0 and e.value > 0:
        ratio = e.value / e.baseline
        spread = ratio * (error / e.value + error / e.baseline)
        measures["ratio"] = estimate(ratio, spread)
        measures["height_percent"] = estimate(100 * (ratio - 1), 100 * spread)
    if e.ratio is not None:
        measures["ratio_to_previous"] = estimate(e.ratio, e.ratio * (error / e.value + error / e.previous))
    if e.recovery_points is not None:
        measures["recovery_points"] = plain(e.recovery_points)
    if e.back is not None:
        measures["recovered_x"] = plain(e.back)
        measures["recovery_x"] = plain(e.back - e.x)
    verb = "jumps" if e.sign > 0 else "dips"
    if e.back is None or e.recovery == "not full":
        ends = "and does not fully return"
    elif e.recovery_points is not None:
        n = e.recovery_points
        ends = f"and is back after {n} {'point' if n == 1 else 'points'}"
    else:
        ends = f"and is back by {about_x(c, e.back)}"
    against = number(e.baseline, max(error, abs(e.baseline) * 0.005))
    words = (
        f"{c.name} {verb} to {number(e.value, error)} at {about_x(c, e.x)}, from a level of {against}, {ends}"
    )
    extent = (c.line.x[e.first], e.back if e.back is not None else c.line.x[min(e.last, len(c.line.x) - 1)])
    lasting = (float(extent[0]), float(extent[1])) if e.recovery != "fast" else None
    return make("spike", "stability", s, words, measures, grade=_grade(e), x=e.x, x_range=lasting)


def rhythm(s: Study, events: list[Event]) -> Rhythm | None:
    """The evenly spaced spikes of one direction: (events, period, largest unevenness, chance)."""
    c = s.curve
    for sign in (1, -1):
        chosen = [e for e in events if e.sign == sign]
        # A few odd spikes may stand between; the weakest are set aside one by one.
        for _ in range(3):
            if len(chosen) < MIN_PERIODIC:
                break
            x = np.array([e.x for e in chosen])
            gaps = np.diff(x)
            period = float(x[-1] - x[0]) / (len(x) - 1)
            step = float(np.median(np.diff(distinct(c.x))))
            slack = max(
                step, 2 * (c.x_resolution or 0.0) if c.x_axis.kind == "linear" else 0.0, GAP_SLACK * period
            )
            uneven = float(np.abs(gaps - period).max())
            if uneven <= slack * (1 + 1e-9) and slack < period / 4:
                # As even as these or more so; steps (or pixels) bound how even gaps can look.
                finest = step / 2 if c.counted else max(step, c.x_resolution or 0.0)
                p = regular_gaps_p(x, max(uneven, finest), float(c.x[-1] - c.x[0]))
                if p < MAX_CHANCE:
                    return chosen, period, uneven, p
            weakest = min(range(len(chosen)), key=lambda k: chosen[k].z)
            chosen = chosen[:weakest] + chosen[weakest + 1 :]
    return None


def _periodic(s: Study, events: list[Event], period: float, uneven: float, p: float) -> Finding:
    c = s.curve
    first, last = events[0].x, events[-1].x
    measures: dict[str, Measure] = {
        "period": estimate(period, uneven),
        "count": plain(len(events)),
        "chance": plain(p),
        "gap_spread": plain(uneven),
        "first_x": plain(first),
        "last_x": plain(last),
        "positions": ", ".join(f"{e.x:.10g}" for e in events),
        "direction": "up" if events[0].sign > 0 else "down",
    }
    due = last + period
    if due <= c.x[-1] - max(uneven, MISSING_MARGIN * period):
        # A rhythm that stops is part of what the picture shows.
        measures["next_due_x"] = plain(due)
        measures["next_missing"] = True
    measures["one_point_recovery"] = all(e.recovery_points == 1 for e in events)
    from plotread.numerals import format_step

    noun = "spikes" if events[0].sign > 0 else "dips"
    words = (
        f"{len(events)} {noun} of {c.name} stand {format_step(period)} apart, from {about_x(c, first)} "
        f"to {about_x(c, last)}"
    )
    return make("periodic_spikes", "stability", s, words, measures, grade="observed", x_range=(first, last))


def _constant_ratio(s: Study, events: list[Event], beat: tuple[float, float] | None) -> Finding | None:
    """The same factor every time and gone at the next value: the mark of a logging artifact."""
    c = s.curve
    chosen = [e for e in events if e.sign > 0]
    if len(chosen) < MIN_PERIODIC or any(e.ratio is None for e in chosen):
        return None
    if c.counted and any(e.recovery_points != 1 for e in chosen):
        return None
    if not c.counted and any(e.recovery != "fast" for e in chosen):
        return None
    ratios = np.array([e.ratio for e in chosen], dtype=float)
    mean, sd = float(ratios.mean()), float(ratios.std(ddof=1))
    if sd > MAX_RATIO_CV * mean:
        return None
    first, last = chosen[0].x, chosen[-1].x
    error = float(
        np.median(
            [r * 2 * c.error_at(e.x) / max(e.value, 1e-300) for r, e in zip(ratios, chosen, strict=True)]
        )
    )
    from plotread.model import Estimate

    measures: dict[str, Measure] = {
        "ratio": Estimate(mean, float(ratios.min()), float(ratios.max())),
        "ratio_mean": estimate(mean, error),
        "ratio_sd": plain(sd),
        "count": plain(len(chosen)),
        "ordinary_ratio_sd": plain(_ordinary_sd(s)),
        "first_x": plain(first),
        "last_x": plain(last),
        "positions": ", ".join(f"{e.x:.10g}" for e in chosen),
        "recovery_points": plain(1) if c.counted else None,
        "period": estimate(*beat) if beat is not None else None,
    }
    words = (
        f"each of {len(chosen)} spikes of {c.name} reads {ratio_words(float(ratios.min()), 0.005)} to "
        f"{ratio_words(float(ratios.max()), 0.005)} times the value before it"
    )
    if c.counted:
        words += " and is gone at the next"
    return make(
        "constant_ratio_spikes",
        "stability",
        s,
        words,
        measures,
        grade="observed" if c.counted else "possible",
        x_range=(first, last),
    )


def _ordinary_sd(s: Study) -> float:
    """Spread of the ratios of ordinary neighbors, spikes left out."""
    keep = ~s.masked
    pairs = keep[1:] & keep[:-1]
    ratios = np.diff(s.curve.line.u)[pairs]
    if s.curve.scale == "log":
        ratios = np.exp(ratios)
    else:
        u = s.curve.line.u
        ratios = (u[1:] / np.where(u[:-1] == 0, np.nan, u[:-1]))[pairs]
    ratios = ratios[np.isfinite(ratios)]
    return float(ratios.std(ddof=1)) if len(ratios) > 2 else 0.0
