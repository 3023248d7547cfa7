"""What the binary layers have in common: latent weights, of which the forward pass sees the signs."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from bnnlab.nn.binarize import Binarize, Binarizer, checked_binarize, checked_clip_value
from bnnlab.nn.sign import sign


class BinaryLayer(nn.Module):
    """A layer whose weights, and usually inputs, are +1 or -1 when it computes.

    `weight` holds the latent weights: floats that the optimiser changes a little at every step, and of which
    the forward pass sees only the sign. There is no bias: a batch normalisation follows and has one.

    Args:
        weight_shape: Shape of the weights, outputs first.
        quantizer: Name of the estimator, for weights and inputs alike.
        clip_value: Its t_clip.
        weight_clip_value: Its t_clip for the weights; None takes `clip_value`.
        binarize_input: False for a first layer, whose inputs are numbers and not signs.
        binarize: What it takes signs of now. ``"weights"`` passes inputs through hardtanh, and ``"nothing"`` also uses
            the latent weights themselves: the float twin, with the same parameters.
        scale: True multiplies each output by alpha = mean |latent weights of that output|, the scaling factor
            of XNOR-Net (Rastegari et al., ECCV 2016, section 3.1, eq. 6). It is a constant in the backward
            pass, so that the estimator alone decides which weights receive a gradient. It makes up for the size that
            signs have lost, so weights that are numbers go without.
        generator: Source of the initial weights; None takes torch's global one.

    Attributes:
        binarize: What it takes signs of now.

    Raises:
        ValueError: If the estimator or `binarize` is unknown, a clip value impossible or a size smaller than 1.
    """

    def __init__(
        self,
        weight_shape: tuple[int, ...],
        *,
        quantizer: str,
        clip_value: float,
        weight_clip_value: float | None,
        binarize_input: bool,
        binarize: Binarize,
        scale: bool,
        generator: torch.Generator | None,
    ) -> None:
        super().__init__()
        self.weight_binarizer = Binarizer.named(quantizer, clip_value)
        self.input_binarizer = Binarizer.named(quantizer, clip_value) if binarize_input else None
        self.set_clip_value(clip_value, weight_clip_value)
        self.set_binarize(binarize)
        self.scale = scale
        self.weight = nn.Parameter(torch.empty(weight_shape))
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the latent weights evenly from +-sqrt(6 / (fan_in + fan_out)).

        Source: Glorot and Bengio, AISTATS 2010, eq. 16. The range does not change what the layer computes at
        first, only how far each weight lies from its first flip.
        """
        taps = math.prod(self.weight.shape[2:])
        limit = math.sqrt(6 / ((self.weight.shape[0] + self.weight.shape[1]) * taps))
        with torch.no_grad():
            self.weight.uniform_(-limit, limit, generator=generator)

    @property
    def binary_weight(self) -> Tensor:
        """Signs of the latent weights, in their shape and dtype, without gradient."""
        return sign(self.weight)

    @property
    def counts_bits(self) -> bool:
        """Whether it multiplies signs with signs now, so that its sums are counted bits."""
        return self.weight_binarizer.gives_signs and self._inputs_are_signs

    @property
    def alpha(self) -> Tensor:
        """Mean |latent weight| of each output, `(outputs,)`, without gradient."""
        return self.weight.detach().flatten(1).abs().mean(1)

    def clip_latent_(self, limit: float) -> None:
        """Move latent weights beyond `[-limit, limit]` back to its edge, in place.

        Source: Courbariaux et al., BinaryConnect, NeurIPS 2015, section 2.4 (limit 1); again in Courbariaux, Hubara
        et al., Binarized Neural Networks, arXiv:1602.02830 (2016), algorithm 1.

        Raises:
            ValueError: If `limit` is not positive.
        """
        if not limit > 0:
            raise ValueError(f"limit must be positive, got {limit}")
        with torch.no_grad():
            self.weight.clamp_(-limit, limit)

    def set_clip_value(self, clip_value: float, weight_clip_value: float | None = None) -> None:
        """Change t_clip from the next pass on.

        Args:
            clip_value: For the inputs.
            weight_clip_value: For the weights; None takes `clip_value`.

        Raises:
            ValueError: If one of them is not a positive finite number; nothing changes.
        """
        of_inputs = checked_clip_value(clip_value)
        of_weights = of_inputs if weight_clip_value is None else checked_clip_value(weight_clip_value)
        self.weight_binarizer.clip_value = of_weights
        if self.input_binarizer is not None:
            self.input_binarizer.clip_value = of_inputs

    def set_binarize(self, binarize: Binarize) -> None:
        """Change what the layer takes signs of, from the next forward pass on; its parameters stay as they are.

        Raises:
            ValueError: If `binarize` is unknown.
        """
        self.weight_binarizer.binarize_weights(checked_binarize(binarize))
        if self.input_binarizer is not None:
            self.input_binarizer.binarize_inputs(binarize)
        self.binarize = binarize

    @property
    def _inputs_are_signs(self) -> bool:
        return self.input_binarizer is not None and self.input_binarizer.gives_signs

    def _input(self, x: Tensor) -> Tensor:
        """What the weights are multiplied with."""
        return x if self.input_binarizer is None else self.input_binarizer(x)

    @property
    def _scales(self) -> bool:
        return self.scale and self.weight_binarizer.gives_signs

    def _settings(self) -> str:
        weights, inputs = self.weight_binarizer, self.input_binarizer
        clip_value = weights.clip_value if inputs is None else inputs.clip_value
        return (
            f"quantizer={weights.quantizer.name!r}, clip_value={clip_value:g}, "
            f"weight_clip_value={weights.clip_value:g}, binarize_input={inputs is not None}, "
            f"binarize={self.binarize!r}, scale={self.scale}"
        )


def positive_int(name: str, value: Any) -> int:
    """`value` itself, if it is a whole number of at least 1.

    Raises:
        ValueError: If it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")
    return value
