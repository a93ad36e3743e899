"""Comparison of several inputs: who is a run, what is compared with what, and what the settings say."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

import plotread
from plotread.cli import main
from plotread.comparison import merge, run_names
from plotread.diagnosis import diagnose
from plotread.errors import NothingFoundError, UnreadableError, UsageError
from plotread.model import Axis, Figure, Panel, Series, Source
from plotread.prose import write
from plotread.prose.check import unsupported
from plotread.settings import flatten, read_settings, settings_beside

X = np.arange(1.0, 61.0)
# End, time constant and start of three runs: "slow" ends lowest and is slow, "quick" ends second.
RUNS = {"plain": (0.50, 8.0, 2.0), "slow": (0.30, 15.0, 2.5), "quick": (0.40, 4.0, 1.5)}


def values(name: str, offset: float = 0.0) -> np.ndarray:
    end, tau, start = RUNS[name]
    noise = np.random.default_rng(len(name)).standard_normal(60)
    return np.asarray(end + offset + start * np.exp(-X / tau) + 0.004 * noise)


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    paths = []
    for name in RUNS:
        rows = zip(X, values(name, -0.05), values(name), strict=True)
        path = tmp_path / name / "results.csv"
        path.parent.mkdir()
        path.write_text("epoch,train_loss,val_loss\n" + "".join(f"{x:g},{t},{v}\n" for x, t, v in rows))
        paths.append(path)
    return paths


def line(x: np.ndarray, y: np.ndarray, name: str | None, half: float = 0.0, **more: object) -> Series:
    return Series(x, y, y - half, y + half, name=name, **more)  # type: ignore[arg-type]


def panel(series: list[Series], label: str | None = "Loss", x: str | None = "Epoch") -> Figure:
    return Figure(Source(None), (Panel(0, Axis(label=x), Axis(label=label), series=tuple(series)),))


def test_the_folder_names_runs_whose_files_are_called_alike() -> None:
    assert run_names(["x/results.csv", "y/results.csv"]) == ["x", "y"]
    assert run_names(["x/1/log.csv", "x/2/log.csv", "y/1/log.csv"]) == ["x/1", "x/2", "y/1"]
    assert run_names(["lr0.1.csv", "b.png"]) == ["lr0.1", "b"]
    with pytest.raises(UsageError, match="named more than once"):
        run_names(["a.csv", "a.csv"])


def test_ends_order_and_places_of_three_logs(logs: list[Path], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *map(str, logs), "--format", "json"]) == 0
    said = json.loads(capfd.readouterr().out)
    ranking = next(f for f in said["findings"] if f["kind"] == "ranking")
    assert [name.split()[0] for name in ranking["series"]] == ["slow", "quick", "plain"]
    measures = ranking["measures"]
    # All reach the worst end, 0.5 and a band of about 0.02: quick where 1.5 exp(-x/4) falls to 0.12.
    assert measures["reach_level"]["value"] == pytest.approx(0.52, abs=0.01)
    assert measures["run_2_reach_x"]["value"] == pytest.approx(4 * np.log(1.5 / 0.12), abs=1)
    assert measures["run_1_reach_x"]["value"] == pytest.approx(15 * np.log(2.5 / 0.22), abs=2)
    own = -100 * (1 - 0.345 / (0.3 + 2.5 * np.exp(-1 / 15)))  # from the first value; at epoch 60 it is 0.345
    assert measures["run_1_own_percent"]["value"] == pytest.approx(own, abs=1)
    crossed = [f for f in said["findings"] if f["kind"] == "crossing"]
    pairs = {frozenset(name.split()[0] for name in f["series"]): f["x"] for f in crossed}
    assert pairs[frozenset(("plain", "slow"))] == pytest.approx(36, abs=2)
    assert all(sentence["findings"] for sentence in said["document"]["paragraphs"][0]["statements"])


def test_every_number_of_the_text_stands_in_its_findings(logs: list[Path]) -> None:
    figure = merge({path.parent.name: plotread.read(path) for path in logs})
    settings = {"plain": {"lr": 0.1, "width": 64}, "slow": {"lr": 0.01, "width": 32}, "quick": {"lr": 0.2}}
    findings = diagnose(figure, settings)
    document = write(figure, findings, "compare")
    assert unsupported(document, figure, findings) == []
    confounded = next(f for f in findings if "settings_changed" in f.measures)
    assert confounded.measures["run_3_settings"] == "lr 0.2, width not given"


def test_settings_change_one_at_a_time_or_together(logs: list[Path], tmp_path: Path) -> None:
    together = tmp_path / "runs.yaml"
    together.write_text(
        "plain: {lr: 1e-3, width: 64}\nslow: {lr: 1e-4, width: 32}\nquick: {lr: 1e-2, width: 16}\n"
    )
    assert "Two settings differ at once (lr, width)" in plotread.compare(logs, config=together)
    single = tmp_path / "runs.csv"
    single.write_text("run,lr,width\nplain,0.001,64\nslow,1e-4,64\nquick,0.01,64\n")
    assert "differ at once" not in plotread.compare(logs, config=single)


def test_settings_beside_the_logs_are_found(logs: list[Path]) -> None:
    for path, lr, width in zip(logs, (0.1, 0.2, 0.3), (1, 2, 3), strict=True):
        (path.parent / "args.yaml").write_text(f"lr0: {lr}\nwidth: {width}\nname: {path.parent.name}\n")
    found = settings_beside(logs[1])
    assert found is not None
    assert found[1] == {"lr0": 0.2, "width": 2}
    assert "(lr0, width)" in plotread.compare(logs)


def test_faults_of_the_caller_are_told(logs: list[Path], tmp_path: Path) -> None:
    table = tmp_path / "runs.json"
    table.write_text('{"plain": {"lr": 1}, "other": {"lr": 2}}')
    with pytest.raises(UsageError, match="no run 'other'"):
        plotread.compare(logs, config=table)
    table.write_text('{"plain": ')
    with pytest.raises(UnreadableError, match="damaged JSON"):
        plotread.compare(logs, config=table)
    table.write_text("[1, 2]")
    with pytest.raises(UnreadableError, match="expected settings by run"):
        plotread.compare(logs, config=table)
    with pytest.raises(UnreadableError, match="no such file"):
        plotread.compare(logs, config=tmp_path / "gone.yaml")
    with pytest.raises(UsageError, match="at least one"):
        plotread.compare([])
    steps = tmp_path / "steps.csv"
    steps.write_text("step,loss\n" + "".join(f"{n},{1 / n}\n" for n in range(1, 20)))
    accuracy = tmp_path / "top.csv"
    accuracy.write_text("epoch,accuracy\n" + "".join(f"{n},{1 - 1 / n}\n" for n in range(1, 20)))
    with pytest.raises(NothingFoundError, match="share no quantity; read were loss against step"):
        plotread.compare([steps, accuracy])


def test_nested_settings_and_numbers_written_as_text() -> None:
    settings = flatten(
        {"optim": {"lr": "1e-3", "betas": [0.9, 0.99]}, "save_dir": "x", "amp": True}, Path("a")
    )
    assert settings == {"optim.lr": 0.001, "optim.betas": "0.9 0.99", "amp": True}


def test_aliases_that_multiply_end_in_an_error(tmp_path: Path) -> None:
    names = "abcdefgh"
    rows = ["a: &a {" + ", ".join(f"k{i}: 1" for i in range(9)) + "}"]
    rows += [
        f"{n}: &{n} {{" + ", ".join(f"k{i}: *{m}" for i in range(9)) + "}"
        for m, n in itertools.pairwise(names)
    ]
    path = tmp_path / "runs.yaml"
    path.write_text("\n".join(rows))
    with pytest.raises(UnreadableError, match="more than"):
        read_settings(path, {n: n for n in names})


def test_a_plot_and_a_log_share_a_panel_whatever_they_call_it() -> None:
    drawn = panel(
        [line(X, values("slow"), "Train", 0.01), line(X, values("slow", 0.1), "Val", 0.01)],
        "Cross entropy loss",
    )
    logged = panel(
        [line(X, values("plain"), "loss"), line(X, values("plain", 0.1), "val_loss")], "loss", "epoch"
    )
    figure = merge({"a": drawn, "b": logged})
    assert [[(s.run, s.name) for s in p.series] for p in figure.panels] == [
        [("a", "training loss"), ("a", "validation loss"), ("b", "loss"), ("b", "validation loss")]
    ]


def test_parts_of_a_loss_stay_apart() -> None:
    box, cls = (
        [line(X, values(name), f"val/{part}_loss")] for name, part in (("slow", "box"), ("plain", "cls"))
    )
    each = Figure(Source(None), (
        Panel(0, Axis(label="epoch"), Axis(label="box loss"), series=tuple(box)),
        Panel(1, Axis(label="epoch"), Axis(label="cls loss"), series=tuple(cls)),
    ))  # fmt: skip
    figure = merge({"a": each, "b": each})
    assert [p.title for p in figure.panels] == ["box loss", "cls loss"]
    assert [[s.run for s in p.series] for p in figure.panels] == [["a", "b"], ["a", "b"]]


def test_a_plot_of_several_runs_brings_all_of_them() -> None:
    many = panel([line(X, values("plain"), "lr=0.1"), line(X, values("slow"), "lr=0.01")])
    one = panel([line(X, values("quick"), None)], "loss")
    figure = merge({"sweep": many, "mine": one})
    (only,) = figure.panels
    assert [s.run for s in only.series] == ["sweep lr=0.1", "sweep lr=0.01", "mine"]


def test_a_smoothed_copy_of_a_drawn_curve_is_no_run() -> None:
    raw = line(X, values("plain"), "loss", role="raw", color="#aabbee")
    smooth = line(X, values("plain") + 0.01, "loss", role="smoothed", color="#1122ee")
    figure = merge({"a": panel([raw, smooth]), "b": panel([line(X, values("slow"), "loss")])})
    assert [s.run for s in figure.panels[0].series] == ["a", "b"]


def test_the_rate_of_one_run_says_nothing_about_another() -> None:
    """Overfitting of run a may not be judged on the training curve of run b."""
    rising = values("quick") + np.where(X > 20, 0.02 * (X - 20), 0.0)
    figure = merge({
        "a": panel([line(X, values("quick", -0.1), "train"), line(X, rising, "val")]),
        "b": panel([line(X, values("slow", -0.1), "train"), line(X, values("slow"), "val")]),
    })  # fmt: skip
    turns = [f for f in diagnose(figure) if f.kind == "overfitting"]
    assert [f.series[0].split()[0] for f in turns] == ["a"]
    gaps = [f for f in diagnose(figure) if f.kind == "gap"]
    assert all(len({name.split()[0] for name in f.series}) == 1 for f in gaps)


def test_validation_and_test_of_one_run_are_not_two_runs() -> None:
    both = panel([line(X, values("plain"), "val loss"), line(X, values("slow"), "test loss")])
    assert [f for f in diagnose(both) if f.kind == "ranking"] == []
    figure = merge({"a": both, "b": both})
    assert [(p.title, [s.run for s in p.series]) for p in figure.panels] == [
        ("loss", ["a", "b"]),
        ("test loss", ["a", "b"]),
    ]


def test_an_input_that_is_not_ranked_is_named(logs: list[Path], tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("epoch,accuracy\n" + "".join(f"{x:g},{1 - 0.5 / x:.4f}\n" for x in X))
    said = plotread.compare([*logs, odd])
    assert "Not ranked, as no other input holds a curve of the same kind: odd." in said
    assert "Not ranked" not in plotread.compare(logs)
