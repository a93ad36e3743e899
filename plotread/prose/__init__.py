"""The voice: documents written from findings.

`write` plans and words a document, `render` makes text of it, `check.unsupported` reads the text back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plotread.errors import UsageError
from plotread.model import Document, Figure, Finding
from plotread.prose.alt import alt_text
from plotread.prose.caption import caption
from plotread.prose.compare import compare
from plotread.prose.description import describe
from plotread.prose.facts import Facts
from plotread.prose.issues import issues
from plotread.prose.render import render
from plotread.prose.report import report

_WRITERS: dict[str, Callable[[Facts], Document]] = {
    "description": describe,
    "report": report,
    "alt": alt_text,
    "caption": caption,
    "issues": issues,
    "compare": compare,
}
STYLES = tuple(_WRITERS)


def write(figure: Figure, findings: Sequence[Finding], style: str = "description") -> Document:
    """Write one kind of document from the findings of a figure.

    Parameters
    ----------
    figure : Figure
        Gives names, axes and the values of tables.
    findings : sequence of Finding
        What `plotread.diagnosis.diagnose` found in that figure; ids must be unique.
    style : str
        One of `STYLES`.

    Returns
    -------
    Document
        The same input gives the same text.  A finding that lacks a measure costs its clause, nothing else.

    Raises
    ------
    UsageError
        For an unknown style.
    """
    if style not in _WRITERS:
        raise UsageError(f"unknown style {style!r}; choose one of {', '.join(STYLES)}")
    return _WRITERS[style](Facts.of(figure, findings))


__all__ = ["STYLES", "render", "write"]
