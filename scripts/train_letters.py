"""Train the reader of Cyrillic and Hangul and write plotread/vision/ocr/letters.npz.

    python scripts/train_letters.py --minutes 50             # from nothing
    python scripts/train_letters.py --minutes 20 --resume    # go on from the weights that exist
    python scripts/train_letters.py --measure                # only the table

The crops, and the fonts that they need, come from letter_crops.py.  Some font families never enter
training (HELD_OUT there); the table at the end is measured on those.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from ctc import Batch, Block, Reader, batch_of, fit
from letter_crops import EM_PX, ROOTS, Drawer, em_of, fonts, label_of
from numpy.typing import NDArray
from torch import nn

from plotread.vision.ocr.alphabet import CLASSES
from plotread.vision.ocr.letters import HEIGHT_PX, MAX_WIDTH_PX, STEP_PX, read_letters
from plotread.vision.ocr.prepare import prepare

OUT = Path(__file__).parents[1] / "plotread/vision/ocr/letters.npz"
SEED = 20240301
BATCH_PX = 24 * 256  # input width of all lines of a batch
POOL = 1500  # crops to choose batches of like width from
REUSE = 3  # crops of one drawing: colors, damage and margins are cheap, drawing is not
LONGEST_PX = 640  # of the input; longer lines teach nothing that shorter ones do not
PEAK_RATE, RESUMED_RATE = 2e-3, 8e-4
SAVE_SECONDS = 120.0  # an interrupted run keeps what it has, and --resume goes on from there
CHANNELS = (24, 48, 96, 128, 160)
TURNS = 3  # convolutions along the line, each added to what it is given


class LetterReader(Reader):
    """(B, 1, 32, W) to (B, W / 4, classes) logits; class 0 is the CTC blank."""

    def __init__(self, norm: bool = True) -> None:
        super().__init__(norm)
        a, b, c, d, e = CHANNELS
        self.blocks = nn.ModuleList(
            [
                Block(1, a, (3, 3), stride=2, norm=norm),
                Block(a, b, (3, 3), norm=norm),
                Block(b, c, (3, 3), norm=norm),
                Block(c, c, (3, 3), norm=norm),
                Block(c, d, (3, 3), norm=norm),
                Block(d, e, (4, 1), norm=norm),
                *(Block(e, e, (1, 5), norm=norm) for _ in range(TURNS)),
            ]
        )
        self.last = nn.Conv2d(e, len(CLASSES) + 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for i, layer in enumerate(self.blocks):
            x = x + layer(x) if i > 5 else layer(x)
            if i in (1, 3):
                x = nn.functional.max_pool2d(x, (2, 2) if i == 1 else (2, 1))
        return self.last(x).squeeze(2).transpose(1, 2)


def batches(drawer: Drawer, seed: int) -> Iterator[Batch]:
    """Batches without end."""
    r = random.Random(seed)
    pool: list[tuple[NDArray[np.float32], str]] = []
    while True:
        while len(pool) < POOL:
            crops, text = drawer.crops(r, em_of(r), REUSE)
            label = label_of(text)
            ready = [image for crop in crops if (image := prepare(crop, HEIGHT_PX, MAX_WIDTH_PX)) is not None]
            pool += [
                (image, label) for image in ready
                if image.shape[1] <= LONGEST_PX and image.shape[1] // STEP_PX >= len(label) + 2
            ]  # fmt: skip
        pool.sort(key=lambda item: item[0].shape[1])  # similar widths together: less padding
        start = r.randrange(len(pool))
        size = max(4, BATCH_PX // pool[start][0].shape[1])
        start = min(start, len(pool) - size)
        chosen = pool[start : start + size]
        del pool[start : start + size]
        yield batch_of(chosen, CLASSES)


def save(net: Reader) -> None:
    np.savez_compressed(OUT, **net.folded())


def train(drawer: Drawer, minutes: float, seed: int, resume: bool) -> None:
    """Train from nothing, or from the weights that exist, and write the weights."""
    torch.manual_seed(seed)
    net = LetterReader.stored(OUT) if resume else LetterReader()
    peak = RESUMED_RATE if resume else PEAK_RATE
    save(fit(net, batches(drawer, seed), minutes, peak, save, SAVE_SECONDS))


def distance(a: str, b: str) -> int:
    """Least number of characters to change, add or leave out."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


def measure(drawer: Drawer, seed: int, each: int = 400) -> None:
    """Character error rate and exact lines of the written weights, by script and size."""
    for script in ("cyrillic", "hangul", "latin"):
        for low, high in pairwise(EM_PX):
            r = random.Random(seed + int(low))
            drawn = [drawer.crops(r, r.uniform(low, high), 1, script) for _ in range(each)]
            wanted = [label_of(" ".join(text.split())) for _, text in drawn]
            read = read_letters([crops[0] for crops, _ in drawn])
            pairs = [(label_of(said.text), want) for said, want in zip(read, wanted, strict=True)]
            wrong = sum(distance(a, b) for a, b in pairs) / sum(len(b) for _, b in pairs)
            print(
                f"{script:8} em {low:2.0f}-{high:2.0f}: letters wrong {wrong:.2%}, "
                f"lines exact {np.mean([a == b for a, b in pairs]):.1%}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=50.0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--resume", action="store_true", help="start from the weights that exist")
    parser.add_argument("--fonts", action="append", default=[*ROOTS], help="one more folder of fonts")
    parser.add_argument(
        "--measure", action="store_true", help="only print the table for the weights that exist"
    )
    given = parser.parse_args()
    cv2.setNumThreads(1)
    families, held = fonts(given.fonts)
    print(f"{len(families)} families to train on, {len(held)} held out")
    if not given.measure:
        train(Drawer(families), given.minutes, given.seed, given.resume)
        print(f"wrote {OUT}: {OUT.stat().st_size / 1024:.0f} KB")
    measure(Drawer(held), given.seed + 1)


if __name__ == "__main__":
    main()
