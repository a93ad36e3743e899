"""Batches: every figure gets its line, and nothing is done twice."""

from __future__ import annotations

import json
import os

import pytest
from PIL import Image

from plotread import batch
from plotread.cli import main

LOG = "epoch,loss\n" + "".join(f"{n},{2 / n:.4f}\n" for n in range(1, 13))


@pytest.fixture
def folder(tmp_path):
    """Two logs of one name, a blank picture, a damaged one, and a note that is no picture."""
    for name in ("a", "b"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "log.csv").write_text(LOG)
    Image.new("RGB", (80, 60), "white").save(tmp_path / "in" / "blank.png")
    (tmp_path / "in" / "a" / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "in" / "note.txt").write_text("no picture")
    return tmp_path


def lines(output):
    return [json.loads(line) for line in (output / "index.jsonl").read_text().splitlines()]


def test_one_bad_file_stops_nothing(folder, capfd):
    output = folder / "out"
    arguments = ["batch", str(folder / "in"), str(folder / "in" / "*" / "log.csv"), str(folder / "gone.png")]
    assert main([*arguments, "-o", str(output), "--jobs", "2"]) == 1
    by_name = {os.path.relpath(record["path"], folder): record for record in lines(output)}
    assert {name: record["status"] for name, record in by_name.items()} == {
        "in/a/cut.png": "failed",
        "in/a/log.csv": "ok",
        "in/b/log.csv": "ok",
        "in/blank.png": "nothing found",
        "gone.png": "failed",
    }
    assert by_name["gone.png"]["reason"].endswith("gone.png: no such file")
    assert "damaged" in by_name["in/a/cut.png"]["reason"]
    assert by_name["in/blank.png"]["reason"].startswith("no line plot found")
    texts = {record["text"] for record in by_name.values() if record["text"]}
    assert len(texts) == 3  # the two logs of one name do not overwrite each other
    for record in by_name.values():
        if record["json"]:
            assert json.loads((output / record["json"]).read_text())["schema"] == "plotread/1"
            assert (output / record["text"]).read_text().strip()
    assert "5 figures: 2 ok, 1 nothing found, 2 failed" in capfd.readouterr().err


def test_a_second_run_repeats_only_what_changed(folder, monkeypatch):
    output = folder / "out"
    paths = [str(folder / "in" / "*" / "log.csv"), str(folder / "in" / "blank.png")]
    first = batch.run_batch(paths, output)
    assert [record.kept for record in first] == [False] * 3
    before = (output / "index.jsonl").read_bytes()
    assert [record.kept for record in batch.run_batch(paths, output)] == [True] * 3
    assert (output / "index.jsonl").read_bytes() == before

    (folder / "in" / "b" / "log.csv").write_text(LOG + "13,9.0\n")
    (output / first[2].text).unlink()
    again = batch.run_batch(paths, output)
    assert [record.kept for record in again] == [True, False, False]
    assert [record.json for record in again] == [record.json for record in first]

    monkeypatch.setattr(batch, "__version__", "999")
    assert not any(record.kept for record in batch.run_batch(paths[:1], output))


def test_a_torn_line_of_the_index_is_passed_over(folder):
    output = folder / "out"
    paths = [str(folder / "in" / "*" / "log.csv")]
    batch.run_batch(paths, output)
    with (output / "index.jsonl").open("a") as index:
        index.write('{"path": "half')
    assert all(record.kept for record in batch.run_batch(paths, output))
    assert len(lines(output)) == 2


def test_a_process_that_dies_takes_only_its_figure(folder, monkeypatch):
    monkeypatch.setattr(batch, "read_one", die_on_blank)
    paths = [str(folder / "in" / "blank.png"), str(folder / "in" / "*" / "log.csv")]
    records = batch.run_batch(paths, folder / "out", jobs=2)
    assert [record.status for record in records] == ["failed", "ok", "ok"]
    assert "killed or crashed" in records[0].reason


def die_on_blank(job, output, style):
    if job.path.endswith("blank.png"):
        os._exit(9)
    return batch.Record(job.path, "ok", None, None, None, None, batch.__version__, style, 1, 1, 0.0)


def test_a_batch_does_not_read_its_own_output(folder):
    output = folder / "in" / "out"
    batch.run_batch([str(folder / "in" / "a" / "log.csv")], output)
    found = [path for path, _ in batch.find_inputs([str(folder / "in" / "**" / "*.*")], output)]
    assert len(found) == 5
    assert not any("out" in os.path.relpath(path, folder) for path in found)
