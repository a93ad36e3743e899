"""`initial_cliff`: nearly the whole fall in the first few values, by ratio and not only to the eye."""

from __future__ import annotations

import math

import numpy as np

from plotread.diagnosis.stats import distinct
from plotread.diagnosis.study import Study, make
from plotread.diagnosis.words import about_x, number, plain
from plotread.model import Estimate, Finding, Measure

START_SHARE = 0.05  # of the run: the fall must be over by then (or at the second value)
FALL_SHARE = 0.90  # of the whole fall in logarithms
MIN_DECADES = 1.0  # of the whole fall; an ordinary classifier's loss falls by less
MIN_POINTS = 5


def find(s: Study) -> list[Finding]:
    """The cliff of one curve, if it begins with one."""
    c = s.curve
    if c.quantity in ("lr", "metric", "reward", "grad_norm", "speed") or len(c.y) < MIN_POINTS or c.smoothed:
        return []
    first = float(c.y[0])
    if first <= 0 or first < float(np.max(c.y)) / 10:
        return []
    columns = distinct(c.x)
    edge = max(float(columns[1]), float(c.x[0] + START_SHARE * (c.x[-1] - c.x[0])))
    after = (c.x >= edge) & (c.x <= edge + START_SHARE * (c.x[-1] - c.x[0]))
    if not after.any():
        after = np.arange(len(c.x)) == int(np.argmax(c.x >= edge))
    tail = max(3, len(c.y) // 20)
    # Values below their own reading error have no logarithm worth the name: the fall is then "at least".
    error = float(np.median(c.sigma))
    level, end = float(np.median(c.y[after])), float(np.median(c.y[-tail:]))
    blind = min(level, end) <= 2 * error
    level, end = max(level, 2 * error), max(end, 2 * error)
    if level <= 0 or end <= 0:
        return []
    fall, start_fall = math.log10(first / min(end, level)), math.log10(first / level)
    if fall < MIN_DECADES or start_fall < FALL_SHARE * fall:
        return []
    rest = c.y[c.x >= edge]
    usual = float(np.median(rest))
    spread = max(error, 1.2533 * float(np.std(rest)) / math.sqrt(len(rest)))  # of a median
    measures: dict[str, Measure] = {
        "rest": Estimate(usual, max(usual - spread, 0.0), usual + spread),
        "rest_x": plain(c.x[-1]),
        "from": s.read(0),
        "to": Estimate(level, max(level - error, 0.0), level + error),
        "end": Estimate(end, max(end - error, 0.0), end + error),
        "x_end": plain(edge),
        "start_x": plain(c.x[0]),
        "decades": plain(start_fall),
        "share_percent": plain(100 * start_fall / fall),
        "factor": Estimate(first / level, first / (level + error), first / max(level - error, level / 2)),
        "rest_readable": not blind,
        "start_share_percent": plain(100 * START_SHARE),
    }
    measures |= _afterwards(s, edge) if not blind else {}
    words = (
        f"{c.name} falls from {number(first, max(float(c.sigma[0]), first / 200))} at {about_x(c, c.x[0])} "
        f"to {'at most ' if blind else ''}{number(level, max(error, level / 200))} by {about_x(c, edge)}"
    )
    if not blind:
        words += f", {format(100 * start_fall / fall, '.0f')}% of its whole fall in logarithms"
    flags = frozenset({"low_resolution"}) if blind else frozenset()
    return [
        make(
            "initial_cliff",
            "shape",
            s,
            words,
            measures,
            grade="likely" if blind else "observed",
            x=edge,
            x_range=(float(c.x[0]), edge),
            flags=flags,
        )
    ]


def _afterwards(s: Study, edge: float) -> dict[str, Measure]:
    """What the curve still does once it is down: from the first value there to the last."""
    c = s.curve
    k, last = int(np.argmax(c.x >= edge)), len(c.y) - 1
    if last <= k or c.y[k] <= 0:
        return {}
    share, spread = float(c.y[last] / c.y[k] - 1), float((c.sigma[last] + c.sigma[k]) / c.y[k])
    return {
        "after_from": s.read(k),
        "after_to": s.read(last),
        "after_x": plain(c.x[last]),
        "after_percent": Estimate(100 * share, 100 * (share - spread), 100 * (share + spread)),
    }
