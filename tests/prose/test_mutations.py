"""Change the curve, and the sentence must change: a text that survives was not written from the facts."""

from __future__ import annotations

from plotread.model import Document, Paragraph, Statement
from plotread.prose import render, write
from plotread.prose.check import unsupported
from tests.prose import cases


def test_one_lower_spike_ends_the_common_ratio() -> None:
    out = render(write(*cases.periodic(heights=(2.0, 2.0, 1.6, 2.0, 2.0, 2.0))))
    assert "1.97 to 2.03 times" not in out
    assert "12 steps" in out  # still evenly spaced


def test_one_shifted_spike_ends_the_period() -> None:
    out = render(write(*cases.periodic(steps=(13, 25, 39, 49, 61, 73))))
    assert "12 steps" not in out
    assert "six spikes" in out.lower()


def test_slow_recoveries_are_counted() -> None:
    out = render(write(*cases.periodic(recoveries=(6, 7, 1, 1, 1, 1))))
    assert "is gone at the next" not in out
    assert "6, 7, 1, 1, 1 and 1" in out


def claims(sentence: str, case: tuple, *ids: str) -> list[str]:
    figure, findings = case
    document = Document("description", (Paragraph((Statement(sentence, ids),)),))
    return unsupported(document, figure, findings)


def test_checker_finds_wrong_numbers() -> None:
    case = cases.pair()
    good = "Validation loss rises from its lowest value, 1.020 at epoch 15, to 1.038 at epoch 50."
    assert claims(good, case, "f3") == []
    assert claims(good.replace("1.020", "1.030"), case, "f3")
    assert claims(good.replace("epoch 15", "epoch 16"), case, "f3")


def test_checker_finds_wrong_directions_and_names() -> None:
    case = cases.pair()
    assert claims("Training loss falls from 1.068 to 0.970.", case, "f0") == []
    assert claims("Training loss rises from 1.068 to 0.970.", case, "f0")
    assert claims("Validation loss falls from 1.068 to 0.970.", case, "f0")


def test_checker_finds_claims_without_their_finding() -> None:
    case = cases.pair()
    assert claims("Training loss diverges.", case, "f0")
    assert claims("Training loss is still falling at the end.", case, "f0")
    assert claims("Training and validation tie.", case, "f2")
    assert claims("Validation ends below training, by 0.068 at epoch 50.", case, "f2")


def test_checker_finds_wrong_counts_words_and_unknown_ids() -> None:
    case = cases.periodic()
    assert claims("Six spikes stand out at even gaps of 12 steps.", case, "f2") == []
    assert claims("Seven spikes stand out at even gaps of 12 steps.", case, "f2")
    assert claims("Each reads twice the value before it.", cases.pair(), "f0")
    assert claims("A dramatic fall.", case, "f0")
    assert claims("The loss falls.", case, "f99")


def test_checker_reads_table_rows_against_the_curves() -> None:
    figure, findings = cases.periodic()
    rows = (
        Statement("| step | loss |"),
        Statement("| 1 | 3.83 |", ("f0",)),
        Statement("| 2 | 3.99 |", ("f0",)),
    )
    wrong = unsupported(Document("report", (Paragraph(rows, layout="table"),)), figure, findings)
    assert len(wrong) == 1
    assert "3.99" in wrong[0]
