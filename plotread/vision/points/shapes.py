"""Which marker stands at the logged points: drawings of each shape are laid over the picture.

Signed distance functions give the coverage of pixels by each shape at sub-pixel places; the line
between the points is drawn along.  The shape and size whose drawing comes closest wins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from plotread.model import Floats

MOST_TEETH = 10  # places looked at: those least covered by others
SIDE = 25  # samples across a patch, at most; larger markers are looked at in every second pixel and so on
SIZE_STEP = 1.13  # from one size tried to the next
LEAST_RADIUS_PX, LEAST_RADIUS_WIDTHS = 1.5, 0.6  # half a marker's size: px, stroke widths
PATCH_RADII = 1.3  # half the patch in radii of the largest marker
ARMS = (0.22, 0.42, 0.67, 0.94)  # thickness of the arms of x and +, in radii, beside the stroke's own width
ODD_SHAPE = 1.35  # misfit by which a small mark of another shape must win over a disc
LEAST_MISFIT = 0.006  # mean square of coverage; a bare line drawn so well leaves no room for a marker
BARE = 0.8  # misfit with a marker over that without, up to which there is one
SNAP_PX = 0.6  # markers stand off their points by half a pixel at most, by the renderer's rounding
LEAST_OFFSET_INK = 2.0  # px^2 of ink beyond the line; less does not tell where the marker stands
TOUCHING = 1.2  # diameter in pitches; of markers that overlap so little of their own shape shows
# How much more of the ink beyond the line a shape must explain than a disc to be told from one.
SHAPE_LEAD = {"s": 1.05, "D": 1.05, "^": 1.05, "v": 1.05, "x": 1.05, "+": 1.1, "*": 1.1}
TOUCHING_LEAD = 1.15  # the same for markers that overlap
DOT_WIDTHS, DOT_TEXTS = 2.75, 0.67  # diameter in stroke widths and text heights up to which a disc is a dot
BAR_RIM_PX = 1.0  # of an error bar beyond half the pen
BARRED = 0.5  # of the misfit that is left beside an upright stroke where that is an error bar
TRUST_FLOOR = 0.01  # mean square of coverage; places drawn worse than this by every shape count less


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker found: its letter, half its size (px), its misfit and the bare line's (mean squares)."""

    letter: str
    radius: float
    misfit: float
    bare: float

    @property
    def certain(self) -> bool:
        return self.misfit <= BARE * self.bare


def _disc(x: Floats, y: Floats, r: float, w: float) -> Floats:
    return np.asarray(np.hypot(x, y) - r)


def _square(x: Floats, y: Floats, r: float, w: float) -> Floats:
    return np.maximum(np.abs(x), np.abs(y)) - r


def _diamond(x: Floats, y: Floats, r: float, w: float) -> Floats:
    return (np.abs(x) + np.abs(y) - r) / 2**0.5


def _tall_triangle(x: Floats, y: Floats, r: float, w: float) -> Floats:
    return np.maximum(y - r, (2 * np.abs(x) - y - r) / 5**0.5)


def _even_triangle(x: Floats, y: Floats, r: float, w: float) -> Floats:
    return np.maximum(y - r / 2, (3**0.5 * np.abs(x) - y - r) / 2)


def _plus(x: Floats, y: Floats, r: float, w: float) -> Floats:
    across = np.maximum(np.abs(x) - r, np.abs(y) - w / 2)
    return np.minimum(across, np.maximum(np.abs(y) - r, np.abs(x) - w / 2))


def _cross(x: Floats, y: Floats, r: float, w: float) -> Floats:
    return _plus((x + y) / 2**0.5, (x - y) / 2**0.5, 2**0.5 * r, w)


def _asterisk(x: Floats, y: Floats, r: float, w: float) -> Floats:
    return np.minimum(_plus(x, y, r, w), _plus((x + y) / 2**0.5, (x - y) / 2**0.5, r, w))


def _star(x: Floats, y: Floats, r: float, w: float) -> Floats:
    """Five points; the distance along the ray, shortened for the slant of the sides."""
    angle = np.abs((np.arctan2(x, -y) / (2 * np.pi) * 5 + 0.5) % 1.0 - 0.5) * 2  # 0 at a tip, 1 between
    inner = 0.382
    half = np.pi / 5
    # the side runs from the tip (r, 0) to the notch (inner r, half)
    across = angle * half
    edge = r * inner * np.sin(half) / (inner * np.sin(half - across) + np.sin(across))
    return np.asarray((np.hypot(x, y) - edge) * 0.6)


