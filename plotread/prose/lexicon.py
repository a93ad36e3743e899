"""The fixed vocabulary: which words a text may use, and which findings must stand behind them.

One meaning has one word.  Readers of forecasts written by fixed data-to-word rules preferred them to
human ones, partly for the steadier choice of words (SumTime), so nothing here is varied for variety.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

COUNT_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)

# Judgements, fillers, chart talk and remedies that fit any plot; a text with one of these is wrong.
FORBIDDEN = (
    "the plot shows",
    "the graph shows",
    "the chart shows",
    "the figure shows",
    "as can be seen",
    "it can be seen",
    "significant",
    "dramatic",
    "drastic",
    "excellent",
    "good",
    "great",
    "impressive",
    "healthy",
    "reasonable",
    "successful",
    "promising",
    "optimal",
    "robust",
    "remarkabl",
    "interesting",
    "notabl",
    "overall",
    "generally",
    "basically",
    "essentially",
    "indicating that",
    "suggests that the model",
    "it is worth",
    "it is important",
    "hyperparameter tun",
    "regularization",
    "regularisation",
    "early stopping",
    "dropout",
    "fine-tun",
    "converge",
    "plummet",
    "skyrocket",
    "soar",
    "plunge",
    "volatile",
    "!",
    "undefined",
    "nan",
    "none",
)

LOSS_WORDS = ("loss", "error", "perplexity", "mse", "mae", "rmse", "cross-entropy", "nll", "mape")


def count_word(n: int) -> str:
    """A count as a word up to twelve, in digits beyond.

    >>> count_word(6), count_word(31)
    ('six', '31')
    """
    return COUNT_WORDS[n] if 0 <= n < len(COUNT_WORDS) else f"{n:,}"


def count(n: int, noun: str) -> str:
    """A count with its noun.

    >>> count(1, "spike"), count(3, "spike"), count(2, "loss"), count(2, "curve of one run")
    ('one spike', 'three spikes', 'two losses', 'two curves of one run')
    """
    return f"{count_word(n)} {noun if n == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """The plural of an English noun of this field.

    >>> plural("epoch"), plural("loss"), plural("accuracy"), plural("batch")
    ('epochs', 'losses', 'accuracies', 'batches')
    """
    head, space, tail = noun.partition(" of ")
    if head.endswith(("s", "sh", "ch", "x")) and not head.endswith("epoch"):
        head += "es"
    elif head.endswith("y") and head[-2:-1] not in tuple("aeiou"):
        head = head[:-1] + "ies"
    else:
        head += "s"
    return head + space + tail


def listing(items: Sequence[str], last: str = "and") -> str:
    """Items in a row, without a comma before the last.

    >>> listing(["a", "b", "c"]), listing(["a"])
    ('a, b and c', 'a')
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def capital(text: str) -> str:
    """The text with its first letter raised, the rest untouched."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence: capital (a copied name keeps its letters), full stop, single spaces.

    >>> sentence("the loss  falls"), sentence("train/cls_loss falls"), sentence("run_01 ends best")
    ('The loss falls.', 'train/cls_loss falls.', 'run_01 ends best.')
    """
    text = re.sub(r"\b(?:(near|around) about|near (below))\b", r"\1\2", " ".join(text.split()))
    copied = re.search(r"[/_=\d]", text.partition(" ")[0]) is not None
    return (text if copied else capital(text)) + ("" if text.endswith((".", "?", ":")) else ".")
