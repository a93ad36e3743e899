"""Upright guide lines and shaded stretches: the marks of an epoch, a best step, a change of the run.

A guide runs from the bottom of the frame to its top, solid or in an even rhythm; a shaded stretch fills
all of that height.  Grid lines do the first, too: they stand at the ticks, or have twins that lie level.
Where it stays open which of the two a line is, it is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.model import RGB, Axis, Guide, LineStyle, Scale
from plotread.vision.coverage import paper_of
from plotread.vision.pixels import largest_channel, snapped
from plotread.vision.types import Mask, PanelFrame, PanelWords, Raster, RGBImage, Ruler, Trace

Pixels = NDArray[np.float32]

CLEAR_PX, CLEAR_HEIGHTS = 3, 0.6  # px, text heights inside the frame that its spines and ticks may reach
OFF_LEVELS, OFF_LEVELS_LOSSY = 12.0, 28.0  # of a channel, from the paper; fainter lines are a grid's
LEAST_COVER, SOLID_COVER = 0.2, 0.92  # share of a line that is ink: of a dotted one at least, of a solid one
BIN_PX, BINS_HIT = 24, 0.92  # pieces of the height, longer than any dash, and the share that holds ink
WIDEST_HEIGHTS, WIDEST_PX = 0.45, 4.0  # text heights and px; a wider stroke is a bar
ODD_PX = 0.25  # px of a line's middle from that of a pixel, where the line is an odd number of px wide
HALF_PX, SAME_PX = 0.5, 1.0  # by which snapped strokes differ: of two widths, and of a line and its tick
FLANK = 0.35  # of its cover that the columns beside a line show at most: noise fills them
ONE_COLOR, COLOR_LEVELS = 0.6, 45.0  # share of its ink in one color, and how near that is, levels
HALF = 0.5  # of the full contrast of a broken line, at which its dashes end
LEAST_GAPS, EVEN, EVEN_PX = 4, 0.7, 1.6  # gaps of a broken line; the share of one length; px about it
GREY_LEVELS = 40.0  # between the channels of a color; a grid is grey
FAINT_LEVELS = 40.0  # contrast below which solid grey lines are taken for a grid
AT_TICK_PX = 1.6  # px between a grid line and its tick
MOST_AT_TICKS = 0.5  # of the lines of one look that stand at ticks: they may be a grid's
MOST_TICKS = 0.75  # of the ticks inside the frame that have a line of that look: a grid
TALL = 0.4  # of the height that a curve of that color covers beside a line: it is the curve's own stroke
NEAR_PX = 3.0  # px beside a line in which that is asked
LEGEND_LEVELS = 45.0  # of color between a line and its sample in the legend
NOTE_HEIGHTS = 1.6  # text heights between a line and words that stand by it
INK_RATIO = 1.5  # between the inks of two grey lines of one look
MOST_LINES = 24  # of one look; more are hatching or bars
SHADE_LEVELS = 4.0  # of a shaded stretch, from the paper
MOST_SHADE = 130.0  # levels from the paper; curves must show on it
SHADE_ROWS = 120  # rows of a panel that are looked at for its shades
SHADE_EVEN = 0.6  # share of a column's pixels in its own shade
SHADE_ENDS = 0.06  # of the height, at the top and at the bottom, that it fills as well
LEAST_SPAN, MOST_SPAN = 0.015, 0.9  # of the width of the frame
EDGE_PX = 4  # columns at either end of a stretch that a stroke along its edge takes
BRIDGE_PX = 5  # columns of a stretch that a line may hide
MOST_SPANS = 4  # stretches; more are the stripes of a background


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A line across a panel: its place (px of the cut), color and look.

    ``contrast`` is that of its darkest column, ``ink`` that of all its columns together, levels: a thin
    line between two columns of pixels is paler in each, and has the same ink.
    """

    at: float
    color: RGB
    line: LineStyle
    contrast: float
    ink: float = 0.0

    @property
    def grey(self) -> bool:
        return max(self.color) - min(self.color) < GREY_LEVELS


