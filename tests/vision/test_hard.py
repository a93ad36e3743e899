"""Hard compositions and everyday plots of known data, drawn by matplotlib alone.

Slow, so under the marker ``beyond``.  The floor is for all of a set together; a picture that fails is named.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.vision.judge import judge_panel
from tests.vision.test_beyond import SCRIPTS, run

pytestmark = [pytest.mark.beyond, pytest.mark.xdist_group("beyond")]

SEED = 11
COUNT = 24  # three of each of the eight families of hard compositions
SETS = {
    "hard": ("render_hard.py", "--engine", "mpl"),
    "everyday": ("render_everyday.py",),
}
SHARES = {"hard": 0.55, "everyday": 0.66}  # whole panels; 17 of 27 and 49 of 64 were measured
BOX_FAR = 0.15  # of a panel's width: the middles of a panel and of its reading lie nearer


def mine(panel, read):
    """The panels read where a true panel is: one, but for what was invented."""
    left, top, right, bottom = panel["bbox"]

    def near(other):
        a, b, c, d = other["bbox"]
        across, along = abs(a + c - left - right), abs(b + d - top - bottom)
        return across < 2 * BOX_FAR * (right - left) and along < 2 * BOX_FAR * (bottom - top)

    return [p for p in read if near(p)]


def in_days(panel):
    """The same panel with the dates of its x axis as days since 1970."""
    if panel["x"]["scale"] != "date" or panel["x"]["range"] is None:
        return panel
    days = [{**s, "x": [day(v) for v in s["x"]]} for s in panel["series"]]
    return {**panel, "x": {**panel["x"], "range": [day(v) for v in panel["x"]["range"]]}, "series": days}


def day(text):
    return float(np.datetime64(text, "ms").astype("int64")) / 86_400_000


def verdicts(truth, read):
    """Whether each true panel of a picture was read whole; right-hand axes are judged apart."""
    for panel in (in_days(p) for p in truth["panels"] if p["series"] is not None):
        found = [in_days(p) for p in mine(panel, read)]
        whole = True
        for key in ("y", "y2"):
            if panel[key] is None:
                continue
            part = panel | {"y": panel[key], "series": [s for s in panel["series"] if s["axis"] == key]}
            told = [p | {"series": [s for s in p["series"] if s["axis"] == key]} for p in found]
            whole &= judge_panel(part, told).whole
        yield whole


@pytest.fixture(scope="module", params=list(SETS))
def judged(request, tmp_path_factory):
    """The name of the set, and pairs of a case and whether a panel of it was read whole."""
    pytest.importorskip("matplotlib")
    folder = tmp_path_factory.mktemp(request.param)
    script, *more = SETS[request.param]
    run(SCRIPTS / script, folder / "cases", "--seed", SEED, "--count", COUNT, *more)
    run(SCRIPTS / "score.py", folder / "cases", folder / "out", "--jobs", 1)
    out = []
    for path in sorted((folder / "cases").glob("*/truth.json")):
        truth = json.loads(path.read_text("utf-8"))
        told = folder / "out" / "readings" / f"{path.parent.name}.json"
        read = json.loads(told.read_text("utf-8"))["panels"] if told.exists() else []
        out += [(path.parent.name, whole) for whole in verdicts(truth, read)]
    return request.param, out


def test_most_panels_are_read_whole(judged):
    name, verdict = judged
    assert len(verdict) >= COUNT
    missed = [case for case, whole in verdict if not whole]
    assert len(missed) <= (1 - SHARES[name]) * len(verdict), f"{len(missed)} of {len(verdict)}: {missed}"
