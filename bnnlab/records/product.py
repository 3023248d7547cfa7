"""What one binary layer multiplied for one example, ready to be packed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LayerProduct:
    """Operands and results of a binary layer, for one example at one output position.

    Attributes:
        layer: Name of the layer in its model.
        inputs: `(1, K)` int8 of -1 and +1: the signs that the layer computed with.
        weights: `(K, N)` int8 of -1 and +1, one column per output.
        outputs: `(N,)` float32, the layer's own pre-activations; `alpha * (inputs @ weights)`.
        alpha: `(N,)` float32 scaling factor of each output, 1 where the layer has none.
        position: Row and column of the output pixel for a convolution, else None.
        taps: `(K,)` the place of each of the K among the weights of a neuron: 0, 1, 2, ... unless some are omitted.
        omitted: Taps that lie in padding of value 0: they count nothing and are left out of K.
    """

    layer: str
    inputs: NDArray[np.int8]
    weights: NDArray[np.int8]
    outputs: NDArray[np.float32]
    alpha: NDArray[np.float32]
    position: tuple[int, int] | None
    taps: NDArray[np.intp]
    omitted: int
