"""The reader of Cyrillic and Hangul: its letters, its texts, and when a picture is given to it.

The lines are drawn here: Cyrillic and Latin in fonts that matplotlib brings along, Hangul in a font of
the fixtures that the reader was not trained on.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

import plotread
from plotread.vision.ocr import noting, read_script, read_words, script_of
from plotread.vision.ocr.alphabet import CLASSES, composed, letters_of, told_apart
from plotread.vision.ocr.letters import read_letters

ROOT = Path(__file__).resolve().parents[2]
HANGUL = FontProperties(fname=ROOT / "fixtures" / "fonts" / "NotoSerifKR-subset.otf")
RUSSIAN = (
    "Потери на обучении и валидации", "Точность, %", "Эпоха", "Функция потерь", "Скорость обучения",
    "Кривые обучения (ResNet-50)", "шаг обучения", "Среднее вознаграждение за эпизод", "ошибка на тесте",
    "сглаженная кривая", "Число токенов", "Перплексия", "Модель без регуляризации", "новая модель",
)  # fmt: skip
UKRAINIAN = ("Втрати під час навчання", "Швидкість навчання", "Кількість ітерацій", "Якість її перевірки")
KOREAN = (
    "학습 손실과 검증 손실 비교", "에폭", "정확도 (%)", "학습률", "훈련 정확도", "반복 횟수", "손실 함수 값",
    "이동평균", "모델 비교", "검증 손실 loss 2", "신경망 성능 평가", "보상", "과적합", "교차 엔트로피",
)  # fmt: skip
OTHERS = (
    "Training loss", "Validation accuracy", "Learning rate", "Epoch", "Mean reward per episode",
    "Perte d'entraînement", "Verlust über Epochen", "Précision", "Pérdida de validación", "BLEU-4 (dev)",
    "α = 0.1, β = 0.9", "ε-greedy", "λ∇θ", "10k steps", "val_loss", "MAE / RMSE", "HOOCTAHE",
)  # fmt: skip
HAN = (
    "训练损失与验证损失", "学习率", "轮次", "准确率 (%)", "訓練曲線", "エポック数", "検証データの損失",
    "学習曲線の比較",
)  # fmt: skip
LOOKS = (("black", "white"), ("#dddddd", "#222222"))


def crop_of(text, em, font=None, *, ink="black", paper="white"):
    """A line as matplotlib draws it, em px high, with the margin that lines are cut with."""
    figure = Figure(figsize=(8, 0.8), dpi=72, facecolor=paper)
    canvas = FigureCanvasAgg(figure)
    font = (font or FontProperties(family="DejaVu Sans")).copy()
    font.set_size(em)
    figure.text(0.02, 0.4, text, fontproperties=font, color=ink)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[..., :3]
    different = np.abs(picture.astype(int) - picture[0, 0]).max(axis=2) > 20
    rows, columns = np.flatnonzero(different.any(axis=1)), np.flatnonzero(different.any(axis=0))
    pad = max(2, round(0.2 * (rows[-1] - rows[0] + 1)))
    return picture[rows[0] - pad : rows[-1] + 1 + pad, columns[0] - pad : columns[-1] + 1 + pad].copy()


@pytest.mark.parametrize(
    ("text", "places"),
    [("각", (0, 0, 1)), ("값", (0, 0, 18)), ("뷁", (7, 15, 9)), ("가", (0, 0)), ("힣", (18, 20, 27))],
)
def test_a_syllable_is_its_letters(text, places):
    starts = (0x1100, 0x1161, 0x11A7)  # finals are counted from one
    assert [ord(c) for c in letters_of(text)] == [s + k for s, k in zip(starts, places, strict=False)]
    assert composed(letters_of(text))[0] == [text]


def test_every_syllable_comes_back():
    syllables = [chr(code) for code in range(0xAC00, 0xD7A4)]
    spelled = letters_of("".join(syllables))
    assert set(spelled) <= set(CLASSES)
    assert composed(spelled)[0] == syllables


def test_a_consonant_belongs_to_the_medial_behind_it():
    # final G before a medial, and initial G before none
    assert composed(["ᄀ", "ᅡ", "ᆨ", "ᅩ"])[0] == ["가", "고"]
    assert composed(["ᄀ", "ᅡ", "ᄀ"])[0] == ["각"]
    assert composed(["ᅡ", "ᄀ"])[0] == ["ᅡ", "ᄀ"]  # no syllable begins with a medial


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("Tecт", "Тест"), ("Moдель c TOP-5", "Модель с TOP-5"), ("Зaвиcимocть oт x", "Зависимость от x"),
        ("Epoch", "Epoch"), ("HOC", "HOC"), ("Harpaдa", "Награда"), ("squaгed", "squared"),
        ("вaЛИДaЦИЯ", "валидация"), ("TOЧHOCTЬ", "ТОЧНОСТЬ"),
    ],
)  # fmt: skip
def test_twin_letters_follow_their_words(seen, meant):
    assert told_apart(seen) == meant


def test_company_tells_a_word_of_twins():
    assert told_apart("Mepa", cyrillic=True) == "Мера"
    assert told_apart("MAE", cyrillic=True) == "MAE"
    assert told_apart("acc", cyrillic=True) == "acc"


@pytest.mark.parametrize("em", [10, 13, 18])
@pytest.mark.parametrize(("ink", "paper"), [*LOOKS, ("tab:red", "#f4f4f4")])
def test_russian_and_ukrainian_lines(em, ink, paper):
    texts = [*RUSSIAN, *UKRAINIAN]
    read = read_letters([crop_of(text, em, ink=ink, paper=paper) for text in texts])
    wrong = [(text, said.text) for text, said in zip(texts, read, strict=True) if said.text != text]
    assert len(wrong) <= 2, wrong  # "новая модель" has no tall letter to tell small from large ones


@pytest.mark.parametrize("em", [13, 18])
@pytest.mark.parametrize(("ink", "paper"), LOOKS)
def test_korean_lines(em, ink, paper):
    read = read_letters([crop_of(text, em, HANGUL, ink=ink, paper=paper) for text in KOREAN])
    wrong = [(text, said.text) for text, said in zip(KOREAN, read, strict=True) if said.text != text]
    assert len(wrong) <= 2, wrong


def unsure_of(crops):
    unsure = []
    assert noting(unsure)(crops) == read_words(crops)
    return unsure


@pytest.mark.parametrize("em", [10, 14, 20])
@pytest.mark.parametrize(("texts", "font"), [(OTHERS, None), (HAN, HANGUL)])
def test_no_other_script_is_taken_for_these(texts, font, em):
    crops = [crop_of(text, em, font) for text in texts]
    assert script_of(unsure_of(crops)) is None
    for k in range(0, len(crops), 4):  # even if all of them are asked of
        assert script_of(crops[k : k + 4]) is None


@pytest.mark.parametrize("em", [10, 14])
@pytest.mark.parametrize(
    ("texts", "font", "script"),
    [(RUSSIAN, None, "cyrillic"), (UKRAINIAN, None, "cyrillic"), (KOREAN, HANGUL, "hangul")],
)
def test_the_script_of_a_picture_is_told(texts, font, script, em):
    crops = [crop_of(text, em, font) for text in texts[:4]]
    latin = [crop_of(text, em) for text in ("ResNet-50", "train", "lr = 0.1")]
    assert script_of(unsure_of([*latin, *crops])) == script


def test_latin_names_stay_latin_in_a_russian_picture():
    names = ("train", "val_loss", "ResNet-50", "acc", "baseline", "x")
    crops = [crop_of(text, 13) for text in names]
    assert read_script("cyrillic", crops) == read_words(crops)
    ((text, confidence),) = read_script("cyrillic", [crop_of("Эпоха", 13)])
    assert text == "Эпоха"
    assert confidence > 0.8


@pytest.mark.parametrize("crop", [np.zeros((0, 5, 3), np.uint8), np.full((12, 60, 3), 255, np.uint8)])
def test_nothing_is_read_in_an_empty_crop(crop):
    (said,) = read_letters([crop])
    assert (said.text, said.confidence) == ("", 0.0)
    assert script_of([]) is None


def test_company_changes_no_reading():
    crops = [crop_of(text, em) for text in RUSSIAN[:6] for em in (9, 15)]
    together = read_letters(crops)
    alone = [read_letters([crop])[0] for crop in crops]
    assert [said.text for said in together] == [said.text for said in alone]


def figure_of(path, title, x_label, y_label, names):
    figure = Figure()
    canvas = FigureCanvasAgg(figure)
    ax = figure.subplots()
    x = np.arange(1, 31)
    for k, name in enumerate(names):
        ax.plot(x, 0.4 * (k + 1) + 2 * np.exp(-x / (6 + 3 * k)), label=name)
    ax.set(title=title, xlabel=x_label, ylabel=y_label)
    ax.legend()
    canvas.print_png(str(path))
    return plotread.read(path)


def test_a_russian_plot(tmp_path):
    names = ["обучение", "валидация", "ResNet-50"]
    title = "Потери на обучении и валидации"
    figure = figure_of(tmp_path / "a.png", title, "Эпоха", "Потери", names)
    (panel,) = figure.panels
    assert (panel.title, panel.x.label, panel.y.label) == (title, "Эпоха", "Потери")
    assert [series.name for series in panel.series] == names
    text = plotread.describe(figure)
    assert "обучение" in text
    assert "валидация" in text


def test_a_korean_plot():
    (panel,) = plotread.read(ROOT / "fixtures" / "korean" / "image.png").panels
    assert (panel.title, panel.x.label, panel.y.label) == ("학습 손실과 검증 손실 비교", "에폭", "손실값")
    assert [series.name for series in panel.series] == ["훈련 손실", "검증 손실"]


def test_a_latin_plot_is_never_given_to_this_reader(tmp_path, monkeypatch):
    def refuse(crops):
        raise AssertionError(f"asked of {len(crops)} lines")

    monkeypatch.setattr("plotread.vision.ocr.letters.read_letters", refuse)
    figure = figure_of(tmp_path / "a.png", "Training and validation", "Epoch", "Loss", ["train", "val"])
    assert [series.name for series in figure.panels[0].series] == ["train", "val"]
