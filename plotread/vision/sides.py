"""Which of two twin axes each curve of a panel belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from plotread.geometry import Box, Frame
from plotread.vision.pixels import color_distance
from plotread.vision.types import PanelFrame, PanelWords, Raster, Trace

Floats = NDArray[np.float64]
AxisSide = Literal["y", "y2"]

RIGHT_WORDS = re.compile(r"\(?\bright\b\)?|\br\.?h\.?s\.?\b|\by2\b|→", re.I)
LEFT_WORDS = re.compile(r"\(?\bleft\b\)?|\bl\.?h\.?s\.?\b|\by1\b|←", re.I)
TINT_LEVELS = 60.0  # chroma (levels) that makes the ink of an axis a colour
TINT_NEAR = 32.0  # colour distance; an axis and its curve share an ink
TINT_CLEARLY = TINT_NEAR / 4  # colour distance by which one axis, or curve, fits an ink better
TINT_PIXELS = 8  # of that ink, at least
TINT_LEAST = 0.3  # share of an ink that small soft letters keep
TINT_REACH = 0.35  # of the panel's width; tick labels and axis label stand this near the frame
PAPER_STRIDE = 8  # px between the pixels whose median is the paper
SYNONYMS = (
    frozenset({"lr", "learning rate", "learningrate", "learning_rate"}),
    frozenset({"acc", "accuracy", "top1", "top-1", "top5", "top-5"}),
    frozenset({"loss", "nll", "cross entropy", "cross-entropy", "mse", "error", "objective"}),
    frozenset({"ppl", "perplexity"}),
    frozenset({"grad norm", "gradient norm", "grad_norm", "gradient"}),
    frozenset({"f1", "precision", "recall", "map", "iou", "dice", "miou"}),
    frozenset({"time", "seconds", "duration"}),
    frozenset({"reward", "return", "score"}),
)  # words of one quantity: a name with one belongs to the axis labelled with another


def bind_axes(
    traces: tuple[Trace, ...], names: Sequence[str | None], panel: PanelFrame, words: PanelWords,
    raster: Raster, others: Sequence[Frame] = (),
) -> tuple[AxisSide, ...]:  # fmt: skip
    """Which of two twin axes each trace belongs to.

    Parameters
    ----------
    traces : tuple of Trace
    names : sequence of str or None
        Of the traces, from the legend.
    panel : PanelFrame
    words : PanelWords
    raster : Raster
        The picture, for the ink of tick labels and axis labels.
    others : sequence of Frame
        The plot areas beside it, whose own words stand in the nearer half of the space between.

    Returns
    -------
    tuple of "y" or "y2", one per trace
        All "y" without a second axis.  Evidence in this order: the ink of an axis' words, a name that
        says "right" or "left", a name that matches a label; what is left goes to the axis that
        would otherwise have no curve, the last drawn to the right one.
    """
    if panel.y2 is None or not traces:
        return tuple("y" for _ in traces)
    swatches = tuple(entry.box for entry in words.legend)
    tints = tuple(_axis_inks(raster, panel.frame, side, swatches, others) for side in ("y", "y2"))
    by_ink = _ink_votes(traces, tints)
    if not any(by_ink):
        paper = np.median(raster.rgb[::PAPER_STRIDE, ::PAPER_STRIDE].reshape(-1, 3), axis=0)
        by_ink = _ink_votes(traces, tints, paper)
    by_label = _label_votes(names, words)
    votes = [
        ink or _word_vote(name) or label for name, ink, label in zip(names, by_ink, by_label, strict=True)
    ]
    return _settled(traces, votes)


def _ink_votes(
    traces: Sequence[Trace], tints: Sequence[Sequence[Floats]], paper: Floats | None = None
) -> list[AxisSide | None]:
    """For each curve the axis whose words have its color, if just one has and no other curve has it more.

    With the color of the paper, words may be as pale as soft letters of the curve's ink.
    """
    gap = np.array([
        [min((_ink_gap(np.array(trace.color, float), ink, paper) for ink in inks), default=np.inf)
         for inks in tints]
        for trace in traces
    ])  # fmt: skip
    best = gap.min(axis=0)
    votes: list[AxisSide | None] = []
    for left, right in gap:
        side = 0 if left < right else 1
        near = min(left, right)
        clear = near <= TINT_NEAR and abs(left - right) >= TINT_CLEARLY and near - best[side] < TINT_CLEARLY
        votes.append(("y" if side == 0 else "y2") if clear else None)
    return votes


def _ink_gap(color: Floats, ink: Floats, paper: Floats | None) -> float:
    """Color distance of a curve from the ink of words, or from what that ink may be a mixture of."""
    if paper is not None and (full := float(((color - paper) ** 2).sum())) > 0:
        share = float((ink - paper) @ (color - paper)) / full
        if TINT_LEAST <= share <= 1:
            ink = np.clip(paper + (ink - paper) / share, 0, 255)
    return color_distance(color, ink)


def _word_vote(name: str | None) -> AxisSide | None:
    if name and RIGHT_WORDS.search(name):
        return "y2"
    if name and LEFT_WORDS.search(name):
        return "y"
    return None


def _label_votes(names: Sequence[str | None], words: PanelWords) -> list[AxisSide | None]:
    """For each name the axis whose label it matches better, if no other name matches that label better."""
    labels = (words.y_label, words.y2_label)
    match = np.array([[_likeness(name, label) if name else 0.0 for label in labels] for name in names])
    best = match.max(axis=0)
    return [
        None if left == right or max(left, right) < best[0 if left > right else 1]
        else "y" if left > right else "y2"
        for left, right in match
    ]  # fmt: skip


def _likeness(name: str, label: str | None) -> float:
    """1 to 2 by the share of words in common, 1 for words of one quantity, 0 for nothing in common."""
    if not label:
        return 0.0
    a, b = _plain(name), _plain(label)
    one, other = set(a.split()), set(b.split())
    if one & other:
        return 1 + len(one & other) / len(one | other)
    for group in SYNONYMS:
        if any(_holds(a, w) for w in group) and any(_holds(b, w) for w in group):
            return 1.0
    return 0.0


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[_/().,:\-]+", " ", text.casefold()).split())


def _holds(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(_plain(word))}\b", text) is not None


def _settled(traces: Sequence[Trace], votes: Sequence[AxisSide | None]) -> tuple[AxisSide, ...]:
    """Fill what the evidence left open so that neither axis stays without a curve."""
    open_ = [i for i, vote in enumerate(votes) if vote is None]
    done: list[AxisSide] = [vote or "y" for vote in votes]
    if open_ and "y2" not in votes:
        curves = [i for i in open_ if traces[i].kind != "reference"] or open_
        last = curves[-1]
        if len(traces) > 1:
            for i in open_:
                same = i == last or (traces[i].pair is not None and traces[i].pair == traces[last].pair)
                done[i] = "y2" if same else "y"
    elif open_ and "y" not in votes:
        for i in open_:
            done[i] = "y"
    return tuple(done)


def _axis_inks(
    raster: Raster, frame: Frame, side: AxisSide, swatches: Sequence[Box], others: Sequence[Frame]
) -> list[Floats]:
    """Vivid inks of the words beside one side of a panel, a legend there left out, in RGB."""
    level = [f for f in others if f.top < frame.bottom and f.bottom > frame.top]
    gaps = [frame.left - f.right if side == "y" else f.left - frame.right for f in level]
    reach = min([TINT_REACH * frame.width, *(gap / 2 for gap in gaps if gap > 0)])
    x0, x1 = (frame.left - reach, frame.left - 2) if side == "y" else (frame.right + 2, frame.right + reach)
    box = Box(round(x0), round(frame.top), max(round(x1), round(x0)), round(frame.bottom) + 1)
    box = box.clip(raster.width, raster.height)
    own = np.ones((box.height, box.width), dtype=bool)
    for swatch in swatches:
        own[max(swatch.y0 - box.y0, 0) : max(swatch.y1 - box.y0, 0),
            max(swatch.x0 - box.x0, 0) : max(swatch.x1 - box.x0, 0)] = False  # fmt: skip
    crop = raster.rgb[box.slices][own].astype(np.float64)
    if len(crop) == 0:
        return []
    vivid = crop[crop.max(axis=1) - crop.min(axis=1) >= TINT_LEVELS]
    inks: list[Floats] = []
    for _ in range(3):
        if len(vivid) < TINT_PIXELS:
            break
        codes = (vivid // 16).astype(np.int64) @ np.array([256, 16, 1])
        values, counts = np.unique(codes, return_counts=True)
        ink = np.median(vivid[codes == values[counts.argmax()]], axis=0)
        if counts.max() >= TINT_PIXELS:
            inks.append(ink)
        vivid = vivid[np.abs(vivid - ink).max(axis=1) > 2 * TINT_NEAR]
    return inks
