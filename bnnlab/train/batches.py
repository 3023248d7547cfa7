"""The examples of each step: all of the training set once an epoch, each time in another order."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bnnlab.train.datasets import Dataset


@dataclass(frozen=True, slots=True, eq=False)
class BatchesState:
    """Where in its order a run stands.

    Attributes:
        generator: State of the generator that draws the orders.
        order: The order of the epoch that goes on.
        drawn: Hash of all orders drawn so far.
    """

    generator: dict[str, Any]
    order: NDArray[np.int64]
    drawn: hashlib._Hash


class Batches:
    """Cuts a training set into batches.

    Args:
        dataset: The examples.
        size: Examples of a batch; a set that is smaller is one batch.
        seed: Seed of the orders.
        device: Where the batches are wanted.

    Attributes:
        per_epoch: Batches of one pass; the last may be smaller.
    """

    def __init__(self, dataset: Dataset, size: int, seed: int, device: str) -> None:
        self._dataset, self._device = dataset, device
        self._generator = np.random.default_rng(seed)
        self._order: NDArray[np.int64] = np.empty(0, np.int64)
        self._drawn = hashlib.sha256()
        # Batch normalisation cannot learn from a single example: one left over joins no batch.
        examples = len(dataset.x_train)
        self._size = min(size, examples)
        self.per_epoch = examples // self._size + (examples % self._size > 1)

    def next(self, done: int) -> tuple[Tensor, Tensor]:
        """Examples and classes of the next step; a new order is drawn at the start of each epoch.

        Args:
            done: Steps done so far.
        """
        position = done % self.per_epoch
        if position == 0:
            self._order = self._generator.permutation(len(self._dataset.x_train))
            self._drawn.update(self._order.tobytes())
        start = position * self._size
        chosen = self._order[start : start + self._size]
        x = torch.from_numpy(self._dataset.x_train[chosen])  # fancy indexing copies
        y = torch.from_numpy(self._dataset.y_train[chosen])
        return x.to(self._device), y.to(self._device)

    def state(self) -> BatchesState:
        """Where it stands, to come back to."""
        generator = copy.deepcopy(dict(self._generator.bit_generator.state))
        return BatchesState(generator, self._order, self._drawn.copy())

    def restore(self, state: BatchesState) -> None:
        """Go back to where it stood."""
        self._generator.bit_generator.state = copy.deepcopy(state.generator)
        self._order, self._drawn = state.order, state.drawn.copy()

    def digest(self) -> str:
        """SHA-256 of all orders drawn so far, in hexadecimal.

        Two runs with batches of one size have seen the same ones up to a step if it is equal there.
        """
        return self._drawn.hexdigest()
