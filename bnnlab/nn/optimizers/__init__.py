"""Optimisers by name: from a model and a learning rate to those that together update all of it.

A new one is one file, or one line, here, and its name in `bnnlab.commands.run_settings`.
"""

from collections.abc import Callable

from torch import nn
from torch.optim import SGD, Adam, Optimizer

from bnnlab.nn.optimizers.bop import Bop, bop


def adam(model: nn.Module, learning_rate: float) -> tuple[Optimizer, ...]:
    """Adam (Kingma and Ba, ICLR 2015) for every parameter."""
    return (Adam(model.parameters(), lr=learning_rate, fused=True),)


def sgd(model: nn.Module, learning_rate: float) -> tuple[Optimizer, ...]:
    """Stochastic gradient descent with momentum 0.9 for every parameter."""
    return (SGD(model.parameters(), lr=learning_rate, momentum=0.9),)


OPTIMIZERS: dict[str, Callable[[nn.Module, float], tuple[Optimizer, ...]]] = {
    "adam": adam,
    "sgd": sgd,
    "bop": bop,
}

WITHOUT_LATENT_WEIGHTS = frozenset({"bop"})
"""Those that keep nothing but the signs of binary layers."""

__all__ = ["OPTIMIZERS", "WITHOUT_LATENT_WEIGHTS", "Bop"]
