"""Documents say what their findings carry, in the fixed words, and the same every time."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from plotread.diagnosis import diagnose
from plotread.errors import UsageError
from plotread.model import Axis, Figure, Finding, Panel, Series, Source
from plotread.prose import STYLES, render, write
from plotread.prose.alt import LIMIT
from plotread.prose.check import unsupported
from plotread.prose.facts import Facts
from plotread.prose.lexicon import FORBIDDEN
from plotread.prose.names import names_in, panel_names
from plotread.prose.phrases.families import _who
from tests.prose import cases

ALL = {
    "periodic": cases.periodic,
    "pair": cases.pair,
    "schedule": cases.schedule,
    "runs": cases.runs,
    "stalled": cases.stalled,
}


def text(case: tuple, style: str = "description") -> str:
    return render(write(*case, style))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ALL)
def test_every_claim_is_supported(name: str, style: str) -> None:
    figure, findings = ALL[name]()
    assert unsupported(write(figure, findings, style), figure, findings) == []


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ALL)
def test_no_forbidden_word_and_the_same_text_twice(name: str, style: str) -> None:
    first, second = text(ALL[name](), style), text(ALL[name](), style)
    assert first == second
    low = first.lower()
    assert [w for w in FORBIDDEN if re.search(rf"(?<![a-z]){re.escape(w)}", low)] == []


@pytest.mark.parametrize("name", ALL)
def test_a_missing_measure_costs_its_clause_and_nothing_else(name: str) -> None:
    figure, findings = ALL[name]()
    for i, found in enumerate(findings):
        for key in found.measures:
            fewer = [
                replace(f, measures={k: v for k, v in f.measures.items() if k != key}) if j == i else f
                for j, f in enumerate(findings)
            ]
            for style in ("description", "report", "compare"):
                document = write(figure, fewer, style)
                assert unsupported(document, figure, fewer) == []
                assert "None" not in render(document)


def test_unknown_style_is_the_callers_mistake() -> None:
    with pytest.raises(UsageError, match="unknown style 'poem'"):
        write(*cases.pair(), "poem")


@pytest.mark.parametrize("style", STYLES)
def test_an_empty_figure_is_said_to_be_one(style: str) -> None:
    assert "No line plot was found" in render(
        write(Figure(Source("photo.png", width=9, height=9)), (), style)
    )


def test_description_of_regular_spikes_tells_the_group_once() -> None:
    out = text(cases.periodic())
    assert out.startswith(
        "Apart from six regular spikes the loss falls from 3.83 at step 1 to 0.55 at step 84"
    )
    assert "1.97 to 2.03 times" in out
    assert "49" not in out  # the members of the group are not listed


def test_description_of_a_turn_leads_with_it() -> None:
    out = text(cases.pair())
    assert out.startswith(
        "Validation loss rises from its lowest value, 1.020 at epoch 15, to 1.038 at epoch 50"
    )
    assert "Overfitting up to the last epoch drawn is likely" in out
    assert "5 times the scatter" in out


def test_description_of_a_schedule_gives_start_peak_and_end() -> None:
    out = text(cases.schedule())
    assert "from 0.00010 to a peak of 0.00100 at step 10" in out
    assert "half cosine to 0 at step 100" in out


def test_ties_are_one_subject() -> None:
    out = text(cases.runs())
    assert "run_a and run_b tie for the best" in out
    assert "run_c ends worst" in out


@pytest.mark.parametrize("name", ALL)
def test_alt_text_fits(name: str) -> None:
    out = text(ALL[name](), "alt").strip()
    assert 20 < len(out) <= LIMIT
    assert "\n" not in out


@pytest.mark.parametrize("name", ALL)
def test_caption_has_at_most_two_sentences(name: str) -> None:
    document = write(*ALL[name](), "caption")
    assert 1 <= sum(len(p.statements) for p in document.paragraphs) <= 2


def test_report_table_holds_all_values_and_marks_spikes() -> None:
    figure, findings = cases.periodic()
    out = render(write(figure, findings, "report"))
    assert out.startswith("# Loss\n")
    cells = re.findall(r"\*\*[\d.]+\*\*", out)
    assert len(cells) == 6
    rows = [line for line in out.splitlines() if re.match(r"\| \d+ \| ", line)]
    steps = [int(c) for line in rows for c in re.findall(r"\| (\d+) \|", line)]
    assert sorted(steps) == list(range(1, 85))
    assert "All values, read down; spikes in bold." in out


def test_no_remedy_without_a_check() -> None:
    for name in ALL:
        for line in text(ALL[name](), "issues").splitlines():
            if "Possible cause:" in line:
                assert "Check:" in line
                assert "If so," in line


def test_a_plain_fall_gets_no_cause() -> None:
    figure, findings = cases.periodic()
    calm = [f for f in findings if f.kind == "total_change"]
    out = render(write(figure, calm, "description"))
    assert "cause" not in out


def test_an_unnamed_axis_gets_no_unit() -> None:
    figure, findings = cases.periodic()
    panel = replace(figure.panels[0], x=replace(figure.panels[0].x, label=None))
    out = render(write(replace(figure, panels=(panel,)), findings, "description"))
    course = out.partition("A possible cause")[0]
    assert "from 3.83 at 1 to 0.55 at 84" in course
    assert not re.search(r"\b(step|epoch|iteration)s?\b", course)


@pytest.mark.parametrize(
    ("panels", "names"),
    [
        # a title that could stand over anything gives way to the quantity, a shared one to the place
        ([("Training curves", "Loss"), ("Training curves", "Accuracy")], ["loss", "accuracy"]),
        ([("Training curves", "Loss"), (None, "Loss")], ["panel 1", "panel 2"]),
        ([("Loss over epochs", "Loss"), (None, "Loss")], ["Loss over epochs", "panel 2"]),
        ([("train/loss", None), ("val/loss", None)], ["train/loss", "val/loss"]),
        ([("ResNet", "Loss"), ("ResNet", "Error")], ["loss", "error"]),
    ],
)
def test_panels_are_called_by_what_is_theirs_alone(
    panels: list[tuple[str | None, str | None]], names: list[str]
) -> None:
    drawn = tuple(
        Panel(i, Axis(label="Step"), Axis(label=label), title=title)
        for i, (title, label) in enumerate(panels)
    )
    assert list(panel_names(Figure(Source("plot.png"), drawn)).values()) == names


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        (("lr=3e-4", "ema", "seed 2"), ["lr=3e-4", "ema", "seed 2"]),  # a run among runs
        (("seed 2 val", "ema val"), ["seed 2 val", "ema val"]),
        (("train loss", "ema"), ["training loss", "the loss"]),  # how a curve is drawn
    ],
)
def test_ema_is_a_run_among_runs(drawn: tuple[str, ...], told: list[str]) -> None:
    figure = cases.figure([cases.series([0, 1, 2], [3, 2, 1], name) for name in drawn])
    assert [name.text for name in names_in(figure).values()] == told


@pytest.mark.parametrize(
    ("other", "told"), [("train acc", "training loss"), ("train loss", "training loss in fold 1")]
)
def test_a_curve_says_its_panel_where_another_has_one_of_its_name(other: str, told: str) -> None:
    panels = tuple(
        Panel(
            i, Axis(label="Step"), Axis(), title=f"fold {i + 1}",
            series=(cases.series([0, 1, 2], [3, 2, 1], name), cases.series([0, 1, 2], [3, 3, 2], f"val {i}")),
        )
        for i, name in enumerate(("train loss", other))
    )  # fmt: skip
    facts = Facts.of(Figure(Source("plot.png"), panels), ())
    names = {"series": ("train loss",), "series_indices": (0,)}
    finding = Finding("total_change", "course", "", "observed", panel=0, **names)
    assert _who(facts, panels[0], finding) == told


def test_among_many_panels_a_turn_is_told_with_its_panel() -> None:
    rng = np.random.default_rng(5)
    epochs = np.arange(1.0, 41)
    panels = []
    for i in range(4):
        train = 0.4 + 2.5 * np.exp(-epochs / 7) + rng.normal(0, 0.005, 40)
        val = train + 0.1 + (0.02 * np.maximum(epochs - 15, 0) if i == 2 else 0)
        pair = (("train loss", train), ("val loss", val))
        series = tuple(Series(epochs, y, y - 0.01, y + 0.01, name=name) for name, y in pair)
        panels.append(Panel(i, Axis(label="epoch"), Axis(label="loss"), series=series))
    figure = Figure(Source("plot.png"), tuple(panels))
    said = render(write(figure, diagnose(figure), "description"))
    assert re.search(r"Validation loss in panel 3 rises from its lowest value", said)
