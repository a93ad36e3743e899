"""Engines that draw in a web page, whose picture a headless Chromium takes.

The modules stand in `web/`; node bundles them with esbuild and steers the browser with puppeteer-core.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

from beyond.plot import Plot, free_corner
from beyond.tools import has, node_has

WEB = Path(__file__).resolve().parent / "web"
FONTS = ("Roboto, sans-serif", "'Open Sans', sans-serif", "Lato, sans-serif", "'Liberation Sans', sans-serif")
PAPER = "#222222"  # ink of grey_dash, which a dark page would hide
SETTLE_MS = 250  # a drawing that is laid out in steps
CANNOT = {  # what each module leaves out
    "uplot": set(),
    "d3": set(),
    "observable": set(),
    "c3": {"band", "dash", "opacity", "log"},
    "apexcharts": {"band", "opacity", "log"},  # its log axis bends below one
    "dygraphs": {"opacity"},
    "flot": {"band", "dash", "opacity", "log"},
    "recharts": set(),
    "victory": set(),
    "nivo": {"band", "dash", "opacity"},
    "mui": {"band", "dash", "opacity"},
}
DARK = {"uplot", "d3", "observable", "apexcharts", "recharts", "nivo", "mui"}
PACKAGES = {
    "observable": ("@observablehq/plot",),
    "recharts": ("recharts", "react-dom"),
    "victory": ("victory", "react-dom"),
    "nivo": ("@nivo/line", "react-dom"),
    "mui": ("@mui/x-charts", "@mui/material", "react-dom"),
    "flot": ("flot", "jquery"),
}


@cache
def browser() -> str | None:
    """The browser's program, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for found in map(shutil.which, names) if found), None)


def ready(engine: str) -> Callable[[], bool]:
    """Whether the browser and the packages of an engine are here."""

    def check() -> bool:
        if browser() is None:
            return False
        if engine == "bokeh":
            return has("bokeh") and node_has("puppeteer-core")
        packages = ("puppeteer-core", "esbuild", *PACKAGES.get(engine, (engine,)))
        return all(node_folder(package) for package in packages)

    return check


@cache
def node_folder(package: str) -> bool:
    """Whether node finds a package, be it one for browsers only, which cannot be required."""
    if shutil.which("node") is None:
        return False
    code = (
        "const fs=require('fs'),p=require('path');const d=[...module.paths,"
        "...(process.env.NODE_PATH||'').split(p.delimiter)];"
        f"process.exit(d.some((f)=>f&&fs.existsSync(p.join(f,{json.dumps(package)})))?0:1)"
    )
    return subprocess.run(["node", "-e", code], check=False).returncode == 0


def as_json(plot: Plot) -> dict:
    """A plot as the modules take it."""
    return {
        "curves": [
            {
                "name": c.name,
                "x": c.x.tolist(),
                "y": c.y.tolist(),
                "color": c.color,
                "line": c.line,
                "marker": c.marker,
                "width": c.width,
                "opacity": c.opacity,
                "low": None if c.low is None else c.low.tolist(),
                "high": None if c.high is None else c.high.tolist(),
            }
            for c in plot.curves
        ],
        "title": plot.title,
        "x_label": plot.x_label,
        "y_label": plot.y_label,
        "log_y": plot.log_y,
        "width": plot.width,
        "height": plot.height,
        "style": plot.style,
        "needs": sorted(plot.needs),
        "corner": free_corner(plot),
    }


def shoot(plot: Plot, path: Path, scale: float, **job) -> dict:
    """Draw a page, take its picture, and tell what the page told of its axes."""
    job |= {"plot": as_json(plot), "path": str(path), "browser": browser(), "scale": scale, "wait": SETTLE_MS}
    done = subprocess.run(
        ["node", str(WEB / "shoot.cjs")], input=json.dumps(job), text=True, capture_output=True, check=False
    )
    if done.returncode or done.stderr.strip():
        raise RuntimeError(done.stderr[-2000:])
    told = json.loads(done.stdout)
    if box := told.pop("box", None):
        told["bbox"] = [side * scale - 0.5 for side in box]
    return told


def web(engine: str) -> Callable[[Plot, Path], dict]:
    """The engine of a module in `web/`."""

    def draw(plot: Plot, path: Path) -> dict:
        wants = plot.needs | ({"log"} if plot.log_y else set())
        if wants & CANNOT[engine]:
            raise NotImplementedError
        dark = engine in DARK and plot.style % 4 == 2 and all(c.color != PAPER for c in plot.curves)
        module = next(WEB.glob(f"{engine}.js*"))
        return shoot(
            plot,
            path,
            scale=(1, 1, 2, 1, 1.5)[plot.style % 5],
            module=str(module),
            dark=dark,
            page=plot.style % 7 == 5,
            font=FONTS[plot.style % len(FONTS)],
        )

    return draw


BOKEH_MARK = {"o": "circle", "s": "square", "^": "triangle", "D": "diamond", "x": "x"}
BOKEH_THEMES = ("caliber", "light_minimal", "dark_minimal", "night_sky", "contrast")


def bokeh(plot: Plot, path: Path) -> dict:
    """Bokeh, whose canvas the browser draws."""
    from bokeh.embed import file_html
    from bokeh.plotting import curdoc, figure
    from bokeh.resources import INLINE
    from bokeh.themes import Theme

    dark = plot.style % 6 in (3, 4) and all(c.color != PAPER for c in plot.curves)
    theme = BOKEH_THEMES[plot.style % 6 - 1] if plot.style % 6 and (dark or plot.style % 6 < 3) else None
    fig = figure(
        width=plot.width,
        height=plot.height,
        title=plot.title,
        x_axis_label=plot.x_label,
        y_axis_label=plot.y_label,
        y_axis_type="log" if plot.log_y else "linear",
        toolbar_location="right" if plot.style % 2 else None,
    )
    for c in plot.curves:
        if c.low is not None:
            fig.varea(c.x, c.low, c.high, color=c.color, alpha=0.2)
        fig.line(
            c.x,
            c.y,
            legend_label=c.name,
            line_color=c.color,
            line_width=c.width,
            line_alpha=c.opacity,
            line_dash=c.line,
        )
        if c.marker:
            fig.scatter(c.x, c.y, legend_label=c.name, color=c.color, marker=BOKEH_MARK[c.marker], size=7)
    corner = free_corner(plot)
    if plot.style % 3 == 2 or corner is None:
        fig.add_layout(fig.legend[0], "right")
    else:
        fig.legend.location = "_".join(corner)
    curdoc().theme = theme or Theme(json={})
    page = file_html(fig, INLINE, plot.title, theme=theme)
    back = "<style>body{margin:0 !important;background:%s}</style></head>" % ("#20262B" if dark else "white")
    return shoot(plot, path, scale=(1, 2, 1)[plot.style % 3], html=page.replace("</head>", back, 1))
