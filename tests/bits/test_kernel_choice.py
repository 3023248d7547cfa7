"""Which kernel multiplies: the fastest, the one that BNNLAB_KERNEL names, or an error that says which there are."""

import os
import subprocess
import sys

import pytest

import bnnlab

MULTIPLY = """
import numpy as np
import bnnlab

rng = np.random.default_rng(1)
a, b = rng.standard_normal((9, 300)), rng.standard_normal((300, 70))
pa, pb = bnnlab.pack_rows(a), bnnlab.pack_columns(b)
expected = np.where(a >= 0, 1, -1) @ np.where(b >= 0, 1, -1)
assert np.array_equal(bnnlab.xnor_gemm(pa, pb), expected)
print(bnnlab.prepare_weights(pb).kernel)
"""


def multiply(name: str | None) -> subprocess.CompletedProcess[str]:
    """Multiply in a process of its own, with the variable set or not."""
    environment = {key: value for key, value in os.environ.items() if key != "BNNLAB_KERNEL"}
    if name is not None:
        environment["BNNLAB_KERNEL"] = name
    return subprocess.run([sys.executable, "-c", MULTIPLY], capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_the_variable_names_the_kernel(kernel: str) -> None:
    done = multiply(kernel)
    assert (done.returncode, done.stdout.strip()) == (0, kernel), done.stderr


@pytest.mark.parametrize("name", [None, "", "auto"])
def test_without_a_name_the_fastest_multiplies(name: str | None) -> None:
    done = multiply(name)
    assert (done.returncode, done.stdout.strip()) == (0, bnnlab.kernels()[0]), done.stderr


@pytest.mark.parametrize("name", ["abacus", next(k for k in ("neon", "avx2") if k not in bnnlab.kernels())])
def test_a_kernel_that_this_cpu_has_not_is_refused(name: str) -> None:
    done = multiply(name)
    assert done.returncode != 0
    error = done.stderr.strip().splitlines()[-1]
    assert error.startswith("ValueError: the environment variable BNNLAB_KERNEL must be 'auto' or one of")
    assert str(bnnlab.kernels()) in error
    assert name in error


def test_an_argument_wins_over_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BNNLAB_KERNEL", "abacus")
    pb = bnnlab.pack_columns([[1.0]])
    for kernel in bnnlab.kernels():
        assert bnnlab.prepare_weights(pb, kernel).kernel == kernel
