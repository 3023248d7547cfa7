"""Every sign function of a network."""

from __future__ import annotations

from torch import nn

from bnnlab.nn.binarize import Binarizer
from bnnlab.nn.layers.activation import BinaryActivation
from bnnlab.nn.layers.binary_layer import BinaryLayer


def binarizers_of(model: nn.Module) -> list[Binarizer]:
    """The sign functions of a network, of weights and of activations, in forward order."""
    binarizers: list[Binarizer] = []
    for module in model.modules():
        if isinstance(module, BinaryLayer):
            binarizers.append(module.weight_binarizer)
            if module.input_binarizer is not None:
                binarizers.append(module.input_binarizer)
        elif isinstance(module, BinaryActivation):
            binarizers.append(module.binarizer)
    return binarizers
