"""Underscores that a reader missed are put back where the picture shows them, and nowhere else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from plotread.vision.words.underscores import has_words, with_underscores


def line(letters: int, under: tuple[int, ...] = (), joined: tuple[int, ...] = (), bottom: int = 12):
    """A row of blocks 8 px wide, 12 px apart and 14 px high; underscores stand in the gap after a block.

    `joined` blocks touch the next one, as letters of small text do.
    """
    gap = dict.fromkeys(under, 10)
    pixels, x = np.full((14 + 8 + bottom, 40 + 14 * letters + 10 * len(under), 3), 255, np.uint8), 10
    for k in range(letters):
        pixels[8:22, x : x + 8] = 0
        x += 8
        if k in joined:
            pixels[15:17, x : x + 4] = 0
        if k in under:
            pixels[24:26, x + 2 : x + 12] = 0
        x += 4 + gap.get(k, 0)
    return pixels


def test_an_underscore_takes_the_place_of_a_space():
    assert with_underscores("train loss", line(9, under=(4,))) == "train_loss"


def test_an_underscore_read_as_nothing_comes_back():
    assert with_underscores("svrgl2", line(6, under=(3,))) == "svrg_l2"


def test_all_of_several_stand_where_they_are_seen():
    assert with_underscores("val_top1 acc", line(10, under=(2, 6))) == "val_top1_acc"


def test_where_letters_touch_the_nearest_space_is_meant():
    assert with_underscores("train loss", line(9, under=(4,), joined=(1, 6))) == "train_loss"
    assert with_underscores("trainloss", line(9, under=(4,), joined=(1, 6))) == "trainloss"


@pytest.mark.parametrize("text", ["train loss", "val_loss"])
def test_what_shows_none_more_stays(text):
    count = sum(c not in " _" for c in text)
    assert with_underscores(text, line(count, under=tuple(k - 1 for k in [text.find("_")] if k > 0))) == text


def test_the_tops_of_the_next_row_and_strokes_at_the_ends_are_none():
    next_row = line(9)
    next_row[-2:, 60:75] = 0  # cut by the crop
    assert with_underscores("train loss", next_row) == "train loss"
    assert with_underscores("train loss", line(9, under=(8,))) == "train loss"


def test_white_letters_on_black():
    assert with_underscores("train loss", 255 - line(9, under=(4,))) == "train_loss"


def test_numbers_and_single_letters_have_none():
    assert not has_words("0.5 1e")
    assert has_words("lr_g")


def test_blurred_letters():
    soft = cv2.GaussianBlur(line(9, under=(4,)), (3, 3), 0.8)
    assert with_underscores("train loss", soft) == "train_loss"


def test_the_tail_of_a_letter_is_none():
    tailed = line(9)
    tailed[24:26, 10 + 12 * 4 - 1 : 10 + 12 * 4 + 8] = 0  # below the fifth letter, as that of a g
    assert with_underscores("train loss", tailed) == "train loss"
