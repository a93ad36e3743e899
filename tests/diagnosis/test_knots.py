"""Curves sampled along their pixels are diagnosed on their logged steps, and only where these show."""

from __future__ import annotations

import numpy as np
import pytest

from plotread.diagnosis import diagnose
from plotread.diagnosis.curves import build_curves
from plotread.diagnosis.knots import on_knots
from plotread.diagnosis.quantity import meaning_of
from plotread.model import Axis, Figure, Panel, Series, Source

EPOCHS = np.arange(1.0, 31.0)
LOSS = 0.3 + np.exp(-EPOCHS / 6) + 0.02 * np.random.default_rng(3).standard_normal(30)
RES_X, RES_Y = 0.05, 0.004  # data units of a pixel: 20 px from epoch to epoch


def drawn(x: np.ndarray, y: np.ndarray, label: str = "Epoch", cap: float = 0.1) -> Panel:
    """One value per pixel column of the polyline, whose caps reach a little beyond its ends."""
    columns = np.arange(x[0] - cap, x[-1] + cap, RES_X)
    line = np.interp(columns, x, y) + 0.1 * RES_Y * np.sin(columns * 37)
    series = Series(columns, line, line - RES_Y / 2, line + RES_Y / 2, name="loss")
    return Panel(
        0, Axis(label=label, resolution=RES_X), Axis(label="Loss", resolution=RES_Y), series=(series,)
    )


def test_samples_go_back_to_their_epochs() -> None:
    (series,) = on_knots(drawn(EPOCHS, LOSS))
    assert series.points == "recovered"
    assert series.x.tolist() == EPOCHS.tolist()
    np.testing.assert_allclose(series.y, LOSS, atol=RES_Y)
    np.testing.assert_allclose(series.y_hi - series.y_lo, RES_Y, rtol=1e-6)


def test_a_logarithmic_axis_is_fitted_where_it_is_straight() -> None:
    panel = drawn(EPOCHS, np.log10(LOSS))
    flat = panel.series[0]
    ten = Series(flat.x, 10**flat.y, 10**flat.y_lo, 10**flat.y_hi, name="loss")
    log = Panel(0, panel.x, Axis(label="Loss", kind="log", resolution=RES_Y), series=(ten,))
    (series,) = on_knots(log)
    np.testing.assert_allclose(np.log10(series.y), np.log10(LOSS), atol=RES_Y)


def test_the_neighbor_whose_points_are_known_tells_the_spacing() -> None:
    steps = 50 * EPOCHS
    panel = drawn(EPOCHS, LOSS, label="images")
    wide = Series(
        50 * panel.series[0].x, *(getattr(panel.series[0], k) for k in ("y", "y_lo", "y_hi")), name="a"
    )
    known = Series(steps, LOSS, LOSS, LOSS, name="b", points="recovered")
    both = Panel(0, Axis(label="images", resolution=50 * RES_X), panel.y, series=(wide, known))
    first, second = on_knots(both)
    assert first.x.tolist() == steps.tolist()
    assert second is known


@pytest.mark.parametrize("kind", ["noise between the epochs", "smooth without a unit", "a log"])
def test_what_no_chain_explains_stays_as_it_is(kind: str) -> None:
    panel = drawn(EPOCHS, LOSS)
    if kind == "noise between the epochs":
        rng = np.random.default_rng(1)
        s = panel.series[0]
        y = s.y + 10 * RES_Y * rng.standard_normal(len(s.x))
        panel = Panel(0, panel.x, panel.y, series=(Series(s.x, y, y, y, name="loss"),))
    elif kind == "smooth without a unit":
        panel = drawn(EPOCHS, 0.3 + np.exp(-EPOCHS / 30), label="t")
    else:
        panel = Panel(0, Axis(label="Epoch"), Axis(label="Loss"), series=panel.series)
    assert on_knots(panel)[0] is panel.series[0]


def test_a_picture_and_its_log_give_the_same_kinds() -> None:
    logged = Series(EPOCHS, LOSS, LOSS, LOSS, name="loss", points="recovered")
    log = Figure(Source(None), (Panel(0, Axis(label="Epoch"), Axis(label="Loss"), series=(logged,)),))
    picture = Figure(Source(None, width=640, height=480), (drawn(EPOCHS, LOSS),))
    kinds = [[(f.kind, f.x) for f in diagnose(figure) if f.kind in ("phases", "elbow", "best_point", "spike")]
             for figure in (log, picture)]  # fmt: skip
    assert kinds[0] == kinds[1]
    assert len(build_curves(picture)[0].x) == 30


def test_settings_in_names_are_no_quantities() -> None:
    assert meaning_of("lr=0.1", "Loss", None).quantity == "loss"
    assert meaning_of("lr 1e-3", "Loss", None).quantity == "loss"
    assert meaning_of("lr/pg0", "lr", None).quantity == "lr"
    assert meaning_of("lr", "Loss", None).quantity == "lr"
    assert meaning_of("D", "Loss", None).game
    assert not meaning_of("d-64", "Loss", None).game


def test_an_axis_title_of_a_whole_sentence_counts_nothing() -> None:
    panel = drawn(EPOCHS, LOSS, label="we used fit one cycle for the training, which is a policy of rates")
    (curve,) = build_curves(Figure(Source(None), (panel,)))
    assert curve.x_word == "x"
