"""The story of the eye: one picture becomes one `Figure`.

Each stage is a function from frozen results to frozen results; this file, and `search` for the first of
them, alone know their order.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from plotread.geometry import Frame
from plotread.model import Axis, Figure, Panel, Source
from plotread.vision.bind import bind_names
from plotread.vision.course import course_flags, ends_at_data
from plotread.vision.ink import trace_panel
from plotread.vision.ocr import noting, read_script, script_of
from plotread.vision.plausible import curves_only, surely_curves
from plotread.vision.points import recover_points
from plotread.vision.search import search
from plotread.vision.seen import nothing_found
from plotread.vision.series import to_series
from plotread.vision.shift import figure_shift, shifted
from plotread.vision.sides import bind_axes
from plotread.vision.tilt import Straightened, turned_back
from plotread.vision.types import PanelFrame, PanelWords, Raster, RGBImage, Ruler, TextBox, Trace
from plotread.vision.uprights import find_uprights
from plotread.vision.verify import verify
from plotread.vision.words import read_panel_words


def read_image(raster: Raster) -> Figure:
    """Read every line plot in a picture.

    Parameters
    ----------
    raster : Raster
        The decoded picture, from `plotread.vision.image.load`.

    Returns
    -------
    Figure
        Panels in reading order.  A picture without a line plot gives no panels and a warning
        that says what was seen; what could not be read is None plus a flag, never a guess.
    """
    original = raster
    raster, ruler, numbers, found, way = search(raster)
    words = _words_of(raster, ruler, found, numbers)

    drawn = []
    for frame, said in zip(found, words, strict=True):
        traces = trace_panel(raster, ruler, frame, () if said.listed else said.legend, said.obstacles)
        traces = curves_only(raster, ruler, frame, traces)
        if "frame_alone" in frame.flags and not _speaks_for_itself(raster, ruler, frame, said, traces):
            continue
        if traces:
            drawn.append((frame, said, recover_points(raster, frame, traces, ruler.text_height_px)))
    shift = figure_shift([recovered.shift_px for _, _, recovered in drawn])
    panels = []
    for index, (frame, said, told) in enumerate(drawn):
        moved = shifted(frame, told.x_scale, told.shift_px, shift)
        guides = find_uprights(raster, ruler, frame, moved.x.scale, told.traces, said)
        panel = _panel(index, raster, moved, said, told.traces, tuple(f.frame for f in found), way)
        panels.append(replace(panel, guides=guides))
    source = Source(original.path, original.sha256, original.width, original.height)
    numbered = tuple(frame for frame in found if "frame_alone" not in frame.flags)
    warnings = () if panels else (nothing_found(raster, ruler, numbered),)
    return Figure(source=source, panels=tuple(panels), warnings=warnings, flags=raster.flags)


def _words_of(
    raster: Raster, ruler: Ruler, found: tuple[PanelFrame, ...], numbers: tuple[TextBox, ...]
) -> tuple[PanelWords, ...]:
    """The words of the panels, read again if they turn out to be in a script of its own reader."""
    unsure: list[RGBImage] = []
    words = read_panel_words(raster, ruler, found, numbers, noting(unsure))
    script = script_of(unsure)
    if script is None:
        return words
    read = partial(read_script, script)
    return read_panel_words(raster, ruler, found, numbers, read, syllables=script == "hangul")


def _speaks_for_itself(
    raster: Raster, ruler: Ruler, frame: PanelFrame, words: PanelWords, traces: tuple[Trace, ...]
) -> bool:
    """Whether the ink in a frame without a number is surely that of curves, and all of it."""
    return (
        surely_curves(raster, ruler, frame, traces, words.obstacles)
        and "ink_unexplained" not in verify(raster, frame, traces, words).flags
    )


def _panel(
    index: int, raster: Raster, frame: PanelFrame, words: PanelWords, traces: tuple[Trace, ...],
    frames: tuple[Frame, ...], way: Straightened | None,
) -> Panel:  # fmt: skip
    """Name the traces, give them values, and check them against the picture."""
    checks = verify(raster, frame, traces, words)
    names = bind_names(traces, words)
    sides = bind_axes(traces, [name for name, _ in names], frame, words, raster, frames)
    x = _labelled(frame.x, words.x_label)
    y = _labelled(frame.y, words.y_label or (words.y2_label if frame.y2 is None else None))
    y2 = _labelled(frame.y2, words.y2_label) if frame.y2 is not None else None
    # Loose sides were moved out to the curves, which so touch them.
    fitted = "frame_loose" in frame.flags or ends_at_data(traces, frame.frame)
    series = tuple(
        to_series(
            trace, x, y2 if side == "y2" and y2 is not None else y,
            name=name, side=side, confidence=check.confidence,
            flags=doubts | check.flags
            | course_flags(trace, frame.frame, y2 if side == "y2" and y2 else y, fitted=fitted),
            frame=frame.frame,
        )
        for trace, (name, doubts), side, check in zip(traces, names, sides, checks.traces, strict=True)
    )  # fmt: skip
    if way is not None:
        frame = turned_back(frame, way)
        x, y = replace(frame.x, label=x.label), replace(frame.y, label=y.label)
        y2 = replace(frame.y2, label=y2.label) if frame.y2 is not None and y2 is not None else None
    return Panel(
        index=index, x=x, y=y, y2=y2, title=words.title, frame=frame.frame, series=series,
        flags=frame.flags | checks.flags,
    )  # fmt: skip


def _labelled(axis: Axis, label: str | None) -> Axis:
    return replace(axis, label=label)
