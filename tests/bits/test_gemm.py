"""Every kernel equals the reference, for every shape; bad operands never reach a kernel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bnnlab
from bnnlab import _xnor
from bnnlab._xnor import PreparedWeights
from bnnlab.bits import reference

DEPTHS = [*range(1, 131), 447, 448, 449, 511, 512, 513, 575, 576, 577, 784]


def random_operands(
    rng: np.random.Generator, m: int, k: int, n: int
) -> tuple[np.ndarray, bnnlab.PackedMatrix, bnnlab.PackedMatrix]:
    a = rng.standard_normal((m, k)).astype(np.float32)
    b = rng.standard_normal((k, n)).astype(np.float32)
    return reference.binary_matmul(a, b), bnnlab.pack_rows(a), bnnlab.pack_columns(b)


def test_the_two_portable_kernels_are_always_there() -> None:
    assert bnnlab.kernels()[-2:] == ("scalar", "lecture")


@pytest.mark.parametrize("kernel", bnnlab.kernels())
@pytest.mark.parametrize("depth", DEPTHS)
def test_every_depth(kernel: str, depth: int, rng: np.random.Generator) -> None:
    expected, pa, pb = random_operands(rng, 5, depth, 7)
    assert np.array_equal(bnnlab.xnor_gemm(pa, pb, kernel=kernel), expected)


@given(
    m=st.integers(0, 20),
    k=st.integers(1, 300),
    n=st.integers(0, 20),
    kernel=st.sampled_from(["auto", *bnnlab.kernels()]),
    threads=st.integers(1, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_shape(m: int, k: int, n: int, kernel: str, threads: int, seed: int) -> None:
    expected, pa, pb = random_operands(np.random.default_rng(seed), m, k, n)
    product = bnnlab.xnor_gemm(pa, pb, kernel=kernel, threads=threads)
    assert product.dtype == np.int32
    assert np.array_equal(product, expected)


def elsewhere(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A copy at any address at which such elements may lie."""
    memory = np.empty(array.nbytes + 64, np.uint8)
    start = rng.integers(64 // array.itemsize) * array.itemsize
    copy = memory[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


@pytest.mark.parametrize("cases", [300, pytest.param(20_000, marks=pytest.mark.long)])
def test_every_call(cases: int, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "bnnlab.bits.threads.WORTH_SHARING", 0
    )  # so that several threads share what is small, too
    for _ in range(cases):
        m, n, k = int(rng.integers(0, 40)), int(rng.integers(0, 140)), int(rng.integers(1, 131))
        if rng.random() < 0.3:
            k = int(rng.choice([248, 512, 1024]) + rng.integers(-1, 2))
        kernel = str(rng.choice(["auto", *bnnlab.kernels()]))
        threads = int(rng.integers(1, 5))
        expected, pa, pb = random_operands(rng, m, k, n)
        pa = bnnlab.PackedMatrix(elsewhere(pa.words, rng), pa.depth, "rows")
        weights = bnnlab.prepare_weights(pb, kernel) if rng.random() < 0.5 else pb
        out = elsewhere(np.full((m, n), 12345, np.int32), rng) if rng.random() < 0.7 else None
        product = bnnlab.xnor_gemm(pa, weights, out, kernel, threads)
        case = f"{m=} {n=} {k=} {kernel=} {threads=} {type(weights).__name__} out={out is not None}"
        assert out is None or product is out, case
        assert np.array_equal(product, expected), case


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_extremes_are_plus_and_minus_the_depth(kernel: str) -> None:
    ones = np.ones((1, 1000))
    same = bnnlab.xnor_gemm(bnnlab.pack_rows(ones), bnnlab.pack_columns(ones.T), kernel=kernel)
    opposite = bnnlab.xnor_gemm(bnnlab.pack_rows(ones), bnnlab.pack_columns(-ones.T), kernel=kernel)
    assert (same.item(), opposite.item()) == (1000, -1000)


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_out_is_overwritten_and_returned(kernel: str, rng: np.random.Generator) -> None:
    expected, pa, pb = random_operands(rng, 3, 70, 5)
    out = np.full((3, 5), 12345, np.int32)
    assert bnnlab.xnor_gemm(pa, pb, out=out, kernel=kernel) is out
    assert np.array_equal(out, expected)


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_prepared_weights_serve_many_products(kernel: str, rng: np.random.Generator) -> None:
    expected, pa, pb = random_operands(rng, 5, 130, 67)
    weights = bnnlab.prepare_weights(pb, kernel)
    assert (weights.shape, weights.kernel) == ((130, 67), kernel)
    for rows in (5, 1, 3):
        some = bnnlab.PackedMatrix(pa.words[:rows], 130, "rows")
        assert np.array_equal(bnnlab.xnor_gemm(some, weights), expected[:rows])


def test_results_begin_at_a_cache_line(rng: np.random.Generator) -> None:
    for n in (1, 7, 64):
        _, pa, pb = random_operands(rng, 3, 70, n)
        assert bnnlab.xnor_gemm(pa, pb).__array_interface__["data"][0] % 64 == 0


def test_results_too_large_for_the_caches(rng: np.random.Generator) -> None:
    expected, pa, pb = random_operands(rng, 1030, 65, 1040)  # written past the caches where aligned
    weights = bnnlab.prepare_weights(pb)
    assert np.array_equal(bnnlab.xnor_gemm(pa, weights), expected)
    crooked = np.empty(expected.size + 1, np.int32)[1:].reshape(expected.shape)
    assert np.array_equal(bnnlab.xnor_gemm(pa, weights, crooked), expected)


def test_large_products_are_shared_between_threads(rng: np.random.Generator) -> None:
    expected, pa, pb = random_operands(rng, 701, 640, 512)
    assert np.array_equal(bnnlab.xnor_gemm(pa, bnnlab.prepare_weights(pb), threads=3), expected)


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_the_environment_forces_a_kernel(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BNNLAB_KERNEL", kernel)
    assert bnnlab.prepare_weights(bnnlab.pack_columns(np.ones((3, 2)))).kernel == kernel


def test_a_kernel_that_cannot_be_forced_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BNNLAB_KERNEL", "abacus")
    with pytest.raises(
        ValueError, match=r"BNNLAB_KERNEL must be 'auto' or one of .*'scalar', 'lecture'.*abacus"
    ):
        bnnlab.xnor_gemm(bnnlab.pack_rows(np.ones((1, 3))), bnnlab.pack_columns(np.ones((3, 2))))


def read_only(shape: tuple[int, int]) -> np.ndarray:
    array = np.empty(shape, np.int32)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"pa": np.ones((3, 70))}, TypeError, "pa must be a PackedMatrix, got an array of dtype float64"),
        ({"pa": bnnlab.pack_columns(np.ones((70, 3)))}, ValueError, "pa must be packed along rows"),
        ({"pb": bnnlab.pack_rows(np.ones((5, 70)))}, ValueError, "pb must be packed along columns"),
        ({"pb": bnnlab.pack_columns(np.ones((71, 5)))}, ValueError, "got 70 in pa and 71 in pb"),
        ({"out": np.empty((5, 3), np.int32)}, ValueError, r"shape \(3, 5\), got \(5, 3\)"),
        ({"out": np.empty((3, 5), np.int64)}, TypeError, "int64"),
        ({"out": [[0] * 5] * 3}, TypeError, "list"),
        ({"out": np.empty((3, 10), np.int32)[:, ::2]}, ValueError, "C-contiguous"),
        ({"out": read_only((3, 5))}, ValueError, "writeable"),
        ({"kernel": "abacus"}, ValueError, "scalar.*lecture.*abacus"),
        ({"pb": [[1]]}, TypeError, "pb must be a PackedMatrix or PreparedWeights, got a list"),
        ({"threads": 0}, ValueError, "threads must be at least 1, got 0"),
        ({"threads": 2.5}, ValueError, "threads must be at least 1, got 2.5"),
        ({"threads": "2"}, ValueError, "threads must be at least 1, got '2'"),
    ],
)
def test_refusals_name_what_is_wrong(change, error, says) -> None:  # type: ignore[no-untyped-def]
    arguments = {
        "pa": bnnlab.pack_rows(np.ones((3, 70))),
        "pb": bnnlab.pack_columns(np.ones((70, 5))),
    }
    with pytest.raises(error, match=says):
        bnnlab.xnor_gemm(**(arguments | change))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"pa": bnnlab.pack_columns(np.ones((70, 3)))}, ValueError, "pa must be packed along rows"),
        ({"pa": bnnlab.pack_rows(np.ones((3, 69)))}, ValueError, "got 69 in pa and 70 in pb"),
        ({"pa": None}, TypeError, "pa must be a PackedMatrix, got None"),
        ({"out": np.empty((5, 3), np.int32)}, ValueError, r"shape \(3, 5\), got \(5, 3\)"),
        ({"out": read_only((3, 5))}, ValueError, "writeable"),
        ({"kernel": "lecture"}, ValueError, "prepared for the kernel 'scalar', not for 'lecture'"),
    ],
)
def test_refusals_with_prepared_weights(change, error, says) -> None:  # type: ignore[no-untyped-def]
    weights = bnnlab.prepare_weights(bnnlab.pack_columns(np.ones((70, 5))), "scalar")
    arguments = {"pa": bnnlab.pack_rows(np.ones((3, 70))), "pb": weights, "out": np.empty((3, 5), np.int32)}
    with pytest.raises(error, match=says):
        bnnlab.xnor_gemm(**(arguments | change))


