"""The operations of a packed network, by name. A new one is one class and one line here."""

from bnnlab.deploy.ops.bits import (
    BitPool,
    DenseOnSigns,
    PackCompared,
    PackSigns,
    PixelDense,
    Unpack,
    XnorConv,
    XnorDense,
)
from bnnlab.deploy.ops.floats import (
    BatchNorm,
    Flatten,
    FloatConv,
    FloatDense,
    FromPixels,
    MaxPool,
    SignConv,
    SignDense,
)
from bnnlab.deploy.ops.op import Op, Value

OPS: dict[str, type[Op]] = {
    op.__name__: op
    for op in (
        BatchNorm,
        BitPool,
        DenseOnSigns,
        Flatten,
        FloatConv,
        FloatDense,
        FromPixels,
        MaxPool,
        PackCompared,
        PackSigns,
        PixelDense,
        SignConv,
        SignDense,
        Unpack,
        XnorConv,
        XnorDense,
    )
}

__all__ = [
    "BatchNorm",
    "BitPool",
    "DenseOnSigns",
    "Flatten",
    "FloatConv",
    "FloatDense",
    "FromPixels",
    "MaxPool",
    "OPS",
    "Op",
    "PackCompared",
    "PackSigns",
    "PixelDense",
    "SignConv",
    "SignDense",
    "Unpack",
    "Value",
    "XnorConv",
    "XnorDense",
]
