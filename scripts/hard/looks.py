"""How pages look: size, colors, fonts, frames, grids; drawn at random, in a mild or in an odd way."""

from __future__ import annotations

import dataclasses

from hard.model import Look

TABLEAU = (
    "#1f77b4",
    "#ff7f0e",
    "#2ca02c",
    "#d62728",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
    "#17becf",
)
SET1 = ("#e41a1c", "#377eb8", "#4daf4a", "#984ea3", "#ff7f00", "#a65628", "#f781bf", "#666666")
DARK2 = ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#666666")
PLOTLY = (
    "#636efa",
    "#ef553b",
    "#00cc96",
    "#ab63fa",
    "#ffa15a",
    "#19d3f3",
    "#ff6692",
    "#b6e880",
    "#ff97ff",
    "#fecb52",
)
PURE = ("#0000ff", "#ff0000", "#008000", "#000000", "#bf00bf", "#00bfbf", "#bfbf00", "#ff8c00")
BRIGHT = (
    "#8dd3c7",
    "#feffb3",
    "#bfbbd9",
    "#fa8174",
    "#81b1d2",
    "#fdb462",
    "#b3de69",
    "#bc82bd",
    "#ccebc4",
    "#ffed6f",
)
LIGHT_PALETTES = (TABLEAU, TABLEAU, SET1, DARK2, PLOTLY, PURE)
DARK_PALETTES = (BRIGHT, PLOTLY)
TAB20 = (
    "#1f77b4", "#aec7e8", "#ff7f0e", "#ffbb78", "#2ca02c", "#98df8a", "#d62728", "#ff9896", "#9467bd",
    "#c5b0d5", "#8c564b", "#c49c94", "#e377c2", "#f7b6d2", "#7f7f7f", "#c7c7c7",
)  # fmt: skip
FACES = (
    "DejaVu Sans",
    "DejaVu Sans",
    "DejaVu Sans",
    "Arimo",
    "Liberation Serif",
    "CMU Serif",
    "Open Sans",
    "Hack",
)
SIZES = ((640, 480), (640, 480), (800, 450), (600, 400), (900, 600), (1000, 500), (720, 540))
PAGES = (  # page, inside, ink, grid
    ("#000000", "#000000", "#ffffff", "#555555"),
    ("#111111", "#111111", "#f2f5fa", "#283442"),
    ("#1e1e1e", "#2b2b2b", "#dddddd", "#444444"),
    ("#ffffff", "#e5ecf6", "#2a3f5f", "#ffffff"),
    ("#ffffff", "#eaeaf2", "#262626", "#ffffff"),
    ("#f0f0f0", "#f0f0f0", "#222222", "#cbcbcb"),
    ("#fdf6e3", "#eee8d5", "#657b83", "#fdf6e3"),
)


def mild(rng) -> Look:
    """What a plotting script leaves as it comes, give or take."""
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    return Look(
        width,
        height,
        scale=float(rng.choice([1, 1, 1, 0.8, 1.5])),
        font=float(rng.choice([10, 10, 10, 9, 12])),
        face=str(rng.choice(FACES)),
        grid=(None, None, "solid", "dashed", "dotted")[int(rng.integers(5))],
        grid_color=str(rng.choice(["#cccccc", "#b0b0b0", "#e6e6e6"])),
        frame=str(rng.choice(["box", "box", "box", "L"])),
        ticks_in=bool(rng.random() < 0.2),
        minor=bool(rng.random() < 0.15),
        width_factor=float(rng.choice([0.8, 1, 1, 1.3])),
        palette=_pick(rng, LIGHT_PALETTES),
    )


def odd(rng) -> Look:
    """One or two of the habits that make a page look unlike the usual one."""
    look = mild(rng)
    for kind in rng.choice(list(ODD), int(rng.integers(1, 3)), replace=False):
        look = ODD[str(kind)](rng, look)
    return look


def _pick(rng, choices):
    return choices[int(rng.integers(len(choices)))]


def _page(rng, look: Look) -> Look:
    page, inside, ink, grid = _pick(rng, PAGES)
    palette = _pick(rng, DARK_PALETTES if page < "#8" else LIGHT_PALETTES)
    return dataclasses.replace(
        look, page=page, inside=inside, ink=ink, grid_color=grid, grid=look.grid or "solid", palette=palette
    )


ODD = {
    "page": _page,
    "no frame": lambda rng, look: dataclasses.replace(look, frame="none", grid=look.grid or "solid"),
    "thick frame": lambda rng, look: dataclasses.replace(
        look, frame="thick", ticks_in=bool(rng.random() < 0.5)
    ),
    "ticks inside": lambda rng, look: dataclasses.replace(look, ticks_in=True, minor=True),
    "large font": lambda rng, look: dataclasses.replace(look, font=float(rng.choice([15, 18]))),
    "tiny font": lambda rng, look: dataclasses.replace(look, font=6.5),
    "twice": lambda rng, look: dataclasses.replace(look, scale=2.0),
    "small": lambda rng, look: dataclasses.replace(look, width=320, height=240, font=7.0, scale=1.0),
    "banner": lambda rng, look: dataclasses.replace(look, width=1400, height=350, scale=1.0),
    "serif": lambda rng, look: dataclasses.replace(
        look, face=str(rng.choice(["Liberation Serif", "CMU Serif"]))
    ),
    "jagged": lambda rng, look: dataclasses.replace(look, smooth=False),
}
