"""Where text may be: ink against the local background, split in two colour passes.

The chroma of the difference to the background is constant along an antialiased edge, so grey and
coloured ink come apart cleanly: swatches and curves no longer touch the words beside them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.types import Mask, RGBImage
from plotread.vision.words.parts import Sheet

IntArray = NDArray[np.int32]

INK_LEVELS = 40  # levels (largest channel) from the local background; 70 loses pale legend text
BACKGROUND_REACH = 3.0  # th; text fills less than half of a window this wide
BACKGROUND_STEP = 0.25  # th; the background is measured on every such pixel only
CHROMA_INSIDE = 0.25  # (max - min) / max of the difference; per pixel inside a panel
CHROMA_OUTSIDE = 0.3  # per component outside, as sub-pixel fonts have coloured rims
CHROMA_SURE, CHROMA_NONE = 0.5, 0.15  # per pixel; surely coloured, surely grey
BORDER_PX = 3  # px; letters and the sample they touch each reach further than the other on some side
MIXED_AREA = 0.55  # th; side of a square as large as the coloured and the grey part at least are
FILL_PX, OUTLINE_PX, OUTLINE_SHARE = 3, 2, 0.9  # px: a fill, a marker's outline; of a piece that is one
BORDER = 0.15  # th; frames and their antialiasing are blanked this far
THIN = 0.3  # th; thicker runs are glyphs or fills, not rules
RULE_WIDTH = 6.0  # th; horizontal rules (legend frames) are longer than any swatch but rare ones
RULE_HEIGHT = 1.9  # th; vertical rules are taller than any letter of a legend or note
BOX_WIDTH, BOX_HEIGHT = 3.0, (1.3, 60.0)  # th; frames of legends
BOX_SIDE = 0.9  # of a box's height that its side is ink
SAME_PX, MAX_STROKES = 2, 200  # px between ends of strokes of one box; strokes looked at
LINE_LEVELS = 25.0  # by which a piece of a grid line may differ from the color of the rest
TICK_LENGTH = 1.2  # th; ticks that point inwards are no longer
DASH_GAP = 0.7  # th; gaps of dashed gridlines
GRID_SHARE = 0.45  # of the panel; dashed gridlines are at least this long


def text_masks(sheet: Sheet) -> tuple[Mask, Mask]:
    """Grey and coloured text ink of a sheet.

    Parameters
    ----------
    sheet : Sheet

    Returns
    -------
    grey, colored : (H, W) bool arrays in work px
        Frames, rules and gridlines are erased inside panels, tick labels outside.
    """
    difference = cv2.absdiff(sheet.rgb, _local_background(sheet))
    r, g, b = cv2.split(difference)
    high = cv2.max(cv2.max(r, g), b)
    low = cv2.min(cv2.min(r, g), b)
    ink = high > INK_LEVELS
    inside = _blank_frames(sheet, ink)
    for box in sheet.tick_labels:
        ink[box.pad(1).clip(sheet.width, sheet.height).slices] = False
    _, labels = cv2.connectedComponents((ink & ~inside).astype(np.uint8), connectivity=8)
    strongest, piece = high[ink], labels[ink]
    chroma = (strongest.astype(np.float32) - low[ink]) / np.maximum(strongest, 1)
    share = np.bincount(piece, weights=chroma) / np.maximum(np.bincount(piece), 1)
    touching, blob = _touching(ink, piece.astype(np.intp), chroma, (MIXED_AREA * sheet.th) ** 2)
    outside = np.where(touching, blob, share[piece] >= CHROMA_OUTSIDE)
    vivid = np.where(inside[ink], chroma >= CHROMA_INSIDE, outside)
    colored = np.zeros(ink.shape, dtype=bool)
    colored[ink] = vivid
    colored |= _outlines(ink & ~colored, colored)
    return ink & ~colored, colored


def _outlines(grey: Mask, colored: Mask) -> Mask:
    """Grey pieces that lie around fills of color: dark outlines of markers, which are no letters."""
    kernel = np.ones((FILL_PX, FILL_PX), np.uint8)
    fills = cv2.morphologyEx(colored.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    near = cv2.dilate(np.asarray(fills), np.ones((2 * OUTLINE_PX + 1, 2 * OUTLINE_PX + 1), np.uint8)) > 0
    if not near.any():
        return np.zeros_like(grey)
    count, labels = cv2.connectedComponents(grey.astype(np.uint8), connectivity=8)
    piece = labels[grey]
    beside = np.bincount(piece[near[grey]], minlength=count)
    outlines = beside >= OUTLINE_SHARE * np.bincount(piece, minlength=count)
    outlines[0] = False
    return np.asarray(outlines[labels])


def _touching(
    ink: Mask, piece: NDArray[np.intp], chroma: NDArray[np.float64], least: float
) -> tuple[Mask, Mask]:
    """Of the pixels of ink, those of pieces in which grey letters touch a coloured sample; and the samples.

    Rims of letters are coloured in sub-pixel fonts, so only solid patches of colour count.  `piece` and
    `chroma` are those of the inked pixels; piece 0 lies inside a panel.
    """
    vivid = np.zeros(ink.shape, np.uint8)
    vivid[ink] = chroma >= CHROMA_SURE
    kernel = np.ones((3, 3), np.uint8)
    blob = np.asarray(cv2.dilate(cv2.morphologyEx(vivid, cv2.MORPH_OPEN, kernel), kernel)[ink] > 0)
    count = int(piece.max(initial=0)) + 1
    of_blob = np.bincount(piece[blob], minlength=count)
    of_grey = np.bincount(piece[chroma < CHROMA_NONE], minlength=count)
    mixed = (of_blob >= least) & (of_grey >= least)
    mixed[0] = False
    places = np.nonzero(ink)
    for k in np.flatnonzero(mixed):
        sample, letters = (
            np.stack([at[part] for at in places])
            for part in ((piece == k) & blob, (piece == k) & (chroma < CHROMA_NONE))
        )
        # a border or a key around a sample is no word that touches it
        mixed[k] = not _surrounds(letters, sample)
    return np.asarray(mixed[piece]), np.asarray(blob | (chroma >= CHROMA_SURE))


def _surrounds(letters: NDArray[np.intp], sample: NDArray[np.intp]) -> bool:
    """Whether grey ink stands around a sample (rows and columns of both) rather than on one side of it."""
    low, high = sample.min(axis=1), sample.max(axis=1)
    beyond = np.array([low - letters.min(axis=1), letters.max(axis=1) - high])
    if (beyond > BORDER_PX).any() and (beyond < -BORDER_PX).any():
        return False
    for along in (0, 1):
        across = 1 - along
        level = letters[along][(letters[across] >= low[across]) & (letters[across] <= high[across])]
        if (level < low[along]).any() and (level > high[along]).any():
            return True
    return not (beyond > BORDER_PX).any()


def _local_background(sheet: Sheet) -> RGBImage:
    """What lies behind the ink of every pixel; a panel's own fill, not that of the page, at its sides."""
    background = _median_around(sheet.rgb, sheet.th)
    border = max(1, round(BORDER * sheet.th)) + 1
    for frame in sheet.frames:
        box = frame.inner().clip(sheet.width, sheet.height).pad(-border)
        if min(box.width, box.height) >= BACKGROUND_REACH * sheet.th:
            background[box.slices] = _median_around(sheet.rgb[box.slices], sheet.th)
    return background


