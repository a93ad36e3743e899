"""Figures, findings and documents as plain data, JSON, CSV and npz, and the writing of files.

The shape of a reading is schema "plotread/1"; a new output format is one row of `WRITERS`.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from plotread.errors import UsageError
from plotread.flags import FLAGS, meaning
from plotread.model import Axis, Document, Estimate, Figure, Finding, Floats, Guide, Panel, Series

SCHEMA = "plotread/1"
# Digits of a number in JSON and CSV: past any reading error, short of the noise of binary fractions.
DIGITS = 10
# Beyond this many days from 1970 (year 9999) a date is no date.
LAST_DAY = 2_932_896
SECONDS_PER_DAY = 86_400
CSV_HEADER = ("panel", "series", "x", "y", "y_lo", "y_hi")
# Added where a curve has no values and is told by its course.
CSV_UNITS = ("x_unit", "y_unit")
# Units of the numbers of a curve as files name them.
UNIT_NAMES = {"data": "data", "width": "share of the width", "height": "share of the height"}


def figure_to_dict(figure: Figure) -> dict[str, object]:
    """The reading of a figure as plain data.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    dict
        Schema "plotread/1": lists, texts, numbers and None only, ready for `json.dumps`.  The
        reading of a log file lacks the keys that speak of pixels.
    """
    source = figure.source
    image: dict[str, object] = {"path": source.path}
    if source.width is not None:
        image |= {"width": source.width, "height": source.height}
    image["sha256"] = source.sha256
    return {
        "schema": SCHEMA,
        "image": image,
        "panels": [_panel(panel) for panel in figure.panels],
        "warnings": [*figure.warnings, *_meanings(figure.flags)],
    }


def _panel(panel: Panel) -> dict[str, object]:
    result: dict[str, object] = {"title": panel.title}
    pixels = panel.frame is not None
    if panel.frame is not None:
        frame = panel.frame
        result["bbox"] = [_number(v) for v in (frame.left, frame.top, frame.right, frame.bottom)]
    told = result | {
        "x": _axis(panel.x, pixels),
        "y": _axis(panel.y, pixels),
        "y2": None if panel.y2 is None else _axis(panel.y2, pixels),
        "series": [_series(series, panel) for series in panel.series],
        "warnings": _panel_warnings(panel),
    }
    if panel.guides:
        told["guides"] = [_guide(guide, panel) for guide in panel.guides]
    return told


def _guide(guide: Guide, panel: Panel) -> dict[str, object]:
    """An upright line (its place twice) or a shaded stretch (both ends)."""
    ends = np.array([guide.x, guide.x if guide.x_end is None else guide.x_end])
    return {
        "kind": "line" if guide.x_end is None else "stretch",
        "x": _values(ends, panel.x if guide.unit == "data" else Axis()),
        "x_unit": UNIT_NAMES[guide.unit],
        "color": guide.color,
        "line": guide.line if guide.x_end is None else None,
        "label": guide.label,
    }


def _axis(axis: Axis, pixels: bool) -> dict[str, object]:
    ends = None
    if axis.range is not None:
        ends = _values(np.array(axis.range), axis)
    result: dict[str, object] = {"label": axis.label, "scale": axis.kind, "range": ends}
    if pixels:
        result["ticks"] = [
            {
                "pixel": _number(tick.pixel),
                "value": None if tick.value is None else _values(np.array([tick.value]), axis)[0],
                "text": tick.text,
            }
            for tick in axis.ticks
        ]
        result["residual_px"] = None if axis.residual_px is None else _number(axis.residual_px)
    return result


def _series(series: Series, panel: Panel) -> dict[str, object]:
    y_axis = axis_of(series, panel)
    told: dict[str, object] = {
        "name": series.name,
        "axis": series.axis,
        "kind": series.kind,
        "color": series.color,
        "line": series.line,
        "marker": series.marker,
        "role": series.role,
        "x": _values(series.x, panel.x),
        "y": _values(series.y, y_axis),
        "y_lo": _values(series.y_lo, y_axis),
        "y_hi": _values(series.y_hi, y_axis),
        "points": series.points,
        "confidence": _number(series.confidence),
    }
    if series.drawn is not None:  # x and y are empty; a reader of values alone meets no share
        x, *ys = _columns(series, panel)
        told["drawn"] = {
            "x_unit": UNIT_NAMES[series.drawn.x_unit],
            "y_unit": UNIT_NAMES[series.drawn.y_unit],
            "x": x,
        } | dict(zip(("y", "y_lo", "y_hi"), ys, strict=True))
    return told


def _columns(series: Series, panel: Panel) -> list[list[Any]]:
    """x, y, y_lo and y_hi of a curve, or of its course where it has no values."""
    told, x_axis, y_axis = series.drawn, panel.x, axis_of(series, panel)
    if told is None:
        x, ys = series.x, (series.y, series.y_lo, series.y_hi)
    else:
        x, ys = told.x, (told.y, told.y_lo, told.y_hi)
        x_axis = x_axis if told.x_unit == "data" else Axis()
        y_axis = y_axis if told.y_unit == "data" else Axis()
    return [_values(x, x_axis)] + [_values(v, y_axis) for v in ys]


def axis_of(series: Series, panel: Panel) -> Axis:
    """The vertical axis that a series belongs to."""
    return panel.y2 if series.axis == "y2" and panel.y2 is not None else panel.y


def _panel_warnings(panel: Panel) -> list[str]:
    """Every doubt of a panel in words: its own, then those of its axes and series."""
    said = _meanings(panel.flags)
    for name, axis in (("x axis", panel.x), ("y axis", panel.y), ("right-hand axis", panel.y2)):
        if axis is not None:
            said += [f"{name}: {text}" for text in _meanings(axis.flags)]
    for name, series in zip(series_names(panel), panel.series, strict=True):
        own = series.flags - panel.flags - panel.x.flags - axis_of(series, panel).flags
        said += [f"{name}: {text}" for text in _meanings(own)]
    return said


def _meanings(flags: frozenset[str]) -> list[str]:
    """The meanings of flags in the order of the registry, so that equal readings print alike."""
    return [meaning(flag) for flag in FLAGS if flag in flags]


def _number(value: float) -> float | None:
    """A float for JSON: `DIGITS` significant digits, None for what is no number."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _values(values: Floats, axis: Axis) -> list[Any]:
    """Numbers of one axis for JSON; ISO 8601 text where it is a date axis."""
    if axis.kind == "date":
        return list(iso_dates(values))
    return [_number(float(v)) for v in values]


