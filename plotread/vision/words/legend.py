"""Legends: lines with a swatch become candidates, candidates that agree become blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from plotread.geometry import Box
from plotread.vision.types import Mask
from plotread.vision.words.boxed import is_boxed
from plotread.vision.words.glued import find_glued, without_dash
from plotread.vision.words.icons import find_icon
from plotread.vision.words.parts import Sheet, TextLine
from plotread.vision.words.swatch import CENTER, Entry, Swatch, find_swatch, reach_of

MIN_CONFIDENCE = 0.6  # of a line's reading
SWATCH_ENDS = 0.8  # th; swatches of one column share an end or their centre
TEXT_ENDS = 0.7  # th; so do their texts
SAME_SAMPLE = 0.3  # th; both ends of the samples of a column
ROW_GAPS = 0.6  # th; entries of one row keep the same distance to their swatch
ROW_WIDTHS = 1.0  # th; and samples of one length
ROW_MIDDLES = 0.5  # th
COLUMN_GAP = 6.0  # th; between columns of a legend inside a panel, at most
ROW_PITCH = 3.5  # th; from one row of a legend that runs over to the next
LEVEL = 0.3  # of the text's height; a sample further up or down may be the next row's
PITCH = 7.0  # th; rows of one block follow each other within this
SINGLE_WIDTH = 1.2  # th; a lone entry's swatch is at least this long (or a disc)
VIVID_WIDTH = 1.0  # th; the same where it is colored and the text is not
SINGLE_GAP = (0.25, 2.3)  # th
BLOCK_CONFIDENCE = 0.8  # mean over a block
SHORT_TEXT = 3  # characters
SHORT_CONFIDENCE = 0.93
# Names of this field that are as short as scraps of curves read; a reader may doubt them a little.
SHORT_NAMES = frozenset({"lr", "acc", "val", "f1", "kl", "ema", "ppl", "nll", "mse", "mae", "wer", "iou"})
DISTINCT = 0.6  # share of different texts in a block; strokes read as "I" repeat themselves
STROKES = re.compile(r"[\s1Iil|!\-–—一十.,:;'_xX]*")  # what rules, dashes and ticks are read as
ZIGZAG = re.compile(r"[AVWMNvw\s]*")  # what corners of a curve between gridlines are read as
NUMERIC = re.compile(r"[\d\s.,:%kKMeEx×^+\-−–⁰¹²³⁴-⁹⁻]*")
DASH_WIDTH = 2.0  # th; a dash of a sentence is shorter
DASH_GAP = 1.2  # th; and this near to the words on both sides
LOOK_HEIGHT = 0.25  # relative; letters of two legends of one panel are as tall
LOOK_WIDTH = 1.0  # th; and their samples as long
ICON_HEIGHT = 0.9  # th
LETTER_SIZE, COLORED_LETTERS = (0.5, 1.4), 3  # th high at least and wide at most; of words in a curve's ink
SAMPLE_TEXT = 0.5  # of the larger box; a "sample" and a word that share so much are one
CLASH = 0.3  # of the smaller box; tails of letters may reach into the next row
SOLID_GAP = (-0.6, 2.6)  # th; from a solid mark to its words, which a title's letters may lengthen
CUT_REACH = 0.8  # th; a legend outside has its sample between the frame and the text
LETTER = re.compile(r"[^\W\d_]")
OF_WORDS = re.compile("[\u0400-\u04ff\uac00-\ud7a3]")  # Cyrillic, Hangul: no reader takes strokes for these


Block = tuple[Entry, ...]


def find_candidates(
    sheet: Sheet, lines: Sequence[TextLine], masks: tuple[Mask, Mask]
) -> list[Entry]:
    """Every line with a swatch on either side, unread."""
    words = [line.box for line in lines if _is_text(line, sheet.th)]
    words += list(sheet.tick_labels)
    x0, y0, x1, y1 = np.array([(b.x0, b.y0, b.x1, b.y1) for b in words]).reshape(-1, 4).T
    found = []
    for line in lines:
        cut = _is_cut(sheet, line, lines)
        near = reach_of(sheet, line)
        close = (x0 < near.x1) & (x1 > near.x0) & (y0 < near.y1) & (y1 > near.y0)
        others = [words[i] for i in np.flatnonzero(close) if words[i] is not line.box]
        bare = without_dash(line, masks[int(line.colored)], sheet.th)
        dashed = find_swatch(sheet, bare, "left", others) if bare is not line and not cut else None
        if dashed is not None:
            found.append(Entry(bare, dashed))
            continue
        for side in ("left", "right"):
            swatch = find_swatch(sheet, line, side, others)
            if swatch is not None and (not cut or (swatch.disc and swatch.vivid)):
                found.append(Entry(line, swatch))
            elif swatch is None and side == "left":
                icon = None if cut else find_icon(sheet, line)
                found += [Entry(line, icon)] if icon is not None else _beside_solid(sheet, line)
        if not cut:
            found += find_glued(sheet, line, masks[int(line.colored)])
    return found


def _is_text(line: TextLine, th: float) -> bool:
    """Whether a line is words, and no sample: one of colored letters has several that are tall and narrow."""
    if not line.colored:
        return len(line.glyphs) >= 2
    letters = [g for g in line.glyphs if g.height >= LETTER_SIZE[0] * th and g.width <= LETTER_SIZE[1] * th]
    return len(letters) >= COLORED_LETTERS and 2 * len(letters) > len(line.glyphs)


def _beside_solid(sheet: Sheet, line: TextLine) -> list[Entry]:
    """The line with the solid mark to its left, whose ink touches other ink so that the window saw none."""
    if line.region >= 0:
        return []
    for solid in sheet.solids:
        gap = (line.box.x0 - solid.box.x1) / sheet.th
        level = abs(solid.box.center[1] - line.box.center[1]) <= CENTER * line.height
        if not level or not SOLID_GAP[0] <= gap <= SOLID_GAP[1]:
            continue
        box = Box(max(line.box.x0, solid.box.x1), line.box.y0, line.box.x1, line.box.y1)
        swatch = Swatch(solid.box, "left", max(gap, 0.0), disc=solid.lone, vivid=solid.vivid, apart=True)
        return [Entry(TextLine(box, line.glyphs, line.colored, line.region), swatch)]
    return []


def _is_cut(sheet: Sheet, line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a line is part of a label written across a panel's right edge."""
    for frame in sheet.frames:
        if not frame.top < line.box.center[1] < frame.bottom:
            continue
        if abs(line.box.x0 - frame.right) <= CUT_REACH * sheet.th:
            return True
        if abs(line.box.x1 - frame.right) <= CUT_REACH * sheet.th:
            rest = (o for o in lines if abs(o.box.x0 - frame.right) <= CUT_REACH * sheet.th)
            return any(abs(o.box.center[1] - line.box.center[1]) <= ROW_MIDDLES * sheet.th for o in rest)
    return False


