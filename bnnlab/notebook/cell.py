"""The notebook cell that is being run, where there is a notebook at all."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One run of one cell.

    Attributes:
        name: What the front end calls the cell; None where it does not say.
        run: Differs each time the cell is run.
    """

    name: str | None
    run: str | None


def current_cell() -> Cell | None:
    """The cell that is being run on the main thread, or None outside a notebook."""
    shell = _shell()
    parent = getattr(shell, "parent_header", None)
    if not isinstance(parent, dict):
        return None
    return Cell(parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id"))


class CellWatch:
    """Knows whether a cell is being run, and says when it has ended.

    While one is, the page's messages may have to wait, and what the cell works with belongs to it.

    Args:
        ended: Called on the main thread after each cell; held weakly, so that nobody lives on for it.
    """

    def __init__(self, ended: Callable[[], None]) -> None:
        shell = _shell()
        self.running = shell is not None  # it is made in one
        self._events: Any = None if shell is None else shell.events
        self._ended = weakref.WeakMethod(ended)
        if self._events is not None:
            self._events.register("pre_run_cell", self._before)
            self._events.register("post_run_cell", self._after)

    def close(self) -> None:
        """Watch no longer."""
        if self._events is not None:
            self._events.unregister("pre_run_cell", self._before)
            self._events.unregister("post_run_cell", self._after)
            self._events = None

    def _before(self, *_: Any) -> None:
        self.running = True

    def _after(self, *_: Any) -> None:
        self.running = False
        ended = self._ended()
        if ended is None:
            self.close()
        else:
            ended()


def _shell() -> Any:
    """IPython's shell if we run in a kernel; asking does not import it."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell if hasattr(shell, "kernel") else None
