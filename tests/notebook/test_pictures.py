"""Matrices and estimators as pictures: what they show, and what they refuse."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import bnnlab
from bnnlab.nn import QUANTIZERS
from bnnlab.notebook import Estimator, Pack, Step

RNG = np.random.default_rng(5)
A, B = RNG.standard_normal((2, 70)), RNG.standard_normal((70, 3))


def test_a_product_is_the_one_of_the_signs() -> None:
    picture = Step(A, B)
    expected = np.where(A >= 0, 1, -1) @ np.where(B >= 0, 1, -1)
    assert picture.widget.data["result"] == expected.ravel().tolist()
    assert picture.widget.data["reference"] == expected.ravel().tolist()
    assert repr(picture) == "Step(2 x 70 times 70 x 3)"
    packed = Step(bnnlab.pack_rows(A), bnnlab.pack_columns(B))
    assert packed.widget.data == picture.widget.data


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        (A, B[:69], "depth"),
        (A[0], B, "2-D"),
        (bnnlab.pack_columns(A), B, "rows"),
        (np.ones((300, 64)), np.ones((64, 300)), "this one takes 90000"),
    ],
)
def test_a_product_that_cannot_be_is_refused(a: Any, b: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Step(a, b)


def test_words_are_no_numbers() -> None:
    with pytest.raises(TypeError, match="real numbers"):
        Step([["one"]], B)
    with pytest.raises(TypeError, match="real numbers"):
        Pack([["one"]])


def test_a_matrix_is_packed() -> None:
    picture = Pack(A[:, :12], word_bits=8)
    assert picture.widget.data["word_bits"] == 8
    assert picture.widget.data["padding"] == 4
    assert repr(picture) == "Pack(2 x 12 along rows into words of 8 bits)"


@pytest.mark.parametrize(
    ("x", "options", "says"),
    [
        (np.ones((100, 100)), {}, "1 to 8320 elements to be shown, got 10000"),
        (np.ones((0, 3)), {}, "got 0"),
        (np.ones(3), {}, "2-D"),
        (A, {"word_bits": 7}, "word_bits"),
        (A, {"axis": "diagonal"}, "axis"),
    ],
)
def test_a_matrix_that_cannot_be_packed_here_is_refused(x: Any, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Pack(x, **options)


@pytest.mark.parametrize("name", QUANTIZERS)
def test_every_estimator_has_a_picture(name: str) -> None:
    picture = Estimator(name, 0.5)
    assert picture.widget.data["name"] == name
    assert repr(picture) == f"Estimator({name!r}, t_clip 0.5)"


def test_an_estimator_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"clipped_ste.*got 'ste'"):
        Estimator("ste")
    with pytest.raises(TypeError, match="clipped_ste"):
        Estimator(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="clip_value"):
        Estimator("clipped_ste", -1.0)


def test_without_anywidget_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from bnnlab.widgets import jupyter

    monkeypatch.setitem(sys.modules, "anywidget", None)
    jupyter._widget_class.cache_clear()
    with pytest.raises(ImportError, match=r"bnnlab\[notebook\]"):
        Estimator()
