"""What a benchmark measured: speeds, what they are held against, and where they were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class KernelSpeed:
    """How fast one kernel multiplied, beside what its instructions allow.

    Attributes:
        kernel: Its name in `bnnlab.kernels()`.
        gops_best: 10^9 operations a second (a multiplication and an addition are 2) in the fastest sample.
        gops_median: The same in the median sample.
        ceiling_gops: The most this product allows the kernel: its instructions alone, or reading the weights
            where that takes longer.
        share: `gops_best / ceiling_gops`.
        exact: Whether the result equals the reference in NumPy.
        limited_by: ``"instructions"`` or ``"memory"``: which of the two `ceiling_gops` is.
    """

    kernel: str
    gops_best: float
    gops_median: float
    ceiling_gops: float
    share: float
    exact: bool
    limited_by: str


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """How fast one opponent did one piece of work.

    Attributes:
        opponent: Its name in the registry.
        workload: What was done, such as ``"256x784x1024"``.
        best_seconds: Seconds that one run took in the fastest sample.
        median_seconds: Seconds that one run took in the median sample.
        samples: How many samples were taken.
        core_share: Share of the fastest sample's time during which its thread had a core. Less than 1: another
            program had it, and the opponent is faster than it looks.
        rate_best: Work in a second in the fastest sample, in `unit`; None for a part of the work.
        rate_median: Work in a second in the median sample, or None.
        unit: ``"Gop/s"`` or ``"GB/s"``.
        exact: Whether the result equals the reference.
        part: Share of the workload's rows that were computed: less than 1 where all of them would take too long.
        bound: The most that this opponent's kind of arithmetic, or memory, allows here, in `unit`; None if unknown.
        ratio: How many times as fast the fastest of bnnlab's own was, best against best; None where none ran.
    """

    opponent: str
    workload: str
    best_seconds: float
    median_seconds: float
    samples: int
    core_share: float
    rate_best: float | None
    rate_median: float | None
    unit: str
    exact: bool
    part: float
    bound: float | None
    ratio: float | None

    @property
    def share(self) -> float | None:
        """Share of `bound` that was reached; None if there is no bound."""
        return None if self.bound is None or self.rate_best is None else self.rate_best / self.bound


@dataclass(frozen=True, slots=True)
class AbsentOpponent:
    """An opponent that did not run.

    Attributes:
        opponent: Its name in the registry.
        workload: What it should have done, or ``"all"``.
        reason: Why it did not.
    """

    opponent: str
    workload: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What this CPU could do at best; `bnnlab.bits.ceiling` measures it.

    Attributes:
        kernels: Gop/s of each kernel's instructions alone.
        float32: Gop/s of float32 multiply-and-add, or None.
        int8: Gop/s of int8 multiply-and-add, or None.
        shuffled_popcount: Gop/s of xor and a popcount made of AVX2 shuffles, or None.
        bandwidth: GB/s of reading, by the bytes of the buffer.
    """

    kernels: Mapping[str, float]
    float32: float | None
    int8: float | None
    shuffled_popcount: float | None
    bandwidth: Mapping[int, float]

    @property
    def binary_over_float32(self) -> float | None:
        """How many times as many operations the fastest kernel's instructions allow as float32 does."""
        return None if self.float32 is None else max(self.kernels.values()) / self.float32


@dataclass(frozen=True, slots=True)
class BenchmarkEnvironment:
    """Where and how something was measured.

    Attributes:
        cpu: Name of the CPU.
        cores: Cores this process may use.
        kernels: `bnnlab.kernels()`, fastest first.
        versions: Of Python and of every library that took part.
        pinned_to: The core that the measuring thread was kept on, or None.
        blas: The BLAS libraries in the process as threadpoolctl names them, with the CPU they believe they run on.
        blas_limited: Whether they were kept to one thread; not where threadpoolctl is not installed.
        variables: Environment variables that change what is measured, where they are set.
    """

    cpu: str
    cores: int
    kernels: tuple[str, ...]
    versions: Mapping[str, str]
    pinned_to: int | None
    blas: tuple[str, ...]
    blas_limited: bool
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark, complete.

    Attributes:
        subject: ``"gemm"``, ``"conv"``, ``"pack"``, ``"threads"``, ``"inference"`` or ``"network"``.
        environment: Where and how.
        ceilings: What the CPU could do at best.
        opponents: What each opponent computes and how it was called, in a line.
        results: One for each opponent and workload.
        absent: Opponents that did not run.
        notes: What a reader should know before quoting a figure.
    """

    subject: str
    environment: BenchmarkEnvironment
    ceilings: Ceilings
    opponents: Mapping[str, str]
    results: tuple[BenchmarkResult, ...]
    absent: tuple[AbsentOpponent, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `from_dict` is the way back."""
        document = asdict(self)
        for result, plain in zip(self.results, document["results"], strict=True):
            plain["share"] = result.share
        document["ceilings"]["binary_over_float32"] = self.ceilings.binary_over_float32
        return document

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """The benchmark that `to_dict` described, also after a way through JSON.

        Raises:
            KeyError: If something is missing.
        """
        ceilings = _known(Ceilings, document["ceilings"])
        ceilings["bandwidth"] = {int(nbytes): rate for nbytes, rate in ceilings["bandwidth"].items()}
        environment = _known(BenchmarkEnvironment, document["environment"])
        for name in ("kernels", "blas"):
            environment[name] = tuple(environment[name])
        return cls(
            subject=document["subject"],
            environment=BenchmarkEnvironment(**environment),
            ceilings=Ceilings(**ceilings),
            opponents=document["opponents"],
            results=tuple(BenchmarkResult(**_known(BenchmarkResult, each)) for each in document["results"]),
            absent=tuple(AbsentOpponent(**_known(AbsentOpponent, each)) for each in document["absent"]),
            notes=tuple(document["notes"]),
        )


def _known(record: type, document: Mapping[str, Any]) -> dict[str, Any]:
    """The record's own fields, without what was derived from them."""
    return {field.name: document[field.name] for field in fields(record)}
