"""Train the small reader of tick labels and write plotread/vision/ocr/numbers.npz.

    python scripts/train_numbers.py --minutes 14            # from nothing
    python scripts/train_numbers.py --minutes 14 --resume   # go on from the weights that exist

The crops come from number_crops.py.  Some font families never enter training (HELD_OUT there);
the table at the end is measured on those.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from ctc import Batch, Block, Reader, batch_of, fit
from number_crops import crops_of_one, fonts, sample, sizes
from numpy.typing import NDArray
from torch import nn

from plotread.vision.ocr.numbers import ALPHABET, read_numbers
from plotread.vision.ocr.prepare import prepare

OUT = Path(__file__).parents[1] / "plotread/vision/ocr/numbers.npz"
SEED = 20240229
BATCH = 64
POOL = 24 * BATCH  # crops to choose batches of like width from
REUSE = 3  # crops of one drawing: colors, damage and margins are cheap, drawing is not
PEAK_RATE, RESUMED_RATE = 3e-3, 1.5e-3
SAVE_SECONDS = 60.0  # an interrupted run keeps what it has, and --resume goes on from there
CHANNELS = (16, 32, 64, 96)
TRAINING_SETS = ["dejavusans", "dejavusans", "cm"]  # mathtext font sets
HELD_OUT_SETS = ["stix", "dejavuserif", "stixsans"]


class NumberReader(Reader):
    """(B, 1, 24, W) to (B, W / 2, classes) logits; class 0 is the CTC blank."""

    def __init__(self, norm: bool = True) -> None:
        super().__init__(norm)
        a, b, c, d = CHANNELS
        self.blocks = nn.ModuleList(
            [
                Block(1, a, (3, 3), stride=2, norm=norm),
                Block(a, b, (3, 3), norm=norm),
                Block(b, c, (3, 3), norm=norm),
                Block(c, d, (3, 3), norm=norm),
                Block(d, d, (3, 1), rows=0, norm=norm),
                Block(d, d, (1, 5), norm=norm),
            ]
        )
        self.pool = nn.MaxPool2d((2, 1))
        self.last = nn.Conv2d(d, len(ALPHABET) + 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for i, layer in enumerate(self.blocks):
            x = layer(x)
            if i in (1, 2):
                x = self.pool(x)
        return self.last(x).squeeze(2).transpose(1, 2)


class Stream(torch.utils.data.IterableDataset):  # type: ignore[type-arg]
    """Batches without end."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        r = random.Random(self.seed)
        families, _ = fonts()
        pool: list[tuple[NDArray[np.float32], str]] = []
        while True:
            while len(pool) < POOL:
                crops, text = crops_of_one(r, families, TRAINING_SETS, sizes(r), REUSE)
                ready = [image for crop in crops if (image := prepare(crop)) is not None]
                pool += [(image, text) for image in ready if image.shape[1] // 2 >= 2 * len(text) + 1]
            pool.sort(key=lambda item: item[0].shape[1])  # similar widths together: less padding
            start = r.randrange(len(pool) - BATCH + 1)
            chosen = pool[start : start + BATCH]
            del pool[start : start + BATCH]
            yield batch_of(chosen, ALPHABET)


def save(net: Reader) -> None:
    np.savez(OUT, **net.folded())


def train(minutes: float, seed: int, resume: bool) -> None:
    """Train from nothing, or from the weights that exist, and write the weights."""
    torch.manual_seed(seed)
    net = NumberReader.stored(OUT) if resume else NumberReader()
    loader = torch.utils.data.DataLoader(Stream(seed), batch_size=None, num_workers=1, prefetch_factor=8)
    save(fit(net, loader, minutes, RESUMED_RATE if resume else PEAK_RATE, save, SAVE_SECONDS))


def measure(seed: int, each: int = 700) -> None:
    """Exact match of the written weights on fonts that never took part, by kind and size.

    Words and clutter count as right where nothing is read.
    """
    _, families = fonts()
    for kind in ("plain", "power", "foreign", "clutter"):
        for low, high in ((5, 8), (8, 12), (12, 30)):
            r = random.Random(seed + low)
            pairs = [sample(r, families, HELD_OUT_SETS, r.uniform(low, high), kind) for _ in range(each)]
            wanted = ["" if "?" in want else want for _, want in pairs]
            for careful in (False, True):
                read = read_numbers([crop for crop, _ in pairs], careful=careful)
                right = np.array([text == want for (text, _), want in zip(read, wanted, strict=True)])
                sure = np.array([confidence >= 0.9 for _, confidence in read])
                print(
                    f"{kind:8} em {low:2}-{high:2} {'two readers' if careful else 'one reader ':11}: "
                    f"exact {right.mean():.1%}, sure {sure.mean():.1%}, "
                    f"wrong though sure {(~right & sure).mean():.2%}"
                )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=14.0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--resume", action="store_true", help="start from the weights that exist")
    parser.add_argument(
        "--measure", action="store_true", help="only print the table for the weights that exist"
    )
    given = parser.parse_args()
    cv2.setNumThreads(1)
    if not given.measure:
        families, held = fonts()
        print(
            f"{sum(map(len, families))} fonts of {len(families)} families to train on, "
            f"{len(held)} families held out"
        )
        train(given.minutes, given.seed, given.resume)
        print(f"wrote {OUT}: {OUT.stat().st_size / 1024:.0f} KB")
    measure(given.seed + 1)


if __name__ == "__main__":
    main()
