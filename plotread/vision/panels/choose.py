"""Choose among proposed rectangles by the numbers that stand beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from plotread.geometry import Frame, in_column, in_row
from plotread.vision.panels.boxes import Proposal
from plotread.vision.panels.filled import is_filled
from plotread.vision.panels.labels import (
    LEVEL,
    Label,
    Lineup,
    Progression,
    Side,
    agree,
    beside,
    beyond,
    line_up,
    swallowed,
    within,
)
from plotread.vision.panels.symlog import agreed
from plotread.vision.types import Line, RGBImage, TextBox

COVER_FULL = 0.75  # share of a side that its labels span when the side is theirs
W_COVER, W_INLIERS, W_BEYOND, W_SIDES, W_COUNT = 3.0, 2.0, 2.5, 0.5, 0.12  # weights of the choice
W_CLOSED = 0.25  # a side at which crossing lines end; a frame along a gridline has fewer of them
W_ENDED = 0.3  # a side without a line, at which all lines that cross the frame end
W_CUT = 1.0  # a side that the grid passes
W_SWALLOWED, SWALLOWED = 3.0, 0.75  # a frame on two y labels that holds that share of its x labels twice
W_STACK = 1.5  # what a frame told by parallel gridlines alone stands back
TOUCH_PX = 2.0  # between the sides of neighboring cells; plots keep room for their labels
CLASH = 0.25  # of the smaller of two frames: overlap from which they exclude each other
SURE_SIDES = 6.0  # sides worth at which two labels an axis suffice
LABELS_WITHOUT_SIDES = 5  # labels in all where the sides are weaker
ONE_AXIS_LABELS, ONE_AXIS_COVER = 4, 0.6  # one readable axis: labels and share of the side
OPEN_SIDES = 4.8  # two spines that meet: beside a y axis, x labels that are no numbers may stand below
ABOVE_LABELS = 3  # labels above a frame that make an axis, where none stand below
TWO_OF = 3  # numbers beside a side: that only two of them agree is chance, no scale
SIBLING_LABELS = 3  # labels on one axis that suffice beside a panel of the same size
SIBLING_PX, SIBLING_HEIGHTS = 3.0, 0.35  # by which frames of one grid differ in size and place
CLOSED_SIDES, PART = 7.0, 0.5  # sides worth of a panel that needs no labels; its share of a row of such
MOSTLY = 0.75  # of the height of a frame: a part of it may be so low, where one ends at a title's line
SAME_SLOPE, SAME_VALUE_PX = 0.1, 8.0  # by which two halves of one scale differ: share, px at their border


SIDES: tuple[Side, ...] = ("x", "x2", "y", "y2")


@dataclass(frozen=True, slots=True)
class SideFit:
    """The labels along one side and the scale they agree on."""

    side: Side
    labels: tuple[Label, ...]
    progression: Progression

    @property
    def count(self) -> int:
        return len(self.progression.members)

    @property
    def positions(self) -> list[float]:
        return [self.labels[i].position for i in self.progression.members]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame with the scales along its sides; `accepted` where they make it a panel by itself.

    ``loose`` frames rest on labels and ink, not on lines; ``half`` ones on two spines and the labels of one.
    """

    frame: Frame
    sides: float
    x: SideFit | None
    y: SideFit | None
    y2: SideFit | None
    score: float
    accepted: bool
    loose: bool = False
    half: bool = False


def choose(
    proposals: list[Proposal], numbers: tuple[TextBox, ...], lines: tuple[Line, ...], rgb: RGBImage,
    height: float,
) -> list[Candidate]:  # fmt: skip
    """Panels: frames with numbers along their sides, none overlapping another by much.

    Parameters
    ----------
    proposals : list of Proposal
    numbers : tuple of TextBox
    lines : tuple of Line
    rgb : (H, W, 3) uint8
    height : float
        Text height, px.

    Returns
    -------
    list of Candidate
        Best first; after them the frames that only their likeness to those makes panels.
    """
    memo: dict[tuple[object, ...], Progression | None] = {}
    lineups = tuple(line_up(numbers, side, height) for side in SIDES)
    rated = [rate(p, lineups, height, memo) for p in proposals]
    rated.sort(key=lambda c: (c.half, -c.score, c.frame.top, c.frame.left))
    whole = _whole_rows(proposals, rated, height)
    kept: list[Candidate] = []
    refused: list[Candidate] = []
    for candidate in rated:
        if not candidate.accepted or _clashes(candidate, kept):
            continue
        one_axis = candidate.x is None or (candidate.y or candidate.y2) is None
        if (one_axis or _by_chance(candidate)) and whole(candidate.frame):
            continue
        if _clashes(candidate, refused):
            continue  # a single bar, or a few cells of a matrix, with the labels of the whole
        (refused if one_axis and is_filled(candidate.frame, rgb, height) else kept).append(candidate)
    kept = [part for whole in kept for part in _stacked(whole, lines, height)]
    return _without_neighbors(_own_labels(_no_cells(kept + _siblings(rated, kept, rgb, height))), rated)


