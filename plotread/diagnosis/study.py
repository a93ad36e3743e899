"""One curve with what several diagnoses need of it: its spikes, and its course without them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.spike_events import Event, find_events
from plotread.diagnosis.stats import noise_of, running_median
from plotread.diagnosis.swing import Swing, find_swing
from plotread.model import Estimate, Finding, Floats, Grade, Measure

SWING_VALUES = 24  # drawn values that a swing needs, however many samples join them
CREST_SHARE = 1 / 7  # of the period of a swing: what is narrower is more than a crest


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A curve and its course.

    Attributes
    ----------
    curve : Curve
    events : list of Event
        Spikes and dips, hints included.
    masked : (M,) bool array
        Columns of ``curve.line`` that belong to a spike.
    x, u : (K,) float array
        The columns outside of spikes, scale units.
    noise : float
        Scatter of one such value; never below the reading error over sqrt(3).
    sigma : float
        Median reading error, scale units.
    swing : Swing or None
        A regular oscillation about the course.
    """

    curve: Curve
    events: list[Event]
    masked: NDArray[np.bool_]
    x: Floats
    u: Floats
    noise: float
    sigma: float
    swing: Swing | None

    @property
    def span(self) -> float:
        """Range of the course in scale units, from its running medians."""
        smooth = running_median(self.u, 5 if len(self.u) >= 15 else 3)
        return float(smooth.max() - smooth.min())

    @property
    def better(self) -> float:
        """+1 where lower is better, -1 where higher is: ``better * u`` falls as the run improves."""
        return 1.0 if self.curve.lower_is_better else -1.0

    def value(self, u: float, error: float = 0.0) -> Estimate:
        """A level in data units with its interval, from scale units."""
        c = self.curve
        return Estimate(c.to_data(u), c.to_data(u - abs(error)), c.to_data(u + abs(error)))

    def read(self, k: int) -> Estimate:
        """The k-th point of the curve (data units) with its reading interval."""
        c = self.curve
        return Estimate(
            float(c.y[k]), min(float(c.y_lo[k]), float(c.y[k])), max(float(c.y_hi[k]), float(c.y[k]))
        )

    def at(self, x: float) -> int:
        """Position of the point nearest to x."""
        return int(np.argmin(np.abs(self.curve.x - x)))


def study(curve: Curve) -> Study:
    """Find the spikes of a curve and set them aside."""
    events = find_events(curve)
    judged = not curve.smoothed and curve.quantity != "lr"
    judged = judged and len(curve.line.u) >= SWING_VALUES * curve.repeats
    swing = find_swing(curve.line.x, curve.line.u, float(np.median(curve.line.sigma))) if judged else None
    if swing is not None:
        # The crests of a swing are no spikes; a spike on top of it is much narrower.
        events = [e for e in events if e.width <= CREST_SHARE * swing.period]
    mask = np.zeros(len(curve.line.u), dtype=bool)
    for event in events:
        if event.grade != "possible":
            mask[event.first : event.last + 1] = True
    if mask.mean() > 0.4:  # what covers so much of a curve is its course, not an exception to it
        mask[:] = False
    x, u = curve.line.x[~mask], curve.line.u[~mask]
    sigma = float(np.median(curve.line.sigma))
    hidden = 0.0 if curve.counted else curve.noise  # that of the values which the samples join
    return Study(curve, events, mask, x, u, max(noise_of(u), hidden, sigma / np.sqrt(3)), sigma, swing)


def make(
    kind: str,
    group: str,
    s: Study,
    summary: str,
    measures: dict[str, Measure],
    *,
    grade: Grade = "observed",
    x: float | None = None,
    x_range: tuple[float, float] | None = None,
    flags: frozenset[str] = frozenset(),
) -> Finding:
    """A finding about one curve; doubts of the curve's shape travel along."""
    c = s.curve
    return Finding(
        kind,
        group,
        summary,
        grade,
        c.panel,
        (c.name,),
        (c.index,),
        None if x is None else float(x),
        None if x_range is None else (float(x_range[0]), float(x_range[1])),
        measures,
        flags | c.flags,
    )
