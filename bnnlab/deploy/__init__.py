"""Networks that leave the lab: packed, proved equal, measured, and written to files."""

from bnnlab.deploy.graph import Node, PackedModel
from bnnlab.deploy.ops import OPS
from bnnlab.deploy.proof import LayerProof, prove

__all__ = ["OPS", "LayerProof", "Node", "PackedModel", "prove"]
