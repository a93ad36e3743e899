"""The sample of a curve beside a line of a legend: where it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box
from plotread.vision.pixels import largest_channel
from plotread.vision.types import Mask
from plotread.vision.words.parts import Sheet, Side, TextLine, mode_color

WINDOW = 9.5  # th; a swatch and its gap end within
WINDOW_HEIGHTS = (0.85, 0.5)  # line heights above and below the middle; the lower one for frames near the row
INK_LEVELS = 22  # levels from the window's background; pale swatches count
FAINT_LEVELS, EVEN_LEVELS, EVEN_SHARE = 10, 3, 0.6  # the same where so large a share is so even
PAPER_SHARE = 0.1  # of a column that is the text's paper; with less a box has ended
CLOSE_GAP = 0.8  # th; gaps within a dashed swatch
GAP = 2.6  # th; between swatch and text, at most
PASSING = 1.5  # th; a thin run this long that reaches the text is none of the swatch
UPRIGHT = 1.0  # th; an upright one at its end, from there on
WIDTH = (0.4, 7.5)  # th
CENTER = 0.42  # line heights; a swatch stands at the middle of its line
DISC_REACH = 8.0  # th; coloured discs of run tables stand further off
DISC_SIZE = (0.4, 1.9)  # th
DISC_FILL = 0.6  # of the disc's box
FLAT_MARK = 1.3  # th; a shorter flat grey mark is a hyphen or a tick ...
BROKEN = (1.0, 0.85)  # th, share of its box that is ink: two thin dashes are not ...
EQUALS = 0.6  # ... or, up to this height over width, an equals sign
RULE = 0.3  # th; a thinner column that is full of ink is a frame or spine
SPARE = 1  # px between a text and its window, for the rims of its letters
COLOR_NEAR = 48.0  # levels; ink of one curve within a crowded window
SLOPE = (1.5, 0.15)  # px, th; the ends of a flat sample stand level within this
SLOPE_WIDTH = 1.0  # th; shorter pieces are marks
COLOR_TRIES = 4  # inks tried apart where ink of several curves touches
BESIDE = 0.8  # th; of pieces so near to each other the longest is the sample ...
SCRAP, FLAT = 1.2, 0.6  # th; ... if the nearest one is shorter than this, and the longest a flat line
TWIN_PX, TWIN_GAP, TWIN_ASPECT = 1, 3.0, 1.6  # of marks side by side: px; widths; width to height
OUTLINE = (0.2, 0.5)  # of its width it may be higher or lower; th between its upper and lower edge
MIN_LINE_HEIGHT = 0.9  # th; "a" alone is lower than its row


Piece = tuple[float, Box, int, NDArray[np.int16]]  # gap to the text, place, px of ink, their colours


@dataclass(frozen=True, slots=True)
class Swatch:
    """Where a swatch stands (work px) and on which side of its text.

    `apart` if its ink touched other ink, `faint` if it is hardly unlike the paper, `icon` if it is a
    small drawing of a curve.
    """

    box: Box
    side: Side
    gap: float
    disc: bool
    vivid: bool = False
    apart: bool = False
    faint: bool = False
    icon: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of text with its swatch."""

    line: TextLine
    swatch: Swatch

    @property
    def side(self) -> Side:
        return self.swatch.side

    @property
    def near_end(self) -> int:
        """Where the text ends that faces the swatch (work px)."""
        return self.line.box.x0 if self.side == "left" else self.line.box.x1


def find_swatch(sheet: Sheet, line: TextLine, side: Side, words: list[Box]) -> Swatch | None:
    """The swatch on one side of a line of text, or None.

    Parameters
    ----------
    sheet : Sheet
    line : TextLine
    side : "left" or "right"
    words : list of Box
        Other text, which is no swatch, in work px.
    """
    for share in WINDOW_HEIGHTS:
        window = _window(sheet, line, side, share)
        if window.width < 2 or window.height < 2:
            return None
        ink, color, background = _window_ink(sheet, window, words)
        ink = _without_passing(ink, side, sheet.th)
        found = _nearest(sheet, line, side, window, ink, color, apart=False)
        if found is not None:
            return found
    return (
        _by_color(sheet, line, side, window, ink, color, background)
        or _on_paper(sheet, line, side, words) or _faint(sheet, line, side, words)
    )  # fmt: skip


