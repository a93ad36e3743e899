"""What the readers of numbers and of letters share: their weights, batches and layers, in plain numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Layer = tuple[NDArray[np.float32], NDArray[np.float32]]  # kernel (kh, kw, in, out), bias (out,)


def stored_layers(name: str) -> tuple[Layer, ...]:
    """The layers in a file of this package, in order, in single precision."""
    with resources.files(__package__).joinpath(name).open("rb") as file, np.load(file) as stored:
        return tuple(
            (stored[f"kernel{i}"].astype(np.float32), stored[f"bias{i}"].astype(np.float32))
            for i in range(len(stored.files) // 2)
        )


def batches(
    images: Sequence[NDArray[np.float32] | None], most_columns: int
) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
    """Images of one width at a time, (B, H, W), with their places; such as are None are left out.

    `most_columns` is the px of width that a batch holds, which bounds memory; a wider image is alone.
    """
    by_width: dict[int, list[tuple[int, NDArray[np.float32]]]] = {}
    for i, image in enumerate(images):
        if image is not None:
            by_width.setdefault(image.shape[1], []).append((i, image))
    for width, members in sorted(by_width.items()):
        size = max(1, most_columns // width)
        for start in range(0, len(members), size):
            chosen = members[start : start + size]
            yield [i for i, _ in chosen], np.stack([image for _, image in chosen])


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
