"""Fit the confidence of series to what passes, and show how far it can be trusted.

    python scripts/reliability.py CASES... --judge SCORE.py

Reads every figure of the folders of cases, asks the judge which series pass, fits the log odds of
plotread/vision/verify.py by logistic regression, and prints them with a table of reliability: by
confidence, how many series there are and which share of them passes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import plotread.vision.read as pipeline
from plotread.vision.image import load
from plotread.vision.verify import LOG_ODDS, confidence, verify

BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
RIDGE = 0.5  # keeps rare features from taking all the blame
BASE_RIDGE = 0.01  # keeps the base finite where every series passes
ROUNDS = 50


def load_judge(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("judge", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["judge"] = module
    spec.loader.exec_module(module)
    return module


def rows_of(folder: Path, judge: Any) -> list[tuple[dict[str, float], bool]]:
    """(features, passed) of every series that the judge can place."""
    seen: list[Any] = []

    def remember(*arguments: Any) -> Any:
        seen.append(verify(*arguments))
        return seen[-1]

    pipeline.verify = remember
    rows = []
    for path in sorted(folder.glob("*/truth.json")):
        truth = json.loads(path.read_text())
        seen.clear()
        reading: Any = pipeline.read_image(load(path.parent / truth["image"])).to_dict()
        # Frames without a number are checked once more, before all panels.
        last = seen[len(seen) - len(reading["panels"]) :]
        checks = [
            check.traces for check, panel in zip(last, reading["panels"], strict=True) if _told(panel)
        ]
        panels = [panel for panel in reading["panels"] if _told(panel)]
        pairs = {j: i for i, j in judge.pair_panels(truth["panels"], panels)} if truth["panels"] else {}
        for j, (panel, traces) in enumerate(zip(panels, checks, strict=True)):
            i = pairs.get(j)
            if i is not None and truth["panels"][i]["series"] is None:
                continue
            rows += _of_panel(panel, traces, truth, i, judge)
    return rows


def _told(panel: Any) -> bool:
    return any(series["x"] for series in panel["series"])


def _of_panel(
    panel: Any, traces: Any, truth: Any, index: int | None, judge: Any
) -> list[tuple[dict[str, float], bool]]:
    annotated = truth.get("kind") == "annotated"
    passed: dict[int, bool] = {}
    if index is not None:
        scored = judge.score_panel(truth["panels"][index], panel, annotated)
        axes = all((scored[key] or 0.0) <= judge.AXIS_LIMIT for key in ("x_axis", "y_axis"))
        given = [k for k, series in enumerate(panel["series"]) if series["x"]]
        for row in scored["series"]:
            passed[given[row["read"]]] = bool(row["passed"] and axes)
    out = []
    for k, series in enumerate(panel["series"]):
        unplaced = k not in passed and annotated and index is not None  # the truth may have left it out
        if series["x"] and series["kind"] == "line" and not unplaced:
            out.append((traces[k].features, passed.get(k, False)))
    return out


def fit(features: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """Ridge logistic regression by Newton's method; the first column (base) is hardly shrunk."""
    weights = np.zeros(features.shape[1])
    ridge = RIDGE * np.eye(len(weights))
    ridge[0, 0] = BASE_RIDGE
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (passed - p) - ridge @ weights
        weights += np.linalg.solve((features * (p * (1 - p))[:, None]).T @ features + ridge, gradient)
    return weights


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--judge", type=Path, required=True)
    args = parser.parse_args(argv)
    judge = load_judge(args.judge)
    rows = [row for folder in args.cases for row in rows_of(folder, judge)]
    passed = np.array([ok for _, ok in rows], float)
    features = np.array([[row[name] for name in LOG_ODDS] for row, _ in rows])
    fitted = fit(features, passed)
    print(f"{len(rows)} series, {passed.mean():.1%} pass\n\nlog odds: in use, fitted now")
    for (name, value), now in zip(LOG_ODDS.items(), fitted, strict=True):
        print(f"  {name:16s} {value:6.2f} {now:6.2f}")
    told = np.array([confidence(row) for row, _ in rows])
    print("\nconfidence      series  pass")
    for low, high in pairwise(BINS):
        inside = (told >= low) & (told < high)
        share = f"{passed[inside].mean():.1%}" if inside.any() else "-"
        print(f"  {low:.2f} to {high:.2f}  {inside.sum():6d}  {share}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
