"""Asks an estimator what it does, by really sending a gradient through the sign function."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from bnnlab.nn.binarize import Binarizer
from bnnlab.records.estimator import EstimatorCurve

STEP = 0.01
LIMIT = 2.5


def estimator_curve(quantizer: str, clip_value: float = 1.0) -> EstimatorCurve:
    """Sample sign and an estimator's surrogate derivative on `[-LIMIT, LIMIT]`, every `STEP`.

    Args:
        quantizer: Name in `bnnlab.nn.QUANTIZERS`.
        clip_value: Its t_clip.

    Raises:
        ValueError: If the name is unknown or `clip_value` is not a positive finite number.
    """
    binarizer = Binarizer.named(quantizer, clip_value)
    steps = round(LIMIT / STEP)
    # Multiples of a step, not sums of steps, so that 0 and 1 are exactly 0 and 1.
    x = np.union1d(np.arange(-steps, steps + 1) * LIMIT / steps, [-clip_value, clip_value])
    x = x[np.abs(x) <= LIMIT]
    special = np.array([0.0, -0.0, clip_value, -clip_value, math.inf, -math.inf, math.nan])
    forward, surrogate = _through(binarizer, x)
    special_forward, special_surrogate = _through(binarizer, special)
    return EstimatorCurve(
        name=binarizer.quantizer.name,
        title=binarizer.quantizer.title,
        formula=binarizer.quantizer.formula,
        text=binarizer.quantizer.text,
        source=binarizer.quantizer.source,
        clip_value=clip_value,
        x=x,
        forward=forward,
        surrogate=surrogate,
        special_x=special,
        special_forward=special_forward,
        special_surrogate=special_surrogate,
    )


def _through(
    binarizer: Binarizer, points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Signs of `points`, and the gradient that reaches each of them from a gradient of 1 at its sign."""
    x = torch.tensor(points, requires_grad=True)
    signs = binarizer(x)
    (gradient,) = torch.autograd.grad(signs, x, torch.ones_like(signs))
    return signs.detach().numpy(), gradient.numpy()
