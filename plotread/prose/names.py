"""How a text calls curves, quantities and steps: in words where a name is plain, else letter for letter."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plotread.model import Figure, Panel, Series
from plotread.numerals import step_word
from plotread.prose.colors import color_word
from plotread.prose.lexicon import plural

SPLITS = {
    "train": "training",
    "training": "training",
    "tr": "training",
    "trn": "training",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "eval": "evaluation",
    "evaluation": "evaluation",
    "test": "test",
    "testing": "test",
}
QUANTITIES = {
    "loss": "loss",
    "losses": "loss",
    "acc": "accuracy",
    "accuracy": "accuracy",
    "error": "error",
    "err": "error",
    "lr": "learning rate",
    "mse": "MSE",
    "mae": "MAE",
    "rmse": "RMSE",
    "nll": "NLL",
    "ppl": "perplexity",
    "perplexity": "perplexity",
    "f1": "F1",
    "dice": "Dice",
    "iou": "IoU",
    "map": "mAP",
    "elbo": "ELBO",
    "reward": "reward",
    "precision": "precision",
    "recall": "recall",
    "generator": "generator",
    "discriminator": "discriminator",
    "reconstruction": "reconstruction",
    "kl": "KL",
    "rate": "rate",
    "learning": "learning",
    "divergence": "divergence",
    "score": "score",
    "auc": "AUC",
    "bleu": "BLEU",
}
# Words that only say how a curve was drawn, not what it holds.
DRAWN = {"raw", "smoothed", "smooth", "original", "results", "curve", "ema", "mean", "average"}
UNITS = ("epoch", "step", "iteration", "batch", "episode", "update", "round", "trial", "cycle", "generation")
SEVERAL_RUNS = 2  # names of runs beside which "ema" is one, too
NAMELESS = "the curve"
MAX_PLAIN_LABEL_WORDS = 4  # words; a longer axis label is a sentence, not the name of a quantity
MAX_UNIT_LABEL_WORDS = 8  # words; more are running text that stands below the frame
# What would be misread in running text: bare numbers, leading signs, commas, an "and".
QUOTED = re.compile(r"^[\d.\s]*$|^(?i:none|nan|no|a|all)$|^[^A-Za-z0-9]|[,;+]|\band\b")
# Words of a title that say what kind of picture it is, not what it measures.
FILLER = {
    "scalars",
    "curve",
    "curves",
    "history",
    "progress",
    "vs",
    "vs.",
    "epoch",
    "epochs",
    "step",
    "steps",
    "model",
    "over",
    "training",
    "during",
    "the",
    "of",
    "schedule",
    "metrics",
    "iterations",
    "time",
    "compute",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """What the horizontal axis counts; empty words where the figure does not say."""

    one: str = ""
    many: str = ""

    def at(self, text: str) -> str:
        """'epoch 9', or '9' where the axis has no name."""
        return f"{self.one} {text}".strip()

    def span(self, a: str, b: str) -> str:
        """'epochs 0 to 9'."""
        return f"{self.many} {a} to {b}".strip()

    def amount(self, text: str) -> str:
        """'12 steps'; without a unit the bare number."""
        return f"{text} {self.one if text in ('1', 'one') else self.many}".strip()


@dataclass(frozen=True, slots=True)
class Name:
    """A curve as a subject.

    Attributes
    ----------
    text : str
        "training loss", "the loss", "ADAM".
    split : str
        "training", "validation", ... or "" where the name has none.
    quantity : str
        "loss", "accuracy" ... or "" where it is not known.
    plain : bool
        Whether `text` is made of words (and may be capitalized) rather than copied letter for letter.
    run : str
        The run alone, where curves of several inputs are compared; else "".
    """

    text: str
    split: str = ""
    quantity: str = ""
    plain: bool = True
    run: str = ""


def words_of(label: str) -> list[str]:
    """The words of a legend text or label: "train/cls_loss" -> train, cls, loss."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", label)
    return [w for w in re.split(r"[\s_/.\-]+", re.sub(r"\([^)]*\)", " ", spaced)) if w]


def unit_of(panel: Panel) -> Unit:
    """What the horizontal axis counts, from its label alone; nothing is invented.

    An axis of dates counts none of them, whatever its label says.
    """
    if panel.x.kind == "date":
        return Unit()
    words = words_of(panel.x.label or "")
    for word in words if len(words) <= MAX_UNIT_LABEL_WORDS else ():
        for unit in UNITS:
            if word.lower().rstrip("#.:") in (unit, plural(unit)):
                return Unit(unit, plural(unit))
    unit_abroad = step_word(panel.x.label) if len(words) <= MAX_UNIT_LABEL_WORDS else None
    return Unit(unit_abroad, plural(unit_abroad)) if unit_abroad else Unit()


