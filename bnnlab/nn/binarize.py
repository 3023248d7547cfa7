"""Sign forwards, an estimator backwards: the one place where a gradient crosses the sign function.

The derivative of sign is zero almost everywhere, so no gradient would ever reach what lies before it. An
estimator (`bnnlab.nn.QUANTIZERS`) puts a surrogate derivative s(x) in its place:

    forward:  out = sign(x)        backward:  dL/dx = dL/dout * s(x)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from bnnlab.nn.quantizers import QUANTIZERS, Quantizer
from bnnlab.nn.sign import sign


class Probe(Protocol):
    """Somebody who watches gradients cross the sign function."""

    def __call__(self, before: Tensor, surrogate: Tensor, after: Tensor) -> None:
        """Called in every backward pass, with three tensors of the input's shape to be read only.

        Args:
            before: Gradient with respect to the signs.
            surrogate: s(x), zero where the estimator blocks.
            after: Gradient with respect to the input of the sign function.
        """


@dataclass
class Binarizer:
    """The sign function with an estimator for its backward pass.

    Attributes:
        quantizer: The estimator.
        clip_value: Its t_clip, positive.
        probe: Called with the gradients of each backward pass, or None.
    """

    quantizer: Quantizer
    clip_value: float
    probe: Probe | None = None

    @classmethod
    def named(cls, quantizer: str, clip_value: float) -> Binarizer:
        """A binarizer from a name in `QUANTIZERS`.

        Raises:
            ValueError: If the name is unknown or `clip_value` is not a positive finite number.
        """
        if quantizer not in QUANTIZERS:
            raise ValueError(f"quantizer must be one of {sorted(QUANTIZERS)}, got {quantizer!r}")
        return cls(QUANTIZERS[quantizer], checked_clip_value(clip_value))

    def __call__(self, x: Tensor) -> Tensor:
        """Signs of `x`, differentiable by the estimator."""
        signs: Tensor = _SignWithEstimator.apply(x, self)  # type: ignore[no-untyped-call]
        return signs


def checked_clip_value(clip_value: float) -> float:
    """`clip_value` itself, if it can be one.

    Raises:
        ValueError: If it is not a positive finite number.
    """
    if not (math.isfinite(clip_value) and clip_value > 0):
        raise ValueError(f"clip_value must be a positive finite number, got {clip_value}")
    return float(clip_value)


class _SignWithEstimator(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, binarizer: Binarizer) -> Tensor:
        ctx.save_for_backward(x)
        ctx.binarizer = binarizer
        return sign(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (before,) = gradients
        (x,) = ctx.saved_tensors
        binarizer: Binarizer = ctx.binarizer
        surrogate = binarizer.quantizer.surrogate(x, binarizer.clip_value)
        after = before * surrogate
        # 0 * NaN is NaN, yet a blocked entry passes nothing whatever comes from above. Asking the sum first
        # keeps the usual case, in which all is finite, at one cheap pass.
        if not torch.isfinite(after.sum()):
            after.masked_fill_(surrogate == 0, 0)
        if binarizer.probe is not None:
            binarizer.probe(before, surrogate, after)
        return after, None
