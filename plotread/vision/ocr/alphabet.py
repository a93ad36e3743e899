"""The classes of the reader of Cyrillic and Hangul, and what a sequence of them spells.

A syllable of Hangul is read as its letters: initial, medial, and final if there is one; so 67 classes
spell all 11,172 syllables (The Unicode Standard, section 3.12).  Cyrillic letters that look like Latin
ones share their class; the word in which one stands tells which of the two it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SIGNS = " 0123456789.,:;!?()[]{}-–—_/+=%*&#@'\"«»|<>№°^~×·→$"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Letters of Russian, Ukrainian and Belarusian that no Latin letter looks like.
CYRILLIC = "БГДЖЗИЙЛПУФЦЧШЩЪЫЬЭЮЯЁЄЇҐЎбвгджзийклмнптфцчшщъыьэюяёєїґў"
KINDS = 19, 21, 27  # initials, medials, finals
FIRST_SYLLABLE = 0xAC00
LAST_SYLLABLE = FIRST_SYLLABLE + KINDS[0] * KINDS[1] * (KINDS[2] + 1) - 1
STARTS = 0x1100, 0x1161, 0x11A8  # their first letters, as characters of their own
INITIALS, MEDIALS, FINALS = (
    "".join(chr(start + k) for k in range(count)) for start, count in zip(STARTS, KINDS, strict=True)
)
STRANGE = "\ufffd"  # any other letter (Han, kana, Greek), or ink that is none
CLASSES = SIGNS + LATIN + CYRILLIC + INITIALS + MEDIALS + FINALS + STRANGE  # class 0 is the blank

TWINS = dict(zip("АВЕКМНОРСТХІаеорсухі", "ABEKMHOPCTXIaeopcyxi", strict=True))  # Cyrillic: Latin
_TWIN_OF = {latin: cyrillic for cyrillic, latin in TWINS.items()}
LATIN_ALONE = "".join(c for c in LATIN if c not in _TWIN_OF)  # that no Cyrillic letter looks like
# As initials, the finals that are single consonants; the two rows have different orders.
_AS_INITIAL = dict(zip("ᆨᆩᆫᆮᆯᆷᆸᆺᆻᆼᆽᆾᆿᇀᇁᇂ", "ᄀᄁᄂᄃᄅᄆᄇᄉᄊᄋᄌᄎᄏᄐᄑᄒ", strict=True))
_AS_FINAL = {initial: final for final, initial in _AS_INITIAL.items()}
SHAPED = "абеёруфі"  # Cyrillic letters whose capitals have another shape
LATIN_SINGLES = "xyep"  # words of one letter that are signs of mathematics sooner than words
LONE_TWINS = 3  # letters of a word of twins in a line without any Cyrillic word
LATIN_WORDS = frozenset({"acc", "exp", "ece", "cap", "copy"})  # of letters that both scripts have
# Letters of one script, and what is taken for them in a word of the other.
_STRAYS = dict(zip("bhkmnrtuwNRY36", "ьнкмпгтишИЯУЗб", strict=True))
_STRAYS_OF = {cyrillic: latin for latin, cyrillic in _STRAYS.items()}
_NOUGHT = re.compile(r"(?<=\d)[OoОо](?![^\W\d_])")  # "5O": no letter ends a number
_ZE = re.compile(r"(?<![\w.,])3(?=[а-яёєіїґў])")  # nor does a digit begin a word
_WORD = re.compile(r"[^\W\d_]+")
_IS_CYRILLIC = re.compile(f"[{CYRILLIC}]")
_IS_LATIN = re.compile(f"[{LATIN_ALONE}]")


def letters_of(text: str) -> str:
    """A text in the classes of the reader: syllables in their letters, twins as Latin letters.

    >>> [hex(ord(c)) for c in letters_of("값")]
    ['0x1100', '0x1161', '0x11b9']
    """
    out = ""
    for char in text:
        if is_syllable(char):
            rest, final = divmod(ord(char) - FIRST_SYLLABLE, KINDS[2] + 1)
            initial, medial = divmod(rest, KINDS[1])
            out += INITIALS[initial] + MEDIALS[medial] + (FINALS[final - 1] if final else "")
        else:
            drawn = TWINS.get(char, char)
            out += drawn if drawn in CLASSES else STRANGE if char.isprintable() else ""
    return out


def without_doubles(letters: Sequence[str], chances: Sequence[float]) -> tuple[list[str], list[float]]:
    """Letters without those seen twice: of medials side by side, which no syllable has, the likeliest.

    >>> without_doubles(["ᄒ", "ᅳ", "ᅮ", "ᆫ"], [0.9, 0.4, 0.8, 0.9])
    (['ᄒ', 'ᅮ', 'ᆫ'], [0.9, 0.8, 0.9])
    """
    kept: list[str] = []
    sure: list[float] = []
    for letter, chance in zip(letters, chances, strict=True):
        if kept and _kind(letter) == _kind(kept[-1]) == 1:
            if chance > sure[-1]:
                kept[-1], sure[-1] = letter, chance
            continue
        kept.append(letter)
        sure.append(chance)
    return kept, sure


def composed(letters: Sequence[str]) -> tuple[list[str], list[list[int]]]:
    """Characters that letters spell, and the places of the letters in each.

    A consonant counts as initial before a medial and as final else, as on a keyboard; what belongs to
    no syllable stays alone.

    >>> composed(letters_of("손실 값"))[0]
    ['손', '실', ' ', '값']
    """
    kinds = [_kind(c) for c in letters]
    out: list[str] = []
    places: list[list[int]] = []
    i = 0
    while i < len(letters):
        if kinds[i] in (0, 2) and i + 1 < len(letters) and kinds[i + 1] == 1:
            initial = letters[i] if kinds[i] == 0 else _AS_INITIAL.get(letters[i], "")
            if initial:
                taken = [i, i + 1]
                final = ""
                if i + 2 < len(letters) and kinds[i + 2] in (0, 2):
                    own = letters[i + 2] if kinds[i + 2] == 2 else _AS_FINAL.get(letters[i + 2], "")
                    before_medial = i + 3 < len(letters) and kinds[i + 3] == 1
                    if own and not (before_medial and own in _AS_INITIAL):
                        final, taken = own, [i, i + 1, i + 2]
                out.append(_syllable(initial, letters[i + 1], final))
                places.append(taken)
                i += len(taken)
                continue
        out.append(letters[i])
        places.append([i])
        i += 1
    return out, places


def is_syllable(char: str) -> bool:
    """Whether a character is a syllable of Hangul."""
    return FIRST_SYLLABLE <= ord(char) <= LAST_SYLLABLE


def _kind(char: str) -> int:
    """0, 1 or 2 for initials, medials and finals; -1 for anything else."""
    code = ord(char)
    for kind, (start, count) in enumerate(zip(STARTS, KINDS, strict=True)):
        if start <= code < start + count:
            return kind
    return -1


def _syllable(initial: str, medial: str, final: str) -> str:
    place = INITIALS.index(initial) * KINDS[1] + MEDIALS.index(medial)
    return chr(FIRST_SYLLABLE + place * (KINDS[2] + 1) + (FINALS.index(final) + 1 if final else 0))


def is_loose(char: str) -> bool:
    """Whether a character is a letter of Hangul that stands in no syllable."""
    return _kind(char) >= 0


def told_apart(text: str, *, cyrillic: bool = False) -> str:
    """A text whose letters with a twin are Cyrillic where their words are.

    A word is of the script that most of its other letters have.  One of twins alone is taken for
    Cyrillic if the text holds a Cyrillic word, or if it is no short one and stands among texts that do
    (`cyrillic`); abbreviations and signs are not ("MAE", "x").

    >>> told_apart("Moдель c TOP-5"), told_apart("acc")
    ('Модель с TOP-5', 'acc')
    """
    text = _NOUGHT.sub("0", text)
    shown = _IS_CYRILLIC.search(text) is not None
    if not (cyrillic or shown):
        return text
    least = 1 if shown else LONE_TWINS
    return _ZE.sub("З", _WORD.sub(lambda word: _word(word[0], least), text))


def _word(word: str, least: int) -> str:
    own = len(_IS_CYRILLIC.findall(word))
    other = len(_IS_LATIN.findall(word))
    if own == other == 0:
        sign = len(word) == 1 and word in LATIN_SINGLES
        latin = sign or len(word) < least or word in LATIN_WORDS or (len(word) > 1 and word.isupper())
    else:
        latin = other > own
    if latin:
        return "".join(_STRAYS_OF.get(c, c) for c in word)
    return _in_one_case("".join(_TWIN_OF.get(c, _STRAYS.get(c, c)) for c in word))


def _in_one_case(word: str) -> str:
    """A Cyrillic word whose letters after the first are all small or all large.

    Most differ in nothing but their size, and a line without tall letters does not show that; those
    that differ in shape settle it.
    """
    rest = word[1:]
    shaped = [c for c in rest if c.lower() in SHAPED] or list(rest)
    large = sum(c.isupper() for c in shaped)
    if 2 * large > len(shaped):
        return word.upper()
    return word[:1] + rest.lower()