def _on_paper(sheet: Sheet, line: TextLine, side: Side, words: list[Box]) -> Swatch | None:
    """A swatch on the paper of its text, where that ends within the window: a box laid over a panel."""
    if line.region >= 0:
        return None
    paper = mode_color(sheet.rgb[line.box.pad(SPARE).clip(sheet.width, sheet.height).slices].reshape(-1, 3))
    window = _window(sheet, line, side, WINDOW_HEIGHTS[0])
    if window.width < 2 or window.height < 2:
        return None
    rgb = sheet.rgb[window.slices]
    if np.abs(mode_color(rgb.reshape(-1, 3)) - paper).max() <= INK_LEVELS:
        return None
    off = largest_channel(np.abs(rgb.astype(np.int16) - paper))
    strange = np.flatnonzero((off <= INK_LEVELS).mean(axis=0) < PAPER_SHARE)
    if side == "left":
        x0 = window.x0 + (int(strange.max()) + 1 if len(strange) else 0)
        window = Box(x0, window.y0, window.x1, window.y1)
    else:
        window = Box(window.x0, window.y0, window.x0 + (int(strange.min()) if len(strange) else 0), window.y1)
    if window.width < 2:
        return None
    ink, color, _ = _window_ink(sheet, window, words)
    return _nearest(sheet, line, side, window, ink, color, apart=False)


def _faint(sheet: Sheet, line: TextLine, side: Side, words: list[Box]) -> Swatch | None:
    """A swatch hardly darker or lighter than even paper outside the panels: black on nearly black."""
    if line.region >= 0:
        return None
    window = _window(sheet, line, side, WINDOW_HEIGHTS[0])
    if window.width < 2 or window.height < 2:
        return None
    rgb = sheet.rgb[window.slices]
    off = largest_channel(np.abs(rgb.astype(np.int16) - mode_color(rgb.reshape(-1, 3))))
    if float((off <= EVEN_LEVELS).mean()) < EVEN_SHARE:
        return None
    ink, color, _ = _window_ink(sheet, window, words, FAINT_LEVELS)
    found = _nearest(sheet, line, side, window, ink, color, apart=False)
    if found is None or found.box.width < FLAT_MARK * sheet.th:
        return None
    return replace(found, faint=True)


def reach_of(sheet: Sheet, line: TextLine) -> Box:
    """A box that holds all that `find_swatch` looks at on either side of a line."""
    return line.box.pad(sheet.px(WINDOW) + SPARE, line.height + sheet.px(MIN_LINE_HEIGHT))


def _window(sheet: Sheet, line: TextLine, side: Side, share: float) -> Box:
    cy = line.box.center[1]
    half = share * max(line.height, MIN_LINE_HEIGHT * sheet.th)
    y0, y1 = int(np.floor(cy - half)), int(np.ceil(cy + half)) + 1
    long, spare = sheet.px(WINDOW), SPARE
    if side == "left":
        box = Box(line.box.x0 - spare - long, y0, line.box.x0 - spare, y1)
    else:
        box = Box(line.box.x1 + spare, y0, line.box.x1 + spare + long, y1)
    if line.region >= 0:
        inner = sheet.frames[line.region].inner()
        x0, x1 = max(box.x0, inner.x0 + 1), min(box.x1, inner.x1 - 1)
        box = Box(x0, max(box.y0, inner.y0), x1, min(box.y1, inner.y1))
    return box.clip(sheet.width, sheet.height)


def _window_ink(
    sheet: Sheet, window: Box, words: list[Box], levels: int = INK_LEVELS
) -> tuple[Mask, NDArray[np.int16], NDArray[np.float64]]:
    """Ink of a window without rules and words, its colours, and its background."""
    rgb = sheet.rgb[window.slices]
    background = mode_color(rgb.reshape(-1, 3))
    color = rgb.astype(np.int16)
    ink = largest_channel(np.abs(color - background)) > levels
    for word in words:
        if word.overlap(window):
            ink[max(0, word.y0 - 1 - window.y0) : max(0, word.y1 + 1 - window.y0),
                max(0, word.x0 - 1 - window.x0) : max(0, word.x1 + 1 - window.x0)] = False  # fmt: skip
    thin = max(2, round(RULE * sheet.th))
    for start, end in _runs(ink.mean(axis=0) > 0.97):
        if end - start <= thin:
            ink[:, start:end] = False
    for start, end in _runs(ink.mean(axis=1) > 0.97):
        if end - start <= thin:
            ink[start:end] = False
    return ink, color, background


