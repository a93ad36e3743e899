"""Programs of their own: gnuplot, and R with base graphics and lattice."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from beyond.plot import Plot, either

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
        low, high = either(c.low, c.y), either(c.high, c.y)
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
        low = np.concatenate([either(c.low, c.y) for c in plot.curves])
        high = np.concatenate([either(c.high, c.y) for c in plot.curves])
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
