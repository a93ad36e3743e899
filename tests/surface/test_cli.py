"""The commands: statuses, streams, and files that are whole or absent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from plotread.cli import main

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
LOG = b"epoch,loss,val_loss\n" + b"".join(b"%d,%.4f,%.4f\n" % (n, 2 / n, 2 / n + 0.1) for n in range(1, 13))


def run(arguments, stdin=b"", **environment):
    """A process of its own, as a user starts it."""
    return subprocess.run(
        [sys.executable, "-m", "plotread", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
    )


def one_line(text: bytes | str) -> str:
    """stderr holds exactly one line, and no traceback."""
    text = text.decode() if isinstance(text, bytes) else text
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    return text.strip()


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(LOG)
    return path


def test_help_is_fast_and_ends_with_an_example():
    for command in ([], ["describe"], ["compare"], ["extract"], ["overlay"], ["batch"], ["caption"]):
        done = run([*command, "--help"])
        assert done.returncode == 0
        assert b"Example:\n    plotread" in done.stdout.replace(b"\r", b"")
    loaded = run(["--help"], PYTHONPROFILEIMPORTTIME="1")
    assert b"numpy" not in loaded.stderr
    assert b"cv2" not in loaded.stderr


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, plotread; print(sorted({'numpy', 'cv2', 'scipy', 'PIL', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout == b"[]\n"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["describe", "missing.png"], 4, "missing.png: no such file"),
        (["extract", "missing.png"], 4, "missing.png: no such file"),
        (["overlay", "missing.png", "-o", "out.png"], 4, "missing.png: no such file"),
        (["caption", "missing.md"], 4, "missing.md: no such file"),
        (["describe", "."], 4, "a folder"),
        (["describe"], 2, "Missing argument"),
        (["describe", "a", "--style", "poem"], 2, "poem"),
        (["overlay", "a.png"], 2, "-o"),
        (["overlay", "a.png", "-o", "out.pdf"], 2, ".png"),
        (["extract", "a.png", "-o", "out.xlsx"], 2, ".csv"),
        (["batch", "nothing-*.png", "-o", "out"], 2, "no picture matches"),
        (["frobnicate"], 2, "frobnicate"),
        (["describe", "a", "b"], 2, "unexpected extra argument"),
    ],
)
def test_wrong_input_is_one_line_and_a_status(tmp_path, monkeypatch, capfd, arguments, status, said):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == status
    out, err = capfd.readouterr()
    assert said in one_line(err)
    assert err.startswith("plotread: ")
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_log_is_described_by_the_same_command(log, capfd):
    assert main(["describe", str(log), "--format", "json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert list(said) == ["schema", "reading", "findings", "text", "document"]
    known = {finding["id"] for finding in said["findings"]}
    assert len(known) == len(said["findings"]) > 0
    sentences = [s for p in said["document"]["paragraphs"] for s in p["statements"]]
    assert {name for sentence in sentences for name in sentence["findings"]} <= known
    assert all(sentence["text"] in said["text"] for sentence in sentences)
    assert said["reading"]["panels"][0]["series"][0]["y"][3] == 0.5


def test_stdin_stands_for_a_file(log, capfd):
    assert main(["extract", str(log)]) == 0
    expected = capfd.readouterr().out
    done = run(["extract", "-"], LOG)
    assert done.returncode == 0
    assert done.stdout.decode() == expected
    assert "12,0.1666666667," in expected.replace("0.1667", "0.1666666667")
    empty = run(["describe", "-"], b"")
    assert empty.returncode == 4
    assert one_line(empty.stderr) == "plotread: <stdin>: the file is empty"


def test_a_damaged_log_is_named_by_its_own_name():
    done = run(["describe", "-"], b"epoch,loss\n")
    assert done.returncode in (3, 4)
    assert "<stdin>" in one_line(done.stderr)


def test_every_output_format(log, tmp_path, capfd):
    for suffix in ("csv", "json", "npz"):
        target = tmp_path / f"out.{suffix}"
        assert main(["extract", str(log), "-o", str(target)]) == 0
    assert capfd.readouterr().out == ""
    assert (tmp_path / "out.csv").read_text().splitlines()[0] == "panel,series,x,y,y_lo,y_hi"
    reading = json.loads((tmp_path / "out.json").read_text())
    with np.load(tmp_path / "out.npz") as archive:
        np.testing.assert_array_equal(archive["panel0_series0_y"], reading["panels"][0]["series"][0]["y"])


def test_no_line_plot_is_status_3_and_says_what_was_seen(tmp_path, capfd):
    blank = tmp_path / "blank.png"
    Image.new("RGB", (200, 150), (250, 250, 250)).save(blank)
    target = tmp_path / "out.csv"
    assert main(["extract", str(blank), "-o", str(target)]) == 3
    out, err = capfd.readouterr()
    assert one_line(err).startswith(f"plotread: {blank}: no line plot found: ")
    assert out == ""
    assert not target.exists()
    assert main(["extract", str(blank), "--format", "json"]) == 3
    reading = json.loads(capfd.readouterr().out)
    assert reading["panels"] == []
    assert len(reading["warnings"]) == 1
    assert main(["describe", str(blank)]) == 3
    assert capfd.readouterr().out == ""


def test_a_reader_that_left_is_no_fault(log):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "plotread", "extract", str(log)],
            stdout=writer,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            check=False,
        )
    finally:
        os.close(writer)
    assert done.returncode == 141
    assert done.stderr == b""


def test_a_fault_of_its_own_is_one_line_too(log):
    code = (
        "import sys, plotread.inputs\n"
        "def broken(*_): raise RuntimeError('two\\nlines')\n"
        "plotread.inputs.read_source = broken\n"
        "from plotread.cli import main\n"
        "sys.exit(main(['describe', sys.argv[1]]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(log)], capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "RuntimeError: two lines" in one_line(done.stderr)


def test_overlay_draws_inside_the_picture(tmp_path, capfd):
    target = tmp_path / "out.png"
    assert main(["overlay", str(FIXTURES / "loss_84" / "image.png"), "-o", str(target)]) == 0
    with Image.open(target) as drawing:
        assert drawing.width == 1280
        assert drawing.height > 960  # the key lies below
        pixels = np.asarray(drawing.convert("RGB")).astype(int)
    # The frame of the fixture, (79.5, 57.1) to (575.5, 426.7), in doubled pixels.
    frame = np.abs(pixels - (220, 0, 160)).sum(axis=2) < 120
    columns, rows = (
        np.nonzero(frame[200:700].mean(axis=0) > 0.8)[0],
        np.nonzero(frame[:, 300:1000].mean(axis=1) > 0.8)[0],
    )
    assert abs(columns.min() - 160) <= 2
    assert abs(columns.max() - 1152) <= 2
    assert abs(rows.min() - 116) <= 2
    assert abs(rows.max() - 854) <= 2


def test_caption_writes_a_copy_and_touches_nothing_else(tmp_path, capfd):
    (tmp_path / "a plot.png").write_bytes((FIXTURES / "loss_84" / "image.png").read_bytes())
    Image.new("RGB", (60, 40), "white").save(tmp_path / "blank.png")
    report = tmp_path / "report.md"
    before = "# Run\r\n\r\n![](<a plot.png>)\r\n![keep me](blank.png) ![gone](gone.png)\r\n"
    report.write_bytes(before.encode())
    assert main(["caption", str(report)]) == 0
    assert report.read_bytes() == before.encode()
    after = (tmp_path / "report.captioned.md").read_bytes().decode()
    alt = after[after.index("![") + 2 : after.index("](<a plot")]
    assert "84" in alt or "oss" in alt
    assert 0 < len(alt) <= 200
    assert after.replace(alt, "", 1) == before
    err = capfd.readouterr().err
    assert "gone.png: no such file" in err
    assert err.endswith("1 of 3 pictures given alt text\n")
