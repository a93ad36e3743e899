"""Every engine: how it draws, and whether this machine has it.

The order is part of the random streams; a new engine goes to the end.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from beyond import browser, grammar, instruments, node, pages, papers, programs, statistics
from beyond.plot import Plot
from beyond.tools import has, node_has

ENGINES: dict[str, tuple[Callable[[Plot, Path], dict], Callable[[], bool]]] = {
    "mpl": (statistics.matplotlib_styles, lambda: has("matplotlib")),
    "seaborn": (statistics.seaborn_objects, lambda: has("seaborn")),
    "plotnine": (statistics.plotnine, lambda: has("plotnine")),
    "altair": (pages.altair, lambda: has("vl_convert")),
    "plotly": (pages.plotly, lambda: has("plotly") and has("kaleido")),
    "pygal": (pages.pygal, lambda: has("pygal") and has("cairosvg")),
    "gnuplot": (programs.gnuplot, lambda: shutil.which("gnuplot") is not None),
    "r": (programs.r_graphics, lambda: shutil.which("Rscript") is not None),
    "echarts": (node.echarts, lambda: has("cairosvg") and node_has("echarts")),
    "chartjs": (node.chartjs, lambda: node_has("chart.js") and node_has("@napi-rs/canvas")),
    **{name: (browser.web(name), browser.ready(name)) for name in browser.CANNOT},
    "bokeh": (browser.bokeh, browser.ready("bokeh")),
    "pyqtgraph": (instruments.pyqtgraph, lambda: has("pyqtgraph") and has("PySide6")),
    "toyplot": (instruments.toyplot, lambda: has("toyplot") and has("cairosvg")),
    "letsplot": (instruments.lets_plot, lambda: has("lets_plot")),
    "ggplot2": (grammar.ggplot2, grammar.has_ggplot2),
    "octave": (grammar.octave, lambda: _programs("octave", "xvfb-run")),
    "pgfplots": (papers.pgfplots, lambda: _programs("pdflatex", "pdftoppm")),
    "calc": (papers.calc, lambda: has("xlsxwriter") and _programs("soffice", "pdftoppm")),
    "veusz": (papers.veusz, lambda: _programs("veusz")),
    "grace": (papers.grace, lambda: _programs("gracebat")),
    "jfreechart": (papers.jfreechart, lambda: _programs("java") and Path(papers.JARS[0]).exists()),
}


def _programs(*names: str) -> bool:
    return all(shutil.which(name) for name in names)


def available(wanted: Iterable[str] = ENGINES) -> list[str]:
    """Those of the wanted engines that can draw on this machine."""
    return [name for name in wanted if ENGINES[name][1]()]
