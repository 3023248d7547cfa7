"""Bytes times signs are exact by both methods, for every shape and every kernel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bnnlab
from bnnlab import _xnor
from bnnlab.bits import uint8_gemm

DEPTHS = [*range(1, 70), 127, 128, 129, 255, 256, 257, 784]


@pytest.mark.parametrize("kernel", bnnlab.kernels())
@pytest.mark.parametrize("depth", DEPTHS)
def test_every_depth(kernel: str, depth: int, rng: np.random.Generator) -> None:
    x = rng.integers(0, 256, (5, depth), dtype=np.uint8)
    b = rng.standard_normal((depth, 67))
    weights = bnnlab.prepare_weights(bnnlab.pack_columns(b), kernel)
    expected = x.astype(np.int64) @ np.where(b >= 0, 1, -1)
    for method in bnnlab.uint8_methods(weights):
        assert np.array_equal(bnnlab.xnor_gemm_uint8(x, weights, method=method), expected)


@given(
    m=st.integers(0, 40),
    k=st.integers(1, 200),
    n=st.integers(0, 150),
    threads=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_shape(m: int, k: int, n: int, threads: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 256, (m, k), dtype=np.uint8)
    b = rng.standard_normal((k, n))
    out = np.full((m, n), 7, np.int32)
    assert bnnlab.xnor_gemm_uint8(x, bnnlab.pack_columns(b), out, threads=threads) is out
    assert np.array_equal(out, x.astype(np.int64) @ np.where(b >= 0, 1, -1))


@pytest.mark.parametrize("method", bnnlab.uint8_methods())
@pytest.mark.parametrize("sign", [1, -1])
def test_extremes(method: uint8_gemm.Method, sign: int) -> None:
    x = np.full((20, 1000), 255, np.uint8)
    pb = bnnlab.pack_columns(np.full((1000, 70), sign))
    assert (bnnlab.xnor_gemm_uint8(x, pb, method=method) == sign * 255_000).all()


def test_large_products_are_shared_between_threads(rng: np.random.Generator) -> None:
    x = rng.integers(0, 256, (300, 512), dtype=np.uint8)
    b = rng.standard_normal((512, 256))
    expected = x.astype(np.int64) @ np.where(b >= 0, 1, -1)
    for method in bnnlab.uint8_methods():
        product = bnnlab.xnor_gemm_uint8(x, bnnlab.pack_columns(b), method=method, threads=2)
        assert np.array_equal(product, expected)


def test_refusals_name_what_is_wrong() -> None:
    x, pb = np.zeros((2, 70), np.uint8), bnnlab.pack_columns(np.ones((70, 3)))
    with pytest.raises(TypeError, match="x must be a uint8 array, got an array of dtype int64"):
        bnnlab.xnor_gemm_uint8(x.astype(np.int64), pb)
    with pytest.raises(ValueError, match="x must be 2-D and C-contiguous"):
        bnnlab.xnor_gemm_uint8(x.T, pb)
    with pytest.raises(ValueError, match="got 69 in x and 70 in pb"):
        bnnlab.xnor_gemm_uint8(np.zeros((2, 69), np.uint8), pb)
    with pytest.raises(TypeError, match="pb must be a PackedMatrix or PreparedWeights, got a list"):
        bnnlab.xnor_gemm_uint8(x, [[1]])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"method must be one of \['auto', 'planes'\] for these weights"):
        bnnlab.xnor_gemm_uint8(x, bnnlab.prepare_weights(pb, "scalar"), method="vnni")
    deep = np.zeros((1, uint8_gemm.DEEPEST + 1), np.uint8)
    deep_weights = bnnlab.pack_columns(np.ones((deep.shape[1], 1), bool))
    with pytest.raises(ValueError, match="depth must be at most 4210752"):
        bnnlab.xnor_gemm_uint8(deep, deep_weights)


def test_the_doorway_itself_refuses_words_beyond_the_depth() -> None:
    weights = _xnor.PreparedWeights("scalar", np.zeros((3, 2), np.uint64), 64, 64)
    x, sums, y = np.zeros((1, 64), np.uint8), np.zeros(2, np.int32), np.empty((1, 2), np.int32)
    with pytest.raises(ValueError, match="operands do not fit"):
        _xnor.bytes_job(x, weights, sums, y, None, None, None, False, 1)
