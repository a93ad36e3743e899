"""Everything that was read, drawn over the picture it was read from.

The picture is faded; on it lie the frames, the ticks with the values read, the curves as they
were followed, and beside or below it, in words, the axes, names and doubts.  An error of scale
shows as a tick value that differs from the printed one, an error of tracing as a line beside its
stroke.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from plotread.errors import UsageError
from plotread.export import axis_of, iso_dates, series_names
from plotread.flags import meaning
from plotread.geometry import to_resized
from plotread.model import RGB, Axis, Figure, Floats, Panel, Series
from plotread.vision.types import Raster, RGBImage

# A picture narrower than this is drawn twice as large, px: the marks need room beside the strokes.
SMALL_PX = 1_200
# Share of the picture's contrast that stays under the drawing.
FADED = 0.45
FRAME_COLOR: RGB = (220, 0, 160)
TICK_COLOR: RGB = (0, 90, 200)
GUIDE_COLOR: RGB = (0, 150, 150)
DOUBT_COLOR: RGB = (200, 30, 0)
TEXT_COLOR: RGB = (20, 20, 20)
PAPER: RGB = (255, 255, 255)
# Curve colors that differ from each other and from faded ink; used in turn, each named in the key.
CURVE_COLORS: tuple[RGB, ...] = (
    (230, 0, 0), (0, 110, 255), (0, 150, 0), (160, 0, 200), (255, 120, 0), (0, 160, 170),
    (120, 80, 0), (255, 0, 150), (70, 70, 70), (90, 120, 0), (0, 0, 150), (150, 60, 90),
)  # fmt: skip
# Text height, px of the drawing.
TEXT_PX = 13
LINE_PX = 18
MARGIN_PX = 8
# Length of a tick mark, and radius of a recovered point, px of the drawing.
TICK_PX = 7
POINT_PX = 3
# Sub-pixel bits of OpenCV's drawing.
SHIFT = 4
# Coordinates are kept within this many px, far outside any picture, since OpenCV draws in 32 bits.
FAR_PX = 60_000.0
# Most doubts told of one panel; more would push the picture out of sight.
MAX_DOUBTS = 6
SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def check_suffix(path: str | os.PathLike[str]) -> None:
    """UsageError where a picture cannot be written under this name."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: the suffix has to be one of {', '.join(SUFFIXES)}")


def encode(rgb: RGBImage, suffix: str) -> bytes:
    """A picture as a file of the kind that the suffix names."""
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, SUFFIXES[suffix.lower()])
    return buffer.getvalue()


def draw(raster: Raster, figure: Figure) -> RGBImage:
    """Draw a reading over its picture.

    Parameters
    ----------
    raster : Raster
        The picture that `figure` was read from.
    figure : Figure

    Returns
    -------
    (H, W, 3) uint8 array
        The picture, doubled where it is small, above a key that names every curve and doubt.
    """
    factor = 2 if raster.width < SMALL_PX else 1
    size = (raster.width * factor, raster.height * factor)
    large = cv2.resize(np.asarray(raster.rgb), size, interpolation=cv2.INTER_CUBIC)
    canvas = np.asarray(PAPER, np.float32) * (1 - FADED) + large.astype(np.float32) * FADED
    sheet = np.ascontiguousarray(np.clip(canvas, 0, 255).astype(np.uint8))
    labels: list[tuple[float, float, str, RGB, str]] = []
    for panel in figure.panels:
        _draw_panel(sheet, panel, factor, labels)
    picture = Image.fromarray(sheet)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(TEXT_PX)
    for x, y, text, color, anchor in labels:
        _write(pen, font, (x, y), text, color, anchor)
    return _with_key(picture, figure, font)


def _px(values: Floats | float, factor: int) -> Floats:
    """Where pixels of the picture lie in the drawing."""
    moved: Floats = np.asarray(to_resized(np.asarray(values, np.float64), factor))
    return np.asarray(moved.clip(-FAR_PX, FAR_PX))


