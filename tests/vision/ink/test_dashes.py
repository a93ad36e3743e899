"""The style of a line whose gaps do not part its ink, by how its columns swing; and what a legend tells."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.vision.ink.dashes import Rhythm, fine_style, style_of


def line(period: int, gap: int, faint: float, slope: float = 0.05) -> np.ndarray:
    """Coverage of a line of 1.6 px that falls, with gaps in which `faint` of its ink is left."""
    x = np.arange(300)
    middle = 12.3 + slope * x + 2.0 * np.sin(x / 40)
    y = np.arange(48)[:, None]
    cover = np.clip(np.minimum(middle + 0.8, y + 0.5) - np.maximum(middle - 0.8, y - 0.5), 0, 1)
    on = np.where(x % period < period - gap, 1.0, faint) if gap else 1.0
    return (cover * on).astype(np.float32)


@pytest.mark.parametrize(
    ("period", "gap", "style"), [(5, 2, "dotted"), (8, 2, "dashed"), (10, 3, "dashed"), (9, 0, "solid")]
)
@pytest.mark.parametrize("faint", [0.0, 0.35])
def test_gaps_too_short_to_part_the_ink(period: int, gap: int, style: str, faint: float) -> None:
    alpha = line(period, gap, faint)
    assert fine_style(alpha, np.zeros(alpha.shape, bool)) == style


def test_antialiasing_of_a_thin_slanted_line_is_no_rhythm() -> None:
    for slope in (0.03, 0.1, 0.2, 0.37):
        alpha = line(9, 0, 1.0, slope)[:, :90]
        assert fine_style(alpha, np.zeros(alpha.shape, bool)) == "solid"


def test_nothing_and_what_others_cover_tell_no_rhythm() -> None:
    alpha = line(6, 2, 0.3)
    assert fine_style(np.zeros_like(alpha), np.zeros(alpha.shape, bool)) == "solid"
    assert fine_style(alpha, np.ones(alpha.shape, bool)) == "solid"


def test_the_legend_tells_the_style_or_among_which_to_choose() -> None:
    dotted = Rhythm("dotted", 5.0)
    assert [style_of(told, rhythm) for told, rhythm in (
        ({"dashed"}, dotted), ({"solid", "dotted"}, dotted), (set(), dotted), ({"solid", "dashed"}, None),
        ({"solid", "dashed"}, dotted), ({"dashdot", "dashed"}, dotted), ({"solid", "none"}, dotted),
    )] == ["dashed", "dotted", "dotted", "solid", "dashed", "dotted", "solid"]  # fmt: skip
