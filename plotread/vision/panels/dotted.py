"""Plot areas that only a dotted grid tells: rows and columns of dots that run from the labels.

Dots of a dotted line are too few for a stroke, so no lines are found, and labels may be too few to tell
a frame alone.  A row of evenly spaced dots at each label of both axes tells both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plotread.geometry import Frame, cluster
from plotread.vision.dots import EVEN_PX, even_dots
from plotread.vision.panels.labels import ALIGN_HEIGHTS, Label, Lineup, Progression, Side, agree
from plotread.vision.types import Line, RGBImage

LEAST_CHAINS = 2  # rows of dots on each axis
AROUND_PX = 3  # px around a label's middle in which its row is looked for
HIDDEN_DOTS = 4  # dots at the end of a row that a curve may cover
FULL = 0.9  # of the dots of the fullest row that another row of the same dots shows
OFF_LEVELS = 14.0  # of a dot, from its paper
LABELED = 0.8  # share of the labels of an axis that have a row of dots


@dataclass(frozen=True, slots=True)
class _Chain:
    """A row of dots: its place across, first and last dot along, and the distance of dots, px."""

    at: float
    start: float
    end: float
    period: float


@dataclass(frozen=True, slots=True)
class Dotted:
    """A frame with its labels and its grid lines."""

    frame: Frame
    x: tuple[tuple[Label, ...], Progression]
    y: tuple[tuple[Label, ...], Progression]
    lines: tuple[Line, ...]


def dotted(columns: Lineup, rows: Lineup, rgb: RGBImage, height: float) -> list[Dotted]:
    """Pair columns and rows of numbers each of which has a row of dots beside it.

    Parameters
    ----------
    columns, rows : Lineup
        All numbers as labels of the left and of the lower side.
    rgb : (H, W, 3) uint8
    height : float
        Text height, px.
    """
    upright = _dotted_runs(rows, rgb.transpose(1, 0, 2), height)
    if not upright:
        return []
    level = _dotted_runs(columns, rgb, height)
    out: list[Dotted] = []
    for labels_y, fit_y, chains_y in level:
        for labels_x, fit_x, chains_x in upright:
            # The outermost row of dots of one axis may be where those of the other begin.
            frame = Frame(
                min(*(c.start for c in chains_y), *(c.at for c in chains_x)),
                min(*(c.start for c in chains_x), *(c.at for c in chains_y)),
                max(*(c.end for c in chains_y), *(c.at for c in chains_x)),
                max(*(c.end for c in chains_x), *(c.at for c in chains_y)),
            )
            slack = max(c.period for c in chains_x + chains_y)
            within = all(frame.left - slack <= c.at <= frame.right + slack for c in chains_x)
            within &= all(frame.top - slack <= c.at <= frame.bottom + slack for c in chains_y)
            if not within or any(_overlap(frame, other.frame) for other in out):
                continue
            lines = [Line(True, c.at, frame.left, frame.right, "stroke") for c in chains_y]
            lines += [Line(False, c.at, frame.top, frame.bottom, "stroke") for c in chains_x]
            out.append(Dotted(frame, (labels_x, fit_x), (labels_y, fit_y), tuple(lines)))
    return out


def _dotted_runs(
    lineup: Lineup, rgb: RGBImage, height: float
) -> list[tuple[tuple[Label, ...], Progression, list[_Chain]]]:
    """Labels in line that progress and have dots; `rgb` has their rows of dots along its second axis."""
    found = []
    groups = cluster([float(v) for v in lineup.across], ALIGN_HEIGHTS * height)
    for group in groups:
        labels = tuple(lineup.labels[i] for i in sorted(group, key=lambda i: float(lineup.along[i])))
        if len(labels) < LEAST_CHAINS:
            continue
        fit = agree(list(labels), height)
        if fit is None or len(fit.members) < max(LEAST_CHAINS, LABELED * len(labels)):
            continue
        chains = [_chain(rgb, label.position, *_reach(label, lineup.side, rgb)) for label in labels]
        known = [c for c in chains if c is not None]
        if len(known) >= max(LEAST_CHAINS, LABELED * len(labels)) and _common(known):
            found.append((labels, fit, known))
    return found


def _reach(label: Label, side: Side, rgb: RGBImage) -> tuple[int, int]:
    """Where the row of dots of a label may stand, px along it: to the right of it, or above it."""
    box = label.box.box
    return (0, box.y0 - AROUND_PX) if side == "x" else (box.x1 + AROUND_PX, rgb.shape[1])


def _chain(rgb: RGBImage, position: float, first: int, last: int) -> _Chain | None:
    """The row of dots at a label; the fullest of the rows around its middle."""
    found: list[tuple[int, _Chain]] = []
    middle = round(position)
    for at in range(max(middle - AROUND_PX, 0), min(middle + AROUND_PX, len(rgb) - 1) + 1):
        row = rgb[at, first : max(last, first + 1)].astype(np.float32)
        off = np.abs(row - np.median(row, axis=0)).max(axis=1) > OFF_LEVELS
        row_of_dots = even_dots(off)
        if row_of_dots is not None:
            dots, period = row_of_dots
            ends = first + float(dots[0]), first + float(dots[-1])
            found.append((len(dots), _Chain(float(at), *ends, period)))
    if not found:
        return None
    most, best = max(found, key=lambda row: row[0])
    rows = [chain.at for count, chain in found if count >= FULL * most]  # a dot is several px high
    return replace(best, at=float(np.mean(rows)))


def _common(chains: list[_Chain]) -> bool:
    """Whether rows of dots have both ends and their distance in common."""
    usual = float(np.median([c.period for c in chains]))
    near = [abs(c.period - usual) <= EVEN_PX for c in chains]
    for key in ("start", "end"):
        middle = _middle(chains, key)
        near += [abs(getattr(c, key) - middle) <= HIDDEN_DOTS * usual for c in chains]
    return all(near)


def _middle(chains: list[_Chain], key: str) -> float:
    return float(np.median([getattr(c, key) for c in chains]))


def _overlap(a: Frame, b: Frame) -> bool:
    return min(a.right, b.right) > max(a.left, b.left) and min(a.bottom, b.bottom) > max(a.top, b.top)
