"""The cockpit in a notebook."""

from __future__ import annotations

import weakref
from typing import Any, Protocol

from bnnlab.notebook.cell import Cell, current_cell
from bnnlab.notebook.live_follower import LiveFollower
from bnnlab.notebook.loop_follower import LoopFollower
from bnnlab.notebook.monitor_sight import MonitorSight
from bnnlab.notebook.outlet import Outlet
from bnnlab.notebook.picture import Picture
from bnnlab.notebook.run_sight import RunSight
from bnnlab.train import LiveRun, Monitor, TrainingRun


class Follower(Protocol):
    """What keeps a picture and its run together."""

    def start(self) -> None:
        """Follow from now on."""

    def first_frame(self) -> bytes:
        """A complete frame of this moment."""

    def command(self, order: object) -> None:
        """Do what the page asks for."""

    def close(self) -> None:
        """Follow no longer; may be called twice."""


class Lab(Picture):
    """The whole network on one screen, following its run by itself.

    A `LiveRun` trains in the background and is played, paused and set from the picture. A loop of your own over
    `train(config)` is followed as it runs, about fifteen times a second, and so is any loop whose model a `Monitor`
    watches; of the latter only the layers are seen, since nobody said which data it learns.

    A newer `Lab` of the same run takes over from the one before, which stays as it was; so does one that is made when
    its cell is run again.

    Args:
        run: What to show.

    Raises:
        TypeError: If `run` is none of these.
        ValueError: If a monitor watches no binary layer.
        ImportError: If anywidget is not installed.
    """

    def __init__(self, run: LiveRun | TrainingRun | Monitor) -> None:
        outlet = Outlet()
        follower = _follower(run, outlet)
        super().__init__("lab", follower.first_frame())
        outlet.widget = self.widget
        self._follower, self._noun = follower, type(run).__name__
        self._closed = False
        _take_over(self, run, current_cell())
        self.widget.on_msg(self._heard)
        follower.start()

    def close(self) -> None:
        """Stop following; the picture stays as it is. May be called twice."""
        if not self._closed:
            self._closed = True
            self.widget.on_msg(self._heard, remove=True)
            self._follower.close()

    def __repr__(self) -> str:
        return f"Lab({self._noun}{', closed' if self._closed else ''})"

    def _heard(self, _: Any, message: Any, __: Any) -> None:
        order = message.get("command") if isinstance(message, dict) else None
        if isinstance(order, dict) and order.get("do") == "seen":
            self.widget.send({"kind": "here"})  # the page offers controls once somebody answers
        self._follower.command(order)


_OF_RUN: weakref.WeakKeyDictionary[Any, weakref.ref[Lab]] = weakref.WeakKeyDictionary()
_OF_CELL: dict[str, tuple[str | None, list[weakref.ref[Lab]]]] = {}


def _take_over(lab: Lab, run: Any, cell: Cell | None) -> None:
    """End what this picture replaces: one of the same run, and those of its cell's last run."""
    before = [_OF_RUN.get(run)]
    _OF_RUN[run] = weakref.ref(lab)
    if cell is not None and cell.name is not None:
        known_run, labs = _OF_CELL.get(cell.name, (None, []))
        if known_run != cell.run:
            before += labs
            labs = []
        _OF_CELL[cell.name] = (cell.run, [*labs, weakref.ref(lab)])
    for reference in before:
        other = None if reference is None else reference()
        if other is not None:
            other.close()


def _follower(run: object, outlet: Outlet) -> Follower:
    if isinstance(run, LiveRun):
        return LiveFollower(run, outlet)
    if isinstance(run, TrainingRun):
        return LoopFollower(RunSight(run), outlet)
    if isinstance(run, Monitor):
        return LoopFollower(MonitorSight(run), outlet)
    raise TypeError(
        f"run must be a LiveRun, what train(config) returns, or a Monitor; got {type(run).__name__}"
    )
