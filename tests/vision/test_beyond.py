"""Plots by other drawing programs than the one that draws the fixtures: the share that is read whole.

Runs where the extra is installed, ``pip install '.[test,beyond]'``, and is skipped elsewhere.  It
draws about 120 plots of known data, two for each of twelve families and each engine that can draw
it.  A floor that breaks names its kind of difficulty.

Further engines (`OTHERS`, `PROGRAMS`, `PAGES`, `COMPONENTS`) add looks of their own.  Those that are
here draw one plot of each of `OTHER_FAMILIES`; the floor is on all of them
together, since machines differ in what they have.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.vision.judge import judge_folder, table, whole

pytestmark = [pytest.mark.beyond, pytest.mark.xdist_group("beyond")]

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
# What each engine needs.  Only those of the extra, so that the floors mean the same on every machine.
ENGINES = {
    "mpl": ("matplotlib",),
    "seaborn": ("seaborn", "pandas"),
    "plotnine": ("plotnine", "pandas"),
    "altair": ("vl_convert",),
    "pygal": ("pygal", "cairosvg"),
    "plotly": ("plotly", "kaleido"),
}
OTHERS = {  # scripts/render_beyond.py leaves out those whose programs are missing
    "pyqtgraph": ("pyqtgraph", "PySide6.QtWidgets"),
    "toyplot": ("toyplot", "cairosvg"),
    "letsplot": ("lets_plot", "pandas"),
    "bokeh": ("bokeh",),
    "calc": ("xlsxwriter",),
}
PROGRAMS = ("ggplot2", "octave", "pgfplots", "veusz", "grace", "jfreechart")
PAGES = ("d3", "observable", "uplot", "c3", "apexcharts", "dygraphs", "flot")
COMPONENTS = ("recharts", "victory", "nivo", "mui")
OTHER_FAMILIES = ("many_runs", "train_val")
OTHER_SEED = 211
FEWEST_OTHERS = 6
OTHER_SHARE = 0.75
SEEDS = (7, 21)
FEWEST_ENGINES = 3
FEWEST_PLOTS = 60
FEWEST_OF_A_FAMILY = 4
TIME_LIMIT = 900  # seconds, for whoever waits on a worker that draws and reads

SHARE = 0.85
# Whole panels of each family, somewhat below what was measured.
FLOORS = {
    "accuracy": 0.8,
    "band": 0.7,
    "dense_noise": 0.45,
    "gan_pair": 0.65,
    "grey_dash": 0.75,
    "log_loss": 0.8,
    "lr_schedule": 0.8,
    "many_runs": 0.75,
    "markers": 0.65,
    "raw_smoothed": 0.5,
    "single": 0.85,
    "train_val": 0.75,
}


def run(*words, check=True):
    """A program in its own process, with one thread a process and this tree's own package."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, *map(str, words)], env=environment, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def usable(modules):
    """Whether modules can be imported, shared libraries and all."""
    return run("-c", "import " + ", ".join(modules), check=False).returncode == 0


def draw_and_read(folder):
    for engine in (name for name, modules in ENGINES.items() if usable(modules)):
        seeds = [word for seed in SEEDS for word in ("--seed", seed)]
        run(SCRIPTS / "render_beyond.py", folder / "cases", "--engine", engine, *seeds)
    ready = [name for name, modules in OTHERS.items() if usable(modules)]
    others = [word for name in (*ready, *PROGRAMS, *PAGES, *COMPONENTS) for word in ("--engine", name)]
    families = [word for name in OTHER_FAMILIES for word in ("--family", name)]
    run(SCRIPTS / "render_beyond.py", folder / "others", *others, *families, "--seed", OTHER_SEED)
    jobs = 1 if os.environ.get("PYTEST_XDIST_WORKER") else min(2, os.cpu_count() or 1)
    for name in ("cases", "others"):
        if (folder / name).exists():
            run(SCRIPTS / "score.py", folder / name, folder / f"{name}-read", "--jobs", jobs)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """The folder of plots and readings.  Of several workers the first draws and reads, the others wait."""
    ready = [name for name, modules in ENGINES.items() if usable(modules)]
    if len(ready) < FEWEST_ENGINES:
        pytest.skip(f"{len(ready)} drawing programs of {len(ENGINES)}: pip install '.[test,beyond]'")
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if parallel else base) / "beyond"
    with suppress(FileExistsError):
        folder.mkdir()
        try:
            draw_and_read(folder)
        finally:
            (folder / "done").touch()
    end = time.monotonic() + TIME_LIMIT
    while not (folder / "done").exists():
        assert time.monotonic() < end, "the worker that draws and reads has not ended"
        time.sleep(0.5)
    return folder


def verdicts(folder, name, fewest):
    """Every verdict on the plots of one folder."""
    judged = judge_folder(folder / name, folder / f"{name}-read" / "readings")
    if len(judged) < fewest:
        pytest.skip(f"{len(judged)} plots, fewer than {fewest}")
    return judged


@pytest.fixture(scope="session")
def cases(drawn):
    return verdicts(drawn, "cases", FEWEST_PLOTS)


@pytest.fixture(scope="session")
def others(drawn):
    return verdicts(drawn, "others", FEWEST_OTHERS)


def test_most_panels_are_read_whole(cases):
    assert whole(cases) >= SHARE * len(cases), "\n" + table(cases)


@pytest.mark.parametrize("family", FLOORS)
def test_family(cases, family):
    mine = [case for case in cases if case.family == family]
    if len(mine) < FEWEST_OF_A_FAMILY:
        pytest.skip(f"{len(mine)} plots of {family}")
    assert whole(mine) >= FLOORS[family] * len(mine), "\n" + table(mine)


def test_every_family_has_a_floor(cases):
    assert {case.family for case in cases} <= set(FLOORS)


def test_other_engines(others):
    assert whole(others) >= OTHER_SHARE * len(others), "\n" + table(others)