def _nearest(
    sheet: Sheet, line: TextLine, side: Side, window: Box, ink: Mask, color: NDArray[np.int16], *, apart: bool
) -> Swatch | None:
    """The acceptable piece of ink nearest to the text."""
    if not ink.any():
        return None
    kernel = np.ones((1, sheet.px(CLOSE_GAP)), np.uint8)
    pad = sheet.px(CLOSE_GAP)
    wide = cv2.copyMakeBorder(ink.astype(np.uint8), 0, 0, pad, pad, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel)[:, pad:-pad]
    count, labels = cv2.connectedComponents(np.ascontiguousarray(closed), connectivity=8)
    pieces: list[Piece] = []
    for k in range(1, count):
        rows, columns = np.nonzero((labels == k) & ink)
        if len(rows) == 0:
            continue
        box = Box(
            window.x0 + int(columns.min()), window.y0 + int(rows.min()),
            window.x0 + int(columns.max()) + 1, window.y0 + int(rows.max()) + 1,
        )  # fmt: skip
        gap = line.box.x0 - box.x1 if side == "left" else box.x0 - line.box.x1
        if not _is_sloped(rows, columns, sheet.th):
            pieces.append((gap, box, len(rows), color[rows, columns]))
    pieces = _outlines(pieces, sheet.th)
    accepted: list[Swatch] = []
    for distance, box, area, colors in sorted(pieces, key=lambda piece: (piece[0], piece[1].y0)):
        if accepted and distance - accepted[0].gap * sheet.th > BESIDE * sheet.th:
            break
        verdict = _judge(sheet, line, side, window, box, distance, area, colors)
        if verdict is not None:
            accepted.append(
                Swatch(box, side, distance / sheet.th, verdict == "disc", _is_vivid(colors), apart)
            )
        # whatever else is wide stands between the text and any swatch further off
        elif not accepted and box.width > WIDTH[0] * sheet.th and box.height > 0.5 * line.height:
            return None
    if not accepted:
        return None
    accepted[0] = _with_twins(accepted[0], pieces)
    if accepted[0].box.width >= SCRAP * sheet.th:
        return accepted[0]
    # the end of a curve may stand nearer than the sample
    flat = [s for s in accepted[1:] if s.box.height < FLAT * sheet.th]
    return max((accepted[0], *flat), key=lambda swatch: swatch.box.width)


def _with_twins(swatch: Swatch, pieces: list[Piece]) -> Swatch:
    """The swatch with marks further from the text that are just like it: some legends show two or three."""
    size, whole = swatch.box, swatch.box
    own = next(colors for _, box, _, colors in pieces if box is size)
    ink = np.median(own, axis=0)
    stout = max(size.width, size.height) <= TWIN_ASPECT * min(size.width, size.height)
    for _, box, _, colors in sorted(pieces, key=lambda piece: piece[0]) if stout else []:
        apart = whole.x0 - box.x1 if swatch.side == "left" else box.x0 - whole.x1
        alike = abs(box.width - size.width) <= TWIN_PX and abs(box.height - size.height) <= TWIN_PX
        level = abs(box.center[1] - size.center[1]) <= TWIN_PX
        same = float(np.abs(np.median(colors, axis=0) - ink).max()) <= INK_LEVELS
        if alike and level and same and 0 <= apart <= TWIN_GAP * size.width:
            whole = whole.union(box)
    return replace(swatch, box=whole)


def _outlines(pieces: list[Piece], th: float) -> list[Piece]:
    """The pieces, upper and lower edge of a broken outline put together."""
    done: list[Piece] = []
    for piece in sorted(pieces, key=lambda item: item[1].y0):
        _, box, area, colors = piece
        for i, (gap, other, size, inks) in enumerate(done):
            as_wide = abs(box.x0 - other.x0) <= 1 and abs(box.x1 - other.x1) <= 1
            whole = box.union(other)
            square = abs(whole.width - whole.height) <= OUTLINE[0] * whole.width
            if as_wide and square and 0 <= box.y0 - other.y1 <= OUTLINE[1] * th:
                done[i] = (min(gap, piece[0]), whole, size + area, np.concatenate([inks, colors]))
                break
        else:
            done.append(piece)
    return done


