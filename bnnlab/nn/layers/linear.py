"""The fully connected binary layer."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from bnnlab.nn.binarize import Binarize
from bnnlab.nn.layers.binary_layer import BinaryLayer, positive_int


class BinaryLinear(BinaryLayer):
    """y = sign(x) @ sign(W).T, and with `scale` each output times alpha.

    With binarised inputs every output is a whole number between -in_features and +in_features.

    Args:
        in_features: Inputs of each example.
        out_features: Outputs of each example.
        quantizer: Name of the estimator in `bnnlab.nn.QUANTIZERS`.
        clip_value: Its t_clip.
        weight_clip_value: Its t_clip for the weights; None takes `clip_value`.
        binarize_input: False where the inputs are to stay numbers, as in a first layer.
        binarize: ``"both"``, ``"weights"`` or ``"nothing"``: what it takes signs of now.
        scale: True for XNOR-Net's scaling factor per output.
        generator: Source of the initial weights; None takes torch's global one.

    Raises:
        ValueError: If a size is smaller than 1, the estimator unknown or `clip_value` not positive.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        quantizer: str = "clipped_ste",
        clip_value: float = 1.0,
        weight_clip_value: float | None = None,
        binarize_input: bool = True,
        binarize: Binarize = "both",
        scale: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        self.in_features = positive_int("in_features", in_features)
        self.out_features = positive_int("out_features", out_features)
        super().__init__(
            (out_features, in_features),
            quantizer=quantizer,
            clip_value=clip_value,
            weight_clip_value=weight_clip_value,
            binarize_input=binarize_input,
            binarize=binarize,
            scale=scale,
            generator=generator,
        )

    def forward(self, x: Tensor) -> Tensor:
        """`(..., in_features)` to `(..., out_features)`."""
        y = functional.linear(self._input(x), self.weight_binarizer(self.weight))
        return y * self.alpha if self._scales else y

    def extra_repr(self) -> str:
        """Sizes and settings, for `print(model)`."""
        return f"{self.in_features}, {self.out_features}, {self._settings()}"