def _by_chance(candidate: Candidate) -> bool:
    """Whether no more than two numbers tell an axis: those of two titles agree on a scale, too."""
    return any(fit is not None and fit.progression.total == 2 for fit in (candidate.x, candidate.y))


def _stacked(whole: Candidate, lines: tuple[Line, ...], height: float) -> list[Candidate]:
    """The frame, or the two that share a side within it where the labels beside it are of two scales."""
    if whole.y is None or whole.y.count == whole.y.progression.total:
        return [whole]
    frame, labels = whole.frame, whole.y.labels
    slack = _slack(height)
    for line in lines:
        at = line.position
        if not line.horizontal or not frame.top + slack < at < frame.bottom - slack:
            continue
        if abs(line.start - frame.left) > slack or abs(line.end - frame.right) > slack:
            continue
        halves = [tuple(label for label in labels if (label.position > at) == low) for low in (False, True)]
        scales = [agree(list(half), height) for half in halves]
        upper, lower = scales
        if upper is None or lower is None or len(upper.members) + len(lower.members) < len(labels):
            continue
        if min(len(upper.members), len(lower.members)) < TWO_OF or upper.slope * lower.slope < 0:
            continue  # one label was misread: the two others on its side of a gridline agree by chance
        if _continues(upper, lower, at):
            continue  # all labels are of one scale, a misread one among them
        return [
            replace(whole, frame=replace(frame, bottom=at), x=None, y=SideFit("y", halves[0], upper)),
            replace(whole, frame=replace(frame, top=at), y=SideFit("y", halves[1], lower)),
        ]
    return [whole]


def _continues(upper: Progression, lower: Progression, at: float) -> bool:
    """Whether two scales are one: their labels are as far apart, and tell one value at px `at`."""
    if upper.kind != lower.kind or abs(lower.slope / upper.slope - 1) > SAME_SLOPE:
        return False
    apart = (upper.slope - lower.slope) * at + upper.offset - lower.offset
    return abs(apart) <= SAME_VALUE_PX * abs(upper.slope)


def _whole_rows(proposals: list[Proposal], rated: list[Candidate], height: float) -> Callable[[Frame], bool]:
    """A test whether a frame is a whole row or column of a grid of panels, or a part of one panel.

    A whole one holds closed frames of its own width, each in one row with a panel of two axes; or such of
    its own height, in one column with one, or open ones with labels of their own.
    """
    slack = _slack(height)
    full: list[Candidate] = []
    for c in rated:
        if c.accepted and c.x is not None and (c.y or c.y2) is not None and not _clashes(c, full):
            full.append(c)
    closed = {p.frame for p in proposals if p.sides >= CLOSED_SIDES}
    rows = [f for f in closed if any(in_row(f, c.frame, slack) for c in full)]
    told = closed | {c.frame for c in rated if c.accepted}
    columns = [f for f in told if any(in_column(f, c.frame, slack) for c in full)]
    cells = [f for f in told if any(_alike(f, c.frame, height) for c in full)]

    def whole(frame: Frame) -> bool:
        return any(
            in_row(frame, f, slack) and f.left - slack <= frame.left and frame.right <= f.right + slack
            and frame.width < f.width - slack
            for f in cells
        ) or any(
            in_column(frame, f, slack) and f.height < PART * frame.height
            and frame.top - slack <= f.top and f.bottom <= frame.bottom + slack
            for f in rows
        ) or any(
            _spans(frame, f, slack) and f.width < PART * frame.width
            and frame.left - slack <= f.left and f.right <= frame.right + slack
            for f in columns
        )  # fmt: skip

    return whole


def _spans(frame: Frame, part: Frame, slack: float) -> bool:
    """Whether a frame stands as high as a part of it, or reaches up to its title or down to its labels."""
    ends = abs(frame.top - part.top) <= slack, abs(frame.bottom - part.bottom) <= slack
    return all(ends) or (any(ends) and MOSTLY * frame.height <= part.height <= frame.height)


