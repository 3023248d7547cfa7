"""Signs to words and back: the bit convention, held together by a slow reference in Python integers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import bnnlab
from bnnlab.bits import reference
from bnnlab.bits.packing import PackedMatrix

matrices = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=150),
    elements=st.floats(width=32, allow_nan=True, allow_infinity=True),
)


def test_lowest_bit_is_the_first_element() -> None:
    packed = bnnlab.pack_rows([[1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0]])
    assert packed.words.tolist() == [[0b00110101]]


@given(matrices)
def test_rows_equal_the_reference(x: np.ndarray) -> None:
    packed = bnnlab.pack_rows(x)
    assert packed.words.tolist() == [reference.pack_vector(row) for row in x]
    assert np.array_equal(packed.unpack(), reference.sign(x))


@given(matrices)
def test_columns_equal_the_reference(x: np.ndarray) -> None:
    packed = bnnlab.pack_columns(x)
    assert packed.words.T.tolist() == [reference.pack_vector(column) for column in x.T]
    assert np.array_equal(packed.unpack(), reference.sign(x))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, 1), (-0.0, 1), (math.nan, -1), (math.inf, 1), (-math.inf, -1), (1e-40, 1), (-1e-40, -1)],
)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_special_values(value: float, expected: int, dtype: type) -> None:
    x: np.ndarray = np.full((3, 70), value, dtype)
    if dtype == np.float16 and value == -1e-40:
        expected = 1  # float16 has rounded it to -0.0 before it reached us
    assert (bnnlab.pack_rows(x).unpack() == expected).all()
    assert (bnnlab.pack_columns(x).unpack() == expected).all()


def test_a_tiny_negative_double_stays_negative() -> None:
    assert bnnlab.pack_rows([[-1e-300]]).unpack().tolist() == [[-1]]


def test_integers_are_numbers_and_booleans_are_bits() -> None:
    assert bnnlab.pack_rows([[0, 1, -1]]).unpack().tolist() == [[1, 1, -1]]
    assert bnnlab.pack_rows([[False, True]]).unpack().tolist() == [[-1, 1]]


@pytest.mark.parametrize("layout", ["transposed", "strided", "read-only", "fortran"])
def test_memory_layout_does_not_matter(layout: str, rng: np.random.Generator) -> None:
    x = rng.standard_normal((70, 130)).astype(np.float32)
    same: np.ndarray = {
        "transposed": np.ascontiguousarray(x.T).T,
        "strided": np.repeat(x, 2, axis=1)[:, ::2],
        "read-only": x.copy(),
        "fortran": np.asfortranarray(x),
    }[layout]
    same.flags.writeable = False
    assert np.array_equal(bnnlab.pack_rows(same).words, bnnlab.pack_rows(x).words)
    assert np.array_equal(bnnlab.pack_columns(same).words, bnnlab.pack_columns(x).words)


@pytest.mark.parametrize(
    ("depth", "words", "padding"),
    [(1, 1, 63), (63, 1, 1), (64, 1, 0), (65, 2, 63), (100, 2, 28), (784, 13, 48)],
)
def test_words_and_padding(depth: int, words: int, padding: int) -> None:
    rows = bnnlab.pack_rows(np.ones((3, depth)))
    columns = bnnlab.pack_columns(np.ones((depth, 5)))
    assert (rows.words.shape, rows.shape, rows.padding) == ((3, words), (3, depth), padding)
    assert (columns.words.shape, columns.shape, columns.padding) == (
        (words, 5),
        (depth, 5),
        padding,
    )
    assert rows.nbytes == 3 * words * 8


def test_empty_matrices_pack_to_no_vectors() -> None:
    assert bnnlab.pack_rows(np.ones((0, 70))).words.shape == (0, 2)
    assert bnnlab.pack_columns(np.ones((70, 0))).words.shape == (2, 0)


@pytest.mark.parametrize("pack", [bnnlab.pack_rows, bnnlab.pack_columns])
@pytest.mark.parametrize(
    ("x", "error", "says"),
    [
        (np.ones((0, 0)), ValueError, "K >= 1"),
        (np.ones(5), ValueError, "2-D"),
        (np.ones((2, 2, 2)), ValueError, "2-D"),
        (np.ones((2, 2), complex), TypeError, "complex128"),
        (np.array([["a"]]), TypeError, "real numbers"),
        (np.array([[object()]]), TypeError, "object"),
    ],
)
def test_refusals_name_what_is_wrong(pack, x, error, says) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=says):
        pack(x)


def test_depth_zero_is_refused_on_both_axes() -> None:
    with pytest.raises(ValueError, match=r"a must have depth K >= 1, got shape \(3, 0\)"):
        bnnlab.pack_rows(np.ones((3, 0)))
    with pytest.raises(ValueError, match=r"b must have depth K >= 1, got shape \(0, 3\)"):
        bnnlab.pack_columns(np.ones((0, 3)))


def test_a_packed_matrix_refuses_words_that_break_its_invariant() -> None:
    words = np.full((1, 1), 0b1000, np.uint64)
    assert PackedMatrix(words, 4, "rows").padding == 60
    with pytest.raises(ValueError, match="61 padding bits"):
        PackedMatrix(words, 3, "rows")
    with pytest.raises(ValueError, match="needs 2 words"):
        PackedMatrix(words, 65, "rows")
    with pytest.raises(TypeError, match="int64"):
        PackedMatrix(words.astype(np.int64), 4, "rows")
    with pytest.raises(ValueError, match="axis"):
        PackedMatrix(words, 4, "diagonal")  # type: ignore[arg-type]
