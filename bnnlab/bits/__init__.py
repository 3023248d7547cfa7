"""Signs as bits: packing, the XNOR-popcount matrix product, and what it did step by step. NumPy only."""

from bnnlab.bits.gemm import kernels, xnor_gemm
from bnnlab.bits.packing import PackedMatrix, pack_columns, pack_rows
from bnnlab.bits.trace import GemmTrace, PackTrace, trace_gemm, trace_pack

__all__ = [
    "GemmTrace",
    "PackTrace",
    "PackedMatrix",
    "kernels",
    "pack_columns",
    "pack_rows",
    "trace_gemm",
    "trace_pack",
    "xnor_gemm",
]
