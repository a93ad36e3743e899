"""The pixel convention, rectangles, and the rule for resizing.

Pixels are floats, x right, y down.  A whole number is a pixel *centre*: (0, 0) is the centre
of the top-left pixel, so an image of width W spans -0.5 to W - 0.5.  Coordinates are always
those of the whole image, never of a crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels, half-open like a slice: ``image[y0:y1, x0:x1]``.

    Attributes
    ----------
    x0, y0, x1, y1 : int
        Left and top (inclusive), right and bottom (exclusive), in px of the whole image.
    """

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        """Centre (x, y) in px; a one-pixel box has its centre on that pixel."""
        return (self.x0 + self.x1 - 1) / 2, (self.y0 + self.y1 - 1) / 2

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices, for ``image[box.slices]``."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def pad(self, dx: int, dy: int | None = None) -> Box:
        dy = dx if dy is None else dy
        return Box(self.x0 - dx, self.y0 - dy, self.x1 + dx, self.y1 + dy)

    def clip(self, width: int, height: int) -> Box:
        """The part of the box that lies in an image of this size (px)."""
        x0, y0 = min(max(self.x0, 0), width), min(max(self.y0, 0), height)
        return Box(x0, y0, min(max(self.x1, x0), width), min(max(self.y1, y0), height))

    def union(self, other: Box) -> Box:
        return Box(
            min(self.x0, other.x0), min(self.y0, other.y0),
            max(self.x1, other.x1), max(self.y1, other.y1),
        )

    def overlap(self, other: Box) -> int:
        """Area (px^2) that both boxes cover."""
        w = min(self.x1, other.x1) - max(self.x0, other.x0)
        h = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(w, 0) * max(h, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot area of a panel: the centre lines of its spines, in px (floats).

    Where a panel has no spines these are the edges of its filled area, or of its grid.
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def inner(self) -> Box:
        """The pixels inside the frame, its lines included."""
        return Box(
            round(self.left), round(self.top), round(self.right) + 1, round(self.bottom) + 1
        )

    def contains(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def iou(self, other: Frame) -> float:
        """Area shared by both frames over the area of their union, 0 to 1."""
        w = min(self.right, other.right) - max(self.left, other.left)
        h = min(self.bottom, other.bottom) - max(self.top, other.top)
        if w <= 0 or h <= 0:
            return 0.0
        shared = w * h
        return shared / (self.width * self.height + other.width * other.height - shared)


def in_column(a: Frame, b: Frame, slack: float) -> bool:
    """Whether two frames stand one above the other, their sides in line."""
    return abs(a.left - b.left) <= slack and abs(a.right - b.right) <= slack


def in_row(a: Frame, b: Frame, slack: float) -> bool:
    """Whether two frames stand side by side, top and bottom in line."""
    return abs(a.top - b.top) <= slack and abs(a.bottom - b.bottom) <= slack


def nearer_above(box: Box, frame: Frame, frames: Sequence[Frame]) -> bool:
    """Whether what stands below a frame is nearer to one of `frames` under it: in its title, its offset."""
    return any(
        frame.bottom < f.top and f.left < box.x1 and box.x0 < f.right
        and f.top - box.y1 < box.y0 - frame.bottom
        for f in frames
    )  # fmt: skip


def distance_to_path(points: NDArray[np.float64], path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each point (N, 2) from a polyline (K, 2), (N,)."""
    start, step = path[:-1], np.diff(path, axis=0)
    off = points[:, None] - start[None]
    share = np.clip((off * step).sum(axis=2) / np.maximum((step**2).sum(axis=1), 1e-9), 0, 1)
    rest = off - share[..., None] * step
    return np.asarray(np.hypot(rest[..., 0], rest[..., 1]).min(axis=1))


def to_resized(px: NDArray[np.float64] | float, factor: float) -> NDArray[np.float64] | float:
    """Where a pixel coordinate lies after the image was resized by `factor`.

    Centres are whole numbers, so the edge of the image (-0.5) is what stays fixed: OpenCV and
    Pillow both resize so.  Plain multiplication is a third of a pixel off at factor 3.

    >>> to_resized(10.0, 3)
    31.0
    """
    return (px + 0.5) * factor - 0.5


def from_resized(px: NDArray[np.float64] | float, factor: float) -> NDArray[np.float64] | float:
    """The inverse of `to_resized`.

    >>> from_resized(31.0, 3)
    10.0
    """
    return (px + 0.5) / factor - 0.5


def cluster(values: Sequence[float], gap: float) -> list[list[int]]:
    """Group numbers along a line: neighbours closer than `gap` share a group.

    Parameters
    ----------
    values : sequence of float, any order
    gap : float
        Largest distance between neighbours of one group, in the unit of `values`.

    Returns
    -------
    list of lists of int
        Indices into `values`, each group ascending, the groups in ascending order.

    >>> cluster([5.0, 1.0, 1.4, 9.0], gap=0.5)
    [[1, 2], [0], [3]]
    """
    groups: list[list[int]] = []
    order = sorted(range(len(values)), key=lambda i: (values[i], i))
    for i in order:
        if groups and values[i] - values[groups[-1][-1]] <= gap:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups
