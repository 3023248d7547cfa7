"""What one training step did, as plain numbers.

A `TrainingEvent` describes one optimiser step; its `LayerDynamics` describe what that step did to each
binary layer. Counts are `int`, shares lie in 0..1. Nothing here knows torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STARVED_AFTER: Final = 64
"""Steps in a row without any gradient after which a weight counts as starved; a power of two."""


@dataclass(frozen=True, slots=True)
class LayerDynamics:
    """The dynamics of one binary layer during one optimiser step.

    Attributes:
        name: Name of the layer inside its model, for example ``"hidden1"``.
        weights: Number of weights in the layer.
        flips: Weights whose sign changed in this step (gross: a weight that flips back counts again).
        net_flips: Weights whose sign now differs from the sign at the start of the run.
        outside_clip: Share of latent weights with ``|w| > clip_value`` (NaN counts as outside).
        clipped_weight_gradients: Share of weight-gradient entries that the estimator set to zero.
        clipped_input_gradients: Share of input-gradient entries that the estimator set to zero, over
            the batch; 0.0 where the layer does not binarise its input.
        gradient_norm_before: Euclidean norm of the loss gradient with respect to the binary weights,
            before the estimator.
        gradient_norm_after: Euclidean norm of the gradient that reached the latent weights.
        starved: Weights whose latent gradient was exactly zero in each of the last
            `STARVED_AFTER` steps.
    """

    name: str
    weights: int
    flips: int
    net_flips: int
    outside_clip: float
    clipped_weight_gradients: float
    clipped_input_gradients: float
    gradient_norm_before: float
    gradient_norm_after: float
    starved: int

    @property
    def flip_ratio(self) -> float:
        """Flips of this step divided by the number of weights."""
        return self.flips / self.weights


@dataclass(frozen=True, slots=True)
class TrainingEvent:
    """One optimiser step.

    Attributes:
        step: Steps done so far; the first event has step 1.
        epoch: Passes over the training set completed before this step; the first pass is epoch 0.
        loss: Mean cross-entropy of this step's batch, in nats, before the update.
        train_accuracy: Share of this step's batch that was classified correctly, before the update.
        test_loss: Mean cross-entropy over the whole test set after this step, or None where the step
            was not evaluated.
        test_accuracy: Share of the test set classified correctly after this step, or None.
        layers: One entry per binary layer, in forward order.
    """

    step: int
    epoch: int
    loss: float
    train_accuracy: float
    test_loss: float | None
    test_accuracy: float | None
    layers: tuple[LayerDynamics, ...]