Shape = Callable[[Floats, Floats, float, float], Floats]
SOLID: tuple[tuple[str, Shape], ...] = (
    ("o", _disc),
    ("s", _square),
    ("D", _diamond),
    ("^", _tall_triangle),
    ("^", _even_triangle),
    ("v", lambda x, y, r, w: _tall_triangle(x, -y, r, w)),
    ("v", lambda x, y, r, w: _even_triangle(x, -y, r, w)),
    ("*", _star),
)
ARMED: tuple[tuple[str, Shape], ...] = (("x", _cross), ("+", _plus), ("*", _asterisk))


def find_mark(
    coverage: np.ndarray, free: np.ndarray, x: Floats, y: Floats, width: float, most_px: float,
    *, line: float, text_px: float = 0.0, crossed: bool = False
) -> Mark | None:  # fmt: skip
    """The marker drawn at points of a curve.

    Parameters
    ----------
    coverage : (h, w) float array
        Share of the curve's ink.
    free : (h, w) bool array
        Pixels that nothing else covers.
    x, y : (K,) float arrays
        Logged points, px of the array, x ascending.
    width : float
        Stroke, px.
    most_px : float
        Half the size of the largest marker that is tried.
    line : float
        Mean coverage of the line that joins the points: 1 of a solid one, 0 where there is none.
    text_px : float
        Height of the digits at the ticks, 0 where unknown.
    crossed : bool
        Whether the markers are known to be crosses; only their size is then looked for.

    Returns
    -------
    Mark or None
        None where too little of any point shows, or the bare line explains all.
    """
    pitch = float(np.median(np.diff(x))) if len(x) > 1 else 4 * most_px
    most_px = min(most_px, max(0.75 * pitch, LEAST_RADIUS_PX))
    half = int(np.ceil(PATCH_RADII * most_px)) + 1
    patches = _patches(coverage, free, x, y, half)
    if patches is None:
        return None
    target, weight, dx, dy, chosen = patches
    weight = weight * (np.abs(dx) <= max(pitch / 2, LEAST_RADIUS_PX))  # beyond it the next one stands
    stroke = line * _stroke(x, y, chosen, dx, dy, width)
    dx, dy = _centered(dx, dy, weight * np.maximum(target - stroke, 0))
    if float((weight * (target - stroke) ** 2).sum()) < LEAST_MISFIT * float(weight.sum()):
        return None
    tried: list[tuple[str, float]] = []
    drawings = [stroke]
    radius = max(LEAST_RADIUS_PX, LEAST_RADIUS_WIDTHS * width if line else 0.0)
    while radius <= most_px * 1.01:
        for letter, drawn in _drawings(dx, dy, radius, width, stroke):
            tried.append((letter, radius))
            drawings.append(drawn)
        radius *= SIZE_STEP
    if not tried:
        return None
    bare, *found = _misfits(target, weight, drawings)
    beside = weight * (np.abs(dx) > width / 2 + BAR_RIM_PX)
    if min(found) >= LEAST_MISFIT and beside.any(axis=(1, 2)).all():
        bare_beside, *found_beside = _misfits(target, beside, drawings)
        if min(found_beside) <= BARRED * min(found):  # an error bar stands on it
            bare, found = bare_beside, found_beside
    discs = [(m, r) for m, (letter, r) in zip(found, tried, strict=True) if letter == "o"]
    larger = min(discs)[1] * SIZE_STEP > most_px * 1.01  # markers are larger than tried: no outline shows

    def score(m: float, letter: str, r: float) -> float:
        if letter == "o":
            return m
        reach = r * 2**0.5 if letter == "x" else r  # its arms run to the corners
        overlap = letter != "s" and 2 * r > TOUCHING * pitch
        led = bare - (bare - m) / (TOUCHING_LEAD if overlap else SHAPE_LEAD[letter])
        # Hardly beyond the stroke all shapes look alike.
        alike = larger or (line and 2 * reach <= DOT_WIDTHS * width)
        return max(led, m * ODD_SHAPE) if alike else led

    scores = [score(m, letter, r) for m, (letter, r) in zip(found, tried, strict=True)]
    best = int(np.argmin(scores))
    misfit, (letter, radius) = scores[best], tried[best]
    if crossed:
        return Mark("x", radius, misfit, bare)
    if larger and 2 * radius > TOUCHING * pitch and letter not in ("o", "s"):
        letter = "o"
    dot = bool(line) and 2 * radius <= min(DOT_WIDTHS * width, DOT_TEXTS * (text_px or np.inf))
    return Mark("." if dot and letter == "o" else letter, radius, misfit, bare)


