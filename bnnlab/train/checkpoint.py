"""All that the next steps of a run depend on, held in memory."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from bnnlab.records import TrainingEvent
from bnnlab.train.batches import BatchesState
from bnnlab.train.config import RunConfig
from bnnlab.train.watch.layer import WatchState


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A run after one of its steps. Going on from it gives the same bits as going on then did.

    Attributes:
        event: The step, or None before the first.
        config: The settings that held.
        tensors: Copies of the model's parameters and statistics.
        optimizers: Copies of the optimisers' states.
        batches: Where in the training set it stood.
        watches: What is counted over steps, of each binary layer.
    """

    event: TrainingEvent | None
    config: RunConfig
    tensors: dict[str, Tensor]
    optimizers: tuple[dict[str, Any], ...]
    batches: BatchesState
    watches: tuple[WatchState, ...]

    @property
    def step(self) -> int:
        """Steps done."""
        return 0 if self.event is None else self.event.step

    @property
    def nbytes(self) -> int:
        """Bytes that only this checkpoint takes."""
        tensors = [*self.tensors.values(), *_tensors_of(self.optimizers)]
        return sum(tensor.nbytes for tensor in tensors) + sum(watch.nbytes for watch in self.watches)


def copied_model(model: nn.Module) -> dict[str, Tensor]:
    """Copies of a model's parameters and statistics, by name."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def copied_optimizers(optimizers: tuple[Optimizer, ...]) -> tuple[dict[str, Any], ...]:
    """Copies of what optimisers remember."""
    return tuple(copy.deepcopy(optimizer.state_dict()) for optimizer in optimizers)


@torch.no_grad()
def put_back(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Write a model's parameters and statistics over, in place."""
    for name, tensor in model.state_dict().items():
        tensor.copy_(tensors[name])


def _tensors_of(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _tensors_of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _tensors_of(part)
