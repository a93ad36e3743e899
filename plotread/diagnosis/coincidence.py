"""Events that fall together: the rate and the loss, spikes of two curves; each with its chance."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.spike_events import find_events
from plotread.diagnosis.stats import distinct
from plotread.diagnosis.words import about_x, percent, plain
from plotread.model import Finding, Grade, Measure

NEAR_SHARE = 0.02  # of the extent; events within it (or one point) fall together
CHANCE_LIKELY = 0.05  # a coincidence likelier than this by chance is a hint only
JUMP_SIGMAS = 4.0  # a lasting change in one step beyond this many sigma is a jump
JUMP_POINTS = 5  # values on either side whose medians a jump separates
JUMP_SHARE = 0.6  # of the change between those medians must happen in the one step
MAX_EVENTS = 30  # per curve; with more of them everything coincides


def jump_places(curve: Curve) -> list[float]:
    """x of lasting single-step changes of a curve (in its natural scale)."""
    u, x, n = curve.line.u, curve.line.x, len(curve.line.u)
    if n < 4 * JUMP_POINTS:
        return []
    steps = np.diff(u)
    sigma = max(curve.noise, float(np.median(curve.line.sigma)), 1e-12)
    found = []
    for i in range(JUMP_POINTS, n - JUMP_POINTS):
        change = float(np.median(u[i : i + JUMP_POINTS]) - np.median(u[i - JUMP_POINTS : i]))
        step = float(steps[i - 1])
        usual = float(
            np.median(np.abs(np.r_[steps[i - JUMP_POINTS : i - 1], steps[i : i + JUMP_POINTS - 1]]))
        )
        if (
            abs(change) > JUMP_SIGMAS * sigma
            and step * change > 0
            and abs(step) > max(JUMP_SHARE * abs(change), JUMP_SIGMAS * usual)
        ):
            found.append(float(x[i]))
    return found


def loss_places(curve: Curve) -> list[float]:
    """x of spikes and jumps."""
    spikes = [event.x for event in find_events(curve) if event.grade != "possible"]
    return sorted({*spikes, *jump_places(curve)})


def chance(near: float, extent: float, others: int, wanted: int, tries: int) -> float:
    """Probability that at least `wanted` of `tries` uniform events fall within `near` of one of `others`."""
    covered = min(1.0, others * 2 * near / extent) if extent > 0 else 1.0
    return float(
        sum(comb(tries, k) * covered**k * (1 - covered) ** (tries - k) for k in range(wanted, tries + 1))
    )


def diagnose_rate_coincidence(
    rate: Curve, loss: Curve, rate_x: Sequence[float], loss_x: Sequence[float]
) -> Finding | None:
    """Jumps or spikes of a loss (at `loss_x`) where the learning rate changes (at `rate_x`)."""
    extent = float(loss.x[-1] - loss.x[0])
    if not rate_x or not loss_x or extent <= 0 or max(len(rate_x), len(loss_x)) > MAX_EVENTS:
        return None
    near = max(NEAR_SHARE * extent, float(np.median(np.diff(distinct(loss.x)))))
    hits = [(x, min(rate_x, key=lambda r: abs(r - x))) for x in loss_x]
    hits = [(x, r) for x, r in hits if abs(x - r) <= near]
    if not hits:
        return None
    p = chance(near, extent, len(set(rate_x)), len(hits), len(loss_x))
    grade: Grade = "likely" if p < CHANCE_LIKELY else "possible"
    x, r = hits[0]
    measures: dict[str, Measure] = {
        "loss_x": plain(x),
        "rate_x": plain(r),
        "together": plain(len(hits)),
        "loss_events": plain(len(loss_x)),
        "rate_events": plain(len(set(rate_x))),
        "chance": plain(p),
        "chance_percent": plain(100 * p),
    }
    for i, (a, b) in enumerate(hits):
        measures |= {f"loss_{i + 1}_x": plain(a), f"rate_{i + 1}_x": plain(b)}
    words = (
        f"{len(hits)} of {len(loss_x)} sudden changes of {loss.name} fall where {rate.name} changes "
        f"(first at {about_x(loss, x)}), which chance alone gives in {percent(p)} of such runs"
    )
    same = rate.panel == loss.panel
    return Finding(
        "lr_loss_coincidence",
        "learning_rate",
        words,
        grade,
        loss.panel,
        (rate.name, loss.name),
        (rate.index, loss.index) if same else (loss.index,),
        x,
        None,
        measures,
    )


def diagnose_co_spikes(a: Curve, b: Curve, xa: Sequence[float], xb: Sequence[float]) -> Finding | None:
    """Spikes of two curves (at `xa` and `xb`) that fall on the same steps."""
    if not (xa and xb) or max(len(xa), len(xb)) > MAX_EVENTS:
        return None
    extent = float(min(a.x[-1], b.x[-1]) - max(a.x[0], b.x[0]))
    step = max(float(np.median(np.diff(distinct(c.x)))) for c in (a, b))
    shared = [x for x in xa if min(abs(x - other) for other in xb) <= 1.01 * step]
    if not shared or extent <= 0:
        return None
    p = chance(1.01 * step, extent, len(xb), len(shared), len(xa))
    grade: Grade = "observed" if p < CHANCE_LIKELY else "possible"
    measures: dict[str, Measure] = {
        "together": plain(len(shared)),
        "spikes_first": plain(len(xa)),
        "spikes_second": plain(len(xb)),
        "chance": plain(p),
    }
    measures |= {f"x_{i + 1}": plain(x) for i, x in enumerate(shared)}
    words = (
        f"{len(shared)} spikes of {a.name} ({len(xa)} in all) and {b.name} ({len(xb)} in all) "
        "fall on the same places"
    )
    same = a.panel == b.panel
    return Finding(
        "co_spikes",
        "cross_curve",
        words,
        grade,
        a.panel if same else None,
        (a.name, b.name),
        (a.index, b.index) if same else (),
        shared[0],
        (shared[0], shared[-1]) if len(shared) > 1 else None,
        measures,
    )