def find_blocks(sheet: Sheet, entries: Sequence[Entry], words: Sequence[Box]) -> list[Block]:
    """Blocks of read candidates: the larger block wins each text and each swatch, left wins ties."""
    rest = [e for e in entries if e.line.confidence >= MIN_CONFIDENCE and _wordlike(e.line.text)]
    said = [e.line for e in rest if e.line.confidence >= SHORT_CONFIDENCE and _is_word(e.line.text)]
    rest = [e for e in rest if not any(_is_of(e.swatch.box, o.box) or _is_end(e, o) for o in said)]
    blocks = []
    while rest:
        groups = _groups(sheet, rest)
        best = max(groups, key=lambda group: _rank(sheet, group))
        if _is_valid(sheet, best) and not (len(best) == 1 and _between_words(sheet, best[0], words)):
            blocks.append(ordered(best, sheet.th))
            taken = list(best)
        else:
            taken = []
        rest = [e for e in rest if not any(e is b for b in best) and not any(_clash(e, t) for t in taken)]
    return _of_one_look(_run_over(blocks, sheet.th), sheet.th)


def _run_over(blocks: list[Block], th: float) -> list[Block]:
    """The blocks, rows of one legend outside the panels put together: centered, they share no columns."""
    done: dict[int, Block] = {}  # by the rank of the first of its rows
    for rank, block in sorted(enumerate(blocks), key=lambda item: extent(item[1]).center[1]):
        above = next((k for k, other in done.items() if _next_row(other, block, th)), None)
        if above is None:
            done[rank] = block
        else:
            done[min(above, rank)] = ordered((*done.pop(above), *block), th)
    return [done[rank] for rank in sorted(done)]


