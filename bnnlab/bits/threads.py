"""Several threads for one product: they take blocks of its rows from a shared counter.

The kernels release the interpreter lock, so Python's own threads serve. They wait without spinning, so they never
take a core from torch's; the calling thread takes part; and small products are not worth waking anyone for.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Protocol

WORTH_SHARING = 200_000_000
"""Products below which one thread is faster: about a fifth of a millisecond."""


class Job(Protocol):
    """Rows to compute. Every thread calls `run`, which returns when there are none left."""

    def run(self) -> None: ...  # noqa: D102


def usable_threads(threads: int, products: int) -> int:
    """How many threads to use of those asked for.

    Args:
        threads: As the caller said; at least 1.
        products: Multiplications of signs in the whole job.

    Returns:
        1 for small jobs, and never more than there are cores for this process.

    Raises:
        ValueError: If `threads` is no whole number, or below 1.
    """
    if not hasattr(threads, "__index__") or threads < 1:
        raise ValueError(f"threads must be at least 1, got {threads!r}")
    return min(threads, available_cores()) if products >= WORTH_SHARING else 1


@cache
def available_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share(job: Job, threads: int) -> None:
    """Run a job on the calling thread and `threads - 1` others."""
    helpers = [_pool().submit(job.run) for _ in range(threads - 1)]
    job.run()
    for helper in helpers:
        if not helper.cancel():  # one that has not begun finds no rows left
            helper.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(available_cores() - 1, 1), thread_name_prefix="bnnlab-kernel")


if hasattr(os, "register_at_fork"):  # a forked process has the pool, but none of its threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
