"""Axis labels of a grid of panels that stand on its outer panels only, as their numbers do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from plotread.geometry import Frame, in_column, in_row
from plotread.vision.types import PanelFrame, PanelWords

SAME_SIDE = 0.02  # of the width or height of a panel, by which sides in line differ
SHARED = "axis_shared"


def share_labels(panels: tuple[PanelFrame, ...], words: tuple[PanelWords, ...]) -> tuple[PanelWords, ...]:
    """Give panels whose scale stands on another one its label, too: x from below, y from the left.

    Parameters
    ----------
    panels : tuple of PanelFrame
    words : tuple of PanelWords
        One per panel.
    """
    out = []
    for panel, said in zip(panels, words, strict=True):
        x_label, y_label = said.x_label, said.y_label
        if x_label is None and SHARED in panel.x.flags:
            x_label = _nearest(panel.frame, panels, [w.x_label for w in words], _below)
        if y_label is None and SHARED in panel.y.flags:
            y_label = _nearest(panel.frame, panels, [w.y_label for w in words], _to_the_left)
        out.append(replace(said, x_label=x_label, y_label=y_label))
    return tuple(out)


def _nearest(
    frame: Frame, panels: tuple[PanelFrame, ...], labels: list[str | None],
    away: Callable[[Frame, Frame], float | None],
) -> str | None:  # fmt: skip
    """The label of the nearest panel in line that has one."""
    found = [(away(frame, p.frame), label) for p, label in zip(panels, labels, strict=True)]
    there = [(distance, label) for distance, label in found if distance is not None and label is not None]
    return min(there)[1] if there else None


def _below(frame: Frame, other: Frame) -> float | None:
    under = other.top >= frame.bottom and in_column(frame, other, SAME_SIDE * frame.width)
    return other.top - frame.bottom if under else None


def _to_the_left(frame: Frame, other: Frame) -> float | None:
    left = other.right <= frame.left and in_row(frame, other, SAME_SIDE * frame.height)
    return frame.left - other.right if left else None
