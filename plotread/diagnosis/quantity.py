"""What a curve measures, judged by the words around it: quantity, data split, smoothing, part of a game."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Direction = Literal["lower", "higher"]
Split = Literal["train", "val"]

_TOKENS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TRAIN = frozenset(
    {"train", "training", "trn", "tr", "trained", "обучение", "обучения", "обучающая", "тренировка", "학습"}
)
VAL = _words(
    "val valid validation validate eval evaluation test testing tst dev heldout holdout "
    "vld валидация валидации проверка тест validierung validación validacion"
)
# Scripts written without spaces are searched as substrings.
TRAIN_PARTS = (
    "训练", "訓練", "학습손실", "학습정확도", "훈련", "обуч", "трениро", "навчан", "тренув", "entraînement",
    "entrenamiento",
)  # fmt: skip
VAL_PARTS = (
    "验证", "驗證", "検証", "测试", "測試", "テスト", "검증", "테스트", "валид", "валід", "тестов", "тестув",
    "перевір",
)  # fmt: skip

# The first family that holds a word of the text wins; the order settles names such as "lr loss".
_FAMILIES: tuple[tuple[str, frozenset[str], tuple[str, ...]], ...] = (
    (
        "lr",
        frozenset({"lr", "lrs", "lernrate"}),
        (
            "learning rate",
            "learningrate",
            "学习率",
            "學習率",
            "学習率",
            "학습률",
            "скорость обучения",
            "темп обучения",
            "швидкість навчання",
            "taux d'apprentissage",
        ),
    ),
    (
        "grad_norm",
        frozenset({"grad", "gradient", "gradients", "gnorm"}),
        ("grad norm", "gradient norm", "градиент", "градієнт", "기울기", "梯度"),
    ),
    (
        "speed",
        _words("throughput fps ips runtime memory gpu cpu"),
        ("samples/s", "tokens/s", "it/s", "per second", "elapsed", "wall time"),
    ),
    (
        "perplexity",
        frozenset({"ppl", "perplexity", "bpb", "bpc"}),
        ("перплекс", "困惑度", "퍼플렉", "혼란도"),
    ),
    (
        "loss",
        _words(
            "loss losses mse mae rmse nll bce ce cost kl crossentropy xent dfl giou verlust perte "
            "pérdida perdida perda energy residual msle huber mape smape"
        ),
        (
            "cross entropy",
            "negative log likelihood",
            "neg log likelihood",
            "потер",
            "втрат",
            "损失",
            "損失",
            "손실",
        ),
    ),
    ("objective", frozenset({"objective", "elbo", "likelihood"}), ("evidence lower bound",)),
    (
        "error",
        _words("error err errors wer cer eer ece fid lpips ошибка fehler erreur"),
        ("误差", "誤差", "错误率", "ошибк", "похибк", "오차", "오류", "false positive", "false negative"),
    ),
    (
        "reward",
        frozenset({"reward", "rewards", "rew", "return", "returns", "награда"}),
        ("奖励", "報酬", "вознагражд", "винагород", "보상"),
    ),
    (
        "metric",
        _words(
            "acc accuracy accuracies top precision recall map auc auroc auprc iou miou dice bleu "
            "rouge psnr ssim score fitness sensitivity specificity kappa mrr ndcg hits success "
            "win winrate genauigkeit точность exactitud précision metric metrics matthews mcc "
            "spearman pearson performance"
        ),
        (
            "f1",
            "m ap",
            "map50",
            "r2",
            "ap50",
            "explained variance",
            "准确率",
            "準確率",
            "精度",
            "正解率",
            "정확도",
            "정밀도",
            "재현율",
            "точност",
            "точніст",
        ),
    ),
)
_SMOOTH_LOSS = re.compile(r"\bsmooth l\b|\blabel smoothing\b")
LONGEST_TITLE = 9  # words
_GAINS = frozenset({"improvement", "improvements"})
_NOT_LOSSES = ("loss scale", "loss weight", "std dev")  # factors and spreads that bear the name
_DIRECTION: dict[str, Direction] = {
    "loss": "lower",
    "error": "lower",
    "perplexity": "lower",
    "metric": "higher",
    "reward": "higher",
}
SMOOTHED = _words("smooth smoothed ema smoothing sma rolling averaged")
SMOOTHED_PARTS = (
    "moving average", "running average", "running mean", "moving avg", "平滑", "сглаж", "згладж", "평활",
    "이동평균", "이동 평균",
)  # fmt: skip
GAME = frozenset(
    {"generator", "discriminator", "gen", "disc", "critic", "adversarial", "adv", "gan", "actor"}
)
TOTAL_WORDS = frozenset({"total", "overall", "sum", "combined"})  # of a loss that others add up to
# Names that only tell how a curve is drawn; the panel's title or label then says what it is.
GENERIC = frozenset(
    {
        "results",
        "smooth",
        "smoothed",
        "raw",
        "original",
        "data",
        "value",
        "values",
        "curve",
        "series",
        "y",
        "line",
    }
)
# After these words "training" names the whole picture, not a data split.
_WHOLE = re.compile(
    r"\b(training|train)\s+(curves?|progress|history|dynamics|run|metrics|process|log|logs|results|summary|plots?)\b"
    r"|(?:крив|процесс|динамик|скорост|истори|график|темп)\w* обучения"
    r"|학습 ?(?:곡선|과정|결과|률)|훈련 ?(?:곡선|과정|결과)",
    re.I,
)


# A setting with its value: "lr=0.1", "lr 1e-3", "dropout: 0.5".
_SETTING = re.compile(
    r"\b[^\W\d]\w*\s*[=:]\s*[-+]?[\d.]+(?:e[-+]?\d+)?|\b(?:lr|learning[ _]rate)[ _]?[\d.]+(?:e[-+]?\d+)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the words say.

    Attributes
    ----------
    quantity : str
        loss, error, perplexity, objective (either sign: the way it goes is the better one), metric,
        reward, lr, grad_norm, speed or other.
    direction : "lower", "higher" or None
        Which way is better.
    split : "train", "val" or None
        Test, dev and evaluation curves are "val": data that is not trained on.
    smoothed : bool
        Whether the name says so.
    game : bool
        Part of an adversarial pair, whose losses measure a balance.
    """

    quantity: str
    direction: Direction | None
    split: Split | None
    smoothed: bool
    game: bool