def _draw_panel(
    sheet: NDArray[np.uint8], panel: Panel, factor: int, labels: list[tuple[float, float, str, RGB, str]]
) -> None:
    """The frame, ticks and curves of one panel; what is to be written goes to `labels`."""
    if panel.frame is None:
        return
    frame = panel.frame
    left, top, right, bottom = (
        float(v) for v in _px(np.array([frame.left, frame.top, frame.right, frame.bottom]), factor)
    )
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    _polyline(sheet, corners, FRAME_COLOR, 1, closed=True)
    labels.append((left + 3, top + 2, f"panel {panel.index}", FRAME_COLOR, "la"))
    for position, text in _ticks(panel.x, factor):
        mark = np.array([[position, bottom - TICK_PX], [position, bottom + TICK_PX]])
        _polyline(sheet, mark, TICK_COLOR, 1)
        labels.append((position, bottom - TICK_PX, text, TICK_COLOR, "ms"))
    for position, text in _ticks(panel.y, factor):
        _polyline(sheet, np.array([[left - TICK_PX, position], [left + TICK_PX, position]]), TICK_COLOR, 1)
        labels.append((left + TICK_PX + 2, position, text, TICK_COLOR, "lm"))
    for position, text in _ticks(panel.y2, factor) if panel.y2 is not None else ():
        _polyline(sheet, np.array([[right - TICK_PX, position], [right + TICK_PX, position]]), TICK_COLOR, 1)
        labels.append((right - TICK_PX - 2, position, text, TICK_COLOR, "rm"))
    for guide in panel.guides:
        for x in (guide.x,) if guide.x_end is None else (guide.x, guide.x_end):
            px = frame.left + x * frame.width if panel.x.scale is None else float(panel.x.scale.to_pixel(x))
            at = float(_px(px, factor))
            _polyline(sheet, np.array([[at, top], [at, bottom]]), GUIDE_COLOR, 1)
    for i, (name, series) in enumerate(zip(series_names(panel), panel.series, strict=True)):
        color = CURVE_COLORS[i % len(CURVE_COLORS)]
        end = _draw_series(sheet, series, panel, factor, color)
        if end is not None:
            labels.append((end[0] - 2, end[1] - 4, name, color, "rs"))


def _ticks(axis: Axis, factor: int) -> list[tuple[float, str]]:
    """Where each tick stands in the drawing, and the value read there ("?" where none was)."""
    return [
        (float(_px(tick.pixel, factor)), _said(tick.value, axis) if tick.value is not None else "?")
        for tick in axis.ticks
    ]


def _said(value: float, axis: Axis) -> str:
    if axis.kind == "date":
        return iso_dates(np.array([value]))[0] or "?"
    return f"{value:.6g}"


def _draw_series(
    sheet: NDArray[np.uint8], series: Series, panel: Panel, factor: int, color: RGB
) -> tuple[float, float] | None:
    """One curve as it was followed: hidden stretches dotted, recovered points ringed; its last point."""
    placed = _places(series, panel)
    if placed is None:
        return None
    x_px, y_px, lo_px, hi_px = (_px(values, factor) for values in placed)
    points = np.stack([x_px, y_px], axis=1)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None
    end = (float(points[-1, 0]), float(points[-1, 1]))
    if series.kind == "band":
        for edge in (lo_px, hi_px):
            rim = np.stack([x_px, edge], axis=1)
            _polyline(sheet, rim[np.isfinite(rim).all(axis=1)], color, 1)
        return end
    seen = np.ones(len(points), bool)
    if series.observed is not None and len(series.observed) == len(points):
        seen = np.asarray(series.observed)
    if series.line != "none":
        for i in range(len(points) - 1):
            if seen[i] or seen[i + 1] or i % 2 == 0:
                _polyline(sheet, points[i : i + 2], color, 1)
    if series.points == "recovered" or series.line == "none":
        for x, y in points:
            center = (round(x * 2**SHIFT), round(y * 2**SHIFT))
            cv2.circle(sheet, center, POINT_PX << SHIFT, color, 1, cv2.LINE_AA, SHIFT)
    return end