def iso_dates(days: Floats) -> list[str | None]:
    """Days since 1970-01-01 as ISO 8601: dates where all are whole days, else with the time of day.

    >>> iso_dates(np.array([19_723.0, 19_724.0]))
    ['2024-01-01', '2024-01-02']
    >>> iso_dates(np.array([19_723.25]))
    ['2024-01-01T06:00:00']
    """
    known = np.isfinite(days) & (np.abs(days) <= LAST_DAY)
    seconds = np.round(np.where(known, days, 0.0) * SECONDS_PER_DAY).astype(np.int64)
    whole = bool((seconds % SECONDS_PER_DAY == 0).all())
    texts = np.datetime_as_string(seconds.astype("datetime64[s]"), unit="D" if whole else "s")
    return [str(text) if ok else None for text, ok in zip(texts, known, strict=True)]


def series_names(panel: Panel) -> list[str]:
    """A name for each series that no other series of its panel shares.

    The legend's text; "raw" and "smoothed" are added to twins of one name, and a number where
    even that does not part them.  Series without a name are called after their number.
    """
    plain = [series.name or f"series {i + 1}" for i, series in enumerate(panel.series)]
    names = [
        f"{name} ({series.role})" if series.role and plain.count(name) > 1 else name
        for name, series in zip(plain, panel.series, strict=True)
    ]
    result: list[str] = []
    for name in names:
        unique, n = name, 2
        while unique in result:
            unique, n = f"{name} [{n}]", n + 1
        result.append(unique)
    return result


