"""Long straight lines: spines, gridlines and the edges of fills, to a fraction of a pixel.

A row-to-row step of brightness that runs on for several text heights is an edge; two edges of
opposite sign close together are a stroke.  Found for rows, then for columns by transposing.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import cluster
from plotread.vision.types import Line, Raster, RGBImage, Ruler

STEP_LEVELS = 5  # smallest step between neighboring rows: faint gridlines have little more
LOSSY_STEP_LEVELS = 8  # the same under JPEG noise
GAP_HEIGHTS = 0.7  # text heights: gaps to close within a line (dashes, crossing strokes)
LEAST_HEIGHTS = 4.0  # text heights: shorter runs are letters, ticks and swatches
LEAST_FILLED = 0.30  # share of a run that shows the step itself; titles close up to less
LEAST_AGREEING = 0.65  # share of its steps near their median; a curve's or a title's vary
AGREEING_SHARE, AGREEING_LEVELS = 0.20, 4.0  # what "near" means: of the median, or levels
STROKE_HEIGHTS = 0.6  # text heights: two opposite edges this close are one stroke
END_PIECE_HEIGHTS, END_GAP_HEIGHTS = 1.25, 0.2  # glued letters, as tall as digits: short, behind a gap
DASHES, DASH_SPREAD_PX = 6, 2  # so many pieces of one length, none longer, are dashes, not letters
LEGENDS = 2  # translucent boxes that lie on one gridline, and pale it
FAINT_LEVELS = 80  # a line with smaller steps is no spine, and letters are darker than it
LEAST_DEPTH = 0.2  # of a line's step; what shows less, around letters beside it, is noise
END_PIECE_PX = 3  # shortest end piece that shows its own step
NOISE_HEIGHTS, LEAST_AGREEING_END = 5.0, 0.3  # longer end pieces, and the share of steps that are the line's
MAX_LINES = 800  # of one direction; more are the strokes of a picture or a page, and the longest count
UNION_GAP_SHARE = 0.35  # of the union: collinear fragments are also tried as one line
UNION_OFFSET_PX = 1.0  # across the line, between fragments of one line
LARGE_PX = 1800  # larger pictures are searched at a reduced size
REMEASURE_PX, REMEASURE_SAMPLES = 3, 301  # rows beside the blurred place, and columns, that place it exactly
REDUCED_HEIGHT_PX = 8.5  # text height at which lines are still found to 0.1 px


def find_lines(raster: Raster, ruler: Ruler) -> tuple[Line, ...]:
    """Find straight horizontal and vertical lines.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler

    Returns
    -------
    tuple of Line
        Positions and ends in px of the whole image; horizontal ones first.
    """
    rgb, factor = raster.rgb, 1.0
    if max(rgb.shape[:2]) > LARGE_PX and ruler.text_height_px > REDUCED_HEIGHT_PX:
        factor = max(REDUCED_HEIGHT_PX / ruler.text_height_px, 0.25)
        rgb = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.uint8)
    height = ruler.text_height_px * factor
    least = LOSSY_STEP_LEVELS if raster.lossy else STEP_LEVELS
    found = _along_rows(rgb, height, least, True)
    found += _along_rows(np.asarray(cv2.transpose(rgb), dtype=np.uint8), height, least, False)
    if factor == 1.0:
        return tuple(found)

    def full(px: float) -> float:
        return (px + 0.5) / factor - 0.5

    enlarged = [
        Line(line.horizontal, full(line.position), full(line.start), full(line.end), line.kind)
        for line in found
    ]
    return tuple(_remeasured(raster.rgb, line, 1 / factor, least) for line in enlarged)


def _remeasured(rgb: RGBImage, line: Line, blur: float, least: int) -> Line:
    """A line found in a reduced picture, placed by the pixels of the picture itself.

    `blur` is how many px made one of the reduced picture.
    """
    view = rgb if line.horizontal else rgb.transpose(1, 0, 2)
    reach = int(np.ceil(blur)) + REMEASURE_PX
    low, high = round(line.position) - reach, round(line.position) + reach + 1
    if low < 0 or high > view.shape[0] or line.end - line.start < 1:
        return line
    columns = np.linspace(line.start, line.end, REMEASURE_SAMPLES).round().astype(int)
    profile = np.median(view[low:high, np.clip(columns, 0, view.shape[1] - 1)], axis=1)
    step = np.diff(profile, axis=0)
    step = np.take_along_axis(step, np.abs(step).argmax(axis=1)[:, None], axis=1)[:, 0]
    edges = []
    for sign in (1, -1):
        strength = np.maximum(step * sign, 0)
        peak = int(strength.argmax())
        if strength[peak] < least:
            continue
        first = last = peak
        while first > 0 and strength[first - 1] > 0:
            first -= 1
        while last < len(strength) - 1 and strength[last + 1] > 0:
            last += 1
        weight = strength[first : last + 1]
        place = float(np.average(np.arange(first, last + 1), weights=weight))
        edges.append((float(strength[peak]), low + 0.5 + place))
    if len(edges) < (2 if line.kind == "stroke" else 1):
        return line
    position = max(edges)[1] if line.kind == "edge" else (edges[0][1] + edges[1][1]) / 2
    return replace(line, position=position) if abs(position - line.position) <= blur else line


def _along_rows(rgb: RGBImage, height: float, least: int, horizontal: bool) -> list[Line]:
    step = _signed_step(rgb)
    edges = []
    for sign in (1, -1):
        edges.append(_edges(step * sign, height, least))
    lines = _pair(edges[0], edges[1], height)
    lines = sorted(lines, key=lambda line: (line[1] - line[2], line))[:MAX_LINES]
    lines += _unions(sorted(lines))[:MAX_LINES]
    return [Line(horizontal, p, a, b, "stroke" if stroke else "edge") for p, a, b, stroke in lines]


def _signed_step(rgb: RGBImage) -> NDArray[np.int16]:
    """Step from each row to the next in the channel that changes most, (H - 1, W)."""
    difference = rgb[1:].astype(np.int16) - rgb[:-1]
    r, g, b = difference[..., 0], difference[..., 1], difference[..., 2]
    best = np.where(np.abs(g) > np.abs(r), g, r)
    return np.where(np.abs(b) > np.abs(best), b, best)


Edge = tuple[float, float, float, float]  # position, start, end, strength
Run = tuple[int, int, int, float]  # row, start, end, strength


def _edges(step: NDArray[np.int16], height: float, least: int) -> list[Edge]:
    """Edges whose steps are positive: runs of rows, merged over adjacent rows."""
    on = step >= least
    closed = cv2.morphologyEx(
        on.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, max(1, round(GAP_HEIGHTS * height)) | 1), np.uint8)
    )
    padded = np.zeros((closed.shape[0], closed.shape[1] + 2), np.int8)
    padded[:, 1:-1] = closed
    turn = np.diff(padded, axis=1)
    rows, starts = np.nonzero(turn == 1)
    _, ends = np.nonzero(turn == -1)
    long = ends - starts >= LEAST_HEIGHTS * height
    runs: list[Run] = []
    for row, first, last in zip(rows[long].tolist(), starts[long].tolist(), ends[long].tolist(), strict=True):
        start, end = _trim(step[row, first:last], first, height, least)
        if end - start < LEAST_HEIGHTS * height:
            continue
        runs += _even(step[row, start:end], row, start, height, least)
    return _merge_rows(runs)


def _even(values: NDArray[np.int16], row: int, start: int, height: float, least: int) -> list[Run]:
    """The run where its steps agree: whole, or without what a translucent legend pales."""
    on = values >= least
    if on.mean() < LEAST_FILLED:
        return []
    middle = float(np.median(values[on]))
    if _near(values[on], middle).mean() >= LEAST_AGREEING:
        return [(row, start, start + len(values) - 1, middle)]
    strong = float(np.median(values[on & (values >= middle)]))
    first = _near(values[on], strong)
    if strong > FAINT_LEVELS or first.all() or np.count_nonzero(np.diff(first)) > 2 * LEGENDS:
        return []
    pale = values[on][~first]
    if np.mean(_near(pale, float(np.median(pale)))) < LEAST_AGREEING:
        return []
    return [(row, start, start + len(values) - 1, strong)]


def _near(values: NDArray[np.int16], middle: float) -> NDArray[np.bool_]:
    """Which steps are those of a line with steps of `middle`."""
    return np.asarray(np.abs(values - middle) <= max(AGREEING_LEVELS, AGREEING_SHARE * middle))


def _trim(values: NDArray[np.int16], offset: int, height: float, least: int) -> tuple[int, int]:
    """Drop short pieces at both ends that a gap parts from the rest: letters glued to a spine.

    A gridline that a curve cuts near its end leaves such a piece too; its step is that of the line,
    and much fainter than a letter's.  Around letters in a JPEG even longer pieces are noise.
    """
    at = np.flatnonzero(values >= least)
    if len(at) == 0:
        return offset, offset
    at = np.flatnonzero(values >= max(least, LEAST_DEPTH * float(np.median(values[at]))))
    breaks = np.flatnonzero(np.diff(at) > END_GAP_HEIGHTS * height + 1)
    first = np.concatenate([[0], breaks + 1])
    last = np.concatenate([breaks, [len(at) - 1]])
    lengths = at[last] - at[first] + 1
    inner = lengths[1:-1]
    if len(lengths) >= DASHES and max(np.ptp(inner), lengths.max() - inner.max()) <= DASH_SPREAD_PX:
        return offset + int(at[0]), offset + int(at[-1]) + 1
    middle = float(np.median(values[at]))
    pieces = [values[at[i : j + 1]] for i, j in zip(first, last, strict=True)]
    short = lengths < END_PIECE_HEIGHTS * height

    def foreign(i: int) -> bool:
        near = _near(pieces[i], middle)
        if short[i]:
            # At its ends the piece is blurred, by the curve and by where the line itself ends.
            return not (middle <= FAINT_LEVELS and near.sum() >= END_PIECE_PX and near[1:-1].all())
        return bool(lengths[i] < NOISE_HEIGHTS * height and near.mean() < LEAST_AGREEING_END)

    def outside(order: list[int]) -> int:
        """How many pieces from one end on are foreign; behind one, short ones are letters of its word."""
        count = 0
        while count < len(order) - 1 and (foreign(order[count]) or (count > 0 and short[order[count]])):
            count += 1
        return count

    order = list(range(len(pieces)))
    lo = outside(order)
    hi = len(order) - 1 - outside(order[: lo - 1 if lo else None : -1])
    return offset + int(at[first[lo]]), offset + int(at[last[hi]]) + 1


def _merge_rows(runs: list[Run]) -> list[Edge]:
    """Runs of adjacent rows that overlap are one blurred edge, placed at its centroid."""
    edges: list[list[Run]] = []
    open_groups: list[list[Run]] = []
    for run in runs:  # ascending rows
        open_groups = [g for g in open_groups if run[0] - g[-1][0] <= 1]
        for group in open_groups:
            last = group[-1]
            if last[0] == run[0]:
                continue
            shared = min(last[2], run[2]) - max(last[1], run[1])
            if shared > 0.5 * min(last[2] - last[1], run[2] - run[1]):
                group.append(run)
                break
        else:
            edges.append([run])
            open_groups.append(edges[-1])
    out = []
    for group in edges:
        weight = sum(r[3] for r in group)
        strongest = max(group, key=lambda r: r[3] * (r[2] - r[1]))
        position = sum((r[0] + 0.5) * r[3] for r in group) / weight
        out.append((position, float(strongest[1]), float(strongest[2]), weight))
    return out


def _pair(up: list[Edge], down: list[Edge], height: float) -> list[tuple[float, float, float, bool]]:
    """Join opposite edges to strokes, nearest first; what stays alone is the edge of a fill."""
    candidates = []
    down_at = np.array([e[0] for e in down])
    for i, edge in enumerate(up):
        for j in np.flatnonzero(np.abs(down_at - edge[0]) <= max(STROKE_HEIGHTS * height, 1.5)).tolist():
            other = down[j]
            shared = min(edge[2], other[2]) - max(edge[1], other[1])
            if shared > 0.7 * max(edge[2] - edge[1], other[2] - other[1]):
                candidates.append((abs(edge[0] - other[0]), i, j))
    lines, used_up, used_down = [], set(), set()
    for _, i, j in sorted(candidates):
        if i in used_up or j in used_down:
            continue
        used_up.add(i)
        used_down.add(j)
        a, b = up[i], down[j]
        lines.append(((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[2], b[2]), True))
    for edges, used in ((up, used_up), (down, used_down)):
        lines += [(e[0], e[1], e[2], False) for i, e in enumerate(edges) if i not in used]
    return sorted(lines)


def _unions(lines: list[tuple[float, float, float, bool]]) -> list[tuple[float, float, float, bool]]:
    """Collinear fragments with small gaps, joined; they compete with their parts."""
    extra = []
    for group in cluster([line[0] for line in lines], UNION_OFFSET_PX):
        members = sorted((lines[i] for i in group), key=lambda m: m[1])
        for i in range(len(members)):
            end, gaps, stroke = members[i][2], 0.0, members[i][3]
            for other in members[i + 1 :]:
                gap = other[1] - end
                gaps += max(gap, 0.0)
                end = max(end, other[2])
                if gaps > UNION_GAP_SHARE * (end - members[i][1]):
                    break
                if gap > 0:
                    extra.append(((members[i][0] + other[0]) / 2, members[i][1], end, stroke and other[3]))
    return extra
