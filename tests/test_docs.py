"""The documentation is complete, and what it shows runs."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import numpy as np
import pytest

import plotread
from plotread.cli import cli
from plotread.inputs import STYLES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
COMMANDS = dict(cli.commands)
SET_UP = ("pip install . && plotread describe fixtures/loss_84/image.png", "pip install '.[test]' && pytest")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    command = COMMANDS[name]
    assert f"plotread {name}" in README
    assert command.help
    assert "Example:" in command.help
    for option in command.params:
        assert isinstance(option, click.Argument) or option.help, f"{name} {option.name}"


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_documented(style):
    assert f"`{style}`" in README


def test_every_exit_status_is_documented():
    for status in ("0", "1", "2", "3", "4"):
        assert re.search(rf"^\| {status} \|", README, re.MULTILINE), status


def test_every_dependency_is_explained():
    for requirement in PROJECT["dependencies"]:
        name = re.match(r"[\w-]+", requirement).group()
        assert re.search(rf"^\| {name} \|", README, re.MULTILINE), name


def test_what_is_imported_is_declared_and_what_is_declared_is_used():
    sources = [path.read_text("utf-8") for path in (ROOT / "plotread").rglob("*.py")]
    names = {"opencv-python-headless": "cv2", "pillow": "PIL", "scikit-image": "skimage", "pyyaml": "yaml"}
    declared = {re.match(r"[\w-]+", r).group() for r in PROJECT["dependencies"]}
    declared = {names.get(name, name) for name in declared}
    imported = {
        name
        for source in sources
        for name in re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE)
        if name in {*declared, "skimage", "matplotlib", "torch", "yaml", "pandas", "requests"}
    }
    # Of rapidocr only the model file is used, found in its folder.
    assert imported | {"rapidocr"} == declared
    assert any('find_spec("rapidocr")' in source for source in sources)


def test_the_two_commands_are_those_that_continuous_integration_runs():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    for command in SET_UP:
        assert command in README
        assert command in script


def test_versions_agree():
    assert plotread.__version__ == PROJECT["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## [{plotread.__version__}]" in changelog


def commands_of_readme():
    """Lines of shell blocks that call plotread on files that exist here."""
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("plotread "):
                yield line


def test_the_commands_of_the_readme_parse():
    lines = list(commands_of_readme())
    assert len(lines) >= len(COMMANDS)
    for line in lines:
        words = re.findall(r"'[^']*'|\S+", line.split(" #")[0].split(" > ")[0])
        name, arguments = words[1], [word.strip("'") for word in words[2:]]
        COMMANDS[name].make_context(name, arguments)  # raises click.UsageError where an option is unknown


def test_python_blocks_of_the_readme_run(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out


@pytest.mark.parametrize("name", ["plotread", "plotread.geometry", "plotread.export", "plotread.markdown"])
def test_examples_in_docstrings_hold(name):
    module = importlib.import_module(name)
    failed, tried = doctest.testmod(module, extraglobs={"np": np})
    assert tried > 0
    assert failed == 0


def test_every_public_function_has_an_example():
    for name in ("read", "diagnose", "describe", "compare"):
        assert ">>> " in getattr(plotread, name).__doc__
    assert set(plotread.__all__) == {name for name in plotread.__all__ if hasattr(plotread, name)}


def test_styles_are_those_of_the_voice():
    from plotread import prose

    assert set(STYLES) <= set(prose.STYLES)


def test_the_package_carries_its_type_marker():
    assert (ROOT / "plotread" / "py.typed").exists()


def test_scripts_explain_themselves():
    for script in ("score.py", "bench.py", "contact_sheet.py"):
        done = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / script), "--help"],
            capture_output=True,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert b"usage:" in done.stdout


def test_every_diagnosis_is_documented():
    from plotread.diagnosis import KINDS

    page = (ROOT / "docs" / "diagnoses.md").read_text("utf-8").partition("## Measured")[0]
    told = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert sorted(told) == sorted(KINDS)
