"""ApproxSign: the derivative of a piecewise quadratic that approximates sign, a tent."""

from __future__ import annotations

from torch import Tensor

from bnnlab.nn.quantizers.quantizer import Quantizer


def surrogate(x: Tensor, clip_value: float) -> Tensor:
    """s(x) = (2 - 2 |x| / t) / t where `|x| < t`, and 0 elsewhere (infinities and NaN too).

    The published tent has t = 1. Stretching it to a width of 2 t and a height of 2 / t keeps its area at
    2, the height of the step that sign makes.
    """
    tent = x.abs().mul_(-2 / clip_value).add_(2).clamp_(min=0).div_(clip_value)
    return tent.nan_to_num_(nan=0.0)


APPROX_SIGN = Quantizer(
    name="approx_sign",
    title="ApproxSign",
    formula=r"\frac{1}{t}\left(2 - \frac{2|x|}{t}\right)\mathbf{1}_{|x| < t}",
    text="s(x) = (2 − 2·|x|/t) / t where |x| < t, 0 elsewhere",
    source="Liu et al., Bi-Real Net, ECCV 2018",
    surrogate=surrogate,
)
