"""The readers of text, on crops drawn here in fonts that the number reader never trained on."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from plotread.vision.ocr import read_numbers, read_words

UNSEEN = ("DejaVu Serif", "STIXGeneral", "cmss10")
PLAIN = 0.97  # share of plain numbers of em 8 and more that must be read letter for letter
POWERS = 0.95


def crop_of(text, family, em, *, ink="black", paper="white", mathtext="dejavuserif"):
    """The picture of a text as matplotlib draws it, em px high, tightly cut."""
    figure = Figure(figsize=(3, 0.8), dpi=72, facecolor=paper)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.1, 0.4, text, family=family, fontsize=em, color=ink, math_fontfamily=mathtext)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[..., :3]
    different = np.abs(picture.astype(int) - picture[0, 0]).max(axis=2) > 20
    rows, columns = np.flatnonzero(different.any(axis=1)), np.flatnonzero(different.any(axis=0))
    return picture[rows[0] - 2 : rows[-1] + 3, columns[0] - 2 : columns[-1] + 3].copy()


def numbers(rng, count):
    out = []
    for _ in range(count):
        kind = rng.integers(5)
        if kind == 0:
            out.append(str(rng.integers(0, 200) * 5))
        elif kind == 1:
            out.append(f"{rng.uniform(0, 10):.{rng.integers(1, 4)}f}")
        elif kind == 2:
            out.append(str(rng.integers(1, 99) * 1000))
        elif kind == 3:
            out.append(f"-{rng.uniform(0, 3):.2f}")
        else:
            out.append(f"{rng.integers(1, 90)}{rng.choice(['k', 'M', '%'])}")
    return out


def test_plain_numbers_in_unseen_fonts():
    rng = np.random.default_rng(4)
    texts = numbers(rng, 240)
    looks = [("black", "white"), ("#555555", "#eaeaf2"), ("#dddddd", "#111111")]
    crops = [
        crop_of(text, UNSEEN[i % 3], rng.uniform(8, 18), ink=looks[i % 3][0], paper=looks[i % 3][1])
        for i, text in enumerate(texts)
    ]
    read = [text for text, _ in read_numbers(crops, careful=True)]
    right = np.mean([a == b for a, b in zip(read, texts, strict=True)])
    assert right >= PLAIN, [(a, b) for a, b in zip(texts, read, strict=True) if a != b]


def test_superscripts_in_unseen_fonts():
    rng = np.random.default_rng(5)
    sets = ("dejavuserif", "stix", "stixsans")
    powers = [int(p) for p in rng.integers(-9, 10, 120)]
    crops = [
        crop_of(f"$10^{{{p}}}$", "DejaVu Serif", rng.uniform(8, 18), mathtext=sets[i % 3])
        for i, p in enumerate(powers)
    ]
    read = [text for text, _ in read_numbers(crops, careful=True)]
    right = np.mean([a == f"10^{p}" for a, p in zip(read, powers, strict=True)])
    assert right >= POWERS, [(p, a) for a, p in zip(read, powers, strict=True) if a != f"10^{p}"]


def test_confidence_is_lower_where_the_reader_is_wrong():
    rng = np.random.default_rng(6)
    texts = numbers(rng, 120)
    crops = [crop_of(text, UNSEEN[i % 3], rng.uniform(5, 7)) for i, text in enumerate(texts)]
    read = read_numbers(crops)
    sure = [p for (text, p), want in zip(read, texts, strict=True) if text == want]
    unsure = [p for (text, p), want in zip(read, texts, strict=True) if text != want]
    assert np.mean(sure) > np.mean(unsure) + 0.1


@pytest.mark.parametrize("crop", [np.zeros((0, 5, 3), np.uint8), np.full((12, 30, 3), 255, np.uint8)])
def test_nothing_is_read_in_an_empty_crop(crop):
    assert read_numbers([crop]) == [("", 0.0)]


def test_no_crops_no_texts():
    assert read_numbers([]) == []
    assert read_words([]) == []


@pytest.mark.parametrize("text", ["Training loss", "val_acc", "Epoch"])
def test_words(text):
    ((read, confidence),) = read_words([crop_of(text, "DejaVu Sans", 14)])
    assert read == text
    assert confidence > 0.8


@pytest.mark.parametrize("text", ["1e-5", "1e6", "+1.2e3", "2.5e-06", "-0.75", "1,000", "12.5%", "40k"])
def test_offsets_and_suffixes_letter_for_letter(text):
    ((read, confidence),) = read_numbers([crop_of(text, "DejaVu Sans", 13)])
    assert read == text
    assert confidence > 0.5


def test_mantissa_and_power_stay_apart():
    crops = [
        crop_of(f"${text}$", "DejaVu Sans", 14, mathtext="dejavusans")
        for text in (r"\times 10^{4}", r"1.5 \times 10^{-2}", r"10^{-3}", r"-10^{2}")
    ]
    assert [text for text, _ in read_numbers(crops)] == ["×10^4", "1.5×10^-2", "10^-3", "-10^2"]


@pytest.mark.parametrize("em", [12, 13, 14])
def test_a_faint_tail_makes_a_comma(em):
    """Five thousand with a pale comma is not five; a true point stays one."""
    grouped, pointed = (crop_of(text, "cmr10", em, ink="#3c3c3c") for text in ("25,000", "25.000"))
    below = np.flatnonzero((grouped < 160).any(axis=2).sum(axis=1) > 6)[-1] + 1  # of the digits
    assert below < grouped.shape[0] - 2
    grouped[below:] = (255 - 0.5 * (255.0 - grouped[below:])).round()
    assert [text for text, _ in read_numbers([grouped, pointed])] == ["25,000", "25.000"]


def test_dark_and_light_read_alike():
    rng = np.random.default_rng(7)
    light = [crop_of(text, "DejaVu Sans", 12) for text in numbers(rng, 40)]
    assert read_numbers(light) == read_numbers([255 - crop for crop in light])


def test_company_changes_no_reading():
    rng = np.random.default_rng(8)
    crops = [crop_of(text, "DejaVu Sans", rng.uniform(7, 16)) for text in numbers(rng, 30)]
    together = read_numbers(crops)
    alone = [read_numbers([crop])[0] for crop in crops]
    assert [text for text, _ in together] == [text for text, _ in alone]
    np.testing.assert_allclose([p for _, p in together], [p for _, p in alone], atol=1e-4)


@pytest.mark.parametrize("word", ["Epoch", "Training loss", "accuracy", "val", "step"])
def test_a_word_is_no_number(word):
    assert read_numbers([crop_of(word, "DejaVu Serif", 13)]) == [("", 0.0)]


@pytest.mark.parametrize("height", [8, 12, 18])
@pytest.mark.parametrize("slope", [0.0, 0.25, 0.5, 1.5])
def test_a_stroke_is_no_number(height, slope):
    rows, columns = np.mgrid[: height + 4, : int(height * slope) + 6]
    distance = np.abs((columns - 2.5) - slope * (height + 1 - rows)) / np.hypot(1, slope)
    stroke = np.clip(1.5 - distance, 0, 1) * ((rows >= 2) & (rows < height + 2))
    crop = np.repeat((255 - 200 * stroke).astype(np.uint8)[..., None], 3, axis=2)
    ((text, confidence),) = read_numbers([crop])
    assert confidence < 0.5 or not any(char.isdigit() for char in text)


def test_the_second_reader_is_asked_only_where_the_first_is_unsure(monkeypatch):
    asked = []

    def second(unsure, alphabet):
        asked.extend(unsure)
        return [("1000", 0.97) for _ in unsure]

    monkeypatch.setattr("plotread.vision.ocr.numbers.recognize", second)
    crop = crop_of("1000", "DejaVu Sans", 14)
    monkeypatch.setattr("plotread.vision.ocr.numbers._decode", lambda _: [("0.25", 0.99)])
    assert read_numbers([crop], careful=True) == [("0.25", 0.99)]
    assert asked == []
    monkeypatch.setattr("plotread.vision.ocr.numbers._decode", lambda _: [("1008", 0.4)])
    ((text, confidence),) = read_numbers([crop], careful=True)
    assert (text, len(asked)) == ("1000", 1)
    assert 0.5 <= confidence < 0.9  # replaced, and known to be no sure thing
