"""64 counters to a word count exactly what 64 plain counters count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bnnlab.train.watch.readings import StreakCounters


def bits(words: np.ndarray) -> np.ndarray:
    return np.unpackbits(words.view(np.uint8), axis=-1, bitorder="little").astype(bool)


@settings(deadline=None)
@given(
    digits=st.integers(1, 4),
    shape=st.sampled_from([(1, 1), (2, 3)]),
    steps=st.integers(0, 60),
    density=st.sampled_from([0.5, 0.9, 0.98, 1.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_equal_to_plain_counters(
    digits: int, shape: tuple[int, int], steps: int, density: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    counters = StreakCounters(shape, digits)
    plain = np.zeros((shape[0], 64 * shape[1]), int)
    for _ in range(steps):
        mask = rng.random(plain.shape) < density
        said = counters.update(np.packbits(mask, axis=1, bitorder="little").view(np.uint64))
        plain = np.where(mask, plain + 1, 0)
        assert np.array_equal(bits(counters.reached), plain >= 2**digits)
        assert said == counters.count() == (plain >= 2**digits).sum()


def test_a_mask_is_only_read() -> None:
    mask = np.array([[5]], np.uint64)
    mask.flags.writeable = False
    counters = StreakCounters((1, 1), 1)
    counters.update(mask)
    counters.update(mask)
    assert mask.item() == counters.reached.item() == 5


@pytest.mark.parametrize("steps", [64, 1000])
def test_once_reached_it_stays_until_the_bit_is_clear(steps: int) -> None:
    counters = StreakCounters((1, 1), 6)
    ones = np.full((1, 1), 2**64 - 1, np.uint64)
    for _ in range(steps):
        counters.update(ones)
    assert counters.count() == 64
    counters.update(ones - np.uint64(1))
    assert counters.count() == 63