def find_uprights(
    raster: Raster, ruler: Ruler, panel: PanelFrame, data: Scale | None, traces: tuple[Trace, ...],
    words: PanelWords,
) -> tuple[Guide, ...]:  # fmt: skip
    """The upright guide lines and shaded stretches of one panel.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
    panel : PanelFrame
        With the x scale as measured on tick strokes.
    data : Scale or None
        The x scale moved from the strokes to the data.  Renderers snap guide lines as they snap
        ticks, but those of even width by less.
    traces : tuple of Trace
        Points in px of the whole image.
    words : PanelWords
        A legend entry or words beside a line name it.

    Returns
    -------
    tuple of Guide
        From left to right; empty where nothing stands that is surely no grid.
    """
    clear = max(CLEAR_PX, round(CLEAR_HEIGHTS * ruler.text_height_px))
    box = panel.frame.inner().pad(-clear).clip(raster.width, raster.height)
    if min(box.width, box.height) < 4 * BIN_PX:
        return ()
    pixels = raster.rgb[box.slices]
    paper = np.round(paper_of(pixels)).astype(np.uint8)
    contrast = _contrast(pixels, paper)
    open_ = np.ones(pixels.shape[:2], bool)
    for obstacle in words.obstacles:
        x0, y0 = max(obstacle.x0 - box.x0, 0), max(obstacle.y0 - box.y0, 0)
        open_[y0 : max(obstacle.y1 - box.y0, 0), x0 : max(obstacle.x1 - box.x0, 0)] = False
    levels = OFF_LEVELS_LOSSY if raster.lossy else OFF_LEVELS
    widest = max(WIDEST_PX, WIDEST_HEIGHTS * ruler.text_height_px)
    upright = _strokes(pixels, contrast, open_, levels, widest)
    sure: list[tuple[_Stroke, str | None]] = []
    if upright:
        upright = [s for s in upright if not _is_a_curve(s, traces, box)]
        labels = [_in_legend(s, words) or _beside(s.at + box.x0, words, ruler) for s in upright]
        across = partial(_strokes, pixels.transpose(1, 0, 2), contrast.T, open_.T, levels, widest)
        sure = _sure(upright, across, panel, box, labels)
    guides = [_line(stroke, label, panel, data, box) for stroke, label in sure]
    guides += [_span(a, b, color, panel, data, box) for a, b, color in _shades(pixels, paper, ruler)]
    return tuple(sorted(guides, key=lambda g: (g.x, g.x_end or g.x)))


