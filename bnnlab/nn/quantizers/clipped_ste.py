"""The clipped straight-through estimator: the lecture's own."""

from __future__ import annotations

import torch
from torch import Tensor

from bnnlab.nn.quantizers.quantizer import Quantizer


def surrogate(x: Tensor, clip_value: float) -> Tensor:
    """s(x) = 1 where `|x| <= clip_value`, the edge included, and 0 elsewhere (NaN too)."""
    return torch.le(x.abs(), clip_value, out=torch.empty_like(x))


CLIPPED_STE = Quantizer(
    name="clipped_ste",
    title="Clipped straight-through estimator",
    formula=r"\mathbf{1}_{|x| \le t}",
    text="s(x) = 1 where |x| ≤ t, 0 elsewhere",
    source="Hubara et al., Binarized Neural Networks, NeurIPS 2016, section 1.3, eq. 4",
    surrogate=surrogate,
)
