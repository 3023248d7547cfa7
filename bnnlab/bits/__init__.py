"""Signs as bits: packing, the XNOR-popcount matrix product, what it did step by step, its machine code. NumPy only."""

from bnnlab._xnor import PreparedWeights
from bnnlab.bits.convolution import xnor_conv2d, xnor_conv2d_threshold
from bnnlab.bits.disassembly import Instruction, disassemble
from bnnlab.bits.float_layers import (
    FloatThresholds,
    FloatWeights,
    pack_compared,
    pack_images_compared,
    signs_times_floats,
)
from bnnlab.bits.gemm import xnor_gemm, xnor_gemm_threshold
from bnnlab.bits.images import PackedImages, PreparedFilters, pack_images, prepare_filters
from bnnlab.bits.packing import PackedMatrix, pack_columns, pack_rows
from bnnlab.bits.thresholds import Thresholds, threshold
from bnnlab.bits.trace import GemmTrace, PackTrace, trace_gemm, trace_pack
from bnnlab.bits.uint8_gemm import uint8_methods, xnor_gemm_uint8, xnor_gemm_uint8_threshold
from bnnlab.bits.weights import kernels, prepare_weights

__all__ = [
    "GemmTrace",
    "Instruction",
    "PackTrace",
    "PackedImages",
    "PackedMatrix",
    "PreparedFilters",
    "PreparedWeights",
    "Thresholds",
    "disassemble",
    "kernels",
    "pack_columns",
    "pack_images",
    "pack_rows",
    "prepare_filters",
    "prepare_weights",
    "threshold",
    "trace_gemm",
    "trace_pack",
    "uint8_methods",
    "xnor_conv2d",
    "xnor_conv2d_threshold",
    "xnor_gemm",
    "xnor_gemm_threshold",
    "xnor_gemm_uint8",
    "FloatThresholds",
    "FloatWeights",
    "pack_compared",
    "pack_images_compared",
    "signs_times_floats",
    "xnor_gemm_uint8_threshold",
]
