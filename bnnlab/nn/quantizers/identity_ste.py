"""The straight-through estimator without a clip: every gradient passes as it is."""

from __future__ import annotations

import torch
from torch import Tensor

from bnnlab.nn.quantizers.quantizer import Quantizer


def surrogate(x: Tensor, _clip_value: float) -> Tensor:
    """s(x) = 1 everywhere, for infinities and NaN as well."""
    return torch.ones_like(x)


IDENTITY_STE = Quantizer(
    name="identity_ste",
    title="Straight-through estimator without clipping",
    formula=r"1",
    text="s(x) = 1 everywhere",
    source="Bengio, Leonard, Courville, Estimating or Propagating Gradients Through Stochastic "
    "Neurons, arXiv:1308.3432 (2013)",
    surrogate=surrogate,
)
