"""Decoding: every kind of picture, and every kind of fault."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

import plotread
from plotread.errors import UnreadableError, UsageError
from plotread.vision import ground, image

RED = (220, 30, 40)


def canvas(color=(255, 255, 255), size=(40, 24)):
    """A page with a red bar from x = 4 to 9 and y = 3 to 5."""
    pixels = np.full((size[1], size[0], 3), color, np.uint8)
    pixels[3:6, 4:10] = RED
    return pixels


def encoded(picture, form="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "TIFF"])
def test_lossless_formats_give_the_pixels_themselves(form):
    data = encoded(Image.fromarray(canvas()), form)
    raster = image.load(data)
    np.testing.assert_array_equal(raster.rgb, canvas())
    assert raster.sha256 == hashlib.sha256(data).hexdigest()
    assert (raster.width, raster.height) == (40, 24)
    assert not raster.lossy


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_lossy_formats_are_known_as_such(form):
    raster = image.load(encoded(Image.fromarray(canvas()), form, quality=90))
    assert raster.lossy
    assert np.abs(raster.rgb.astype(int) - canvas()).mean() < 4


def test_lossless_webp_is_not_lossy():
    raster = image.load(encoded(Image.fromarray(canvas()), "WEBP", lossless=True))
    assert not raster.lossy
    np.testing.assert_array_equal(raster.rgb, canvas())


def test_jpeg_noise_is_seen_inside_a_png():
    page = np.full((240, 320, 3), 255, np.uint8)
    for x in range(20, 300):
        y = int(120 + 80 * np.sin(x / 25))
        page[y : y + 2, x] = (31, 119, 180)
    jpeg = np.array(Image.open(io.BytesIO(encoded(Image.fromarray(page), "JPEG", quality=80))).convert("RGB"))
    assert image.load(encoded(Image.fromarray(jpeg))).lossy
    assert not image.load(encoded(Image.fromarray(page))).lossy


def test_palette_and_one_bit_pictures():
    palette = Image.fromarray(canvas()).convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    assert np.abs(image.load(encoded(palette)).rgb.astype(int) - canvas()).max() <= 2
    bits = Image.fromarray(np.where(np.arange(12) % 2, 255, 0).astype(np.uint8).reshape(3, 4)).convert("1")
    np.testing.assert_array_equal(image.load(encoded(bits)).rgb[0, :, 0], [0, 255, 0, 255])


def test_sixteen_bit_grey_keeps_its_levels():
    deep = np.array([[0, 257 * 100, 257 * 255]], np.uint16)
    np.testing.assert_array_equal(image.load(encoded(Image.fromarray(deep))).rgb[0, :, 1], [0, 100, 255])


def test_cmyk_white_is_white():
    ink = Image.new("CMYK", (8, 8), (0, 0, 0, 0))
    ink.paste((0, 255, 255, 0), (0, 0, 4, 8))
    raster = image.load(encoded(ink, "TIFF"))
    assert tuple(raster.rgb[4, 6]) == (255, 255, 255)
    assert tuple(raster.rgb[4, 1]) == (255, 0, 0)


def test_of_an_animation_the_first_frame_is_read_and_flagged():
    frames = [Image.new("RGB", (6, 6), color) for color in ((10, 20, 30), (200, 100, 50))]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    raster = image.load(data)
    assert tuple(raster.rgb[0, 0]) == (10, 20, 30)
    assert raster.flags == {"first_frame"}


def test_exif_orientation_turns_the_picture_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate clockwise to show
    raster = image.load(encoded(Image.fromarray(canvas()), "PNG", exif=exif))
    assert (raster.width, raster.height) == (24, 40)
    # (x, y) = (4, 3) comes to (23 - 3, 4)
    assert tuple(raster.rgb[4, 20]) == RED
    assert tuple(raster.rgb[4, 10]) == (255, 255, 255)


def strokes(ink, alpha=255):
    """Thin strokes on a transparent page."""
    pixels = np.zeros((60, 80, 4), np.uint8)
    pixels[10:12, 5:70] = (*ink, alpha)
    pixels[20:50, 30:32] = (*ink, alpha)
    return pixels


def test_dark_ink_lies_on_white_and_light_ink_on_dark():
    dark = image.load(encoded(Image.fromarray(strokes((20, 20, 20)))))
    light = image.load(encoded(Image.fromarray(strokes((240, 240, 240)))))
    assert tuple(dark.rgb[0, 0]) == (255, 255, 255)
    assert tuple(light.rgb[0, 0]) == ground.DARK_GROUND
    assert tuple(light.rgb[10, 5]) == (240, 240, 240)


def test_a_white_panel_with_dark_letters_around_it_stays_on_a_white_page():
    pixels = strokes((20, 20, 20))
    pixels[15:55, 35:78] = 255  # an opaque panel, far larger than the letters
    assert tuple(image.load(encoded(Image.fromarray(pixels))).rgb[0, 0]) == (255, 255, 255)


def test_half_transparent_ink_is_mixed_with_its_page():
    raster = image.load(encoded(Image.fromarray(strokes((0, 0, 0), 128))))
    assert tuple(raster.rgb[10, 5]) == (127, 127, 127)


def test_palette_transparency_is_resolved():
    picture = Image.new("P", (2, 1))
    picture.putpalette([0, 0, 0, 255, 0, 0])
    picture.putpixel((1, 0), 1)
    raster = image.load(encoded(picture, transparency=0))
    assert tuple(raster.rgb[0, 0]) == (255, 255, 255)
    assert tuple(raster.rgb[0, 1]) == (255, 0, 0)


def huge_png(width, height):
    """A PNG that says it is huge and holds next to nothing."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


