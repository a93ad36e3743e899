"""The fixtures are what their script makes, and the reading of each is held against its data."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import plotread

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
CASES = sorted(path.parent.name for path in FIXTURES.glob("*/truth.json"))
UNSCALED = ["no_heights", "no_numbers"]
PLOTS = [case for case in CASES if case not in ("confusion_matrix", *UNSCALED)]
# Share of the axis span: the median error of a curve and the error that 19 of 20 points stay below.
MEDIAN_LIMIT = 0.005
P95_LIMIT = 0.02
# Two of its curves lie within a stroke and a marker of each other.
LOOSER = {"cliff_parts": 2.0}
# Pixels that a curve may be shifted sideways: on a steep flank that would count as height.
SLACK_PX = 1.0


def maker():
    spec = importlib.util.spec_from_file_location("make_fixtures", ROOT / "scripts" / "make_fixtures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def truth_of(case):
    return json.loads((FIXTURES / case / "truth.json").read_text("utf-8"))


@cache
def reading_of(case):
    return plotread.read(FIXTURES / case / "image.png")


@pytest.mark.parametrize("case", CASES)
def test_the_script_makes_the_truth(case):
    module = maker()
    canvas, made = module.make(case)
    module.plt.close(canvas)
    kept = truth_of(case)
    assert [len(p["series"]) for p in made["panels"]] == [len(p["series"]) for p in kept["panels"]]
    for now, then in zip(made["panels"], kept["panels"], strict=True):
        assert (now["title"], now["x"]["label"], now["y"]["label"]) == (
            then["title"],
            then["x"]["label"],
            then["y"]["label"],
        )
        # Layout depends on the fonts of the drawing library, by a pixel or two.
        np.testing.assert_allclose(now["bbox"], then["bbox"], atol=3)
        for a, b in zip(now["series"], then["series"], strict=True):
            assert (a["name"], a["color"], a["line"], a["marker"]) == (
                b["name"],
                b["color"],
                b["line"],
                b["marker"],
            )
            np.testing.assert_allclose(a["x"], b["x"], rtol=1e-7)
            np.testing.assert_allclose(a["y"], b["y"], rtol=1e-6, atol=1e-7)


def test_every_case_has_its_files():
    assert set(CASES) == set(maker().CASES)
    for case in CASES:
        with Image.open(FIXTURES / case / "image.png") as picture:
            assert picture.width >= 400


def linear(values, scale):
    return np.log10(values) if scale == "log" else np.asarray(values, float)


def errors(true, series, panel, frame_px):
    """Distance of the reading from each true point, as a share of the axis span."""
    x_axis, y_axis = panel["x"], panel[true["axis"]]
    y_span = np.ptp(linear(y_axis["range"], y_axis["scale"]))
    x_span = np.ptp(linear(x_axis["range"], x_axis["scale"]))
    x, y = np.array(series.x), linear(series.y, y_axis["scale"])
    at, wanted = np.array(true["x"]), linear(true["y"], y_axis["scale"])
    slack = SLACK_PX * x_span / frame_px
    best = np.full(len(at), np.inf)
    for shift in np.linspace(-slack, slack, 5):
        best = np.minimum(best, np.abs(np.interp(at + shift, x, y) - wanted))
    return best / y_span


def match(case, number):
    """The read series of one panel for each true one: by name and role, else by the smallest error."""
    panel, found = truth_of(case)["panels"][number], reading_of(case).panels[number]
    width = panel["bbox"][2] - panel["bbox"][0]
    for true in panel["series"]:
        named = [s for s in found.series if s.name == true["name"] and s.axis == true["axis"]] or list(
            found.series
        )
        assert named, f"{case}: nothing read in panel {number}"
        yield true, min(named, key=lambda s, t=true: np.median(errors(t, s, panel, width))), panel, width


@pytest.mark.parametrize("case", PLOTS)
def test_panels_and_axes_are_found(case):
    truth, figure = truth_of(case), reading_of(case)
    assert len(figure.panels) == len(truth["panels"])
    for true, found in zip(truth["panels"], figure.panels, strict=True):
        box = [found.frame.left, found.frame.top, found.frame.right, found.frame.bottom]
        np.testing.assert_allclose(box, true["bbox"], atol=1.5)
        for letter, axis in (("x", found.x), ("y", found.y), ("y2", found.y2)):
            if true[letter] is not None:
                assert axis.kind == true[letter]["scale"]
                wanted = linear(true[letter]["range"], true[letter]["scale"])
                error = np.abs(linear(axis.range, axis.kind) - wanted) / np.ptp(wanted)
                assert error.max() < 0.01


@pytest.mark.parametrize("case", PLOTS)
def test_no_curve_is_missed_or_invented(case):
    for true, found in zip(truth_of(case)["panels"], reading_of(case).panels, strict=True):
        assert len(found.series) == len(true["series"])


@pytest.mark.parametrize("case", PLOTS)
def test_curves_are_read_within_half_a_percent(case):
    for number in range(len(truth_of(case)["panels"])):
        for true, series, panel, width in match(case, number):
            assert (series.x.min() - min(true["x"])) <= 0.03 * np.ptp(true["x"])
            assert (max(true["x"]) - series.x.max()) <= 0.03 * np.ptp(true["x"])
            error = errors(true, series, panel, width)
            assert np.median(error) <= MEDIAN_LIMIT * LOOSER.get(case, 1.0)
            assert np.percentile(error, 95) <= P95_LIMIT * LOOSER.get(case, 1.0)


@pytest.mark.parametrize("case", ["loss_84", "train_val", "twin_axis", "dashed_markers", "dark_dashboard"])
def test_names_are_read_letter_for_letter(case):
    wanted = [s["name"] for panel in truth_of(case)["panels"] for s in panel["series"]]
    assert sorted(s.name for panel in reading_of(case).panels for s in panel.series) == sorted(wanted)


def shares(values, axis):
    low, high = axis.get("untold") or axis["range"]
    return (np.asarray(values, float) - low) / (high - low)


@pytest.mark.parametrize("case", UNSCALED)
def test_curves_without_a_scale_are_told_by_their_course_and_have_no_values(case):
    (true,), (found,) = truth_of(case)["panels"], reading_of(case).panels
    box = [found.frame.left, found.frame.top, found.frame.right, found.frame.bottom]
    np.testing.assert_allclose(box, true["bbox"], atol=1.5)
    assert len(found.series) == len(true["series"])
    assert found.y.scale is None
    assert "axis_unread" in found.y.flags
    for wanted, series in zip(true["series"], found.series, strict=True):
        assert series.name == wanted["name"]
        assert len(series.x) == len(series.y) == 0
        drawn = series.drawn
        assert drawn.y_unit == "height"
        assert drawn.x_unit == ("width" if true["x"]["range"] is None else "data")
        at = shares(wanted["x"], true["x"]) if drawn.x_unit == "width" else wanted["x"]
        error = np.interp(at, drawn.x, drawn.y) - shares(wanted["y"], true["y"])
        assert np.median(np.abs(error)) < 0.005
        assert np.percentile(np.abs(error), 90) < 0.02


def test_a_curve_without_values_is_described_by_what_holds_on_any_scale():
    text = plotread.describe(reading_of("no_heights"))
    # Flat about its lowest point, which scatter moves; training passes below it at epoch 17.
    assert re.search(r"Validation loss falls to its lowest point at epoch (1[6-9]|20) and rises", text)
    assert "The two cross at epoch 17, and validation loss lies above training loss after that." in text
    assert "The vertical axis shows no number that could be read" in text
    # Steps are read off the axis; nothing else is a number.
    assert {int(n) for n in re.findall(r"\d+", text)} <= {1, 60, 11, 17, *range(16, 21)}


def test_a_picture_without_any_number_tells_places_as_shares_of_the_width():
    text = plotread.describe(reading_of("no_numbers"))
    assert re.search(r"falls from left to right.*with one spike at 6[5-7]% of the width", text)
    assert "The horizontal and the vertical axis show no number" in text
    assert set(re.findall(r"\d+(?!\d*%)", text)) == set()


def test_guide_lines_and_shaded_stretches_are_told_as_facts_of_the_panel():
    (true,), (found,) = truth_of("epoch_marks")["panels"], reading_of("epoch_marks").panels
    assert len(found.guides) == len(true["guides"])
    for wanted, guide in zip(true["guides"], found.guides, strict=True):
        # Two pixels: renderers snap such lines.
        np.testing.assert_allclose([guide.x, guide.x_end or guide.x], wanted["x"], atol=4)
        assert guide.label == wanted["label"]
    assert len(found.series) == 1  # none of them is a curve
    kept = reading_of("epoch_marks").to_dict()["panels"][0]["guides"]
    assert [g["kind"] for g in kept] == ["stretch", "line", "line", "line", "line"]
    text = plotread.describe(reading_of("epoch_marks"))
    assert re.search(r'A dashed vertical line stands near step 6(29|30|31), labeled "best checkpoint"', text)
    assert "Three dotted vertical lines stand near step" in text
    assert re.search(r"The stretch between step \d+ and step 1\d\d is shaded", text)
    assert "guides" not in reading_of("loss_84").to_dict()["panels"][0]


def test_a_figure_without_a_line_plot_is_left_alone():
    figure = reading_of("confusion_matrix")
    assert figure.panels == ()
    assert "no line plot found" in figure.warnings[0]


def test_the_points_of_a_run_of_84_steps_come_back():
    (panel,) = reading_of("loss_84").panels
    (series,) = panel.series
    true = truth_of("loss_84")["panels"][0]["series"][0]
    assert series.points == "recovered"
    np.testing.assert_allclose(series.x, true["x"], atol=0.1)
    np.testing.assert_allclose(series.y, true["y"], atol=0.01)
    assert (series.y_lo <= series.y).all()
    assert (series.y <= series.y_hi).all()


def findings(case, kind):
    return [f for f in plotread.diagnose(reading_of(case)) if f.kind == kind]


def test_what_is_told_of_the_84_steps():
    (best,) = findings("loss_84", "best_point")
    assert best.x == pytest.approx(76, abs=0.1)
    assert best.measures["value"].value == pytest.approx(0.4624, abs=0.01)
    steps = [round(f.x) for f in findings("loss_84", "spike")]
    assert sorted(steps) == [13, 25, 37, 49, 61, 73]
    assert findings("loss_84", "periodic_spikes")
    assert findings("loss_84", "constant_ratio_spikes")
    assert not [f for f in findings("loss_84", "plateau") if f.x is not None and f.x < 70]


def test_what_is_told_of_the_learning_rate():
    (shape,) = findings("learning_rate", "schedule_shape")
    assert shape.measures["family"] == "linear"
    (warmup,) = findings("learning_rate", "warmup")
    assert warmup.x == pytest.approx(10, abs=0.5)


def test_the_sample_in_the_readme_is_what_the_tool_writes():
    spec = importlib.util.spec_from_file_location("refresh_readme", ROOT / "scripts" / "refresh_readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert module.SAMPLE.search(readme)
    assert module.refreshed(readme) == readme