def plain_label(label: str | None) -> str | None:
    """A label as a noun: "Loss (nats)" -> "loss"; None where it is no short name."""
    if not label:
        return None
    bare = re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", label).strip()
    bare = re.sub(r"^tag:\s*", "", bare, flags=re.IGNORECASE)  # a dashboard's word before the name
    words = bare.split()
    if not words or len(words) > MAX_PLAIN_LABEL_WORDS:
        return None
    if len(words) == 1 and re.search(r"[/_]", bare):
        return _path_noun(bare)
    return " ".join(_lower(word) for word in words)


def _path_noun(path: str) -> str:
    """ "train/loss" -> "training loss"; a path with words of its own stays as it is."""
    words = [w.lower() for w in words_of(path)]
    splits = [SPLITS[w] for w in words if w in SPLITS]
    rest = [w for w in words if w not in SPLITS and w not in FILLER]
    if rest and all(w in QUANTITIES for w in rest):
        return " ".join([*dict.fromkeys(splits), _compound(rest)])
    return path


def _lower(word: str) -> str:
    """Lower case, except for acronyms and proper names."""
    known = QUANTITIES.get(word.lower())
    if known is not None and known != known.lower():
        return known
    parts = word.split("-")
    if len(parts) > 1 and all(part.isalpha() and len(part) > 1 for part in parts):
        return "-".join(_lower(part) for part in parts)
    return word.lower() if word[1:] == word[1:].lower() else word


def quantity_of(panel: Panel, axis: str = "y") -> str | None:
    """What an axis measures: its label, else the panel's title where that is a short name."""
    scale_axis = panel.y2 if axis == "y2" and panel.y2 is not None else panel.y
    label = plain_label(scale_axis.label)
    if label is None and axis == "y":
        label = _title_quantity(panel.title)
    return "learning rate" if label is not None and label.lower() == "lr" else label


def says_what(title: str | None) -> bool:
    """Whether a title tells what its panel shows: "Training curves" may stand over anything."""
    return bool({w.lower() for w in words_of(title or "")} - FILLER)


def panel_names(figure: Figure) -> dict[int, str]:
    """What a text calls each panel: its title, its quantity or its place, the first that is its alone."""
    panels = figure.panels
    titles = [p.title if p.title and says_what(p.title) else "" for p in panels]
    found = {p.index: f"panel {p.index + 1}" for p in panels}
    for names in ([quantity_of(p) or "" for p in panels], titles):
        lower = [name.lower() for name in names]
        found |= {p.index: n for p, n in zip(panels, names, strict=True) if n and lower.count(n.lower()) == 1}
    return found


def _title_quantity(title: str | None) -> str | None:
    words = [w.lower() for w in words_of(title or "")]
    if ("learning" in words and "rate" in words) or "lr" in words:
        return "learning rate"
    label = plain_label(title)
    if label is None or set(words) & FILLER:
        return "loss" if "loss" in words or "losses" in words else "accuracy" if "accuracy" in words else None
    return label


def is_plain(noun: str) -> bool:
    """Whether a noun is made of words, so that a sentence may capitalize it."""
    return not re.search(r"[/_]", noun)


def name_of(panel: Panel, series: Series) -> Name:
    """How a text calls this curve."""
    quantity = quantity_of(panel, series.axis)
    if series.run is not None:
        return _run_name(panel, series, quantity)
    text = (series.name or "").strip()
    words = [w.lower() for w in words_of(text)]
    if all(w in DRAWN for w in words):
        is_run = bool(words) and series.role != "smoothed" and _names_runs(panel, "")
        return Name(text, "", quantity or "", plain=False) if is_run else _unnamed(quantity)
    split = next((SPLITS[w] for w in words if w in SPLITS), "")
    rest = _own_words(words)
    if split and not rest and len(words) > 1 and _names_runs(panel, split):
        return Name(text, split, quantity or "", plain=False)  # "ema val" beside "seed 2 val" is a run
    if all(w in QUANTITIES for w in rest):
        return _plain(split, _compound(rest) or quantity or "")
    text = re.sub(r"losses$", "loss", text)
    return Name(f'"{text}"' if QUOTED.search(text) else text, _lone_split(words), quantity or "", plain=False)


def _own_words(words: list[str]) -> list[str]:
    """The lower-case words of a name that tell neither the data split nor how the curve is drawn."""
    return [w for w in words if w not in SPLITS and w not in DRAWN]


