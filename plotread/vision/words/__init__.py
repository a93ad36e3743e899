"""The words of a picture: titles, axis labels and legends, bound to the panels they speak for.

Text proposes, the swatch decides, the block confirms: a line of text with a sample of ink beside it
may be a legend entry, and entries that line up are one.  Other words are told by where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plotread.geometry import Box
from plotread.vision.types import LegendEntry, Mask, PanelFrame, PanelWords, Raster, Ruler, TextBox
from plotread.vision.words.agree import agreed
from plotread.vision.words.direct import DirectLabel, find_direct
from plotread.vision.words.ink import text_masks
from plotread.vision.words.legend import (
    Block,
    find_blocks,
    find_candidates,
    is_valid,
    ordered,
    without_strokes,
)
from plotread.vision.words.lines import find_lines, find_turned_lines, part_rows
from plotread.vision.words.look import look_at, stroke_of
from plotread.vision.words.owners import share_legends
from plotread.vision.words.paragraphs import without_paragraphs
from plotread.vision.words.parts import Sheet, TextLine, is_number, make_sheet
from plotread.vision.words.reading import ReadWords, cut_tall, read_lines, read_turned
from plotread.vision.words.rescue import find_rescued, join_pieces, sample_place
from plotread.vision.words.roles import assign_roles, join_rows, may_have_role
from plotread.vision.words.shared import share_labels
from plotread.vision.words.solids import take_solids
from plotread.vision.words.swatch import Entry
from plotread.vision.words.tables import find_listed, is_table, lies_over, without_columns

__all__ = ["read_panel_words"]

MAX_CANDIDATES = 48  # legend candidates read at most; noisy curves propose hundreds
MAX_NOTES = 12  # other texts read inside the panels at most
NOTE_GLYPHS = 3  # letters a note has at least
NOTE_VARIED, NOTE_DIFFERENT = 0.25, 6  # share of its letters that are different ones; so many are enough
NOTE_CONFIDENCE = 0.8
TAKEN = 0.3  # of a line's own box; a title printed over a legend loses less to it
TWO_MARKS = 1.6  # times its height; a wider sample without a line is a checkbox beside a disc


def read_panel_words(
    raster: Raster,
    ruler: Ruler,
    panels: tuple[PanelFrame, ...],
    numbers: tuple[TextBox, ...],
    read_words: ReadWords,
    *,
    syllables: bool = False,
) -> tuple[PanelWords, ...]:
    """Read titles, axis labels and legends.

    Parameters
    ----------
    raster : Raster
    ruler : Ruler
    panels : tuple of PanelFrame
    numbers : tuple of TextBox
        Numbers already read (tick labels and others), in px of the image file.
    read_words : callable
        Takes RGB crops (h, w, 3), each one upright line of text; gives (text, confidence) for each.
    syllables : bool
        Whether the words are in a script that sets letters above each other (Hangul).

    Returns
    -------
    tuple of PanelWords, one per panel in the same order
        What cannot be read is None or left out.
    """
    if not panels:
        return ()
    sheet = replace(make_sheet(raster, ruler, panels, numbers), syllables=syllables)
    grey, colored = text_masks(sheet)
    turned = _turned(sheet, grey, colored, read_words)
    for line in turned:
        for mask in (grey, colored):
            mask[line.box.pad(1).clip(sheet.width, sheet.height).slices] = False
    grey, dark = take_solids(sheet, grey, colored=False)
    colored, vivid = take_solids(sheet, colored, colored=True)
    grey, cuts = part_rows(sheet, grey)
    sheet = replace(sheet, cuts=cuts, solids=(*dark, *vivid))
    lines = [*find_lines(sheet, grey, colored=False), *find_lines(sheet, colored, colored=True)]
    blocks, tables, spare = _legends(sheet, lines, (grey, colored), read_words)
    rows = _rows(sheet, spare, (grey, colored), read_words)
    roles = assign_roles(sheet, rows, turned)
    notes = [row for row in rows if row.region >= 0 and is_note(row)]
    printed = [sheet.to_full(line.box) for line in turned if len(line.glyphs) >= NOTE_GLYPHS]
    printed += [n.box for n in numbers if n.confidence >= NOTE_CONFIDENCE and _is_printed(n.text)]
    legends = [agreed(_block_entries(sheet, raster, block)) for block in blocks]
    tips = [block for block in tables if lies_over(sheet, block)]
    listed = [said for block, said in zip(blocks, legends, strict=True) if any(block is t for t in tips)]
    y_labels = [_text((said.y,)) for said in roles]
    measured = [label or _text(said.title) for label, said in zip(y_labels, roles, strict=True)]
    shared = share_legends(raster.rgb, [p.frame for p in panels], legends, measured)
    doubtful = _crossed(sheet, blocks)
    for i in range(len(panels)):
        lines_left = [*spare, *(e.line for block in doubtful.get(i, []) for e in block)]
        if not shared[i] or i in doubtful:
            labels = find_direct(sheet, i, lines_left, (grey, colored), read_words)
            if len(labels) >= max(1, len(shared[i])):
                shared[i] = tuple(_direct_entry(sheet, label) for label in labels)
                notes += [replace(label.line, region=i) for label in labels]
                replaced = [block for block in legends if _inside(block, panels[i])]
                legends = [block for block in legends if block not in replaced]
    told = tuple(
        PanelWords(
            title=_text(said.title), x_label=_text((said.x,)), y_label=label,
            y2_label=_text((said.y2,)), legend=entries,
            obstacles=_obstacles(sheet, i, legends, [n for n in notes if n.region == i], printed),
            notes=tuple(TextBox(n.text, sheet.to_full(n.box), n.confidence) for n in notes if n.region == i),
            listed=any(entries == said for said in listed),
        )
        for i, (said, label, entries) in enumerate(zip(roles, y_labels, shared, strict=True))
    )  # fmt: skip
    return share_labels(panels, told)


def _turned(sheet: Sheet, grey: Mask, colored: Mask, read_words: ReadWords) -> list[TextLine]:
    found = [*find_turned_lines(sheet, grey, colored=False), *find_turned_lines(sheet, colored, colored=True)]
    return read_turned(sheet, found, read_words)


def _legends(
    sheet: Sheet, lines: list[TextLine], masks: tuple[Mask, Mask], read_words: ReadWords
) -> tuple[list[Block], list[Block], list[TextLine]]:
    """The legend blocks, those of them that are tables of runs, and the lines that belong to none."""
    candidates = find_candidates(sheet, lines, masks) + find_listed(sheet, lines)
    # many glyphs are words; scraps of curves are one or two
    candidates.sort(key=lambda e: (-min(len(e.line.glyphs), 4), e.line.box.y0, e.line.box.x0))
    candidates = candidates[:MAX_CANDIDATES]
    read = _read_entries(sheet, candidates, masks, read_words)
    blocks = []
    for block in find_blocks(sheet, read, [line.box for line in lines]):
        rescued = find_rescued(sheet, block, lines)
        whole = join_pieces(sheet, (*block, *rescued), lines)
        entries = tuple(e for e in _read_entries(sheet, whole, masks, read_words) if e.line.confidence >= 0.6)
        entries = ordered(without_strokes(entries), sheet.th)
        if entries and is_valid(sheet, entries):
            blocks.append(entries)
    tables = [block for block in blocks if is_table(block, lines)]
    blocks = without_columns(sheet, blocks, tables)
    taken = [box for block in blocks for e in block for box in (e.line.box, e.swatch.box)]
    known = {id(e.line): e.line for e in read}
    spare = []
    for line in lines:
        if sum(line.box.overlap(box) for box in taken) > TAKEN * line.box.width * line.box.height:
            continue
        spare.append(known.get(id(line), line))
    return blocks, tables, spare


def _read_entries(
    sheet: Sheet, entries: Sequence[Entry], masks: tuple[Mask, Mask], read_words: ReadWords
) -> list[Entry]:
    """The same entries, read; each line only once, though it may have a swatch on either side."""
    unique: dict[Box, TextLine] = {}
    for entry in entries:
        unique.setdefault(entry.line.box, entry.line)
    read = dict(zip(unique, read_lines(sheet, list(unique.values()), read_words), strict=True))
    return [replace(entry, line=read[entry.line.box]) for entry in entries]


def is_note(row: TextLine) -> bool:
    """Whether a line is text that hides curves: a stretch of one, or a few markers, can read as a word."""
    text = "".join(row.text.split())
    letters = sum(1 + (char > "\u2e7f") for char in text)  # of two parts twice
    varied = len(set(text)) >= max(2, min(NOTE_VARIED * len(text), NOTE_DIFFERENT))  # markers all read alike
    return row.confidence >= NOTE_CONFIDENCE and min(len(row.glyphs), letters) >= NOTE_GLYPHS and varied


def _is_printed(number: str) -> bool:
    """Whether a number is printed among the curves: of their markers, "0^0" and the like are read."""
    glyphs = number.replace("^", "")
    return len(glyphs) >= NOTE_GLYPHS and len(set(glyphs)) > 1


def _rows(
    sheet: Sheet, spare: list[TextLine], masks: tuple[Mask, Mask], read_words: ReadWords
) -> list[TextLine]:
    """Rows of words outside legends, read where they may name something or hide a curve."""
    outside = without_paragraphs(join_rows(sheet, [line for line in spare if line.region < 0]), sheet.th)
    inside = [line for line in spare if line.region >= 0]
    notes = sorted(
        (n for n in inside if len(n.glyphs) >= NOTE_GLYPHS and not n.colored and not is_number(n, sheet)),
        key=lambda n: -len(n.glyphs),
    )[:MAX_NOTES]  # fmt: skip
    corner = [n for n in inside if may_have_role(sheet, n) and not any(n is m for m in notes)]
    wanted = [row for row in outside if may_have_role(sheet, row)] + notes + corner
    done = []
    for colored in (False, True):
        read = read_lines(sheet, [w for w in wanted if w.colored == colored], read_words)
        done += [part for parts in cut_tall(sheet, read, masks[int(colored)], read_words) for part in parts]
    return done


def _block_entries(sheet: Sheet, raster: Raster, block: Block) -> tuple[LegendEntry, ...]:
    """The entries of a legend; a sample shorter than the others is seen to end in a gap."""
    th = sheet.th / sheet.scale
    entries = [_entry(sheet, raster, entry) for entry in block]
    strokes = [
        None if e.swatch.apart or e.swatch.disc or said.line == "none"
        else stroke_of(raster.rgb, said.swatch, said.color, th)
        for e, said in zip(block, entries, strict=True)
    ]  # fmt: skip
    for i, (own, said) in enumerate(zip(strokes, entries, strict=True)):
        others = [stroke for k, stroke in enumerate(strokes) if k != i and stroke is not None]
        place = sample_place(own, others, th) if own is not None and said.line == "solid" else None
        if place is not None:
            line = look_at(raster.rgb, place, th, whole=True).line
            entries[i] = replace(said, line=line if line != "none" else "solid")
    return tuple(entries)


def _entry(sheet: Sheet, raster: Raster, entry: Entry) -> LegendEntry:
    swatch = sheet.to_full(entry.swatch.box)
    look = look_at(raster.rgb, swatch, sheet.th / sheet.scale, lossy=raster.lossy)
    mark = entry.swatch.disc or swatch.width > TWO_MARKS * swatch.height
    if entry.swatch.icon:
        look = replace(look, line="solid", marker=None)
    elif entry.line.region < 0 and look.line == "none" and mark:
        look = replace(look, line="solid", marker=None)  # dashboards show a run's colour as a disc
    name = entry.line.text.rstrip(": ") or entry.line.text  # readouts of values follow a colon
    return LegendEntry(
        name=name, color=look.color, line=look.line, marker=look.marker, swatch=swatch,
        box=swatch.union(sheet.to_full(entry.line.box)), confidence=round(entry.line.confidence, 4),
    )  # fmt: skip


def _crossed(sheet: Sheet, blocks: Sequence[Block]) -> dict[int, list[Block]]:
    """Panels all of whose entries had a sample that touched other ink: these may be ends of curves."""
    found: dict[int, list[Block]] = {}
    for block in blocks:
        found.setdefault(block[0].line.region, []).append(block)
    return {
        region: own for region, own in found.items()
        if region >= 0 and all(e.swatch.apart for block in own for e in block)
    }  # fmt: skip


def _inside(block: Sequence[LegendEntry], panel: PanelFrame) -> bool:
    return panel.frame.contains(*block[0].box.center)


def _direct_entry(sheet: Sheet, label: DirectLabel) -> LegendEntry:
    box = sheet.to_full(label.line.box)
    r, g, b = (round(float(channel)) for channel in label.color)
    return LegendEntry(
        name=label.line.text, color=(r, g, b), line="solid", marker=None, swatch=box, box=box,
        confidence=round(label.line.confidence, 4), direct=True,
    )  # fmt: skip


def _text(lines: Sequence[TextLine | None]) -> str | None:
    return " ".join(line.text for line in lines if line is not None) or None


def _obstacles(
    sheet: Sheet, index: int, legends: Sequence[Sequence[LegendEntry]], notes: Sequence[TextLine],
    printed: Sequence[Box],
) -> tuple[Box, ...]:  # fmt: skip
    """Boxes inside a panel that hold a legend or other text, that of a neighbour's axis included."""
    inner = sheet.to_full(sheet.frames[index].inner())
    boxes = []
    for block in legends:
        box = block[0].box
        for entry in block[1:]:
            box = box.union(entry.box)
        if box.overlap(inner):
            boxes.append(box)
    boxes += [sheet.to_full(note.box) for note in notes]
    boxes += [box for box in printed if box.overlap(inner)]
    return tuple(box for box in boxes if box.width > 0)

