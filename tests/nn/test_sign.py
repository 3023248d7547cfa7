"""One sign for all: torch, NumPy and the packed bits give the same answer to every number."""

import math
from typing import Literal

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import bnnlab
from bnnlab.bits import reference
from bnnlab.nn import sign

EXPECTED = [
    (0.0, 1),
    (-0.0, 1),
    (1e-45, 1),  # the smallest float32 above 0
    (-1e-45, -1),
    (math.inf, 1),
    (-math.inf, -1),
    (math.nan, -1),
    (math.copysign(math.nan, -1), -1),
]


def in_torch(x: np.ndarray) -> np.ndarray:
    return sign(torch.from_numpy(x)).numpy()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("value", "expected"), EXPECTED)
def test_special_values(value: float, expected: int, dtype: type) -> None:
    x: np.ndarray = np.full((2, 67), value, dtype)
    for answer in (in_torch(x), reference.sign(x), bnnlab.pack_rows(x).unpack()):
        assert (answer == expected).all()


def test_a_double_too_small_for_float32_keeps_its_sign() -> None:
    x = np.array([[-1e-300, 1e-300]])
    for answer in (in_torch(x), reference.sign(x), bnnlab.pack_rows(x).unpack()):
        assert answer.tolist() == [[-1, 1]]


def matrices(dtype: type, width: Literal[32, 64]) -> st.SearchStrategy[np.ndarray]:
    shapes = hnp.array_shapes(min_dims=2, max_dims=2, max_side=80)
    return hnp.arrays(dtype, shapes, elements=st.floats(width=width))


@settings(deadline=None)
@given(matrices(np.float32, 32) | matrices(np.float64, 64))
def test_the_three_agree(x: np.ndarray) -> None:
    assert np.array_equal(in_torch(x), reference.sign(x))
    assert np.array_equal(in_torch(x), bnnlab.pack_rows(x).unpack())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_shape_and_dtype_stay_and_the_input_too(dtype: torch.dtype) -> None:
    for x in (
        torch.randn(3, 4, 5, dtype=dtype).mT,
        torch.tensor(-2.0, dtype=dtype),
        torch.empty(0, 3, dtype=dtype),
    ):
        before = x.clone()
        answer = sign(x)
        assert (answer.shape, answer.dtype) == (x.shape, dtype)
        assert torch.equal(answer, torch.where(x >= 0, 1.0, -1.0).to(dtype))
        assert torch.equal(x, before)


def test_it_carries_no_gradient() -> None:
    assert not sign(torch.randn(3, requires_grad=True)).requires_grad


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (torch.tensor([1, -1]), r"torch\.int64 tensor"),
        (torch.tensor([True]), r"torch\.bool tensor"),
        (torch.tensor([1j]), r"torch\.complex64 tensor"),
        (np.ones(3), "a ndarray"),
        ([1.0], "a list"),
        (1.0, "a float"),
    ],
)
def test_refusals_name_what_is_wrong(x: object, says: str) -> None:
    with pytest.raises(TypeError, match=f"x must be a floating-point tensor, got .*{says}"):
        sign(x)  # type: ignore[arg-type]