def _next_row(above: Block, row: Block, th: float) -> bool:
    """Whether a row of entries outside continues the last row of a block: samples and gaps are alike."""
    last = max(e.line.box.center[1] for e in above)
    upper = [e for e in above if last - e.line.box.center[1] <= ROW_MIDDLES * th]
    first, other = upper[0], row[0]
    level = all(abs(e.line.box.center[1] - other.line.box.center[1]) <= ROW_MIDDLES * th for e in row)
    if len(upper) < 2 or not level or first.line.region >= 0 or other.line.region >= 0:
        return False
    a, b = extent(above), extent(row)
    return (
        0 < other.line.box.center[1] - last <= ROW_PITCH * th and min(a.x1, b.x1) > max(a.x0, b.x0)
        and first.side == other.side and abs(first.swatch.gap - other.swatch.gap) <= ROW_GAPS
        and abs(first.swatch.box.width - other.swatch.box.width) <= SAME_SAMPLE * th
    )  # fmt: skip


def _of_one_look(blocks: list[Block], th: float) -> list[Block]:
    """Of the blocks of one panel those that are set like its largest: same letters, same samples."""
    kept: list[Block] = []
    for block in blocks:  # largest first
        main = next((k for k in kept if k[0].line.region == block[0].line.region), None)
        if main is None or block[0].line.region < 0:
            kept.append(block)
            continue
        tall = [float(np.median([max(g.height for g in e.line.glyphs) for e in b])) for b in (main, block)]
        wide = [float(np.median([e.swatch.box.width for e in b])) for b in (main, block)]
        alike = abs(tall[0] - tall[1]) <= LOOK_HEIGHT * max(tall)
        if alike and abs(wide[0] - wide[1]) <= LOOK_WIDTH * th and main[0].side == block[0].side:
            kept.append(block)
    return kept


def _between_words(sheet: Sheet, entry: Entry, words: Sequence[Box]) -> bool:
    """Whether a lone sample stands between two words of a row: a dash or an equals sign."""
    mark = entry.swatch.box
    if mark.width >= DASH_WIDTH * sheet.th:
        return False
    for word in words:
        gap = mark.x0 - word.x1 if entry.side == "left" else word.x0 - mark.x1
        shared = min(word.y1, entry.line.box.y1) - max(word.y0, entry.line.box.y0)
        level = shared >= 0.5 * min(word.height, entry.line.height)
        if level and -0.5 * sheet.th <= gap <= DASH_GAP * sheet.th:
            return True
    return False


def without_strokes(block: Block) -> Block:
    """A legend without what scraps of lines among its words were read as."""
    words = tuple(e for e in block if not STROKES.fullmatch(e.line.text))
    return words if any(LETTER.search(e.line.text) for e in words) else block


def is_valid(sheet: Sheet, block: Block) -> bool:
    """Whether a block can be a legend."""
    return _is_valid(sheet, block)


def _wordlike(text: str) -> bool:
    return any(c.isalnum() for c in text)


def _is_word(text: str) -> bool:
    """Whether a reading has two letters or digits and is not what dashes and curves are read as."""
    own = sum(c.isalnum() and (c.isascii() or OF_WORDS.fullmatch(c) is not None) for c in text)
    return own >= 2 and not (
        STROKES.fullmatch(text) or ZIGZAG.fullmatch(text)
    )


def _is_of(sample: Box, word: Box) -> bool:
    """Whether what passed for a sample is a word itself."""
    shared = sample.overlap(word)
    return shared >= SAMPLE_TEXT * max(sample.width * sample.height, word.width * word.height)


