"""What there is to see of a loop and a model of the user's own: what a monitor measures, and no data."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bnnlab.cockpit.commands import selection
from bnnlab.records import History, LayerDynamics, Selection, Snapshot, TrainingEvent
from bnnlab.train import Monitor
from bnnlab.train.look import Extent, LayerExtent

NOT_KNOWN = float("nan")


class MonitorSight:
    """Sees the binary layers: signs, flips, hidden numbers.

    Args:
        monitor: Watches the model.

    Attributes:
        history: The curves of the steps that were seen.

    Raises:
        ValueError: If it watches no binary layer.
    """

    def __init__(self, monitor: Monitor) -> None:
        if not monitor.layers:
            raise ValueError(
                "run must be a monitor that watches a binary layer; this one is closed or its model has none"
            )
        self._monitor = monitor
        self.history = History(signs=monitor.signs)
        self._extent = Extent(0, _layers(monitor))
        self._selection: Selection | None = None
        self._event: TrainingEvent | None = None
        self._listener: Callable[[TrainingEvent | None], None] | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What the picture's header says beside the snapshot."""
        return {}

    def snapshot(self, hurried: bool) -> Snapshot | None:  # noqa: ARG002
        """The layers at this moment; None once the watching has ended."""
        layers = self._monitor.layers
        if not layers:
            return None
        chosen = self._selection
        return Snapshot(
            event=self._event,
            clip_value=layers[0].weight_binarizer.clip_value,
            layers=self._monitor.snapshot_layers(),
            view=None,
            created=time.time(),
            weight_clip_value=layers[0].weight_binarizer.clip_value,
            binarize=layers[0].binarize,
            selection=chosen,
            weight=None if chosen is None or chosen.weight is None else self._monitor.life(chosen).look(),
        )

    def look(self, order: dict[str, Any]) -> None:
        """Look at another weight.

        Raises:
            ValueError: If that is not there, or `order` is something else.
            TypeError: If a value has the wrong type.
        """
        if order.get("do") == "backward":
            return  # whether gradients are wanted, which nobody has here
        if order.get("do") != "select":
            raise ValueError("a loop of your own is not steered from the picture; it knows select")
        arguments = {name: value for name, value in order.items() if name != "do"}
        chosen = selection(arguments) if arguments else None
        if chosen is not None:
            self._extent.check_selection(chosen)
        self._selection = chosen
        self._monitor.follow(chosen if chosen is not None and chosen.weight is not None else None)

    def tell(self, listener: Callable[[TrainingEvent | None], None] | None) -> None:
        """Tell `listener` of every step from now on, and of the end; None tells nobody."""
        if self._stepped in self._monitor.listeners:
            self._monitor.listeners.remove(self._stepped)
        self._listener = listener
        if listener is not None:
            self._monitor.listeners.append(self._stepped)

    def _stepped(self, dynamics: tuple[LayerDynamics, ...] | None) -> None:
        if dynamics is not None:
            self._event = TrainingEvent(
                step=self._monitor.steps,
                epoch=0,
                loss=NOT_KNOWN,
                train_accuracy=NOT_KNOWN,
                test_loss=None,
                test_accuracy=None,
                layers=dynamics,
            )
            self.history.append(self._event)
        if self._listener is not None:
            self._listener(None if dynamics is None else self._event)


def _layers(monitor: Monitor) -> dict[str, LayerExtent]:
    """How far one can look in each layer; nobody knows what enters it."""
    return {
        name: LayerExtent(
            neurons=len(layer.weight),
            weights=layer.weight.numel() // len(layer.weight),
            pixels=None,
            counts_bits=layer.input_binarizer is not None,
        )
        for name, layer in zip(monitor.layer_names, monitor.layers, strict=True)
    }
