"""The operations of a packed network, by name. A new one is one class and one line here."""

from bnnlab.deploy.ops.bits import XnorConv, XnorDense
from bnnlab.deploy.ops.elementwise import Activation, Add, CountsFromDots
from bnnlab.deploy.ops.float_layers import DenseOnSigns, PackCompared, PackSigns, Unpack
from bnnlab.deploy.ops.floats import (
    BatchNorm,
    CentredBatchNorm,
    Flatten,
    FloatConv,
    FloatDense,
    SignConv,
    SignDense,
)
from bnnlab.deploy.ops.op import Op, Value
from bnnlab.deploy.ops.pixels import FromPixels, PixelDense
from bnnlab.deploy.ops.pooling import AveragePool, Pad
from bnnlab.deploy.ops.pools import BitPool, MaxPool
from bnnlab.deploy.ops.signal import Effort, Signal

OPS: dict[str, type[Op]] = {
    op.__name__: op
    for op in (
        Activation,
        Add,
        AveragePool,
        BatchNorm,
        BitPool,
        CentredBatchNorm,
        CountsFromDots,
        DenseOnSigns,
        Flatten,
        FloatConv,
        FloatDense,
        FromPixels,
        MaxPool,
        PackCompared,
        PackSigns,
        Pad,
        PixelDense,
        SignConv,
        SignDense,
        Unpack,
        XnorConv,
        XnorDense,
    )
}

__all__ = [
    "Activation",
    "Add",
    "AveragePool",
    "BatchNorm",
    "BitPool",
    "CentredBatchNorm",
    "CountsFromDots",
    "DenseOnSigns",
    "Effort",
    "Flatten",
    "FloatConv",
    "FloatDense",
    "FromPixels",
    "MaxPool",
    "OPS",
    "Op",
    "PackCompared",
    "PackSigns",
    "Pad",
    "PixelDense",
    "SignConv",
    "SignDense",
    "Signal",
    "Unpack",
    "Value",
    "XnorConv",
    "XnorDense",
]
