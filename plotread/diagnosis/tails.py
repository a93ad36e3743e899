"""Whether candidates for an event stand apart from the ordinary excursions of a curve.

Heavy tails make values that look like events and are none: the upper end of one continuous tail.  Their
heights thin out evenly, whereas events leave a gap below them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plotread.model import Floats

CHANCE = 0.02  # excursions of mere noise that may pass the limit, per curve
LEAST = 8  # excursions below which no tail can be fitted
SHAPES = (0.001, 0.03, 0.06, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35)  # one over the degrees of freedom
SCALES = np.geomspace(0.6, 1.5, 24)  # of the spread that the median excursion tells
SHAPE_PENALTY = 5.0  # of the log likelihood per unit of shape: few excursions do not make a heavy tail
MEDIAN_TO_SIGMA = 0.6745  # median of |z| of a normal distribution
HILL_SHARE, HILL_LEAST, HILL_MOST = 0.03, 5, 30  # of all excursions: those that tell how fast they die away
STEEPEST = 12.0  # exponent believed at most: about that of normal noise
FLATTEST = ((10, 4.0), (10**9, 2.5))  # and at least, by excursions it rests on: few look flat by chance
APART = 4.0  # spacings of a tail: mere noise leaves such a gap with a chance of exp(-4), 2%


def tail_limit(residual: Floats) -> float:
    """The height that noise with the tail of these excursions passes in `CHANCE` of all curves.

    Student's t by maximum likelihood over its degrees of freedom and its scale.

    Parameters
    ----------
    residual : (N,) float array
        Values less their surroundings, over the scatter; only positive ones count.

    Returns
    -------
    float
        In units of the scatter; 0 where there are fewer than `LEAST` excursions.
    """
    known = residual[np.isfinite(residual) & (residual > 0)]
    if len(known) < LEAST:
        return 0.0
    scales = float(np.median(known)) / MEDIAN_TO_SIGMA * SCALES
    squares = (known[None, :] / scales[:, None]) ** 2
    best, shape, scale = -math.inf, SHAPES[0], float(scales[0])
    for candidate in SHAPES:
        nu = 1 / candidate
        norm = math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2) - 0.5 * math.log(nu * math.pi)
        fit = len(known) * (norm - np.log(scales)) - (nu + 1) / 2 * np.log1p(squares / nu).sum(axis=1)
        k = int(np.argmax(fit))
        if fit[k] - SHAPE_PENALTY * candidate > best:
            best, shape, scale = float(fit[k]) - SHAPE_PENALTY * candidate, candidate, float(scales[k])
    from scipy.special import stdtrit  # loads in milliseconds, unlike scipy.stats

    return scale * float(stdtrit(1 / shape, 1 - CHANCE / len(residual)))


def standing_apart(candidates: Sequence[float], ordinary: Floats) -> float:
    """The height from which candidates stand apart from the ordinary excursions.

    In a tail that dies away as a power, the logarithms of the m-th and the next largest value differ by an
    exponential variable of mean 1 / (m alpha) (Renyi 1953); alpha is Hill's estimate from the ordinary ones.

    Parameters
    ----------
    candidates : sequence of float
        Heights of what may be events, in units of the scatter.
    ordinary : (N,) float array
        Heights of all other excursions, of both directions.

    Returns
    -------
    float
        Infinite where no group of candidates stands apart.
    """
    top = sorted(candidates, reverse=True)
    rest = np.sort(ordinary[np.isfinite(ordinary) & (ordinary > 0)])[::-1]
    if not top:
        return math.inf
    k = min(int(np.clip(HILL_SHARE * len(ordinary), HILL_LEAST, HILL_MOST)), len(rest) - 1)
    if k < 2:
        return top[-1]
    flattest = next(least for most, least in FLATTEST if k < most)
    alpha = float(np.clip(k / max(np.log(rest[:k] / rest[k]).sum(), 1e-12), flattest, STEEPEST))
    for m in range(len(top), 0, -1):
        following = max(float(rest[0]), top[m] if m < len(top) else 0.0)
        if top[m - 1] > following and m * alpha * math.log(top[m - 1] / following) >= APART:
            return top[m - 1]
    return math.inf
