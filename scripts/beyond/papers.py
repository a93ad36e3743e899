"""Programs of print and desks: PGFPlots, LibreOffice Calc, Veusz, Grace and JFreeChart."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from beyond.plot import Plot, either, free_corner

MARGIN_PX = 12  # white left around a drawing that is cut from its page


def page_to_png(pdf: Path, path: Path, dpi: int) -> None:
    """The drawing on the first page of a PDF, cut from its white paper."""
    from PIL import Image, ImageChops

    stem = pdf.with_suffix("")
    command = ["pdftoppm", "-png", "-r", str(dpi), "-f", "1", "-l", "1", "-singlefile", str(pdf), str(stem)]
    subprocess.run(command, check=True, capture_output=True)
    with Image.open(stem.with_suffix(".png")) as page:
        sheet = page.convert("RGB")
    left, top, right, bottom = ImageChops.invert(sheet).getbbox() or (0, 0, *sheet.size)
    box = (left - MARGIN_PX, top - MARGIN_PX, right + MARGIN_PX, bottom + MARGIN_PX)
    paper = Image.new("RGB", (box[2] - box[0], box[3] - box[1]), "white")
    paper.paste(sheet.crop((left, top, right, bottom)), (MARGIN_PX, MARGIN_PX))
    paper.save(path)


PGF_LINE = {"solid": "solid", "dashed": "dashed", "dotted": "dotted", "dashdot": "dashdotted"}
PGF_MARK = {"o": "*", "s": "square*", "^": "triangle*", "D": "diamond*", "x": "x"}
PGF_LOOKS = (
    "",
    "axis lines=left",
    "grid=major",
    "axis x line*=bottom, axis y line*=left, tick align=outside",
    "grid=both, minor tick num=1, grid style={gray!25}",
)


def pgfplots(plot: Plot, path: Path) -> dict:
    """PGFPlots of LaTeX: the look of papers."""
    colors = "".join(f"\\definecolor{{c{i}}}{{HTML}}{{{c.color[1:]}}}\n" for i, c in enumerate(plot.curves))
    corner = free_corner(plot)
    place = "outer north east"
    if corner and plot.style % 4 != 3:
        place = {"top": "north", "bottom": "south"}[corner[0]] + {"right": " east", "left": " west"}[
            corner[1]
        ]
    options = [
        f"width={plot.width / 60:.1f}cm, height={plot.height / 60:.1f}cm",
        f"title={{{plot.title}}}, xlabel={{{plot.x_label}}}, ylabel={{{plot.y_label}}}",
        f"legend pos={place}",
        "no markers" if "marker" not in plot.needs else "",
        "ymode=log" if plot.log_y else "",
        "legend style={draw=none}" if plot.style % 3 == 1 else "",
        PGF_LOOKS[plot.style % len(PGF_LOOKS)],
    ]
    body = []
    for i, c in enumerate(plot.curves):

        def points(x, y) -> str:
            return " ".join(f"({a!r},{b!r})" for a, b in zip(x.tolist(), y.tolist(), strict=True))

        if c.low is not None:
            around = points(np.r_[c.x, c.x[::-1]], np.r_[c.low, c.high[::-1]])
            body.append(
                f"\\addplot[draw=none, fill=c{i}, fill opacity=0.2, forget plot] coordinates {{{around}}};"
            )
        mark = f"mark={PGF_MARK[c.marker]}, mark size=1.6pt" if c.marker else "mark=none"
        look = f"c{i}, {PGF_LINE[c.line]}, line width={0.5 * c.width:.2f}pt, opacity={c.opacity}, {mark}"
        body.append(f"\\addplot[{look}] coordinates {{{points(c.x, c.y)}}};\n\\addlegendentry{{{c.name}}}")
    sans = "\\renewcommand\\familydefault{\\sfdefault}\n" if plot.style % 4 == 2 else ""
    source = (
        "\\documentclass{article}\n\\usepackage[paperwidth=30cm,paperheight=30cm,margin=2cm]{geometry}\n"
        f"\\usepackage{{pgfplots}}\n\\pgfplotsset{{compat=newest}}\n{sans}{colors}"
        "\\pagestyle{empty}\\begin{document}\\noindent\\begin{tikzpicture}\n"
        f"\\begin{{axis}}[{', '.join(filter(None, options))}]\n"
        + "\n".join(body)
        + "\n\\end{axis}\\end{tikzpicture}\\end{document}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plot.tex").write_text(source)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "plot.tex"]
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout[-1500:])
        page_to_png(Path(folder) / "plot.pdf", path, (110, 150, 220)[plot.style % 3])
    return {}


CALC_LINE = {"solid": "solid", "dashed": "dash", "dotted": "round_dot", "dashdot": "dash_dot"}
CALC_MARK = {"o": "circle", "s": "square", "^": "triangle", "D": "diamond", "x": "x"}


def calc(plot: Plot, path: Path) -> dict:
    """An Excel sheet's chart, drawn by LibreOffice Calc."""
    import xlsxwriter

    if "band" in plot.needs:
        raise NotImplementedError
    with tempfile.TemporaryDirectory() as folder:
        sheet_path = Path(folder) / "plot.xlsx"
        with xlsxwriter.Workbook(str(sheet_path)) as book:
            front, data = book.add_worksheet("chart"), book.add_worksheet("data")
            front.hide_gridlines(2)
            front.set_landscape()
            front.set_paper(8)  # A3
            chart = book.add_chart({"type": "scatter", "subtype": "straight"})
            for i, c in enumerate(plot.curves):
                data.write_column(0, 2 * i, c.x.tolist())
                data.write_column(0, 2 * i + 1, c.y.tolist())
                line = {
                    "color": c.color,
                    "width": c.width,
                    "dash_type": CALC_LINE[c.line],
                    "transparency": round(100 * (1 - c.opacity)),
                }
                mark = (
                    {"type": CALC_MARK[c.marker], "size": 6, "fill": {"color": c.color}} if c.marker else None
                )
                chart.add_series(
                    {
                        "name": c.name,
                        "categories": ["data", 0, 2 * i, len(c.x) - 1, 2 * i],
                        "values": ["data", 0, 2 * i + 1, len(c.x) - 1, 2 * i + 1],
                        "line": line,
                        "marker": mark or {"type": "none"},
                    }
                )
            light = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.75}}
            chart.set_x_axis(
                {"name": plot.x_label, "major_gridlines": {"visible": False} if plot.style % 2 else light}
            )
            y_axis = {"name": plot.y_label, "major_gridlines": light, "line": {"none": plot.style % 3 == 1}}
            if plot.log_y:
                y_axis |= {"log_base": 10, "num_format": "0.E+00", "crossing": "min", "min": 1e-4}
            elif plot.curves[0].y.max() < 0.01:
                y_axis |= {"num_format": "0.0E+00"}
            chart.set_y_axis(y_axis)
            chart.set_title({"name": plot.title})
            chart.set_legend({"position": ("right", "bottom", "top")[plot.style % 3]})
            chart.set_size({"width": plot.width, "height": plot.height})
            if plot.style % 2:
                chart.set_chartarea({"border": {"none": True}})
            front.insert_chart("B2", chart)
        command = [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
        ]
        subprocess.run([*command, "--outdir", folder, str(sheet_path)], check=True, capture_output=True)
        page_to_png(sheet_path.with_suffix(".pdf"), path, (96, 120, 150)[plot.style % 3])
    return {}


