"""Reading of lines in Cyrillic and Hangul: a convolutional CTC reader, run in plain numpy.

The bundled recogniser of words has no such classes.  The net (about 740,000 weights, half floats in
``letters.npz``) is trained by ``scripts/train_letters.py`` on lines that ``scripts/letter_crops.py``
draws for the purpose, none from anybody's plot; connectionist temporal classification after Graves et
al. (2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plotread.vision.ocr.alphabet import CLASSES, STRANGE, composed, is_loose, told_apart, without_doubles
from plotread.vision.ocr.layers import Layer, batches, convolve, likelihoods, stored_layers
from plotread.vision.ocr.prepare import Crop, prepare

HEIGHT_PX = 32  # of the input; at 24 the strokes of a syllable run together
MAX_WIDTH_PX = 1280  # of the input: forty times its height, longer than any title; longer ones are squeezed
BATCH_COLUMNS = 2048  # px of input width per batch: bounds memory at about 60 MB
STEP_PX = 4  # of the input per time step: a syllable has seven, its three letters need three
SPACE = CLASSES.index(" ") + 1
SPACE_GAIN = 4.0  # times its probability: half of the missed spaces come back, hardly one comes new
FOLDS = 5  # place of the layer that folds the last four rows into one; those after it run along the line


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader of letters sees in a line; `alphabet.told_apart` has told twin letters apart.

    Attributes
    ----------
    text : str
        "" for an empty crop, and where anything but the reader's own letters is seen.
    confidence : float
        Mean probability of the characters, 0 to 1; that of a syllable is its least certain letter's.
    weakest : float
        Probability of the least certain character.
    """

    text: str
    confidence: float
    weakest: float


def read_letters(crops: Sequence[Crop]) -> list[Reading]:
    """Read one line per crop.

    Parameters
    ----------
    crops : sequence of (h, w, 3) uint8 array
        RGB, upright, cropped tightly or loosely, on a light or dark background, in any color.
    """
    ready = [prepare(crop, HEIGHT_PX, MAX_WIDTH_PX) for crop in crops]
    results = [Reading("", 0.0, 0.0)] * len(crops)
    for chosen, batch in batches(ready, BATCH_COLUMNS):
        for i, path in zip(chosen, _forward(batch), strict=True):
            results[i] = _decode(path)
    return results


@cache
def _layers() -> tuple[Layer, ...]:
    return stored_layers("letters.npz")


def _forward(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """(B, 32, W) crops to (B, W / 4, classes) probabilities; class 0 is the blank."""
    x = batch[..., None]  # (B, H, W, channels)
    layers = _layers()
    for i, (kernel, bias) in enumerate(layers[:-1]):
        rows = kernel.shape[0] // 2 if i < FOLDS else 0
        seen = convolve(x, kernel, bias, pad=(rows, kernel.shape[1] // 2), stride=2 if i == 0 else 1)
        seen = np.maximum(seen, 0)
        x = x + seen if i > FOLDS else seen
        if i in (1, 3):
            x = np.maximum(x[:, 0::2], x[:, 1::2])
        if i == 1:
            x = np.maximum(x[:, :, 0::2], x[:, :, 1::2])
    return likelihoods(x[:, 0], layers[-1])


def _decode(path: NDArray[np.float32]) -> Reading:
    """Best path: the likeliest class of each step, repeats and blanks collapsed, letters composed."""
    path = path.copy()
    path[:, SPACE] = np.minimum(SPACE_GAIN * path[:, SPACE], 1.0)
    best, sure = path.argmax(axis=1), path.max(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1]]))
    peaks = np.maximum.reduceat(sure, starts)
    emitted = best[starts] > 0
    letters, chances = without_doubles(
        [CLASSES[c - 1] for c in best[starts][emitted]], [float(p) for p in peaks[emitted]]
    )
    if not letters or STRANGE in letters:
        return Reading("", 0.0, 0.0)
    characters, places = composed(letters)
    each = [
        0.0 if is_loose(c) else min(chances[k] for k in own)
        for c, own in zip(characters, places, strict=True)
    ]
    text = told_apart("".join(characters)).strip()
    return Reading(text, float(np.mean(each)), min(each)) if text else Reading("", 0.0, 0.0)
