"""Sheets drawn by plotly and kaleido."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hard.layout import PX_PER_PT, has_legend, lay_out, scaled, settled
from hard.model import Axis, Look, Note, Panel, Sheet, corner
from hard.truth import stamp

DASH = {"solid": "solid", "dashed": "dash", "dotted": "dot", "dashdot": "dashdot"}
MARK = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "v": "triangle-down",
    "D": "diamond",
    "x": "x",
    "+": "cross",
}
FORMATS = {"thousands": ",.0f", "percent": ".0%", "k": "~s", "comma": ".2f"}


def draw(sheet: Sheet, look: Look, path: Path, rng) -> list:
    """Writes the picture; the plot area of each panel in px."""
    import plotly.graph_objects as go

    if any(a.scale in ("symlog", "category") or a.ticks == "offset" for p in sheet.panels for a in _axes(p)):
        raise NotImplementedError
    if len(sheet.panels) > 1 and not sheet.one_legend and any(has_legend(p) for p in sheet.panels):
        sheet = _common(sheet)
    sheet = settled(sheet)
    layout = lay_out(sheet, look)
    figure = go.Figure()
    for i, panel in enumerate(sheet.panels):
        _panel(figure, go, panel, layout, i, look)
    figure.update_layout(
        width=layout.width,
        height=layout.height,
        paper_bgcolor=look.page,
        plot_bgcolor=look.inside,
        font={"color": look.ink, "size": look.font * PX_PER_PT, "family": look.face},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        separators=",." if any(a.ticks == "comma" for p in sheet.panels for a in _axes(p)) else ".,",
        legend=_legend(sheet, layout, rng),
        showlegend=any(has_legend(p) for p in sheet.panels),
    )
    if sheet.title:
        figure.add_annotation(
            text=sheet.title,
            x=0.5,
            y=1,
            yanchor="top",
            xref="paper",
            yref="paper",
            showarrow=False,
            font={"size": look.font * PX_PER_PT * 1.3},
        )
    figure.write_image(str(path), scale=look.scale)
    return [
        b if p.kind == "line" else None for p, b in zip(sheet.panels, scaled(layout, look.scale), strict=True)
    ]


def _common(sheet: Sheet) -> Sheet:
    """Plotly gives a figure one legend: only where all panels hold the same names."""
    names = [tuple(c.name for c in p.curves) for p in sheet.panels if p.kind == "line"]
    if len(set(names)) > 1:
        raise NotImplementedError
    return sheet


def _axes(panel: Panel) -> list[Axis]:
    return [panel.x, panel.y, *([panel.y2] if panel.y2 else [])]


def _legend(sheet: Sheet, layout, rng) -> dict:
    panel, (left, top, right, bottom) = sheet.panels[0], layout.boxes[0]
    if sheet.one_legend:
        return {"orientation": "h", "x": 0.5, "xanchor": "center", "y": 1, "yanchor": "top"}
    if panel.legend == "outside":
        return {
            "x": (right + 70 * bool(panel.y2)) / layout.width + 0.005,
            "y": 1 - top / layout.height,
            "xanchor": "left",
            "yanchor": "top",
        }
    if not panel.curves:
        return {}
    up, side = corner(panel)
    return {
        "x": (right - 5 if side == "right" else left + 5) / layout.width,
        "xanchor": side,
        "y": 1 - (top + 5 if up == "upper" else bottom - 5) / layout.height,
        "yanchor": "top" if up == "upper" else "bottom",
        "bgcolor": ("rgba(0,0,0,0)", "rgba(255,255,255,0.5)")[int(rng.random() < 0.3)],
    }


def _values(axis: Axis, values):
    return (
        [stamp(v) for v in values]
        if axis.scale == "date"
        else [None if not np.isfinite(v) else float(v) for v in values]
    )


def _panel(figure, go, panel: Panel, layout, i: int, look: Look) -> None:
    left, top, right, bottom = layout.boxes[i]
    n = str(i + 1) if i else ""
    wide, tall = layout.width, layout.height
    if panel.kind == "line":
        figure.update_layout(
            {
                f"xaxis{n}": _axis(panel.x, look)
                | {"domain": [left / wide, right / wide], "anchor": f"y{n}"},
                f"yaxis{n}": _axis(panel.y, look)
                | {"domain": [1 - bottom / tall, 1 - top / tall], "anchor": f"x{n}"},
            }
        )
    else:
        if panel.kind == "image":
            figure.add_trace(
                go.Heatmap(
                    z=np.eye(6) * 3 + np.arange(36).reshape(6, 6) % 5,
                    xaxis=f"x{n}",
                    yaxis=f"y{n}",
                    showscale=False,
                )
            )
        else:
            figure.add_trace(
                go.Bar(x=list("abcde"), y=[3, 5, 2, 6, 4], xaxis=f"x{n}", yaxis=f"y{n}", showlegend=False)
            )
        figure.update_layout(
            {
                f"xaxis{n}": {"domain": [left / wide, right / wide], "anchor": f"y{n}", "automargin": False},
                f"yaxis{n}": {
                    "domain": [1 - bottom / tall, 1 - top / tall],
                    "anchor": f"x{n}",
                    "automargin": False,
                },
            }
        )
    if panel.y2:
        figure.update_layout(
            {
                f"yaxis{i + 50}": _axis(panel.y2, look)
                | {"overlaying": f"y{n}", "side": "right", "anchor": f"x{n}", "showgrid": False}
            }
        )
    if panel.title:
        figure.add_annotation(
            text=panel.title,
            x=(left + right) / 2 / wide,
            y=1 - (top - 2) / tall,
            xref="paper",
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            font={"size": look.font * PX_PER_PT * 1.2},
        )
    for curve in panel.curves:
        _curve(figure, go, panel, curve, n, str(i + 50) if curve.axis == "y2" else n, i == 0, look)
    for note in panel.notes:
        if note.kind not in NOTES:
            raise NotImplementedError
        NOTES[note.kind](figure, go, note, look)


def _curve(figure, go, panel: Panel, curve, n: str, ny: str, first: bool, look: Look) -> None:
    if curve.every > 1 or (curve.marker and curve.marker not in MARK):
        raise NotImplementedError
    where = {"xaxis": f"x{n}", "yaxis": f"y{ny}"}
    x = _values(panel.x, curve.x)
    if curve.low is not None and not curve.caps:
        red, green, blue = (int(curve.color[k : k + 2], 16) for k in (1, 3, 5))
        figure.add_trace(
            go.Scatter(
                x=[*x, *x[::-1]],
                y=[*curve.high, *curve.low[::-1]],
                fill="toself",
                line={"width": 0},
                fillcolor=f"rgba({red},{green},{blue},0.2)",
                showlegend=False,
                **where,
            )
        )
    mode = "+".join(word for word, on in (("lines", curve.line != "none"), ("markers", curve.marker)) if on)
    figure.add_trace(
        go.Scatter(
            x=x,
            y=_values(panel.y, curve.y),
            mode=mode,
            name=curve.name,
            opacity=curve.opacity,
            showlegend=first and curve.listed,
            line={
                "color": curve.color,
                "width": curve.width * 1.4 * look.width_factor,
                "dash": DASH.get(curve.line, "solid"),
            },
            marker={
                "symbol": MARK.get(curve.marker or "o", "circle") + ("" if curve.filled else "-open"),
                "size": 7,
                "color": curve.color,
            },
            error_y={"type": "data", "array": curve.high - curve.y} if curve.caps else None,
            **where,
        )
    )


def _axis(axis: Axis, look: Look) -> dict:
    limits = [axis.low, axis.high]
    if axis.scale == "log":
        limits = [float(v) for v in np.log10(limits)]
    if axis.scale == "date":
        limits = [stamp(v) for v in limits]
    frame = look.frame != "none"
    form = {"tickformat": FORMATS[axis.ticks]} if axis.ticks in FORMATS else {}
    if axis.scale == "log":
        form = {"exponentformat": "power", "dtick": 1} if abs(limits[1] - limits[0]) > 1 else {}
    if axis.ticks == "clock":
        form = {"tickformat": "%H:%M" if axis.high - axis.low > 0.02 else "%H:%M:%S"}
    return {
        "title": {"text": axis.label, "font": {"color": axis.color or look.ink}},
        "tickfont": {"color": axis.color or look.ink},
        "type": axis.scale,
        "range": limits,
        "showline": frame,
        "mirror": look.frame in ("box", "thick"),
        "linecolor": look.ink,
        "linewidth": 3 if look.frame == "thick" else 1,
        "ticks": ("inside" if look.ticks_in else "outside") if frame else "",
        "showgrid": look.grid is not None,
        "gridcolor": look.grid_color,
        "griddash": DASH[look.grid or "solid"],
        "zeroline": False,
        "automargin": False,
        **form,
    }


def _rule(figure, go, note: Note, look: Look) -> None:
    line = {"color": note.color, "width": 1, "dash": DASH[note.line]}
    if note.kind == "vline":
        figure.add_vline(x=note.x, line=line)
    else:
        figure.add_hline(y=note.y, line=line)


def _box(figure, go, note: Note, look: Look) -> None:
    if note.kind == "tooltip":
        figure.add_vline(x=note.x, line={"color": "#888888", "width": 1})
    figure.add_annotation(
        text=note.text.replace("\n", "<br>"),
        x=note.at[0],
        y=note.at[1],
        xref="x domain",
        yref="y domain",
        showarrow=False,
        bgcolor=look.inside,
        bordercolor=look.ink,
        borderwidth=1,
        borderpad=4,
    )


def _dot(figure, go, note: Note, look: Look) -> None:
    figure.add_trace(
        go.Scatter(
            x=[note.x], y=[note.y], mode="markers", marker={"color": note.color, "size": 9}, showlegend=False
        )
    )


NOTES = {
    "vline": _rule,
    "hline": _rule,
    "span": lambda f, go, n, look: f.add_vrect(
        x0=n.x, x1=n.to, fillcolor=n.color, opacity=0.15, line_width=0
    ),
    "box": _box,
    "tooltip": _box,
    "arrow": lambda f, go, n, look: f.add_annotation(
        text=n.text, x=n.x, y=n.y, ax=40, ay=-50, showarrow=True, arrowhead=2
    ),
    "value": lambda f, go, n, look: f.add_annotation(
        text=n.text, x=n.x, y=n.y, yshift=10, showarrow=False, font={"size": look.font}
    ),
    "dot": _dot,
}
