"""Reading of tick labels: a small convolutional CTC reader, run in plain numpy.

The net (about 156,000 weights, half floats in ``numbers.npz``) is trained by
``scripts/train_numbers.py`` on crops that ``scripts/number_crops.py`` draws for the purpose, none
from anybody's plot; connectionist temporal classification after Graves et al. (2006).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plotread.vision.ocr.layers import Layer, batches, convolve, likelihoods, stored_layers
from plotread.vision.ocr.prepare import Crop, has_tail, prepare
from plotread.vision.ocr.words import NUMBER_CHARS, recognize

# "^" opens a superscript; "?" is any character that belongs to no number, so words show as such.
ALPHABET = "0123456789.,-+eE×kKMGB%()^mμ:/?"
BATCH_COLUMNS = 4096  # px of input width per batch: bounds memory at about 50 MB
# The second reader's part, measured on 3,000 damaged crops in fonts that the net never saw:
SURE = 0.7  # confidence from which no second reader is asked: above, it is wrong more often than the first
OVERRULES = 0.9  # its confidence from which its text replaces an unsure one: right in 34 of 67, against 9
OVERRULED = 0.55  # confidence of a text so replaced
AGREED = 0.85  # confidence where an unsure text is read alike by both: right in 86 of 99
# A comma whose tail is two faint pixels reads as a point, and five thousand as five:
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")


def read_numbers(crops: Sequence[Crop], careful: bool = False) -> list[tuple[str, float]]:
    """Read one tick label per crop.

    Parameters
    ----------
    crops : sequence of (h, w, 3) uint8 array
        RGB, cropped tightly or loosely, on a light or dark background, in any color.
    careful : bool
        Ask a second reader about labels that the first is unsure of.

    Returns
    -------
    list of (str, float)
        Text in `ALPHABET` ("^" opens a superscript: 10^-3; "" for an empty crop or a word) and
        the probability of its least certain character, 0 to 1.
    """
    ready = [prepare(crop) for crop in crops]
    results: list[tuple[str, float]] = [("", 0.0)] * len(crops)
    for chosen, batch in batches(ready, BATCH_COLUMNS):
        for i, result in zip(chosen, _decode(_forward(batch)), strict=True):
            results[i] = result
    if careful:
        results = _second_opinion(crops, results)
    return [
        (text.replace(".", ","), p) if _THOUSANDS.fullmatch(text) and has_tail(crop) else (text, p)
        for (text, p), crop in zip(results, crops, strict=True)
    ]


def _second_opinion(crops: Sequence[Crop], first: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The texts with the unsure ones read again by the reader of words, which knows no superscripts."""
    results = list(first)
    unsure = [i for i, (text, p) in enumerate(first) if text and p < SURE and "^" not in text]
    second = recognize([crops[i] for i in unsure], NUMBER_CHARS)
    for i, (text, p) in zip(unsure, second, strict=True):
        if text == first[i][0]:
            results[i] = (text, AGREED)
        elif text and p >= OVERRULES:
            results[i] = (text, OVERRULED)
    return results


@cache
def _layers() -> tuple[Layer, ...]:
    return stored_layers("numbers.npz")


def _forward(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """(B, 24, W) crops to (B, W / 2, classes) probabilities; class 0 is the blank."""
    x = batch[..., None]  # (B, H, W, channels)
    layers = _layers()
    for i, (kernel, bias) in enumerate(layers[:-1]):
        rows = 0 if i == 4 else kernel.shape[0] // 2  # layer 4 folds the last three rows into one
        x = convolve(x, kernel, bias, pad=(rows, kernel.shape[1] // 2), stride=2 if i == 0 else 1)
        x = np.maximum(x, 0)
        if i in (1, 2):
            x = np.maximum(x[:, 0::2], x[:, 1::2])
    return likelihoods(x[:, 0], layers[-1])


def _decode(probabilities: NDArray[np.float32]) -> list[tuple[str, float]]:
    """Best path: the likeliest class of each column, repeats and blanks collapsed."""
    best, sure = probabilities.argmax(axis=2), probabilities.max(axis=2)
    out = []
    for path, p in zip(best, sure, strict=True):
        starts = np.flatnonzero(np.concatenate([[True], path[1:] != path[:-1]]))
        peaks = np.maximum.reduceat(p, starts)
        emitted = path[starts] > 0
        text = "".join(ALPHABET[c - 1] for c in path[starts][emitted])
        out.append(("", 0.0) if not text or "?" in text else (text, float(peaks[emitted].min())))
    return out
