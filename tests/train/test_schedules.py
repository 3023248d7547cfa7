"""How the learning rate changes over a run."""

import pytest

from bnnlab.train import SCHEDULES


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_factor_lies_between_0_and_1(name: str) -> None:
    factors = [SCHEDULES[name](step / 100) for step in range(101)]
    assert factors[0] == 1
    assert all(0 <= factor <= 1 for factor in factors)


def test_constant_and_cosine() -> None:
    assert [SCHEDULES["constant"](p) for p in (0, 0.3, 1)] == [1, 1, 1]
    assert [SCHEDULES["cosine"](p) for p in (0, 1 / 3, 0.5, 2 / 3, 1)] == pytest.approx(
        [1, 0.75, 0.5, 0.25, 0]
    )
