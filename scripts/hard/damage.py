"""What happens to pictures on their way: compressed, scaled, blurred, turned, cut out, pasted into pages.

Each function takes a PIL image (RGB) and a generator, and returns the image and the map of pixel
places: (scale, shift x, shift y), or a turn.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

KEEP = (1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Turn:
    """About a place of the picture, counterclockwise."""

    angle: float  # radians
    x: float
    y: float


def jpeg(picture: Image.Image, rng):
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=int(rng.integers(30, 71)))
    return Image.open(buffer).convert("RGB"), KEEP


def _scaled(picture: Image.Image, factor: float, how):
    size = (round(picture.width * factor), round(picture.height * factor))
    return picture.resize(size, how), (factor, 0.5 * factor - 0.5, 0.5 * factor - 0.5)


def half(picture: Image.Image, rng):
    """Half the size, a large picture only: of a small one no number could be read."""
    factor = 0.5 if picture.width >= 900 else 0.7
    return _scaled(picture, factor, Image.Resampling.LANCZOS)


def larger(picture: Image.Image, rng):
    return _scaled(picture, 1.7, (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)[int(rng.integers(2))])


def blur(picture: Image.Image, rng):
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.6, 1.1))), KEEP


def colors64(picture: Image.Image, rng):
    return picture.quantize(
        64, dither=(Image.Dither.NONE, Image.Dither.FLOYDSTEINBERG)[int(rng.integers(2))]
    ).convert("RGB"), KEEP


def grey(picture: Image.Image, rng):
    return picture.convert("L").convert("RGB"), KEEP


def gamma(picture: Image.Image, rng):
    power = float(rng.choice([0.6, 0.75, 1.4, 1.8]))
    return picture.point([round(255 * (i / 255) ** power) for i in range(256)] * 3), KEEP


def alpha(picture: Image.Image, rng):
    """The page made clear, its color kept below."""
    pixels = np.array(picture.convert("RGBA"))
    page = (pixels[..., :3] == pixels[0, 0, :3]).all(axis=2)
    pixels[page, 3] = 0
    return Image.fromarray(pixels), KEEP


def turned(picture: Image.Image, rng):
    """Turned by less than a degree: the middle of each box moves, its size stays."""
    angle = float(rng.uniform(0.3, 1.0) * rng.choice([-1, 1]))
    image = picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=picture.getpixel((0, 0)))
    return image, Turn(np.radians(angle), (picture.width - 1) / 2, (picture.height - 1) / 2)


def screenshot(picture: Image.Image, rng):
    """A page around the picture: a menu bar, a heading, lines of text above and below."""
    left, top = int(rng.integers(20, 160)), int(rng.integers(90, 200))
    page = Image.new(
        "RGB", (picture.width + left + int(rng.integers(20, 200)), picture.height + top + 120), "#ffffff"
    )
    pen = ImageDraw.Draw(page)
    small, large = ImageFont.load_default(13), ImageFont.load_default(22)
    pen.rectangle((0, 0, page.width, 34), fill="#f1f3f4")
    for i, word in enumerate(("File", "Edit", "View", "Insert", "Cell", "Kernel", "Help")):
        pen.text((14 + 62 * i, 10), word, fill="#333333", font=small)
    pen.text((left, 48), "3.2  Results", fill="#111111", font=large)
    for y in (*range(76, top - 18, 18), *range(top + picture.height + 10, page.height - 18, 18)):
        pen.text((left, y), _sentence(rng, (page.width - left) // 8), fill="#222222", font=small)
    page.paste(picture, (left, top))
    return page, (1.0, float(left), float(top))


def _sentence(rng, length: int) -> str:
    words = [
        "the",
        "loss",
        "falls",
        "after",
        "step",
        "2000",
        "and",
        "stays",
        "near",
        "0.35",
        "while",
        "the",
        "rate",
        "decays",
        "we",
        "train",
        "for",
        "90",
        "epochs",
        "with",
        "batch",
        "256",
    ]
    text = " ".join(rng.choice(words, 40))
    return text[:length]


def cropped(picture: Image.Image, rng):
    """All but a few pixels of the margin cut off."""
    pixels = np.array(picture).astype(int)
    ink = np.abs(pixels - pixels[0, 0]).sum(axis=2) > 30
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    spare = int(rng.integers(0, 3))
    box = (max(0, columns[0] - spare), max(0, rows[0] - spare), columns[-1] + 1 + spare, rows[-1] + 1 + spare)
    return picture.crop(box), (1.0, -float(box[0]), -float(box[1]))


DAMAGES = {
    "jpeg": jpeg,
    "half": half,
    "larger": larger,
    "blur": blur,
    "colors64": colors64,
    "grey": grey,
    "gamma": gamma,
    "alpha": alpha,
    "turned": turned,
    "screenshot": screenshot,
    "cropped": cropped,
}
AFTER = ("jpeg", "colors64")  # what often follows another damage


def damage(picture: Image.Image, boxes: list, rng, *, plain: bool) -> tuple[Image.Image, list, list[str]]:
    """One damage, at times a second; the boxes go along.  `plain`: one panel, which may be turned."""
    first = str(rng.choice([k for k in DAMAGES if plain or k != "turned"]))
    names = [first]
    if first not in (*AFTER, "alpha") and rng.random() < 0.35:
        names.append(str(rng.choice(AFTER)))
    for name in names:
        picture, place = DAMAGES[name](picture, rng)
        boxes = [_moved(box, place) for box in boxes]
    return picture, boxes, names


def damage_case(folder: Path, truth: dict, boxes: list, rng) -> None:
    """Damage the picture of a case on disk; its truth tells of it, and where the panels stand now."""
    picture = Image.open(folder / "image.png").convert("RGB")
    picture, boxes, truth["damage"] = damage(picture, boxes, rng, plain=len(truth["panels"]) == 1)
    picture.save(folder / "image.png")
    for panel, box in zip(truth["panels"], boxes, strict=True):
        panel["bbox"] = None if box is None else [round(float(v), 2) for v in box]


def _moved(box, place):
    if box is None:
        return None
    if isinstance(place, Turn):
        x, y = (box[0] + box[2]) / 2 - place.x, (box[1] + box[3]) / 2 - place.y
        cos, sin = np.cos(place.angle), np.sin(place.angle)
        right, down = x * cos + y * sin - x, y * cos - x * sin - y
        return [box[0] + right, box[1] + down, box[2] + right, box[3] + down]
    factor, right, down = place
    return [box[0] * factor + right, box[1] * factor + down, box[2] * factor + right, box[3] * factor + down]
