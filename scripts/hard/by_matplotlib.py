"""Sheets drawn by matplotlib; all notes, scales and looks."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

from hard.model import Axis, Look, Note, Panel, Sheet

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib import dates as mdates
from matplotlib import ticker

LINE = {"solid": "-", "dashed": "--", "dotted": ":", "dashdot": "-.", "none": "none"}
DPI = 100


def draw(sheet: Sheet, look: Look, path: Path, rng) -> list[tuple[float, float, float, float] | None]:
    """Writes the picture; the plot area of each panel, centers of the spines in px."""
    wide, tall = _stretch(sheet)
    with plt.rc_context(_rc(look)):
        figure, grid = plt.subplots(
            sheet.rows,
            sheet.columns,
            figsize=(look.width * wide / DPI, look.height * tall / DPI),
            dpi=DPI * look.scale,
            squeeze=False,
            sharex="all" if sheet.shared_x else False,
        )
        for panel, axes in zip(sheet.panels, grid.flat, strict=True):
            _panel(panel, axes, look, rng, legend=not sheet.one_legend)
        _finish(sheet, figure, grid)
        figure.savefig(path, dpi=DPI * look.scale)
        boxes = [
            None if p.kind != "line" else _box(figure, a)
            for p, a in zip(sheet.panels, grid.flat, strict=True)
        ]
        plt.close(figure)
    return boxes


def _stretch(sheet: Sheet) -> tuple[float, float]:
    """How much wider and taller than one panel a grid is."""
    for tag in sheet.tags:
        if tag.startswith("size "):
            wide, tall = tag.split()[1:]
            return float(wide), float(tall)
    return 1.0, 1.0


def _rc(look: Look) -> dict:
    spines = look.frame in ("box", "thick")
    return {
        "font.family": look.face,
        "font.size": look.font,
        "mathtext.fontset": "cm" if "Serif" in look.face else "dejavusans",
        "axes.unicode_minus": look.face.startswith("DejaVu"),
        "figure.facecolor": look.page,
        "savefig.facecolor": look.page,
        "axes.facecolor": look.inside,
        "text.color": look.ink,
        "axes.labelcolor": look.ink,
        "axes.edgecolor": look.ink,
        "xtick.color": look.ink,
        "ytick.color": look.ink,
        "axes.spines.right": spines,
        "axes.spines.top": spines,
        "axes.spines.left": look.frame != "none",
        "axes.spines.bottom": look.frame != "none",
        "axes.linewidth": 2.2 if look.frame == "thick" else 0.8,
        "axes.grid": look.grid is not None,
        "axes.axisbelow": True,
        "grid.color": look.grid_color,
        "grid.linestyle": LINE[look.grid or "solid"],
        "xtick.direction": "in" if look.ticks_in else "out",
        "ytick.direction": "in" if look.ticks_in else "out",
        "xtick.top": look.ticks_in,
        "xtick.minor.visible": look.minor,
        "ytick.minor.visible": look.minor,
        "lines.antialiased": look.smooth,
        "patch.antialiased": look.smooth,
        "legend.facecolor": "inherit",
        "path.simplify": False,
    }


def _finish(sheet: Sheet, figure, grid) -> None:
    top = 1.0
    if sheet.title:
        figure.suptitle(sheet.title)
        top = 0.97
    if sheet.one_legend:
        handles, names = grid.flat[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="upper center", ncol=len(names))
        top = 0.92
    if sheet.columns == sheet.rows == 1:
        figure.tight_layout()
    else:
        figure.tight_layout(rect=(0, 0, 1, top))


def _box(figure, axes) -> tuple[float, float, float, float]:
    box, height = axes.get_window_extent(), figure.bbox.height
    return box.x0 - 0.5, height - box.y1 - 0.5, box.x1 - 0.5, height - box.y0 - 0.5


def _panel(panel: Panel, axes, look: Look, rng, legend: bool) -> None:
    if panel.title:
        axes.set_title(panel.title)
    if panel.kind != "line":
        _stranger(panel.kind, axes, look, rng)
        return
    _axis(panel.x, axes, "x", look)
    _axis(panel.y, axes, "y", look)
    right = None
    if panel.y2:
        right = axes.twinx()
        right.grid(False)
        right.spines["right"].set_visible(True)
        _axis(panel.y2, right, "y", look)
    for curve in panel.curves:
        _curve(curve, right if curve.axis == "y2" else axes, look)
    for note in panel.notes:
        NOTES[note.kind](note, axes, look)
    axes.set_xlim(panel.x.low, panel.x.high)
    if (
        legend
        and panel.legend
        and len([c for c in panel.curves if c.listed]) > (1 if len(panel.curves) > 1 else 0)
    ):
        _legend(panel, axes, right, look)


def _legend(panel: Panel, axes, right, look: Look) -> None:
    pairs = [axes.get_legend_handles_labels(), *([right.get_legend_handles_labels()] if right else [])]
    handles, names = [h for p in pairs for h in p[0]], [n for p in pairs for n in p[1]]
    where = (
        {"loc": "best"} if panel.legend == "inside" else {"loc": "center left", "bbox_to_anchor": (1.02, 0.5)}
    )
    small = look.font if len(names) < 7 else max(6.0, look.font - 2)
    (right or axes).legend(handles, names, fontsize=small, framealpha=0.8, **where)


def _curve(curve, axes, look: Look) -> None:
    name = curve.name if curve.listed else "_nolegend_"
    style = {
        "color": curve.color,
        "ls": LINE[curve.line],
        "lw": curve.width * look.width_factor,
        "alpha": curve.opacity,
        "marker": curve.marker,
        "markevery": curve.every,
        "markerfacecolor": curve.color if curve.filled else look.inside,
        "label": name,
    }
    if curve.caps:
        errors = np.array([curve.y - curve.low, curve.high - curve.y])
        axes.errorbar(curve.x, curve.y, errors, capsize=3, **style)
        return
    axes.plot(curve.x, curve.y, **style)
    if curve.low is not None:
        axes.fill_between(curve.x, curve.low, curve.high, color=curve.color, alpha=0.2, lw=0)


def _axis(axis: Axis, axes, key: str, look: Look) -> None:
    ruler = getattr(axes, f"{key}axis")
    if axis.scale == "symlog":
        axes.set_yscale("symlog", linthresh=1)
    elif axis.scale == "log":
        getattr(axes, f"set_{key}scale")("log")
    getattr(axes, f"set_{key}lim")(axis.low, axis.high)
    if axis.label:
        getattr(axes, f"set_{key}label")(axis.label, color=axis.color or look.ink)
    if axis.color:
        axes.tick_params(axis=key, colors=axis.color)
    if axis.scale == "date":
        _dates(axis, axes, ruler)
    elif axis.scale == "category":
        ruler.set_major_locator(ticker.FixedLocator(range(len(axis.names))))
        ruler.set_major_formatter(ticker.FixedFormatter(axis.names))
        ruler.set_minor_locator(ticker.NullLocator())
        axes.tick_params(axis=key, rotation=30)
    elif axis.ticks in FORMATS:
        ruler.set_major_formatter(FORMATS[axis.ticks])
    elif axis.scale == "linear":
        form = ticker.ScalarFormatter(useOffset=axis.ticks == "offset", useMathText=look.scale != 1)
        if axis.ticks == "power":
            form.set_powerlimits((0, 0))
        ruler.set_major_formatter(form)


def _dates(axis: Axis, axes, ruler) -> None:
    locator = mdates.AutoDateLocator(maxticks=6)
    ruler.set_major_locator(locator)
    days = axis.high - axis.low
    if axis.ticks == "clock":
        ruler.set_major_formatter(mdates.DateFormatter("%H:%M" if days > 0.02 else "%H:%M:%S"))
    elif days > 4:
        ruler.set_major_formatter(mdates.DateFormatter("%Y-%m-%d"))
        axes.tick_params(axis="x", rotation=25)
    else:
        ruler.set_major_formatter(mdates.ConciseDateFormatter(locator))


def _thousands(value, _):
    return (
        f"{value / 1e6:g}M"
        if abs(value) >= 1e6
        else f"{value / 1e3:g}k"
        if abs(value) >= 1e3
        else f"{value:g}"
    )


FORMATS = {
    "k": ticker.FuncFormatter(_thousands),
    "percent": ticker.PercentFormatter(1.0),
    "thousands": ticker.FuncFormatter(lambda value, _: f"{value:,.0f}"),
    "comma": ticker.FuncFormatter(lambda value, _: f"{value:.2f}".replace(".", ",")),
}


def _stranger(kind: str, axes, look: Look, rng) -> None:
    axes.grid(False)
    if kind == "image":
        axes.imshow(rng.random((8, 8)) + 2 * np.eye(8), cmap="Blues")
        return
    axes.bar(["a", "b", "c", "d", "e"], rng.uniform(10, 100, 5), color=look.palette[0])


def _text(note: Note, axes, look: Look, **more) -> None:
    box = {"boxstyle": "round", "fc": look.inside, "ec": look.ink, "alpha": 0.9}
    axes.text(
        *note.at,
        note.text,
        transform=axes.transAxes,
        ha="center",
        va="center",
        bbox=box,
        fontsize=look.font - 1,
        **more,
    )


def _arrow(note: Note, axes, look: Look) -> None:
    style = {"arrowstyle": "->", "color": look.ink}
    axes.annotate(
        note.text,
        (note.x, note.y),
        xytext=note.at,
        textcoords="axes fraction",
        arrowprops=style,
        fontsize=look.font - 1,
        ha="center",
    )


def _value(note: Note, axes, look: Look) -> None:
    axes.annotate(
        note.text,
        (note.x, note.y),
        xytext=(0, 5),
        textcoords="offset points",
        ha="center",
        fontsize=look.font - 3,
        color=look.ink,
    )


def _tooltip(note: Note, axes, look: Look) -> None:
    axes.axvline(note.x, color="#888888", lw=0.8)
    axes.plot([note.x], [note.y], "o", color=note.color, ms=5)
    _text(note, axes, look)


NOTES = {
    "vline": lambda n, axes, look: axes.axvline(n.x, color=n.color, ls=LINE[n.line], lw=0.8),
    "hline": lambda n, axes, look: axes.axhline(
        n.y, color=n.color if not look.dark else look.ink, ls=LINE[n.line], lw=1.0
    ),
    "span": lambda n, axes, look: axes.axvspan(n.x, n.to, color=n.color, alpha=0.15, lw=0),
    "arrow": _arrow,
    "box": _text,
    "value": _value,
    "watermark": lambda n, axes, look: axes.text(
        0.5,
        0.5,
        n.text,
        transform=axes.transAxes,
        fontsize=look.font * 3,
        color=n.color,
        alpha=0.15,
        rotation=30,
        ha="center",
        va="center",
    ),
    "dot": lambda n, axes, look: axes.plot([n.x], [n.y], "o", color=n.color, ms=5),
    "tooltip": _tooltip,
}
