"""What a network makes of one example, layer by layer, forward and backward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LayerPass:
    """What one layer with weights did to the example, in evaluation mode.

    Arrays are `(n,)` for a fully connected layer and `(channels, height, width)` for a convolution.

    Attributes:
        name: Name of the layer, such as ``"input"``, ``"hidden1"``, ``"output"``.
        binary: Whether its weights are signs.
        counts_bits: Whether its inputs are signs too, so that its sums are counted bits.
        inputs: What its weights are multiplied with: -1 and +1 where `counts_bits`.
        sums: What comes out of the layer.
        scale: `(outputs,)`; the normalisation that follows makes `scale * sum + shift` of a sum. 1 without one.
        shift: `(outputs,)`; 0 without a normalisation.
        x: What the next sign function sees: normalised, and pooled where a pooling stands between; of the last
            layer, the logits.
        gradient_before: Gradient of the example's own loss with respect to what left the sign function that
            follows, in the shape of `x`; None where none follows or gradients were not asked for.
        gradient_after: The same with respect to `x`: what the estimator let pass, exactly 0 where it blocked. Of the
            last layer the gradient with respect to the logits.
    """

    name: str
    binary: bool
    counts_bits: bool
    inputs: Floats
    sums: Floats
    scale: Floats
    shift: Floats
    x: Floats
    gradient_before: Floats | None = None
    gradient_after: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One example on its way through a network.

    Attributes:
        index: Its position in the test set, or None for one that is not from there.
        image: `(height, width)` uint8, 0 black .. 255 white, or None for points.
        point: `(2,)` float32, or None for images.
        label: Its true class, or None where nobody knows.
        probabilities: `(classes,)` float32: what the network answers.
        loss: Cross-entropy of that answer in nats, or None without a label.
        layers: One entry per layer with weights, in forward order.
    """

    index: int | None
    image: NDArray[np.uint8] | None
    point: Floats | None
    label: int | None
    probabilities: Floats
    loss: float | None
    layers: tuple[LayerPass, ...]
