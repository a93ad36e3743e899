"""Decoding: a file, bytes or an array becomes a `Raster` of 8-bit RGB on its own background.

Every fault of a file ends here, as one `UnreadableError` that names the file and what is wrong.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plotread.errors import UnreadableError, UsageError
from plotread.model import NO_FLAGS
from plotread.vision.ground import flattened
from plotread.vision.types import Raster, RGBImage

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
# Largest picture that is decoded, e.g. 8,000 x 6,250 px: a plot of 48 million takes 1.9 GB and 18 s in all.
MAX_PIXELS = 50_000_000
# Longest side: OpenCV's resampling counts pixels in 16 signed bits.
MAX_SIDE_PX = 32_000
# Largest file that is taken into memory; pictures within the pixel limit stay far below.
MAX_BYTES = 256 << 20
# What Pillow's decoders raise on damaged files (read off its plug-ins).
DECODING_FAULTS = (
    OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error,
    IndexError, KeyError, TypeError, OverflowError, AttributeError, ZeroDivisionError,
)  # fmt: skip

# Levels next to the background that a lossy codec scatters around strokes; antialiasing rarely ends there.
NOISE_LEVELS = 12
# Pixels looked at for noise; sorting the colors of more takes memory and tells nothing new.
NOISE_SAMPLE_PX = 2_000_000
# So many of the most frequent such colors are taken for design (pale grids, zebra fills), not for noise.
DESIGN_COLORS = 16
# Noise over ink: at most 0.07 on 90 lossless plots (one screenshot 0.26); after JPEG the median is 0.30.
NOISE_SHARE = 0.10
# The same on all flat colors together, which meet in smooth edges: lossless at most 0.14, JPEG from 0.4 on.
NOISE_SHARE_FLATS = 0.20
BACKGROUNDS = 4  # colors at most that may be flat areas, each of at least this share of the pixels
FLAT_SHARE = 0.05

_HINTS = (
    (b"%PDF", "a PDF document; save its figure as PNG"),
    (b"<svg", "an SVG drawing; save it as PNG"),
    (b"<?xml", "an XML text, no picture; an SVG drawing has to be saved as PNG"),
    (b"<!doc", "an HTML page, no picture"),
    (b"<html", "an HTML page, no picture"),
)


def load(source: str | os.PathLike[str] | bytes | NDArray[Any]) -> Raster:
    """Decode a picture.

    Parameters
    ----------
    source : path, bytes or (H, W), (H, W, 3) or (H, W, 4) array
        PNG, JPEG, WebP, GIF, BMP or TIFF in any mode (palette, grey, 16-bit, CMYK, transparent,
        animated), or pixels: uint8, uint16, bool, or float from 0 to 1; RGB or RGBA order.

    Returns
    -------
    Raster
        Upright (EXIF orientation applied).  Transparency lies on white, or on a dark ground where
        the ink is light.  Of an animation the first frame, with the flag ``first_frame``.

    Raises
    ------
    UnreadableError
        The file is missing, empty, damaged, no picture, without size, fully transparent, or has
        more than `MAX_PIXELS` pixels (which is checked before decoding).
    UsageError
        `source` is an array of another shape or type.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, bytes | bytearray | memoryview):
        return decode(bytes(source))
    path = os.fspath(source)
    return decode(read_bytes(path), path)


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """The content of a file of at most `MAX_BYTES`; UnreadableError where there is none."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"{path}: {_reason(error)}") from error
    except ValueError as error:  # a null character in the name
        raise UnreadableError(f"{path!r}: no such file") from error
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{path}: the file is larger than {MAX_BYTES >> 20} MiB")
    return data


def is_picture(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a picture in one of `FORMATS`."""
    return (
        head.startswith(
            (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
        )
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
    )  # fmt: skip


def decode(data: bytes, path: str | None = None) -> Raster:
    """Decode the bytes of a picture file; `path` is only its name in the result and in errors."""
    name = path or "<bytes>"
    if not data:
        raise UnreadableError(f"{name}: the file is empty")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd EXIF and large pictures; both are handled here
        image, flags = _open(data, name)
        rgb = _to_rgb(image, name)
    lossy = _is_lossy_format(data) or looks_lossy(rgb)
    rgb.setflags(write=False)
    return Raster(rgb, path, hashlib.sha256(data).hexdigest(), lossy, flags)


def _open(data: bytes, name: str) -> tuple[Image.Image, frozenset[str]]:
    """The first frame, decoded and upright."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise UnreadableError(f"{name}: {_too_large()}") from error
    except UnidentifiedImageError as error:
        raise UnreadableError(f"{name}: {_kind(data)}") from error
    except DECODING_FAULTS as error:
        raise UnreadableError(f"{name}: damaged picture ({_one_line(error)})") from error
    width, height = image.size
    if width <= 0 or height <= 0:
        raise UnreadableError(f"{name}: the picture has no size ({width} x {height} pixels)")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise UnreadableError(f"{name}: {width} x {height} pixels, {_too_large()}")
    try:
        frames = getattr(image, "n_frames", 1)
        image.seek(0)
        image.load()
    except DECODING_FAULTS as error:
        raise UnreadableError(f"{name}: damaged picture ({_one_line(error)})") from error
    # A second frame of a JPEG (MPO) is a thumbnail or a stereo partner, never another figure.
    flags = frozenset({"first_frame"}) if frames > 1 and image.format not in ("JPEG", "MPO") else NO_FLAGS
    try:
        return ImageOps.exif_transpose(image), flags
    except DECODING_FAULTS:  # a damaged EXIF block says nothing about the pixels
        return image, flags


def _to_rgb(image: Image.Image, name: str) -> RGBImage:
    """8-bit RGB with transparency resolved. (H, W, 3)"""
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        grey = _deep_grey(np.asarray(image, dtype=np.float64))
        return np.repeat(grey[:, :, None], 3, axis=2)
    transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    try:
        if not transparent:
            return np.array(image.convert("RGB"), dtype=np.uint8)
        pixels = np.array(image.convert("RGBA"), dtype=np.uint8)
    except DECODING_FAULTS as error:
        raise UnreadableError(f"{name}: color mode {image.mode} cannot be read") from error
    return _flatten(pixels, name)


def _deep_grey(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """8-bit grey of 16-bit, 32-bit or float grey; the white point is that of the number type."""
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    highest = float(values.max(initial=0.0))
    white = next((w for w in (1.0, 255.0, 65_535.0) if highest <= w), highest)
    return np.asarray(np.clip(values / white * 255.0 + 0.5, 0, 255), dtype=np.uint8)


def _flatten(pixels: NDArray[np.uint8], name: str) -> RGBImage:
    """Lay RGBA on its page; UnreadableError where no pixel shows. (H, W, 4) -> (H, W, 3)"""
    if not pixels[:, :, 3].any():
        raise UnreadableError(f"{name}: every pixel is transparent")
    return flattened(pixels)


def _is_lossy_format(data: bytes) -> bool:
    """Whether the container itself says that its pixels went through a lossy codec."""
    if data.startswith(b"\xff\xd8\xff"):
        return True
    return data[:4] == b"RIFF" and b"VP8 " in data[12:64]


def looks_lossy(rgb: RGBImage) -> bool:
    """Whether flat areas hold the faint many-colored scatter that JPEG leaves around strokes.

    Finds JPEG noise also inside PNG screenshots.  Pixels within `NOISE_LEVELS` of the most frequent color
    that are not among the few pale design colors are noise, and are compared in number with the
    pixels that are clearly ink; where a plot area has a color of its own, on both backgrounds together.
    """
    rgb = rgb[:: 1 + rgb.shape[0] * rgb.shape[1] // NOISE_SAMPLE_PX]  # whole rows
    codes = rgb[:, :, 0].astype(np.uint32) << 16 | rgb[:, :, 1].astype(np.uint32) << 8 | rgb[:, :, 2]
    colors, counts = np.unique(codes, return_counts=True)
    channels = np.stack([colors >> 16 & 255, colors >> 8 & 255, colors & 255], axis=1).astype(np.int32)
    order = np.argsort(-counts, kind="stable")
    most = channels[order[0]]
    flat = [channels[k] for k in order[1:BACKGROUNDS] if counts[k] >= FLAT_SHARE * counts.sum()]
    others = [color for color in flat if np.abs(color - most).max() > NOISE_LEVELS]
    return _noise_over_ink(channels, counts, [most]) > NOISE_SHARE or (
        bool(others) and _noise_over_ink(channels, counts, [most, *others]) > NOISE_SHARE_FLATS
    )


def _noise_over_ink(
    channels: NDArray[np.int32], counts: NDArray[np.intp], backgrounds: list[NDArray[np.int32]]
) -> float:
    """Pixels of colors next to a background, designs left out, over those far from all of them."""
    away = np.stack([np.abs(channels - color).max(axis=1) for color in backgrounds])
    distance, nearest = away.min(axis=0), away.argmin(axis=0)
    noise = 0
    for k in range(len(backgrounds)):
        near = np.sort(counts[(nearest == k) & (distance > 0) & (distance <= NOISE_LEVELS)])
        noise += int(near[:-DESIGN_COLORS].sum())
    return noise / max(int(counts[distance > NOISE_LEVELS].sum()), 1)


def _from_array(pixels: NDArray[Any]) -> Raster:
    """A raster of pixels that the caller holds."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None].repeat(3, axis=2)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise UsageError(f"expected an array of shape (H, W), (H, W, 3) or (H, W, 4), got {pixels.shape}")
    height, width = pixels.shape[:2]
    if not height or not width:
        raise UnreadableError(f"<array>: the picture has no size ({width} x {height} pixels)")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise UnreadableError(f"<array>: {width} x {height} pixels, {_too_large()}")
    eight = _to_uint8(pixels)
    sha256 = hashlib.sha256(np.ascontiguousarray(eight).tobytes()).hexdigest()
    rgb = _flatten(eight, "<array>") if eight.shape[2] == 4 else np.array(eight)
    rgb.setflags(write=False)
    return Raster(rgb, None, sha256, looks_lossy(rgb))


def _to_uint8(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """The array in 8 bits; UsageError for number types that no picture has."""
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.bool_:
        return np.asarray(pixels, dtype=np.uint8) * np.uint8(255)
    if pixels.dtype == np.uint16:
        return np.asarray(pixels >> 8, dtype=np.uint8)
    if pixels.dtype.kind == "f":
        if not np.isfinite(pixels).all() or pixels.min() < 0 or pixels.max() > 1:
            raise UsageError("expected float pixels from 0 to 1")
        return np.asarray(pixels * 255.0 + 0.5, dtype=np.uint8)
    raise UsageError(f"expected pixels of type uint8, uint16, bool or float, got {pixels.dtype}")


def _too_large() -> str:
    return f"more than the limit of {MAX_PIXELS // 1_000_000} million pixels or {MAX_SIDE_PX:,} on a side"


def _kind(data: bytes) -> str:
    """What a file that is no known picture seems to be."""
    start = data[:1024].lstrip().lower()
    for magic, text in _HINTS:
        if start.startswith(magic.lower()):
            return text
    if is_picture(data):
        return "damaged picture (its header cannot be read)"
    if b"\0" not in data[:1024]:
        return "text, no picture"
    return f"no picture in a known format ({', '.join(FORMATS)})"


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "a folder, no file"
    return (error.strerror or "cannot be read").lower()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
