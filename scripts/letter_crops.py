"""Crops of lines in Cyrillic and Hangul, drawn to train and to test the reader of these scripts.

The texts are words of training plots, and random words and syllables among Latin words and digits;
the pictures are those of number_crops.py (light and dark, colored, JPEG, rescaled, jittered margins), in
fonts under /usr/share/fonts, or under --fonts.  On Debian: fonts-dejavu fonts-liberation fonts-noto-core
fonts-roboto fonts-open-sans fonts-inter fonts-nanum fonts-nanum-extra fonts-nanum-eco fonts-noto-cjk
fonts-unfonts-core fonts-unfonts-extra fonts-baekmuk fonts-lexi-gulim fonts-naver-d2coding fonts-woowa-bm.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.ft2font import FT2Font, LoadFlags
from number_crops import Font, clutter, crop_of
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from plotread.vision.ocr.alphabet import CYRILLIC, LATIN, TWINS, letters_of

SCRIPTS = (("cyrillic", 0.43), ("hangul", 0.86), ("latin", 0.94), ("strange", 1.0))  # cumulative shares
ROOTS = ("/usr/share/fonts",)
# Families by the start of the file name; a script is drawn in those that have its letters.
FAMILIES = (
    "DejaVuSans-", "DejaVuSans.", "DejaVuSansMono", "DejaVuSansCondensed", "LiberationSans",
    "LiberationSerif", "LiberationMono", "Roboto-", "RobotoCondensed", "OpenSans", "Inter-", "NotoSans-",
    "NotoSerif-", "NotoSansMono", "NotoMono", "FiraCode", "JetBrainsMono-", "Cantarell", "FreeSans",
    "FreeSerif", "FreeMono",
    "Arimo", "Cousine", "Tinos", "Nimbus", "C059", "P052", "URWGothic", "URWBookman", "LinLibertine_R",
    "LinBiolinum_R", "cmunrm", "cmunss", "cmunbx", "Hack-",
    "NanumGothic.", "NanumGothicB", "NanumGothicE", "NanumGothicL", "NanumGothicCoding", "NanumBarunGothic",
    "NanumBarunpen", "NanumMyeongjo", "NanumSquareR", "NanumSquareB", "NanumSquareE", "UnBatang", "UnDotum",
    "UnDinaru", "batang", "gulim", "hline", "LexiSaebom", "NotoSansCJK", "D2Coding", "BMDOHYEON",
    "BMHANNAAir", "BMHANNAPro", "BMJUA",
)  # fmt: skip
HELD_OUT = (
    "DejaVuSerif", "Lato", "mononoki", "Carlito", "ClearSans", "Manrope", "STIX",
    "NanumSquare_ac", "NanumSquareRound", "UnGraphic", "dotum", "LexiGulim", "NotoSerifCJK",
)  # fmt: skip
SKIPPED = (
    "Thin", "Hairline", "Black", "Heavy", "Siz", "NonUni", "Fallback", "Display", "ExtraLight", "UltraLight",
    "YetHangul", "Italic", "Oblique", "Ita.",
)  # fmt: skip

def _words(text: str, apart: str = " ") -> tuple[str, ...]:
    return tuple(text.split(apart))


RUSSIAN = _words(
    "потери потеря эпоха эпохи точность обучение обучения обучении валидация валидации проверка "
    "проверочная шаг шаги шагов скорость итерация итерации функция потерь ошибка ошибки модель модели "
    "тест тестовая выборка выборке кривая кривые график значение значения метрика метрики время час "
    "часы минуты секунды сглаженная исходная среднее медиана размер пакет градиент градиента норма "
    "полнота доля качество награда вознаграждение перплексия энтропия кросс-энтропия разрыв "
    "переобучение слой слои данные данных число номер лучшая базовая новая без на и с по для от до из "
    "за в к сети нейросети нейронная сеть процесс динамика изменение зависимость сравнение моделей "
    "запуск эксперимент вариант алгоритм темп регуляризация с разных при затухание прогрев оценка "
    "уровень шкала тренировка тренировочные тренировочная валидационные отложенная ось меры мера "
    "корпус токены токенов задача язык перевод распознавание речь изображения класс объект средняя "
    "абсолютная квадратичная логарифм обучающая кадр агент эпизод очки счёт ещё"
)
UKRAINIAN = _words(
    "втрати точність епоха епохи навчання навчанні валідація перевірка крок кроки швидкість ітерація "
    "похибка помилка модель значення функція втрат час години хвилини середнє згладжена якість "
    "тестування дані вибірка крива графік нейромережа мережі її їх є ґрунт під від частка повнота "
    "винагорода розмір порівняння"
)
KOREAN = _words(
    "손실, 에폭, 에포크, 정확도, 학습률, 검증, 훈련, 단계, 학습, 손실값, 오차, 평균, 스텝, 반복, 횟수, "
    "함수, 모델, 데이터, 테스트, 시험, 평가, 결과, 그래프, 곡선, 변화, 비교, 시간, 초, 분, 보상, "
    "에피소드, 정밀도, 재현율, 기울기, 배치, 크기, 층, 신경망, 과적합, 일반화, 성능, 지표, 값, 점수, "
    "최고, 최저, 기준, 실험, 원본, 평활화, 이동평균, 토큰, 수, 당, 및, 별, 에, 따른, 의, 과, 와, 로그, "
    "척도, 학습곡선, 훈련손실, 검증손실, 훈련 손실, 검증 손실, 검증 정확도, 훈련 정확도, 학습 손실, "
    "학습 속도, 제곱근, 절대, 교차, 엔트로피, 혼란도, 퍼플렉시티, 반복 횟수, 에이전트, 환경, 이미지, "
    "분류, 번역, 음성, 인식, 워밍업, 감쇠, 정규화, 드롭아웃, 전이, 미세, 조정, 사전, 파라미터, 최적화, "
    "수렴, 발산, 비율, 단위, 회, 번째",
    apart=", ",
)
COMMON = (
    "가나다라마바사아자차카타파하이그저것수있없는은을를의에서로고도만와과한할해하여했었습니까지부터면서며나라대사람일정시기리인성전자상주"
    "보동지제구장원위치선생업무교통신문화경계산국민회원조직연결관련내용방법문제점검색중요필요변경생성삭제추가등록확인완료실패성공"
    "율률량값차비높낮최소최대평균합곱오류률손실훈련검증학습단계곡선모형예측층망뉴런활성함수최적초기화속도시간배치반복주기"
)
LATIN_WORDS = _words(
    "loss train val test acc accuracy epoch step lr Adam SGD ResNet BERT GPT LSTM CNN MSE MAE BCE F1 "
    "AUC IoU mAP BLEU dropout batch baseline ReLU Epoch Loss Train Validation Training model v2 "
    "softmax top-5 ImageNet CIFAR-10 MNIST learning rate grad norm reward smooth raw EMA log val_loss "
    "train_loss"
)
GREEK = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
KANA = "".join(chr(c) for c in range(0x3042, 0x3094)) + "".join(chr(c) for c in range(0x30A2, 0x30F4))
# How often letters stand in Russian text, per mille; those of Ukrainian and Belarusian as it comes.
FREQUENT = dict(
    zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґў",
        (109, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14, 12, 10, 9,
         7, 6, 5, 4, 4, 4, 3, 3, 9, 6, 5, 3, 2), strict=True)
)  # fmt: skip
ALL_CYRILLIC = "".join(sorted({*CYRILLIC, *TWINS}))
SMALL, LARGE, EM_PX = 8.0, 30.0, (8.0, 12.0, 18.0, 30.0)


@cache
def common_syllables() -> str:
    """The 2,350 syllables of KS X 1001, which is what Korean texts are written with."""
    return "".join(
        bytes((row, cell)).decode("euc-kr") for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)
    )


@cache
def common_characters() -> str:
    """Chinese characters of the first level of GB 2312."""
    return "".join(
        bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFA)
    )


def fonts(roots: Sequence[str] = ROOTS) -> tuple[list[list[Font]], list[list[Font]]]:
    """Training and held-out fonts, grouped by family so that a family with many cuts weighs no more."""
    bundled = Path(mpl.get_data_path()) / "fonts/ttf"
    files = {*bundled.glob("*.ttf")}
    for root in roots:
        files |= set(Path(root).rglob("*.[ot]t[fc]"))
    groups: tuple[dict[str, list[Font]], dict[str, list[Font]]] = ({}, {})
    for path in sorted(files):
        if any(word in path.name for word in SKIPPED):
            continue
        for group, families in zip(groups, (FAMILIES, HELD_OUT), strict=True):
            family = next((f for f in families if path.name.startswith(f)), None)
            if family and (group is groups[1] or not path.name.startswith(HELD_OUT)):
                chars = frozenset(chr(c) for c in FT2Font(str(path)).get_charmap())
                if set("0123456789.-abcxyz") <= chars and (has(chars, "cyrillic") or has(chars, "hangul")):
                    group.setdefault(family, []).append(Font(str(path), chars))
    return list(groups[0].values()), list(groups[1].values())


def has(glyphs: frozenset[str], script: str) -> bool:
    """Whether a font draws a script; Korean fonts draw Cyrillic as wide as Hangul, which no plot does."""
    if script == "hangul":
        return set(common_syllables()) <= glyphs
    if script == "cyrillic":
        return set("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВЖЙЯ") <= glyphs and "가" not in glyphs
    return set(LATIN) <= glyphs


# ------------------------------------------------------------------ texts


def cased(r: random.Random, word: str) -> str:
    kind = r.random()
    return word if kind < 0.62 else word.capitalize() if kind < 0.9 else word.upper()


def cyrillic_word(r: random.Random) -> str:
    kind = r.random()
    if kind < 0.4:
        return cased(r, r.choice(RUSSIAN))
    if kind < 0.52:
        return cased(r, r.choice(UKRAINIAN))
    length = r.choices(range(1, 13), [4, 6, 9, 12, 14, 14, 13, 11, 8, 5, 3, 1])[0]
    if kind < 0.92:
        return cased(r, "".join(r.choices(list(FREQUENT), list(FREQUENT.values()), k=length)))
    return "".join(r.choices(ALL_CYRILLIC, k=min(length, 7)))


def korean_word(r: random.Random) -> str:
    kind = r.random()
    if kind < 0.4:
        return r.choice(KOREAN)
    length = r.choices(range(1, 8), [8, 24, 26, 18, 12, 7, 5])[0]
    if kind < 0.6:
        return "".join(r.choices(COMMON, k=length))
    if kind < 0.95:
        return "".join(r.choices(common_syllables(), k=length))
    return "".join(chr(0xAC00 + r.randrange(11172)) for _ in range(length))


def number(r: random.Random) -> str:
    kind = r.random()
    if kind < 0.4:
        return str(r.randrange(1, 200))
    if kind < 0.6:
        return f"{r.random() * 10:.{r.randrange(1, 4)}f}"
    if kind < 0.7:
        return r.choice(["1e-3", "3e-4", "5e-5", "1e-4", "10%", "95%", "2x", "10k", "1M", "0,5", "×10"])
    return str(r.randrange(10))


def latin_word(r: random.Random) -> str:
    if r.random() < 0.6:
        return cased(r, r.choice(LATIN_WORDS)) if r.random() < 0.3 else r.choice(LATIN_WORDS)
    return cased(r, "".join(r.choices("etaoinshrdlcumwfgypbvkjxqz", k=r.randrange(1, 9))))


def strange_word(r: random.Random) -> str:
    kind = r.random()
    if kind < 0.6:
        return "".join(r.choices(common_characters(), k=r.randrange(1, 6)))
    return "".join(r.choices(KANA if kind < 0.85 else GREEK, k=r.randrange(1, 7)))


WORDS_OF = {
    "cyrillic": cyrillic_word, "hangul": korean_word, "latin": latin_word, "strange": strange_word,
}  # fmt: skip


def line_of(r: random.Random, script: str) -> str:
    """One to four words with what stands among them: numbers, Latin names, brackets, signs."""
    count = r.choices([1, 2, 3, 4], [32, 35, 22, 11])[0]
    words = [WORDS_OF[script](r) for _ in range(count)]
    if r.random() < 0.3:
        other = latin_word(r) if r.random() < 0.6 else number(r)
        kind = r.random()
        if kind < 0.35:
            other = f"({other})"
        elif kind < 0.45:
            other = f"[{other}]" if r.random() < 0.5 else f"({WORDS_OF[script](r)})"
        elif kind < 0.5:
            other = f"{other}={number(r)}"
        words.insert(r.choice([0, len(words), len(words)]), other)
    text = words[0]
    for word in words[1:]:
        gap = r.choices([" ", ", ", ": ", "-", "_", "/", " — ", " – ", " - ", " + ", ". ", ""],
                        [78, 3, 3, 4, 3, 3, 1, 1, 2, 1, 1, 1 if script == "hangul" else 0])[0]  # fmt: skip
        text += gap + word
    kind = r.random()
    if kind < 0.03:
        text += r.choice([":", ".", ",", "!", "?", "%", ", %", "°"])
    elif kind < 0.06:
        mark = r.choice(['""', "«»", "''", "<>", "||", "{}"])
        text = mark[0] + text + mark[1]
    elif kind < 0.08:
        text = r.choice(["№ ", "#", "~", "→ ", "* ", "- ", "@", "& ", "$"]) + text
    return text


# ------------------------------------------------------------------ pictures


def agg_coverage(font: Font, text: str, em: float, hinted: bool) -> NDArray[np.float32]:
    """Ink (0 to 1) of a text as matplotlib draws it."""
    face = FT2Font(font.path, hinting_factor=8)
    face.set_size(em, 72)
    face.set_text(text, 0.0, flags=LoadFlags.FORCE_AUTOHINT if hinted else LoadFlags.NO_HINTING)
    face.draw_glyphs_to_bitmap(antialiased=True)
    return np.pad(np.asarray(face.get_image(), dtype=np.float32) / 255, int(em) + 2)


def pillow_coverage(r: random.Random, font: Font, text: str, em: float) -> NDArray[np.float32]:
    """The same by Pillow; unhinted cuts come from enlarged drawing."""
    enlarge = r.choices([1, 2, 3, 4], [50, 15, 15, 20])[0]
    size = em * enlarge
    face = ImageFont.truetype(font.path, size)
    image = Image.new("L", (int(face.getlength(text) * 1.15 + size * 4), int(size * 3.6)))
    pen = ImageDraw.Draw(image)
    x, y = size * 1.5 + r.random(), size * 2.4 + r.random()
    kind = r.random()
    if kind < 0.7:
        pen.text((x, y), text, font=face, fill=255, anchor="ls")
    elif kind < 0.88:  # many programs set narrow spaces
        space = face.getlength(" ") * r.uniform(0.6, 1.05)
        for word in text.split(" "):
            pen.text((x, y), word, font=face, fill=255, anchor="ls")
            x += face.getlength(word) + space
    else:
        spacing = r.uniform(-0.02, 0.1) * size
        for char in text:
            pen.text((x, y), char, font=face, fill=255, anchor="ls")
            x += face.getlength(char) + spacing
    ink = np.asarray(image, dtype=np.float32) / 255
    if enlarge > 1:
        shape = (round(ink.shape[1] / enlarge), round(ink.shape[0] / enlarge))
        ink = cv2.resize(ink, shape, interpolation=cv2.INTER_AREA)
    return ink


def em_of(r: random.Random) -> float:
    """Sizes in px: most words of plots have 9 to 18."""
    kind = r.random()
    return r.uniform(SMALL, 10) if kind < 0.15 else r.uniform(9, 18) if kind < 0.78 else r.uniform(16, LARGE)


def usable(font: Font, script: str) -> bool:
    if script == "strange":
        return set(common_characters()) <= font.glyphs
    return has(font.glyphs, script)


class Drawer:
    """Draws crops in the fonts of each script."""

    def __init__(self, families: list[list[Font]]) -> None:
        self.families = {
            script: [own for family in families if (own := [f for f in family if usable(f, script)])]
            for script, _ in SCRIPTS
        }

    def crops(
        self, r: random.Random, em: float, count: int, script: str | None = None
    ) -> tuple[list[NDArray[np.uint8]], str]:
        """Several crops of one drawing, and the text."""
        chance = r.random()
        script = script or next(name for name, below in SCRIPTS if chance < below)
        family = r.choice(self.families[script] or self.families["latin"])
        font = r.choice(family)
        if script == "strange" and r.random() < 0.2:
            return [crop_of(r, clutter(r, font, em), em, strays=False) for _ in range(count)], "\ufffd"
        text = line_of(r, script)
        while not {*text} - {" "} <= font.glyphs:
            if r.random() < 0.2:  # a few fonts lack much
                font = r.choice(r.choice(self.families[script]))
            text = line_of(r, script)
        if r.random() < 0.45:
            drawn = agg_coverage(font, text, em, hinted=r.random() < 0.7)
        else:
            drawn = pillow_coverage(r, font, text, em)
        return [crop_of(r, drawn, em) for _ in range(count)], text


def label_of(text: str) -> str:
    """What the reader shall say, in its classes; a run of strange letters is one."""
    out = ""
    for char in letters_of(" ".join(text.split())):
        if char != "\ufffd" or not out.endswith("\ufffd"):
            out += char
    return out
