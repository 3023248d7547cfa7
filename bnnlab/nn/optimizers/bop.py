"""Bop, the optimiser without latent weights: it keeps bits and decides when to flip one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, overload

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from bnnlab.nn.layers import BinaryLayer
from bnnlab.nn.quantizers import QUANTIZERS
from bnnlab.nn.sign import sign


class Bop(Optimizer):
    """Flip a weight when the average of its gradients points the same way, clearly enough.

        m <- m + gamma (g - m)        w <- -w  where  w m > threshold,  else w stays

    The comparison is strict, so nothing changes on a tie.

    Source: Helwegen et al., Latent Weights Do Not Exist, NeurIPS 2019, section 5, algorithm 1.

    Args:
        params: Weights that are +1 or -1 everywhere.
        gamma: Adaptivity rate in 0..1: how fast m forgets.
        threshold: How large |m| must be; at least 0.

    Raises:
        ValueError: If a setting is out of range or a weight is neither +1 nor -1.
    """

    def __init__(self, params: Iterable[Tensor], gamma: float = 1e-3, threshold: float = 1e-7) -> None:
        if not 0 < gamma <= 1:
            raise ValueError(f"gamma must be in 0..1 and not 0, got {gamma}")
        if not (math.isfinite(threshold) and threshold >= 0):
            raise ValueError(f"threshold must be a finite number of at least 0, got {threshold}")
        super().__init__(params, {"gamma": gamma, "threshold": threshold})
        for weight in self._weights():
            if not (weight.abs() == 1).all():
                raise ValueError("params must be +1 or -1 everywhere; take sign() of them first")

    def _weights(self) -> list[Tensor]:
        return [weight for group in self.param_groups for weight in group["params"]]

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Update the averages and flip what they ask for; returns what `closure` returned, if given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._update(weight, weight.grad, group)
        return loss

    def _update(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["average"] = torch.zeros_like(weight)
        average = state["average"]
        average.add_(gradient - average, alpha=group["gamma"])
        weight[weight * average > group["threshold"]] *= -1


def bop(model: nn.Module, learning_rate: float) -> tuple[Optimizer, ...]:
    """Bop for the weights of binary layers, Adam with `learning_rate` for everything else.

    The weights become bits at once, so their gradient needs no estimator: with one, a t_clip below 1 would
    block every weight for ever.
    """
    binary = [layer for layer in model.modules() if isinstance(layer, BinaryLayer)]
    for layer in binary:
        layer.weight_binarizer.quantizer = QUANTIZERS["identity_ste"]
        with torch.no_grad():
            layer.weight.copy_(sign(layer.weight))
    bits = {id(layer.weight) for layer in binary}
    others = [p for p in model.parameters() if id(p) not in bits]
    optimizers: list[Optimizer] = []
    if binary:
        optimizers.append(Bop([layer.weight for layer in binary]))
    if others:
        optimizers.append(Adam(others, lr=learning_rate))
    return tuple(optimizers)
