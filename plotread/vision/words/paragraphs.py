"""Running text around a plot: rows stacked flush left name no panel."""

from __future__ import annotations

from collections.abc import Sequence

from plotread.vision.words.parts import TextLine

FLUSH = 0.6  # th between the left ends of two rows
LEADING = 1.5  # heights of the lower row from one row to the next, at most
LONG = 20.0  # th; rows of text are as wide, titles and subtitles hardly
LEAST_ROWS, LEAST_LONG = 3, 2  # of a paragraph; its last row may be short


def without_paragraphs(rows: Sequence[TextLine], th: float) -> list[TextLine]:
    """The rows that are not part of a paragraph.

    Parameters
    ----------
    rows : sequence of TextLine
    th : float
        Text height, px.
    """
    gone: set[int] = set()
    order = sorted(range(len(rows)), key=lambda i: rows[i].box.y0)
    for i in order:
        chain = [i]
        for k in order:
            last, row = rows[chain[-1]].box, rows[k].box
            flush = abs(row.x0 - last.x0) <= FLUSH * th
            if flush and row.y0 > last.y0 and row.y0 - last.y1 <= LEADING * row.height:
                chain.append(k)
        if len(chain) >= LEAST_ROWS and sum(rows[k].box.width >= LONG * th for k in chain) >= LEAST_LONG:
            gone.update(chain)
    return [row for i, row in enumerate(rows) if i not in gone]
