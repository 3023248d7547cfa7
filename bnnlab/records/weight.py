"""The life of one weight: its hidden number, its crossings of zero, and what its flip would change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FlipEffect:
    """What would change if one weight took the other sign now; nothing else is touched.

    Attributes:
        sum_now: The neuron's sum for the shown example.
        sum_then: The sum with the weight flipped; without scaling exactly 2 more or less.
        x_now: The normalised sum, before the sign.
        x_then: The normalised sum with the weight flipped.
        examples: How many test examples were asked.
        signs_changed: For how many of them the neuron's sign would change (of a convolution: anywhere).
        answers_changed: For how many of them the network's answer would change.
        right_now: How many of them are answered rightly.
        right_then: How many would be with the weight flipped.
    """

    sum_now: float
    sum_then: float
    x_now: float
    x_then: float
    examples: int
    signs_changed: int
    answers_changed: int
    right_now: int
    right_then: int


@dataclass(frozen=True, slots=True, eq=False)
class WeightLook:
    """One weight at one moment.

    Attributes:
        latent: Its hidden number; the stored sign itself with an optimiser that keeps none.
        gradient_before: Gradient of the shown example's own loss with respect to the weight's sign; None if gradients
            were not asked for.
        gradient_after: The same with respect to the hidden number; exactly 0 where the estimator blocks.
        life_steps: `(n,)` int64, steps of `life_values`, increasing.
        life_values: `(n,)` float32, the hidden number after each of these steps.
        life_since: The first step that `life_values` could know.
        crossings: `(m,)` int64, every step in which training flipped the sign, increasing; flips by hand are left out.
        crossings_since: Flips up to this step are no longer known one by one; 0 if all are.
        effect: What a flip would change, or None while it has not been computed.
    """

    latent: float
    gradient_before: float | None
    gradient_after: float | None
    life_steps: NDArray[np.int64]
    life_values: NDArray[np.float32]
    life_since: int
    crossings: NDArray[np.int64]
    crossings_since: int
    effect: FlipEffect | None
