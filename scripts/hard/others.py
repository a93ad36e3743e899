"""The programs beside matplotlib, and whether they stand on this machine."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess

from hard import by_echarts, by_gnuplot, by_plotly, by_r

ENGINES = {"plotly": by_plotly.draw, "gnuplot": by_gnuplot.draw, "r": by_r.draw, "echarts": by_echarts.draw}


def ready(engine: str) -> bool:
    """Whether an engine's program and packages are installed."""
    if engine == "plotly":
        return all(importlib.util.find_spec(name) for name in ("plotly", "kaleido"))
    if engine == "gnuplot":
        return shutil.which("gnuplot") is not None
    if engine == "r":
        return shutil.which("Rscript") is not None
    return (
        shutil.which("node") is not None
        and importlib.util.find_spec("cairosvg") is not None
        and _node("echarts")
    )


def _node(package: str) -> bool:
    return (
        subprocess.run(["node", "-e", f"require('{package}')"], check=False, capture_output=True).returncode
        == 0
    )
