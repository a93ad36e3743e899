"""A crop of a tick label as the number reader wants it: one channel, height 24, background 0, ink 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Crop = NDArray[np.uint8]

HEIGHT_PX = 24  # input height of the number reader
MARGIN_PX = 2  # background kept above and below the ink, px of the input: strokes at the edge keep their rims
SIDE_PX = 4  # background added left and right, px of the input: the first glyph gets its context
WIDTH_STEP_PX = 16  # inputs are padded to multiples of this, so that equal widths share a batch
MAX_WIDTH_PX = 480  # twenty times the height: longer than any number; what is longer is squeezed
MIN_CONTRAST = (
    24.0  # grey levels: below this a crop is taken as empty, not stretched until noise looks like ink
)
INK_SHARE = (
    0.3  # of the strongest ink: rows and columns that reach it hold text, weaker ones are rims or noise
)

# The tail of a comma below a line of digits:
DIGIT_ROW_SHARE = 0.25  # of the ink of a typical row: rows of digits have more, rows of a tail less
TAIL_HEIGHTS = 0.35  # digit heights that a tail reaches down
TAIL_WIDTHS = 0.4  # and is wide
TAIL_INK = 0.15  # of the strongest ink: tails of 10 px letters may be this faint


def prepare(
    crop: Crop, height: int = HEIGHT_PX, most: int = MAX_WIDTH_PX
) -> NDArray[np.float32] | None:  # fmt: skip
    """Contrast to the background, trimmed to the ink and scaled to the reader's height.

    Parameters
    ----------
    crop : (h, w, 3) uint8 array
        RGB; the median of its border is taken as background, so light on dark reads alike.
    height, most : int
        Of the input: its height and its largest width, px.

    Returns
    -------
    (height, w) float32 array or None
        0 is background, 1 the strongest ink; w is a multiple of 16.  None for an empty crop.
    """
    import cv2

    ink = _contrast(crop)
    if ink is None:
        return None
    rows = np.flatnonzero(ink.max(axis=1) >= INK_SHARE)
    columns = np.flatnonzero(ink.max(axis=0) >= INK_SHARE)
    ink = ink[max(rows[0] - 1, 0) : rows[-1] + 2, max(columns[0] - 1, 0) : columns[-1] + 2]

    inner = height - 2 * MARGIN_PX
    scale = inner / ink.shape[0]
    width = min(max(round(ink.shape[1] * scale), 2), most - 2 * SIDE_PX)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(np.ascontiguousarray(ink), (width, inner), interpolation=method)
    padded = -(-(width + 2 * SIDE_PX) // WIDTH_STEP_PX) * WIDTH_STEP_PX
    out = np.zeros((height, padded), dtype=np.float32)
    out[MARGIN_PX : MARGIN_PX + inner, SIDE_PX : SIDE_PX + width] = scaled
    return out


def has_tail(crop: Crop) -> bool:
    """Whether something narrow hangs below the digits of a number, between two of them: a comma's tail.

    Parameters
    ----------
    crop : (h, w, 3) uint8 array
        RGB, as `prepare` takes it.
    """
    ink = _contrast(crop)
    if ink is None:
        return False
    rows = ink.sum(axis=1)
    full = np.flatnonzero(rows >= DIGIT_ROW_SHARE * np.median(rows[rows >= INK_SHARE]))
    top, bottom = full[0], full[-1] + 1
    height = bottom - top
    tail = ink[bottom : bottom + max(round(TAIL_HEIGHTS * height), 2)].max(axis=0, initial=0.0)
    columns = np.flatnonzero(tail >= TAIL_INK)
    if not columns.size or columns[-1] - columns[0] > TAIL_WIDTHS * height:
        return False
    above = ink[top : top + height // 2, columns[0] : columns[-1] + 1].max(axis=0)
    return bool(above.min() < INK_SHARE)


def _contrast(crop: Crop) -> NDArray[np.float32] | None:
    """Contrast to the background, as a share of the strongest; None for an empty crop."""
    if crop.ndim != 3 or min(crop.shape[:2]) < 2:
        return None
    pixels = crop.astype(np.float32)
    border = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    contrast = np.abs(pixels - np.median(border, axis=0)).max(axis=2)
    strongest = float(contrast.max())
    return contrast / strongest if strongest >= MIN_CONTRAST else None
