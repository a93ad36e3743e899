"""Cell text to numbers: blanks, bold marks, thousands separators, percent signs, quoted numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from plotread.model import Floats

BLANK = math.nan  # nothing was logged here
NO_NUMBER = math.inf  # something was logged, and it is not a finite number

_BLANKS = frozenset({"", "na", "n/a", "none", "null", "-", "--", "—", "–", "no log", "nil"})
_BROKEN = frozenset({"nan", "inf", "-inf", "+inf", "infinity", "-infinity"})
_DRESS = re.compile(r"^[*_`~\"'\s]+|[*_`~\"'\s]+$")
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")


def parse_cell(text: str) -> float | None:
    """The number that a cell holds.

    Returns
    -------
    float or None
        `BLANK` for an empty cell or a placeholder, `NO_NUMBER` for NaN and infinities, None for text.

    >>> parse_cell("**2.240800**"), parse_cell("1,250"), parse_cell("47.09%")
    (2.2408, 1250.0, 47.09)
    >>> parse_cell("0.4624 (Step 76)") is None
    True
    """
    try:
        value = float(text)
    except ValueError:
        return _parse_dressed(text)
    return value if math.isfinite(value) else NO_NUMBER


def _parse_dressed(text: str) -> float | None:
    bare = _DRESS.sub("", text).replace("−", "-")
    low = bare.lower()
    if low in _BLANKS:
        return BLANK
    if low in _BROKEN:
        return NO_NUMBER
    bare = bare.removesuffix("%").rstrip()
    if _THOUSANDS.match(bare):
        bare = bare.replace(",", "")
    return float(bare) if _NUMBER.match(bare) else None


def parse_value(value: object) -> float | None:
    """The number in a JSON value; newer loggers print numbers as strings.  None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        number = float(value)
        return number if math.isfinite(number) else NO_NUMBER
    if isinstance(value, str):
        number_or_none = parse_cell(value)
        return None if number_or_none is None or math.isnan(number_or_none) else number_or_none
    return None


def parse_column(cells: Sequence[str], decimal_comma: bool = False) -> Floats | None:
    """One column of text as floats (NaN blank, infinity broken); None where any cell is text.

    Parameters
    ----------
    cells : sequence of str
    decimal_comma : bool
        Cells read "0,5" for a half, as spreadsheets of many languages write.
    """
    if decimal_comma:
        cells = [cell.replace(",", ".") for cell in cells]
    out = np.empty(len(cells))
    for i, cell in enumerate(cells):
        # The common cases first: a million rows pass through here.
        if cell == "":
            out[i] = math.nan
            continue
        value = parse_cell(cell)
        if value is None:
            return None
        out[i] = value
    return out
