"""plotread: reads saved plots of training runs into numbers, findings and words.

    figure = plotread.read("curves.png")                  # a picture, or a training log
    figure.panels[0].series[0].y                          # numpy arrays in data units
    findings = plotread.diagnose(figure)                  # what the curves show, with evidence
    print(plotread.describe(figure, style="report"))      # the same in words

    print(plotread.compare(["a.csv", "b.png"]))           # several runs, plots and logs mixed

The public names are these four functions, the types of `plotread.model` and the errors of
`plotread.errors`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from plotread.errors import NothingFoundError, PlotReadError, UnreadableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from plotread.model import (
        Axis,
        Document,
        Estimate,
        Figure,
        Finding,
        Panel,
        Scale,
        Series,
        Source,
        Statement,
        Tick,
    )

__version__ = "0.1.0"

# The types load numpy, so they are imported when first asked for: `plotread --help` needs none.
_TYPES = (
    "Axis", "Document", "Estimate", "Figure", "Finding", "Panel", "Scale", "Series", "Source",
    "Statement", "Tick",
)  # fmt: skip

__all__ = [
    "Axis",
    "Document",
    "Estimate",
    "Figure",
    "Finding",
    "NothingFoundError",
    "Panel",
    "PlotReadError",
    "Scale",
    "Series",
    "Source",
    "Statement",
    "Tick",
    "UnreadableError",
    "UsageError",
    "__version__",
    "compare",
    "describe",
    "diagnose",
    "read",
]


def __getattr__(name: str) -> Any:
    if name in _TYPES:
        from plotread import model

        return getattr(model, name)
    raise AttributeError(f"module 'plotread' has no attribute '{name}'")


def read(source: str | os.PathLike[str] | bytes | NDArray[np.generic]) -> Figure:
    """Read every line plot of a picture, or every series of a training log.

    Parameters
    ----------
    source : path, bytes or array
        A picture (PNG, JPEG, WebP, GIF, BMP, TIFF) or a log file, told apart by content; or the
        pixels themselves, (H, W), (H, W, 3) RGB or (H, W, 4) RGBA, as uint8, uint16, bool, or
        float from 0 to 1.

    Returns
    -------
    Figure
        ``panels[i].series[j].x`` and ``.y`` are (N,) float arrays in data units, with the reading
        interval ``y_lo``, ``y_hi``.  A picture without a line plot gives no panels, and a warning
        that says what was seen.

    Raises
    ------
    UnreadableError
        The file is missing, empty, damaged, too large, or neither picture nor log.
    NothingFoundError
        A log file without a numeric series.
    UsageError
        An array of another shape or type.

    Examples
    --------
    >>> import plotread
    >>> figure = plotread.read(b"epoch,loss\\n1,0.9\\n2,0.6\\n3,0.5\\n")
    >>> figure.panels[0].series[0].y.tolist()
    [0.9, 0.6, 0.5]
    """
    from plotread.inputs import read_source

    return read_source(source)


def diagnose(figure: Figure) -> tuple[Finding, ...]:
    """What a careful engineer would see in the curves of a figure.

    Parameters
    ----------
    figure : Figure
        From `read`.  Only its series are looked at, so a log and a faithful reading of its plot
        give the same findings.

    Returns
    -------
    tuple of Finding
        Each with its kind, its place, a grade (observed, likely, possible) and its measures, every
        one with an interval in data units.

    Examples
    --------
    >>> import plotread
    >>> figure = plotread.read(b"epoch,loss\\n1,0.9\\n2,0.6\\n3,0.5\\n4,0.45\\n5,0.43\\n")
    >>> best = next(f for f in plotread.diagnose(figure) if f.kind == "best_point")
    >>> best.x, best.measures["value"].value
    (5.0, 0.43)
    """
    from plotread.diagnosis import diagnose as run

    return tuple(run(figure))


def describe(
    source: Figure | str | os.PathLike[str] | bytes | NDArray[np.generic], style: str = "description"
) -> str:
    """Put a figure into words; every number in them comes from its findings.

    Parameters
    ----------
    source : Figure, or anything that `read` takes
    style : str
        "description" (plain paragraphs), "report" (Markdown with tables), "alt" (one line for
        screen readers), "caption" (one or two sentences) or "issues" (what looks wrong, and what
        to check first).

    Returns
    -------
    str

    Raises
    ------
    NothingFoundError
        There is no line plot in the picture; the text says what was seen.
    UsageError
        No such style.
    UnreadableError
        As in `read`.

    Examples
    --------
    >>> import plotread
    >>> text = plotread.describe(b"epoch,loss\\n1,0.9\\n2,0.6\\n3,0.5\\n4,0.45\\n5,0.43\\n")
    >>> "0.43" in text
    True
    """
    from plotread.inputs import describe_figure, read_source
    from plotread.model import Figure

    figure = source if isinstance(source, Figure) else read_source(source)
    return describe_figure(figure, style).text


def compare(paths: Sequence[str | os.PathLike[str]], config: str | os.PathLike[str] | None = None) -> str:
    """Compare runs: who ends where, what is a tie, who is sooner, and what else differs.

    Parameters
    ----------
    paths : sequence of paths
        Plots and logs, mixed; each is one run, named by its file (or its folder, where the files are
        called alike), or several, where it shows several curves of one quantity.
    config : path, optional
        The settings of each run: JSON or YAML that maps runs to settings, or CSV with one row per run.
        Without it, args.yaml, config.json and their like are read from the folder of each input.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    NothingFoundError
        An input holds no curve, or no two runs share a quantity.
    UsageError
        Two inputs are the same, or `config` names a run that is not compared.
    UnreadableError
        As in `read`, and for `config`.

    Examples
    --------
    >>> import plotread, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name, end in (("wide", 0.5), ("narrow", 0.3)):
    ...     lines = [f"{n},{end + 1 / n}" for n in range(1, 31)]
    ...     _ = (folder / f"{name}.csv").write_text("step,loss\\n" + "\\n".join(lines))
    >>> text = plotread.compare([folder / "wide.csv", folder / "narrow.csv"])
    >>> text.splitlines()[4].partition(". ")[0]
    'At their ends narrow stands at 0.3345, wide at 0.5345'
    """
    from plotread.comparison import compare_inputs

    return compare_inputs(paths, config).text
