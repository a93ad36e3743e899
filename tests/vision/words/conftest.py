"""Small figures drawn by matplotlib, whose words and boxes are known exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from plotread.geometry import Box, Frame
from plotread.model import Axis
from plotread.vision.ocr import read_words
from plotread.vision.ruler import measure
from plotread.vision.types import PanelFrame, PanelWords, Raster, TextBox
from plotread.vision.words import read_panel_words

mpl.use("Agg")

Reading = Callable[..., tuple[PanelWords, ...]]


def raster_of(fig: Any) -> Raster:
    fig.canvas.draw()
    return Raster(np.ascontiguousarray(np.asarray(fig.canvas.buffer_rgba())[..., :3]))


def frame_of(ax: Any) -> Frame:
    box, height = ax.get_window_extent(), ax.figure.bbox.height
    return Frame(box.x0 - 0.5, height - box.y1 - 0.5, box.x1 - 0.5, height - box.y0 - 0.5)


def numbers_of(ax: Any) -> list[TextBox]:
    height = ax.figure.bbox.height
    found = []
    for label in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        box = label.get_window_extent()
        if label.get_text() and box.width > 1:
            whole = Box(round(box.x0), round(height - box.y1), round(box.x1), round(height - box.y0))
            found.append(TextBox(label.get_text(), whole, 1.0))
    return found


@pytest.fixture
def read() -> Iterator[Reading]:
    """Read the words of a figure whose axes (and twin axes) are given."""

    def reading(fig: Any, axes: Any, twins: Any = ()) -> tuple[PanelWords, ...]:
        raster = raster_of(fig)
        panels = tuple(PanelFrame(frame_of(ax), Axis(), Axis(), Axis() if twins else None) for ax in axes)
        numbers = tuple(n for ax in (*axes, *twins) for n in numbers_of(ax))
        return read_panel_words(raster, measure(raster), panels, numbers, read_words)

    yield reading
    plt.close("all")