def _contrast(pixels: RGBImage, paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Largest distance of a channel from the paper's, levels, (H, W)."""
    levels = np.arange(256)
    gaps = [
        cv2.LUT(channel, np.abs(levels - int(own)).astype(np.uint8))
        for channel, own in zip(cv2.split(pixels), paper, strict=True)
    ]
    return np.asarray(cv2.max(cv2.max(gaps[0], gaps[1]), gaps[2]), dtype=np.uint8)


def _strokes(
    pixels: RGBImage, contrast: NDArray[np.uint8], open_: Mask, levels: float, widest: float
) -> list[_Stroke]:
    """Thin lines along the first axis of a cut that run from end to end."""
    off = contrast > levels
    cover = np.count_nonzero(off & open_, axis=0) / np.maximum(np.count_nonzero(open_, axis=0), 1)
    height, width = off.shape
    edges = np.linspace(0, height, max(2, height // BIN_PX) + 1).astype(int)[:-1]
    some = off | ~open_
    hit = np.maximum.reduceat(some, edges, axis=0).mean(axis=0)
    ends = some[: BIN_PX // 2].any(axis=0) & some[-(BIN_PX // 2) :].any(axis=0)
    able = (cover >= LEAST_COVER) & (hit >= BINS_HIT) & ends & (open_.mean(axis=0) > FLANK)
    found = []
    turn = np.flatnonzero(np.diff(np.concatenate([[0], able.astype(np.int8), [0]])))
    for a, b in zip(turn[::2].tolist(), turn[1::2].tolist(), strict=True):
        if b - a > widest:
            continue
        best = a + int(cover[a:b].argmax())
        beside = [c for c in (a - 3, a - 2, b + 1, b + 2) if 0 <= c < width]
        if not beside or max(cover[c] for c in beside) > max(FLANK * cover[best], LEAST_COVER / 2):
            continue
        column = pixels[:, best].astype(np.float32), contrast[:, best].astype(np.float32)
        stroke = _look(*column, off[:, best], open_[:, best], float(cover[best]))
        if stroke is not None:
            near = slice(max(a - 1, 0), b + 1)
            weight = (contrast[:, near] * open_[:, near]).sum(axis=0, dtype=np.float64)
            weight = np.maximum(weight - FLANK * weight.max(), 0)
            at = float((np.arange(near.start, near.start + len(weight)) * weight).sum() / weight.sum())
            inked = contrast[off[:, best] & open_[:, best]][:, near]
            found.append(replace(stroke, at=at, ink=float(np.median(inked, axis=0).sum())))
    return found


def _look(column: Pixels, contrast: Pixels, off: Mask, open_: Mask, cover: float) -> _Stroke | None:
    """Color and style of a line; None where it has no color of its own or its gaps follow no rhythm."""
    inked = column[off & open_]
    full = inked[contrast[off & open_] >= np.percentile(contrast[off & open_], 75)]
    color = np.median(full, axis=0)
    # Soft ends of dashes are mixes of the line and its paper.
    near = np.abs(inked - color).max(axis=1) <= COLOR_LEVELS
    if cover >= SOLID_COVER:
        if near.mean() < ONE_COLOR:
            return None
        line: LineStyle = "solid"
    else:
        half = contrast >= HALF * np.percentile(contrast[off & open_], 75)  # soft ends left out
        turn = np.flatnonzero(np.diff(half.astype(np.int8)))
        runs, on = np.diff(turn), half[turn[:-1] + 1]
        gaps, marks = runs[~on], runs[on]
        if len(gaps) < LEAST_GAPS or (np.abs(gaps - np.median(gaps)) <= EVEN_PX).mean() < EVEN:
            return None
        usual = float(np.median(marks))
        even = (np.abs(marks - usual) <= max(EVEN_PX, 0.25 * usual)).mean() >= EVEN
        line = ("dotted" if usual <= 1.6 * float(np.median(gaps)) else "dashed") if even else "dashdot"
    r, g, b = (int(v) for v in np.round(color))
    return _Stroke(0.0, (r, g, b), line, float(np.median(contrast[off & open_])))


def _is_a_curve(stroke: _Stroke, traces: tuple[Trace, ...], box: Box) -> bool:
    """Whether a curve of that color goes up or down just there."""
    for trace in traces:
        if _levels_apart(trace.color, stroke.color) > COLOR_LEVELS:
            continue
        near = np.abs(trace.points_px[:, 0] - box.x0 - stroke.at) <= NEAR_PX
        if near.any() and float(np.ptp(trace.points_px[near, 1])) >= TALL * box.height:
            return True
    return False


def _sure(
    upright: list[_Stroke], across: Callable[[], list[_Stroke]], panel: PanelFrame, box: Box,
    labels: list[str | None],
) -> list[tuple[_Stroke, str | None]]:
    """The lines that are surely no grid and no cursor, with what names them.

    Words name a line beyond doubt.  Without them a line at a tick may be a grid's, and a lone grey one
    the cursor of a dashboard.  `across` finds the level lines of the panel, where these are asked for.
    """
    level: list[_Stroke] | None = None
    kept: list[tuple[_Stroke, str | None]] = []
    rest = list(zip(upright, labels, strict=True))
    while rest:
        same = [row for row in rest if _alike(row[0], rest[0][0])]
        rest = [row for row in rest if row not in same]
        strokes = [stroke for stroke, _ in same]
        if len(same) > MOST_LINES or _on_ticks(strokes, panel.x, box.x0):
            continue
        level = across() if level is None else level
        twins = [s for s in level if _alike(s, strokes[0])]
        if twins and _is_level_grid(twins, panel.y, box):
            continue
        near = [any(abs(s.at + box.x0 - t.pixel) <= AT_TICK_PX for t in panel.x.ticks) for s in strokes]
        at_ticks = sum(near) >= MOST_AT_TICKS * len(near)
        pale = strokes[0].grey and strokes[0].line == "solid" and strokes[0].contrast < FAINT_LEVELS
        cursor = strokes[0].grey and (len(same) == 1 or not panel.x.ticks)
        doubtful = at_ticks or pale or cursor
        kept += [row for row in same if not doubtful or row[1] is not None]
    return kept


def _is_level_grid(twins: list[_Stroke], y: Axis, box: Box) -> bool:
    return len(twins) > 1 or not y.ticks or _on_ticks(twins, y, box.y0)


def _on_ticks(same: Sequence[_Stroke], axis: Axis, origin: int) -> bool:
    """Whether lines of one look stand at most ticks of an axis, or most of them at ticks."""
    at = np.array([s.at + origin for s in same])
    ticks = np.array([tick.pixel for tick in axis.ticks])
    if len(at) > 1:
        ticks = ticks[(ticks >= at.min() - AT_TICK_PX) & (ticks <= at.max() + AT_TICK_PX)]
    if len(ticks) == 0:
        return False
    near = np.abs(at[:, None] - ticks[None]) <= AT_TICK_PX
    if len(at) == 1:  # a grid of one line is at hand only where there is one tick
        return bool(near.any()) and len(ticks) == 1
    lined, on_a_tick = float(near.any(axis=0).mean()), float(near.any(axis=1).mean())
    return lined >= MOST_TICKS and (on_a_tick >= 0.5 or len(at) > len(ticks) > 1)


def _alike(a: _Stroke, b: _Stroke) -> bool:
    if (a.line == "solid") != (b.line == "solid"):
        return False
    same_ink = max(a.ink, b.ink) <= INK_RATIO * min(a.ink, b.ink)
    return _levels_apart(a.color, b.color) <= COLOR_LEVELS or (a.grey and b.grey and same_ink)


def _levels_apart(a: RGB, b: RGB) -> float:
    return float(max(abs(p - q) for p, q in zip(a, b, strict=True)))


def _line(stroke: _Stroke, label: str | None, panel: PanelFrame, data: Scale | None, box: Box) -> Guide:
    at = stroke.at + box.x0
    odd = abs(stroke.at - round(stroke.at)) < ODD_PX  # whole pixels to both sides of its middle one
    ticks = [t for t in panel.x.ticks if t.value is not None and abs(t.pixel - at) <= SAME_PX]
    if not odd and data == panel.x.scale and snapped(panel.x):
        at += HALF_PX  # ticks, an odd number of px wide, are snapped half a pixel further right
    x, unit = _place(at, panel, panel.x.scale if odd else data)
    if unit == "data" and ticks:
        x = float(min(ticks, key=lambda t: abs(t.pixel - at)).value or 0.0)
    return Guide(x, unit=unit, color=_hex(stroke.color), line=stroke.line, label=label)


def _span(
    a: float, b: float, color: RGB, panel: PanelFrame, data: Scale | None, box: Box
) -> Guide:
    (x, unit), (x_end, _) = (_place(at + box.x0, panel, data) for at in (a, b))
    x, x_end = min(x, x_end), max(x, x_end)
    return Guide(x, x_end=x_end, unit=unit, color=_hex(color))


def _hex(color: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _place(px: float, panel: PanelFrame, scale: Scale | None) -> tuple[float, Literal["data", "width"]]:
    if scale is not None:
        return float(scale.to_data(px)), "data"
    return (px - panel.frame.left) / panel.frame.width, "width"


def _in_legend(stroke: _Stroke, words: PanelWords) -> str | None:
    """The entry whose sample has the line's color and style."""
    fits = [
        e
        for e in words.legend
        if not e.direct
        and _levels_apart(e.color, stroke.color) <= LEGEND_LEVELS
        and (e.line == "solid") == (stroke.line == "solid")
        and e.line != "none"
    ]
    return fits[0].name if len(fits) == 1 else None


def _beside(at: float, words: PanelWords, ruler: Ruler) -> str | None:
    """The words that stand by a line."""
    reach = NOTE_HEIGHTS * ruler.text_height_px
    near = [n for n in words.notes if n.box.x0 - reach <= at <= n.box.x1 + reach]
    return near[0].text if len(near) == 1 else None


def _shades(rgb: RGBImage, ground: NDArray[np.uint8], ruler: Ruler) -> list[tuple[float, float, RGB]]:
    """Stretches of columns in a shade of their own: first and last edge (px of the cut), color."""
    width = rgb.shape[1]
    pixels = rgb[:: max(1, len(rgb) // SHADE_ROWS)].astype(np.float32)  # some rows tell
    paper = ground.astype(np.float32)
    shade = np.median(pixels, axis=0)
    own_shade = largest_channel(np.abs(pixels - shade)) <= SHADE_LEVELS
    end = max(1, round(SHADE_ENDS * len(pixels)))  # a box within the panel does not fill them
    parts = (own_shade, own_shade[:end], own_shade[-end:])
    even = np.all([part.mean(axis=0) >= SHADE_EVEN for part in parts], axis=0)
    other = even & (np.abs(shade - paper).max(axis=1) >= SHADE_LEVELS)
    page = np.array(ruler.backgrounds[0], float)
    turn = np.flatnonzero(np.diff(np.concatenate([[0], other.astype(np.int8), [0]])))
    runs = [[int(a), int(b)] for a, b in zip(turn[::2], turn[1::2], strict=True)]
    joined: list[list[int]] = []
    for a, b in runs:
        if joined and a - joined[-1][1] <= BRIDGE_PX and _same_shade(shade, joined[-1][1] - 1, a):
            joined[-1][1] = b
        else:
            joined.append([a, b])
    found = []
    for a, b in joined:
        if not LEAST_SPAN * width <= b - a <= MOST_SPAN * width:
            continue
        own = np.median(shade[a:b], axis=0)
        core = np.arange(a + EDGE_PX, b - EDGE_PX)
        core = core[even[core]]
        if len(core) == 0 or np.abs(shade[core] - own).max() > SHADE_LEVELS:
            continue  # a gradient
        if np.abs(own - paper).max() > MOST_SHADE:
            continue  # a bar
        if np.abs(own - page).max() <= np.abs(paper - page).max():
            continue  # the paper between stretches that are wider than it
        r, g, b_ = (int(v) for v in np.round(own))
        found.append((_edge(shade, paper, own, a, 1), _edge(shade, paper, own, b - 1, -1), (r, g, b_)))
    return found if len(found) <= MOST_SPANS else []


def _edge(shade: Pixels, paper: Pixels, own: Pixels, outermost: int, inward: int) -> float:
    """Where a stretch ends, px of the cut: amid the stroke along its edge, else at its outermost column."""
    columns = outermost + inward * np.arange(EDGE_PX)
    depth = np.abs(shade[columns] - paper).max(axis=1) - np.abs(own - paper).max()
    stroked = columns[depth > SHADE_LEVELS]
    return float(stroked.mean()) if len(stroked) else outermost - inward / 2


def _same_shade(shade: Pixels, a: int, b: int) -> bool:
    return bool(np.abs(shade[a] - shade[b]).max() <= SHADE_LEVELS)
