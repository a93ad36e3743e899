"""Which script a picture's words are in, where the bundled recogniser has no letters for it.

Of a line in Cyrillic or Hangul that recogniser gives nothing, a scrap ("(150)"), or look-alikes, mostly
with little confidence; of Latin text it is sure.  Where it is unsure of no line, nothing is done here.
Else its longest unsure lines are read once more, and one decision is taken for the picture: a word such
as "Эпоха", which reads as well in Latin letters, is known by its company alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from plotread.vision.ocr.alphabet import CYRILLIC, LATIN_ALONE, is_syllable, told_apart
from plotread.vision.ocr.prepare import Crop
from plotread.vision.ocr.words import read_words

Script = Literal["cyrillic", "hangul"]

UNSURE = 0.9  # confidence; most lines of Latin text reach it, of lines in these scripts one in ten does
LONG = 1.5  # heights of a line; shorter ones say little
SPARSE = 1.2  # heights of a line per character read; Latin letters take half of one, lost ones none
ASKED = 4  # lines read once more at most
# Letters that no other script has: in a line that shows its script, and in all of them.  Of 2,410 lines in
# Latin, Greek, Chinese and Japanese, read by the reader of letters, none shows either script: the surest was
# Cyrillic at 0.82 and Hangul at 0.49.
LEAST, TOGETHER = 2, {"cyrillic": 3, "hangul": 2}
FOREIGN = 1  # Latin letters per such letter in that line at most ("потери (train)")
SURE = {"cyrillic": 0.9, "hangul": 0.75}  # mean probability of the characters of such a line ...
LEAST_SURE = 0.3  # ... and of its least certain one
TAKEN = 0.8  # confidence from which a reading in the picture's script replaces the other
_HAN = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")  # what the recogniser takes syllables for


def noting(unsure: list[Crop]) -> Callable[[Sequence[Crop]], list[tuple[str, float]]]:
    """`read_words`, with the lines that it may have no letters for appended to `unsure`."""

    def read(crops: Sequence[Crop]) -> list[tuple[str, float]]:
        results = read_words(crops)
        unsure.extend(
            crop for crop, (text, confidence) in zip(crops, results, strict=True)
            if _is_unsure(crop, text, confidence)
        )  # fmt: skip
        return results

    return read


def _is_unsure(crop: Crop, text: str, confidence: float) -> bool:
    height, width = crop.shape[:2]
    if height < 2 or width < LONG * height:
        return False
    return confidence < UNSURE or width > SPARSE * height * (len(text) + 1)


def script_of(unsure: Sequence[Crop]) -> Script | None:
    """The script of a picture, from the lines that `noting` noted; None for any that `read_words` knows."""
    if not unsure:
        return None
    from plotread.vision.ocr.letters import read_letters

    longest = sorted(unsure, key=lambda crop: -crop.shape[1] / crop.shape[0])[:ASKED]
    shown: dict[Script, int] = {"cyrillic": 0, "hangul": 0}
    for said in read_letters(longest):
        script = _script(said.text)
        if script is None or said.confidence < SURE[script] or said.weakest < LEAST_SURE:
            continue
        own = _own(said.text, script)
        if own >= LEAST and sum(c in LATIN_ALONE for c in said.text) <= FOREIGN * own:
            shown[script] += own
    best = max(shown, key=lambda script: shown[script])
    return best if shown[best] >= TOGETHER[best] else None


def read_script(script: Script, crops: Sequence[Crop]) -> list[tuple[str, float]]:
    """As `read_words`, in a picture of which `script_of` has told the script."""
    from plotread.vision.ocr.letters import read_letters

    own = [
        (said.text, said.confidence) if _script(said.text) == script else ("", 0.0)
        for said in read_letters(crops)
    ]
    rest = [i for i, (_, confidence) in enumerate(own) if confidence < TAKEN]
    for i, (text, confidence) in zip(rest, read_words([crops[i] for i in rest]), strict=True):
        if not own[i][0] or (own[i][1] < confidence and not _HAN.search(text)):
            own[i] = (told_apart(text, cyrillic=True) if script == "cyrillic" else text), confidence
    return own


def _script(text: str) -> Script | None:
    """The one of the two scripts that a text has letters of, if it is one."""
    cyrillic, hangul = (any(test(c) for c in text) for test in (_is_cyrillic, is_syllable))
    return None if cyrillic == hangul else "cyrillic" if cyrillic else "hangul"


def _own(text: str, script: Script) -> int:
    """Letters of a text that no other script has."""
    return sum(c in CYRILLIC if script == "cyrillic" else is_syllable(c) for c in text)


def _is_cyrillic(char: str) -> bool:
    return "\u0400" <= char <= "\u04ff"