def _no_cells(panels: list[Candidate]) -> list[Candidate]:
    """Frames whose numbers stand inside other frames are the cells of a matrix or a table, all of them."""
    cells: set[int] = set()
    for i, panel in enumerate(panels):
        fits = [fit for fit in (panel.x, panel.y, panel.y2) if fit is not None]
        for k, other in enumerate(panels):
            inside = any(other.frame.contains(*label.box.box.center) for fit in fits for label in fit.labels)
            if k != i and inside and _touch(panel.frame, other.frame):
                cells |= {i, k}
    return [panel for i, panel in enumerate(panels) if i not in cells]


def _touch(a: Frame, b: Frame) -> bool:
    """Whether two frames share a side."""
    gaps = (b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom)
    return any(abs(gap) <= TOUCH_PX for gap in gaps)


def _own_labels(panels: list[Candidate]) -> list[Candidate]:
    """Numbers between two panels are the left axis of the right one, or the lower axis of the upper one."""
    left = {id(label.box) for c in panels if c.y is not None for label in c.y.labels}
    below = {id(label.box) for c in panels if c.x is not None and c.x.side == "x" for label in c.x.labels}
    out = []
    for c in panels:
        x, y2 = c.x, c.y2
        if y2 is not None and any(id(label.box) in left for label in y2.labels):
            y2 = None
        if x is not None and x.side == "x2" and any(id(label.box) in below for label in x.labels):
            x = None
        if x is not None or c.y is not None or y2 is not None:
            out.append(replace(c, x=x, y2=y2))
    return out


def _without_neighbors(panels: list[Candidate], rated: list[Candidate]) -> list[Candidate]:
    """Panels without a second y axis whose numbers all stand nearer to a frame on their right.

    They are its left axis, read or not, be it another panel or no line plot: bars that count things.
    """

    def is_left_axis(y2: SideFit, frame: Frame) -> bool:
        boxes = [label.box.box for label in y2.labels]
        gap = min(b.x0 for b in boxes) - frame.right

        def is_nearer(other: Frame) -> bool:
            along = all(b.y1 >= other.top and b.y0 <= other.bottom for b in boxes)
            return along and 0 <= other.left - max(b.x1 for b in boxes) < gap

        own = {id(label.box) for label in y2.labels}
        return any(is_nearer(c.frame) for c in panels) or any(
            c.y is not None and c.sides >= SURE_SIDES and own <= {id(label.box) for label in c.y.labels}
            for c in rated if is_nearer(c.frame)
        )  # fmt: skip

    return [
        replace(c, y2=None) if c.y2 is not None and c.y is not None and is_left_axis(c.y2, c.frame) else c
        for c in panels
    ]


def rate(
    proposal: Proposal, lineups: tuple[Lineup, ...], height: float,
    memo: dict[tuple[object, ...], Progression | None],
) -> Candidate:  # fmt: skip
    """A proposal with the scales along its sides; `memo` keeps what rows and columns of labels agree on."""
    frame = proposal.frame
    fits: dict[Side, SideFit] = {}
    worth: dict[Side, float] = {}
    for lineup in lineups:
        side = lineup.side
        groups = beside(frame, lineup, least=1)
        every = sum(map(len, groups))
        for labels in groups:
            fit = _side_fit(side, labels, every, height, memo)
            if fit is not None and (side not in fits or fit.count > fits[side].count):
                fits[side] = fit
        if side in fits:
            worth[side] = _worth(frame, fits[side], lineup)
    if "x2" in fits and ("x" in fits or fits["x2"].count < ABOVE_LABELS):
        del fits["x2"]  # the numbers of titles, and the labels of the panel above
    x, y = fits.get("x") or fits.get("x2"), fits.get("y") or fits.get("y2")
    sure, half = proposal.sides >= SURE_SIDES, False
    if x and y:
        accepted = sure or x.count + y.count >= LABELS_WITHOUT_SIDES
        accepted = accepted and not swallowed(frame, lineups[0])
    else:
        told = [
            side for side, fit in fits.items()
            if fit.count >= ONE_AXIS_LABELS and _cover(frame, fit, side) >= ONE_AXIS_COVER
        ]  # fmt: skip
        half = not sure and "y" in told and proposal.sides >= OPEN_SIDES
        accepted = half or (sure and bool(told))
    score = W_SIDES * proposal.sides + W_CLOSED * proposal.closed - W_CUT * proposal.cut
    score += W_ENDED * proposal.ended
    score += worth[x.side] if x is not None else 0.0
    if x is not None and x.side == "x" and y is not None and y.count == 2:
        score -= W_SWALLOWED * (within(frame, x.progression, lineups[0]) >= SWALLOWED * x.count)
    score += max(worth.get("y", 0.0), worth.get("y2", 0.0))
    return Candidate(
        frame, proposal.sides, x, fits.get("y"), fits.get("y2"), score - W_STACK * proposal.stack, accepted,
        half=half,
    )  # fmt: skip


