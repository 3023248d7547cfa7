"""Runs that were put aside, so that their curves stay under those of the next ones."""

from __future__ import annotations

from bnnlab.records import History, PinnedRun
from bnnlab.train.compare import difference
from bnnlab.train.config import RunConfig

MAX_PINNED = 4


class Pins:
    """The last `MAX_PINNED` runs that were put aside."""

    def __init__(self) -> None:
        self._runs: tuple[tuple[RunConfig, History], ...] = ()

    def add(self, config: RunConfig, history: History) -> None:
        """Put a run aside.

        Args:
            config: Its settings.
            history: Its curves, which may grow on; a copy is kept.
        """
        self._runs = (*self._runs, (config, history.copy()))[-MAX_PINNED:]

    def clear(self) -> None:
        """Let go of all."""
        self._runs = ()

    def beside(self, config: RunConfig) -> tuple[PinnedRun, ...]:
        """All of them, the oldest first, each named by what is different from these settings."""
        return tuple(
            PinnedRun(difference(own, config) or "the same settings", history) for own, history in self._runs
        )
