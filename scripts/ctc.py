"""What the trainers of the two small readers share: blocks, weights for numpy, batches, the loop.

Both are convolutions over one line of text whose outputs, a class per step with 0 for nothing, CTC
(Graves et al. 2006) joins to a text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

WARM_UP = 0.02  # share of the time
TOLD_STEPS = 200  # from line to line of the log

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]  # inputs, labels one after the other, their lengths


class Block(nn.Sequential):
    """Convolution, normalization (unless it is folded into the weights already) and rectifier."""

    def __init__(
        self, source: int, target: int, kernel: tuple[int, int], *, stride: int = 1,
        rows: int | None = None, norm: bool,
    ) -> None:  # fmt: skip
        if rows is None:
            rows = 1 if kernel[0] == 3 else 0
        conv = nn.Conv2d(source, target, kernel, stride=stride, padding=(rows, kernel[1] // 2), bias=not norm)
        super().__init__(conv, nn.BatchNorm2d(target) if norm else nn.Identity(), nn.ReLU())


class Reader(nn.Module):
    """Blocks and a last convolution; a subclass makes them and runs them."""

    blocks: nn.ModuleList
    last: nn.Conv2d

    def __init__(self, norm: bool = True) -> None:
        super().__init__()

    @classmethod
    def stored(cls, path: Path) -> Self:
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


def batch_of(chosen: Sequence[tuple[NDArray[np.float32], str]], classes: str) -> Batch:
    """One batch of prepared lines (h, w) and their texts, padded to the widest."""
    height, wide = chosen[0][0].shape[0], max(image.shape[1] for image, _ in chosen)
    x = np.zeros((len(chosen), 1, height, wide), dtype=np.float32)
    for k, (image, _) in enumerate(chosen):
        x[k, 0, :, : image.shape[1]] = image
    code = {char: k + 1 for k, char in enumerate(classes)}
    codes = [code[c] for _, text in chosen for c in text]
    return torch.from_numpy(x), torch.tensor(codes), torch.tensor([len(text) for _, text in chosen])


def fit(
    net: Reader, batches: Iterable[Batch], minutes: float, peak: float, save: Callable[[Reader], None],
    save_seconds: float,
) -> Reader:  # fmt: skip
    """One torch thread, half-precision products; the rate follows a cosine over the time given.

    `save` is called every `save_seconds`: an interrupted run keeps what it has.
    """
    torch.set_num_threads(1)
    net = net.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=1e-3)
    begin, step, lines, mean, saved = time.monotonic(), 0, 0, 0.0, 0.0
    for x, codes, lengths in batches:
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
        if step % TOLD_STEPS == 0:
            print(f"step {step:6d}  {share:4.0%}  {lines / passed:.0f} lines/s  loss {mean:.4f}", flush=True)
        if passed - saved > save_seconds:
            save(net)
            saved = passed
    print(f"{step} steps, {lines} lines")
    return net.eval()
