"""Connected pieces of a mask, with the types that the rest of the room relies on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.vision.ink.background import Mask

Labels = NDArray[np.int32]
Stats = NDArray[np.int32]
Centers = NDArray[np.float64]


def pieces_of(mask: Mask) -> tuple[int, Labels, Stats, Centers]:
    """Pieces of `mask` (8-neighbours): their number with the background, labels, boxes and middles.

    ``stats`` has one row (left, top, width, height, area) per piece, the background first.
    """
    n, labels, stats, centers = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return (
        n,
        np.asarray(labels, dtype=np.int32),
        np.asarray(stats, dtype=np.int32),
        np.asarray(centers, dtype=float),
    )


def grown(mask: Mask, dx: int = 1, dy: int = 1) -> Mask:
    """The mask, `dx` px wider on both sides and `dy` px taller."""
    kernel = np.ones((2 * dy + 1, 2 * dx + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)


def middles_of(inside: NDArray[np.intp], width: int) -> NDArray[np.float64]:
    """Middles (x, y) of the pieces of a mask that holds little, (N, 2): its pixels are linked alone.

    Parameters
    ----------
    inside : (M,) int array
        Where the mask is true, ascending places in the flattened mask.
    width : int
        Columns of the mask.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    y, x = np.divmod(inside, width)
    wide = width + 2  # no pixel at one side is beside one at the other
    at = y * wide + x
    if len(at) == 0:
        return np.empty((0, 2))
    beside = at[:, None] + np.array([1, wide - 1, wide, wide + 1])
    found = np.minimum(np.searchsorted(at, beside), len(at) - 1)
    one, which = np.nonzero(at[found] == beside)
    links = coo_array((np.ones(len(one)), (one, found[one, which])), shape=(len(at), len(at)))
    n, of = connected_components(links, directed=False)
    count = np.bincount(of, minlength=n)
    return np.stack([np.bincount(of, x, n) / count, np.bincount(of, y, n) / count], axis=1)
