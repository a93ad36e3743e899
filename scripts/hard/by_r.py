"""Sheets drawn by R's base graphics."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from hard.layout import has_legend, lay_out, scaled, settled
from hard.model import Axis, Curve, Look, Note, Panel, Sheet, corner

DASH = {"solid": 1, "dashed": 2, "dotted": 3, "dashdot": 4, "none": 0}
FILLED = {"o": 16, "s": 15, "^": 17, "D": 18, "x": 4, "+": 3, "v": 25}
OPEN = {"o": 1, "s": 0, "^": 2, "D": 5, "x": 4, "+": 3, "v": 6}


def draw(sheet: Sheet, look: Look, path: Path, rng) -> list:
    """Writes the picture; the plot area of each panel in px."""
    if any(p.kind != "line" for p in sheet.panels) or sheet.one_legend:
        raise NotImplementedError
    if any(
        a.scale not in ("linear", "log") or a.ticks not in ("plain", "power")
        for p in sheet.panels
        for a in (p.x, p.y)
    ):
        raise NotImplementedError
    sheet = settled(sheet)
    layout = lay_out(sheet, look)
    wide, tall = round(layout.width * look.scale), round(layout.height * look.scale)
    family = "serif" if "Serif" in look.face else "sans"
    smooth = "" if look.smooth else ", antialias='none'"
    code = [
        f"png('{path}', width={wide}, height={tall}, res={100 * look.scale},"
        f" pointsize={look.font}, type='cairo'{smooth})",
        f"par(bg='{look.page}', fg='{look.ink}', col.axis='{look.ink}',"
        f" col.lab='{look.ink}', col.main='{look.ink}',"
        f" family='{family}', las={int(rng.integers(0, 2))}, tcl={0.4 if look.ticks_in else -0.4},"
        " mgp=c(2.2, 0.6, 0), mar=c(0,0,0,0),"
        f" bty='{ {'box': 'o', 'thick': 'o', 'L': 'l', 'none': 'n'}[look.frame] }', cex=1)",
        "plot.new()",
    ]
    for panel, box in zip(sheet.panels, layout.boxes, strict=True):
        code += _panel(panel, box, layout, look)
    if sheet.title:
        code.append(f"mtext({_text(sheet.title)}, outer=TRUE, line=-1.4, font=2)")
    code.append("invisible(dev.off())")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plot.R"
        script.write_text("\n".join(code))
        done = subprocess.run(
            ["Rscript", "--vanilla", str(script)], check=False, capture_output=True, text=True
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return scaled(layout, look.scale)


def _text(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _vector(values) -> str:
    return "c(" + ",".join("NA" if not np.isfinite(v) else repr(float(v)) for v in values) + ")"


def _panel(panel: Panel, box, layout, look: Look) -> list[str]:
    left, top, right, bottom = box
    wide, tall = layout.width, layout.height
    place = f"c({left / wide},{right / wide},{1 - bottom / tall},{1 - top / tall})"
    code = [f"par(fig=c(0,1,0,1), plt={place}, new=TRUE)", "plot.new()", *_window(panel.x, panel.y)]
    if look.inside != look.page:
        code.append(
            f"local({{u <- par('usr'); if (par('xlog')) u[1:2] <- 10^u[1:2]; "
            "if (par('ylog')) u[3:4] <- 10^u[3:4];"
            f" rect(u[1], u[3], u[2], u[4], col='{look.inside}', border=NA)}})"
        )
    if look.grid:
        code.append(f"grid(col='{look.grid_color}', lty={DASH[look.grid]})")
    code += [_note(n, look) for n in panel.notes]
    code += [line for c in panel.curves if c.axis == "y" for line in _curve(c, look)]
    code += [_axis(panel.x, 1), _axis(panel.y, 2)]
    if look.frame != "none":
        code.append(f"box(lwd={3 if look.frame == 'thick' else 1})")
    code.append(f"title(main={_text(panel.title or '')}, line=0.6)")
    code.append(f"title(xlab={_text(panel.x.label or '')})")
    code.append(f"title(ylab={_text(panel.y.label or '')}, line=3, col.lab='{panel.y.color or look.ink}')")
    if panel.y2:
        code += [f"par(plt={place}, new=TRUE)", "plot.new()", *_window(panel.x, panel.y2)]
        code += [line for c in panel.curves if c.axis == "y2" for line in _curve(c, look)]
        color = panel.y2.color or look.ink
        code += [_axis(panel.y2, 4), f"mtext({_text(panel.y2.label or '')}, side=4, line=3, col='{color}')"]
    if has_legend(panel):
        code.append(_legend(panel, look))
    return code


def _window(x: Axis, y: Axis) -> list[str]:
    log = ("x" if x.scale == "log" else "") + ("y" if y.scale == "log" else "")
    return [
        f"plot.window(xlim={_vector([x.low, x.high])}, ylim={_vector([y.low, y.high])},"
        f" log='{log}', xaxs='i', yaxs='i')"
    ]


def _axis(axis: Axis, side: int) -> str:
    color = f", col='{axis.color}', col.axis='{axis.color}'" if axis.color else ""
    return f"axis({side}, lwd=0, lwd.ticks=1{color})"


def _color(curve: Curve) -> str:
    return f"{curve.color}{round(255 * curve.opacity):02x}"


def _marks(curve: Curve) -> str:
    return (
        f"pch={(FILLED if curve.filled else OPEN)[curve.marker]}, bg='{curve.color}'"
        if curve.marker
        else "pch=NA"
    )


def _curve(curve: Curve, look: Look) -> list[str]:
    x, y = _vector(curve.x), _vector(curve.y)
    out = []
    if curve.low is not None and curve.caps:
        out.append(
            f"arrows({x}, {_vector(curve.low)}, {x}, {_vector(curve.high)},"
            f" angle=90, code=3, length=0.03, col='{curve.color}')"
        )
    elif curve.low is not None:
        ring = np.concatenate([curve.x, curve.x[::-1]]), np.concatenate([curve.low, curve.high[::-1]])
        out.append(f"polygon({_vector(ring[0])}, {_vector(ring[1])}, col='{curve.color}33', border=NA)")
    if curve.line != "none":
        stroke = curve.width * look.width_factor * 1.1
        out.append(f"lines({x}, {y}, col='{_color(curve)}', lty={DASH[curve.line]}, lwd={stroke:.2f})")
    if curve.marker:
        at = slice(None, None, curve.every)
        out.append(
            f"points({_vector(curve.x[at])}, {_vector(curve.y[at])}, col='{_color(curve)}', {_marks(curve)})"
        )
    return out


def _legend(panel: Panel, look: Look) -> str:
    listed = [c for c in panel.curves if c.listed]
    up, side = corner(panel)
    where = f"'{'top' if up == 'upper' else 'bottom'}{side}'"
    if panel.legend == "outside":
        where = "'topleft', inset=c(1.01, 0), xpd=NA"
    pch = ",".join(str((FILLED if c.filled else OPEN)[c.marker]) if c.marker else "NA" for c in listed)
    return (
        f"legend({where}, legend=c({','.join(_text(c.name) for c in listed)}),"
        f" col=c({','.join(repr(_color(c)) for c in listed)}),"
        f" lty=c({','.join(str(DASH[c.line]) for c in listed)}), pch=c({pch}),"
        f" pt.bg=c({','.join(repr(c.color) for c in listed)}), lwd={1.6 * look.width_factor:.2f},"
        f" bg='{look.inside}', cex=0.9)"
    )


def _note(note: Note, look: Look) -> str:
    if note.kind == "vline":
        return f"abline(v={note.x}, col='{note.color}', lty={DASH[note.line]})"
    if note.kind == "hline":
        return f"abline(h={note.y}, col='{note.color}', lty={DASH[note.line]})"
    if note.kind == "span":
        return f"rect({note.x}, par('usr')[3], {note.to}, par('usr')[4], col='{note.color}26', border=NA)"
    if note.kind == "value":
        return f"text({note.x}, {note.y}, {_text(note.text)}, pos=3, cex=0.7, offset=0.3, col='{look.ink}')"
    if note.kind == "dot":
        return f"points({note.x}, {note.y}, pch=16, cex=1.2, col='{note.color}')"
    if note.kind in ("arrow", "box"):
        u, v = (
            f"(par('usr')[{k}]+{share}*(par('usr')[{k + 1}]-par('usr')[{k}]))"
            for k, share in ((1, note.at[0]), (3, note.at[1]))
        )
        words = f"text({u}, {v}, {_text(note.text)}, pos=3, cex=0.9, col='{look.ink}')"
        return (
            words
            if note.kind == "box"
            else f"arrows({u}, {v}, {note.x}, {note.y}, length=0.08, col='{look.ink}'); {words}"
        )
    raise NotImplementedError
