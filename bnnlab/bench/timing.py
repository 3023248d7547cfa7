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
from typing import Any

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
    """

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """Seconds of a run in the fastest sample: other programs can only slow a run down."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """Seconds of a run in the median sample."""
        return statistics.median(self.seconds)


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
    taken: dict[str, list[float]] = {name: [] for name in contestants}
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
    return {name: Samples(tuple(each)) for name, each in taken.items()}


def _turn(run: Run, repeats: int, taken: list[float]) -> int:
    """Take samples until the turn is over; returns its nanoseconds."""
    spent = 0
    while spent < TURN_NS:
        sample = _sample(run, repeats)
        taken.append(sample / repeats / 1e9)
        spent += sample
    return spent


def _sample(run: Run, repeats: int) -> int:
    began = time.perf_counter_ns()
    for _ in repeat(None, repeats):
        run()
    return max(time.perf_counter_ns() - began, 1)


def _first_sample(run: Run, taken: list[float]) -> int:
    """Take a sample, and return how many runs it needed: as many as `SAMPLE_NS` holds."""
    repeats = 1
    while (sample := _sample(run, repeats)) < SAMPLE_NS:
        repeats *= 2
    taken.append(sample / repeats / 1e9)
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
