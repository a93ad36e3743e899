"""Which inks stand on the sheet: ridge pixels vote, rays from the paper are peeled off one by one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.model import RGB
from plotread.vision.ink.background import Image, Mask, Sheet
from plotread.vision.ink.colors import (
    RIM_SHARE,
    has_palette,
    is_grey,
    is_layered,
    is_mixed,
    is_ringing,
    is_shade,
    lab_gap,
    tint_of,
)
from plotread.vision.ink.depths import are_two_curves, as_drawn, is_shade_of
from plotread.vision.ink.outlines import without_outlines
from plotread.vision.ink.samples import Ray, cores, left_over, ray_of
from plotread.vision.pixels import LUMA
from plotread.vision.types import LegendEntry

CORE_LEVELS = (26.0, 34.0)  # contrast of a stroke's core, clean and lossy
VOTE_CAP = 160.0  # levels; beyond it a pixel's vote does not grow
OVERSHOOT = 1.08  # share of the ray beyond which pixels show a fuller ink than the peak
OVERSHOOT_SHARE = 0.04
OVERSHOOT_PERCENTILE = 60
RAY_LEVELS = 14.0  # residual within which a pixel is on the ray
RAY_SHARE = (0.08, 0.10)  # the same as a share of the ray's length, clean and lossy
RAY_END = 1.25
PALE_T = 0.5  # depth along a ray below which that shrinks
MIN_PIXELS = 20  # px; a smaller ink is dirt
MAX_RAYS = 40
FREE_PX = 3  # px; pixels further from larger inks stand free
STRONGER = 1.5  # times a ray's contrast: the core of a stroke whose smear it may be
FREE_SHARE = (0.10, 0.35)
FREE_COLUMNS = 10
FREE_COLUMNS_SHARE = 0.02
LAB_GAP = (24.0, 10.0)  # from the known inks, clean and lossy
LAB_NEAR, NEAR_FREE, NEAR_SPAN = 12.0, 0.5, 0.3  # the same of an ink that stands free almost all across
GREY_SPAN = 0.35  # share of columns a grey ink must span beside coloured ones
GREY_SPAN_ALONE = 0.10
SMEAR_LUMA = 6.0  # levels by which a curve is darker or brighter than the paper
SAME_LAB = 5.0  # Lab distance below which two entries share one map
SAME_HUE_LAB = 9.0  # the same between the paler one and the fuller one at its depth
PALE_LEVELS, PALE_SPAN = 6.0, 0.3  # levels from a pale sample, and share of the columns of what is as pale
PURE_LAB = 40.0  # an ink so unlike the others needs no free standing if it is drawn pure
PURE_LEVELS = (3.0, 24.0)  # levels; pixels this close to its colour are pure, clean and lossy
PURE_PIXELS = 24
PURE_SPAN = 0.25  # share of the columns with pure pixels
STRANGER_FREE = 0.30
STRANGER_COLUMNS = 0.10
ROW_SHARE, ROWS_SHARE = 0.15, 0.8  # of the width; of the ink of the grid's color that stands in such rows
EDGE_NEAR = 0.7  # of the pixels of what belongs to a listed ink lie so near to it


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """One ink: its colour at full coverage and the legend entries drawn in it."""

    color: Image
    entries: tuple[LegendEntry, ...] = ()
    pixels: int = 0

    @property
    def rgb(self) -> RGB:
        r, g, b = (round(float(min(max(v, 0.0), 255.0))) for v in self.color)
        return r, g, b


def ridge_mask(sheet: Sheet) -> Mask:
    """Pixels at the core of a stroke: clear contrast, not below either neighbour across it."""
    c = sheet.contrast
    pad = np.pad(c, 1)
    vertical = (c >= pad[:-2, 1:-1]) & (c >= pad[2:, 1:-1])
    horizontal = (c >= pad[1:-1, :-2]) & (c >= pad[1:-1, 2:])
    return np.asarray((c >= CORE_LEVELS[int(sheet.lossy)]) & (vertical | horizontal))


def find_inks(sheet: Sheet, blocked: Mask, legend: tuple[LegendEntry, ...]) -> tuple[Ink, ...]:
    """The inks of the curves, fullest first (in legend order where a legend names them).

    Parameters
    ----------
    sheet : Sheet
    blocked : (H, W) bool
        Text, legends and other furniture: no votes.
    legend : tuple of LegendEntry
        May be empty.
    """
    ridge = ridge_mask(sheet) & ~blocked
    rays = without_outlines(sheet, _peel(sheet, ridge))
    if not rays:
        return ()
    listed = _snap(sheet, rays, legend) if legend else ()
    found = _stand_free(sheet, rays, listed)
    return listed + found


def _peel(sheet: Sheet, ridge: Mask) -> list[Ray]:
    rows, columns = np.nonzero(ridge & ~sheet.grid)
    if len(rows) < MIN_PIXELS:
        rows, columns = np.nonzero(ridge)
    colors = sheet.rgb[rows, columns]
    weight = np.minimum(sheet.contrast[rows, columns], VOTE_CAP)
    code = (colors / 8).astype(np.int32)
    cell = (code[:, 0] << 10) | (code[:, 1] << 5) | code[:, 2]
    alive = np.ones(len(rows), dtype=bool)
    rays: list[Ray] = []
    slack = RAY_SHARE[int(sheet.lossy)]
    while alive.sum() >= MIN_PIXELS and len(rays) < MAX_RAYS:
        votes = (
            np.bincount(cell[alive], weights=weight[alive], minlength=32**3).astype(float).reshape(32, 32, 32)
        )
        peak = np.array(np.unravel_index(int(_smooth(votes).argmax()), votes.shape))
        near = alive & (np.abs(code - peak).max(axis=1) <= 1)
        color = np.median(colors[near], axis=0)
        color = _fuller(sheet.paper, color, colors[alive], slack)
        on = _on_ray(sheet, color, colors) & alive
        if on.sum() >= MIN_PIXELS:
            rays.append(Ray(color.astype(np.float32), rows[on], columns[on]))
        alive &= ~(on | near)
    return rays


def _smooth(votes: NDArray[np.float64]) -> NDArray[np.float64]:
    for axis in range(3):
        pad = np.pad(votes, [(1, 1) if a == axis else (0, 0) for a in range(3)])
        votes = votes + np.take(pad, range(32), axis=axis) + np.take(pad, range(2, 34), axis=axis)
    return votes


def _on_ray(sheet: Sheet, color: Image, pixels: Image) -> Mask:
    """Which pixels show a color, full or paler; what is pale and clean shows little of another hue."""
    ray = color - sheet.paper
    length = float(np.linalg.norm(ray))
    if length < 1.0:
        return np.zeros(len(pixels), dtype=bool)
    d = pixels - sheet.paper
    t = d @ ray / length**2
    residual = np.linalg.norm(d - t[:, None] * ray, axis=1)
    slack = RAY_SHARE[int(sheet.lossy)] * length * (1.0 if sheet.lossy else np.clip(t / PALE_T, 0.0, 1.0))
    return np.asarray((residual < np.maximum(RAY_LEVELS, slack)) & (t < RAY_END) & (t > 0))


def _fuller(paper: Image, color: Image, pixels: Image, slack: float) -> Image:
    """Thin lines hardly reach their colour: move out to the fullest pixels of the ray."""
    ray = color - paper
    length = float(np.linalg.norm(ray))
    if length < 1.0:
        return color
    d = pixels - paper
    t = d @ ray / length**2
    residual = np.linalg.norm(d - t[:, None] * ray, axis=1)
    on = residual < np.maximum(RAY_LEVELS, slack * length) * np.maximum(1.0, t * 0.5)
    beyond = on & (t > OVERSHOOT)
    if beyond.sum() <= OVERSHOOT_SHARE * max((on & (t > 0.3)).sum(), 1):
        return color
    goal = np.percentile(t[beyond], OVERSHOOT_PERCENTILE)
    close = beyond & (np.abs(t - goal) < 0.06 * goal)
    return np.asarray(np.median(pixels[close], axis=0)) if close.any() else color


def _snap(sheet: Sheet, rays: list[Ray], legend: tuple[LegendEntry, ...]) -> tuple[Ink, ...]:
    """Legend colours become the inks on whose rays they lie; alike entries share one ink."""
    samples = [np.array(entry.color, dtype=np.float32) for entry in legend]
    choice = left_over(sheet, rays, samples, [ray_of(sheet, rays, sample) for sample in samples])
    choice = cores(sheet, rays, samples, choice)
    inks: list[Ink] = []
    for entry, chosen in zip(legend, choice, strict=True):
        if chosen is None:
            continue
        k = chosen
        shared = choice.count(k) > 1
        color = np.array(entry.color, dtype=np.float32) if shared else rays[k].color
        for n, ink in enumerate(inks):
            if _same_ink(sheet, ink.color, color) and not are_two_curves(sheet, rays[k], ink.color, color):
                # A thin sample in the legend is pale: the curves themselves show how full their ink is.
                fuller = max(ink.color, color, rays[k].color, key=lambda c: _contrast(sheet, c))
                inks[n] = Ink(fuller, (*ink.entries, entry), ink.pixels)
                break
        else:
            inks.append(Ink(color, (entry,), len(rays[k].rows)))
    for entry, chosen in zip(legend, choice, strict=True):
        if chosen is None:
            _join(sheet, rays, inks, entry)
    return tuple(inks)


def _same_ink(sheet: Sheet, a: Image, b: Image) -> bool:
    """Whether two samples are of one ink: of one color, or of one hue at two depths."""
    paler, fuller = sorted((a, b), key=lambda color: _contrast(sheet, color))
    if lab_gap(a, b) < SAME_LAB:
        return True
    if not tint_of(sheet.paper, paler, fuller, False, 1.02):
        return False
    depth = _contrast(sheet, paler) / _contrast(sheet, fuller)
    return sheet.lossy or lab_gap(paler, sheet.paper + depth * (fuller - sheet.paper)) < SAME_HUE_LAB


def _join(sheet: Sheet, rays: list[Ray], inks: list[Ink], entry: LegendEntry) -> None:
    """A paler entry without a ray of its own is drawn in a fuller one's, or is a shade of it by itself.

    The first is if its line is of another style, or where much of that ray is as pale.
    """
    color = np.array(entry.color, dtype=np.float32)

    def as_pale() -> bool:
        near = [ray.columns[np.abs(sheet.rgb[ray.rows, ray.columns] - color).max(axis=1) <= PALE_LEVELS]
                for ray in rays]  # fmt: skip
        true = not sheet.lossy and not has_palette(sheet)
        return true and max(len(np.unique(c)) for c in near) >= PALE_SPAN * sheet.width

    for n, ink in enumerate(inks):
        ray = min(rays, key=lambda ray: lab_gap(ray.color, ink.color))
        shade = as_drawn(sheet, color, ink.entries[0].color, ink.color)
        if is_shade_of(sheet, shade, ink.color) and are_two_curves(sheet, ray, shade, ink.color):
            inks.append(Ink(shade, (entry,), len(ray.rows)))
            return
        other_style = all(e.line != entry.line for e in ink.entries)
        if tint_of(sheet.paper, color, ink.color, False) and (other_style or as_pale()):
            order = (*ink.entries, entry)
            inks[n] = Ink(ink.color, order, ink.pixels)
            return


def _contrast(sheet: Sheet, color: Image) -> float:
    return float(np.linalg.norm(color - sheet.paper))


def _pure(sheet: Sheet, ray: Ray, known: list[Image]) -> bool:
    """Whether an ink that hugs others is surely one: flat colour, no mix of paper and other inks."""
    if any(lab_gap(ray.color, c) < PURE_LAB for c in known):
        return False
    pure = np.abs(sheet.rgb[ray.rows, ray.columns] - ray.color).max(axis=1) <= PURE_LEVELS[int(sheet.lossy)]
    if pure.sum() < PURE_PIXELS or len(np.unique(ray.columns[pure])) < PURE_SPAN * sheet.width:
        return False
    rim = any(tint_of(sheet.paper, ray.color, c, False, share=RIM_SHARE) for c in known)
    if rim and has_palette(sheet):
        return False  # the rims of a curve, in the nearest color there is
    behind = [sheet.paper]
    if sheet.lossy and (grid := _grid_color(sheet)) is not None:
        behind.append(grid)  # the coding tints it where a curve lies on it
    return not is_mixed(ray.color, [*behind, *known])


def _larger(sheet: Sheet, ray: Ray, taken: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Larger inks, and in a lossy picture the cores of strokes: around them it spreads their color."""
    if not sheet.lossy:
        return taken
    own = float(np.median(sheet.contrast[ray.rows, ray.columns]))
    return taken | (sheet.contrast >= STRONGER * own)


