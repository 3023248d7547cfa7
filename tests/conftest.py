"""What several test files share."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import settings

import bnnlab

settings.register_profile("no clock decides", deadline=None)
settings.load_profile("no clock decides")


def pytest_report_header() -> str:
    """Which kernels the tests can reach on this CPU, other than by emulation."""
    return f"bnnlab kernels: {', '.join(bnnlab.kernels())}"


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """Small networks only lose time by sharing their sums between threads, the more so on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def same_weights() -> None:
    """Layers that draw their own weights draw the same ones, whichever tests ran before."""
    torch.manual_seed(0)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260101)
