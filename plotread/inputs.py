"""From any input to a figure, and from a figure to its account: the corridor of the house.

The command line, the batch and the public functions all walk through here.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plotread.errors import NothingFoundError, UnreadableError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from plotread.model import Document, Figure, Finding
    from plotread.vision.types import Raster

# Enough of a file to tell a picture from a log.
HEAD_BYTES = 64
# Two rows of the smallest readable digits: below this no axis can carry numbers, px.
LEAST_SIDE_PX = 12
# Kept here as well as in `plotread.prose` so that help and completion need not load it; a test compares them.
STYLES = ("description", "report", "alt", "caption", "issues")


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """All that is said of one figure: the findings, the document, and the document as text."""

    figure: Figure
    findings: tuple[Finding, ...]
    document: Document
    text: str


def read_source(source: str | os.PathLike[str] | bytes | NDArray[Any], name: str | None = None) -> Figure:
    """See `plotread.read`; `name` stands for bytes in errors and in the reading."""
    if isinstance(source, bytes | bytearray | memoryview):
        return _read_bytes(bytes(source), name)
    if isinstance(source, str | os.PathLike):
        return _read_path(Path(source))
    return read_picture(source)


def read_picture(source: str | os.PathLike[str] | bytes | NDArray[Any], name: str | None = None) -> Figure:
    """Read a picture only: a log file is refused as any other file that is no picture."""
    from plotread.vision import image

    return read_raster(image.decode(source, name) if isinstance(source, bytes) else image.load(source))


def read_raster(raster: Raster) -> Figure:
    """Read a decoded picture; one too small for a plot is not shown to the eye at all."""
    if min(raster.width, raster.height) < LEAST_SIDE_PX:
        from plotread.model import Figure, Source

        source = Source(raster.path, raster.sha256, raster.width, raster.height)
        seen = f"no line plot found: a picture of {raster.width} x {raster.height} pixels holds no axes"
        return Figure(source, warnings=(seen,), flags=raster.flags)
    from plotread.vision.read import read_image  # after decoding: an unreadable file fails fast

    return read_image(raster)


def _read_path(path: Path) -> Figure:
    from plotread.vision.image import is_picture, read_bytes

    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES) if path.is_file() else b""
    except (OSError, ValueError):
        head = b""  # the reader below says what is wrong
    if not is_picture(head):
        from plotread import logs

        if path.is_file():
            if logs.sniff(path) is not None:
                return logs.read_log(path)
        elif path.exists() and not path.is_dir():  # a pipe gives its bytes only once
            return _read_bytes(read_bytes(path), os.fspath(path))
    return read_picture(os.fspath(path))


def _read_bytes(data: bytes, name: str | None) -> Figure:
    from plotread import logs
    from plotread.vision.image import is_picture

    if is_picture(data[:HEAD_BYTES]) or not data.strip() or logs.sniff(data) is None:
        return read_picture(data, name)
    with tempfile.TemporaryDirectory(prefix="plotread-") as folder:
        path = Path(folder) / "log"
        path.write_bytes(data)
        try:
            figure = logs.read_log(path)
        except (UnreadableError, NothingFoundError) as error:
            said = str(error).replace(os.fspath(path), name or "<bytes>")
            raise type(error)(said) from error
    return replace(figure, source=replace(figure.source, path=name))


def describe_figure(figure: Figure, style: str) -> Account:
    """Diagnose a figure and write about it.

    Raises
    ------
    UsageError
        No such style.
    NothingFoundError
        The figure holds no curve.
    """
    if style not in STYLES:
        raise UsageError(f"no style '{style}'; there are {', '.join(STYLES)}")
    if not holds_curves(figure):
        raise NothingFoundError(nothing_message(figure))
    from plotread import prose
    from plotread.diagnosis import diagnose

    findings = tuple(diagnose(figure))
    document = prose.write(figure, findings, style)
    return Account(figure, findings, document, prose.render(document))


def holds_curves(figure: Figure) -> bool:
    """Whether anything was read that can be spoken of."""
    return any(panel.series for panel in figure.panels)


def nothing_message(figure: Figure) -> str:
    """One line: which input, and what was seen in it instead of a line plot."""
    seen = "; ".join(figure.warnings) or "no line plot found"
    return f"{figure.source.path or '<input>'}: {seen}"


def status_of(figure: Figure) -> tuple[str, str | None]:
    """How far a figure was read: ("ok" | "partial" | "nothing found", reason).

    Partial means that some curve has no values, or that an axis could not be read.
    """
    if not holds_curves(figure):
        return "nothing found", "; ".join(figure.warnings) or "no line plot found"
    reasons = []
    for panel in figure.panels:
        where = f"panel {panel.index + 1}"
        for letter, axis in (("x", panel.x), ("y", panel.y), ("y2", panel.y2)):
            if axis is not None and "axis_unread" in axis.flags:
                reasons.append(f"{where}: the {letter} axis could not be read")
        empty = sum(1 for series in panel.series if not len(series.x))
        if empty and not any(reason.startswith(where + ":") for reason in reasons):
            reasons.append(f"{where}: {empty} of {len(panel.series)} curves have no values")
        if not panel.series:
            reasons.append(f"{where}: no curve could be followed")
    return ("partial", "; ".join(reasons)) if reasons else ("ok", None)