def tokens(text: str | None) -> tuple[str, ...]:
    """The lower-case words of a name.

    >>> tokens("metrics/mAP50(B)"), tokens("valLoss")
    (('metrics', 'm', 'ap', '50', 'b'), ('val', 'loss'))
    """
    return tuple(token.lower() for token in _TOKENS.findall(text or ""))


def is_generic(name: str | None) -> bool:
    """Whether a name says nothing of the quantity ("results", "smooth")."""
    found = tokens(name)
    return not found or all(token in GENERIC or token.isdigit() for token in found)


def quantity_of(text: str | None) -> str | None:
    """The quantity that a text names, or None."""
    if not text:
        return None
    words_in = tokens(text)
    found = frozenset(words_in)
    # "learning_rate", "LearningRate" and "learning rate" are one; other scripts keep their own spelling.
    spellings = (text.lower(), " ".join(words_in))
    if any(phrase in spellings[1] for phrase in _NOT_LOSSES):
        return None
    if found & _GAINS:
        return "metric"  # "validation loss improvement"
    for name, words, parts in _FAMILIES:
        if name == "grad_norm" and "loss" in found and "norm" not in found:
            continue  # "policy_gradient_loss"
        if (
            found & words
            or any(part in spelling for part in parts for spelling in spellings)
            or (name == "metric" and {"m", "ap"} <= found)
        ):
            return name
    return None


def split_of(text: str | None) -> Split | None:
    """The data split that a text names; None for none and for both."""
    if not text:
        return None
    plain = _WHOLE.sub(" ", text).replace("std dev", " ")
    found, lower = frozenset(tokens(plain)), plain.lower()
    train = bool(found & TRAIN) or any(part in lower for part in TRAIN_PARTS)
    val = bool(found & VAL) or any(part in lower for part in VAL_PARTS)
    if train == val:
        return None
    return "train" if train else "val"


def _describes_a_run(name: str | None, label: str | None) -> bool:
    """Whether a name tells which run a curve is, so that the axis says what it measures.

    "Baseline with Dice" on an axis of losses is a run trained with that loss; "val acc" is an accuracy
    wherever it stands.
    """
    axis = quantity_of(label)
    if axis is None or quantity_of(name) in (None, axis) or set(tokens(label)) & {"metric", "metrics"}:
        return False
    if re.search(r"[/&,]|\band\b", label or ""):
        return False  # "loss / accuracy": the axis holds both
    own = [word for word in tokens(name) if word not in TRAIN | VAL | SMOOTHED and not word.isdigit()]
    return sum(quantity_of(word) is None and len(word) > 1 for word in own) > 0


def meaning_of(name: str | None, label: str | None, title: str | None) -> Meaning:
    """Judge a curve by its own name first, then by its axis label, then by the title of its panel.

    >>> meaning_of("Validation", "Loss", None).split, meaning_of("Validation", "Loss", None).quantity
    ('val', 'loss')
    """
    bare = _SETTING.sub(" ", name or "")
    # "lr=0.1" beside other such names is a run with that setting, no curve of the learning rate.
    if bare != name and (set(map(quantity_of, (label, title))) - {None, "lr"}):
        own = None if is_generic(bare) else bare
    else:
        own = None if is_generic(name) else name
    if len(tokens(title)) > LONGEST_TITLE:
        title = None  # a sentence names many things that the curve is not
    if _describes_a_run(own, label):
        texts: Sequence[str | None] = (label, own, title)
    else:
        texts = (own, label, title)
    quantity = next((q for q in map(quantity_of, texts) if q), "other")
    split = next((s for s in map(split_of, (own, label, title)) if s), None)
    words = frozenset(tokens(name))
    # "smooth L1" and "label smoothing" are losses, not drawings of them.
    named_so = _SMOOTH_LOSS.search(" ".join(tokens(name))) is not None
    smoothed = (bool(words & SMOOTHED) and not named_so) or any(
        part in (name or "").lower() for part in SMOOTHED_PARTS
    )
    # "D loss" is a side of a game; "d-64" is a width.
    sized = any(word.isdigit() for word in words) and "loss" not in words
    letters = quantity == "loss" and bool(words & {"g", "d"}) and len(words) <= 3 and not sized
    game = bool(words & GAME) or letters
    return Meaning(quantity, _DIRECTION.get(quantity), split, smoothed, game)
