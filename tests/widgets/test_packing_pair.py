"""Two packed matrices: their product comes from the words that are shown, whichever way they were packed."""

import json
from typing import Any

import numpy as np
import pytest

from bnnlab.bits.trace import WORD_WIDTHS
from bnnlab.widgets import packing
from bnnlab.widgets.shared.edits import Edits, base_name, turned

SIZES = (4, 130, 5)


@pytest.fixture
def pair(rng: np.random.Generator) -> tuple[Any, Any]:
    m, k, n = SIZES
    return rng.standard_normal((m, k)), rng.standard_normal((k, n))


def signs(x: Any) -> Any:
    return np.where(x >= 0, 1, -1)


@pytest.mark.parametrize("word_bits", WORD_WIDTHS)
def test_the_words_give_the_product(pair: tuple[Any, Any], word_bits: int) -> None:
    a, b = pair
    data = json.loads(json.dumps(packing.encode_pair(a, b, "rows", word_bits)))
    assert data["product"]["computed"] == (signs(a) @ signs(b)).tolist() == data["product"]["right"]


@pytest.mark.parametrize("word_bits", WORD_WIDTHS)
def test_the_wrong_way_multiplies_what_does_not_belong_together(
    pair: tuple[Any, Any], word_bits: int
) -> None:
    a, b = pair
    product = packing.encode_pair(a, b, "columns", word_bits, Edits("", wrong=True))["product"]
    assert product["computed"] == (signs(a) @ signs(b).reshape(5, 130).T).tolist()
    assert product["right"] == (signs(a) @ signs(b)).tolist() != product["computed"]


def test_the_wrong_way_along_a_square_takes_its_rows_for_columns(rng: np.random.Generator) -> None:
    a, b = rng.standard_normal((4, 8)), rng.standard_normal((8, 8))
    data = packing.encode_pair(a, b, word_bits=8, edits=Edits("", wrong=True))
    assert data["product"]["computed"] == (signs(a) @ signs(b).T).tolist()
    side = data["sides"][1]
    assert (side["axis"], side["walk"]) == ("columns", "rows")
    assert side["signs"] == signs(b).ravel().tolist()


def test_a_turned_sign_changes_its_bit_and_no_other(pair: tuple[Any, Any]) -> None:
    a, b = pair
    base = base_name(a, b)
    before, after = (
        packing.encode_pair(a, b, edits=edits) for edits in (None, Edits(base, a=(131,), serial=3))
    )
    row, place = divmod(131, 130)
    last = row * 130 + 63
    changed = int(before["sides"][0]["after"][last], 16) ^ int(after["sides"][0]["after"][last], 16)
    assert changed == 1 << place
    assert before["sides"][1] == after["sides"][1]
    assert (after["answered"], after["turned"], after["base"]) == (3, {"A": [131], "B": []}, before["base"])
    other = a.copy()
    other[row, place] *= -1
    assert after["product"]["computed"] == (signs(other) @ signs(b)).tolist()


def test_a_zero_turns_too() -> None:
    assert turned(np.array([[0.0, -0.0, 2.0]]), (0, 1)).tolist() == [[-1.0, -1.0, 2.0]]


@pytest.mark.parametrize("told", [None, "x", {"a": "1"}, {"a": [8, -1, True, 2.0]}])
def test_what_cannot_be_is_not_turned(told: Any) -> None:
    a, b = np.ones((2, 4)), np.ones((4, 2))
    base = base_name(a, b)
    if isinstance(told, dict):
        told = {"base": base, **told}
    assert Edits.told(told, a, b) == Edits(base)


def test_signs_of_other_matrices_are_forgotten_but_not_the_way_of_packing() -> None:
    a, b = np.ones((2, 4)), np.ones((4, 2))
    base = base_name(a, b)
    told = {"base": base, "a": [3, 1, 3], "b": [0], "wrong": True, "serial": 4}
    assert Edits.told(told, a, b) == Edits(base, (1, 3), (0,), True, 4)
    assert Edits.told(told, a, 2 * b) == Edits(base_name(a, 2 * b), (), (), True, 4)


def test_matrices_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="as many columns as b has rows"):
        packing.encode_pair(np.ones((2, 3)), np.ones((4, 2)))
