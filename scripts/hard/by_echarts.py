"""Sheets drawn by ECharts under node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np

from hard.layout import PX_PER_PT, has_legend, lay_out, scaled, settled
from hard.model import Axis, Look, Note, Panel, Sheet, corner
from hard.truth import stamp

DASH = {"solid": "solid", "dashed": "dashed", "dotted": "dotted"}
MARK = {"o": "circle", "s": "rect", "^": "triangle", "D": "diamond"}


def draw(sheet: Sheet, look: Look, path: Path, rng) -> list:
    """Writes the picture; the plot area of each panel in px."""
    import cairosvg

    _refuse(sheet)
    sheet = settled(sheet)
    layout = lay_out(sheet, look)
    option: dict = {
        "animation": False,
        "backgroundColor": look.page,
        "textStyle": {"fontFamily": look.face},
        "series": [],
    }
    option |= {key: [] for key in ("grid", "xAxis", "yAxis", "title", "legend")}
    if sheet.title:
        option["title"].append(
            {"text": sheet.title, "left": "center", "top": 2, "textStyle": {"color": look.ink}}
        )
    for i, (panel, box) in enumerate(zip(sheet.panels, layout.boxes, strict=True)):
        _panel(option, panel, box, layout, i, look)
    code = (
        "const e=require('echarts');"
        f"const c=e.init(null,null,{{renderer:'svg',ssr:true,width:{layout.width},height:{layout.height}}});"
        f"c.setOption({json.dumps(option)});process.stdout.write(c.renderToSVGString());c.dispose&&c.dispose();"
    )
    svg = subprocess.run(["node", "-"], input=code, check=True, capture_output=True, text=True).stdout
    cairosvg.svg2png(bytestring=svg.encode(), write_to=str(path), scale=look.scale)
    return scaled(layout, look.scale)


def _refuse(sheet: Sheet) -> None:
    if sheet.one_legend or any(p.kind != "line" for p in sheet.panels):
        raise NotImplementedError
    for panel in sheet.panels:
        if (
            any(a.scale not in ("linear", "log", "date") for a in (panel.x, panel.y))
            or panel.x.scale == "log"
        ):
            raise NotImplementedError
        if any(
            a.low > a.high or a.ticks in ("comma", "percent", "offset", "clock", "k")
            for a in (panel.x, panel.y)
        ):
            raise NotImplementedError
        if any(
            c.low is not None or c.every > 1 or c.line not in DASH or (c.marker or "o") not in MARK
            for c in panel.curves
        ):
            raise NotImplementedError
        if any(n.kind not in ("vline", "hline", "span", "dot", "value") for n in panel.notes):
            raise NotImplementedError


def _panel(option: dict, panel: Panel, box, layout, i: int, look: Look) -> None:
    left, top, right, bottom = box
    em = look.font * PX_PER_PT
    option["grid"].append(
        {
            "left": left,
            "top": top,
            "width": right - left,
            "height": bottom - top,
            "outerBoundsMode": "none",
            "show": look.inside != look.page,
            "backgroundColor": look.inside,
            "borderWidth": 0,
        }
    )
    option["xAxis"].append(_axis(panel.x, look) | {"gridIndex": i, "nameGap": 2 * em})
    first = len(option["yAxis"])
    option["yAxis"].append(_axis(panel.y, look) | {"gridIndex": i, "nameGap": 3.6 * em})
    if panel.y2:
        option["yAxis"].append(
            _axis(panel.y2, look)
            | {"gridIndex": i, "position": "right", "nameGap": 3.6 * em, "splitLine": {"show": False}}
        )
    if panel.title:
        option["title"].append(
            {
                "text": panel.title,
                "left": (left + right) / 2,
                "top": top - 2.2 * em,
                "textAlign": "center",
                "padding": 0,
                "textStyle": {"color": look.ink, "fontSize": em * 1.2},
            }
        )
    if has_legend(panel):
        option["legend"].append(_legend(panel, box, layout, look))
    for curve in panel.curves:
        option["series"].append(_series(curve, panel, i, first + (curve.axis == "y2"), look))
    if panel.notes:
        _notes(option["series"][-len(panel.curves)], panel.notes)


def _legend(panel: Panel, box, layout, look: Look) -> dict:
    left, top, right, bottom = box
    up, side = corner(panel)
    out: dict = {
        "data": [c.name for c in panel.curves if c.listed],
        "orient": "vertical",
        "textStyle": {"color": look.ink},
    }
    if panel.legend == "outside":
        return out | {"left": right + 5 + 70 * bool(panel.y2), "top": top}
    out |= {"right": layout.width - right + 6} if side == "right" else {"left": left + 6}
    return out | ({"top": top + 4} if up == "upper" else {"bottom": layout.height - bottom + 4})


def _axis(axis: Axis, look: Look) -> dict:
    kind = {"linear": "value", "date": "time"}.get(axis.scale, axis.scale)
    limits = [stamp(v) for v in (axis.low, axis.high)] if axis.scale == "date" else [axis.low, axis.high]
    color = axis.color or look.ink
    style = {"type": DASH.get(look.grid or "solid", "solid"), "color": look.grid_color}
    out = {
        "type": kind,
        "name": axis.label or "",
        "nameLocation": "middle",
        "nameTextStyle": {"color": color, "fontSize": look.font * PX_PER_PT},
        "min": limits[0],
        "max": limits[1],
        "axisLabel": {
            "color": color,
            "fontSize": look.font * PX_PER_PT * 0.9,
            "showMinLabel": False,
            "showMaxLabel": False,
        },
        "axisLine": {"show": look.frame != "none", "lineStyle": {"color": color}, "onZero": False},
        "axisTick": {"show": look.frame != "none", "inside": look.ticks_in},
        "splitLine": {"show": look.grid is not None, "lineStyle": style},
    }
    if kind == "category":
        out |= {"data": list(axis.names), "boundaryGap": False}
        out["axisLabel"] |= {"showMinLabel": True, "showMaxLabel": True}
        out.pop("min")
        out.pop("max")
    return out


def _series(curve, panel: Panel, i: int, j: int, look: Look) -> dict:
    x = [stamp(v) for v in curve.x] if panel.x.scale == "date" else curve.x.astype(float).tolist()
    y = [float(v) if np.isfinite(v) else None for v in curve.y]
    if panel.x.scale == "category":
        x = list(range(len(x)))
    none = curve.line == "none"
    return {
        "type": "scatter" if none else "line",
        "name": curve.name,
        "xAxisIndex": i,
        "yAxisIndex": j,
        "data": [list(pair) for pair in zip(x, y, strict=True)],
        "color": curve.color,
        "showSymbol": curve.marker is not None,
        "symbol": ("empty" if not curve.filled and curve.marker in ("o", "s") else "") + _symbol(curve),
        "symbolSize": 7,
        "clip": True,
        "lineStyle": {
            "width": curve.width * 1.3 * look.width_factor,
            "type": DASH.get(curve.line, "solid"),
            "opacity": curve.opacity,
        },
    }


def _symbol(curve) -> str:
    name = MARK[curve.marker or "o"]
    return name.capitalize() if not curve.filled and curve.marker in ("o", "s") else name


def _notes(series: dict, notes: tuple[Note, ...]) -> None:
    rules = [
        {
            "xAxis" if n.kind == "vline" else "yAxis": n.x if n.kind == "vline" else n.y,
            "lineStyle": {"color": n.color, "type": n.line, "width": 1},
        }
        for n in notes
        if n.kind in ("vline", "hline")
    ]
    if rules:
        series["markLine"] = {"symbol": "none", "label": {"show": False}, "data": rules}
    spans = [
        [{"xAxis": n.x, "itemStyle": {"color": n.color, "opacity": 0.15}}, {"xAxis": n.to}]
        for n in notes
        if n.kind == "span"
    ]
    if spans:
        series["markArea"] = {"data": spans}
    points = [_point(n) for n in notes if n.kind in ("dot", "value")]
    if points:
        series["markPoint"] = {"data": points}


def _point(note: Note) -> dict:
    """A dot, or a number in the pin that ECharts marks points with."""
    base = {"coord": [note.x, note.y], "itemStyle": {"color": note.color}}
    if note.kind == "dot":
        return base | {"symbol": "circle", "symbolSize": 9}
    return base | {
        "symbol": "circle",
        "symbolSize": 1,
        "label": {"show": True, "position": "top", "formatter": note.text, "color": "#666666"},
    }
