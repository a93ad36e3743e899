"""Readings, findings and documents as data and files."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from plotread import export
from plotread.errors import UsageError
from plotread.geometry import Frame
from plotread.model import (
    Axis,
    Document,
    Drawn,
    Estimate,
    Figure,
    Finding,
    Panel,
    Paragraph,
    Scale,
    Series,
    Source,
    Statement,
    Tick,
)

X_AXIS = Axis(
    "epoch",
    Scale("linear", 0.5, -5.0),
    "linear",
    (0.0, 10.0),
    (Tick(10.0, 0.0, "0"), Tick(30.0, None, "?")),
    0.25,
)
Y_AXIS = Axis("loss", Scale("log", -0.01, 1.0), "log", (0.1, 10.0), flags=frozenset({"scale_loose"}))


def series(**changes):
    values = {
        "x": [1, 2],
        "y": [2.5, 0.1 + 0.2],
        "y_lo": [2.4, 0.2],
        "y_hi": [2.6, 0.4],
        "name": "train loss",
    }
    return Series(**(values | {"color": "#1f77b4", "points": "recovered", "confidence": 0.9} | changes))


FRAME = Frame(10, 20, 30, 120.5)


def figure(*curves, x=X_AXIS, frame=FRAME, **changes):
    panel = Panel(
        0, x, Y_AXIS, title="Loss", frame=frame, series=curves, flags=frozenset({"ink_unexplained"})
    )
    return Figure(Source("curves.png", "ab" * 32, 640, 480), (panel,), **changes)


def test_the_reading_has_exactly_the_keys_of_its_schema():
    reading = export.figure_to_dict(figure(series()))
    assert list(reading) == ["schema", "image", "panels", "warnings"]
    assert reading["schema"] == "plotread/1"
    assert reading["image"] == {"path": "curves.png", "width": 640, "height": 480, "sha256": "ab" * 32}
    panel = reading["panels"][0]
    assert list(panel) == ["title", "bbox", "x", "y", "y2", "series", "warnings"]
    assert panel["bbox"] == [10.0, 20.0, 30.0, 120.5]
    assert panel["x"] == {
        "label": "epoch", "scale": "linear", "range": [0.0, 10.0],
        "ticks": [{"pixel": 10.0, "value": 0.0, "text": "0"}, {"pixel": 30.0, "value": None, "text": "?"}],
        "residual_px": 0.25,
    }  # fmt: skip
    assert panel["y2"] is None
    assert panel["series"] == [
        {
            "name": "train loss", "axis": "y", "kind": "line", "color": "#1f77b4", "line": "solid",
            "marker": None, "role": None,
            "x": [1.0, 2.0], "y": [2.5, 0.3], "y_lo": [2.4, 0.2], "y_hi": [2.6, 0.4],
            "points": "recovered", "confidence": 0.9,
        }
    ]  # fmt: skip
    assert len(panel["warnings"]) == 2
    assert panel["warnings"][1].startswith("y axis: ")


def test_a_log_has_no_keys_that_speak_of_pixels():
    reading = export.figure_to_dict(
        Figure(Source("log.csv", "cd"), (Panel(0, Axis("step"), Axis("loss"), series=(series(),)),))
    )
    assert reading["image"] == {"path": "log.csv", "sha256": "cd"}
    assert "bbox" not in reading["panels"][0]
    assert list(reading["panels"][0]["x"]) == ["label", "scale", "range"]


def test_dates_are_iso_text():
    axis = Axis("day", None, "date", (19_723.0, 19_725.5))
    panel = export.figure_to_dict(figure(series(x=[19_723.0, 19_724.0]), x=axis))["panels"][0]
    assert panel["x"]["range"] == ["2024-01-01T00:00:00", "2024-01-03T12:00:00"]
    assert panel["series"][0]["x"] == ["2024-01-01", "2024-01-02"]
    assert (
        export.figure_to_csv(figure(series(x=[19_723.0, 19_724.0]), x=axis))
        .splitlines()[1]
        .startswith("0,train loss,2024-01-01,2.5,")
    )


def test_what_is_no_number_is_null():
    text = export.figure_to_json(figure(series(y=[np.nan, np.inf])))
    assert json.loads(text)["panels"][0]["series"][0]["y"] == [None, None]
    assert "NaN" not in text


def test_csv_is_long_and_keeps_twins_apart():
    text = export.figure_to_csv(
        figure(
            series(role="raw"),
            series(role="smoothed"),
            series(name=None),
            series(name="a, b"),
            series(name="a, b"),
        )
    )
    rows = text.splitlines()
    assert rows[0] == "panel,series,x,y,y_lo,y_hi"
    assert rows[1] == "0,train loss (raw),1,2.5,2.4,2.6"
    assert rows[3] == "0,train loss (smoothed),1,2.5,2.4,2.6"
    assert rows[5] == "0,series 3,1,2.5,2.4,2.6"
    assert rows[7] == '0,"a, b",1,2.5,2.4,2.6'
    assert rows[9] == '0,"a, b [2]",1,2.5,2.4,2.6'
    assert len(rows) == 11


def test_npz_gives_back_the_arrays():
    with np.load(io.BytesIO(export.figure_to_npz(figure(series())))) as archive:
        np.testing.assert_array_equal(archive["panel0_series0_y"], series().y)
        assert json.loads(str(archive["reading"]))["schema"] == "plotread/1"


def test_json_reads_back_as_it_was():
    reading = export.figure_to_dict(figure(series(), warnings=("odd\n“thing”",)))
    assert json.loads(export.to_json(reading)) == reading


def test_an_empty_reading_is_whole():
    empty = Figure(Source("cat.png", "ef", 10, 10), (), ("no line plot found: a photograph",))
    reading = export.figure_to_dict(empty)
    assert reading["panels"] == []
    assert reading["warnings"] == ["no line plot found: a photograph"]
    assert export.figure_to_csv(empty) == "panel,series,x,y,y_lo,y_hi\n"


def test_findings_follow_their_contract():
    finding = Finding(
        kind="spike", group="stability", summary="loss jumps", grade="likely", panel=0,
        series=("train loss",),
        measures={"value": Estimate(2.02, 2.01, 2.03), "class": "one_point", "fits": True}, x=37.0, id="f3"
    )  # fmt: skip
    assert export.finding_to_dict(finding, figure(series())) == {
        "id": "f3", "kind": "spike", "group": "stability", "panel": 0, "series": ["train loss"], "x": 37.0,
        "x_range": None, "grade": "likely",
        "measures": {"value": {"value": 2.02, "lo": 2.01, "hi": 2.03}, "class": "one_point", "fits": True},
        "summary": "loss jumps", "flags": [],
    }  # fmt: skip


def test_a_document_carries_the_findings_of_every_sentence():
    document = Document("alt", (Paragraph((Statement("Loss falls.", ("f0", "f2")),)),))
    assert export.document_to_dict(document)["paragraphs"][0]["statements"] == [
        {"text": "Loss falls.", "findings": ["f0", "f2"]}
    ]


def test_the_suffix_picks_the_format():
    assert export.format_of("a/b.CSV") == "csv"
    assert export.format_of("b.npz") == "npz"
    with pytest.raises(UsageError, match=r"\.csv"):
        export.format_of("b.xlsx")


def test_writing_is_all_or_nothing(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    export.write_atomic(target, "new")
    assert target.read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(UsageError, match="cannot be written"):
        export.write_atomic(tmp_path / "missing" / "out.csv", "new")


def test_a_fault_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    target.write_text("old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(UsageError, match="no space left"):
        export.write_atomic(target, "new")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


DRAWN = Drawn(np.array([1.0, 2.0]), np.array([0.75, 0.25]), np.array([0.7, 0.2]), np.array([0.8, 0.3]),
              "data", "height")  # fmt: skip
NOTHING = {key: [] for key in ("x", "y", "y_lo", "y_hi")}


def test_a_course_without_values_names_its_units_and_fills_no_values():
    mixed = figure(series(), series(**NOTHING, name="val loss", drawn=DRAWN))
    first, second = export.figure_to_dict(mixed)["panels"][0]["series"]
    assert "drawn" not in first
    assert second["x"] == second["y"] == []
    assert second["drawn"] == {
        "x_unit": "data", "y_unit": "share of the height",
        "x": [1.0, 2.0], "y": [0.75, 0.25], "y_lo": [0.7, 0.2], "y_hi": [0.8, 0.3],
    }  # fmt: skip
    rows = export.figure_to_csv(mixed).splitlines()
    assert rows[0] == "panel,series,x,y,y_lo,y_hi,x_unit,y_unit"
    assert rows[1].endswith(",data,data")
    assert rows[3] == "0,val loss,1,0.75,0.7,0.8,data,share of the height"
    with np.load(io.BytesIO(export.figure_to_npz(mixed))) as arrays:
        assert len(arrays["panel0_series1_y"]) == 0
        np.testing.assert_allclose(arrays["panel0_series1_drawn_y"], [0.75, 0.25])
        assert "panel0_series0_drawn_y" not in arrays


def test_without_such_curves_the_table_keeps_its_columns():
    assert export.figure_to_csv(figure(series())).splitlines()[0] == "panel,series,x,y,y_lo,y_hi"
