"""A BMXNet graph while its layers are read: which layer feeds a node, and which arrays are its parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.bmxnet.layers import Input, Layer
from bnnlab.deploy.bmxnet.sign_weights import SignWeights
from bnnlab.deploy.bmxnet.symbol import SymbolNode
from bnnlab.deploy.errors import ModelFileError

WORDS: dict[np.dtype[Any], np.dtype[Any]] = {
    np.dtype("<f8"): np.dtype("<u8"),
    np.dtype("<f4"): np.dtype("<u4"),
}


@dataclass
class Graph:
    """The layers read so far, and what they are read from.

    Attributes:
        symbol: All nodes.
        arrays: All parameters, by name.
        file: Name of the file of the parameters, for messages.
        layers: Those read so far; the first one is the network's input.
        places: Position in `layers` of a node's layer, by the node's position.
    """

    symbol: tuple[SymbolNode, ...]
    arrays: dict[str, NDArray[Any]]
    file: str
    layers: list[Layer] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)

    def fed_by(self, node: SymbolNode, which: int = 0) -> int:
        """The layer that one of a node's inputs comes from."""
        position = node.inputs[which]
        source = self.symbol[position]
        if position not in self.places:  # a null node, which stands for no layer yet
            if source.name in self.arrays:
                node.fail(f"input {which} must be a layer, but {source.name!r} is a parameter")
            if self.layers:
                node.fail(f"input {source.name!r} is no parameter, and the network has an input already")
            self.layers.append(Input(source, ()))
            self.places[position] = 0
        return self.places[position]

    def array(self, node: SymbolNode, which: int) -> NDArray[Any]:
        """The parameter that is one of a node's inputs, as its file has it."""
        source = self.symbol[node.inputs[which]]
        if source.op != "null":
            node.fail(f"input {which} must be a parameter, but {source.name!r} is a {source.op}")
        return self.named(node, source.name)

    def named(self, node: SymbolNode, name: str) -> NDArray[Any]:
        """A parameter of a node, by name."""
        if name not in self.arrays:
            raise ModelFileError(f"{self.file}: has no array {name!r}, which node {node.name!r} needs")
        return self.arrays[name]

    def floats(self, name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> NDArray[np.float32]:
        """Numbers of a shape, in which None stands for any extent."""
        fits = array.ndim == len(shape) and all(
            expected in (None, extent) for expected, extent in zip(shape, array.shape, strict=True)
        )
        if not fits:
            wanted = ", ".join("any" if extent is None else str(extent) for extent in shape)
            raise ModelFileError(f"{self.file}: {name}: must have shape ({wanted}), got {array.shape}")
        if array.dtype not in (np.dtype("<f4"), np.dtype("<f2")):
            raise ModelFileError(f"{self.file}: {name}: must be float32 or float16, got {array.dtype}")
        numbers = array.astype(np.float32)
        if not np.isfinite(numbers).all():
            raise ModelFileError(f"{self.file}: {name}: must hold finite numbers only")
        return numbers

    def parameter(self, node: SymbolNode, which: int, shape: tuple[int | None, ...]) -> NDArray[np.float32]:
        """A node's parameter of numbers."""
        return self.floats(self.symbol[node.inputs[which]].name, self.array(node, which), shape)

    def bias(self, node: SymbolNode, outputs: int) -> NDArray[np.float32] | None:
        """A node's bias, if it has a third input."""
        return self.parameter(node, 2, (outputs,)) if len(node.inputs) == 3 else None

    def signs(self, node: SymbolNode, outputs: int, shape: tuple[int | None, ...]) -> SignWeights:
        """A binary layer's weights: words if the network was converted, else numbers of the given shape."""
        dense = len(shape) == 2
        if not node.flag("binarized_weights_only", False):
            latent = self.parameter(node, 1, shape)
            return SignWeights(outputs, latent.reshape(outputs, -1), dense)
        name, array = self.symbol[node.inputs[1]].name, self.array(node, 1)
        if array.dtype not in WORDS:
            raise ModelFileError(
                f"{self.file}: {name}: must hold words in float64 or float32, got {array.dtype}"
            )
        if array.size % outputs:
            raise ModelFileError(
                f"{self.file}: {name}: must hold equally many words for each of {outputs} outputs, got {array.size}"
            )
        return SignWeights(outputs, array.reshape(-1).view(WORDS[array.dtype]), dense)
