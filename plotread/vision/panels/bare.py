"""Plot areas whose axes show too few numbers for a scale: closed frames, where a picture has nothing else.

Whether curves stand in them, only tracing can tell; such frames are flagged, so that what follows them
can ask for more than it asks of a panel with numbers.
"""

from __future__ import annotations

from plotread.geometry import Frame
from plotread.vision.panels.boxes import Proposal
from plotread.vision.panels.choose import SIDES, Candidate, rate
from plotread.vision.panels.filled import is_filled
from plotread.vision.panels.labels import Progression, line_up
from plotread.vision.types import RGBImage, TextBox

CLOSED_SIDES, CLOSED = 8.0, 4  # worth of a frame that only its lines tell: one on each side, all ending there
LEAST_SHARE = 0.2  # of the picture's width and height that such a frame spans
EDGE_PX = 2.0  # px from the picture's own edges: the border of a page or of a screen is no frame
HOLDS = 0.25  # of a frame that frames within it cover: the outer one is a border around plots
MOST = 24  # frames; more are the cells of a table


def bare(
    proposals: list[Proposal], numbers: tuple[TextBox, ...], rgb: RGBImage, height: float
) -> list[Candidate]:
    """Closed frames in which a plot may stand, with what scales a few numbers beside them give.

    Parameters
    ----------
    proposals : list of Proposal
    numbers : tuple of TextBox
    rgb : (H, W, 3) uint8
    height : float
        Text height, px.

    Returns
    -------
    list of Candidate
        None of them overlaps another; empty where there are as many as a table has cells.
    """
    picture = Frame(0.0, 0.0, rgb.shape[1] - 1.0, rgb.shape[0] - 1.0)
    closed = [p for p in proposals if p.sides >= CLOSED_SIDES and p.closed >= CLOSED and not p.cut]
    closed = [p for p in closed if _is_large(p.frame, picture)]
    kept: list[Proposal] = []
    for proposal in sorted(closed, key=lambda p: (-_area(p.frame), p.frame.top, p.frame.left)):
        within = [p.frame for p in closed if _area(p.frame) < _area(proposal.frame)]
        held = sum(_overlap(proposal.frame, frame) for frame in within)
        if held < HOLDS * _area(proposal.frame) and not any(
            _overlap(proposal.frame, other.frame) > 0 for other in kept
        ):
            kept.append(proposal)
    if len(kept) > MOST:
        return []
    memo: dict[tuple[object, ...], Progression | None] = {}
    lineups = tuple(line_up(numbers, side, height) for side in SIDES)
    return [rate(p, lineups, height, memo) for p in kept if not is_filled(p.frame, rgb, height)]


def _is_large(frame: Frame, picture: Frame) -> bool:
    if frame.width < LEAST_SHARE * picture.width or frame.height < LEAST_SHARE * picture.height:
        return False
    margins = (
        frame.left - picture.left, frame.top - picture.top,
        picture.right - frame.right, picture.bottom - frame.bottom,
    )  # fmt: skip
    return max(margins) > EDGE_PX


def _area(frame: Frame) -> float:
    return frame.width * frame.height


def _overlap(a: Frame, b: Frame) -> float:
    w = min(a.right, b.right) - max(a.left, b.left)
    h = min(a.bottom, b.bottom) - max(a.top, b.top)
    return max(w, 0.0) * max(h, 0.0)
