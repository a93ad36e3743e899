"""Render hard compositions of known data: many panels, twin axes, odd scales, crowds, notes, looks, damage.

    python scripts/render_hard.py OUT --seed N [--count N] [--family NAME ...] [--engine NAME ...]

Writes OUT/<number>-<family>-<engine>/image.png and truth.json, in the form the scorer reads.  Families
take turns; each picture is drawn by a program chosen at random (matplotlib half of the time) of those
that can draw it, with a look drawn at random; a third of the pictures are damaged afterwards
(compressed, scaled, blurred, turned, pasted into a page).
The parts stand in scripts/hard/: courses (the data), families (what is composed), looks, notes,
by_matplotlib and others (the programs), damage, truth.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np
from hard import by_matplotlib, others
from hard.damage import damage_case
from hard.families import FAMILIES
from hard.looks import mild, odd
from hard.truth import truth_of

ENGINES = {"mpl": by_matplotlib.draw, **others.ENGINES}
MATPLOTLIB_SHARE = 0.5
DAMAGED_SHARE = 1 / 3
ODD_SHARE = 0.2  # of the families that are hard for another reason than their look


def render(out: Path, seed: int, number: int, family: str, engines: list[str]) -> str:
    """Draw one picture; the name of its case."""
    rng = np.random.default_rng([seed, number])
    look = odd(rng) if family == "looks" or rng.random() < ODD_SHARE else mild(rng)
    sheet = FAMILIES[family](rng, look)
    rest = [e for e in rng.permutation(engines) if e != "mpl"]
    order = ["mpl", *rest] if "mpl" in engines and rng.random() < MATPLOTLIB_SHARE else [*rest, *engines]
    hurt = rng.random() < DAMAGED_SHARE
    for engine in order:
        case = f"{number:03d}-{family}-{engine}"
        folder = out / case
        folder.mkdir(parents=True, exist_ok=True)
        try:
            boxes = ENGINES[engine](sheet, look, folder / "image.png", rng)
        except NotImplementedError:
            shutil.rmtree(folder)
            continue
        truth = truth_of(case, engine, family, sheet, look, boxes)
        if hurt:
            damage_case(folder, truth, boxes, rng)
        (folder / "truth.json").write_text(json.dumps(truth))
        return case
    raise SystemExit(f"no engine of {engines} can draw {family} number {number}")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=301)
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--family", action="append", choices=list(FAMILIES))
    parser.add_argument("--engine", action="append", choices=list(ENGINES))
    args = parser.parse_args(argv)
    engines = args.engine or [e for e in ENGINES if e == "mpl" or others.ready(e)]
    families = args.family or list(FAMILIES)
    for number in range(args.count):
        case = render(args.out, args.seed, number, families[number % len(families)], engines)
        print(case, flush=True)
    print(f"{args.count} pictures; engines: {', '.join(engines)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
