"""Asking a network for answers without changing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def inference(model: nn.Module, gradients: bool = False) -> Iterator[None]:
    """Evaluation mode without gradients: batch normalisation uses its statistics and leaves them alone.

    Afterwards every module is in the mode it was in, also where they were not all in the same one.

    Args:
        model: The network.
        gradients: True keeps what a backward pass needs.
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.set_grad_enabled(gradients):
            yield
    finally:
        for module, training in modes:
            module.training = training