def _is_end(entry: Entry, word: TextLine) -> bool:
    """Whether sample and text of an entry are parts of one word: "run-" and "5", not "-o-" and "model B"."""
    inside = all(b.overlap(word.box) == b.width * b.height for b in (entry.swatch.box, entry.line.box))
    return inside and any(c.isalnum() for c in word.text.removesuffix(entry.line.text))


def _rank(sheet: Sheet, group: Sequence[Entry]) -> tuple[int, bool, bool, float, int]:
    mean = float(np.mean([e.line.confidence for e in group]))
    off = [abs(e.swatch.box.center[1] - e.line.box.center[1]) / max(e.line.height, 1) for e in group]
    level = float(np.median(off)) <= LEVEL
    return len(group), level, group[0].side == "left", mean, -group[0].line.box.y0


def _clash(a: Entry, b: Entry) -> bool:
    """Whether two candidates want the same text, the same swatch, or one's swatch is the other's text."""
    return any(covers(one, two) for one in (a.line.box, a.swatch.box) for two in (b.line.box, b.swatch.box))


def extent(block: Block) -> Box:
    """The box around the words and samples of a block."""
    box = block[0].line.box
    for entry in block:
        box = box.union(entry.line.box).union(entry.swatch.box)
    return box


def covers(one: Box, two: Box) -> bool:
    """Whether two boxes share more than letters of two close rows do."""
    return one.overlap(two) > CLASH * min(one.width * one.height, two.width * two.height)


