"""Networks that leave the lab: packed, proved equal, measured, and written to files.

A packed network runs without torch; only packing a module, and proving that it was packed well, needs it.
"""

from typing import TYPE_CHECKING, Any

from bnnlab.deploy.errors import ModelFileError
from bnnlab.deploy.graph import Node, PackedModel
from bnnlab.deploy.ops import OPS

if TYPE_CHECKING:
    from bnnlab.deploy.proof import LayerProof, prove

__all__ = ["OPS", "LayerProof", "ModelFileError", "Node", "PackedModel", "prove"]


def __getattr__(name: str) -> Any:
    if name in ("LayerProof", "prove"):
        from bnnlab.deploy import proof

        return getattr(proof, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
