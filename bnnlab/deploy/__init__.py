"""Networks that leave the lab: packed, proved equal, measured, and written to files.

A packed network runs without torch; only packing a module, proving that it was packed well, and what puts weights into
a module need it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bnnlab.deploy.bmxnet import export_bmxnet, load_bmxnet
from bnnlab.deploy.costs import summary
from bnnlab.deploy.errors import ModelFileError
from bnnlab.deploy.export import export_c, export_npz, export_onnx
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.node import Node
from bnnlab.deploy.ops import OPS
from bnnlab.deploy.profiling import profile
from bnnlab.deploy.sign_conventions import CONVENTIONS, SignConvention, unpack_signs

if TYPE_CHECKING:
    from bnnlab.deploy.foreign_weights import latent_weights, put_weights
    from bnnlab.deploy.proof import LayerProof, prove

__all__ = [
    "CONVENTIONS",
    "LayerProof",
    "ModelFileError",
    "Node",
    "OPS",
    "PackedModel",
    "SignConvention",
    "export_bmxnet",
    "export_c",
    "export_npz",
    "export_onnx",
    "latent_weights",
    "load_bmxnet",
    "profile",
    "prove",
    "put_weights",
    "summary",
    "unpack_signs",
]

_WITH_TORCH = {
    "LayerProof": "proof",
    "latent_weights": "foreign_weights",
    "prove": "proof",
    "put_weights": "foreign_weights",
}


def __getattr__(name: str) -> Any:
    if name in _WITH_TORCH:
        return getattr(import_module(f"{__name__}.{_WITH_TORCH[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
