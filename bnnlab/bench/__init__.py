"""Benchmarks: bnnlab against what the CPU allows and against other libraries, in turns in one process."""

from bnnlab.bench.convolution import conv_benchmark
from bnnlab.bench.gemm import gemm_benchmark
from bnnlab.bench.kernels import kernel_speeds
from bnnlab.bench.pack import pack_benchmark
from bnnlab.bench.threads import thread_benchmark

__all__ = ["conv_benchmark", "gemm_benchmark", "kernel_speeds", "pack_benchmark", "thread_benchmark"]
