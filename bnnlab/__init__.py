"""bnnlab: a laboratory for binary neural networks.

The names here need NumPy and the compiled kernel only. `bnnlab.nn`, `bnnlab.train`, `bnnlab.deploy`,
`bnnlab.bench`, `bnnlab.figures`, `bnnlab.widgets` and `bnnlab.notebook` are imported on first use, so that
`import bnnlab` stays fast and works without torch.
"""

from importlib import import_module
from types import ModuleType

from bnnlab.bits import (
    GemmTrace,
    Instruction,
    PackedImages,
    PackedMatrix,
    PackTrace,
    PreparedFilters,
    PreparedWeights,
    Thresholds,
    disassemble,
    kernels,
    pack_columns,
    pack_images,
    pack_rows,
    prepare_filters,
    prepare_weights,
    threshold,
    trace_gemm,
    trace_pack,
    uint8_methods,
    xnor_conv2d,
    xnor_conv2d_threshold,
    xnor_gemm,
    xnor_gemm_threshold,
    xnor_gemm_uint8,
    xnor_gemm_uint8_threshold,
)

__version__ = "0.1.0"

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
    "xnor_gemm_uint8_threshold",
]

_ON_FIRST_USE = ("bench", "bits", "deploy", "figures", "nn", "notebook", "records", "train", "widgets")


def __getattr__(name: str) -> ModuleType:
    if name in _ON_FIRST_USE:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ON_FIRST_USE])
