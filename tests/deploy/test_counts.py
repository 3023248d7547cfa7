"""Counts of equal signs, and thresholds on them: every dot product that there can be is tried."""

import numpy as np
import pytest

from bnnlab.deploy.counts import count_threshold, equal_signs


def test_a_count_is_what_it_is_called() -> None:
    a, b = np.random.default_rng(0).choice([-1, 1], (2, 5, 70))
    assert equal_signs((a * b).sum(1), 70).tolist() == (a == b).sum(1).tolist()


@pytest.mark.parametrize("depth", [1, 2, 7, 8])
@pytest.mark.parametrize("rising", [True, False])
def test_a_threshold_on_counts_says_what_the_one_on_dot_products_says(depth: int, rising: bool) -> None:
    for limit in range(-depth - 2, depth + 3):
        dots = range(-depth, depth + 1, 2)
        signs = [dot >= limit if rising else dot <= limit for dot in dots]
        threshold = count_threshold(limit, rising, depth)
        if threshold is None:
            assert len(set(signs)) == 1
        else:
            assert set(signs) == {True, False}
            assert [threshold.is_met(count) for count in range(depth + 1)] == signs
