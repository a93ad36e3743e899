"""What every log format hands over: named tracks of numbers, before they are grouped to panels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plotread.model import Floats

HEAD_BYTES = 65_536  # bytes looked at when a format is recognised; the first record of any log fits in
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One logged quantity.

    Attributes
    ----------
    name : str
        As in the log.
    x, y : (N,) float array
        x ascending without ties, y finite.
    x_label : str
        "step", "epoch", "iteration", or the log's own word.
    run : str or None
        The run, where one file holds several (W&B exports).
    metric : str or None
        The name without the run; `name` where there is no run.
    lo, hi : (N,) float array or None
        Edges of a band that the log itself gives (W&B's min and max of a bucket).
    """

    name: str
    x: Floats
    y: Floats
    x_label: str = "step"
    run: str | None = None
    metric: str | None = None
    lo: Floats | None = None
    hi: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LogData:
    """The tracks of one file, and what a reader should know about them."""

    tracks: tuple[Track, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, as the sniffing table sees it.

    Attributes
    ----------
    raw : bytes
    text : str
        Decoded; "" for binary files.
    suffix : str
        Lower-case ending of the file's name with its dot, "" where unknown.
    """

    raw: bytes
    text: str
    suffix: str = ""

    @property
    def first_line(self) -> str:
        return next((line for line in self.text.splitlines() if line.strip()), "")


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the sniffing table."""

    name: str
    matches: Callable[[Head], bool]
    parse: Callable[[bytes], LogData]


@dataclass(slots=True)
class TrackMaker:
    """Collects tracks from columns that may hold blanks and non-numbers.

    NaN in a column means "nothing logged here"; infinity stands for a value that was logged and is
    no number (NaN, Infinity), which is left out with a warning.
    """

    x_label: str
    tracks: list[Track] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lost: int = 0

    def add(
        self,
        name: str,
        x: Floats,
        y: Floats,
        *,
        run: str | None = None,
        metric: str | None = None,
        band: Mapping[str, Floats] | None = None,
    ) -> None:
        """Sort, drop blanks, keep the last value where a step was logged twice (a resumed run)."""
        logged = np.isfinite(x) & ~np.isnan(y)
        finite = logged & np.isfinite(y)
        if int(finite.sum()) < 2:
            return
        if int(logged.sum()) > int(finite.sum()):
            self._warn_broken(name, x, y, logged & ~finite)
        rows = np.flatnonzero(finite)
        rows = rows[_last_of_each(x[rows])]
        self.lost += int(finite.sum()) - len(rows)
        lo, hi = (band["lo"][rows], band["hi"][rows]) if band else (None, None)
        self.tracks.append(Track(name, x[rows], y[rows], self.x_label, run, metric, lo, hi))

    def _warn_broken(self, name: str, x: Floats, y: Floats, broken: NDArray[np.bool_]) -> None:
        first = float(x[broken].min())
        after = np.isfinite(y) & (x > first)
        where = (
            f"from {self.x_label} {first:g} on" if not after.any() else f"first at {self.x_label} {first:g}"
        )
        self.warnings.append(f"{name}: {int(broken.sum())} values are no finite numbers, {where}")

    def finish(self) -> LogData:
        if self.lost:
            self.warnings.append(
                f"{self.lost} values stand on a {self.x_label} that was logged again later; "
                "the later ones are kept"
            )
        return LogData(tuple(self.tracks), tuple(self.warnings))


def _last_of_each(x: Floats) -> NDArray[np.intp]:
    """Positions sorted by x that keep the last row of each value.

    >>> _last_of_each(np.array([1.0, 2.0, 2.0, 1.5])).tolist()
    [0, 3, 2]
    """
    order = np.argsort(x, kind="stable")
    keep = np.append(np.diff(x[order]) > 0, True)
    return np.asarray(order[keep], dtype=np.intp)


def decode(data: bytes) -> str:
    """Text of a log: UTF-8, UTF-16 with its mark, else Latin-1; terminal colors are dropped."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    return _ANSI.sub("", text) if "\x1b" in text else text


def make_head(data: bytes, suffix: str = "") -> Head:
    """The head of a file; binary files (with NUL bytes) have no text."""
    raw = data[:HEAD_BYTES]
    if raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        if b"\0" in raw:
            return Head(raw, "", suffix)
        # A cut in the middle of a letter must not turn the whole head to Latin-1.
        return Head(raw, decode(raw[: raw.rfind(b"\n") + 1] or raw), suffix)
    return Head(raw, decode(raw[: len(raw) // 2 * 2]), suffix)