def _names_runs(panel: Panel, split: str) -> bool:
    """Whether names tell runs: one of this split, or several that name no split where it is empty."""
    runs = 0
    for series in panel.series:
        words = [w.lower() for w in words_of(series.name or "")]
        splits = {SPLITS[w] for w in words if w in SPLITS}
        told = any(w not in QUANTITIES for w in _own_words(words))
        runs += told and splits == ({split} if split else set())
    return runs >= (1 if split else SEVERAL_RUNS)


def _run_name(panel: Panel, series: Series, quantity: str | None) -> Name:
    """A curve of one of several inputs: the run, and what of it where the panel holds more of that run."""
    run = f'"{series.run}"' if QUOTED.search(series.run or "") else series.run or ""
    alone = sum(other.run == series.run for other in panel.series) == 1
    split = _lone_split([w.lower() for w in words_of(series.name or "")])
    text = run if alone else f"{run} {split or series.name or ''}".strip()
    return Name(text, split, quantity or "", plain=False, run=run)


def _lone_split(words: list[str]) -> str:
    """The split of a name that holds exactly one: "Base Train"."""
    found = {SPLITS[w] for w in words if w in SPLITS}
    return found.pop() if len(found) == 1 else ""


def _plain(split: str, noun: str) -> Name:
    own = next((SPLITS[w] for w in noun.lower().split()[:1] if w in SPLITS), "")
    if own:
        return Name(noun, own, noun.partition(" ")[2])
    if split and noun:
        return Name(f"{split} {noun}", split, noun, plain=is_plain(noun))
    if split:
        return Name(f"the {split} curve", split, "")
    return Name(f"the {noun}", "", noun) if noun else Name(NAMELESS)


def _compound(words: list[str]) -> str:
    return " ".join(dict.fromkeys(QUANTITIES[w] for w in words))


def _unnamed(quantity: str | None) -> Name:
    if quantity is None:
        return Name(NAMELESS)
    if not is_plain(quantity):
        return Name(quantity, "", quantity, plain=False)
    words = quantity.split()
    split = SPLITS.get(words[0].lower(), "") if len(words) > 1 else ""
    if split:
        return Name(quantity, split, " ".join(words[1:]))
    return Name(f"the {quantity}", "", quantity)


def names_in(figure: Figure) -> dict[tuple[int, int], Name]:
    """Names of all curves, by position of panel and curve; two curves never share a plain name."""
    found: dict[tuple[int, int], Name] = {}
    for panel in figure.panels:
        local = {j: name_of(panel, s) for j, s in enumerate(panel.series)}
        smoothed = {j for j in local if panel.series[j].role == "smoothed" or _says_smoothed(panel.series[j])}
        raw = [n for j, n in local.items() if j not in smoothed]
        raw_texts = [n.text for n in raw]
        for j, name in local.items():
            series, told = panel.series[j], name
            bare = j in smoothed and name.text == NAMELESS and len(raw) == 1  # "smoothed" and no more
            own = raw[0] if bare else name
            if j in smoothed and own.text in raw_texts:
                told = Name(
                    f"the smoothed {own.text.removeprefix('the ')}", own.split, own.quantity, own.plain
                )
            elif j not in smoothed and raw_texts.count(name.text) > 1 and series.name:
                told = Name(f'"{series.name}"', name.split, name.quantity, plain=False)
            found[panel.index, j] = told
        _part_by_color(panel, found)
        _part_by_place(panel, found)
    return found


def _part_by_color(panel: Panel, found: dict[tuple[int, int], Name]) -> None:
    """Curves without a name of their own are told apart by color; those of one color by their order."""
    texts = [found[panel.index, j].text for j in range(len(panel.series))]
    for j, series in enumerate(panel.series):
        if texts.count(texts[j]) < 2:
            continue
        twins = [k for k, text in enumerate(texts) if text == texts[j]]
        colors = [color_word(panel.series[k].color) for k in twins]
        name = found[panel.index, j]
        word = color_word(series.color)
        parted = f"the {word} curve" if word and colors.count(word) == 1 else f"curve {twins.index(j) + 1}"
        found[panel.index, j] = Name(parted, name.split, name.quantity)


def _part_by_place(panel: Panel, found: dict[tuple[int, int], Name]) -> None:
    """What still shares a name (a red curve of either axis) is told apart by its place in the panel."""
    texts = [found[panel.index, j].text for j in range(len(panel.series))]
    for j, text in enumerate(texts):
        if texts.count(text) > 1:
            name, place = found[panel.index, j], j + 1
            while f"curve {place}" in texts:
                place += len(texts)
            found[panel.index, j] = Name(f"curve {place}", name.split, name.quantity)


def _says_smoothed(series: Series) -> bool:
    return bool({"smooth", "smoothed", "ema"} & {w.lower() for w in words_of(series.name or "")})