VEUSZ_LINE = {"solid": "solid", "dashed": "dashed", "dotted": "dotted", "dashdot": "dash-dot"}
VEUSZ_MARK = {"o": "circle", "s": "square", "^": "triangle", "D": "diamond", "x": "cross"}


def veusz(plot: Plot, path: Path) -> dict:
    """Veusz: a frame with ticks inside on all sides."""
    text = [
        f"Set('width', '{plot.width / 40:.1f}cm'); Set('height', '{plot.height / 40:.1f}cm')",
        f"Set('StyleSheet/Font/size', '{(12, 14)[plot.style % 2]}pt')",
        f"Set('StyleSheet/Font/font', '{('Liberation Serif', 'Liberation Sans')[plot.style % 2]}')",
        "To(Add('page')); To(Add('graph'))",
        "Set('topMargin', '1.6cm'); Set('leftMargin', '2.8cm')",
        "Set('bottomMargin', '1.9cm'); Set('rightMargin', '0.8cm')",
        f"Set('x/label', '{plot.x_label}'); Set('y/label', '{plot.y_label}')",
        f"Set('y/log', {plot.log_y})",
        f"Add('label', name='t', label='{plot.title}', xPos=[0.5], yPos=[1.05], alignHorz='centre')",
    ]
    if plot.y_label == "Learning rate":
        text.append("Set('y/TickLabels/format', '%.1e')")
    if plot.style % 3 == 1:
        text.append("Set('x/GridLines/hide', False); Set('y/GridLines/hide', False)")
    if plot.style % 3 == 2:
        text.append("Set('x/autoMirror', False); Set('y/autoMirror', False)")
        text.append("Set('x/outerticks', True); Set('y/outerticks', True); Set('Border/hide', True)")
    for i, c in enumerate(plot.curves):
        for key, values in (("x", c.x), ("y", c.y), ("lo", c.low), ("hi", c.high)):
            if values is not None:
                text.append(f"SetData('{key}{i}', {[float(v) for v in values]!r})")
        if c.low is not None:
            below, above = (c.low - c.y).tolist(), (c.high - c.y).tolist()
            text.append(f"SetData('b{i}', {c.y.tolist()!r}, negerr={below!r}, poserr={above!r})")
            text.append(
                f"Add('xy', name='s{i}', xData='x{i}', yData='b{i}', marker='none', errorStyle='fillvert', "
                "PlotLine__hide=True, ErrorBarLine__hide=True)"
            )
            text.append(
                f"Set('s{i}/FillBelow/color', '{c.color}'); Set('s{i}/FillBelow/transparency', 75); "
                f"Set('s{i}/FillAbove/color', '{c.color}'); Set('s{i}/FillAbove/transparency', 75)"
            )
        text.append(
            f"Add('xy', name='c{i}', xData='x{i}', yData='y{i}', key='{c.name}', "
            f"marker='{VEUSZ_MARK[c.marker] if c.marker else 'none'}', markerSize='3pt', color='{c.color}')"
        )
        text.append(
            f"Set('c{i}/PlotLine/color', '{c.color}'); Set('c{i}/PlotLine/width', '{0.8 * c.width:.2f}pt'); "
            f"Set('c{i}/PlotLine/style', '{VEUSZ_LINE[c.line]}'); "
            f"Set('c{i}/PlotLine/transparency', {round(100 * (1 - c.opacity))}); "
            f"Set('c{i}/MarkerFill/color', '{c.color}')"
        )
    rows, columns = free_corner(plot) or ("top", "right")
    text.append(f"Add('key', name='k', horzPosn='{columns}', vertPosn='{rows}')")
    text.append(f"Set('k/Border/hide', {plot.style % 4 != 0})")
    text.append("To('/')")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plot.vsz"
        script.write_text("\n".join(text) + "\n")
        dpi = (72, 96, 120)[plot.style % 3]
        command = [
            "veusz",
            f"--export={path}",
            f"--export-option=dpi={dpi}",
            "--export-option=backcolor='white'",
            str(script),
        ]
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if not path.exists():
        raise RuntimeError(done.stderr[-1500:])
    return {}


