"""The other door: log files of training runs to the same `Figure` that a picture gives."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path

from plotread.errors import NothingFoundError, UnreadableError
from plotread.logs.figure import make_figure
from plotread.logs.names import quantity_words, split_words
from plotread.logs.sniffing import FORMATS, find_format
from plotread.logs.types import HEAD_BYTES, LogData, make_head
from plotread.model import Figure, Source

__all__ = ["FORMATS", "read_log", "sniff"]

_NAMELESS = frozenset({"value", "y"})  # what parsers call a series whose name stands in no cell
_FILE_WORDS = frozenset({"log", "data", "export", "scalars", "value", "values", "metrics"})
_SUFFIXES = (".csv", ".tsv", ".txt", ".log", ".dat")
_TAG = re.compile(r"run-(.*?)-tag-(.+)$")

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
    log = _named_by_file(log, where)
    return make_figure(log, Source(str(where), hashlib.sha256(data).hexdigest()))


def _named_by_file(log: LogData, where: Path) -> LogData:
    """A lone series that its format leaves without a name, by the name of its file.

    TensorBoard's download button writes ``run-RUN-tag-TAG.csv``, MLflow one file per metric.
    """
    if len(log.tracks) != 1 or log.tracks[0].name.lower() not in _NAMELESS:
        return log
    tagged = _TAG.match(where.stem)
    if tagged:
        run, tag = tagged.groups()
        name = f"{run}/{tag}" if split_words(run) and not split_words(tag) else tag
    elif where.stem.lower() in _FILE_WORDS or not split_words(where.stem) | quantity_words(where.stem):
        return log
    else:
        name = where.name if where.suffix.lower() not in _SUFFIXES else where.stem
    return replace(log, tracks=(replace(log.tracks[0], name=name),))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