def figure_to_csv(figure: Figure) -> str:
    """The values of a figure in long form, one row per point.

    Returns
    -------
    str
        Columns panel (from 0), series, x, y, y_lo, y_hi; dates as ISO 8601 text.  Where an axis has
        no scale two more columns, x_unit and y_unit, tell data from shares of the plot area.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    with_units = any(series.drawn is not None for panel in figure.panels for series in panel.series)
    writer.writerow(CSV_HEADER + CSV_UNITS if with_units else CSV_HEADER)
    for panel in figure.panels:
        for name, series in zip(series_names(panel), panel.series, strict=True):
            units: list[str] = []
            if with_units:
                drawn = series.drawn
                names = ("data", "data") if drawn is None else (drawn.x_unit, drawn.y_unit)
                units = [UNIT_NAMES[unit] for unit in names]
            for row in zip(*_columns(series, panel), strict=True):
                writer.writerow([panel.index, name, *("" if v is None else _plain(v) for v in row), *units])
    return buffer.getvalue()


def _plain(value: float | str) -> str:
    """A number without the ".0" of whole ones."""
    return value if isinstance(value, str) else f"{value:.{DIGITS}g}"


def figure_to_npz(figure: Figure) -> bytes:
    """The values of a figure as a numpy archive.

    Returns
    -------
    bytes
        Arrays ``panel0_series0_x``, ``..._y``, ``..._y_lo``, ``..._y_hi`` in data units (dates as
        days since 1970-01-01), and ``reading``, the JSON text of `figure_to_dict`.  A curve without
        values has ``panel0_series0_drawn_x``, ..., whose units ``reading`` tells.
    """
    arrays: dict[str, Any] = {"reading": np.array(to_json(figure_to_dict(figure)))}
    for i, panel in enumerate(figure.panels):
        for j, series in enumerate(panel.series):
            for key in ("x", "y", "y_lo", "y_hi"):
                arrays[f"panel{i}_series{j}_{key}"] = getattr(series, key)
                if series.drawn is not None:
                    arrays[f"panel{i}_series{j}_drawn_{key}"] = getattr(series.drawn, key)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def figure_to_json(figure: Figure) -> str:
    """`figure_to_dict` as text."""
    return to_json(figure_to_dict(figure))


WRITERS: Mapping[str, Callable[[Figure], str | bytes]] = {
    "csv": figure_to_csv,
    "json": figure_to_json,
    "npz": figure_to_npz,
}


def format_of(path: str | os.PathLike[str]) -> str:
    """The output format that a file's suffix asks for; UsageError where there is none of that name."""
    suffix = Path(path).suffix.lower().lstrip(".")
    if suffix not in WRITERS:
        raise UsageError(f"{path}: the suffix has to be one of {', '.join('.' + name for name in WRITERS)}")
    return suffix


def finding_to_dict(finding: Finding, figure: Figure) -> dict[str, object]:
    """A finding as plain data; steps on a date axis as ISO 8601 text."""
    axis = next((panel.x for panel in figure.panels if panel.index == finding.panel), Axis())

    def steps(*values: float) -> list[Any]:
        return _values(np.array(values, dtype=np.float64), axis)

    return {
        "id": finding.id,
        "kind": finding.kind,
        "group": finding.group,
        "panel": finding.panel,
        "series": list(finding.series),
        "x": None if finding.x is None else steps(finding.x)[0],
        "x_range": None if finding.x_range is None else steps(*finding.x_range),
        "grade": finding.grade,
        "measures": {key: _measure(value) for key, value in finding.measures.items()},
        "summary": finding.summary,
        "flags": sorted(finding.flags),
    }


def _measure(value: object) -> object:
    if isinstance(value, Estimate):
        return {"value": _number(value.value), "lo": _number(value.lo), "hi": _number(value.hi)}
    return value


def document_to_dict(document: Document) -> dict[str, object]:
    """A document as plain data: every sentence with the ids of the findings it rests on."""
    return {
        "style": document.style,
        "title": document.title,
        "paragraphs": [
            {
                "heading": paragraph.heading,
                "layout": paragraph.layout,
                "statements": [
                    {"text": statement.text, "findings": list(statement.findings)}
                    for statement in paragraph.statements
                ],
            }
            for paragraph in document.paragraphs
        ],
    }


def account_to_dict(
    figure: Figure, findings: Sequence[Finding] = (), document: Document | None = None, text: str = ""
) -> dict[str, object]:
    """What ``plotread describe --format json`` prints: reading, findings, text, and the text's sentences."""
    return {
        "schema": SCHEMA,
        "reading": figure_to_dict(figure),
        "findings": [finding_to_dict(finding, figure) for finding in findings],
        "text": text,
        "document": None if document is None else document_to_dict(document),
    }


def to_json(value: object) -> str:
    """Indented JSON with one line per list of plain values, ending in a newline."""
    return _indented(value, 0) + "\n"


def _indented(value: object, depth: int) -> str:
    pad, inner = " " * depth, " " * (depth + 1)
    if isinstance(value, dict) and value:
        rows = [f"{inner}{json.dumps(str(key))}: {_indented(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{pad}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(inner + _indented(item, depth + 1) for item in value) + f"\n{pad}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_atomic(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file whole or not at all.

    The content goes to a temporary name in the same folder, which then takes the place of `path`.

    Raises
    ------
    UsageError
        The folder is missing or cannot be written to.
    """
    target = Path(path)
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    try:
        if target.exists() and not target.is_file():  # a pipe or a device cannot be replaced
            target.write_bytes(data)
            return
        target = target.resolve()  # a link keeps pointing at its file
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({(error.strerror or str(error)).lower()})") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask)
        Path(temporary).replace(target)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written ({(error.strerror or str(error)).lower()})") from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
