"""Several inputs, plots and logs mixed, as one figure of runs, and its comparison in words."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plotread.errors import NothingFoundError, UsageError

if TYPE_CHECKING:
    from plotread.diagnosis.curves import Curve
    from plotread.inputs import Account
    from plotread.model import Axis, Figure, Panel, ScaleKind, Series

MAX_INPUTS = 64  # more are a search space, and no reader follows their order
# Spellings of one quantity in logs and legends.
_SAME = {"losses": "loss", "acc": "accuracy", "accuracies": "accuracy"}
_SPLIT_WORDS = {"train": "training", "val": "validation"}


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One curve of one input with the quantity it shows: its family of equal axes, and what x counts."""

    run: str
    curve: Curve
    family: str


def compare_inputs(paths: Sequence[str | os.PathLike[str]], config: str | os.PathLike[str] | None) -> Account:
    """See `plotread.compare`."""
    from plotread import prose
    from plotread.diagnosis import diagnose
    from plotread.inputs import Account, holds_curves, nothing_message, read_source
    from plotread.settings import read_settings, settings_beside

    if not paths:
        raise UsageError("nothing to compare: name at least one plot or log")
    if len(paths) > MAX_INPUTS:
        raise UsageError(f"{len(paths)} inputs; at most {MAX_INPUTS} are compared")
    names = run_names(paths)
    words = {word: run for path, run in zip(paths, names, strict=True) for word in _calls(path, run, paths)}
    settings = read_settings(config, words) if config is not None else None
    figures = []
    for path in paths:
        figure = read_source(path)
        if not holds_curves(figure):
            raise NothingFoundError(nothing_message(figure))
        figures.append(figure)
    figure = merge(dict(zip(names, figures, strict=True)))
    if settings is None:
        beside = {
            run: found for path, run in zip(paths, names, strict=True) if (found := settings_beside(path))
        }
        # One file for several runs in one folder cannot tell them apart.
        if len({found[0].resolve() for found in beside.values()}) == len(names) > 1:
            settings = {run: found[1] for run, found in beside.items()}
    findings = tuple(diagnose(figure, settings))
    if not any(finding.kind == "ranking" for finding in findings):
        raise NothingFoundError(_nothing_common(figure, names))
    document = prose.write(figure, findings, "compare")
    return Account(figure, findings, document, prose.render(document))


def _nothing_common(figure: Figure, names: Sequence[str]) -> str:
    shown = "; ".join(
        f"{panel.y.label or 'a curve'} against {panel.x.label or 'x'} ({', '.join(runs)})"
        for panel in figure.panels
        if (runs := list(dict.fromkeys(s.run or "" for s in panel.series)))
    )
    return f"nothing to compare: {', '.join(names)} share no quantity; read were {shown}"


def run_names(paths: Sequence[str | os.PathLike[str]]) -> list[str]:
    """The shortest ends of the paths, without suffix, that tell them apart.

    >>> run_names(["a.csv", "b.png"]), run_names(["runs/x/results.csv", "runs/y/results.csv"])
    (['a', 'b'], ['x', 'y'])
    """
    stems = [Path(path).name if Path(path).name.startswith(".") else Path(path).stem for path in paths]
    if len(set(stems)) == len(stems):
        return stems
    if len(set(stems)) == 1:  # the same file of every run: its folder is the run
        parents = [Path(path).absolute().parent.parts for path in paths]
        for depth in range(1, max(map(len, parents)) + 1):
            ends = ["/".join(parts[-depth:]) for parts in parents]
            if len(set(ends)) == len(ends):
                return ends
    full = [os.fspath(path) for path in paths]
    if len(set(full)) < len(full):
        raise UsageError(f"{next(p for p in full if full.count(p) > 1)}: named more than once")
    # Files of some runs are called alike, others are not: only the former take their folders along.
    for depth in range(1, max(len(Path(path).absolute().parent.parts) for path in paths) + 1):
        ends = [
            stem if stems.count(stem) == 1 else "/".join([*Path(path).absolute().parent.parts[-depth:], stem])
            for path, stem in zip(paths, stems, strict=True)
        ]
        if len(set(ends)) == len(ends):
            return ends
    return full


def _calls(path: str | os.PathLike[str], run: str, paths: Sequence[str | os.PathLike[str]]) -> set[str]:
    """Every word by which a table of settings may call the run of a path."""
    calls = {run, os.fspath(path)}
    for word in (Path(path).name, Path(path).stem):
        if sum(word in (Path(other).name, Path(other).stem) for other in paths) == 1:
            calls.add(word)
    return calls


