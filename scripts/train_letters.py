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
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
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
WARM_UP = 0.02  # share of the time
SAVE_SECONDS = 120.0  # an interrupted run keeps what it has, and --resume goes on from there
CHANNELS = (24, 48, 96, 128, 160)
TURNS = 3  # convolutions along the line, each added to what it is given


class Block(nn.Sequential):
    """Convolution, normalization (unless it is folded into the weights already) and rectifier."""

    def __init__(
        self, source: int, target: int, kernel: tuple[int, int], *, stride: int = 1, norm: bool
    ) -> None:
        padding = (kernel[0] // 2 if kernel[0] == 3 else 0, kernel[1] // 2)
        conv = nn.Conv2d(source, target, kernel, stride=stride, padding=padding, bias=not norm)
        super().__init__(conv, nn.BatchNorm2d(target) if norm else nn.Identity(), nn.ReLU())


class Reader(nn.Module):
    """(B, 1, 32, W) to (B, W / 4, classes) logits; class 0 is the CTC blank."""

    def __init__(self, norm: bool = True) -> None:
        super().__init__()
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

    @classmethod
    def stored(cls, path: Path) -> Reader:
        """The reader with weights that `folded` gave."""
        net = cls(norm=False)
        with np.load(path) as weights:
            for i, conv in enumerate([*(block[0] for block in net.blocks), net.last]):
                kernel = weights[f"kernel{i}"].astype(np.float32).transpose(3, 2, 0, 1)
                conv.weight.data = torch.from_numpy(kernel.copy())
                conv.bias.data = torch.from_numpy(weights[f"bias{i}"].astype(np.float32))
        return net

    def folded(self) -> dict[str, NDArray[np.float16]]:
        """Kernels (kh, kw, in, out) and biases with the normalization folded in, as half floats."""
        out: dict[str, NDArray[np.float16]] = {}
        for i, (conv, norm) in enumerate([*((b[0], b[1]) for b in self.blocks), (self.last, nn.Identity())]):
            kernel, bias = conv.weight, conv.bias
            if isinstance(norm, nn.BatchNorm2d):
                gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                kernel, bias = kernel * gain[:, None, None, None], norm.bias - norm.running_mean * gain
            out[f"kernel{i}"] = kernel.permute(2, 3, 1, 0).detach().numpy().astype(np.float16)
            out[f"bias{i}"] = bias.detach().numpy().astype(np.float16)
        return out


def batches(drawer: Drawer, seed: int) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Batches without end: inputs, labels one after the other, their lengths."""
    r = random.Random(seed)
    code = {char: k + 1 for k, char in enumerate(CLASSES)}
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
        wide = max(item[0].shape[1] for item in chosen)
        x = np.zeros((len(chosen), 1, HEIGHT_PX, wide), dtype=np.float32)
        for k, (image, _) in enumerate(chosen):
            x[k, 0, :, : image.shape[1]] = image
        codes = [code[c] for _, text in chosen for c in text]
        yield torch.from_numpy(x), torch.tensor(codes), torch.tensor([len(text) for _, text in chosen])


def train(drawer: Drawer, minutes: float, seed: int, resume: bool) -> Reader:
    """One torch thread, half-precision products; the rate follows a cosine over the time given."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    net = (Reader.stored(OUT) if resume else Reader()).to(memory_format=torch.channels_last)
    peak = RESUMED_RATE if resume else PEAK_RATE
    optimizer = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=1e-3)
    begin, step, lines, mean, saved = time.monotonic(), 0, 0, 0.0, 0.0
    for x, codes, lengths in batches(drawer, seed):
        passed = time.monotonic() - begin
        share = passed / (60 * minutes)
        if share >= 1:
            break
        rate = peak * min(share / WARM_UP + 0.02, 0.5 * (1 + np.cos(np.pi * share)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = net(x.contiguous(memory_format=torch.channels_last))
        chances = logits.float().log_softmax(2).transpose(0, 1)
        steps = torch.full((x.shape[0],), chances.shape[0])
        loss = nn.functional.ctc_loss(chances, codes, steps, lengths, zero_infinity=True)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        step, lines = step + 1, lines + len(x)
        mean += max(0.01, 1 / step) * (loss.item() - mean)
        if step % 200 == 0:
            print(f"step {step:6d}  {share:4.0%}  {lines / passed:.0f} lines/s  loss {mean:.4f}", flush=True)
        if passed - saved > SAVE_SECONDS:
            np.savez_compressed(OUT, **net.folded())
            saved = passed
    print(f"{step} steps, {lines} lines")
    return net.eval()


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
        net = train(Drawer(families), given.minutes, given.seed, given.resume)
        np.savez_compressed(OUT, **net.folded())
        print(f"wrote {OUT}: {OUT.stat().st_size / 1024:.0f} KB")
    measure(Drawer(held), given.seed + 1)


if __name__ == "__main__":
    main()