def _places(series: Series, panel: Panel) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Px of x, y, y_lo and y_hi in the picture; None where nothing can be drawn."""
    told = series if series.drawn is None else series.drawn
    frame, x_scale, y_scale = panel.frame, panel.x.scale, axis_of(series, panel).scale
    if frame is None or not len(told.x) or (series.drawn is None and (x_scale is None or y_scale is None)):
        return None
    x = frame.left + told.x * frame.width if x_scale is None else x_scale.to_pixel(told.x)
    y, low, high = (
        frame.bottom - values * frame.height if y_scale is None else y_scale.to_pixel(values)
        for values in (told.y, told.y_lo, told.y_hi)
    )
    return x, y, low, high


def _polyline(
    sheet: NDArray[np.uint8], points: Floats, color: RGB, thickness: int, closed: bool = False
) -> None:
    fixed = np.round(points * 2**SHIFT).astype(np.int32)
    cv2.polylines(sheet, [fixed], closed, color, thickness, cv2.LINE_AA, SHIFT)


def _write(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    at: tuple[float, float], text: str, color: RGB, anchor: str,
) -> None:  # fmt: skip
    """Text with a pale rim, so that it reads on any ink."""
    pen.text(at, text, fill=color, font=font, anchor=anchor, stroke_width=2, stroke_fill=PAPER)


def _key_lines(figure: Figure) -> list[tuple[str, RGB, tuple[RGB, RGB] | None]]:
    """The lines of the key: text, its color, and the colors of its swatch, as drawn and as measured."""
    if not figure.panels:
        return [(text, DOUBT_COLOR, None) for text in figure.warnings or ("no line plot found",)]
    lines: list[tuple[str, RGB, tuple[RGB, RGB] | None]] = []
    for panel in figure.panels:
        axes = [("x", panel.x), ("y", panel.y)] + ([("y2", panel.y2)] if panel.y2 is not None else [])
        lines.append(
            (f"panel {panel.index}: {panel.title or '(no title)'};  " +
             ";  ".join(f"{letter} {_axis_words(axis)}" for letter, axis in axes), FRAME_COLOR, None)
        )  # fmt: skip
        for i, (name, series) in enumerate(zip(series_names(panel), panel.series, strict=True)):
            drawn = CURVE_COLORS[i % len(CURVE_COLORS)]
            measured = ImageColor.getrgb(series.color)[:3] if series.color else PAPER
            lines.append((_series_words(name, series), TEXT_COLOR, (drawn, measured)))
        doubts = dict.fromkeys(sorted(panel.flags), "panel")
        for letter, axis in axes:
            doubts |= dict.fromkeys(sorted(axis.flags), f"{letter} axis")
        told = [f"  {where}: {meaning(flag)}" for flag, where in doubts.items()]
        lines += [(text, DOUBT_COLOR, None) for text in told[:MAX_DOUBTS]]
    lines += [(text, DOUBT_COLOR, None) for text in figure.warnings]
    return lines


def _axis_words(axis: Axis) -> str:
    label = f"'{axis.label}'" if axis.label else "(no label)"
    if axis.range is None:
        return f"{label} unread"
    low, high = (_said(value, axis) for value in axis.range)
    residual = f", ticks within {axis.residual_px:.2f} px" if axis.residual_px is not None else ""
    return f"{label} {axis.kind} {low} to {high}{residual}"


def _series_words(name: str, series: Series) -> str:
    look = " ".join(part for part in (series.color, series.line, series.marker, series.role) if part)
    count = f"{len(series.x)} points {series.points}"
    if series.drawn is not None:
        count = f"no values, {len(series.drawn.x)} points in shares of the plot area"
    side = " on the right-hand axis" if series.axis == "y2" else ""
    flags = f"; doubts: {', '.join(sorted(series.flags))}" if series.flags else ""
    ends = f"; {series.y[0]:.5g} to {series.y[-1]:.5g}" if len(series.y) else ""
    return f"{name}: {look}{side}, {series.kind}, {count}{ends}, confidence {series.confidence:.2f}{flags}"


def _with_key(
    picture: Image.Image, figure: Figure, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> RGBImage:
    """The drawing with the key below it."""
    lines: list[tuple[str, RGB, tuple[RGB, RGB] | None]] = []
    room = picture.width - 2 * MARGIN_PX - 2 * LINE_PX
    for text, color, swatch in _key_lines(figure):
        for n, piece in enumerate(_wrapped(text, font, room)):
            lines.append((piece, color, swatch if n == 0 else None))
    result = Image.new("RGB", (picture.width, picture.height + 2 * MARGIN_PX + LINE_PX * len(lines)), PAPER)
    result.paste(picture)
    pen = ImageDraw.Draw(result)
    for n, (text, color, swatch) in enumerate(lines):
        y = picture.height + MARGIN_PX + LINE_PX * n + LINE_PX // 2
        if swatch is not None:
            pen.line((MARGIN_PX, y - 3, MARGIN_PX + LINE_PX, y - 3), fill=swatch[0], width=3)
            pen.line((MARGIN_PX, y + 3, MARGIN_PX + LINE_PX, y + 3), fill=swatch[1], width=4)
        pen.text((MARGIN_PX + 2 * LINE_PX, y), text, fill=color, font=font, anchor="lm")
    return np.array(result)


def _wrapped(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: float) -> list[str]:
    """Break a line between words so that each piece fits."""
    pieces: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > room:
            pieces.append(line)
            longer = "  " + word
        line = longer
    return [*pieces, line]