def _misfits(target: Floats, weight: Floats, drawings: list[Floats]) -> list[float]:
    """Mean squares of coverage by which drawings of all places miss the picture.

    Where the line between the points goes astray no shape fits: such a place says little of the shape.
    """
    area = weight.sum(axis=(1, 2))
    rows = np.array([(weight * (target - drawn) ** 2).sum(axis=(1, 2)) for drawn in drawings])
    rows /= np.maximum(area, 1.0)
    trust = area / (TRUST_FLOOR + rows.min(axis=0))
    return [float(misfit) for misfit in rows @ trust / trust.sum()]


def _centered(dx: Floats, dy: Floats, ink: Floats) -> tuple[Floats, Floats]:
    """Places relative to the markers' own centers: renderers snap each marker to whole pixels.

    A triangle's ink lies below or above its center alike at all points, so up and down only what
    one marker differs from the others counts.
    """
    mass = np.maximum(ink.sum(axis=(1, 2)), LEAST_OFFSET_INK)
    x = np.clip((ink * dx).sum(axis=(1, 2)) / mass, -SNAP_PX, SNAP_PX)
    y = (ink * dy).sum(axis=(1, 2)) / mass
    y = np.clip(y - np.median(y), -SNAP_PX, SNAP_PX)
    return dx - x[:, None, None], dy - y[:, None, None]


def _drawings(dx: Floats, dy: Floats, r: float, w: float, stroke: Floats) -> list[tuple[str, Floats]]:
    out = []
    for letter, shape in SOLID:
        distance = shape(dx, dy, r, w)
        out.append((letter, np.maximum(stroke, np.clip(0.5 - distance, 0, 1))))
        if r > w + 1:
            ring = np.clip(w / 2 + 0.5 - np.abs(distance), 0, 1)
            out.append((letter, np.maximum(ring, stroke)))
            out.append((letter, np.where(distance < 0, ring, np.maximum(ring, stroke))))
    for letter, shape in ARMED:
        for thick in (w, *(share * r for share in ARMS)):
            out.append((letter, np.maximum(stroke, np.clip(0.5 - shape(dx, dy, r, thick), 0, 1))))
    return out


def pixels_around(
    x: Floats, y: Floats, across: np.ndarray, down: np.ndarray, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Columns (K, 1, C) and rows (K, R, 1) around each place, which are in sight, and their index."""
    columns = np.round(x).astype(int)[:, None, None] + across[None, None, :]
    rows = np.round(y).astype(int)[:, None, None] + down[None, :, None]
    h, w = shape
    inside = (columns >= 0) & (columns < w) & (rows >= 0) & (rows < h)
    return columns, rows, inside, (np.clip(rows, 0, h - 1), np.clip(columns, 0, w - 1))


def _patches(
    coverage: np.ndarray, free: np.ndarray, x: Floats, y: Floats, half: int
) -> tuple[Floats, Floats, Floats, Floats, np.ndarray] | None:
    """(K, P, P) coverage, weight and places relative to the points, of the freest points."""
    step = max(1, -(-(2 * half + 1) // SIDE))
    offsets = np.arange(-half, half + 1, step)
    columns, rows, inside, at = pixels_around(x, y, offsets, offsets, coverage.shape)
    weight = (inside & free[at]).astype(np.float64)
    shown = weight.mean(axis=(1, 2))
    chosen = np.sort(np.argsort(-shown, kind="stable")[:MOST_TEETH])
    chosen = chosen[shown[chosen] > 0.3]
    if len(chosen) == 0:
        return None
    dx = np.broadcast_to(columns[chosen] - x[chosen, None, None], weight[chosen].shape)
    dy = np.broadcast_to(rows[chosen] - y[chosen, None, None], weight[chosen].shape)
    target = np.asarray(coverage[at], dtype=np.float64)[chosen]
    return target, weight[chosen], dx, dy, chosen


def _stroke(x: Floats, y: Floats, chosen: np.ndarray, dx: Floats, dy: Floats, width: float) -> Floats:
    """Coverage of the patches by the pieces of line to both sides of each point."""
    nearest = np.full(dx.shape, np.inf)
    for step in (-1, 1):
        other = np.clip(chosen + step, 0, len(x) - 1)
        bx, by = (x[other] - x[chosen])[:, None, None], (y[other] - y[chosen])[:, None, None]
        length2 = np.maximum(bx * bx + by * by, 1e-9)
        along = np.clip((dx * bx + dy * by) / length2, 0, 1)
        nearest = np.minimum(nearest, np.hypot(dx - along * bx, dy - along * by))
    return np.asarray(np.clip(width / 2 + 0.5 - nearest, 0, 1))
