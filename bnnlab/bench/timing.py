"""Timing several things against each other in one process, in turns.

A machine is not the same from one second to the next: other programs come and go, clocks rise and fall. So nothing is
timed in one go. Contestants take turns of some milliseconds, and next is always the one that has used the least time so
far; whatever happens to the machine happens to all of them. The first run of a turn finds the caches as another
contestant left them, the others find their own data; best and median speak of the latter.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

SAMPLE_NS = 50_000
"""A sample is at least as long, several runs if need be, so that reading the clock does not count."""

TURN_NS = 10_000_000
LEAST_SAMPLES = 3

Run = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Samples:
    """What one contestant needed.

    Attributes:
        seconds: Of one run in each sample, in the order in which they were taken.
        core_shares: Share of each sample's time during which the thread had its core.
    """

    seconds: tuple[float, ...]
    core_shares: tuple[float, ...]

    @property
    def best(self) -> float:
        """Seconds of a run in the fastest sample: other programs can only slow a run down."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """Seconds of a run in the median sample."""
        return statistics.median(self.seconds)

    @property
    def core_share(self) -> float:
        """Of the fastest sample. A long run may never have had the core to itself."""
        return self.core_shares[self.seconds.index(self.best)]


def interleaved(
    contestants: Mapping[str, Run], seconds: float, progress: Callable[[float], None] | None = None
) -> dict[str, Samples]:
    """Time every contestant, in turns.

    Args:
        contestants: What to run, by name; each has run before.
        seconds: How long to measure all of them together. Each is timed `LEAST_SAMPLES` times even if that
            takes longer.
        progress: Told the share that is done, 0..1, after every turn.

    Returns:
        The samples of each contestant.
    """
    taken: dict[str, list[_Sample]] = {name: [] for name in contestants}
    spent = dict.fromkeys(contestants, 0)
    with _no_garbage_collection():
        repeats = {name: _first_sample(run, taken[name]) for name, run in contestants.items()}
        began = time.perf_counter_ns()
        while True:
            elapsed = time.perf_counter_ns() - began
            if progress:
                progress(min(elapsed / max(seconds * 1e9, 1), 1.0))
            waiting = [
                name for name in contestants if elapsed < seconds * 1e9 or len(taken[name]) < LEAST_SAMPLES
            ]
            if not waiting:
                break
            name = min(waiting, key=lambda each: spent[each])
            spent[name] += _turn(contestants[name], repeats[name], taken[name])
    return {
        name: Samples(
            tuple(sample.wall / repeats[name] / 1e9 for sample in each),
            tuple(min(sample.core / sample.wall, 1.0) for sample in each),
        )
        for name, each in taken.items()
    }


class _Sample(NamedTuple):
    """Nanoseconds that some runs took by the clock on the wall, and how many of them the thread had a core."""

    wall: int
    core: int


def _turn(run: Run, repeats: int, taken: list[_Sample]) -> int:
    """Take samples until the turn is over; returns its nanoseconds."""
    spent = 0
    while spent < TURN_NS:
        taken.append(_sample(run, repeats))
        spent += taken[-1].wall
    return spent


def _sample(run: Run, repeats: int) -> _Sample:
    core = time.thread_time_ns()
    wall = time.perf_counter_ns()
    for _ in repeat(None, repeats):
        run()
    wall = time.perf_counter_ns() - wall
    return _Sample(max(wall, 1), time.thread_time_ns() - core)


def _first_sample(run: Run, taken: list[_Sample]) -> int:
    """Take a sample, and return how many runs it needed: as many as `SAMPLE_NS` holds."""
    repeats = 1
    while (sample := _sample(run, repeats)).wall < SAMPLE_NS:
        repeats *= 2
    taken.append(sample)
    return repeats


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
