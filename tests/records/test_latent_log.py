"""The lives of hidden weights, thinned."""

import numpy as np
import pytest

from bnnlab.records.latent_log import LatentLog


@pytest.mark.parametrize("since", [0, 17])
@pytest.mark.parametrize("steps", [0, 3, 8, 9, 16, 17, 1000])
def test_the_points_are_evenly_spaced_and_true(since: int, steps: int) -> None:
    log = LatentLog(2, since=since, max_points=8)
    room = log.nbytes
    for step in range(since, since + steps + 1):
        log.append(step, np.array([[step, -step]], np.float32))
    last = since + steps
    for weight, sign in ((0, 1), (1, -1)):
        at, values = log.life(weight, last, sign * last)
        assert np.array_equal(values, sign * at)
        assert at[0] == since
        assert at[-1] == last
        assert set(np.diff(at[:-1])) <= {log.stride}
        assert len(at) <= 9
        assert steps < 8 or len(at) >= 5
    assert log.nbytes == room


def test_a_value_changed_by_hand_after_the_newest_point_takes_its_place() -> None:
    log = LatentLog(1)
    log.append(0, np.array([1.0], np.float32))
    log.append(1, np.array([2.0], np.float32))
    steps, values = log.life(0, 1, -2.0)
    assert (steps.tolist(), values.tolist()) == ([0, 1], [1.0, -2.0])
    assert not steps.flags.writeable
    assert not values.flags.writeable


def test_one_without_a_point_knows_what_it_is_now() -> None:
    steps, values = LatentLog(1, since=5).life(0, 5, 0.25)
    assert (steps.tolist(), values.tolist()) == ([5], [0.25])