GOOD = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 50, 3), np.uint8)))
FAULTS = {
    "empty.png": (b"", "empty"),
    "cut.png": (GOOD[: len(GOOD) // 2], "damaged"),
    "header.png": (GOOD[:12], "damaged"),
    "cut.jpg": (encoded(Image.fromarray(canvas()), "JPEG")[:300], "damaged"),
    "text.png": (b"this is no picture\n" * 10, "text, no picture"),
    "noise.png": (bytes(range(256)), "no picture in a known format"),
    "plot.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "paper.pdf": (b"%PDF-1.7\n", "PDF"),
    "zero.png": (huge_png(0, 0), ""),
    "huge.png": (huge_png(30_000, 30_000), "more than the limit of 50 million pixels"),
    "large.png": (huge_png(9_000, 9_000), "9000 x 9000 pixels, more than the limit"),
    "long.png": (huge_png(40_000, 10), "more than the limit"),
    "invisible.png": (encoded(Image.new("RGBA", (20, 20), (255, 0, 0, 0))), "every pixel is transparent"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_that_names_file_and_fault(tmp_path, name):
    data, fault = FAULTS[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        image.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_status == 4


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(UnreadableError, match="no such file"):
        image.load(tmp_path / "missing.png")
    with pytest.raises(UnreadableError, match="a folder"):
        image.load(tmp_path)


def test_every_cut_of_a_png_is_either_read_or_refused():
    data = encoded(Image.fromarray(canvas()))
    for length in range(len(data)):
        try:
            raster = image.load(data[:length])
        except UnreadableError:
            continue
        np.testing.assert_array_equal(raster.rgb, canvas())  # only checksums were missing


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.full((4, 5), 7, np.uint8), (7, 7, 7)),
        (np.full((4, 5, 3), 0.5), (128, 128, 128)),
        (np.full((4, 5, 3), 257 * 9, np.uint16), (9, 9, 9)),
        (np.ones((4, 5), bool), (255, 255, 255)),
        (np.full((4, 5, 4), (10, 20, 30, 255), np.uint8), (10, 20, 30)),
    ],
)
def test_arrays_of_every_number_type(pixels, expected):
    raster = image.load(pixels)
    assert raster.rgb.shape == (4, 5, 3)
    assert tuple(raster.rgb[0, 0]) == expected


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 5, 2), np.uint8), np.zeros(7), np.zeros((4, 5), np.int64), np.full((4, 5), 3.0)]
)
def test_arrays_that_are_no_picture(pixels):
    with pytest.raises(UsageError):
        image.load(pixels)


def test_an_array_is_not_written_to_and_not_shared():
    pixels = canvas()
    raster = image.load(pixels)
    pixels[:] = 0
    assert tuple(raster.rgb[0, 0]) == (255, 255, 255)
    assert not raster.rgb.flags.writeable


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (3, 3)])
def test_a_picture_too_small_for_a_plot_holds_none(shape):
    figure = plotread.read(np.zeros(shape, np.uint8))
    assert figure.panels == ()
    assert figure.warnings[0].startswith("no line plot found")
