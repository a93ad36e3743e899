"""Reading of horizontal words and lines: the PP-OCR recogniser that `rapidocr` carries in its wheel.

Only the recogniser's model file is used, on crops, through onnxruntime directly: no detector, no
download, no start-up of the wheel's own pipeline.  Pre- and post-processing follow PaddleOCR's
recogniser (height 48, values scaled to -1 .. 1, greedy CTC decoding).
"""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Crop = NDArray[np.uint8]

INPUT_HEIGHT_PX = 48  # what the recogniser was trained on
MIN_WIDTH_PX = 48  # narrower inputs leave its last layers fewer than six time steps
MAX_WIDTH_PX = 1600  # a line longer than 33 times its height is no caption of a plot; it is squeezed
WIDTH_STEP_PX = 32  # inputs are padded to multiples of this so that equal widths share a batch
BATCH_PX = 4096  # at most this much width in a batch: bounds memory, gains nothing beyond
SURE_ACCENT = 0.95  # probability; accents of clean text reach it, seldom those of an "i"
LETTER_STEPS = 3  # time steps that a letter lasts at most
NUMBER_CHARS = "0123456789.,-+eE×kKMGB%()^"
UNICODE_MINUS = ("−", "–", "—")


@dataclass(frozen=True, slots=True)
class _Recognizer:
    """The loaded model: session, name of its input, one string per class ("" is the CTC blank)."""

    session: Any
    input_name: str
    classes: tuple[str, ...]


def read_words(crops: Sequence[Crop]) -> list[tuple[str, float]]:
    """Read one horizontal line of text per crop.

    Parameters
    ----------
    crops : sequence of (h, w, 3) uint8 array
        RGB as in the picture, with padding of about the line height; the scripts of the bundled
        model (Latin, Greek, Chinese, Japanese; for Cyrillic and Korean see `scripts`; no Arabic).  Not
        upscaled, not thresholded.

    Returns
    -------
    list of (str, float)
        Text ("" where nothing was read) and confidence from 0 to 1: the mean probability of the
        characters, 0 for "".
    """
    return recognize(crops, None)


def recognize(crops: Sequence[Crop], alphabet: str | None) -> list[tuple[str, float]]:
    """As `read_words`, with decoding restricted to the characters of `alphabet`, if given."""
    results: list[tuple[str, float]] = [("", 0.0)] * len(crops)
    usable = [i for i, crop in enumerate(crops) if crop.ndim == 3 and min(crop.shape[:2]) >= 2]
    if not usable:
        return results
    model = _load()
    keep = _allowed(alphabet) if alphabet is not None else None
    inputs = {i: _prepare(crops[i]) for i in usable}
    for batch in _batches(usable, inputs):
        stack = np.stack([inputs[i] for i in batch])
        (probabilities,) = model.session.run(None, {model.input_name: stack})
        for i, path in zip(batch, probabilities, strict=True):
            results[i] = _decode(path, model.classes, keep)
    return results


def _prepare(crop: Crop) -> NDArray[np.float32]:
    """The crop as (3, 48, w) BGR in -1 .. 1, w a multiple of the step, padded with mid-grey."""
    import cv2

    height, width = crop.shape[:2]
    scaled = math.ceil(INPUT_HEIGHT_PX * width / height)
    scaled = min(max(scaled, 1), MAX_WIDTH_PX)
    resized = cv2.resize(crop, (scaled, INPUT_HEIGHT_PX)).astype(np.float32)
    padded = max(MIN_WIDTH_PX, math.ceil(scaled / WIDTH_STEP_PX) * WIDTH_STEP_PX)
    out = np.zeros((3, INPUT_HEIGHT_PX, padded), dtype=np.float32)
    out[:, :, :scaled] = (resized[:, :, ::-1].transpose(2, 0, 1) / 255 - 0.5) / 0.5
    return out


def _batches(indices: Sequence[int], inputs: dict[int, NDArray[np.float32]]) -> list[list[int]]:
    """Groups of equal width, so that what stands beside a crop never changes its reading."""
    groups: dict[int, list[int]] = {}
    for i in indices:
        groups.setdefault(inputs[i].shape[2], []).append(i)
    batches = []
    for width, members in sorted(groups.items()):
        size = max(1, BATCH_PX // width)
        batches += [members[k : k + size] for k in range(0, len(members), size)]
    return batches


def _decode(
    path: NDArray[np.float32], classes: tuple[str, ...], keep: NDArray[np.int64] | None
) -> tuple[str, float]:
    """Greedy CTC: the best class per time step, repeats merged, blanks (class 0) dropped."""
    if keep is not None:
        path = path[:, keep]
    best = path.argmax(axis=1)
    changed = np.ones(len(best), dtype=bool)
    changed[1:] = best[1:] != best[:-1]
    at = np.flatnonzero(changed & (best != 0))
    if not len(at):
        return "", 0.0
    names = best[at] if keep is None else keep[best[at]]
    letters = [classes[k] for k in names]
    if keep is None:
        sure = [float(path[t : t + LETTER_STEPS, best[t]].max()) for t in at]
        letters = _without_doubted_accents(letters, sure)
    text = "".join(letters)
    if keep is not None:
        for minus in UNICODE_MINUS:
            text = text.replace(minus, "-")
    return text.strip(), float(path[at, best[at]].mean())


def _without_doubted_accents(letters: list[str], sure: list[float]) -> list[str]:
    """Letters with their accents left out, if no accent of the line is sure.

    Ink of a curve or of the row above passes for an accent; a line in a language that has accents
    mostly has one that is well printed.  `sure` is the probability of each letter.
    """
    plain = [_plain(letter) for letter in letters]
    accents = [p for letter, other, p in zip(letters, plain, sure, strict=True) if letter != other]
    return plain if accents and max(accents) < SURE_ACCENT else letters


def _plain(letter: str) -> str:
    """The Latin letter under an accent; any other character is itself."""
    if letter.isascii():
        return letter
    parts = unicodedata.normalize("NFD", letter)
    accented = len(parts) > 1 and parts[0].isascii() and unicodedata.combining(parts[1])
    return parts[0] if accented else letter


@lru_cache(maxsize=4)
def _allowed(alphabet: str) -> NDArray[np.int64]:
    """Classes of the blank (first) and of the characters of `alphabet`, all minus signs included."""
    wanted = set(alphabet)
    if "-" in wanted:
        wanted.update(UNICODE_MINUS)
    classes = _load().classes
    return np.array([0, *(k for k, name in enumerate(classes) if k and name in wanted)], dtype=np.int64)


@lru_cache(maxsize=1)
def _load() -> _Recognizer:
    """Open the recogniser once; one thread, so that results and timings do not depend on the machine."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        os.fspath(_model_path()), options, providers=["CPUExecutionProvider"]
    )
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return _Recognizer(session, session.get_inputs()[0].name, ("", *characters, " "))


def _model_path() -> Path:
    """The recogniser inside the wheel of `rapidocr`, found without importing it (that costs a second)."""
    spec = find_spec("rapidocr")
    if spec is not None and spec.origin is not None:
        found = sorted((Path(spec.origin).parent / "models").glob("*rec*.onnx"))
        if found:
            return found[-1]
    raise ModuleNotFoundError("no text recogniser: the installed rapidocr carries no *rec*.onnx model")
