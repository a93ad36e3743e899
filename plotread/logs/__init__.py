"""The other door: log files of training runs to the same `Figure` that a picture gives."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from plotread.errors import NothingFoundError, UnreadableError
from plotread.logs.figure import make_figure
from plotread.logs.sniffing import FORMATS, find_format
from plotread.logs.types import HEAD_BYTES, make_head
from plotread.model import Figure, Source

__all__ = ["FORMATS", "read_log", "sniff"]

MAX_BYTES = 1 << 30  # 1 GiB; a larger log is a mistake more often than a run


def sniff(source: str | os.PathLike[str] | bytes) -> str | None:
    """The name of the log format of a file or of its bytes.

    Parameters
    ----------
    source : path or bytes

    Returns
    -------
    str or None
        A name of `FORMATS`, or None where the file is no log (a picture, prose, an unknown binary) or
        cannot be opened.
    """
    if isinstance(source, bytes):
        head = make_head(source)
    else:
        path = Path(source)
        try:
            with path.open("rb") as file:
                head = make_head(file.read(HEAD_BYTES), path.suffix.lower())
        except OSError:
            return None
    found = find_format(head)
    return found.name if found else None


def read_log(path: str | os.PathLike[str]) -> Figure:
    """Read a training log.

    Parameters
    ----------
    path : path
        A file in one of `FORMATS`, recognized by its content.

    Returns
    -------
    Figure
        One panel per quantity (training and validation together), series named as in the log,
        ``y_lo = y_hi = y`` and ``points = "recovered"``.

    Raises
    ------
    UnreadableError
        The file is missing, empty, too large, damaged or of no known format.
    NothingFoundError
        The file holds no numeric series.
    """
    where = Path(path)
    try:
        if where.stat().st_size > MAX_BYTES:
            raise UnreadableError(f"{where}: larger than {MAX_BYTES >> 20} MiB")
        data = where.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{where}: {error.strerror or error}") from error
    if not data.strip():
        raise UnreadableError(f"{where}: the file is empty")
    found = find_format(make_head(data, where.suffix.lower()))
    if found is None:
        raise UnreadableError(f"{where}: no known log format")
    try:
        log = found.parse(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(
            f"{where}: looks like {found.name} and is damaged ({_one_line(error)})"
        ) from error
    if not log.tracks:
        raise NothingFoundError(f"{where}: no numeric series in this {found.name} file")
    return make_figure(log, Source(str(where), hashlib.sha256(data).hexdigest()))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