def _groups(sheet: Sheet, entries: Sequence[Entry]) -> list[list[Entry]]:
    parent = list(range(len(entries)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i in range(len(entries)):
        for j in range(i):
            a, b = entries[i], entries[j]
            if _belong(a, b, sheet.th) and not _frame_between(sheet, a, b):
                parent[root(i)] = root(j)
    groups: dict[int, list[Entry]] = {}
    for i, entry in enumerate(entries):
        groups.setdefault(root(i), []).append(entry)
    parts = [part for group in groups.values() for part in _together(group, sheet.th)]
    return [_without_clashes(part) for part in parts]


def _together(group: list[Entry], th: float) -> list[list[Entry]]:
    """The entries inside a panel column by column, parted where no legend leaves so much room."""
    if group[0].line.region < 0:
        return [group]
    parts: list[list[Entry]] = []
    end = -np.inf
    for entry in sorted(group, key=lambda e: min(e.swatch.box.x0, e.line.box.x0)):
        if min(entry.swatch.box.x0, entry.line.box.x0) - end > COLUMN_GAP * th:
            parts.append([])
        parts[-1].append(entry)
        end = max(end, entry.swatch.box.x1, entry.line.box.x1)
    return parts


def _without_clashes(group: list[Entry]) -> list[Entry]:
    kept: list[Entry] = []
    for entry in sorted(group, key=lambda e: (-e.line.confidence, e.line.box.y0, e.line.box.x0)):
        if not any(_clash(entry, other) for other in kept):
            kept.append(entry)
    return kept


def _belong(a: Entry, b: Entry, th: float) -> bool:
    if a.side != b.side or a.line.region != b.line.region:
        return False
    dy = abs(a.line.box.center[1] - b.line.box.center[1])
    if dy <= ROW_MIDDLES * th:
        wide = abs(a.swatch.box.width - b.swatch.box.width) <= ROW_WIDTHS * th
        whole = [abs(e.near_end - (e.swatch.box.x0 if e.side == "left" else e.swatch.box.x1)) for e in (a, b)]
        if abs(whole[0] - whole[1]) <= SAME_SAMPLE * th:
            return True  # of a dashed sample the last dash may be short of its place
        return wide and abs(a.swatch.gap - b.swatch.gap) <= ROW_GAPS
    s, t = a.swatch.box, b.swatch.box
    ends = abs(s.x0 - t.x0), abs(s.x1 - t.x1)
    words: float = abs(a.near_end - b.near_end)
    if max(ends) <= SAME_SAMPLE * th:  # of such a column the words may be centered
        words = min(words, abs(a.line.box.center[0] - b.line.box.center[0]))
    column = min(*ends, abs(s.center[0] - t.center[0])) <= SWATCH_ENDS * th
    return dy <= PITCH * th and column and words <= TEXT_ENDS * th


def _frame_between(sheet: Sheet, a: Entry, b: Entry) -> bool:
    """Whether a whole panel stands between two words of a row: a tick label is no row of a legend beyond."""
    left, right = sorted((a.line.box, b.line.box), key=lambda box: box.x0)
    return any(
        left.x1 <= f.left and f.right <= right.x0 and f.top < left.center[1] < f.bottom for f in sheet.frames
    )


def _is_valid(sheet: Sheet, block: Sequence[Entry]) -> bool:
    texts = [e.line.text for e in block]
    confidence = [e.line.confidence for e in block]
    if float(np.mean(confidence)) < BLOCK_CONFIDENCE:
        return False
    short = all(len(t) <= SHORT_TEXT and t.lower() not in SHORT_NAMES for t in texts)
    if len(texts) > 1 and (len(set(texts)) == 1 or (short and len(set(texts)) <= DISTINCT * len(texts))):
        return False
    if short and float(np.mean(confidence)) < SHORT_CONFIDENCE:
        return False
    if all(STROKES.fullmatch(t) or ZIGZAG.fullmatch(t) for t in texts):
        return False
    if all(NUMERIC.fullmatch(e.line.text) for e in block):
        # tick labels line up with their ticks just as well; ink with a hue tells a legend
        long = all(e.swatch.box.width >= SINGLE_WIDTH * sheet.th for e in block)
        vivid = sum(e.swatch.vivid for e in block) >= 0.5 * len(block)
        return len(block) > 1 and long and (vivid or block[0].line.region >= 0)
    if len(block) == 1:
        entry = block[0]
        if entry.swatch.faint or (entry.swatch.apart and entry.side == "right"):
            return False
        sure = entry.swatch.icon or (entry.swatch.vivid and not entry.line.colored)
        least = VIVID_WIDTH if sure else SINGLE_WIDTH
        marker = sure and entry.side == "left" and is_boxed(sheet, extent(tuple(block)))
        wide = entry.swatch.disc or marker or (
            entry.swatch.box.width >= least * sheet.th
            and SINGLE_GAP[0] <= entry.swatch.gap <= SINGLE_GAP[1]
        )  # fmt: skip
        # a stretch of a dashed curve can read as one letter
        return wide and len(entry.line.text) > 1 and bool(LETTER.search(entry.line.text))
    outside = block[0].line.region < 0
    if outside and block[0].side == "right" and all(_is_icon(sheet, e.swatch) for e in block):
        return False
    small = all(e.swatch.box.width < SINGLE_WIDTH * sheet.th for e in block)
    return not (small and block[0].side == "right" and all(len(t) <= 2 for t in texts))


def _is_icon(sheet: Sheet, swatch: Swatch) -> bool:
    """Whether a grey mark is as tall as text and no solid disc: an arrow, a cross, the edge of a button."""
    tall = swatch.box.height >= ICON_HEIGHT * sheet.th
    return tall and not swatch.vivid and not swatch.disc


def ordered(block: Sequence[Entry], th: float) -> Block:
    """Column by column, as legends are filled; row by row where those of several rows share no columns."""
    widths = [e.swatch.box.width for e in block]
    alike = max(widths) - min(widths) <= SAME_SAMPLE * th  # the words beside them may be centered
    places = [e.swatch.box.x0 if alike else e.near_end for e in block]
    columns: list[int] = []
    for place in sorted(places):
        if not columns or place - columns[-1] > 2 * TEXT_ENDS * th:
            columns.append(place)
    of = [min(range(len(columns)), key=lambda k: abs(place - columns[k])) for place in places]
    off = max(abs(place - columns[k]) for place, k in zip(places, of, strict=True))
    by_rows = len(columns) > 1 and off > TEXT_ENDS * th

    def key(k: int) -> tuple[float, float]:
        y = block[k].line.box.center[1]
        return (round(y / th), places[k]) if by_rows else (of[k], y)

    return tuple(block[k] for k in sorted(range(len(block)), key=key))
