"""Running a benchmark: who takes part, who is right, and how fast each is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Generic

import numpy as np

from bnnlab.bench.conditions import measuring_conditions
from bnnlab.bench.contest import Opponent, Prepared, W
from bnnlab.bench.timing import LEAST_SAMPLES, Samples, interleaved
from bnnlab.bits import kernels
from bnnlab.bits.ceiling import (
    ceiling,
    float32_roofline,
    int8_roofline,
    read_bandwidth,
    shuffled_popcount_ceiling,
)
from bnnlab.records import AbsentOpponent, Benchmark, BenchmarkEnvironment, BenchmarkResult, Ceilings

BUFFERS = (16 << 10, 512 << 10, 2 << 20, 128 << 20)
"""Sizes that fit in the first, the second, the third cache of most CPUs, and in none; 2 MiB: 4096 x 4096 signs."""

MOST_SECONDS, UNDISTURBED = 3600, 0.97

Progress = Callable[[float], None]


def compare(
    subject: str,
    workloads: Sequence[Callable[[], W]],
    registry: Mapping[str, Opponent[W]],
    names: Iterable[str] | None,
    seconds: float,
    progress: Progress | None = None,
    pinned: bool = True,
) -> Benchmark:
    """Let opponents do the same work in turns, and hold each answer against the right one.

    Args:
        subject: What the benchmark is called.
        workloads: Each makes one workload; its memory is given back before the next is made.
        registry: The opponents there are.
        names: Those that take part; all if None.
        seconds: How long to measure each workload; longer where three runs of each opponent take longer.
        progress: Told the share that is done, 0..1.
        pinned: Whether to keep the calling thread on one core.

    Returns:
        Results by workload, in the order of the registry.

    Raises:
        ValueError: If `seconds` is not in 0..`MOST_SECONDS`, or an opponent is unknown.
    """
    check_seconds(seconds)
    present, absent = entered(registry, names)
    results: list[BenchmarkResult] = []
    with measuring_conditions(pinned) as environment:
        for index, make in enumerate(workloads):
            found, failed = _measured(make(), present, seconds, part_of(progress, index, len(workloads)))
            results += with_ratios(found, {each.name for each in present if each.role == "ours"})
            absent += failed
        ceilings = measured_ceilings()
    what = {each.name: each.what for each in present}
    notes = _notes(results, environment)
    return Benchmark(subject, environment, ceilings, what, tuple(results), tuple(absent), notes)


def entered(
    registry: Mapping[str, Opponent[W]], names: Iterable[str] | None
) -> tuple[list[Opponent[W]], list[AbsentOpponent]]:
    """The opponents that can take part, their modules loaded, and those that cannot.

    Raises:
        ValueError: If a name is not in the registry.
    """
    asked = list(registry) if names is None else list(names)
    for name in asked:
        if name not in registry:
            raise ValueError(f"opponent must be one of {', '.join(registry)}; got {name!r}")
    present, absent = [], []
    for opponent in (each for name, each in registry.items() if name in asked):
        try:
            if opponent.module is not None:
                import_module(opponent.module)
        except ModuleNotFoundError:
            absent.append(AbsentOpponent(opponent.name, "all", "not installed"))
        except (ImportError, OSError) as error:
            absent.append(AbsentOpponent(opponent.name, "all", _line(error)))
        else:
            present.append(opponent)
    return present, absent


def measured_ceilings() -> Ceilings:
    """What this CPU could do at best; measured once in a process."""
    return Ceilings(
        kernels={kernel: ceiling(kernel) for kernel in kernels()},
        float32=float32_roofline(),
        int8=int8_roofline(),
        shuffled_popcount=shuffled_popcount_ceiling(),
        bandwidth={nbytes: read_bandwidth(nbytes) for nbytes in BUFFERS},
    )


def check_seconds(seconds: object) -> None:
    """Refuse a time that nothing can be measured in.

    Raises:
        ValueError: If `seconds` is not above 0, or above `MOST_SECONDS`.
    """
    if not isinstance(seconds, int | float | np.number) or not 0 < seconds <= MOST_SECONDS:
        raise ValueError(f"seconds must be above 0 and at most {MOST_SECONDS}, got {seconds!r}")


def part_of(progress: Progress | None, index: int, count: int) -> Progress | None:
    """A progress that covers part `index` of `count` equal parts of another."""
    return progress and (lambda share: progress((index + share) / count))


def with_ratios(results: Sequence[BenchmarkResult], ours: Collection[str]) -> list[BenchmarkResult]:
    """The results of one workload, each told how many times as fast the fastest of `ours` was."""
    fastest = max((each.rate_best or 0.0 for each in results if each.opponent in ours), default=0.0)
    return [
        replace(each, ratio=fastest / each.rate_best) if fastest and each.rate_best else each
        for each in results
    ]


def _measured(
    workload: W, opponents: Sequence[Opponent[W]], seconds: float, progress: Progress | None
) -> tuple[list[BenchmarkResult], list[AbsentOpponent]]:
    longest = seconds / max(len(opponents), 1) / LEAST_SAMPLES
    ready: dict[str, _Ready[W]] = {}
    failed = []
    for opponent in opponents:
        try:
            ready[opponent.name] = _Ready.of(opponent, workload, longest)
        except Exception as error:  # whatever another library raises on a shape that it does not like
            if opponent.role != "peer":
                raise
            failed.append(AbsentOpponent(opponent.name, workload.name, _line(error)))
    samples = interleaved({name: each.prepared.run for name, each in ready.items()}, seconds, progress)
    return [_result(workload, each, samples[name]) for name, each in ready.items()], failed


@dataclass(frozen=True, slots=True)
class _Ready(Generic[W]):
    """An opponent about to be timed: the part of the workload that it does, and whether its answer was right."""

    opponent: Opponent[W]
    part: W
    prepared: Prepared
    exact: bool

    @classmethod
    def of(cls, opponent: Opponent[W], workload: W, longest: float) -> _Ready[W]:
        part = workload if opponent.fit is None else opponent.fit(workload, longest)
        prepared = opponent.prepare(part)
        return cls(opponent, part, prepared, part.accepts(prepared.answer(prepared.run())))


def _result(workload: W, ready: _Ready[W], samples: Samples) -> BenchmarkResult:
    amount = ready.part.amount if ready.opponent.role != "stage" else None
    return BenchmarkResult(
        opponent=ready.opponent.name,
        workload=workload.name,
        best_seconds=samples.best,
        median_seconds=samples.median,
        samples=len(samples.seconds),
        core_share=samples.core_share,
        rate_best=amount and amount / samples.best / 1e9,
        rate_median=amount and amount / samples.median / 1e9,
        unit=workload.unit,
        exact=ready.exact,
        part=ready.part.amount / workload.amount,
        bound=workload.bound(ready.opponent) if amount else None,
        ratio=None,
    )


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _notes(results: Sequence[BenchmarkResult], environment: BenchmarkEnvironment) -> tuple[str, ...]:
    notes = []
    if any(each.part < 1 for each in results):
        notes.append(
            "Where a percentage stands behind a name, that many of the rows were timed; one takes as long as another."
        )
    if environment.variables.get("BNNLAB_KERNEL"):
        notes.append(
            "BNNLAB_KERNEL is set: whole networks ran the kernel that it names, but rows that name a kernel ran theirs."
        )
    disturbed = {each.opponent for each in results if each.core_share < UNDISTURBED}
    if disturbed and environment.pinned_to is not None:
        notes.append(
            f"Even in the fastest sample of {', '.join(sorted(disturbed))}, other programs had the core for a part of "
            "the time. They are faster than it looks, and ratios to them too large: measure again when the machine "
            "has nothing else to do, or for longer."
        )
    if not environment.blas_limited:
        notes.append(
            "threadpoolctl is not installed, so NumPy may have used more than one thread: pip install 'bnnlab[bench]'."
        )
    return tuple(notes)
