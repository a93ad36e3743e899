"""Crops of tick labels, drawn to train and to test the number reader: texts, fonts, pictures, damage.

Everything is rendered here, by Pillow and matplotlib's mathtext, in the fonts that matplotlib bundles
and in those found under /usr/share/fonts (see FAMILIES): light and dark, colored, JPEG, rescaled, with
jittered margins, stray ticks and remains of grid lines.  No picture of anybody's plot takes part.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib import mathtext
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from plotread.vision.ocr.numbers import ALPHABET

KINDS = (
    ("power", 0.26),
    ("foreign", 0.34),
    ("clutter", 0.42),
    ("plain", 1.0),
)  # cumulative shares of the crops
LONE_LETTERS = "nacLrtuvwyfhdpTFHNPRUVWXY&#"  # those that look like no digit
# Families that a plot may use, by the start of the file name, with their bold, italic and condensed cuts.
FAMILIES = (
    "DejaVuSans",
    "cmr10",
    "cmtt10",
    "cmb10",
    "Liberation",
    "Roboto-",
    "RobotoCondensed",
    "OpenSans",
    "Inter-",
    "NotoSans-",
    "NotoSerif-",
    "NotoSansMono",
    "NotoMono",
    "FiraCode",
    "JetBrainsMono-",
    "Cantarell",
    "FreeS",
    "FreeMono",
    "Arimo",
    "Cousine",
    "Tinos",
    "Carlito",
    "Caladea",
    "Nimbus",
    "C059",
    "P052",
    "URWGothic",
    "URWBookman",
    "LinLibertine_R",
    "LinBiolinum_R",
    "ClearSans",
    "Inconsolata",
    "Karla",
    "Manrope",
    "Cabin",
    "cmun",
    "texgyre",
    "Hack-",
    "DroidSans",
)
HELD_OUT = ("STIX", "DejaVuSerif", "cmss", "Lato", "mononoki", "Gentium")
SKIPPED = (
    "Thin",
    "Hairline",
    "Black",
    "Heavy",
    "Siz",
    "NonUni",
    "Fallback",
    "Display",
    "ExtraLight",
    "UltraLight",
    "Humor",
)
WORDS = (
    "Epoch", "Loss", "loss", "Step", "Steps", "train", "val", "Training", "Validation", "accuracy",
    "Accuracy", "Iteration", "epoch", "lr", "Learning", "Rate", "test", "error", "Value", "Time",
    "tokens", "Tokens", "mAP", "recall", "precision", "metrics", "box", "cls", "dfl", "reward", "Jan",
    "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed",
    "Thu", "Fri", "Sat", "Sun", "h", "s", "min", "d", "hours", "days", "and", "of", "the", "raw",
    "smooth", "n", "a", "x", "y",
)  # fmt: skip


# ------------------------------------------------------------------ fonts


@dataclass(frozen=True)
class Font:
    path: str
    glyphs: frozenset[str]


def fonts() -> tuple[list[list[Font]], list[list[Font]]]:
    """Training and held-out fonts, grouped by family so that a family with many cuts weighs no more."""
    bundled = Path(mpl.get_data_path()) / "fonts/ttf"
    files = sorted({*bundled.glob("*.ttf"), *(p for p in Path("/usr/share/fonts").rglob("*.[ot]tf"))})
    groups: tuple[dict[str, list[Font]], dict[str, list[Font]]] = ({}, {})
    for path in files:
        if any(word in path.name for word in SKIPPED):
            continue
        for group, families in zip(groups, (FAMILIES, HELD_OUT), strict=True):
            family = next((f for f in families if path.name.startswith(f)), None)
            if family and (group is groups[1] or not path.name.startswith(HELD_OUT)):
                chars = frozenset(chr(c) for c in FT2Font(str(path)).get_charmap())
                if set("0123456789.-") <= chars:
                    group.setdefault(family, []).append(Font(str(path), chars))
    return list(groups[0].values()), list(groups[1].values())


# ------------------------------------------------------------------ texts


def plain_text(r: random.Random) -> str:
    """A number as tick labels write it, without superscripts."""
    kind = r.random()
    sign = "-" if r.random() < 0.16 else ""
    if kind < 0.22:
        return sign + str(
            r.choice(
                [
                    r.randrange(10),
                    r.randrange(100),
                    r.randrange(1000),
                    r.randrange(10) * 10,
                    r.randrange(1, 100) * 10,
                    r.randrange(1, 100) * 25,
                ]
            )
        )
    if kind < 0.34:
        whole = r.choice(
            [
                r.randrange(1, 100) * 1000,
                r.randrange(1, 200) * 500,
                r.randrange(1000, 99999),
                r.randrange(1, 100) * 10000,
                r.randrange(1, 40) * 250,
                r.randrange(10**6),
            ]
        )
        text = f"{whole:,}" if r.random() < 0.3 else str(whole)
        return sign + (text.replace(",", " ") if r.random() < 0.1 else text)
    if kind < 0.68:
        places = r.choices([1, 2, 3, 4, 5], [30, 35, 18, 10, 4])[0]
        top = r.choices([1, 10, 100, 1000], [55, 25, 15, 5])[0]
        text = f"{r.random() * top:.{places}f}"
        if r.random() < 0.3:
            text = text[:-1] + r.choice("05")
        return sign + (text.replace(".", ",") if r.random() < 0.06 else text)
    if kind < 0.78:
        body = r.choice(
            [
                str(r.randrange(1, 1000)),
                f"{r.random() * 10:.1f}",
                f"{r.random() * 100:.1f}",
                f"{r.random() * 10:.2f}",
                str(r.randrange(1, 20) * 10),
            ]
        )
        return sign + body + r.choice(["", "", "", " "]) + r.choices("kKMGBmμ", [40, 18, 20, 4, 6, 6, 6])[0]
    if kind < 0.83:
        return (
            sign
            + r.choice([str(r.randrange(101)), str(r.randrange(0, 105, 5)), f"{r.random() * 100:.1f}"])
            + r.choice(["", "", " "])
            + "%"
        )
    if kind < 0.96:
        mantissa = r.choice(
            [
                "1",
                "1",
                "1",
                str(r.randrange(1, 10)),
                f"{r.uniform(1, 10):.1f}",
                f"{r.uniform(1, 10):.2f}",
                f"{r.uniform(1, 10):.3f}",
            ]
        )
        power = r.choice([-1, -1, 1]) * r.randrange(10 if r.random() < 0.85 else 40)
        digits = f"{abs(power):02d}" if r.random() < 0.45 else str(abs(power))
        mark = "-" if power < 0 else r.choice(["", "+"])
        lead = "+" if r.random() < 0.08 else sign
        return lead + mantissa + ("e" if r.random() < 0.85 else "E") + mark + digits
    if kind < 0.98:
        return f"({r.randrange(100)})" if r.random() < 0.4 else f"+{r.randrange(100) / 10:g}"
    return r.choice(
        [
            f"{r.randrange(24)}:{r.randrange(60):02d}",
            f"{r.randrange(24):02d}:{r.randrange(60):02d}",
            f"20{r.randrange(10, 30)}-{r.randrange(1, 13):02d}",
            f"{r.randrange(1, 13)}/{r.randrange(1, 29)}",
            f"20{r.randrange(10, 30)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}",
        ]
    )


def power_text(r: random.Random) -> tuple[str, str]:
    """A number with a superscript: what stands on the line, what stands above it."""
    power = r.choices([r.randrange(10), r.randrange(10, 40)], [9, 1])[0] * r.choice([-1, -1, 1])
    kind = r.random()
    if kind < 0.62:
        base = "10"
    elif kind < 0.8:
        base = r.choice(["×10", "×10", "·10", "x10"])
    elif kind < 0.97:
        mantissa = r.choice(
            [
                str(r.randrange(1, 10)),
                f"{r.uniform(1, 10):.1f}",
                f"{r.randrange(10, 100)}",
                f"{r.uniform(1, 10):.2f}",
            ]
        )
        base = mantissa + r.choice(["×", "×", "×", "·", "x"]) + "10"
    else:
        base = r.choice(["2", "e"])
        base = base if base == "2" else "10"
    if r.random() < 0.06:
        base = "-" + base
    return base, str(power)


def foreign_text(r: random.Random) -> str:
    """Words, and numbers among words: the reader must own up to what it does not know."""
    word = r.choice(WORDS)
    kind = r.random()
    if kind < 0.12:
        return r.choice(LONE_LETTERS)
    if kind < 0.5:
        return word if len(word) > 2 else word + " " + r.choice(WORDS[:10])
    if kind < 0.7:
        return f"{word} {r.randrange(1, 100)}" if r.random() < 0.6 else f"{r.randrange(1, 32)} {word}"
    if kind < 0.85:
        return str(r.randrange(1, 60)) + r.choice(["h", "s", "d", "min", "hr"])
    return f"{r.randrange(1, 24)}h {r.randrange(60)}s"


def label_of(text: str) -> str:
    """What the reader shall say: spaces vanish, a run of foreign letters is one "?"."""
    out = ""
    for char in text.replace("·", "×").replace("x", "×" if "10" in text else "x"):
        if char == " ":
            continue
        if char in ALPHABET and char != "?":
            out += char
        elif not out.endswith("?"):
            out += "?"
    return out


def foreign_label(text: str) -> str:
    """The label of a text with words in it: letters never count as e, k, M and the like."""
    masked = "".join("ß" if c.isalpha() else c for c in text)
    return label_of(masked)


# ------------------------------------------------------------------ pictures


def coverage(r: random.Random, font: Font, text: str, power: str | None, em: float) -> NDArray[np.float32]:
    """Ink (0 to 1) of a text by Pillow, with background around; unhinted cuts come from enlarged drawing."""
    enlarge = r.choices([1, 2, 3, 4], [55, 10, 15, 20])[0]
    size = em * enlarge
    minus = r.choice("−−−-–") if r.random() < 0.8 else "-"
    show = text.replace("-", minus if minus in font.glyphs else "-")
    show = show.replace("×", "×" if "×" in font.glyphs else "x").replace(
        "·", "·" if "·" in font.glyphs else "×"
    )
    face = ImageFont.truetype(font.path, size)
    wide = int(face.getlength(show) + size * 4 + (len(power) * size if power else 0))
    image = Image.new("L", (wide, int(size * 3.6)))
    pen = ImageDraw.Draw(image)
    x, y = size * 1.5 + r.random(), size * 2.4 + r.random()
    spacing = r.gauss(0, 0.03) * size if r.random() < 0.15 else None
    if spacing is None:
        pen.text((x, y), show, font=face, fill=255, anchor="ls")
        x += face.getlength(show)
    else:
        for char in show:
            pen.text((x, y), char, font=face, fill=255, anchor="ls")
            x += face.getlength(char) + spacing
    if power is not None:
        small = ImageFont.truetype(font.path, size * r.uniform(0.55, 0.82))
        up = "".join((minus if minus in font.glyphs else "-") if c == "-" else c for c in power)
        pen.text(
            (x + size * r.uniform(0, 0.08), y - size * r.uniform(0.26, 0.5)),
            up,
            font=small,
            fill=255,
            anchor="ls",
        )
    ink = np.asarray(image, dtype=np.float32) / 255
    if enlarge > 1:
        shape = (round(ink.shape[1] / enlarge), round(ink.shape[0] / enlarge))
        ink = cv2.resize(ink, shape, interpolation=cv2.INTER_AREA)
    return ink


def math_coverage(
    r: random.Random, sets: list[str], base: str, power: str | None, em: float
) -> NDArray[np.float32]:
    """The same by matplotlib's mathtext, with the superscripts of its axes."""
    fontset = r.choice(sets)
    body = base.replace("×", r"\times ").replace("·", r"\cdot ").replace("x", r"\times ").replace("%", r"\%")
    body = rf"${body}^{{{power}}}$" if power is not None else rf"${body}$"
    if fontset == "dejavusans" or r.random() < 0.5:
        body = body.replace("$", r"$\mathdefault{", 1)[:-1] + "}$"
    with mpl.rc_context(
        {
            "mathtext.fontset": fontset,
            "text.hinting": r.choice(["default", "no_autohint", "force_autohint", "none"]),
            "text.hinting_factor": r.choice([1, 8]),
        }
    ):
        parsed = PARSER.parse(body, 72, FontProperties(size=em))
    return np.pad(np.asarray(parsed.image, dtype=np.float32) / 255, int(em) + 2)


