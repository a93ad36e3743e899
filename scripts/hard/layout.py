"""Where panels go on a sheet, for programs that are told so in pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hard.model import Look, Panel, Sheet, room

LEGEND_ROOM = 0.25  # share of the panel that a corner must have free
PX_PER_PT = 100 / 72  # fonts are told in points at 100 px an inch


@dataclass(frozen=True)
class Layout:
    width: int
    height: int
    boxes: tuple[tuple[int, int, int, int], ...]  # left, top, right, bottom of each plot area, px


def size(sheet: Sheet, look: Look) -> tuple[int, int]:
    """Width and height of a sheet in px, before its scale."""
    for tag in sheet.tags:
        if tag.startswith("size "):
            wide, tall = (float(word) for word in tag.split()[1:])
            return round(look.width * wide), round(look.height * tall)
    return look.width, look.height


def lay_out(sheet: Sheet, look: Look) -> Layout:
    """Panels in equal cells, with room for titles, labels and numbers by the size of the font."""
    width, height = size(sheet, look)
    em = look.font * PX_PER_PT
    top = 2.2 * em if sheet.title or sheet.one_legend else 0.0
    cell = width / sheet.columns, (height - top) / sheet.rows
    boxes = []
    for i, panel in enumerate(sheet.panels):
        row, column = divmod(i, sheet.columns)
        left, right = 5.2 * em, _right(panel, em)
        above, below = (2.6 if panel.title else 1.2) * em, (4.4 if panel.x.label else 2.6) * em
        x, y = column * cell[0], top + row * cell[1]
        boxes.append(
            (round(x + left), round(y + above), round(x + cell[0] - right), round(y + cell[1] - below))
        )
    if any(r - a < 60 or d - b < 60 for a, b, r, d in boxes):
        raise NotImplementedError  # no room for this font
    return Layout(width, height, tuple(boxes))


def _right(panel: Panel, em: float) -> float:
    if panel.legend == "outside" and has_legend(panel):
        return (5 + 4.0 * bool(panel.y2) + 0.62 * max(len(c.name) for c in panel.curves)) * em
    return (5.2 if panel.y2 else 1.5) * em


def settled(sheet: Sheet) -> Sheet:
    """The same with legends beside the plot where each corner holds curves."""
    if any("$" in (axis.label or "") for p in sheet.panels for axis in (p.x, p.y)):
        raise NotImplementedError  # mathematics is matplotlib's
    panels = (
        replace(p, legend="outside")
        if p.kind == "line" and p.legend == "inside" and room(p) < LEGEND_ROOM
        else p
        for p in sheet.panels
    )
    return sheet if sheet.one_legend else replace(sheet, panels=tuple(panels))


def has_legend(panel: Panel) -> bool:
    """One curve alone, or one in two strengths, needs no names."""
    return panel.legend is not None and sum(c.listed for c in panel.curves) > (len(panel.curves) > 1)


def scaled(layout: Layout, scale: float, shift: float = 0.0) -> list:
    """The plot areas in px of the picture, from edges to pixel centers."""
    return [tuple(v * scale + shift - 0.5 for v in box) for box in layout.boxes]
