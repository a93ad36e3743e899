"""Settings of runs, from a table of them or from the file that a training program leaves beside its log."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from plotread.errors import UnreadableError, UsageError

Settings = dict[str, object]

MAX_BYTES = 1 << 20  # 1 MiB; a larger file is no list of settings
MAX_SETTINGS = 2000  # settings of one run; nested aliases could make any number of them
MAX_DEPTH = 6  # levels of nested settings
# What training programs write beside their logs, first found first.
BESIDE = (
    "args.yaml",
    "config.json",
    "config.yaml",
    "config.yml",
    "hparams.yaml",
    "args.json",
    "hparams.json",
)
# Where a run was kept and what it was called, rather than how it was trained.
_NO_SETTINGS = frozenset({
    "name", "save_dir", "output_dir", "out_dir", "project", "run_name", "run_id", "id", "logging_dir",
    "log_dir", "logdir", "exp", "exp_name", "experiment", "experiment_name", "date", "time", "timestamp",
    "host", "hostname", "user", "path", "resume", "plots", "verbose", "version", "_name_or_path",
    "transformers_version", "wandb", "wandb_project", "wandb_run_name", "device", "devices",
})  # fmt: skip


def read_settings(path: str | os.PathLike[str], runs: Mapping[str, str]) -> dict[str, Settings]:
    """The settings of each run from one table.

    Parameters
    ----------
    path : path
        JSON or YAML that maps each run to its settings, or CSV with one row per run, the run first.
    runs : mapping of str to str
        Every word by which a run may be called there, and the run's name.

    Returns
    -------
    dict
        Settings by the run's name; nested ones as "outer.inner".

    Raises
    ------
    UnreadableError
        The file is missing, damaged, too large, or holds no table of settings.
    UsageError
        It names a run that is not compared.
    """
    where = Path(path)
    text = _text_of(where)
    if where.suffix.lower() in (".csv", ".tsv"):
        table: object = _from_csv(text, "\t" if where.suffix.lower() == ".tsv" else ",")
    else:
        table = _parse(where, text)
    if not isinstance(table, dict) or not all(isinstance(value, dict) for value in table.values()):
        raise UnreadableError(f"{where}: expected settings by run, such as {{run: {{lr: 0.1}}}}")
    known: dict[str, Settings] = {}
    for word, settings in table.items():
        run = runs.get(str(word))
        if run is None:
            raise UsageError(
                f"{where}: no run '{word}' is compared; there are {', '.join(sorted(set(runs.values())))}"
            )
        known[run] = flatten(settings, where)
    return known


def settings_beside(log: str | os.PathLike[str]) -> tuple[Path, Settings] | None:
    """The settings file in the folder of a log and what stands in it; None where there is none to read."""
    folder = Path(log).parent
    for name in BESIDE:
        path = folder / name
        if path.is_file() and path != Path(log):
            try:
                found = _parse(path, _text_of(path))
                return (path, flatten(found, path)) if isinstance(found, dict) else None
            except UnreadableError:  # nobody asked for this file
                return None
    return None


def flatten(settings: Mapping[Any, object], where: Path, prefix: str = "", depth: int = 0) -> Settings:
    """Settings as one level, without those that only say where a run is kept.

    >>> flatten({"lr": "1e-3", "model": {"width": 64}, "name": "a"}, Path("runs.yaml"))
    {'lr': 0.001, 'model.width': 64}
    """
    flat: Settings = {}
    for key, value in settings.items():
        name = f"{prefix}{key}"
        if str(key).lower() in _NO_SETTINGS:
            continue
        if isinstance(value, dict):
            if depth < MAX_DEPTH:
                flat |= flatten(value, where, f"{name}.", depth + 1)
        elif isinstance(value, list | tuple):
            if all(isinstance(item, str | int | float) or item is None for item in value):
                flat[name] = " ".join(map(str, value))
        elif value is not None:
            flat[name] = _plain(value)
        if len(flat) > MAX_SETTINGS:
            raise UnreadableError(f"{where}: more than {MAX_SETTINGS} settings")
    return flat


def _plain(value: object) -> object:
    """Numbers as numbers, also where YAML keeps "1e-3" as text; 1.0 and 1 are the same."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | str):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return str(value)
        if not math.isfinite(number):
            return str(value)
        return int(number) if number == int(number) and abs(number) < 2**53 else number
    return str(value)


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError(f"{path}: larger than {MAX_BYTES >> 20} MiB")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UnreadableError(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path}: {getattr(error, 'strerror', None) or 'not text'}") from error


def _parse(path: Path, text: str) -> object:
    """JSON or YAML; JSON is tried first, as YAML reads its numbers otherwise ("1e-3" as text)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if path.suffix.lower() == ".json":
            raise UnreadableError(f"{path}: damaged JSON ({error})") from error
    import yaml  # late: only runs with settings need it

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableError(f"{path}: damaged YAML ({' '.join(str(error).split())[:160]})") from error


def _from_csv(text: str, delimiter: str) -> dict[str, dict[str, str]]:
    rows: Sequence[list[str]] = [
        [cell.strip() for cell in row]
        for row in csv.reader(io.StringIO(text), delimiter=delimiter)
        if any(row)
    ]
    header = rows[0][1:] if rows else []
    return {
        row[0]: {key: cell for key, cell in zip(header, row[1:], strict=False) if cell} for row in rows[1:]
    }
