"""The truth of a plot, in the form the scorer reads."""

from __future__ import annotations

from beyond.plot import Plot


def truth_of(case: str, engine: str, family: str, plot: Plot, drawn: dict) -> dict:
    def axis(label: str, key: str) -> dict:
        scale = "log" if plot.log_y and key == "y" else "linear"
        return {"label": label, "scale": scale, "range": drawn.get(key)}

    series = [
        {
            "name": c.name,
            "axis": "y",
            "color": c.color,
            "line": c.line,
            "marker": c.marker,
            "x": c.x.tolist(),
            "y": c.y.tolist(),
            "tol": 0.0,
        }
        for c in plot.curves
    ]
    return {
        "id": case,
        "kind": "synthetic",
        "source": {"engine": engine, "family": family, "style": plot.style},
        "engine": engine,
        "family": family,
        "image": "image.png",
        "panels": [
            {
                "title": plot.title,
                "bbox": drawn.get("bbox"),
                "x": axis(plot.x_label, "x"),
                "y": axis(plot.y_label, "y"),
                "y2": None,
                "series": series,
            }
        ],
        "notes": "",
    }
