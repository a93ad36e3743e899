"""Everyday names of colors, for keys and for curves that have no other name."""

from __future__ import annotations

import colorsys

GREY = 0.15  # saturation below which a color has no hue
DARK, LIGHT = 0.2, 0.9  # lightness of what is called black and white
BROWN_LIGHTNESS, BROWN_SATURATION = 0.42, 0.6  # below both, red and orange are brown
HUES = (
    (15, "red"),
    (45, "orange"),
    (70, "yellow"),
    (165, "green"),
    (200, "cyan"),
    (255, "blue"),
    (290, "purple"),
    (345, "pink"),
    (361, "red"),
)  # upper edge of each hue, degrees


def color_word(color: str | None) -> str | None:
    """The everyday name of "#rrggbb".

    >>> color_word("#1f77b4"), color_word("#ff7f0e"), color_word("#8c564b"), color_word(None)
    ('blue', 'orange', 'brown', None)
    """
    if not color or len(color) != 7:
        return None
    r, g, b = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(r, g, b)
    if light < DARK:
        return "black"
    if saturation < GREY or light > LIGHT:
        return "white" if light > LIGHT else "gray"
    word = next(name for edge, name in HUES if hue * 360 < edge)
    brown = word in ("orange", "red") and light < BROWN_LIGHTNESS and saturation < BROWN_SATURATION
    return "brown" if brown else word
