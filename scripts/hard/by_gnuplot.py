"""Sheets drawn by gnuplot's pngcairo."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from hard.layout import has_legend, lay_out, scaled, settled
from hard.model import Axis, Look, Note, Panel, Sheet, corner

DASH = {"solid": 1, "dashed": 2, "dotted": 3, "dashdot": 4}
FILLED = {"o": 7, "s": 5, "^": 9, "v": 11, "D": 13, "x": 2, "+": 1}
OPEN = {"o": 6, "s": 4, "^": 8, "v": 10, "D": 12, "x": 2, "+": 1}
FORMATS = {
    "plain": "%g",
    "offset": "%.10g",
    "power": "%.1e",
    "k": "%.0s%c",
    "percent": "%.0f%%",
    "thousands": "%'.0f",
    "comma": "%.2f",
}
DAY = 86400.0


def draw(sheet: Sheet, look: Look, path: Path, rng) -> list:
    """Writes the picture; the plot area of each panel in px."""
    if any(p.kind != "line" or p.x.scale == "category" or p.y.scale == "symlog" for p in sheet.panels):
        raise NotImplementedError
    if sheet.one_legend or "CMU" in look.face:
        raise NotImplementedError
    sheet = settled(sheet)
    layout = lay_out(sheet, look)
    wide, tall = round(layout.width * look.scale), round(layout.height * look.scale)
    font = look.font * look.scale * 1.05
    rounded = "rounded" if rng.random() < 0.5 else "butt"
    lines = [
        f"set terminal pngcairo size {wide},{tall} font '{look.face},{font:.1f}' background rgb"
        f" '{look.page}' {rounded} linewidth {look.scale:g} dashlength {rng.choice([0.7, 1, 1.5]):g}",
        f"set output '{path}'",
        "set encoding utf8",
        "set decimalsign locale 'C.UTF-8'",
        f"set multiplot title '{_quoted(sheet.title or '')}' textcolor rgb '{look.ink}'",
    ]
    for panel, box in zip(sheet.panels, layout.boxes, strict=True):
        lines += _panel(panel, box, layout, look)
    lines.append("unset multiplot")
    done = subprocess.run(["gnuplot"], input="\n".join(lines), text=True, check=False, capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return scaled(layout, look.scale)


def _quoted(text: str) -> str:
    return text.replace("_", "\\_").replace("'", "''")


def _panel(panel: Panel, box, layout, look: Look) -> list[str]:
    left, top, right, bottom = box
    lines = [
        "reset",
        f"set lmargin at screen {left / layout.width:.6f}",
        f"set rmargin at screen {right / layout.width:.6f}",
        f"set tmargin at screen {1 - top / layout.height:.6f}",
        f"set bmargin at screen {1 - bottom / layout.height:.6f}",
        f"set border {_border(panel, look)} lc rgb '{look.ink}' lw {2.5 if look.frame == 'thick' else 1}",
        f"set title '{_quoted(panel.title or '')}' tc rgb '{look.ink}'",
        f"set decimalsign '{',' if panel.y.ticks == 'comma' else '.'}'",
    ]
    if look.inside != look.page:
        lines.append(
            f"set object 1 rectangle from graph 0,0 to graph 1,1 behind"
            f" fc rgb '{look.inside}' fs solid noborder"
        )
    if look.grid:
        lines.append(f"set grid lc rgb '{look.grid_color}' lw 0.8 dt {DASH[look.grid]}")
    lines += _axis(panel.x, "x", look) + _axis(panel.y, "y", look)
    if panel.y2:
        lines += _axis(panel.y2, "y2", look)
    lines += [line for note in panel.notes for line in _note(note, panel, look)]
    up, side = corner(panel)
    place = (
        f"at screen {(right + 60 * bool(panel.y2)) / layout.width + 0.005:.4f}, graph 1 left Left reverse"
        if panel.legend == "outside"
        else f"{side} {'top' if up == 'upper' else 'bottom'}"
    )
    lines.append(
        f"set key {place} tc rgb '{look.ink}' opaque fc rgb '{look.inside}'"
        if has_legend(panel)
        else "unset key"
    )
    draws = []
    for i, curve in enumerate(panel.curves):
        rows, parts = _curve(curve, panel, i, look)
        lines.append(rows)
        draws += parts
    return [*lines, "plot " + ", ".join(draws)]


def _border(panel: Panel, look: Look) -> int:
    return {"box": 31, "thick": 31, "L": 3 + 8 * bool(panel.y2), "none": 0}[look.frame]


def _axis(axis: Axis, key: str, look: Look) -> list[str]:
    factor = _factor(axis)
    color = axis.color or look.ink
    form = FORMATS.get(axis.ticks, "%g")
    both = look.frame in ("box", "thick") and key != "y2"
    if axis.scale == "log":
        form = "10^{%L}"
    lines = [
        f"set {key}range [{axis.low * factor!r}:{axis.high * factor!r}]",
        f"set {key}label '{_quoted(axis.label or '')}' tc rgb '{color}'",
        f"set {key}tics {'in' if look.ticks_in else 'out'} {'' if both else 'no'}mirror tc rgb '{color}'",
        f"set format {key} '{_quoted(form)}'",
    ]
    if key == "y2":
        lines.append("set ytics nomirror")
    if axis.scale == "log":
        lines.append(f"set logscale {key}")
    if axis.scale == "date":
        days = axis.high - axis.low
        form = "%H:%M" if axis.ticks == "clock" or days < 1 else "%Y-%m-%d" if days > 4 else "%d %b\\n%H:%M"
        lines += [f"set {key}data time", "set timefmt '%s'", f'set format {key} "{form}"']
        lines[0] = f"set {key}range ['{axis.low * factor:.3f}':'{axis.high * factor:.3f}']"
        if days > 4:
            lines.append(f"set {key}tics rotate by -25")
    if look.minor:
        lines.append(f"set m{key}tics")
    return lines


def _factor(axis: Axis) -> float:
    return DAY if axis.scale == "date" else 100.0 if axis.ticks == "percent" else 1.0


def _curve(curve, panel: Panel, i: int, look: Look) -> tuple[str, list[str]]:
    low = curve.y if curve.low is None else curve.low
    high = curve.y if curve.high is None else curve.high
    by, ay = _factor(panel.y), _factor(panel.x)
    rows = "\n".join(
        f"{a * ay!r} {b * by!r} {c * by!r} {d * by!r}" if np.isfinite(b) else ""
        for a, b, c, d in zip(curve.x.tolist(), curve.y.tolist(), low.tolist(), high.tolist(), strict=True)
    )
    alpha = "" if curve.opacity == 1 else f"{round(255 * (1 - curve.opacity)):02x}"
    color = f"#{alpha}{curve.color[1:]}"
    axes = " axes x1y2" if curve.axis == "y2" else ""
    parts = []
    if curve.low is not None and curve.caps:
        parts.append(f"$d{i} using 1:2:3:4 with yerrorbars lc rgb '{color}' pt 0 notitle")
    elif curve.low is not None:
        parts.append(
            f"$d{i} using 1:3:4 with filledcurves fc rgb '{curve.color}' fs transparent solid 0.2 notitle"
        )
    name = f"title '{_quoted(curve.name)}'" if curve.listed else "notitle"
    mark = f" pt {(FILLED if curve.filled else OPEN)[curve.marker]} ps 1.0" if curve.marker else ""
    every = f" pi {curve.every}" if curve.every > 1 else ""
    kind = "points" if curve.line == "none" else "linespoints" if curve.marker else "lines"
    stroke = (
        ""
        if curve.line == "none"
        else f" lw {curve.width * 1.3 * look.width_factor:.2f} dt {DASH[curve.line]}"
    )
    parts.append(f"$d{i} using 1:2{axes} with {kind} lc rgb '{color}'{stroke}{mark}{every} {name}")
    return f"$d{i} << EOD\n{rows}\nEOD", parts


def _note(note: Note, panel: Panel, look: Look) -> list[str]:
    x, y = note.x, note.y
    rule = f"nohead lc rgb '{note.color}' lw 1 dt {DASH[note.line]} back"
    text, em = _quoted(note.text).replace("\n", "\\n"), look.font * look.scale
    if note.kind == "vline":
        return [f"set arrow from {x},graph 0 to {x},graph 1 {rule}"]
    if note.kind == "hline":
        return [f"set arrow from graph 0,first {y} to graph 1,first {y} {rule}"]
    if note.kind == "span":
        return [
            f"set object rectangle from {x},graph 0 to {note.to},graph 1 behind"
            f" fc rgb '{note.color}' fs transparent solid 0.15 noborder"
        ]
    if note.kind == "value":
        return [
            f"set label '{text}' at {x},{y} offset 0,0.6 center font ',{em * 0.8:.1f}'"
            f" tc rgb '{look.ink}' front"
        ]
    if note.kind == "arrow":
        a, b = note.at
        return [
            f"set arrow from graph {a},graph {b} to {x},{y} head lc rgb '{look.ink}' lw 1 front",
            f"set label '{text}' at graph {a},graph {b} offset 0,0.5 center tc rgb '{look.ink}' front",
        ]
    if note.kind == "watermark":
        return [
            f"set label '{text}' at graph 0.5,graph 0.5 center rotate by 30"
            f" font ',{em * 3:.0f}' tc rgb '#d0d0d0' back"
        ]
    if note.kind == "box":
        return [
            f'set label "{text}" at graph {note.at[0]},graph {note.at[1]} center tc rgb'
            f" '{look.ink}' boxed front",
            f"set style textbox opaque fc rgb '{look.inside}' border lc rgb '{look.ink}'",
        ]
    raise NotImplementedError
