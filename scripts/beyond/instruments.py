"""More Python engines: pyqtgraph, toyplot and lets-plot."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path
from xml.etree.ElementTree import tostring

import numpy as np

from beyond.plot import Plot, either, free_corner

QT_MARK = {"o": "o", "s": "s", "^": "t1", "D": "d", "x": "x"}


def pyqtgraph(plot: Plot, path: Path) -> dict:
    """pyqtgraph, in a process of its own, since some versions of Qt's binding abort as they end."""
    context = multiprocessing.get_context("spawn")
    answer, tell = context.Pipe(duplex=False)
    process = context.Process(target=_pyqtgraph, args=(plot, path, tell))
    process.start()
    tell.close()
    drawn = answer.recv()
    process.join()
    return drawn


def _pyqtgraph(plot: Plot, path: Path, tell) -> None:
    """Draw without a screen; black paper or white, with and without antialiasing."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph as pg
    from pyqtgraph.Qt import QtCore, QtGui

    app = pg.mkQApp()
    dark = plot.style % 3 != 1 and all(c.color != "#222222" for c in plot.curves)
    pg.setConfigOptions(antialias=plot.style % 2 == 0, background="kw"[not dark], foreground="dk"[not dark])
    widget = pg.GraphicsLayoutWidget(size=(plot.width, plot.height))
    axes = widget.addPlot(title=plot.title)
    axes.setLabel("bottom", plot.x_label)
    axes.setLabel("left", plot.y_label)
    axes.setLogMode(False, plot.log_y)
    if plot.style % 2:
        axes.showGrid(x=True, y=True, alpha=0.3)
    axes.getAxis("left").enableAutoSIPrefix(False)
    rows, columns = free_corner(plot) or ("top", "right")
    axes.addLegend(offset=({"right": -12, "left": 12}[columns], {"top": 12, "bottom": -12}[rows]))
    line = {
        "solid": QtCore.Qt.PenStyle.SolidLine,
        "dashed": QtCore.Qt.PenStyle.DashLine,
        "dotted": QtCore.Qt.PenStyle.DotLine,
        "dashdot": QtCore.Qt.PenStyle.DashDotLine,
    }
    for c in plot.curves:
        color = QtGui.QColor(c.color)
        if c.low is not None:
            brush = QtGui.QColor(c.color)
            brush.setAlphaF(0.25)
            edges = [pg.PlotCurveItem(c.x, edge) for edge in (c.low, c.high)]
            axes.addItem(pg.FillBetweenItem(*edges, brush=brush))
        color.setAlphaF(c.opacity)
        pen = pg.mkPen(color, width=c.width if plot.style % 2 == 0 else round(c.width), style=line[c.line])
        marks = {"symbol": QT_MARK[c.marker], "symbolSize": 7, "symbolBrush": c.color} if c.marker else {}
        axes.plot(c.x, c.y, pen=pen, name=c.name, **marks)
    widget.show()
    for _ in range(3):  # a layout settles in steps
        app.processEvents()
    widget.grab().save(str(path))
    box = axes.vb.sceneBoundingRect()
    (x_low, x_high), (y_low, y_high) = axes.viewRange()
    if plot.log_y:
        y_low, y_high = 10**y_low, 10**y_high
    tell.send(
        {
            "bbox": [box.left() - 0.5, box.top() - 0.5, box.right() - 0.5, box.bottom() - 0.5],
            "x": [x_low, x_high],
            "y": [y_low, y_high],
        }
    )
    tell.close()
    os._exit(0)


TOYPLOT_DASH = {"solid": "none", "dashed": "6,4", "dotted": "2,3", "dashdot": "8,3,2,3"}


def toyplot(plot: Plot, path: Path) -> dict:
    """Toyplot, as SVG; its axes stand off the data and have no frame."""
    import cairosvg
    import toyplot as tp
    import toyplot.locator
    import toyplot.svg

    canvas = tp.Canvas(width=plot.width, height=plot.height, style={"background-color": "white"})
    axes = canvas.cartesian(
        label=plot.title,
        xlabel=plot.x_label,
        ylabel=plot.y_label,
        yscale="log10" if plot.log_y else "linear",
        margin=(50, 30 if plot.style % 2 else 170, 55, 84),
    )
    for axis in (axes.x, axes.y):
        axis.ticks.show = plot.style % 3 != 0
        if axis is axes.x or not plot.log_y:
            axis.ticks.locator = toyplot.locator.Extended(count=7, format="{:g}")
    axes.y.ticks.labels.angle = (0, -90)[plot.style % 2]  # 0: along the axis, as it does on its own
    if plot.style % 2:
        axes.y.label.offset = 44
    entries = []
    for c in plot.curves:
        if c.low is not None:
            axes.fill(c.x, c.low, c.high, color=c.color, opacity=0.2)
        marker = {"marker": {"D": "d"}.get(c.marker, c.marker), "size": 7} if c.marker else {}
        style = {"stroke-width": c.width, "stroke-dasharray": TOYPLOT_DASH[c.line]}
        entries.append((c.name, axes.plot(c.x, c.y, color=c.color, opacity=c.opacity, style=style, **marker)))
    corner = (
        ("top-right", 16, 170, 20 * len(entries)) if plot.style % 2 else ("right", 10, 150, 20 * len(entries))
    )
    canvas.legend(entries, corner=corner)
    svg = toyplot.svg.render(canvas)
    scale = (1.33, 1, 2)[plot.style % 3]
    svg2png = cairosvg.svg2png
    svg2png(bytestring=tostring(svg), write_to=str(path), scale=scale, background_color="white")
    return {}


LETS_MARK = {"o": 16, "s": 15, "^": 17, "D": 18, "x": 4}


def lets_plot(plot: Plot, path: Path) -> dict:
    """lets-plot, a grammar of graphics of its own, with its default look and four of its themes."""
    import lets_plot as lp
    import pandas as pd

    frames = []
    for c in plot.curves:
        low, high = either(c.low, c.y), either(c.high, c.y)
        frames.append(pd.DataFrame({"x": c.x, "y": c.y, "lo": low, "hi": high, "run": c.name}))
    data = pd.concat(frames)
    names, colors = [c.name for c in plot.curves], [c.color for c in plot.curves]
    spec = lp.ggplot(data, lp.aes("x", "y", color="run"))
    if "band" in plot.needs:
        spec += lp.geom_ribbon(lp.aes(ymin="lo", ymax="hi", fill="run"), alpha=0.2, size=0)
        spec += lp.scale_fill_manual(values=colors, breaks=names)
    if "dash" in plot.needs:
        spec += lp.geom_line(lp.aes(linetype="run"), size=1, sampling="none")
        spec += lp.scale_linetype_manual(values=[c.line for c in plot.curves], breaks=names)
    elif "opacity" in plot.needs:
        spec += lp.geom_line(lp.aes(alpha="run"), size=1, sampling="none")
        spec += lp.scale_alpha_manual(values=[c.opacity for c in plot.curves], breaks=names)
    else:
        spec += lp.geom_line(size=np.round(plot.curves[0].width, 2) * 0.7, sampling="none")
    if "marker" in plot.needs:
        spec += lp.geom_point(lp.aes(shape="run"), size=3)
        spec += lp.scale_shape_manual(values=[LETS_MARK[c.marker] for c in plot.curves], breaks=names)
    spec += lp.scale_color_manual(values=colors, breaks=names)
    if plot.log_y:
        spec += lp.scale_y_log10()
    spec += lp.labs(title=plot.title, x=plot.x_label, y=plot.y_label)
    dark = plot.style % 5 == 3 and all(c.color != "#222222" for c in plot.curves)
    themes = (None, lp.theme_bw(), lp.theme_classic(), lp.flavor_darcula() if dark else None, lp.theme_grey())
    if themes[plot.style % 5] is not None:
        spec += themes[plot.style % 5]
    place = ("right", "bottom", "top")[plot.style % 3]
    spec += lp.theme(legend_position=place, legend_title=lp.element_blank())
    spec += lp.ggsize(plot.width, plot.height)
    lp.ggsave(spec, path.name, path=str(path.parent), scale=(1, 1, 2)[plot.style % 3])
    return {}
