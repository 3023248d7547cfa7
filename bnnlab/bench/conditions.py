"""One core, one thread: the conditions under which opponents are compared, and under which they were."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bnnlab.bits import kernels
from bnnlab.bits.threads import available_cores
from bnnlab.records import BenchmarkEnvironment

LIBRARIES = ("numpy", "torch", "numkong", "faiss-cpu", "simsimd", "threadpoolctl")
VARIABLES = (
    "BNNLAB_KERNEL",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "MKL_ENABLE_INSTRUCTIONS",
    "ATEN_CPU_CAPABILITY",
)


@contextmanager
def measuring_conditions(pinned: bool = True) -> Iterator[BenchmarkEnvironment]:
    """Keep this thread on one core, and torch and the BLAS libraries to one thread, while the block runs.

    Everything is as it was afterwards, also after an exception. Only libraries that are loaded by then are
    limited. Where the system cannot pin a thread or threadpoolctl is not installed, the environment says so.

    Args:
        pinned: Whether to keep this thread on one core.
    """
    with ExitStack() as stack:
        _limit_torch(stack)
        limited = _limit_pools(stack)
        core = _pin(stack) if pinned else None
        yield environment(core, limited)


def environment(pinned_to: int | None = None, blas_limited: bool = False) -> BenchmarkEnvironment:
    """This machine and process, as they are now."""
    return BenchmarkEnvironment(
        cpu=_cpu_name(),
        cores=available_cores(),
        kernels=kernels(),
        versions={"python": platform.python_version()} | _versions(),
        pinned_to=pinned_to,
        blas=_blas(),
        blas_limited=blas_limited,
        variables={name: os.environ[name] for name in VARIABLES if name in os.environ},
    )


def _limit_torch(stack: ExitStack) -> None:
    torch = sys.modules.get("torch")
    if torch is not None:
        stack.callback(torch.set_num_threads, torch.get_num_threads())
        torch.set_num_threads(1)


def _limit_pools(stack: ExitStack) -> bool:
    """OpenBLAS, MKL and OpenMP, by threadpoolctl."""
    pools = _threadpoolctl()
    if pools is None:
        return False
    stack.enter_context(pools.threadpool_limits(limits=1))
    return True


def _pin(stack: ExitStack) -> int | None:
    available_cores()  # it asks once in a process: not while there is only one
    if not hasattr(os, "sched_setaffinity"):
        return None
    before = os.sched_getaffinity(0)
    core = max(before)  # interrupts and other programs are likelier on the first
    os.sched_setaffinity(0, {core})
    stack.callback(os.sched_setaffinity, 0, before)
    return core


def _threadpoolctl() -> Any:
    try:
        import threadpoolctl
    except ImportError:
        return None
    return threadpoolctl


def _blas() -> tuple[str, ...]:
    pools = _threadpoolctl()
    found = pools.threadpool_info() if pools else []
    return tuple(
        f"{pool['internal_api']} {pool['version']} ({pool.get('architecture', 'architecture unknown')})"
        for pool in found
        if pool["user_api"] == "blas"
    )


def _versions() -> dict[str, str]:
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
