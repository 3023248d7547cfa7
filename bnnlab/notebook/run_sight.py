"""What there is to see of a run that somebody iterates over."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from bnnlab.cockpit.commands import selection, whole
from bnnlab.records import History, Snapshot, TrainingEvent
from bnnlab.train.look import Look, extent_of
from bnnlab.train.training import TrainingRun

LOOKS = ("select", "example", "backward")


class RunSight:
    """Sees all that a snapshot of the run holds, and steers nothing.

    Args:
        run: The run.
    """

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        self._extent = extent_of(run.model, run.dataset, run.config.device)
        self._look = self._extent.opening(Look(example=0))
        self._listener: Callable[[TrainingEvent | None], None] | None = None
        self._binary = bool(run.monitor.layers)

    @property
    def history(self) -> History:
        """The run's own curves, from its first step on."""
        return self._run.history

    @property
    def settings(self) -> dict[str, Any]:
        """What the picture's header says beside the snapshot."""
        return {"config": self._run.config.to_dict(), "steps_per_epoch": self._run.steps_per_epoch}

    def snapshot(self, hurried: bool) -> Snapshot | None:
        """The run at this moment; None once it is closed."""
        if self._binary and not self._run.monitor.layers:
            return None
        look = self._look
        if hurried:
            self._run.renew(look)
        return self._run.snapshot(look, hurried)

    def look(self, order: dict[str, Any]) -> None:
        """Look at another neuron, weight or example, or at gradients too.

        Raises:
            ValueError: If that is not there, or `order` is more than a look.
            TypeError: If a value has the wrong type.
        """
        arguments = {name: value for name, value in order.items() if name != "do"}
        if order.get("do") == "select":
            chosen = selection(arguments) if arguments else None
            if chosen is not None:
                self._extent.check_selection(chosen)
            self._look = dataclasses.replace(self._look, selection=chosen)
        elif order.get("do") == "example":
            index = whole("index", arguments.get("index"))
            self._extent.check_example(index)
            self._look = dataclasses.replace(self._look, example=index)
        elif order.get("do") == "backward":
            self._look = dataclasses.replace(self._look, backward=bool(arguments.get("on")))
        else:
            raise ValueError(
                f"a loop of your own is not steered from the picture; it knows {', '.join(LOOKS)}"
            )

    def tell(self, listener: Callable[[TrainingEvent | None], None] | None) -> None:
        """Tell `listener` of every step from now on, and of the end; None tells nobody."""
        if self._listener is not None and self._listener in self._run.listeners:
            self._run.listeners.remove(self._listener)
        self._listener = listener
        if listener is not None:
            self._run.listeners.append(listener)
