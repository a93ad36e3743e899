"""What an engine is given to draw."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Curve:
    name: str
    x: np.ndarray
    y: np.ndarray
    color: str
    line: str = "solid"  # solid dashed dotted dashdot none
    marker: str | None = None
    width: float = 1.5
    opacity: float = 1.0
    low: np.ndarray | None = None  # edges of a band, where one is drawn
    high: np.ndarray | None = None


@dataclass(frozen=True)
class Plot:
    curves: tuple[Curve, ...]
    title: str
    x_label: str
    y_label: str
    log_y: bool = False
    width: int = 640
    height: int = 480
    style: int = 0  # engines pick their theme by this
    needs: frozenset[str] = field(default_factory=frozenset)  # band, opacity, dash, marker


def either(values, default):
    """Values, or the default where there are none."""
    return default if values is None else values


LEGEND_WIDTH, LEGEND_HEIGHT = 0.45, 0.4  # shares of the data's extent that a legend inside may hide


def free_corner(plot: Plot) -> tuple[str, str] | None:
    """Where a legend hides no data: "top" or "bottom", "right" or "left"; None where no corner is free."""
    x = np.concatenate([c.x for c in plot.curves]).astype(float)
    y = np.concatenate([c.y for c in plot.curves])
    y = np.log10(y) if plot.log_y else y
    u, v = ((values - values.min()) / np.ptp(values) for values in (x, y))
    height = max(LEGEND_HEIGHT, 0.09 * len(plot.curves))
    for rows, columns in (("top", "right"), ("bottom", "right"), ("bottom", "left"), ("top", "left")):
        beside = u > 1 - LEGEND_WIDTH if columns == "right" else u < LEGEND_WIDTH
        within = v > 1 - height if rows == "top" else v < height
        if not (beside & within).any():
            return rows, columns
    return None
