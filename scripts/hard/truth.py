"""The truth of a sheet in the form that the scorer reads, and how much of each curve is in sight."""

from __future__ import annotations

import cv2
import numpy as np

from hard.model import Axis, Curve, Look, Panel, Sheet, unit

PERCENT = 100.0
CANVAS = (400, 300)  # px of a panel whose box is unknown


def truth_of(case: str, engine: str, family: str, sheet: Sheet, look: Look, boxes: list) -> dict:
    panels = [_panel(panel, box, look) for panel, box in zip(sheet.panels, boxes, strict=True)]
    return {
        "id": case,
        "kind": "synthetic",
        "source": {"engine": engine, "family": family},
        "engine": engine,
        "family": family,
        "features": list(sheet.tags),
        "damage": [],
        "image": "image.png",
        "panels": panels,
        "panels_without_truth": sum(p["series"] is None for p in panels),
        "notes": "",
    }


def _panel(panel: Panel, box, look: Look) -> dict:
    strange = panel.kind != "line"
    sight = [1.0] * len(panel.curves) if strange else _visible(panel, box, look)
    return {
        "title": panel.title,
        "bbox": None if box is None else [round(float(v), 2) for v in box],
        "x": _axis(panel.x),
        "y": _axis(panel.y),
        "y2": _axis(panel.y2) if panel.y2 else None,
        "series": None
        if strange
        else [_series(c, s, panel) for c, s in zip(panel.curves, sight, strict=True)],
    }


def _axis(axis: Axis) -> dict:
    limits = [axis.low, axis.high]
    if axis.scale == "date":
        limits = [stamp(v) for v in limits]
    limits = limits if axis.scale == "date" else [v * unit_of(axis) for v in limits]
    # The scorer knows no symlog whose stretch about zero is straight.
    return {
        "label": _plain(axis.label),
        "scale": axis.scale,
        "range": None if axis.scale == "symlog" else limits,
    }


def _plain(label: str | None) -> str | None:
    return label if label is None or "$" not in label else None


def stamp(day: float) -> str:
    """Days since 1970 as ISO 8601 text."""
    return str(np.datetime64(round(day * 86_400_000), "ms"))


def unit_of(axis: Axis) -> float:
    """What a value is multiplied with, so that it is the number that the axis prints."""
    return PERCENT if axis.ticks == "percent" else 1.0


def _series(curve: Curve, sight: float, panel: Panel) -> dict:
    x = [stamp(v) for v in curve.x] if panel.x.scale == "date" else [float(v) for v in curve.x]
    listed = (
        curve.listed
        and panel.legend is not None
        and sum(c.listed for c in panel.curves) > (len(panel.curves) > 1)
    )
    return {
        "name": curve.name if listed else None,
        "axis": curve.axis,
        "color": curve.color,
        "line": curve.line,
        "marker": curve.marker,
        "x": x,
        "y": [float(v) * unit_of(panel.y) if np.isfinite(v) else None for v in curve.y],
        "tol": 0.0,
        "visible": round(sight, 3),
    }


def _visible(panel: Panel, box, look: Look) -> list[float]:
    """The share of each curve's stroke that no later curve covers, on a canvas of the panel's size."""
    width, height = (
        CANVAS if box is None else (max(1, round(box[2] - box[0])), max(1, round(box[3] - box[1])))
    )
    masks = []
    for curve in sorted(panel.curves, key=lambda c: c.axis):
        u, v = unit(panel, curve)
        mask = np.zeros((height, width), np.uint8)
        stroke = max(1, round(curve.width * look.width_factor * look.scale * 1.39))
        places = np.stack([u * (width - 1), (1 - v) * (height - 1)], 1)
        for piece in _pieces(places):
            cv2.polylines(mask, [piece], False, 1, stroke)
        masks.append((curve, mask))
    shares, above = {}, np.zeros((height, width), np.uint8)
    for curve, mask in reversed(masks):
        own = max(1, int(mask.sum()))
        shares[id(curve)] = float((mask & ~above & 1).sum()) / own
        if curve.opacity > 0.6 and curve.line in ("solid", "none"):
            above |= mask
    return [shares[id(c)] for c in panel.curves]


def _pieces(places: np.ndarray) -> list[np.ndarray]:
    known = np.isfinite(places).all(axis=1)
    ends = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [
        np.clip(places[a:b], -5000, 5000).round().astype(np.int32)
        for a, b in zip(ends[::2], ends[1::2], strict=True)
    ]
