"""Names and axes for traces: colours, dashes, pairs and doubts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.model import RGB, Axis
from plotread.vision.bind import bind_names
from plotread.vision.pixels import color_distance
from plotread.vision.sides import bind_axes
from plotread.vision.types import LegendEntry, PanelFrame, PanelWords, Raster, Trace

BLUE, ORANGE, GREEN, BLACK = (31, 119, 180), (255, 127, 14), (44, 160, 44), (0, 0, 0)


def trace(color: RGB, **more: Any) -> Trace:
    points = np.array([[0.0, 50.0], [100.0, 20.0]])
    return Trace(points, np.ones(2), np.ones(2, dtype=bool), color, **more)


def entry(name: str, color: RGB, **more: Any) -> LegendEntry:
    look = {"line": "solid", "marker": None} | more
    return LegendEntry(name, color, swatch=Box(0, 0, 20, 2), box=Box(0, 0, 60, 10), **look)


def names(traces: list[Trace], entries: list[LegendEntry]) -> list[str | None]:
    return [name for name, _ in bind_names(tuple(traces), PanelWords(legend=tuple(entries)))]


def test_colors_decide_whatever_the_order() -> None:
    entries = [entry("a", BLUE), entry("b", ORANGE), entry("c", GREEN)]
    assert names([trace(GREEN), trace(BLUE), trace(ORANGE)], entries) == ["c", "a", "b"]


def test_slightly_off_colors_still_match() -> None:
    entries = [entry("b", ORANGE), entry("a", BLUE)]
    assert names([trace((60, 140, 190)), trace((250, 150, 60))], entries) == ["a", "b"]


def test_dashes_tell_curves_of_one_color_apart() -> None:
    entries = [entry("train", BLACK), entry("val", BLACK, line="dashed"), entry("test", BLACK, line="dotted")]
    traces = [trace(BLACK, line="dotted"), trace(BLACK), trace(BLACK, line="dashed")]
    assert names(traces, entries) == ["test", "train", "val"]


def test_without_a_legend_no_name_and_no_doubt() -> None:
    assert bind_names((trace(BLUE),), PanelWords(title="Loss")) == ((None, frozenset()),)


def test_a_curve_that_no_entry_fits_stays_unnamed() -> None:
    bound = bind_names((trace(BLUE), trace((200, 0, 0))), PanelWords(legend=(entry("a", BLUE),)))
    assert bound[0] == ("a", frozenset())
    assert bound[1] == (None, frozenset({"unnamed"}))


def test_raw_and_smoothed_share_the_one_name() -> None:
    pair = [trace(BLUE, role="raw", opacity=0.3, pair=0), trace(BLUE, role="smoothed", pair=0)]
    traces = [*pair, trace(ORANGE)]
    assert names(traces, [entry("run", BLUE), entry("other", ORANGE)]) == ["run", "run", "other"]


def test_raw_and_smoothed_that_are_named_apart() -> None:
    traces = [trace(BLUE, role="raw", opacity=0.3, pair=0), trace(BLUE, role="smoothed", pair=0)]
    entries = [entry("loss (smoothed)", BLUE), entry("loss (raw)", (165, 201, 225))]
    assert names(traces, entries) == ["loss (raw)", "loss (smoothed)"]


def test_of_two_shades_of_one_ink_the_paler_names_the_raw_curve() -> None:
    # Both traces carry the full ink; only one swatch has it.
    traces = [trace((100, 100, 100), role="raw", opacity=0.6, pair=0)]
    traces.append(trace((100, 100, 100), role="smoothed", pair=0))
    entries = [entry("train", (100, 100, 100)), entry("val", (152, 152, 152))]
    assert names(traces, entries) == ["val", "train"]
    assert names(traces, entries[::-1]) == ["val", "train"]


def test_look_alike_entries_are_told_by_order_and_flagged() -> None:
    words = PanelWords(legend=(entry("a", BLUE), entry("b", BLUE)))
    bound = bind_names((trace(BLUE), trace(BLUE)), words)
    assert bound == tuple((name, frozenset({"names_ambiguous"})) for name in "ab")


def test_boxes_of_one_color_name_the_curves_in_the_order_of_dashes() -> None:
    # Boxes tell no dashes; the first entry is the solid curve, then dashed, dotted, dash-dotted.
    entries = [entry(name, BLACK) for name in "abcd"]
    traces = [trace(BLACK, line=line) for line in ("dotted", "solid", "dashdot", "dashed")]
    assert names(traces, entries) == ["c", "a", "d", "b"]


def test_color_distance_is_perceptual() -> None:
    assert color_distance((0, 0, 0), (255, 255, 255)) == pytest.approx(100, abs=0.5)
    assert color_distance(BLUE, BLUE) == 0


def sides(
    traces: list[Trace], words: PanelWords, paint: RGB | None = None, twin: bool = True,
    beside: tuple[Frame, ...] = (),
) -> list[str]:  # fmt: skip
    rgb = np.full((100, 200, 3), 255, dtype=np.uint8)
    if paint is not None:
        rgb[30:60, 160:166] = paint
    panel = PanelFrame(Frame(50, 10, 150, 90), Axis(), Axis(), Axis() if twin else None)
    bound = [name for name, _ in bind_names(tuple(traces), words)]
    return list(bind_axes(tuple(traces), bound, panel, words, Raster(rgb), beside))


def test_without_a_second_axis_all_is_left() -> None:
    assert sides([trace(BLUE), trace(ORANGE)], PanelWords(), paint=ORANGE, twin=False) == ["y", "y"]


def test_ink_of_the_right_axis_claims_its_curve() -> None:
    assert sides([trace(ORANGE), trace(BLUE)], PanelWords(), paint=ORANGE) == ["y2", "y"]


def test_name_matches_the_label_of_its_axis() -> None:
    words = PanelWords(
        y_label="Loss", y2_label="Learning rate", legend=(entry("lr", ORANGE), entry("train loss", BLUE))
    )
    assert sides([trace(ORANGE), trace(BLUE)], words) == ["y2", "y"]


def test_words_left_and_right() -> None:
    words = PanelWords(legend=(entry("a (right)", ORANGE), entry("b (left)", BLUE)))
    assert sides([trace(BLUE), trace(ORANGE)], words) == ["y", "y2"]


def test_of_two_like_colors_the_nearer_one_belongs_to_the_ink_of_an_axis() -> None:
    # 24 apart in Lab, as two neighbors of a palette are: near enough for either, alone.
    violet, blue = (129, 114, 178), (76, 114, 176)
    assert sides([trace(blue), trace(violet)], PanelWords(), paint=violet) == ["y", "y2"]
    assert sides([trace(violet), trace(blue)], PanelWords(), paint=violet) == ["y2", "y"]


def test_ink_beside_the_next_panel_is_not_that_of_this_one() -> None:
    near, far = (Frame(left, 10, left + 60, 90) for left in (170.0, 260.0))
    assert sides([trace(ORANGE), trace(BLUE)], PanelWords(), paint=ORANGE, beside=(far,)) == ["y2", "y"]
    assert sides([trace(ORANGE), trace(BLUE)], PanelWords(), paint=ORANGE, beside=(near,)) == ["y", "y2"]


def test_the_name_that_shares_more_words_with_a_label_is_meant() -> None:
    words = PanelWords(y2_label="test_loss", legend=(entry("train_loss", BLUE), entry("test_loss", ORANGE)))
    assert sides([trace(BLUE), trace(ORANGE)], words) == ["y", "y2"]
    assert sides([trace(ORANGE), trace(BLUE)], words) == ["y2", "y"]


def test_without_evidence_the_last_curve_goes_right() -> None:
    assert sides([trace(BLUE), trace(ORANGE)], PanelWords()) == ["y", "y2"]
