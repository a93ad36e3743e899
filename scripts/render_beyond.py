"""Render line plots of known data with many other drawing programs, to test the eye beyond one engine.

    python scripts/render_beyond.py OUT [--engine NAME ...] [--family NAME ...] [--seed N ...] [--rounds N]

Writes OUT/<engine>-<family>-<n>/image.png and truth.json, in the form the scorer reads.  Each
family is one kind of difficulty; each engine draws whatever family it can.  An engine whose
program is missing is skipped and named at the end.  Python engines: matplotlib style sheets,
seaborn objects, plotnine, altair, plotly (kaleido), pygal.  Programs: gnuplot, Rscript (base
graphics and lattice), node (ECharts and Chart.js; NODE_PATH tells where the packages lie).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

TABLEAU = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f")
SET1 = ("#e41a1c", "#377eb8", "#4daf4a", "#984ea3", "#ff7f00", "#a65628", "#f781bf", "#666666")
DARK2 = ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#666666")
PALETTES = (TABLEAU, SET1, DARK2)


@dataclass(frozen=True)
class Curve:
    name: str
    x: np.ndarray
    y: np.ndarray
    color: str
    line: str = "solid"  # solid dashed dotted dashdot none
    marker: str | None = None
    width: float = 1.5
    opacity: float = 1.0
    low: np.ndarray | None = None  # edges of a band, where one is drawn
    high: np.ndarray | None = None


@dataclass(frozen=True)
class Plot:
    curves: tuple[Curve, ...]
    title: str
    x_label: str
    y_label: str
    log_y: bool = False
    width: int = 640
    height: int = 480
    style: int = 0  # engines pick their theme by this
    needs: frozenset[str] = field(default_factory=frozenset)  # band, opacity, dash, marker


# ------------------------------------------------------------------ families of data


def _decay(rng, n, start, end, noise):
    x = np.arange(1, n + 1)
    base = end + (start - end) * np.exp(-x / (n * rng.uniform(0.1, 0.3)))
    return x, base * (1 + noise * rng.standard_normal(n))


def _labels(rng):
    return rng.choice(["Epoch", "epoch", "Step", "Iteration"]), rng.choice(
        ["Loss", "loss", "Training loss", "NLL"]
    )


def single(rng, colors):
    n = int(rng.integers(12, 90))
    x, y = _decay(rng, n, rng.uniform(2, 8), rng.uniform(0.2, 1), 0.04)
    if rng.random() < 0.5 and n > 30:
        y[int(rng.integers(n // 3, n - 4))] *= rng.uniform(1.8, 3)
    return (Curve("train loss", x, y, colors[0], width=rng.uniform(1, 2.5)),)


def train_val(rng, colors):
    n = int(rng.integers(15, 60))
    x, y = _decay(rng, n, 2.5, 0.3, 0.02)
    _, v = _decay(rng, n, 2.4, 0.7, 0.04)
    v = v + 0.012 * np.maximum(0, x - n * 0.5)
    style = "dashed" if rng.random() < 0.4 else "solid"
    return (Curve("Training loss", x, y, colors[0]), Curve("Validation loss", x, v, colors[1], line=style))


def markers(rng, colors):
    n = int(rng.integers(8, 26))
    kinds = rng.permutation(["o", "s", "^", "D", "x"])
    out = []
    for i, name in enumerate(("train", "valid")):
        x, y = _decay(rng, n, 2.0 + 0.3 * i, 0.4 + 0.3 * i, 0.05)
        out.append(Curve(name, x, y, colors[i], marker=str(kinds[i])))
    return tuple(out)


def raw_smoothed(rng, colors):
    n = int(rng.integers(150, 700))
    x, y = _decay(rng, n, rng.uniform(2, 4), 0.6, 0.10)
    weight, smooth, last, debias = 0.9, [], 0.0, 0.0
    for value in y:
        last, debias = last * weight + (1 - weight) * value, debias * weight + (1 - weight)
        smooth.append(last / debias)
    return (
        Curve("loss", x, y, colors[0], opacity=0.35, width=1.2),
        Curve("loss (smoothed)", x, np.array(smooth), colors[0], width=2.0),
    )


def many_runs(rng, colors):
    n = int(rng.integers(30, 80))
    out = []
    for i in range(int(rng.integers(5, 8))):
        x, y = _decay(rng, n, 3.0, 0.3 + 0.22 * i, 0.02)
        out.append(Curve(f"run-{i + 1}", x, y, colors[i]))
    return tuple(out)


def dense_noise(rng, colors):
    n = int(rng.integers(1500, 5000))
    x, y = _decay(rng, n, 4, 1.0, 0.08)
    y[int(rng.integers(n // 2, n - 50))] *= 2.2
    return (Curve("loss", x, y, colors[0], width=1.0),)


def gan_pair(rng, colors):
    n = int(rng.integers(300, 1200))
    x = np.arange(n)
    g = 2.2 + 0.9 * np.exp(-x / n * 6) + 0.25 * rng.standard_normal(n)
    d = 0.55 - 0.2 * np.exp(-x / n * 6) + 0.06 * rng.standard_normal(n)
    return (
        Curve("Generator", x, g, colors[0], width=1.0),
        Curve("Discriminator", x, d, colors[1], width=1.0),
    )


def grey_dash(rng, colors):
    n = int(rng.integers(25, 60))
    out = []
    for i, line in enumerate(("solid", "dashed", "dotted")):
        x, y = _decay(rng, n, 3.0 + 0.4 * i, 0.3 + 0.5 * i, 0.01)
        out.append(Curve(f"model {'ABC'[i]}", x, y, "#222222", line=line))
    return tuple(out)


def band(rng, colors):
    n = int(rng.integers(30, 80))
    x, y = _decay(rng, n, 3, 0.6, 0.02)
    spread = 0.12 * y + 0.03
    return (Curve("mean loss", x, y, colors[0], low=y - spread, high=y + spread),)


def lr_schedule(rng, colors):
    n = int(rng.choice([50, 100, 200]))
    x = np.arange(n)
    warm, peak = max(3, n // 10), float(rng.choice([1e-3, 3e-4, 5e-5]))
    ramp = np.minimum(1, (x + 1) / warm)
    kind = rng.integers(0, 3)
    past = np.clip((x - warm) / (n - warm), 0, 1)
    shape = (0.5 * (1 + np.cos(np.pi * past)), 1 - past, 0.3 ** np.floor(past * 3))[kind]
    return (Curve("lr", x, peak * ramp * shape, colors[0]),)


def log_loss(rng, colors):
    n = int(rng.integers(40, 200))
    x = np.arange(n)
    y = 10 ** (2 - 5 * (1 - np.exp(-x / (0.4 * n)))) * np.exp(0.08 * rng.standard_normal(n))
    return (Curve("residual", x, y, colors[0]),)


def accuracy(rng, colors):
    n = int(rng.integers(20, 70))
    x = np.arange(1, n + 1)
    a = 0.97 - 0.75 * np.exp(-x / (0.15 * n)) + 0.006 * rng.standard_normal(n)
    b = 0.90 - 0.70 * np.exp(-x / (0.17 * n)) + 0.012 * rng.standard_normal(n)
    return (Curve("train acc", x, a, colors[0]), Curve("val acc", x, b, colors[1]))


FAMILIES = {
    f.__name__: f
    for f in (
        single,
        train_val,
        markers,
        raw_smoothed,
        many_runs,
        dense_noise,
        gan_pair,
        grey_dash,
        band,
        lr_schedule,
        log_loss,
        accuracy,
    )
}


def make_plot(family: str, rng, style: int) -> Plot:
    colors = PALETTES[int(rng.integers(len(PALETTES)))]
    curves = FAMILIES[family](rng, colors)
    x_label, y_label = _labels(rng)
    if family == "lr_schedule":
        y_label = "Learning rate"
    if family == "accuracy":
        y_label = "Accuracy"
    width, height = ((640, 480), (800, 450), (600, 400), (900, 600))[int(rng.integers(4))]
    needs = set()
    if any(c.low is not None for c in curves):
        needs.add("band")
    if any(c.opacity < 1 for c in curves):
        needs.add("opacity")
    if any(c.line != "solid" for c in curves):
        needs.add("dash")
    if any(c.marker for c in curves):
        needs.add("marker")
    title = str(rng.choice(["Training curves", "Learning curve", "Run history", "Model loss"]))
    return Plot(
        curves,
        title,
        str(x_label),
        str(y_label),
        family == "log_loss",
        width,
        height,
        style,
        frozenset(needs),
    )


# ------------------------------------------------------------------ engines: Plot -> PNG bytes at a path


MPL_LINE = {"solid": "-", "dashed": "--", "dotted": ":", "dashdot": "-.", "none": "none"}
MPL_STYLES = (
    "bmh",
    "classic",
    "fivethirtyeight",
    "Solarize_Light2",
    "dark_background",
    "grayscale",
    "tableau-colorblind10",
    "ggplot",
    "seaborn-v0_8-whitegrid",
    "seaborn-v0_8-ticks",
)


def matplotlib_styles(plot: Plot, path: Path) -> dict:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    with plt.style.context(MPL_STYLES[plot.style % len(MPL_STYLES)]):
        dpi = (100, 72, 150)[plot.style % 3]
        fig, ax = plt.subplots(figsize=(plot.width / 100, plot.height / 100), dpi=dpi)
        colors = [line["color"] for line in plt.rcParams["axes.prop_cycle"]]
        for i, c in enumerate(plot.curves):
            color = c.color if "dash" in plot.needs or "opacity" in plot.needs else colors[i % len(colors)]
            if plot.style % len(MPL_STYLES) == 4 and color == "#222222":
                color = "#eeeeee"
            ax.plot(
                c.x,
                c.y,
                MPL_LINE[c.line],
                color=color,
                marker=c.marker,
                lw=c.width,
                alpha=c.opacity,
                label=c.name,
            )
            if c.low is not None:
                ax.fill_between(c.x, c.low, c.high, color=color, alpha=0.25, lw=0)
        _finish_mpl(plot, ax)
        fig.tight_layout()
        fig.savefig(path, dpi=dpi)  # some style sheets save at another resolution than they draw
        truth = _mpl_truth(fig, ax)
        plt.close(fig)
    return truth


def _finish_mpl(plot: Plot, ax) -> None:
    if plot.log_y:
        ax.set_yscale("log")
    ax.set(title=plot.title, xlabel=plot.x_label, ylabel=plot.y_label)
    ax.legend(loc="best")  # one style sheet fixes a corner, and there hides the end of a rising curve


def _mpl_truth(fig, ax) -> dict:
    box = ax.get_window_extent()
    height = fig.bbox.height
    return {
        "bbox": [box.x0 - 0.5, height - box.y1 - 0.5, box.x1 - 0.5, height - box.y0 - 0.5],
        "x": list(ax.get_xlim()),
        "y": list(ax.get_ylim()),
    }


def seaborn_objects(plot: Plot, path: Path) -> dict:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    import pandas as pd
    import seaborn.objects as so

    if plot.needs & {"dash", "opacity", "band", "marker"}:
        raise NotImplementedError
    data = pd.concat(
        [pd.DataFrame({"x": c.x, "y": c.y, "run": c.name}) for c in plot.curves], ignore_index=True
    )
    fig, ax = plt.subplots(figsize=(plot.width / 100, plot.height / 100), dpi=100)
    palette = [c.color for c in plot.curves]
    spec = so.Plot(data, "x", "y", color="run").add(so.Line(linewidth=1.8))
    spec = spec.scale(color=palette, **({"y": "log"} if plot.log_y else {}))
    spec.label(x=plot.x_label, y=plot.y_label, title=plot.title).on(ax).plot()
    fig.savefig(path, bbox_inches="tight")
    plt.close(fig)
    return {}


def plotnine(plot: Plot, path: Path) -> dict:
    import warnings

    import pandas as pd
    import plotnine as p9

    if plot.needs & {"opacity"}:
        raise NotImplementedError
    frames = []
    for c in plot.curves:
        frame = pd.DataFrame({"x": c.x, "y": c.y, "run": c.name})
        if c.low is not None:
            frame["lo"], frame["hi"] = c.low, c.high
        frames.append(frame)
    data = pd.concat(frames)
    names = [c.name for c in plot.curves]
    data["run"] = pd.Categorical(data["run"], names)
    spec = p9.ggplot(data, p9.aes("x", "y", color="run"))
    if "band" in plot.needs:
        spec += p9.geom_ribbon(p9.aes(ymin="lo", ymax="hi", fill="run"), alpha=0.25, color="none")
        spec += p9.scale_fill_manual(values=[c.color for c in plot.curves])
    if "dash" in plot.needs:
        spec += p9.geom_line(p9.aes(linetype="run"), size=0.8)
        spec += p9.scale_linetype_manual(values=[c.line for c in plot.curves])
    else:
        spec += p9.geom_line(size=0.8)
    if "marker" in plot.needs:
        spec += p9.geom_point(p9.aes(shape="run"), size=2)
        spec += p9.scale_shape_manual(values=[c.marker for c in plot.curves])
    spec += p9.scale_color_manual(values=[c.color for c in plot.curves])
    if plot.log_y:
        spec += p9.scale_y_log10()
    theme = (p9.theme_bw, p9.theme_classic, p9.theme_minimal, p9.theme_light, p9.theme_gray)[plot.style % 5]
    spec += p9.labs(title=plot.title, x=plot.x_label, y=plot.y_label)
    spec += theme() + p9.theme(legend_title=p9.element_blank())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spec.save(path, width=plot.width / 100, height=plot.height / 100, dpi=100, verbose=False)
    return {}


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
        for a, b, lo, hi in zip(c.x, c.y, _or(c.low, c.y), _or(c.high, c.y), strict=True)
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


def _or(values, default):
    return default if values is None else values


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


GNUPLOT_DASH = {"solid": 1, "dashed": 2, "dotted": 3, "dashdot": 4}
GNUPLOT_MARK = {"o": 7, "s": 5, "^": 9, "D": 13, "x": 2}


def gnuplot(plot: Plot, path: Path) -> dict:
    if "opacity" in plot.needs and plot.style % 3 == 1:
        raise NotImplementedError  # the gd terminal has no antialiased transparency
    terminal = (
        f'pngcairo size {plot.width},{plot.height} font "DejaVu Sans,10" dashlength 1.5',
        f'png size {plot.width},{plot.height} truecolor font "LiberationSans-Regular,10"',
        f'pngcairo size {plot.width},{plot.height} font "Liberation Serif,13" rounded',
    )[plot.style % 3]
    lines = [
        f"set terminal {terminal}",
        f"set output '{path}'",
        f"set title '{plot.title}'",
        f"set xlabel '{plot.x_label}'",
        f"set ylabel '{plot.y_label}'",
        "set termoption noenhanced",
    ]
    if plot.style % 2:
        lines.append("set grid")
    if plot.log_y:
        lines += ["set logscale y", "set format y '%.0e'"]
    draw = []
    for i, c in enumerate(plot.curves):
        low, high = _or(c.low, c.y), _or(c.high, c.y)
        rows = "\n".join(
            f"{a!r} {b!r} {d!r} {e!r}"
            for a, b, d, e in zip(c.x.tolist(), c.y.tolist(), low.tolist(), high.tolist(), strict=True)
        )
        lines.append(f"$d{i} << EOD\n{rows}\nEOD")
        alpha = "" if c.opacity == 1 else f"{round(255 * (1 - c.opacity)):02x}"
        color = f"#{alpha}{c.color[1:]}"
        if c.low is not None:
            draw.append(
                f"$d{i} using 1:3:4 with filledcurves fc rgb '{c.color}' fs transparent solid 0.25 notitle"
            )
        kind = f"linespoints pt {GNUPLOT_MARK[c.marker]} ps 1.1" if c.marker else "lines"
        draw.append(
            f"$d{i} using 1:2 with {kind} lc rgb '{color}' lw {c.width:.2f} dt {GNUPLOT_DASH[c.line]} "
            f"title '{c.name}'"
        )
    lines.append("plot " + ", ".join(draw))
    subprocess.run(["gnuplot"], input="\n".join(lines), text=True, check=True, capture_output=True)
    return {}


R_LINE = {"solid": 1, "dashed": 2, "dotted": 3, "dashdot": 4}
R_MARK = {"o": 16, "s": 15, "^": 17, "D": 18, "x": 4}


def r_graphics(plot: Plot, path: Path) -> dict:
    lattice = plot.style % 2 == 1
    if lattice and plot.needs & {"band", "opacity", "marker"}:
        raise NotImplementedError
    code = [
        f"png('{path}', width={plot.width}, height={plot.height}, "
        f"res={(72, 96, 110)[plot.style % 3]}, type='cairo')"
    ]

    def vector(values) -> str:
        return "c(" + ",".join(repr(float(v)) for v in values) + ")"

    names = "c(" + ",".join(f"'{c.name}'" for c in plot.curves) + ")"
    colors = "c(" + ",".join(f"'{c.color}{round(255 * c.opacity):02x}'" for c in plot.curves) + ")"
    dashes = "c(" + ",".join(str(R_LINE[c.line]) for c in plot.curves) + ")"
    if lattice:
        code.append("library(lattice)")
        code.append("x <- c(" + ",".join(vector(c.x) for c in plot.curves) + ")")
        code.append("y <- c(" + ",".join(vector(c.y) for c in plot.curves) + ")")
        code.append(
            f"g <- factor(rep({names}, times={vector([len(c.x) for c in plot.curves])}), levels={names})"
        )
        scales = "scales=list(y=list(log=10))," if plot.log_y else ""
        code.append(
            f"print(xyplot(y ~ x, groups=g, type='l', {scales} main='{plot.title}', xlab='{plot.x_label}', "
            f"ylab='{plot.y_label}', par.settings=list("
            f"superpose.line=list(col={colors}, lty={dashes}, lwd=1.5)), "
            "auto.key=list(lines=TRUE, points=FALSE, space='right')))"
        )
    else:
        low = np.concatenate([_or(c.low, c.y) for c in plot.curves])
        high = np.concatenate([_or(c.high, c.y) for c in plot.curves])
        x_all = np.concatenate([c.x for c in plot.curves])
        log = ", log='y'" if plot.log_y else ""
        code.append(
            f"plot(0, type='n', xlim={vector([x_all.min(), x_all.max()])}, "
            f"ylim={vector([low.min(), high.max()])}, "
            f"main='{plot.title}', xlab='{plot.x_label}', ylab='{plot.y_label}'{log})"
        )
        for c in plot.curves:
            if c.low is not None:
                code.append(
                    f"polygon(c({vector(c.x)}, rev({vector(c.x)})), "
                    f"c({vector(c.low)}, rev({vector(c.high)})), "
                    f"col='{c.color}40', border=NA)"
                )
            pch = f", pch={R_MARK[c.marker]}" if c.marker else ""
            code.append(
                f"lines({vector(c.x)}, {vector(c.y)}, col='{c.color}{round(255 * c.opacity):02x}', "
                f"lty={R_LINE[c.line]}, lwd={c.width:.2f}, type='{'o' if c.marker else 'l'}'{pch})"
            )
        marks = "c(" + ",".join(str(R_MARK[c.marker]) if c.marker else "NA" for c in plot.curves) + ")"
        code.append(f"legend('topright', legend={names}, col={colors}, lty={dashes}, pch={marks}, lwd=1.5)")
    code.append("invisible(dev.off())")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plot.R"
        script.write_text("\n".join(code))
        subprocess.run(["Rscript", "--vanilla", str(script)], check=True, capture_output=True)
    return {}


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
    svg = _run_node(code)
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
    _run_node(code)
    return {}


def _run_node(code: str) -> str:
    """What a JavaScript program prints; it goes through stdin, since an argument has a greatest length."""
    return subprocess.run(["node", "-"], input=code, check=True, capture_output=True, text=True).stdout


ENGINES: dict[str, tuple[Callable[[Plot, Path], dict], Callable[[], bool]]] = {
    "mpl": (matplotlib_styles, lambda: _has("matplotlib")),
    "seaborn": (seaborn_objects, lambda: _has("seaborn")),
    "plotnine": (plotnine, lambda: _has("plotnine")),
    "altair": (altair, lambda: _has("vl_convert")),
    "plotly": (plotly, lambda: _has("plotly") and _has("kaleido")),
    "pygal": (pygal, lambda: _has("pygal") and _has("cairosvg")),
    "gnuplot": (gnuplot, lambda: shutil.which("gnuplot") is not None),
    "r": (r_graphics, lambda: shutil.which("Rscript") is not None),
    "echarts": (echarts, lambda: _has("cairosvg") and _node("echarts")),
    "chartjs": (chartjs, lambda: _node("chart.js") and _node("@napi-rs/canvas")),
}


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _node(package: str) -> bool:
    if shutil.which("node") is None:
        return False
    probe = subprocess.run(["node", "-e", f"require('{package}')"], check=False, capture_output=True)
    return probe.returncode == 0


def available() -> list[str]:
    """Engines that can draw on this machine."""
    return [name for name, (_, ready) in ENGINES.items() if ready()]


# ------------------------------------------------------------------ truth


def truth_of(case: str, engine: str, family: str, plot: Plot, drawn: dict) -> dict:
    def axis(label: str, key: str) -> dict:
        scale = "log" if plot.log_y and key == "y" else "linear"
        return {"label": label, "scale": scale, "range": drawn.get(key)}

    series = [
        {
            "name": c.name,
            "axis": "y",
            "color": c.color,
            "line": c.line,
            "marker": c.marker,
            "x": c.x.tolist(),
            "y": c.y.tolist(),
            "tol": 0.0,
        }
        for c in plot.curves
    ]
    return {
        "id": case,
        "kind": "synthetic",
        "source": {"engine": engine, "family": family, "style": plot.style},
        "engine": engine,
        "family": family,
        "image": "image.png",
        "panels": [
            {
                "title": plot.title,
                "bbox": drawn.get("bbox"),
                "x": axis(plot.x_label, "x"),
                "y": axis(plot.y_label, "y"),
                "y2": None,
                "series": series,
            }
        ],
        "notes": "",
    }


def render(out: Path, engine: str, family: str, number: int, seed: int, before: int = 0) -> bool:
    """Draw one plot; False where this engine cannot draw this family.  `before`: rounds of earlier seeds."""
    rng = np.random.default_rng([seed, number, list(ENGINES).index(engine), list(FAMILIES).index(family)])
    plot = make_plot(family, rng, style=number + list(FAMILIES).index(family))
    case = f"{engine}-{family}-{before + number}"
    folder = out / case
    folder.mkdir(parents=True, exist_ok=True)
    try:
        drawn = ENGINES[engine][0](plot, folder / "image.png")
    except NotImplementedError:
        shutil.rmtree(folder)
        return False
    (folder / "truth.json").write_text(json.dumps(truth_of(case, engine, family, plot, drawn)))
    return True


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--engine", action="append", choices=list(ENGINES))
    parser.add_argument("--family", action="append", choices=list(FAMILIES))
    parser.add_argument("--seed", action="append", type=int, help="7 unless told; each adds its rounds")
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args(argv)
    ready = available()
    wanted = args.engine or list(ENGINES)
    count = 0
    for engine in (e for e in wanted if e in ready):
        for family in args.family or list(FAMILIES):
            for turn, seed in enumerate(args.seed or [7]):
                for number in range(args.rounds):
                    count += render(args.out, engine, family, number, seed, turn * args.rounds)
    missing = [e for e in wanted if e not in ready]
    print(f"{count} plots by {', '.join(e for e in wanted if e in ready)}")
    if missing:
        print(f"skipped, not installed: {', '.join(missing)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
