"""Words that several names of one legend share mend each other: "fiters:32" beside "filters:64"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from plotread.vision.types import LegendEntry

# Words of training plots, which no reader that knows them would spell otherwise.
KNOWN = frozenset({
    "accuracy", "baseline", "constant", "cosine", "discriminator", "dropout", "generator", "iteration",
    "learning", "linear", "loss", "lr", "momentum", "perplexity", "smoothed", "test", "train", "training",
    "valid", "validation", "warmup",
})  # fmt: skip
KNOWN_LETTERS, KNOWN_DOUBTED = 8, 0.995  # of one of them that is a letter off, and its confidence
LIKE_AN_L = "iI|"

DOUBTED = 0.99  # confidence of a name below which its words may be misread
SURER = 0.01  # by which a name with the other spelling is read more surely
LEAST_LETTERS = 5  # shorter words differ by a letter in earnest: "val" and "vat", "Adam" and "Adan"

LEAST_ALIKE = 3  # names of one pattern that tell what another one, a letter off, was meant to be
LEAST_STEM = 3  # characters besides their numbers; "A1" and "B1" differ in earnest

DIGITS = re.compile(r"\d+")
LONE = {"0": re.compile(r"(?<![^\W_])[oO](?![^\W_])"), "1": re.compile(r"(?<![^\W_])[lI](?![^\W_])")}
LAST = re.compile(r"(?<=[^\W_] )[oO]$")  # no word of any language ends a name
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
            if other != word and sure >= confidence + SURER
            and min(len(other), len(word)) >= LEAST_LETTERS
            and surest.get(word, 0.0) <= confidence and _one_letter_apart(word, other)
        ]  # fmt: skip
        return max(others, key=lambda other: surest[other], default=word)

    def mended(entry: LegendEntry) -> LegendEntry:
        def word(match: re.Match[str]) -> str:
            return spelled(_as_known(match[0], entry.confidence), entry.confidence)

        return replace(entry, name=WORD.sub(word, entry.name))

    entries = _counted(entries)
    return _numbered([mended(entry) if entry.confidence < KNOWN_DOUBTED else entry for entry in entries])


def _as_known(word: str, confidence: float) -> str:
    """A doubted word as one of those that training plots are full of: "tést", "ioss", "Valdation"."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    lower = plain.lower()
    if lower in KNOWN:
        return plain if confidence < DOUBTED else word
    if confidence < DOUBTED and plain[:1] in LIKE_AN_L and (meant := "l" + lower[1:]) in KNOWN:
        return meant.capitalize() if word[0] == "I" else meant
    near = [k for k in KNOWN if min(len(k), len(word)) >= KNOWN_LETTERS and _one_letter_apart(k, lower)]
    if len(near) != 1:
        return word
    return near[0].upper() if word.isupper() else near[0].capitalize() if word[0].isupper() else near[0]


def _counted(entries: Sequence[LegendEntry]) -> tuple[LegendEntry, ...]:
    """The entries with the lone letter of "l of 3" read as the number that stands there in "2 of 3"."""
    entries = [replace(entry, name=LAST.sub("0", entry.name)) for entry in entries]
    names = [entry.name for entry in entries]
    done = []
    for entry in entries:
        name = entry.name
        for digit, letter in LONE.items():
            meant = letter.sub(digit, name)
            others = [DIGITS.sub("0", other) for other in names if other != entry.name]
            if meant != name and meant not in names and DIGITS.sub("0", meant) in others:
                name = meant
        done.append(replace(entry, name=name))
    return tuple(done)


def _numbered(entries: Sequence[LegendEntry]) -> tuple[LegendEntry, ...]:
    """The entries with "Prun-3" among "run-1", "run-2" and "run-4" spelled as these are.

    The names differ in their numbers alone, and the odd one is read less surely than any of them.
    """
    patterns = [DIGITS.sub("0", entry.name) for entry in entries]
    names = {entry.name for entry in entries}
    done = []
    for entry, own in zip(entries, patterns, strict=True):
        numbers = DIGITS.findall(entry.name)
        meant = entry.name
        for pattern in dict.fromkeys(patterns):
            alike = [e.confidence for e, p in zip(entries, patterns, strict=True) if p == pattern]
            odd = len(alike) >= LEAST_ALIKE and patterns.count(own) == 1 and entry.confidence < min(alike)
            parts = pattern.split("0")
            fits = len(parts) == len(numbers) + 1 > 1 and sum(map(len, parts)) >= LEAST_STEM
            if odd and fits and _one_letter_apart(own, pattern):
                meant = parts[0] + "".join(map("".join, zip(numbers, parts[1:], strict=True)))
        done.append(entry if meant in names else replace(entry, name=meant))
    return tuple(done)


def _one_letter_apart(a: str, b: str) -> bool:
    """Whether one letter changed, added or left out makes one word of the other."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (p, q) in enumerate(zip(a, b, strict=False)) if p != q), min(len(a), len(b)))
    left, right = a[start:], b[start:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:]