def test_the_doorway_itself_refuses_what_would_read_out_of_bounds() -> None:
    words = np.zeros((2, 2), np.uint64)
    weights = PreparedWeights("lecture", words, 128, 128)
    with pytest.raises(ValueError, match="fit"):
        _xnor.gemm(words[:, :1].copy(), weights, np.empty((2, 2), np.int32))
    with pytest.raises(ValueError, match="fit"):
        _xnor.gemm(words, weights, np.empty((2, 1), np.int32))
    with pytest.raises(ValueError, match="fit"):
        PreparedWeights("scalar", words, 129, 129)
    with pytest.raises(ValueError, match="no thresholds"):
        _xnor.gemm_bits(words, weights, np.empty((2, 1), np.uint64))
    dots = np.empty((2, 2), np.int32)
    as_bytes = words.view(np.uint8)
    with pytest.raises(ValueError, match="steps"):
        _xnor.trace_gemm(64, 128, as_bytes, as_bytes, dots, np.empty(3, np.uint8))
    for word_bits, depth, a in (
        (64, 129, as_bytes),
        (64, 0, as_bytes),
        (32, 64, as_bytes),
        (64, 64, as_bytes[:1]),
    ):
        with pytest.raises(ValueError, match="fit"):
            _xnor.trace_gemm(word_bits, depth, a, as_bytes, dots, np.empty(3, np.uint8))
    with pytest.raises(ValueError, match="no such words"):
        _xnor.trace_gemm(24, 24, as_bytes, as_bytes, dots, np.empty(3, np.uint8))
    with pytest.raises(ValueError, match="as they were packed"):
        _xnor.words_of(PreparedWeights("scalar", words, 128, 128))
