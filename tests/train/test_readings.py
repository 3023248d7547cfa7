"""What is read off arrays of weights and gradients, against the slowest way to read it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import bnnlab
from bnnlab import _watch
from bnnlab.records import HISTOGRAM_BINS
from bnnlab.records.flip_counts import RETURN_BINS, FlipCounts
from bnnlab.train.watch.readings import differences, histogram, read_gradient, read_weights, zeros

matrices = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=70),
    elements=st.floats(-3, 3, width=32) | st.sampled_from([0.0, -0.0, 1.0, -1.0, math.nan, math.inf]),
)


@settings(deadline=None)
@given(matrices)
def test_weights(latent: np.ndarray) -> None:
    signs, within = read_weights(latent, 1.0)
    assert np.array_equal(signs, bnnlab.pack_rows(latent).words)
    assert within == sum(-1 <= w <= 1 for w in latent.ravel())


@settings(deadline=None)
@given(matrices)
def test_gradients(before: np.ndarray) -> None:
    finite = np.nan_to_num(before, posinf=2.0)
    surrogate = np.roll(finite, 1) * (np.roll(finite, 2) > 0)
    after = finite * surrogate
    reading = read_gradient(finite, surrogate)
    assert reading.blocked == sum(s == 0 for s in surrogate.ravel())
    for squares, gradient in ((reading.squares_before, finite), (reading.squares_after, after)):
        assert squares == pytest.approx(math.fsum(float(g) ** 2 for g in gradient.ravel()), rel=1e-4)
    assert np.array_equal(reading.zero, bnnlab.pack_rows(after == 0).words)


def test_a_gradient_that_is_nan_is_not_zero() -> None:
    before = np.array([[math.nan, 0.0, -0.0, 1.0]], np.float32)
    reading = read_gradient(before, np.ones_like(before))
    assert reading.zero.tolist() == [[0b0110]]


def test_a_blocked_entry_is_zero_whatever_comes_from_above() -> None:
    before = np.array([[math.nan, math.inf, 3.0, 4.0]], np.float32)
    surrogate = np.array([[0, 0, 1, -1]], np.float32)
    reading = read_gradient(before, surrogate)
    assert (reading.blocked, reading.squares_after) == (2, 25)
    assert reading.zero.tolist() == [[0b0011]]


@pytest.mark.parametrize("depth", [1, 63, 64, 65, 130, 784])
def test_sums_over_many_rows_are_as_good_as_doubles(depth: int, rng: np.random.Generator) -> None:
    before = rng.standard_normal((300, depth)).astype(np.float32)
    reading = read_gradient(before, np.ones_like(before))
    assert reading.squares_before == reading.squares_after
    assert reading.squares_before == pytest.approx((before.astype(float) ** 2).sum(), rel=1e-6)


def test_flips_stop_counting_at_the_end_of_their_range() -> None:
    counts = FlipCounts((1, 4))
    counts.flips[:] = [[0, 65533, 65534, 65535]]
    flips = bnnlab.pack_rows(np.ones((1, 4))).words
    assert counts.note(1, flips, 4).tolist() == [0, 1, 2, 3]
    assert counts.flips.tolist() == [[1, 65534, 65535, 65535]]
    counts.note(2, flips, 4)
    assert counts.flips.tolist() == [[2, 65535, 65535, 65535]]


@settings(deadline=None)
@given(matrices)
def test_differences_and_zeros_are_counted(values: np.ndarray) -> None:
    one, other = bnnlab.pack_rows(values).words, bnnlab.pack_rows(values > 1).words
    assert differences(one, other) == ((values >= 0) != (values > 1)).sum()
    assert zeros(values) == (values == 0).sum()


@settings(deadline=None)
@given(hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=140)))
def test_flips_are_counted_where_they_are(flipped: np.ndarray) -> None:
    counts = FlipCounts(flipped.shape)
    for step in (3, 8):
        positions = counts.note(step, bnnlab.pack_rows(flipped).words, int(flipped.sum()))
        assert np.array_equal(positions, np.flatnonzero(flipped))
        assert np.array_equal(counts.last, step * flipped)
    assert np.array_equal(counts.flips, 2 * flipped)
    each = flipped.sum(axis=1)
    assert np.array_equal(counts.returns[:, RETURN_BINS], each)
    assert np.array_equal(counts.returns[:, 2], each)
    assert counts.returns.sum() == 2 * flipped.sum()


def test_a_histogram_has_even_bins_and_outer_bins_that_take_the_rest() -> None:
    limit, width = 1.5, 3 / HISTOGRAM_BINS
    middles = (np.arange(HISTOGRAM_BINS) + 0.5) * width - limit
    values = np.repeat(middles, np.arange(HISTOGRAM_BINS) + 1).astype(np.float32)
    beyond = np.array([[-9, -math.inf, 1.5, 1.6, 9, math.inf, math.nan]], np.float32)
    expected = np.arange(HISTOGRAM_BINS) + 1
    assert histogram(values[None], limit).tolist() == expected.tolist()
    expected[[0, -1]] += [2, 4]
    assert histogram(np.concatenate([values[None], beyond], axis=1), limit).tolist() == expected.tolist()


def test_a_value_between_two_bins_belongs_to_the_upper() -> None:
    counts = histogram(np.array([[0.0, -0.0, -1.5, 0.75]], np.float32), 1.5)
    assert {int(place): int(counts[place]) for place in np.flatnonzero(counts)} == {0: 1, 32: 2, 48: 1}


def test_an_empty_matrix_has_nothing_to_read() -> None:
    empty = np.empty((0, 70), np.float32)
    assert read_weights(empty, 1.0)[1] == 0
    assert histogram(empty, 1.0).sum() == 0
    assert read_gradient(empty, empty).blocked == 0


def test_the_doorway_refuses_what_would_read_out_of_bounds() -> None:
    matrix, words = np.ones((3, 70), np.float32), np.zeros((3, 1), np.uint64)
    with pytest.raises(ValueError, match="words do not fit"):
        _watch.read_weights(matrix, 1.0, words)
    with pytest.raises(ValueError, match="words do not fit"):
        _watch.read_gradient(matrix, matrix, words)
    with pytest.raises(ValueError, match="one shape"):
        _watch.read_gradient(matrix, matrix[:2], np.zeros((3, 2), np.uint64))
    with pytest.raises(ValueError, match="words do not fit"):
        FlipCounts((3, 70)).note(1, words, 3)
    counts = FlipCounts((3, 64))
    with pytest.raises(ValueError, match="fit each other"):
        _watch.flips(words, 1, counts.flips, counts.last[:2], counts.returns, np.zeros(3, np.uint32))
    with pytest.raises(ValueError, match="one shape"):
        _watch.differences(words, words[:2], words.copy())
    with pytest.raises(ValueError, match="HISTOGRAM_BINS"):
        _watch.histogram(matrix, 1.0, np.zeros(HISTOGRAM_BINS - 1, np.int64))
    with pytest.raises(ValueError, match="fit each other"):
        _watch.streaks(words, np.zeros((6, 2, 1), np.uint64), words.copy())
