"""Long logs at once, short ones in no time; limits are generous, as machines differ and share.

`python scripts/bench.py --logs` times a million steps of every format.
"""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import numpy as np
import pytest

import plotread
from plotread.inputs import describe_figure
from plotread.logs import FORMATS, shapes, sniff, tables
from plotread.logs.formats import markdown, plain_text
from plotread.logs.records import blocks_of_json_lines

LONG = 50_000
SHORT_S, LONG_S = 0.25, 2.5  # CPU seconds: five times the aim for 200 points, ten times that for a twentieth
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "long_logs.py"


def long_logs():
    spec = importlib.util.spec_from_file_location("long_logs", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOGS = long_logs().LOGS


def values(n):
    rng = np.random.default_rng(1)
    return 0.5 + 2 * np.exp(-np.arange(n) / (n / 5)) + 0.02 * rng.standard_normal(n)


def hf_line(i, v):
    return f"{{'loss': {v:.4f}, 'grad_norm': 1.25, 'learning_rate': 1e-05, 'epoch': {i / 1000:.2f}}}\n"


def test_there_is_a_long_log_of_every_format():
    assert sorted(LOGS) == sorted(row.name for row in FORMATS)


@pytest.mark.parametrize("kind", LOGS)
def test_a_long_log_is_read_and_told(kind):
    data = LOGS[kind](LONG)
    assert sniff(data) == kind
    begin = time.process_time()
    figure = plotread.read(data)
    account = describe_figure(figure, "description")
    assert time.process_time() - begin < LONG_S
    n = LONG // 2 if kind == "tensorboard-events" else LONG
    told = [s for p in figure.panels for s in p.series if len(s.x) == n]
    # Two decimals at least are written by every format.
    assert any(np.abs(s.y - long_logs().losses(n)).max() < 6e-5 for s in told)
    assert any(f.kind == "total_change" for f in account.findings)


@pytest.mark.parametrize("kind", LOGS)
def test_the_quick_way_and_the_slow_one_give_the_same(kind, monkeypatch):
    data = LOGS[kind](4000)
    parse = next(row.parse for row in FORMATS if row.name == kind)

    def tracks():
        log = parse(data)
        return [(t.name, t.x_label, t.x.tolist(), t.y.tolist()) for t in log.tracks], log.warnings

    for quick in (True, False):
        few = 10 if quick else 10**9
        for module in (shapes, plain_text):
            monkeypatch.setattr(module, "FEWEST_ALIKE", few)
        monkeypatch.setattr(tables, "LONG_TEXT", few)
        monkeypatch.setattr(markdown, "LONG_TABLE", few)
        found = tracks()
        if quick:
            first = found
    assert found == first
    assert len(found[0]) >= 1


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


ODD = {
    "another key": '{"step": 7, "acc": 0.5}',
    "another order": '{"loss": 0.25, "step": 7}',
    "no number": '{"step": 7, "loss": NaN}',
    "nested": '{"step": 7, "loss": {"a": 1}}',
    "quoted": '{"step": 7, "loss": "0.25"}',
    "negative, with an exponent": '{"step": 7, "loss": -2.5e-05}',
    "exponent without a sign": '{"step": 7, "loss": 2e05}',
    "a comma in a text": '{"step": 7, "note": "a, 3", "loss": 0.25}',
}


@pytest.mark.parametrize("odd", ODD)
def test_lines_of_another_shape_keep_their_own_values(odd):
    many = 2 * shapes.FEWEST_ALIKE
    for lines in ([ODD[odd]] * many, ['{"step": 1, "loss": 0.5}'] * many + [ODD[odd]]):
        blocks = blocks_of_json_lines("\n".join(lines))
        found = {k: v.tolist() for b in blocks if b.rows[-1] == len(lines) - 1 for k, v in b.columns.items()}
        last = {key: column[-1] for key, column in found.items()}
        want = {
            "another key": {"step": 7, "acc": 0.5},
            "no number": {"step": 7, "loss": np.inf},
            "nested": {"step": 7, "loss/a": 1},
            "negative, with an exponent": {"step": 7, "loss": -2.5e-05},
            "exponent without a sign": {"step": 7, "loss": 2e05},
        }.get(odd, {"step": 7, "loss": 0.25})
        assert {key: value for key, value in last.items() if not np.isnan(value)} == want
