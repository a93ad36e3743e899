"""Measures and the few words that summaries share; every number in a summary goes through here."""

from __future__ import annotations

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.model import Estimate
from plotread.numerals import format_step, format_value

COUNTED_FROM = 20.0  # extent of a counted axis from which fractions of its unit are not told


def plain(value: float) -> Estimate:
    """A number without reading error: a count, a step, a share, a p value."""
    exact = float(value)
    return Estimate(exact, exact, exact)


def estimate(value: float, error: float) -> Estimate:
    """A number with its reading error to both sides."""
    return Estimate(float(value), float(value) - abs(float(error)), float(value) + abs(float(error)))


def number(value: float, error: float) -> str:
    """A value with the digits that its error allows."""
    return format_value(float(value), abs(float(error)))


def ratio_words(value: float, error: float) -> str:
    """A factor, to two digits after the point at most."""
    return format_value(float(value), max(abs(float(error)), 0.005))


def percent(share: float) -> str:
    """A share as whole percent.

    >>> percent(0.934)
    '93%'
    """
    return f"{round(100 * float(share))}%"


def about_x(curve: Curve, x: float) -> str:
    """A place along x in the words of its axis, ``epoch 15``; over many epochs or steps a whole number."""
    counted = curve.x_word != "x" and float(np.ptp(curve.x)) >= COUNTED_FROM
    return f"{curve.x_word} {format_step(float(round(x)) if counted else float(x))}"
