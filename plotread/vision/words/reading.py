"""Reading lines: crops at full size, turned upright, and the cut of two rows read as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from plotread.geometry import Box
from plotread.vision.types import Mask, RGBImage
from plotread.vision.words.crops import crops_of, with_feet
from plotread.vision.words.parts import Sheet, TextLine
from plotread.vision.words.underscores import has_words, with_underscores

SURE_UPRIGHT = 0.95  # a rotated word read this well one way is not tried the other way
OTHER_TURN = 0.05  # better: then the text runs top to bottom
MIN_TURNED = 0.7  # confidence; below this a column of glyphs is no word
CUT_BELOW = 0.88  # confidence under which a tall line may be two rows
CUT_HEIGHT = 1.9  # th; two rows are at least this tall together
CUT_READS = 0.9  # both halves must be this sure

LETTER_WIDE = 2.5  # heights of a line for each letter of its text, at most

LETTERS = re.compile(r"[^\W\d_]{2,}")
LONE_IR = re.compile(r"(?<![A-Za-z0-9])[I1](?=r(?![A-Za-z]))")  # "Ir", "Ir=3e-4": no word but "lr" looks so
JOINED_RN = re.compile(r"(?<=[Ll]ea)m(?=(?:ing|ed|er|s)?(?![a-z]))")  # "leaming": rn read as m
NO_LOSS = re.compile(r"(?<![A-Za-z])(?:[tT1]oss|los5)(?![A-Za-z])")  # no words of this field but "loss"

ReadWords = Callable[[Sequence[RGBImage]], Sequence[tuple[str, float]]]


def mended(text: str) -> str:
    """Undo the confusions of letters that make no word of this field otherwise.

    >>> mended("Ir=1e-3"), mended("leaming_rate"), mended("In"), mended("val_toss")
    ('lr=1e-3', 'learning_rate', 'lr', 'val_loss')
    """
    if text == "In":
        return "lr"
    return NO_LOSS.sub("loss", JOINED_RN.sub("rn", LONE_IR.sub("l", text)))


def read_lines(sheet: Sheet, lines: Sequence[TextLine], read_words: ReadWords) -> list[TextLine]:
    """The same lines with their text and confidence; those already read are kept."""
    unread = [i for i, line in enumerate(lines) if not line.text]
    done = list(lines)
    if unread:
        variants = [crops_of(sheet, lines[i].box, lines[i].angle) for i in unread]
        places = [i for i, crops in zip(unread, variants, strict=True) for _ in crops]
        read = read_words([crop for crops in variants for crop in crops])
        for i, (text, confidence) in zip(places, read, strict=True):
            box = lines[i].box
            long, tall = (box.height, box.width) if lines[i].angle else (box.width, box.height)
            # A wavy stroke may read as two or three letters.
            sure = confidence if long <= LETTER_WIDE * tall * max(len(text.strip()), 1) else 0.0
            if not done[i].text or sure > done[i].confidence:
                done[i] = replace(lines[i], text=mended(text.strip()), confidence=sure)
        for i in unread:
            if has_words(done[i].text):
                feet = with_feet(sheet, lines[i].box, lines[i].angle)
                done[i] = replace(done[i], text=with_underscores(done[i].text, feet))
    return done


def read_turned(sheet: Sheet, lines: Sequence[TextLine], read_words: ReadWords) -> list[TextLine]:
    """Rotated lines that read as text, each with the turn that reads better."""
    upward = read_lines(sheet, lines, read_words)
    doubtful = [i for i, line in enumerate(upward) if line.confidence < SURE_UPRIGHT]
    downward = read_lines(
        sheet, [replace(lines[i], angle=270) for i in doubtful], read_words
    )
    for i, other in zip(doubtful, downward, strict=True):
        digits = other.text.isdigit() and LETTERS.fullmatch(upward[i].text)  # "Loss" upside down is "5507"
        if other.confidence >= upward[i].confidence + OTHER_TURN and not digits:
            upward[i] = other
    return [line for line in upward if line.text and line.confidence >= MIN_TURNED]


def cut_tall(
    sheet: Sheet, lines: Sequence[TextLine], mask: Mask, read_words: ReadWords
) -> list[list[TextLine]]:
    """Each line itself, or the two rows it turns out to be."""
    done: list[list[TextLine]] = []
    for line in lines:
        halves = _halves(line, mask) if (
            line.confidence < CUT_BELOW and line.height > CUT_HEIGHT * sheet.th and line.angle == 0
        ) else []  # fmt: skip
        read = read_lines(sheet, halves, read_words)
        done.append(read if read and min(h.confidence for h in read) >= CUT_READS else [line])
    return done


def _halves(line: TextLine, mask: Mask) -> list[TextLine]:
    rows = mask[line.box.slices].sum(axis=1)
    third = len(rows) // 4
    if third < 2:
        return []
    at = third + int(rows[third:-third].argmin())
    box = line.box
    parts = (Box(box.x0, box.y0, box.x1, box.y0 + at), Box(box.x0, box.y0 + at + 1, box.x1, box.y1))
    halves = []
    for part in parts:
        ys, xs = np.nonzero(mask[part.slices])
        if len(ys) == 0:
            return []
        tight = Box(part.x0 + int(xs.min()), part.y0 + int(ys.min()),
                    part.x0 + int(xs.max()) + 1, part.y0 + int(ys.max()) + 1)  # fmt: skip
        glyphs = tuple(g for g in line.glyphs if part.y0 <= g.center[1] < part.y1)
        halves.append(TextLine(tight, glyphs or (tight,), line.colored, line.region))
    return halves