def _side_fit(
    side: Side, labels: list[Label], every: int, height: float,
    memo: dict[tuple[object, ...], Progression | None],
) -> SideFit | None:  # fmt: skip
    """The scale on which one row or column of labels agrees; `every` number beside the side is counted."""
    if len(labels) < 2:
        return None
    key = (side, *(id(label.box) for label in labels))
    if key not in memo:
        memo[key] = agreed(labels, height)
    progression = memo[key]
    if progression is None or (len(progression.members) == 2 and every >= TWO_OF):
        return None
    if side in LEVEL and all(labels[i].box.worded for i in progression.members):
        return None  # a row of titles: "fold 1", "fold 2"
    return SideFit(side, tuple(labels), progression)


def _worth(frame: Frame, fit: SideFit, lineup: Lineup) -> float:
    """How well the labels of one side speak for the frame."""
    n = fit.count
    sure = 1 - 1 / n  # any two numbers agree on some scale: agreement counts from the third on
    further = beyond(frame, fit.labels, fit.progression, lineup)
    return (
        W_COVER * sure * min(1.0, _cover(frame, fit, lineup.side) / COVER_FULL)
        + W_INLIERS * sure * n / fit.progression.total
        - W_BEYOND * further / (further + n)
        + W_COUNT * n
    )


def _cover(frame: Frame, fit: SideFit, side: Side) -> float:
    length = frame.width if side in LEVEL else frame.height
    return (max(fit.positions) - min(fit.positions)) / length


def _siblings(rated: list[Candidate], kept: list[Candidate], rgb: RGBImage, height: float) -> list[Candidate]:
    """Frames of the size of a panel, in one row or column with it, that show fewer numbers."""
    out: list[Candidate] = []
    slack = _slack(height)
    for candidate in rated:
        fits = [fit for fit in (candidate.x, candidate.y, candidate.y2) if fit is not None]
        if candidate.accepted or not any(fit.count >= SIBLING_LABELS for fit in fits):
            continue
        alike = [other.frame for other in kept if _alike(candidate.frame, other.frame, height)]
        # Where a row and a column of such frames cross, weaker sides will do.
        crossed = all(any(lined(candidate.frame, f, slack) for f in alike) for lined in (in_row, in_column))
        if not alike or candidate.sides < (OPEN_SIDES if crossed else SURE_SIDES):
            continue
        if not _clashes(candidate, kept + out) and not is_filled(candidate.frame, rgb, height):
            out.append(candidate)
    return out


def _alike(a: Frame, b: Frame, height: float) -> bool:
    slack = _slack(height)
    same = abs(a.width - b.width) <= slack and abs(a.height - b.height) <= slack
    return same and (abs(a.left - b.left) <= slack or abs(a.top - b.top) <= slack)


def _slack(height: float) -> float:
    """By how much frames of one grid differ in size and place, px; `height` is that of the text."""
    return max(SIBLING_PX, SIBLING_HEIGHTS * height)


def _clashes(candidate: Candidate, kept: list[Candidate]) -> bool:
    """Whether a frame lies over another one or, a strip across a row of them, over several."""
    own = candidate.frame
    shared = [_overlap(own, other.frame) for other in kept]
    least = [min(_area(own), _area(other.frame)) for other in kept]
    return sum(shared) > CLASH * _area(own) or any(
        s > CLASH * area for s, area in zip(shared, least, strict=True)
    )


def _overlap(a: Frame, b: Frame) -> float:
    """Area that two frames share, px^2."""
    w = min(a.right, b.right) - max(a.left, b.left)
    h = min(a.bottom, b.bottom) - max(a.top, b.top)
    return max(w, 0.0) * max(h, 0.0)


def _area(frame: Frame) -> float:
    return frame.width * frame.height
