"""How colors of strokes are compared: hue by hue, as tints of one ink, as mixtures of two."""

from __future__ import annotations

import cv2
import numpy as np

from plotread.vision.ink.background import Image, Sheet

GREY_LEVELS = 30.0  # spread of channels (above the paper's) below which an ink is grey
TINT_T = (0.08, 0.80)
TINT_LEVELS = (9.0, 14.0)
TINT_SHARE = (0.06, 0.13)
RIM_SHARE = 0.2  # the same for what hugs an ink in a picture of few colors
SHADE_COS = 0.97  # between the hues of an ink and of its shades: 14 degrees
RING_T, RING_SHARE = (-0.3, -0.04), 0.4  # depth on the other side of the paper; share of another hue
PALETTE = 72  # colors; smooth edges in full color need more
LOOK_PIXELS = 8_000
MIX_LEVELS = 22.0  # a stranger nearer than this to a mix of two inks is their overlap
LAYER, LAYERS = 0.1, 0.7  # coverage by each of two bands where they overlap, at least; by both, at most


def lab(color: Image) -> Image:
    """CIE Lab of one 0..255 colour, (3,)."""
    pixel = np.asarray(np.clip(color, 0, 255) / 255.0, dtype=np.float32).reshape(1, 1, 3)
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_RGB2LAB)[0, 0])


def lab_gap(a: Image, b: Image) -> float:
    return float(np.linalg.norm(lab(a) - lab(b)))


def is_grey(color: Image, paper: Image) -> bool:
    return float(np.ptp(color)) < GREY_LEVELS + float(np.ptp(paper)) / 2


def tint_of(
    paper: Image, color: Image, ink: Image, lossy: bool, top: float = TINT_T[1], share: float | None = None
) -> bool:
    """Whether a color is that of an ink, paler; `share` of the ink's contrast may be another hue."""
    ray = ink - paper
    length = float(np.linalg.norm(ray))
    if length < 1.0:
        return False
    d = color - paper
    t = float(d @ ray) / length**2
    residual = float(np.linalg.norm(d - t * ray))
    limit = max(TINT_LEVELS[int(lossy)], (TINT_SHARE[int(lossy)] if share is None else share) * length)
    return TINT_T[0] < t < top and residual < limit


def is_shade(color: Image, ink: Image) -> bool:
    """Whether a color is of an ink's hue, mixed with any grey."""
    a, b = color - color.mean(), ink - ink.mean()
    both = float(np.linalg.norm(a) * np.linalg.norm(b))
    return bool(GREY_LEVELS <= np.ptp(color) <= np.ptp(ink)) and float(a @ b) >= SHADE_COS * both


def is_mixed(color: Image, inks: list[Image]) -> bool:
    """Whether a colour lies between two of these."""
    for i, a in enumerate(inks):
        for b in inks[i + 1 :]:
            ray = b - a
            t = float((color - a) @ ray) / max(float(ray @ ray), 1.0)
            if 0.0 < t < 1.0 and float(np.linalg.norm(color - a - t * ray)) < MIX_LEVELS:
                return True
    return False


def is_layered(color: Image, paper: Image, inks: list[Image]) -> bool:
    """Whether a pale color is that of two of these inks in translucent layers, one over the other."""
    for i, a in enumerate(inks):
        for b in inks[i + 1 :]:
            rays = np.stack([a - paper, b - paper], axis=1)
            share, *_ = np.linalg.lstsq(rays, color - paper, rcond=None)
            both = share.min() >= LAYER and share.sum() <= LAYERS
            if both and float(np.linalg.norm(color - paper - rays @ share)) < MIX_LEVELS:
                return True
    return False


def is_ringing(color: Image, paper: Image, inks: list[Image]) -> bool:
    """Whether a color lies as far beyond the paper as sharp enlarging leaves beside the stroke of an ink."""
    for ink in inks:
        ray, d = ink - paper, color - paper
        t = float(d @ ray) / max(float(ray @ ray), 1.0)
        if RING_T[0] < t < RING_T[1] and float(np.linalg.norm(d - t * ray)) < RING_SHARE * np.linalg.norm(d):
            return True
    return False


def has_palette(sheet: Sheet) -> bool:
    """Whether the picture has been brought down to few colors."""
    r, g, b = sheet.rgb.reshape(-1, 3).astype(np.int32).T
    colors = (r << 16) | (g << 8) | b
    some = colors[:: max(1, len(colors) // LOOK_PIXELS)]  # mostly enough to tell that there are many
    return len(np.unique(some)) <= PALETTE and len(np.unique(colors)) <= PALETTE
