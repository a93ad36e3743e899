"""Engines of node that need no browser: ECharts and Chart.js."""

from __future__ import annotations

import json
from pathlib import Path

from beyond.plot import Plot
from beyond.tools import run_node

ECHARTS_DASH = {"solid": "solid", "dashed": "dashed", "dotted": "dotted"}
ECHARTS_MARK = {"o": "circle", "s": "rect", "^": "triangle", "D": "diamond"}


def echarts(plot: Plot, path: Path) -> dict:
    import cairosvg

    if plot.needs & {"band"} or any(c.marker == "x" or c.line == "dashdot" for c in plot.curves):
        raise NotImplementedError
    dark = plot.style % 3 == 1 and all(c.color != "#222222" for c in plot.curves)
    option = {
        "animation": False,
        "title": {"text": plot.title},
        "backgroundColor": "#100c2a" if dark else "#ffffff",
        "legend": {"top": 30, "data": [c.name for c in plot.curves]},
        "grid": {"top": 80, "left": 70, "right": 30},
        "color": [c.color for c in plot.curves],
        "xAxis": {
            "type": "value",
            "name": plot.x_label,
            "nameLocation": "middle",
            "nameGap": 28,
            "scale": True,
        },
        "yAxis": {
            "type": "log" if plot.log_y else "value",
            "name": plot.y_label,
            "scale": True,
            "nameLocation": "middle",
            "nameGap": 48,
        },
        "series": [
            {
                "type": "line",
                "name": c.name,
                "data": [[float(a), float(b)] for a, b in zip(c.x, c.y, strict=True)],
                "showSymbol": bool(c.marker),
                "symbol": ECHARTS_MARK.get(c.marker or "o"),
                "symbolSize": 7,
                "lineStyle": {"width": c.width, "type": ECHARTS_DASH[c.line], "opacity": c.opacity},
            }
            for c in plot.curves
        ],
    }
    theme = "'dark'" if dark else "null"
    code = (
        "const e=require('echarts');"
        f"const c=e.init(null,{theme},{{renderer:'svg',ssr:true,width:{plot.width},height:{plot.height}}});"
        f"c.setOption({json.dumps(option)});process.stdout.write(c.renderToSVGString());c.dispose&&c.dispose();"
    )
    svg = run_node(code)
    cairosvg.svg2png(bytestring=svg.encode(), write_to=str(path), scale=(1, 1, 2)[plot.style % 3])
    return {}


CHARTJS_DASH = {"solid": [], "dashed": [6, 4], "dotted": [2, 3], "dashdot": [8, 3, 2, 3]}
CHARTJS_MARK = {"o": "circle", "s": "rect", "^": "triangle", "D": "rectRot", "x": "crossRot"}


def chartjs(plot: Plot, path: Path) -> dict:
    if plot.needs & {"band"}:
        raise NotImplementedError
    scale = (1, 2)[plot.style % 2]
    sets = [
        {
            "label": c.name,
            "data": [{"x": float(a), "y": float(b)} for a, b in zip(c.x, c.y, strict=True)],
            "borderColor": c.color + f"{round(255 * c.opacity):02x}",
            "backgroundColor": c.color,
            "borderWidth": c.width + 0.5,
            "borderDash": CHARTJS_DASH[c.line],
            "pointRadius": 3 if c.marker else 0,
            "pointStyle": CHARTJS_MARK.get(c.marker or "o"),
        }
        for c in plot.curves
    ]
    config = {
        "type": "line",
        "data": {"datasets": sets},
        "options": {
            "responsive": False,
            "animation": False,
            "devicePixelRatio": scale,
            "plugins": {"title": {"display": True, "text": plot.title}},
            "scales": {
                "x": {"type": "linear", "title": {"display": True, "text": plot.x_label}},
                "y": {
                    "type": "logarithmic" if plot.log_y else "linear",
                    "title": {"display": True, "text": plot.y_label},
                },
            },
        },
    }
    code = (
        "const {createCanvas}=require('@napi-rs/canvas');const {Chart,registerables}=require('chart.js');"
        "Chart.register(...registerables);"
        "const white={id:'w',beforeDraw:(k)=>{const x=k.ctx;x.save();x.fillStyle='white';"
        "x.fillRect(0,0,k.width,k.height);x.restore();}};"
        f"const cv=createCanvas({plot.width},{plot.height});"
        f"const cfg={json.dumps(config)};cfg.plugins=[white];"
        "new Chart(cv,cfg);"
        f"require('fs').writeFileSync('{path}',cv.toBuffer('image/png'));"
    )
    run_node(code)
    return {}
