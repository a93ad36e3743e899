"""What the names of columns mean to a log reader: x columns, bookkeeping, quantity families."""

from __future__ import annotations

import re

# Names of the x column, best first, and the word for the axis.
X_NAMES: dict[str, str] = {
    "step": "step",
    "steps": "step",
    "global_step": "step",
    "_step": "step",
    "current_steps": "step",
    "trainer/global_step": "step",
    "train/global_step": "step",
    "iteration": "iteration",
    "iterations": "iteration",
    "iter": "iteration",
    "iters": "iteration",
    "num_updates": "step",
    "update": "step",
    "updates": "step",
    "training step": "step",
    "epoch": "epoch",
    "epochs": "epoch",
    "#epoch": "epoch",
    "batch": "batch",
}

# Logged beside the curves, and no curve of the training itself.
_BOOKKEEPING = frozenset(
    {
        "time",
        "wall time",
        "wall_time",
        "walltime",
        "timestamp",
        "_timestamp",
        "_runtime",
        "_wandb",
        "date",
        "datetime",
        "relative time (process)",
        "relative time (wall)",
        "elapsed",
        "elapsed_time",
        "remaining_time",
        "eta",
        "total_steps",
        "total_flos",
        "total_tokens",
        "throughput",
        "percentage",
        "memory",
        "data_time",
        "batch_time",
        "n_parameters",
        "num_tokens",
        "num_input_tokens_seen",
        "gpu_mem",
        "seconds",
        "duration",
        "train_runtime",
        "mode",
        "best",
        "seed",
        "index",
        "row",
    }
)
_BOOKKEEPING_ENDS = (
    "_runtime",
    "_per_second",
    "/runtime",
    "per_second",
    "_time",
    "/time",
    "_samples",
    "_tokens",
)

_SPLITS = frozenset(
    {"train", "training", "trn", "val", "valid", "validation", "eval", "evaluation", "test", "dev"}
)
QUANTITIES = frozenset({
    "loss", "losses", "acc", "accuracy", "error", "perplexity", "ppl", "reward", "return", "lr", "dice",
    "iou", "score", "f1", "auc", "bleu", "mse", "mae", "nll", "precision", "recall", "map", "norm",
})  # fmt: skip
_WINDOWS = frozenset({"epoch", "step", "avg", "average", "running", "smoothed", "ema", "raw"})
_SYNONYMS = {"acc": "accuracy", "losses": "loss", "auroc": "auc", "ppl": "perplexity"}
_TOKENS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+[\-–.]?\d*|[^\W\d_]+")


def is_bookkeeping(name: str) -> bool:
    """Whether a column is about the logging (times, memory, counters) rather than the training."""
    low = name.strip().lower()
    return low in _BOOKKEEPING or low.endswith(_BOOKKEEPING_ENDS)


def x_word(name: str) -> str | None:
    """The word for the axis if this is the name of an x column, else None."""
    return X_NAMES.get(name.strip().lower())


def tokens(name: str) -> tuple[str, ...]:
    """The words of a column name, in lower case.

    >>> tokens("metrics/mAP50-95(B)"), tokens("valLoss")
    (('metrics', 'm', 'ap', '50-95', 'b'), ('val', 'loss'))
    """
    return tuple(token.lower() for token in _TOKENS.findall(name))


def family(name: str) -> str:
    """The quantity that a name tells, without the data set it was measured on; such series share an axis.

    >>> family("train/box_loss") == family("val/box_loss"), family("eval_loss"), family("lr/pg0")
    (True, 'loss', 'lr')
    """
    words = tokens(name)
    if "lr" in words or ("learning" in words and "rate" in words):
        return "lr"
    kept = [_SYNONYMS.get(word, word) for word in words if word not in _SPLITS and word not in _WINDOWS]
    return " ".join(kept)


def split_words(name: str) -> frozenset[str]:
    """The words of a name that tell a data set."""
    return _SPLITS & set(tokens(name))


def quantity_words(name: str) -> frozenset[str]:
    """The words of a name that tell what is measured."""
    return QUANTITIES & set(tokens(name))
