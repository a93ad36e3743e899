"""Which training curve belongs to which validation curve, and their difference at equal x."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plotread.diagnosis.curves import Curve
from plotread.diagnosis.matching import at, common_grid, curve_evaluations, drawn_count, evaluations
from plotread.diagnosis.turning import find_turn
from plotread.model import Floats

TURNED_SHARE = 0.3  # of its range that training must have risen again ...
STILL_SHARE = 0.1  # ... while validation ends this close to its best, of its range, to doubt their names
MIN_MATCHED = 3  # places where both curves have a value
_SPLIT_WORDS = frozenset({
    "train", "training", "trn", "tr", "val", "valid", "validation", "eval", "evaluation", "test", "testing",
    "dev", "heldout", "holdout", "epoch", "step", "avg", "average", "mean", "curve", "set", "data", "the",
    "on", "of",
})  # fmt: skip
_UNPAIRED = frozenset({"lr", "grad_norm", "speed"})
_SYNONYMS = {"acc": "accuracy", "losses": "loss"}
_TOKENS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+(?:\.\d+)?|[^\W\d_]+")


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A training and a validation curve of one quantity."""

    train: Curve
    val: Curve


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Validation minus training where both are known.

    Attributes
    ----------
    x : (N,) float array
    train, val, gap : (N,) float array
    sigma_read : (N,) float array
        Reading error of `gap`: those of both curves added in squares.
    sigma_drawn : (N,) float array
        The same without what both curves share in one panel: the scale, and on a flank the place in x.
    count : int or None
        Values that the sparser curve joins, where it was sampled along its pixels (see `drawn_count`).
    """

    x: Floats
    train: Floats
    val: Floats
    gap: Floats
    sigma_read: Floats
    sigma_drawn: Floats
    count: int | None = None


def stem(name: str | None) -> tuple[str, ...]:
    """What is left of a name without the words for the data set.

    >>> stem("Validation loss") == stem("train_loss") == stem("loss")
    True
    >>> stem("run 3 val/loss")
    ('run', '3', 'loss')
    """
    words = (token.lower() for token in _TOKENS.findall(name or ""))
    return tuple(_SYNONYMS.get(word, word) for word in words if word not in _SPLIT_WORDS)


def find_pairs(curves: Sequence[Curve]) -> tuple[Pair, ...]:
    """Pair each validation curve with its training curve.

    By the rest of the name, else by color (solid and dashed of one run), else because a panel holds
    just one of each; in the same panel first, else in a panel of the same quantity (grids that draw
    training and validation apart).  A curve without a data set in its name ("loss" beside "eval_loss")
    counts as training.
    """
    usable = [c for c in curves if not c.shadow and not c.game and c.quantity not in _UNPAIRED]
    pairs = []
    for val in usable:
        if val.split != "val":
            continue
        scored = [(_likeness(train, val, usable), -train.panel, -train.index, train) for train in usable]
        fitting = [item for item in scored if item[0] > 0]
        if fitting:
            pairs.append(Pair(max(fitting, key=lambda item: item[:3])[3], val))
    return tuple(pairs)


def _likeness(train: Curve, val: Curve, curves: Sequence[Curve]) -> int:
    """0 for no pair; more for better reasons."""
    if train.split == "val" or train.quantity != val.quantity or train.series.run != val.series.run:
        return 0
    if train.x[-1] < val.x[0] or train.x[0] > val.x[-1]:
        return 0
    same_stem = stem(train.name) == stem(val.name)
    if train.panel != val.panel:
        # The title tells what a panel shows where its curve is only called "results".
        subject = stem(" ".join(val.words))
        return 1 if train.split == "train" and subject and stem(" ".join(train.words)) == subject else 0
    if train.series.axis != val.series.axis:
        return 0
    if same_stem or train.series.run is not None:
        return 6 if train.split == "train" else 5
    if train.split != "train":
        return 0
    if train.color is not None and train.color == val.color:
        return 4
    here = [
        c for c in curves if (c.panel, c.quantity, c.series.run) == (val.panel, val.quantity, val.series.run)
    ]
    alone = all(sum(c.split == split for c in here) == 1 for split in ("train", "val"))
    return 3 if alone else 0


def names_doubtful(pair: Pair) -> bool:
    """Whether a picture's training curve turns for good while validation goes on improving.

    Training does not do that, and looking up two look-alike legend entries the wrong way round does.  A
    log names its columns itself and is believed.
    """
    if pair.train.y_resolution is None or not pair.train.lower_is_better:
        return False
    train, val = curve_evaluations(pair.train).y, curve_evaluations(pair.val).y
    turn = find_turn(train, float(np.median(pair.train.sigma)))
    if turn is None or not turn.likely or len(val) < MIN_MATCHED:
        return False
    rises = turn.end - turn.level > TURNED_SHARE * float(np.ptp(train))
    improves = float(np.mean(val[-MIN_MATCHED:]) - val.min()) < STILL_SHARE * float(np.ptp(val))
    return rises and improves


def difference(pair: Pair) -> Difference | None:
    """The gap at the x of the sparser curve; None with fewer than `MIN_MATCHED` common places."""
    grid = common_grid(pair.train.x, pair.val.x)
    if len(grid) < MIN_MATCHED:
        return None
    train, val = at(pair.train.x, pair.train.y, grid), at(pair.val.x, pair.val.y, grid)
    sigma = np.hypot(at(pair.train.x, pair.train.sigma, grid), at(pair.val.x, pair.val.sigma, grid))
    drawn = np.hypot(at(pair.train.x, pair.train.drawn, grid), at(pair.val.x, pair.val.drawn, grid))
    drawn = drawn if pair.train.panel == pair.val.panel else sigma
    counts = [count for count in (drawn_count(pair.train), drawn_count(pair.val)) if count is not None]
    return Difference(grid, train, val, val - train, sigma, drawn, min(counts, default=None))


def coarse(diff: Difference) -> Difference:
    """The same as a few dozen evaluations, so that a log and samples along pixels weigh alike."""
    train = evaluations(diff.x, diff.train, diff.sigma_read, count=diff.count)
    val = evaluations(diff.x, diff.val, diff.sigma_read, count=diff.count)
    drawn = evaluations(diff.x, diff.train, diff.sigma_drawn, count=diff.count).sigma
    return Difference(train.x, train.y, val.y, val.y - train.y, train.sigma, drawn)
