"""Contestants take turns, each is timed often enough, and nothing stays changed."""

import gc
import subprocess
import sys
from functools import partial

import pytest

from bnnlab.bench.timing import LEAST_SAMPLES, Samples, interleaved


def test_everyone_is_timed_although_there_is_no_time() -> None:
    samples = interleaved({"a": int, "b": str}, seconds=1e-9)
    assert set(samples) == {"a", "b"}
    for each in samples.values():
        assert len(each.seconds) >= LEAST_SAMPLES
        assert 0 < each.best <= each.median


def test_contestants_alternate() -> None:
    log: list[str] = []
    interleaved({name: (lambda name=name: log.append(name)) for name in "abc"}, seconds=0.1)  # type: ignore[misc]
    turns = [name for name, before in zip(log, ["", *log], strict=False) if name != before]
    assert len(turns) >= 6  # the first samples, then at least a turn of each
    assert set(turns[3:6]) == {"a", "b", "c"}


def test_progress_rises_to_one() -> None:
    shares: list[float] = []
    interleaved({"a": int}, seconds=0.03, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 1
    assert shares[-1] == 1.0


def test_an_exception_passes_through_and_leaves_the_garbage_collector_on() -> None:
    def fail() -> None:
        raise ArithmeticError

    assert gc.isenabled()
    with pytest.raises(ArithmeticError):
        interleaved({"a": fail}, seconds=0.1)
    assert gc.isenabled()


def test_median_and_best_and_whether_the_best_had_the_core() -> None:
    samples = Samples((3.0, 1.0, 2.0, 9.0), (1.0, 0.25, 1.0, 0.5))
    assert (samples.best, samples.median, samples.core_share) == (1.0, 2.5, 0.25)


def test_time_without_the_core_is_noticed() -> None:
    elsewhere = partial(subprocess.run, [sys.executable, "-c", ""], check=True)
    other, own = interleaved({"other": elsewhere, "own": partial(sum, range(1000))}, 1e-6).values()
    assert 0 <= min(other.core_shares) <= other.core_share < max(own.core_shares) <= 1
