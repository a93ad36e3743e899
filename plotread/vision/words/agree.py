"""Words that several names of one legend share mend each other: "fiters:32" beside "filters:64"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from plotread.vision.types import LegendEntry

DOUBTED = 0.99  # confidence of a name below which its words may be misread
SURER = 0.01  # by which a name with the other spelling is read more surely
LEAST_LETTERS = 5  # shorter words differ by a letter in earnest: "val" and "vat", "Adam" and "Adan"

WORD = re.compile(r"[^\s\d,.:;=()\[\]/_-]+")


def agreed(entries: Sequence[LegendEntry]) -> tuple[LegendEntry, ...]:
    """The entries of one legend, each doubted word as a surer name spells it where one letter differs."""
    surest: dict[str, float] = {}
    for entry in entries:
        for word in WORD.findall(entry.name):
            surest[word] = max(surest.get(word, 0.0), entry.confidence)

    def spelled(word: str, confidence: float) -> str:
        others = [
            other
            for other, sure in surest.items()
            if other != word and sure >= confidence + SURER and min(len(other), len(word)) >= LEAST_LETTERS
            and surest[word] <= confidence and _one_letter_apart(word, other)
        ]  # fmt: skip
        return max(others, key=lambda other: surest[other], default=word)

    def mended(entry: LegendEntry) -> LegendEntry:
        name = WORD.sub(lambda match: spelled(match[0], entry.confidence), entry.name)
        return replace(entry, name=name)

    return tuple(mended(entry) if entry.confidence < DOUBTED else entry for entry in entries)


def _one_letter_apart(a: str, b: str) -> bool:
    """Whether one letter changed, added or left out makes one word of the other."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (p, q) in enumerate(zip(a, b, strict=False)) if p != q), min(len(a), len(b)))
    left, right = a[start:], b[start:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:]
