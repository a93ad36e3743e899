"""Time and memory of one figure, stage by stage.

    python scripts/bench.py [IMAGE ...] [--repeat N]

Prints, for each picture (by default some of the fixtures): the time from a cold start to the text
(a new process), then the time of each stage once models are loaded (the fastest of N runs), and
the peak memory of the process.  All on one thread.

    python scripts/bench.py --logs [STEPS] [FORMAT ...]

Prints, for each log format, the CPU seconds and the peak memory of a new process that reads,
diagnoses and describes a log of so many steps (a million by default).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ("loss_84", "train_val", "raw_smoothed", "grid_2x5")
# The names that vision/read.py and search.py call their stages by; each is timed where it is called.
STAGES = (
    "measure", "find_lines", "find_numbers", "find_panels", "read_panel_words", "trace_panel",
    "recover_points", "find_uprights", "verify", "bind_names", "bind_axes", "to_series",
)  # fmt: skip


@contextmanager
def timed_stages(module: Any, spent: dict[str, float]) -> Iterator[None]:
    """Put a clock around every stage of a module."""
    originals = {name: getattr(module, name) for name in STAGES if hasattr(module, name)}

    def clocked(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            start = perf_counter()
            try:
                return stage(*arguments, **options)
            finally:
                spent[name] = spent.get(name, 0.0) + perf_counter() - start

        return run

    for name, stage in originals.items():
        setattr(module, name, clocked(name, stage))
    try:
        yield
    finally:
        for name, stage in originals.items():
            setattr(module, name, stage)


def once(picture: Path) -> dict[str, float]:
    """Seconds of each stage, from the file to the text."""
    import plotread.vision.read as story
    import plotread.vision.search as opening
    from plotread.diagnosis import diagnose
    from plotread.inputs import holds_curves
    from plotread.prose import render, write
    from plotread.vision import image

    spent: dict[str, float] = {}
    start = perf_counter()
    raster = image.load(picture)
    spent["decode"] = perf_counter() - start
    with timed_stages(opening, spent), timed_stages(story, spent):
        before = perf_counter()
        figure = story.read_image(raster)
        spent["READ"] = perf_counter() - before
    if holds_curves(figure):
        before = perf_counter()
        findings = diagnose(figure)
        spent["diagnose"] = perf_counter() - before
        before = perf_counter()
        render(write(figure, findings, "description"))
        spent["write"] = perf_counter() - before
    spent["TOTAL"] = perf_counter() - start
    return spent


def cold(picture: Path) -> float:
    """Seconds of a new process from its start to the text."""
    start = perf_counter()
    subprocess.run(
        [sys.executable, "-m", "plotread", "describe", str(picture)],
        check=False, stdout=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    return perf_counter() - start


LOG = """
import resource, sys, time
from plotread.inputs import describe_figure, read_source
figure = read_source(sys.argv[1])
read = time.process_time()
account = describe_figure(figure, "description")
points = sum(len(s.x) for p in figure.panels for s in p.series)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
told = time.process_time()
print(f"{points:9d} points, read by {read:5.2f} s, told by {told:5.2f} s, peak {peak:4.0f} MiB")
"""


def bench_logs(steps: int, formats: list[str]) -> None:
    """One line per format: seconds of CPU from the start of the process, and its peak memory."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from long_logs import LOGS

    for name in formats or LOGS:
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "log")
            # In a process of its own, as a child inherits the peak memory of its parent.
            written = [sys.executable, str(ROOT / "scripts" / "long_logs.py"), name, str(steps), path]
            subprocess.run(written, check=True)
            run = subprocess.run(
                [sys.executable, "-c", LOG, path], check=False, capture_output=True, text=True, cwd=ROOT
            )
        print(f"{name:20s} {run.stdout.strip() or run.stderr.strip()}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pictures", type=Path, nargs="*")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--logs", type=int, nargs="?", const=1_000_000, metavar="STEPS")
    options = parser.parse_args()
    if options.logs:
        bench_logs(options.logs, [str(name) for name in options.pictures])
        return 0
    import cv2

    cv2.setNumThreads(1)
    for picture in options.pictures or [ROOT / "fixtures" / case / "image.png" for case in DEFAULT]:
        print(f"{picture}\n  {'cold start to text':22s} {cold(picture.resolve()):7.3f} s")
        runs = [once(picture) for _ in range(options.repeat + 1)][1:]  # the first loads the models
        best = min(runs, key=lambda spent: spent["TOTAL"])
        for stage, seconds in best.items():
            print(f"  {stage:22s} {seconds:7.3f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
