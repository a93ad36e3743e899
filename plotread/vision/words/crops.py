"""Crops of lines of text, with a margin, and what of other ink is left out of them."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from plotread.geometry import Box
from plotread.vision.types import RGBImage
from plotread.vision.words.parts import Sheet, mode_color

PADDING = 0.2  # line heights around a crop; more lets neighbours in, less cuts tails
FEET = 0.4  # the same where underscores are looked for, which stand below the line's box
INK_LEVELS = 40  # levels from the paper: ink in a crop's margin
RIM_PX = 1  # by which the boxes of two rows may overlap
RULE_LEVELS = 16  # levels from the paper: pale gridlines
RULE_PX, RULE_SHARE = 3, 0.25  # px, line heights: a thicker upright stroke is no rule


def crops_of(sheet: Sheet, box: Box, angle: Literal[0, 90, 270]) -> list[RGBImage]:
    """Crops of one line of text: as printed and, where other ink reaches into its margin, without that.

    Parameters
    ----------
    sheet : Sheet
    box : Box
        Of the line, work px.
    angle : 0, 90 or 270
        How the text is turned, degrees.

    Returns
    -------
    list of (h, w, 3) uint8 array
        One or two; at full size with a margin, turned so that the text runs left to right.
    """
    full = sheet.to_full(box)
    pad = max(2, round(PADDING * (full.width if angle else full.height)))
    around = full.pad(pad).clip(sheet.full.shape[1], sheet.full.shape[0])
    pixels = sheet.full[around.slices]
    own = Box(full.x0 - around.x0, full.y0 - around.y0, full.x1 - around.x0, full.y1 - around.y0)
    clean = pixels
    if angle == 0 and any(_ends_above(cut, box) for cut in sheet.cuts):
        clean = pixels.copy()
        clean[: own.y0] = mode_color(pixels.reshape(-1, 3))
    clean = _alone(clean, own, upright=angle == 0)
    if angle == 0:
        clean = _without_rules(clean, own)
    turns = {0: 0, 90: -1, 270: 1}[angle]
    variants = [pixels] if clean is pixels else [pixels, clean]
    return [np.ascontiguousarray(np.rot90(variant, turns)) for variant in variants]


def with_feet(sheet: Sheet, box: Box, angle: Literal[0, 90, 270]) -> RGBImage:
    """A crop of one line of text as printed, with room below it for underscores; arguments as above."""
    full = sheet.to_full(box)
    pad = max(2, round(FEET * (full.width if angle else full.height)))
    around = full.pad(pad).clip(sheet.full.shape[1], sheet.full.shape[0])
    turns = {0: 0, 90: -1, 270: 1}[angle]
    return np.ascontiguousarray(np.rot90(sheet.full[around.slices], turns))


def _ends_above(cut: Box, box: Box) -> bool:
    """Whether a line begins at a cut: what stands above are feet of the letters of another row."""
    return min(cut.x1, box.x1) > max(cut.x0, box.x0) and 0 <= box.y0 - cut.y1 <= 1


def _alone(pixels: RGBImage, own: Box, *, upright: bool) -> RGBImage:
    """A crop without the ink that reaches into its margin above and below the line: ticks, other rows.

    They are read as accents otherwise.  `own` is the line's box in the crop.
    """
    paper = mode_color(pixels.reshape(-1, 3))
    ink = np.abs(pixels.astype(np.int16) - paper).max(axis=2) > INK_LEVELS
    if not upright:
        ink, own = ink.T, Box(own.y0, own.x0, own.y1, own.x1)
    high = ink.shape[0]
    if not ink[0].any() and not ink[-1].any():
        return pixels
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(ink, dtype=np.uint8))
    top, bottom = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    strange = ((top == 0) & (bottom <= own.y0 + RIM_PX)) | ((bottom == high) & (top >= own.y1 - RIM_PX))
    strange[0] = False
    if not strange.any():
        return pixels
    gone = np.asarray(strange[labels])
    gone = cv2.dilate(gone.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    gone[own.y0 + RIM_PX : own.y1 - RIM_PX] = False
    out = pixels.copy()
    out[gone if upright else gone.T] = paper
    return out


def _without_rules(pixels: RGBImage, own: Box) -> RGBImage:
    """A crop without upright strokes that pass through both its margins: sides of frames and gridlines.

    Where a stroke of a letter crosses one, it stays whole.
    """
    if own.y0 == 0 or own.y1 == pixels.shape[0]:
        return pixels
    paper = mode_color(pixels.reshape(-1, 3))
    ink = np.abs(pixels.astype(np.int16) - paper).max(axis=2) > RULE_LEVELS
    full = ink.all(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    out = pixels
    for x0, x1 in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if x1 - x0 > max(RULE_PX, RULE_SHARE * own.height):
            continue
        left = ink[:, x0 - 1] if x0 > 0 else np.zeros(len(ink), dtype=bool)
        right = ink[:, x1] if x1 < ink.shape[1] else np.zeros(len(ink), dtype=bool)
        out = pixels.copy() if out is pixels else out
        out[~(left & right), x0:x1] = paper
    return out