def _is_sloped(rows: NDArray[np.intp], columns: NDArray[np.intp], th: float) -> bool:
    """Whether a piece of ink stands higher at one end than at the other: a curve, for samples lie flat."""
    low, high = int(columns.min()), int(columns.max())
    end = max(1, (high - low + 1) // 4)
    drift = float(rows[columns < low + end].mean() - rows[columns > high - end].mean())
    return high - low > SLOPE_WIDTH * th and abs(drift) > max(SLOPE[0], SLOPE[1] * th)


def _judge(
    sheet: Sheet, line: TextLine, side: Side, window: Box, box: Box, gap: float, area: int,
    colors: NDArray[np.int16],
) -> str | None:  # fmt: skip
    th = sheet.th
    height = max(line.height, MIN_LINE_HEIGHT * th)
    if abs(box.center[1] - line.box.center[1]) > CENTER * height:
        return None
    if not WIDTH[0] * th <= box.width <= WIDTH[1] * th:
        return None
    # ink that reaches the text is a frame, a gridline or a curve; so is ink that goes on at the far end
    free = box.x0 > window.x0 and box.x1 < window.x1
    if not free:
        return None
    vivid = _is_vivid(colors)
    square = abs(box.width - box.height) <= 0.3 * max(box.width, box.height)
    disc = square and DISC_SIZE[0] * th <= box.width <= DISC_SIZE[1] * th \
        and area >= DISC_FILL * box.width * box.height  # fmt: skip
    if disc and vivid and gap <= DISC_REACH * th:
        return "disc"
    if gap > GAP * th:
        return None
    broken = area <= BROKEN[1] * box.width * box.height and box.height <= RULE * th
    least = (BROKEN[0] if broken else FLAT_MARK) * th
    if box.width < least and not vivid and box.height < max(0.5 * th, EQUALS * box.width):
        return None
    return "disc" if disc else "line"


def _is_vivid(colors: NDArray[np.int16]) -> bool:
    return bool(np.median(colors.max(axis=1) - colors.min(axis=1)) > INK_LEVELS)


def _without_passing(ink: Mask, side: Side, th: float) -> Mask:
    """Ink without the thin runs that pass on to the text and the upright ones at their ends: frames."""
    flat = _long_runs(ink, th, PASSING)
    _, labels = cv2.connectedComponents(flat, connectivity=8)
    edge = labels[:, -1] if side == "left" else labels[:, 0]
    passing = np.isin(labels, np.unique(edge[edge > 0]))
    upright = np.ascontiguousarray(_long_runs(ink.T, th, UPRIGHT).T)
    _, labels = cv2.connectedComponents(upright, connectivity=8)
    beside = np.asarray(cv2.dilate(passing.astype(np.uint8), np.ones((5, 5), np.uint8))) > 0
    corners = np.unique(labels[beside & (labels > 0)])
    return ink & ~passing & ~np.isin(labels, corners[corners > 0])


def _long_runs(ink: Mask, th: float, least: float) -> NDArray[np.uint8]:
    """The thin level strokes of a mask that are `least` text heights long."""
    image = np.ascontiguousarray(ink, dtype=np.uint8)
    pen = np.ones((max(2, round(RULE * th)) + 1, 1), np.uint8)
    thick = cv2.morphologyEx(image, cv2.MORPH_OPEN, pen)
    thin = np.asarray((image > 0) & (np.asarray(thick) == 0), dtype=np.uint8)
    long = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, max(3, round(least * th))), np.uint8))
    return np.asarray(long, dtype=np.uint8)


def _by_color(
    sheet: Sheet, line: TextLine, side: Side, window: Box, ink: Mask, color: NDArray[np.int16],
    background: NDArray[np.float64],
) -> Swatch | None:  # fmt: skip
    """Where curves run through a frameless legend: look at one ink at a time."""
    rest = ink.copy()
    strength = largest_channel(np.abs(color - background))
    for _ in range(COLOR_TRIES):
        strong = rest & (strength > 2 * INK_LEVELS)
        if strong.sum() < WIDTH[0] * sheet.th:
            return None
        mode = mode_color(color[strong].astype(np.uint8))
        mine = rest & (largest_channel(np.abs(color - mode)) <= COLOR_NEAR)
        found = _nearest(sheet, line, side, window, mine, color, apart=True)
        if found is not None and found.box.width >= FLAT_MARK * sheet.th:
            return found
        rest &= ~mine
    return None


def _runs(on: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
