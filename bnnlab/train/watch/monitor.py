"""Watching any model with binary layers, in anybody's training loop.

monitor = Monitor(model)
for x, y in batches:
    optimizer.zero_grad()
    cross_entropy(model(x), y).backward()
    optimizer.step()
    layers = monitor.step()         # one LayerDynamics per binary layer
signs = monitor.signs.at(1)         # as they were after the first step: {layer: int8 array of -1 and +1}
monitor.close()                     # or: with Monitor(model) as monitor
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from torch import nn

from bnnlab.nn import BinaryLayer
from bnnlab.records import LayerDynamics, LayerSnapshot, Selection, SignHistory
from bnnlab.records.sign_log import MAX_SIGN_BYTES
from bnnlab.train.watch.layer import LayerWatch, WatchState, WeightLife

MIN_SIGN_BYTES = 2**16


class Monitor:
    """Measures every binary layer of a model at every step, without changing what the model computes.

    Args:
        model: Any module; its `BinaryLinear` and `BinaryConv2d` submodules are found, and reported in the
            order in which they were registered.
        max_sign_bytes: Memory for the past signs of all layers together, at least `MIN_SIGN_BYTES`. When it is full,
            the oldest steps are forgotten; of each layer the newest signs are always kept, however large it is.

    Attributes:
        signs: The signs of every layer after every step so far, a `bnnlab.records.SignHistory`; stays after `close`.
        steps: Steps measured so far.
        listeners: Called after each step with what it did, and with None before the watching ends.

    Raises:
        ValueError: If the model is already watched by another monitor, or `max_sign_bytes` is too small.
    """

    def __init__(self, model: nn.Module, max_sign_bytes: int = MAX_SIGN_BYTES) -> None:
        if max_sign_bytes < MIN_SIGN_BYTES:
            raise ValueError(f"max_sign_bytes must be at least {MIN_SIGN_BYTES}, got {max_sign_bytes}")
        self.steps = 0
        self.listeners: list[Callable[[tuple[LayerDynamics, ...] | None], None]] = []
        self._watches: list[LayerWatch] = []
        layers = {name: each for name, each in model.named_modules() if isinstance(each, BinaryLayer)}
        weights = sum(layer.weight.numel() for layer in layers.values())
        try:
            for name, layer in layers.items():
                share = max_sign_bytes * layer.weight.numel() // weights
                self._watches.append(LayerWatch(name, layer, share))
        except ValueError:
            self.close()
            raise
        self._shapes = {name: tuple(layer.weight.shape) for name, layer in layers.items()}
        self.signs = self._sign_history()

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Names of the binary layers."""
        return tuple(watch.name for watch in self._watches)

    def step(self) -> tuple[LayerDynamics, ...]:
        """Measure the optimiser step just done; to be called once after each `optimizer.step()`.

        Where several backward passes make one step, shares are taken over all of them and the squares of
        their gradient norms add up. A weight has received no gradient if it received none in any of them.
        """
        self.steps += 1
        dynamics = tuple(watch.step() for watch in self._watches)
        for listener in tuple(self.listeners):  # one that is told may leave
            listener(dynamics)
        return dynamics

    @property
    def layers(self) -> tuple[BinaryLayer, ...]:
        """The binary layers themselves; none once the watching has ended."""
        return tuple(watch.layer for watch in self._watches)

    def snapshot_layers(self) -> tuple[LayerSnapshot, ...]:
        """The layers as they are now, in read-only copies.

        A weight counts as flipped if it flipped at least once since the previous call.
        """
        return tuple(watch.snapshot() for watch in self._watches)

    def read_again(self) -> None:
        """See what somebody did to the weights by hand between two steps: it is done after the step before."""
        for watch in self._watches:
            watch.read_again()

    def follow(self, selection: Selection | None) -> None:
        """Keep the life of the selected weight from now on, where a layer is too large to keep all of them."""
        for watch in self._watches:
            watch.follow(selection if selection is not None and selection.layer == watch.name else None)

    def life(self, selection: Selection) -> WeightLife:
        """What is known of the past of the selected weight."""
        (watch,) = (watch for watch in self._watches if watch.name == selection.layer)
        return watch.life(selection)

    def state(self) -> tuple[WatchState, ...]:
        """What later steps are counted on, to come back to."""
        return tuple(watch.state() for watch in self._watches)

    def restore(self, states: tuple[WatchState, ...]) -> None:
        """Count on from a state; the weights must be those of then already. Past signs begin there."""
        for watch, state in zip(self._watches, states, strict=True):
            watch.restore(state)
            self.steps = state.step
        self.signs = self._sign_history()

    def _sign_history(self) -> SignHistory:
        return SignHistory({watch.name: watch.signs for watch in self._watches}, self._shapes)

    def close(self) -> None:
        """Stop watching; the model is as before."""
        for listener in tuple(self.listeners):
            listener(None)
        self.listeners.clear()
        for watch in self._watches:
            watch.close()
        self._watches = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
