"""Signs as bits: packing, the XNOR-popcount matrix product, and what it did step by step. NumPy only."""

from bnnlab._xnor import PreparedWeights
from bnnlab.bits.gemm import xnor_gemm, xnor_gemm_threshold
from bnnlab.bits.packing import PackedMatrix, pack_columns, pack_rows
from bnnlab.bits.trace import GemmTrace, PackTrace, trace_gemm, trace_pack
from bnnlab.bits.weights import Thresholds, kernels, prepare_weights

__all__ = [
    "GemmTrace",
    "PackTrace",
    "PackedMatrix",
    "PreparedWeights",
    "Thresholds",
    "kernels",
    "pack_columns",
    "pack_rows",
    "prepare_weights",
    "trace_gemm",
    "trace_pack",
    "xnor_gemm",
    "xnor_gemm_threshold",
]
