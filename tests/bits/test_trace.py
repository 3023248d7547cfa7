"""A trace tells what the compiled loop did: its order, each intermediate, and the kernel's own result."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bnnlab
from bnnlab.bits import reference
from bnnlab.bits.trace import MOST_STEPS, WORD_WIDTHS


@given(m=st.integers(0, 5), k=st.integers(1, 200), n=st.integers(0, 5), seed=st.integers(0, 2**32 - 1))
def test_gemm_trace(m: int, k: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pa = bnnlab.pack_rows(rng.standard_normal((m, k)))
    pb = bnnlab.pack_columns(rng.standard_normal((k, n)))
    trace = bnnlab.trace_gemm(pa, pb)
    assert np.array_equal(trace.result, bnnlab.xnor_gemm(pa, pb))
    counts = np.zeros((m, n), int)
    expected_order = [(i, word, j) for i in range(m) for word in range(pa.words.shape[1]) for j in range(n)]
    assert [(s["m"], s["k"], s["n"]) for s in trace.steps] == expected_order
    for step in trace.steps:
        a, b = int(pa.words[step["m"], step["k"]]), int(pb.words[step["k"], step["n"]])
        agreements = ~(a ^ b) & (2**64 - 1)
        counts[step["m"], step["n"]] += agreements.bit_count()
        assert (step["a"], step["b"], step["xor"], step["xnor"]) == (a, b, a ^ b, agreements)
        assert step["popcount"] == agreements.bit_count()
        assert step["acc"] == counts[step["m"], step["n"]]
    assert np.array_equal(2 * (counts - trace.padding) - trace.depth, trace.result)


@pytest.mark.parametrize(
    ("depth", "error"), [(1, 126), (63, 2), (64, 0), (65, 126), (100, 56), (128, 0), (784, 96)]
)
def test_forgetting_the_padding_costs_twice_the_padding_bits(depth: int, error: int) -> None:
    ones = np.ones((1, depth))
    trace = bnnlab.trace_gemm(bnnlab.pack_rows(ones), bnnlab.pack_columns(ones.T))
    forgotten = 2 * int(trace.steps["acc"][-1]) - depth
    assert forgotten - trace.result.item() == error == 2 * trace.padding


@pytest.mark.parametrize("axis", ["rows", "columns"])
@pytest.mark.parametrize("word_bits", WORD_WIDTHS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 20), (20, 3), (70, 65), (1, 130), (130, 1)])
def test_pack_trace(axis, word_bits, shape, rng) -> None:  # type: ignore[no-untyped-def]
    x = rng.standard_normal(shape).astype(np.float32)
    trace = bnnlab.trace_pack(x, axis, word_bits)
    vectors, words = (x, trace.words) if axis == "rows" else (x.T, trace.words.T)
    assert words.tolist() == [reference.pack_vector(vector, word_bits) for vector in vectors]
    assert trace.padding == words.shape[1] * word_bits - vectors.shape[1]
    assert len(trace.steps) == x.size
    for step in trace.steps:
        assert step["value"] == x[step["row"], step["column"]]
        assert step["sign"] == (1 if step["value"] >= 0 else -1)
        vector, k = (step["row"], step["column"])[:: 1 if axis == "rows" else -1]
        assert (step["word"], step["bit"]) == divmod(k, word_bits)
        finished = int(words[vector, step["word"]])
        assert step["after"] == finished & (2 ** (int(step["bit"]) + 1) - 1)


@pytest.mark.parametrize("axis", ["rows", "columns"])
def test_words_of_64_bits_are_the_packer_s(axis: str, rng: np.random.Generator) -> None:
    x = rng.standard_normal((90, 75))
    pack = bnnlab.pack_rows if axis == "rows" else bnnlab.pack_columns
    assert np.array_equal(bnnlab.trace_pack(x, axis).words, pack(x).words)  # type: ignore[arg-type]


def test_booleans_are_traced_as_the_signs_they_stand_for() -> None:
    steps = bnnlab.trace_pack([[True, False]]).steps
    assert steps["value"].tolist() == steps["sign"].tolist() == [1, -1]


def test_refusals() -> None:
    with pytest.raises(ValueError, match="word_bits must be one of"):
        bnnlab.trace_pack([[1.0]], word_bits=12)
    with pytest.raises(ValueError, match="axis"):
        bnnlab.trace_pack([[1.0]], axis="depth")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="K >= 1"):
        bnnlab.trace_pack(np.ones((3, 0)))
    many = bnnlab.pack_rows(np.ones((2001, 1))), bnnlab.pack_columns(np.ones((1, 2000)))
    with pytest.raises(ValueError, match=f"at most {MOST_STEPS} steps, this one has 4002000"):
        bnnlab.trace_gemm(*many)


def test_weights_prepared_for_another_kernel_are_named() -> None:
    pa, pb = bnnlab.pack_rows(np.ones((2, 70))), bnnlab.pack_columns(np.ones((70, 3)))
    with pytest.raises(
        ValueError, match=r"prepared for the kernel 'scalar', not for 'lecture'.*PackedMatrix"
    ):
        bnnlab.trace_gemm(pa, bnnlab.prepare_weights(pb, "scalar"))
    assert (bnnlab.trace_gemm(pa, bnnlab.prepare_weights(pb, "lecture")).result == 70).all()


@pytest.mark.parametrize("word_bits", WORD_WIDTHS)
def test_words_of_every_width_give_the_same_product(word_bits: int) -> None:
    rng = np.random.default_rng(word_bits)
    for depth in range(1, 131):
        a, b = rng.standard_normal((3, depth)), rng.standard_normal((depth, 5))
        pa, pb = bnnlab.pack_rows(a), bnnlab.pack_columns(b)
        trace = bnnlab.trace_gemm(pa, pb, word_bits=word_bits)
        np.testing.assert_array_equal(trace.result, reference.sign(a) @ reference.sign(b).astype(np.int32))
        assert (trace.word_bits, trace.padding) == (word_bits, -depth % word_bits)
        steps = trace.steps
        assert steps.size == 3 * 5 * -(-depth // word_bits)
        full = np.uint64(2**word_bits - 1)
        np.testing.assert_array_equal(steps["xnor"], ~(steps["a"] ^ steps["b"]) & full)
        np.testing.assert_array_equal(steps["popcount"], [int(word).bit_count() for word in steps["xnor"]])


def test_prepared_weights_are_traced_in_narrow_words_too() -> None:
    rng = np.random.default_rng(0)
    pa, pb = bnnlab.pack_rows(rng.standard_normal((2, 70))), bnnlab.pack_columns(rng.standard_normal((70, 3)))
    prepared = bnnlab.prepare_weights(pb, "lecture")
    one, other = (bnnlab.trace_gemm(pa, weights, word_bits=16) for weights in (pb, prepared))
    np.testing.assert_array_equal(one.steps, other.steps)


def test_784_values_leave_no_padding_in_narrow_words() -> None:
    pa, pb = bnnlab.pack_rows(np.ones((1, 784))), bnnlab.pack_columns(np.ones((784, 1)))
    paddings = [bnnlab.trace_gemm(pa, pb, word_bits=word_bits).padding for word_bits in WORD_WIDTHS]
    assert paddings == [0, 0, 16, 48]


@pytest.mark.parametrize(
    ("word_bits", "error"),
    [(0, ValueError), (24, ValueError), (True, TypeError), ("8", TypeError), (8.0, TypeError)],
)
def test_other_widths_are_refused(word_bits: Any, error: type[Exception]) -> None:
    pa, pb = bnnlab.pack_rows(np.ones((1, 4))), bnnlab.pack_columns(np.ones((4, 1)))
    with pytest.raises(error, match=r"word_bits must be one of \(8, 16, 32, 64\)"):
        bnnlab.trace_gemm(pa, pb, word_bits=word_bits)
    with pytest.raises(error, match=r"word_bits must be one of \(8, 16, 32, 64\)"):
        bnnlab.disassemble("lecture", word_bits=word_bits)
