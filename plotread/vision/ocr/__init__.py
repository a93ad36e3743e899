"""Reading of text crops: numbers of tick labels, and words."""

from plotread.vision.ocr.numbers import read_numbers
from plotread.vision.ocr.scripts import noting, read_script, script_of
from plotread.vision.ocr.words import read_words

__all__ = ["noting", "read_numbers", "read_script", "read_words", "script_of"]
