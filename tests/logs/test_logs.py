"""Each format gives the numbers that stand in it, and none that do not."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from plotread.errors import NothingFoundError, UnreadableError
from plotread.logs import FORMATS, read_log, sniff
from plotread.model import Figure, Series


def read(tmp_path: Path, content: str | bytes, name: str = "log") -> Figure:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_log(path)


def all_series(figure: Figure) -> dict[str, Series]:
    return {str(s.name): s for panel in figure.panels for s in panel.series if s.kind == "line"}


def values(series: Series) -> tuple[list[float], list[float]]:
    return series.x.tolist(), series.y.tolist()


HF_STATE = json.dumps(
    {
        "best_metric": 0.3333,
        "epoch": 2.0,
        "global_step": 10,
        "log_history": [
            {"loss": 1.2, "grad_norm": "0.5", "learning_rate": 5e-5, "epoch": 0.5, "step": 3},
            {"loss": 0.9, "grad_norm": "0.4", "learning_rate": 4e-5, "epoch": 1.0, "step": 5},
            {"eval_loss": 0.5, "eval_runtime": 1.5, "eval_samples_per_second": 9.0, "epoch": 1.0, "step": 5},
            {"loss": 0.6, "grad_norm": "0.3", "learning_rate": 0.0, "epoch": 2.0, "step": 10},
            {"eval_loss": 0.3333, "eval_runtime": 1.4, "epoch": 2.0, "step": 10},
            {"train_loss": 0.4321, "train_runtime": 321.5, "total_flos": 1e9, "epoch": 2.0, "step": 10},
        ],
    }
)


def test_trainer_state(tmp_path: Path) -> None:
    figure = read(tmp_path, HF_STATE, "trainer_state.json")
    series = all_series(figure)
    assert set(series) == {"loss", "eval_loss", "grad_norm", "learning_rate"}
    assert values(series["loss"]) == ([3, 5, 10], [1.2, 0.9, 0.6])
    assert values(series["eval_loss"]) == ([5, 10], [0.5, 0.3333])
    assert series["grad_norm"].y.tolist() == [0.5, 0.4, 0.3]  # quoted numbers
    assert [[s.name for s in panel.series] for panel in figure.panels] == [
        ["loss", "eval_loss"],
        ["grad_norm"],
        ["learning_rate"],
    ]
    # The run mean is no last value: named in a warning, never a point.
    assert any("0.4321" in warning and "mean" in warning for warning in figure.warnings)


def test_model_contract_of_logs(tmp_path: Path) -> None:
    figure = read(tmp_path, HF_STATE)
    panel = figure.panels[0]
    assert panel.frame is None
    assert panel.x.label == "step"
    assert panel.x.resolution is None
    assert panel.y.resolution is None
    for series in panel.series:
        assert series.points == "recovered"
        assert np.array_equal(series.y_lo, series.y)
        assert np.array_equal(series.y_hi, series.y)
    assert figure.source.width is None
    assert len(figure.source.sha256 or "") == 64


HF_STDOUT = (
    "  1%|#         | 10/1000 [00:09<05:29,  1.1it/s]"
    "{'loss': 1.2137, 'grad_norm': 3.1, 'learning_rate': 1e-06, 'epoch': 0.0}\n"
    "{'loss': 1.1, 'grad_norm': nan, 'learning_rate': 2e-06, 'epoch': 0.01}\r\n"
    "{'loss': '1.0', 'grad_norm': 2.9, 'learning_rate': 3e-06, 'epoch': 0.01}\n"
    "{'loss': 0.9, 'grad_norm': 2.8, 'learning_rate': 4e-06, 'epoch': 0.02}\n"
    "{'eval_loss': 0.95, 'eval_runtime': 12.0, 'epoch': 0.02}\n"
    "{'loss': 0.8, 'grad_norm': 2.7, 'learning_rate': 5e-06, 'epoch': 0.02}\n"
    "{'eval_loss': 0.85, 'eval_runtime': 12.0, 'epoch': 0.03}\n"
    "{'train_runtime': 3244.7, 'train_samples_per_second': 1.8, 'train_loss': 1.1752, 'epoch': 0.03}\n"
)


def test_hf_stdout_gives_each_line_its_own_epoch(tmp_path: Path) -> None:
    figure = read(tmp_path, HF_STDOUT, "train.log")
    series = all_series(figure)
    loss = series["loss"]
    assert loss.y.tolist() == [1.2137, 1.1, 1.0, 0.9, 0.8]
    assert (np.diff(loss.x) > 0).all()  # 0.01 and 0.02 are each printed twice
    assert np.abs(loss.x - [0.0, 0.01, 0.01, 0.02, 0.02]).max() < 0.0105
    assert "train_loss" not in series
    assert len(series["grad_norm"].x) == 4
    assert any("grad_norm" in warning for warning in figure.warnings)
    assert figure.panels[0].x.label == "epoch"


def test_keras_csv_with_na_in_the_stopping_epoch(tmp_path: Path) -> None:
    figure = read(
        tmp_path,
        "epoch,accuracy,loss,val_accuracy,val_loss,learning_rate\n"
        "0,0.5,1.5,0.4,1.6,0.001\n1,0.6,1.2,0.5,1.4,0.001\n2,0.7,1.0,NA,NA,0.0005\n",
    )
    series = all_series(figure)
    assert values(series["loss"]) == ([0, 1, 2], [1.5, 1.2, 1.0])
    assert values(series["val_loss"]) == ([0, 1], [1.6, 1.4])
    assert [[s.name for s in panel.series] for panel in figure.panels] == [
        ["accuracy", "val_accuracy"],
        ["loss", "val_loss"],
        ["learning_rate"],
    ]


def test_keras_history(tmp_path: Path) -> None:
    figure = read(
        tmp_path, json.dumps({"loss": [3.0, 2.0, 1.0], "val_loss": [3.5, 2.5, 2.0]}), "history.json"
    )
    assert values(all_series(figure)["val_loss"]) == ([0, 1, 2], [3.5, 2.5, 2.0])
    assert figure.panels[0].x.label == "epoch"


def test_lightning_rows_alternate(tmp_path: Path) -> None:
    figure = read(
        tmp_path,
        "epoch,step,train_loss,val_loss\n0,49,4.8,\n0,99,4.1,\n0,99,,3.9\n,,,\n"
        "1,149,3.5,\n1,199,3.1,\n1,199,,3.3\n",
        "metrics.csv",
    )
    series = all_series(figure)
    assert values(series["train_loss"]) == ([49, 99, 149, 199], [4.8, 4.1, 3.5, 3.1])
    assert values(series["val_loss"]) == ([99, 199], [3.9, 3.3])
    assert "epoch" not in series


def test_tensorboard_csv(tmp_path: Path) -> None:
    figure = read(
        tmp_path,
        "Wall time,Step,Value\n1654943296.21,0,59.31\n1654943297.21,10,40.5\n1654943299.21,20,30.25\n",
    )
    assert values(all_series(figure)["Value"]) == ([0, 10, 20], [59.31, 40.5, 30.25])


WANDB = (
    '"Step","brisk-pond-1 - train/loss","brisk-pond-1 - train/loss__MIN","brisk-pond-1 - train/loss__MAX",'
    '"calm-sea-2 - train/loss","calm-sea-2 - train/loss__MIN","calm-sea-2 - train/loss__MAX",'
    '"calm-sea-2 - _step","calm-sea-2 - _step__MIN","calm-sea-2 - _step__MAX"\n'
    "0,1.6,1.6,1.6,1.9,1.8,2.0,0,0,0\n1,1.5,1.5,1.5,,,,1,1,1\n2,1.4,1.4,1.4,1.7,1.6,1.8,2,2,2\n"
)


def test_wandb_min_and_max_are_a_band(tmp_path: Path) -> None:
    figure = read(tmp_path, WANDB)
    assert len(figure.panels) == 1
    panel = figure.panels[0]
    assert [(s.name, s.kind) for s in panel.series] == [
        ("brisk-pond-1", "line"),
        ("calm-sea-2", "line"),
        ("calm-sea-2", "band"),
    ]
    assert panel.y.label == "train/loss"
    band = panel.series[2]
    assert band.x.tolist() == [0, 2]
    assert band.y_lo.tolist() == [1.8, 1.6]
    assert band.y_hi.tolist() == [2.0, 1.8]


YOLO_HEAD = (
    "                  epoch,time,         train/box_loss,         train/cls_loss,   metrics/precision(B),"
    "       metrics/mAP50(B),           val/box_loss,                 lr/pg0\n"
)


def test_ultralytics_padded_headers_and_zero_rows(tmp_path: Path) -> None:
    figure = read(
        tmp_path,
        YOLO_HEAD + "  1, 40.0, 2.2, 4.0, 0.28, 0.10, 1.90, 8e-05\n"
        "  2, 80.0, 2.1, 3.5, 0, 0, 0, 7e-05\n"
        "  3, 120.0, 2.0, 3.0, 0.35, 0.20, 1.70, 6e-05\n",
    )
    series = all_series(figure)
    assert set(series) == {
        "train/box_loss",
        "train/cls_loss",
        "metrics/precision(B)",
        "metrics/mAP50(B)",
        "val/box_loss",
        "lr/pg0",
    }
    assert values(series["val/box_loss"]) == ([1, 3], [1.9, 1.7])  # zeros stand for skipped validation
    assert values(series["train/box_loss"]) == ([1, 2, 3], [2.2, 2.1, 2.0])
    assert [s.name for s in figure.panels[0].series] == ["train/box_loss", "val/box_loss"]


def test_ultralytics_short_rows_never_shift_the_rate_into_precision(tmp_path: Path) -> None:
    figure = read(
        tmp_path,
        "epoch,time,train/box_loss,train/cls_loss,metrics/precision(B),metrics/mAP50(B),"
        "val/box_loss,lr/pg0\n"
        "1,40,2.2,4.0,0.28,0.10,1.90,8e-05\n2,80,2.1,3.5,7e-05\n3,99,2.0\n"
        "4,160,1.9,2.5,0.45,0.30,1.50,5e-05\n",
    )
    series = all_series(figure)
    assert values(series["metrics/precision(B)"]) == ([1, 4], [0.28, 0.45])
    assert values(series["lr/pg0"]) == ([1, 2, 4], [8e-05, 7e-05, 5e-05])
    assert values(series["train/box_loss"]) == ([1, 2, 4], [2.2, 2.1, 1.9])


def test_llama_factory(tmp_path: Path) -> None:
    line = {"total_steps": 375, "percentage": 2.67, "elapsed_time": "0:09:01", "remaining_time": "5:29:08"}
    rows = [
        {"current_steps": 10 * i, "loss": 2.5 - 0.1 * i, "lr": 2e-5, "epoch": 0.08 * i, **line}
        for i in (1, 2, 3)
    ]
    rows.append({"current_steps": 30, "eval_loss": 2.4, "epoch": 0.24, **line})
    rows.append({"current_steps": 60, "eval_loss": 2.3, "epoch": 0.48, **line})
    figure = read(tmp_path, "\n".join(map(json.dumps, rows)), "trainer_log.jsonl")
    series = all_series(figure)
    assert set(series) == {"loss", "lr", "eval_loss"}
    assert series["loss"].x.tolist() == [10, 20, 30]
    assert [s.name for s in figure.panels[0].series] == ["loss", "eval_loss"]


def test_timm(tmp_path: Path) -> None:
    figure = read(
        tmp_path,
        "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\n0,6.9,6.8,0.5,2.0,1e-4\n1,6.5,6.2,1.5,5.0,2e-4\n",
        "summary.csv",
    )
    assert [[s.name for s in panel.series] for panel in figure.panels] == [
        ["train_loss", "eval_loss"],
        ["eval_top1"],
        ["eval_top5"],
        ["lr"],
    ]


def test_mae_log(tmp_path: Path) -> None:
    rows = [
        {
            "train_lr": 1e-4 * e,
            "train_loss": 7 - e,
            "test_loss": 6 - e,
            "test_acc1": 10.0 * e,
            "epoch": e,
            "n_parameters": 86567656,
        }
        for e in (0, 1, 2)
    ]
    series = all_series(read(tmp_path, "\n".join(map(json.dumps, rows)), "log.txt"))
    assert set(series) == {"train_lr", "train_loss", "test_loss", "test_acc1"}
    assert values(series["test_loss"]) == ([0, 1, 2], [6, 5, 4])


def test_openmmlab_validation_steps_are_epochs(tmp_path: Path) -> None:
    rows = [
        {
            "lr": 0.01,
            "data_time": 0.1,
            "loss": 3.0 - 0.01 * i,
            "time": 0.4,
            "epoch": 1 + (i - 1) // 100,
            "iter": i,
            "memory": 5000,
            "step": i,
        }
        for i in range(50, 301, 50)
    ]
    rows += [{"coco/bbox_mAP": 0.1 * e, "data_time": 0.1, "time": 0.2, "step": e} for e in (1, 2, 3)]
    series = all_series(read(tmp_path, "\n".join(map(json.dumps, rows)), "scalars.json"))
    assert set(series) == {"lr", "loss", "coco/bbox_mAP"}
    assert series["coco/bbox_mAP"].x.tolist() == [100, 200, 300]
    assert series["loss"].x.tolist() == [50, 100, 150, 200, 250, 300]


def test_markdown_pairs_read_down(tmp_path: Path) -> None:
    text = (
        "# Report\n\n| Metric | Value |\n|---|---|\n| **Total Steps** | 6 |\n| Best | 0.4 (Step 6) |\n"
        "| Mean | 2 |\n\n"
        "| Step | Loss | Step | Loss |\n|------|------|------|------|\n"
        "| 1 | 3.778400 | 1,004 | **2.240800** |\n| 2 | 3.86 | 1,005 | 1.13 |\n"
        "| 3 | No log | 1,006 | 0.4 |\n\nEnd.\n"
    )
    figure = read(tmp_path, text, "report.md")
    assert list(all_series(figure)) == ["Loss"]
    assert values(all_series(figure)["Loss"]) == ([1, 2, 1004, 1005, 1006], [3.7784, 3.86, 2.2408, 1.13, 0.4])


def test_markdown_plain_with_percent(tmp_path: Path) -> None:
    figure = read(
        tmp_path,
        "Epoch | Train Loss | Accuracy\n:---|---:|:---:\n1 | 2.0 | 41.5%\n2 | 1.5 | 47.09%\n3 | 1.25 | 50%\n",
    )
    assert values(all_series(figure)["Accuracy"]) == ([1, 2, 3], [41.5, 47.09, 50.0])


def test_mlflow(tmp_path: Path) -> None:
    figure = read(tmp_path, "1654943296215 0.5 0\n1654943297215 0.25 10\n1654943298215 0.125 20\n")
    assert values(all_series(figure)["value"]) == ([0, 10, 20], [0.5, 0.25, 0.125])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("iter;train loss;val loss\n0;1,5;1,6\n10;1,25;1,5\n20;1,0;1,4\n", [1.5, 1.25, 1.0]),
        ("step\ttrain loss\n0\t1.5\n10\t1.25\n20\t1.0\n", [1.5, 1.25, 1.0]),
        ("step train_loss\n0 1.5\n10 1.25\n20 1.0\n", [1.5, 1.25, 1.0]),
        ("\ufeffstep,loss,note\n0,1.5,a\n10,1.25,b\n20,1.0,c\n", [1.5, 1.25, 1.0]),
        ("0,1.5\n10,1.25\n20,1.0\n", [1.5, 1.25, 1.0]),
    ],
)
def test_any_delimited_text(tmp_path: Path, text: str, expected: list[float]) -> None:
    series = read(tmp_path, text, "x.csv").panels[0].series[0]
    assert series.x.tolist() == [0, 10, 20]
    assert series.y.tolist() == expected


def test_per_batch_rows_are_not_read_as_one_point_per_epoch(tmp_path: Path) -> None:
    rows = "\n".join(f"{i // 10},{5 - 0.1 * i}" for i in range(40))
    figure = read(tmp_path, "epoch,loss\n" + rows + "\n", "x.csv")
    series = figure.panels[0].series[0]
    assert len(series.x) == 40
    assert figure.panels[0].x.label == "row"


def test_resumed_run_keeps_the_later_values(tmp_path: Path) -> None:
    steps = [1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 9, 10, 11, 12]
    rows = "\n".join(f"{s},{10 * i}" for i, s in enumerate(steps))
    figure = read(tmp_path, "step,loss\n" + rows + "\n", "x.csv")
    x, y = values(figure.panels[0].series[0])
    assert x == list(range(1, 13))
    assert (y[7], y[8]) == (90, 100)
    assert any("logged again" in warning for warning in figure.warnings)


def test_non_finite_end_is_told(tmp_path: Path) -> None:
    figure = read(tmp_path, "step,loss\n0,3.0\n10,2.0\n20,nan\n30,nan\n", "x.csv")
    assert values(figure.panels[0].series[0]) == ([0, 10], [3.0, 2.0])
    assert any("2 values are no finite numbers, from step 20 on" in warning for warning in figure.warnings)


def test_generic_json_lines_and_records(tmp_path: Path) -> None:
    rows = [{"iteration": i, "metrics": {"loss": 3.0 - i}, "name": "a"} for i in range(3)]
    for text in ("\n".join(map(json.dumps, rows)), json.dumps(rows), json.dumps({"history": rows})):
        figure = read(tmp_path, text, "x.json")
        assert values(all_series(figure)["metrics/loss"]) == ([0, 1, 2], [3, 2, 1])
        assert figure.panels[0].x.label == "iteration"


# ---------------------------------------------------------------- TensorBoard event files


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def bytes_field(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def event(step: int, value: bytes) -> bytes:
    head = b"\x09" + struct.pack("<d", 1.6e9)
    return head + (b"\x10" + varint(step) if step else b"") + bytes_field(5, bytes_field(1, value))


def record(payload: bytes) -> bytes:
    return struct.pack("<Q", len(payload)) + b"\0\0\0\0" + payload + b"\0\0\0\0"


def simple(tag: str, value: float) -> bytes:
    return bytes_field(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def tensor(tag: str, payload: bytes) -> bytes:
    return bytes_field(1, tag.encode()) + bytes_field(8, payload) + bytes_field(9, b"\x0a\x00")


def event_file() -> bytes:
    start = b"\x09" + struct.pack("<d", 1.6e9) + bytes_field(3, b"brain.Event:2")
    data = record(start)
    for i in range(4):
        data += record(event(300 * i, simple("train/loss", 4.0 - i)))
        data += record(
            event(
                300 * i,
                tensor("epoch_loss", b"\x08\x01\x12\x00" + bytes_field(4, struct.pack("<f", 8.0 + i))),
            )
        )
        data += record(event(300 * i, tensor("val/loss", b"\x08\x01\x2a\x04" + struct.pack("<f", 5.0 - i))))
        data += record(event(300 * i, tensor("note", b"\x08\x07" + bytes_field(8, b"hello"))))
    return data


def test_tensorboard_events(tmp_path: Path) -> None:
    series = all_series(read(tmp_path, event_file(), "events.out.tfevents.1.host"))
    assert set(series) == {"train/loss", "epoch_loss", "val/loss"}
    assert values(series["train/loss"]) == ([0, 300, 600, 900], [4, 3, 2, 1])
    assert values(series["epoch_loss"]) == ([0, 300, 600, 900], [8, 9, 10, 11])
    assert values(series["val/loss"]) == ([0, 300, 600, 900], [5, 4, 3, 2])


def test_tensorboard_events_cut_in_the_last_record(tmp_path: Path) -> None:
    data = event_file() + record(event(1200, simple("train/loss", 0.5)))[:-9]
    assert values(all_series(read(tmp_path, data))["train/loss"])[0] == [0, 300, 600, 900]


# ---------------------------------------------------------------- sniffing and errors


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HF_STATE, "hf-trainer-state"),
        (HF_STDOUT, "hf-stdout"),
        (WANDB, "wandb-csv"),
        ("epoch,accuracy,loss\n0,0.1,2.0\n", "keras-csv"),
        ('{"loss": [1.0, 0.5]}', "keras-history"),
        ("epoch,step,train_loss\n0,49,4.8\n", "lightning"),
        (YOLO_HEAD, "ultralytics"),
        ("Wall time,Step,Value\n1.0,0,2.0\n", "tensorboard-csv"),
        ("| Step | Loss |\n|--|--|\n| 1 | 2 |\n", "markdown"),
        ("a,b\n1,2\n2,3\n", "csv"),
        ('{"a": 1, "step": 2}\n', "json"),
        (event_file(), "tensorboard-events"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", None),
        ("The loss falls, and then it rises.\nNothing else.\n", None),
        ("", None),
        (b"\0" * 40, None),
    ],
)
def test_sniff(content: str | bytes, expected: str | None) -> None:
    assert sniff(content if isinstance(content, bytes) else content.encode()) == expected


def test_sniff_takes_a_path(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text('{"loss": [1.0, 0.5]}')
    assert sniff(path) == "keras-history"
    assert sniff(tmp_path / "absent.csv") is None


def test_format_names_are_distinct() -> None:
    names = [row.name for row in FORMATS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "content", ["", "   \n", "nothing here\n", '{"log_history": [', b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"]
)
def test_unreadable_is_one_clear_line(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(tmp_path, content, "bad.log")
    assert "\n" not in str(caught.value)
    assert "bad.log" in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(UnreadableError):
            read_log(path)


@pytest.mark.parametrize(
    "content", ['{"log_history": []}', '{"epoch": 1, "name": "a"}\n{"epoch": 2, "name": "b"}\n']
)
def test_nothing_numeric(tmp_path: Path, content: str) -> None:
    with pytest.raises(NothingFoundError):
        read(tmp_path, content, "x.json")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "epoch 1 loss: 0.9 val_loss: 1.0\nepoch 2 loss: 0.7 val_loss: 0.8\n"
            "epoch 3 loss: 0.5 val_loss: 0.6\n",
            {"loss": ([1, 2, 3], [0.9, 0.7, 0.5]), "val_loss": ([1, 2, 3], [1.0, 0.8, 0.6])},
        ),
        (  # the step starts anew in every epoch
            "Epoch [1/2], Step [100/200], Loss: 0.51\nEpoch [1/2], Step [200/200], Loss: 0.41\n"
            "Epoch [2/2], Step [100/200], Loss: 0.31\nEpoch [2/2], Step [200/200], Loss: 0.21\n",
            {"Loss": ([100, 200, 300, 400], [0.51, 0.41, 0.31, 0.21])},
        ),
        (  # the heading line names the epoch, the bar is rewritten
            "".join(
                f"Epoch {n}/3\n 10/20 [=>..] - loss: 9.0\r"
                f"20/20 [====] - 5s 3ms/step - loss: 0.{n} - accuracy: 0.9{n}\n"
                for n in (1, 2, 3)
            ),
            {"loss": ([1, 2, 3], [0.1, 0.2, 0.3]), "accuracy": ([1, 2, 3], [0.91, 0.92, 0.93])},
        ),
        (
            "step 0: train loss 4.2, val loss 4.3\niter 0: loss 4.21, time 3000ms\n"
            "iter 10: loss 3.1, time 30ms\n"
            "iter 20: loss 2.5, time 30ms\nstep 250: train loss 2.0, val loss 2.1\n",
            {
                "train loss": ([0, 250], [4.2, 2.0]),
                "val loss": ([0, 250], [4.3, 2.1]),
                "loss": ([0, 10, 20], [4.21, 3.1, 2.5]),
            },
        ),
        (
            "INFO Train Epoch: 1 [0/100 (0%)]\tLoss: 2.3\nINFO Train Epoch: 1 [50/100 (50%)]\tLoss: 2.1\n"
            "INFO Train Epoch: 2 [0/100 (0%)]\tLoss: 1.8\n",
            {"Loss": ([1, 1.5, 2], [2.3, 2.1, 1.8])},
        ),
    ],
)
def test_lines_of_a_training_loop(
    tmp_path: Path, text: str, expected: dict[str, tuple[list[float], list[float]]]
) -> None:
    assert sniff(text.encode()) == "plain-text"
    series = all_series(read(tmp_path, text, "train.log"))
    assert {name: values(s) for name, s in series.items()} == expected


def test_prose_about_training_is_no_log(tmp_path: Path) -> None:
    text = (
        "In epoch 3 the loss was 0.5.\nIn the end the accuracy: 0.9.\nEpoch 4 brought a loss of 0.4.\nDone.\n"
    )
    assert sniff(text.encode()) is None


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("run-train-tag-epoch_loss.csv", "train/epoch_loss"),
        ("run-exp1-tag-val_loss.csv", "val_loss"),
        ("train_loss.csv", "train_loss"),
        ("x.csv", "Value"),
    ],
)
def test_a_nameless_series_is_called_by_its_file(tmp_path: Path, file: str, name: str) -> None:
    figure = read(tmp_path, "Wall time,Step,Value\n1.5,0,3\n1.6,1,2\n1.7,2,1.5\n", file)
    assert [s.name for s in figure.panels[0].series] == [name]


def test_an_mlflow_metric_is_called_by_its_file(tmp_path: Path) -> None:
    lines = "1700000000000 0.9 0\n1700000001000 0.7 1\n1700000002000 0.6 2\n"
    assert [s.name for s in read(tmp_path, lines, "val_loss").panels[0].series] == ["val_loss"]
