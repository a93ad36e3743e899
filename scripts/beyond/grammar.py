"""Programs of mathematics and statistics: ggplot2 of R, and Octave, which looks like MATLAB."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from beyond.plot import Plot, either, free_corner
from beyond.programs import R_LINE, R_MARK


@cache
def has_ggplot2() -> bool:
    """Whether R finds ggplot2."""
    if shutil.which("Rscript") is None:
        return False
    code = "quit(status = !requireNamespace('ggplot2', quietly = TRUE))"
    return subprocess.run(["Rscript", "-e", code], check=False, capture_output=True).returncode == 0


def _rows(plot: Plot) -> str:
    """The data as a table with a line for each point."""
    lines = ["run,x,y,lo,hi"]
    for c in plot.curves:
        low, high = either(c.low, c.y), either(c.high, c.y)
        for row in zip(c.x.tolist(), c.y.tolist(), low.tolist(), high.tolist(), strict=True):
            lines.append(f"{c.name}," + ",".join(map(repr, row)))
    return "\n".join(lines) + "\n"


GGPLOT_THEMES = ("theme_grey", "theme_bw", "theme_minimal", "theme_classic", "theme_light", "theme_linedraw")


def ggplot2(plot: Plot, path: Path) -> dict:
    """ggplot2 in six of its themes, the legend right, below, above or inside."""

    def words(values) -> str:
        return "c(" + ",".join(f"'{v}'" if isinstance(v, str) else str(v) for v in values) + ")"

    names = words(c.name for c in plot.curves)
    thick = f"linewidth={(0.5, 0.8, 1.0)[plot.style % 3]}"
    inner = {"dash": "linetype=run", "opacity": "alpha=run"}
    extra = ", ".join(text for need, text in inner.items() if need in plot.needs)
    layers = [f"geom_line(aes({extra}), {thick})"]
    if "band" in plot.needs:
        layers.insert(0, "geom_ribbon(aes(ymin=lo, ymax=hi, fill=run), alpha=0.25, colour=NA)")
        layers.append(f"scale_fill_manual(values={words(c.color for c in plot.curves)})")
    if "dash" in plot.needs:
        layers.append(f"scale_linetype_manual(values={words(R_LINE[c.line] for c in plot.curves)})")
    if "opacity" in plot.needs:
        layers.append(f"scale_alpha_manual(values={words(c.opacity for c in plot.curves)})")
    if "marker" in plot.needs:
        layers.append("geom_point(aes(shape=run), size=2)")
        layers.append(f"scale_shape_manual(values={words(R_MARK[c.marker] for c in plot.curves)})")
    if plot.log_y:
        layers.append("scale_y_log10()")
    corner = free_corner(plot)
    inside = "'bottom'"
    if corner:
        across, up = {"right": 1, "left": 0}[corner[1]], {"top": 1, "bottom": 0}[corner[0]]
        at = f"c({0.02 + 0.96 * across:.2f}, {0.02 + 0.96 * up:.2f})"
        inside = f"{at}, legend.justification=c({across}, {up})"
    place = ("'right'", "'bottom'", "'top'", inside)[plot.style % 4]
    layers += [
        f"scale_colour_manual(values={words(c.color for c in plot.curves)})",
        f"labs(title='{plot.title}', x='{plot.x_label}', y='{plot.y_label}')",
        f"{GGPLOT_THEMES[plot.style % len(GGPLOT_THEMES)]}(base_size={(11, 12, 14)[plot.style % 3]})",
        f"theme(legend.title=element_blank(), legend.position={place})",
    ]
    dpi = (72, 96, 120, 150)[plot.style % 4]
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder) / "data.csv", Path(folder) / "plot.R"
        table.write_text(_rows(plot))
        script.write_text(
            "library(ggplot2)\n"
            f"d <- read.csv('{table}'); d$run <- factor(d$run, levels={names})\n"
            "p <- ggplot(d, aes(x, y, colour=run)) + " + " +\n  ".join(layers) + "\n"
            f"ggsave('{path}', p, width={plot.width / 100}, height={plot.height / 100}, dpi={dpi}, "
            "type='cairo', bg='white')\n"
        )
        subprocess.run(["Rscript", "--vanilla", str(script)], check=True, capture_output=True)
    return {}


OCTAVE_LINE = {"solid": "-", "dashed": "--", "dotted": ":", "dashdot": "-."}


def octave(plot: Plot, path: Path) -> dict:
    """Octave's own graphics on a virtual screen."""
    if "opacity" in plot.needs:
        raise NotImplementedError
    grid = plot.style % 3 != 0
    font = ("Liberation Sans", "FreeSans", "Liberation Serif")[plot.style % 3]
    corner = free_corner(plot)
    inside = "northeastoutside"
    if corner:
        inside = {"top": "north", "bottom": "south"}[corner[0]] + {"right": "east", "left": "west"}[corner[1]]
    place = (inside, "northeastoutside", inside, "southoutside")[plot.style % 4]
    room = "" if "outside" in place else "'position', [0.14 0.17 0.78 0.73], "  # of letters below
    size = (10, 12, 14)[plot.style % 3]
    code = [
        "graphics_toolkit qt",
        f"f = figure('visible', 'off', 'position', [0 0 {plot.width} {plot.height}]);",
        f"axes({room}'fontsize', {size}, 'fontname', '{font}'); hold on",
    ]

    def row(values) -> str:
        return "[" + " ".join(repr(float(v)) for v in values) + "]"

    def rgb(color: str) -> str:
        return row(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))

    for i, c in enumerate(plot.curves):
        if c.low is not None:
            code.append(
                f"fill({row(np.r_[c.x, c.x[::-1]])}, {row(np.r_[c.low, c.high[::-1]])}, {rgb(c.color)}, "
                "'FaceAlpha', 0.2, 'EdgeColor', 'none');"
            )
        mark = f", 'Marker', '{c.marker.lower()}'" if c.marker else ""
        code.append(
            f"h({i + 1}) = plot({row(c.x)}, {row(c.y)}, 'LineStyle', '{OCTAVE_LINE[c.line]}', "
            f"'Color', {rgb(c.color)}, 'LineWidth', {c.width:.2f}{mark});"
        )
    names = ", ".join(f"'{c.name}'" for c in plot.curves)
    code += [
        "set(gca, 'yscale', 'log')" if plot.log_y else "",
        f"legend(h, {names}, 'location', '{place}');",
        f"xlabel('{plot.x_label}'); ylabel('{plot.y_label}'); title('{plot.title}');",
        f"grid {'on' if grid else 'off'}; box {'on' if plot.style % 2 else 'off'};",
        "drawnow; printf('%.15g ', xlim, ylim);",
        f"print(f, '-dpng', '-r{(72, 100, 150)[plot.style % 3]}', '{path}');",
    ]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "draw.m"
        script.write_text("\n".join(code))
        command = ["xvfb-run", "-a", "octave", "--no-gui", "--no-init-file", "--quiet", str(script)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not path.exists():
        raise RuntimeError(done.stderr[-2000:])
    told = [float(word) for word in done.stdout.split()[-4:]]
    return {"x": told[:2], "y": told[2:]}
