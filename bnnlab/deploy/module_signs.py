"""The signs that a torch module takes of a layer's sums: what a threshold must agree with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bnnlab.nn.layers import BinaryLayer


def signs_after(layer: BinaryLayer, norms: Sequence[nn.Module], sums: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether the sign is +1 after a layer's sums `(rows, outputs)` were scaled and normalised, as torch does it."""
    numbers = np.asarray(sums, np.float32)
    return normalised_signs(norms, numbers * layer.alpha.numpy() if layer.scale else numbers)


def normalised_signs(norms: Sequence[nn.Module], numbers: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether the sign of each number `(rows, channels)` is +1 after it was normalised, as torch does it."""
    with torch.no_grad():
        y = torch.from_numpy(numbers)
        for norm in norms:
            y = _normalised(norm, y)
        positive: NDArray[np.bool_] = (y >= 0).numpy()
    return positive


def _normalised(norm: Any, y: Tensor) -> Tensor:
    return functional.batch_norm(y, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps)
