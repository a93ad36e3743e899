"""Many figures: one JSON and one text each, an index, and no work done twice.

Figures are read in processes of their own, so that neither a damaged file nor a fault of a decoder
stops the rest.  The index is appended to as figures finish and sorted at the end: a run that is
broken off loses only the figures it was reading.
"""

from __future__ import annotations

import glob
import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter

from plotread import __version__
from plotread.errors import PlotReadError, UsageError

INDEX = "index.jsonl"
# Suffixes that a folder is searched for; other files are read where they are named.
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
# What a batch writes; a pattern that reaches into its own output passes these over.
OWN_SUFFIXES = frozenset({".json", ".jsonl", ".txt"})
STATUSES = ("ok", "partial", "nothing found", "failed")
# What is not done again; a failed figure is, since it is cheap to fail and the cause may be gone.
DONE = frozenset({"ok", "partial", "nothing found"})
# Bytes of a file hashed at a time.
HASH_CHUNK = 1 << 20
# Letters of the path's digest that part two files of one name.
DIGEST_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One figure to read: where it lies, and the name of its outputs in the folder."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the index.

    Attributes
    ----------
    path : str
        As found: absolute or relative like the argument that led to it.
    status : str
        ok, partial, nothing found, failed.
    reason : str or None
        Why it is not ok.
    json, text : str or None
        Names of the outputs, relative to the index.
    sha256, version, style : str or None
        What the result depends on; while they stay the same the figure is not read again.
    panels, series : int
    seconds : float
    kept : bool
        Whether an earlier run did it (not written to the index).
    """

    path: str
    status: str
    reason: str | None
    json: str | None
    text: str | None
    sha256: str | None
    version: str
    style: str
    panels: int
    series: int
    seconds: float
    kept: bool = False


def run_batch(
    paths: Sequence[str], output: Path, *, jobs: int = 1, style: str = "description", progress: bool = False
) -> list[Record]:
    """Read every figure that `paths` name.

    Parameters
    ----------
    paths : sequence of str
        Files, folders and glob patterns (``**`` for any depth).
    output : Path
        Folder, made where missing.
    jobs : int
        Processes at once.
    style : str
        Kind of text.
    progress : bool
        Whether to draw a progress bar on stderr.

    Returns
    -------
    list of Record
        In the order of the paths, those of an earlier run included.

    Raises
    ------
    UsageError
        Nothing matches, or `output` cannot be written to.
    """
    found = list(find_inputs(paths, output))
    if not found:
        raise UsageError(f"no picture matches {', '.join(paths)}")
    try:
        output.mkdir(parents=True, exist_ok=True)
        index = (output / INDEX).open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({(error.strerror or str(error)).lower()})") from error
    with index:
        before = read_index(output)
        names = _output_names(found, before)
        done: dict[str, Record] = {}
        todo: list[Job] = []
        for path, _ in found:
            old = before.get(path)
            if old is not None and _is_current(old, path, output, style):
                done[path] = replace(old, kept=True)
            else:
                todo.append(Job(path, names[path]))
        with _bar(progress, len(found), len(done)) as advance:
            for record in _read_all(todo, output, style, jobs):
                done[record.path] = record
                index.write(_line(record))
                index.flush()
                advance()
    _tidy_index(output, before | done)
    return [done[path] for path, _ in found]


def find_inputs(paths: Iterable[str], output: Path) -> Iterator[tuple[str, str]]:
    """Each input once, as (path, name below its folder), in the order of the arguments, then by name."""
    seen: set[Path] = set()
    inside = Path(output).resolve()
    for argument in paths:
        for path, name in _expand(argument):
            real = Path(path).resolve()
            own = real.suffix in OWN_SUFFIXES and inside in real.parents
            if real not in seen and not own:
                seen.add(real)
                yield path, name


def _expand(argument: str) -> Iterator[tuple[str, str]]:
    place = Path(argument)
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file():
                yield str(path), path.relative_to(place).as_posix()
    elif place.exists() or not glob.has_magic(argument):
        yield argument, place.name  # a missing file becomes a failed figure, and stops nothing
    else:
        for match in sorted(glob.glob(argument, recursive=True)):
            if Path(match).is_file():
                yield match, Path(match).name


def _output_names(found: Sequence[tuple[str, str]], before: dict[str, Record]) -> dict[str, str]:
    """A name for the outputs of each input: that of an earlier run, else the input's own.

    Of two inputs with one name the later gets a piece of its path's digest.
    """
    names = {path: before[path].json or "" for path, _ in found if path in before}
    names = {path: name.removesuffix(".json") for path, name in names.items() if name}
    taken = {record.json.removesuffix(".json") for record in before.values() if record.json}
    taken.add(INDEX.removesuffix(".jsonl"))
    for path, plain in found:
        if path not in names:
            digest = hashlib.sha256(os.path.realpath(path).encode("utf-8", "surrogateescape")).hexdigest()
            names[path] = f"{plain}-{digest[:DIGEST_LETTERS]}" if plain in taken else plain
            taken.add(names[path])
    return names


def _is_current(old: Record, path: str, output: Path, style: str) -> bool:
    """Whether what an earlier run wrote still stands for this file."""
    files = [output / name for name in (old.json, old.text) if name]
    return (
        old.status in DONE
        and (old.version, old.style) == (__version__, style)
        and all(file.is_file() for file in files)
        and old.sha256 == _sha256(path)
    )


def _sha256(path: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with Path(path).open("rb") as file:
            while chunk := file.read(HASH_CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()


def _read_all(jobs: Sequence[Job], output: Path, style: str, processes: int) -> Iterator[Record]:
    """Records as they finish.  A figure that kills its process is told as failed, the others go on."""
    waiting, suspects = list(jobs), []
    while len(waiting) > 1:
        broken, waiting = yield from _with_pool(waiting, output, style, min(processes, len(waiting)))
        suspects += broken
    for job in waiting + suspects:  # each in a process of its own, so that a crash has one culprit
        broken, _ = yield from _with_pool([job], output, style, 1)
        if broken:
            yield _failed(job, "the process that read it was killed or crashed", style, 0.0)


def _with_pool(
    jobs: Sequence[Job], output: Path, style: str, processes: int
) -> Generator[Record, None, tuple[list[Job], list[Job]]]:
    """Read with one pool until it breaks; returns the jobs it broke on and those not begun."""
    waiting = list(reversed(jobs))
    running: dict[Future[Record], Job] = {}
    broken: list[Job] = []
    # "spawn": the parent may hold threads (the progress bar), which must not be forked.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        while (waiting and not broken) or running:
            while waiting and not broken and len(running) < processes:
                job = waiting.pop()
                running[pool.submit(read_one, job, str(output), style)] = job
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=lambda done: running[done].path):
                job, error = running.pop(future), future.exception()
                if error is None:
                    yield future.result()
                elif isinstance(error, BrokenProcessPool):
                    broken.append(job)
                else:  # a fault of plotread itself; the figure is named so that it can be reported
                    what = " ".join(f"{type(error).__name__}: {error}".split())
                    yield _failed(job, f"a fault in plotread itself: {what}", style, 0.0)
    return broken, list(reversed(waiting))


def read_one(job: Job, output: str, style: str) -> Record:
    """Read one figure and write its JSON and text.  Runs in a process of its own."""
    from plotread.export import account_to_dict, to_json, write_atomic
    from plotread.inputs import describe_figure, nothing_message, read_source, status_of

    start = perf_counter()
    try:
        figure = read_source(job.path)
        status, reason = status_of(figure)
        if status == "nothing found":
            text, content = nothing_message(figure) + "\n", to_json(account_to_dict(figure))
        else:
            account = describe_figure(figure, style)
            text = account.text
            content = to_json(account_to_dict(figure, account.findings, account.document, text))
        for suffix, data in ((".json", content), (".txt", text)):
            target = Path(output) / (job.name + suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(target, data)
    except PlotReadError as error:
        return _failed(job, str(error), style, perf_counter() - start)
    return Record(
        path=job.path, status=status, reason=reason, json=job.name + ".json", text=job.name + ".txt",
        sha256=figure.source.sha256, version=__version__, style=style, panels=len(figure.panels),
        series=sum(len(panel.series) for panel in figure.panels),
        seconds=round(perf_counter() - start, 3),
    )  # fmt: skip


def _failed(job: Job, reason: str, style: str, seconds: float) -> Record:
    reason = reason if job.path in reason else f"{job.path}: {reason}"
    return Record(
        path=job.path, status="failed", reason=reason, json=None, text=None, sha256=_sha256(job.path),
        version=__version__, style=style, panels=0, series=0, seconds=round(seconds, 3),
    )  # fmt: skip


def read_index(output: Path) -> dict[str, Record]:
    """The records of an output folder by path; later lines win, torn lines are passed over."""
    records: dict[str, Record] = {}
    try:
        lines = (output / INDEX).read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return records
    for line in lines:
        try:
            record = Record(**json.loads(line))
        except (ValueError, TypeError):
            continue
        records[record.path] = record
    return records


def _line(record: Record) -> str:
    fields = asdict(record)
    del fields["kept"]
    return json.dumps(fields, ensure_ascii=True) + "\n"


def _tidy_index(output: Path, records: dict[str, Record]) -> None:
    """Write the index anew: one line per figure, by path."""
    from plotread.export import write_atomic

    write_atomic(output / INDEX, "".join(_line(records[path]) for path in sorted(records)))


def _bar(show: bool, total: int, done: int) -> AbstractContextManager[Callable[[], None]]:
    """A progress bar on stderr, or nothing."""
    if not show:
        return nullcontext(lambda: None)
    return _Bar(total, done)


class _Bar:
    """A rich progress bar that is advanced by calling."""

    def __init__(self, total: int, done: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task("reading", total=total, completed=done)

    def __enter__(self) -> Callable[[], None]:
        self._progress.start()
        return lambda: self._progress.advance(self._task)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
