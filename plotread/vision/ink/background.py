"""What lies under the curves: the paper, the grid and the frame of one panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, Frame
from plotread.vision.ink.dotted import dotted_rows
from plotread.vision.ink.restarts import without_restarts
from plotread.vision.pixels import fullest_color, gathered_chroma, largest_channel
from plotread.vision.types import Raster

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]

INK = 0.3  # coverage of a pixel that counts as ink
OFF_LEVELS = 10.0  # levels; a pixel further from the paper is not paper
LINE_COVER = 0.30  # share of a row or column off the paper before it may be a line
LINE_BINS = 20  # pieces of a line, nearly all of which must hold some of it
BARE_BINS, BIN_COVERED = 2, 0.5  # bins of paper at an end where a line has ended; ink in one that may hide it
LINE_BINS_HIT = 0.9
LINE_ONE_COLOR = 0.55  # share of a line's ink in one colour
ONE_COLOR_LEVELS = 25.0
FRAME_REACH_PX = 2.5  # px; spines and tick strokes stand this close to the frame
GREY_SATURATION = 40.0  # levels between the largest and smallest channel of a grid line
GRID_COVER = 0.45
LEAST_SEEN = 0.4  # share of a line that words and legends must leave open to leave the rest out of account
FAINT_LEVELS = 70.0  # contrast of a grid line that needs no twin
FRAME_COVER = 0.97  # cover at which even a coloured line on the frame is a spine
FULL_COVER = 0.9  # cover from which a grey line needs no twin
SIDE_REACH = 0.025  # share of the panel; a clear grid line has ink this close to both sides
UPRIGHT_ENDS = 0.02  # share of the height; an upright line reaches this close to both ends of the frame
MOST_TWINS = 0.3  # share of the lines of one direction that agree in their colour
FILL_SHARE = 0.6  # of a row's color found in the rows beside it too, where it is a fill
LONG_RUN = 0.3  # share of a row in one stretch of ink: a curve, for dashes are short
BARE_LEAST = 0.03  # share of a line in that colour
EVEN_PX = 1.2  # px by which lines of a grid stand off even steps at most
EVEN_LEAST = 3  # lines at even steps from which more are looked for
EVEN_SHARE = 0.15  # share of a row at such a step in the lines' color: dashes beside a cloud
EVEN_ENDS, EVEN_OPEN = 0.04, 0.8  # or so little of it, where it is nearly all that other ink leaves in sight
STACK_PX = 4.0  # rows; a thicker stack of lines that does not run from side to side is dense ink
STACK_SHARE = 0.012  # the same as a share of the panel
STACK_COVER = 0.97
ON_LINE_LEVELS = (6.0, 12.0)  # levels off the paper-grid segment for clean and lossy pictures
LARGE_PANEL_PX = 2_600_000  # px; above it the panel is worked on at half size (its strokes are thick)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One panel, cut out and measured against its own background.

    Attributes
    ----------
    rgb, back : (H, W, 3) float32
        The pixels, and what they would be without any ink but grid and frame.
    paper : (3,) float32
    delta : (H, W, 3) float32
        ``rgb - back``.
    contrast : (H, W) float32
        Length of `delta`, levels.
    grid : (H, W) bool
        Rows and columns of grid lines and spines.
    x0, y0 : int
        Top-left pixel of the cut in the whole image.
    zoom : int
        1, or 2 where the panel was worked on at half size.
    lossy : bool
    text_px : float
        Height of digits, px of the sheet.
    frame : Frame
        In px of the sheet.
    """

    rgb: Image
    back: Image
    paper: Image
    delta: Image
    contrast: Image
    grid: Mask
    x0: int
    y0: int
    zoom: int
    lossy: bool
    text_px: float
    frame: Frame

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    def to_image(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (N, 2) of the sheet in whole-image px."""
        return np.asarray((points + 0.5) * self.zoom - 0.5 + np.array([self.x0, self.y0], dtype=float))


def lay_sheet(raster: Raster, frame: Frame, text_height_px: float, boxes: tuple[Box, ...] = ()) -> Sheet:
    """Cut a panel out and find its paper, grid and spines.

    Parameters
    ----------
    raster : Raster
    frame : Frame
        Spine centres, whole-image px.
    text_height_px : float
    boxes : tuple of Box
        Legends and other words, whole-image px, behind which lines of the grid may go on.

    Returns
    -------
    Sheet

    Raises
    ------
    ValueError
        If the frame does not lie in the picture.
    """
    box = frame.inner().clip(raster.width, raster.height)
    if box.width < 2 or box.height < 2:
        raise ValueError(f"expected a frame inside the {raster.width} x {raster.height} picture, got {frame}")
    zoom = 2 if box.width * box.height > LARGE_PANEL_PX else 1
    cut = raster.rgb[box.slices]
    if zoom == 2:
        even = cut[: box.height // 2 * 2, : box.width // 2 * 2]
        half = cv2.resize(even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA)
        cut = np.asarray(half, dtype=np.uint8)
    paper = fullest_color(np.ascontiguousarray(cut)).astype(np.float32)
    local = _local_frame(frame, box, zoom)
    rgb = cut.astype(np.float32)
    back = np.empty_like(rgb)
    back[:] = paper
    grid = np.zeros(rgb.shape[:2], dtype=bool)
    off = largest_channel(np.abs(rgb - paper)) > OFF_LEVELS
    veil = np.zeros(rgb.shape[:2], dtype=bool)
    for b in boxes:
        veil[max(b.y0 - box.y0, 0) // zoom : max(b.y1 - box.y0, 0) // zoom,
             max(b.x0 - box.x0, 0) // zoom : max(b.x1 - box.x0, 0) // zoom] = True  # fmt: skip
    rows = _grid_lines(rgb, off, veil, paper, (local.top, local.bottom), upright=False)
    flipped = rgb.transpose(1, 0, 2)
    columns = _grid_lines(flipped, off.T, veil.T, paper, (local.left, local.right), upright=True)
    columns = without_restarts(rgb, paper, columns, [at for at, _ in rows])
    tolerance = ON_LINE_LEVELS[int(raster.lossy)]
    for at, color in rows:
        back[at] = color
        grid[at] = True
    for at, color in columns:
        back[:, at] = color
        grid[:, at] = True
    for at, color in rows:
        back[at] = _as_line(rgb[at], back[at], paper, color, tolerance)
    for at, color in columns:
        back[:, at] = _as_line(rgb[:, at], back[:, at], paper, color, tolerance)
    if raster.lossy:
        rgb = gathered_chroma(rgb, back)
    delta = rgb - back
    contrast = np.sqrt(np.einsum("ijk,ijk->ij", delta, delta))
    return Sheet(
        rgb,
        back,
        paper,
        delta,
        contrast,
        grid,
        box.x0,
        box.y0,
        zoom,
        raster.lossy,
        text_height_px / zoom,
        local,
    )


def _local_frame(frame: Frame, box: Box, zoom: int) -> Frame:
    def move(value: float, origin: int) -> float:
        return (value - origin + 0.5) / zoom - 0.5

    return Frame(
        move(frame.left, box.x0),
        move(frame.top, box.y0),
        move(frame.right, box.x0),
        move(frame.bottom, box.y0),
    )


def _grid_lines(
    rgb: Image, off: Mask, veil: Mask, paper: Image, ends: tuple[float, float], upright: bool
) -> list[tuple[int, Image]]:
    """Rows that are grid lines or spines, with their colours.

    `rgb` is (rows, along, 3), transposed for upright lines, and `off` tells which of it is not paper;
    `ends` are the rows of the frame; what `veil` covers does not count.
    No curve stands upright over the whole height, so such a line may have any colour.
    """
    n = len(rgb)
    seen = ~veil
    seen[seen.mean(axis=1) < LEAST_SEEN] = True
    cover = (off & seen).sum(axis=1) / seen.sum(axis=1)
    found: list[_Found] = []
    for at in np.flatnonzero(cover >= LINE_COVER):
        row, own_off = (rgb[at], off[at]) if seen[at].all() else (rgb[at, seen[at]], off[at, seen[at]])
        along = len(row)
        edges = np.linspace(0, along, LINE_BINS + 1).astype(int)[:-1]
        hit = np.maximum.reduceat(own_off, edges).mean() if along >= LINE_BINS else 1.0
        if hit < LINE_BINS_HIT:
            continue
        color = np.median(row[own_off], axis=0).astype(np.float32)
        unlike = np.abs(row - color).max(axis=1)
        # Where curves alone cross a bin, the line has ended: it is a side of a tall legend.
        if along >= LINE_BINS and not _runs_on(unlike < ONE_COLOR_LEVELS, own_off, edges):
            continue
        same = (unlike[own_off] < ONE_COLOR_LEVELS).mean()
        if same < LINE_ONE_COLOR:
            continue
        near_frame = min(abs(at - ends[0]), abs(at - ends[1])) <= FRAME_REACH_PX
        # Flat stretches of a curve are as long as grid lines, but end before the frame.
        faint = float(np.linalg.norm(color - paper)) < FAINT_LEVELS
        edge = max(int(SIDE_REACH * along), 3)
        own = unlike < ONE_COLOR_LEVELS / 2
        to_a_side = bool(own[:edge].any() or own[-edge:].any())
        if not (near_frame or faint or (own_off[:edge].any() and own_off[-edge:].any())):
            continue
        grey = float(color.max() - color.min()) < GREY_SATURATION + float(paper.max() - paper.min())
        if near_frame and (grey or cover[at] >= FRAME_COVER):
            found.append(_Found(int(at), color, float(cover[at]), True, to_a_side))
        elif (grey and cover[at] >= GRID_COVER) or (upright and _reaches_both_ends(own_off)):
            framed = upright and _reaches_both_ends(own_off)
            found.append(_Found(int(at), color, float(cover[at]), framed, to_a_side))
    lines = _like_their_twins(rgb, _settle(found, paper, n))
    lines += _at_even_steps(rgb, lines, ends, paper)
    known = {at for at, _ in lines}
    lines += [row for row in dotted_rows(rgb, off, paper) if row[0] not in known]
    return sorted(lines, key=lambda line: line[0])


def _runs_on(own: Mask, off: Mask, edges: NDArray[np.intp]) -> bool:
    """Whether a line shows its color in the bins at its ends, or they hold little else than other ink."""
    sizes = np.diff(np.append(edges, len(own)))
    shown = np.maximum.reduceat(own, edges)
    covered = np.add.reduceat(off.astype(np.int64), edges) >= BIN_COVERED * sizes
    bare = ~(shown | covered)[1:-1]  # spines cross the first and last
    return not (bare[:BARE_BINS].all() or bare[-BARE_BINS:].all())


def _at_even_steps(
    rgb: Image, lines: list[tuple[int, Image]], ends: tuple[float, float], paper: Image
) -> list[tuple[int, Image]]:
    """Further rows at the even steps of the lines inside the frame that show their color, here and there.

    A line that dense ink of another color hides for the most part fails as a line of its own.
    """
    inner = [line for line in lines if min(abs(line[0] - end) for end in ends) > FRAME_REACH_PX]
    if len(inner) < EVEN_LEAST:
        return []
    colors = np.array([color for _, color in inner])
    like = np.abs(colors[:, None] - colors[None]).max(axis=2) < ONE_COLOR_LEVELS / 2
    most = int(like.sum(axis=1).argmax())
    own = np.array([at for at, _ in inner])[like[most]]
    own = own[np.diff(own, prepend=-np.inf) > STACK_PX]
    if len(own) < EVEN_LEAST:
        return []
    turn = np.round((own - own[0]) / np.diff(own).min())
    step, first = np.polyfit(turn, own, 1)
    if np.abs(first + step * turn - own).max() > EVEN_PX:
        return []
    known, reach = {at for at, _ in lines}, round(STACK_PX)
    around = [[(at - line, color) for at, color in lines if abs(at - line) <= reach] for line in own]
    rows_of_one = max(around, key=len)  # soft rims of a line have colors of their own
    out: list[tuple[int, Image]] = []
    for k in range(int(np.ceil((ends[0] - first) / step)), int((ends[1] - first) / step) + 1):
        at = round(first + step * k)
        if k in turn or not ends[0] + reach + 1 < at < ends[1] - reach - 1:
            continue
        beside = max(_share_of(rgb, at - reach, colors[most]), _share_of(rgb, at + reach, colors[most]))
        fits = {r: sum(_share_of(rgb, r + off, c) for off, c in rows_of_one) for r in range(at - 1, at + 2)}
        line = max(fits, key=fits.__getitem__)
        shown = _share_of(rgb, line, colors[most])
        in_sight = shown + _share_of(rgb, line, paper)
        least = EVEN_ENDS if shown >= EVEN_OPEN * in_sight else EVEN_SHARE
        if shown >= max(least, 2 * beside):
            out += [(line + off, color) for off, color in rows_of_one if line + off not in known]
    return out


def _like_their_twins(rgb: Image, lines: list[tuple[int, Image]]) -> list[tuple[int, Image]]:
    """A row of an odd color between rows of the same color is part of a fill.

    Where some of it shows the color on which the other lines agree, it is a line under a fill or under
    a flat stretch of a curve.
    """
    colors = np.array([color for _, color in lines]).reshape(-1, 3)
    alike = (np.abs(colors[:, None] - colors[None]).max(axis=2) < ONE_COLOR_LEVELS / 2).sum(axis=1)
    if len(lines) < 3 or alike.max() < MOST_TWINS * len(lines):
        return lines
    common = colors[int(alike.argmax())]
    out = []
    for (at, color), n in zip(lines, alike, strict=True):
        bare = _share_of(rgb, at, common) >= BARE_LEAST
        filled = _in_a_fill(rgb, at, color)
        if n < alike.max() and bare and (filled or _longest_run(rgb, at, color) >= LONG_RUN):
            out.append((at, common))
        elif n == alike.max() or not filled:
            out.append((at, color))
    return out


def _share_of(rgb: Image, at: int, color: Image) -> float:
    return float((np.abs(rgb[at] - color).max(axis=1) < ONE_COLOR_LEVELS / 2).mean())


def _longest_run(rgb: Image, at: int, color: Image) -> float:
    """The longest stretch of a row in one color, as a share of the row."""
    own = np.concatenate([[False], np.abs(rgb[at] - color).max(axis=1) < ONE_COLOR_LEVELS, [False]])
    edge = np.flatnonzero(np.diff(own.astype(np.int8)))
    return float((edge[1::2] - edge[::2]).max(initial=0) / len(rgb[at]))


def _in_a_fill(rgb: Image, at: int, color: Image) -> bool:
    reach = round(STACK_PX)
    beside = [at - reach, at + reach]
    own = _share_of(rgb, at, color)
    return all(0 <= b < len(rgb) and _share_of(rgb, b, color) >= FILL_SHARE * own for b in beside)


def _reaches_both_ends(off: Mask) -> bool:
    edge = max(int(UPRIGHT_ENDS * len(off)), 3)
    return bool(off[:edge].any() and off[-edge:].any() and np.convolve(off, np.ones(edge), "valid").min() > 0)


class _Found(NamedTuple):
    """A row that may be a line: its color, its share of ink, whether a spine, whether it reaches a side."""

    at: int
    color: Image
    cover: float
    framed: bool
    to_a_side: bool


def _settle(found: list[_Found], paper: Image, n: int) -> list[tuple[int, Image]]:
    """Drop lines without a twin that are not faint or end before both sides, and stacks of dense ink."""
    inner = [f for f in found if not f.framed]
    kept: list[tuple[int, Image]] = [(f.at, f.color) for f in found if f.framed]
    for line in inner:
        faint = line.to_a_side and float(np.linalg.norm(line.color - paper)) < FAINT_LEVELS
        near = ONE_COLOR_LEVELS if line.to_a_side else ONE_COLOR_LEVELS / 2
        twin = any(
            abs(f.at - line.at) > STACK_PX and np.abs(f.color - line.color).max() < near for f in inner
        )
        if not (faint or twin or line.cover >= FULL_COVER):
            continue
        stack = {f.at for f in found if abs(f.at - line.at) <= 2 * STACK_PX + STACK_SHARE * n}
        if _run_around(line.at, stack) > max(STACK_PX, STACK_SHARE * n) and line.cover < STACK_COVER:
            continue
        kept.append((line.at, line.color))
    return sorted(kept, key=lambda line: line[0])


def _run_around(at: int, rows: set[int]) -> int:
    low = high = at
    while low - 1 in rows:
        low -= 1
    while high + 1 in rows:
        high += 1
    return high - low + 1


def _as_line(pixels: Image, back: Image, paper: Image, color: Image, tolerance: float) -> Image:
    """The background along a line: the pixel itself where it is a mix of paper and line colour."""
    ray = color - paper
    length = float(ray @ ray)
    if length < 1.0:
        return back
    t = np.clip((pixels - paper) @ ray / length, 0.0, 1.0)
    on = paper + t[:, None] * ray
    is_line = np.abs(pixels - on).max(axis=1) <= tolerance
    return np.where(is_line[:, None], pixels, back).astype(np.float32)
