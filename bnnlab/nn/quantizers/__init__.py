"""Estimators of the gradient of sign, by name.

A new one is one file, one line here, and its name in `bnnlab.commands.run_settings`.
"""

from bnnlab.nn.quantizers.approx_sign import APPROX_SIGN
from bnnlab.nn.quantizers.clipped_ste import CLIPPED_STE
from bnnlab.nn.quantizers.identity_ste import IDENTITY_STE
from bnnlab.nn.quantizers.quantizer import Quantizer
from bnnlab.nn.quantizers.swish_sign import SWISH_SIGN

QUANTIZERS: dict[str, Quantizer] = {
    quantizer.name: quantizer
    for quantizer in (
        CLIPPED_STE,
        IDENTITY_STE,
        APPROX_SIGN,
        SWISH_SIGN,
    )
}

__all__ = ["QUANTIZERS", "Quantizer"]