GRACE_LINE = {"solid": 1, "dashed": 3, "dotted": 2, "dashdot": 5}
GRACE_MARK = {"o": 1, "s": 2, "^": 4, "D": 3, "x": 9}


def _rgb(color: str) -> str:
    return ", ".join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))


def grace(plot: Plot, path: Path) -> dict:
    """Grace: a frame with ticks inside, its own fonts, little antialiasing."""
    if plot.needs & {"opacity", "band"}:
        raise NotImplementedError
    corner = free_corner(plot)
    right = plot.width / plot.height - (0.06 if corner else 0.36)  # lengths are shares of the height
    legend = f"{right + 0.02}, 0.8"
    if corner:
        across, up = {"right": right - 0.28, "left": 0.2}[corner[1]], {"top": 0.82, "bottom": 0.38}[corner[0]]
        legend = f"{across}, {up}"
    x = np.concatenate([c.x for c in plot.curves])
    text = [
        f"page size {plot.width}, {plot.height}",
        *(f'map color {20 + i} to ({_rgb(c.color)}), "c{i}"' for i, c in enumerate(plot.curves)),
        "with g0",
        f"view 0.15, 0.15, {right}, 0.85",
        f'title "{plot.title}"',
        f'xaxis label "{plot.x_label}"',
        f'yaxis label "{plot.y_label}"',
    ]
    for i, c in enumerate(plot.curves):
        text += [
            f"s{i} on",
            f"s{i} line color {20 + i}",
            f"s{i} line linewidth {c.width:.2f}",
            f"s{i} line linestyle {GRACE_LINE[c.line]}",
            f"s{i} symbol {GRACE_MARK[c.marker] if c.marker else 0}",
            f"s{i} symbol size 0.6",
            f"s{i} symbol color {20 + i}",
            f's{i} legend "{c.name}"',
        ]
    if plot.style % 2:
        text += [f"{axis}axis tick major grid on" for axis in "xy"]
        text += [f"{axis}axis tick major color 7" for axis in "xy"]
    text += ["legend on", "legend loctype view", f"legend {legend}"]
    text += ["autoscale"]
    if plot.log_y:
        text += [f"world {x.min()}, 1e-4, {x.max()}, 1000", "yaxes scale logarithmic", "yaxis tick major 10"]
        text += ["yaxis ticklabel format power", "yaxis ticklabel prec 0"]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for i, c in enumerate(plot.curves):
            files.append(str(Path(folder) / f"{i}.dat"))
            np.savetxt(files[-1], np.c_[c.x, c.y])
        batch = Path(folder) / "plot.bat"
        batch.write_text("\n".join(text) + "\n")
        command = ["gracebat", "-autoscale", "none", *files, "-batch", str(batch)]
        command += [
            "-hdevice",
            "PNG",
            "-hardcopy",
            "-printfile",
            str(path),
            "-fixed",
            str(plot.width),
            str(plot.height),
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    if not path.exists():
        raise RuntimeError(done.stderr[-1500:])
    return {}


JARS = ("/usr/share/java/jfreechart.jar", "/usr/share/java/jcommon.jar")


def jfreechart(plot: Plot, path: Path) -> dict:
    """JFreeChart of Java, with its grey paper or white."""
    lines = [
        "\t".join(
            (
                plot.title,
                plot.x_label,
                plot.y_label,
                str(int(plot.log_y)),
                str(plot.width),
                str(plot.height),
                str(plot.style),
            )
        )
    ]
    for c in plot.curves:
        low, high = either(c.low, c.y), either(c.high, c.y)
        head = (
            c.name,
            c.color,
            c.line,
            c.marker or "-",
            f"{c.width}",
            f"{c.opacity}",
            str(int(c.low is not None)),
        )
        lines.append("\t".join(head))
        lines += [" ".join(map(repr, v.tolist())) for v in (c.x, c.y, low, high)]
    program = Path(__file__).resolve().parent / "Chart.java"
    command = ["java", "-Djava.awt.headless=true", "-cp", ":".join(JARS), str(program), str(path)]
    done = subprocess.run(command, input="\n".join(lines), check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-1500:])
    return {}
