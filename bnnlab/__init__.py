"""bnnlab: a laboratory for binary neural networks.

The names here need NumPy and the compiled kernel only. `bnnlab.nn`, `bnnlab.train`, `bnnlab.figures` and
`bnnlab.widgets` are imported on first use, so that `import bnnlab` stays fast and works without torch.
"""

from importlib import import_module
from types import ModuleType

from bnnlab.bits import (
    GemmTrace,
    PackedMatrix,
    PackTrace,
    PreparedWeights,
    Thresholds,
    kernels,
    pack_columns,
    pack_rows,
    prepare_weights,
    trace_gemm,
    trace_pack,
    xnor_gemm,
    xnor_gemm_threshold,
)

__version__ = "0.1.0"

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

_ON_FIRST_USE = ("bits", "figures", "nn", "records", "train", "widgets")


def __getattr__(name: str) -> ModuleType:
    if name in _ON_FIRST_USE:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ON_FIRST_USE])
