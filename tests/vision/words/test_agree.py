"""Names of one legend that share words mend each other's spelling."""

from __future__ import annotations

import pytest

from plotread.geometry import Box
from plotread.vision.types import LegendEntry
from plotread.vision.words.agree import _one_letter_apart, agreed


def names(*read: tuple[str, float]) -> list[str]:
    box = Box(0, 0, 1, 1)
    entries = [LegendEntry(text, (0, 0, 0), "solid", None, box, box, sure) for text, sure in read]
    return [entry.name for entry in agreed(entries)]


def test_a_doubted_word_is_spelled_as_a_surer_name_spells_it():
    assert names(("Training wd: 1, fiters:32", 0.90), ("Training wd: 1, filters:64", 0.998)) == [
        "Training wd: 1, filters:32", "Training wd: 1, filters:64",
    ]  # fmt: skip
    assert names(("multi-task làrge", 0.975), ("single-task large", 0.999))[0] == "multi-task large"


@pytest.mark.parametrize(
    "read",
    [
        (("ResNet", 0.995), ("ResNeXt", 0.998)),  # read surely, so meant
        (("Adan, lr 1", 0.95), ("Adam, lr 1", 0.999)),  # too short
        (("run 12345", 0.95), ("run 12346", 0.999)),  # numbers are no letters
        (("filters", 0.95), ("filtres", 0.955)),  # neither is surer
        (("training", 0.95), ("straining hard", 0.999), ("training", 0.999)),  # read surely elsewhere
    ],
)
def test_what_may_be_meant_stays(read):
    assert names(*read) == [text for text, _ in read]


def test_one_letter_apart():
    assert _one_letter_apart("filters", "fiters")
    assert _one_letter_apart("fiters", "filters")
    assert _one_letter_apart("filter$", "filters")
    assert not _one_letter_apart("filters", "fires")


def test_numbered_names_of_one_pattern():
    runs = [("run-1", 1.0), ("run-2", 0.999), ("run-4", 1.0)]
    assert names(*runs, ("Prun-13", 0.96))[-1] == "run-13"
    assert names(*runs, ("ran-3", 0.9))[-1] == "run-3"
    # as sure as the others, fewer of these, or more than a letter off: meant so
    assert names(*runs, ("Prun-3", 1.0))[-1] == "Prun-3"
    assert names(*runs[:2], ("Prun-3", 0.96))[-1] == "Prun-3"
    assert names(*runs, ("train-3", 0.96))[-1] == "train-3"
    assert names(("A1", 1.0), ("A2", 1.0), ("A3", 1.0), ("B4", 0.9))[-1] == "B4"
    assert names(*runs, ("rum-4", 0.9))[-1] == "rum-4"  # there is a run-4
    assert names(("val", 1.0), ("val", 1.0), ("val", 1.0), ("vat", 0.9))[-1] == "vat"


def test_lone_letters_where_other_names_have_numbers():
    assert names(("run O", 1.0), ("run 1", 1.0), ("run 2", 0.999)) == ["run 0", "run 1", "run 2"]
    assert names(("fold l of 3", 0.98), ("fold 2 of 3", 0.99)) == ["fold 1 of 3", "fold 2 of 3"]
    assert names(("run o", 0.9)) == ["run 0"]
    # a letter of a word, another pattern, or a number that is there already
    assert names(("foo", 1.0), ("fo0", 1.0)) == ["foo", "fo0"]
    assert names(("l loss", 1.0), ("2nd loss", 1.0)) == ["l loss", "2nd loss"]
    assert names(("l of 3", 0.98), ("1 of 3", 0.99)) == ["l of 3", "1 of 3"]


@pytest.mark.parametrize(
    ("read", "sure", "meant"),
    [
        ("tést_acc", 0.9, "test_acc"), ("ioss", 0.86, "loss"), ("|r=3e-4", 0.9, "lr=3e-4"),
        ("Train Ioss", 0.9, "Train Loss"), ("Valdation Loss", 0.99, "Validation Loss"),
        ("accuracv", 0.8, "accuracy"),
        # read surely, of other words, or too short to be told from others
        ("tést", 0.999, "tést"), ("Valdation", 0.999, "Valdation"), ("less", 0.8, "less"),
        ("trains", 0.8, "trains"), ("Ion", 0.8, "Ion"), ("Gradient", 0.8, "Gradient"),
    ],
)  # fmt: skip
def test_doubted_words_of_training_plots(read, sure, meant):
    assert names((read, sure)) == [meant]
