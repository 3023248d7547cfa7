"""Ceilings are measured speeds of known loops; the three loops in C multiply as NumPy does."""

import math

import numpy as np
import pytest

import bnnlab
from bnnlab import _bench
from bnnlab.bits import ceiling as ceilings

MEGABYTE = 1 << 20


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_every_kernel_has_a_ceiling_and_says_of_which_instructions(kernel: str) -> None:
    assert 0 < ceilings.ceiling(kernel) < math.inf
    assert ceilings.instructions(kernel)


def test_the_lectures_loop_is_made_of_the_scalar_kernels_instructions() -> None:
    assert ceilings.ceiling("lecture") == ceilings.ceiling("scalar")
    assert ceilings.instructions("lecture") == ceilings.instructions("scalar")


def test_rooflines_are_those_of_the_loops_that_this_cpu_can_run() -> None:
    loops = _bench.loops()
    for speed, is_there in (
        (ceilings.float32_roofline(), any(name.startswith("float32") for name in loops)),
        (ceilings.int8_roofline(), "int8" in loops),
        (ceilings.shuffled_popcount_ceiling(), "avx2 popcount" in loops),
    ):
        assert (speed is not None) == is_there
        assert speed is None or 0 < speed < math.inf


@pytest.mark.parametrize("nbytes", [256, 1000, MEGABYTE])
def test_bandwidth_is_a_speed(nbytes: int) -> None:
    assert 0 < ceilings.read_bandwidth(nbytes) < math.inf


def test_one_row_can_be_no_faster_than_its_weights_are_read() -> None:
    bandwidth = ceilings.read_bandwidth(MEGABYTE)
    assert ceilings.attainable(1e9, 1, 8 * MEGABYTE, weight_bits=1) == 16 * bandwidth
    assert ceilings.attainable(1e9, 3, MEGABYTE // 4, weight_bits=32) == 1.5 * bandwidth
    assert ceilings.attainable(1e-9, 1, 8 * MEGABYTE, weight_bits=1) == 1e-9
    assert ceilings.attainable(1e9, 4096, 8 * MEGABYTE, weight_bits=1) == 1e9


def test_refusals_name_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"kernel must be one of .*'abacus'"):
        ceilings.ceiling("abacus")
    with pytest.raises(ValueError, match=r"kernel must be one of .*'abacus'"):
        ceilings.instructions("abacus")
    with pytest.raises(ValueError, match="nbytes must be at least 256, got 255"):
        ceilings.read_bandwidth(255)
    with pytest.raises(ValueError, match="abacus"):
        _bench.run_loop("abacus", 1)


@pytest.mark.parametrize("loop", _bench.loops())
def test_a_loop_says_how_many_products_it_did(loop: str) -> None:
    once = _bench.run_loop(loop, 1)
    assert once > 0
    assert _bench.run_loop(loop, 1000) == 1000 * once


def test_reading_leaves_the_memory_as_it_was() -> None:
    memory = np.arange(4 * 256 + 77).astype(np.uint8)
    before = memory.copy()
    for size in (0, 1, 255, 256, 257, len(memory)):
        _bench.read(memory[:size], 3)
    assert np.array_equal(memory, before)


@pytest.mark.parametrize("vectors", [True, False])
@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 5, 7), (4, 64, 16), (9, 33, 130)])
def test_naive_loops_equal_numpy(
    vectors: bool, shape: tuple[int, int, int], rng: np.random.Generator
) -> None:
    m, k, n = shape
    a = rng.integers(-8, 9, (m, k)).astype(np.float32)
    b = rng.integers(-8, 9, (k, n)).astype(np.float32)
    c = np.full((m, n), np.nan, np.float32)
    _bench.naive(a, b, c, vectors)
    assert np.array_equal(c, a @ b)


@pytest.mark.parametrize(
    "shapes",
    [((2, 3), (4, 5), (2, 5)), ((2, 3), (3, 5), (3, 5)), ((2, 3), (3, 5), (2, 4)), ((2, 0), (0, 5), (2, 5))],
)
def test_naive_loops_refuse_what_does_not_fit(shapes: tuple[tuple[int, int], ...]) -> None:
    a, b, c = (np.zeros(shape, np.float32) for shape in shapes)
    with pytest.raises(ValueError, match="do not fit"):
        _bench.naive(a, b, c, True)
