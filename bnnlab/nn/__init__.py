"""Binary networks in PyTorch: sign, estimators, layers, models and optimisers."""

from bnnlab.nn.binarize import Binarize, Binarizer, Probe
from bnnlab.nn.layers import BinaryActivation, BinaryConv2d, BinaryLayer, BinaryLinear
from bnnlab.nn.models import MODELS, ModelSpec
from bnnlab.nn.optimizers import OPTIMIZERS, Bop
from bnnlab.nn.quantizers import QUANTIZERS, Quantizer
from bnnlab.nn.sign import sign

__all__ = [
    "MODELS",
    "OPTIMIZERS",
    "QUANTIZERS",
    "BinaryActivation",
    "BinaryConv2d",
    "BinaryLayer",
    "BinaryLinear",
    "Binarize",
    "Binarizer",
    "Bop",
    "ModelSpec",
    "Probe",
    "Quantizer",
    "sign",
]
