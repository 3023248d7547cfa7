"""What this CPU could do at best, measured: the figures that every speed of a kernel is held against.

A ceiling is the speed of a loop that holds a kernel's instructions and nothing else: no loads of operands, no
stores, no tails. No kernel made of these instructions can be faster, and what one falls short of it is what its
loads, stores and tails cost. The loops stand in ``ext/ceiling.c``.

All figures are the best of many short runs in this process, on one core: other programs can only slow a run
down.

- Gop/s: 10^9 operations a second; a multiplication and its addition are 2, so one xor and popcount of 64 signs are 128.
- GB/s: 10^9 bytes a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

import numpy as np

from bnnlab import _bench
from bnnlab.bits.memory import aligned_empty
from bnnlab.bits.weights import kernels

RUN_NS, LEAST_RUNS, ALL_RUNS_NS = 300_000, 20, 40_000_000

_LOOPS = {"lecture": "scalar"}  # kernels that are made of another one's instructions


@cache
def ceiling(kernel: str) -> float:
    """The most that a kernel's instructions allow on this CPU, in Gop/s; measured once in a process.

    For ``"avx512vpopcntdq"`` these are xor, popcount and add of 512 bits; for ``"avx2"`` a table that is loaded
    for two shuffles and adds; for ``"neon"`` eor, cnt and add; for ``"scalar"`` and ``"lecture"`` xor, popcnt and
    add of 64 bits. `instructions` says them.

    Args:
        kernel: One of `kernels()`.

    Raises:
        ValueError: If this CPU can run no such kernel.
    """
    return _loop_speed(_loop(kernel))


def instructions(kernel: str) -> str:
    """The instructions whose speed is the ceiling of a kernel.

    Raises:
        ValueError: If this CPU can run no such kernel.
    """
    return _bench.loops()[_loop(kernel)]


@cache
def float32_roofline() -> float | None:
    """Gop/s of float32 multiply-and-add, by the widest such instruction; None where no loop is written for it."""
    speeds = [_loop_speed(name) for name in _bench.loops() if name.startswith("float32")]
    return max(speeds, default=None)


@cache
def int8_roofline() -> float | None:
    """Gop/s of the AVX-512 instruction ``vpdpbusd``, 64 products of bytes; None where the CPU lacks it."""
    return _loop_speed("int8") if "int8" in _bench.loops() else None


@cache
def shuffled_popcount_ceiling() -> float | None:
    """Gop/s of xor and a popcount made of AVX2 shuffles, the usual way on CPUs without a vector popcount.

    The ``"avx2"`` kernel looks up differences in tables instead, and may be faster than this. None without AVX2.
    """
    return _loop_speed("avx2 popcount") if "avx2 popcount" in _bench.loops() else None


@cache
def read_bandwidth(nbytes: int) -> float:
    """GB/s at which one core reads a buffer of this size again and again, both halves at once; measured once.

    The size decides which cache the bytes come from: 2 MiB are what 4096 x 4096 binary weights take.

    Args:
        nbytes: At least 256.

    Raises:
        ValueError: If `nbytes` is less.
    """
    if nbytes < 256:
        raise ValueError(f"nbytes must be at least 256, got {nbytes}")
    memory = aligned_empty((nbytes // 256 * 256,), np.uint8)
    memory.fill(1)  # pages that were never written are all the same page of zeros

    def read(times: int) -> int:
        _bench.read(memory, times)
        return memory.nbytes * times

    return _best_rate(read)


def attainable(roofline: float, rows: int, weights: int, weight_bits: int) -> float:
    """The most a product may reach whose weights are read at least once: Gop/s.

    Each weight read serves one multiplication and addition in every row, so B bytes a second of weights allow
    ``2 * rows * B / (weight_bits / 8)`` operations a second. With one row, that is less than the arithmetic could do.
    The lesser of the two is the roofline model of Williams, Waterman and Patterson, Communications of the ACM 52
    (2009).

    Args:
        roofline: Gop/s of the arithmetic alone.
        rows: M, rows of A.
        weights: K * N.
        weight_bits: Bits that a weight takes in memory.
    """
    nbytes = weights * weight_bits // 8
    if rows >= 64 or nbytes < 256:  # so many rows use a weight often enough; so few bytes stay in registers
        return roofline
    return min(roofline, 2 * rows * read_bandwidth(nbytes) * 8 / weight_bits)


def _loop(kernel: str) -> str:
    if kernel not in kernels():
        raise ValueError(f"kernel must be one of {kernels()}, got {kernel!r}")
    return _LOOPS.get(kernel, kernel)


@cache
def _loop_speed(name: str) -> float:
    return _best_rate(lambda rounds: 2 * _bench.run_loop(name, rounds))


def _best_rate(work: Callable[[int], int]) -> float:
    """The most that `work(times)` says it did in a nanosecond, over runs of at least `RUN_NS` each."""
    times, elapsed = 1, 0
    while elapsed < RUN_NS:
        times *= 2
        _, elapsed = _timed(work, times)
    best, spent, runs = 0.0, 0, 0
    while runs < LEAST_RUNS or spent < ALL_RUNS_NS:
        amount, elapsed = _timed(work, times)
        best, spent, runs = max(best, amount / elapsed), spent + elapsed, runs + 1
    return best


def _timed(work: Callable[[int], int], times: int) -> tuple[int, int]:
    began = time.perf_counter_ns()
    amount = work(times)
    return amount, max(time.perf_counter_ns() - began, 1)
