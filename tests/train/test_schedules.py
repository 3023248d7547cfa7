"""How the learning rate changes over a run."""

import pytest

from bnnlab.train import SCHEDULES
from bnnlab.train.schedules import learning_rate_factor


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


@pytest.mark.parametrize(
    ("schedule", "progress", "floor", "factor"),
    [
        ("cosine", 0, 0.2, 1),
        ("cosine", 0.5, 0.2, 0.6),
        ("cosine", 1, 0.2, 0.2),
        ("cosine", 1.5, 0.2, 0.2),  # after its end
        ("cosine", 1e9, 0, 0),
        ("cosine", 0.7, 1, 1),
        ("constant", 3, 0.2, 1),
    ],
)
def test_a_schedule_falls_to_its_floor_and_stays_there(
    schedule: str, progress: float, floor: float, factor: float
) -> None:
    assert learning_rate_factor(schedule, progress, floor) == pytest.approx(factor, abs=1e-15)
