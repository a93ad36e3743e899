"""Long logs at once, short ones in no time; limits are generous, as machines differ and share."""

from __future__ import annotations

import time

import numpy as np
import pytest

import plotread
from plotread.logs.records import uniform_columns

LONG = 100_000
SHORT_S, LONG_S = 0.25, 5.0  # CPU seconds: five times the aim for 200 points, ten times that for a tenth


def values(n):
    rng = np.random.default_rng(1)
    return 0.5 + 2 * np.exp(-np.arange(n) / (n / 5)) + 0.02 * rng.standard_normal(n)


def hf_line(i, v):
    return f"{{'loss': {v:.4f}, 'grad_norm': 1.25, 'learning_rate': 1e-05, 'epoch': {i / 1000:.2f}}}\n"


FORMATS = {
    "csv": lambda i, v: f"{i},{v:.5f}\n",
    "jsonl": lambda i, v: f'{{"step": {i}, "loss": {v:.5f}}}\n',
    "stdout": hf_line,
    "llamafactory": lambda i, v: (
        f'{{"current_steps": {i}, "total_steps": 9, "loss": {v:.5f}, "lr": 1e-05, '
        f'"epoch": 0.1, "elapsed_time": "0:09:01"}}\n'
    ),
    "markdown": lambda i, v: f"| {i} | {v:.5f} |\n",
}
HEADS = {"csv": "step,loss\n", "markdown": "| step | loss |\n|---|---|\n"}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_long_log_is_read_and_diagnosed(kind):
    y = values(LONG)
    data = (HEADS.get(kind, "") + "".join(FORMATS[kind](i, v) for i, v in enumerate(y))).encode()
    begin = time.process_time()
    figure = plotread.read(data)
    found = plotread.diagnose(figure)
    assert time.process_time() - begin < LONG_S
    series = next(s for p in figure.panels for s in p.series if s.name == "loss")
    assert len(series.x) == LONG
    np.testing.assert_allclose(series.y, y, atol=6e-5)
    assert any(f.kind == "total_change" for f in found)


def test_a_short_log_is_diagnosed_at_once():
    rows = "".join(f"{i},{v:.4f}\n" for i, v in enumerate(values(200)))
    figure = plotread.read(("step,loss\n" + rows).encode())
    plotread.diagnose(figure)  # loads what is loaded once
    begin = time.process_time()
    plotread.diagnose(figure)
    assert time.process_time() - begin < SHORT_S


def test_evaluations_and_the_summary_of_a_long_run_are_not_lost():
    y = values(30_000)
    lines = [hf_line(i, v) for i, v in enumerate(y)]
    lines.insert(10_000, "{'eval_loss': 1.5, 'eval_runtime': 2.0, 'epoch': 10.0}\n")
    lines.insert(20_001, "{'eval_loss': 1.2, 'eval_runtime': 2.0, 'epoch': 20.0}\n")
    lines.append("{'train_runtime': 60.0, 'train_loss': 0.9, 'epoch': 30.0}\n")
    figure = plotread.read("".join(lines).encode())
    names = {s.name: s for p in figure.panels for s in p.series}
    assert names["eval_loss"].y.tolist() == [1.5, 1.2]
    assert len(names["loss"].x) == 30_000
    assert "train_loss" not in names
    assert any("mean over the whole run" in note for note in figure.warnings)


def test_lines_of_another_shape_are_left_to_the_slow_way():
    same = ['{"step": 1, "loss": 0.5}'] * 20_000
    assert uniform_columns(same)["loss"][0] == 0.5
    assert uniform_columns([*same[:-1], '{"step": 1, "acc": 0.5}']) is None
    assert uniform_columns([*same[:-1], '{"step": 1, "loss": NaN}']) is None
    assert uniform_columns([*same[:-1], '{"step": 1, "loss": {"a": 1}}']) is None
    assert uniform_columns(['{"step": 1, "loss": "0.5"}'] * 20_000) is None
    assert uniform_columns(same[:10]) is None
