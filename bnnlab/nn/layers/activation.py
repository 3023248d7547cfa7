"""The sign function as a module, for where a float layer follows."""

from __future__ import annotations

from torch import Tensor, nn

from bnnlab.nn.binarize import Binarize, Binarizer, checked_binarize, checked_clip_value


class BinaryActivation(nn.Module):
    """Signs of the input, differentiable by an estimator.

    The binary layers binarise their own input; this is for the last hidden layer before a float output.

    Args:
        quantizer: Name of the estimator in `bnnlab.nn.QUANTIZERS`.
        clip_value: Its t_clip.
        binarize: ``"both"`` for signs; ``"weights"`` or ``"nothing"`` for hardtanh in their place.

    Raises:
        ValueError: If the estimator or `binarize` is unknown, or `clip_value` not positive.
    """

    def __init__(
        self, quantizer: str = "clipped_ste", clip_value: float = 1.0, binarize: Binarize = "both"
    ) -> None:
        super().__init__()
        self.binarizer = Binarizer.named(quantizer, clip_value)
        self.set_binarize(binarize)

    def forward(self, x: Tensor) -> Tensor:
        """Tensor of -1 and +1 in the shape of `x`, or of numbers where it binarises no inputs."""
        return self.binarizer(x)

    def set_clip_value(self, clip_value: float) -> None:
        """Change t_clip from the next backward pass on.

        Raises:
            ValueError: If `clip_value` is not a positive finite number.
        """
        self.binarizer.clip_value = checked_clip_value(clip_value)

    def set_binarize(self, binarize: Binarize) -> None:
        """Change what the network takes signs of, from the next forward pass on.

        Raises:
            ValueError: If `binarize` is unknown.
        """
        self.binarizer.binarize_inputs(checked_binarize(binarize))
        self.binarize = binarize

    def extra_repr(self) -> str:
        """Settings, for `print(model)`."""
        name, clip_value = self.binarizer.quantizer.name, self.binarizer.clip_value
        return f"quantizer={name!r}, clip_value={clip_value:g}, binarize={self.binarize!r}"
