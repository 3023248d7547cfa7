"""SwishSign: the derivative of a smooth sign made from the Swish function."""

from __future__ import annotations

from torch import Tensor

from bnnlab.nn.quantizers.quantizer import Quantizer

BETA = 5.0  # steepness in the paper's main experiments
_FLAT_BEYOND = 80.0  # |beta x| where s is below 1e-32: zero, before exp leaves float32's normal range


def surrogate(x: Tensor, clip_value: float) -> Tensor:
    """s(x) = b (2 - b x tanh(b x / 2)) / (1 + cosh(b x)) with b = `BETA / clip_value`; NaN gives 0.

    It is the derivative of SS(x) = 2 sigma(b x) (1 + b x (1 - sigma(b x))) - 1, which runs from -1 to +1, so
    its area is 2 for every b. Beyond `|b x|` = 2.399357 it is negative: there it pushes back.
    """
    steepness = BETA / clip_value
    z = (x * steepness).abs().nan_to_num_(nan=_FLAT_BEYOND, posinf=_FLAT_BEYOND)
    decay = (-z).exp()
    # 1 / (1 + cosh z) = 2 e^-z / (1 + e^-z)^2, which cannot overflow.
    bell = 2 * decay / (1 + decay) ** 2
    slope = steepness * (2 - z * (z / 2).tanh()) * bell
    return slope.masked_fill_(z >= _FLAT_BEYOND, 0)


SWISH_SIGN = Quantizer(
    name="swish_sign",
    title="SwishSign",
    formula=r"\frac{\beta\,\left(2 - \beta x \tanh\frac{\beta x}{2}\right)}{1 + \cosh \beta x},"
    r"\quad \beta = \frac{5}{t}",
    text="s(x) = β·(2 − βx·tanh(βx/2)) / (1 + cosh βx), with β = 5/t",
    source="Darabi et al., Regularized Binary Network Training (BNN+), arXiv:1812.11800 (2018)",
    surrogate=surrogate,
)
