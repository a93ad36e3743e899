"""Letters that stand above each other make one glyph: the syllables of Hangul."""

from __future__ import annotations

from collections.abc import Sequence

from plotread.geometry import Box

GAP = 0.35  # th; between the letters of a syllable, less than between two rows
SIDE = 1.7  # th; a syllable of a title is no larger
SHARED = 0.5  # of the narrower part's width that stands over the other


def whole_syllables(parts: Sequence[Box], th: float) -> list[Box]:
    """Boxes of components with those of one syllable joined; sorted by their left ends.

    Parameters
    ----------
    parts : sequence of Box
        Boxes of connected components, in px.
    th : float
        Text height, px.
    """
    boxes = sorted(parts, key=lambda b: (b.x0, b.y0))
    joined = True
    while joined:
        joined = False
        done: list[Box] = []
        for box in boxes:
            near = (k for k in range(len(done) - 1, -1, -1) if box.x0 - done[k].x0 <= SIDE * th)
            mate = next((k for k in near if _of_one(done[k], box, th)), None)
            if mate is None:
                done.append(box)
            else:
                done[mate] = done[mate].union(box)
                joined = True
        boxes = sorted(done, key=lambda b: (b.x0, b.y0))
    return boxes


def _of_one(a: Box, b: Box, th: float) -> bool:
    shared = min(a.x1, b.x1) - max(a.x0, b.x0)
    whole = a.union(b)
    return (
        shared >= SHARED * min(a.width, b.width)
        and max(a.y0, b.y0) - min(a.y1, b.y1) <= GAP * th
        and max(whole.width, whole.height) <= SIDE * th
    )