PARSER: mathtext.MathTextParser[mathtext.RasterParse] = mathtext.MathTextParser("agg")


def clutter(r: random.Random, font: Font, em: float) -> NDArray[np.float32]:
    """What a finder of labels may take for text: bits of curves, strokes, markers, swatches, turned words."""
    kind = r.random()
    if kind < 0.3:
        word = r.choice(WORDS) if r.random() < 0.6 else r.choice(LONE_LETTERS)
        return np.ascontiguousarray(np.rot90(coverage(r, font, word, None, em), r.choice([1, 1, 1, 3])))
    side = int(em * 5) + 8
    ink = np.zeros((side, side), dtype=np.uint8)
    center, thick = side / 2, max(1, round(r.uniform(0.05, 0.2) * em))
    if kind < 0.55:  # a piece of a curve
        count, step, height = r.randrange(3, 14), em * r.uniform(0.1, 0.5), em * r.uniform(0.3, 1.2)
        xs = center + (np.arange(count) - count / 2) * min(step, 4 * em / count)
        ys = center + height * (np.array([r.random() for _ in range(count)]) - 0.5)
        points = np.rint(np.stack([xs, ys], axis=1) * 16).astype(np.int32)
        cv2.polylines(ink, [points], False, 255, thick, cv2.LINE_AA, shift=4)
    elif kind < 0.8:  # a stroke, upright or slanted
        angle, half = np.deg2rad(r.choice([90, r.uniform(25, 155)])), em * r.uniform(0.25, 0.8)
        reach = half * np.array([np.cos(angle), np.sin(angle)])
        ends = np.rint((center + r.random() + np.stack([-reach, reach])) * 16).astype(np.int32)
        cv2.line(ink, ends[0].tolist(), ends[1].tolist(), 255, thick, cv2.LINE_AA, shift=4)
    else:  # a marker, a swatch, a corner
        c, half = int(center), max(2, round(em * r.uniform(0.2, 0.6)))
        shape = r.randrange(4)
        if shape == 0:
            cv2.rectangle(
                ink, (c - half, c - half), (c + half, c + half // r.choice([1, 2])), 255, cv2.FILLED
            )
        elif shape == 1:
            cv2.circle(ink, (c, c), half, 255, cv2.FILLED, cv2.LINE_AA)
        elif shape == 2:
            mark = r.choice([cv2.MARKER_CROSS, cv2.MARKER_TILTED_CROSS, cv2.MARKER_STAR, cv2.MARKER_DIAMOND])
            cv2.drawMarker(ink, (c, c), 255, mark, 2 * half, thick, cv2.LINE_AA)
        else:
            corner = np.array([[c - half, c + half], [c - half, c - half], [c + half, c - half]])
            cv2.polylines(ink, [np.roll(corner, r.randrange(2), 1).astype(np.int32)], False, 255, thick)
    return ink.astype(np.float32) / 255


def sizes(r: random.Random) -> float:
    """Em sizes in px: most labels have 7 to 16."""
    kind = r.random()
    return r.uniform(5, 8) if kind < 0.15 else r.uniform(7, 16) if kind < 0.75 else r.uniform(12, 30)


def colors(r: random.Random) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Background and ink with enough contrast to read."""
    while True:
        kind = r.random()
        if kind < 0.5:
            back, ink = (255.0,) * 3, (r.choice([0, 0, 38, 51, 64, 85, 102, 120]),) * 3
        elif kind < 0.7:
            back = (r.uniform(225, 255),) * 3
            ink = tuple(r.uniform(0, 190) for _ in range(3))
        elif kind < 0.92:
            back = tuple(r.uniform(0, 60) for _ in range(3))
            ink = (
                (r.uniform(130, 255),) * 3
                if r.random() < 0.7
                else tuple(r.uniform(60, 255) for _ in range(3))
            )
        else:
            back = tuple(r.uniform(0, 255) for _ in range(3))
            ink = tuple(r.uniform(0, 255) for _ in range(3))
        a, b = np.array(back, dtype=np.float32), np.array(ink, dtype=np.float32)
        if np.abs(a - b).max() > 70:
            return a, b


def stray(r: random.Random, ink: NDArray[np.float32], box: tuple[int, int, int, int], em: float) -> None:
    """A tick stroke or the remains of a grid line beside the text, in place."""
    top, bottom, left, right = box
    strength = r.uniform(0.25, 1)
    gap = max(2, round(em * r.uniform(0.2, 0.45)))
    kind = r.random()
    thick = 1 if em < 14 else r.choice([1, 2])
    if kind < 0.4:  # a tick to the right of a y label
        row = min(max((top + bottom) // 2 + r.randrange(-1, 2), 0), ink.shape[0] - 1)
        ink[row : row + thick, right + gap : right + gap + r.randrange(2, 6)] = strength
    elif kind < 0.75:  # a tick above an x label
        column = (left + right) // 2 + r.randrange(-2, 3)
        ink[max(top - gap - r.randrange(1, 4), 0) : max(top - gap + 1, 0), column : column + thick] = strength
    elif kind < 0.9:  # a spine or grid line along one side
        column = right + gap
        ink[:, column : column + thick] = np.maximum(ink[:, column : column + thick], strength * 0.6)
    else:
        row = max(top - gap, 0)
        ink[row : row + thick] = np.maximum(ink[row : row + thick], strength * 0.6)


def crop_of(r: random.Random, ink: NDArray[np.float32], em: float, strays: bool = True) -> NDArray[np.uint8]:
    """Color, degrade and cut out a text as a finder of labels would."""
    if r.random() < 0.2:  # thinner or fatter strokes
        ink = np.clip(ink, 0, 1) ** r.uniform(0.6, 1.7)
    scale = 1.0
    if r.random() < 0.22:  # a rescaled copy
        scale = r.uniform(0.6, 1.0) if em > 11 else r.uniform(0.85, 1.0)
        scale = r.uniform(1.0, 2.2) if r.random() < 0.5 else scale
        shape = (max(round(ink.shape[1] * scale), 4), max(round(ink.shape[0] * scale), 4))
        method = r.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA])
        ink = np.clip(cv2.resize(ink, shape, interpolation=method), 0, 1)
    elif r.random() < 0.3:  # text seldom starts on a whole pixel
        shift = np.array([[1, 0, r.random()], [0, 1, r.random()]], dtype=np.float32)
        ink = cv2.warpAffine(ink, shift, ink.shape[::-1], flags=cv2.INTER_LINEAR)
    rows, columns = np.flatnonzero(ink.max(1) > 0.25), np.flatnonzero(ink.max(0) > 0.25)
    if not len(rows) or not len(columns):
        return np.full((8, 8, 3), 255, dtype=np.uint8)
    box = (int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1]))
    ink = ink.copy()
    has_stray = strays and r.random() < 0.12
    if has_stray:
        stray(r, ink, box, em * scale)
    if r.random() < 0.12:  # colored rims of subpixel rendering
        blurred = cv2.blur(ink, (3, 1))
        sides = [np.roll(blurred, -1, 1), ink, np.roll(blurred, 1, 1)]
        layers = np.stack(sides if r.random() < 0.5 else sides[::-1], axis=2) * 0.6 + ink[..., None] * 0.4
    else:
        layers = np.repeat(ink[..., None], 3, axis=2)
    back, fore = colors(r)
    picture = back + (fore - back) * layers
    if r.random() < 0.1:
        picture = picture + np.random.default_rng(r.randrange(2**32)).normal(
            0, r.uniform(1, 7), picture.shape
        )
    image = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    if r.random() < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, r.randrange(45, 96)]
        image = cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_COLOR)
    loose = 0.35 if has_stray or r.random() < 0.4 else 0.12
    margins = [r.randrange(1, 3) + int(r.random() * loose * em * scale) for _ in range(4)]
    if r.random() < 0.06:
        margins[r.randrange(4)] = 0
    top, bottom, left, right = box
    return np.ascontiguousarray(
        image[
            max(top - margins[0], 0) : bottom + 1 + margins[1],
            max(left - margins[2], 0) : right + 1 + margins[3],
        ]
    )


def crops_of_one(
    r: random.Random,
    families: list[list[Font]],
    sets: list[str],
    em: float,
    count: int,
    kind: str | None = None,
) -> tuple[list[NDArray[np.uint8]], str]:
    """Several crops of one drawing, and what it says."""
    family = r.choice(families)
    font = r.choice(family)
    if "Italic" in font.path or "Oblique" in font.path:  # every family has them, hardly a plot does
        font = r.choice(family)
    chance = r.random()
    kind = kind or next(name for name, below in KINDS if chance < below)
    if kind == "clutter":
        drawn, label = clutter(r, font, em), "?"
    elif kind == "foreign":
        text = foreign_text(r)
        drawn, label = coverage(r, font, text, None, em), foreign_label(text)
    elif kind == "power":
        base, power = power_text(r)
        by_mathtext = r.random() < 0.6
        drawn = math_coverage(r, sets, base, power, em) if by_mathtext else coverage(r, font, base, power, em)
        label = label_of(base) + "^" + power
    else:
        text = plain_text(r)
        while not {*text} - {*" -"} <= font.glyphs:  # not every font has a micro sign
            text = plain_text(r)
        by_mathtext = all(c in "0123456789.-" for c in text) and r.random() < 0.15
        drawn = math_coverage(r, sets, text, None, em) if by_mathtext else coverage(r, font, text, None, em)
        label = label_of(text)
    return [crop_of(r, drawn, em, strays=kind != "clutter") for _ in range(count)], label


def sample(
    r: random.Random, families: list[list[Font]], sets: list[str], em: float, kind: str | None = None
) -> tuple[NDArray[np.uint8], str]:
    """One crop and what it says."""
    crops, label = crops_of_one(r, families, sets, em, 1, kind)
    return crops[0], label
