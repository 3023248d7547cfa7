"""The flips of a layer, one by one, against a list of all of them."""

import numpy as np
import pytest

from bnnlab.records import flip_log
from bnnlab.records.flip_log import FlipLog


def filled(
    weights: int, steps: int, rng: np.random.Generator, **limits: int
) -> tuple[FlipLog, list[np.ndarray]]:
    log, flips = FlipLog(weights, **limits), []
    for step in range(1, steps + 1):
        count = int(rng.integers(0, 6))
        flips.append(np.sort(rng.choice(weights, count, replace=False)).astype(np.uint32))
        log.append(step, flips[-1])
    return log, flips


def steps_of(weight: int, flips: list[np.ndarray]) -> list[int]:
    return [step for step, positions in enumerate(flips, start=1) if weight in positions]


@pytest.mark.parametrize("weights", [10, 70_000])
def test_every_crossing_is_known(weights: int, rng: np.random.Generator) -> None:
    log, flips = filled(weights, 500, rng)
    assert log.since == 0
    asked = sorted({int(position) for positions in flips for position in positions})[:50]
    assert asked
    for weight in asked:
        assert log.crossings(weight).tolist() == steps_of(weight, flips)
    assert log.crossings(weights - 1).dtype == np.int64


def test_the_weight_that_is_followed_gets_what_comes_later(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flip_log, "FLIPS_PER_BLOCK", 7)
    log, flips = filled(4, 0, rng)
    for step in range(1, 200):
        flips.append(np.flatnonzero(rng.random(4) < 0.5).astype(np.uint32))
        log.append(step, flips[-1])
        assert log.crossings(2).tolist() == steps_of(2, flips)


def test_the_oldest_go_when_memory_is_full(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flip_log, "FLIPS_PER_BLOCK", 20)
    limit = 1500
    log, flips = FlipLog(30, max_bytes=limit), []
    for step in range(1, 400):
        flips.append(np.flatnonzero(rng.random(30) < 0.1).astype(np.uint32))
        log.append(step, flips[-1])
        assert log.nbytes <= limit
        assert log.crossings(3).tolist() == [at for at in steps_of(3, flips) if at > log.since]
    assert 0 < log.since < 400
    for weight in range(30):
        assert log.crossings(weight).tolist() == [at for at in steps_of(weight, flips) if at > log.since]


def test_a_step_with_more_flips_than_a_block_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flip_log, "FLIPS_PER_BLOCK", 8)
    log = FlipLog(100)
    log.append(1, np.arange(100, dtype=np.uint32))
    log.append(2, np.array([99], np.uint32))
    assert [log.crossings(weight).tolist() for weight in (0, 8, 50, 99)] == [[1], [1], [1], [1, 2]]


def test_a_second_flip_after_the_same_step_counts() -> None:
    log = FlipLog(4)
    for _ in range(2):
        log.append(3, np.array([1], np.uint32))
    assert log.crossings(1).tolist() == [3, 3]
