"""Reading of tick labels: text in the alphabet of numbers, with a confidence."""

from __future__ import annotations

from collections.abc import Sequence

from plotread.vision.ocr.words import NUMBER_CHARS, Crop, recognize


def read_numbers(crops: Sequence[Crop], careful: bool = False) -> list[tuple[str, float]]:
    """Read one tick label per crop.

    Parameters
    ----------
    crops : sequence of (h, w, 3) uint8 array
        RGB, cropped tightly or loosely, on a light or dark background, in any colour.
    careful : bool
        Ask a second reader about labels that the first is unsure of.

    Returns
    -------
    list of (str, float)
        Text in the alphabet ``0123456789.,-+eE×kKMGB%()^`` ("^" opens a superscript: 10^-3) and
        confidence from 0 to 1.
    """
    return recognize(crops, NUMBER_CHARS)