def _median_around(rgb: RGBImage, th: float) -> RGBImage:
    step = max(1, round(BACKGROUND_STEP * th))
    thin = np.ascontiguousarray(rgb[::step, ::step])
    size = max(3, round(BACKGROUND_REACH * th / step)) | 1
    median = cv2.medianBlur(thin, size)
    grown = np.repeat(np.repeat(median, step, axis=0), step, axis=1)
    return np.ascontiguousarray(grown[: rgb.shape[0], : rgb.shape[1]], dtype=np.uint8)


def _blank_frames(sheet: Sheet, ink: Mask) -> Mask:
    """Erase frames, rules and grid from `ink` (in place); returns what lies inside panels."""
    inside = np.zeros(ink.shape, dtype=bool)
    border = max(1, round(BORDER * sheet.th))
    # the thinned background is that much off at the edges of fills, which must not pass for ink
    reach = border + max(1, round(BACKGROUND_STEP * sheet.th))
    for frame in sheet.frames:
        box = frame.inner().clip(sheet.width, sheet.height)
        if box.width < 3 or box.height < 3:
            continue
        inside[box.slices] = True
        outer, inner = box.pad(reach), box.pad(-reach)
        around = outer.clip(sheet.width, sheet.height)
        strip = np.ones((around.height, around.width), dtype=bool)
        if inner.width > 0 and inner.height > 0:
            y, x = inner.y0 - around.y0, inner.x0 - around.x0
            strip[y : y + inner.height, x : x + inner.width] = False
        ink[around.slices] &= ~(strip & _is_background(sheet, around.slices))
        for x in (box.x0, box.x1 - 1):
            ink[box.y0 : box.y1, max(0, x - border) : x + border + 1] = False
        for y in (box.y0, box.y1 - 1):
            ink[max(0, y - border) : y + border + 1, box.x0 : box.x1] = False
        ink[box.slices] &= ~_rules(ink[box.slices], sheet.rgb[box.slices], sheet)
        _blank_ticks(ink, box, border + 1, sheet)
    return inside


