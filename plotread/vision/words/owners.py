"""Which legend speaks for which panel."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, Frame
from plotread.model import RGB
from plotread.vision.pixels import largest_channel, median_color
from plotread.vision.types import LegendEntry, Mask, RGBImage

COLOR_NEAR = 25.0  # levels (largest channel); ink of an entry seen in a panel
VIVID = 60  # levels between the largest and smallest channel; ink that must find its entry
SERVED = 0.7  # share of a panel's vivid ink that a borrowed legend must explain
SEEN_PIXELS = 8  # of an entry's colour in a panel; fewer are noise
INK_LEVELS = 40  # levels from the panel's background
SAMPLE_PIXELS = 160_000  # a panel is looked at on at most this many
SEEN_SHARE = 0.5  # of the entries of a legend outside: their inks stand in the panel
LENT_COLORS = 2  # of the inks of another panel's legend that stand in a panel which borrows it
PALER = 1.4  # times; a thin sample is mixed with the paper where its curve is not
LEGEND_REACH = 0.8  # of the panel's width or height; a legend outside stands this near its own panel
SHORT_WORD = 3  # letters of a word that may stand for a longer one
SPLITS = frozenset({"train", "training", "val", "valid", "validation", "test", "vs", "and"})  # data alone
KINDS = (  # words that tell what a curve measures, alike ones together
    frozenset({"loss", "nll", "entropy", "perplexity", "ppl"}),
    frozenset({"acc", "accuracy"}),
    frozenset({"lr", "rate"}),
    frozenset({"grad", "gradient", "norm"}),
)
_WORD = re.compile(r"[^\W\d_]+")

Pixels = NDArray[np.float64]


def share_legends(
    rgb: RGBImage, frames: Sequence[Frame], legends: Sequence[tuple[LegendEntry, ...]],
    measured: Sequence[str | None],
) -> list[tuple[LegendEntry, ...]]:
    """The entries that speak for each panel.

    Parameters
    ----------
    rgb : (H, W, 3) uint8 array
    frames : sequence of Frame
    legends : sequence of tuples of LegendEntry
        Blocks as found; each belongs to the panel around it, else to the nearest one.  A panel without
        its own borrows the nearest block that explains its coloured ink, unless that names what
        its own panel measures and this one does not ("raw loss" beside a learning rate).
    measured : sequence of str or None
        What says what each panel shows: the label of its y axis, else its title.

    Returns
    -------
    list of tuples of LegendEntry, one per panel
    """
    owned: list[list[tuple[LegendEntry, ...]]] = [[] for _ in frames]
    said = [frozenset(_WORD.findall((text or "").lower())) - SPLITS for text in measured]
    outside = []
    for block in legends:
        box = _extent(block)
        index = next((i for i, f in enumerate(frames) if f.contains(*box.center)), None)
        if index is not None:
            owned[index].append(block)
        else:
            outside.append(block)
    for block in outside:
        near = sorted((_distance(frames[i], _extent(block)), i) for i in range(len(frames)))
        for distance, i in near:
            own = not owned[i] and distance <= LEGEND_REACH * max(frames[i].width, frames[i].height)
            if own and _seen(rgb, frames[i], block) >= SEEN_SHARE * len(block):
                owned[i].append(block)
                break
    done = []
    for i, blocks in enumerate(owned):
        lone = sum(len(block) for block in blocks) == 1
        vivid = _vivid(rgb, frames[i]) if lone or not blocks else None
        if vivid is None or (lone and _serves(vivid, blocks[0])):
            done.append(tuple(entry for block in blocks for entry in block))
            continue
        near = sorted(
            ((_distance(frames[i], _extent(b)), k) for k, b in enumerate(legends)), key=lambda item: item
        )
        strange = [
            b for own, theirs in zip(said, owned, strict=True) for b in theirs
            if _names_another(b, own, said[i])
        ]  # fmt: skip
        # a lone entry that explains nothing is a note beside a mark; a legend that serves may stand elsewhere
        fallback = blocks[0] if blocks else ()
        # Of the curves of another panel a lone one here shows but the first color of a program.
        lent = (
            b for _, k in near
            if (b := legends[k]) not in strange
            and (b in outside or len(b) == 1 or _seen(rgb, frames[i], b) >= LENT_COLORS)
        )  # fmt: skip
        done.append(next((block for block in lent if _serves(vivid, block)), fallback))
    return done


def _names_another(block: Sequence[LegendEntry], own: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the names of a legend tell what its own panel shows, and another panel tells otherwise."""
    names = frozenset(word for entry in block for word in _WORD.findall(entry.name.lower())) - SPLITS
    kinds = [{k for k, kind in enumerate(KINDS) if kind & words} for words in (names, other)]
    if all(kinds) and not kinds[0] & kinds[1]:
        return True  # "train_loss" beside a learning rate
    return bool(other) and _share_word(names, own) and not _share_word(names, other)


