"""Reading of text crops: numbers of tick labels, and words."""

from plotread.vision.ocr.numbers import read_numbers
from plotread.vision.ocr.words import read_words

__all__ = ["read_numbers", "read_words"]
