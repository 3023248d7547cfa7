"""One core, one thread, and everything as it was afterwards."""

import os
import sys

import pytest
import torch

from bnnlab.bench.conditions import environment, measuring_conditions
from bnnlab.bits.threads import available_cores

CAN_PIN = hasattr(os, "sched_setaffinity")


def affinity() -> set[int]:
    return os.sched_getaffinity(0) if CAN_PIN else set()


@pytest.fixture
def two_torch_threads():  # type: ignore[no-untyped-def]
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_torch_threads")
def test_everything_is_restored_even_after_an_exception() -> None:
    def fail_within() -> None:
        with measuring_conditions() as where:
            assert torch.get_num_threads() == 1
            if CAN_PIN:
                assert affinity() == {where.pinned_to}
            raise ArithmeticError

    before = affinity()
    with pytest.raises(ArithmeticError):
        fail_within()
    assert affinity() == before
    assert torch.get_num_threads() == 2


def test_a_thread_may_stay_free() -> None:
    before = affinity()
    with measuring_conditions(pinned=False) as where:
        assert where.pinned_to is None
        assert affinity() == before


def test_a_pinned_thread_does_not_make_the_machine_look_smaller() -> None:
    before = len(affinity()) if CAN_PIN else os.cpu_count()
    available_cores.cache_clear()
    with measuring_conditions():
        assert available_cores() == before
    assert available_cores() == before


def test_blas_libraries_are_limited_and_restored() -> None:
    pools = pytest.importorskip(
        "threadpoolctl", reason="threadpoolctl, of the extra 'bench', is not installed"
    )

    def threads() -> list[int]:
        return [pool["num_threads"] for pool in pools.threadpool_info()]

    before = threads()
    with measuring_conditions() as where:
        assert where.blas_limited
        assert set(threads()) == {1}
    assert threads() == before


def test_without_threadpoolctl_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    with measuring_conditions() as where:
        assert not where.blas_limited
        assert where.blas == ()


def test_the_environment_names_what_changes_a_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    here = environment()
    assert here.cpu
    assert here.cores == available_cores()
    assert here.variables["OPENBLAS_CORETYPE"] == "Haswell"
    assert {"python", "numpy"} <= set(here.versions)
