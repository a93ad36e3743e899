"""Overlays of many pictures on one sheet, to be looked at.

python scripts/contact_sheet.py OUT.png PICTURE_OR_CASE_FOLDER ... [--columns N] [--width PX]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image, ImageDraw

from plotread.errors import PlotReadError
from plotread.overlay import draw
from plotread.vision import image
from plotread.vision.read import read_image

CAPTION_PX = 14


def tile(picture: Path, width: int) -> Image.Image:
    """The overlay of one picture, scaled to a width, under its name."""
    try:
        raster = image.load(picture)
        drawing = Image.fromarray(draw(raster, read_image(raster)))
    except PlotReadError as error:
        drawing = Image.new("RGB", (width, CAPTION_PX * 2), "white")
        ImageDraw.Draw(drawing).text((2, 2), str(error), fill="red")
    height = max(1, round(drawing.height * width / drawing.width))
    result = Image.new("RGB", (width, height + CAPTION_PX), "white")
    result.paste(drawing.resize((width, height), Image.Resampling.LANCZOS), (0, CAPTION_PX))
    ImageDraw.Draw(result).text((2, 1), f"{picture.parent.name}/{picture.name}", fill="black")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("places", type=Path, nargs="+")
    parser.add_argument("--columns", type=int, default=2)
    parser.add_argument("--width", type=int, default=900, help="width of one overlay, px")
    options = parser.parse_args()
    pictures = [
        path for place in options.places
        for path in (sorted(place.rglob("image.*")) if place.is_dir() else [place])
    ]  # fmt: skip
    tiles = [tile(picture, options.width) for picture in pictures]
    rows = [tiles[i : i + options.columns] for i in range(0, len(tiles), options.columns)]
    heights = [max(piece.height for piece in row) for row in rows]
    sheet = Image.new("RGB", (options.columns * options.width, sum(heights)), "grey")
    y = 0
    for row, height in zip(rows, heights, strict=True):
        for column, piece in enumerate(row):
            sheet.paste(piece, (column * options.width, y))
        y += height
    sheet.save(options.out)
    print(f"{len(tiles)} overlays in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
