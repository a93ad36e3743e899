"""The two kinds of layers of which the readers of numbers and of letters are built, in plain numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Layer = tuple[NDArray[np.float32], NDArray[np.float32]]  # kernel (kh, kw, in, out), bias (out,)


def convolve(
    x: NDArray[np.float32], kernel: NDArray[np.float32], bias: NDArray[np.float32],
    *, pad: tuple[int, int], stride: int,
) -> NDArray[np.float32]:  # fmt: skip
    """Two-dimensional convolution (cross-correlation) as one matrix product. (B, H, W, C)"""
    height, width, _, out = kernel.shape
    x = np.pad(x, ((0, 0), (pad[0], pad[0]), (pad[1], pad[1]), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(1, 2))
    windows = windows[:, ::stride, ::stride].transpose(0, 1, 2, 4, 5, 3)  # (B, H', W', kh, kw, C)
    shape = windows.shape[:3]
    columns = windows.reshape(int(np.prod(shape)), -1)
    return np.asarray((columns @ kernel.reshape(-1, out) + bias).reshape(*shape, out), dtype=np.float32)


def likelihoods(x: NDArray[np.float32], layer: Layer) -> NDArray[np.float32]:
    """Probabilities of the classes per time step. (B, W, C) to (B, W, classes)"""
    kernel, bias = layer
    logits = x @ kernel[0, 0] + bias
    odds = np.exp(logits - logits.max(axis=2, keepdims=True))
    return np.asarray(odds / odds.sum(axis=2, keepdims=True), dtype=np.float32)
