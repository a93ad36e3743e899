"""Courses that trainings take: losses, accuracies, learning rates; x and y as arrays."""

from __future__ import annotations

import numpy as np

NOISES = (0.0, 0.005, 0.015, 0.04, 0.08)


def smooth(y: np.ndarray, weight: float = 0.9) -> np.ndarray:
    """The debiased exponential mean that dashboards draw; missing values stay missing."""
    out, last, total = np.full(len(y), np.nan), 0.0, 0.0
    for i, value in enumerate(y):
        if np.isfinite(value):
            last, total = weight * last + (1 - weight) * value, weight * total + (1 - weight)
            out[i] = last / total
    return out


def steps(rng, n: int) -> np.ndarray:
    """Epochs from 0 or 1, or steps at an interval of logging."""
    stride = int(rng.choice([1, 1, 1, 5, 10, 50, 100, 250])) if n > 30 else 1
    return (np.arange(n) + int(rng.random() < 0.5)) * stride


def loss(rng, n: int, start: float, end: float, noise: float | None = None, shape: str | None = None):
    """A falling loss: exponential, power law, in restarts, by stages, or after a long plateau."""
    noise = float(rng.choice(NOISES)) if noise is None else noise
    shape = shape or str(rng.choice(["exp", "exp", "power", "power", "restarts", "stages", "plateau"]))
    t = np.arange(n) / max(n - 1, 1)
    if shape == "exp":
        fall = np.exp(-t / rng.uniform(0.08, 0.35))
    elif shape == "power":
        fall = (1 + t * rng.uniform(10, 300)) ** -rng.uniform(0.3, 0.9)
    elif shape == "restarts":
        parts = int(rng.integers(2, 5))
        fall = np.exp(-t / 0.3) + 0.22 * np.exp(-((t * parts) % 1) / 0.25) * (t > 1 / parts)
    elif shape == "stages":
        fall = np.exp(-t / 0.1) + 0.25 * (t < rng.uniform(0.35, 0.5)) + 0.1 * (t < rng.uniform(0.65, 0.8))
    else:
        fall = 1 / (1 + np.exp((t - rng.uniform(0.2, 0.5)) / 0.04))
    fall = (fall - fall.min()) / max(float(np.ptp(fall)), 1e-9)
    base = end + (start - end) * fall
    return base * (1 + noise * rng.standard_normal(n))


def overfit(rng, train: np.ndarray, noise: float = 0.02) -> np.ndarray:
    """A validation loss beside a training loss: near at first, then level or rising."""
    n = len(train)
    t = np.arange(n) / max(n - 1, 1)
    base = loss(rng, n, train[0] * rng.uniform(0.9, 1.05), float(np.nanmin(train)), 0.0, "exp")
    turn = rng.uniform(0.2, 0.7)
    span = float(np.nanmax(train) - np.nanmin(train))
    rise = span * rng.uniform(0.05, 0.2) * t**0.5 + span * rng.uniform(0.0, 0.5) * np.maximum(0, t - turn)
    return (base + rise) * (1 + noise * rng.standard_normal(n))


def accuracy(rng, n: int, top: float, noise: float = 0.01) -> np.ndarray:
    t = np.arange(n) / max(n - 1, 1)
    start = rng.uniform(0.05, 0.4)
    rise = 1 - np.exp(-t / rng.uniform(0.05, 0.25))
    return np.clip(start + (top - start) * rise + noise * rng.standard_normal(n) * (1 - 0.6 * rise), 0, 1)


def rate(rng, n: int, shape: str | None = None) -> np.ndarray:
    """A learning rate: stairs, sawtooth, cosine with warm-up, cosine with restarts, triangle."""
    shape = shape or str(rng.choice(["stairs", "sawtooth", "cosine", "restarts", "triangle"]))
    peak = float(rng.choice([1e-1, 1e-2, 1e-3, 3e-4, 5e-5]))
    t = np.arange(n) / max(n - 1, 1)
    if shape == "stairs":
        return peak * rng.choice([0.1, 0.3, 0.5]) ** np.floor(t * 0.999 * rng.integers(3, 5))
    if shape == "sawtooth":
        return peak * (1 - 0.9 * ((t * rng.integers(3, 7)) % 1))
    if shape == "cosine":
        warm = rng.uniform(0.03, 0.15)
        return (
            peak
            * np.minimum(1, (t + 0.5 / n) / warm)
            * 0.5
            * (1 + np.cos(np.pi * np.clip((t - warm) / (1 - warm), 0, 1)))
        )
    if shape == "restarts":
        return peak * (0.02 + 0.49 * (1 + np.cos(np.pi * ((t * rng.integers(3, 6)) % 1))))
    return peak * (0.1 + 0.9 * np.abs(((t * rng.integers(2, 5)) % 1) * 2 - 1))


def spiked(rng, y: np.ndarray, count: int = 1) -> np.ndarray:
    """The same with single high points, away from the ends."""
    y = y.copy()
    for at in rng.integers(len(y) // 6, len(y) - 3, count):
        y[at] += np.ptp(y[np.isfinite(y)]) * rng.uniform(0.3, 1.2)
    return y


def gapped(rng, y: np.ndarray, count: int = 1) -> np.ndarray:
    """The same with stretches that were not logged."""
    y = y.astype(float).copy()
    n = len(y)
    for _ in range(count):
        length = max(2, int(n * rng.uniform(0.03, 0.12)))
        at = int(rng.integers(n // 6, n - length - 2))
        y[at : at + length] = np.nan
    return y