def _blank_ticks(ink: Mask, frame: Box, reach: int, sheet: Sheet) -> None:
    """Erase the tick marks of a panel: short thin strokes that begin at its sides, inwards or outwards."""
    around = frame.pad(reach + sheet.px(TICK_LENGTH)).clip(sheet.width, sheet.height)
    part = np.ascontiguousarray(ink[around.slices], dtype=np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(part)
    x, y, wide, tall = stats[:, :4].T
    x, y = x + around.x0, y + around.y0
    thin, long = max(2, round(THIN * sheet.th)), TICK_LENGTH * sheet.th

    def begins(low: IntArray, size: IntArray, sides: tuple[int, int]) -> Mask:
        ends = np.stack([low, low + size])
        return np.asarray(np.min([np.abs(ends - side).min(axis=0) for side in sides], axis=0) <= reach)

    upright = (wide <= thin) & (tall <= long) & begins(y, tall, (frame.y0, frame.y1))
    flat = (tall <= thin) & (wide <= long) & begins(x, wide, (frame.x0, frame.x1))
    marks = upright | flat
    marks[0] = False
    ink[around.slices] &= ~np.asarray(marks[labels])


def _is_background(sheet: Sheet, where: tuple[slice, slice]) -> Mask:
    rgb = np.ascontiguousarray(sheet.rgb[where])
    flat = np.zeros(rgb.shape[:2], dtype=np.uint8)
    for color in sheet.backgrounds:
        low = tuple(float(max(c - INK_LEVELS, 0)) for c in color)
        high = tuple(float(min(c + INK_LEVELS, 255)) for c in color)
        flat |= np.asarray(cv2.inRange(rgb, low, high), dtype=np.uint8)
    return flat > 0


def _rules(ink: Mask, rgb: RGBImage, sheet: Sheet) -> Mask:
    """Straight thin runs of a panel: legend frames, guide lines, solid and dashed gridlines."""
    image = ink.astype(np.uint8)
    thickness = max(2, round(THIN * sheet.th)) + 1
    flat = image & ~_opened(image, 1, thickness)
    upright = image & ~_opened(image, thickness, 1)
    wide = _opened(flat, sheet.px(RULE_WIDTH), 1)
    tall = _opened(upright, 1, sheet.px(RULE_HEIGHT))
    gap = sheet.px(DASH_GAP)
    long = _opened(_closed(flat, gap, 1), max(3, int(GRID_SHARE * ink.shape[1])), 1) & flat
    wide |= long | _dashes_in_line(image, long) | _under_letters(flat, rgb, long)
    long = _opened(_closed(upright, 1, gap), 1, max(3, int(GRID_SHARE * ink.shape[0]))) & upright
    tall |= long | _dashes_in_line(image.T, long.T).T
    tall |= _under_letters(upright.T, rgb.transpose(1, 0, 2), long.T).T
    rules = np.asarray((wide | tall) > 0)
    _add_boxes(rules, ink, _opened(flat, sheet.px(BOX_WIDTH), 1), sheet)
    return rules


def _dashes_in_line(image: NDArray[np.uint8], dashed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lone dashes on the rows of dashed lines, which legends and curves part into shorter ones."""
    rows = dashed.any(axis=1)
    if not rows.any():
        return np.zeros_like(image)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(image))
    on = np.concatenate([[0], np.cumsum(rows)])
    top, tall = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    lone = on[top + tall] - on[top] == tall
    lone[0] = False
    return np.asarray(lone[labels], dtype=np.uint8)


def _under_letters(flat: NDArray[np.uint8], rgb: RGBImage, line: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pieces of grid lines between letters that stand on them: thin, and of the line's color."""
    out = np.zeros_like(flat)
    for row in np.flatnonzero(line.any(axis=1)).tolist():
        color = np.median(rgb[row, line[row] > 0], axis=0)
        off = np.abs(rgb[row] - color).max(axis=1)
        out[row] = flat[row] & (off <= LINE_LEVELS)
    return out


def _add_boxes(rules: Mask, ink: Mask, flat: NDArray[np.uint8], sheet: Sheet) -> None:
    """Add to `rules` the sides of boxes: two flat strokes of one length and the strokes at their ends.

    A letter may stand on a side, which is no rule of its own then.
    """
    reach = SAME_PX + round(THIN * sheet.th)  # the flat strokes end where the upright ones begin
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(flat))
    strokes = sorted((Box(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:count].tolist()),
                     key=lambda b: (b.y0, b.x0))[:MAX_STROKES]  # fmt: skip
    for i, top in enumerate(strokes):
        for bottom in strokes[i + 1 :]:
            alike = abs(top.x0 - bottom.x0) <= SAME_PX and abs(top.x1 - bottom.x1) <= SAME_PX
            if not alike or not BOX_HEIGHT[0] * sheet.th <= bottom.y0 - top.y1 <= BOX_HEIGHT[1] * sheet.th:
                continue
            left, right = min(top.x0, bottom.x0), max(top.x1, bottom.x1)
            between = slice(top.y1, bottom.y0)
            ends = [range(max(0, left - reach), left + SAME_PX),
                    range(right - SAME_PX, min(right + reach, ink.shape[1]))]  # fmt: skip
            full = [[x for x in end if float(ink[between, x].mean()) >= BOX_SIDE] for end in ends]
            if full[0] and full[1]:
                for x in (*full[0], *full[1]):
                    rules[between, x] = True
                for stroke in (top, bottom):
                    rules[stroke.y0 : stroke.y1, max(0, left - SAME_PX) : right + SAME_PX] = True


def _opened(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    return np.asarray(
        cv2.morphologyEx(image, cv2.MORPH_OPEN, np.ones((height, width), np.uint8)), dtype=np.uint8
    )


def _closed(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    return np.asarray(
        cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones((height, width), np.uint8)), dtype=np.uint8
    )
