"""Sums become signs: in the kernel, as it counts, and afterwards; both as a comparison in NumPy says."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bnnlab
from bnnlab import Thresholds

INT32 = np.iinfo(np.int32)


def expected_signs(sums: np.ndarray, thresholds: Thresholds) -> np.ndarray:
    met = np.where(thresholds.rising, sums >= thresholds.values, sums <= thresholds.values)
    return np.where(met, 1, -1)


def random_thresholds(rng: np.random.Generator, columns: int, depth: int) -> Thresholds:
    values = rng.integers(-depth - 3, depth + 4, columns, dtype=np.int32)
    extreme = rng.random(columns) < 0.1
    values[extreme] = rng.choice([INT32.min, INT32.max], int(extreme.sum()))
    return Thresholds(values, rng.random(columns) < 0.5)


@given(
    m=st.integers(0, 9),
    k=st.integers(1, 200),
    n=st.integers(1, 150),
    kernel=st.sampled_from(bnnlab.kernels()),
    threads=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_fused_comparison(m: int, k: int, n: int, kernel: str, threads: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pa = bnnlab.pack_rows(rng.standard_normal((m, k)))
    pb = bnnlab.pack_columns(rng.standard_normal((k, n)))
    thresholds = random_thresholds(rng, n, k)
    weights = bnnlab.prepare_weights(pb, kernel, thresholds)
    sums = bnnlab.xnor_gemm(pa, pb)
    out = np.full((m, -(-n // 64)), 0x5555, np.uint64)
    signs = bnnlab.xnor_gemm_threshold(pa, weights, out, threads)
    assert signs.words is out
    assert np.array_equal(signs.unpack(), expected_signs(sums, thresholds))
    assert np.array_equal(bnnlab.threshold(sums, thresholds).words, signs.words)


@pytest.mark.parametrize(
    ("value", "rising", "depth", "dots", "signs"),
    [
        (0, True, 4, [-4, -2, 0, 2, 4], [-1, -1, 1, 1, 1]),
        (0, False, 4, [-4, -2, 0, 2, 4], [1, 1, 1, -1, -1]),
        (1, True, 4, [0, 2], [-1, 1]),
        (1, False, 4, [0, 2], [1, -1]),
        (5, True, 4, [-4, 4], [-1, -1]),
        (-4, True, 4, [-4, 4], [1, 1]),
        (-5, False, 4, [-4, 4], [-1, -1]),
        (4, False, 4, [-4, 4], [1, 1]),
    ],
)
def test_ties_and_constants(value: int, rising: bool, depth: int, dots: list[int], signs: list[int]) -> None:
    thresholds = Thresholds(np.array([value], np.int32), np.array([rising]))
    weights = bnnlab.prepare_weights(bnnlab.pack_columns(np.ones((depth, 1))), thresholds=thresholds)
    inputs = np.array([[1] * ((depth + dot) // 2) + [-1] * ((depth - dot) // 2) for dot in dots])
    assert bnnlab.xnor_gemm_threshold(bnnlab.pack_rows(inputs), weights).unpack().ravel().tolist() == signs
    sums = np.array(dots, np.int32)[:, None]
    assert bnnlab.threshold(sums, thresholds).unpack().ravel().tolist() == signs


def test_a_chain_of_layers_equals_its_layers_one_by_one(rng: np.random.Generator) -> None:
    widths = (100, 70, 65, 3)
    signs = np.where(rng.random((5, widths[0])) < 0.5, 1, -1)
    packed = bnnlab.pack_rows(signs)
    for depth, columns in pairwise(widths):
        b = rng.standard_normal((depth, columns))
        thresholds = random_thresholds(rng, columns, depth // 4)
        packed = bnnlab.xnor_gemm_threshold(
            packed, bnnlab.prepare_weights(bnnlab.pack_columns(b), thresholds=thresholds)
        )
        signs = expected_signs(signs @ np.where(b >= 0, 1, -1), thresholds)
        assert np.array_equal(packed.unpack(), signs)


def test_refusals_name_what_is_wrong() -> None:
    pa, pb = bnnlab.pack_rows(np.ones((2, 70))), bnnlab.pack_columns(np.ones((70, 3)))
    three = Thresholds(np.zeros(3, np.int32), np.ones(3, bool))
    weights = bnnlab.prepare_weights(pb, thresholds=three)
    with pytest.raises(
        TypeError, match="values must be a 1-D array of dtype int32, got an array of dtype float64"
    ):
        Thresholds(np.zeros(3), np.ones(3, bool))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one length, got 3 and 2"):
        Thresholds(np.zeros(3, np.int32), np.ones(2, bool))
    with pytest.raises(ValueError, match="thresholds must be 3, one for each output, got 2"):
        bnnlab.prepare_weights(pb, thresholds=Thresholds(np.zeros(2, np.int32), np.ones(2, bool)))
    with pytest.raises(ValueError, match="weights must have thresholds"):
        bnnlab.xnor_gemm_threshold(pa, bnnlab.prepare_weights(pb))
    with pytest.raises(TypeError, match="weights must be PreparedWeights, got a PackedMatrix"):
        bnnlab.xnor_gemm_threshold(pa, pb)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"shape \(2, 1\), got \(2, 2\)"):
        bnnlab.xnor_gemm_threshold(pa, weights, np.empty((2, 2), np.uint64))
    with pytest.raises(TypeError, match="dtype uint64, got an array of dtype int64"):
        bnnlab.xnor_gemm_threshold(pa, weights, np.empty((2, 1), np.int64))
    with pytest.raises(TypeError, match="sums must be an int32 array"):
        bnnlab.threshold(np.zeros((2, 3)), three)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="2-D and C-contiguous"):
        bnnlab.threshold(np.zeros((3, 2), np.int32).T, three)
