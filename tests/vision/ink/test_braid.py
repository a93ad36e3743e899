"""Curves of one ink are told apart by their dashes, and come back whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.model import Axis, LineStyle
from plotread.vision.bind import bind_names
from plotread.vision.ink import trace_panel
from plotread.vision.ink.strokes import strokes_of, thinned
from plotread.vision.types import LegendEntry, PanelFrame, PanelWords, Raster, Ruler, Trace

WIDTH, HEIGHT = 420, 300
FRAME = Frame(20.0, 15.0, 400.0, 280.0)
DARK = (34, 34, 34)
RULER = Ruler(8.0, ((255, 255, 255),))
# drawn and blank lengths along the curve, px: what matplotlib draws with a pen of two
PATTERNS: dict[LineStyle, tuple[float, ...]] = {
    "solid": (1e9, 0.0),
    "dashed": (7.4, 3.2),
    "dotted": (2.0, 3.3),
    "dashdot": (12.8, 3.2, 2.0, 3.2),
}
X = np.linspace(36, 384, 600)


def dash(x: np.ndarray, y: np.ndarray, pattern: tuple[float, ...]) -> list[np.ndarray]:
    """The drawn pieces of a curve, as polylines."""
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    pieces, at, k = [], 0.0, 0
    while at < along[-1]:
        end = min(at + pattern[k % len(pattern)], along[-1])
        if k % 2 == 0:
            s = np.linspace(at, end, max(round(4 * min(end - at, along[-1])), 2))
            pieces.append(np.stack([np.interp(s, along, x), np.interp(s, along, y)], axis=1))
        at, k = end, k + 1
    return pieces


def picture(curves: list[tuple[np.ndarray, LineStyle]], width: float = 2.0) -> np.ndarray:
    """All curves in one ink on a framed page, drawn eight times too large."""
    s = 8
    big = np.zeros((HEIGHT * s, WIDTH * s), np.uint8)
    for y, style in curves:
        for piece in dash(X, y, PATTERNS[style]):
            way = np.round(((piece + 0.5) * s - 0.5) * 16).astype(np.int32)
            # the pen's round caps would lengthen every piece by its width: draw butt ends
            normal = np.gradient(piece, axis=0)
            normal = normal[:, ::-1] * [1, -1] / np.hypot(*normal.T)[:, None] * width / 2
            outline = np.concatenate([piece + normal, (piece - normal)[::-1]])
            way = np.round(((outline + 0.5) * s - 0.5) * 16).astype(np.int32)
            cv2.fillPoly(big, [way], 255, cv2.LINE_8, 4)
    cover = cv2.resize(big, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)[..., None] / 255.0
    image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    cv2.rectangle(image, (20, 15), (400, 280), (0, 0, 0), 1)
    return np.round(image * (1 - cover) + np.array(DARK) * cover).astype(np.uint8)


def entries(*styles: LineStyle) -> tuple[LegendEntry, ...]:
    box = Box(0, 0, 1, 1)
    return tuple(LegendEntry(style, DARK, style, None, box, box) for style in styles)


def read(
    curves: list[tuple[np.ndarray, LineStyle]], legend: tuple[LegendEntry, ...] = ()
) -> tuple[Trace, ...]:
    return trace_panel(Raster(picture(curves)), RULER, PanelFrame(FRAME, Axis(), Axis()), legend)


def worst(trace: Trace, y: np.ndarray) -> float:
    """95th percentile of the distance from the true points to the trace, px."""
    at = np.interp(X, trace.points_px[:, 0], trace.points_px[:, 1])
    return float(np.percentile(np.abs(at - y), 95))


FALL = 40 + 200 * (1 - np.exp(-(X - 36) / 90))
RISE = 240 - 0.45 * (X - 36)
WAVE = 150 + 60 * np.sin((X - 36) / 60)


@pytest.mark.parametrize("listed", [True, False])
def test_two_crossing_curves_keep_their_own_dashes(listed: bool) -> None:
    drawn: list[tuple[np.ndarray, LineStyle]] = [(FALL, "dashed"), (RISE, "dotted")]
    legend = entries("dashed", "dotted") if listed else ()
    traces = read(drawn, legend)
    assert sorted(t.line for t in traces) == ["dashed", "dotted"]
    of_style = {t.line: t for t in traces}
    for y, style in drawn:
        assert worst(of_style[style], y) < 1.5
    if listed:
        names = bind_names(traces, PanelWords(legend=legend))
        assert [name for name, _ in names] == [t.line for t in traces]


def test_three_crossing_curves_one_of_them_solid() -> None:
    drawn: list[tuple[np.ndarray, LineStyle]] = [(FALL, "solid"), (RISE, "dashed"), (WAVE, "dotted")]
    traces = read(drawn, entries("solid", "dashed", "dotted"))
    of_style = {t.line: t for t in traces}
    assert set(of_style) == {"solid", "dashed", "dotted"}
    for y, style in drawn:
        assert worst(of_style[style], y) < 1.5


def test_dashdot_among_dashes() -> None:
    drawn: list[tuple[np.ndarray, LineStyle]] = [(RISE, "dashdot"), (WAVE, "dashed"), (FALL, "solid")]
    traces = read(drawn, entries("solid", "dashed", "dashdot"))
    of_style = {t.line: t for t in traces}
    assert set(of_style) == {"solid", "dashed", "dashdot"}
    for y, style in drawn:
        assert worst(of_style[style], y) < 1.5


def test_an_end_in_a_gap_goes_on_to_where_the_solid_curve_ends() -> None:
    drawn: list[tuple[np.ndarray, LineStyle]] = [(FALL, "solid"), (RISE, "dashed")]
    image = picture(drawn)
    last = 384 - 7
    image[85:100, last:399] = 255  # the pen is in its gap when the curve ends
    traces = trace_panel(Raster(image), RULER, PanelFrame(FRAME, Axis(), Axis()), entries("solid", "dashed"))
    dashed = next(t for t in traces if t.line == "dashed")
    assert dashed.points_px[-1, 0] == pytest.approx(384, abs=1.5)
    assert dashed.points_px[-1, 1] == pytest.approx(RISE[-1], abs=2)
    assert not dashed.observed[-1]


@pytest.mark.parametrize("step", [6, 8, 10])
def test_a_zigzag_end_behind_another_curve_is_kept(step: int) -> None:
    """Each turn costs more than the short stroke after it gains; still it is nobody else's."""
    x = [36, *(384 - k * step for k in (4, 3, 2, 1, 0))]
    zigzag = np.interp(X, x, [200, 215, 245, 215, 245, 227])
    image = picture([(zigzag, "solid"), (80 + 0.1 * (X - 36), "dashed")])
    wall = 384 - step
    image[20:247, wall - 1 : wall + 2] = (255, 127, 14)
    image[205:247, round(384 - 2.4 * step) : round(384 - 1.2 * step)] = (255, 127, 14)
    traces = trace_panel(Raster(image), RULER, PanelFrame(FRAME, Axis(), Axis()), entries("solid", "dashed"))
    solid = next(t for t in traces if t.line == "solid" and max(t.color) < 60)
    assert solid.points_px[-1] == pytest.approx((384, 227), abs=2)


