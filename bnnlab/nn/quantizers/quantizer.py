"""What an estimator of the gradient of sign is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Quantizer:
    """An estimator: the surrogate derivative that stands in for the derivative of sign.

    Attributes:
        name: Key in `QUANTIZERS`.
        title: Name for people.
        formula: LaTeX of the surrogate derivative, with ``t`` for the clip value.
        text: The same formula in plain characters.
        source: Paper, and section where it was looked up.
        surrogate: `(x, clip_value) -> s(x)`, in the shape and dtype of `x`, finite for every `x`
            including infinities and NaN.
    """

    name: str
    title: str
    formula: str
    text: str
    source: str
    surrogate: Callable[[Tensor, float], Tensor]
