"""Comparisons of numbers into bits, and bits times float weights, against NumPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bnnlab
from bnnlab.bits import (
    FloatThresholds,
    FloatWeights,
    pack_compared,
    pack_images_compared,
    signs_times_floats,
)

SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan, 1e-40, -1e-40, 3.4e38]


def thresholds_and_numbers(
    rng: np.random.Generator, channels: int, shape: tuple[int, ...]
) -> tuple[FloatThresholds, np.ndarray]:
    thresholds = FloatThresholds(rng.integers(-3, 4, channels).astype(np.float32), rng.random(channels) < 0.5)
    x = rng.integers(-3, 4, shape).astype(np.float32)
    x[rng.random(shape) < 0.2] = rng.choice(SPECIAL)
    return thresholds, x


@given(m=st.integers(0, 5), n=st.integers(1, 200), seed=st.integers(0, 2**32 - 1))
def test_each_column_is_compared(m: int, n: int, seed: int) -> None:
    thresholds, x = thresholds_and_numbers(np.random.default_rng(seed), n, (m, n))
    met = np.where(thresholds.rising, x >= thresholds.values, x <= thresholds.values)
    assert np.array_equal(pack_compared(x, thresholds).words, bnnlab.pack_rows(met).words)


@given(
    images=st.integers(0, 3),
    channels=st.integers(1, 130),
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    seed=st.integers(0, 2**32 - 1),
)
def test_each_channel_is_compared(images: int, channels: int, height: int, width: int, seed: int) -> None:
    thresholds, x = thresholds_and_numbers(
        np.random.default_rng(seed), channels, (images, channels, height, width)
    )
    values, rising = thresholds.values[:, None, None], thresholds.rising[:, None, None]
    met = np.where(rising, x >= values, x <= values)
    assert np.array_equal(pack_images_compared(x, thresholds).words, bnnlab.pack_images(met).words)


@given(m=st.integers(0, 5), k=st.integers(1, 200), n=st.integers(1, 13), seed=st.integers(0, 2**32 - 1))
def test_signs_times_floats(m: int, k: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    signs = np.where(rng.random((m, k)) < 0.5, 1, -1)
    weight = rng.standard_normal((n, k)).astype(np.float32)
    bias = rng.standard_normal(n).astype(np.float32)
    y = signs_times_floats(bnnlab.pack_rows(signs), FloatWeights(weight, bias))
    assert y.dtype == np.float32
    exact = signs @ weight.astype(np.float64).T + bias
    assert np.allclose(y, exact, rtol=0, atol=1e-6 * (np.abs(weight).sum(1) + 1))


def test_sums_do_not_depend_on_the_batch(rng: np.random.Generator) -> None:
    packed = bnnlab.pack_rows(rng.standard_normal((9, 300)))
    weights = FloatWeights(rng.standard_normal((10, 300)).astype(np.float32), np.zeros(10, np.float32))
    together = signs_times_floats(packed, weights)
    for row in range(9):
        alone = bnnlab.PackedMatrix(packed.words[row : row + 1].copy(), 300, "rows")
        assert np.array_equal(signs_times_floats(alone, weights)[0], together[row])


def test_refusals_name_what_is_wrong() -> None:
    three = FloatThresholds(np.zeros(3, np.float32), np.ones(3, bool))
    with pytest.raises(TypeError, match="values must be a 1-D array of dtype float32"):
        FloatThresholds(np.zeros(3), np.ones(3, bool))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one length, got 3 and 2"):
        FloatThresholds(np.zeros(3, np.float32), np.ones(2, bool))
    with pytest.raises(TypeError, match="x must be a float32 array"):
        pack_compared(np.zeros((2, 3)), three)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="with 3 columns"):
        pack_compared(np.zeros((2, 4), np.float32), three)
    with pytest.raises(ValueError, match="with 3 channels"):
        pack_images_compared(np.zeros((2, 4, 1, 1), np.float32), three)
    weights = FloatWeights(np.zeros((2, 70), np.float32), np.zeros(2, np.float32))
    with pytest.raises(ValueError, match="depth 70, got rows with 69"):
        signs_times_floats(bnnlab.pack_rows(np.ones((1, 69))), weights)
    with pytest.raises(ValueError, match="shapes"):
        FloatWeights(np.zeros((2, 70), np.float32), np.zeros(3, np.float32))