def test_dashes_of_a_rough_end_are_kept() -> None:
    """A dash that turns costs more than it gains; at the rhythm of its line it is kept all the same."""
    rng = np.random.default_rng(1)
    knots = np.arange(0, len(X), 16)
    rough = np.where(X > 300, 9.0 * rng.choice([-1, 1], len(X)), 0.0)[knots]
    y = 100 + 0.15 * (X - 36) + np.interp(np.arange(len(X)), knots, rough)
    traces = read([(y, "dashed"), (220 - 0.02 * (X - 36), "solid")], entries("solid", "dashed"))
    dashed = next(t for t in traces if t.line == "dashed")
    assert dashed.points_px[-1, 0] == pytest.approx(384, abs=2)
    assert worst(dashed, y) < 2.0


def test_a_broken_line_goes_on_beyond_a_wide_gap() -> None:
    """Values that the log did not have: what lies beyond is the same curve, and the gap is not told."""
    level = 180 - RISE / 4
    drawn: list[tuple[np.ndarray, LineStyle]] = [(level, "dotted"), (RISE, "dashed"), (FALL, "solid")]
    image = picture(drawn)
    image[80:170, 190:250] = picture(drawn[1:])[80:170, 190:250]
    traces = trace_panel(
        Raster(image), RULER, PanelFrame(FRAME, Axis(), Axis()), entries("solid", "dashed", "dotted")
    )
    dotted = next(t for t in traces if t.line == "dotted")
    assert dotted.points_px[0, 0] == pytest.approx(36, abs=3)
    assert dotted.points_px[-1, 0] == pytest.approx(384, abs=3)
    assert worst(dotted, level) < 1.5
    within = (dotted.points_px[:, 0] > 195) & (dotted.points_px[:, 0] < 245)
    assert not dotted.observed[within].any()


