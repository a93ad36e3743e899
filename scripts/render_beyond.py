"""Render line plots of known data with many other drawing programs, to test the eye beyond one engine.

    python scripts/render_beyond.py OUT [--engine NAME ...] [--family NAME ...] [--seed N ...] [--rounds N]

Writes OUT/<engine>-<family>-<n>/image.png and truth.json, in the form the scorer reads.  Each
family is one kind of difficulty; each engine draws whatever family it can.  An engine whose
program is missing is skipped and named at the end.  The engines stand in `scripts/beyond/`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np
from beyond.engines import ENGINES, available
from beyond.families import FAMILIES, make_plot
from beyond.truth import truth_of


def render(out: Path, engine: str, family: str, number: int, seed: int, before: int = 0) -> bool:
    """Draw one plot; False where this engine cannot draw this family.  `before`: rounds of earlier seeds."""
    rng = np.random.default_rng([seed, number, list(ENGINES).index(engine), list(FAMILIES).index(family)])
    plot = make_plot(family, rng, style=number + list(FAMILIES).index(family))
    case = f"{engine}-{family}-{before + number}"
    folder = out / case
    folder.mkdir(parents=True, exist_ok=True)
    try:
        drawn = ENGINES[engine][0](plot, folder / "image.png")
    except NotImplementedError:
        shutil.rmtree(folder)
        return False
    (folder / "truth.json").write_text(json.dumps(truth_of(case, engine, family, plot, drawn)))
    return True


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--engine", action="append", choices=list(ENGINES))
    parser.add_argument("--family", action="append", choices=list(FAMILIES))
    parser.add_argument("--seed", action="append", type=int, help="7 unless told; each adds its rounds")
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args(argv)
    wanted = args.engine or list(ENGINES)
    ready = available(wanted)
    count = 0
    for engine in ready:
        for family in args.family or list(FAMILIES):
            for turn, seed in enumerate(args.seed or [7]):
                for number in range(args.rounds):
                    count += render(args.out, engine, family, number, seed, turn * args.rounds)
    missing = [e for e in wanted if e not in ready]
    print(f"{count} plots by {', '.join(ready)}")
    if missing:
        print(f"skipped, not installed: {', '.join(missing)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