def _grid_color(sheet: Sheet) -> Image | None:
    return np.asarray(np.median(sheet.rgb[sheet.grid], axis=0)) if sheet.grid.any() else None


def _is_grid(sheet: Sheet, ray: Ray, grid: Image) -> bool:
    """Whether an ink of the color of the grid stands in straight rows: gridlines that something cut."""
    if lab_gap(ray.color, grid) >= SAME_LAB:
        return False
    rows = np.bincount(ray.rows)
    return int(rows[rows >= ROW_SHARE * sheet.width].sum()) >= ROWS_SHARE * len(ray.rows)


def _drawn_in(sheet: Sheet, rays: list[Ray], colors: list[Image]) -> NDArray[np.uint8]:
    """1 where there is ink of these colors, full or paler."""
    mask = np.zeros(sheet.contrast.shape, dtype=np.uint8)
    for ray in rays:
        if any(lab_gap(ray.color, c) < SAME_LAB or tint_of(sheet.paper, ray.color, c, False) for c in colors):
            mask[ray.rows, ray.columns] = 1
    return mask


def _stand_free(sheet: Sheet, rays: list[Ray], listed: tuple[Ink, ...]) -> tuple[Ink, ...]:
    """Rays that are inks of their own: free of larger ones, unlike them, no tints of them."""
    lossy = int(sheet.lossy)
    order = sorted(range(len(rays)), key=lambda k: (-len(rays[k].rows), k))
    grid = _grid_color(sheet)
    order = [k for k in order if grid is None or not _is_grid(sheet, rays[k], grid)]
    kept: list[Ink] = []
    known = [ink.color for ink in listed]
    taken = _drawn_in(sheet, rays, known)
    all_colored = bool(listed) and not any(is_grey(c, sheet.paper) for c in known)
    any_colored = any(not is_grey(r.color, sheet.paper) for r in rays if len(r.rows) > 2 * MIN_PIXELS)
    kernel = np.ones((2 * FREE_PX + 1, 2 * FREE_PX + 1), np.uint8)
    beside_listed = cv2.dilate(taken, kernel)
    few = bool(listed) and has_palette(sheet)
    for k in order:
        ray = rays[k]
        edges = few or any(is_shade(ray.color, c) or is_shade(c, ray.color) for c in known[: len(listed)])
        if edges and float(beside_listed[ray.rows, ray.columns].mean()) >= EDGE_NEAR:
            continue  # dark edges of markers and what they enclose, rims in the nearest color of a palette
        near = cv2.dilate(_larger(sheet, ray, taken), kernel)[ray.rows, ray.columns] > 0
        tint = any(tint_of(sheet.paper, ray.color, c, sheet.lossy) for c in known)
        if not tint:
            taken[ray.rows, ray.columns] = 1
        free = ~near
        columns = len(np.unique(ray.columns[free]))
        span = len(np.unique(ray.columns)) / sheet.width
        alone = free.mean() >= NEAR_FREE and columns >= NEAR_SPAN * sheet.width
        if listed and sheet.lossy and not alone:
            continue  # smeared colors of the listed inks
        gap = min(LAB_NEAR, LAB_GAP[lossy]) if alone else LAB_GAP[lossy]
        if any(lab_gap(ray.color, c) < gap for c in known) or tint:
            continue
        if sheet.lossy and abs(float((ray.color - sheet.paper) @ LUMA)) < SMEAR_LUMA:
            continue  # the coding of the picture smears hues, but no brightness
        if free.mean() < NEAR_FREE and is_ringing(ray.color, sheet.paper, known):
            continue
        need_free = STRANGER_FREE if listed else FREE_SHARE[lossy]
        need_columns = (
            STRANGER_COLUMNS * sheet.width if listed else max(FREE_COLUMNS, FREE_COLUMNS_SHARE * sheet.width)
        )
        if (free.mean() < need_free or columns < need_columns) and not _pure(sheet, ray, known):
            continue
        if is_grey(ray.color, sheet.paper) and (
            all_colored or span < (GREY_SPAN if any_colored else GREY_SPAN_ALONE)
        ):
            continue
        if listed and (is_mixed(ray.color, known) or is_layered(ray.color, sheet.paper, known)):
            continue
        kept.append(Ink(ray.color, (), len(ray.rows)))
        known.append(ray.color)
    return tuple(kept)
