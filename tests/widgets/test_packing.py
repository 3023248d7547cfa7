"""The packing picture's data says what the recorded packing did, and only for the matrix that was packed."""

import json

import numpy as np
import pytest

import bnnlab
from bnnlab.bits.packing import Axis
from bnnlab.bits.trace import WORD_WIDTHS
from bnnlab.widgets import packing

SPECIAL = np.array([[0.0, -0.0, np.nan, np.inf], [-np.inf, 0.25, -0.25, 1234.5]])


@pytest.mark.parametrize("word_bits", WORD_WIDTHS)
@pytest.mark.parametrize("axis", ["rows", "columns"])
def test_bits_rebuild_the_matrix_of_signs(rng: np.random.Generator, axis: Axis, word_bits: int) -> None:
    x = rng.standard_normal((5, 70))
    shown = packing.encode(bnnlab.trace_pack(x, axis, word_bits), x)
    data = json.loads(json.dumps(shown, allow_nan=False))
    (side,) = data["sides"]
    vectors = x if axis == "rows" else x.T
    for vector, values in enumerate(vectors):
        for place, value in enumerate(values):
            at = vector * data["depth"] + place
            assert side["signs"][at] == (1 if value >= 0 else -1)
            assert (int(side["after"][at], 16) >> (place % word_bits)) & 1 == (value >= 0)
            assert side["texts"][at] == packing.number_text(value)
    assert (side["rows"], side["columns"], data["depth"]) == (5, 70, vectors.shape[1])


def test_numbers_without_a_place_in_json_travel_as_text() -> None:
    data = packing.side(bnnlab.trace_pack(SPECIAL), SPECIAL)
    assert data["texts"] == ["0", "−0", "NaN", "∞", "−∞", "0.25", "−0.25", "1.23e+03"]
    assert data["signs"] == [1, 1, -1, 1, -1, 1, -1, 1]
    json.dumps(data, allow_nan=False)


def test_a_boolean_is_a_sign_already() -> None:
    x = np.array([[True, False]])
    data = packing.side(bnnlab.trace_pack(x), x)
    assert (data["texts"], data["signs"]) == (["True", "False"], [1, -1])


@pytest.mark.parametrize(
    ("word_bits", "packed_bytes", "ratio"), [(8, 4, 32.0), (16, 8, 16.0), (32, 16, 8.0), (64, 32, 4.0)]
)
def test_padding_costs_memory(word_bits: int, packed_bytes: int, ratio: float) -> None:
    x = np.ones((4, 8))
    memory = packing.encode(bnnlab.trace_pack(x, "rows", word_bits), x)["memory"]
    assert memory == {"float_bytes": 128, "packed_bytes": packed_bytes, "ratio": ratio}


def test_equal_pictures_have_equal_names() -> None:
    first, again = (packing.encode(bnnlab.trace_pack(SPECIAL), SPECIAL)["id"] for _ in range(2))
    other = packing.encode(bnnlab.trace_pack(SPECIAL, "columns"), SPECIAL)["id"]
    assert first == again != other


def test_another_matrix_is_refused() -> None:
    trace = bnnlab.trace_pack(SPECIAL)
    with pytest.raises(ValueError, match="trace must be one of these values: their signs differ"):
        packing.encode(trace, -SPECIAL)
    with pytest.raises(ValueError, match=r"must pack the rows of a \(4, 2\) matrix"):
        packing.encode(trace, SPECIAL.T)
    with pytest.raises(ValueError, match=r"values must be the packed matrix, got shape \(1, 4\)"):
        packing.encode(trace, SPECIAL[:1])


def test_large_and_empty_matrices_are_refused() -> None:
    for x in (np.ones((64, 131)), np.ones((0, 4))):
        with pytest.raises(ValueError, match=f"1 to 8320 elements to be shown, this one has {x.size}"):
            packing.encode(bnnlab.trace_pack(x), x)
