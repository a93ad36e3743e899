"""Python engines that draw for web pages: altair (Vega), plotly (kaleido), pygal."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from beyond.plot import Plot, either

VEGA_DASH = {"solid": [1, 0], "dashed": [6, 4], "dotted": [2, 2], "dashdot": [8, 3, 2, 3]}
VEGA_SHAPE = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "x": "cross"}
VEGA_THEMES = (
    "default",
    "dark",
    "latimes",
    "urbaninstitute",
    "googlecharts",
    "powerbi",
    "fivethirtyeight",
    "quartz",
    "vox",
    "carbonwhite",
)


def altair(plot: Plot, path: Path) -> dict:
    import vl_convert

    if plot.needs & {"opacity"}:
        raise NotImplementedError
    if any(c.marker == "x" for c in plot.curves):
        raise NotImplementedError
    names = [c.name for c in plot.curves]
    rows = [
        {"x": float(a), "y": float(b), "run": c.name}
        | ({"lo": float(lo), "hi": float(hi)} if c.low is not None else {})
        for c in plot.curves
        for a, b, lo, hi in zip(c.x, c.y, either(c.low, c.y), either(c.high, c.y), strict=True)
    ]
    y_scale: dict[str, object] = {"type": "log" if plot.log_y else "linear", "zero": False}
    color = {
        "field": "run",
        "type": "nominal",
        "title": None,
        "scale": {"domain": names, "range": [c.color for c in plot.curves]},
    }
    encoding: dict[str, object] = {
        "x": {"field": "x", "type": "quantitative", "title": plot.x_label, "scale": {"zero": False}},
        "y": {"field": "y", "type": "quantitative", "title": plot.y_label, "scale": y_scale},
        "color": color,
    }
    layers: list[dict] = []
    if "band" in plot.needs:
        layers.append(
            {
                "mark": {"type": "area", "opacity": 0.25},
                "encoding": {
                    "y": {"field": "lo", "type": "quantitative", "title": plot.y_label, "scale": y_scale},
                    "y2": {"field": "hi"},
                },
            }
        )
    line: dict = {"mark": {"type": "line", "strokeWidth": plot.curves[0].width}, "encoding": {}}
    if "dash" in plot.needs:
        line["encoding"]["strokeDash"] = {
            "field": "run",
            "type": "nominal",
            "title": None,
            "scale": {"domain": names, "range": [VEGA_DASH[c.line] for c in plot.curves]},
        }
    layers.append(line)
    if "marker" in plot.needs:
        layers.append(
            {
                "mark": {"type": "point", "filled": True, "size": 40},
                "encoding": {
                    "shape": {
                        "field": "run",
                        "type": "nominal",
                        "title": None,
                        "scale": {
                            "domain": names,
                            "range": [VEGA_SHAPE[c.marker or "o"] for c in plot.curves],
                        },
                    }
                },
            }
        )
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": plot.title,
        "width": plot.width - 160,
        "height": plot.height - 90,
        "data": {"values": rows},
        "encoding": encoding,
        "layer": layers,
    }
    theme = VEGA_THEMES[plot.style % len(VEGA_THEMES)]
    if theme == "powerbi":  # its own font is missing, and then the renderer leaves the numbers out
        spec["config"] = {
            "axis": {"labelFont": "sans-serif"},
            "legend": {"labelFont": "sans-serif"},
            "title": {"font": "sans-serif"},
        }
    png = vl_convert.vegalite_to_png(
        spec, scale=(1, 1.5, 2)[plot.style % 3], theme=None if theme == "default" else theme
    )
    path.write_bytes(png)
    return {}


PLOTLY_DASH = {"solid": "solid", "dashed": "dash", "dotted": "dot", "dashdot": "dashdot"}
PLOTLY_MARK = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "x": "x"}


def plotly(plot: Plot, path: Path) -> dict:
    import plotly.graph_objects as go

    fig = go.Figure()
    for c in plot.curves:
        if c.low is not None:
            rgb = tuple(int(c.color[i : i + 2], 16) for i in (1, 3, 5))
            fig.add_scatter(
                x=np.r_[c.x, c.x[::-1]],
                y=np.r_[c.low, c.high[::-1]],
                fill="toself",
                mode="lines",
                line={"width": 0},
                fillcolor=f"rgba{(*rgb, 0.2)}",
                showlegend=False,
            )
        marker = {"symbol": PLOTLY_MARK[c.marker], "size": 7} if c.marker else None
        fig.add_scatter(
            x=c.x,
            y=c.y,
            name=c.name,
            opacity=c.opacity,
            marker=marker,
            mode="lines+markers" if c.marker else "lines",
            line={"color": c.color, "width": c.width + 0.5, "dash": PLOTLY_DASH[c.line]},
        )
    template = ("simple_white", "presentation", "gridon", "plotly_dark", "seaborn", "ggplot2")[plot.style % 6]
    if plot.style % 6 == 3 and any(c.color == "#222222" for c in plot.curves):
        template = "none"
    fig.update_layout(
        title=plot.title,
        xaxis_title=plot.x_label,
        yaxis_title=plot.y_label,
        template=template,
        showlegend=True,
    )
    if plot.log_y:
        fig.update_yaxes(type="log")
    fig.write_image(path, width=plot.width, height=plot.height, scale=1)
    return {}


def pygal(plot: Plot, path: Path) -> dict:
    import cairosvg
    import pygal as pg
    from pygal import style as pg_style

    if plot.needs & {"opacity", "band", "dash"} or plot.log_y:
        raise NotImplementedError
    base = (pg_style.DefaultStyle, pg_style.LightStyle, pg_style.CleanStyle, pg_style.BlueStyle)[
        plot.style % 4
    ]
    look = base(
        colors=tuple(c.color for c in plot.curves),
        font_family="DejaVu Sans",
        label_font_size=12,
        legend_font_size=13,
        title_font_size=16,
        major_label_font_size=12,
    )
    chart = pg.XY(
        style=look,
        title=plot.title,
        x_title=plot.x_label,
        y_title=plot.y_label,
        width=plot.width,
        height=plot.height,
        show_dots="marker" in plot.needs,
        dots_size=3,
        stroke_style={"width": 1.6},
    )
    for c in plot.curves:
        chart.add(c.name, list(zip(c.x.tolist(), c.y.tolist(), strict=True)))
    cairosvg.svg2png(bytestring=chart.render(), write_to=str(path))
    return {}
