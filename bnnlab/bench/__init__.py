"""Benchmarks: the kernels against what the CPU allows and against other libraries, side by side in one process."""

from bnnlab.bench.kernels import kernel_speeds

__all__ = ["kernel_speeds"]
