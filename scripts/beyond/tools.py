"""Whether a program is at hand, and how JavaScript is run."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess


def run_node(code: str) -> str:
    """What a JavaScript program prints; it goes through stdin, since an argument has a greatest length."""
    return subprocess.run(["node", "-"], input=code, check=True, capture_output=True, text=True).stdout


def has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def node_has(package: str) -> bool:
    if shutil.which("node") is None:
        return False
    probe = subprocess.run(["node", "-e", f"require('{package}')"], check=False, capture_output=True)
    return probe.returncode == 0
