"""Judge readings against the data that were drawn.

    python tests/vision/judge.py CASES READINGS

prints, as Markdown, how many panels of each family and engine were read whole.

A truth is a `truth.json` of `scripts/render_beyond.py`, a reading is `Figure.to_dict()`.  Lengths
are shares of the axis: u runs along x, v along y, both 0 to 1 over the axis span (log10 on a log
axis; the extent of the data where the drawing program does not tell its axis).

A series passes when, with one pixel of sideways freedom (a step is as steep as it likes),

- the reading is near the data: median <= 0.5%, 95th percentile <= 2%;
- the data are near the reading: 95th percentile of its points <= 2%, so that nothing is made up;
- it spans >= 97% of the data's extent in x;
- the first, last, highest and lowest point are met within 2%, three pixels of freedom sideways.

A panel is whole when every true series passes and none is invented; bands and reference lines may
be told or left out.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

MEDIAN = 0.005
FAR = 0.02  # 95th percentile, either way round, and the four landmarks
COVER = 0.97
STRANGER = 0.05  # median beyond which two curves are not the same one
PIXEL = 1 / 400  # one pixel where the panel's width is unknown
LANDMARK_PIXELS = 3
FEW_POINTS = 120  # series of so many points can be asked for each of them
STEP_SHARE = 0.35  # a point that moved by more of a step is another point
SIDE_COST = 0.01
SIDE_KINDS = frozenset({"band", "reference"})


@dataclass(frozen=True)
class Curve:
    """A polyline in axis units, u ascending."""

    u: np.ndarray
    v: np.ndarray

    def gap(self, u, v, freedom):
        """Distance in v from points to this curve, the best over `freedom` sideways; inf out of reach."""
        return np.array([self._gap(a, b, freedom) for a, b in zip(u, v, strict=True)], float)

    def _gap(self, u, v, freedom):
        left, right = u - freedom, u + freedom
        if not len(self.u) or right < self.u[0] or left > self.u[-1]:
            return np.inf
        among = self.v[np.searchsorted(self.u, left) : np.searchsorted(self.u, right, "right")]
        edges = np.interp([max(left, self.u[0]), min(right, self.u[-1])], self.u, self.v)
        values = np.concatenate([among, edges])
        return max(0.0, values.min() - v, v - values.max())


@dataclass(frozen=True)
class Verdict:
    """How well one series was read; all lengths in axis units."""

    median: float = np.inf
    straight: float = np.inf  # the median without freedom sideways
    far: float = np.inf
    back: float = np.inf
    cover: float = 0.0
    landmarks: float = np.inf  # the worst of the four
    points: bool | None = None  # each logged point came back; None where nobody could ask

    @property
    def passed(self):
        return (
            self.median <= MEDIAN
            and self.far <= FAR
            and self.back <= FAR
            and self.cover >= COVER
            and self.landmarks <= FAR
        )


@dataclass(frozen=True)
class PanelVerdict:
    series: tuple[Verdict, ...]  # of the true series, in their order
    invented: int

    @property
    def whole(self):
        return self.invented == 0 and all(s.passed for s in self.series)


def numbers(values):
    return np.array([np.nan if v is None else v for v in values], float)


def linear(values, scale):
    """Values as the axis draws them; NaN where a log axis has no place for them."""
    values = numbers(values)
    if scale != "log":
        return values
    return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)


class Space:
    """The axes of a true panel: the map from data to the unit square."""

    def __init__(self, panel):
        self.scales = [panel[key]["scale"] for key in ("x", "y")]
        self.limits = [self._limits(panel, key) for key in ("x", "y")]
        box = panel.get("bbox")
        self.pixel = 1 / (box[2] - box[0]) if box else PIXEL

    @staticmethod
    def _limits(panel, key):
        told, scale = panel[key].get("range"), panel[key]["scale"]
        values = linear(told or [v for s in panel["series"] for v in s[key]], scale)
        return (values[0], values[1]) if told else (np.nanmin(values), np.nanmax(values))

    def curve(self, series):
        u, v = (
            (linear(series[key], scale) - low) / (high - low)
            for key, scale, (low, high) in zip(("x", "y"), self.scales, self.limits, strict=True)
        )
        seen = np.isfinite(u) & np.isfinite(v)
        u, v = u[seen], v[seen]
        order = np.argsort(u, kind="stable")
        return Curve(u[order], v[order])


def judge_series(true, read, space):
    """The verdict on one read series, taken for one true series."""
    truth, seen = space.curve(true), space.curve(read)
    if not len(seen.u):
        return Verdict()
    gaps = seen.gap(truth.u, truth.v, space.pixel)
    if not np.isfinite(gaps).any():
        return Verdict()
    gaps = gaps[np.isfinite(gaps)]  # what was not reached counts in the cover
    back = truth.gap(seen.u, seen.v, space.pixel)
    back = back[np.isfinite(back)]
    common = min(truth.u[-1], seen.u[-1]) - max(truth.u[0], seen.u[0])
    marks = [0, -1, int(truth.v.argmax()), int(truth.v.argmin())]
    met = seen.gap(truth.u[marks], truth.v[marks], LANDMARK_PIXELS * space.pixel)
    return Verdict(
        median=float(np.median(gaps)),
        straight=float(np.median(np.abs(np.interp(truth.u, seen.u, seen.v) - truth.v))),
        far=float(np.percentile(gaps, 95)),
        back=float(np.percentile(back, 95)) if len(back) else np.inf,
        cover=float(max(0.0, common) / np.ptp(truth.u)),
        landmarks=float(met.max()),
        points=_points(true, read),
    )


def _points(true, read):
    if len(true["x"]) > FEW_POINTS:
        return None
    want, got = np.sort(numbers(true["x"])), np.sort(numbers(read["x"]))
    return len(want) == len(got) and bool(
        np.abs(want - got).max() <= STEP_SHARE * np.median(np.diff(want))
    )


def judge_panel(true, read):
    """Pair the series of a panel so that the sum of errors is least, and judge each pair.

    Parameters
    ----------
    true : dict
        One panel of a truth.
    read : list of dict
        All panels of the reading.  The true panel is the only one: whatever else was read is invented.
    """
    space = Space(true)
    drawn = [p for p in read if any(s["x"] for s in p["series"])]
    given = [s for s in drawn[0]["series"] if s["x"]] if drawn else []
    wanted = true["series"]
    table = [[judge_series(t, r, space) for r in given] for t in wanted]
    verdicts, used = [Verdict()] * len(wanted), set()
    if given:
        cost = np.array([[min(v.median + 0.25 * v.far + 1 - v.cover, 9.0) for v in row] for row in table])
        # The middle of a band may lie as near as the curve itself, which has the first claim.
        cost += [SIDE_COST * (s.get("kind") in SIDE_KINDS) for s in given]
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            if table[i][j].median <= STRANGER:
                verdicts[i] = table[i][j]
                used.add(int(j))
    spare = [s for j, s in enumerate(given) if j not in used and s.get("kind") not in SIDE_KINDS]
    return PanelVerdict(tuple(verdicts), len(spare) + len(drawn[1:]))


@dataclass(frozen=True)
class Case:
    engine: str
    family: str
    verdict: PanelVerdict


def judge_folder(cases, readings):
    """Verdicts on every case of a folder; a case without a reading counts as nothing read."""
    judged = []
    for path in sorted(Path(cases).glob("*/truth.json")):
        truth = json.loads(path.read_text("utf-8"))
        told = Path(readings) / f"{path.parent.name}.json"
        panels = json.loads(told.read_text("utf-8"))["panels"] if told.exists() else []
        judged.append(Case(truth["engine"], truth["family"], judge_panel(truth["panels"][0], panels)))
    return judged


def whole(cases):
    return sum(c.verdict.whole for c in cases)


def table(cases):
    """Markdown: a row per family, a column per engine, whole panels of all panels."""
    engines, families = (sorted({getattr(c, key) for c in cases}) for key in ("engine", "family"))
    head = ["family", *engines, "all", "median error", "points recovered"]
    lines = [_row(head), _row(["---"] * len(head))]
    for family in [*families, None]:
        mine = [c for c in cases if family in (None, c.family)]
        cells = [_count([c for c in mine if c.engine == engine]) for engine in engines]
        lines.append(_row([family or "**all**", *cells, _count(mine), *_errors(mine)]))
    return "\n".join(lines)


def _row(cells):
    return "| " + " | ".join(cells) + " |"


def _count(cases):
    return f"{whole(cases)}/{len(cases)}" if cases else ""


def _errors(cases):
    """The median error of the series that were found, and the share whose every point came back."""
    found = [s for c in cases for s in c.verdict.series if s.median <= STRANGER]
    asked = [s.points for s in found if s.points is not None]
    error = f"{100 * np.median([s.straight for s in found]):.2f}%" if found else ""
    return error, f"{100 * np.mean(asked):.0f}% of {len(asked)}" if asked else ""


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(table(judge_folder(*sys.argv[1:])))  # noqa: T201