def merge(figures: Mapping[str, Figure]) -> Figure:
    """One figure with a panel per quantity, in which every curve carries the run it belongs to.

    Parameters
    ----------
    figures : mapping of run to Figure
        A figure that holds several curves of one quantity and data set holds several runs; these are
        told apart by the curves' names.

    Returns
    -------
    Figure
        Smoothed copies of a raw curve, guide lines and bands are left out.
    """
    from plotread.diagnosis.curves import build_curves
    from plotread.model import Figure, Source

    parts: list[_Part] = []
    for run, figure in figures.items():
        curves = [c for c in build_curves(figure) if not c.shadow]
        parts += _with_test_apart([_Part(run, c, _family_of(c, figure.panels)) for c in curves])
    groups: dict[tuple[str, str], list[_Part]] = {}
    for part in _with_joined_families(parts):
        groups.setdefault((part.family, _x_of(part, parts)), []).append(part)
    panels = tuple(
        _panel(index, family, x, group) for index, ((family, x), group) in enumerate(groups.items())
    )
    warnings = [f"{run}: {text}" for run, figure in figures.items() for text in figure.warnings]
    return Figure(Source(None), panels, tuple(warnings))


def _family_of(curve: Curve, panels: Sequence[Panel]) -> str:
    """What a curve measures, without its data set: from its own name where that tells, else from its axis."""
    from plotread.diagnosis.quantity import TRAIN, VAL, quantity_of, tokens

    panel = next(panel for panel in panels if panel.index == curve.panel)
    for text in (curve.series.name, curve.axis.label, panel.title):
        if quantity_of(text) == curve.quantity:
            words = [_SAME.get(w, w) for w in tokens(text) if w not in TRAIN | VAL]
            return " ".join(dict.fromkeys(words)) or curve.quantity
    return (
        curve.quantity if curve.quantity != "other" else (curve.axis.label or panel.title or "value").lower()
    )


def _with_test_apart(parts: Sequence[_Part]) -> list[_Part]:
    """Of an input that shows validation and test of one quantity, the test curves as a quantity of their own.

    They are two measurements of one run, not two runs.
    """
    told = {(p.family, "test" in p.curve.words) for p in parts if p.curve.split == "val"}
    return [
        replace(part, family=f"test {part.family}")
        if "test" in part.curve.words and part.curve.split == "val" and (part.family, False) in told
        else part
        for part in parts
    ]


def _with_joined_families(parts: Sequence[_Part]) -> list[_Part]:
    """A quantity that every input shows under one name is one, by any name: "loss", "cross entropy"."""
    joined = []
    for part in parts:
        alike = [other for other in parts if other.curve.quantity == part.curve.quantity]
        families = {(other.run, other.family) for other in alike}
        alone = len(families) == len({run for run, _ in families})
        name = min((f for _, f in families), key=lambda f: (len(f), f)) if alone else part.family
        joined.append(replace(part, family=name))
    return joined


def _x_of(part: _Part, parts: Sequence[_Part]) -> str:
    """What x counts; an axis without a name counts what all others do."""
    known = {other.curve.x_word for other in parts} - {"x"}
    return next(iter(known)) if part.curve.x_word == "x" and len(known) == 1 else part.curve.x_word


def _panel(index: int, family: str, x: str, group: Sequence[_Part]) -> Panel:
    from plotread.model import Axis, Panel

    axes = [part.curve.axis for part in group]
    kind: ScaleKind = "log" if axes and all(axis.kind == "log" for axis in axes) else "linear"
    return Panel(
        index,
        Axis(label=None if x == "x" else x, resolution=_coarsest(p.curve.x_axis for p in group)),
        Axis(label=family, kind=kind, resolution=_y_resolution(group, kind)),
        title=family,
        series=tuple(_series(part, group, family) for part in group),
    )


def _coarsest(axes: Iterable[Axis]) -> float | None:
    return max((axis.resolution for axis in axes if axis.resolution is not None), default=None)


def _y_resolution(group: Sequence[_Part], kind: str) -> float | None:
    """Of the coarsest picture whose axis is of this kind; log and linear ones have none in common."""
    alike = [part.curve.axis for part in group if part.curve.axis.kind == kind]
    if alike:
        return _coarsest(alike)
    read = [2 * float(p.curve.sigma.max()) for p in group if p.curve.y_resolution is not None]
    return max(read, default=None)


def _series(part: _Part, group: Sequence[_Part], family: str) -> Series:
    """The curve under a name that says split and quantity, with its run beside it."""
    split = part.curve.split
    rivals = [other for other in group if other.run == part.run and other.curve.split == split]
    own = part.curve.series.name or f"curve {rivals.index(part) + 1}"
    run = part.run if len(rivals) == 1 else f"{part.run} {own}"
    word = _SPLIT_WORDS.get(split or "", "")
    role = part.curve.series.role if part.curve.series.role == "smoothed" else None
    name = family if family.startswith("test ") else f"{word} {family}".strip()
    return replace(part.curve.series, name=name, axis="y", run=run, role=role)