def test_dashes_on_a_level_are_no_line_of_text() -> None:
    level = np.full_like(X, 120.0)
    traces = read([(level, "dashed"), (FALL, "solid")], entries("solid", "dashed"))
    dashed = next(t for t in traces if t.line == "dashed")
    assert worst(dashed, level) < 0.5
    assert dashed.points_px[0, 0] < 40
    assert dashed.points_px[-1, 0] > 376


def test_one_solid_curve_is_not_parted() -> None:
    (trace,) = read([(WAVE, "solid")], entries("solid"))
    assert trace.line == "solid"
    assert worst(trace, WAVE) < 0.5


def test_strokes_know_their_length_and_their_ends() -> None:
    alpha = np.zeros((40, 60), np.float32)
    alpha[10:12, 5:15] = 1.0  # ten long, two thick
    alpha[30:32, 20:22] = 1.0  # a dot
    long, dot = sorted(strokes_of(alpha, 2.0), key=lambda s: -s.length)
    assert long.length == pytest.approx(10, abs=0.1)
    assert dot.length == pytest.approx(2, abs=0.1)
    assert dot.first == pytest.approx([20.5, 30.5])
    assert long.free == (True, True)
    assert long.leave is not None
    assert long.leave == pytest.approx([1, 0], abs=0.1)


def test_strokes_are_cut_where_they_cross() -> None:
    alpha = np.zeros((41, 41), np.float32)
    cv2.line(alpha, (4, 4), (36, 36), 1.0, 1)
    cv2.line(alpha, (4, 36), (36, 4), 1.0, 1)
    strokes = strokes_of(alpha, 1.0)
    assert len({s.parent for s in strokes}) == 4
    ends = [end for s in strokes for end in s.free]
    assert sum(ends) == 4


def test_thinning_keeps_ends_and_loops() -> None:
    mask = np.zeros((30, 30), bool)
    mask[5:25, 5:25] = True
    mask[9:21, 9:21] = False
    ring = thinned(mask)
    assert cv2.connectedComponents((~ring).astype(np.uint8), connectivity=4)[0] == 3
    assert ring.sum() < 80


def test_a_broken_curve_keeps_the_front_of_a_sharp_peak() -> None:
    # From (36, 70) steeply up to (43, 40), then down: the turn must not cost the dashes before it.
    y = np.interp(X, [36, 43, 60, 200, 384], [70, 40, 130, 200, 230])
    (trace,) = read([(y, "dashed")], entries("dashed"))
    assert trace.line == "dashed"
    assert trace.points_px[0] == pytest.approx([36, 70], abs=4)
    assert trace.points_px[:, 1].min() == pytest.approx(40, abs=4)
