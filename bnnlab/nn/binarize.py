"""Sign forwards, an estimator backwards: the one place where a gradient crosses the sign function.

The derivative of sign is zero almost everywhere, so no gradient would ever reach what lies before it. An
estimator (`bnnlab.nn.QUANTIZERS`) puts a surrogate derivative s(x) in its place:

    forward:  out = sign(x)        backward:  dL/dx = dL/dout * s(x)

To see what taking signs costs, a network may leave it out, for inputs or for weights too, without changing a
parameter (`Binarize`). Inputs then pass through hardtanh, clamp(x, -t_clip, t_clip), whose own derivative is the
clipped estimator's s(x): the same gradient under another forward.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

import torch
from torch import Tensor

from bnnlab.nn.quantizers import QUANTIZERS, Quantizer
from bnnlab.nn.sign import sign

Binarize = Literal["both", "weights", "nothing"]
"""What a network takes signs of: weights and inputs, weights alone, or neither (its float twin)."""

Forward = Literal["sign", "hardtanh", "identity"]
"""What stands in a forward pass where a binary network takes signs."""


class Probe(Protocol):
    """Somebody who watches gradients cross the sign function."""

    def __call__(self, before: Tensor, surrogate: Tensor, after: Tensor) -> None:
        """Called in every backward pass, with three tensors of the input's shape to be read only.

        Args:
            before: Gradient with respect to the signs, or what stands in their place.
            surrogate: s(x), zero where the estimator blocks; 1 everywhere for a forward of ``"identity"``.
            after: Gradient with respect to the input of the sign function.
        """


@dataclass
class Binarizer:
    """The sign function with an estimator for its backward pass.

    Attributes:
        quantizer: The estimator.
        clip_value: Its t_clip, positive.
        probe: Called with the gradients of each backward pass, or None.
        forward: ``"sign"``; or in its place ``"hardtanh"``, which keeps numbers within +-`clip_value` and leaves the
            backward pass as it is; or ``"identity"``, which passes numbers and gradients unchanged.
    """

    quantizer: Quantizer
    clip_value: float
    probe: Probe | None = None
    forward: Forward = "sign"

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
        """Signs of `x`, or what `forward` puts in their place, differentiable by the estimator."""
        out: Tensor = _SignWithEstimator.apply(x, self)  # type: ignore[no-untyped-call]
        return out

    @property
    def gives_signs(self) -> bool:
        """Whether -1 and +1 come out, and no other numbers."""
        return self.forward == "sign"

    def binarize_weights(self, binarize: Binarize) -> None:
        """Take signs of weights from the next forward pass on, or use them as they are where `binarize` says so."""
        self.forward = "identity" if binarize == "nothing" else "sign"

    def binarize_inputs(self, binarize: Binarize) -> None:
        """Take signs of inputs from the next forward pass on, or pass them through hardtanh."""
        self.forward = "sign" if binarize == "both" else "hardtanh"


def checked_binarize(binarize: Binarize) -> Binarize:
    """`binarize` itself, if it can be one.

    Raises:
        ValueError: If it is none of the modes.
    """
    if binarize not in get_args(Binarize):
        raise ValueError(f"binarize must be one of {', '.join(get_args(Binarize))}; got {binarize!r}")
    return binarize


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
        ctx.binarizer, ctx.forward = binarizer, binarizer.forward
        if binarizer.forward == "identity":
            return x.clone()
        if binarizer.forward == "hardtanh":
            return x.clamp(-binarizer.clip_value, binarizer.clip_value)
        return sign(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (before,) = gradients
        (x,) = ctx.saved_tensors
        binarizer: Binarizer = ctx.binarizer
        surrogate = _surrogate(binarizer, x, ctx.forward)
        after = before * surrogate
        # 0 * NaN is NaN, yet a blocked entry passes nothing whatever comes from above. Asking the sum first
        # keeps the usual case, in which all is finite, at one cheap pass.
        if not torch.isfinite(after.sum()):
            after.masked_fill_(surrogate == 0, 0)
        if binarizer.probe is not None:
            binarizer.probe(before, surrogate, after)
        return after, None


def _surrogate(binarizer: Binarizer, x: Tensor, forward: Forward) -> Tensor:
    if forward == "identity":
        return torch.ones_like(x)
    return binarizer.quantizer.surrogate(x, binarizer.clip_value)
