"""When the next step is due, at each of the speeds."""

import math

import pytest

from bnnlab.train.live.pace import Pace


def steps_until(pace: Pace, seconds: float) -> int:
    """Steps done by a run that takes no time for a step and looks at the clock all the time."""
    step, now = 0, 0.0
    while now + pace.wait(now, step) <= seconds:
        now += max(pace.wait(now, step), 0)
        step += 1
        pace.done(now)
    return step


def test_a_limit_is_kept_over_many_steps() -> None:
    pace = Pace()
    pace.speed = 10.0
    pace.begin(0.0, 0)
    assert steps_until(pace, 9.95) == 100


def test_time_lost_is_not_caught_up_with() -> None:
    pace = Pace()
    pace.speed = 10.0
    pace.begin(0.0, 0)
    pace.done(5.0)
    assert pace.wait(5.0, 1) == pytest.approx(0.1)


def test_without_a_limit_a_step_is_always_due() -> None:
    pace = Pace()
    pace.begin(0.0, 0)
    pace.done(1.0)
    assert pace.wait(1.0, 5) <= 0


@pytest.mark.parametrize("seconds", [0.5, 1.0, 5.0, 20.0])
def test_the_start_is_slow_and_becomes_faster(seconds: float) -> None:
    pace = Pace()
    pace.speed = "start"
    pace.begin(0.0, 0)
    assert steps_until(pace, seconds) == math.floor(7.5 * (math.exp(seconds / 5) - 1))


def test_what_was_played_elsewhere_is_caught_up_with() -> None:
    pace = Pace()
    pace.speed = "start"
    pace.begin(100.0, 7, elapsed=5.0)
    due = math.floor(7.5 * (math.e - 1))
    assert pace.wait(100.0, 7 + due - 1) <= 0
    assert pace.wait(100.0, 7 + due) > 0


def test_time_in_which_nothing_could_be_done_does_not_count() -> None:
    pace = Pace()
    pace.speed = "start"
    pace.begin(0.0, 0)
    before = pace.wait(3.0, 5)
    pace.postpone(1000.0)
    assert pace.wait(1003.0, 5) == pytest.approx(before)


@pytest.mark.parametrize(
    ("now", "step", "possible", "ends"),
    [
        (20.0, 50, 100.0, False),  # behind, but it can still catch up: 82 a second are due
        (22.0, 10_000, 100.0, False),  # ahead
        (22.0, 50, 100.0, True),
        (1e9, 50, 1e6, True),
    ],
)
def test_the_start_ends_once_it_cannot_be_kept(now: float, step: int, possible: float, ends: bool) -> None:
    pace = Pace()
    pace.speed = "start"
    pace.begin(0.0, 0)
    pace.compare(now, step, possible)
    assert pace.speed == (None if ends else "start")
