"""Read every case of a folder and tell how it went.

    python scripts/score.py CASES OUT [--jobs N] [--only PATTERN] [--judge SCORE.py [-- JUDGE ARGUMENTS]]

CASES holds one folder per case with its picture (``image.*``).  OUT receives ``readings/<case>.json``
(as ``plotread extract --format json`` prints it) and ``reports/<case>.json`` (as ``plotread describe
--format json``).  With ``--judge`` that program is run as ``SCORE.py CASES OUT/readings ...``
afterwards, and its table closes the output.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from statistics import median
from time import perf_counter

# One thread a process: the processes share the cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


@dataclass(frozen=True)
class Outcome:
    """What one case took, and how it ended."""

    case: str
    status: str
    reason: str | None
    decode_s: float
    read_s: float
    describe_s: float


def read_case(folder: Path, out: Path) -> Outcome:
    """Read one case and write its reading and report."""
    import cv2

    from plotread.errors import PlotReadError
    from plotread.export import account_to_dict, figure_to_dict, to_json, write_atomic
    from plotread.inputs import describe_figure, holds_curves, status_of
    from plotread.vision import image
    from plotread.vision.read import read_image

    cv2.setNumThreads(1)
    case = folder.name
    picture = next(path for path in sorted(folder.glob("image.*")))
    times = [perf_counter()]
    try:
        raster = image.load(picture)
        times.append(perf_counter())
        figure = read_image(raster)
        times.append(perf_counter())
        write_atomic(out / "readings" / f"{case}.json", to_json(figure_to_dict(figure)))
        if holds_curves(figure):
            account = describe_figure(figure, "description")
            report = account_to_dict(figure, account.findings, account.document, account.text)
        else:
            report = account_to_dict(figure)
        write_atomic(out / "reports" / f"{case}.json", to_json(report))
        times.append(perf_counter())
        status, reason = status_of(figure)
    except PlotReadError as error:
        status, reason = "failed", str(error)
    times += [times[-1]] * (4 - len(times))
    return Outcome(case, status, reason, *(b - a for a, b in itertools.pairwise(times)))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="*", help="pattern of case names")
    parser.add_argument("--judge", type=Path, help="program that compares readings with truths")
    options, rest = parser.parse_known_args()
    folders = [
        folder for folder in sorted(options.cases.iterdir())
        if fnmatch(folder.name, options.only) and any(folder.glob("image.*"))
    ]  # fmt: skip
    if not folders:
        parser.error(f"no cases under {options.cases}")
    for name in ("readings", "reports"):
        (options.out / name).mkdir(parents=True, exist_ok=True)
    outcomes, crashed = [], []
    with ProcessPoolExecutor(options.jobs) as pool:
        futures = {folder.name: pool.submit(read_case, folder, options.out) for folder in folders}
        for name, future in futures.items():
            error = future.exception()
            if error is None:
                outcomes.append(future.result())
            else:
                crashed.append(f"{name}: {type(error).__name__}: {error}")
    report(outcomes, crashed)
    if options.judge:
        arguments = [word for word in rest if word != "--"]
        command = [
            sys.executable,
            str(options.judge),
            str(options.cases),
            str(options.out / "readings"),
            *arguments,
        ]
        return subprocess.run(command, check=False).returncode
    return 1 if crashed else 0


def report(outcomes: list[Outcome], crashed: list[str]) -> None:
    """The summary: how cases ended, and the time of each stage."""
    counts: dict[str, int] = {}
    for outcome in outcomes:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
        if outcome.reason:
            print(f"  {outcome.case}: {outcome.status}: {outcome.reason}")
    for line in crashed:
        print(f"  CRASH {line}")
    print(f"{len(outcomes) + len(crashed)} cases: " + ", ".join(f"{n} {s}" for s, n in counts.items())
          + (f", {len(crashed)} crashed" if crashed else ""))  # fmt: skip
    for stage in ("decode_s", "read_s", "describe_s"):
        values = sorted(getattr(outcome, stage) for outcome in outcomes)
        if values:
            print(f"  {stage[:-2]:10s} median {median(values):6.2f} s   largest {values[-1]:6.2f} s")


if __name__ == "__main__":
    sys.exit(main())