def _share_word(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two texts have a word in common, or one begins another: "acc", "accuracy"."""
    return any(
        one == two or (min(len(one), len(two)) >= SHORT_WORD and (one.startswith(two) or two.startswith(one)))
        for one in a for two in b
    )  # fmt: skip


def _extent(block: Sequence[LegendEntry]) -> Box:
    box = block[0].box
    for entry in block[1:]:
        box = box.union(entry.box)
    return box


def _distance(frame: Frame, box: Box) -> float:
    dx = max(frame.left - box.x1, box.x0 - frame.right, 0.0)
    dy = max(frame.top - box.y1, box.y0 - frame.bottom, 0.0)
    return float(np.hypot(dx, dy))


def _pixels(rgb: RGBImage, frame: Frame) -> RGBImage:
    box = frame.inner().pad(-2).clip(rgb.shape[1], rgb.shape[0])
    crop = rgb[box.slices]
    step = max(1, int(np.sqrt(crop.shape[0] * crop.shape[1] / SAMPLE_PIXELS)))
    return np.ascontiguousarray(crop[::step, ::step])


def _seen(rgb: RGBImage, frame: Frame, block: Sequence[LegendEntry]) -> int:
    """How many entries' colours stand in a panel."""
    pixels = _pixels(rgb, frame).astype(np.float64)
    return sum(_count(pixels, entry.color) >= SEEN_PIXELS for entry in block)


def _count(pixels: Pixels, color: RGB) -> int:
    off = np.abs(pixels - np.array(color, dtype=np.float64))
    return int(np.count_nonzero(largest_channel(off) <= COLOR_NEAR))


def _vivid(rgb: RGBImage, frame: Frame) -> tuple[Pixels, Pixels]:
    """The coloured ink of a panel and its background."""
    pixels = _pixels(rgb, frame)
    background = median_color(pixels) if pixels.size else np.full(3, np.nan)
    smallest = 255 - largest_channel(255 - pixels)
    ink = pixels[largest_channel(pixels) - smallest >= VIVID].astype(np.float64)
    return ink[np.abs(ink - background).max(axis=1) >= INK_LEVELS], background


def _serves(vivid: tuple[Pixels, Pixels], block: Sequence[LegendEntry]) -> bool:
    """Whether a legend elsewhere explains a panel's vivid ink."""
    ink, background = vivid
    if len(ink) < SEEN_PIXELS:
        return False
    explained = np.zeros(len(ink), dtype=bool)
    for entry in block:
        explained |= _on_mix(ink, np.array(entry.color, dtype=np.float64), background)
    return float(explained.mean()) >= SERVED


def _on_mix(ink: Pixels, color: Pixels, background: Pixels) -> Mask:
    """Which pixels are a mix of the background and this colour (antialiased or translucent), or its core."""
    along = color - background
    length = float(along @ along)
    if length == 0:
        return np.zeros(len(ink), dtype=bool)
    share = np.clip((ink - background) @ along / length, 0, PALER)
    rest = ink - (background + share[:, None] * along)
    return np.asarray(np.abs(rest).max(axis=1) <= COLOR_NEAR)
