"""The layers of a binary network."""

from bnnlab.nn.layers.activation import BinaryActivation
from bnnlab.nn.layers.binary_layer import BinaryLayer
from bnnlab.nn.layers.convolution import BinaryConv2d
from bnnlab.nn.layers.linear import BinaryLinear

__all__ = ["BinaryActivation", "BinaryConv2d", "BinaryLayer", "BinaryLinear"]
