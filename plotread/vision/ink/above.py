"""Thin curves drawn over the cloud of a noisy one: their ink is seen mixed with its, hardly ever pure."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import INK, Image, Mask, Sheet
from plotread.vision.ink.colors import is_grey
from plotread.vision.ink.inks import MIN_PIXELS, Ink
from plotread.vision.ink.unmix import Maps, unmix
from plotread.vision.types import LegendEntry

SOLID = 0.6  # coverage from which a pixel is the cloud's
CLOUD_SHARE = 0.25  # of the columns in which the cloud is as tall ...
CLOUD_PENS, PEN_PX = 3.0, 2.0  # ... as three pens at least, px
BESIDE_PX = 6  # px of other ink with the cloud on both sides: a thin line, its soft edges included
PAPER_COS = 0.8  # of the angle between paper and sample, seen from the cloud's color; else gaps look like it
LEAST_GAP = 60.0  # levels between the cloud's color and the sample's; less is a shade of the cloud
MIX_SHARE, MIX_LEVELS = 0.35, 14.0  # residual of a mixture of the two, of its distance from the cloud
LEAST_MIX = 0.2  # share of the sample's ink from which a pixel is a mixture
START_MIX, STEEP_PX = 0.3, 6  # the same in the first column of a steep start, and its height, px
SPAN = 0.3  # share of the cloud's columns in which such pixels stand
GATHERED = 0.6  # share of them within a pen of the middle one of their column


def with_thin_above(
    sheet: Sheet, inks: tuple[Ink, ...], maps: Maps, legend: tuple[LegendEntry, ...], blocked: Mask
) -> tuple[tuple[Ink, ...], Maps]:
    """The inks and their maps with those of the legend's curves that run over clouds of others.

    A pixel of such a curve is a mixture of its ink with the cloud's below it (Porter and Duff 1984),
    and no ray from the paper meets it.  What is taken for one has ink of the cloud above and below,
    stands in one thin line, and has the color of a sample that no other curve has.
    """
    have = {entry for ink in inks for entry in ink.entries}
    added: list[Ink] = []
    drawn: list[tuple[int, NDArray[np.float32]]] = []  # the cloud below, and the coverage over it
    for entry in legend:
        color = np.array(entry.color, dtype=np.float32)
        if entry in have or entry.direct or entry.line == "none" or is_grey(color, sheet.paper):
            continue
        layers = (
            _layer(sheet, ink, alpha, color, blocked) for ink, alpha in zip(inks, maps.alpha, strict=True)
        )
        seen = {k: layer for k, layer in enumerate(layers) if layer is not None}
        if not seen:
            continue
        below, layer = max(seen.items(), key=lambda pair: float(pair[1].sum()))
        added.append(Ink(color, (entry,), int((layer > INK).sum())))
        drawn.append((below, layer))
    if not added:
        return inks, maps
    known, inks = len(inks), (*inks, *added)
    maps = unmix(sheet, inks)
    for alpha, (below, layer) in zip(maps.alpha[known:], drawn, strict=True):
        np.maximum(alpha, layer, out=alpha)
        maps.alpha[below][layer > LEAST_MIX] = 0.0
        maps.strange[layer > 0] = False
    return inks, maps


def with_steep_starts(sheet: Sheet, inks: tuple[Ink, ...], maps: Maps) -> None:
    """Give curves that begin steeply over the cloud of another their first column, a mixture of both inks.

    Parameters
    ----------
    sheet : Sheet
    inks : tuple of Ink
    maps : Maps
        Changed in place.
    """
    clouds = [k for k, alpha in enumerate(maps.alpha) if _cloud_columns(alpha > SOLID).mean() >= CLOUD_SHARE]
    for k, ink in enumerate(inks):
        alpha = maps.alpha[k]
        columns = np.flatnonzero((alpha > SOLID).any(axis=0))
        others = [c for c in clouds if c != k]
        if not len(columns) or k in clouds or not others:
            continue
        near = range(max(int(columns[0]) - 1, 0), min(int(columns[0]) + 2, alpha.shape[1]))
        runs = [
            (c, *run) for below in others for c in near
            for run in _mixed_runs(sheet, ink, inks[below], alpha, c)
        ]  # fmt: skip
        column, top, low = max(runs, key=lambda run: run[2] - run[1])
        if low - top >= STEEP_PX:
            alpha[top:low, column] = 1.0
            maps.strange[top:low, column] = False


def _mixed_runs(
    sheet: Sheet, ink: Ink, below: Ink, alpha: NDArray[np.float32], column: int
) -> list[tuple[int, int]]:
    """Rows (first, one past the last) of mixtures of two inks right above and below the pure one's.

    The pure ink stands in the column or in the next one.
    """
    ray = ink.color - below.color
    d = sheet.rgb[:, column] - below.color
    share = d @ ray / max(float(ray @ ray), 1.0)
    residual = np.linalg.norm(d - share[:, None] * ray, axis=1)
    mixed = (share > START_MIX) & (residual < MIX_LEVELS) & (np.linalg.norm(ray) >= LEAST_GAP)
    pure = np.flatnonzero((alpha[:, column : column + 2] > SOLID).any(axis=1))
    if not len(pure):
        return [(0, 0)]
    first, last = int(pure[0]), int(pure[-1]) + 1
    blank = np.flatnonzero(~mixed)
    top = int(blank[blank < first].max(initial=-1)) + 1
    return [(top, first), (last, int(blank[blank >= last].min(initial=len(mixed))))]


def _cloud_columns(solid: Mask) -> NDArray[np.bool_]:
    """Columns in which ink stands as tall as several pens."""
    return np.asarray(solid.sum(axis=0) >= CLOUD_PENS * PEN_PX)


def _layer(
    sheet: Sheet, ink: Ink, alpha: NDArray[np.float32], color: Image, blocked: Mask
) -> NDArray[np.float32] | None:
    """Coverage by a thin line of a color over the cloud of an ink, or None where there is none."""
    solid = alpha > SOLID
    cloud = _cloud_columns(solid)
    ray = color - ink.color
    length = float(np.linalg.norm(ray))
    if cloud.mean() < CLOUD_SHARE or length < LEAST_GAP:
        return None
    inside = _closed(solid, (BESIDE_PX + 1, 1))
    gap = sheet.paper - ink.color
    if float(gap @ ray) < PAPER_COS * length * float(np.linalg.norm(gap)):
        inside |= _closed(solid, (1, BESIDE_PX + 1))  # a steep line between upright strokes
    inside &= ~blocked
    rows, columns = np.nonzero(inside)
    d = sheet.rgb[rows, columns] - ink.color
    share = d @ ray / length**2
    residual = np.linalg.norm(d - share[:, None] * ray, axis=1)
    mixed = (share > LEAST_MIX) & (residual < np.maximum(MIX_LEVELS, MIX_SHARE * np.linalg.norm(d, axis=1)))
    rows, columns, share = rows[mixed], columns[mixed], share[mixed]
    if len(rows) < MIN_PIXELS or len(np.unique(columns)) < SPAN * np.count_nonzero(cloud):
        return None
    layer = np.zeros(alpha.shape, dtype=np.float32)
    layer[rows, columns] = np.minimum(share, 1.0)
    return layer if _is_line(rows, columns) else None


def _closed(solid: Mask, size: tuple[int, int]) -> Mask:
    """Pixels between solid ones: (rows, columns), of which one is 1 and the other odd."""
    image = solid.astype(np.uint8)
    return (cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones(size, np.uint8)) > 0) & ~solid


def _is_line(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> bool:
    """Whether most of the pixels stand close to the middle one of their column."""
    order = np.lexsort((rows, columns))
    rows, columns = rows[order], columns[order]
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    sizes = np.diff(np.append(starts, len(rows)))
    middle = np.repeat(rows[starts + sizes // 2], sizes)
    return float((np.abs(rows - middle) <= PEN_PX).mean()) >= GATHERED
